// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMdsProfiles} from "../../../contracts/interfaces/IMdsProfiles.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {MdsProfilesTest} from "./MdsProfilesTest.sol";

contract MdsProfilesSetOperatorTest is MdsProfilesTest {
    function testFuzz_Sets(address owner, address operator_, bool approved) external {
        vm.expectEmit(address(profiles));
        emit IMdsProfiles.OperatorSet(owner, operator_, approved);
        vm.prank(owner);
        profiles.setOperator(operator_, approved);
        assertEq(profiles.isOperator(owner, operator_), approved);
    }

    function test_CountsForLaterTwins() external {
        ItemId later = _mint(2, hospital);
        vm.prank(gateway);
        profiles.update(_version(later, 1));
        assertEq(profiles.profileOf(later).state.version(), 1);
    }

    function test_EndsAtOnce() external {
        vm.prank(hospital);
        profiles.setOperator(gateway, false);
        _expectRefusal(gateway, _notEntitled(monitor, gateway));
        profiles.update(_version(monitor, 2));
    }

    function test_IsNotTheNextOwners() external {
        _sell(monitor, hospital, clinic);
        _expectRefusal(gateway, _notEntitled(monitor, gateway));
        profiles.update(_version(monitor, 2));
    }
}
