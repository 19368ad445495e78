// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPharmacy} from "../../../contracts/interfaces/IPharmacy.sol";
import {PharmacyTest} from "./PharmacyTest.sol";

contract CancelTest is PharmacyTest {
    function testFuzz_RevertGiven_CallerIsNotEntitled(address caller) external {
        vm.assume(caller != practitioner && caller != regulator && caller != address(forwarder));
        _expectNotEntitled(caller);
    }

    function test_RevertGiven_RegulatorIsNotActive() external {
        _suspend(regulator);
        _expectNotEntitled(regulator);
    }

    function testFuzz_RevertGiven_ItWasCancelled(bool byRegulator) external {
        bytes32 id = pharmacy.idOf(prescription);
        vm.prank(practitioner);
        pharmacy.cancel(prescription);
        vm.expectRevert(abi.encodeWithSelector(IPharmacy.Pharmacy_Cancelled.selector, id));
        vm.prank(byRegulator ? regulator : practitioner);
        pharmacy.cancel(prescription);
    }

    function testFuzz_Cancel(bool byRegulator, bool suspended, uint8 sold) external {
        bytes32 id = _issue(prescription);
        sold = uint8(bound(sold, 0, QUANTITY));
        if (sold > 0) _sell(_saleOf(drug, 0, sold, prescription));
        if (suspended) _suspend(practitioner);
        address by = byRegulator ? regulator : practitioner;
        IPharmacy.Sale memory sale = _saleOf(drug, COUNT - 1, 1, prescription);

        vm.expectEmit(address(pharmacy));
        emit IPharmacy.PrescriptionCancelled(id, by);
        vm.prank(by);
        pharmacy.cancel(prescription);

        assertTrue(pharmacy.progressOf(id).cancelled, "cancelled");
        assertEq(pharmacy.progressOf(id).fillSold, sold, "what was sold stays so");
        _assertRefused(sale, IPharmacy.Reason.Cancelled, id);
    }

    function test_Cancel_OfWhatWasOnlySigned() external {
        bytes32 id = pharmacy.idOf(prescription);
        vm.prank(practitioner);
        pharmacy.cancel(prescription);
        _assertRefused(_saleOf(drug, 0, 1, prescription), IPharmacy.Reason.Cancelled, id);
    }

    /// @dev Another prescription of the same practitioner and patient stands.
    function test_Cancel_OfThisOneOnly() external {
        _issue(prescription);
        IPharmacy.Prescription memory other = prescription;
        ++other.quantity;
        _issue(other);
        vm.prank(practitioner);
        pharmacy.cancel(prescription);
        _assertSells(_saleOf(drug, 0, 1, other));
    }

    function _expectNotEntitled(address caller) private {
        bytes32 id = _issue(prescription);
        vm.expectRevert(abi.encodeWithSelector(IPharmacy.Pharmacy_NotEntitled.selector, id, caller));
        vm.prank(caller);
        pharmacy.cancel(prescription);
    }
}
