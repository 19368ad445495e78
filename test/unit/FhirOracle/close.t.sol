// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {IFhirOracle} from "../../../contracts/interfaces/IFhirOracle.sol";
import {RefusingCoin} from "../../mocks/RefusingCoin.sol";
import {FhirOracleTest} from "./FhirOracleTest.sol";

contract FhirOracleCloseTest is FhirOracleTest {
    /// @dev Two agree, one agrees after the settlement, one deviates, one says nothing.
    function testFuzz_Closes(bool inToken, address sender) external {
        IFhirOracle.Question memory terms = _paid(5, inToken ? address(coin) : ETHER);
        bytes32 question = _ask(terms);
        _answer(terms, 0, VALUE);
        _answer(terms, 1, OTHER);
        _answer(terms, 2, VALUE);
        _answer(terms, 3, VALUE);
        vm.warp(deadline + 1);

        vm.expectEmit(address(oracle));
        emit IFhirOracle.Closed(question, true, 13, 15);
        vm.prank(sender);
        oracle.close(terms);

        _assertState(question, 15, 13, true, true);
        assertEq(oracle.valueOf(question), VALUE, "value");
        uint256[5] memory paid = [REWARD, 0, REWARD, REWARD, 0];
        for (uint256 i = 0; i < 5; ++i) {
            assertEq(escrow.creditOf(nodes[i], terms.token), paid[i], "paid");
            _assertReputation(i, paid[i] == 0 ? 0 : 1, i == 1 ? 1 : 0, i == 4 ? 1 : 0);
        }
        assertEq(escrow.creditOf(hospital, terms.token), 2 * REWARD, "given back");
        _assertNothingHeld(terms);
    }

    function test_Closes_BeforeTheDeadlineWhenAllAnswered() external {
        IFhirOracle.Question memory terms = _paid(3, ETHER);
        bytes32 question = _ask(terms);
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IFhirOracle.FhirOracle_TooEarly.selector, question, deadline));
            oracle.close(terms);
            _answer(terms, i, VALUE);
        }
        oracle.close(terms);
        for (uint256 i = 0; i < 3; ++i) {
            _assertReputation(i, 1, 0, 0);
            assertEq(escrow.creditOf(nodes[i], ETHER), REWARD, "paid");
        }
        assertEq(escrow.creditOf(hospital, ETHER), 0, "nothing to give back");
    }

    function test_Closes_Unsettled() external {
        IFhirOracle.Question memory terms = _paid(4, ETHER);
        bytes32 question = _ask(terms);
        _answer(terms, 0, VALUE);
        _answer(terms, 1, VALUE);
        _answer(terms, 2, OTHER);
        vm.warp(deadline + 1);
        vm.expectEmit(address(oracle));
        emit IFhirOracle.Closed(question, false, 0, 7);
        oracle.close(terms);
        for (uint256 i = 0; i < 4; ++i) {
            _assertReputation(i, 0, 0, i == 3 ? 1 : 0);
            assertEq(escrow.creditOf(nodes[i], ETHER), 0, "not earned");
        }
        assertEq(escrow.creditOf(hospital, ETHER), 4 * REWARD, "given back");
        assertEq(oracle.valueOf(question), 0, "no value");
        _assertState(question, 7, 0, false, true);
    }

    function test_Closes_WithoutReward() external {
        IFhirOracle.Question memory terms = _question(3);
        _ask(terms);
        _answer(terms, 0, VALUE);
        _answer(terms, 1, VALUE);
        vm.warp(deadline + 1);
        vm.expectCall(address(escrow), "", 0);
        oracle.close(terms);
        _assertReputation(0, 1, 0, 0);
        _assertReputation(2, 0, 0, 1);
    }

    function test_Closes_AddsToWhatWasBefore() external {
        IFhirOracle.Question memory terms = _question(1);
        for (uint64 i = 1; i <= 3; ++i) {
            terms.nonce = i;
            _ask(terms);
            _answer(terms, 0, VALUE);
            oracle.close(terms);
            _assertReputation(0, i, 0, 0);
        }
    }

    /// @dev What was earned was earned.
    function test_Closes_WhoeverIsSuspendedByNow() external {
        IFhirOracle.Question memory terms = _paid(3, ETHER);
        _ask(terms);
        _answer(terms, 0, VALUE);
        _answer(terms, 1, VALUE);
        _suspend(nodes[0]);
        _suspend(nodes[2]);
        _suspend(hospital);
        vm.warp(deadline + 1);
        oracle.close(terms);
        assertEq(escrow.creditOf(nodes[0], ETHER), REWARD, "paid");
        assertEq(escrow.creditOf(hospital, ETHER), REWARD, "given back");
        _assertNothingHeld(terms);
    }

    function test_Closes_WhenTheTokenStopped() external {
        RefusingCoin refusing = new RefusingCoin();
        _equip(hospital, address(refusing));
        IFhirOracle.Question memory terms = _paid(1, address(refusing));
        _ask(terms);
        _answer(terms, 0, VALUE);
        refusing.setRefusing(true);
        oracle.close(terms);
        assertEq(escrow.creditOf(nodes[0], address(refusing)), REWARD);
    }

    function testFuzz_Closes_WhateverWasReclaimed(uint256 reclaimed) external {
        reclaimed = bound(reclaimed, 0, 7);
        IFhirOracle.Question memory terms = _paid(3, ETHER);
        _ask(terms);
        _answer(terms, 0, VALUE);
        _answer(terms, 1, VALUE);
        IEscrow.Deal memory deal = _dealOf(terms, nodes[0]);
        vm.warp(uint256(deal.reclaimableAt) - 1);
        bytes32 id = escrow.dealIdOf(deal);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.Escrow_TooEarly.selector, id, deal.reclaimableAt));
        escrow.reclaim(deal);
        vm.warp(deal.reclaimableAt);
        for (uint256 i = 0; i < 3; ++i) {
            if (reclaimed & _bitAt(i) != 0) escrow.reclaim(_dealOf(terms, nodes[i]));
        }
        oracle.close(terms);
        uint256 paid = 0;
        for (uint256 i = 0; i < 2; ++i) {
            bool earned = reclaimed & _bitAt(i) == 0;
            assertEq(escrow.creditOf(nodes[i], ETHER), earned ? REWARD : 0, "paid");
            if (earned) paid += REWARD;
            _assertReputation(i, 1, 0, 0);
        }
        assertEq(escrow.creditOf(hospital, ETHER), 3 * REWARD - paid, "the rest is the asker's");
        _assertNothingHeld(terms);
    }

    // Refusals

    function test_RevertGiven_NobodyAsked() external {
        IFhirOracle.Question memory terms = _question(3);
        vm.expectRevert(abi.encodeWithSelector(IFhirOracle.FhirOracle_Unknown.selector, oracle.questionOf(terms)));
        oracle.close(terms);
    }

    function testFuzz_RevertGiven_TheDeadlineIsNotOver(uint256 time) external {
        IFhirOracle.Question memory terms = _question(3);
        bytes32 question = _ask(terms);
        _answer(terms, 0, VALUE);
        _answer(terms, 1, VALUE);
        vm.warp(bound(time, block.timestamp, deadline));
        vm.expectRevert(abi.encodeWithSelector(IFhirOracle.FhirOracle_TooEarly.selector, question, deadline));
        oracle.close(terms);
    }

    function test_RevertGiven_ItIsClosed() external {
        IFhirOracle.Question memory terms = _paid(1, ETHER);
        bytes32 question = _ask(terms);
        _answer(terms, 0, VALUE);
        oracle.close(terms);
        vm.expectRevert(abi.encodeWithSelector(IFhirOracle.FhirOracle_AlreadyClosed.selector, question));
        oracle.close(terms);
        _assertReputation(0, 1, 0, 0);
        assertEq(escrow.creditOf(nodes[0], ETHER), REWARD, "paid once");
    }
}
