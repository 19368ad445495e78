// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {IFhirOracle} from "../../../contracts/interfaces/IFhirOracle.sol";
import {CODEC_RAW, Content} from "../../../contracts/types/Content.sol";
import {ORACLE} from "../../../contracts/types/Role.sol";
import {Base} from "../../Base.t.sol";
import {Coin} from "../../mocks/Coin.sol";
import {IToken} from "../../mocks/IToken.sol";

/// @title Sixteen oracle nodes, a hospital that asks them and has ether and a coin; and short words for what they do
abstract contract FhirOracleTest is Base {
    uint256 internal constant MOST = 16;
    uint256 internal constant REWARD = 0.01 ether;
    uint256 internal constant WEALTH = 100 ether;
    address internal constant ETHER = address(0);
    bytes32 internal constant VALUE = keccak256("72 /min and salt");
    bytes32 internal constant OTHER = keccak256("73 /min and salt");

    /// @notice Ascending.
    address[] internal nodes;
    Coin internal coin;
    uint40 internal deadline;

    function setUp() public virtual override {
        super.setUp();
        for (uint256 i = 0; i < MOST; ++i) {
            address node = _account(string.concat("node ", vm.toString(i)));
            _place(node);
            _schedulePowerful(node, ORACLE);
        }
        skip(DELAY);
        for (uint256 i = 0; i < MOST; ++i) {
            _executePowerful(nodes[i], ORACLE);
        }
        deadline = uint40(block.timestamp + 1 hours);

        vm.deal(hospital, WEALTH);
        coin = new Coin();
        _equip(hospital, address(coin));
    }

    function _place(address node) private {
        nodes.push(node);
        for (uint256 i = nodes.length - 1; i > 0 && nodes[i - 1] > node; --i) {
            (nodes[i - 1], nodes[i]) = (node, nodes[i - 1]);
        }
    }

    /// @dev The asker agrees that the oracle pays with its coins.
    function _equip(address asker, address token) internal {
        IToken(token).mint(asker, WEALTH);
        vm.startPrank(asker);
        IToken(token).approve(address(escrow), type(uint256).max);
        escrow.setOperator(address(oracle), true);
        vm.stopPrank();
    }

    // Questions

    /// @notice For a heart rate, from the first `count` nodes, of which more than half have to agree; no reward.
    function _question(uint256 count) internal view returns (IFhirOracle.Question memory terms) {
        terms.asker = hospital;
        terms.subject = keccak256("patient and salt");
        terms.system = IFhirOracle.CodeSystem.Loinc;
        terms.code = "8867-4";
        terms.document = Content(keccak256("where to look, for the nodes"), CODEC_RAW);
        terms.observedFrom = uint40(block.timestamp - 10 minutes);
        terms.deadline = deadline;
        // Safe: at most 16.
        // forge-lint: disable-next-line(unsafe-typecast)
        terms.quorum = uint8(count / 2 + 1);
        terms.nodes = new address[](count);
        for (uint256 i = 0; i < count; ++i) {
            terms.nodes[i] = nodes[i];
        }
    }

    /// @notice As {_question}, with a reward for each.
    function _paid(uint256 count, address token) internal view returns (IFhirOracle.Question memory terms) {
        terms = _question(count);
        (terms.token, terms.reward) = (token, REWARD);
    }

    /// @notice As {_question}, of numbers.
    function _numbers(uint256 count, uint128 tolerance) internal view returns (IFhirOracle.Question memory terms) {
        terms = _question(count);
        (terms.rule, terms.decimals, terms.tolerance) = (IFhirOracle.Rule.Median, 1, tolerance);
    }

    function _etherFor(IFhirOracle.Question memory terms) internal pure returns (uint256) {
        return terms.token == ETHER ? terms.reward * terms.nodes.length : 0;
    }

    function _ask(IFhirOracle.Question memory terms) internal returns (bytes32 question) {
        vm.prank(terms.asker);
        return oracle.ask{value: _etherFor(terms)}(terms);
    }

    function _expectAskRefusal(IFhirOracle.Question memory terms, bytes memory refusal) internal {
        vm.expectRevert(refusal);
        _ask(terms);
    }

    // Answers

    function _given(address node, bytes32 value) internal view returns (IFhirOracle.Answer memory) {
        return IFhirOracle.Answer({
            node: node,
            value: value,
            observedAt: uint40(block.timestamp - 1 minutes),
            document: Content(keccak256("the value, for the asker"), CODEC_RAW)
        });
    }

    function _signed(IFhirOracle.Question memory terms, IFhirOracle.Answer memory given)
        internal
        view
        returns (bytes memory)
    {
        return _sign(given.node, oracle.answerHash(oracle.questionOf(terms), given));
    }

    function _answer(IFhirOracle.Question memory terms, uint256 node, bytes32 value) internal {
        IFhirOracle.Answer memory given = _given(nodes[node], value);
        oracle.answer(terms, given, _signed(terms, given));
    }

    function _answer(IFhirOracle.Question memory terms, uint256 node, int256 number) internal {
        _answer(terms, node, _wordOf(number));
    }

    /// @dev As the oracle takes numbers: sign-extended.
    function _wordOf(int256 number) internal pure returns (bytes32) {
        return bytes32(uint256(number)); // forge-lint: disable-line(unsafe-typecast)
    }

    /// @dev There are at most 16 nodes.
    function _bitAt(uint256 place) internal pure returns (uint16) {
        return uint16(uint256(1) << place); // forge-lint: disable-line(unsafe-typecast)
    }

    function _expectAnswerRefusal(
        IFhirOracle.Question memory terms,
        IFhirOracle.Answer memory given,
        bytes memory refusal
    ) internal {
        bytes memory signature = _signed(terms, given);
        vm.expectRevert(refusal);
        oracle.answer(terms, given, signature);
    }

    // What came of it

    function _dealOf(IFhirOracle.Question memory terms, address node) internal view returns (IEscrow.Deal memory) {
        return IEscrow.Deal({
            opener: address(oracle),
            payer: terms.asker,
            payee: node,
            token: terms.token,
            reclaimableAt: terms.deadline + oracle.RECLAIM_AFTER(),
            subject: oracle.questionOf(terms)
        });
    }

    function _heldFor(IFhirOracle.Question memory terms, address node) internal view returns (uint256) {
        return escrow.heldIn(escrow.dealIdOf(_dealOf(terms, node)));
    }

    function _assertState(bytes32 question, uint16 answered, uint16 agreed, bool settled, bool closed) internal view {
        IFhirOracle.State memory state = oracle.stateOf(question);
        assertEq(state.answered, answered, "answered");
        assertEq(state.agreed, agreed, "agreed");
        assertEq(state.settled, settled, "settled");
        assertEq(state.closed, closed, "closed");
    }

    function _assertReputation(uint256 node, uint64 agreed, uint64 deviated, uint64 missed) internal view {
        IFhirOracle.Reputation memory reputation = oracle.reputationOf(nodes[node]);
        assertEq(reputation.agreed, agreed, "agreed");
        assertEq(reputation.deviated, deviated, "deviated");
        assertEq(reputation.missed, missed, "missed");
    }

    function _assertNothingHeld(IFhirOracle.Question memory terms) internal view {
        for (uint256 i = 0; i < terms.nodes.length; ++i) {
            assertEq(_heldFor(terms, terms.nodes[i]), 0, "held");
        }
    }
}
