// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Content} from "../types/Content.sol";

/// @title FhirOracle: what does the hospital system say?
/// @notice Somebody asks for a value (LOINC or MDC code) of a device or a patient; the oracle nodes that the question names read it from a FHIR
/// server and sign; enough equal answers (or numbers close enough) are the answer. Times are seconds since 1970-01-01 UTC.
///
///     (none) ── ask ──▶ open ── answer (nodes) … ──▶ open, settled ── close (anyone) ──▶ closed
///
/// A question is known by the hash of its terms, which whoever acts on it hands in again. A patient's value is only ever a commitment:
/// keccak256(abi.encode(salt, subject, keccak256(text))), the text being that of value and unit in one form, under a salt that the asker
/// encrypted for the nodes in the question's document, so that equal values give equal commitments. A device's own value may be a plain number.
interface IFhirOracle {
    /// @notice Who numbers the code.
    enum CodeSystem {
        Loinc,
        Mdc
    }

    /// @notice How answers agree.
    /// Equal: the same 32 bytes. Median: numbers, at most `tolerance` from the median of all answers so far.
    enum Rule {
        Equal,
        Median
    }

    /// @notice A question, fixed when it is asked.
    /// @param asker who asks, and gets back what is not earned
    /// @param subject the item id of a device, or a salted commitment to a patient
    /// @param system who numbers the code
    /// @param code the code in ASCII, padded with zeros: "8867-4" is the heart rate
    /// @param document what the nodes need to find the value (server, patient, salt), encrypted to them
    /// @param observedFrom the value must not have been observed before; at most the deadline
    /// @param deadline last second for answers
    /// @param rule how answers agree
    /// @param decimals of numbers: 1 means that 365 is 36.5
    /// @param tolerance of numbers, in units of the last decimal
    /// @param quorum how many answers have to agree
    /// @param nodes who may answer: ascending, at most 16
    /// @param token in which is paid, or zero for ether
    /// @param reward what each node gets whose answer agreed, less what the token keeps of it when it is paid in
    /// @param nonce tells a question from the same one before
    struct Question {
        address asker;
        bytes32 subject;
        CodeSystem system;
        bytes16 code;
        Content document;
        uint40 observedFrom;
        uint40 deadline;
        Rule rule;
        uint8 decimals;
        uint128 tolerance;
        uint8 quorum;
        address[] nodes;
        address token;
        uint256 reward;
        uint64 nonce;
    }

    /// @notice What a node says.
    /// @param node whose answer it is
    /// @param value the commitment, or the number (int128, sign-extended)
    /// @param observedAt when the server says that it was observed
    /// @param document the value for the asker, encrypted; none (zero) for a plain number
    struct Answer {
        address node;
        bytes32 value;
        uint40 observedAt;
        Content document;
    }

    /// @notice Where a question stands; one slot.
    /// @param answered which nodes answered, one bit each in the order of the question
    /// @param agreed which of these the settled value agrees with; none before
    /// @param settled whether enough agreed
    /// @param closed whether the reputation was counted and the reward paid
    struct State {
        uint16 answered;
        uint16 agreed;
        uint40 askedAt;
        bool settled;
        bool closed;
    }

    /// @notice What became of a node's questions; one slot. Nothing is slashed but this.
    struct Reputation {
        uint64 agreed;
        uint64 deviated;
        uint64 missed;
    }

    /// @notice Somebody asks; the terms are needed for all that follows.
    event Asked(bytes32 indexed question, address indexed asker, bytes32 indexed subject, Question terms);
    event Answered(
        bytes32 indexed question, address indexed node, bytes32 value, uint40 observedAt, bytes32 digest, uint8 codec
    );
    /// @notice Enough answers agreed: this is the value.
    event Settled(bytes32 indexed question, bytes32 indexed subject, bytes32 value, uint16 agreed);
    /// @notice Reputation is counted, and rewards are credits in `Escrow`.
    event Closed(bytes32 indexed question, bool settled, uint16 agreed, uint16 answered);

    error FhirOracle_NotActive(address account);
    error FhirOracle_NotAsker(address asker, address caller);
    /// @notice Nodes are oracle nodes (active, role ORACLE), ascending, 1 to 16.
    error FhirOracle_BadNode(address node);
    error FhirOracle_BadNodeCount(uint256 count);
    /// @notice The quorum is at least one, at most all, and more than half, so that two values can never both have it.
    error FhirOracle_BadQuorum(uint8 quorum, uint256 nodes);
    error FhirOracle_BadDeadline(uint40 deadline);
    /// @notice No value that may be answered with can be observed in time.
    error FhirOracle_BadFreshness(uint40 observedFrom, uint40 deadline);
    error FhirOracle_BadDocument(bytes32 digest, uint8 codec);
    /// @notice A tolerance is for numbers.
    error FhirOracle_BadTolerance(uint128 tolerance);
    error FhirOracle_BadCode(bytes16 code);
    /// @notice The same was asked before: take another nonce.
    error FhirOracle_AlreadyAsked(bytes32 question);
    /// @notice There is no such question: the terms differ.
    error FhirOracle_Unknown(bytes32 question);
    error FhirOracle_NotANode(bytes32 question, address node);
    error FhirOracle_AnsweredBefore(bytes32 question, address node);
    error FhirOracle_TooLate(bytes32 question, uint40 deadline);
    error FhirOracle_TooEarly(bytes32 question, uint40 deadline);
    /// @notice Observed before what the question allows, or in the future.
    error FhirOracle_BadTime(bytes32 question, uint40 observedAt);
    error FhirOracle_BadNumber(bytes32 value);
    error FhirOracle_BadSignature(address node);
    error FhirOracle_AlreadyClosed(bytes32 question);
    /// @notice The ether sent is not the rewards of all nodes, or the reward is in a token.
    error FhirOracle_WrongValue(uint256 sent, uint256 needed);

    /// @notice Asks. Rewards, `reward` times the number of nodes, are held by `Escrow` until the question is closed. Caller: the asker.
    function ask(Question calldata terms) external payable returns (bytes32 question);

    /// @notice Hands in what a node signed (EIP-712 Answer). Caller: anyone.
    function answer(Question calldata terms, Answer calldata given, bytes calldata signature) external;

    /// @notice Counts reputation, pays whose answer agreed, and gives back the rest. From when all have answered, or the deadline is over.
    /// Caller: anyone.
    function close(Question calldata terms) external;

    function questionOf(Question calldata terms) external pure returns (bytes32);
    function stateOf(bytes32 question) external view returns (State memory);
    /// @notice The settled value, zero before.
    function valueOf(bytes32 question) external view returns (bytes32);
    /// @notice What the node answered; zero before.
    function answerOf(bytes32 question, address node) external view returns (bytes32 value);
    function reputationOf(address node) external view returns (Reputation memory);
    /// @notice The EIP-712 digest that a node signs.
    function answerHash(bytes32 question, Answer calldata given) external view returns (bytes32);
}
