// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {REGULATOR} from "../../../contracts/types/Role.sol";
import {Base} from "../../Base.t.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

/// @title What scheduled calls of this suite go through: delay, cancellation, expiry
contract Administration_Delays_Test is Base {
    bytes private data;
    bytes32 private operation;

    function setUp() public override {
        super.setUp();
        data = _powerfulCall(stranger, REGULATOR);
        operation = administration.hashOperation(registrar, address(participants), data);
    }

    function _execute() private {
        vm.prank(registrar);
        administration.execute(address(participants), data);
    }

    function testFuzz_RevertWhen_ExecutedBeforeTheDelayEnded(uint32 wait) external {
        wait = uint32(bound(wait, 0, DELAY - 1));
        _schedule(registrar, address(participants), data);
        skip(wait);
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotReady.selector, operation));
        _execute();
    }

    function testFuzz_ExecutesFromTheEndOfTheDelayForAWeek(uint32 wait) external {
        wait = uint32(bound(wait, DELAY, DELAY + 1 weeks - 1));
        _schedule(registrar, address(participants), data);
        skip(wait);
        _execute();
        assertTrue(participants.isActiveAs(stranger, REGULATOR));
    }

    function testFuzz_RevertWhen_ExecutedAfterAWeek(uint32 wait) external {
        wait = uint32(bound(wait, DELAY + 1 weeks, 3650 days));
        _schedule(registrar, address(participants), data);
        skip(wait);
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerExpired.selector, operation));
        _execute();
    }

    function test_RevertWhen_ExecutedTwice() external {
        _schedule(registrar, address(participants), data);
        skip(DELAY);
        _execute();
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotScheduled.selector, operation));
        _execute();
    }

    function testFuzz_TheGuardianCancels(uint32 wait) external {
        wait = uint32(bound(wait, 0, 30 days));
        _schedule(registrar, address(participants), data);
        skip(wait);
        vm.prank(guardian);
        administration.cancel(registrar, address(participants), data);

        skip(DELAY);
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotScheduled.selector, operation));
        _execute();
        assertFalse(participants.isEnrolled(stranger));
    }

    function testFuzz_RevertWhen_AnotherCancels(address other) external {
        vm.assume(other != guardian && other != admin && other != registrar);
        _schedule(registrar, address(participants), data);
        vm.expectPartialRevert(IAccessManager.AccessManagerUnauthorizedCancel.selector);
        vm.prank(other);
        administration.cancel(registrar, address(participants), data);
    }

    function test_RevertWhen_TheAdministratorChangesWhoMayGrantWithoutDelay() external {
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = participants.enrolPowerful.selector;
        uint64 registrars = administration.REGISTRAR_ROLE();
        vm.expectPartialRevert(IAccessManager.AccessManagerNotScheduled.selector);
        vm.prank(admin);
        administration.setTargetFunctionRole(address(participants), selectors, registrars);
    }

    /// @dev Otherwise an administrator could name a successor that begins in a hundred years, and leave.
    function testFuzz_RevertWhen_AdministratorsAreToBeginLate(uint32 wait) external {
        bytes memory late = abi.encodeCall(IAccessManager.setGrantDelay, (0, wait));
        _schedule(admin, address(administration), late);
        skip(DELAY);
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerLockedRole.selector, uint64(0)));
        vm.prank(admin);
        administration.setGrantDelay(0, wait);
    }

    function testFuzz_OtherRolesMayBeginLate(uint32 wait) external {
        uint64 registrars = administration.REGISTRAR_ROLE();
        bytes memory late = abi.encodeCall(IAccessManager.setGrantDelay, (registrars, wait));
        _schedule(admin, address(administration), late);
        skip(DELAY);
        vm.prank(admin);
        administration.setGrantDelay(registrars, wait);
        skip(administration.minSetback());
        assertEq(administration.getRoleGrantDelay(registrars), wait);
    }

    function test_RevertWhen_TheAdministratorMovesParticipantsToAnotherAdministration() external {
        bytes memory move = abi.encodeCall(IAccessManager.updateAuthority, (address(participants), address(forwarder)));
        _schedule(admin, address(administration), move);
        skip(DELAY);
        vm.expectRevert();
        vm.prank(admin);
        administration.updateAuthority(address(participants), address(forwarder));
        assertEq(participants.authority(), address(administration));
    }
}
