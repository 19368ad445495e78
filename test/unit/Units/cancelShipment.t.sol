// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IUnits} from "../../../contracts/interfaces/IUnits.sol";
import {UnitsTest} from "./UnitsTest.sol";

contract CancelUnitShipmentTest is UnitsTest {
    function testFuzz_CancelShipment(bool byOperator, bytes32 evidence) external {
        _commission();
        _setOperator(maker, true);
        _ship(maker, unit, wholesaler);

        vm.expectEmit(address(units));
        emit IUnits.UnitShipmentCancelled(unit, maker, wholesaler, evidence);
        vm.prank(byOperator ? operator : maker);
        units.cancelShipment(unit, evidence);

        _assertPossession(unit, maker, address(0), address(0));
        _assertTally(maker, COUNT, 0, 0, 0);
    }

    function testFuzz_CancelShipment_GivenNoLongerMovableOrActive(uint8 seed, bool suspended) external {
        _commission();
        _ship(maker, unit, wholesaler);
        _bringInto(_boundImmovable(seed));
        if (suspended) _suspend(maker);
        _cancel(maker, unit);
        _assertPossession(unit, maker, address(0), address(0));
    }

    function test_RevertGiven_ThereIsNoSuchUnit() external {
        vm.expectRevert(abi.encodeWithSelector(IUnits.Units_NoUnit.selector, unit));
        _cancel(maker, unit);
    }

    function test_RevertGiven_UnitIsNotUnderWay() external {
        _commission();
        _expectNotUnderWay(maker);
        _handOver(unit, maker, wholesaler);
        _expectNotUnderWay(wholesaler);
        _ship(wholesaler, unit, hospital);
        _cancel(wholesaler, unit);
        _expectNotUnderWay(wholesaler);
    }

    function test_RevertGiven_CallerIsNotTheHolder() external {
        _commission();
        _setOperator(wholesaler, true);
        _ship(maker, unit, wholesaler);
        address[4] memory callers = [wholesaler, hospital, regulator, operator];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IUnits.Units_NotHolder.selector, unit, callers[i]));
            _cancel(callers[i], unit);
        }
    }

    function _expectNotUnderWay(address caller) private {
        vm.expectRevert(abi.encodeWithSelector(IUnits.Units_NotUnderWay.selector, unit));
        _cancel(caller, unit);
    }
}
