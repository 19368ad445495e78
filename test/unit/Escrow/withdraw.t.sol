// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {AccruingCoin} from "../../mocks/AccruingCoin.sol";
import {BombingReceiver, BurningReceiver, MuteReceiver, RejectingReceiver} from "../../mocks/EtherReceivers.sol";
import {FeeCoin} from "../../mocks/FeeCoin.sol";
import {GreedyCoin} from "../../mocks/GreedyCoin.sol";
import {HookedCoin, ICoinHook} from "../../mocks/HookedCoin.sol";
import {Reentrant} from "../../mocks/Reentrant.sol";
import {RefusingCoin} from "../../mocks/RefusingCoin.sol";
import {ShrinkingCoin} from "../../mocks/ShrinkingCoin.sol";
import {SilentCoin} from "../../mocks/SilentCoin.sol";
import {EscrowTest} from "./EscrowTest.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Errors} from "@openzeppelin/contracts/utils/Errors.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

contract EscrowWithdrawTest is EscrowTest {
    bytes private constant GUARD =
        abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);

    // -------------------------------------------------------------------------------------------------------- refusals

    function test_RevertWhen_RecipientIsNobody() external {
        _paid(ETHER, AMOUNT);
        address[2] memory recipients = [address(0), address(escrow)];
        for (uint256 i = 0; i < recipients.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IEscrow.Escrow_BadRecipient.selector, recipients[i]));
            vm.prank(payee);
            escrow.withdraw(ETHER, recipients[i]);
        }
        assertEq(escrow.creditOf(payee, ETHER), AMOUNT, "credit");
    }

    /// @dev An open deal is nobody's credit, and a credit in one token none in another.
    function test_RevertGiven_NoCredit() external {
        _opened(ETHER);
        _paid(address(coin), AMOUNT);
        _expectNoCredit(payer, ETHER);
        _expectNoCredit(payee, ETHER);
        _expectNoCredit(opener, ETHER);
        _expectNoCredit(payer, address(coin));
        _expectNoCredit(payee, stranger);
        _withdraw(payee, address(coin), payee);
        _expectNoCredit(payee, address(coin));
    }

    // ----------------------------------------------------------------------------------------------------------- ether

    function testFuzz_Withdraw_Ether(uint256 amount, bool elsewhere) external {
        amount = bound(amount, 1, WEALTH / 2);
        address to = elsewhere ? stranger : payee;
        _paid(ETHER, amount);
        (IEscrow.Deal memory terms,) = _opened(ETHER);
        vm.expectEmit(address(escrow));
        emit IEscrow.Withdrawn(payee, ETHER, to, amount);
        assertEq(_withdraw(payee, ETHER, to), amount, "withdrawn");
        assertEq(to.balance, amount, "arrived");
        assertEq(address(escrow).balance, AMOUNT, "left");
        _assertMoney(terms, AMOUNT, 0, 0);
    }

    function test_RevertWhen_RecipientRejectsEther() external {
        address[2] memory recipients = [address(new RejectingReceiver()), address(new MuteReceiver())];
        bytes4[2] memory reasons = [RejectingReceiver.RejectingReceiver_No.selector, Errors.FailedCall.selector];
        _paid(ETHER, AMOUNT);
        for (uint256 i = 0; i < recipients.length; ++i) {
            vm.expectRevert(reasons[i]);
            vm.prank(payee);
            escrow.withdraw(ETHER, recipients[i]);
            assertEq(escrow.creditOf(payee, ETHER), AMOUNT, "credit");
        }
        _withdraw(payee, ETHER, stranger);
        assertEq(stranger.balance, AMOUNT, "elsewhere");
    }

    function test_RevertWhen_RecipientBurnsTheGas() external {
        address burning = address(new BurningReceiver());
        _paid(ETHER, AMOUNT);
        vm.expectRevert(Errors.FailedCall.selector);
        vm.prank(payee);
        escrow.withdraw{gas: 2_000_000}(ETHER, burning);
        _withdraw(payee, ETHER, stranger);
        assertEq(stranger.balance, AMOUNT, "elsewhere");
    }

    /// @dev Making a megabyte costs its maker 2.2 million gas; a copy would cost the same again.
    function test_Withdraw_DoesNotCopyAMegabyte() external {
        address bombing = address(new BombingReceiver());
        _paid(ETHER, AMOUNT);
        vm.prank(payee);
        escrow.withdraw{gas: 3_000_000}(ETHER, bombing);
        assertEq(bombing.balance, AMOUNT, "arrived");
    }

    /// @dev A payee that refuses or burns harms only itself.
    function test_Withdraw_OfOthersWhateverThePayeeIs() external {
        address[3] memory payees =
            [address(new RejectingReceiver()), address(new BurningReceiver()), address(new BombingReceiver())];
        IEscrow.Deal memory terms = _terms(ETHER);
        for (uint256 i = 0; i < payees.length; ++i) {
            terms.payee = payees[i];
            _open(terms, AMOUNT);
            vm.prank(opener);
            escrow.divide(terms, AMOUNT - 1);
            _open(terms, AMOUNT);
            vm.prank(opener);
            escrow.refund(terms);
        }
        assertEq(_withdraw(payer, ETHER, payer), payees.length * (2 * AMOUNT - 1), "the payer's");
    }

    function test_Withdraw_RefusesWhatMovesTheBalanceMeanwhile() external {
        Reentrant thief = new Reentrant();
        IEscrow.Deal memory own = _terms(ETHER);
        own.opener = address(thief);
        own.payee = address(thief);
        vm.deal(address(thief), 10);
        _open(own, 10);
        IEscrow.Deal memory terms = _terms(ETHER);
        terms.payee = address(thief);
        _open(terms, AMOUNT);
        vm.prank(opener);
        escrow.pay(terms);
        _paid(ETHER, WEALTH / 2);

        IEscrow.Consent memory none;
        bytes[] memory calls = new bytes[](4);
        calls[0] = abi.encodeCall(escrow.withdraw, (ETHER, address(thief)));
        calls[1] = abi.encodeCall(escrow.open, (own, 0));
        calls[2] = abi.encodeCall(escrow.openPermitted, (own, 0, none));
        calls[3] = abi.encodeCall(escrow.pay, (own));
        thief.plan(address(escrow), calls);
        _withdraw(address(thief), ETHER, address(thief));

        Reentrant.Attempt[] memory attempts = thief.attempts();
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(attempts[i].answer, GUARD, "guarded");
        }
        assertTrue(attempts[3].succeeded, "its other deal was paid");
        assertEq(address(thief).balance, AMOUNT, "once");
        assertEq(escrow.creditOf(address(thief), ETHER), 10, "credit of the other deal");
    }

    // ---------------------------------------------------------------------------------------------------------- tokens

    function testFuzz_Withdraw_Token(uint256 amount, bool elsewhere) external {
        amount = bound(amount, 1, WEALTH / 2);
        address to = elsewhere ? stranger : payee;
        _paid(address(coin), amount);
        (IEscrow.Deal memory terms,) = _opened(address(coin));
        vm.expectEmit(address(escrow));
        emit IEscrow.Withdrawn(payee, address(coin), to, amount);
        assertEq(_withdraw(payee, address(coin), to), amount, "withdrawn");
        assertEq(coin.balanceOf(to), amount, "arrived");
        _assertMoney(terms, AMOUNT, 0, 0);
    }

    function test_Withdraw_TokenThatReturnsNothing() external {
        SilentCoin silent = new SilentCoin();
        _equip(payer, address(silent));
        _paid(address(silent), AMOUNT);
        _withdraw(payee, address(silent), payee);
        assertEq(silent.balanceOf(payee), AMOUNT, "arrived");
    }

    function testFuzz_Withdraw_TokenThatTakesAFee(uint256 amount) external {
        FeeCoin fee = new FeeCoin(10);
        _equip(payer, address(fee));
        amount = bound(amount, 1, WEALTH);
        _paid(address(fee), amount);
        uint256 credit = amount - fee.feeOf(amount);
        assertEq(_withdraw(payee, address(fee), payee), credit, "withdrawn");
        assertEq(fee.balanceOf(payee), credit - fee.feeOf(credit), "arrived");
        assertEq(fee.balanceOf(address(escrow)), 0, "left");
    }

    function test_RevertWhen_TokenAnswersFalse() external {
        RefusingCoin refusing = new RefusingCoin();
        _equip(payer, address(refusing));
        _paid(address(refusing), AMOUNT);
        refusing.setRefusing(true);
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, refusing));
        vm.prank(payee);
        escrow.withdraw(address(refusing), payee);
        refusing.setRefusing(false);
        assertEq(_withdraw(payee, address(refusing), payee), AMOUNT, "the credit stayed");
    }

    function test_RevertWhen_TokenTakesMore() external {
        GreedyCoin greedy = new GreedyCoin();
        _equip(payer, address(greedy));
        (IEscrow.Deal memory terms,) = _opened(address(greedy));
        _paid(address(greedy), AMOUNT);
        uint256 taken = AMOUNT + greedy.surchargeOn(AMOUNT);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.Escrow_TokenTakesMore.selector, greedy, taken, AMOUNT));
        vm.prank(payee);
        escrow.withdraw(address(greedy), payee);
        assertEq(greedy.balanceOf(address(escrow)), 2 * AMOUNT, "all is still there");
        _assertMoney(terms, AMOUNT, 0, AMOUNT);
    }

    /// @dev The dividend is larger than the credit, and nobody's.
    function test_Withdraw_TokenThatBooksADividend() external {
        AccruingCoin accruing = new AccruingCoin();
        _equip(payer, address(accruing));
        _paid(address(accruing), AMOUNT);
        accruing.accrue(address(escrow), 2 * AMOUNT);
        assertEq(_withdraw(payee, address(accruing), payee), AMOUNT, "withdrawn");
        assertEq(accruing.balanceOf(payee), AMOUNT, "arrived");
        assertEq(accruing.balanceOf(address(escrow)), 2 * AMOUNT, "gift");
    }

    function test_Withdraw_WhileItsRecipientMakesAGift() external {
        HookedCoin hooked = new HookedCoin();
        Reentrant generous = _hookedPayee(hooked);
        hooked.mint(address(generous), 2 * AMOUNT);
        bytes[] memory calls = new bytes[](1);
        calls[0] = abi.encodeCall(hooked.transfer, (address(escrow), 2 * AMOUNT));
        generous.plan(address(hooked), calls);
        assertEq(_withdraw(payee, address(hooked), payee), AMOUNT, "withdrawn");
        assertEq(hooked.balanceOf(payee), AMOUNT, "arrived");
        assertEq(hooked.balanceOf(address(escrow)), AMOUNT + 2 * AMOUNT, "the other deal, and the gift");
    }

    function test_Withdraw_RefusesASecondWhileTheTokenCallsBack() external {
        HookedCoin hooked = new HookedCoin();
        Reentrant thief = _hookedPayee(hooked);
        // The hook has a credit of its own.
        IEscrow.Deal memory own = _terms(address(hooked));
        own.payee = address(thief);
        _open(own, 1);
        vm.prank(opener);
        escrow.pay(own);
        bytes[] memory calls = new bytes[](1);
        calls[0] = abi.encodeCall(escrow.withdraw, (address(hooked), address(thief)));
        thief.plan(address(escrow), calls);
        _withdraw(payee, address(hooked), payee);
        assertEq(thief.attempts()[0].answer, GUARD, "guarded");
        assertEq(escrow.creditOf(address(thief), address(hooked)), 1, "afterwards");
        _withdraw(address(thief), address(hooked), address(thief));
        assertEq(hooked.balanceOf(address(escrow)), AMOUNT, "the other deal");
    }

    /// @dev What the contract says of rebasing tokens: who comes first is paid, and the last finds too little.
    function test_Withdraw_TokenThatShrinksByItself() external {
        ShrinkingCoin shrinking = new ShrinkingCoin();
        _equip(payer, address(shrinking));
        _paid(address(shrinking), AMOUNT);
        (IEscrow.Deal memory terms,) = _opened(address(shrinking));
        _paid(ETHER, AMOUNT);
        _paid(address(coin), AMOUNT);
        shrinking.halve();
        assertEq(shrinking.balanceOf(address(escrow)), AMOUNT, "half is left");

        vm.prank(opener);
        escrow.refund(terms);
        assertEq(_withdraw(payee, address(shrinking), payee), AMOUNT, "the first");
        bytes memory reason =
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, address(escrow), 0, 2 * AMOUNT);
        vm.expectRevert(reason);
        vm.prank(payer);
        escrow.withdraw(address(shrinking), payer);
        _assertMoney(terms, 0, AMOUNT, 0);

        assertEq(_withdraw(payee, ETHER, payee), AMOUNT, "ether");
        assertEq(_withdraw(payee, address(coin), payee), AMOUNT, "another token");
    }

    // --------------------------------------------------------------------------------------------------------- helpers

    function _withdraw(address account, address token, address to) private returns (uint256) {
        vm.prank(account);
        return escrow.withdraw(token, to);
    }

    function _expectNoCredit(address account, address token) private {
        vm.expectRevert(abi.encodeWithSelector(IEscrow.Escrow_NoCredit.selector, account, token));
        vm.prank(account);
        escrow.withdraw(token, account);
    }

    /// @dev The payee has `AMOUNT` in a token that calls the hook when the payee gets it; another deal holds as much.
    function _hookedPayee(HookedCoin hooked) private returns (Reentrant hook) {
        hook = new Reentrant();
        _equip(payer, address(hooked));
        _paid(address(hooked), AMOUNT);
        IEscrow.Deal memory other = _terms(address(hooked));
        other.subject = keccak256("another");
        _open(other, AMOUNT);
        vm.prank(payee);
        hooked.setHooks(ICoinHook(address(0)), hook);
    }
}
