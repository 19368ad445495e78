// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Appointments} from "../../../contracts/Appointments.sol";
import {IAppointments} from "../../../contracts/interfaces/IAppointments.sol";
import {AppointmentsTest} from "./AppointmentsTest.sol";
import {ERC2771Forwarder} from "@openzeppelin/contracts/metatx/ERC2771Forwarder.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

/// @dev Shows what the room takes for the data of a call.
contract ShownAppointments is Appointments {
    constructor(Appointments like)
        Appointments(like.PARTICIPANTS(), like.CUSTODY(), like.DEVICES(), like.PROFILES(), like.trustedForwarder())
    {}

    function shown(uint256) external view returns (address, bytes memory) {
        return (_msgSender(), _msgData());
    }
}

/// @title Bookings through the forwarder: see book.tree
contract Appointments_Forwarded_Test is AppointmentsTest {
    function _booking(uint8 slot) private view returns (bytes memory) {
        return abi.encodeCall(IAppointments.book, (practice, DAY, slot, _terms(practice, DAY, slot)));
    }

    function testFuzz_BooksForTheSigner(uint8 slot, address relayer) external {
        vm.assume(relayer != address(0));
        slot = _anySlot(slot);
        assertEq(patient.balance, 0, "needs no ether");
        ERC2771Forwarder.ForwardRequestData memory request =
            _request(address(appointments), patient, patient, _booking(slot));
        vm.prank(relayer);
        forwarder.execute(request);
        _assertBooking(slot, patient, IAppointments.Status.Booked, 1);
    }

    function test_EveryVerbOfAPatientIsForwarded() external {
        _forward(patient, _booking(0));
        _forward(
            patient, abi.encodeCall(IAppointments.reschedule, (practice, DAY, 0, 1, DAY, 1, _terms(practice, DAY, 1)))
        );
        _assertBooking(1, patient, IAppointments.Status.Booked, 1);
        _block(ALL & ~uint256(2));
        _forward(second, abi.encodeCall(IAppointments.joinWaitingList, (practice, DAY)));
        _forward(third, abi.encodeCall(IAppointments.joinWaitingList, (practice, DAY)));
        _forward(third, abi.encodeCall(IAppointments.leaveWaitingList, (practice, DAY)));
        _forward(patient, abi.encodeCall(IAppointments.cancel, (practice, DAY, 1, 1)));
        _forward(second, abi.encodeCall(IAppointments.acceptOffer, (practice, DAY, 1, _terms(practice, DAY, 1))));
        _assertBooking(1, second, IAppointments.Status.Booked, 2);
    }

    /// @dev The host may act so as well.
    function test_EveryVerbOfTheHostIsForwarded() external {
        IAppointments.NewDay[] memory newDays = new IAppointments.NewDay[](1);
        newDays[0] = _day(DAY + 7);
        _forward(doctor, abi.encodeCall(IAppointments.open, (practice, ZONE, newDays)));
        _forward(doctor, abi.encodeCall(IAppointments.change, (practice, _day(DAY + 7))));
        _forward(doctor, abi.encodeCall(IAppointments.blockSlots, (practice, DAY, 1)));
        _forward(doctor, abi.encodeCall(IAppointments.unblockSlots, (practice, DAY, 1)));
        _forward(doctor, abi.encodeCall(IAppointments.close, (practice, DAY)));
        _forward(doctor, abi.encodeCall(IAppointments.reopen, (practice, DAY)));
        _forward(doctor, abi.encodeCall(IAppointments.setLimits, (practice, IAppointments.Limits(1, 2, 3))));
        _book(patient, 0);
        _book(second, 1);
        _forward(doctor, abi.encodeCall(IAppointments.checkIn, (practice, DAY, 0, 1)));
        vm.warp(_startOf(2));
        _forward(doctor, abi.encodeCall(IAppointments.complete, (practice, DAY, 0, 1)));
        _forward(doctor, abi.encodeCall(IAppointments.markNoShow, (practice, DAY, 1, 1)));
        _assertBooking(0, patient, IAppointments.Status.Completed, 1);
        _assertBooking(1, second, IAppointments.Status.NoShow, 1);
    }

    function _forward(address from, bytes memory data) private {
        forwarder.execute(_request(address(appointments), from, from, data));
    }

    function test_RevertWhen_HandedInTwice() external {
        ERC2771Forwarder.ForwardRequestData memory request =
            _request(address(appointments), patient, patient, _booking(0));
        forwarder.execute(request);
        _cancel(patient, 0, 1);
        vm.expectPartialRevert(ERC2771Forwarder.ERC2771ForwarderInvalidSigner.selector);
        forwarder.execute(request);
        _assertFree(0, 1);
    }

    function test_RevertWhen_AnotherSigned() external {
        ERC2771Forwarder.ForwardRequestData memory request =
            _request(address(appointments), patient, second, _booking(0));
        vm.expectRevert(
            abi.encodeWithSelector(ERC2771Forwarder.ERC2771ForwarderInvalidSigner.selector, second, patient)
        );
        forwarder.execute(request);
    }

    function test_RevertWhen_Late() external {
        ERC2771Forwarder.ForwardRequestData memory request =
            _request(address(appointments), patient, patient, _booking(0));
        skip(1 hours + 1);
        vm.expectRevert(
            abi.encodeWithSelector(ERC2771Forwarder.ERC2771ForwarderExpiredRequest.selector, request.deadline)
        );
        forwarder.execute(request);
    }

    function test_AnAppendedAccountIsIgnoredFromOthers() external {
        bytes memory spoofed = abi.encodePacked(_booking(0), patient);
        vm.prank(second);
        (bool success,) = address(appointments).call(spoofed);
        assertTrue(success);
        _assertBooking(0, second, IAppointments.Status.Booked, 1);
    }

    /// @dev What the forwarder appends is no part of the call; what others append is.
    function testFuzz_TheDataOfACallIsWithoutItsSigner(uint256 argument) external {
        ShownAppointments room = new ShownAppointments(appointments);
        bytes memory data = abi.encodeCall(ShownAppointments.shown, (argument));
        bytes memory suffixed = abi.encodePacked(data, patient);
        vm.prank(address(forwarder));
        (bool success, bytes memory result) = address(room).call(suffixed);
        assertTrue(success);
        assertEq(result, abi.encode(patient, data), "forwarded");
        vm.prank(second);
        (success, result) = address(room).call(suffixed);
        assertTrue(success);
        assertEq(result, abi.encode(second, suffixed), "by another");
    }

    /// @dev Several calls in one request are all of its signer, whatever they append.
    function test_AForwardedMulticallIsOfItsSigner() external {
        bytes[] memory calls = new bytes[](2);
        calls[0] = _booking(0);
        calls[1] = abi.encodePacked(_booking(1), second);
        _forward(patient, abi.encodeCall(Multicall.multicall, (calls)));
        _assertBooking(0, patient, IAppointments.Status.Booked, 1);
        _assertBooking(1, patient, IAppointments.Status.Booked, 1);
    }

    function test_AMulticallOfAnotherIsOfItsCaller() external {
        bytes[] memory calls = new bytes[](1);
        calls[0] = abi.encodePacked(_booking(0), patient);
        vm.prank(second);
        appointments.multicall(calls);
        _assertBooking(0, second, IAppointments.Status.Booked, 1);
    }
}
