// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {IFhirOracle} from "../../../contracts/interfaces/IFhirOracle.sol";
import {CODEC_DAG_PB, CODEC_RAW, Content} from "../../../contracts/types/Content.sol";
import {PROVIDER} from "../../../contracts/types/Role.sol";
import {FeeCoin} from "../../mocks/FeeCoin.sol";
import {HookedCoin, ICoinHook} from "../../mocks/HookedCoin.sol";
import {Reentrant} from "../../mocks/Reentrant.sol";
import {FhirOracleTest} from "./FhirOracleTest.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {stdError} from "forge-std/StdError.sol";

contract FhirOracleAskTest is FhirOracleTest {
    // When all is well

    function testFuzz_Asks(
        uint256 count,
        uint256 quorum,
        uint256 reward,
        uint256 duration,
        bytes32 subject,
        bytes16 code,
        uint64 nonce
    ) external {
        vm.assume(code != 0);
        count = bound(count, 1, MOST);
        IFhirOracle.Question memory terms = _question(count);
        (terms.subject, terms.code, terms.nonce) = (subject, code, nonce);
        terms.reward = bound(reward, 0, WEALTH / MOST);
        // Safe: as bound.
        // forge-lint: disable-start(unsafe-typecast)
        terms.quorum = uint8(bound(quorum, count / 2 + 1, count));
        terms.deadline = uint40(block.timestamp + bound(duration, 1, oracle.LONGEST()));
        // forge-lint: disable-end(unsafe-typecast)
        bytes32 question = keccak256(abi.encode(terms));
        assertEq(oracle.questionOf(terms), question, "hash of the terms");
        assertEq(oracle.stateOf(question).askedAt, 0, "not asked");

        vm.expectEmit(address(oracle));
        emit IFhirOracle.Asked(question, hospital, subject, terms);
        assertEq(_ask(terms), question, "question");

        assertEq(oracle.stateOf(question).askedAt, block.timestamp, "asked now");
        _assertState(question, 0, 0, false, false);
        assertEq(oracle.valueOf(question), 0, "value");
        assertEq(address(escrow).balance, terms.reward * count, "in the escrow");
        assertEq(address(oracle).balance, 0, "never here");
        for (uint256 i = 0; i < count; ++i) {
            assertEq(_heldFor(terms, nodes[i]), terms.reward, "for each");
        }
    }

    function testFuzz_Asks_ForTokens(uint256 count, uint256 reward) external {
        IFhirOracle.Question memory terms = _paid(bound(count, 1, MOST), address(coin));
        terms.reward = bound(reward, 1, WEALTH / MOST);
        _ask(terms);
        for (uint256 i = 0; i < terms.nodes.length; ++i) {
            assertEq(_heldFor(terms, nodes[i]), terms.reward, "for each");
        }
        assertEq(coin.balanceOf(hospital), WEALTH - terms.reward * terms.nodes.length, "from the asker");
    }

    function test_Asks_AgainWithAnotherNonce() external {
        IFhirOracle.Question memory terms = _paid(3, ETHER);
        bytes32 first = _ask(terms);
        terms.nonce = 1;
        assertNotEq(_ask(terms), first);
        assertEq(address(escrow).balance, 6 * REWARD);
    }

    function test_Asks_AtTheEdges() external {
        IFhirOracle.Question memory terms = _numbers(1, type(uint128).max);
        terms.document.codec = CODEC_DAG_PB;
        terms.deadline = terms.observedFrom = uint40(block.timestamp + oracle.LONGEST());
        _ask(terms);
        terms.deadline = terms.observedFrom = uint40(block.timestamp + 1);
        _ask(terms);
    }

    // Odd tokens

    function testFuzz_HoldsWhatArrives(uint256 percent) external {
        FeeCoin fee = new FeeCoin(10);
        fee.setFee(bound(percent, 0, 99));
        _equip(hospital, address(fee));
        IFhirOracle.Question memory terms = _paid(3, address(fee));
        _ask(terms);
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(_heldFor(terms, nodes[i]), REWARD - fee.feeOf(REWARD));
        }
    }

    function test_RevertWhen_TheFeeIsAll() external {
        FeeCoin fee = new FeeCoin(10);
        fee.setFee(100);
        _equip(hospital, address(fee));
        _expectAskRefusal(
            _paid(3, address(fee)), abi.encodeWithSelector(IEscrow.Escrow_NothingArrived.selector, address(fee), REWARD)
        );
    }

    /// @dev The asker has answers already, and would close while the first reward is open and the second is not: nobody could be paid the
    /// second any more.
    function test_RefusesToBeClosedWhileItIsFunded() external {
        (IFhirOracle.Question memory terms, Reentrant asker) = _askedByCode();
        bytes[] memory calls = new bytes[](5);
        for (uint256 i = 0; i < 3; ++i) {
            IFhirOracle.Answer memory given = _given(nodes[i], VALUE);
            calls[i] = abi.encodeCall(oracle.answer, (terms, given, _signed(terms, given)));
        }
        calls[3] = abi.encodeCall(oracle.close, (terms));
        IFhirOracle.Question memory another = _question(3);
        another.asker = address(asker);
        calls[4] = abi.encodeCall(oracle.ask, (another));
        asker.plan(address(oracle), calls);
        asker.execute(address(oracle), 0, abi.encodeCall(oracle.ask, (terms)));

        Reentrant.Attempt[] memory attempts = asker.attempts();
        assertEq(attempts.length, calls.length, "attempts");
        bytes memory guard = abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        assertFalse(attempts[3].succeeded, "close");
        assertEq(attempts[3].answer, guard, "close");
        assertFalse(attempts[4].succeeded, "ask");
        assertEq(attempts[4].answer, guard, "ask");
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(_heldFor(terms, nodes[i]), REWARD, "held");
            assertTrue(attempts[i].succeeded, "answers may come as soon as it is asked");
        }
        oracle.close(terms);
        _assertNothingHeld(terms);
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(escrow.creditOf(nodes[i], terms.token), REWARD, "paid");
        }
    }

    /// @dev A participant with code, which is called when its coins move.
    function _askedByCode() private returns (IFhirOracle.Question memory terms, Reentrant asker) {
        HookedCoin hooked = new HookedCoin();
        asker = new Reentrant();
        _enrol(address(asker), PROVIDER);
        _equip(address(asker), address(hooked));
        asker.execute(
            address(hooked), 0, abi.encodeCall(hooked.setHooks, (ICoinHook(address(asker)), ICoinHook(address(0))))
        );
        terms = _paid(3, address(hooked));
        terms.asker = address(asker);
    }

    // Refusals

    function testFuzz_RevertWhen_TheCallerIsNotTheAsker(address caller) external {
        vm.assume(caller != hospital);
        IFhirOracle.Question memory terms = _question(3);
        vm.expectRevert(abi.encodeWithSelector(IFhirOracle.FhirOracle_NotAsker.selector, hospital, caller));
        vm.prank(caller);
        oracle.ask(terms);
    }

    function test_RevertGiven_TheAskerIsNotActive() external {
        IFhirOracle.Question memory terms = _question(3);
        _suspend(hospital);
        _expectAskRefusal(terms, abi.encodeWithSelector(IFhirOracle.FhirOracle_NotActive.selector, hospital));
        terms.asker = stranger;
        _expectAskRefusal(terms, abi.encodeWithSelector(IFhirOracle.FhirOracle_NotActive.selector, stranger));
    }

    function test_RevertWhen_ThereAreTooFewOrTooManyNodes() external {
        IFhirOracle.Question memory terms = _question(1);
        uint256[2] memory counts = [uint256(0), MOST + 1];
        for (uint256 i = 0; i < counts.length; ++i) {
            terms.nodes = new address[](counts[i]);
            _expectAskRefusal(terms, abi.encodeWithSelector(IFhirOracle.FhirOracle_BadNodeCount.selector, counts[i]));
        }
    }

    function testFuzz_RevertWhen_ANodeIsOutOfOrder(uint256 place, uint256 other) external {
        IFhirOracle.Question memory terms = _question(5);
        place = bound(place, 1, 4);
        // Itself again, or any before it.
        terms.nodes[place] = nodes[bound(other, 0, place - 1)];
        _expectAskRefusal(terms, abi.encodeWithSelector(IFhirOracle.FhirOracle_BadNode.selector, terms.nodes[place]));
    }

    function testFuzz_RevertWhen_ANodeIsNone(uint256 place) external {
        IFhirOracle.Question memory terms = _question(5);
        place = bound(place, 0, 4);
        _suspend(nodes[place]);
        _expectAskRefusal(terms, abi.encodeWithSelector(IFhirOracle.FhirOracle_BadNode.selector, nodes[place]));

        terms = _question(1);
        address[3] memory others = [address(0), stranger, maker];
        for (uint256 i = 0; i < others.length; ++i) {
            terms.nodes[0] = others[i];
            _expectAskRefusal(terms, abi.encodeWithSelector(IFhirOracle.FhirOracle_BadNode.selector, others[i]));
        }
    }

    function testFuzz_RevertWhen_TheQuorumIsNone(uint256 count, uint8 quorum) external {
        count = bound(count, 1, MOST);
        if (quorum > count / 2 && quorum <= count) quorum = 0;
        IFhirOracle.Question memory terms = _question(count);
        terms.quorum = quorum;
        _expectAskRefusal(terms, abi.encodeWithSelector(IFhirOracle.FhirOracle_BadQuorum.selector, quorum, count));
    }

    function testFuzz_RevertWhen_TheDeadlineIsPastOrTooFar(uint40 end) external {
        uint40 latest = uint40(block.timestamp) + oracle.LONGEST();
        if (end > block.timestamp && end <= latest) end = latest + 1;
        IFhirOracle.Question memory terms = _question(3);
        terms.deadline = end;
        _expectAskRefusal(terms, abi.encodeWithSelector(IFhirOracle.FhirOracle_BadDeadline.selector, end));
    }

    /// @dev Nobody could answer, and each node would be told that it missed it.
    function testFuzz_RevertWhen_NothingCanBeFreshEnough(uint40 from) external {
        IFhirOracle.Question memory terms = _question(3);
        terms.observedFrom = uint40(bound(from, uint256(deadline) + 1, type(uint40).max));
        _expectAskRefusal(
            terms, abi.encodeWithSelector(IFhirOracle.FhirOracle_BadFreshness.selector, terms.observedFrom, deadline)
        );
    }

    function testFuzz_RevertWhen_TheDocumentIsNone(bytes32 digest, uint8 codec) external {
        if (codec == CODEC_RAW || codec == CODEC_DAG_PB) digest = 0;
        IFhirOracle.Question memory terms = _question(3);
        terms.document = Content(digest, codec);
        _expectAskRefusal(terms, abi.encodeWithSelector(IFhirOracle.FhirOracle_BadDocument.selector, digest, codec));
    }

    function testFuzz_RevertWhen_EqualAnswersHaveATolerance(uint128 tolerance) external {
        tolerance = uint128(bound(tolerance, 1, type(uint128).max));
        IFhirOracle.Question memory terms = _question(3);
        terms.tolerance = tolerance;
        _expectAskRefusal(terms, abi.encodeWithSelector(IFhirOracle.FhirOracle_BadTolerance.selector, tolerance));
    }

    function test_RevertWhen_TheCodeIsMissing() external {
        IFhirOracle.Question memory terms = _question(3);
        terms.code = 0;
        _expectAskRefusal(terms, abi.encodeWithSelector(IFhirOracle.FhirOracle_BadCode.selector, bytes16(0)));
    }

    function test_RevertGiven_ItWasAskedBefore() external {
        IFhirOracle.Question memory terms = _paid(1, ETHER);
        bytes32 question = _ask(terms);
        _expectAskRefusal(terms, abi.encodeWithSelector(IFhirOracle.FhirOracle_AlreadyAsked.selector, question));
        _answer(terms, 0, VALUE);
        oracle.close(terms);
        _expectAskRefusal(terms, abi.encodeWithSelector(IFhirOracle.FhirOracle_AlreadyAsked.selector, question));
    }

    function testFuzz_RevertWhen_TheEtherIsNotTheReward(uint256 sent, uint256 reward, bool inToken) external {
        sent = bound(sent, 0, WEALTH);
        IFhirOracle.Question memory terms = _paid(3, inToken ? address(coin) : ETHER);
        terms.reward = bound(reward, 0, WEALTH);
        uint256 needed = _etherFor(terms);
        vm.assume(sent != needed);
        vm.expectRevert(abi.encodeWithSelector(IFhirOracle.FhirOracle_WrongValue.selector, sent, needed));
        vm.prank(hospital);
        oracle.ask{value: sent}(terms);
    }

    function test_RevertWhen_TheRewardsOverflow() external {
        IFhirOracle.Question memory terms = _question(2);
        terms.reward = 1 << 255;
        vm.expectRevert(stdError.arithmeticError);
        vm.prank(hospital);
        oracle.ask(terms);
    }

    function test_RevertGiven_TheAskerDidNotApproveTheOracle() external {
        IFhirOracle.Question memory terms = _paid(3, address(coin));
        vm.prank(hospital);
        escrow.setOperator(address(oracle), false);
        _expectAskRefusal(terms, abi.encodeWithSelector(IEscrow.Escrow_NoConsent.selector, hospital, address(oracle)));
        assertEq(oracle.stateOf(oracle.questionOf(terms)).askedAt, 0, "no question");
    }

    function test_RevertGiven_TheAskerHasTooLittle() external {
        IFhirOracle.Question memory terms = _paid(3, address(coin));
        terms.reward = WEALTH / 2;
        _expectAskRefusal(
            terms, abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, hospital, 0, WEALTH / 2)
        );
        assertEq(coin.balanceOf(hospital), WEALTH, "all of it, or nothing");
    }
}
