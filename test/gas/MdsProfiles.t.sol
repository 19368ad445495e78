// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMdsProfiles} from "../../contracts/interfaces/IMdsProfiles.sol";
import {ItemId} from "../../contracts/types/Ids.sol";
import {Slots} from "../Slots.sol";
import {MdsProfilesTest} from "../unit/MdsProfiles/MdsProfilesTest.sol";

/// @notice Gas of whole transactions on cold state, of devices that have a profile; patient and location untouched where nothing else is said.
contract MdsProfilesGasTest is MdsProfilesTest {
    uint32 private constant BATCH = 50;

    function test_Gas_Update() external {
        IMdsProfiles.Update memory next = _version(monitor, 2);
        vm.prank(hospital);
        profiles.update(next);
        uint256 gasUsed = vm.snapshotGasLastCall("MdsProfiles", "update");
        assertLe(gasUsed, 56_000);
    }

    function test_Gas_Update_ByOperator() external {
        IMdsProfiles.Update memory next = _version(monitor, 2);
        vm.prank(department);
        profiles.update(next);
        uint256 gasUsed = vm.snapshotGasLastCall("MdsProfiles", "update/byOperator");
        assertLe(gasUsed, 56_000);
    }

    function test_Gas_UpdateMany() external {
        IMdsProfiles.Update[] memory next = _many();
        vm.prank(gateway);
        profiles.updateMany(next);
        uint256 gasUsed = vm.snapshotGasLastCall("MdsProfiles", "updateMany/50");
        assertLe(gasUsed / BATCH, 22_000);
        vm.snapshotValue("MdsProfiles", "update/50perItem", gasUsed / BATCH);
    }

    function test_Slots_Update() external {
        IMdsProfiles.Update memory next = _version(monitor, 2);
        vm.startStateDiffRecording();
        vm.prank(department);
        profiles.update(next);
        assertEq(Slots.taken(vm.stopAndReturnStateDiff()), 0);
    }

    function test_Slots_UpdateMany() external {
        IMdsProfiles.Update[] memory next = _many();
        vm.startStateDiffRecording();
        vm.prank(gateway);
        profiles.updateMany(next);
        assertEq(Slots.taken(vm.stopAndReturnStateDiff()), 0);
    }

    function test_Gas_UpdatePlaced() external {
        IMdsProfiles.Update memory next = _version(monitor, 2);
        vm.prank(department);
        profiles.updatePlaced(next, "patient", "location");
        vm.snapshotGasLastCall("MdsProfiles", "updatePlaced/first");
        next = _version(monitor, 3);
        vm.prank(department);
        profiles.updatePlaced(next, "another patient", "another location");
        vm.snapshotGasLastCall("MdsProfiles", "updatePlaced");
    }

    function test_Gas_Order() external {
        uint64 order = _open(IMdsProfiles.OrderKind.Maintenance);
        vm.snapshotGasLastCall("MdsProfiles", "open");
        vm.prank(hospital);
        profiles.assign(order, engineer, START + 7 days);
        vm.snapshotGasLastCall("MdsProfiles", "assign");
        vm.prank(engineer);
        profiles.start(order);
        vm.snapshotGasLastCall("MdsProfiles", "start");
        IMdsProfiles.Update memory next = _version(monitor, 2);
        vm.prank(engineer);
        profiles.updateInService(order, next, 0);
        vm.snapshotGasLastCall("MdsProfiles", "updateInService");
        vm.prank(engineer);
        profiles.addEvidence(order, _document("photograph"));
        vm.snapshotGasLastCall("MdsProfiles", "addEvidence");
        IMdsProfiles.Record memory record = _log(monitor);
        vm.prank(engineer);
        profiles.keepInService(order, record);
        vm.snapshotGasLastCall("MdsProfiles", "keepInService/first");
        vm.prank(engineer);
        profiles.close(order, IMdsProfiles.Outcome.Done, START + 365 days, START + 730 days, _document("report"));
        vm.snapshotGasLastCall("MdsProfiles", "close");
    }

    function test_Gas_Cancel() external {
        uint64 order = _reported();
        vm.snapshotGasLastCall("MdsProfiles", "open/claimersReport");
        vm.prank(nurse);
        profiles.cancel(order, _document("by mistake"));
        vm.snapshotGasLastCall("MdsProfiles", "cancel");
    }

    function test_Gas_Keep() external {
        IMdsProfiles.Record memory record = _log(monitor);
        vm.prank(hospital);
        profiles.keep(record);
        vm.prank(hospital);
        profiles.keep(record);
        vm.snapshotGasLastCall("MdsProfiles", "keep");
    }

    function _many() private returns (IMdsProfiles.Update[] memory next) {
        SampleLot memory ward = _sampleLot(model, "W1", BATCH);
        _registerLot(model, "W1", ward.root, BATCH);
        next = new IMdsProfiles.Update[](BATCH);
        for (uint32 i = 0; i < BATCH; ++i) {
            ItemId item = ward.items[i];
            vm.prank(maker);
            devices.mint(item, hospital, _membershipIn(ward, i));
            vm.prank(hospital);
            profiles.update(_version(item, 1));
            next[i] = _version(item, 2);
        }
    }
}
