// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../contracts/interfaces/ICatalog.sol";
import {IPharmacy} from "../../contracts/interfaces/IPharmacy.sol";
import {ModelId, UnitId} from "../../contracts/types/Ids.sol";
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

    function test_Gas_Submit() external {
        prescription.patient = stranger;
        bytes memory signature = _sign(practitioner, pharmacy.idOf(prescription));
        pharmacy.submit(prescription, signature);
        vm.snapshotGasLastCall("Pharmacy", "submit");
    }

    function test_Gas_Cancel() external {
        vm.prank(practitioner);
        pharmacy.cancel(prescription);
        vm.snapshotGasLastCall("Pharmacy", "cancel");
    }

    function test_Gas_ApproveSubstitution() external {
        ModelId model = _approveMedicine(OTHER_DI, ICatalog.Product.Drug);
        vm.prank(practitioner);
        pharmacy.approveSubstitution(prescription, model);
        vm.snapshotGasLastCall("Pharmacy", "approveSubstitution");
    }

    /// @dev With what a second pharmacist adds: its signature, and that it may.
    function test_Gas_SellControlled() external {
        vm.prank(chemist);
        pharmacy.setPharmacist(secondPharmacist, uint40(block.timestamp + 365 days));
        _reclassify(ICatalog.Product.ControlledDrug);
        IPharmacy.Sale memory sale = _onPrescription(_packs(medicine, unit, FIRST + 1, 1), prescription);
        bytes32 id = pharmacy.idOf(prescription);
        bytes32 digest =
            pharmacy.countersignatureDigest(id, chemist, pharmacy.packsOf(sale), pharmacy.progressOf(id).sales);
        bytes memory signature = _sign(secondPharmacist, digest);
        vm.prank(pharmacist);
        pharmacy.sellControlled(sale, secondPharmacist, signature);
        vm.snapshotGasLastCall("Pharmacy", "sellControlled");
    }

    /// @dev Neither prescription nor signature.
    function test_Gas_SellOverTheCounter() external {
        _reclassify(ICatalog.Product.OverTheCounterDrug);
        IPharmacy.Sale memory sale = _packs(medicine, unit, FIRST + 1, 1);
        (sale.pharmacy, sale.evidence) = (chemist, EVIDENCE);
        vm.prank(pharmacist);
        pharmacy.sell(sale);
        vm.snapshotGasLastCall("Pharmacy", "sell/overTheCounter");
    }

    function _reclassify(ICatalog.Product product) private {
        vm.prank(regulator);
        catalog.reclassifyModel(medicine.model, product, EVIDENCE);
    }

    function _sell(uint32 first, uint32 count) private returns (uint256) {
        IPharmacy.Sale memory sale = _onPrescription(_packs(medicine, unit, first, count), prescription);
        vm.prank(pharmacist);
        pharmacy.sell(sale);
        return vm.lastCallGas().gasTotalUsed;
    }
}
