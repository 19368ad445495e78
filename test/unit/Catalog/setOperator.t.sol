// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../../contracts/interfaces/ICatalog.sol";
import {GoodsTest} from "../../Goods.t.sol";

contract CatalogSetOperatorTest is GoodsTest {
    function testFuzz_SetOperator(
        address account,
        address chosen,
        address other
    ) external {
        vm.assume(other != account);
        bool[2] memory steps = [true, false];
        for (uint256 i = 0; i < steps.length; ++i) {
            vm.expectEmit(address(catalog));
            emit ICatalog.OperatorSet(account, chosen, steps[i]);
            vm.prank(account);
            catalog.setOperator(chosen, steps[i]);
            assertEq(catalog.isOperator(account, chosen), steps[i], "operator");
            assertFalse(catalog.isOperator(other, chosen), "of another account");
        }
    }
}
