// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Content} from "../types/Content.sol";
import {ItemId} from "../types/Ids.sol";

/// @title Devices: who owns this device?
/// @notice The ERC-721 twin of a device: token id = item id, with ERC-4906 metadata events and ERC-5192 `locked`.
/// An owner, or its operator, can lock a token naming a keeper. While it is locked only the keeper can unlock it, or send it back
/// to the account that locked it: the one move that recall and expiry do not stop.
interface IDevices {
    /// @notice Proof that an item is in its lot.
    struct Membership {
        uint32 index;
        address tagKey;
        bytes32[] proof;
    }

    /// @notice A lock; one slot.
    /// @param keeper who alone can unlock or send back; zero when not locked
    /// @param returnTag first 12 bytes of keccak256(abi.encode(account that locked it))
    struct Lock {
        address keeper;
        bytes12 returnTag;
    }

    /// @notice The first claim of a tag; one slot.
    struct Claim {
        address claimer;
        uint40 claimedAt;
    }

    /// @notice A twin was minted.
    event DeviceMinted(ItemId indexed item, address indexed manufacturer, address indexed to);
    /// @notice The token has a document of its own.
    event DeviceDocumentSet(ItemId indexed item, bytes32 digest, uint8 codec);
    /// @notice The token is locked; ERC-5192's `Locked` is emitted as well.
    event DeviceLocked(ItemId indexed item, address indexed keeper, address indexed returnTo);
    /// @notice The keeper sent the token back.
    event DeviceSentBack(ItemId indexed item, address indexed keeper, address indexed to);
    /// @notice The first claim of the item's tag.
    event TagClaimed(ItemId indexed item, address indexed claimer);
    /// @notice The tag of this item was claimed before, by another: one of the two units is a copy.
    event CloneSuspected(ItemId indexed item, address indexed firstClaimer, address indexed claimer);

    /// @notice The caller is neither the lot's manufacturer nor its operator.
    error Devices_NotManufacturer(ItemId item, address account);
    /// @notice The account is not an active participant.
    error Devices_NotActive(address account);
    /// @notice The item is not in a registered lot with this index, tag key and proof.
    error Devices_NotInLot(ItemId item);
    /// @notice Medicines have no twin.
    error Devices_NotADevice(ItemId item);
    /// @notice Custody does not let the item move; `standing` is a value of ICustody.Standing.
    error Devices_Immovable(ItemId item, uint8 standing);
    /// @notice The token is locked by `keeper`, or it is not locked.
    error Devices_Locked(ItemId item, address keeper);
    error Devices_NotLocked(ItemId item);
    error Devices_NotKeeper(ItemId item, address account);
    error Devices_ZeroKeeper(ItemId item);
    /// @notice The keeper can send the token back only to the account that locked it.
    error Devices_NotReturnAccount(ItemId item, address account);
    /// @notice The unit has no tag: uniqueness cannot be proven.
    error Devices_NoTag(ItemId item);
    error Devices_BadSignature(ItemId item, address tagKey);
    error Devices_ZeroClaimer(ItemId item);
    error Devices_BadDocument(bytes32 digest, uint8 codec);

    /// @notice Mints the twin to `to`, an active participant. Caller: the lot's manufacturer (active), or its ERC-721 operator.
    function mint(
        ItemId item,
        address to,
        Membership calldata membership
    ) external;

    /// @notice As {mint}, and locks it for `keeper`; it can be sent back to the manufacturer.
    function mintLocked(
        ItemId item,
        address to,
        Membership calldata membership,
        address keeper
    ) external;

    /// @notice As ERC-721 `transferFrom`, and locks it for `keeper`; it can be sent back to `from`.
    function transferLocked(
        address from,
        address to,
        ItemId item,
        address keeper
    ) external;

    /// @notice Locks the token where it is. Caller: its owner, or an account that ERC-721 approves for it.
    /// A lock ends the token's ERC-721 approval, and while it lasts `approve` reverts with {Devices_Locked}.
    function lock(
        ItemId item,
        address keeper
    ) external;

    /// @notice Ends the lock; the token stays where it is. Caller: the keeper.
    function unlock(
        ItemId item
    ) external;

    /// @notice Ends the lock and sends the token back to the account that locked it, whatever custody or participants say. Caller: the keeper.
    function sendBack(
        ItemId item,
        address to
    ) external;

    /// @notice Gives the token a document of its own (ERC-4906 event). Caller: the lot's manufacturer (active), or its operator.
    function setDocument(
        ItemId item,
        Content calldata document
    ) external;

    /// @notice Whether the tag of the item signed this challenge: EIP-712 TagChallenge(bytes32 item,bytes32 challenge).
    /// Reverts when the item is not in its lot or has no tag.
    function proveTag(
        ItemId item,
        Membership calldata membership,
        bytes32 challenge,
        bytes calldata signature
    ) external view returns (bool);

    /// @notice Records who first claimed the item's tag. Signed by the tag: EIP-712 TagClaim(bytes32 item,address claimer). Caller: anyone.
    /// A claim by another account later changes nothing and raises {CloneSuspected}; by the same account, nothing happens.
    function claim(
        ItemId item,
        Membership calldata membership,
        address claimer,
        bytes calldata signature
    ) external;

    function lockOf(
        ItemId item
    ) external view returns (Lock memory);
    function claimOf(
        ItemId item
    ) external view returns (Claim memory);
    /// @notice The document of the token: its own, else its lot's.
    function documentOf(
        ItemId item
    ) external view returns (Content memory);
    /// @notice ERC-5192.
    function locked(
        uint256 tokenId
    ) external view returns (bool);
    /// @notice The EIP-712 digests that a tag signs.
    function challengeHash(
        ItemId item,
        bytes32 challenge
    ) external view returns (bytes32);
    function claimHash(
        ItemId item,
        address claimer
    ) external view returns (bytes32);
}
