// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMdsProfiles} from "../../../contracts/interfaces/IMdsProfiles.sol";
import {CODEC_DAG_PB, CODEC_RAW, Content} from "../../../contracts/types/Content.sol";
import {MdsProfilesTest} from "./MdsProfilesTest.sol";

contract MdsProfilesCancelTest is MdsProfilesTest {
    function testFuzz_Cancels(uint256 choices, bytes32 digest) external {
        vm.assume(digest != 0);
        address caller = [hospital, department, gateway][choices % 3];
        uint64 order = _reported();
        if (choices / 4 % 3 > 0) {
            vm.prank(hospital);
            profiles.assign(order, engineer, START);
        }
        if (choices / 4 % 3 > 1) {
            vm.prank(engineer);
            profiles.start(order);
        }
        vm.expectEmit(address(profiles));
        emit IMdsProfiles.OrderCancelled(order, caller, digest, CODEC_DAG_PB);
        vm.prank(caller);
        profiles.cancel(order, Content(digest, CODEC_DAG_PB));
        _assertState(order, IMdsProfiles.OrderState.Cancelled);
        assertEq(profiles.serviceOf(monitor).fault, 0, "fault");
        assertFalse(profiles.isAssigned(order, engineer), "engineer");
    }

    function testFuzz_TakesAReportBack(bool suspended) external {
        uint64 order = _reported();
        if (suspended) _suspend(nurse);
        vm.expectEmit(address(profiles));
        emit IMdsProfiles.OrderCancelled(order, nurse, keccak256("by mistake"), CODEC_RAW);
        vm.prank(nurse);
        profiles.cancel(order, _document("by mistake"));
        _assertState(order, IMdsProfiles.OrderState.Cancelled);
        assertEq(profiles.serviceOf(monitor).fault, 0, "fault");
    }

    function test_RevertGiven_SomebodyHasTheReport() external {
        uint64 order = _reported();
        vm.prank(hospital);
        profiles.assign(order, engineer, START);
        _expectRefusal(nurse, _notEntitled(monitor, nurse));
        profiles.cancel(order, _document("by mistake"));
    }

    /// @dev What it opened it opened for the owner.
    function test_RevertGiven_TheOpenerIsNoOperatorAnyMore() external {
        vm.prank(department);
        uint64 order = profiles.open(monitor, IMdsProfiles.OrderKind.Fault, _document("why"));
        vm.prank(hospital);
        profiles.appoint(monitor, address(0));
        _expectRefusal(department, _notEntitled(monitor, department));
        profiles.cancel(order, _document("out of spite"));
    }

    function test_RevertGiven_TheOpenerSoldIt() external {
        uint64 order = _open(IMdsProfiles.OrderKind.Maintenance);
        _sell(monitor, hospital, clinic);
        _expectRefusal(hospital, _notEntitled(monitor, hospital));
        profiles.cancel(order, _document("out of spite"));
        vm.prank(clinic);
        profiles.cancel(order, _document("not needed"));
    }

    function test_RevertGiven_TheCallerHasNothingToDoWithIt() external {
        uint64 order = _started(IMdsProfiles.OrderKind.Fault);
        address[2] memory callers = [engineer, clinic];
        for (uint256 i = 0; i < callers.length; ++i) {
            _expectRefusal(callers[i], _notEntitled(monitor, callers[i]));
            profiles.cancel(order, _document("reason"));
        }
        _expectRefusal(stranger, _inactive(stranger));
        profiles.cancel(order, _document("reason"));
    }

    function test_RevertGiven_ItHasEnded() external {
        uint64 order = _reported();
        vm.startPrank(nurse);
        profiles.cancel(order, _document("by mistake"));
        vm.expectRevert(_wrongState(order, IMdsProfiles.OrderState.Cancelled));
        profiles.cancel(order, _document("by mistake"));
        vm.expectRevert(_wrongState(0, IMdsProfiles.OrderState.None));
        profiles.cancel(0, _document("by mistake"));
        vm.stopPrank();
    }

    function testFuzz_RevertWhen_TheReasonIsNone(bytes32 digest, uint8 codec) external {
        if (codec == CODEC_RAW || codec == CODEC_DAG_PB) digest = 0;
        uint64 order = _open(IMdsProfiles.OrderKind.Fault);
        _expectRefusal(hospital, _badDocument(Content(digest, codec)));
        profiles.cancel(order, Content(digest, codec));
    }
}
