// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {PossessionTest} from "../../Possession.t.sol";

contract CloseRecallTest is PossessionTest {
    function testFuzz_CloseRecall(
        uint8 scope,
        bool byRegulator,
        uint256 later,
        bytes32 evidence
    ) external {
        uint64 recallId = _recall(ICustody.RecallScope(bound(scope, 0, 2)), maker);
        _assertStanding(ICustody.Standing.Recalled);
        skip(bound(later, 0, 300 days));
        address by = byRegulator ? regulator : maker;

        vm.expectEmit(address(custody));
        emit ICustody.RecallClosed(recallId, by, evidence);
        vm.prank(by);
        custody.closeRecall(recallId, evidence);

        ICustody.Recall memory recall = custody.recallOf(recallId);
        assertEq(recall.closedAt, block.timestamp, "closed at");
        assertEq(recall.issuer, maker, "issuer");
        assertEq(custody.openRecallsOf(recall.subject), 0, "open recalls");
        _assertStanding(ICustody.Standing.Movable);
    }

    function testFuzz_CloseRecall_GivenOthersAreOpen(
        uint8 first,
        uint8 second
    ) external {
        uint64 firstId = _recall(ICustody.RecallScope(bound(first, 0, 2)), maker);
        uint64 secondId = _recall(ICustody.RecallScope(bound(second, 0, 2)), regulator);
        _close(maker, firstId);
        _assertStanding(ICustody.Standing.Recalled);
        _close(regulator, secondId);
        _assertStanding(ICustody.Standing.Movable);
    }

    function test_CloseRecall_OfAStruckLot() external {
        uint64 recallId = _recallLot(maker);
        _strikeLot();
        _close(maker, recallId);
        assertEq(custody.openRecallsOf(lot.asSubject()), 0, "open recalls");
    }

    function testFuzz_RevertGiven_ThereIsNoSuchRecall(
        uint64 recallId
    ) external {
        vm.assume(recallId != _recallLot(maker));
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_NoRecall.selector, recallId));
        _close(regulator, recallId);
    }

    function testFuzz_RevertGiven_RecallIsClosed(
        uint8 scope
    ) external {
        uint64 recallId = _recall(ICustody.RecallScope(bound(scope, 0, 2)), maker);
        _close(maker, recallId);
        address[2] memory callers = [maker, regulator];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_RecallClosed.selector, recallId));
            _close(callers[i], recallId);
        }
    }

    function test_RevertGiven_CallerIsNotTheIssuer() external {
        uint64 recallId = _recallItem(regulator);
        _setCustodyOperator(regulator, true);
        address[4] memory callers = [maker, rival, operator, stranger];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_NotRecallIssuer.selector, recallId, callers[i]));
            _close(callers[i], recallId);
        }
        assertEq(custody.openRecallsOf(ItemId.unwrap(item)), 1, "open recalls");
    }

    function test_RevertGiven_RegulatorIsNotActive() external {
        uint64 recallId = _recallLot(maker);
        _suspend(regulator);
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_NotRecallIssuer.selector, recallId, regulator));
        _close(regulator, recallId);
    }

    function test_RevertGiven_IssuerIsNotActive() external {
        uint64 recallId = _recallLot(maker);
        _suspend(maker);
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_NotActive.selector, maker));
        _close(maker, recallId);
        _close(regulator, recallId);
        _assertStanding(ICustody.Standing.Movable);
    }

    function _recall(
        ICustody.RecallScope scope,
        address by
    ) private returns (uint64) {
        if (scope == ICustody.RecallScope.Model) return _recallModel(by);
        if (scope == ICustody.RecallScope.Lot) return _recallLot(by);
        return _recallItem(by);
    }

    function _close(
        address by,
        uint64 recallId
    ) private {
        vm.prank(by);
        custody.closeRecall(recallId, EVIDENCE);
    }
}
