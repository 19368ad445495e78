// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {Content} from "../../../contracts/types/Content.sol";
import {LotId} from "../../../contracts/types/Ids.sol";
import {PossessionTest} from "../../Possession.t.sol";

contract RecallLotTest is PossessionTest {
    function testFuzz_RecallLot(
        bool byRegulator,
        uint8 severity,
        uint32 index
    ) external {
        address issuer = byRegulator ? regulator : maker;
        ICustody.RecallClass class = ICustody.RecallClass(bound(severity, 0, 2));
        Content memory notice = _content("notice");

        vm.expectEmit(address(custody));
        emit ICustody.RecallOpened(1, lot.asSubject(), issuer, ICustody.RecallScope.Lot, class, notice);
        vm.prank(issuer);
        uint64 recallId = custody.recallLot(lot, class, notice);

        ICustody.Recall memory recall = custody.recallOf(recallId);
        assertEq(recall.issuer, issuer, "issuer");
        assertEq(uint8(recall.class), uint8(class), "class");
        assertEq(uint8(recall.scope), uint8(ICustody.RecallScope.Lot), "scope");
        assertEq(recall.subject, lot.asSubject(), "subject");
        assertEq(custody.openRecallsOf(lot.asSubject()), 1, "open recalls");
        item = _item(uint32(bound(index, 0, LOT_COUNT - 1)));
        _assertStanding(ICustody.Standing.Recalled);
    }

    function test_RecallLot_LeavesOtherLotsAlone() external {
        vm.prank(maker);
        LotId other = catalog.registerLot(_newLot("other"));
        _recallLot(maker);
        item = _itemOf(other, 0);
        _assertStanding(ICustody.Standing.Movable);
        assertEq(custody.openRecallsOf(other.asSubject()), 0, "open recalls");
    }

    function test_RevertGiven_LotWasNeverRegistered() external {
        lot = model.lotNumbered("unknown");
        address[2] memory callers = [maker, regulator];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_UnknownSubject.selector, lot.asSubject()));
            _recallLot(callers[i]);
        }
    }

    function test_RevertGiven_CallerIsNotEntitled() external {
        _expectNotEntitled(rival);
        _expectNotEntitled(distributor);
        _suspend(maker);
        _expectNotEntitled(maker);
        _suspend(regulator);
        _expectNotEntitled(regulator);
    }

    function test_GivenLotWasStruck() external {
        _strikeLot();
        _expectNotEntitled(maker);
        _recallLot(regulator);
        assertEq(custody.openRecallsOf(lot.asSubject()), 1, "open recalls");
    }

    function test_RevertWhen_NoticeIsMalformed() external {
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_BadNotice.selector, bytes32(0), uint8(0x55)));
        vm.prank(maker);
        custody.recallLot(lot, ICustody.RecallClass.I, Content(0, 0x55));
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_BadNotice.selector, EVIDENCE, uint8(0x71)));
        vm.prank(regulator);
        custody.recallLot(lot, ICustody.RecallClass.I, Content(EVIDENCE, 0x71));
    }

    function _expectNotEntitled(
        address caller
    ) private {
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_NotEntitled.selector, lot.asSubject(), caller));
        _recallLot(caller);
    }
}
