// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {LotId} from "../../../contracts/types/Ids.sol";
import {Pack} from "../../../contracts/types/Pack.sol";
import {PossessionTest} from "../../Possession.t.sol";

contract StopsOfTest is PossessionTest {
    uint32 private modelNumber;
    LotId private otherLot;

    function setUp() public override {
        super.setUp();
        modelNumber = catalog.modelOf(model).number;
        vm.prank(maker);
        otherLot = catalog.registerLot(_newLot("another"));
    }

    function test_StopsOf_RecallOfTheLot() external {
        uint64 first = _recallLot(maker);
        uint64 second = _recallLot(regulator);
        _assertStops(true, false);
        (bool recalled,) = custody.stopsOf(otherLot, modelNumber);
        assertFalse(recalled, "another lot");
        _close(maker, first);
        _assertStops(true, false);
        _close(regulator, second);
        _assertStops(false, false);
    }

    function test_StopsOf_RecallOfTheModel() external {
        uint64 recall = _recallModel(regulator);
        _assertStops(true, false);
        (bool recalled,) = custody.stopsOf(otherLot, modelNumber);
        assertTrue(recalled, "another lot of it");
        (recalled,) = custody.stopsOf(lot, modelNumber + 1);
        assertFalse(recalled, "another model");
        _close(regulator, recall);
        _assertStops(false, false);
    }

    function testFuzz_StopsOf_SingleItems(bool inUnits) external {
        if (inUnits) _holdInUnits(lot);
        _quarantine(maker);
        _assertStops(false, true);
        _reportLost(regulator);
        uint64 recall = _recallItem(maker);
        item = _item(1);
        _quarantine(regulator);
        (, bool items) = custody.stopsOf(otherLot, modelNumber);
        assertTrue(items, "of the model, whatever the lot");
        (, items) = custody.stopsOf(lot, modelNumber + 1);
        assertFalse(items, "of another model");

        vm.startPrank(regulator);
        custody.release(item, regulator, EVIDENCE);
        item = _item(0);
        custody.release(item, maker, EVIDENCE);
        _assertStops(false, true);
        custody.closeRecall(recall, EVIDENCE);
        _assertStops(false, true);
        custody.recover(item, regulator, EVIDENCE);
        vm.stopPrank();
        _assertStops(false, false);
        _assertStanding(ICustody.Standing.Movable);
    }

    function test_StopsOf_SingleItemsOfALotHeldItemByItem() external {
        _commission();
        _quarantine(maker);
        _reportLost(maker);
        uint64 recall = _recallItem(maker);
        _assertStops(false, false);
        _assertStanding(ICustody.Standing.Recalled);
        vm.startPrank(maker);
        custody.release(item, maker, EVIDENCE);
        custody.recover(item, maker, EVIDENCE);
        custody.closeRecall(recall, EVIDENCE);
        vm.stopPrank();
        _assertStops(false, false);
        _assertStanding(ICustody.Standing.Movable);
    }

    /// @dev What was counted before stays counted: it costs a look and blocks nothing. What was not counted is never taken off.
    function testFuzz_StopsOf_GivenTheLotCameToBeHeldItemByItem(bool alsoInAnotherLot) external {
        _holdInUnits(otherLot);
        _quarantine(maker);
        uint64 recall = _recallItem(maker);
        _commission(1);
        item = _item(2);
        _quarantine(maker);
        _release(maker);
        _assertStops(false, true);
        item = _item(0);
        _release(maker);
        _close(maker, recall);
        _assertStops(false, true);
        _assertStanding(ICustody.Standing.Movable);

        // The counting of other lots goes on beside it.
        item = _itemOf(otherLot, 0);
        if (alsoInAnotherLot) {
            _quarantine(maker);
            _release(maker);
        }
        _assertStops(false, true);
        (ICustody.Standing standing,) = custody.stopOf(otherLot, _packs());
        assertTrue(standing == ICustody.Standing.Movable, "nothing is stopped");
    }

    function testFuzz_StopOf(uint8 place, uint8 how) external {
        Pack[] memory packs = _packs();
        (ICustody.Standing standing, uint256 found) = custody.stopOf(lot, packs);
        assertTrue(standing == ICustody.Standing.Movable, "none");
        assertEq(found, 0, "none");

        place = uint8(bound(place, 0, LOT_COUNT - 1));
        item = lot.item(packs[place].half);
        ICustody.Standing expected = _stopHow(bound(how, 0, 2));
        (standing, found) = custody.stopOf(lot, packs);
        assertEq(uint8(standing), uint8(expected), "standing");
        assertEq(found, place, "place");
        // The item with this serial of another lot is another.
        (standing,) = custody.stopOf(otherLot, packs);
        assertTrue(standing == ICustody.Standing.Movable, "another lot");
        // The first of several.
        item = lot.item(packs[LOT_COUNT - 1].half);
        _recallItem(regulator);
        (, found) = custody.stopOf(lot, packs);
        assertEq(found, place, "the first");
    }

    /// @dev In the order of Standing.
    function test_StopOf_GivenSeveralReasons() external {
        Pack[] memory packs = _packs();
        _reportLost(maker);
        _quarantine(maker);
        (ICustody.Standing standing,) = custody.stopOf(lot, packs);
        assertTrue(standing == ICustody.Standing.Quarantined);
        _recallItem(maker);
        (standing,) = custody.stopOf(lot, packs);
        assertTrue(standing == ICustody.Standing.Recalled);
        (standing,) = custody.stopOf(lot, new Pack[](0));
        assertTrue(standing == ICustody.Standing.Movable, "no packs");
    }

    function _stopHow(uint256 how) private returns (ICustody.Standing) {
        if (how == 0) _recallItem(maker);
        if (how == 1) _quarantine(maker);
        if (how == 2) _reportLost(maker);
        return [ICustody.Standing.Recalled, ICustody.Standing.Quarantined, ICustody.Standing.Lost][how];
    }

    function _packs() private view returns (Pack[] memory packs) {
        packs = new Pack[](LOT_COUNT);
        for (uint32 i = 0; i < LOT_COUNT; ++i) {
            packs[i] = Pack(i, _item(i).half(), _tagKey(i));
        }
    }

    function _holdInUnits(LotId held) private {
        vm.prank(maker);
        custody.holdInUnits(held);
    }

    function _release(address by) private {
        vm.prank(by);
        custody.release(item, by, EVIDENCE);
    }

    function _close(address by, uint64 recall) private {
        vm.prank(by);
        custody.closeRecall(recall, EVIDENCE);
    }

    function _assertStops(bool expectedRecalled, bool expectedItems) private view {
        (bool recalled, bool items) = custody.stopsOf(lot, modelNumber);
        assertEq(recalled, expectedRecalled, "recalled");
        assertEq(items, expectedItems, "items");
    }
}
