// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IFhirOracle} from "../../contracts/interfaces/IFhirOracle.sol";
import {FhirOracleTest} from "../unit/FhirOracle/FhirOracleTest.sol";
import {FhirOracleHandler} from "./FhirOracleHandler.sol";

/// @dev That nobody answers twice and nothing is closed twice is asserted by the handler at each call.
contract FhirOracleInvariantTest is FhirOracleTest {
    FhirOracleHandler private handler;

    function setUp() public override {
        super.setUp();
        handler = new FhirOracleHandler(oracle, escrow, hospital, address(coin));
        for (uint256 i = 0; i < 5; ++i) {
            handler.addNode(nodes[i], keyOf[nodes[i]]);
        }
        vm.deal(hospital, 1_000_000 ether);
        coin.mint(hospital, 1_000_000 ether);
        bytes4[] memory selectors = new bytes4[](6);
        (selectors[0], selectors[1], selectors[2]) =
        (handler.ask.selector, handler.answer.selector, handler.answerAll.selector);
        (selectors[3], selectors[4], selectors[5]) =
        (handler.close.selector, handler.reclaim.selector, handler.passTime.selector);
        targetSelector(FuzzSelector({addr: address(handler), selectors: selectors}));
        targetContract(address(handler));
    }

    /// @dev Settled is what so many different nodes said first, and it never changes.
    function invariant_ASettledValueIsTheFirstQuorumsForEver() external view {
        for (uint256 i = 0; i < handler.count(); ++i) {
            FhirOracleHandler.Record memory record = handler.recordOf(i);
            bytes32 question = oracle.questionOf(record.terms);
            IFhirOracle.State memory state = oracle.stateOf(question);
            assertEq(state.settled, record.settled, "settled");
            assertEq(oracle.valueOf(question), record.settledValue, "value");
            assertEq(state.closed, record.closed, "closed");
            uint256 agreeing = 0;
            for (uint256 j = 0; j < record.terms.nodes.length; ++j) {
                (bool answered, bool agreed) = handler.agrees(i, record.terms.nodes[j]);
                assertEq(state.answered & _bitAt(j) != 0, answered, "answered");
                assertEq(state.agreed & _bitAt(j) != 0, agreed, "agreed");
                if (agreed) ++agreeing;
            }
            if (state.settled) assertGe(agreeing, record.terms.quorum, "each counted once");
        }
    }

    function invariant_WhatWasSaidStands() external view {
        for (uint256 i = 0; i < handler.count(); ++i) {
            FhirOracleHandler.Record memory record = handler.recordOf(i);
            bytes32 question = oracle.questionOf(record.terms);
            for (uint256 j = 0; j < record.answered.length; ++j) {
                assertEq(oracle.answerOf(question, record.answered[j]), record.values[j]);
            }
        }
    }

    /// @dev Until it is closed or taken back it is held, and then it is one party's, once.
    function invariant_EveryRewardIsHeldOrSomebodys() external view {
        address[2] memory tokens = [ETHER, address(coin)];
        for (uint256 t = 0; t < 2; ++t) {
            uint256 held = 0;
            uint256 asker = 0;
            uint256[5] memory earned;
            for (uint256 i = 0; i < handler.count(); ++i) {
                FhirOracleHandler.Record memory record = handler.recordOf(i);
                if (record.terms.token != tokens[t]) continue;
                for (uint256 j = 0; j < record.terms.nodes.length; ++j) {
                    uint256 reward = record.terms.reward;
                    bool reclaimed = record.reclaimed & _bitAt(j) != 0;
                    (, bool agreed) = handler.agrees(i, nodes[j]);
                    bool open = !record.closed && !reclaimed;
                    assertEq(_heldFor(record.terms, nodes[j]), open ? reward : 0, "held while it is open");
                    if (open) held += reward;
                    else if (agreed && !reclaimed) earned[j] += reward;
                    else asker += reward;
                }
            }
            uint256 sum = held + asker;
            for (uint256 j = 0; j < 5; ++j) {
                assertEq(escrow.creditOf(nodes[j], tokens[t]), earned[j], "earned");
                sum += earned[j];
            }
            assertEq(escrow.creditOf(hospital, tokens[t]), asker, "given back");
            assertEq(sum, handler.fundedOf(tokens[t]), "nothing is lost");
        }
        assertEq(address(escrow).balance, handler.fundedOf(ETHER), "all of it is there");
        assertEq(coin.balanceOf(address(escrow)), handler.fundedOf(address(coin)), "all of it is there");
    }

    function invariant_ReputationIsCountedOnceAQuestion() external view {
        for (uint256 j = 0; j < 5; ++j) {
            uint64[3] memory counts;
            for (uint256 i = 0; i < handler.count(); ++i) {
                FhirOracleHandler.Record memory record = handler.recordOf(i);
                if (!record.closed || record.terms.nodes.length <= j) continue;
                (bool answered, bool agreed) = handler.agrees(i, nodes[j]);
                if (!answered) ++counts[2];
                else if (agreed) ++counts[0];
                else if (record.settled) ++counts[1];
            }
            _assertReputation(j, counts[0], counts[1], counts[2]);
        }
    }
}
