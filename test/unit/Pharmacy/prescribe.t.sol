// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../../contracts/interfaces/ICatalog.sol";
import {IPharmacy} from "../../../contracts/interfaces/IPharmacy.sol";
import {Agency, ModelId} from "../../../contracts/types/Ids.sol";
import {PHARMACIST, PRACTITIONER} from "../../../contracts/types/Role.sol";
import {Wallet} from "../../mocks/Wallet.sol";
import {PharmacyTest} from "./PharmacyTest.sol";

contract PrescribeTest is PharmacyTest {
    function testFuzz_RevertGiven_CallerIsNotItsPractitioner(address caller) external {
        vm.assume(caller != practitioner && caller != address(forwarder));
        bytes32 id = pharmacy.idOf(prescription);
        vm.expectRevert(abi.encodeWithSelector(IPharmacy.Pharmacy_NotEntitled.selector, id, caller));
        vm.prank(caller);
        pharmacy.prescribe(prescription);
    }

    function testFuzz_RevertGiven_PractitionerIsNotActiveAsOne(uint8 how) external {
        how = uint8(bound(how, 0, 3));
        if (how == 0) _suspend(practitioner);
        if (how == 1) vm.warp(START + 3651 days);
        if (how == 2) prescription.practitioner = stranger;
        if (how == 3) prescription.practitioner = pharmacist;
        bytes memory expected =
            abi.encodeWithSelector(IPharmacy.Pharmacy_NotPractitioner.selector, prescription.practitioner);
        vm.expectRevert(expected);
        _issue(prescription);
    }

    function test_RevertWhen_PatientIsMissing() external {
        prescription.patient = address(0);
        _expectBad();
    }

    function test_RevertWhen_QuantityIsMissing() external {
        prescription.quantity = 0;
        _expectBad();
    }

    function testFuzz_RevertWhen_ValidityIsOver(uint40 validFrom, uint40 validUntil) external {
        prescription.validUntil = uint40(bound(validUntil, 0, block.timestamp - 1));
        prescription.validFrom = uint40(bound(validFrom, 0, prescription.validUntil));
        _expectBad();
    }

    function testFuzz_RevertWhen_ValidityEndsBeforeItBegins(uint40 validFrom, uint40 validUntil) external {
        prescription.validUntil = uint40(bound(validUntil, block.timestamp, type(uint40).max - 1));
        prescription.validFrom = uint40(bound(validFrom, prescription.validUntil + 1, type(uint40).max));
        _expectBad();
    }

    function testFuzz_RevertWhen_RepeatsWithoutAnInterval(uint16 repeats) external {
        prescription.repeats = uint16(bound(repeats, 1, type(uint16).max));
        prescription.interval = 0;
        _expectBad();
    }

    function testFuzz_RevertGiven_ModelIsUnknown(ModelId model) external {
        vm.assume(catalog.modelOf(model).number == 0);
        prescription.model = model;
        _expectBad();
    }

    function test_RevertGiven_ModelWasOnlyRegistered() external {
        vm.prank(maker);
        prescription.model = catalog.registerModel(Agency.GS1, "04012345678949", ICatalog.Product.Drug, _document("m"));
        _expectBad();
    }

    function test_RevertGiven_ModelWasStruck() external {
        _strikeModel(drug.lot.model);
        _expectBad();
    }

    function test_RevertGiven_ModelIsADevice() external {
        prescription.model = _approveMedicine("04012345678949", ICatalog.Product.Device);
        _expectBad();
    }

    function test_RevertGiven_ItWasIssued() external {
        bytes32 id = _issue(prescription);
        vm.expectRevert(abi.encodeWithSelector(IPharmacy.Pharmacy_AlreadyIssued.selector, id));
        _issue(prescription);
    }

    function test_RevertGiven_ItWasCancelled() external {
        bytes32 id = pharmacy.idOf(prescription);
        vm.prank(practitioner);
        pharmacy.cancel(prescription);
        vm.expectRevert(abi.encodeWithSelector(IPharmacy.Pharmacy_Cancelled.selector, id));
        _issue(prescription);
    }

    function testFuzz_Prescribe(IPharmacy.Prescription memory issued, uint8 product) external {
        issued.practitioner = practitioner;
        if (issued.patient == address(0)) issued.patient = patient;
        product = uint8(bound(product, 0, 2));
        issued.model = [drug.lot.model, remedy.lot.model, opiate.lot.model][product];
        issued.quantity = uint32(bound(issued.quantity, 1, type(uint32).max));
        if (issued.repeats != 0 && issued.interval == 0) issued.interval = 1;
        issued.validUntil = uint40(bound(issued.validUntil, block.timestamp, type(uint40).max));
        issued.validFrom = uint40(bound(issued.validFrom, 0, issued.validUntil));
        bytes32 id = pharmacy.idOf(issued);

        vm.expectEmit(address(pharmacy));
        emit IPharmacy.PrescriptionIssued(id, practitioner, issued.patient, issued);
        assertEq(_issue(issued), id, "id");

        IPharmacy.Progress memory progress = pharmacy.progressOf(id);
        assertEq(progress.modelNumber, catalog.modelOf(issued.model).number, "modelNumber");
        assertFalse(progress.cancelled, "cancelled");
        _assertProgress(id, 0, 0, 0, 0);
    }

    function test_Prescribe_ByAContract() external {
        address wallet = _walletOf(practitioner, PRACTITIONER);
        prescription.practitioner = wallet;
        vm.prank(practitioner);
        Wallet(wallet).execute(address(pharmacy), abi.encodeCall(IPharmacy.prescribe, (prescription)));
        _assertSells(_saleOf(drug, 0, 1, prescription));
    }

    /// @dev Each role is asked of the account that it is of: who has both may prescribe and sell.
    function test_Prescribe_GivenAllRolesAreOneAccounts() external {
        _enrol(pharmacist, PHARMACIST | PRACTITIONER);
        prescription.practitioner = pharmacist;
        _issue(prescription);
        _assertSells(_saleOf(drug, 0, 1, prescription));
    }

    function _expectBad() private {
        bytes32 id = pharmacy.idOf(prescription);
        vm.expectRevert(abi.encodeWithSelector(IPharmacy.Pharmacy_BadPrescription.selector, id));
        _issue(prescription);
    }
}
