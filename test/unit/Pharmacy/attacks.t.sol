// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../../contracts/interfaces/ICatalog.sol";
import {IPharmacy} from "../../../contracts/interfaces/IPharmacy.sol";
import {IUnits} from "../../../contracts/interfaces/IUnits.sol";
import {UnitId} from "../../../contracts/types/Ids.sol";
import {Pack} from "../../../contracts/types/Pack.sol";
import {PHARMACIST, PRACTITIONER} from "../../../contracts/types/Role.sol";
import {Trees} from "../../Trees.sol";
import {ReentrantSigner} from "../../mocks/ReentrantSigner.sol";
import {PharmacyTest} from "./PharmacyTest.sol";

/// @title What an attacker would try
contract AttacksPharmacyTest is PharmacyTest {
    bytes32 private id;

    function setUp() public override {
        super.setUp();
        id = _issue(prescription);
    }

    // --------------------------------------------------------------------------------------- the patient's signature

    /// @dev The same sale again: its packs are gone, and its number is past.
    function test_Attack_SameSaleTwice() external {
        IPharmacy.Sale memory sale = _saleOf(drug, 0, 1, prescription);
        _sell(sale);
        address collector = _collectorOf(sale, 1);
        _assertRefused(sale, IPharmacy.Reason.WrongCollector, _word(collector));
    }

    /// @dev Signed for one pack, sold for another; or more of them.
    function testFuzz_Attack_OtherPacks(uint32 first, uint32 count) external {
        count = uint32(bound(count, 1, QUANTITY));
        first = uint32(bound(first, 1, COUNT - count));
        IPharmacy.Sale memory signed = _saleOf(drug, 0, 1, prescription);
        IPharmacy.Sale memory sale = _saleOf(drug, first, count, prescription);
        (sale.r, sale.vs) = (signed.r, signed.vs);
        _assertRefused(sale, IPharmacy.Reason.WrongCollector, _word(_collectorOf(sale, 0)));
    }

    /// @dev A pharmacist of two pharmacies takes the signature to the other one.
    function test_Attack_OtherPharmacy() external {
        vm.prank(chemist);
        UnitId unit = units.split(drug.unit, 5, keccak256("a case"), EVIDENCE);
        _handOver(unit, chemist, otherChemist);
        vm.startPrank(otherChemist);
        pharmacy.setPharmacist(pharmacist, type(uint40).max);
        units.setOperator(address(pharmacy), true);
        vm.stopPrank();
        drug.unit = unit;
        IPharmacy.Sale memory sale = _saleOf(drug, COUNT - 1, 1, prescription);
        sale.pharmacy = otherChemist;
        _assertRefused(sale, IPharmacy.Reason.WrongCollector, _word(_collectorOf(sale, 0)));
        _collect(sale, patient);
        _assertSells(sale);
    }

    /// @dev A number before its time, or after it.
    function testFuzz_Attack_OtherNonce(uint256 nonce, uint8 sales) external {
        sales = uint8(bound(sales, 0, QUANTITY - 1));
        for (uint32 i = 0; i < sales; ++i) {
            _sell(_saleOf(drug, i, 1, prescription));
        }
        vm.assume(nonce != sales);
        IPharmacy.Sale memory sale = _saleOf(drug, sales, 1, prescription);
        bytes32 digest = pharmacy.collectionDigest(id, chemist, pharmacy.packsOf(sale), nonce);
        (sale.r, sale.vs) = vm.signCompact(keyOf[patient], digest);
        _assertRefused(sale, IPharmacy.Reason.WrongCollector, _word(_collectorOf(sale, sales)));
    }

    /// @dev The same prescription issued on another chain, where packs and pharmacy are the same.
    function test_Attack_OtherChain() external {
        IPharmacy.Sale memory sale = _saleOf(drug, 0, 1, prescription);
        vm.chainId(block.chainid + 1);
        bytes32 there = pharmacy.idOf(prescription);
        assertTrue(there != id, "ids are of their chain");
        _assertRefused(sale, IPharmacy.Reason.PrescriptionUnknown, there);
        assertEq(_issue(prescription), there, "issued there");
        bytes32 digest = pharmacy.collectionDigest(there, chemist, pharmacy.packsOf(sale), 0);
        _assertRefused(sale, IPharmacy.Reason.WrongCollector, _word(_recover(digest, sale)));
    }

    /// @dev Another copy of this contract that the same pharmacy approved.
    function test_Attack_OtherContract() external {
        IPharmacy.Sale memory sale = _saleOf(drug, 0, 1, prescription);
        bytes memory arguments = abi.encode(participants, catalog, custody, units, forwarder);
        IPharmacy other = IPharmacy(deployCode("Pharmacy.sol:Pharmacy", arguments));
        vm.startPrank(chemist);
        other.setPharmacist(pharmacist, type(uint40).max);
        units.setOperator(address(other), true);
        vm.stopPrank();
        vm.prank(practitioner);
        bytes32 there = other.prescribe(prescription);
        bytes32 digest = other.collectionDigest(there, chemist, pharmacy.packsOf(sale), 0);
        vm.expectRevert(_refusal(IPharmacy.Reason.WrongCollector, _word(_recover(digest, sale))));
        vm.prank(pharmacist);
        other.sell(sale);
    }

    /// @dev The other of the two signatures that ECDSA has for one message. In the short form it has no place: the bit beside `s` says `v`.
    function test_Attack_SignatureTurnedOver() external {
        IPharmacy.Sale memory sale = _saleOf(drug, 0, 1, prescription);
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        uint256 s = uint256(sale.vs) & (type(uint256).max >> 1);
        uint256 parity = uint256(sale.vs) >> 255;
        sale.vs = bytes32(((order - s) & (type(uint256).max >> 1)) | (1 - parity) << 255);
        IPharmacy.Answer memory answer = pharmacy.check(pharmacist, sale);
        assertEq(uint8(answer.reason), uint8(IPharmacy.Reason.WrongCollector), "reason");
        _assertSaleReverts(pharmacist, sale, _refusal(answer.reason, answer.about));
    }

    /// @dev Whoever uses one key for two prescriptions signs for one of them all the same.
    function test_Attack_OneKeyForTwoPrescriptions() external {
        IPharmacy.Prescription memory other = prescription;
        ++other.quantity;
        _issue(other);
        IPharmacy.Sale memory sale = _saleOf(drug, 0, 1, prescription);
        sale.prescription = other;
        bytes32 digest = pharmacy.collectionDigest(pharmacy.idOf(other), chemist, pharmacy.packsOf(sale), 0);
        _assertRefused(sale, IPharmacy.Reason.WrongCollector, _word(_recover(digest, sale)));
    }

    /// @dev Another pharmacist of the pharmacy sees the signature on its way and is first: the patient gets the same packs, once.
    function test_Attack_AnotherPharmacistIsFirst() external {
        IPharmacy.Sale memory sale = _saleOf(drug, 0, 1, prescription);
        vm.prank(secondPharmacist);
        pharmacy.sell(sale);
        _assertRefused(sale, IPharmacy.Reason.WrongCollector, _word(_collectorOf(sale, 1)));
        _assertProgress(id, 1, 1, 1, START);
    }

    /// @dev A signature that was not used has no date: the pharmacy can act on it later, unless another sale or a cancellation comes before.
    function testFuzz_Attack_SignatureKeptForLater(bool another) external {
        IPharmacy.Sale memory kept = _saleOf(drug, 0, 1, prescription);
        skip(20 days);
        if (another) _sell(_saleOf(drug, 1, 1, prescription));
        if (another) _assertRefused(kept, IPharmacy.Reason.WrongCollector, _word(_collectorOf(kept, 1)));
        else _assertSells(kept);
    }

    /// @dev Two sales signed for one number: one of them is done.
    function test_Attack_TwoSalesOfOneNumber() external {
        IPharmacy.Sale memory first = _saleOf(drug, 0, 1, prescription);
        IPharmacy.Sale memory second = _saleOf(drug, 1, 1, prescription);
        _sell(second);
        _assertRefused(first, IPharmacy.Reason.WrongCollector, _word(_collectorOf(first, 1)));
        _assertSells(_saleOf(drug, 0, 1, prescription));
    }

    // -------------------------------------------------------------------------------------------- the practitioner's

    /// @dev Somebody hands the signed prescription in first, so that the pharmacist's multicall fails: the sale alone is done then.
    function test_Attack_SubmittedJustBefore() external {
        ++prescription.quantity;
        bytes memory signature = _sign(practitioner, pharmacy.idOf(prescription));
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IPharmacy.submit, (prescription, signature));
        calls[1] = abi.encodeCall(IPharmacy.sell, (_saleOf(drug, 0, 1, prescription)));
        vm.prank(stranger);
        pharmacy.submit(prescription, signature);
        vm.expectRevert(abi.encodeWithSelector(IPharmacy.Pharmacy_AlreadyIssued.selector, pharmacy.idOf(prescription)));
        vm.prank(pharmacist);
        pharmacy.multicall(calls);
        _assertSells(_saleOf(drug, 0, 1, prescription));
    }

    /// @dev What it issued while it was one stands; it can issue and approve nothing more; a regulator ends it.
    function testFuzz_Attack_PractitionerNoLonger(bool suspended) external {
        if (suspended) _suspend(practitioner);
        else _enrol(practitioner, PHARMACIST);
        _assertSells(_saleOf(drug, 0, 1, prescription));
        bytes memory expected = abi.encodeWithSelector(IPharmacy.Pharmacy_NotPractitioner.selector, practitioner);
        vm.expectRevert(expected);
        vm.prank(practitioner);
        pharmacy.approveSubstitution(prescription, substitute.lot.model);
        IPharmacy.Prescription memory other = prescription;
        ++other.quantity;
        vm.expectRevert(expected);
        _issue(other);
        vm.prank(regulator);
        pharmacy.cancel(prescription);
        _assertRefused(_saleOf(drug, 1, 1, prescription), IPharmacy.Reason.Cancelled, id);
    }

    /// @dev The terms are the prescription: any other quantity, patient or time is another one, which nobody issued.
    function testFuzz_Attack_ChangedTerms(uint8 field) external {
        field = uint8(bound(field, 0, 7));
        IPharmacy.Prescription memory changed = prescription;
        if (field == 0) changed.practitioner = stranger;
        if (field == 1) changed.patient = stranger;
        if (field == 2) changed.model = substitute.lot.model;
        if (field == 3) ++changed.quantity;
        if (field == 4) ++changed.repeats;
        if (field == 5) --changed.interval;
        if (field == 6) --changed.validFrom;
        if (field == 7) ++changed.validUntil;
        IPharmacy.Sale memory sale = _saleOf(drug, 0, 1, changed);
        _assertRefused(sale, IPharmacy.Reason.PrescriptionUnknown, pharmacy.idOf(changed));
    }

    // ----------------------------------------------------------------------------------------------------- calling again

    /// @dev A second pharmacist that is a contract, and sells something else while it is asked for its signature.
    function test_Attack_SecondPharmacistCallsAgain() external {
        ReentrantSigner second = new ReentrantSigner(address(pharmacy));
        _enrol(address(second), PHARMACIST);
        vm.prank(chemist);
        pharmacy.setPharmacist(address(second), type(uint40).max);
        second.plan(abi.encodeCall(IPharmacy.sell, (_counterSale(remedy, 0, 1))));
        IPharmacy.Prescription memory issued = _issueFor(opiate.lot.model, 2);
        IPharmacy.Sale memory sale = _saleOf(opiate, 0, 1, issued);
        vm.prank(pharmacist);
        pharmacy.sellControlled(sale, address(second), "");
        assertFalse(units.isGone(remedy.lot.id, 0), "sold while it was asked");
        assertTrue(second.strike(), "it could at any other time");
        assertTrue(units.isGone(remedy.lot.id, 0), "sold after");
    }

    /// @dev A practitioner that is a contract, and cancels or issues the prescription while it is asked for its signature.
    function testFuzz_Attack_PractitionerCallsAgain(bool cancels) external {
        ReentrantSigner signer = new ReentrantSigner(address(pharmacy));
        _enrol(address(signer), PRACTITIONER);
        prescription.practitioner = address(signer);
        signer.plan(
            cancels
                ? abi.encodeCall(IPharmacy.cancel, (prescription))
                : abi.encodeCall(IPharmacy.prescribe, (prescription))
        );
        pharmacy.submit(prescription, "");
        _assertSells(_saleOf(drug, 0, 1, prescription));
        assertEq(signer.strike(), cancels, "afterwards it can cancel, and not issue again");
    }

    // --------------------------------------------------------------------------------------------------------- calldata

    /// @dev Bits above a field's width would make another id of the same terms.
    function testFuzz_Attack_DirtyTerms(uint8 field, uint8 bit) external {
        field = uint8(bound(field, 0, 6));
        uint8[7] memory words = [0, 1, 3, 4, 5, 6, 7];
        uint8[7] memory widths = [160, 160, 32, 16, 32, 40, 40];
        uint256 dirt = 2 ** bound(bit, widths[field], 255);
        ++prescription.quantity;
        // With no repeats the interval is not looked at, but its bits are.
        prescription.repeats = 0;
        bytes memory data = abi.encodeCall(IPharmacy.prescribe, (prescription));
        _expectNothingDone(practitioner, _dirtied(data, words[field], dirt));
        data = abi.encodeCall(IPharmacy.submit, (prescription, _sign(practitioner, pharmacy.idOf(prescription))));
        _expectNothingDone(stranger, _dirtied(data, words[field], dirt));
    }

    function testFuzz_Attack_DirtySale(uint8 field, uint8 bit) external {
        field = uint8(bound(field, 0, 7));
        uint8[8] memory words = [1, 4, 5, 7, 8, 9, 10, 11];
        uint8[8] memory widths = [160, 160, 160, 32, 16, 32, 40, 40];
        uint256 dirt = 2 ** bound(bit, widths[field], 255);
        IPharmacy.Sale memory sale = _saleOf(drug, 0, 1, prescription);
        _expectNothingDone(pharmacist, _dirtied(abi.encodeCall(IPharmacy.sell, (sale)), words[field], dirt));
        (bool answered, bytes memory answer) = address(pharmacy)
            .staticcall(_dirtied(abi.encodeCall(IPharmacy.check, (pharmacist, sale)), words[field] + 1, dirt));
        if (!answered) return;
        IPharmacy.Reason reason = abi.decode(answer, (IPharmacy.Answer)).reason;
        assertEq(uint8(reason), uint8(IPharmacy.Reason.PrescriptionUnknown), "another id");
    }

    /// @dev A cancellation with bits above a field's width is of an id that no prescription has.
    function test_Attack_DirtyCancellation() external {
        bytes memory data = _dirtied(abi.encodeCall(IPharmacy.cancel, (prescription)), 3, 1 << 32);
        vm.prank(practitioner);
        (bool done,) = address(pharmacy).call(data);
        assertTrue(done, "it cancels something");
        assertFalse(pharmacy.progressOf(id).cancelled, "but not this");
        _assertSells(_saleOf(drug, 0, 1, prescription));
    }

    // ----------------------------------------------------------------------------------------------------------- products

    /// @dev The wrong maker's model is struck, and approved for the right one. A prescription names the identifier: it is for the right one's packs now, and
    /// for none of the wrong one's.
    function test_Attack_ModelChangesHands() external {
        _strikeModel(drug.lot.model);
        _assertRefused(_saleOf(drug, 0, 1, prescription), IPharmacy.Reason.LotNotRegistered, drug.lot.id.asSubject());
        maker = rival;
        Stack memory anew;
        anew.lot = _registerMedicine(_approveMedicine(DI, ICatalog.Product.Drug), "R1", COUNT);
        anew.unit = _commissionUnits(anew.lot.id);
        _handOver(anew.unit, rival, chemist);
        _assertRefused(_saleOf(drug, 0, 1, prescription), IPharmacy.Reason.LotNotRegistered, drug.lot.id.asSubject());
        _assertSells(_saleOf(anew, 0, 1, prescription));
    }

    /// @dev Approved anew as a controlled one, it takes two from then on.
    function test_Attack_ModelComesBackControlled() external {
        _strikeModel(drug.lot.model);
        maker = rival;
        Stack memory anew;
        anew.lot = _registerMedicine(_approveMedicine(DI, ICatalog.Product.ControlledDrug), "R1", COUNT);
        anew.unit = _commissionUnits(anew.lot.id);
        _handOver(anew.unit, rival, chemist);
        IPharmacy.Sale memory sale = _saleOf(anew, 0, 1, prescription);
        _assertSaleReverts(pharmacist, sale, _refusal(IPharmacy.Reason.NotCountersigned, 0));
        _sellControlled(sale);
    }

    /// @dev A maker lists two serials at one index: one of them can be sold, and not both, together or one after the other.
    function test_Attack_TwoSerialsAtOneIndex() external {
        Stack memory crooked = _crookedStack();
        IPharmacy.Sale memory sale;
        (sale.pharmacy, sale.unit) = (chemist, crooked.unit);
        sale.proven.packs = new Pack[](2);
        (bytes16 low, bytes16 high) = (crooked.lot.halves[0], crooked.lot.halves[1]);
        sale.proven.packs[0] = Pack(0, low, address(0));
        sale.proven.packs[1] = Pack(0, high, address(0));
        sale.proven.flags = hex"80";
        bytes memory gone =
            abi.encodeWithSelector(IUnits.Units_NotDispensable.selector, crooked.unit, 0, IUnits.PackState.Gone);
        _assertSaleReverts(pharmacist, sale, gone);
        sale.proven.flags = "";
        sale.proven.packs = new Pack[](1);
        sale.proven.proof = new bytes32[](1);
        sale.proven.packs[0] = Pack(0, low, address(0));
        sale.proven.proof[0] = Trees.leafOf(0, high, address(0));
        _assertSells(sale);
        sale.proven.packs[0] = Pack(0, high, address(0));
        sale.proven.proof[0] = Trees.leafOf(0, low, address(0));
        _assertRefusedByUnit(sale, IPharmacy.Reason.Gone, IUnits.PackState.Gone, 0, 0);
    }

    // ------------------------------------------------------------------------------------------------------- the operator

    /// @dev The pharmacy approved the room to dispense: no one makes it do so for another pharmacy than its own.
    function testFuzz_Attack_RoomAsOperator(address by) external {
        vm.assume(by != chemist && by != pharmacist && by != secondPharmacist && by != address(forwarder));
        vm.assume(by != address(pharmacy));
        IPharmacy.Sale memory sale = _counterSale(remedy, 0, 1);
        _assertRefusedTo(by, sale, IPharmacy.Reason.NotEmployed, _word(by));
        uint32[] memory indices = new uint32[](1);
        vm.expectRevert(abi.encodeWithSelector(IUnits.Units_NotHolder.selector, remedy.unit, by));
        vm.prank(by);
        units.dispense(chemist, remedy.unit, indices, EVIDENCE);
    }

    /// @dev A pharmacist is employed by whoever says so, who holds nothing: nothing of another pharmacy is sold by that.
    function test_Attack_EmployedElsewhere() external {
        vm.prank(otherChemist);
        pharmacy.setPharmacist(secondPharmacist, type(uint40).max);
        vm.prank(chemist);
        pharmacy.setPharmacist(secondPharmacist, 0);
        IPharmacy.Sale memory sale = _counterSale(remedy, 0, 1);
        _assertRefusedTo(secondPharmacist, sale, IPharmacy.Reason.NotEmployed, _word(secondPharmacist));
        sale.pharmacy = otherChemist;
        IPharmacy.Answer memory answer = pharmacy.check(secondPharmacist, sale);
        assertEq(uint8(answer.reason), uint8(IPharmacy.Reason.RoomNotApproved), "not its room");
        vm.prank(otherChemist);
        units.setOperator(address(pharmacy), true);
        answer = pharmacy.check(secondPharmacist, sale);
        assertEq(uint8(answer.reason), uint8(IPharmacy.Reason.NotHeld), "not its unit");
        _assertSaleReverts(
            secondPharmacist,
            sale,
            abi.encodeWithSelector(IUnits.Units_NotDispensable.selector, sale.unit, 0, IUnits.PackState.NotHeld)
        );
    }

    function _crookedStack() private returns (Stack memory crooked) {
        crooked.lot.model = remedy.lot.model;
        crooked.lot.halves = new bytes16[](2);
        (bytes16 low, bytes16 high) = (remedy.lot.halves[0], remedy.lot.halves[1]);
        (bytes32 a, bytes32 b) = (Trees.leafOf(0, low, address(0)), Trees.leafOf(0, high, address(0)));
        if (a > b) (low, high) = (high, low);
        (crooked.lot.halves[0], crooked.lot.halves[1]) = (low, high);
        bytes32[] memory leaves = new bytes32[](2);
        (leaves[0], leaves[1]) = (a, b);
        vm.prank(maker);
        crooked.lot.id = catalog.registerLot(
            ICatalog.NewLot({
                model: remedy.lot.model,
                number: "CROOKED",
                root: Trees.build(leaves)[0],
                count: 2,
                madeAt: madeAt,
                expiresAt: expiresAt,
                document: _document("lot")
            })
        );
        crooked.unit = _commissionUnits(crooked.lot.id);
        _handOver(crooked.unit, maker, chemist);
    }

    /// @dev Flips bits in a word of the arguments.
    function _dirtied(bytes memory data, uint256 word, uint256 bits) private pure returns (bytes memory) {
        assembly ("memory-safe") {
            let place := add(add(data, 0x24), mul(word, 0x20))
            mstore(place, xor(mload(place), bits))
        }
        return data;
    }

    function _expectNothingDone(address by, bytes memory data) private {
        vm.recordLogs();
        vm.prank(by);
        (bool done,) = address(pharmacy).call(data);
        assertFalse(done, "done");
        assertEq(vm.getRecordedLogs().length, 0, "events");
    }

    /// @dev Whom the sale's signature would name if it were for this number.
    function _collectorOf(IPharmacy.Sale memory sale, uint256 nonce) private view returns (address) {
        bytes32 on = pharmacy.idOf(sale.prescription);
        return _recover(pharmacy.collectionDigest(on, sale.pharmacy, pharmacy.packsOf(sale), nonce), sale);
    }

    function _recover(bytes32 digest, IPharmacy.Sale memory sale) private pure returns (address) {
        bytes32 s = sale.vs & bytes32(type(uint256).max >> 1);
        // Safe: one bit and 27.
        // forge-lint: disable-next-line(unsafe-typecast)
        return ecrecover(digest, uint8(uint256(sale.vs) >> 255) + 27, sale.r, s);
    }
}
