// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDevices} from "../../../contracts/interfaces/IDevices.sol";
import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {PurchaseTest} from "./PurchaseTest.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IERC721} from "@openzeppelin/contracts/interfaces/IERC721.sol";

/// @title What went wrong in published designs, and cannot go wrong here
contract MarketKnownFailuresTest is PurchaseTest {
    // -------------------------------------------------------------------------------------- a transfer while it is locked

    /// @dev In every open status, for every kind of purchase: no way of ERC-721 moves the twin, for its owner or whom that one approved.
    function testFuzz_RevertWhen_TransferredWhileLocked(uint256 kind, uint256 status) external {
        IMarket.Purchase memory purchase = _anyPurchase(kind);
        _leadTo(purchase, _anyOpen(status));
        ItemId item = purchase.items[0];
        vm.prank(purchase.buyer);
        devices.setApprovalForAll(operator, true);
        uint256 id = item.tokenId();
        bytes[4] memory calls = [
            abi.encodeWithSignature("safeTransferFrom(address,address,uint256)", purchase.buyer, distributor, id),
            abi.encodeCall(IERC721.transferFrom, (purchase.buyer, distributor, id)),
            abi.encodeCall(IERC721.approve, (distributor, id)),
            abi.encodeCall(IDevices.transferLocked, (purchase.buyer, distributor, item, distributor))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            _assertFails(purchase.buyer, address(devices), calls[i], _lockedBy(item, address(market)));
            _assertFails(operator, address(devices), calls[i], _lockedBy(item, address(market)));
        }
        _assertOwner(item, purchase.buyer);
        _assertLocked(item, address(market), purchase.seller);
    }

    /// @dev Nobody but the market ends the lock, neither party included.
    function testFuzz_RevertWhen_UnlockedByAnother(uint256 status, address caller) external {
        vm.assume(caller != address(market));
        IMarket.Purchase memory purchase = _purchaseAt(_anyOpen(status));
        ItemId item = purchase.items[0];
        address[3] memory callers = [caller, hospital, maker];
        for (uint256 i = 0; i < callers.length; ++i) {
            bytes memory expected = abi.encodeWithSelector(IDevices.Devices_NotKeeper.selector, item, callers[i]);
            _assertFails(callers[i], address(devices), abi.encodeCall(IDevices.unlock, (item)), expected);
            _assertFails(callers[i], address(devices), abi.encodeCall(IDevices.sendBack, (item, maker)), expected);
        }
    }

    /// @dev An offer of the time when the twin was the buyer's before: it stands, but what it offers does not move.
    function test_RevertWhen_SoldOnWhileLocked() external {
        IMarket.Purchase memory first = _purchaseAt(IMarket.Status.Received);
        _act(hospital, Verb.Settle, first);
        IMarket.Terms memory old = _itemTerms();
        old.seller = hospital;
        _offer(old, 1);
        vm.prank(hospital);
        devices.transferFrom(hospital, maker, _item(0).tokenId());
        skip(1);
        IMarket.Purchase memory second = _buyItem();

        vm.deal(clinic, PRICE);
        vm.expectRevert(_lockedBy(_item(0), address(market)));
        vm.prank(clinic);
        market.buy{value: PRICE}(_one(_itemOrder(old)));
        assertEq(uint8(_statusOf(second)), uint8(IMarket.Status.Paid), "status");
        _assertLocked(_item(0), address(market), maker);
    }

    // --------------------------------------------------------------------------- a stranger who sets the verifier, or mints

    /// @dev There is no such verb, for anybody: neither the market nor the escrow knows an administration.
    function test_RevertWhen_Administered() external {
        bytes[8] memory calls = [
            abi.encodeCall(IAccessManaged.setAuthority, (stranger)),
            abi.encodeCall(IAccessControl.grantRole, (bytes32(0), stranger)),
            abi.encodeCall(Ownable.transferOwnership, (stranger)),
            abi.encodeWithSignature("setVerifier(address)", stranger),
            abi.encodeWithSignature("setEscrow(address)", stranger),
            abi.encodeWithSignature("upgradeToAndCall(address,bytes)", stranger, ""),
            abi.encodeWithSignature("pause()"),
            abi.encodeWithSignature("withdrawFees(address)", stranger)
        ];
        address[6] memory callers = [stranger, admin, guardian, registrar, address(administration), address(deployer)];
        for (uint256 i = 0; i < calls.length; ++i) {
            for (uint256 j = 0; j < callers.length; ++j) {
                _assertFails(callers[j], address(market), calls[i], "");
                _assertFails(callers[j], address(escrow), calls[i], "");
            }
        }
    }

    /// @dev In no status can any of them do more than a stranger, and before the time is over that is nothing.
    function test_RevertWhen_AnAdministratorTouchesAPurchase() external {
        address[7] memory callers =
            [admin, guardian, registrar, regulator, certifier, address(administration), address(deployer)];
        uint256 start = vm.snapshotState();
        for (uint256 i = 0; i < 6; ++i) {
            IMarket.Purchase memory purchase = _purchaseAt(_anyOpen(i));
            for (uint256 verb = 0; verb < VERBS; ++verb) {
                for (uint256 j = 0; j < callers.length; ++j) {
                    (bool byStranger, bytes memory expected) = _try(stranger, Verb(verb), purchase);
                    (bool done, bytes memory answer) = _try(callers[j], Verb(verb), purchase);
                    assertFalse(byStranger || done, "was done");
                    assertEq(_selectorOf(answer), _selectorOf(expected), "error");
                }
            }
            vm.revertToState(start);
        }
    }

    /// @dev Nor by way of the administration, after all the delay that there is.
    function test_RevertWhen_TheAdministrationExecutesIt() external {
        IMarket.Purchase memory purchase = _buyItem();
        bytes memory data = _dataOf(Verb.Settle, purchase);
        _schedule(admin, address(market), data);
        skip(DELAY);
        vm.expectRevert(_wrongParty(purchase, address(administration), hospital));
        vm.prank(admin);
        administration.execute(address(market), data);
    }

    function testFuzz_RevertWhen_StrangerMints(address caller) external {
        vm.assume(caller != maker && caller != address(market));
        _offerLot();
        ItemId item = _item(1);
        bytes memory expected = abi.encodeWithSelector(IDevices.Devices_NotManufacturer.selector, item, caller);
        bytes memory mint = abi.encodeCall(IDevices.mint, (item, hospital, _membership(1)));
        _assertFails(caller, address(devices), mint, expected);
        bytes memory mintLocked = abi.encodeCall(IDevices.mintLocked, (item, hospital, _membership(1), caller));
        _assertFails(caller, address(devices), mintLocked, expected);
    }

    // ------------------------------------------------------------------------------- a seller who claims without delivering

    function test_RevertWhen_SellerClaimsWhatItDidNotShip() external {
        IMarket.Purchase memory purchase = _buyItem();
        _assertCannotClaim(purchase, _wrongParty(purchase, maker, hospital));
        _pastLastSecond(purchase);
        _assertCannotClaim(purchase, _wrongParty(purchase, maker, hospital));
        vm.warp(market.dealOf(purchase).reclaimableAt);
        _assertCannotClaim(purchase, _wrongParty(purchase, maker, hospital));
        _act(stranger, Verb.Refund, purchase);
        _assertRefunded(purchase);
    }

    /// @dev The hospital is its own goods' addressee only: the goods have to be with the seller to be shipped at all.
    function test_RevertWhen_SellerClaimsWhatIsNotUnderWay() external {
        IMarket.Purchase memory purchase = _buyItem();
        _shipDirectly(_item(0), hospital);
        _receiveDirectly(_item(0));
        _assertRefused(maker, Verb.Ship, purchase, _notHolder(_item(0), maker));
        _assertCannotClaim(purchase, _wrongParty(purchase, maker, hospital));
    }

    function test_RevertWhen_SellerClaimsAtOnce() external {
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Shipped);
        bytes memory tooEarly = _tooEarly(purchase, market.lastSecondOf(purchase));
        _assertCannotClaim(purchase, tooEarly);
        _toLastSecond(purchase);
        _assertCannotClaim(purchase, tooEarly);
    }

    /// @dev Shipped by the record, but not there: the buyer says so, and silence is no longer the seller's.
    function test_RevertWhen_SellerClaimsWhatIsDisputed() external {
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Shipped);
        _toLastSecond(purchase);
        _act(hospital, Verb.Dispute, purchase);
        _assertCannotClaim(purchase, _wrongParty(purchase, maker, hospital));
        _pastLastSecond(purchase);
        _assertCannotClaim(purchase, _wrongParty(purchase, maker, hospital));
        _act(stranger, Verb.Refund, purchase);
        _assertRefunded(purchase);
    }

    function test_RevertWhen_SellerClaimsWhatWasReturned() external {
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Returning);
        _assertCannotClaim(purchase, _wrongParty(purchase, maker, hospital));
        _takeBack(purchase);
        _assertCannotClaim(purchase, _wrongParty(purchase, maker, hospital));
        _pastLastSecond(purchase);
        _assertCannotClaim(purchase, _wrongParty(purchase, maker, hospital));
    }

    // ------------------------------------------------------------------------------------ a buyer's dispute that reverts

    /// @dev While it is under way and after it came, from the first second to the last; nothing that the seller or anybody else does stops it.
    function testFuzz_Dispute_OfTheBuyerIsHeard(uint256 kind, bool received, uint256 time, uint256 way) external {
        IMarket.Purchase memory purchase = _anyPurchaseBeforeExpiry(kind);
        _leadTo(purchase, received ? IMarket.Status.Received : IMarket.Status.Shipped);
        if (!received) _cancelShipment(purchase.items[0]);
        _stop(purchase.items[0], way % WAYS);
        _disableParties(purchase);
        // One of the ways is to expire, which takes time.
        vm.warp(bound(time, block.timestamp, market.lastSecondOf(purchase)));
        _act(purchase.buyer, Verb.Dispute, purchase);
        _assertOpen(purchase, IMarket.Status.Disputed, ARBITRATION_TIME, !received);
    }

    // -------------------------------------------------------------------------------------------------------- internal

    /// @dev Neither here nor in `Escrow`.
    function _assertCannotClaim(IMarket.Purchase memory purchase, bytes memory expected) private {
        _assertRefused(purchase.seller, Verb.Settle, purchase, expected);
        IEscrow.Deal memory deal = market.dealOf(purchase);
        bytes memory notOpener =
            abi.encodeWithSelector(IEscrow.Escrow_NotOpener.selector, address(market), purchase.seller);
        _assertFails(purchase.seller, address(escrow), abi.encodeCall(IEscrow.pay, (deal)), notOpener);
        _assertFails(purchase.seller, address(escrow), abi.encodeCall(IEscrow.divide, (deal, 0)), notOpener);
        _assertFails(
            purchase.seller,
            address(escrow),
            abi.encodeCall(IEscrow.withdraw, (purchase.token, purchase.seller)),
            abi.encodeWithSelector(IEscrow.Escrow_NoCredit.selector, purchase.seller, purchase.token)
        );
    }

    /// @dev Which failure it is; some name the caller besides.
    function _selectorOf(bytes memory answer) private pure returns (bytes4) {
        assertGe(answer.length, 4, "an error");
        return bytes4(bytes.concat(answer[0], answer[1], answer[2], answer[3]));
    }

    function _assertFails(address caller, address target, bytes memory data, bytes memory expected) private {
        vm.prank(caller);
        (bool done, bytes memory answer) = target.call(data);
        assertFalse(done, "was done");
        assertEq(answer, expected, "error");
    }
}
