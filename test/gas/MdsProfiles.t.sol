// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMdsProfiles} from "../../contracts/interfaces/IMdsProfiles.sol";
import {ItemId} from "../../contracts/types/Ids.sol";
import {MdsProfilesTest} from "../unit/MdsProfiles/MdsProfilesTest.sol";

/// @notice Gas of whole transactions on cold state, of devices that have a profile; patient and location untouched.
contract MdsProfilesGasTest is MdsProfilesTest {
    uint256 private constant BATCH = 50;

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

    function _many() private returns (IMdsProfiles.Update[] memory next) {
        SampleLot memory ward = _sampleLot(model, "W1", uint32(BATCH));
        _registerLot(model, "W1", ward.root, uint32(BATCH));
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
