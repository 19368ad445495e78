// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IUnits} from "../../../contracts/interfaces/IUnits.sol";
import {UnitsTest} from "./UnitsTest.sol";

contract RejectUnitTest is UnitsTest {
    function testFuzz_Reject(bool byOperator, bytes32 evidence) external {
        _commission();
        _setOperator(wholesaler, true);
        _ship(maker, unit, wholesaler);

        vm.expectEmit(address(units));
        emit IUnits.UnitRejected(unit, maker, wholesaler, evidence);
        vm.prank(byOperator ? operator : wholesaler);
        units.reject(unit, evidence);

        _assertPossession(unit, maker, address(0), address(0));
        _assertTally(maker, COUNT, 0, 0, 0);
        _assertTally(wholesaler, 0, 0, 0, 0);
        // It can be shipped anew.
        _handOver(unit, maker, hospital);
    }

    function testFuzz_Reject_GivenNoLongerMovableOrActive(uint8 seed, bool suspendBoth) external {
        _commission();
        _ship(maker, unit, wholesaler);
        _bringInto(_boundImmovable(seed));
        if (suspendBoth) {
            _suspend(maker);
            _suspend(wholesaler);
        }
        _reject(wholesaler, unit);
        _assertPossession(unit, maker, address(0), address(0));
    }

    function test_RevertGiven_UnitIsNotUnderWay() external {
        _expectNotUnderWay(wholesaler);
        _commission();
        _expectNotUnderWay(maker);
        _handOver(unit, maker, wholesaler);
        _expectNotUnderWay(wholesaler);
        _ship(wholesaler, unit, maker);
        _reject(maker, unit);
        _expectNotUnderWay(maker);
    }

    function test_RevertGiven_CallerIsNotTheAddressee() external {
        _commission();
        _setOperator(maker, true);
        _ship(maker, unit, wholesaler);
        address[4] memory callers = [maker, hospital, regulator, operator];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IUnits.Units_NotAddressee.selector, unit, callers[i]));
            _reject(callers[i], unit);
        }
    }

    function _expectNotUnderWay(address caller) private {
        vm.expectRevert(abi.encodeWithSelector(IUnits.Units_NotUnderWay.selector, unit));
        _reject(caller, unit);
    }
}
