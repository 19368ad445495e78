// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMdsProfiles} from "../../../contracts/interfaces/IMdsProfiles.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {Mode, Status} from "../../../contracts/types/MdsState.sol";
import {MdsProfilesTest} from "./MdsProfilesTest.sol";

contract MdsProfilesIsUsableTest is MdsProfilesTest {
    function testFuzz_Usable_WithoutProfile(ItemId item) external view {
        vm.assume(item != monitor && item != other);
        assertTrue(profiles.isUsable(item));
    }

    function testFuzz_Usable(uint256 choices, uint8 reasons) external {
        IMdsProfiles.Update memory next = _version(monitor, 2);
        next.status = Status(choices % 4);
        next.mode = Mode(choices / 4 % 4);
        next.reasons = reasons;
        vm.prank(hospital);
        profiles.update(next);
        bool inUse = next.status == Status.Active || next.status == Status.Unknown;
        assertEq(profiles.isUsable(monitor), inUse && next.mode != Mode.Mtn);
    }
}
