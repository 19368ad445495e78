// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {EscrowTest} from "./EscrowTest.sol";

/// @dev What a permission is worth afterwards stands in openPermitted.t.sol.
contract EscrowRevokePermissionTest is EscrowTest {
    function testFuzz_RevokePermission(address account, uint256 nonce, address other) external {
        vm.assume(other != account);
        vm.expectEmit(address(escrow));
        emit IEscrow.PermissionSpent(account, nonce);
        vm.prank(account);
        escrow.revokePermission(nonce);
        assertTrue(escrow.isPermissionSpent(account, nonce), "spent");
        assertFalse(escrow.isPermissionSpent(other, nonce), "of another account");
        assertFalse(escrow.isPermissionSpent(account, nonce ^ 1), "another");

        vm.expectRevert(abi.encodeWithSelector(IEscrow.Escrow_PermissionSpent.selector, account, nonce));
        vm.prank(account);
        escrow.revokePermission(nonce);
    }
}
