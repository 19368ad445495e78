// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IUnits} from "../../../contracts/interfaces/IUnits.sol";
import {UnitsTest} from "./UnitsTest.sol";

contract SetUnitsOperatorTest is UnitsTest {
    function testFuzz_SetOperator(address account, address other, address chosen) external {
        vm.assume(account != other);

        vm.expectEmit(address(units));
        emit IUnits.OperatorSet(account, chosen, true);
        vm.prank(account);
        units.setOperator(chosen, true);

        assertTrue(units.isOperator(account, chosen), "set");
        assertFalse(units.isOperator(other, chosen), "of the caller alone");
        // A room has its own approvals.
        assertFalse(custody.isOperator(account, chosen), "in this room alone");

        vm.expectEmit(address(units));
        emit IUnits.OperatorSet(account, chosen, false);
        vm.prank(account);
        units.setOperator(chosen, false);
        assertFalse(units.isOperator(account, chosen), "taken back");
    }

    /// @dev An operator of both sides makes the whole move.
    function test_SetOperator_OfBothSides() external {
        _commission();
        _setOperator(maker, true);
        _setOperator(wholesaler, true);
        _handOver(unit, maker, wholesaler);
        _ship(operator, unit, hospital);
        _cancel(operator, unit);
        _ship(operator, unit, maker);
        _receive(operator, unit);
        _assertPossession(unit, maker, address(0), wholesaler);
    }
}
