// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMdsProfiles} from "../../../contracts/interfaces/IMdsProfiles.sol";
import {CODEC_DAG_PB, CODEC_RAW, Content} from "../../../contracts/types/Content.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {MdsState, Mode, Status} from "../../../contracts/types/MdsState.sol";
import {MdsProfilesTest} from "./MdsProfilesTest.sol";

contract MdsProfilesUpdateTest is MdsProfilesTest {
    function testFuzz_Writes(
        uint256 choices,
        uint8 reasons,
        uint40 hoursRun,
        uint40 cycles,
        bytes32 digest,
        uint256 time
    ) external {
        vm.assume(digest != 0);
        vm.warp(bound(time, block.timestamp, START + 3000 days));
        IMdsProfiles.Update memory next = _version(monitor, 2);
        next.status = Status(choices % 4);
        next.mode = Mode(choices / 4 % 4);
        next.reasons = reasons;
        next.hoursRun = uint40(bound(hoursRun, 60, type(uint40).max));
        next.cycles = uint40(bound(cycles, 1, type(uint40).max));
        next.content = Content(digest, choices / 16 % 2 == 0 ? CODEC_RAW : CODEC_DAG_PB);
        address writer = [hospital, department, gateway][choices / 32 % 3];

        vm.expectEmit(address(profiles));
        emit IMdsProfiles.ProfileUpdated(monitor, writer, _word(next), digest);
        vm.prank(writer);
        profiles.update(next);

        IMdsProfiles.Profile memory known = profiles.profileOf(monitor);
        assertEq(MdsState.unwrap(known.state), MdsState.unwrap(_word(next)), "word");
        assertEq(uint8(known.state.status()), uint8(next.status), "status");
        assertEq(known.state.reasons(), reasons, "reasons");
        assertEq(uint8(known.state.mode()), uint8(next.mode), "mode");
        assertEq(known.state.codec(), next.content.codec, "codec");
        assertEq(known.state.hoursRun(), next.hoursRun, "hours");
        assertEq(known.state.cycles(), next.cycles, "cycles");
        assertEq(known.state.version(), 2, "version");
        assertEq(known.state.updatedAt(), block.timestamp, "time");
        assertEq(known.digest, digest, "digest");
        assertEq(known.operator, department, "operator");
    }

    /// @dev Without a profile there is nothing, and the first version is 1.
    function test_Writes_TheFirst() external {
        ItemId item = _mint(2, clinic);
        IMdsProfiles.Profile memory known = profiles.profileOf(item);
        assertEq(MdsState.unwrap(known.state), 0, "state");
        assertEq(known.operator, address(0), "operator");
        IMdsProfiles.Update memory next = _version(item, 1);
        (next.hoursRun, next.cycles) = (0, 0);
        vm.prank(clinic);
        profiles.update(next);
        assertEq(profiles.profileOf(item).state.version(), 1);
    }

    function test_Writes_CountersThatStand() external {
        IMdsProfiles.Update memory next = _version(monitor, 2);
        (next.hoursRun, next.cycles) = (60, 1);
        vm.prank(hospital);
        profiles.update(next);
        assertEq(profiles.profileOf(monitor).state.hoursRun(), 60);
    }

    function test_Writes_WhileTheOwnerIsSuspended() external {
        _suspend(hospital);
        vm.prank(department);
        profiles.update(_version(monitor, 2));
        vm.prank(gateway);
        profiles.update(_version(monitor, 3));
        _expectRefusal(hospital, _inactive(hospital));
        profiles.update(_version(monitor, 4));
    }

    // Placed

    function testFuzz_Places(bytes32 patient, bytes32 location) external {
        IMdsProfiles.Update memory next = _version(monitor, 2);
        vm.expectEmit(address(profiles));
        emit IMdsProfiles.ProfileUpdated(monitor, department, _word(next), next.content.digest);
        vm.expectEmit(address(profiles));
        emit IMdsProfiles.DevicePlaced(monitor, patient, location);
        vm.prank(department);
        profiles.updatePlaced(next, patient, location);
        _assertPlaced(patient, location);

        vm.prank(department);
        profiles.update(_version(monitor, 3));
        _assertPlaced(patient, location);
        vm.prank(department);
        profiles.updatePlaced(_version(monitor, 4), 0, 0);
        _assertPlaced(0, 0);
    }

    function test_RevertWhen_AnotherPlacesIt() external {
        _expectRefusal(clinic, _notEntitled(monitor, clinic));
        profiles.updatePlaced(_version(monitor, 2), "patient", "location");
        _suspend(department);
        _expectRefusal(department, _inactive(department));
        profiles.updatePlaced(_version(monitor, 2), "patient", "location");
    }

    // Many

    function test_WritesMany() external {
        IMdsProfiles.Update[] memory next = new IMdsProfiles.Update[](3);
        next[0] = _version(monitor, 2);
        next[1] = _version(other, 2);
        next[2] = _version(monitor, 3);
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectEmit(address(profiles));
            emit IMdsProfiles.ProfileUpdated(next[i].item, gateway, _word(next[i]), next[i].content.digest);
        }
        vm.prank(gateway);
        profiles.updateMany(next);
        assertEq(profiles.profileOf(monitor).digest, next[2].content.digest);
        assertEq(profiles.profileOf(other).digest, next[1].content.digest);
    }

    function testFuzz_RevertWhen_OneOfManyIsRefused(uint256 place) external {
        IMdsProfiles.Update[] memory next = new IMdsProfiles.Update[](3);
        ItemId another = _mint(2, clinic);
        for (uint32 i = 0; i < 3; ++i) {
            next[i] = _version(monitor, 2 + i);
        }
        next[bound(place, 0, 2)].item = another;
        _expectRefusal(gateway, _notEntitled(another, gateway));
        profiles.updateMany(next);
        assertEq(profiles.profileOf(monitor).state.version(), 1, "none");
    }

    function test_RevertWhen_ThereIsNone() external {
        _expectRefusal(gateway, abi.encodeWithSelector(IMdsProfiles.MdsProfiles_Empty.selector));
        profiles.updateMany(new IMdsProfiles.Update[](0));
    }

    function test_RevertGiven_TheGatewayIsNotActive() external {
        _suspend(gateway);
        IMdsProfiles.Update[] memory next = new IMdsProfiles.Update[](1);
        next[0] = _version(monitor, 2);
        _expectRefusal(gateway, _inactive(gateway));
        profiles.updateMany(next);
    }

    // Refusals

    function test_RevertGiven_ThereIsNoTwin() external {
        _expectRefusal(hospital, _noTwin(_item(2)));
        profiles.update(_version(_item(2), 1));
    }

    function test_RevertGiven_TheCallerMayNotWrite() external {
        _started(IMdsProfiles.OrderKind.Fault);
        vm.startPrank(hospital);
        devices.setApprovalForAll(clinic, true);
        devices.approve(distributor, monitor.tokenId());
        vm.stopPrank();
        address[5] memory callers = [engineer, clinic, distributor, maker, regulator];
        for (uint256 i = 0; i < callers.length; ++i) {
            _expectRefusal(callers[i], _notEntitled(monitor, callers[i]));
            profiles.update(_version(monitor, 2));
        }
        _expectRefusal(stranger, _inactive(stranger));
        profiles.update(_version(monitor, 2));
    }

    function test_RevertGiven_ItWasSold() external {
        _sell(monitor, hospital, clinic);
        _expectRefusal(hospital, _notEntitled(monitor, hospital));
        profiles.update(_version(monitor, 2));
        vm.prank(clinic);
        profiles.update(_version(monitor, 2));
    }

    function testFuzz_RevertWhen_TheVersionIsNotTheNext(uint32 version) external {
        vm.assume(version != 2);
        IMdsProfiles.Update memory next = _version(monitor, 2);
        next.version = version;
        _expectRefusal(hospital, abi.encodeWithSelector(IMdsProfiles.MdsProfiles_NotNext.selector, monitor, version, 2));
        profiles.update(next);
    }

    function testFuzz_RevertWhen_ACounterRunsBackwards(uint40 from, uint40 back, bool ofCycles) external {
        from = uint40(bound(from, 60, type(uint40).max));
        back = uint40(bound(back, 1, from));
        IMdsProfiles.Update memory next = _version(monitor, 2);
        (next.hoursRun, next.cycles) = (from, from);
        vm.prank(hospital);
        profiles.update(next);
        next.version = 3;
        if (ofCycles) (next.hoursRun, next.cycles) = (type(uint40).max, from - back);
        else (next.hoursRun, next.cycles) = (from - back, type(uint40).max);
        _expectRefusal(
            hospital, abi.encodeWithSelector(IMdsProfiles.MdsProfiles_CounterBackwards.selector, monitor, from, from)
        );
        profiles.update(next);
    }

    function testFuzz_RevertWhen_TheDocumentIsNone(bytes32 digest, uint8 codec) external {
        if (codec == CODEC_RAW || codec == CODEC_DAG_PB) digest = 0;
        IMdsProfiles.Update memory next = _version(monitor, 2);
        next.content = Content(digest, codec);
        _expectRefusal(hospital, _badDocument(next.content));
        profiles.update(next);
    }

    function _assertPlaced(bytes32 patient, bytes32 location) private view {
        assertEq(profiles.profileOf(monitor).patient, patient, "patient");
        assertEq(profiles.profileOf(monitor).location, location, "location");
    }
}
