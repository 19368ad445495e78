// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {PurchaseTest} from "./PurchaseTest.sol";

contract MarketDisputeTest is PurchaseTest {
    function testFuzz_Dispute(uint256 kind, uint256 seed, uint256 time, bytes32 evidence) external {
        IMarket.Purchase memory purchase = _anyPurchase(kind);
        IMarket.Status origin = _anyOrigin(seed);
        _leadTo(purchase, origin);
        vm.warp(bound(time, block.timestamp, market.lastSecondOf(purchase)));
        address by = _complainantAt(purchase, origin);
        bool silencePaysBuyer = origin == IMarket.Status.Shipped || origin == IMarket.Status.Returned;

        _expectMoved(purchase, IMarket.Status.Disputed, by, evidence, ARBITRATION_TIME, silencePaysBuyer);
        vm.prank(by);
        market.dispute(purchase, evidence);

        _assertOpen(purchase, IMarket.Status.Disputed, ARBITRATION_TIME, silencePaysBuyer);
    }

    /// @dev What becomes of each when no arbiter answers: the side that should not have the goods gets the money.
    function test_Dispute_ThenSilence() external {
        IMarket.Purchase memory purchase = _buyTwo();
        uint256 before = vm.snapshotState();
        for (uint256 i = 0; i < 4; ++i) {
            IMarket.Status origin = _anyOrigin(i);
            _disputeFrom(purchase, origin);
            bool silencePaysBuyer = origin == IMarket.Status.Shipped || origin == IMarket.Status.Returned;
            _pastLastSecond(purchase);
            _act(stranger, silencePaysBuyer ? Verb.Refund : Verb.Settle, purchase);
            if (silencePaysBuyer) _assertRefunded(purchase);
            else _assertSettled(purchase);
            vm.revertToState(before);
        }
    }

    /// @dev A complaint needs nothing but its party.
    function testFuzz_Dispute_GivenNothingElseWorks(uint256 kind, uint256 seed, uint256 way) external {
        IMarket.Purchase memory purchase = _anyPurchaseBeforeExpiry(kind);
        IMarket.Status origin = _anyOrigin(seed);
        _leadTo(purchase, origin);
        _stop(purchase.items[0], _anyWayOnTheRoad(way));
        _disableParties(purchase);
        _dispute(purchase, _complainantAt(purchase, origin));
        assertEq(uint8(_statusOf(purchase)), uint8(IMarket.Status.Disputed), "status");
    }

    /// @dev What the buyer signed for in `Custody` itself is not seen here, so as of any shipment that was not received silence pays the
    /// buyer. The record is there for the arbiter to see.
    function test_Dispute_GivenReceivedDirectly() external {
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Shipped);
        _receiveDirectly(_item(0));
        _dispute(purchase, hospital);
        _assertOpen(purchase, IMarket.Status.Disputed, ARBITRATION_TIME, true);
        assertEq(custody.holderOf(_item(0)), hospital, "holder");
        vm.prank(arbiter);
        market.resolve(purchase, 0, true, DECISION);
        _assertEnd(purchase, IMarket.Status.Divided, 0, PRICE, true);
    }

    /// @dev The parts exchanged: what the seller signed for itself is not back, here.
    function test_Dispute_GivenTakenBackDirectly() external {
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Returning);
        _receiveDirectly(_item(0));
        _dispute(purchase, maker);
        _assertOpen(purchase, IMarket.Status.Disputed, ARBITRATION_TIME, false);
        assertEq(custody.holderOf(_item(0)), maker, "holder");
        vm.prank(arbiter);
        market.resolve(purchase, PRICE, false, DECISION);
        _assertEnd(purchase, IMarket.Status.Divided, PRICE, 0, false);
    }

    function test_RevertWhen_TermsDiffer() external {
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Shipped);
        _assertTermsCount(hospital, Verb.Dispute, purchase);
        _assertTermsCount(maker, Verb.Dispute, purchase);
    }

    function test_RevertGiven_PaidDisputedOrAtAnEnd() external {
        uint256 fit = _bit(IMarket.Status.Shipped) | _bit(IMarket.Status.Received) | _bit(IMarket.Status.Returning)
            | _bit(IMarket.Status.Returned);
        address[4] memory callers = [hospital, maker, arbiter, stranger];
        for (uint256 i = 0; i < callers.length; ++i) {
            _assertOnlyIn(fit, Verb.Dispute, callers[i]);
        }
    }

    /// @dev Nor is there ever a time for it where there is no dispute.
    function test_RevertGiven_PaidOrDisputedForTooLong() external {
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Paid);
        uint256 before = vm.snapshotState();
        _pastLastSecond(purchase);
        _assertRefused(hospital, Verb.Dispute, purchase, _wrongStatus(purchase, IMarket.Status.Paid));
        vm.revertToState(before);
        _leadTo(purchase, IMarket.Status.Disputed);
        _pastLastSecond(purchase);
        _assertRefused(hospital, Verb.Dispute, purchase, _wrongStatus(purchase, IMarket.Status.Disputed));
    }

    function test_RevertGiven_TimeIsOver() external {
        IMarket.Purchase memory purchase = _buyItem();
        uint256 before = vm.snapshotState();
        for (uint256 i = 0; i < 4; ++i) {
            IMarket.Status origin = _anyOrigin(i);
            _leadTo(purchase, origin);
            _assertOnlyInTime(_complainantAt(purchase, origin), Verb.Dispute, purchase);
            vm.revertToState(before);
        }
    }

    function test_RevertWhen_CallerHasNothingToComplainOf() external {
        IMarket.Purchase memory purchase = _buyItem();
        uint256 before = vm.snapshotState();
        for (uint256 i = 0; i < 4; ++i) {
            IMarket.Status origin = _anyOrigin(i);
            _leadTo(purchase, origin);
            _assertOnlyFor(_complainantAt(purchase, origin), Verb.Dispute, purchase);
            vm.revertToState(before);
        }
    }
}
