// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../contracts/interfaces/ICatalog.sol";
import {IPharmacy} from "../../contracts/interfaces/IPharmacy.sol";
import {UnitId} from "../../contracts/types/Ids.sol";
import {MedicinesTest} from "../Medicines.t.sol";
import {Slots} from "../Slots.sol";

/// @notice Gas of whole transactions on cold state: a lot of 10,000 packs.
contract PharmacyGasTest is MedicinesTest {
    uint32 private constant COUNT = 10_000;
    uint32 private constant FIRST = 5_000;

    Medicine private medicine;
    UnitId private unit;
    IPharmacy.Prescription private prescription;

    function setUp() public override {
        super.setUp();
        medicine = _registerMedicine(_approveMedicine(DI, ICatalog.Product.Drug), LOT_NUMBER, COUNT);
        unit = _commissionUnits(medicine.id);
        _handOver(unit, maker, chemist);
        _openShop();
        prescription = _prescription(medicine.model, 200);
        vm.prank(practitioner);
        pharmacy.prescribe(prescription);
        // A sale before: the bit's word, the counters and the prescription's slot are in use.
        _sell(FIRST, 1);
    }

    function test_Gas_SellDirtyWord() external {
        uint256 gasUsed = _sell(FIRST + 1, 1);
        vm.snapshotValue("Pharmacy", "sell/dirtyWord", gasUsed);
        assertLe(gasUsed, 110_000);
    }

    function test_Slots_SellDirtyWord() external {
        vm.startStateDiffRecording();
        _sell(FIRST + 1, 1);
        assertEq(Slots.taken(vm.stopAndReturnStateDiff()), 0);
    }

    function test_Gas_SellHundred() external {
        uint256 each = _sell(FIRST + 1, 100) / 100;
        vm.snapshotValue("Pharmacy", "sell/100perItem", each);
        assertLe(each, 13_000);
    }

    function test_Gas_Prescribe() external {
        prescription.patient = stranger;
        vm.prank(practitioner);
        pharmacy.prescribe(prescription);
        vm.snapshotGasLastCall("Pharmacy", "prescribe");
    }

    function _sell(uint32 first, uint32 count) private returns (uint256) {
        IPharmacy.Sale memory sale = _onPrescription(_packs(medicine, unit, first, count), prescription);
        vm.prank(pharmacist);
        pharmacy.sell(sale);
        return vm.lastCallGas().gasTotalUsed;
    }
}
