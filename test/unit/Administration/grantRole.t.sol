// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAdministration} from "../../../contracts/interfaces/IAdministration.sol";
import {Base} from "../../Base.t.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

contract Administration_GrantRole_Test is Base {
    function _grant(
        uint64 role,
        address account,
        uint32 delay
    ) private {
        _schedule(admin, address(administration), abi.encodeCall(IAccessManager.grantRole, (role, account, delay)));
        skip(DELAY);
        vm.prank(admin);
        administration.grantRole(role, account, delay);
    }

    function _expectTooShort(
        uint64 role,
        uint32 delay
    ) private {
        _schedule(admin, address(administration), abi.encodeCall(IAccessManager.grantRole, (role, stranger, delay)));
        skip(DELAY);
        vm.expectRevert(
            abi.encodeWithSelector(IAdministration.Administration_DelayTooShort.selector, role, delay, DELAY)
        );
        vm.prank(admin);
        administration.grantRole(role, stranger, delay);
    }

    function testFuzz_RevertWhen_APowerIsHeldWithTooShortADelay(
        uint32 delay
    ) external {
        delay = uint32(bound(delay, 0, DELAY - 1));
        _expectTooShort(administration.ADMIN_ROLE(), delay);
        _expectTooShort(administration.GRANTOR_ROLE(), delay);
    }

    function testFuzz_GrantsAPowerWithItsDelay(
        uint32 delay
    ) external {
        delay = uint32(bound(delay, DELAY, type(uint32).max));
        _grant(administration.GRANTOR_ROLE(), stranger, delay);
        (bool isMember, uint32 executionDelay) = administration.hasRole(administration.GRANTOR_ROLE(), stranger);
        assertTrue(isMember);
        assertEq(executionDelay, delay);
        assertEq(administration.administratorCount(), 1);
    }

    function testFuzz_CountsAnAdministratorOnce(
        address account,
        uint32 delay
    ) external {
        vm.assume(account != admin);
        delay = uint32(bound(delay, DELAY, type(uint32).max));
        _grant(administration.ADMIN_ROLE(), account, delay);
        assertEq(administration.administratorCount(), 2);
        _grant(administration.ADMIN_ROLE(), account, DELAY);
        assertEq(administration.administratorCount(), 2);
    }

    function testFuzz_GrantsAnOrdinaryRoleWithAnyDelay(
        uint32 delay
    ) external {
        _grant(administration.REGISTRAR_ROLE(), stranger, delay);
        (bool isMember, uint32 executionDelay) = administration.hasRole(administration.REGISTRAR_ROLE(), stranger);
        assertTrue(isMember);
        assertEq(executionDelay, delay);
    }

    function testFuzz_ADelayIsShortenedOnlyAfterTheDifference(
        uint32 longer
    ) external {
        longer = uint32(bound(longer, DELAY + 1, 365 days));
        uint64 grantor = administration.GRANTOR_ROLE();
        _grant(grantor, stranger, longer);
        _grant(grantor, stranger, DELAY);

        skip(longer - DELAY - 1);
        (, uint32 executionDelay) = administration.hasRole(grantor, stranger);
        assertEq(executionDelay, longer);
        skip(1);
        (, executionDelay) = administration.hasRole(grantor, stranger);
        assertEq(executionDelay, DELAY);
    }

    function test_RevertWhen_NotScheduled() external {
        uint64 guardians = administration.GUARDIAN_ROLE();
        bytes memory data = abi.encodeCall(IAccessManager.grantRole, (guardians, stranger, 0));
        bytes32 operation = administration.hashOperation(admin, address(administration), data);
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotScheduled.selector, operation));
        vm.prank(admin);
        administration.grantRole(guardians, stranger, 0);
    }

    function test_RevertWhen_TheRoleIsEveryones() external {
        uint64 everyone = administration.PUBLIC_ROLE();
        _schedule(admin, address(administration), abi.encodeCall(IAccessManager.grantRole, (everyone, stranger, 0)));
        skip(DELAY);
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerLockedRole.selector, everyone));
        vm.prank(admin);
        administration.grantRole(everyone, stranger, 0);
    }
}
