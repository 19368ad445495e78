// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPharmacy} from "../../../contracts/interfaces/IPharmacy.sol";
import {ModelId} from "../../../contracts/types/Ids.sol";
import {PRACTITIONER} from "../../../contracts/types/Role.sol";
import {PharmacyTest} from "./PharmacyTest.sol";

contract SubmitSubstitutionTest is PharmacyTest {
    function testFuzz_SubmitSubstitution(address caller, bool byContract) external {
        if (byContract) prescription.practitioner = _walletOf(practitioner, PRACTITIONER);
        bytes32 id = pharmacy.idOf(prescription);
        pharmacy.submit(prescription, _sign(practitioner, id));
        ModelId model = substitute.lot.model;
        bytes memory signature = _sign(practitioner, pharmacy.substitutionDigest(id, model));

        vm.expectEmit(address(pharmacy));
        emit IPharmacy.SubstitutionApproved(id, prescription.practitioner, model);
        vm.prank(caller);
        pharmacy.submitSubstitution(prescription, model, signature);

        _assertSells(_saleOf(substitute, 0, 1, prescription));
    }

    function test_SubmitSubstitution_SignsTheStandardsDigest() external view {
        bytes32 id = pharmacy.idOf(prescription);
        bytes32 typehash = keccak256("Substitution(bytes32 prescription,bytes32 model)");
        bytes32 structHash = keccak256(abi.encode(typehash, id, substitute.lot.model));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", _domainOf(address(pharmacy)), structHash));
        assertEq(pharmacy.substitutionDigest(id, substitute.lot.model), digest);
    }

    function test_RevertWhen_AnotherSigned() external {
        bytes32 id = _issue(prescription);
        bytes32 digest = pharmacy.substitutionDigest(id, substitute.lot.model);
        _expectWrong(prescription, substitute.lot.model, _sign(pharmacist, digest));
    }

    function test_RevertWhen_SignedForAnotherModel() external {
        bytes32 id = _issue(prescription);
        bytes memory signature = _sign(practitioner, pharmacy.substitutionDigest(id, substitute.lot.model));
        _expectWrong(prescription, remedy.lot.model, signature);
    }

    function test_RevertWhen_SignedForAnotherPrescription() external {
        bytes32 id = _issue(prescription);
        bytes memory signature = _sign(practitioner, pharmacy.substitutionDigest(id, substitute.lot.model));
        IPharmacy.Prescription memory other = prescription;
        ++other.quantity;
        _issue(other);
        _expectWrong(other, substitute.lot.model, signature);
    }

    /// @dev The signature of the prescription itself approves nothing.
    function test_RevertWhen_SignatureIsThePrescriptions() external {
        bytes32 id = _issue(prescription);
        _expectWrong(prescription, substitute.lot.model, _sign(practitioner, id));
    }

    function testFuzz_RevertGiven_ApprovingWouldFail(uint8 how) external {
        bytes32 id = _issue(prescription);
        how = uint8(bound(how, 0, 2));
        ModelId model = substitute.lot.model;
        bytes memory expected = abi.encodeWithSelector(IPharmacy.Pharmacy_NotPractitioner.selector, practitioner);
        if (how == 0) _suspend(practitioner);
        if (how == 1) {
            vm.prank(practitioner);
            pharmacy.cancel(prescription);
            expected = abi.encodeWithSelector(IPharmacy.Pharmacy_Cancelled.selector, id);
        }
        if (how == 2) {
            model = drug.lot.model;
            expected = abi.encodeWithSelector(IPharmacy.Pharmacy_NothingToApprove.selector, id, model);
        }
        bytes memory signature = _sign(practitioner, pharmacy.substitutionDigest(id, model));
        vm.expectRevert(expected);
        pharmacy.submitSubstitution(prescription, model, signature);
    }

    function _expectWrong(IPharmacy.Prescription memory on, ModelId model, bytes memory signature) private {
        bytes memory expected =
            abi.encodeWithSelector(IPharmacy.Pharmacy_WrongSignature.selector, pharmacy.idOf(on), on.practitioner);
        vm.expectRevert(expected);
        pharmacy.submitSubstitution(on, model, signature);
    }
}
