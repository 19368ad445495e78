// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Administration} from "../../../contracts/Administration.sol";
import {IAdministration} from "../../../contracts/interfaces/IAdministration.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {Test} from "forge-std/Test.sol";

contract Administration_Constructor_Test is Test {
    address private immutable first = makeAddr("first");

    function testFuzz_RevertWhen_NoDelayOnAPublicChain(
        uint64 chainId
    ) external {
        chainId = uint64(bound(chainId, 1, type(uint32).max));
        vm.assume(chainId != 31337);
        vm.chainId(chainId);
        vm.expectRevert(abi.encodeWithSelector(IAdministration.Administration_DelayRequired.selector, chainId));
        new Administration(first, 0);
    }

    function testFuzz_KeepsTheDelayOnAPublicChain(
        uint32 delay
    ) external {
        delay = uint32(bound(delay, 1, type(uint32).max));
        vm.chainId(1);
        assertEq(new Administration(first, delay).powerDelay(), delay);
    }

    function testFuzz_FirstAdministratorBeginsWithoutDelay(
        address account,
        uint32 delay
    ) external {
        vm.assume(account != address(0));
        Administration administration = new Administration(account, delay);
        (bool isMember, uint32 executionDelay) = administration.hasRole(administration.ADMIN_ROLE(), account);
        assertTrue(isMember);
        assertEq(executionDelay, 0);
        assertEq(administration.administratorCount(), 1);
        assertEq(administration.powerDelay(), delay);
    }

    function test_GuardsAndLabelsTheRoles() external {
        vm.expectEmit();
        emit IAccessManager.RoleLabel(1, "REGISTRAR");
        vm.expectEmit();
        emit IAccessManager.RoleLabel(2, "GRANTOR");
        vm.expectEmit();
        emit IAccessManager.RoleLabel(3, "GUARDIAN");
        Administration administration = new Administration(first, 1);
        assertEq(administration.getRoleGuardian(administration.REGISTRAR_ROLE()), administration.GUARDIAN_ROLE());
        assertEq(administration.getRoleGuardian(administration.GRANTOR_ROLE()), administration.GUARDIAN_ROLE());
        assertEq(administration.getRoleGuardian(administration.GUARDIAN_ROLE()), administration.ADMIN_ROLE());
    }

    function test_RevertWhen_ThereIsNoFirstAdministrator() external {
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerInvalidInitialAdmin.selector, address(0)));
        new Administration(address(0), 1);
    }
}
