// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {Base} from "../../Base.t.sol";
import {Coin} from "../../mocks/Coin.sol";
import {IToken} from "../../mocks/IToken.sol";

/// @title An opener, a payer and a payee; the payer has coins, allows the escrow to take them, and approved the opener in it
abstract contract EscrowTest is Base {
    uint256 internal constant AMOUNT = 5 ether + 3;
    uint256 internal constant WEALTH = 1000 ether;
    uint40 internal constant DURATION = 30 days;
    uint40 internal constant MAX_DURATION = 3653 days;
    address internal constant ETHER = address(0);

    address internal opener = _account("opener");
    address internal payer = _account("payer");
    address internal payee = _account("payee");

    Coin internal coin;

    function setUp() public virtual override {
        super.setUp();
        coin = new Coin();
        _equip(payer, address(coin));
        _setOperator(payer, opener, true);
        vm.deal(opener, WEALTH);
    }

    // ------------------------------------------------------------------------------------------------------- preparing

    /// @notice Gives the account tokens and lets it allow the escrow to take them all.
    function _equip(address account, address token) internal {
        IToken(token).mint(account, WEALTH);
        _allow(account, token, type(uint256).max);
    }

    function _allow(address account, address token, uint256 amount) internal {
        vm.prank(account);
        IToken(token).approve(address(escrow), amount);
    }

    function _setOperator(address account, address operator, bool approved) internal {
        vm.prank(account);
        escrow.setOperator(operator, approved);
    }

    // --------------------------------------------------------------------------------------------------------- opening

    function _terms(address token) internal view returns (IEscrow.Deal memory) {
        return IEscrow.Deal({
            opener: opener,
            payer: payer,
            payee: payee,
            token: token,
            reclaimableAt: uint40(block.timestamp) + DURATION,
            subject: keccak256("purchase 1")
        });
    }

    function _open(IEscrow.Deal memory terms, uint256 amount) internal returns (bytes32 deal, uint256 held) {
        vm.prank(terms.opener);
        return escrow.open{value: terms.token == ETHER ? amount : 0}(terms, amount);
    }

    /// @notice Opens the usual deal in this token with `AMOUNT`.
    function _opened(address token) internal returns (IEscrow.Deal memory terms, bytes32 deal) {
        terms = _terms(token);
        (deal,) = _open(terms, AMOUNT);
    }

    /// @notice A deal for another subject, with all of `amount` paid to the payee.
    function _paid(address token, uint256 amount) internal {
        IEscrow.Deal memory terms = _terms(token);
        terms.subject = keccak256("purchase 2");
        _open(terms, amount);
        vm.prank(opener);
        escrow.pay(terms);
    }

    function _tokenOrEther(bool inEther) internal view returns (address) {
        return inEther ? ETHER : address(coin);
    }

    // -------------------------------------------------------------------------------------------------------- asserting

    function _assertMoney(IEscrow.Deal memory terms, uint256 held, uint256 payersCredit, uint256 payeesCredit)
        internal
        view
    {
        assertEq(escrow.heldIn(escrow.dealIdOf(terms)), held, "held");
        assertEq(escrow.creditOf(terms.payer, terms.token), payersCredit, "payer's credit");
        assertEq(escrow.creditOf(terms.payee, terms.token), payeesCredit, "payee's credit");
    }

    function _balanceOf(address account, address token) internal view returns (uint256) {
        return token == ETHER ? account.balance : IToken(token).balanceOf(account);
    }

    /// @notice Changes one of the terms, each in its turn.
    function _altered(IEscrow.Deal memory terms, uint256 which) internal view returns (IEscrow.Deal memory other) {
        other = IEscrow.Deal({
            opener: terms.opener,
            payer: terms.payer,
            payee: terms.payee,
            token: terms.token,
            reclaimableAt: terms.reclaimableAt,
            subject: terms.subject
        });
        if (which == 0) other.payer = stranger;
        if (which == 1) other.payee = stranger;
        if (which == 2) other.token = address(escrow);
        if (which == 3) other.reclaimableAt -= 1;
        if (which == 4) other.subject = keccak256("another");
    }
}
