// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";
import {IERC4906} from "@openzeppelin/contracts/interfaces/IERC4906.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {ICatalog} from "./interfaces/ICatalog.sol";
import {ICustody} from "./interfaces/ICustody.sol";
import {IDevices} from "./interfaces/IDevices.sol";
import {IERC5192} from "./interfaces/IERC5192.sol";
import {IParticipants} from "./interfaces/IParticipants.sol";
import {Cid} from "./libraries/Cid.sol";
import {Content} from "./types/Content.sol";
import {IdLibrary, ItemId} from "./types/Ids.sol";
import {MANUFACTURER} from "./types/Role.sol";

/// @title Devices: who owns this device?
///
/// TRUST
///
/// Existence. A twin is minted only for an item whose place in a registered lot is proven, by the lot's manufacturer or an account
/// that the manufacturer approved for all its tokens, and once: there is no burning, so a token id never comes free again. Nobody, no
/// administrator either, can make a twin of a unit that its maker did not list. A maker who lists one serial at two indices gets one
/// twin all the same, since the token id is the item and not its index.
///
/// Title. Only the owner, or an account it approved, moves a twin or locks it. No administrator can: a suspended participant keeps
/// what it owns, and can neither give nor take until it is reinstated. Custody can stop a twin (recall, expiry, quarantine, loss, end
/// of life, a struck lot), never move it. Title and possession are two things: a transfer here does not hand the device over, and whoever
/// holds the device in `Custody` can stop a twin that another owns.
///
/// Documents. The maker can give a twin another document at any time, after a sale as well; each stands in an event.
///
/// Keeper. Whoever locks a twin trusts the keeper it names with two choices, unlock and send back, and with the choice of neither:
/// a keeper that never answers keeps the twin locked for ever. So a keeper should be a contract whose every state ends. It can send
/// the twin to one account only. That account is kept as 96 bits of its hash: to find another that passes takes some 2^96 trials, and
/// then it takes the keeper's help as well. Two accounts made to pass for each other take 2^48 trials: whoever owns both can have its own
/// twin sent back to the other, recalled or not, which it could as well do by handing over the key of the one.
///
/// Tags. `proveTag` says that the tag key signed, not that the tag sits on this unit; a key copied out of a tag signs as well. A
/// scratch-off key proves its first use only, which is why the first claim is kept and a later one by another raises an alarm; which
/// of the two units is the copy the chain cannot know. Anyone may submit a claim, none can change whom it names.
///
/// Receivers. Minting and sending back do not ask a contract whether it can hold a twin (`onERC721Received`): a mint goes to an account
/// that was enrolled as a participant, and the way back must not depend on code at its end.
contract Devices is IDevices, IERC5192, IERC4906, ERC721, EIP712, Multicall {
    /// @dev Whoever may act on a token beside its owner; one slot. A token is locked or approved, never both: while it is locked nobody
    /// could use an approval, so both share the slot and a transfer reads one instead of two.
    /// @param agent the keeper of a locked token, else the account that ERC-721 approves, or zero
    /// @param returnTag as in {Lock}; zero when the token is not locked. (No account is known whose tag is zero, nor can one be found.)
    struct Hold {
        address agent;
        bytes12 returnTag;
    }

    bytes32 private constant CHALLENGE_TYPEHASH = keccak256("TagChallenge(bytes32 item,bytes32 challenge)");
    bytes32 private constant CLAIM_TYPEHASH = keccak256("TagClaim(bytes32 item,address claimer)");

    /// @notice Who is active.
    IParticipants public immutable PARTICIPANTS;
    /// @notice Which lots count, who made them, and what is in them.
    ICatalog public immutable CATALOG;
    /// @notice What may move.
    ICustody public immutable CUSTODY;

    mapping(ItemId item => Hold) private _holds;
    mapping(ItemId item => Content) private _documents;
    mapping(ItemId item => Claim) private _claims;

    constructor(IParticipants participants, ICatalog catalog, ICustody custody)
        ERC721("Theriac Devices", "TDEV")
        EIP712("Theriac Devices", "1")
    {
        PARTICIPANTS = participants;
        CATALOG = catalog;
        CUSTODY = custody;
    }

    // Verbs

    /// @inheritdoc IDevices
    function mint(ItemId item, address to, Membership calldata membership) external {
        _mintProven(item, to, membership);
    }

    /// @inheritdoc IDevices
    function mintLocked(ItemId item, address to, Membership calldata membership, address keeper) external {
        address manufacturer = _mintProven(item, to, membership);
        _lock(item, keeper, manufacturer);
    }

    /// @inheritdoc IDevices
    function transferLocked(address from, address to, ItemId item, address keeper) external {
        transferFrom(from, to, item.tokenId());
        _lock(item, keeper, from);
    }

    /// @inheritdoc IDevices
    function lock(ItemId item, address keeper) external {
        // Neither custody nor participants are asked: a lock moves nothing.
        address owner = _requireOwned(item.tokenId());
        _requireUnlocked(item);
        _checkAuthorized(owner, msg.sender, item.tokenId());
        // The other two ways to lock have a transfer before, which says the same.
        if (_holds[item].agent != address(0)) emit Approval(owner, address(0), item.tokenId());
        _lock(item, keeper, owner);
    }

    /// @inheritdoc IDevices
    function unlock(ItemId item) external {
        _endLock(item);
    }

    /// @inheritdoc IDevices
    function sendBack(ItemId item, address to) external {
        bytes12 returnTag = _endLock(item);
        if (_returnTagOf(to) != returnTag) revert Devices_NotReturnAccount(item, to);

        // The parent's `_update`, not ours: whoever locked the token knew that it may come back, whatever happened since.
        ERC721._update(to, item.tokenId(), address(0));
        emit DeviceSentBack(item, msg.sender, to);
    }

    /// @inheritdoc IDevices
    function setDocument(ItemId item, Content calldata document) external {
        _requireOwned(item.tokenId());
        _requireManufacturer(item, CATALOG.manufacturerOf(item.lot()));
        if (!document.isWellFormed()) revert Devices_BadDocument(document.digest, document.codec);

        _documents[item] = document;
        emit DeviceDocumentSet(item, document.digest, document.codec);
        emit MetadataUpdate(item.tokenId());
    }

    /// @inheritdoc IDevices
    function claim(ItemId item, Membership calldata membership, address claimer, bytes calldata signature) external {
        if (claimer == address(0)) revert Devices_ZeroClaimer(item);
        _requireTag(item, membership);
        if (!_isSignedBy(membership.tagKey, claimHash(item, claimer), signature)) {
            revert Devices_BadSignature(item, membership.tagKey);
        }

        address first = _claims[item].claimer;
        if (first == address(0)) {
            _claims[item] = Claim({claimer: claimer, claimedAt: uint40(block.timestamp)});
            emit TagClaimed(item, claimer);
        } else if (first != claimer) {
            emit CloneSuspected(item, first, claimer);
        }
    }

    // Views

    /// @inheritdoc IDevices
    function proveTag(ItemId item, Membership calldata membership, bytes32 challenge, bytes calldata signature)
        external
        view
        returns (bool)
    {
        _requireTag(item, membership);
        return _isSignedBy(membership.tagKey, challengeHash(item, challenge), signature);
    }

    /// @inheritdoc IDevices
    function lockOf(ItemId item) external view returns (Lock memory) {
        Hold memory hold = _holds[item];
        if (!_isLock(hold)) return Lock({keeper: address(0), returnTag: 0});
        return Lock({keeper: hold.agent, returnTag: hold.returnTag});
    }

    /// @inheritdoc IDevices
    function claimOf(ItemId item) external view returns (Claim memory) {
        return _claims[item];
    }

    /// @inheritdoc IDevices
    function documentOf(ItemId item) public view returns (Content memory) {
        Content memory own = _documents[item];
        if (own.digest != 0) return own;
        ICatalog.Lot memory lot = CATALOG.lotOf(item.lot());
        return Content({digest: lot.digest, codec: lot.codec});
    }

    /// @inheritdoc ERC721
    function tokenURI(uint256 tokenId) public view override returns (string memory) {
        _requireOwned(tokenId);
        return string.concat("ipfs://", Cid.toString(documentOf(IdLibrary.itemOf(tokenId))));
    }

    /// @inheritdoc IDevices
    function locked(uint256 tokenId) external view override(IDevices, IERC5192) returns (bool) {
        _requireOwned(tokenId);
        return _isLock(_holds[IdLibrary.itemOf(tokenId)]);
    }

    /// @inheritdoc IDevices
    function challengeHash(ItemId item, bytes32 challenge) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(CHALLENGE_TYPEHASH, item, challenge)));
    }

    /// @inheritdoc IDevices
    function claimHash(ItemId item, address claimer) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(CLAIM_TYPEHASH, item, claimer)));
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) public view override(ERC721, IERC165) returns (bool) {
        // ERC-4906 has events only; its id is a number that the standard chose.
        return
            interfaceId == 0x49064906 || interfaceId == type(IERC5192).interfaceId
                || super.supportsInterface(interfaceId);
    }

    // Internal: ERC-721

    /// @dev Every mint and every transfer comes through here, whichever function it began with; only {sendBack} does not.
    function _update(address to, uint256 tokenId, address auth) internal override returns (address) {
        // The parent first: whether `auth` may, and by way of {_approve} whether the token is locked; it knows the
        // owner, too. What follows are views of rooms that never change, which cannot call back; a revert undoes all.
        address from = super._update(to, tokenId, auth);

        if (from == address(0)) {
            if (!PARTICIPANTS.isActive(to)) revert Devices_NotActive(to);
        } else if (!PARTICIPANTS.areActive(from, to)) {
            revert Devices_NotActive(PARTICIPANTS.isActive(from) ? to : from);
        }
        ItemId item = IdLibrary.itemOf(tokenId);
        (bool movable, ICustody.Standing standing) = CUSTODY.isMovable(item);
        if (!movable) revert Devices_Immovable(item, uint8(standing));
        return from;
    }

    /// @dev The approval lives in the slot of the lock, and the parent's own slot is never touched. The parent calls this from `approve`
    /// with the caller in `auth`, and from `_update` with nobody, before a token leaves its owner: a locked one does not.
    function _approve(address to, uint256 tokenId, address auth, bool) internal override {
        ItemId item = IdLibrary.itemOf(tokenId);
        Hold storage hold = _holds[item];
        address agent = hold.agent;
        if (hold.returnTag != 0) revert Devices_Locked(item, agent);

        if (auth != address(0)) {
            address owner = _requireOwned(tokenId);
            if (auth != owner && !isApprovedForAll(owner, auth)) revert ERC721InvalidApprover(auth);
            emit Approval(owner, to, tokenId);
        }
        if (agent != to) hold.agent = to;
    }

    /// @dev A locked token has no approved account.
    function _getApproved(uint256 tokenId) internal view override returns (address) {
        Hold memory hold = _holds[IdLibrary.itemOf(tokenId)];
        return _isLock(hold) ? address(0) : hold.agent;
    }

    // Internal: minting

    function _mintProven(ItemId item, address to, Membership calldata membership)
        private
        returns (address manufacturer)
    {
        ICatalog.Product product;
        (manufacturer, product) = CATALOG.originOf(item, membership.index, membership.tagKey, membership.proof);
        if (manufacturer == address(0)) revert Devices_NotInLot(item);
        if (product != ICatalog.Product.Device) revert Devices_NotADevice(item);
        _requireManufacturer(item, manufacturer);

        // Without the `Unlocked` that ERC-5192 suggests here: a mint would cost more than 100,000 gas for it, and {locked} says the same.
        _mint(to, item.tokenId());
        emit DeviceMinted(item, manufacturer, to);
    }

    function _requireManufacturer(ItemId item, address manufacturer) private view {
        if (msg.sender != manufacturer && !isApprovedForAll(manufacturer, msg.sender)) {
            revert Devices_NotManufacturer(item, msg.sender);
        }
        if (!PARTICIPANTS.isActiveAs(manufacturer, MANUFACTURER)) revert Devices_NotActive(manufacturer);
    }

    // Internal: locks

    /// @dev The caller has seen that the token is not locked. An approval ends here.
    function _lock(ItemId item, address keeper, address returnTo) private {
        if (keeper == address(0)) revert Devices_ZeroKeeper(item);

        _holds[item] = Hold({agent: keeper, returnTag: _returnTagOf(returnTo)});
        emit Locked(item.tokenId());
        emit DeviceLocked(item, keeper, returnTo);
    }

    function _endLock(ItemId item) private returns (bytes12 returnTag) {
        Hold memory hold = _holds[item];
        if (!_isLock(hold)) revert Devices_NotLocked(item);
        if (hold.agent != msg.sender) revert Devices_NotKeeper(item, msg.sender);

        delete _holds[item];
        emit Unlocked(item.tokenId());
        return hold.returnTag;
    }

    function _requireUnlocked(ItemId item) private view {
        Hold storage hold = _holds[item];
        if (hold.returnTag != 0) revert Devices_Locked(item, hold.agent);
    }

    function _isLock(Hold memory hold) private pure returns (bool) {
        return hold.returnTag != 0;
    }

    function _returnTagOf(address account) private pure returns (bytes12) {
        return bytes12(keccak256(abi.encode(account)));
    }

    // Internal: tags

    function _requireTag(ItemId item, Membership calldata membership) private view {
        if (membership.tagKey == address(0)) revert Devices_NoTag(item);
        if (!CATALOG.contains(item, membership.index, membership.tagKey, membership.proof)) {
            revert Devices_NotInLot(item);
        }
    }

    function _isSignedBy(address signer, bytes32 digest, bytes calldata signature) private pure returns (bool) {
        (address recovered, ECDSA.RecoverError problem,) = ECDSA.tryRecoverCalldata(digest, signature);
        return problem == ECDSA.RecoverError.NoError && recovered == signer;
    }
}
