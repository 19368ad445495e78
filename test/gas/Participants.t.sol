// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DISTRIBUTOR, ENGINEER, REGULATOR} from "../../contracts/types/Role.sol";
import {Base} from "../Base.t.sol";

/// @title Gas of whole transactions with cold state
contract ParticipantsGasTest is Base {
    function test_Enrol() external {
        _enrol(stranger, DISTRIBUTOR);
        vm.snapshotGasLastCall("Participants", "enrol");
        _enrol(stranger, ENGINEER);
        vm.snapshotGasLastCall("Participants", "enrol/again");
    }

    function test_EnrolPowerful() external {
        _schedulePowerful(stranger, REGULATOR);
        vm.snapshotGasLastCall("Administration", "schedule/enrolPowerful");
        skip(DELAY);
        _executePowerful(stranger, REGULATOR);
        vm.snapshotGasLastCall("Participants", "enrolPowerful");
    }

    function test_SuspendAndReinstate() external {
        _suspend(maker);
        vm.snapshotGasLastCall("Participants", "suspend");
        _reinstate(maker);
        vm.snapshotGasLastCall("Participants", "reinstate");
    }

    function test_SetEncryptionKey() external {
        vm.prank(hospital);
        participants.setEncryptionKey(keccak256("key"));
        vm.snapshotGasLastCall("Participants", "setEncryptionKey");
    }
}
