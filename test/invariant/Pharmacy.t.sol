// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../contracts/interfaces/ICatalog.sol";
import {IPharmacy} from "../../contracts/interfaces/IPharmacy.sol";
import {ModelId, UnitId} from "../../contracts/types/Ids.sol";
import {MedicinesTest} from "../Medicines.t.sol";
import {IDocuments, PharmacyHandler} from "./PharmacyHandler.sol";
import {PharmacyStore} from "./PharmacyStore.sol";

contract PharmacyInvariantTest is MedicinesTest, IDocuments {
    /// @dev Few, so that sales meet.
    uint32 private constant COUNT = 24;
    uint256 private constant LOTS = 2;

    Medicine[LOTS] private _medicines;
    PharmacyStore private _store;
    PharmacyHandler private _handler;

    function setUp() public override {
        super.setUp();
        _store = new PharmacyStore(maker, expiresAt);
        ModelId[] memory models = new ModelId[](LOTS);
        UnitId[] memory made = new UnitId[](LOTS);
        for (uint256 i = 0; i < LOTS; ++i) {
            models[i] = _approveMedicine(i == 0 ? DI : OTHER_DI, ICatalog.Product.Drug);
            _medicines[i] = _registerMedicine(models[i], LOT_NUMBER, COUNT);
            made[i] = _commissionUnits(_medicines[i].id);
            _store.addRange(PharmacyStore.Range(i, maker, address(0), 0, COUNT));
        }
        PharmacyHandler.Cast memory cast_;
        cast_.holders = new address[](3);
        (cast_.holders[0], cast_.holders[1], cast_.holders[2]) = (maker, chemist, otherChemist);
        (cast_.pharmacist, cast_.practitioner, cast_.regulator) = (pharmacist, practitioner, regulator);
        for (uint256 i = 1; i < 3; ++i) {
            vm.startPrank(cast_.holders[i]);
            pharmacy.setPharmacist(pharmacist, type(uint40).max);
            units.setOperator(address(pharmacy), true);
            vm.stopPrank();
        }
        _handler = new PharmacyHandler(pharmacy, _store, cast_, models, made, COUNT);
        // Each pharmacy begins with a lot, and there is a prescription for each.
        for (uint256 i = 0; i < LOTS; ++i) {
            _handler.move(i, 1 + 2 * i);
            _handler.prescribe(i, 3, 2, 7 days, 90 days);
        }
        targetContract(address(_handler));
    }

    /// @inheritdoc IDocuments
    function packs(uint256 lot, UnitId unit, uint32 first, uint32 count) external view returns (IPharmacy.Sale memory) {
        return _packs(_medicines[lot], unit, first, count);
    }

    /// @dev sold + returned + destroyed + stock = received, each counted pack by pack, and the stock where it lies.
    function invariant_StockIsWhatIsThere() external view {
        address[2] memory pharmacies = [chemist, otherChemist];
        for (uint256 i = 0; i < LOTS * 2; ++i) {
            (address where, uint256 lot) = (pharmacies[i / 2], i % 2);
            IPharmacy.Stock memory stock = pharmacy.stockOf(where, _medicines[lot].id);
            PharmacyStore.Count memory count = _store.countOf(where, lot);
            assertEq(stock.received, count.received, "received");
            assertEq(stock.sold, count.sold, "sold");
            assertEq(stock.returned, count.returned, "returned");
            assertEq(stock.destroyed, count.destroyed, "destroyed");
            assertEq(stock.stock, _store.stockOf(where, lot), "stock");
            assertEq(stock.sold + stock.returned + stock.destroyed + stock.stock, stock.received, "sum");
        }
    }

    /// @dev Since every call of the handler succeeds exactly when the store allows it, this also says that nothing expired or recalled is sold.
    function invariant_EachPackIsSoldAtMostOnce() external view {
        for (uint32 i = 0; i < LOTS * COUNT; ++i) {
            (uint256 lot, uint32 index) = (i / COUNT, i % COUNT);
            PharmacyStore.Pack memory pack = _store.packOf(lot, index);
            assertLe(pack.timesSold, 1, "sold");
            assertLe(pack.timesReturned, pack.timesSold, "brought back and destroyed: once, and of sold packs only");
            assertEq(units.isGone(_medicines[lot].id, index), pack.fate != PharmacyStore.Fate.Whole, "gone");
            assertEq(
                units.isDestroyed(_medicines[lot].id, index), pack.fate == PharmacyStore.Fate.Destroyed, "destroyed"
            );
            assertEq(pharmacy.isReturnDestroyed(_medicines[lot].id, index), pack.timesReturned == 1, "returned");
        }
    }

    /// @dev And never more than was prescribed, nor a fill before it was due.
    function invariant_ProgressIsWhatWasCollected() external view {
        for (uint256 i = 0; i < _store.prescriptions(); ++i) {
            IPharmacy.Progress memory progress = pharmacy.progressOf(pharmacy.idOf(_handler.prescriptionOf(i)));
            PharmacyStore.Filled memory filled = _store.filledOf(i);
            PharmacyStore.Collection[] memory collections = _store.collectionsOf(i);
            assertEq(progress.fills, filled.fills, "fills");
            assertEq(progress.fillSold, filled.sold, "fillSold");
            assertEq(progress.fillStartedAt, filled.startedAt, "fillStartedAt");
            assertEq(progress.sales, collections.length, "sales");
            assertEq(progress.cancelled, _store.isCancelled(i), "cancelled");
            _assertWithinTerms(_store.termsOf(i), collections);
        }
    }

    function invariant_UnitsHoldTheWholePacks() external view {
        for (uint256 i = 0; i < _store.units(); ++i) {
            assertEq(units.packsIn(_handler.unitOf(i)), _store.wholeIn(i), "packs");
            assertEq(units.unitOf(_handler.unitOf(i)).holder, _store.rangeOf(i).holder, "holder");
        }
    }

    /// @dev Whatever the fills: k whole quantities are not sold before k − 1 intervals have passed.
    function _assertWithinTerms(PharmacyStore.Terms memory terms, PharmacyStore.Collection[] memory collections)
        private
        pure
    {
        uint256 total = 0;
        for (uint256 i = 0; i < collections.length; ++i) {
            total += collections[i].packs;
            uint256 begun = (total + terms.quantity - 1) / terms.quantity;
            assertGe(collections[i].time, collections[0].time + (begun - 1) * terms.interval, "too early");
            assertGe(collections[i].time, terms.validFrom, "not yet valid");
            assertLe(collections[i].time, terms.validUntil, "past");
        }
        assertLe(total, terms.quantity * (terms.repeats + 1), "beyond quantity");
    }
}
