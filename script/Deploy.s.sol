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
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {ERC2771Forwarder} from "@openzeppelin/contracts/metatx/ERC2771Forwarder.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Script} from "forge-std/Script.sol";
import {console2} from "forge-std/console2.sol";

/// @notice The parameters of a deployment.
/// @param admin first administrator; sends the set-up transaction
/// @param guardian who can cancel what was scheduled; a second person
/// @param registrar who enrols participants
/// @param delay execution delay of administrators and grantors, in seconds
struct Config {
    address admin;
    address guardian;
    address registrar;
    uint32 delay;
}

/// @notice The house, in the order in which it is built.
struct Suite {
    Administration administration;
    ERC2771Forwarder forwarder;
    Participants participants;
    Catalog catalog;
    Anchors anchors;
    Custody custody;
    Units units;
    Devices devices;
    MdsProfiles profiles;
    Appointments appointments;
    Escrow escrow;
    Market market;
    Pharmacy pharmacy;
    FhirOracle oracle;
}

/// @title Builds the house: each room by CREATE2 with one salt, so that the same parameters give the same addresses on every chain
/// @notice `forge script script/Deploy.s.sol --rpc-url … --broadcast` with THERIAC_ADMIN, THERIAC_GUARDIAN, THERIAC_REGISTRAR
/// (the administrator when absent) and THERIAC_DELAY. Run again, it does only what is missing.
contract Deploy is Script {
    bytes32 public constant SALT = keccak256("theriac");

    /// @notice A parameter that must name an account is zero.
    error Deploy_MissingAccount(string parameter);
    /// @notice The guardian must be another account than the administrator and the registrar.
    error Deploy_GuardianNotIndependent(address guardian);
    /// @notice Only a local chain (31337) may go without a delay.
    error Deploy_DelayRequired(uint256 chainId);
    /// @notice The chain has no CREATE2 factory; it comes with anvil, elsewhere send its known deployment transaction first.
    error Deploy_NoFactory(address factory);
    /// @notice The factory did not create the contract.
    error Deploy_CreationFailed(string room, address expected);

    /// @notice Builds and sets up the house with the parameters of the environment.
    function run() external returns (Suite memory suite) {
        address admin = vm.envAddress("THERIAC_ADMIN");
        Config memory config = Config({
            admin: admin,
            guardian: vm.envAddress("THERIAC_GUARDIAN"),
            registrar: vm.envOr("THERIAC_REGISTRAR", admin),
            delay: SafeCast.toUint32(vm.envUint("THERIAC_DELAY"))
        });

        vm.startBroadcast();
        (, address sender,) = vm.readCallers();
        suite = deploy(config);
        bool ready = isConfigured(suite);
        if (!ready && sender == admin) configure(suite, config);
        vm.stopBroadcast();

        if (!ready && sender != admin) {
            console2.log("The administrator still has to send this to", address(suite.administration));
            console2.logBytes(abi.encodeCall(suite.administration.multicall, (configuration(suite, config))));
        }
    }

    /// @notice Builds what is not there yet. Anyone may send it.
    function deploy(Config memory config) public returns (Suite memory suite) {
        _check(config);

        suite.administration = Administration(_create("Administration", abi.encode(config.admin, config.delay)));
        suite.forwarder = ERC2771Forwarder(_create("ERC2771Forwarder", abi.encode("Theriac")));
        suite.participants = Participants(_create("Participants", abi.encode(suite.administration, suite.forwarder)));
        suite.catalog = Catalog(_create("Catalog", abi.encode(suite.participants)));
        suite.anchors = Anchors(_create("Anchors", abi.encode(suite.participants)));
        suite.custody = Custody(_create("Custody", abi.encode(suite.participants, suite.catalog)));
        suite.units = Units(_create("Units", abi.encode(suite.participants, suite.catalog, suite.custody)));
        suite.devices = Devices(_create("Devices", abi.encode(suite.participants, suite.catalog, suite.custody)));
        suite.profiles =
            MdsProfiles(_create("MdsProfiles", abi.encode(suite.participants, suite.devices, suite.anchors)));
        suite.appointments = Appointments(
            _create(
                "Appointments",
                abi.encode(suite.participants, suite.custody, suite.devices, suite.profiles, suite.forwarder)
            )
        );
        suite.escrow = Escrow(_create("Escrow", ""));
        suite.market = Market(
            _create(
                "Market",
                abi.encode(suite.participants, suite.catalog, suite.custody, suite.devices, suite.anchors, suite.escrow)
            )
        );
        suite.pharmacy = Pharmacy(
            _create(
                "Pharmacy", abi.encode(suite.participants, suite.catalog, suite.custody, suite.units, suite.forwarder)
            )
        );
        suite.oracle = FhirOracle(_create("FhirOracle", abi.encode(suite.participants, suite.escrow)));
    }

    /// @notice Sets up the administration in one transaction. Caller: the administrator, once.
    function configure(Suite memory suite, Config memory config) public {
        suite.administration.multicall(configuration(suite, config));
    }

    /// @notice What the administrator's one transaction does.
    function configuration(Suite memory suite, Config memory config) public view returns (bytes[] memory calls) {
        Administration administration = suite.administration;
        address participants = address(suite.participants);
        bytes4[] memory atOnce = new bytes4[](2);
        (atOnce[0], atOnce[1]) = (Participants.enrol.selector, Participants.suspend.selector);
        bytes4[] memory delayed = new bytes4[](2);
        (delayed[0], delayed[1]) = (Participants.enrolPowerful.selector, Participants.reinstate.selector);

        uint64 registrar = administration.REGISTRAR_ROLE();
        uint64 grantor = administration.GRANTOR_ROLE();
        calls = new bytes[](6);
        calls[0] = abi.encodeCall(AccessManager.setTargetFunctionRole, (participants, atOnce, registrar));
        calls[1] = abi.encodeCall(AccessManager.setTargetFunctionRole, (participants, delayed, grantor));
        calls[2] = abi.encodeCall(AccessManager.grantRole, (registrar, config.registrar, 0));
        calls[3] = abi.encodeCall(AccessManager.grantRole, (grantor, config.registrar, config.delay));
        calls[4] = abi.encodeCall(AccessManager.grantRole, (administration.GUARDIAN_ROLE(), config.guardian, 0));
        // Last: from here on the administrator's own actions are delayed.
        calls[5] = abi.encodeCall(AccessManager.grantRole, (administration.ADMIN_ROLE(), config.admin, config.delay));
    }

    /// @notice Whether the set-up transaction was sent; one part of it says it, since it is done whole or not at all.
    function isConfigured(Suite memory suite) public view returns (bool) {
        Administration administration = suite.administration;
        return administration.getTargetFunctionRole(address(suite.participants), Participants.enrolPowerful.selector)
            == administration.GRANTOR_ROLE();
    }

    function _check(Config memory config) private view {
        if (config.admin == address(0)) revert Deploy_MissingAccount("THERIAC_ADMIN");
        if (config.guardian == address(0)) revert Deploy_MissingAccount("THERIAC_GUARDIAN");
        if (config.registrar == address(0)) revert Deploy_MissingAccount("THERIAC_REGISTRAR");
        if (CREATE2_FACTORY.code.length == 0) revert Deploy_NoFactory(CREATE2_FACTORY);
        if (block.chainid == 31337) return;
        if (config.guardian == config.admin || config.guardian == config.registrar) {
            revert Deploy_GuardianNotIndependent(config.guardian);
        }
        if (config.delay == 0) revert Deploy_DelayRequired(block.chainid);
    }

    /// @dev From the build, not from inside of this contract, which would have to carry it all.
    function _creationCodeOf(string memory room) internal view virtual returns (bytes memory) {
        return vm.getCode(string.concat(room, ".sol:", room));
    }

    /// @dev A plain call of the factory, as the Rust client sends it, so that both give the same address.
    function _create(string memory room, bytes memory arguments) private returns (address created) {
        bytes memory initCode = bytes.concat(_creationCodeOf(room), arguments);
        created = vm.computeCreate2Address(SALT, keccak256(initCode), CREATE2_FACTORY);
        if (created.code.length != 0) return created;

        (bool success,) = CREATE2_FACTORY.call(bytes.concat(SALT, initCode));
        if (!success || created.code.length == 0) revert Deploy_CreationFailed(room, created);
    }
}
