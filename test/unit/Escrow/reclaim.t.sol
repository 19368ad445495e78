// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {EscrowTest} from "./EscrowTest.sol";

contract EscrowReclaimTest is EscrowTest {
    function testFuzz_Reclaim(bool inEther, uint256 amount, address by, uint40 late) external {
        amount = bound(amount, 1, WEALTH);
        IEscrow.Deal memory terms = _terms(_tokenOrEther(inEther));
        (bytes32 deal,) = _open(terms, amount);
        vm.warp(uint256(terms.reclaimableAt) + late);
        vm.expectEmit(address(escrow));
        emit IEscrow.DealReclaimed(deal, payer, payee, terms.token, amount, by);
        vm.prank(by);
        assertEq(escrow.reclaim(terms), amount, "to the payer");
        _assertMoney(terms, 0, amount, 0);
    }

    /// @dev Beside what the payer has already.
    function test_Reclaim_AddsToTheCredit() external {
        (IEscrow.Deal memory terms,) = _opened(ETHER);
        IEscrow.Deal memory other = _altered(terms, 4);
        _open(other, 7);
        vm.warp(terms.reclaimableAt);
        escrow.reclaim(terms);
        escrow.reclaim(other);
        _assertMoney(terms, 0, AMOUNT + 7, 0);
    }

    function test_RevertGiven_TimeIsNotOver() external {
        (IEscrow.Deal memory terms, bytes32 deal) = _opened(ETHER);
        address[4] memory callers = [opener, payer, payee, stranger];
        vm.warp(terms.reclaimableAt - 1);
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IEscrow.Escrow_TooEarly.selector, deal, terms.reclaimableAt));
            vm.prank(callers[i]);
            escrow.reclaim(terms);
        }
        _assertMoney(terms, AMOUNT, 0, 0);
        vm.warp(terms.reclaimableAt);
        escrow.reclaim(terms);
        _assertMoney(terms, 0, AMOUNT, 0);
    }

    /// @dev An earlier deadline would be another deal.
    function test_RevertWhen_TermsDiffer() external {
        (IEscrow.Deal memory terms,) = _opened(ETHER);
        vm.warp(terms.reclaimableAt);
        for (uint256 which = 0; which < 5; ++which) {
            _expectNotOpen(_altered(terms, which));
        }
        _assertMoney(terms, AMOUNT, 0, 0);
    }

    function test_RevertGiven_DealIsOver() external {
        (IEscrow.Deal memory terms,) = _opened(ETHER);
        vm.prank(opener);
        escrow.pay(terms);
        vm.warp(terms.reclaimableAt);
        _expectNotOpen(terms);
        (terms,) = _opened(address(coin));
        vm.warp(terms.reclaimableAt);
        escrow.reclaim(terms);
        _expectNotOpen(terms);
        _assertMoney(terms, 0, AMOUNT, 0);
    }

    function _expectNotOpen(IEscrow.Deal memory terms) private {
        bytes32 deal = escrow.dealIdOf(terms);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.Escrow_NotOpen.selector, deal));
        escrow.reclaim(terms);
    }
}
