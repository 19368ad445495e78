// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Content} from "../types/Content.sol";
import {ItemId, LotId, ModelId} from "../types/Ids.sol";
import {Pack} from "../types/Pack.sol";

/// @title Custody: who holds this unit, and may it move?
/// @notice Possession of items, from their maker on, by handshakes. A lot is held item by item here, or in ranges in `Units`: the first commission
/// decides, for ever. Every verb carries `evidence`, the digest of the event document
/// (EPCIS) kept off chain. An operator that an account approved may do for it what it may do as holder, addressee, commissioning maker
/// or setter; `msg.sender` is then the operator. Recalls, and what a maker or regulator sets, are in their own names.
interface ICustody {
    /// @notice Whether an item may move, or the first reason why not.
    enum Standing {
        Movable,
        NotRegistered,
        Recalled,
        Expired,
        Quarantined,
        Lost,
        Decommissioned
    }

    /// @notice How severe a recall is (21 CFR 7.3(m)).
    enum RecallClass {
        I,
        II,
        III
    }

    /// @notice What a recall is of.
    enum RecallScope {
        Model,
        Lot,
        Item
    }

    /// @notice How a unit was lost.
    enum Loss {
        Lost,
        Stolen
    }

    /// @notice Who has an item; two slots.
    /// @param holder who holds it; zero before commissioning
    /// @param cameFromTag first 11 bytes of keccak256(abi.encode(account that the holder had it from)); zero at its commissioning maker
    /// @param addressee who is to receive it; zero when it is not under way
    /// @param recalls open recalls of this very item
    /// @param quarantines quarantines in force
    /// @param losses losses reported and not lifted
    /// @param decommissioned whether its life has ended
    struct Holding {
        // slot 1
        address holder;
        bytes11 cameFromTag;
        // slot 2
        address addressee;
        uint32 recalls;
        uint16 quarantines;
        uint16 losses;
        bool decommissioned;
    }

    /// @notice A recall.
    /// @param issuer who opened it
    /// @param class how severe
    /// @param scope of a model, a lot or an item
    /// @param openedAt when
    /// @param closedAt when it was closed, zero while open
    /// @param subject model id, lot id (16 bytes, then zeros) or item id
    struct Recall {
        // slot 1
        address issuer;
        RecallClass class;
        RecallScope scope;
        uint40 openedAt;
        uint40 closedAt;
        // slot 2
        bytes32 subject;
    }

    event ItemCommissioned(ItemId indexed item, address indexed holder, bytes32 evidence);
    /// @notice The lot is held in units (`Units`), not item by item.
    event LotHeldInUnits(LotId indexed lot, address indexed manufacturer);
    event ItemShipped(ItemId indexed item, address indexed from, address indexed to, bytes32 evidence);
    event ItemReceived(ItemId indexed item, address indexed from, address indexed to, bytes32 evidence);
    event ItemRejected(ItemId indexed item, address indexed from, address indexed to, bytes32 evidence);
    /// @notice The holder called a shipment back before it was received.
    event ShipmentCancelled(ItemId indexed item, address indexed from, address indexed to, bytes32 evidence);
    event ItemQuarantined(ItemId indexed item, address indexed by, bytes32 evidence);
    event ItemReleased(ItemId indexed item, address indexed setBy, address indexed by, bytes32 evidence);
    event ItemLost(ItemId indexed item, address indexed by, Loss loss, bytes32 evidence);
    event ItemRecovered(ItemId indexed item, address indexed setBy, address indexed by, bytes32 evidence);
    event ItemDecommissioned(ItemId indexed item, address indexed holder, bytes32 evidence);
    event RecallOpened(
        uint64 indexed recallId,
        bytes32 indexed subject,
        address indexed issuer,
        RecallScope scope,
        RecallClass class,
        Content notice
    );
    event RecallAcknowledged(uint64 indexed recallId, address indexed holder, bytes32 evidence);
    event RecallClosed(uint64 indexed recallId, address indexed by, bytes32 evidence);
    event OperatorSet(address indexed account, address indexed operator, bool approved);

    /// @notice The account is not an active participant.
    error Custody_NotActive(address account);
    /// @notice The account is neither the party itself nor its approved operator.
    error Custody_NotHolder(ItemId item, address account);
    error Custody_NotAddressee(ItemId item, address account);
    error Custody_NotManufacturer(ItemId item, address account);
    /// @notice The account is in none of the parts that the verb is for: holder, maker, regulator; for an acknowledgement, enrolled.
    error Custody_NotEntitled(bytes32 subject, address account);
    /// @notice The item is not in a registered lot with this index, tag key and proof.
    error Custody_NotInLot(ItemId item);
    error Custody_AlreadyCommissioned(ItemId item, address holder);
    error Custody_NotCommissioned(ItemId item);
    /// @notice The lot is held in units, so none of its items is held here; or the other way about.
    error Custody_HeldInUnits(LotId lot);
    error Custody_HeldByItems(LotId lot);
    /// @notice The account is neither the lot's manufacturer nor its operator, or the lot does not count.
    error Custody_NotLotManufacturer(LotId lot, address account);
    /// @notice The item is under way to `addressee`, or it is not under way.
    error Custody_UnderWay(ItemId item, address addressee);
    error Custody_NotUnderWay(ItemId item);
    /// @notice The holder cannot ship to itself, and nobody to the zero address.
    error Custody_BadAddressee(ItemId item, address addressee);
    /// @notice The item may only go back to its maker or to whom the holder had it from.
    error Custody_Immovable(ItemId item, Standing standing);
    error Custody_AlreadyQuarantined(ItemId item, address by);
    error Custody_NotQuarantined(ItemId item, address by);
    error Custody_AlreadyLost(ItemId item, address by);
    error Custody_NotLost(ItemId item, address by);
    error Custody_Decommissioned(ItemId item);
    /// @notice The caller did not set it and is no regulator.
    error Custody_NotSetter(ItemId item, address setBy, address account);
    error Custody_UnknownSubject(bytes32 subject);
    error Custody_BadNotice(bytes32 digest, uint8 codec);
    error Custody_NoRecall(uint64 recallId);
    error Custody_RecallClosed(uint64 recallId);
    error Custody_NotRecallIssuer(uint64 recallId, address account);

