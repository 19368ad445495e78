// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAnchors} from "../../../contracts/interfaces/IAnchors.sol";
import {IMdsProfiles} from "../../../contracts/interfaces/IMdsProfiles.sol";
import {CODEC_DAG_PB, CODEC_RAW, Content} from "../../../contracts/types/Content.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {MdsProfilesTest} from "./MdsProfilesTest.sol";

contract MdsProfilesKeepTest is MdsProfilesTest {
    function testFuzz_Keeps(uint256 choices, bytes32 digest, uint40 from, uint40 until) external {
        vm.assume(digest != 0);
        uint64 order = choices % 4 == 3 ? _started(IMdsProfiles.OrderKind.Fault) : 0;
        address writer = [hospital, department, gateway, engineer][choices % 4];
        until = uint40(bound(until, 0, START));
        from = uint40(bound(from, 0, until));
        IMdsProfiles.Record memory record = IMdsProfiles.Record({
            item: monitor,
            kind: IAnchors.RecordKind(choices / 4 % 5),
            content: Content(digest, CODEC_DAG_PB),
            from: from,
            until: until,
            severity: IMdsProfiles.Severity(choices / 32 % 4)
        });
        bytes32 head = 0;
        for (uint256 i = 0; i < 2; ++i) {
            head = keccak256(abi.encode(head, record.kind, digest, CODEC_DAG_PB));
            vm.expectEmit(address(anchors));
            emit IAnchors.RecordAppended(
                ItemId.unwrap(monitor), address(profiles), record.kind, digest, CODEC_DAG_PB, head
            );
            vm.expectEmit(address(profiles));
            emit IMdsProfiles.RecordKept(monitor, writer, record.kind, order, from, until, record.severity, head);
            vm.prank(writer);
            assertEq(order == 0 ? profiles.keep(record) : profiles.keepInService(order, record), head, "answer");
            assertEq(anchors.headOf(ItemId.unwrap(monitor), address(profiles)), head, "head");
        }
        assertEq(anchors.headOf(ItemId.unwrap(other), address(profiles)), 0, "not another twin's");
        assertEq(anchors.headOf(ItemId.unwrap(monitor), writer), 0, "not the writer's own");
    }

    function test_RevertGiven_TheCallerMayNotWrite() external {
        _started(IMdsProfiles.OrderKind.Fault);
        address[3] memory callers = [engineer, clinic, nurse];
        for (uint256 i = 0; i < callers.length; ++i) {
            _expectRefusal(callers[i], _notEntitled(monitor, callers[i]));
            profiles.keep(_log(monitor));
        }
        _expectRefusal(stranger, _inactive(stranger));
        profiles.keep(_log(monitor));
    }

    function test_RevertGiven_ThereIsNoTwin() external {
        _expectRefusal(hospital, _noTwin(_item(2)));
        profiles.keep(_log(_item(2)));
    }

    function test_RevertGiven_TheOrderIsNotStarted() external {
        uint64 order = _assigned(IMdsProfiles.OrderKind.Fault);
        _expectRefusal(engineer, _wrongState(order, IMdsProfiles.OrderState.Assigned));
        profiles.keepInService(order, _log(monitor));
    }

    function test_RevertWhen_TheOrderIsOfAnotherDevice() external {
        uint64 order = _started(IMdsProfiles.OrderKind.Fault);
        _expectRefusal(engineer, abi.encodeWithSelector(IMdsProfiles.MdsProfiles_OtherDevice.selector, order, other));
        profiles.keepInService(order, _log(other));
    }

    function testFuzz_RevertGiven_TheOrderIsNotTheCallers(uint256 way) external {
        uint64 order = _started(IMdsProfiles.OrderKind.Fault);
        address caller = engineer;
        way %= 5;
        if (way == 0) caller = second;
        else if (way == 1) caller = hospital;
        else if (way == 2) skip(7 days + 1);
        else if (way == 3) _sell(monitor, hospital, clinic);
        else _suspend(engineer);
        _expectRefusal(caller, _notAssigned(order, caller));
        profiles.keepInService(order, _log(monitor));
    }

    function testFuzz_RevertWhen_ThePeriodIsNone(uint40 from, uint40 until, bool future) external {
        from = uint40(bound(from, 1, START));
        until = future ? uint40(bound(until, START + 1, type(uint40).max)) : uint40(bound(until, 0, from - 1));
        IMdsProfiles.Record memory record = _log(monitor);
        (record.from, record.until) = (from, until);
        bytes memory refusal = abi.encodeWithSelector(IMdsProfiles.MdsProfiles_BadPeriod.selector, from, until);
        _expectRefusal(hospital, refusal);
        profiles.keep(record);
        uint64 order = _started(IMdsProfiles.OrderKind.Fault);
        _expectRefusal(engineer, refusal);
        profiles.keepInService(order, record);
    }

    function testFuzz_RevertWhen_TheDocumentIsNone(bytes32 digest, uint8 codec) external {
        if (codec == CODEC_RAW || codec == CODEC_DAG_PB) digest = 0;
        IMdsProfiles.Record memory record = _log(monitor);
        record.content = Content(digest, codec);
        _expectRefusal(hospital, abi.encodeWithSelector(IAnchors.Anchors_BadDocument.selector, digest, codec));
        profiles.keep(record);
    }
}
