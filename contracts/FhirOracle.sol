// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "./interfaces/IEscrow.sol";
import {IFhirOracle} from "./interfaces/IFhirOracle.sol";
import {IParticipants} from "./interfaces/IParticipants.sol";
import {Content} from "./types/Content.sol";
import {ORACLE} from "./types/Role.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title FhirOracle: what does the hospital system say?
///
/// TRUST
///
/// The asker chooses the nodes and how many must agree; a settled value is what that many of them signed, no more. A quorum is more than half,
/// so no two values can have it. A node answers once, what it answered stands, and answers after the settlement change nothing but what
/// that node gets: reputation, and the reward.
///
/// Copying. Answers are open, so a node could repeat what another said. With equality a copier risks its reputation with the other; where that
/// is not enough the asker names nodes that do not see the chain before the deadline, or reads the time of each answer.
///
/// Numbers. With the median rule fewer wrong answers than the quorum cannot move the value further from what an honest node said than the
/// tolerance; by the tolerance a single one can, if it comes when it decides.
///
/// Reputation is what askers made of it: one whose question nobody can answer makes nodes miss it, and one who names friends as the quorum makes
/// an honest node deviate. Who weighs a node reads in the events who had asked.
///
/// Patients. Values are commitments under the asker's salt, which the nodes know as well: to others they say nothing, even of a heart rate.
///
/// Money. Rewards lie in `Escrow`, one deal per node; nobody but this contract divides them, and after `RECLAIM_AFTER` anyone can send back what
/// nobody closed. Whoever closes cannot choose who is paid.
contract FhirOracle is IFhirOracle, EIP712, ReentrancyGuardTransient {
    bytes32 private constant ANSWER_TYPEHASH =
        keccak256("Answer(bytes32 question,address node,bytes32 value,uint40 observedAt,bytes32 digest,uint8 codec)");
    /// @notice How many nodes a question may name.
    uint256 public constant MOST_NODES = 16;
    /// @notice How long a question may be open.
    uint40 public constant LONGEST = 30 days;
    /// @notice How long after the deadline a reward can be taken back where nobody closed.
    uint40 public constant RECLAIM_AFTER = 30 days;

    /// @notice Who is an oracle node.
    IParticipants public immutable PARTICIPANTS;
    /// @notice Where rewards lie.
    IEscrow public immutable ESCROW;

    mapping(bytes32 question => State) private _states;
    mapping(bytes32 question => mapping(address node => bytes32 value)) private _answers;
    mapping(address node => Reputation) private _reputations;

    /// @inheritdoc IFhirOracle
    mapping(bytes32 question => bytes32 value) public valueOf;

    constructor(IParticipants participants, IEscrow escrow) EIP712("Theriac FhirOracle", "1") {
        PARTICIPANTS = participants;
        ESCROW = escrow;
    }

    // Verbs

    /// @inheritdoc IFhirOracle
    function ask(Question calldata terms) external payable nonReentrant returns (bytes32 question) {
        if (terms.asker != msg.sender) revert FhirOracle_NotAsker(terms.asker, msg.sender);
        if (!PARTICIPANTS.isActive(msg.sender)) revert FhirOracle_NotActive(msg.sender);
        _checkTerms(terms);
        question = questionOf(terms);
        if (_states[question].askedAt != 0) revert FhirOracle_AlreadyAsked(question);
        uint256 needed = terms.token == address(0) ? terms.reward * terms.nodes.length : 0;
        if (msg.value != needed) revert FhirOracle_WrongValue(msg.value, needed);

        _states[question].askedAt = uint40(block.timestamp);
        emit Asked(question, msg.sender, terms.subject, terms);
        if (terms.reward != 0) _fund(question, terms);
    }

    /// @inheritdoc IFhirOracle
    function answer(Question calldata terms, Answer calldata given, bytes calldata signature) external {
        bytes32 question = questionOf(terms);
        State memory state = _required(question);
        if (block.timestamp > terms.deadline) revert FhirOracle_TooLate(question, terms.deadline);
        if (state.closed) revert FhirOracle_AlreadyClosed(question);
        uint16 bit = _bitOf(question, terms, given.node);
        if (state.answered & bit != 0) revert FhirOracle_AnsweredBefore(question, given.node);
        _checkAnswer(question, terms, given);
        // A contract is asked by a static call, so it cannot change anything between this check and what follows.
        if (!SignatureChecker.isValidSignatureNowCalldata(given.node, answerHash(question, given), signature)) {
            revert FhirOracle_BadSignature(given.node);
        }

        state.answered |= bit;
        _answers[question][given.node] = given.value;
        emit Answered(question, given.node, given.value, given.observedAt, given.document.digest, given.document.codec);
        if (!state.settled) {
            (bytes32 value, uint16 agreed) = _agreement(question, terms, state.answered, given.value);
            if (_count(agreed) >= terms.quorum) {
                (state.settled, state.agreed) = (true, agreed);
                valueOf[question] = value;
                emit Settled(question, terms.subject, value, agreed);
            }
        } else if (_agrees(terms, valueOf[question], given.value)) {
            state.agreed |= bit;
        }
        _states[question] = state;
    }

    /// @inheritdoc IFhirOracle
    function close(Question calldata terms) external nonReentrant {
        // Guarded, since an asker's token is called while the rewards are opened one after another: closed then, the later ones would be
        // opened for nobody to pay.
        bytes32 question = questionOf(terms);
        State memory state = _required(question);
        if (state.closed) revert FhirOracle_AlreadyClosed(question);
        uint256 count = terms.nodes.length;
        if (block.timestamp <= terms.deadline && _count(state.answered) < count) {
            revert FhirOracle_TooEarly(question, terms.deadline);
        }

        state.closed = true;
        _states[question] = state;
        emit Closed(question, state.settled, state.agreed, state.answered);
        for (uint256 i = 0; i < count; ++i) {
            uint16 bit = _bitAt(i);
            Reputation storage reputation = _reputations[terms.nodes[i]];
            bool agreed = state.agreed & bit != 0;
            // Without a settlement nobody agreed, and nobody deviated either.
            if (state.answered & bit == 0) ++reputation.missed;
            else if (agreed) ++reputation.agreed;
            else if (state.settled) ++reputation.deviated;
            if (terms.reward != 0) _reward(question, terms, terms.nodes[i], agreed);
        }
    }

    // Views

    /// @inheritdoc IFhirOracle
    function questionOf(Question calldata terms) public pure returns (bytes32) {
        return keccak256(abi.encode(terms));
    }

    /// @inheritdoc IFhirOracle
    function stateOf(bytes32 question) external view returns (State memory) {
        return _states[question];
    }

    /// @inheritdoc IFhirOracle
    function answerOf(bytes32 question, address node) external view returns (bytes32 value) {
        return _answers[question][node];
    }

    /// @inheritdoc IFhirOracle
    function reputationOf(address node) external view returns (Reputation memory) {
        return _reputations[node];
    }

    /// @inheritdoc IFhirOracle
    function answerHash(bytes32 question, Answer calldata given) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(ANSWER_TYPEHASH, question, given)));
    }

    // Internal: checks

    function _checkTerms(Question calldata terms) private view {
        uint256 count = terms.nodes.length;
        if (count == 0 || count > MOST_NODES) revert FhirOracle_BadNodeCount(count);
        address last;
        for (uint256 i = 0; i < count; ++i) {
            address node = terms.nodes[i];
            if (node <= last || !PARTICIPANTS.isActiveAs(node, ORACLE)) revert FhirOracle_BadNode(node);
            last = node;
        }
        if (terms.quorum > count || uint256(terms.quorum) * 2 <= count) {
            revert FhirOracle_BadQuorum(terms.quorum, count);
        }
        if (terms.deadline <= block.timestamp || terms.deadline > block.timestamp + LONGEST) {
            revert FhirOracle_BadDeadline(terms.deadline);
        }
        if (terms.observedFrom > terms.deadline) revert FhirOracle_BadFreshness(terms.observedFrom, terms.deadline);
        if (!terms.document.isWellFormed()) {
            revert FhirOracle_BadDocument(terms.document.digest, terms.document.codec);
        }
        if (terms.rule == Rule.Equal && terms.tolerance != 0) revert FhirOracle_BadTolerance(terms.tolerance);
        if (terms.code == 0) revert FhirOracle_BadCode(terms.code);
    }

    function _checkAnswer(bytes32 question, Question calldata terms, Answer calldata given) private view {
        if (!PARTICIPANTS.isActiveAs(given.node, ORACLE)) revert FhirOracle_NotActive(given.node);
        if (given.observedAt < terms.observedFrom || given.observedAt > block.timestamp) {
            revert FhirOracle_BadTime(question, given.observedAt);
        }
        Content memory document = given.document;
        bool none = document.digest == 0 && document.codec == 0;
        if (!none && !document.isWellFormed()) revert FhirOracle_BadDocument(document.digest, document.codec);
        if (terms.rule == Rule.Median && !_isNumber(given.value)) revert FhirOracle_BadNumber(given.value);
    }

    function _required(bytes32 question) private view returns (State memory state) {
        state = _states[question];
        if (state.askedAt == 0) revert FhirOracle_Unknown(question);
    }

    function _bitOf(bytes32 question, Question calldata terms, address node) private pure returns (uint16) {
        for (uint256 i = 0; i < terms.nodes.length; ++i) {
            if (terms.nodes[i] == node) return _bitAt(i);
        }
        revert FhirOracle_NotANode(question, node);
    }

    // Internal: agreement

    /// @dev The value that the answers so far agree on best after `newest` came in, and who agrees with it.
    function _agreement(bytes32 question, Question calldata terms, uint16 answered, bytes32 newest)
        private
        view
        returns (bytes32 value, uint16 agreed)
    {
        // Only the newest can have got a quorum now: before it nothing had.
        value = terms.rule == Rule.Equal ? newest : _median(question, terms, answered);
        for (uint256 i = 0; i < terms.nodes.length; ++i) {
            uint16 bit = _bitAt(i);
            if (answered & bit != 0 && _agrees(terms, value, _answers[question][terms.nodes[i]])) agreed |= bit;
        }
    }

    function _agrees(Question calldata terms, bytes32 value, bytes32 other) private pure returns (bool) {
        if (terms.rule == Rule.Equal) return value == other;
        int256 apart = int256(uint256(value)) - int256(uint256(other));
        return uint256(apart < 0 ? -apart : apart) <= terms.tolerance;
    }

    /// @dev Of an even number of answers the lower one of the two in the middle: a number that somebody gave.
    function _median(bytes32 question, Question calldata terms, uint16 answered) private view returns (bytes32) {
        uint256 count = _count(answered);
        int256[] memory sorted = new int256[](count);
        uint256 filled;
        for (uint256 i = 0; i < terms.nodes.length; ++i) {
            if (answered & _bitAt(i) == 0) continue;
            int256 number = int256(uint256(_answers[question][terms.nodes[i]]));
            uint256 place = filled++;
            while (place > 0 && sorted[place - 1] > number) {
                sorted[place] = sorted[place - 1];
                --place;
            }
            sorted[place] = number;
        }
        return bytes32(uint256(sorted[(count - 1) / 2]));
    }

    function _isNumber(bytes32 value) private pure returns (bool) {
        int256 number = int256(uint256(value));
        return number >= type(int128).min && number <= type(int128).max;
    }

    /// @dev There are at most 16 nodes.
    function _bitAt(uint256 place) private pure returns (uint16) {
        return uint16(uint256(1) << place); // forge-lint: disable-line(unsafe-typecast)
    }

    function _count(uint16 bits) private pure returns (uint256 count) {
        for (; bits != 0; bits &= bits - 1) {
            ++count;
        }
    }

    // Internal: money

    function _fund(bytes32 question, Question calldata terms) private {
        bool ether_ = terms.token == address(0);
        for (uint256 i = 0; i < terms.nodes.length; ++i) {
            ESCROW.open{value: ether_ ? terms.reward : 0}(_dealOf(question, terms, terms.nodes[i]), terms.reward);
        }
    }

    function _reward(bytes32 question, Question calldata terms, address node, bool earned) private {
        IEscrow.Deal memory deal = _dealOf(question, terms, node);
        // What nobody closed in time may have been taken back.
        if (ESCROW.heldIn(ESCROW.dealIdOf(deal)) == 0) return;
        if (earned) ESCROW.pay(deal);
        else ESCROW.refund(deal);
    }

    function _dealOf(bytes32 question, Question calldata terms, address node)
        private
        view
        returns (IEscrow.Deal memory)
    {
        return IEscrow.Deal({
            opener: address(this),
            payer: terms.asker,
            payee: node,
            token: terms.token,
            reclaimableAt: terms.deadline + RECLAIM_AFTER,
            subject: question
        });
    }
}
