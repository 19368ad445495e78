// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Content} from "../types/Content.sol";
import {ItemId} from "../types/Ids.sol";
import {MdsState, Mode, Status} from "../types/MdsState.sol";
import {IAnchors} from "./IAnchors.sol";

/// @title MdsProfiles: how is this device doing?
/// @notice Per twin in `Devices`, what changes of the profile `MdsDevice` (HL7 Point-of-Care Device guide 1.0.0-ballot3, on FHIR 4.0.1), and the
/// address of the newest version of the full profile. The owner of the twin and its operators write it; engineers write
/// while a work order is theirs. Times are seconds since 1970-01-01 UTC.
interface IMdsProfiles {
    /// @notice Why an engineer is called.
    enum OrderKind {
        Fault,
        Maintenance,
        Calibration,
        Inspection
    }

    /// @notice Where a work order stands. The last two are ends.
    enum OrderState {
        None,
        Open,
        Assigned,
        Started,
        Closed,
        Cancelled
    }

    /// @notice What came of a work order.
    enum Outcome {
        Done,
        NoFaultFound,
        NotRepairable
    }

    /// @notice Priority of an alarm (IEC 60601-1-8); none for records that are no alarms.
    enum Severity {
        None,
        Low,
        Medium,
        High
    }

    /// @notice All that is known of a profile.
    /// @param state status, operating mode, counters, version; zero without profile
    /// @param digest sha2-256 of the newest version's root block
    /// @param patient salted commitment to whom it is connected; zero for nobody
    /// @param location salted commitment to where it is; zero for unknown
    /// @param operator who operates it: whom the owner of today appointed; zero for nobody
    struct Profile {
        MdsState state;
        bytes32 digest;
        bytes32 patient;
        bytes32 location;
        address operator;
    }

    /// @notice A new version of a profile.
    /// @param item the twin
    /// @param version one more than that of the newest version: who writes on an older one is told
    /// @param status Device.status
    /// @param reasons Device.statusReason, as {MdsStateLibrary-reasons} has them
    /// @param mode the one operating mode
    /// @param hoursRun operating hours
    /// @param cycles operating cycles
    /// @param content the full profile
    struct Update {
        ItemId item;
        uint32 version;
        Status status;
        uint8 reasons;
        Mode mode;
        uint40 hoursRun;
        uint40 cycles;
        Content content;
    }

    /// @notice When it was, and has to be, maintained and calibrated; one slot. Zero where nothing was said.
    /// @param fault the open work order of the unit's claimer; zero for none
    struct Service {
        uint40 maintainedAt;
        uint40 maintenanceDue;
        uint40 calibratedAt;
        uint40 calibrationDue;
        uint64 fault;
    }

    /// @notice A work order; three slots.
    /// @param item the device
    /// @param engineer whose it is; zero while nobody's
    /// @param assignedTag first 12 bytes of keccak256(abi.encode(owner of the twin when it was assigned)): a sale ends the assignment
    /// @param opener who opened it
    /// @param until last second of the assignment
    struct Order {
        // slot 1
        ItemId item;
        // slot 2
        address engineer;
        bytes12 assignedTag;
        // slot 3
        address opener;
        uint40 until;
        OrderKind kind;
        OrderState state;
    }

    /// @notice A record about a device: a log, an alarm, a photograph of a display, a report.
    /// @param item the device
    /// @param kind what it is
    /// @param content where it is, encrypted
    /// @param from first second of what it covers
    /// @param until last second
    /// @param severity of an alarm
    struct Record {
        ItemId item;
        IAnchors.RecordKind kind;
        Content content;
        uint40 from;
        uint40 until;
        Severity severity;
    }

    /// @notice A profile has a new version, with this digest. `writer` is the owner, an operator, or an engineer.
    event ProfileUpdated(ItemId indexed item, address indexed writer, MdsState state, bytes32 digest);
    /// @notice The device is connected to another patient, or nobody; or somewhere else.
    event DevicePlaced(ItemId indexed item, bytes32 patient, bytes32 location);
    /// @notice The owner appointed an operator, or nobody (zero).
    event OperatorAppointed(ItemId indexed item, address indexed owner, address indexed operator);
    /// @notice The account may, or may no longer, write for all twins of the owner.
    event OperatorSet(address indexed owner, address indexed operator, bool approved);
    /// @notice An engineer replaced a counter, which may now show less than before.
    event CountersReplaced(
        ItemId indexed item, uint64 indexed order, uint40 hoursBefore, uint40 cyclesBefore, bytes32 evidence
    );
    event OrderOpened(
        uint64 indexed order, ItemId indexed item, address indexed opener, OrderKind kind, bytes32 digest, uint8 codec
    );
    /// @notice An engineer has the order until `until`; zero: nobody has it.
    event OrderAssigned(uint64 indexed order, address indexed engineer, address indexed by, uint40 until);
    event OrderStarted(uint64 indexed order, address indexed engineer);
    event OrderEvidence(uint64 indexed order, address indexed author, bytes32 digest, uint8 codec);
    event OrderClosed(
        uint64 indexed order,
        address indexed engineer,
        Outcome outcome,
        uint40 maintenanceDue,
        uint40 calibrationDue,
        bytes32 digest,
        uint8 codec
    );
    event OrderCancelled(uint64 indexed order, address indexed by, bytes32 digest, uint8 codec);
    /// @notice A record was appended; `head` is that of the twin's chain of this room in `Anchors`. `order` is the engineer's, else zero.
    event RecordKept(
        ItemId indexed item,
        address indexed writer,
        IAnchors.RecordKind indexed kind,
        uint64 order,
        uint40 from,
        uint40 until,
        Severity severity,
        bytes32 head
    );

