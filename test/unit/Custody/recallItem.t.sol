// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {Content} from "../../../contracts/types/Content.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {PossessionTest} from "../../Possession.t.sol";

contract RecallItemTest is PossessionTest {
    function testFuzz_RecallItem(
        bool byRegulator,
        bool commissioned,
        uint8 severity
    ) external {
        if (commissioned) _commission();
        address issuer = byRegulator ? regulator : maker;
        ICustody.RecallClass class = ICustody.RecallClass(bound(severity, 0, 2));
        Content memory notice = _content("notice");
        bytes32 subject = ItemId.unwrap(item);

        vm.expectEmit(address(custody));
        emit ICustody.RecallOpened(1, subject, issuer, ICustody.RecallScope.Item, class, notice);
        vm.prank(issuer);
        uint64 recallId = custody.recallItem(item, class, notice);

        ICustody.Recall memory recall = custody.recallOf(recallId);
        assertEq(recall.issuer, issuer, "issuer");
        assertEq(uint8(recall.class), uint8(class), "class");
        assertEq(uint8(recall.scope), uint8(ICustody.RecallScope.Item), "scope");
        assertEq(recall.subject, subject, "subject");
        assertEq(custody.openRecallsOf(subject), 1, "open recalls");
        assertEq(custody.holdingOf(item).recalls, 1, "recalls in the holding");
        _assertStanding(ICustody.Standing.Recalled);

        item = _item(1);
        _assertStanding(ICustody.Standing.Movable);
    }

    function test_RevertGiven_LotWasNeverRegistered() external {
        item = ItemId.wrap(keccak256("unknown"));
        address[2] memory callers = [maker, regulator];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_UnknownSubject.selector, ItemId.unwrap(item)));
            _recallItem(callers[i]);
        }
    }

    function test_RevertGiven_CallerIsNotEntitled() external {
        _bringToHospital();
        _expectNotEntitled(hospital);
        _expectNotEntitled(rival);
        _suspend(maker);
        _expectNotEntitled(maker);
        _suspend(regulator);
        _expectNotEntitled(regulator);
    }

    function test_GivenLotWasStruck() external {
        _strikeLot();
        _expectNotEntitled(maker);
        _recallItem(regulator);
        assertEq(custody.openRecallsOf(ItemId.unwrap(item)), 1, "open recalls");
    }

    function test_RevertWhen_NoticeIsMalformed() external {
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_BadNotice.selector, bytes32(0), uint8(0x70)));
        vm.prank(maker);
        custody.recallItem(item, ICustody.RecallClass.I, Content(0, 0x70));
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_BadNotice.selector, EVIDENCE, uint8(0)));
        vm.prank(regulator);
        custody.recallItem(item, ICustody.RecallClass.I, Content(EVIDENCE, 0));
    }

    function _expectNotEntitled(
        address caller
    ) private {
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_NotEntitled.selector, ItemId.unwrap(item), caller));
        _recallItem(caller);
    }
}
