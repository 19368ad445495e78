// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPharmacy} from "../../../contracts/interfaces/IPharmacy.sol";
import {IUnits} from "../../../contracts/interfaces/IUnits.sol";
import {Pack} from "../../../contracts/types/Pack.sol";
import {PharmacyTest} from "./PharmacyTest.sol";

contract SellTest is PharmacyTest {
    bytes32 private id;

    function setUp() public override {
        super.setUp();
        id = _issue(prescription);
    }

    function testFuzz_Sell(uint32 first, uint32 count, bytes32 evidence, uint256 later) external {
        count = uint32(bound(count, 1, QUANTITY));
        first = uint32(bound(first, 0, COUNT - count));
        skip(bound(later, 0, 180 days));
        IPharmacy.Sale memory sale = _saleOf(drug, first, count, prescription);
        sale.evidence = evidence;
        bytes32 saleHash = _saleHashOf(sale, 0);
        _assertAnswer(pharmacist, sale, IPharmacy.Reason.None, 0);

        vm.expectEmit(address(units));
        emit IUnits.PacksDispensed(drug.unit, chemist, address(pharmacy), _indicesOf(sale), evidence);
        vm.expectEmit(address(pharmacy));
        emit IPharmacy.Sold(id, chemist, pharmacist, saleHash);
        assertEq(_sell(sale), saleHash, "sale hash");

        _assertProgress(id, 1, count, 1, uint40(block.timestamp));
        for (uint32 i = 0; i < COUNT; ++i) {
            assertEq(units.isGone(drug.lot.id, i), i >= first && i < first + count, "gone");
        }
        _assertStock(count);
    }

    function testFuzz_Sell_OverTheCounter(uint32 first, uint32 count) external {
        count = uint32(bound(count, 1, COUNT));
        first = uint32(bound(first, 0, COUNT - count));
        IPharmacy.Sale memory sale = _counterSale(remedy, first, count);
        _assertAnswer(pharmacist, sale, IPharmacy.Reason.None, 0);
        bytes32 saleHash = _saleHashOf(sale, 0);
        vm.expectEmit(address(pharmacy));
        emit IPharmacy.Sold(0, chemist, pharmacist, saleHash);
        _sell(sale);
        assertEq(pharmacy.stockOf(chemist, remedy.lot.id).sold, count, "sold");
        _assertProgress(bytes32(0), 0, 0, 0, 0);
    }

    /// @dev What needs none can be prescribed as well; then it is sold as prescribed.
    function test_Sell_OverTheCounterOnPrescription() external {
        IPharmacy.Prescription memory issued = _issueFor(remedy.lot.model, 2);
        _sell(_saleOf(remedy, 0, 2, issued));
        _assertRefused(_saleOf(remedy, 2, 1, issued), IPharmacy.Reason.TooEarly, bytes32(block.timestamp + 30 days));
    }

    /// @dev In two units of one pharmacy, at two pharmacies: it is one prescription.
    function test_Sell_OutOfSeveralUnits() external {
        vm.prank(chemist);
        drug.unit = units.split(drug.unit, 5, keccak256("a case"), EVIDENCE);
        _sell(_saleOf(drug, COUNT - 5, 1, prescription));
        _handOver(drug.unit, chemist, otherChemist);
        vm.startPrank(otherChemist);
        pharmacy.setPharmacist(pharmacist, type(uint40).max);
        units.setOperator(address(pharmacy), true);
        vm.stopPrank();
        IPharmacy.Sale memory sale = _saleOf(drug, COUNT - 4, 2, prescription);
        sale.pharmacy = otherChemist;
        _collect(sale, patient);
        _sell(sale);
        _assertProgress(id, 1, 3, 2, START);
        IPharmacy.Stock memory stock = pharmacy.stockOf(otherChemist, drug.lot.id);
        assertEq(abi.encode(stock), abi.encode(IPharmacy.Stock(4, 2, 0, 0, 2)), "stock of the other");
    }

    // ------------------------------------------------------------------------------------------------- fills and times

    /// @dev However a fill is cut into sales, it is one fill, and its time is that of its first sale.
    function testFuzz_Sell_OneFillInSeveralSales(uint256 seed) external {
        uint32 sold = 0;
        uint32 sales = 0;
        while (sold < QUANTITY) {
            uint32 count = uint32(bound(uint256(keccak256(abi.encode(seed, sales))), 1, QUANTITY - sold));
            _assertSells(_saleOf(drug, sold, count, prescription));
            sold += count;
            _assertProgress(id, 1, sold, ++sales, START);
            skip(1 days);
        }
        bytes32 due = bytes32(uint256(START) + 30 days);
        _assertRefused(_saleOf(drug, sold, 1, prescription), IPharmacy.Reason.TooEarly, due);
    }

    /// @dev The rest of a fill does not go when the next one would be due, nor does it become part of it.
    function testFuzz_Sell_RestOfAFillLater(uint256 later) external {
        _sell(_saleOf(drug, 0, 3, prescription));
        skip(bound(later, 0, 180 days));
        _assertRefused(_saleOf(drug, 3, 2, prescription), IPharmacy.Reason.BeyondQuantity, bytes32(uint256(1)));
        _assertSells(_saleOf(drug, 3, 1, prescription));
        _assertProgress(id, 1, QUANTITY, 2, START);
    }

    function test_Sell_NextFillToTheSecond() external {
        _sell(_saleOf(drug, 0, QUANTITY, prescription));
        IPharmacy.Sale memory sale = _saleOf(drug, QUANTITY, 1, prescription);
        vm.warp(START + 30 days - 1);
        _assertRefused(sale, IPharmacy.Reason.TooEarly, bytes32(uint256(START) + 30 days));
        vm.warp(START + 30 days);
        _assertSells(sale);
        _assertProgress(id, 2, 1, 2, START + 30 days);
    }

    /// @dev Missed time is not made up for: from a late fill on the interval counts anew.
    function test_Sell_FillAfterALateOne() external {
        _sell(_saleOf(drug, 0, QUANTITY, prescription));
        vm.warp(START + 100 days);
        _sell(_saleOf(drug, 4, QUANTITY, prescription));
        bytes32 due = bytes32(uint256(START) + 130 days);
        _assertRefused(_saleOf(drug, 8, 1, prescription), IPharmacy.Reason.TooEarly, due);
    }

    function testFuzz_Sell_AllFillsAndNoneMore(uint16 repeats, uint32 interval) external {
        repeats = uint16(bound(repeats, 0, 4));
        interval = uint32(bound(interval, 1, 40 days));
        prescription.repeats = repeats;
        prescription.interval = interval;
        // Another one than that of the set-up, whatever the two are.
        ++prescription.validUntil;
        id = _issue(prescription);
        for (uint32 i = 0; i <= repeats; ++i) {
            _assertSells(_saleOf(drug, i * QUANTITY, QUANTITY, prescription));
            skip(interval);
        }
        _assertProgress(id, uint32(repeats) + 1, QUANTITY, uint32(repeats) + 1, START + uint40(repeats) * interval);
        if (repeats == 4) return;
        _assertRefused(_saleOf(drug, COUNT - 1, 1, prescription), IPharmacy.Reason.Spent, id);
    }

    function testFuzz_Sell_ValidityToTheSecond(uint40 from, uint40 length) external {
        from = uint40(bound(from, 1, 100 days));
        length = uint40(bound(length, 0, 100 days));
        (prescription.validFrom, prescription.validUntil) = (START + from, START + from + length);
        id = _issue(prescription);
        IPharmacy.Sale memory sale = _saleOf(drug, 0, 1, prescription);
        vm.warp(START + from - 1);
        _assertRefused(sale, IPharmacy.Reason.NotYetValid, bytes32(uint256(START) + from));
        vm.warp(START + from);
        _assertSells(sale);
        sale = _saleOf(drug, 1, 1, prescription);
        vm.warp(START + from + length);
        _assertSells(sale);
        sale = _saleOf(drug, 2, 1, prescription);
        vm.warp(START + from + length + 1);
        _assertRefused(sale, IPharmacy.Reason.Past, bytes32(uint256(START) + from + length));
    }

    /// @dev The lot may be sold in the last second of its expiry date.
    function test_Sell_ExpiryToTheSecond() external {
        IPharmacy.Sale memory sale = _counterSale(remedy, 0, 1);
        vm.prank(chemist);
        pharmacy.setPharmacist(pharmacist, type(uint40).max);
        vm.warp(expiresAt);
        _assertSells(sale);
        vm.warp(uint256(expiresAt) + 1);
        _assertRefused(_counterSale(remedy, 1, 1), IPharmacy.Reason.Expired, remedy.lot.id.asSubject());
    }

    function testFuzz_RevertWhen_BeyondQuantity(uint32 sold, uint32 count) external {
        sold = uint32(bound(sold, 0, QUANTITY - 1));
        if (sold > 0) _sell(_saleOf(drug, 0, sold, prescription));
        count = uint32(bound(count, QUANTITY - sold + 1, COUNT - sold));
        bytes32 left = bytes32(uint256(QUANTITY - sold));
        _assertRefused(_saleOf(drug, sold, count, prescription), IPharmacy.Reason.BeyondQuantity, left);
    }

    // -------------------------------------------------------------------------------------------------- several at once

    /// @dev A signed prescription is handed in and sold on in one transaction.
    function test_Multicall_SubmitAndSell() external {
        ++prescription.quantity;
        id = pharmacy.idOf(prescription);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IPharmacy.submit, (prescription, _sign(practitioner, id)));
        calls[1] = abi.encodeCall(IPharmacy.sell, (_saleOf(drug, 0, 2, prescription)));
        vm.prank(pharmacist);
        pharmacy.multicall(calls);
        _assertProgress(id, 1, 2, 1, START);
    }

    /// @dev Two products on two prescriptions and one without: all or nothing.
    function testFuzz_Multicall_SeveralSales(bool lastFails) external {
        IPharmacy.Prescription memory other = _issueFor(substitute.lot.model, 1);
        bytes[] memory calls = new bytes[](3);
        calls[0] = abi.encodeCall(IPharmacy.sell, (_saleOf(drug, 0, 2, prescription)));
        calls[1] = abi.encodeCall(IPharmacy.sell, (_counterSale(remedy, 0, 1)));
        calls[2] = abi.encodeCall(IPharmacy.sell, (_saleOf(substitute, 0, lastFails ? 2 : 1, other)));
        if (lastFails) {
            vm.expectRevert(_refusal(IPharmacy.Reason.BeyondQuantity, bytes32(uint256(1))));
        }
        vm.prank(pharmacist);
        pharmacy.multicall(calls);
        assertEq(pharmacy.progressOf(id).sales, lastFails ? 0 : 1, "sales of the first");
        assertEq(units.isGone(remedy.lot.id, 0), !lastFails, "the second");
    }

    /// @dev Two sales of one fill: the second signature names the number that the first makes.
    function test_Multicall_TwoSalesOfOneFill() external {
        IPharmacy.Sale memory second = _saleOf(drug, 2, 2, prescription);
        (second.r, second.vs) =
            vm.signCompact(keyOf[patient], pharmacy.collectionDigest(id, chemist, pharmacy.packsOf(second), 1));
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IPharmacy.sell, (_saleOf(drug, 0, 2, prescription)));
        calls[1] = abi.encodeCall(IPharmacy.sell, (second));
        vm.prank(pharmacist);
        pharmacy.multicall(calls);
        _assertProgress(id, 1, QUANTITY, 2, START);
    }

    function _assertStock(uint256 sold) private view {
        IPharmacy.Stock memory stock = pharmacy.stockOf(chemist, drug.lot.id);
        assertEq(abi.encode(stock), abi.encode(IPharmacy.Stock(COUNT, sold, 0, 0, COUNT - sold)), "stock");
    }

    /// @dev The sale hash from the words of the interface.
    function _saleHashOf(IPharmacy.Sale memory sale, uint256 nonce) private view returns (bytes32) {
        Pack[] memory packs = sale.proven.packs;
        bytes memory items = "";
        for (uint256 i = 0; i < packs.length; ++i) {
            items = bytes.concat(items, sale.unit.lot().asSubject() | bytes32(packs[i].half) >> 128);
        }
        assertEq(pharmacy.packsOf(sale), keccak256(items), "packs");
        return sha256(
            abi.encode(
                keccak256(items),
                _word(sale.prescription.patient),
                sale.prescription.practitioner,
                packs.length,
                block.timestamp,
                nonce,
                maker
            )
        );
    }

    function _indicesOf(IPharmacy.Sale memory sale) private pure returns (uint32[] memory indices) {
        indices = new uint32[](sale.proven.packs.length);
        for (uint256 i = 0; i < indices.length; ++i) {
            indices[i] = sale.proven.packs[i].index;
        }
    }
}
