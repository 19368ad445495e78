// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAdministration} from "../../../contracts/interfaces/IAdministration.sol";
import {Base} from "../../Base.t.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

contract Administration_RevokeRole_Test is Base {
    uint64 private constant ADMIN_ROLE = 0;

    function _bySchedule(
        bytes memory data
    ) private {
        _schedule(admin, address(administration), data);
        skip(DELAY);
    }

    function _addAdministrator(
        address account
    ) private {
        _bySchedule(abi.encodeCall(IAccessManager.grantRole, (ADMIN_ROLE, account, DELAY)));
        vm.prank(admin);
        administration.grantRole(ADMIN_ROLE, account, DELAY);
    }

    function _expectLast(
        address account
    ) private {
        vm.expectRevert(abi.encodeWithSelector(IAdministration.Administration_LastAdministrator.selector, account));
    }

    function _isAdministrator(
        address account
    ) private view returns (bool isMember) {
        (isMember,) = administration.hasRole(ADMIN_ROLE, account);
    }

    function test_RevertWhen_TheLastAdministratorRenounces() external {
        _expectLast(admin);
        vm.prank(admin);
        administration.renounceRole(ADMIN_ROLE, admin);
    }

    function test_RevertWhen_TheLastAdministratorRevokesItself() external {
        _bySchedule(abi.encodeCall(IAccessManager.revokeRole, (ADMIN_ROLE, admin)));
        _expectLast(admin);
        vm.prank(admin);
        administration.revokeRole(ADMIN_ROLE, admin);
    }

    function testFuzz_OneOfTwoRenounces(
        address second,
        bool firstLeaves
    ) external {
        vm.assume(second != admin);
        _addAdministrator(second);
        (address leaver, address stayer) = firstLeaves ? (admin, second) : (second, admin);

        vm.prank(leaver);
        administration.renounceRole(ADMIN_ROLE, leaver);

        assertEq(administration.administratorCount(), 1);
        assertFalse(_isAdministrator(leaver));
        assertTrue(_isAdministrator(stayer));
        _expectLast(stayer);
        vm.prank(stayer);
        administration.renounceRole(ADMIN_ROLE, stayer);
    }

    function testFuzz_OneOfTwoRevokesTheOther(
        address second
    ) external {
        vm.assume(second != admin);
        _addAdministrator(second);
        _bySchedule(abi.encodeCall(IAccessManager.revokeRole, (ADMIN_ROLE, second)));
        vm.prank(admin);
        administration.revokeRole(ADMIN_ROLE, second);

        assertEq(administration.administratorCount(), 1);
        assertFalse(_isAdministrator(second));
        _expectLast(admin);
        vm.prank(admin);
        administration.renounceRole(ADMIN_ROLE, admin);
    }

    function testFuzz_RenouncingWhatOneIsNotChangesNothing(
        address account
    ) external {
        vm.assume(account != admin);
        vm.prank(account);
        administration.renounceRole(ADMIN_ROLE, account);
        assertEq(administration.administratorCount(), 1);
    }

    function test_OtherRolesAreNotCounted() external {
        uint64 guardians = administration.GUARDIAN_ROLE();
        vm.prank(guardian);
        administration.renounceRole(guardians, guardian);
        (bool isMember,) = administration.hasRole(guardians, guardian);
        assertFalse(isMember);
        assertEq(administration.administratorCount(), 1);
    }
}
