// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {RejectingReceiver} from "../../mocks/EtherReceivers.sol";
import {EscrowTest} from "./EscrowTest.sol";

contract EscrowPayTest is EscrowTest {
    function testFuzz_Pay(bool inEther, uint256 amount, uint256 before) external {
        amount = bound(amount, 1, WEALTH / 2);
        before = bound(before, 1, WEALTH / 2);
        IEscrow.Deal memory terms = _terms(_tokenOrEther(inEther));
        _paid(terms.token, before);
        (bytes32 deal,) = _open(terms, amount);

        vm.expectEmit(address(escrow));
        emit IEscrow.DealClosed(deal, payer, payee, terms.token, 0, amount);
        vm.prank(opener);
        assertEq(escrow.pay(terms), amount, "to the payee");
        _assertMoney(terms, 0, 0, before + amount);
        assertEq(_balanceOf(address(escrow), terms.token), before + amount, "nothing left");
    }

    /// @dev Until somebody sends it back it is still the opener's to pay.
    function test_Pay_GivenItsTimeIsOver() external {
        (IEscrow.Deal memory terms,) = _opened(ETHER);
        vm.warp(terms.reclaimableAt + 1);
        vm.prank(opener);
        escrow.pay(terms);
        _assertMoney(terms, 0, 0, AMOUNT);
    }

    function test_Pay_GivenThePayeeRefusesEther() external {
        IEscrow.Deal memory terms = _terms(ETHER);
        terms.payee = address(new RejectingReceiver());
        _open(terms, AMOUNT);
        vm.prank(opener);
        escrow.pay(terms);
        _assertMoney(terms, 0, 0, AMOUNT);
    }

    function test_RevertWhen_CallerIsNotTheOpener() external {
        (IEscrow.Deal memory terms,) = _opened(ETHER);
        address[3] memory callers = [payer, payee, stranger];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IEscrow.Escrow_NotOpener.selector, opener, callers[i]));
            vm.prank(callers[i]);
            escrow.pay(terms);
        }
        // In its own name there is no such deal.
        terms.opener = stranger;
        _expectNotOpen(terms);
        _assertMoney(_terms(ETHER), AMOUNT, 0, 0);
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
        escrow.pay(terms);
        _expectNotOpen(terms);

        (terms,) = _opened(ETHER);
        vm.warp(terms.reclaimableAt);
        escrow.reclaim(terms);
        _expectNotOpen(terms);
        _assertMoney(terms, 0, AMOUNT, AMOUNT);
    }

    function _expectNotOpen(IEscrow.Deal memory terms) private {
        bytes32 deal = escrow.dealIdOf(terms);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.Escrow_NotOpen.selector, deal));
        vm.prank(terms.opener);
        escrow.pay(terms);
    }
}
