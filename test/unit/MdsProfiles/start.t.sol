// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMdsProfiles} from "../../../contracts/interfaces/IMdsProfiles.sol";
import {MdsProfilesTest} from "./MdsProfilesTest.sol";

contract MdsProfilesStartTest is MdsProfilesTest {
    function test_Starts() external {
        uint64 order = _assigned(IMdsProfiles.OrderKind.Inspection);
        vm.expectEmit(address(profiles));
        emit IMdsProfiles.OrderStarted(order, engineer);
        vm.prank(engineer);
        profiles.start(order);
        _assertState(order, IMdsProfiles.OrderState.Started);
        assertTrue(profiles.isAssigned(order, engineer));
    }

    function test_RevertGiven_ItIsNotAssigned() external {
        _expectRefusal(engineer, _wrongState(9, IMdsProfiles.OrderState.None));
        profiles.start(9);
        uint64 order = _open(IMdsProfiles.OrderKind.Fault);
        _expectRefusal(engineer, _wrongState(order, IMdsProfiles.OrderState.Open));
        profiles.start(order);
        order = _started(IMdsProfiles.OrderKind.Fault);
        _expectRefusal(engineer, _wrongState(order, IMdsProfiles.OrderState.Started));
        profiles.start(order);
    }

    function testFuzz_RevertGiven_ItIsNotTheCallers(uint256 way) external {
        uint64 order = _assigned(IMdsProfiles.OrderKind.Fault);
        address caller = engineer;
        way %= 4;
        if (way == 0) caller = second;
        else if (way == 1) skip(7 days + 1);
        else if (way == 2) _sell(monitor, hospital, clinic);
        else _suspend(engineer);
        _expectRefusal(caller, _notAssigned(order, caller));
        profiles.start(order);
    }
}
