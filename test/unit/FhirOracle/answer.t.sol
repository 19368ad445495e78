// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IFhirOracle} from "../../../contracts/interfaces/IFhirOracle.sol";
import {CODEC_DAG_PB, CODEC_RAW, Content} from "../../../contracts/types/Content.sol";
import {ORACLE, PROVIDER} from "../../../contracts/types/Role.sol";
import {Wallet} from "../../mocks/Wallet.sol";
import {FhirOracleTest} from "./FhirOracleTest.sol";

contract FhirOracleAnswerTest is FhirOracleTest {
    // Equal values

    function testFuzz_Keeps(uint256 node, bytes32 value, uint40 observedAt, bytes32 digest, bool none, address sender)
        external
    {
        vm.assume(digest != 0);
        IFhirOracle.Question memory terms = _question(5);
        bytes32 question = _ask(terms);
        IFhirOracle.Answer memory given = _given(nodes[bound(node, 0, 4)], value);
        given.observedAt = uint40(bound(observedAt, terms.observedFrom, block.timestamp));
        given.document = none ? Content(0, 0) : Content(digest, CODEC_DAG_PB);
        bytes memory signature = _signed(terms, given);

        vm.expectEmit(address(oracle));
        emit IFhirOracle.Answered(
            question, given.node, value, given.observedAt, given.document.digest, given.document.codec
        );
        vm.prank(sender);
        oracle.answer(terms, given, signature);

        assertEq(oracle.answerOf(question, given.node), value, "answer");
        _assertState(question, _bitAt(bound(node, 0, 4)), 0, false, false);
        assertEq(oracle.valueOf(question), 0, "nothing settled");
    }

    /// @dev Each node says one of three values, in any order: settled is, once and for ever, the first that the quorum says.
    function testFuzz_SettlesOnTheFirstQuorum(uint256 count, uint256 quorum, uint256 seed) external {
        count = bound(count, 1, MOST);
        IFhirOracle.Question memory terms = _question(count);
        // Safe: as bound.
        // forge-lint: disable-next-line(unsafe-typecast)
        terms.quorum = uint8(bound(quorum, count / 2 + 1, count));
        bytes32 question = _ask(terms);
        uint256[] memory order = _shuffled(count, seed);
        uint16[3] memory said;
        bytes32 settled;
        bool isSettled;
        uint16 answered;
        for (uint256 i = 0; i < count; ++i) {
            // Mostly the same.
            uint256 choice = uint256(keccak256(abi.encode(seed, i))) % 8;
            if (choice > 2) choice = 0;
            bytes32 value = bytes32(choice);
            uint16 bit = _bitAt(order[i]);
            said[choice] |= bit;
            answered |= bit;
            bool now_ = !isSettled && _count(said[choice]) == terms.quorum;
            if (now_) {
                (settled, isSettled) = (value, true);
                vm.expectEmit(address(oracle));
                emit IFhirOracle.Answered(
                    question,
                    nodes[order[i]],
                    value,
                    uint40(block.timestamp - 1 minutes),
                    keccak256("the value, for the asker"),
                    CODEC_RAW
                );
                vm.expectEmit(address(oracle));
                emit IFhirOracle.Settled(question, terms.subject, value, said[choice]);
            }
            _answer(terms, order[i], value);
            _assertState(question, answered, isSettled ? said[uint256(settled)] : 0, isSettled, false);
            assertEq(oracle.valueOf(question), settled, "value");
        }
    }

    function test_Equal_NeverTwoValues() external {
        IFhirOracle.Question memory terms = _question(4);
        bytes32 question = _ask(terms);
        _answer(terms, 0, VALUE);
        _answer(terms, 1, OTHER);
        _answer(terms, 2, OTHER);
        _assertState(question, 7, 0, false, false);
        _answer(terms, 3, VALUE);
        _assertState(question, 15, 0, false, false);
    }

    // Numbers

    function test_Median_SettlesWithinTheTolerance() external {
        IFhirOracle.Question memory terms = _numbers(5, 2);
        bytes32 question = _ask(terms);
        _answer(terms, 0, int256(365));
        _answer(terms, 1, int256(-1000));
        _answer(terms, 2, int256(368));
        // The median of all so far is 365: 368 is too far from it.
        _assertState(question, 7, 0, false, false);
        _answer(terms, 3, int256(366));
        // Of an even number the lower: 365, from which -1000 and 368 are too far.
        _assertState(question, 15, 0, false, false);
        vm.expectEmit(address(oracle));
        emit IFhirOracle.Answered(
            question,
            nodes[4],
            bytes32(uint256(367)),
            uint40(block.timestamp - 1 minutes),
            keccak256("the value, for the asker"),
            CODEC_RAW
        );
        vm.expectEmit(address(oracle));
        emit IFhirOracle.Settled(question, terms.subject, bytes32(uint256(366)), 29);
        _answer(terms, 4, int256(367));
        _assertState(question, 31, 29, true, false);
        assertEq(oracle.valueOf(question), bytes32(uint256(366)), "median");
    }

    function test_Median_IsNotMovedByLateAnswers() external {
        IFhirOracle.Question memory terms = _numbers(5, 2);
        bytes32 question = _ask(terms);
        _answer(terms, 0, int256(-10));
        _answer(terms, 1, int256(-9));
        _answer(terms, 2, int256(-8));
        assertEq(oracle.valueOf(question), _wordOf(-9), "negative, too");
        _answer(terms, 3, int256(-7));
        _answer(terms, 4, int256(-6));
        assertEq(oracle.valueOf(question), _wordOf(-9), "settled is settled");
        _assertState(question, 31, 15, true, false);
    }

    /// @dev Fewer liars than the quorum, whoever comes first: no further from an honest answer than the tolerance.
    function testFuzz_Median_LiarsMoveItByNoMoreThanTheTolerance(uint256 seed, uint256 count, uint128 tolerance)
        external
    {
        count = bound(count, 1, MOST);
        IFhirOracle.Question memory terms = _numbers(count, tolerance);
        bytes32 question = _ask(terms);
        uint256 liars = seed % terms.quorum;
        uint256[] memory order = _shuffled(count, seed);
        int256[] memory honest = new int256[](count - liars);
        uint256 said;
        for (uint256 i = 0; i < count; ++i) {
            int256 number = _anyNumber(uint256(keccak256(abi.encode(seed, i))), tolerance, order[i] < liars);
            if (order[i] >= liars) honest[said++] = number;
            _answer(terms, order[i], number);
            if (!oracle.stateOf(question).settled) continue;
            int256 value = int256(uint256(oracle.valueOf(question)));
            bool near = false;
            for (uint256 j = 0; j < said; ++j) {
                near = near || _apart(honest[j], value) <= tolerance;
            }
            assertTrue(near, "near an honest answer");
            return;
        }
    }

    function testFuzz_Median_TakesTheGreatestNumbers(bool low) external {
        IFhirOracle.Question memory terms = _numbers(2, type(uint128).max);
        bytes32 question = _ask(terms);
        _answer(terms, 0, type(int128).min);
        _answer(terms, 1, low ? int256(type(int128).min) : int256(type(int128).max));
        _assertState(question, 3, 3, true, false);
        assertEq(oracle.valueOf(question), _wordOf(type(int128).min), "lower");
    }

    function testFuzz_RevertWhen_ItIsNoNumber(int256 number, bool high) external {
        int256 lowest = type(int128).min;
        int256 highest = type(int128).max;
        number = high ? bound(number, highest + 1, type(int256).max) : bound(number, type(int256).min, lowest - 1);
        IFhirOracle.Question memory terms = _numbers(3, 1);
        _ask(terms);
        bytes32 value = _wordOf(number);
        _expectAnswerRefusal(
            terms, _given(nodes[0], value), abi.encodeWithSelector(IFhirOracle.FhirOracle_BadNumber.selector, value)
        );
    }

    // Who signs

    function test_AnswersForAContract() external {
        Wallet wallet = new Wallet(rival);
        _enrolPowerful(address(wallet), ORACLE);
        deadline = uint40(block.timestamp + 1 hours);
        IFhirOracle.Question memory terms = _question(1);
        terms.nodes[0] = address(wallet);
        bytes32 question = _ask(terms);
        IFhirOracle.Answer memory given = _given(address(wallet), VALUE);
        bytes32 hash = oracle.answerHash(question, given);
        bytes memory signature = _sign(stranger, hash);
        vm.expectRevert(abi.encodeWithSelector(IFhirOracle.FhirOracle_BadSignature.selector, address(wallet)));
        oracle.answer(terms, given, signature);
        oracle.answer(terms, given, _sign(rival, hash));
        assertEq(oracle.valueOf(question), VALUE);
    }

    function test_TheHashIsThatOfTheStandard() external view {
        IFhirOracle.Answer memory given = _given(nodes[0], VALUE);
        bytes32 typeHash = keccak256(
            "Answer(bytes32 question,address node,bytes32 value,uint40 observedAt,bytes32 digest,uint8 codec)"
        );
        bytes32 structHash = keccak256(
            abi.encode(
                typeHash,
                keccak256("question"),
                given.node,
                given.value,
                given.observedAt,
                given.document.digest,
                given.document.codec
            )
        );
        assertEq(
            oracle.answerHash(keccak256("question"), given),
            keccak256(abi.encodePacked(hex"1901", _domainOf(address(oracle)), structHash))
        );
    }

    function testFuzz_RevertWhen_AnotherSigned(uint256 signer) external {
        IFhirOracle.Question memory terms = _question(3);
        bytes32 question = _ask(terms);
        IFhirOracle.Answer memory given = _given(nodes[0], VALUE);
        // Another node, or nobody.
        bytes memory signature = _sign(nodes[bound(signer, 1, MOST - 1)], oracle.answerHash(question, given));
        if (signer % 3 == 0) signature = "";
        vm.expectRevert(abi.encodeWithSelector(IFhirOracle.FhirOracle_BadSignature.selector, nodes[0]));
        oracle.answer(terms, given, signature);
    }

    function testFuzz_RevertWhen_AnotherAnswerWasSigned(uint256 field) external {
        IFhirOracle.Question memory terms = _question(3);
        _ask(terms);
        IFhirOracle.Answer memory given = _given(nodes[0], VALUE);
        bytes memory signature = _signed(terms, given);
        field %= 4;
        if (field == 0) given.value = OTHER;
        else if (field == 1) --given.observedAt;
        else if (field == 2) given.document.digest = OTHER;
        else given.document.codec = CODEC_DAG_PB;
        vm.expectRevert(abi.encodeWithSelector(IFhirOracle.FhirOracle_BadSignature.selector, nodes[0]));
        oracle.answer(terms, given, signature);
    }

    /// @dev What was signed for one question, chain or deployment is worth nothing for another.
    function test_RevertWhen_ItWasSignedForAnother() external {
        IFhirOracle.Question memory terms = _question(3);
        _ask(terms);
        IFhirOracle.Answer memory given = _given(nodes[0], VALUE);
        bytes memory signature = _signed(terms, given);
        terms.nonce = 1;
        _ask(terms);
        vm.expectRevert(abi.encodeWithSelector(IFhirOracle.FhirOracle_BadSignature.selector, nodes[0]));
        oracle.answer(terms, given, signature);

        terms.nonce = 0;
        uint256 chain = block.chainid;
        vm.chainId(chain + 1);
        vm.expectRevert(abi.encodeWithSelector(IFhirOracle.FhirOracle_BadSignature.selector, nodes[0]));
        oracle.answer(terms, given, signature);
        vm.chainId(chain);
        oracle.answer(terms, given, signature);
    }

    // Refusals

    function testFuzz_RevertGiven_NobodyAsked(uint256 field) external {
        IFhirOracle.Question memory terms = _question(3);
        _ask(terms);
        field %= 4;
        if (field == 0) terms.quorum = 3;
        else if (field == 1) ++terms.deadline;
        else if (field == 2) terms.nodes[2] = nodes[3];
        else terms.asker = maker;
        _expectAnswerRefusal(
            terms,
            _given(nodes[0], VALUE),
            abi.encodeWithSelector(IFhirOracle.FhirOracle_Unknown.selector, oracle.questionOf(terms))
        );
    }

    function testFuzz_RevertGiven_TheDeadlineIsOver(uint256 late) external {
        IFhirOracle.Question memory terms = _question(3);
        bytes32 question = _ask(terms);
        vm.warp(deadline);
        _answer(terms, 0, VALUE);
        skip(bound(late, 1, 10 * 365 days));
        _expectAnswerRefusal(
            terms,
            _given(nodes[1], VALUE),
            abi.encodeWithSelector(IFhirOracle.FhirOracle_TooLate.selector, question, deadline)
        );
    }

    function test_RevertGiven_ItIsClosed() external {
        IFhirOracle.Question memory terms = _question(1);
        bytes32 question = _ask(terms);
        _answer(terms, 0, VALUE);
        oracle.close(terms);
        _expectAnswerRefusal(
            terms,
            _given(nodes[0], VALUE),
            abi.encodeWithSelector(IFhirOracle.FhirOracle_AlreadyClosed.selector, question)
        );
    }

    function testFuzz_RevertWhen_TheNodeWasNotAsked(uint256 node) external {
        IFhirOracle.Question memory terms = _question(3);
        bytes32 question = _ask(terms);
        address other = nodes[bound(node, 3, MOST - 1)];
        _expectAnswerRefusal(
            terms,
            _given(other, VALUE),
            abi.encodeWithSelector(IFhirOracle.FhirOracle_NotANode.selector, question, other)
        );
    }

    function testFuzz_RevertGiven_ItAnsweredBefore(bytes32 value) external {
        IFhirOracle.Question memory terms = _question(3);
        bytes32 question = _ask(terms);
        _answer(terms, 0, VALUE);
        _expectAnswerRefusal(
            terms,
            _given(nodes[0], value),
            abi.encodeWithSelector(IFhirOracle.FhirOracle_AnsweredBefore.selector, question, nodes[0])
        );
    }

    function test_RevertGiven_TheNodeIsNotActive() external {
        IFhirOracle.Question memory terms = _question(3);
        _ask(terms);
        _suspend(nodes[0]);
        _expectAnswerRefusal(
            terms, _given(nodes[0], VALUE), abi.encodeWithSelector(IFhirOracle.FhirOracle_NotActive.selector, nodes[0])
        );
    }

    function test_RevertGiven_TheNodeLostItsRole() external {
        skip(1);
        deadline += DELAY;
        IFhirOracle.Question memory terms = _question(3);
        _ask(terms);
        _enrolPowerful(nodes[0], PROVIDER);
        _expectAnswerRefusal(
            terms, _given(nodes[0], VALUE), abi.encodeWithSelector(IFhirOracle.FhirOracle_NotActive.selector, nodes[0])
        );
    }

    function testFuzz_RevertWhen_ItWasObservedAtAnotherTime(uint40 observedAt) external {
        IFhirOracle.Question memory terms = _question(3);
        bytes32 question = _ask(terms);
        IFhirOracle.Answer memory given = _given(nodes[0], VALUE);
        if (observedAt >= terms.observedFrom && observedAt <= block.timestamp) observedAt = terms.observedFrom - 1;
        given.observedAt = observedAt;
        _expectAnswerRefusal(
            terms, given, abi.encodeWithSelector(IFhirOracle.FhirOracle_BadTime.selector, question, observedAt)
        );
    }

    function testFuzz_RevertWhen_TheDocumentIsHalf(bytes32 digest, uint8 codec) external {
        vm.assume(digest != 0 || codec != 0);
        if (codec == CODEC_RAW || codec == CODEC_DAG_PB) digest = 0;
        IFhirOracle.Question memory terms = _question(3);
        _ask(terms);
        IFhirOracle.Answer memory given = _given(nodes[0], VALUE);
        given.document = Content(digest, codec);
        _expectAnswerRefusal(
            terms, given, abi.encodeWithSelector(IFhirOracle.FhirOracle_BadDocument.selector, digest, codec)
        );
    }

    // Internal

    function _shuffled(uint256 count, uint256 seed) private pure returns (uint256[] memory order) {
        order = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 place = uint256(keccak256(abi.encode(seed, "place", i))) % (i + 1);
            order[i] = order[place];
            order[place] = i;
        }
    }

    // forge-lint: disable-start(unsafe-typecast)
    /// @dev An honest one lies about a hundred, within two tolerances; a liar says anything, often just not too far.
    function _anyNumber(uint256 seed, uint128 tolerance, bool lying) private pure returns (int256) {
        int256 far = int256(seed >> 16 & (uint256(tolerance) * 2 | 1));
        int256 number = 100 + (seed % 2 == 0 ? far : -far);
        if (lying && seed % 3 == 0) number = int256(int128(uint128(seed >> 64)));
        if (number > type(int128).max) return type(int128).max;
        return number < type(int128).min ? type(int128).min : number;
    }

    function _apart(int256 a, int256 b) private pure returns (uint256) {
        return a > b ? uint256(a - b) : uint256(b - a);
    }
    // forge-lint: disable-end(unsafe-typecast)

    function _count(uint16 bits) private pure returns (uint256 count) {
        for (uint256 i = 0; i < MOST; ++i) {
            if (bits & _bitAt(i) != 0) ++count;
        }
    }
}
