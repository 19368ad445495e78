// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IFhirOracle} from "../../contracts/interfaces/IFhirOracle.sol";
import {FhirOracleTest} from "../unit/FhirOracle/FhirOracleTest.sol";

/// @notice Gas of whole transactions on cold state: of three nodes two have to agree; "16nodes" is the most that there can be.
contract FhirOracleGasTest is FhirOracleTest {
    function test_Gas_Ask() external {
        _ask(_question(3));
        vm.snapshotGasLastCall("FhirOracle", "ask/3nodes");
    }

    function test_Gas_Ask_WithReward() external {
        _ask(_paid(3, ETHER));
        vm.snapshotGasLastCall("FhirOracle", "ask/3nodes/etherReward");
    }

    function test_Gas_Ask_WithTokenReward() external {
        _ask(_paid(3, address(coin)));
        vm.snapshotGasLastCall("FhirOracle", "ask/3nodes/tokenReward");
    }

    function test_Gas_Answer() external {
        IFhirOracle.Question memory terms = _question(3);
        _ask(terms);
        _answer(terms, 0, VALUE);
        vm.snapshotGasLastCall("FhirOracle", "answer/first");
        _answer(terms, 1, VALUE);
        vm.snapshotGasLastCall("FhirOracle", "answer/settles");
        _answer(terms, 2, VALUE);
        vm.snapshotGasLastCall("FhirOracle", "answer/afterwards");
        oracle.close(terms);
        vm.snapshotGasLastCall("FhirOracle", "close/3nodes");
    }

    function test_Gas_Close_WithReward() external {
        IFhirOracle.Question memory terms = _paid(3, ETHER);
        _ask(terms);
        for (uint256 i = 0; i < 3; ++i) {
            _answer(terms, i, VALUE);
        }
        oracle.close(terms);
        vm.snapshotGasLastCall("FhirOracle", "close/3nodes/etherReward");
    }

    /// @dev Neither the last answer nor the end comes near the limit of a block, so that a question cannot be too large to be closed.
    function test_Gas_MostNodes() external {
        IFhirOracle.Question memory terms = _numbers(MOST, 1);
        (terms.reward, terms.quorum) = (REWARD, 16);
        _ask(terms);
        vm.snapshotGasLastCall("FhirOracle", "ask/16nodes/etherReward");
        for (uint256 i = 0; i < MOST; ++i) {
            // The worst order for the sort.
            _answer(terms, i, i % 2 == 0 ? int256(0) : int256(-1));
        }
        uint256 gasUsed = vm.snapshotGasLastCall("FhirOracle", "answer/settlesMedianOf16");
        assertLe(gasUsed, 1_000_000);
        assertTrue(oracle.stateOf(oracle.questionOf(terms)).settled);
        oracle.close(terms);
        gasUsed = vm.snapshotGasLastCall("FhirOracle", "close/16nodes/etherReward");
        assertLe(gasUsed, 2_000_000);
    }
}
