// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMdsProfiles} from "../../../contracts/interfaces/IMdsProfiles.sol";
import {MdsProfilesTest} from "./MdsProfilesTest.sol";

contract MdsProfilesAppointTest is MdsProfilesTest {
    function test_Appoints() external {
        vm.expectEmit(address(profiles));
        emit IMdsProfiles.OperatorAppointed(monitor, hospital, nurse);
        vm.prank(hospital);
        profiles.appoint(monitor, nurse);
        assertEq(profiles.profileOf(monitor).operator, nurse);
        assertEq(profiles.profileOf(other).operator, address(0));

        vm.startPrank(nurse);
        profiles.update(_version(monitor, 2));
        vm.expectRevert(_notEntitled(other, nurse));
        profiles.update(_version(other, 2));
        vm.stopPrank();
        _expectRefusal(department, _notEntitled(monitor, department));
        profiles.update(_version(monitor, 3));
    }

    function test_AppointsNobody() external {
        vm.expectEmit(address(profiles));
        emit IMdsProfiles.OperatorAppointed(monitor, hospital, address(0));
        vm.prank(hospital);
        profiles.appoint(monitor, address(0));
        assertEq(profiles.profileOf(monitor).operator, address(0));
        _expectRefusal(department, _notEntitled(monitor, department));
        profiles.update(_version(monitor, 2));
    }

    function test_EndsWithASale() external {
        _sell(monitor, hospital, clinic);
        assertEq(profiles.profileOf(monitor).operator, address(0), "the hospital's, not the clinic's");
        _expectRefusal(department, _notEntitled(monitor, department));
        profiles.update(_version(monitor, 2));
        vm.prank(clinic);
        profiles.appoint(monitor, nurse);
        assertEq(profiles.profileOf(monitor).operator, nurse);
    }

    /// @dev Nobody else said otherwise meanwhile.
    function test_CountsAgainForTheOwnerWhoGotItBack() external {
        _sell(monitor, hospital, clinic);
        _sell(monitor, clinic, hospital);
        assertEq(profiles.profileOf(monitor).operator, department);
        vm.prank(department);
        profiles.update(_version(monitor, 2));
    }

    function test_RevertGiven_TheCallerIsNotActive() external {
        _suspend(hospital);
        _expectRefusal(hospital, _inactive(hospital));
        profiles.appoint(monitor, nurse);
    }

    function test_RevertGiven_ThereIsNoTwin() external {
        _expectRefusal(hospital, _noTwin(_item(2)));
        profiles.appoint(_item(2), nurse);
    }

    function test_RevertGiven_TheCallerIsNotTheOwner() external {
        address[4] memory callers = [department, gateway, engineer, clinic];
        for (uint256 i = 0; i < callers.length; ++i) {
            _expectRefusal(
                callers[i], abi.encodeWithSelector(IMdsProfiles.MdsProfiles_NotOwner.selector, monitor, callers[i])
            );
            profiles.appoint(monitor, nurse);
        }
    }

    function test_RevertGiven_TheOperatorIsNotActive() external {
        _expectRefusal(hospital, _inactive(stranger));
        profiles.appoint(monitor, stranger);
    }
}
