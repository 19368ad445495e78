// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../../contracts/interfaces/ICatalog.sol";
import {IPharmacy} from "../../../contracts/interfaces/IPharmacy.sol";
import {ModelId} from "../../../contracts/types/Ids.sol";
import {PharmacyTest} from "./PharmacyTest.sol";

contract ApproveSubstitutionTest is PharmacyTest {
    bytes32 private id;

    function setUp() public override {
        super.setUp();
        id = _issue(prescription);
    }

    function test_ApproveSubstitution() external {
        IPharmacy.Sale memory sale = _saleOf(substitute, 0, 1, prescription);
        _assertRefused(sale, IPharmacy.Reason.OtherProduct, substitute.lot.id.asSubject());
        assertFalse(pharmacy.isSubstitutionApproved(id, substitute.lot.model), "before");

        vm.expectEmit(address(pharmacy));
        emit IPharmacy.SubstitutionApproved(id, practitioner, substitute.lot.model);
        _approve(substitute.lot.model);

        assertTrue(pharmacy.isSubstitutionApproved(id, substitute.lot.model), "approved");
        assertFalse(pharmacy.isSubstitutionApproved(id, remedy.lot.model), "another product");
        _assertSells(sale);
    }

    /// @dev Three of the one and one of the other are four of the prescription.
    function test_ApproveSubstitution_CountsBoth() external {
        _approve(substitute.lot.model);
        _sell(_saleOf(drug, 0, 3, prescription));
        _assertRefused(_saleOf(substitute, 0, 2, prescription), IPharmacy.Reason.BeyondQuantity, bytes32(uint256(1)));
        _assertSells(_saleOf(substitute, 0, 1, prescription));
        _assertProgress(id, 1, 4, 2, START);
    }

    function test_ApproveSubstitution_OnThisPrescriptionOnly() external {
        _approve(substitute.lot.model);
        IPharmacy.Prescription memory other = prescription;
        ++other.quantity;
        _issue(other);
        _assertRefused(_saleOf(substitute, 0, 1, other), IPharmacy.Reason.OtherProduct, substitute.lot.id.asSubject());
    }

    function test_ApproveSubstitution_BeforeItIsIssued() external {
        ++prescription.quantity;
        _approve(substitute.lot.model);
        _assertRefused(
            _saleOf(substitute, 0, 1, prescription), IPharmacy.Reason.PrescriptionUnknown, pharmacy.idOf(prescription)
        );
        _issue(prescription);
        _assertSells(_saleOf(substitute, 0, 1, prescription));
    }

    function testFuzz_RevertGiven_CallerIsNotItsPractitioner(address caller) external {
        vm.assume(caller != practitioner && caller != address(forwarder));
        vm.expectRevert(abi.encodeWithSelector(IPharmacy.Pharmacy_NotEntitled.selector, id, caller));
        vm.prank(caller);
        pharmacy.approveSubstitution(prescription, substitute.lot.model);
    }

    function test_RevertGiven_PractitionerIsNotActive() external {
        _suspend(practitioner);
        vm.expectRevert(abi.encodeWithSelector(IPharmacy.Pharmacy_NotPractitioner.selector, practitioner));
        _approve(substitute.lot.model);
    }

    function test_RevertGiven_PrescriptionWasCancelled() external {
        vm.prank(practitioner);
        pharmacy.cancel(prescription);
        vm.expectRevert(abi.encodeWithSelector(IPharmacy.Pharmacy_Cancelled.selector, id));
        _approve(substitute.lot.model);
    }

    function testFuzz_RevertWhen_ModelIsUnknown(ModelId model) external {
        vm.assume(catalog.modelOf(model).number == 0);
        _expectNothing(model);
    }

    /// @dev A struck model may come back as another maker's: an approval kept for that time would be of what nobody saw.
    function test_RevertWhen_ModelWasStruck() external {
        _strikeModel(substitute.lot.model);
        _expectNothing(substitute.lot.model);
    }

    function test_RevertWhen_ModelIsADevice() external {
        _expectNothing(_approveMedicine("04012345678949", ICatalog.Product.Device));
    }

    function test_RevertWhen_ModelIsThePrescribedOne() external {
        _expectNothing(drug.lot.model);
    }

    function test_RevertGiven_ItIsApprovedAlready() external {
        _approve(substitute.lot.model);
        _expectNothing(substitute.lot.model);
    }

    function _expectNothing(ModelId model) private {
        vm.expectRevert(abi.encodeWithSelector(IPharmacy.Pharmacy_NothingToApprove.selector, id, model));
        _approve(model);
    }

    function _approve(ModelId model) private {
        vm.prank(practitioner);
        pharmacy.approveSubstitution(prescription, model);
    }
}
