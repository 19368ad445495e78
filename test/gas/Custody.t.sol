// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PossessionTest} from "../Possession.t.sol";
import {Slots} from "../Slots.sol";

/// @notice Gas of whole transactions on cold state.
contract CustodyGasTest is PossessionTest {
    function test_Gas_Commission() external {
        _commission();
        vm.snapshotGasLastCall("Custody", "commission");
    }

    function test_Slots_Commission() external {
        vm.startStateDiffRecording();
        _commission();
        assertEq(Slots.taken(vm.stopAndReturnStateDiff()), 2, "the first of a lot: it is held item by item from now on");
        vm.startStateDiffRecording();
        _commission(1);
        assertEq(Slots.taken(vm.stopAndReturnStateDiff()), 1, "each after it");
    }

    function test_Gas_ShipReceive() external {
        _commission();
        vm.snapshotValue("Custody", "shipReceive/first", _gasOfShipReceive(maker, distributor));
        uint256 later = _gasOfShipReceive(distributor, hospital);
        vm.snapshotValue("Custody", "shipReceive", later);
        assertLe(later, 90_000);
    }

    /// @dev Neither a rejected shipment nor one that was called back makes the next one dearer.
    function test_Gas_ShipReceive_AfterRejectionAndCancellation() external {
        _bringToHospital();
        _ship(hospital, distributor);
        vm.prank(distributor);
        custody.reject(item, EVIDENCE);
        assertLe(_gasOfShipReceive(hospital, distributor), 90_000, "after a rejection");
        _ship(distributor, hospital);
        vm.prank(distributor);
        custody.cancelShipment(item, EVIDENCE);
        assertLe(_gasOfShipReceive(distributor, hospital), 90_000, "after a cancellation");
    }

    function test_Slots_ShipReceive() external {
        _commission();
        assertEq(_slotsOfShipReceive(maker, distributor), 1, "the first");
        assertEq(_slotsOfShipReceive(distributor, hospital), 0, "a later one");
        assertEq(_slotsOfShipReceive(hospital, distributor), 0, "and back");
    }

    function test_Gas_RecallLot() external {
        _recallLot(maker);
        vm.snapshotGasLastCall("Custody", "recallLot");
    }

    function _gasOfShipReceive(address from, address to) private returns (uint256 gasUsed) {
        _ship(from, to);
        gasUsed = vm.lastCallGas().gasTotalUsed;
        _receive(to);
        gasUsed += vm.lastCallGas().gasTotalUsed;
    }

    function _slotsOfShipReceive(address from, address to) private returns (uint256) {
        vm.startStateDiffRecording();
        _handOver(from, to);
        return Slots.taken(vm.stopAndReturnStateDiff());
    }
}
