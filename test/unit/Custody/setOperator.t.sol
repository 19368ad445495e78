// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {GoodsTest} from "../../Goods.t.sol";

contract CustodySetOperatorTest is GoodsTest {
    function testFuzz_SetOperator(
        address account,
        address chosen,
        address other
    ) external {
        vm.assume(other != account);
        bool[2] memory steps = [true, false];
        for (uint256 i = 0; i < steps.length; ++i) {
            vm.expectEmit(address(custody));
            emit ICustody.OperatorSet(account, chosen, steps[i]);
            vm.prank(account);
            custody.setOperator(chosen, steps[i]);
            assertEq(custody.isOperator(account, chosen), steps[i], "operator");
            assertFalse(custody.isOperator(other, chosen), "of another account");
        }
    }
}
