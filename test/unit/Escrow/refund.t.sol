// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {RejectingReceiver} from "../../mocks/EtherReceivers.sol";
import {EscrowTest} from "./EscrowTest.sol";

contract EscrowRefundTest is EscrowTest {
    function testFuzz_Refund(bool inEther, uint256 amount) external {
        amount = bound(amount, 1, WEALTH / 2);
        IEscrow.Deal memory terms = _terms(_tokenOrEther(inEther));
        (bytes32 deal,) = _open(terms, amount);
        for (uint256 times = 1; times <= 2; ++times) {
            vm.expectEmit(address(escrow));
            emit IEscrow.DealClosed(deal, payer, payee, terms.token, amount, 0);
            vm.prank(opener);
            assertEq(escrow.refund(terms), amount, "to the payer");
            _assertMoney(terms, 0, amount * times, 0);
            if (times == 1) _open(terms, amount);
        }
    }

    /// @dev In ether it was the opener that brought the money; it is the payer's all the same.
    function test_Refund_EtherGoesToThePayerNamed() external {
        (IEscrow.Deal memory terms,) = _opened(ETHER);
        vm.prank(opener);
        escrow.refund(terms);
        assertEq(escrow.creditOf(opener, ETHER), 0, "not to who brought it");
        _assertMoney(terms, 0, AMOUNT, 0);
    }

    function test_Refund_GivenItsTimeIsOver() external {
        (IEscrow.Deal memory terms,) = _opened(address(coin));
        vm.warp(terms.reclaimableAt + 1);
        vm.prank(opener);
        escrow.refund(terms);
        _assertMoney(terms, 0, AMOUNT, 0);
    }

    function test_Refund_GivenThePayerRefusesEther() external {
        IEscrow.Deal memory terms = _terms(ETHER);
        terms.payer = address(new RejectingReceiver());
        _open(terms, AMOUNT);
        vm.prank(opener);
        escrow.refund(terms);
        _assertMoney(terms, 0, AMOUNT, 0);
    }

    function test_RevertWhen_CallerIsNotTheOpener() external {
        (IEscrow.Deal memory terms,) = _opened(ETHER);
        address[3] memory callers = [payer, payee, stranger];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IEscrow.Escrow_NotOpener.selector, opener, callers[i]));
            vm.prank(callers[i]);
            escrow.refund(terms);
        }
        _assertMoney(terms, AMOUNT, 0, 0);
    }

    function test_RevertWhen_TermsDiffer() external {
        (IEscrow.Deal memory terms,) = _opened(address(coin));
        for (uint256 which = 0; which < 5; ++which) {
            _expectNotOpen(_altered(terms, which));
        }
        _assertMoney(terms, AMOUNT, 0, 0);
    }

    function test_RevertGiven_DealIsOver() external {
        (IEscrow.Deal memory terms,) = _opened(ETHER);
        vm.prank(opener);
        escrow.refund(terms);
        _expectNotOpen(terms);

        (terms,) = _opened(ETHER);
        vm.warp(terms.reclaimableAt);
        escrow.reclaim(terms);
        _expectNotOpen(terms);
        _assertMoney(terms, 0, 2 * AMOUNT, 0);
    }

    function _expectNotOpen(IEscrow.Deal memory terms) private {
        bytes32 deal = escrow.dealIdOf(terms);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.Escrow_NotOpen.selector, deal));
        vm.prank(terms.opener);
        escrow.refund(terms);
    }
}
