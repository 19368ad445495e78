// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMdsProfiles} from "../../../contracts/interfaces/IMdsProfiles.sol";
import {CODEC_DAG_PB, CODEC_RAW, Content} from "../../../contracts/types/Content.sol";
import {MdsProfilesTest} from "./MdsProfilesTest.sol";

contract MdsProfilesOpenTest is MdsProfilesTest {
    function testFuzz_Opens(uint256 choices, bytes32 digest) external {
        vm.assume(digest != 0);
        IMdsProfiles.OrderKind kind = IMdsProfiles.OrderKind(choices % 4);
        address caller = [hospital, department, gateway][choices / 4 % 3];
        for (uint64 order = 1; order <= 2; ++order) {
            vm.expectEmit(address(profiles));
            emit IMdsProfiles.OrderOpened(order, monitor, caller, kind, digest, CODEC_DAG_PB);
            vm.prank(caller);
            assertEq(profiles.open(monitor, kind, Content(digest, CODEC_DAG_PB)), order);
            assertEq(profiles.orders(), order, "count");
            IMdsProfiles.Order memory known = profiles.orderOf(order);
            assertTrue(known.item == monitor, "item");
            assertEq(known.opener, caller, "opener");
            assertEq(uint8(known.kind), uint8(kind), "kind");
            assertEq(known.engineer, address(0), "nobody's");
            _assertState(order, IMdsProfiles.OrderState.Open);
        }
        assertEq(profiles.serviceOf(monitor).fault, 0, "no claimer's report");
    }

    function test_TakesTheReportOfTheClaimer() external {
        _claim(0, nurse);
        vm.expectEmit(address(profiles));
        emit IMdsProfiles.OrderOpened(1, monitor, nurse, IMdsProfiles.OrderKind.Fault, keccak256("it beeps"), CODEC_RAW);
        vm.prank(nurse);
        uint64 order = profiles.open(monitor, IMdsProfiles.OrderKind.Fault, _document("it beeps"));
        assertEq(profiles.serviceOf(monitor).fault, order);
        _open(IMdsProfiles.OrderKind.Fault);
        assertEq(profiles.serviceOf(monitor).fault, order, "the owner's own are not counted");
    }

    function test_RevertGiven_TheClaimerReportedAlready() external {
        uint64 order = _reported();
        _expectRefusal(nurse, abi.encodeWithSelector(IMdsProfiles.MdsProfiles_FaultKnown.selector, monitor, order));
        profiles.open(monitor, IMdsProfiles.OrderKind.Fault, _document("it still beeps"));
        assertEq(profiles.orders(), order, "none is lost");
    }

    function test_TakesTheNextReportWhenTheLastHasEnded() external {
        uint64 order = _reported();
        vm.prank(hospital);
        profiles.cancel(order, _document("it is meant to beep"));
        vm.prank(nurse);
        assertEq(profiles.open(monitor, IMdsProfiles.OrderKind.Fault, _document("it still beeps")), order + 1);
        assertEq(profiles.serviceOf(monitor).fault, order + 1);
    }

    function testFuzz_RevertWhen_TheClaimerReportsNoFault(uint256 kind) external {
        _claim(0, nurse);
        _expectRefusal(nurse, _notEntitled(monitor, nurse));
        profiles.open(monitor, IMdsProfiles.OrderKind(bound(kind, 1, 3)), _document("why"));
    }

    function test_RevertGiven_TheCallerHasNothingToDoWithIt() external {
        _claim(0, nurse);
        _claim(0, clinic);
        address[3] memory callers = [clinic, engineer, maker];
        for (uint256 i = 0; i < callers.length; ++i) {
            _expectRefusal(callers[i], _notEntitled(monitor, callers[i]));
            profiles.open(monitor, IMdsProfiles.OrderKind.Fault, _document("why"));
        }
    }

    function test_RevertGiven_TheCallerIsNotActive() external {
        _claim(0, stranger);
        _expectRefusal(stranger, _inactive(stranger));
        profiles.open(monitor, IMdsProfiles.OrderKind.Fault, _document("why"));
    }

    function test_RevertGiven_ThereIsNoTwin() external {
        _claim(2, nurse);
        _expectRefusal(nurse, _noTwin(_item(2)));
        profiles.open(_item(2), IMdsProfiles.OrderKind.Fault, _document("why"));
    }

    function testFuzz_RevertWhen_TheDocumentIsNone(bytes32 digest, uint8 codec) external {
        if (codec == CODEC_RAW || codec == CODEC_DAG_PB) digest = 0;
        _expectRefusal(hospital, _badDocument(Content(digest, codec)));
        profiles.open(monitor, IMdsProfiles.OrderKind.Fault, Content(digest, codec));
    }
}
