// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {Slots} from "../Slots.sol";
import {EscrowTest} from "../unit/Escrow/EscrowTest.sol";

/// @title Gas of whole transactions with cold state (`isolate = true`), between parties who have dealt before
/// @dev Payer and payee have credits and coins already, and so has the escrow. New slots are counted in tests of their own: recording state
/// changes ends the isolation.
contract EscrowGasTest is EscrowTest {
    function setUp() public override {
        super.setUp();
        coin.mint(payee, 1);
        IEscrow.Deal memory terms = _terms(address(coin));
        for (uint256 i = 0; i < 2; ++i) {
            terms.token = _tokenOrEther(i == 0);
            terms.subject = keccak256("divided before");
            _open(terms, 2 * AMOUNT);
            vm.prank(opener);
            escrow.divide(terms, AMOUNT);
            terms.subject = keccak256("stays open");
            _open(terms, AMOUNT);
        }
        // A measurement needs isolation, which coverage does not have.
        vm.skip(!_isIsolated());
    }

    // ------------------------------------------------------------------------------------------------------------- gas

    function test_Gas_Open() external {
        _opened(ETHER);
        vm.snapshotGasLastCall("Escrow", "open/ether");
        _opened(address(coin));
        vm.snapshotGasLastCall("Escrow", "open/token");
    }

    function test_Gas_OpenPermitted() external {
        (IEscrow.Deal memory terms, IEscrow.Consent memory consent) = _permitted();
        vm.prank(opener);
        escrow.openPermitted(terms, AMOUNT, consent);
        vm.snapshotGasLastCall("Escrow", "openPermitted");
    }

    function test_Gas_Pay() external {
        (IEscrow.Deal memory terms,) = _opened(ETHER);
        vm.prank(opener);
        escrow.pay(terms);
        vm.snapshotGasLastCall("Escrow", "pay");
    }

    function test_Gas_PayFirst() external {
        IEscrow.Deal memory terms = _toNewPayee();
        vm.prank(opener);
        escrow.pay(terms);
        vm.snapshotGasLastCall("Escrow", "pay/first");
    }

    function test_Gas_Refund() external {
        (IEscrow.Deal memory terms,) = _opened(ETHER);
        vm.prank(opener);
        escrow.refund(terms);
        vm.snapshotGasLastCall("Escrow", "refund");
    }

    function test_Gas_Divide() external {
        (IEscrow.Deal memory terms,) = _opened(ETHER);
        vm.prank(opener);
        escrow.divide(terms, 1);
        vm.snapshotGasLastCall("Escrow", "divide");
    }

    function test_Gas_Reclaim() external {
        (IEscrow.Deal memory terms,) = _opened(ETHER);
        vm.warp(terms.reclaimableAt);
        vm.prank(stranger);
        escrow.reclaim(terms);
        vm.snapshotGasLastCall("Escrow", "reclaim");
    }

    function test_Gas_Withdraw() external {
        vm.deal(payee, 1);
        vm.prank(payee);
        escrow.withdraw(ETHER, payee);
        vm.snapshotGasLastCall("Escrow", "withdraw/ether");
        vm.prank(payee);
        escrow.withdraw(address(coin), payee);
        vm.snapshotGasLastCall("Escrow", "withdraw/token");
    }

    // ----------------------------------------------------------------------------------------------------------- slots

    /// @dev One slot is the deal.
    function test_Slots_Open() external {
        vm.startStateDiffRecording();
        _opened(ETHER);
        assertEq(_taken(), 1, "ether");
        vm.startStateDiffRecording();
        _opened(address(coin));
        assertEq(_taken(), 1, "token");
    }

    /// @dev Beside it the nonce.
    function test_Slots_OpenPermitted() external {
        (IEscrow.Deal memory terms, IEscrow.Consent memory consent) = _permitted();
        vm.startStateDiffRecording();
        vm.prank(opener);
        escrow.openPermitted(terms, AMOUNT, consent);
        assertEq(_taken(), 2);
    }

    function test_Slots_PayAndRefund() external {
        (IEscrow.Deal memory terms,) = _opened(ETHER);
        vm.startStateDiffRecording();
        vm.prank(opener);
        escrow.pay(terms);
        assertEq(_taken(), 0, "pay");
        (terms,) = _opened(ETHER);
        vm.startStateDiffRecording();
        vm.prank(opener);
        escrow.refund(terms);
        assertEq(_taken(), 0, "refund");
    }

    /// @dev The payee's first credit in this token.
    function test_Slots_PayFirst() external {
        IEscrow.Deal memory terms = _toNewPayee();
        vm.startStateDiffRecording();
        vm.prank(opener);
        escrow.pay(terms);
        assertEq(_taken(), 1);
    }

    function test_Slots_Reclaim() external {
        (IEscrow.Deal memory terms,) = _opened(ETHER);
        vm.warp(terms.reclaimableAt);
        vm.startStateDiffRecording();
        escrow.reclaim(terms);
        assertEq(_taken(), 0);
    }

    function test_Slots_Withdraw() external {
        vm.startStateDiffRecording();
        vm.startPrank(payee);
        escrow.withdraw(ETHER, payee);
        escrow.withdraw(address(coin), payee);
        assertEq(_taken(), 0);
    }

    // --------------------------------------------------------------------------------------------------------- helpers

    function _taken() private returns (uint256) {
        return Slots.taken(vm.stopAndReturnStateDiff());
    }

    function _toNewPayee() private returns (IEscrow.Deal memory terms) {
        terms = _terms(ETHER);
        terms.payee = stranger;
        _open(terms, AMOUNT);
    }

    function _permitted() private view returns (IEscrow.Deal memory terms, IEscrow.Consent memory consent) {
        terms = _terms(address(coin));
        consent.until = uint40(block.timestamp);
        consent.reclaimableBy = terms.reclaimableAt;
        consent.signature = _sign(payer, escrow.permissionHash(terms, AMOUNT, consent));
    }

    /// @dev Every call is then a transaction, and this one pays 21,000 for that on top of its new slot.
    function _isIsolated() private returns (bool) {
        vm.prank(payee);
        escrow.setOperator(opener, true);
        return vm.lastCallGas().gasTotalUsed > 40_000;
    }
}
