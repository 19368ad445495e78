// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Escrow} from "../../contracts/Escrow.sol";
import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {AnyToken} from "../mocks/AnyToken.sol";
import {Test} from "forge-std/Test.sol";

/// @title Proofs, for all terms, amounts, callers, times and all that the escrow may hold before, that no verb makes or loses money
/// @notice `make prove` has halmos run these; forge does not. Each verb begins in any state whatever. What it credits is what it took from a deal,
/// what it holds is what arrived, what it sends is a credit; and nothing else changes, of which `Other` stands for any part. So whatever
/// happens, deals and credits together grow by no more than the balance does and shrink by no less.
/// @dev A call that reverts changes nothing, and is left out. {IEscrow-openPermitted} opens as {IEscrow-open} does.
contract EscrowSymbolicTest is Test {
    address private constant ETHER = address(0);
    /// @notice An account without code, which takes ether.
    address private constant RECIPIENT = address(0xEC1);

    /// @notice Any deal, and any account in any token.
    struct Other {
        bytes32 deal;
        address account;
        address token;
    }

    struct Money {
        uint256 held;
        uint256 payers;
        uint256 payees;
        uint256 othersDeal;
        uint256 othersCredit;
    }

    Escrow private escrow;
    AnyToken private token;

    function setUp() external {
        escrow = new Escrow();
        token = new AnyToken();
        vm.setArbitraryStorage(address(escrow));
    }

    // --------------------------------------------------------------------------------------------------------- closing

    function check_Divide(IEscrow.Deal memory terms, uint256 toPayer, address caller, Other memory other) external {
        Money memory before = _moneyWithRoom(terms, other);
        _call(caller, abi.encodeCall(IEscrow.divide, (terms, toPayer)));
        assertEq(caller, terms.opener);
        _assertDivided(terms, toPayer, before, other);
    }

    function check_Pay(IEscrow.Deal memory terms, address caller, Other memory other) external {
        Money memory before = _moneyWithRoom(terms, other);
        _call(caller, abi.encodeCall(IEscrow.pay, (terms)));
        assertEq(caller, terms.opener);
        _assertDivided(terms, 0, before, other);
    }

    function check_Refund(IEscrow.Deal memory terms, address caller, Other memory other) external {
        Money memory before = _moneyWithRoom(terms, other);
        _call(caller, abi.encodeCall(IEscrow.refund, (terms)));
        assertEq(caller, terms.opener);
        _assertDivided(terms, before.held, before, other);
    }

    function check_Reclaim(IEscrow.Deal memory terms, address caller, uint64 time, Other memory other) external {
        vm.warp(time);
        Money memory before = _moneyWithRoom(terms, other);
        _call(caller, abi.encodeCall(IEscrow.reclaim, (terms)));
        assertGe(time, terms.reclaimableAt);
        _assertDivided(terms, before.held, before, other);
    }

    /// @dev And it can be reclaimed, whatever else is the case.
    function check_ReclaimWorks(IEscrow.Deal memory terms, address caller, uint64 time) external {
        vm.warp(time);
        uint256 held = escrow.heldIn(escrow.dealIdOf(terms));
        vm.assume(held != 0 && time >= terms.reclaimableAt);
        vm.prank(caller);
        (bool succeeded,) = address(escrow).call(abi.encodeCall(IEscrow.reclaim, (terms)));
        assertTrue(succeeded);
    }

    // --------------------------------------------------------------------------------------------------------- opening

    function check_OpenInEther(
        IEscrow.Deal memory terms,
        uint256 amount,
        uint256 value,
        uint256 balance,
        Other memory other
    ) external {
        terms.token = ETHER;
        vm.assume(terms.opener != address(escrow) && balance <= type(uint128).max && value <= type(uint128).max);
        vm.deal(address(escrow), balance);
        vm.deal(terms.opener, value);
        Money memory before = _money(terms, other);
        vm.prank(terms.opener);
        (bool succeeded,) = address(escrow).call{value: value}(abi.encodeCall(IEscrow.open, (terms, amount)));
        vm.assume(succeeded);
        assertEq(address(escrow).balance, balance + amount);
        _assertOpened(terms, amount, before, other);
    }

    /// @dev Whatever the token does: no deal holds more than arrived, nor more than was asked.
    function check_OpenInTokens(
        IEscrow.Deal memory terms,
        uint256 amount,
        uint256 balance,
        uint256 afterwards,
        bool answer,
        address caller,
        Other memory other
    ) external {
        terms.token = address(token);
        token.prepare(balance, afterwards, answer);
        bool agreed = terms.payer == caller || escrow.isOperator(terms.payer, caller);
        Money memory before = _money(terms, other);
        _call(caller, abi.encodeCall(IEscrow.open, (terms, amount)));
        assertTrue(agreed && answer && afterwards > balance);
        assertEq(caller, terms.opener);
        uint256 arrived = afterwards - balance;
        _assertOpened(terms, arrived < amount ? arrived : amount, before, other);
    }

    // ------------------------------------------------------------------------------------------------------ withdrawing

    function check_WithdrawEther(address account, uint256 balance, Other memory other) external {
        vm.assume(account != address(escrow) && balance <= type(uint128).max);
        vm.deal(address(escrow), balance);
        vm.deal(RECIPIENT, 0);
        uint256 credit = escrow.creditOf(account, ETHER);
        Money memory before = _moneyOf(other);
        _call(account, abi.encodeCall(IEscrow.withdraw, (ETHER, RECIPIENT)));
        assertEq(address(escrow).balance, balance - credit);
        assertEq(RECIPIENT.balance, credit);
        _assertWithdrawn(account, ETHER, before, other);
    }

    /// @dev Whatever the token does: the escrow loses no more than the credit.
    function check_WithdrawTokens(
        address account,
        address to,
        uint256 balance,
        uint256 afterwards,
        bool answer,
        Other memory other
    ) external {
        token.prepare(balance, afterwards, answer);
        uint256 credit = escrow.creditOf(account, address(token));
        Money memory before = _moneyOf(other);
        _call(account, abi.encodeCall(IEscrow.withdraw, (address(token), to)));
        assertTrue(answer && credit != 0);
        assertTrue(afterwards >= balance || balance - afterwards <= credit);
        _assertWithdrawn(account, address(token), before, other);
    }

    // ---------------------------------------------------------------------------------------------------------- helpers

    /// @dev Only successes are of interest.
    function _call(address caller, bytes memory data) private {
        vm.prank(caller);
        (bool succeeded,) = address(escrow).call(data);
        vm.assume(succeeded);
    }

    function _money(IEscrow.Deal memory terms, Other memory other) private view returns (Money memory money) {
        money = _moneyOf(other);
        money.held = escrow.heldIn(escrow.dealIdOf(terms));
        money.payers = escrow.creditOf(terms.payer, terms.token);
        money.payees = escrow.creditOf(terms.payee, terms.token);
    }

    /// @dev No more than 128 bits each. A credit that would overflow, which takes more money than any honest token has, is filled up:
    /// that is less than was taken.
    function _moneyWithRoom(IEscrow.Deal memory terms, Other memory other) private view returns (Money memory money) {
        money = _money(terms, other);
        vm.assume(money.held <= type(uint128).max);
        vm.assume(money.payers <= type(uint128).max);
        vm.assume(money.payees <= type(uint128).max);
    }

    function _moneyOf(Other memory other) private view returns (Money memory money) {
        money.othersDeal = escrow.heldIn(other.deal);
        money.othersCredit = escrow.creditOf(other.account, other.token);
    }

    /// @dev toPayer + toPayee == held, and nothing else moved.
    function _assertDivided(IEscrow.Deal memory terms, uint256 toPayer, Money memory before, Other memory other)
        private
        view
    {
        Money memory now_ = _money(terms, other);
        assertTrue(before.held != 0 && toPayer <= before.held);
        assertEq(now_.held, 0);
        uint256 toPayee = before.held - toPayer;
        if (terms.payer == terms.payee) (toPayer, toPayee) = (before.held, before.held);
        assertTrue(now_.payers >= before.payers && now_.payees >= before.payees);
        assertEq(now_.payers - before.payers, toPayer);
        assertEq(now_.payees - before.payees, toPayee);

        if (other.deal != escrow.dealIdOf(terms)) assertEq(now_.othersDeal, before.othersDeal);
        bool isParty = other.account == terms.payer || other.account == terms.payee;
        if (!isParty || other.token != terms.token) assertEq(now_.othersCredit, before.othersCredit);
    }

    function _assertOpened(IEscrow.Deal memory terms, uint256 held, Money memory before, Other memory other)
        private
        view
    {
        Money memory now_ = _money(terms, other);
        assertTrue(before.held == 0 && held != 0);
        assertEq(now_.held, held);
        assertEq(now_.payers, before.payers);
        assertEq(now_.payees, before.payees);
        assertEq(now_.othersCredit, before.othersCredit);
        if (other.deal != escrow.dealIdOf(terms)) assertEq(now_.othersDeal, before.othersDeal);
    }

    function _assertWithdrawn(address account, address currency, Money memory before, Other memory other) private view {
        Money memory now_ = _moneyOf(other);
        assertEq(escrow.creditOf(account, currency), 0);
        assertEq(now_.othersDeal, before.othersDeal);
        if (other.account != account || other.token != currency) assertEq(now_.othersCredit, before.othersCredit);
    }
}
