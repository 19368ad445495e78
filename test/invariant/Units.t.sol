// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../contracts/interfaces/ICatalog.sol";
import {ICustody} from "../../contracts/interfaces/ICustody.sol";
import {IUnits} from "../../contracts/interfaces/IUnits.sol";
import {LotId, ModelId, UnitId} from "../../contracts/types/Ids.sol";
import {MedicinesTest} from "../Medicines.t.sol";
import {ISuspender} from "./CustodyHandler.sol";
import {UnitsHandler} from "./UnitsHandler.sol";
import {UnitsStore} from "./UnitsStore.sol";

contract UnitsInvariantTest is MedicinesTest, ISuspender {
    UnitsStore private store;
    address[] private parties;
    /// @dev Two of one model: one of several words of indices, one small.
    LotId[] private lots;

    function setUp() public override {
        super.setUp();
        address[] memory enrolled = new address[](5);
        (enrolled[0], enrolled[1], enrolled[2], enrolled[3], enrolled[4]) =
        (maker, wholesaler, chemist, hospital, regulator);
        parties = [maker, wholesaler, chemist, hospital, regulator, stranger];
        store = new UnitsStore(maker, regulator, expiresAt, enrolled);
        ModelId model = _approveMedicine(DI, ICatalog.Product.Drug);
        _addLot(model, LOT_NUMBER, 300);
        _addLot(model, "small", 20);

        UnitsHandler handler = new UnitsHandler(units, store, lots, parties);
        // The maker, party 0, begins with the larger in hand, in two units, one of them across a border of words.
        handler.commission(0, 0, 0);
        handler.split(0, 1, 60, 1);
        targetContract(address(handler));
    }

    /// @inheritdoc ISuspender
    function setSuspended(address account, bool suspended) external {
        if (suspended) _suspend(account);
        else _reinstate(account);
    }

    /// @dev Since every call of the handler succeeds exactly when the store allows it, this also says that only parties act, that what may not
    /// move only goes back, and that nothing of a unit changes by what is done to another.
    function invariant_UnitsAreWhatWasDoneToThem() external view {
        for (uint256 i = 0; i < store.madeCount(); ++i) {
            UnitId unit = store.everMade(i);
            UnitsStore.Kept memory expected = store.keptOf(unit);
            IUnits.Unit memory kept = units.unitOf(unit);
            assertEq(kept.holder, expected.holder, "holder");
            assertEq(kept.addressee, expected.addressee, "addressee");
            assertEq(kept.underWay, expected.addressee != address(0), "under way");
            assertEq(kept.first, expected.first, "first");
            assertEq(kept.count, expected.count, "count");
            address from = expected.cameFrom;
            assertEq(kept.cameFromTag, from == address(0) ? bytes11(0) : bytes11(keccak256(abi.encode(from))), "tag");
            assertEq(units.packsIn(unit), store.packsIn(unit), "packs");
        }
    }

    function invariant_EveryIndexIsInExactlyOneUnit() external view {
        for (uint256 i = 0; i < lots.length; ++i) {
            bool[] memory found = new bool[](store.countOf(lots[i]));
            uint256 total = 0;
            for (uint256 j = 0; j < store.madeCount(); ++j) {
                UnitId unit = store.everMade(j);
                if (!(unit.lot() == lots[i])) continue;
                IUnits.Unit memory kept = units.unitOf(unit);
                total += kept.count;
                for (uint256 k = kept.first; k < uint256(kept.first) + kept.count; ++k) {
                    assertFalse(found[k], "in two units");
                    found[k] = true;
                }
            }
            assertEq(total, units.isCommissioned(lots[i]) ? found.length : 0, "in none");
        }
    }

    /// @dev What an account has is what came to it without what left it; nothing is lost or made on the way.
    function invariant_PacksAreConserved() external view {
        for (uint256 i = 0; i < lots.length; ++i) {
            uint256 all = 0;
            for (uint256 j = 0; j < parties.length; ++j) {
                IUnits.Tally memory tally = units.tallyOf(parties[j], lots[i]);
                assertEq(abi.encode(tally), abi.encode(store.tallyOf(parties[j], lots[i])), "tally");
                uint256 gone = uint256(tally.sent) + tally.dispensed + tally.destroyed;
                assertLe(gone, tally.received, "nobody gives what it did not get");
                uint256 inHand = _inHand(parties[j], lots[i]);
                assertEq(inHand, tally.received - gone, "in hand");
                all += inHand + tally.dispensed + tally.destroyed;
            }
            assertEq(all, units.isCommissioned(lots[i]) ? store.countOf(lots[i]) : 0, "the lot");
        }
    }

    function invariant_WhatIsGoneStaysGone() external view {
        for (uint256 i = 0; i < lots.length; ++i) {
            uint32[] memory ended = store.endedOf(lots[i]);
            for (uint256 j = 0; j < ended.length; ++j) {
                assertTrue(units.isGone(lots[i], ended[j]), "gone");
                bool destroyed = store.endOf(lots[i], ended[j]) == UnitsStore.End.Destroyed;
                assertEq(units.isDestroyed(lots[i], ended[j]), destroyed, "destroyed");
            }
        }
    }

    function invariant_StopsAndStandingFollowFromTheRecord() external view {
        for (uint256 i = 0; i < store.madeCount(); ++i) {
            UnitId unit = store.everMade(i);
            IUnits.Unit memory kept = units.unitOf(unit);
            assertEq(kept.quarantines, store.stopsOf(unit, IUnits.Stop.Quarantine).length, "quarantines");
            assertEq(kept.losses, store.lossesOf(unit), "losses");
            if (!store.exists(unit)) assertFalse(store.isStopped(unit), "a stop outlives no unit");
            (bool movable, ICustody.Standing standing) = units.isMovable(unit);
            assertEq(uint8(standing), uint8(store.standingOf(unit)), "standing");
            assertEq(movable, standing == ICustody.Standing.Movable, "movable");
            for (uint256 j = 0; j < parties.length; ++j) {
                for (uint8 why = 0; why < 3; ++why) {
                    bool set = units.isStoppedBy(unit, IUnits.Stop(why), parties[j]);
                    assertEq(set, store.isStoppedBy(unit, IUnits.Stop(why), parties[j]), "stopped by");
                }
            }
        }
    }

    function _addLot(ModelId model, string memory number, uint32 count) private {
        vm.startPrank(maker);
        LotId lot = catalog.registerLot(
            ICatalog.NewLot(model, number, keccak256("root"), count, madeAt, expiresAt, _document("lot"))
        );
        custody.holdInUnits(lot);
        vm.stopPrank();
        store.addLot(lot, count);
        lots.push(lot);
    }

    function _inHand(address account, LotId lot) private view returns (uint256 packs) {
        for (uint256 i = 0; i < store.madeCount(); ++i) {
            UnitId unit = store.everMade(i);
            if (unit.lot() == lot && units.unitOf(unit).holder == account) packs += units.packsIn(unit);
        }
    }
}
