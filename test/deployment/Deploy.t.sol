// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CERTIFIER, MANUFACTURER, REGULATOR} from "../../contracts/types/Role.sol";
import {Config, Deploy, Suite} from "../../script/Deploy.s.sol";
import {Base} from "../Base.t.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

contract DeployTest is Base {
    function _check(
        Config memory parameters,
        bytes memory expected
    ) private {
        vm.expectRevert(expected);
        deployer.deploy(parameters);
    }

    function test_ConfiguresTheHouse() external view {
        assertTrue(deployer.isConfigured(suite));
        assertEq(administration.powerDelay(), DELAY);
        assertEq(administration.administratorCount(), 1);
        assertEq(participants.authority(), address(administration));
        assertEq(participants.trustedForwarder(), address(forwarder));

        (, uint32 delay) = administration.hasRole(administration.ADMIN_ROLE(), admin);
        assertEq(delay, DELAY, "administrator's delay");
        (, delay) = administration.hasRole(administration.GRANTOR_ROLE(), registrar);
        assertEq(delay, DELAY, "grantor's delay");
        (, delay) = administration.hasRole(administration.REGISTRAR_ROLE(), registrar);
        assertEq(delay, 0, "registrar's delay");
        (bool isGuardian,) = administration.hasRole(administration.GUARDIAN_ROLE(), guardian);
        assertTrue(isGuardian);

        assertTrue(participants.isActiveAs(regulator, REGULATOR));
        assertTrue(participants.isActiveAs(certifier, CERTIFIER));
        assertTrue(participants.isActiveAs(maker, MANUFACTURER));
    }

    function test_SecondRunRepeatsNothing() external {
        uint64 nonce = vm.getNonce(CREATE2_FACTORY);
        Suite memory again = deployer.deploy(config);
        assertEq(abi.encode(again), abi.encode(suite));
        assertEq(vm.getNonce(CREATE2_FACTORY), nonce);
    }

    /// @dev One test, since the environment belongs to the whole process.
    function test_RunReadsTheEnvironment() external {
        vm.setEnv("THERIAC_ADMIN", vm.toString(admin));
        vm.setEnv("THERIAC_GUARDIAN", vm.toString(guardian));
        vm.setEnv("THERIAC_REGISTRAR", vm.toString(registrar));
        vm.setEnv("THERIAC_DELAY", vm.toString(DELAY));
        uint64 nonce = vm.getNonce(CREATE2_FACTORY);
        assertEq(abi.encode(deployer.run()), abi.encode(suite), "as deployed");
        assertEq(vm.getNonce(CREATE2_FACTORY), nonce, "a second run creates nothing");

        // The sender of scripts is not this administrator: the rooms are built, the set-up is left to it.
        vm.setEnv("THERIAC_ADMIN", vm.toString(stranger));
        assertFalse(deployer.isConfigured(deployer.run()), "set up by another");

        vm.setEnv("THERIAC_ADMIN", vm.toString(DEFAULT_SENDER));
        Suite memory own = deployer.run();
        assertTrue(deployer.isConfigured(own), "set up by the administrator");
        (bool isMember, uint32 delay) = own.administration.hasRole(own.administration.ADMIN_ROLE(), DEFAULT_SENDER);
        assertTrue(isMember);
        assertEq(delay, DELAY);

        vm.setEnv("THERIAC_DELAY", vm.toString(uint256(1) << 32));
        vm.expectRevert(abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 32, uint256(1) << 32));
        deployer.run();
    }

    function test_ConfigureIsOneTransactionOfTheAdministrator() external {
        config.delay = DELAY + 1;
        Suite memory other = deployer.deploy(config);
        assertFalse(deployer.isConfigured(other));

        vm.expectRevert();
        deployer.configure(other, config);

        vm.etch(admin, address(deployer).code);
        Deploy(admin).configure(other, config);
        assertTrue(deployer.isConfigured(other));
    }

    function testFuzz_AddressesFollowFromTheParameters(
        address otherAdmin,
        uint32 otherDelay
    ) external {
        vm.assume(otherAdmin != address(0) && otherAdmin != admin);
        Config memory other = Config(otherAdmin, guardian, registrar, otherDelay);
        Suite memory otherSuite = deployer.deploy(other);
        assertEq(address(otherSuite.forwarder), address(forwarder));
        assertTrue(address(otherSuite.administration) != address(administration));
        assertTrue(address(otherSuite.participants) != address(participants));
    }

    function test_RevertWhen_AnAccountIsMissing() external {
        _check(
            Config(address(0), guardian, registrar, DELAY),
            abi.encodeWithSelector(Deploy.Deploy_MissingAccount.selector, "THERIAC_ADMIN")
        );
        _check(
            Config(admin, address(0), registrar, DELAY),
            abi.encodeWithSelector(Deploy.Deploy_MissingAccount.selector, "THERIAC_GUARDIAN")
        );
        _check(
            Config(admin, guardian, address(0), DELAY),
            abi.encodeWithSelector(Deploy.Deploy_MissingAccount.selector, "THERIAC_REGISTRAR")
        );
    }

    function test_RevertWhen_TheChainHasNoFactory() external {
        vm.etch(CREATE2_FACTORY, "");
        _check(config, abi.encodeWithSelector(Deploy.Deploy_NoFactory.selector, CREATE2_FACTORY));
    }

    function test_RevertWhen_TheFactoryCreatesNothing() external {
        config.delay = DELAY + 1;
        // STOP: the call succeeds, and there is no contract.
        vm.etch(CREATE2_FACTORY, hex"00");
        vm.expectPartialRevert(Deploy.Deploy_CreationFailed.selector);
        deployer.deploy(config);
    }

    function test_RevertWhen_TheFactoryFails() external {
        config.delay = DELAY + 1;
        // PUSH0 PUSH0 REVERT
        vm.etch(CREATE2_FACTORY, hex"5f5ffd");
        vm.expectPartialRevert(Deploy.Deploy_CreationFailed.selector);
        deployer.deploy(config);
    }

    function test_RevertWhen_TheGuardianIsNotASecondPerson() external {
        vm.chainId(10);
        _check(
            Config(admin, admin, registrar, DELAY),
            abi.encodeWithSelector(Deploy.Deploy_GuardianNotIndependent.selector, admin)
        );
        _check(
            Config(admin, registrar, registrar, DELAY),
            abi.encodeWithSelector(Deploy.Deploy_GuardianNotIndependent.selector, registrar)
        );
    }

    function test_RevertWhen_ThereIsNoDelayOnAPublicChain() external {
        vm.chainId(10);
        config.delay = 0;
        _check(config, abi.encodeWithSelector(Deploy.Deploy_DelayRequired.selector, 10));
    }

    function test_NoDelayIsNeededOnALocalChain() external {
        config.delay = 0;
        assertEq(deployer.deploy(config).administration.powerDelay(), 0);
    }
}
