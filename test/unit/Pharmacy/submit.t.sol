// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPharmacy} from "../../../contracts/interfaces/IPharmacy.sol";
import {PRACTITIONER} from "../../../contracts/types/Role.sol";
import {PharmacyTest} from "./PharmacyTest.sol";

contract SubmitTest is PharmacyTest {
    function testFuzz_Submit(address caller, bool byContract) external {
        if (byContract) prescription.practitioner = _walletOf(practitioner, PRACTITIONER);
        bytes32 id = pharmacy.idOf(prescription);
        bytes memory signature = _sign(practitioner, id);

        vm.expectEmit(address(pharmacy));
        emit IPharmacy.PrescriptionIssued(id, prescription.practitioner, patient, prescription);
        vm.prank(caller);
        assertEq(pharmacy.submit(prescription, signature), id, "id");

        assertEq(pharmacy.progressOf(id).modelNumber, catalog.modelOf(drug.lot.model).number, "modelNumber");
        _assertSells(_saleOf(drug, 0, 1, prescription));
    }

    /// @dev The digest is that of EIP-712: computed here from the words of the interface alone.
    function testFuzz_Submit_SignsTheStandardsDigest(IPharmacy.Prescription calldata signed) external view {
        bytes32 typehash = keccak256(
            "Prescription(address practitioner,address patient,bytes32 model,uint32 quantity,uint16 repeats,uint32 interval,uint40 validFrom,uint40 validUntil)"
        );
        bytes32 structHash = keccak256(abi.encode(typehash, signed));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", _domainOf(address(pharmacy)), structHash));
        assertEq(pharmacy.idOf(signed), digest);
    }

    function testFuzz_RevertWhen_AnotherSigned(uint256 privateKey) external {
        privateKey = boundPrivateKey(privateKey);
        vm.assume(vm.addr(privateKey) != practitioner);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(privateKey, pharmacy.idOf(prescription));
        _expectWrong(prescription, abi.encodePacked(r, s, v));
    }

    function testFuzz_RevertWhen_TermsAreOther(uint8 field, uint32 by) external {
        bytes memory signature = _sign(practitioner, pharmacy.idOf(prescription));
        field = uint8(bound(field, 0, 6));
        by = uint32(bound(by, 1, 1 days));
        IPharmacy.Prescription memory other = prescription;
        if (field == 0) other.patient = vm.addr(by);
        if (field == 1) other.model = substitute.lot.model;
        if (field == 2) other.quantity += by;
        if (field == 3) other.repeats += uint16(bound(by, 1, 1000));
        if (field == 4) other.interval += by;
        if (field == 5) other.validFrom -= by;
        if (field == 6) other.validUntil += by;
        _expectWrong(other, signature);
    }

    function test_RevertWhen_SignedForAnotherChain() external {
        uint256 here = block.chainid;
        vm.chainId(here + 1);
        bytes memory signature = _sign(practitioner, pharmacy.idOf(prescription));
        vm.chainId(here);
        _expectWrong(prescription, signature);
    }

    function test_RevertWhen_SignedForAnotherContract() external {
        bytes memory code = vm.getCode("Pharmacy.sol:Pharmacy");
        bytes memory arguments = abi.encode(participants, catalog, custody, units, forwarder);
        bytes memory creation = bytes.concat(code, arguments);
        address other;
        assembly {
            other := create(0, add(creation, 0x20), mload(creation))
        }
        bytes memory signature = _sign(practitioner, IPharmacy(other).idOf(prescription));
        _expectWrong(prescription, signature);
        IPharmacy(other).submit(prescription, signature);
    }

    /// @dev The other half of a signature's two forms, which ECDSA would take as well.
    function test_RevertWhen_SignatureIsTurnedOver() external {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keyOf[practitioner], pharmacy.idOf(prescription));
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        _expectWrong(prescription, abi.encodePacked(r, bytes32(order - uint256(s)), v == 27 ? uint8(28) : uint8(27)));
    }

    function testFuzz_RevertWhen_SignatureIsNone(bytes calldata signature) external {
        _expectWrong(prescription, signature);
    }

    /// @dev What fails to recover gives the zero address: it signs for nobody.
    function testFuzz_RevertWhen_PractitionerIsZero(bytes32 r, bytes32 s, uint8 v) external {
        prescription.practitioner = address(0);
        _expectWrong(prescription, abi.encodePacked(r, s, v));
    }

    function testFuzz_RevertGiven_ItCeasedToBeActive(bool suspended, bool byContract) external {
        address who = practitioner;
        if (byContract) who = prescription.practitioner = _walletOf(practitioner, PRACTITIONER);
        bytes memory signature = _sign(practitioner, pharmacy.idOf(prescription));
        if (suspended) _suspend(who);
        else vm.warp(START + 3651 days);
        vm.expectRevert(abi.encodeWithSelector(IPharmacy.Pharmacy_NotPractitioner.selector, who));
        pharmacy.submit(prescription, signature);
    }

    function test_RevertGiven_TermsAreBad() external {
        prescription.quantity = 0;
        bytes32 id = pharmacy.idOf(prescription);
        bytes memory signature = _sign(practitioner, id);
        vm.expectRevert(abi.encodeWithSelector(IPharmacy.Pharmacy_BadPrescription.selector, id));
        pharmacy.submit(prescription, signature);
    }

    function testFuzz_RevertGiven_ItWasIssued(bool sentBefore) external {
        bytes32 id = pharmacy.idOf(prescription);
        bytes memory signature = _sign(practitioner, id);
        if (sentBefore) _issue(prescription);
        else pharmacy.submit(prescription, signature);
        vm.expectRevert(abi.encodeWithSelector(IPharmacy.Pharmacy_AlreadyIssued.selector, id));
        pharmacy.submit(prescription, signature);
    }

    /// @dev Taken back before anyone handed it in: it counts no more.
    function testFuzz_RevertGiven_ItWasCancelledBefore(bool byRegulator) external {
        bytes32 id = pharmacy.idOf(prescription);
        bytes memory signature = _sign(practitioner, id);
        vm.prank(byRegulator ? regulator : practitioner);
        pharmacy.cancel(prescription);
        vm.expectRevert(abi.encodeWithSelector(IPharmacy.Pharmacy_Cancelled.selector, id));
        pharmacy.submit(prescription, signature);
    }

    function _expectWrong(IPharmacy.Prescription memory submitted, bytes memory signature) private {
        bytes32 id = pharmacy.idOf(submitted);
        bytes memory expected =
            abi.encodeWithSelector(IPharmacy.Pharmacy_WrongSignature.selector, id, submitted.practitioner);
        vm.expectRevert(expected);
        pharmacy.submit(submitted, signature);
    }
}
