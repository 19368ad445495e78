// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParticipants} from "../../../contracts/interfaces/IParticipants.sol";
import {ALL_ROLES, ENGINEER, MANUFACTURER, Role} from "../../../contracts/types/Role.sol";
import {Base} from "../../Base.t.sol";

contract Participants_Views_Test is Base {
    uint40 private constant FROM = START + 10 days;
    uint40 private constant UNTIL = START + 20 days;

    function setUp() public override {
        super.setUp();
        IParticipants.Enrolment memory enrolment = _enrolment(stranger, ENGINEER);
        (enrolment.validFrom, enrolment.validUntil) = (FROM, UNTIL);
        vm.prank(registrar);
        participants.enrol(stranger, enrolment);
    }

    function _assertActive(bool expected) private view {
        assertEq(participants.isActive(stranger), expected, "isActive");
        assertEq(participants.isActiveAs(stranger, ENGINEER), expected, "isActiveAs");
        assertEq(participants.areActive(stranger, maker), expected, "areActive, first");
        assertEq(participants.areActive(maker, stranger), expected, "areActive, second");
        assertEq(participants.areActiveAs(stranger, ENGINEER, maker, MANUFACTURER), expected, "areActiveAs, first");
        assertEq(participants.areActiveAs(maker, MANUFACTURER, stranger, ENGINEER), expected, "areActiveAs, second");
    }

    function test_BothEndsAreInsideTheValidity() external {
        vm.warp(FROM - 1);
        _assertActive(false);
        vm.warp(FROM);
        _assertActive(true);
        vm.warp(UNTIL);
        _assertActive(true);
        vm.warp(UNTIL + 1);
        _assertActive(false);
    }

    function test_AValidityOfOneSecond() external {
        IParticipants.Enrolment memory enrolment = _enrolment(stranger, ENGINEER);
        (enrolment.validFrom, enrolment.validUntil) = (START, START);
        vm.prank(registrar);
        participants.enrol(stranger, enrolment);
        _assertActive(true);
        vm.warp(START + 1);
        _assertActive(false);
    }

    function testFuzz_ActiveAsAnyOfTheRoles(uint32 held, uint32 asked) external {
        Role roles = Role.wrap(uint32(bound(held, 1, Role.unwrap(ALL_ROLES))));
        address account = makeAddr("account");
        _enrolPowerful(account, roles);
        assertEq(participants.isActiveAs(account, Role.wrap(asked)), Role.unwrap(roles) & asked != 0);
    }

    /// @dev Each account needs its own role only: nobody has to have both.
    function testFuzz_EachActiveAsItsOwn(uint32 firstAsked, uint32 secondAsked, uint8 suspended) external {
        vm.warp(FROM);
        if (suspended & 1 != 0) _suspend(stranger);
        if (suspended & 2 != 0) _suspend(maker);
        bool first = firstAsked & Role.unwrap(ENGINEER) != 0 && suspended & 1 == 0;
        bool second = secondAsked & Role.unwrap(MANUFACTURER) != 0 && suspended & 2 == 0;
        bool both = participants.areActiveAs(stranger, Role.wrap(firstAsked), maker, Role.wrap(secondAsked));
        assertEq(both, first && second);
        assertEq(participants.areActiveAs(stranger, ENGINEER, maker, MANUFACTURER), suspended & 3 == 0, "both");
        assertFalse(participants.areActiveAs(stranger, MANUFACTURER, maker, ENGINEER), "each other's");
        assertFalse(participants.areActiveAs(makeAddr("nobody"), ALL_ROLES, maker, MANUFACTURER), "never enrolled");
        assertFalse(participants.areActiveAs(maker, MANUFACTURER, address(0), ALL_ROLES), "zero");
    }

    function testFuzz_NeverEnrolled(address account, uint32 roles) external view {
        vm.assume(!participants.isEnrolled(account));
        assertFalse(participants.isActive(account));
        assertFalse(participants.isActiveAs(account, Role.wrap(roles)));
        assertFalse(participants.areActive(account, maker));
        assertFalse(participants.areActive(maker, account));
        IParticipants.Participant memory none;
        assertEq(abi.encode(participants.participantOf(account)), abi.encode(none));
    }

    function test_TheAdministrationIsFixed() external {
        vm.expectRevert(IParticipants.Participants_AuthorityFixed.selector);
        vm.prank(address(administration));
        participants.setAuthority(address(forwarder));
        assertTrue(participants.isActiveAs(maker, MANUFACTURER));
    }
}
