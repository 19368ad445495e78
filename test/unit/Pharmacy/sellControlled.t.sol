// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../../contracts/interfaces/ICatalog.sol";
import {IPharmacy} from "../../../contracts/interfaces/IPharmacy.sol";
import {PHARMACIST} from "../../../contracts/types/Role.sol";
import {PharmacyTest} from "./PharmacyTest.sol";

contract SellControlledTest is PharmacyTest {
    bytes32 private id;

    function setUp() public override {
        super.setUp();
        prescription = _prescription(opiate.lot.model, QUANTITY);
        id = _issue(prescription);
    }

    function testFuzz_SellControlled(uint32 first, uint32 count, bool byContract) external {
        count = uint32(bound(count, 1, QUANTITY));
        first = uint32(bound(first, 0, COUNT - count));
        address second = secondPharmacist;
        if (byContract) {
            second = _walletOf(secondPharmacist, PHARMACIST);
            vm.prank(chemist);
            pharmacy.setPharmacist(second, type(uint40).max);
        }
        IPharmacy.Sale memory sale = _saleOf(opiate, first, count, prescription);
        _assertAnswer(pharmacist, sale, IPharmacy.Reason.None, 0);
        bytes memory signature = _countersign(sale, secondPharmacist);
        vm.prank(pharmacist);
        pharmacy.sellControlled(sale, second, signature);
        _assertProgress(id, 1, count, 1, START);
    }

    /// @dev Either may be the first.
    function test_SellControlled_TheOtherWayAbout() external {
        IPharmacy.Sale memory sale = _saleOf(opiate, 0, 1, prescription);
        bytes memory signature = _countersign(sale, pharmacist);
        vm.prank(secondPharmacist);
        pharmacy.sellControlled(sale, pharmacist, signature);
    }

    function test_SellControlled_SignsTheStandardsDigest() external view {
        IPharmacy.Sale memory sale = _saleOf(opiate, 0, 2, prescription);
        bytes32 packs = pharmacy.packsOf(sale);
        _assertDigest(
            keccak256("Countersignature(bytes32 prescription,address pharmacy,bytes32 packs,uint256 nonce)"),
            packs,
            pharmacy.countersignatureDigest(id, chemist, packs, 7)
        );
        _assertDigest(
            keccak256("Collection(bytes32 prescription,address pharmacy,bytes32 packs,uint256 nonce)"),
            packs,
            pharmacy.collectionDigest(id, chemist, packs, 7)
        );
    }

    /// @dev A substitute that is a controlled one takes two, whatever was prescribed.
    function test_SellControlled_AsASubstitute() external {
        IPharmacy.Prescription memory mild = _issueFor(drug.lot.model, 1);
        vm.prank(practitioner);
        pharmacy.approveSubstitution(mild, opiate.lot.model);
        IPharmacy.Sale memory sale = _saleOf(opiate, 0, 1, mild);
        _assertSaleReverts(pharmacist, sale, _refusal(IPharmacy.Reason.NotCountersigned, 0));
        _sellControlled(sale);
    }

    function test_SellControlled_OfWhatIsNot() external {
        IPharmacy.Prescription memory mild = _issueFor(drug.lot.model, 1);
        IPharmacy.Sale memory sale = _saleOf(drug, 0, 1, mild);
        vm.prank(pharmacist);
        pharmacy.sellControlled(sale, stranger, "");
        sale = _counterSale(remedy, 0, 1);
        vm.prank(pharmacist);
        pharmacy.sellControlled(sale, pharmacist, "");
    }

    function test_RevertWhen_ItIsItsOwnSecond() external {
        IPharmacy.Sale memory sale = _saleOf(opiate, 0, 1, prescription);
        _expectNotCountersigned(sale, pharmacist, _countersign(sale, pharmacist));
    }

    function testFuzz_RevertGiven_SecondIsNoPharmacistHere(uint8 how) external {
        how = uint8(bound(how, 0, 3));
        IPharmacy.Sale memory sale = _saleOf(opiate, 0, 1, prescription);
        address second = secondPharmacist;
        if (how == 0) _suspend(second);
        vm.startPrank(chemist);
        if (how == 1) pharmacy.setPharmacist(second, uint40(block.timestamp - 1));
        if (how == 2) second = practitioner;
        if (how == 3) {
            pharmacy.setPharmacist(stranger, type(uint40).max);
            second = stranger;
        }
        vm.stopPrank();
        _expectNotCountersigned(sale, second, _countersign(sale, second));
    }

    /// @dev Employed or not, the zero address has signed nothing.
    function test_RevertWhen_SecondIsZero() external {
        vm.prank(chemist);
        pharmacy.setPharmacist(address(0), type(uint40).max);
        _expectNotCountersigned(_saleOf(opiate, 0, 1, prescription), address(0), new bytes(65));
    }

    function testFuzz_RevertWhen_SecondDidNotSignThisSale(uint8 how) external {
        how = uint8(bound(how, 0, 5));
        IPharmacy.Sale memory sale = _saleOf(opiate, 0, 2, prescription);
        bytes32 packs = pharmacy.packsOf(sale);
        bytes32 digest = _countersigned(sale);
        if (how == 0) digest = pharmacy.countersignatureDigest(id, chemist, packs, 1);
        if (how == 1) digest = pharmacy.countersignatureDigest(id, otherChemist, packs, 0);
        if (how == 2) digest = pharmacy.countersignatureDigest(id, chemist, keccak256("other packs"), 0);
        if (how == 3) digest = pharmacy.countersignatureDigest(keccak256("another"), chemist, packs, 0);
        // What the patient signs is no countersignature.
        if (how == 4) digest = pharmacy.collectionDigest(id, chemist, packs, 0);
        address signer = how == 5 ? pharmacist : secondPharmacist;
        _expectNotCountersigned(sale, secondPharmacist, _sign(signer, digest));
    }

    /// @dev The patient comes before the second pharmacist, and both before the unit.
    function test_RevertWhen_SomethingElseStandsInTheWay() external {
        IPharmacy.Sale memory sale = _saleOf(opiate, 0, 1, prescription);
        bytes memory signature = _countersign(sale, secondPharmacist);
        _collect(sale, stranger);
        vm.expectRevert(_refusal(IPharmacy.Reason.WrongCollector, _word(stranger)));
        vm.prank(pharmacist);
        pharmacy.sellControlled(sale, secondPharmacist, signature);
        _recallLot(opiate.lot.id);
        vm.expectRevert(_refusal(IPharmacy.Reason.Recalled, opiate.lot.id.asSubject()));
        vm.prank(pharmacist);
        pharmacy.sellControlled(sale, secondPharmacist, signature);
    }

    /// @dev What counts is the class of the day of the sale.
    function test_SellControlled_GivenReclassified() external {
        _reclassify(opiate.lot.model, ICatalog.Product.Drug);
        _assertSells(_saleOf(opiate, 0, 1, prescription));
        _reclassify(opiate.lot.model, ICatalog.Product.OverTheCounterDrug);
        _assertSells(_counterSale(opiate, 1, 1));
        _reclassify(opiate.lot.model, ICatalog.Product.ControlledDrug);
        IPharmacy.Sale memory sale = _saleOf(opiate, 2, 1, prescription);
        _assertSaleReverts(pharmacist, sale, _refusal(IPharmacy.Reason.NotCountersigned, 0));
        _assertRefused(_counterSale(opiate, 2, 1), IPharmacy.Reason.PrescriptionMissing, opiate.lot.id.asSubject());
        _sellControlled(sale);
    }

    function _expectNotCountersigned(IPharmacy.Sale memory sale, address second, bytes memory signature) private {
        vm.expectRevert(_refusal(IPharmacy.Reason.NotCountersigned, _word(second)));
        vm.prank(pharmacist);
        pharmacy.sellControlled(sale, second, signature);
    }

    function _assertDigest(bytes32 typehash, bytes32 packs, bytes32 digest) private view {
        bytes32 structHash = keccak256(abi.encode(typehash, id, chemist, packs, 7));
        assertEq(digest, keccak256(abi.encodePacked(hex"1901", _domainOf(address(pharmacy)), structHash)));
    }
}
