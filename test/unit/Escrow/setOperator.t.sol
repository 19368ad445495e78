// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {EscrowTest} from "./EscrowTest.sol";

contract EscrowSetOperatorTest is EscrowTest {
    function testFuzz_SetOperator(address account, address chosen, address other) external {
        vm.assume(other != account && !escrow.isOperator(other, chosen) && !escrow.isOperator(account, other));
        bool[2] memory steps = [true, false];
        for (uint256 i = 0; i < steps.length; ++i) {
            vm.expectEmit(address(escrow));
            emit IEscrow.OperatorSet(account, chosen, steps[i]);
            vm.prank(account);
            escrow.setOperator(chosen, steps[i]);
            assertEq(escrow.isOperator(account, chosen), steps[i], "operator");
            assertFalse(escrow.isOperator(other, chosen), "of another account");
        }
    }
}
