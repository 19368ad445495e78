// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {FeeCoin} from "../../mocks/FeeCoin.sol";
import {GreedyCoin} from "../../mocks/GreedyCoin.sol";
import {HookedCoin, ICoinHook} from "../../mocks/HookedCoin.sol";
import {Reentrant} from "../../mocks/Reentrant.sol";
import {RefusingCoin} from "../../mocks/RefusingCoin.sol";
import {SilentCoin} from "../../mocks/SilentCoin.sol";
import {EscrowTest} from "./EscrowTest.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

contract EscrowOpenTest is EscrowTest {
    // ---------------------------------------------------------------------------------------------------------- opening

    /// @dev The caller gives its ether away: nobody else needs to agree.
    function testFuzz_Open_Ether(
        address from,
        address payer_,
        address payee_,
        uint256 amount,
        uint40 duration,
        bytes32 subject
    ) external {
        vm.assume(payer_ != address(0) && payee_ != address(0) && from != address(escrow));
        amount = bound(amount, 1, type(uint128).max);
        // Safe: as bound.
        // forge-lint: disable-next-line(unsafe-typecast)
        duration = uint40(bound(duration, 1, MAX_DURATION));
        IEscrow.Deal memory terms = IEscrow.Deal(from, payer_, payee_, ETHER, START + duration, subject);
        vm.deal(from, amount);
        _expectOpened(terms, amount);
        (bytes32 deal, uint256 held) = _open(terms, amount);
        assertEq(deal, escrow.dealIdOf(terms), "deal");
        assertEq(held, amount, "held");
        _assertMoney(terms, amount, 0, 0);
        assertEq(address(escrow).balance, amount, "balance");
    }

    function testFuzz_Open_Token(bool byPayer, uint256 amount, uint40 duration) external {
        amount = bound(amount, 1, WEALTH);
        IEscrow.Deal memory terms = _terms(address(coin));
        // Safe: as bound.
        // forge-lint: disable-next-line(unsafe-typecast)
        terms.reclaimableAt = START + uint40(bound(duration, 1, MAX_DURATION));
        if (byPayer) terms.opener = payer;
        _expectOpened(terms, amount);
        (, uint256 held) = _open(terms, amount);
        assertEq(held, amount, "held");
        _assertMoney(terms, amount, 0, 0);
        assertEq(coin.balanceOf(payer), WEALTH - amount, "from the payer");
        assertEq(coin.balanceOf(address(escrow)), amount, "to the escrow");
    }

    function test_Open_AgainAfterClosed() external {
        (IEscrow.Deal memory terms,) = _opened(address(coin));
        vm.prank(opener);
        escrow.pay(terms);
        _open(terms, 1);
        _assertMoney(terms, 1, 0, AMOUNT);
    }

    function test_Open_AtTheEdgesOfTheDuration() external {
        IEscrow.Deal memory terms = _terms(ETHER);
        terms.reclaimableAt = START + 1;
        _open(terms, 1);
        _assertMoney(terms, 1, 0, 0);
        terms.reclaimableAt = START + escrow.MAX_DURATION();
        _open(terms, 2);
        _assertMoney(terms, 2, 0, 0);
    }

    // ----------------------------------------------------------------------------------------------------- odd tokens

    function test_Open_TokenThatReturnsNothing() external {
        address silent = address(new SilentCoin());
        _equip(payer, silent);
        (IEscrow.Deal memory terms,) = _opened(silent);
        _assertMoney(terms, AMOUNT, 0, 0);
        assertEq(_balanceOf(address(escrow), silent), AMOUNT, "arrived");
    }

    function testFuzz_Open_TokenThatTakesAFee(uint256 amount, uint256 percent) external {
        FeeCoin fee = new FeeCoin(10);
        fee.setFee(bound(percent, 0, 99));
        _equip(payer, address(fee));
        amount = bound(amount, 2, WEALTH);
        uint256 arrived = amount - fee.feeOf(amount);
        IEscrow.Deal memory terms = _terms(address(fee));
        _expectOpened(terms, arrived);
        (, uint256 held) = _open(terms, amount);
        assertEq(held, arrived, "held");
        _assertMoney(terms, arrived, 0, 0);
    }

    function test_Open_TokenThatTakesMoreFromThePayer() external {
        GreedyCoin greedy = new GreedyCoin();
        _equip(payer, address(greedy));
        (IEscrow.Deal memory terms,) = _opened(address(greedy));
        _assertMoney(terms, AMOUNT, 0, 0);
        assertEq(greedy.balanceOf(payer), WEALTH - AMOUNT - greedy.surchargeOn(AMOUNT), "the payer bears it");
    }

    function test_Open_HoldsNoGift() external {
        (HookedCoin hooked, Reentrant payersHook) = _hooked();
        hooked.mint(address(payersHook), 7);
        bytes[] memory calls = new bytes[](1);
        calls[0] = abi.encodeCall(hooked.transfer, (address(escrow), 7));
        payersHook.plan(address(hooked), calls);
        (IEscrow.Deal memory terms,) = _opened(address(hooked));
        assertTrue(payersHook.attempts()[0].succeeded, "given");
        _assertMoney(terms, AMOUNT, 0, 0);
        assertEq(hooked.balanceOf(address(escrow)), AMOUNT + 7, "gift");
    }

    /// @dev While the token is asked, the payer's hook tries all that could spend or count the balance.
    function test_Open_RefusesWhatMovesTheBalanceMeanwhile() external {
        (HookedCoin hooked, Reentrant payersHook) = _hooked();
        hooked.mint(address(payersHook), WEALTH);
        IEscrow.Deal memory own = _terms(address(hooked));
        own.opener = own.payer = own.payee = address(payersHook);
        own.subject = keccak256("its own");
        IEscrow.Consent memory none;
        none.until = none.reclaimableBy = own.reclaimableAt;
        bytes[] memory calls = new bytes[](3);
        calls[0] = abi.encodeCall(escrow.open, (own, 1));
        calls[1] = abi.encodeCall(escrow.openPermitted, (own, 1, none));
        calls[2] = abi.encodeCall(escrow.withdraw, (address(hooked), address(payersHook)));
        payersHook.plan(address(escrow), calls);
        (IEscrow.Deal memory terms,) = _opened(address(hooked));

        Reentrant.Attempt[] memory attempts = payersHook.attempts();
        assertEq(attempts.length, calls.length, "attempts");
        for (uint256 i = 0; i < attempts.length; ++i) {
            assertFalse(attempts[i].succeeded, "refused");
            bytes memory guard = abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
            assertEq(attempts[i].answer, guard, "by the guard");
        }
        _assertMoney(terms, AMOUNT, 0, 0);
    }

    /// @dev Closing other deals moves only credits; the deal that is being opened is not there yet.
    function test_Open_LetsOtherDealsBeClosedMeanwhile() external {
        (HookedCoin hooked, Reentrant payersHook) = _hooked();
        IEscrow.Deal memory other = _terms(address(hooked));
        other.opener = address(payersHook);
        _setOperator(payer, other.opener, true);
        _open(other, 3);
        IEscrow.Deal memory terms = _terms(address(hooked));
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(escrow.pay, (other));
        calls[1] = abi.encodeCall(escrow.reclaim, (terms));
        payersHook.plan(address(escrow), calls);
        (bytes32 deal,) = _open(terms, AMOUNT);

        Reentrant.Attempt[] memory attempts = payersHook.attempts();
        assertTrue(attempts[0].succeeded, "paid");
        assertEq(attempts[1].answer, abi.encodeWithSelector(IEscrow.Escrow_NotOpen.selector, deal), "not open");
        _assertMoney(terms, AMOUNT, 0, 3);
    }

    // -------------------------------------------------------------------------------------------------------- refusals

    function testFuzz_RevertWhen_EtherIsNotTheAmount(uint256 sent, uint256 amount) external {
        sent = bound(sent, 0, WEALTH);
        amount = bound(amount, 0, WEALTH);
        vm.assume(sent != amount);
        IEscrow.Deal memory terms = _terms(ETHER);
        _expectRefusal(terms, abi.encodeWithSelector(IEscrow.Escrow_WrongValue.selector, sent, amount));
        escrow.open{value: sent}(terms, amount);
    }

    function test_RevertWhen_EtherComesWithAToken() external {
        IEscrow.Deal memory terms = _terms(address(coin));
        _expectRefusal(terms, abi.encodeWithSelector(IEscrow.Escrow_WrongValue.selector, AMOUNT, 0));
        escrow.open{value: AMOUNT}(terms, AMOUNT);
    }

    function test_RevertGiven_PayerDidNotApproveTheOpener() external {
        IEscrow.Deal memory terms = _terms(address(coin));
        terms.opener = stranger;
        // The payee neither: it would be paid.
        address[2] memory callers = [stranger, payee];
        for (uint256 i = 0; i < callers.length; ++i) {
            terms.opener = callers[i];
            _expectRefusal(terms, abi.encodeWithSelector(IEscrow.Escrow_NoConsent.selector, payer, callers[i]));
            escrow.open(terms, 1);
        }
    }

    function test_RevertGiven_PayerTookItsApprovalBack() external {
        _setOperator(payer, opener, false);
        IEscrow.Deal memory terms = _terms(address(coin));
        _expectRefusal(terms, abi.encodeWithSelector(IEscrow.Escrow_NoConsent.selector, payer, opener));
        escrow.open(terms, 1);
    }

    /// @dev The approved opener's name does not help another caller.
    function test_RevertWhen_CallerIsNotTheOpener() external {
        IEscrow.Deal memory terms = _terms(address(coin));
        vm.expectRevert(abi.encodeWithSelector(IEscrow.Escrow_NotOpener.selector, opener, payer));
        vm.prank(payer);
        escrow.open(terms, AMOUNT);

        terms = _terms(ETHER);
        vm.deal(stranger, AMOUNT);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.Escrow_NotOpener.selector, opener, stranger));
        vm.prank(stranger);
        escrow.open{value: AMOUNT}(terms, AMOUNT);
    }

    function test_RevertWhen_PartyIsZero() external {
        IEscrow.Deal memory terms = _terms(ETHER);
        terms.payer = address(0);
        _expectRefusal(terms, abi.encodeWithSelector(IEscrow.Escrow_ZeroParty.selector));
        escrow.open{value: 1}(terms, 1);
        terms = _terms(ETHER);
        terms.payee = address(0);
        _expectRefusal(terms, abi.encodeWithSelector(IEscrow.Escrow_ZeroParty.selector));
        escrow.open{value: 1}(terms, 1);
    }

    function test_RevertWhen_DeadlineIsPastOrTooFar() external {
        IEscrow.Deal memory terms = _terms(ETHER);
        uint40[5] memory deadlines = [0, START - 1, START, START + MAX_DURATION + 1, type(uint40).max];
        for (uint256 i = 0; i < deadlines.length; ++i) {
            terms.reclaimableAt = deadlines[i];
            _expectRefusal(terms, abi.encodeWithSelector(IEscrow.Escrow_BadDeadline.selector, deadlines[i]));
            escrow.open{value: 1}(terms, 1);
        }
    }

    function test_RevertGiven_TermsAreOpen() external {
        (IEscrow.Deal memory terms, bytes32 deal) = _opened(ETHER);
        uint256[2] memory amounts = [AMOUNT, 0];
        for (uint256 i = 0; i < amounts.length; ++i) {
            _expectRefusal(terms, abi.encodeWithSelector(IEscrow.Escrow_AlreadyOpen.selector, deal));
            escrow.open{value: amounts[i]}(terms, amounts[i]);
        }
        _assertMoney(terms, AMOUNT, 0, 0);
    }

    function test_RevertWhen_NothingArrives() external {
        FeeCoin fee = new FeeCoin(10);
        fee.setFee(100);
        _equip(payer, address(fee));
        address[3] memory tokens = [ETHER, address(coin), address(fee)];
        uint256[3] memory amounts = [uint256(0), 0, AMOUNT];
        for (uint256 i = 0; i < tokens.length; ++i) {
            IEscrow.Deal memory terms = _terms(tokens[i]);
            _expectRefusal(terms, abi.encodeWithSelector(IEscrow.Escrow_NothingArrived.selector, tokens[i], amounts[i]));
            escrow.open(terms, amounts[i]);
        }
        assertEq(fee.balanceOf(payer), WEALTH, "the payer keeps what did not arrive");
    }

    function test_RevertGiven_PayerAllowsOrHasTooLittle() external {
        IEscrow.Deal memory terms = _terms(address(coin));
        _allow(payer, address(coin), AMOUNT - 1);
        _expectRefusal(
            terms,
            abi.encodeWithSelector(
                IERC20Errors.ERC20InsufficientAllowance.selector, address(escrow), AMOUNT - 1, AMOUNT
            )
        );
        escrow.open(terms, AMOUNT);

        _allow(payer, address(coin), type(uint256).max);
        _expectRefusal(
            terms, abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, payer, WEALTH, WEALTH + 1)
        );
        escrow.open(terms, WEALTH + 1);
    }

    function test_RevertWhen_TokenAnswersFalse() external {
        RefusingCoin refusing = new RefusingCoin();
        _equip(payer, address(refusing));
        refusing.setRefusing(true);
        IEscrow.Deal memory terms = _terms(address(refusing));
        _expectRefusal(terms, abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(refusing)));
        escrow.open(terms, AMOUNT);
        _assertMoney(terms, 0, 0, 0);
    }

    /// @dev There is nothing to ask for a balance.
    function test_RevertWhen_TokenIsNoContract() external {
        IEscrow.Deal memory terms = _terms(stranger);
        _expectRefusal(terms, "");
        escrow.open(terms, AMOUNT);
    }

    // --------------------------------------------------------------------------------------------------------- helpers

    function _expectOpened(IEscrow.Deal memory terms, uint256 held) private {
        vm.expectEmit(address(escrow));
        emit IEscrow.DealOpened(
            keccak256(abi.encode(terms)),
            terms.payer,
            terms.payee,
            terms.opener,
            terms.token,
            terms.reclaimableAt,
            terms.subject,
            held
        );
    }

    /// @dev The next call is the opener's, and reverts.
    function _expectRefusal(IEscrow.Deal memory terms, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(terms.opener);
    }

    /// @dev A token that calls the payer's hook before it takes from it.
    function _hooked() private returns (HookedCoin hooked, Reentrant payersHook) {
        hooked = new HookedCoin();
        payersHook = new Reentrant();
        _equip(payer, address(hooked));
        vm.prank(payer);
        hooked.setHooks(payersHook, ICoinHook(address(0)));
    }
}
