// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {PurchaseTest} from "./PurchaseTest.sol";

/// @title The graph that {IMarket} draws, edge by edge: every verb, at every status, by every caller, in time and late
/// @notice A row says what the verb does for buyer, seller, arbiter and stranger; first in time (in the first second of the status and in its last),
/// then when its time is over. Of a verb without a row nothing is expected but that the status is wrong.
///
///     >  done: the purchase comes to where the verb leads
///     +  done: the purchase stays where it is
///     -  Market_WrongStatus
///     p  Market_WrongParty, naming the party that could
///     n  Market_NotParty
///     a  Market_NotArbiter
///     l  Market_TooLate
///     e  Market_TooEarly
contract MarketStateGraphTest is PurchaseTest {
    uint256 private constant CALLERS = 4;
    uint256 private constant MOMENTS = 3;

    mapping(Verb verb => string row) private _rows;

    function setUp() public override {
        super.setUp();
        for (uint256 i = 0; i < VERBS; ++i) {
            _rows[Verb(i)] = "---- ----";
        }
    }

    // ---------------------------------------------------------------------------------------------------------- the graph

    function test_None() external {
        _walk(_changed(_buyItem(), 3), IMarket.Status.None);
    }

    function test_Paid() external {
        _row(Verb.Ship, "p>pp llll");
        _row(Verb.Settle, ">ppp >ppp");
        _row(Verb.Refund, ">>ee >>>>");
        _row(Verb.Attach, "++nn ++nn");
        _walk(_purchaseAt(IMarket.Status.Paid), IMarket.Status.Paid);
    }

    function test_Shipped() external {
        _row(Verb.Receive, ">ppp llll");
        _row(Verb.Accept, ">ppp llll");
        _row(Verb.Refuse, ">ppp llll");
        _row(Verb.Dispute, ">ppp llll");
        _row(Verb.Settle, ">eee >>>>");
        _row(Verb.Attach, "++nn ++nn");
        _walk(_purchaseAt(IMarket.Status.Shipped), IMarket.Status.Shipped);
    }

    function test_Received() external {
        _row(Verb.Return, ">ppp llll");
        _row(Verb.Dispute, ">ppp llll");
        _row(Verb.Settle, ">eee >>>>");
        _row(Verb.Attach, "++nn ++nn");
        _walk(_purchaseAt(IMarket.Status.Received), IMarket.Status.Received);
    }

    function test_Returning() external {
        _row(Verb.TakeBack, "p>pp llll");
        _row(Verb.Dispute, "p>pp llll");
        _row(Verb.Settle, ">ppp >ppp");
        _row(Verb.Refund, "e>ee >>>>");
        _row(Verb.Attach, "++nn ++nn");
        _walk(_purchaseAt(IMarket.Status.Returning), IMarket.Status.Returning);
    }

    function test_Returned() external {
        _rowsOfReturned();
        _walk(_purchaseAt(IMarket.Status.Returned), IMarket.Status.Returned);
    }

    function test_Returned_AfterRefusal() external {
        _rowsOfReturned();
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Shipped);
        _act(hospital, Verb.Refuse, purchase);
        _walk(purchase, IMarket.Status.Returned);
    }

    function test_Disputed_FromShipped() external {
        _rowsOfDisputed(true);
        _walkDisputed(IMarket.Status.Shipped);
    }

    function test_Disputed_FromReceived() external {
        _rowsOfDisputed(false);
        _walkDisputed(IMarket.Status.Received);
    }

    function test_Disputed_FromReturning() external {
        _rowsOfDisputed(false);
        _walkDisputed(IMarket.Status.Returning);
    }

    function test_Disputed_FromReturned() external {
        _rowsOfDisputed(true);
        _walkDisputed(IMarket.Status.Returned);
    }

    function test_Settled() external {
        _walkEnd(IMarket.Status.Settled);
    }

    function test_Refunded() external {
        _walkEnd(IMarket.Status.Refunded);
    }

    function test_Divided() external {
        _walkEnd(IMarket.Status.Divided);
    }

    // ----------------------------------------------------------------------------------------------- silence and reclaim

    /// @dev From every open status, and every kind of dispute, nobody but a stranger does anything: exactly one of the two ends is open to
    /// it then, the one that silence favours, and that pays somebody before the money could be reclaimed.
    function testFuzz_Silence_EndsAndPays(uint256 kind, bool disabled) external {
        IMarket.Purchase memory purchase = _anyPurchase(kind);
        uint256 before = vm.snapshotState();
        for (uint256 place = 0; place < PLACES; ++place) {
            _leadToPlace(purchase, place);
            if (disabled) _disableParties(purchase);
            _pastLastSecond(purchase);
            _assertStrangerEnds(purchase);
            vm.revertToState(before);
        }
    }

    /// @dev The longest way: every act in the last second that it counts in. It ends at a grace before the money could be reclaimed, exactly.
    function testFuzz_Silence_EndsAndPays_AfterTheLongestWay(uint256 kind) external {
        IMarket.Purchase memory purchase = _anyPurchase(kind);
        Verb[5] memory way = [Verb.Ship, Verb.Receive, Verb.Return, Verb.TakeBack, Verb.Dispute];
        address[5] memory by = [purchase.seller, purchase.buyer, purchase.buyer, purchase.seller, purchase.seller];
        for (uint256 i = 0; i < way.length; ++i) {
            _toLastSecond(purchase);
            _act(by[i], way[i], purchase);
        }
        assertEq(market.lastSecondOf(purchase) + market.GRACE(), market.dealOf(purchase).reclaimableAt, "grace");
        // Even the last second of all is one in which an arbiter finds the money.
        _toLastSecond(purchase);
        uint256 before = vm.snapshotState();
        _act(arbiter, Verb.Resolve, purchase);
        vm.revertToState(before);
        _pastLastSecond(purchase);
        _assertStrangerEnds(purchase);
    }

    /// @dev After a reclaim every verb but the two ends is late, whoever calls; and every end, whoever reaches it, sends the twins back.
    function test_Reclaimed_EveryEndSendsTheTwinsBack() external {
        for (uint256 kind = 0; kind < KINDS; ++kind) {
            uint256 start = vm.snapshotState();
            IMarket.Purchase memory purchase = _anyPurchase(kind);
            uint256 before = vm.snapshotState();
            for (uint256 place = 0; place < PLACES; ++place) {
                _leadToPlace(purchase, place);
                _reclaim(purchase);
                _assertEveryEndIsRefunded(purchase);
                vm.revertToState(before);
            }
            vm.revertToState(start);
        }
    }

    /// @dev One second earlier nobody can reclaim, so no status is cut short.
    function test_RevertWhen_ReclaimedTooEarly() external {
        IMarket.Purchase memory purchase = _buyItem();
        uint256 before = vm.snapshotState();
        for (uint256 place = 0; place < PLACES; ++place) {
            _leadToPlace(purchase, place);
            IEscrow.Deal memory deal = market.dealOf(purchase);
            bytes32 id = escrow.dealIdOf(deal);
            vm.warp(deal.reclaimableAt - 1);
            vm.expectRevert(abi.encodeWithSelector(IEscrow.Escrow_TooEarly.selector, id, deal.reclaimableAt));
            vm.prank(stranger);
            escrow.reclaim(deal);
            vm.revertToState(before);
        }
    }

    // ---------------------------------------------------------------------------------------------------- rows and walks

    function _rowsOfReturned() private {
        _row(Verb.Dispute, "p>pp llll");
        _row(Verb.Settle, ">ppp >ppp");
        _row(Verb.Refund, "e>ee >>>>");
        _row(Verb.Attach, "++nn ++nn");
    }

    function _rowsOfDisputed(bool silencePaysBuyer) private {
        _row(Verb.FileEvidence, "++nn llll");
        _row(Verb.Resolve, "aa>a llll");
        _row(Verb.Settle, silencePaysBuyer ? ">ppp >ppp" : ">eee >>>>");
        _row(Verb.Refund, silencePaysBuyer ? "e>ee >>>>" : "p>pp p>pp");
        _row(Verb.Attach, "++nn ++nn");
    }

    function _row(Verb verb, string memory row) private {
        _rows[verb] = row;
    }

    function _walkDisputed(IMarket.Status origin) private {
        IMarket.Purchase memory purchase = _buyItem();
        _disputeFrom(purchase, origin);
        _walk(purchase, IMarket.Status.Disputed);
    }

    /// @dev An end is for ever, but for records.
    function _walkEnd(IMarket.Status end) private {
        _row(Verb.Attach, "++nn ++nn");
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Disputed);
        _end(purchase, end);
        _walk(purchase, end);
    }

    /// @dev Every cell of the table, each from the same state.
    function _walk(IMarket.Purchase memory purchase, IMarket.Status status) private {
        assertEq(uint8(_statusOf(purchase)), uint8(status), "the status to walk from");
        uint256 cells;
        uint256 before = vm.snapshotState();
        for (uint256 verb = 0; verb < VERBS; ++verb) {
            for (uint256 caller = 0; caller < CALLERS; ++caller) {
                for (uint256 moment = 0; moment < MOMENTS; ++moment) {
                    bytes1 cell = bytes(_rows[Verb(verb)])[caller + (moment == 2 ? CALLERS + 1 : 0)];
                    _goTo(purchase, moment);
                    _assertCell(purchase, Verb(verb), caller, cell);
                    vm.revertToState(before);
                    ++cells;
                }
            }
        }
        assertEq(cells, VERBS * CALLERS * MOMENTS, "cells");
    }

    /// @dev The first second of the status, its last, and the one after that; of an end, now, later, and very much later.
    function _goTo(IMarket.Purchase memory purchase, uint256 moment) private {
        uint256 until = market.lastSecondOf(purchase);
        if (moment == 1) vm.warp(until == 0 ? block.timestamp + 1 days : until);
        else if (moment == 2) vm.warp(until == 0 ? block.timestamp + 1000 days : until + 1);
    }

    function _assertCell(IMarket.Purchase memory purchase, Verb verb, uint256 column, bytes1 cell) private {
        address caller = _callerIn(purchase, column);
        if (cell != ">" && cell != "+") {
            _assertRefused(caller, verb, purchase, _errorOf(purchase, verb, caller, cell));
            return;
        }
        IMarket.Progress memory before = market.progressOf(market.purchaseIdOf(purchase));
        _act(caller, verb, purchase);
        if (cell == "+") {
            IMarket.Progress memory afterwards = market.progressOf(market.purchaseIdOf(purchase));
            assertEq(abi.encode(afterwards), abi.encode(before), "progress");
            return;
        }
        _assertArrived(purchase, verb, before.status);
    }

    /// @dev Money and twins are where the status says that they are.
    function _assertArrived(IMarket.Purchase memory purchase, Verb verb, IMarket.Status from) private view {
        IMarket.Status to = _targetOf(verb);
        if (to == IMarket.Status.Settled) return _assertSettled(purchase);
        if (to == IMarket.Status.Refunded) return _assertRefunded(purchase);
        if (to == IMarket.Status.Divided) return _assertEnd(purchase, to, 0, _costOf(purchase), true);
        _assertOpen(purchase, to, _timeAt(to), _silencePaysBuyer(from, to));
    }

    // ------------------------------------------------------------------------------------------- what the diagram says

    function _targetOf(Verb verb) private pure returns (IMarket.Status) {
        if (verb == Verb.Ship) return IMarket.Status.Shipped;
        if (verb == Verb.Receive) return IMarket.Status.Received;
        if (verb == Verb.Accept || verb == Verb.Settle) return IMarket.Status.Settled;
        if (verb == Verb.Return) return IMarket.Status.Returning;
        if (verb == Verb.Refuse || verb == Verb.TakeBack) return IMarket.Status.Returned;
        if (verb == Verb.Dispute) return IMarket.Status.Disputed;
        return verb == Verb.Resolve ? IMarket.Status.Divided : IMarket.Status.Refunded;
    }

    function _timeAt(IMarket.Status status) private pure returns (uint32) {
        if (status == IMarket.Status.Paid) return SHIP_TIME;
        if (status == IMarket.Status.Shipped || status == IMarket.Status.Received) return INSPECTION_TIME;
        return status == IMarket.Status.Disputed ? ARBITRATION_TIME : RETURN_TIME;
    }

    function _silencePaysBuyer(IMarket.Status from, IMarket.Status to) private pure returns (bool) {
        if (to == IMarket.Status.Disputed) return from == IMarket.Status.Shipped || from == IMarket.Status.Returned;
        return to == IMarket.Status.Returning || to == IMarket.Status.Returned;
    }

    function _callerIn(IMarket.Purchase memory purchase, uint256 column) private view returns (address) {
        return [purchase.buyer, purchase.seller, arbiter, stranger][column];
    }

    function _errorOf(IMarket.Purchase memory purchase, Verb verb, address caller, bytes1 cell)
        private
        view
        returns (bytes memory)
    {
        if (cell == "p") return _wrongParty(purchase, caller, _partyOf(purchase, verb));
        if (cell == "n") return _notParty(purchase, caller);
        if (cell == "a") return _notArbiter(purchase, caller);
        if (cell == "l") return _tooLate(purchase, market.lastSecondOf(purchase));
        if (cell == "e") return _tooEarly(purchase, market.lastSecondOf(purchase));
        assertTrue(cell == "-", "a letter of the legend");
        return _wrongStatus(purchase, _statusOf(purchase));
    }

    /// @dev Whom the verb is for, as the others are told.
    function _partyOf(IMarket.Purchase memory purchase, Verb verb) private view returns (address) {
        if (verb == Verb.Dispute) return _complainantAt(purchase, _statusOf(purchase));
        bool isSellers = verb == Verb.Ship || verb == Verb.TakeBack || verb == Verb.Refund;
        return isSellers ? purchase.seller : purchase.buyer;
    }

    // ------------------------------------------------------------------------------------------------ strangers and ends

    /// @dev The open statuses but Disputed, then disputes of every origin.
    uint256 private constant PLACES = 9;

    function _leadToPlace(IMarket.Purchase memory purchase, uint256 place) private {
        if (place < 5) _leadTo(purchase, IMarket.Status(uint256(IMarket.Status.Paid) + place));
        else _disputeFrom(purchase, _anyOrigin(place - 5));
    }

    function _assertStrangerEnds(IMarket.Purchase memory purchase) private {
        assertLe(block.timestamp, market.dealOf(purchase).reclaimableAt, "before it can be reclaimed");
        bool paysBuyer = market.progressOf(market.purchaseIdOf(purchase)).silencePaysBuyer;
        uint256 before = vm.snapshotState();
        (bool other,) = _try(stranger, paysBuyer ? Verb.Settle : Verb.Refund, purchase);
        assertFalse(other, "the other end");
        vm.revertToState(before);
        _act(stranger, paysBuyer ? Verb.Refund : Verb.Settle, purchase);
        if (paysBuyer) _assertRefunded(purchase);
        else _assertSettled(purchase);
    }

    function _assertEveryEndIsRefunded(IMarket.Purchase memory purchase) private {
        uint256 byStranger;
        uint256 before = vm.snapshotState();
        for (uint256 verb = 0; verb < uint256(Verb.Attach); ++verb) {
            for (uint256 column = 0; column < CALLERS; ++column) {
                address caller = _callerIn(purchase, column);
                (bool done,) = _try(caller, Verb(verb), purchase);
                if (done) {
                    assertGe(verb, uint256(Verb.Settle), "only the ends");
                    _assertRefunded(purchase);
                    if (caller == stranger) ++byStranger;
                }
                vm.revertToState(before);
            }
        }
        // Counted outside of what is reverted: it is no storage.
        assertEq(byStranger, 1, "ends that a stranger reaches");
    }
}
