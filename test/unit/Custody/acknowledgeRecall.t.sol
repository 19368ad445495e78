// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {PossessionTest} from "../../Possession.t.sol";

contract AcknowledgeRecallTest is PossessionTest {
    function testFuzz_AcknowledgeRecall(
        bool suspended,
        bool closed,
        bytes32 evidence
    ) external {
        uint64 recallId = _recallLot(maker);
        if (suspended) _suspend(hospital);
        if (closed) {
            vm.prank(maker);
            custody.closeRecall(recallId, EVIDENCE);
        }

        vm.expectEmit(address(custody));
        emit ICustody.RecallAcknowledged(recallId, hospital, evidence);
        vm.prank(hospital);
        custody.acknowledgeRecall(recallId, evidence);

        assertEq(custody.openRecallsOf(lot.asSubject()), closed ? 0 : 1, "still as open as before");
    }

    function testFuzz_RevertGiven_ThereIsNoSuchRecall(
        uint64 recallId
    ) external {
        vm.assume(recallId != _recallLot(maker));
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_NoRecall.selector, recallId));
        vm.prank(hospital);
        custody.acknowledgeRecall(recallId, EVIDENCE);
    }

    function test_RevertGiven_CallerWasNeverEnrolled() external {
        uint64 recallId = _recallLot(maker);
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_NotEntitled.selector, lot.asSubject(), stranger));
        vm.prank(stranger);
        custody.acknowledgeRecall(recallId, EVIDENCE);
    }
}
