// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../../contracts/interfaces/ICatalog.sol";
import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {IPharmacy} from "../../../contracts/interfaces/IPharmacy.sol";
import {IUnits} from "../../../contracts/interfaces/IUnits.sol";
import {ItemId, LotId, UnitId} from "../../../contracts/types/Ids.sol";
import {Pack} from "../../../contracts/types/Pack.sol";
import {PHARMACY} from "../../../contracts/types/Role.sol";
import {PharmacyTest} from "./PharmacyTest.sol";

/// @title Every reason why a sale is refused: what `check` says and what `sell` does
contract SellReasonsTest is PharmacyTest {
    bytes32 private id;
    bytes32 private lot;

    function setUp() public override {
        super.setUp();
        id = _issue(prescription);
        lot = drug.lot.id.asSubject();
    }

    // ------------------------------------------------------------------------------------------------------------ staff

    function testFuzz_NotEmployed(address by) external {
        vm.assume(by != pharmacist && by != secondPharmacist && by != address(forwarder));
        _assertRefusedTo(by, _sale(), IPharmacy.Reason.NotEmployed, _word(by));
    }

    function test_NotEmployed_AtThisPharmacy() external {
        IPharmacy.Sale memory sale = _sale();
        sale.pharmacy = otherChemist;
        _assertRefused(sale, IPharmacy.Reason.NotEmployed, _word(pharmacist));
    }

    function testFuzz_NotPharmacist(uint8 how) external {
        how = uint8(bound(how, 0, 2));
        if (how == 0) _suspend(pharmacist);
        if (how == 1) _enrol(pharmacist, PHARMACY);
        if (how == 2) {
            _suspend(pharmacist);
            _suspend(chemist);
        }
        _assertRefused(_sale(), IPharmacy.Reason.NotPharmacist, _word(pharmacist));
    }

    function test_NotPharmacist_GivenNeverEnrolled() external {
        vm.prank(chemist);
        pharmacy.setPharmacist(stranger, type(uint40).max);
        _assertRefusedTo(stranger, _sale(), IPharmacy.Reason.NotPharmacist, _word(stranger));
    }

    function test_NotPharmacy() external {
        _suspend(chemist);
        _assertRefused(_sale(), IPharmacy.Reason.NotPharmacy, _word(chemist));
    }

    // ------------------------------------------------------------------------------------------------------------ packs

    function testFuzz_LotNotRegistered(uint8 how) external {
        how = uint8(bound(how, 0, 2));
        IPharmacy.Sale memory sale = _sale();
        if (how == 0) _strikeLot(drug.lot.id);
        if (how == 1) _strikeModel(drug.lot.model);
        if (how == 2) (sale.unit, lot) = (UnitId.wrap(bytes32(uint256(1))), 0);
        _assertRefused(sale, IPharmacy.Reason.LotNotRegistered, lot);
    }

    function testFuzz_NotInLot(uint8 how, uint32 count, uint256 seed) external {
        how = uint8(bound(how, 0, 5));
        count = uint32(bound(count, 1, QUANTITY));
        IPharmacy.Sale memory sale = _saleOf(drug, 0, count, prescription);
        Pack memory pack = sale.proven.packs[seed % count];
        if (how == 0) pack.index = uint32(bound(seed, COUNT, type(uint32).max));
        if (how == 1) pack.half = bytes16(keccak256(abi.encode(seed)));
        if (how == 2) pack.tagKey = vm.addr(boundPrivateKey(seed));
        if (how == 3) sale.proven.packs = new Pack[](0);
        if (how == 4) sale.proven.proof = new bytes32[](0);
        if (how == 5) sale.proven.proof[seed % sale.proven.proof.length] ^= bytes32(uint256(1));
        _assertRefused(sale, IPharmacy.Reason.NotInLot, lot);
    }

    /// @dev Two lots may list the same serials, so the same leaves: which of them it is says the unit, and the patient signed for it.
    function test_WrongCollector_WhenItIsTheSameSerialOfAnotherLot() external {
        IPharmacy.Sale memory sale = _sale();
        sale.unit = substitute.unit;
        IPharmacy.Answer memory answer = pharmacy.check(pharmacist, sale);
        assertEq(uint8(answer.reason), uint8(IPharmacy.Reason.WrongCollector), "reason");
        _assertSaleReverts(pharmacist, sale, _refusal(answer.reason, answer.about));
    }

    /// @dev One pack named twice, or the packs in another order.
    function test_NotInLot_WhenOutOfOrder() external {
        IPharmacy.Sale memory sale = _saleOf(drug, 0, 2, prescription);
        Pack[] memory packs = sale.proven.packs;
        (packs[0], packs[1]) = (packs[1], packs[0]);
        _assertRefused(sale, IPharmacy.Reason.NotInLot, lot);
        packs[0] = packs[1];
        _assertRefused(sale, IPharmacy.Reason.NotInLot, lot);
    }

    function test_NotMedicine() external {
        Medicine memory device =
            _registerMedicine(_approveMedicine("04012345678949", ICatalog.Product.Device), LOT_NUMBER, COUNT);
        UnitId unit = _commissionUnits(device.id);
        _handOver(unit, maker, chemist);
        IPharmacy.Sale memory sale = _packs(device, unit, 0, 1);
        sale.pharmacy = chemist;
        _assertRefused(sale, IPharmacy.Reason.NotMedicine, device.id.asSubject());
    }

    function testFuzz_Recalled(uint8 scope) external {
        scope = uint8(bound(scope, 0, 2));
        bytes32 about = lot;
        vm.startPrank(regulator);
        if (scope == 0) custody.recallModel(drug.lot.model, ICustody.RecallClass.I, _document("notice"));
        if (scope == 1) custody.recallLot(drug.lot.id, ICustody.RecallClass.I, _document("notice"));
        if (scope == 2) {
            custody.recallItem(_item(drug, 0), ICustody.RecallClass.I, _document("notice"));
            about = ItemId.unwrap(_item(drug, 0));
        }
        vm.stopPrank();
        _assertRefused(_sale(), IPharmacy.Reason.Recalled, about);
    }

    function test_Recalled_UntilItIsClosed() external {
        uint64 recallId = _recallLot(drug.lot.id);
        _assertRefused(_sale(), IPharmacy.Reason.Recalled, lot);
        vm.prank(regulator);
        custody.closeRecall(recallId, EVIDENCE);
        _assertSells(_sale());
    }

    function test_Expired() external {
        vm.warp(uint256(expiresAt) + 1);
        vm.prank(chemist);
        pharmacy.setPharmacist(pharmacist, type(uint40).max);
        _assertRefused(_sale(), IPharmacy.Reason.Expired, lot);
    }

    /// @dev The pack that is stopped, wherever it is in the sale; the others can be sold.
    function testFuzz_ItemStopped(uint32 which, uint8 how) external {
        which = uint32(bound(which, 0, QUANTITY - 1));
        how = uint8(bound(how, 0, 2));
        ItemId item = _item(drug, which);
        vm.startPrank(regulator);
        if (how == 0) custody.quarantine(item, EVIDENCE);
        if (how == 1) custody.reportLost(item, ICustody.Loss.Stolen, EVIDENCE);
        if (how == 2) custody.recallItem(item, ICustody.RecallClass.III, _document("notice"));
        vm.stopPrank();
        IPharmacy.Reason reason = [IPharmacy.Reason.Quarantined, IPharmacy.Reason.Lost, IPharmacy.Reason.Recalled][how];
        _assertRefused(_saleOf(drug, 0, QUANTITY, prescription), reason, ItemId.unwrap(item));
        _assertSells(_saleOf(drug, which + 1, 1, prescription));
    }

    // ----------------------------------------------------------------------------------------------------- prescription

    function testFuzz_PrescriptionMissing(bool controlled) external {
        IPharmacy.Sale memory sale = _counterSale(controlled ? opiate : drug, 0, 1);
        _assertRefused(sale, IPharmacy.Reason.PrescriptionMissing, sale.unit.lot().asSubject());
    }

    /// @dev Over the counter there is no patient either: nobody's word would stand in the sale hash.
    function test_PrescriptionMissing_WhenOnlyAPatientIsNamed() external {
        IPharmacy.Sale memory sale = _counterSale(remedy, 0, 1);
        sale.prescription.patient = patient;
        _assertRefused(sale, IPharmacy.Reason.PrescriptionMissing, remedy.lot.id.asSubject());
    }

    function test_PrescriptionUnknown() external {
        ++prescription.quantity;
        _assertRefused(_sale(), IPharmacy.Reason.PrescriptionUnknown, pharmacy.idOf(prescription));
    }

    function test_Cancelled() external {
        vm.prank(practitioner);
        pharmacy.cancel(prescription);
        _assertRefused(_sale(), IPharmacy.Reason.Cancelled, id);
    }

    function test_NotYetValid() external {
        ++prescription.validFrom;
        _issue(prescription);
        _assertRefused(_sale(), IPharmacy.Reason.NotYetValid, bytes32(uint256(START) + 1));
    }

    function test_Past() external {
        IPharmacy.Sale memory sale = _sale();
        vm.warp(uint256(prescription.validUntil) + 1);
        _assertRefused(sale, IPharmacy.Reason.Past, bytes32(uint256(prescription.validUntil)));
    }

    function test_TooEarly() external {
        _sell(_saleOf(drug, 0, QUANTITY, prescription));
        _assertRefused(
            _saleOf(drug, QUANTITY, 1, prescription), IPharmacy.Reason.TooEarly, bytes32(uint256(START) + 30 days)
        );
    }

    function test_BeyondQuantity() external {
        _assertRefused(
            _saleOf(drug, 0, QUANTITY + 1, prescription), IPharmacy.Reason.BeyondQuantity, bytes32(uint256(QUANTITY))
        );
    }

    function test_Spent() external {
        prescription.repeats = 0;
        id = _issue(prescription);
        _sell(_saleOf(drug, 0, QUANTITY, prescription));
        skip(100 days);
        _assertRefused(_saleOf(drug, QUANTITY, 1, prescription), IPharmacy.Reason.Spent, id);
    }

    // ------------------------------------------------------------------------------------------------------- signatures

    function testFuzz_WrongCollector(uint256 privateKey) external {
        privateKey = boundPrivateKey(privateKey);
        address collector = vm.addr(privateKey);
        vm.assume(collector != patient);
        IPharmacy.Sale memory sale = _sale();
        (sale.r, sale.vs) =
            vm.signCompact(privateKey, pharmacy.collectionDigest(id, chemist, pharmacy.packsOf(sale), 0));
        _assertRefused(sale, IPharmacy.Reason.WrongCollector, _word(collector));
    }

    /// @dev What is no signature recovers to nobody, which is nobody's address.
    function test_WrongCollector_WhenItIsNoSignature() external {
        IPharmacy.Sale memory sale = _sale();
        sale.r = 0;
        _assertRefused(sale, IPharmacy.Reason.WrongCollector, 0);
    }

    /// @dev An empty signature is one to come for whoever asks, and none for whoever sells.
    function test_WrongCollector_WhenItIsEmpty() external {
        IPharmacy.Sale memory sale = _sale();
        (sale.r, sale.vs) = (0, 0);
        _assertAnswer(pharmacist, sale, IPharmacy.Reason.None, 0);
        _assertSaleReverts(pharmacist, sale, _refusal(IPharmacy.Reason.WrongCollector, 0));
    }

    /// @dev Whoever asks takes the countersignature for one to come; `sell` has none, and without one there is no sale.
    function test_NotCountersigned() external {
        IPharmacy.Prescription memory issued = _issueFor(opiate.lot.model, 1);
        IPharmacy.Sale memory sale = _saleOf(opiate, 0, 1, issued);
        _assertAnswer(pharmacist, sale, IPharmacy.Reason.None, 0);
        _assertSaleReverts(pharmacist, sale, _refusal(IPharmacy.Reason.NotCountersigned, 0));
    }

    // ------------------------------------------------------------------------------------------------------- other product

    function test_OtherProduct() external {
        _assertRefused(
            _saleOf(substitute, 0, 1, prescription), IPharmacy.Reason.OtherProduct, substitute.lot.id.asSubject()
        );
    }

    /// @dev There is no use in asking the practitioner for what cannot be had: anything else comes first.
    function test_OtherProduct_ComesLast() external {
        IPharmacy.Sale memory sale = _saleOf(substitute, 0, 1, prescription);
        _collect(sale, stranger);
        _assertRefused(sale, IPharmacy.Reason.WrongCollector, _word(stranger));
        _collect(sale, patient);
        _stop(substitute.unit, IUnits.Stop.Quarantine);
        _assertRefusedByUnit(sale, IPharmacy.Reason.Quarantined, IUnits.PackState.Quarantined, 0, 0);
        _setOperator(false);
        _assertRoomNotApproved(sale);
    }

    function test_OtherProduct_GivenTheOtherIsControlled() external {
        IPharmacy.Sale memory sale = _saleOf(opiate, 0, 1, prescription);
        _assertAnswer(pharmacist, sale, IPharmacy.Reason.OtherProduct, opiate.lot.id.asSubject());
        _assertSaleReverts(pharmacist, sale, _refusal(IPharmacy.Reason.NotCountersigned, 0));
    }

    // ------------------------------------------------------------------------------------------------------------- unit

    function test_RoomNotApproved() external {
        _setOperator(false);
        _assertRoomNotApproved(_sale());
        _setOperator(true);
        _assertSells(_sale());
    }

    function testFuzz_NotHeld(bool unknown) external {
        IPharmacy.Sale memory sale = _saleOf(drug, 3, 1, prescription);
        if (unknown) sale.unit = drug.lot.id.unitPacked(chemist, keccak256("a label nobody used"));
        else _handOver(drug.unit, chemist, otherChemist);
        _assertRefusedByUnit(sale, IPharmacy.Reason.NotHeld, IUnits.PackState.NotHeld, 0, 3);
    }

    function test_UnderWay() external {
        vm.prank(chemist);
        units.ship(drug.unit, otherChemist, EVIDENCE);
        _assertRefusedByUnit(
            _saleOf(drug, 3, 1, prescription), IPharmacy.Reason.UnderWay, IUnits.PackState.UnderWay, 0, 3
        );
    }

    function testFuzz_UnitStopped(uint8 how) external {
        how = uint8(bound(how, 0, 2));
        _stop(drug.unit, IUnits.Stop(how));
        IPharmacy.Sale memory sale = _saleOf(drug, 3, 1, prescription);
        if (how == 0) {
            _assertRefusedByUnit(sale, IPharmacy.Reason.Quarantined, IUnits.PackState.Quarantined, 0, 3);
        } else {
            _assertRefusedByUnit(sale, IPharmacy.Reason.Lost, IUnits.PackState.Lost, 0, 3);
        }
        vm.prank(chemist);
        units.free(drug.unit, IUnits.Stop(how), chemist, EVIDENCE);
        _assertSells(sale);
    }

    function testFuzz_NotInUnit(uint32 index) external {
        vm.prank(chemist);
        units.split(drug.unit, COUNT / 2, keccak256("a case"), EVIDENCE);
        index = uint32(bound(index, COUNT / 2, COUNT - 1));
        _assertRefusedByUnit(
            _saleOf(drug, index, 1, prescription), IPharmacy.Reason.NotInUnit, IUnits.PackState.NotInUnit, index, index
        );
    }

    function testFuzz_Gone(uint32 index, uint8 how) external {
        index = uint32(bound(index, 0, COUNT - 1));
        how = uint8(bound(how, 0, 2));
        uint32[] memory indices = new uint32[](1);
        indices[0] = index;
        if (how == 0) _sell(_saleOf(drug, index, 1, prescription));
        vm.startPrank(chemist);
        if (how == 1) units.dispense(chemist, drug.unit, indices, EVIDENCE);
        if (how == 2) units.destroy(drug.unit, index, 1, EVIDENCE);
        vm.stopPrank();
        _assertRefusedByUnit(
            _saleOf(drug, index, 1, prescription), IPharmacy.Reason.Gone, IUnits.PackState.Gone, index, index
        );
    }

    function _sale() private view returns (IPharmacy.Sale memory) {
        return _saleOf(drug, 0, 1, prescription);
    }

    function _setOperator(bool approved) private {
        vm.prank(chemist);
        units.setOperator(address(pharmacy), approved);
    }

    function _assertRoomNotApproved(IPharmacy.Sale memory sale) private {
        _assertAnswer(pharmacist, sale, IPharmacy.Reason.RoomNotApproved, _word(chemist));
        bytes memory expected = abi.encodeWithSelector(IUnits.Units_NotHolder.selector, sale.unit, address(pharmacy));
        _assertSaleReverts(pharmacist, sale, expected);
    }
}
