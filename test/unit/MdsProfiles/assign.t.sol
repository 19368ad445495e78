// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMdsProfiles} from "../../../contracts/interfaces/IMdsProfiles.sol";
import {MdsProfilesTest} from "./MdsProfilesTest.sol";

contract MdsProfilesAssignTest is MdsProfilesTest {
    function testFuzz_Assigns(uint256 choices, uint40 until) external {
        until = uint40(bound(until, block.timestamp, type(uint40).max));
        address caller = [hospital, department, gateway][choices % 3];
        uint64 order = _open(IMdsProfiles.OrderKind.Fault);
        assertFalse(profiles.isAssigned(order, address(0)), "nobody");

        vm.expectEmit(address(profiles));
        emit IMdsProfiles.OrderAssigned(order, engineer, caller, until);
        vm.prank(caller);
        profiles.assign(order, engineer, until);

        _assertState(order, IMdsProfiles.OrderState.Assigned);
        IMdsProfiles.Order memory known = profiles.orderOf(order);
        assertEq(known.engineer, engineer, "engineer");
        assertEq(known.until, until, "until");
        // Of the owner, whoever assigns.
        assertEq(known.assignedTag, bytes12(keccak256(abi.encode(hospital))), "owner");
        assertTrue(profiles.isAssigned(order, engineer), "its");
        assertFalse(profiles.isAssigned(order, second), "not another's");
    }

    function test_IsOver() external {
        uint64 order = _assigned(IMdsProfiles.OrderKind.Fault);
        vm.warp(START + 7 days);
        assertTrue(profiles.isAssigned(order, engineer), "last second");
        skip(1);
        assertFalse(profiles.isAssigned(order, engineer), "over");
    }

    function test_AssignsAnother() external {
        uint64 order = _started(IMdsProfiles.OrderKind.Fault);
        vm.prank(hospital);
        profiles.assign(order, second, START + 1 days);
        _assertState(order, IMdsProfiles.OrderState.Assigned);
        assertFalse(profiles.isAssigned(order, engineer), "first");
        assertTrue(profiles.isAssigned(order, second), "second");
    }

    function test_TakesItAway() external {
        uint64 order = _started(IMdsProfiles.OrderKind.Fault);
        vm.expectEmit(address(profiles));
        emit IMdsProfiles.OrderAssigned(order, address(0), hospital, 0);
        vm.prank(hospital);
        profiles.assign(order, address(0), 0);
        _assertState(order, IMdsProfiles.OrderState.Open);
        assertFalse(profiles.isAssigned(order, engineer), "engineer");
        assertFalse(profiles.isAssigned(order, address(0)), "nobody");
    }

    function test_EndsWithASale() external {
        uint64 order = _assigned(IMdsProfiles.OrderKind.Fault);
        _sell(monitor, hospital, clinic);
        assertFalse(profiles.isAssigned(order, engineer), "sold");
        vm.prank(clinic);
        profiles.assign(order, second, START);
        assertTrue(profiles.isAssigned(order, second), "the new owner's");
        _sell(monitor, clinic, hospital);
        assertFalse(profiles.isAssigned(order, second), "sold again");
    }

    function testFuzz_RevertGiven_ItHasEnded(bool closed) external {
        uint64 order = _started(IMdsProfiles.OrderKind.Fault);
        if (closed) {
            vm.prank(engineer);
            profiles.close(order, IMdsProfiles.Outcome.Done, 0, 0, _document("report"));
        } else {
            vm.prank(hospital);
            profiles.cancel(order, _document("reason"));
        }
        assertFalse(profiles.isAssigned(order, engineer), "ended");
        _expectRefusal(
            hospital, _wrongState(order, closed ? IMdsProfiles.OrderState.Closed : IMdsProfiles.OrderState.Cancelled)
        );
        profiles.assign(order, second, START);
        _expectRefusal(hospital, _wrongState(0, IMdsProfiles.OrderState.None));
        profiles.assign(0, second, START);
    }

    function test_RevertGiven_TheCallerMayNot() external {
        uint64 order = _reported();
        vm.prank(hospital);
        profiles.assign(order, engineer, START);
        address[3] memory callers = [nurse, engineer, clinic];
        for (uint256 i = 0; i < callers.length; ++i) {
            _expectRefusal(callers[i], _notEntitled(monitor, callers[i]));
            profiles.assign(order, second, START);
        }
        _suspend(hospital);
        _expectRefusal(hospital, _inactive(hospital));
        profiles.assign(order, second, START);
    }

    function test_RevertWhen_ItIsNoEngineer() external {
        uint64 order = _open(IMdsProfiles.OrderKind.Fault);
        _suspend(second);
        address[3] memory others = [stranger, hospital, second];
        for (uint256 i = 0; i < others.length; ++i) {
            _expectRefusal(hospital, abi.encodeWithSelector(IMdsProfiles.MdsProfiles_NotEngineer.selector, others[i]));
            profiles.assign(order, others[i], START);
        }
    }

    function testFuzz_RevertWhen_TheDateIsOver(uint40 until, bool nobody) external {
        until = nobody ? uint40(bound(until, 1, type(uint40).max)) : uint40(bound(until, 0, START - 1));
        uint64 order = _open(IMdsProfiles.OrderKind.Fault);
        _expectRefusal(hospital, abi.encodeWithSelector(IMdsProfiles.MdsProfiles_BadDate.selector, until));
        profiles.assign(order, nobody ? address(0) : engineer, until);
    }
}