    /// @notice The caller is neither the owner of the twin nor its operator.
    error MdsProfiles_NotEntitled(ItemId item, address account);
    /// @notice Only the owner of the twin.
    error MdsProfiles_NotOwner(ItemId item, address account);
    error MdsProfiles_NotActive(address account);
    /// @notice The newest version is another one: read it, and write the next.
    error MdsProfiles_NotNext(ItemId item, uint32 version, uint32 expected);
    /// @notice Hours or cycles never run backwards, except where an engineer replaces a counter, with evidence.
    error MdsProfiles_CounterBackwards(ItemId item, uint40 hoursRun, uint40 cycles);
    /// @notice A document needs a digest and codec 0x55 or 0x70.
    error MdsProfiles_BadDocument(bytes32 digest, uint8 codec);
    /// @notice Nothing was given.
    error MdsProfiles_Empty();
    /// @notice The twin has no profile yet.
    error MdsProfiles_NoProfile(ItemId item);
    /// @notice There is no such order, or it stands elsewhere.
    error MdsProfiles_WrongState(uint64 order, OrderState state);
    /// @notice The order is not this account's: never assigned, run out, taken away, or the device was sold since.
    error MdsProfiles_NotAssigned(uint64 order, address account);
    /// @notice The order is of another device.
    error MdsProfiles_OtherDevice(uint64 order, ItemId item);
    /// @notice Who claimed the unit's tag may report faults, one at a time.
    error MdsProfiles_FaultKnown(ItemId item, uint64 order);
    /// @notice The account has not the role ENGINEER, or is not active.
    error MdsProfiles_NotEngineer(address account);
    /// @notice The date is over, or before what it follows.
    error MdsProfiles_BadDate(uint40 date);
    /// @notice The covered time ends before it begins, or is not over.
    error MdsProfiles_BadPeriod(uint40 from, uint40 until);

    /// @notice Lets an account, such as a gateway that serves many devices, write for all twins that the caller owns, or no longer.
    /// Caller: anyone for itself.
    function setOperator(address operator, bool approved) external;

    /// @notice Whether `operator` may write for all twins of `owner`.
    function isOperator(address owner, address operator) external view returns (bool);

    /// @notice Says who operates a twin, and may write for it, or nobody. It counts while the twin is the caller's. Caller: the owner.
    function appoint(ItemId item, address operator) external;

    /// @notice Writes a new version. Caller: owner or an operator.
    function update(Update calldata next) external;

    /// @notice As {update}, and says to whom it is connected and where it is.
    function updatePlaced(Update calldata next, bytes32 patient, bytes32 location) external;

    /// @notice As {update} for many twins: all, or none. Caller: owner or an operator of each.
    function updateMany(Update[] calldata next) external;

    /// @notice As {update} under a work order. With evidence, hours and cycles may run backwards: a counter was replaced.
    /// Caller: the engineer who started it.
    function updateInService(uint64 order, Update calldata next, bytes32 evidence) external;

    /// @notice Opens a work order. Caller: owner or an operator; for a fault also who first claimed the unit's tag (`Devices.claim`).
    function open(ItemId item, OrderKind kind, Content calldata document) external returns (uint64 order);

    /// @notice Gives an order to an engineer until a date, or takes it away (zero). Caller: owner or an operator.
    function assign(uint64 order, address engineer, uint40 until) external;

    /// @notice Begins the work. Caller: the engineer.
    function start(uint64 order) external;

    /// @notice Adds evidence. Caller: the engineer, the owner or the operator.
    function addEvidence(uint64 order, Content calldata document) external;

    /// @notice Ends the work with a report; zero dates leave what was due. Caller: the engineer who started it.
    function close(uint64 order, Outcome outcome, uint40 maintenanceDue, uint40 calibrationDue, Content calldata report)
        external;

    /// @notice Ends an order without outcome. Caller: owner or an operator; of a claimer's report that nobody has, also the claimer.
    function cancel(uint64 order, Content calldata reason) external;

    /// @notice Appends a record. Caller: owner or an operator.
    function keep(Record calldata record_) external returns (bytes32 head);

    /// @notice Appends a record under a work order. Caller: the engineer who started it.
    function keepInService(uint64 order, Record calldata record_) external returns (bytes32 head);

    /// @notice All that is known of the profile of a twin.
    function profileOf(ItemId item) external view returns (Profile memory);
    /// @notice Service dates of a twin.
    function serviceOf(ItemId item) external view returns (Service memory);
    function orderOf(uint64 order) external view returns (Order memory);
    /// @notice Whether the order is this account's now: assigned, not run out, the device not sold since, the engineer active.
    function isAssigned(uint64 order, address engineer) external view returns (bool);
    /// @notice Whether the device can be given to a patient: not inactive, not entered in error, not under maintenance. A twin without
    /// profile can.
    function isUsable(ItemId item) external view returns (bool);
    /// @notice Whether maintenance or calibration was due before now.
    function isOverdue(ItemId item) external view returns (bool);
    /// @notice How many work orders there are; they are numbered from 1.
    function orders() external view returns (uint64);
}
