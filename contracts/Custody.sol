// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "./interfaces/ICatalog.sol";
import {ICustody} from "./interfaces/ICustody.sol";
import {IParticipants} from "./interfaces/IParticipants.sol";
import {Expiry} from "./libraries/Expiry.sol";
import {Content} from "./types/Content.sol";
import {ItemId, LotId, ModelId} from "./types/Ids.sol";
import {Pack} from "./types/Pack.sol";
import {MANUFACTURER, REGULATOR} from "./types/Role.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

/// @title Custody
/// @notice Who holds an item, and whether it may move.
///
/// What has to be trusted, and what need not be:
///
/// *Possession.* The chain sees signatures, not boxes. What is recorded is what two parties agree on: the holder ships, the addressee receives,
/// and neither can do the other's part. So a holder cannot dump an item on anyone, and an addressee cannot take one. Whoever
/// falsely signs for a box stands in the record with its name.
///
/// *Moving what must not move.* A recalled, expired, quarantined, lost or decommissioned item, and any item of a holder that is not active,
/// cannot be shipped except back: to the lot's maker, or to the account that the holder had it from. What was under way at that moment may
/// still be received or rejected, since the box travels whatever the chain says. Where an item came from is kept as an 88-bit hash to
/// save a slot; passing another account off as it takes some 2^88 key generations, and that account would have to be active besides. Two
/// accounts made to pass for each other take 2^44; both belong to whoever made them, and both have to be enrolled.
///
/// *Makers and regulators.* The lot's maker and every regulator can stop an item by recall, quarantine or loss report, never move one. A
/// maker that abuses this harms its own product; a regulator can lift everything. Only an active account can lift what it set. A lot that a
/// regulator struck has no maker: its items can only go back to where they came from, and only regulators recall them. A recall of a model outlives
/// a strike, since its reason may: it stops the lots of a later approval, too, until its issuer or a regulator closes it.
///
/// *Operators.* An approved operator may do all that the account may as holder, addressee, commissioning maker or setter, as in ERC-721.
/// Approve contracts that are public, or one's own accounts.
///
/// *Administration.* Nobody can take an item from its holder; suspending a participant leaves its items where they are.
contract Custody is ICustody, Multicall {
    /// @dev What can stop an item of a model; one slot. While none of its lots is recalled, no lot's count has to be read; while none of its items
    /// that are not held here is stopped, no item's.
    /// @param ofModel open recalls of the model itself
    /// @param ofLots open recalls of any of its lots
    /// @param ofItems stops of single items of lots that are held in units, or not held yet
    struct ModelStops {
        uint32 ofModel;
        uint32 ofLots;
        uint64 ofItems;
    }

    /// @dev How the items of a lot are held; at most one of the two, once set for ever. One slot.
    struct LotHolding {
        bool byItems;
        bool inUnits;
    }

    /// @notice Who is active, and in which roles.
    IParticipants public immutable PARTICIPANTS;
    /// @notice Which lots count, and who made them.
    ICatalog public immutable CATALOG;

    /// @dev In here, unlike in {holdingOf}, an item at rest has either no addressee or its holder as addressee: so shipping writes only the
    /// second slot, receiving only the first, and no slot is ever emptied and paid for anew.
    mapping(ItemId item => Holding holding) private _holdings;
    mapping(LotId lot => LotHolding how) private _lotHoldings;
    mapping(ItemId item => mapping(address setBy => bool set)) private _quarantines;
    mapping(ItemId item => mapping(address setBy => bool set)) private _losses;
    /// @dev Open recalls of models and lots; those of an item stand in its holding.
    mapping(bytes32 subject => uint256 count) private _openRecalls;
    mapping(uint32 modelNumber => ModelStops open) private _modelStops;
    mapping(uint64 recallId => Recall recall) private _recalls;

    /// @inheritdoc ICustody
    uint64 public lastRecallId;
    /// @inheritdoc ICustody
    mapping(address account => mapping(address operator => bool approved)) public isOperator;

    constructor(IParticipants participants, ICatalog catalog) {
        PARTICIPANTS = participants;
        CATALOG = catalog;
    }

    /// @inheritdoc ICustody
    function commission(ItemId item, uint32 index, address tagKey, bytes32[] calldata proof, bytes32 evidence)
        external
    {
        Holding storage holding = _holdings[item];
        if (holding.holder != address(0)) revert Custody_AlreadyCommissioned(item, holding.holder);
        (Standing standing, address manufacturer) = _standingOf(item, holding);
        // A lot that does not count has no manufacturer, and nobody acts for the zero address.
        if (!_actsFor(manufacturer)) revert Custody_NotManufacturer(item, msg.sender);
        if (!PARTICIPANTS.isActiveAs(manufacturer, MANUFACTURER)) revert Custody_NotActive(manufacturer);
        if (standing != Standing.Movable) revert Custody_Immovable(item, standing);
        if (!CATALOG.contains(item, index, tagKey, proof)) revert Custody_NotInLot(item);
        LotHolding storage how = _lotHoldings[item.lot()];
        if (how.inUnits) revert Custody_HeldInUnits(item.lot());

        holding.holder = manufacturer;
        if (!how.byItems) how.byItems = true;

        emit ItemCommissioned(item, manufacturer, evidence);
    }

    /// @inheritdoc ICustody
    function holdInUnits(LotId lot) external {
        address manufacturer = CATALOG.manufacturerOf(lot);
        // A lot that does not count has no manufacturer, and nobody acts for the zero address.
        if (!_actsFor(manufacturer)) revert Custody_NotLotManufacturer(lot, msg.sender);
        if (!PARTICIPANTS.isActiveAs(manufacturer, MANUFACTURER)) revert Custody_NotActive(manufacturer);
        LotHolding storage how = _lotHoldings[lot];
        if (how.byItems) revert Custody_HeldByItems(lot);
        if (how.inUnits) revert Custody_HeldInUnits(lot);

        how.inUnits = true;

        emit LotHeldInUnits(lot, manufacturer);
    }

    /// @inheritdoc ICustody
    function ship(ItemId item, address to, bytes32 evidence) external {
        Holding storage holding = _holdings[item];
        address holder = _partyHolding(item, holding);
        _checkAtRest(item, holding, holder);
        if (to == address(0) || to == holder) revert Custody_BadAddressee(item, to);
        _checkWay(item, holding, holder, to);

        holding.addressee = to;

        emit ItemShipped(item, holder, to, evidence);
    }

    /// @inheritdoc ICustody
    function receiveItem(ItemId item, bytes32 evidence) external {
        Holding storage holding = _holdings[item];
        (address holder, address addressee) = _partyAwaiting(item, holding);
        // No check of participants or standing: both were checked at shipping, and what has arrived has arrived.

        (holding.holder, holding.cameFromTag) = (addressee, _tagOf(holder));

        emit ItemReceived(item, holder, addressee, evidence);
    }

    /// @inheritdoc ICustody
    function reject(ItemId item, bytes32 evidence) external {
        Holding storage holding = _holdings[item];
        (address holder, address addressee) = _partyAwaiting(item, holding);
        // No check of participants or standing: the item stays with the holder that it has.

        holding.addressee = holder;

        emit ItemRejected(item, holder, addressee, evidence);
    }

    /// @inheritdoc ICustody
    function cancelShipment(ItemId item, bytes32 evidence) external {
        Holding storage holding = _holdings[item];
        address holder = _partyHolding(item, holding);
        address addressee = holding.addressee;
        if (!_isUnderWay(holder, addressee)) revert Custody_NotUnderWay(item);
        // No check of participants or standing: the item stays with the holder that it has.

        holding.addressee = holder;

        emit ShipmentCancelled(item, holder, addressee, evidence);
    }

    /// @inheritdoc ICustody
    function quarantine(ItemId item, bytes32 evidence) external {
        Holding storage holding = _holdings[item];
        address setBy = _setterFor(item, holding);
        if (_quarantines[item][setBy]) revert Custody_AlreadyQuarantined(item, setBy);
        // No check whether it is under way or decommissioned: a warning is never out of place.

        _quarantines[item][setBy] = true;
        ++holding.quarantines;
        _countStop(item);

        emit ItemQuarantined(item, setBy, evidence);
    }

    /// @inheritdoc ICustody
    function release(ItemId item, address setBy, bytes32 evidence) external {
        if (!_quarantines[item][setBy]) revert Custody_NotQuarantined(item, setBy);
        _checkLifting(item, setBy);

        _quarantines[item][setBy] = false;
        --_holdings[item].quarantines;
        _uncountStop(item);

        emit ItemReleased(item, setBy, msg.sender, evidence);
    }

    /// @inheritdoc ICustody
    function reportLost(ItemId item, Loss loss, bytes32 evidence) external {
        Holding storage holding = _holdings[item];
        address setBy = _setterFor(item, holding);
        if (_losses[item][setBy]) revert Custody_AlreadyLost(item, setBy);
        // No check whether it is under way or decommissioned: things are lost on the way, and stolen from the scrap.

        _losses[item][setBy] = true;
        ++holding.losses;
        _countStop(item);

        emit ItemLost(item, setBy, loss, evidence);
    }

    /// @inheritdoc ICustody
    function recover(ItemId item, address setBy, bytes32 evidence) external {
        if (!_losses[item][setBy]) revert Custody_NotLost(item, setBy);
        _checkLifting(item, setBy);

        _losses[item][setBy] = false;
        --_holdings[item].losses;
        _uncountStop(item);

        emit ItemRecovered(item, setBy, msg.sender, evidence);
    }

    /// @inheritdoc ICustody
    function decommission(ItemId item, bytes32 evidence) external {
        Holding storage holding = _holdings[item];
        address holder = _partyHolding(item, holding);
        _checkAtRest(item, holding, holder);
        if (holding.decommissioned) revert Custody_Decommissioned(item);
        if (!PARTICIPANTS.isActive(holder)) revert Custody_NotActive(holder);
        // No check of its standing: destroying it is what often becomes of a recalled or expired item.

        holding.decommissioned = true;

        emit ItemDecommissioned(item, holder, evidence);
    }

    /// @inheritdoc ICustody
    function recallModel(ModelId model, RecallClass class, Content calldata notice) external returns (uint64 recallId) {
        bytes32 subject = ModelId.unwrap(model);
        ICatalog.Model memory known = CATALOG.modelOf(model);
        // Approved now, or struck before: lots of it may be about. A model that was never approved has none.
        if (known.manufacturer == address(0) && known.generation == 0) revert Custody_UnknownSubject(subject);
        _checkRecall(subject, known.manufacturer, notice);

        ++_openRecalls[subject];
        ++_modelStops[known.number].ofModel;
        recallId = _openRecall(subject, RecallScope.Model, class, notice);
    }

    /// @inheritdoc ICustody
    function recallLot(LotId lot, RecallClass class, Content calldata notice) external returns (uint64 recallId) {
        bytes32 subject = lot.asSubject();
        _checkRegistered(subject, lot);
        _checkRecall(subject, CATALOG.manufacturerOf(lot), notice);

        ++_openRecalls[subject];
        ++_modelStops[CATALOG.lotOf(lot).modelNumber].ofLots;
        recallId = _openRecall(subject, RecallScope.Lot, class, notice);
    }

    /// @inheritdoc ICustody
    function recallItem(ItemId item, RecallClass class, Content calldata notice) external returns (uint64 recallId) {
        bytes32 subject = ItemId.unwrap(item);
        LotId lot = item.lot();
        _checkRegistered(subject, lot);
        _checkRecall(subject, CATALOG.manufacturerOf(lot), notice);
        // No proof that the lot contains it: the recall of an id that nothing has stops nothing.

        ++_holdings[item].recalls;
        _countStop(item);
        recallId = _openRecall(subject, RecallScope.Item, class, notice);
    }

    /// @inheritdoc ICustody
    function acknowledgeRecall(uint64 recallId, bytes32 evidence) external {
        Recall storage recall = _knownRecall(recallId);
        if (!PARTICIPANTS.isEnrolled(msg.sender)) revert Custody_NotEntitled(recall.subject, msg.sender);
        // No check whether the recall is open, or the caller active or holding any: an answer is worth having, late or superfluous.

        emit RecallAcknowledged(recallId, msg.sender, evidence);
    }

    /// @inheritdoc ICustody
    function closeRecall(uint64 recallId, bytes32 evidence) external {
        Recall storage recall = _knownRecall(recallId);
        if (recall.closedAt != 0) revert Custody_RecallClosed(recallId);
        if (msg.sender == recall.issuer) {
            if (!PARTICIPANTS.isActive(msg.sender)) revert Custody_NotActive(msg.sender);
        } else if (!PARTICIPANTS.isActiveAs(msg.sender, REGULATOR)) {
            revert Custody_NotRecallIssuer(recallId, msg.sender);
        }

        recall.closedAt = uint40(block.timestamp);
        _uncountRecall(recall.scope, recall.subject);

        emit RecallClosed(recallId, msg.sender, evidence);
    }

    /// @inheritdoc ICustody
    function setOperator(address operator, bool approved) external {
        // No role check: an operator of an account that holds nothing can do nothing.
        isOperator[msg.sender][operator] = approved;

        emit OperatorSet(msg.sender, operator, approved);
    }

    /// @inheritdoc ICustody
    function holdingOf(ItemId item) external view returns (Holding memory holding) {
        holding = _holdings[item];
        if (!_isUnderWay(holding.holder, holding.addressee)) holding.addressee = address(0);
    }

    /// @inheritdoc ICustody
    function holderOf(ItemId item) external view returns (address) {
        return _holdings[item].holder;
    }

    /// @inheritdoc ICustody
    function isMovable(ItemId item) external view returns (bool movable, Standing standing) {
        (standing,) = _standingOf(item, _holdings[item]);
        movable = standing == Standing.Movable;
    }

    /// @inheritdoc ICustody
    function stopsOf(LotId lot, uint32 modelNumber) external view returns (bool recalled, bool items) {
        ModelStops storage open = _modelStops[modelNumber];
        // Read together, since they share a slot.
        (uint256 ofModel, uint256 ofLots, uint256 ofItems) = (open.ofModel, open.ofLots, open.ofItems);
        return (ofModel != 0 || (ofLots != 0 && _openRecalls[lot.asSubject()] != 0), ofItems != 0);
    }

    /// @inheritdoc ICustody
    function stopOf(LotId lot, Pack[] calldata packs) external view returns (Standing, uint256 place) {
        for (; place < packs.length; ++place) {
            Holding storage holding = _holdings[lot.item(packs[place].half)];
            if (holding.recalls != 0) return (Standing.Recalled, place);
            if (holding.quarantines != 0) return (Standing.Quarantined, place);
            if (holding.losses != 0) return (Standing.Lost, place);
        }
        return (Standing.Movable, 0);
    }

    /// @inheritdoc ICustody
    function isHeldInUnits(LotId lot) external view returns (bool) {
        return _lotHoldings[lot].inUnits;
    }

    /// @inheritdoc ICustody
    function recallOf(uint64 recallId) external view returns (Recall memory) {
        return _recalls[recallId];
    }

    /// @inheritdoc ICustody
    function openRecallsOf(bytes32 subject) external view returns (uint256) {
        return _openRecalls[subject] + _holdings[ItemId.wrap(subject)].recalls;
    }

    /// @inheritdoc ICustody
    function isQuarantinedBy(ItemId item, address account) external view returns (bool) {
        return _quarantines[item][account];
    }

    /// @inheritdoc ICustody
    function isLostBy(ItemId item, address account) external view returns (bool) {
        return _losses[item][account];
    }

    /// @dev Records a recall that was checked and counted.
    function _openRecall(bytes32 subject, RecallScope scope, RecallClass class, Content calldata notice)
        private
        returns (uint64 recallId)
    {
        recallId = ++lastRecallId;
        _recalls[recallId] = Recall({
            issuer: msg.sender,
            class: class,
            scope: scope,
            openedAt: uint40(block.timestamp),
            closedAt: 0,
            subject: subject
        });

        emit RecallOpened(recallId, subject, msg.sender, scope, class, notice);
    }

    /// @dev Takes a recall that is closed out of the counts.
    function _uncountRecall(RecallScope scope, bytes32 subject) private {
        if (scope == RecallScope.Item) {
            --_holdings[ItemId.wrap(subject)].recalls;
            _uncountStop(ItemId.wrap(subject));
            return;
        }
        --_openRecalls[subject];
        if (scope == RecallScope.Model) {
            --_modelStops[CATALOG.modelOf(ModelId.wrap(subject)).number].ofModel;
        } else {
            // Safe: a lot as subject is its 16 bytes, then zeros.
            // forge-lint: disable-next-line(unsafe-typecast)
            LotId lot = LotId.wrap(bytes16(subject));
            --_modelStops[CATALOG.lotOf(lot).modelNumber].ofLots;
        }
    }

    /// @dev Counts a stop of a single item, unless its lot is held here: then whoever asks reads the item anyway.
    function _countStop(ItemId item) private {
        LotId lot = item.lot();
        if (!_lotHoldings[lot].byItems) ++_modelStops[CATALOG.lotOf(lot).modelNumber].ofItems;
    }

    /// @dev The opposite. A lot whose items came to be held here meanwhile leaves its count as it is, which costs a look at each item and no more.
    function _uncountStop(ItemId item) private {
        LotId lot = item.lot();
        if (!_lotHoldings[lot].byItems) --_modelStops[CATALOG.lotOf(lot).modelNumber].ofItems;
    }

    /// @dev The first reason why the item may not move, and who made it (zero for a lot that does not count).
    function _standingOf(ItemId item, Holding storage holding) private view returns (Standing, address manufacturer) {
        uint32 modelNumber;
        uint40 expiresAt;
        (modelNumber, manufacturer, expiresAt) = CATALOG.standingOf(item.lot());
        if (manufacturer == address(0)) return (Standing.NotRegistered, manufacturer);
        // Read together: the compiler makes one load of neighbours in a slot only between two branches.
        (uint32 recalls, uint16 quarantines, uint16 losses, bool decommissioned) =
            (holding.recalls, holding.quarantines, holding.losses, holding.decommissioned);
        if (recalls != 0 || _isLotRecalled(item.lot(), modelNumber)) return (Standing.Recalled, manufacturer);
        if (Expiry.isPast(expiresAt)) return (Standing.Expired, manufacturer);
        if (quarantines != 0) return (Standing.Quarantined, manufacturer);
        if (losses != 0) return (Standing.Lost, manufacturer);
        if (decommissioned) return (Standing.Decommissioned, manufacturer);
        return (Standing.Movable, manufacturer);
    }

    /// @dev Whether the lot or its model is recalled.
    function _isLotRecalled(LotId lot, uint32 modelNumber) private view returns (bool) {
        ModelStops storage open = _modelStops[modelNumber];
        uint256 ofModel = open.ofModel;
        uint256 ofLots = open.ofLots;
        return ofModel != 0 || (ofLots != 0 && _openRecalls[lot.asSubject()] != 0);
    }

    /// @dev The holder, for whom the caller acts.
    function _partyHolding(ItemId item, Holding storage holding) private view returns (address holder) {
        holder = holding.holder;
        if (holder == address(0)) revert Custody_NotCommissioned(item);
        if (!_actsFor(holder)) revert Custody_NotHolder(item, msg.sender);
    }

    /// @dev The holder, and the addressee for whom the caller acts.
    function _partyAwaiting(ItemId item, Holding storage holding)
        private
        view
        returns (address holder, address addressee)
    {
        holder = holding.holder;
        addressee = holding.addressee;
        if (!_isUnderWay(holder, addressee)) revert Custody_NotUnderWay(item);
        if (!_actsFor(addressee)) revert Custody_NotAddressee(item, msg.sender);
    }

    function _checkAtRest(ItemId item, Holding storage holding, address holder) private view {
        address addressee = holding.addressee;
        if (_isUnderWay(holder, addressee)) revert Custody_UnderWay(item, addressee);
    }

    /// @dev Any active participant is a fit addressee of a movable item with an active holder; else only those it can go back to are.
    function _checkWay(ItemId item, Holding storage holding, address holder, address to) private view {
        (Standing standing, address manufacturer) = _standingOf(item, holding);
        bool bothActive = PARTICIPANTS.areActive(holder, to);
        if (bothActive && standing == Standing.Movable) return;
        if (!bothActive && !PARTICIPANTS.isActive(to)) revert Custody_NotActive(to);
        if (to == manufacturer || _tagOf(to) == holding.cameFromTag) return;
        if (standing != Standing.Movable) revert Custody_Immovable(item, standing);
        revert Custody_NotActive(holder);
    }

    /// @dev In whose name the caller may warn of the item: its own where it can, else that of the holder it is an operator of.
    function _setterFor(ItemId item, Holding storage holding) private view returns (address) {
        address holder = holding.holder;
        // An inactive holder may warn, too: a warning stops the item, and the holder knows it best.
        if (msg.sender == holder) return msg.sender;
        LotId lot = item.lot();
        if (_isMakerOrRegulator(CATALOG.manufacturerOf(lot))) {
            _checkRegistered(ItemId.unwrap(item), lot);
            return msg.sender;
        }
        if (_actsFor(holder)) return holder;
        revert Custody_NotEntitled(ItemId.unwrap(item), msg.sender);
    }

    /// @dev Lifting sets an item free, so unlike warning it takes an active account.
    function _checkLifting(ItemId item, address setBy) private view {
        bool actsForSetter = _actsFor(setBy);
        if (actsForSetter && PARTICIPANTS.isActive(setBy)) return;
        if (PARTICIPANTS.isActiveAs(msg.sender, REGULATOR)) return;
        if (actsForSetter) revert Custody_NotActive(setBy);
        revert Custody_NotSetter(item, setBy, msg.sender);
    }

    function _checkRecall(bytes32 subject, address manufacturer, Content calldata notice) private view {
        if (!_isMakerOrRegulator(manufacturer)) revert Custody_NotEntitled(subject, msg.sender);
        if (!notice.isWellFormed()) revert Custody_BadNotice(notice.digest, notice.codec);
    }

    function _checkRegistered(bytes32 subject, LotId lot) private view {
        // A struck lot is known as well: its units are about, and a regulator may have to stop them.
        if (CATALOG.lotOf(lot).count == 0) revert Custody_UnknownSubject(subject);
    }

    function _knownRecall(uint64 recallId) private view returns (Recall storage recall) {
        recall = _recalls[recallId];
        if (recall.issuer == address(0)) revert Custody_NoRecall(recallId);
    }

    function _isMakerOrRegulator(address manufacturer) private view returns (bool) {
        return PARTICIPANTS.isActiveAs(msg.sender, msg.sender == manufacturer ? MANUFACTURER | REGULATOR : REGULATOR);
    }

    /// @dev Nobody acts for the zero address: it can approve no operator.
    function _actsFor(address account) private view returns (bool) {
        return msg.sender == account || isOperator[account][msg.sender];
    }

    function _isUnderWay(address holder, address addressee) private pure returns (bool) {
        return addressee != address(0) && addressee != holder;
    }

    function _tagOf(address account) private pure returns (bytes11) {
        return bytes11(keccak256(abi.encode(account)));
    }
}
