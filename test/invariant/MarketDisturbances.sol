// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAnchors} from "../../contracts/interfaces/IAnchors.sol";
import {ICustody} from "../../contracts/interfaces/ICustody.sol";
import {IDevices} from "../../contracts/interfaces/IDevices.sol";
import {CODEC_RAW, Content} from "../../contracts/types/Content.sol";
import {ItemId} from "../../contracts/types/Ids.sol";
import {MarketWorld} from "./MarketWorld.sol";
import {IERC721} from "@openzeppelin/contracts/interfaces/IERC721.sol";

/// @title What goes on around the market meanwhile
abstract contract MarketDisturbances is MarketWorld {
    uint64[] private _openRecalls;
    address private _suspended;

    /// @dev To the last second of a purchase, one past it, past the last of its deal, or on.
    function passTime(uint256 seed, uint256 purchaseSeed, uint256 duration) external {
        (seed, purchaseSeed, duration) = (_mix(seed, 1), _mix(purchaseSeed, 2), _mix(duration, 3));
        uint256 kind = seed % 32;
        uint256 to = block.timestamp + bound(duration, 1, 1 days);
        if (kind < 9 && STORE.purchaseCount() != 0) {
            uint256 number = STORE.nextOpen(purchaseSeed % STORE.purchaseCount());
            uint256 last = kind > 6 ? STORE.reclaimableAt(number) : STORE.lastSecondOf(number);
            if (kind > 3) ++last;
            if (last > block.timestamp) to = last;
        }
        vm.warp(to);
    }

    /// @dev Handshakes beside the market; `Custody` says what may be.
    function handOver(uint256 itemSeed, uint256 callerSeed, uint256 toSeed, uint256 verb) external {
        (itemSeed, callerSeed, toSeed, verb) = (_mix(itemSeed, 1), _mix(callerSeed, 2), _mix(toSeed, 3), _mix(verb, 4));
        ItemId item = _item(itemSeed);
        ICustody.Holding memory holding = CUSTODY.holdingOf(item);
        verb %= 8;
        bytes memory call;
        address likely = holding.addressee;
        if (verb == 0) {
            (call, likely) = (abi.encodeCall(ICustody.ship, (item, _party(toSeed), EVIDENCE)), holding.holder);
        } else if (verb < 5) {
            call = abi.encodeCall(ICustody.receiveItem, (item, EVIDENCE));
        } else if (verb < 6) {
            call = abi.encodeCall(ICustody.reject, (item, EVIDENCE));
        } else {
            (call, likely) = (abi.encodeCall(ICustody.cancelShipment, (item, EVIDENCE)), holding.holder);
        }
        vm.prank(_mostly(likely, callerSeed));
        (bool success,) = address(CUSTODY).call(call);
        // Either is fine.
        success;
    }

    /// @dev Attempts on a twin beside the market: on one that is locked for it none works.
    function meddle(uint256 itemSeed, uint256 callerSeed, uint256 toSeed, uint256 verb) external {
        (itemSeed, callerSeed, toSeed, verb) = (_mix(itemSeed, 1), _mix(callerSeed, 2), _mix(toSeed, 3), _mix(verb, 4));
        ItemId item = _item(itemSeed);
        if (!STORE.isMinted(item)) return;
        (address owner, address to) = (_ownerOf(item), _party(toSeed));
        verb %= 6;
        bytes memory call = abi.encodeCall(IERC721.transferFrom, (owner, to, item.tokenId()));
        if (verb == 1) call = abi.encodeCall(IERC721.approve, (to, item.tokenId()));
        if (verb == 2) call = abi.encodeCall(IDevices.unlock, (item));
        if (verb == 3) call = abi.encodeCall(IDevices.sendBack, (item, to));
        if (verb == 4) call = abi.encodeCall(IDevices.transferLocked, (owner, to, item, to));
        if (verb == 5) call = abi.encodeCall(IDevices.lock, (item, to));
        bool locked = DEVICES.lockOf(item).keeper == address(MARKET);
        vm.prank(_mostly(owner, callerSeed));
        (bool success,) = address(DEVICES).call(call);
        if (locked) assertFalse(success, "locked for the market");
    }

    /// @dev What comes from outside: recalls, quarantines, suspensions, certificates.
    function disturb(uint256 kind, uint256 seed, uint256 otherSeed) external {
        (kind, seed, otherSeed) = (_mix(kind, 1), _mix(seed, 2), _mix(otherSeed, 3));
        kind %= 4;
        if (kind == 0) _recall(seed, otherSeed);
        else if (kind == 1) _quarantineOrRelease(seed, otherSeed);
        else if (kind == 2) _suspendOrReinstate(seed);
        else revokeOrCertify(seed);
    }

    /// @dev Opened seldom, closed often: while there is a recall of the lot nothing is sold.
    function _recall(uint256 seed, uint256 itemSeed) private {
        uint256 open = _openRecalls.length;
        if (open != 0 && seed % 4 != 0) {
            vm.prank(_world.regulator);
            CUSTODY.closeRecall(_openRecalls[open - 1], EVIDENCE);
            _openRecalls.pop();
        } else if (seed % 8 == 0) {
            Content memory notice = Content(EVIDENCE, CODEC_RAW);
            ICustody.RecallClass class = ICustody.RecallClass.I;
            ItemId item = _item(itemSeed);
            vm.prank(_world.regulator);
            if (seed % 16 == 0) _openRecalls.push(CUSTODY.recallLot(item.lot(), class, notice));
            else _openRecalls.push(CUSTODY.recallItem(item, class, notice));
        }
    }

    function _quarantineOrRelease(uint256 seed, uint256 itemSeed) private {
        address regulator = _world.regulator;
        ItemId item = _item(itemSeed);
        for (uint256 i = 0; i < _items.length; ++i) {
            if (CUSTODY.isQuarantinedBy(_items[i], regulator)) item = _items[i];
        }
        bool isSet = CUSTODY.isQuarantinedBy(item, regulator);
        if (!isSet && seed % 2 == 0) return;
        vm.prank(regulator);
        if (isSet) CUSTODY.release(item, regulator, EVIDENCE);
        else CUSTODY.quarantine(item, EVIDENCE);
    }

    /// @dev Seldom, and one at a time: else there would soon be nobody to deal with.
    function _suspendOrReinstate(uint256 accountSeed) private {
        if (_suspended != address(0)) {
            ADMINISTRATION.setSuspended(_suspended, false);
            _suspended = address(0);
        } else if (accountSeed % 4 == 0) {
            _suspended = _party(accountSeed);
            ADMINISTRATION.setSuspended(_suspended, true);
        }
    }

    /// @dev Revoked seldom.
    function revokeOrCertify(uint256 seed) public {
        bytes32 subject = _items[0].lot().asSubject();
        IAnchors.CertificateKind kind = IAnchors.CertificateKind.Authenticity;
        if (ANCHORS.isCertified(subject, kind, MAKER)) {
            if (seed % 4 != 0) return;
            vm.prank(MAKER);
            ANCHORS.revoke(subject, kind, IAnchors.RevocationReason.Unspecified);
            return;
        }
        if (!PARTICIPANTS.isActive(MAKER)) return;
        // Later than the revocation.
        skip(1);
        IAnchors.Certificate memory certificate = IAnchors.Certificate({
            subject: subject,
            kind: kind,
            issuer: MAKER,
            digest: EVIDENCE,
            codec: CODEC_RAW,
            issuedAt: uint40(block.timestamp),
            validFrom: uint40(block.timestamp),
            validUntil: uint40(block.timestamp + 3650 days)
        });
        vm.prank(MAKER);
        ANCHORS.issue(certificate);
    }
}
