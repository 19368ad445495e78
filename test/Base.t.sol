// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Administration} from "../contracts/Administration.sol";
import {Anchors} from "../contracts/Anchors.sol";
import {Appointments} from "../contracts/Appointments.sol";
import {Catalog} from "../contracts/Catalog.sol";
import {Custody} from "../contracts/Custody.sol";
import {Devices} from "../contracts/Devices.sol";
import {Escrow} from "../contracts/Escrow.sol";
import {FhirOracle} from "../contracts/FhirOracle.sol";
import {Market} from "../contracts/Market.sol";
import {MdsProfiles} from "../contracts/MdsProfiles.sol";
import {Participants} from "../contracts/Participants.sol";
import {Pharmacy} from "../contracts/Pharmacy.sol";
import {Units} from "../contracts/Units.sol";
import {IParticipants} from "../contracts/interfaces/IParticipants.sol";
import {Agency, IdLibrary, ItemId, LotId, ModelId} from "../contracts/types/Ids.sol";
import {ARBITER, CERTIFIER, DISTRIBUTOR, MANUFACTURER, PROVIDER, REGULATOR, Role} from "../contracts/types/Role.sol";
import {Config, Deploy, Suite} from "../script/Deploy.s.sol";
import {DeployBuilt} from "./DeployBuilt.sol";
import {Trees} from "./Trees.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {ERC2771Forwarder} from "@openzeppelin/contracts/metatx/ERC2771Forwarder.sol";
import {Test} from "forge-std/Test.sol";
import {VmSafe} from "forge-std/Vm.sol";

