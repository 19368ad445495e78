// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAnchors} from "./interfaces/IAnchors.sol";
import {IDevices} from "./interfaces/IDevices.sol";
import {IMdsProfiles} from "./interfaces/IMdsProfiles.sol";
import {IParticipants} from "./interfaces/IParticipants.sol";
import {Content} from "./types/Content.sol";
import {ItemId} from "./types/Ids.sol";
import {MdsState, MdsStateLibrary, Mode, Status} from "./types/MdsState.sol";
import {ENGINEER} from "./types/Role.sol";
import {IERC721} from "@openzeppelin/contracts/interfaces/IERC721.sol";

/// @title MdsProfiles: how is this device doing?
///
/// TRUST
///
/// Writers. Only the twin's owner of today, the operators it approved or appointed, and the engineer of a started order write. Whoever writes
/// must be active; an operator's owner need not be, since a device is to be looked after while its hospital is suspended. An appointment
/// and an assignment count while the twin is the owner's who made them: nobody who buys it is bound, but an owner who gets it back finds
/// them as it left them. The owner is kept as 96 bits of its hash, as in `Devices`: another account that passes for it takes some 2^96 trials.
///
/// What is said. The room keeps order, not truth: versions follow one another, counters do not run backwards, each word has an author. That
/// the device is in the mode somebody wrote, or that the full profile says the same as the fields here, is for readers to check; `theriac`
/// does. Two writers at once do not overwrite each other: the second is told that the version is not the next.
///
/// Service. The engineer who closes an order dates the next maintenance and calibration. An owner that trusts nobody's date gives the order
/// to somebody else. Whoever first claimed a unit's tag can report one fault at a time, so a stranger's reports neither block nor flood.
///
/// Patients and places are salted commitments; the room cannot tell one from any other 32 bytes. Records are digests of what is encrypted
/// elsewhere: an engineer whose order ended keeps what it has read.
contract MdsProfiles is IMdsProfiles {
    /// @dev The operator of a twin, and for whom; one slot.
    struct Appointment {
        address operator;
        bytes12 ownerTag;
    }

    /// @notice Who is active.
    IParticipants public immutable PARTICIPANTS;
    /// @notice Whose twin it is.
    IDevices public immutable DEVICES;
    /// @notice Where records are chained.
    IAnchors public immutable ANCHORS;

    mapping(ItemId item => MdsState) private _states;
    mapping(ItemId item => bytes32 digest) private _digests;
    mapping(ItemId item => Appointment) private _appointments;
    mapping(ItemId item => bytes32 commitment) private _patients;
    mapping(ItemId item => bytes32 commitment) private _locations;
    mapping(ItemId item => Service) private _services;
    mapping(uint64 order => Order) private _orders;

    /// @inheritdoc IMdsProfiles
    mapping(address owner => mapping(address operator => bool approved)) public isOperator;
    /// @inheritdoc IMdsProfiles
    uint64 public orders;

    constructor(IParticipants participants, IDevices devices, IAnchors anchors) {
        PARTICIPANTS = participants;
        DEVICES = devices;
        ANCHORS = anchors;
    }

    // Verbs: profiles

    /// @inheritdoc IMdsProfiles
    function setOperator(address operator, bool approved) external {
        // No check: it lets somebody write for the caller's own twins only, and that somebody has to be active then.
        isOperator[msg.sender][operator] = approved;
        emit OperatorSet(msg.sender, operator, approved);
    }

    /// @inheritdoc IMdsProfiles
    function appoint(ItemId item, address operator) external {
        _requireActive(msg.sender);
        if (_ownerOf(item) != msg.sender) revert MdsProfiles_NotOwner(item, msg.sender);
        if (operator != address(0)) _requireActive(operator);

        _appointments[item] = Appointment({operator: operator, ownerTag: _tagOf(msg.sender)});
        emit OperatorAppointed(item, msg.sender, operator);
    }

    /// @inheritdoc IMdsProfiles
    function update(Update calldata next) external {
        _requireActive(msg.sender);
        _requireEntitled(next.item);
        _write(next, false);
    }

    /// @inheritdoc IMdsProfiles
    function updatePlaced(Update calldata next, bytes32 patient, bytes32 location) external {
        _requireActive(msg.sender);
        _requireEntitled(next.item);
        _write(next, false);

        _patients[next.item] = patient;
        _locations[next.item] = location;
        emit DevicePlaced(next.item, patient, location);
    }

    /// @inheritdoc IMdsProfiles
    function updateMany(Update[] calldata next) external {
        if (next.length == 0) revert MdsProfiles_Empty();
        _requireActive(msg.sender);
        for (uint256 i = 0; i < next.length; ++i) {
            _requireEntitled(next[i].item);
            _write(next[i], false);
        }
    }

    /// @inheritdoc IMdsProfiles
    function updateInService(uint64 order, Update calldata next, bytes32 evidence) external {
        _requireAtWork(order, next.item);
        MdsState before = _states[next.item];
        bool replaced = evidence != 0;
        _write(next, replaced);
        if (replaced) emit CountersReplaced(next.item, order, before.hoursRun(), before.cycles(), evidence);
    }

    // Verbs: work orders

    /// @inheritdoc IMdsProfiles
    function open(ItemId item, OrderKind kind, Content calldata document) external returns (uint64 order) {
        _requireDocument(document);
        _requireActive(msg.sender);
        order = ++orders;
        if (!_mayWrite(item, _ownerOf(item), msg.sender)) {
            if (kind != OrderKind.Fault || DEVICES.claimOf(item).claimer != msg.sender) {
                revert MdsProfiles_NotEntitled(item, msg.sender);
            }
            uint64 known = _services[item].fault;
            if (known != 0) revert MdsProfiles_FaultKnown(item, known);
            _services[item].fault = order;
        }

        Order storage opened = _orders[order];
        opened.item = item;
        opened.opener = msg.sender;
        opened.kind = kind;
        opened.state = OrderState.Open;
        emit OrderOpened(order, item, msg.sender, kind, document.digest, document.codec);
    }

    /// @inheritdoc IMdsProfiles
    function assign(uint64 order, address engineer, uint40 until) external {
        Order storage known = _requireRunning(order);
        _requireActive(msg.sender);
        address owner = _requireEntitled(known.item);
        if (engineer == address(0)) {
            if (until != 0) revert MdsProfiles_BadDate(until);
        } else {
            if (!PARTICIPANTS.isActiveAs(engineer, ENGINEER)) revert MdsProfiles_NotEngineer(engineer);
            if (until < block.timestamp) revert MdsProfiles_BadDate(until);
        }

        known.engineer = engineer;
        known.assignedTag = _tagOf(owner);
        known.until = until;
        known.state = engineer == address(0) ? OrderState.Open : OrderState.Assigned;
        emit OrderAssigned(order, engineer, msg.sender, until);
    }

    /// @inheritdoc IMdsProfiles
    function start(uint64 order) external {
        Order storage known = _orders[order];
        if (known.state != OrderState.Assigned) revert MdsProfiles_WrongState(order, known.state);
        _requireAssigned(order, known);

        known.state = OrderState.Started;
        emit OrderStarted(order, msg.sender);
    }

    /// @inheritdoc IMdsProfiles
    function addEvidence(uint64 order, Content calldata document) external {
        Order storage known = _requireRunning(order);
        _requireDocument(document);
        // An owner may be its own engineer, and does not lose its word with the assignment.
        if (!_isAssigned(known, msg.sender)) {
            _requireActive(msg.sender);
            _requireEntitled(known.item);
        }

        emit OrderEvidence(order, msg.sender, document.digest, document.codec);
    }

    /// @inheritdoc IMdsProfiles
    function close(uint64 order, Outcome outcome, uint40 maintenanceDue, uint40 calibrationDue, Content calldata report)
        external
    {
        Order storage known = _orders[order];
        if (known.state != OrderState.Started) revert MdsProfiles_WrongState(order, known.state);
        _requireAssigned(order, known);
        _requireDocument(report);
        if (maintenanceDue != 0 && maintenanceDue <= block.timestamp) revert MdsProfiles_BadDate(maintenanceDue);
        if (calibrationDue != 0 && calibrationDue <= block.timestamp) revert MdsProfiles_BadDate(calibrationDue);

        _end(order, known, OrderState.Closed);
        Service storage service = _services[known.item];
        if (maintenanceDue != 0) {
            service.maintainedAt = uint40(block.timestamp);
            service.maintenanceDue = maintenanceDue;
        }
        if (calibrationDue != 0) {
            service.calibratedAt = uint40(block.timestamp);
            service.calibrationDue = calibrationDue;
        }
        emit OrderClosed(order, msg.sender, outcome, maintenanceDue, calibrationDue, report.digest, report.codec);
    }

    /// @inheritdoc IMdsProfiles
    function cancel(uint64 order, Content calldata reason) external {
        Order storage known = _requireRunning(order);
        _requireDocument(reason);
        // What a claimer reported it can take back while nobody has it; no check that it is active, since it only gives up.
        bool isOwnReport = known.opener == msg.sender && _services[known.item].fault == order;
        if (!isOwnReport || known.state != OrderState.Open) {
            _requireActive(msg.sender);
            _requireEntitled(known.item);
        }

        _end(order, known, OrderState.Cancelled);
        emit OrderCancelled(order, msg.sender, reason.digest, reason.codec);
    }

    // Verbs: records

    /// @inheritdoc IMdsProfiles
    function keep(Record calldata record_) external returns (bytes32 head) {
        _requireActive(msg.sender);
        _requireEntitled(record_.item);
        return _keep(0, record_);
    }

    /// @inheritdoc IMdsProfiles
    function keepInService(uint64 order, Record calldata record_) external returns (bytes32 head) {
        _requireAtWork(order, record_.item);
        return _keep(order, record_);
    }

    // Views

    /// @inheritdoc IMdsProfiles
    function profileOf(ItemId item) external view returns (Profile memory) {
        Appointment memory appointment = _appointments[item];
        bool counts = appointment.operator != address(0) && appointment.ownerTag == _tagOf(_ownerOf(item));
        return Profile({
            state: _states[item],
            digest: _digests[item],
            patient: _patients[item],
            location: _locations[item],
            operator: counts ? appointment.operator : address(0)
        });
    }

    /// @inheritdoc IMdsProfiles
    function serviceOf(ItemId item) external view returns (Service memory) {
        return _services[item];
    }

    /// @inheritdoc IMdsProfiles
    function orderOf(uint64 order) external view returns (Order memory) {
        return _orders[order];
    }

    /// @inheritdoc IMdsProfiles
    function isAssigned(uint64 order, address engineer) external view returns (bool) {
        Order storage known = _orders[order];
        return (known.state == OrderState.Assigned || known.state == OrderState.Started) && _isAssigned(known, engineer);
    }

    /// @inheritdoc IMdsProfiles
    function isUsable(ItemId item) external view returns (bool) {
        MdsState state = _states[item];
        Status status = state.status();
        return status != Status.Inactive && status != Status.EnteredInError && state.mode() != Mode.Mtn;
    }

    /// @inheritdoc IMdsProfiles
    function isOverdue(ItemId item) external view returns (bool) {
        Service memory service = _services[item];
        return (service.maintenanceDue != 0 && service.maintenanceDue < block.timestamp)
            || (service.calibrationDue != 0 && service.calibrationDue < block.timestamp);
    }

    // Internal: profiles

    /// @dev Writes a version whose writer was checked.
    function _write(Update calldata next, bool replaced) private {
        ItemId item = next.item;
        MdsState before = _states[item];
        if (next.version != before.version() + 1) revert MdsProfiles_NotNext(item, next.version, before.version() + 1);
        if (!replaced && _runsBackwards(next, before)) {
            revert MdsProfiles_CounterBackwards(item, before.hoursRun(), before.cycles());
        }
        _requireDocument(next.content);

        MdsState state = MdsStateLibrary.pack({
            status_: next.status,
            reasons_: next.reasons,
            mode_: next.mode,
            codec_: next.content.codec,
            hoursRun_: next.hoursRun,
            cycles_: next.cycles,
            version_: next.version,
            updatedAt_: uint40(block.timestamp)
        });
        _states[item] = state;
        _digests[item] = next.content.digest;
        emit ProfileUpdated(item, msg.sender, state, next.content.digest);
    }

    function _runsBackwards(Update calldata next, MdsState before) private pure returns (bool) {
        return next.hoursRun < before.hoursRun() || next.cycles < before.cycles();
    }

    function _keep(uint64 order, Record calldata record_) private returns (bytes32 head) {
        if (record_.until < record_.from || record_.until > block.timestamp) {
            revert MdsProfiles_BadPeriod(record_.from, record_.until);
        }
        // Anchors looks at the document.
        head = ANCHORS.append(ItemId.unwrap(record_.item), record_.kind, record_.content);
        emit RecordKept(
            record_.item, msg.sender, record_.kind, order, record_.from, record_.until, record_.severity, head
        );
    }

    // Internal: work orders

    /// @dev An order that has not ended.
    function _requireRunning(uint64 order) private view returns (Order storage known) {
        known = _orders[order];
        OrderState state = known.state;
        if (state != OrderState.Open && state != OrderState.Assigned && state != OrderState.Started) {
            revert MdsProfiles_WrongState(order, state);
        }
    }

    /// @dev The caller has started the order, it is still its, and it is of this device.
    function _requireAtWork(uint64 order, ItemId item) private view {
        Order storage known = _orders[order];
        if (known.state != OrderState.Started) revert MdsProfiles_WrongState(order, known.state);
        if (known.item != item) revert MdsProfiles_OtherDevice(order, item);
        _requireAssigned(order, known);
    }

    function _requireAssigned(uint64 order, Order storage known) private view {
        if (!_isAssigned(known, msg.sender)) revert MdsProfiles_NotAssigned(order, msg.sender);
    }

    function _isAssigned(Order storage known, address engineer) private view returns (bool) {
        return known.engineer == engineer && block.timestamp <= known.until
            && known.assignedTag == _tagOf(_ownerOf(known.item)) && PARTICIPANTS.isActiveAs(engineer, ENGINEER);
    }

    function _end(uint64 order, Order storage known, OrderState state) private {
        known.state = state;
        Service storage service = _services[known.item];
        if (service.fault == order) service.fault = 0;
    }

    // Internal: who may

    function _requireActive(address account) private view {
        if (!PARTICIPANTS.isActive(account)) revert MdsProfiles_NotActive(account);
    }

    /// @dev The caller is the owner or an operator; answers the owner.
    function _requireEntitled(ItemId item) private view returns (address owner) {
        owner = _ownerOf(item);
        if (!_mayWrite(item, owner, msg.sender)) revert MdsProfiles_NotEntitled(item, msg.sender);
    }

    /// @dev First the approval for all twins: in a batch it is read once.
    function _mayWrite(ItemId item, address owner, address account) private view returns (bool) {
        if (owner == account || isOperator[owner][account]) return true;
        Appointment memory appointment = _appointments[item];
        return appointment.operator == account && appointment.ownerTag == _tagOf(owner);
    }

    /// @dev Reverts for an item without twin.
    function _ownerOf(ItemId item) private view returns (address) {
        return IERC721(address(DEVICES)).ownerOf(item.tokenId());
    }

    function _requireDocument(Content calldata document) private pure {
        if (!document.isWellFormed()) revert MdsProfiles_BadDocument(document.digest, document.codec);
    }

    function _tagOf(address account) private pure returns (bytes12) {
        return bytes12(keccak256(abi.encode(account)));
    }
}