    /// @notice The item begins its life with its maker. Caller: the lot's manufacturer (active), or its operator.
    function commission(ItemId item, uint32 index, address tagKey, bytes32[] calldata proof, bytes32 evidence) external;

    /// @notice Says that the lot is held in units, before any of its items was commissioned. Caller: the lot's manufacturer (active), or its
    /// operator.
    function holdInUnits(LotId lot) external;

    /// @notice Sends the item on its way to `to`, an active participant. Caller: its holder, or the holder's operator.
    /// A holder that is not active, and an item that is not movable, can only go back: to the maker or to whom the holder had it from.
    function ship(ItemId item, address to, bytes32 evidence) external;

    /// @notice Takes over what was shipped. Caller: the addressee, active or not, or its operator.
    function receiveItem(ItemId item, bytes32 evidence) external;

    /// @notice Refuses what was shipped; the sender holds it still. Caller: the addressee, active or not, or its operator.
    function reject(ItemId item, bytes32 evidence) external;

    /// @notice Calls a shipment back before it was received. Caller: the holder, or its operator.
    function cancelShipment(ItemId item, bytes32 evidence) external;

    /// @notice Sets the caller's quarantine. Caller: holder (active or not) or its operator, maker, regulator. An operator sets it in the
    /// holder's name.
    function quarantine(ItemId item, bytes32 evidence) external;

    /// @notice Lifts the quarantine that `setBy` set. Caller: `setBy` (active) or its operator, or a regulator.
    function release(ItemId item, address setBy, bytes32 evidence) external;

    /// @notice Reports the item lost or stolen. Caller: holder (active or not) or its operator, maker, regulator.
    function reportLost(ItemId item, Loss loss, bytes32 evidence) external;

    /// @notice Lifts the loss that `setBy` reported. Caller: `setBy` (active) or its operator, or a regulator.
    function recover(ItemId item, address setBy, bytes32 evidence) external;

    /// @notice Ends the item's life (destroyed, dispensed for good, exported). Caller: its holder (active), or the holder's operator;
    /// not under way.
    function decommission(ItemId item, bytes32 evidence) external;

    /// @notice Recalls a model, lot or item. Caller: its maker or a regulator, active. Several may be open at once.
    function recallModel(ModelId model, RecallClass class, Content calldata notice) external returns (uint64 recallId);
    function recallLot(LotId lot, RecallClass class, Content calldata notice) external returns (uint64 recallId);
    function recallItem(ItemId item, RecallClass class, Content calldata notice) external returns (uint64 recallId);

    /// @notice Says that the caller has read the recall and acted on it, open or closed. Caller: any enrolled participant; recorded as an
    /// event.
    function acknowledgeRecall(uint64 recallId, bytes32 evidence) external;

    /// @notice Closes a recall. Caller: its issuer (active) or a regulator.
    function closeRecall(uint64 recallId, bytes32 evidence) external;

    /// @notice Allows `operator` to act for the caller in every verb of this room, or no longer.
    function setOperator(address operator, bool approved) external;
    function isOperator(address account, address operator) external view returns (bool);

    /// @notice Who has the item.
    function holdingOf(ItemId item) external view returns (Holding memory);
    function holderOf(ItemId item) external view returns (address);

    /// @notice Whether the item may move, with the reason when not. Needs no commissioning.
    function isMovable(ItemId item) external view returns (bool movable, Standing standing);

    /// @notice What stops the packs of a lot that is held in units, in one slot: whether lot or model is recalled, and whether any single items of the
    /// model are stopped, so that each has to be asked for ({stopOf}).
    /// @param modelNumber the lot's, as `Catalog` says
    function stopsOf(LotId lot, uint32 modelNumber) external view returns (bool recalled, bool items);
    /// @notice The first of the packs that is recalled, quarantined or lost as a single item: its standing and its place in `packs`; else Movable.
    function stopOf(LotId lot, Pack[] calldata packs) external view returns (Standing standing, uint256 place);
    function isHeldInUnits(LotId lot) external view returns (bool);

    function recallOf(uint64 recallId) external view returns (Recall memory);
    /// @notice Open recalls of exactly this model, lot (as subject) or item.
    function openRecallsOf(bytes32 subject) external view returns (uint256);
    /// @notice Id of the newest recall; ids count from 1.
    function lastRecallId() external view returns (uint64);
    function isQuarantinedBy(ItemId item, address account) external view returns (bool);
    function isLostBy(ItemId item, address account) external view returns (bool);
}
