// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../../contracts/interfaces/ICatalog.sol";
import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {IPharmacy} from "../../../contracts/interfaces/IPharmacy.sol";
import {IUnits} from "../../../contracts/interfaces/IUnits.sol";
import {ItemId, LotId, ModelId, UnitId} from "../../../contracts/types/Ids.sol";
import {Role} from "../../../contracts/types/Role.sol";
import {MedicinesTest} from "../../Medicines.t.sol";
import {Trees} from "../../Trees.sol";
import {Wallet} from "../../mocks/Wallet.sol";

/// @title A chemist's with a lot of each class on its shelf, and a prescription for the first
abstract contract PharmacyTest is MedicinesTest {
    string internal constant OTC_DI = "04012345678925";
    string internal constant CONTROLLED_DI = "04012345678932";
    /// @notice Packs of each lot, all in one unit.
    uint32 internal constant COUNT = 20;
    /// @notice Packs of one fill of the prescription, which has two repeats.
    uint32 internal constant QUANTITY = 4;

    /// @notice What is on a shelf: a lot, and the unit that it is in.
    struct Stack {
        Medicine lot;
        UnitId unit;
    }

    Stack internal drug;
    /// @notice Another drug, which may take the place of the first.
    Stack internal substitute;
    Stack internal remedy;
    Stack internal opiate;
    IPharmacy.Prescription internal prescription;

    function setUp() public virtual override {
        super.setUp();
        drug = _stack(DI, ICatalog.Product.Drug);
        substitute = _stack(OTHER_DI, ICatalog.Product.Drug);
        remedy = _stack(OTC_DI, ICatalog.Product.OverTheCounterDrug);
        opiate = _stack(CONTROLLED_DI, ICatalog.Product.ControlledDrug);
        _openShop();
        vm.prank(chemist);
        pharmacy.setPharmacist(secondPharmacist, uint40(block.timestamp + 365 days));
        prescription = _prescription(drug.lot.model, QUANTITY);
    }

    function _stack(string memory di, ICatalog.Product product) private returns (Stack memory stack) {
        stack.lot = _registerMedicine(_approveMedicine(di, product), LOT_NUMBER, COUNT);
        stack.unit = _commissionUnits(stack.lot.id);
        _handOver(stack.unit, maker, chemist);
    }

    // ------------------------------------------------------------------------------------------------------ prescribing

    /// @dev Its practitioner issues it.
    function _issue(IPharmacy.Prescription memory issued) internal returns (bytes32 id) {
        vm.prank(issued.practitioner);
        id = pharmacy.prescribe(issued);
    }

    function _issueFor(ModelId model, uint32 quantity) internal returns (IPharmacy.Prescription memory issued) {
        issued = _prescription(model, quantity);
        _issue(issued);
    }

    /// @dev A contract account of `owner`, enrolled.
    function _walletOf(address owner, Role role) internal returns (address wallet) {
        wallet = address(new Wallet(owner));
        _enrol(wallet, role);
    }

    // ---------------------------------------------------------------------------------------------------------- selling

    /// @dev Packs on the prescription, signed by its patient for the next sale.
    function _saleOf(Stack memory stack, uint32 first, uint32 count, IPharmacy.Prescription memory on)
        internal
        view
        returns (IPharmacy.Sale memory sale)
    {
        sale = _packs(stack.lot, stack.unit, first, count);
        sale.pharmacy = chemist;
        sale.prescription = on;
        sale.evidence = EVIDENCE;
        if (keyOf[on.patient] != 0) _collect(sale, on.patient);
    }

    /// @dev Packs over the counter.
    function _counterSale(Stack memory stack, uint32 first, uint32 count)
        internal
        view
        returns (IPharmacy.Sale memory sale)
    {
        IPharmacy.Prescription memory none;
        sale = _saleOf(stack, first, count, none);
    }

    function _sell(IPharmacy.Sale memory sale) internal returns (bytes32 saleHash) {
        vm.prank(pharmacist);
        saleHash = pharmacy.sell(sale);
    }

    /// @dev What the second pharmacist signs for the next sale.
    function _countersign(IPharmacy.Sale memory sale, address second) internal view returns (bytes memory) {
        return _sign(second, _countersigned(sale));
    }

    function _countersigned(IPharmacy.Sale memory sale) internal view returns (bytes32) {
        bytes32 id = pharmacy.idOf(sale.prescription);
        return pharmacy.countersignatureDigest(id, sale.pharmacy, pharmacy.packsOf(sale), pharmacy.progressOf(id).sales);
    }

    function _sellControlled(IPharmacy.Sale memory sale) internal returns (bytes32 saleHash) {
        bytes memory signature = _countersign(sale, secondPharmacist);
        vm.prank(pharmacist);
        saleHash = pharmacy.sellControlled(sale, secondPharmacist, signature);
    }

    // ---------------------------------------------------------------------------------------------------------- answers

    function _outcomeOf(IPharmacy.Reason reason) internal pure returns (IPharmacy.Outcome) {
        if (reason == IPharmacy.Reason.None) return IPharmacy.Outcome.Deliver;
        if (reason == IPharmacy.Reason.OtherProduct) return IPharmacy.Outcome.AskPractitioner;
        return IPharmacy.Outcome.NotAvailable;
    }

    function _refusal(IPharmacy.Reason reason, bytes32 about) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(
            IPharmacy.Pharmacy_Refused.selector, IPharmacy.Answer(_outcomeOf(reason), reason, about)
        );
    }

    function _assertAnswer(address by, IPharmacy.Sale memory sale, IPharmacy.Reason reason, bytes32 about)
        internal
        view
    {
        IPharmacy.Answer memory answer = pharmacy.check(by, sale);
        assertEq(uint8(answer.reason), uint8(reason), "reason");
        assertEq(uint8(answer.outcome), uint8(_outcomeOf(reason)), "outcome");
        assertEq(answer.about, about, "about");
    }

    /// @dev The pharmacist asks and is told why not; the sale says the same, and changes nothing.
    function _assertRefused(IPharmacy.Sale memory sale, IPharmacy.Reason reason, bytes32 about) internal {
        _assertRefusedTo(pharmacist, sale, reason, about);
    }

    function _assertRefusedTo(address by, IPharmacy.Sale memory sale, IPharmacy.Reason reason, bytes32 about) internal {
        _assertAnswer(by, sale, reason, about);
        _assertSaleReverts(by, sale, _refusal(reason, about));
    }

    /// @dev The same for what the unit says: the reason to whoever asks, the state to whoever tries.
    function _assertRefusedByUnit(
        IPharmacy.Sale memory sale,
        IPharmacy.Reason reason,
        IUnits.PackState state,
        uint32 about,
        uint32 index
    ) internal {
        _assertAnswer(pharmacist, sale, reason, bytes32(uint256(about)));
        bytes memory expected = abi.encodeWithSelector(IUnits.Units_NotDispensable.selector, sale.unit, index, state);
        _assertSaleReverts(pharmacist, sale, expected);
    }

    function _assertSaleReverts(address by, IPharmacy.Sale memory sale, bytes memory expected) internal {
        bytes32 id = pharmacy.idOf(sale.prescription);
        bytes32 before = keccak256(abi.encode(pharmacy.progressOf(id)));
        vm.prank(by);
        (bool succeeded, bytes memory answer) = address(pharmacy).call(abi.encodeCall(IPharmacy.sell, (sale)));
        assertFalse(succeeded, "sold");
        assertEq(answer, expected, "refusal");
        assertEq(keccak256(abi.encode(pharmacy.progressOf(id))), before, "progress");
    }

    /// @dev The pharmacist asks, is told to deliver, and can.
    function _assertSells(IPharmacy.Sale memory sale) internal {
        _assertAnswer(pharmacist, sale, IPharmacy.Reason.None, 0);
        _sell(sale);
    }

    function _assertProgress(bytes32 id, uint32 fills, uint32 fillSold, uint32 sales, uint40 fillStartedAt)
        internal
        view
    {
        IPharmacy.Progress memory progress = pharmacy.progressOf(id);
        assertEq(progress.fills, fills, "fills");
        assertEq(progress.fillSold, fillSold, "fillSold");
        assertEq(progress.sales, sales, "sales");
        assertEq(progress.fillStartedAt, fillStartedAt, "fillStartedAt");
    }

    function _word(address account) internal pure returns (bytes32) {
        return bytes32(uint256(uint160(account)));
    }

    function _item(Stack memory stack, uint32 index) internal pure returns (ItemId) {
        return stack.lot.id.item(stack.lot.halves[index]);
    }

    // ------------------------------------------------------------------------------------------- what stops a medicine

    function _recallLot(LotId lot) internal returns (uint64 recallId) {
        vm.prank(regulator);
        recallId = custody.recallLot(lot, ICustody.RecallClass.II, _document("notice"));
    }

    function _strikeLot(LotId lot) internal {
        vm.prank(regulator);
        catalog.strikeLot(lot, EVIDENCE);
    }

    function _strikeModel(ModelId model) internal {
        vm.prank(regulator);
        catalog.strikeModel(model, EVIDENCE);
    }

    function _reclassify(ModelId model, ICatalog.Product product) internal {
        vm.prank(regulator);
        catalog.reclassifyModel(model, product, EVIDENCE);
    }

    function _stop(UnitId unit, IUnits.Stop why) internal {
        vm.prank(chemist);
        units.stop(unit, why, EVIDENCE);
    }

    function _proofOf(Stack memory stack, uint32 index) internal pure returns (bytes32[] memory) {
        return Trees.proofOf(stack.lot.nodes, Trees.leafOf(index, stack.lot.halves[index], address(0)));
    }
}