/// @title The house as production builds it, with a few participants in it
/// @notice Tests inherit this. The clock stands at `START`; every participant of `setUp` is valid from one day before until ten years after.
abstract contract Base is Test {
    /// @notice 2026-01-01T00:00:00Z.
    uint40 internal constant START = 1_767_225_600;
    uint32 internal constant DELAY = 2 days;

    bytes32 private constant FORWARD_REQUEST_TYPEHASH = keccak256(
        "ForwardRequest(address from,address to,uint256 value,uint256 gas,uint256 nonce,uint48 deadline,bytes data)"
    );

    /// @notice A lot as its maker has it: serials "000000", "000001", …, each unit with the tag key `tagSecretOf(number, index)`.
    struct SampleLot {
        ModelId model;
        LotId id;
        string number;
        ItemId[] items;
        address[] tagKeys;
        bytes32[] nodes;
        bytes32 root;
    }

    Config internal config;
    Suite internal suite;
    Deploy internal deployer;
    Administration internal administration;
    ERC2771Forwarder internal forwarder;
    Participants internal participants;
    Catalog internal catalog;
    Anchors internal anchors;
    Custody internal custody;
    Units internal units;
    Devices internal devices;
    MdsProfiles internal profiles;
    Appointments internal appointments;
    Escrow internal escrow;
    Market internal market;
    Pharmacy internal pharmacy;
    FhirOracle internal oracle;

    address internal admin = _account("admin");
    address internal guardian = _account("guardian");
    address internal registrar = _account("registrar");
    address internal regulator = _account("regulator");
    address internal certifier = _account("certifier");
    address internal arbiter = _account("arbiter");
    address internal maker = _account("maker");
    address internal rival = _account("rival");
    address internal distributor = _account("distributor");
    address internal hospital = _account("hospital");
    /// @notice Never enrolled.
    address internal stranger = _account("stranger");

    /// @notice The private key of every account made with `_account`.
    mapping(address account => uint256 privateKey) internal keyOf;

    function setUp() public virtual {
        vm.warp(START - DELAY);
        config = Config({admin: admin, guardian: guardian, registrar: registrar, delay: DELAY});
        // Coverage follows the code of its own build.
        deployer = vm.isContext(VmSafe.ForgeContext.Coverage) ? new Deploy() : new DeployBuilt();
        suite = deployer.deploy(config);
        administration = suite.administration;
        forwarder = suite.forwarder;
        participants = suite.participants;
        catalog = suite.catalog;
        anchors = suite.anchors;
        custody = suite.custody;
        units = suite.units;
        devices = suite.devices;
        profiles = suite.profiles;
        appointments = suite.appointments;
        escrow = suite.escrow;
        market = suite.market;
        pharmacy = suite.pharmacy;
        oracle = suite.oracle;

        bytes[] memory calls = deployer.configuration(suite, config);
        vm.prank(admin);
        administration.multicall(calls);

        _schedulePowerful(regulator, REGULATOR);
        _schedulePowerful(certifier, CERTIFIER);
        _schedulePowerful(arbiter, ARBITER);
        vm.warp(START);
        _executePowerful(regulator, REGULATOR);
        _executePowerful(certifier, CERTIFIER);
        _executePowerful(arbiter, ARBITER);
        _enrol(maker, MANUFACTURER);
        _enrol(rival, MANUFACTURER);
        _enrol(distributor, DISTRIBUTOR);
        _enrol(hospital, PROVIDER);
    }

    // ------------------------------------------------------------------------------------------------------- accounts

    function _account(string memory name) internal returns (address account) {
        uint256 privateKey;
        (account, privateKey) = makeAddrAndKey(name);
        keyOf[account] = privateKey;
    }

    function _sign(address account, bytes32 digest) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keyOf[account], digest);
        return abi.encodePacked(r, s, v);
    }

    /// @notice The enrolment that this base gives `account`.
    function _enrolment(address account, Role roles) internal pure returns (IParticipants.Enrolment memory) {
        return IParticipants.Enrolment({
            roles: roles,
            validFrom: START - 1 days,
            validUntil: START + 3650 days,
            organisation: keccak256(abi.encode(account, "organisation", "salt")),
            credential: sha256(abi.encode(account, "application"))
        });
    }

    /// @notice Enrols in ordinary roles, at once.
    function _enrol(address account, Role roles) internal {
        // Before the prank, since the sha-256 precompile is a call, too.
        IParticipants.Enrolment memory enrolment = _enrolment(account, roles);
        vm.prank(registrar);
        participants.enrol(account, enrolment);
    }

    /// @notice Enrols in any roles; the clock goes on by `DELAY`.
    function _enrolPowerful(address account, Role roles) internal {
        _schedulePowerful(account, roles);
        skip(DELAY);
        _executePowerful(account, roles);
    }

    function _schedulePowerful(address account, Role roles) internal {
        _schedule(registrar, address(participants), _powerfulCall(account, roles));
    }

    function _executePowerful(address account, Role roles) internal {
        IParticipants.Enrolment memory enrolment = _enrolment(account, roles);
        vm.prank(registrar);
        participants.enrolPowerful(account, enrolment);
    }

    function _powerfulCall(address account, Role roles) internal pure returns (bytes memory) {
        return abi.encodeCall(IParticipants.enrolPowerful, (account, _enrolment(account, roles)));
    }

    /// @notice Schedules the call for the first moment that the caller's delay allows.
    function _schedule(address caller, address target, bytes memory data) internal {
        vm.prank(caller);
        administration.schedule(target, data, 0);
    }

    function _suspend(address account) internal {
        vm.prank(registrar);
        participants.suspend(account, keccak256("reasons"));
    }

    /// @notice Reinstates; the clock goes on by `DELAY`.
    function _reinstate(address account) internal {
        bytes32 evidence = keccak256("reasons");
        _schedule(registrar, address(participants), abi.encodeCall(IParticipants.reinstate, (account, evidence)));
        skip(DELAY);
        vm.prank(registrar);
        participants.reinstate(account, evidence);
    }

    // ------------------------------------------------------------------------------------------------------- forwarding

    /// @notice A request of `from` to `room`, signed by `signer`, which the forwarder takes for an hour.
    function _request(address room, address from, address signer, bytes memory data)
        internal
        view
        returns (ERC2771Forwarder.ForwardRequestData memory request)
    {
        request.from = from;
        request.to = room;
        request.gas = 2_000_000;
        request.deadline = uint48(block.timestamp + 1 hours);
        request.data = data;
        bytes32 structHash = keccak256(
            abi.encode(
                FORWARD_REQUEST_TYPEHASH,
                from,
                request.to,
                request.value,
                request.gas,
                forwarder.nonces(from),
                request.deadline,
                keccak256(data)
            )
        );
        request.signature =
            _sign(signer, keccak256(abi.encodePacked(hex"1901", _domainOf(address(forwarder)), structHash)));
    }

    /// @notice The EIP-712 domain of a contract, from what it says of itself (ERC-5267).
    function _domainOf(address verifier) internal view returns (bytes32) {
        (, string memory name, string memory version, uint256 chainId, address verifyingContract,,) =
            IERC5267(verifier).eip712Domain();
        return keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256(bytes(version)),
                chainId,
                verifyingContract
            )
        );
    }

    // ----------------------------------------------------------------------------------------------------------- lots

    /// @notice A GS1 model; `di` has 14 digits.
    function _model(string memory di) internal pure returns (ModelId) {
        return IdLibrary.modelOf(Agency.GS1, di);
    }

    /// @notice A lot of `count` units, not registered anywhere.
    function _sampleLot(ModelId model, string memory number, uint32 count)
        internal
        pure
        returns (SampleLot memory lot)
    {
        lot.model = model;
        lot.number = number;
        lot.id = model.lotNumbered(number);
        lot.items = new ItemId[](count);
        lot.tagKeys = new address[](count);
        bytes32[] memory leaves = new bytes32[](count);
        for (uint32 i = 0; i < count; ++i) {
            lot.items[i] = _item(lot.id, _serial(i));
            lot.tagKeys[i] = vm.addr(_tagSecretOf(number, i));
            leaves[i] = Trees.leafOf(i, lot.items[i].half(), lot.tagKeys[i]);
        }
        lot.nodes = Trees.build(leaves);
        lot.root = lot.nodes[0];
    }

    /// @notice The proof that item `index` is in the lot.
    function _proof(SampleLot memory lot, uint32 index) internal pure returns (bytes32[] memory) {
        return Trees.proofOf(lot.nodes, Trees.leafOf(index, lot.items[index].half(), lot.tagKeys[index]));
    }

    /// @notice The item of a lot with this serial.
    function _item(LotId lot, string memory serial) internal pure returns (ItemId) {
        bytes32 half = keccak256(bytes(serial)) >> 128;
        return ItemId.wrap(lot.asSubject() | half);
    }

    /// @notice The serial of the unit at `index`: six digits.
    function _serial(uint32 index) internal pure returns (string memory) {
        bytes memory digits = bytes("000000");
        for (uint256 place = 6; index > 0; index /= 10) {
            digits[--place] = bytes("0123456789")[index % 10];
        }
        return string(digits);
    }

    /// @notice The private key of the tag on a unit of {_sampleLot}.
    function _tagSecretOf(string memory number, uint32 index) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode("tag", number, index))) >> 1;
    }
}
