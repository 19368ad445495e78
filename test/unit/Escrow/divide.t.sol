// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {EscrowTest} from "./EscrowTest.sol";

contract EscrowDivideTest is EscrowTest {
    function testFuzz_Divide(bool inEther, uint256 amount, uint256 toPayer) external {
        amount = bound(amount, 1, WEALTH);
        toPayer = bound(toPayer, 0, amount);
        _divide(inEther, amount, toPayer);
    }

    function test_Divide_AllToOne() external {
        _divide(true, AMOUNT, 0);
        _divide(false, AMOUNT, AMOUNT);
    }

    function test_Divide_OneUnit() external {
        _divide(true, 1, 1);
        _divide(false, 1, 0);
    }

    function testFuzz_Divide_BetweenOneAndItself(uint256 toPayer) external {
        toPayer = bound(toPayer, 0, AMOUNT);
        IEscrow.Deal memory terms = _terms(ETHER);
        terms.payee = payer;
        _open(terms, AMOUNT);
        vm.prank(opener);
        escrow.divide(terms, toPayer);
        _assertMoney(terms, 0, AMOUNT, AMOUNT);
    }

    function testFuzz_RevertWhen_ShareIsMoreThanHeld(uint256 toPayer) external {
        toPayer = bound(toPayer, AMOUNT + 1, type(uint256).max);
        (IEscrow.Deal memory terms, bytes32 deal) = _opened(address(coin));
        // What another deal holds does not help.
        IEscrow.Deal memory other = _altered(terms, 4);
        _open(other, AMOUNT);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.Escrow_MoreThanHeld.selector, deal, toPayer, AMOUNT));
        vm.prank(opener);
        escrow.divide(terms, toPayer);
        _assertMoney(terms, AMOUNT, 0, 0);
    }

    function test_RevertWhen_CallerIsNotTheOpener() external {
        (IEscrow.Deal memory terms,) = _opened(ETHER);
        address[3] memory callers = [payer, payee, stranger];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IEscrow.Escrow_NotOpener.selector, opener, callers[i]));
            vm.prank(callers[i]);
            escrow.divide(terms, 1);
        }
        _assertMoney(terms, AMOUNT, 0, 0);
    }

    function test_RevertWhen_TermsDiffer() external {
        (IEscrow.Deal memory terms,) = _opened(ETHER);
        for (uint256 which = 0; which < 5; ++which) {
            _expectNotOpen(_altered(terms, which));
        }
        _assertMoney(terms, AMOUNT, 0, 0);
    }

    function test_RevertGiven_DealIsOver() external {
        (IEscrow.Deal memory terms,) = _opened(ETHER);
        vm.prank(opener);
        escrow.divide(terms, 1);
        _expectNotOpen(terms);
        _assertMoney(terms, 0, 1, AMOUNT - 1);
    }

    function _divide(bool inEther, uint256 amount, uint256 toPayer) private {
        IEscrow.Deal memory terms = _terms(_tokenOrEther(inEther));
        uint256 payersBefore = escrow.creditOf(payer, terms.token);
        uint256 payeesBefore = escrow.creditOf(payee, terms.token);
        (bytes32 deal,) = _open(terms, amount);
        vm.expectEmit(address(escrow));
        emit IEscrow.DealClosed(deal, payer, payee, terms.token, toPayer, amount - toPayer);
        vm.prank(opener);
        assertEq(escrow.divide(terms, toPayer), amount - toPayer, "to the payee");
        _assertMoney(terms, 0, payersBefore + toPayer, payeesBefore + amount - toPayer);
    }

    function _expectNotOpen(IEscrow.Deal memory terms) private {
        bytes32 deal = escrow.dealIdOf(terms);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.Escrow_NotOpen.selector, deal));
        vm.prank(terms.opener);
        escrow.divide(terms, 0);
    }
}
