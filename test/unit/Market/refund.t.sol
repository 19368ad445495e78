// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {PurchaseTest} from "./PurchaseTest.sol";

contract MarketRefundTest is PurchaseTest {
    function testFuzz_Refund_BySeller(uint256 kind, uint256 status, uint256 time) external {
        IMarket.Purchase memory purchase = _anyPurchase(kind);
        IMarket.Status[4] memory statuses =
            [IMarket.Status.Paid, IMarket.Status.Returning, IMarket.Status.Returned, IMarket.Status.Disputed];
        _leadTo(purchase, statuses[status % statuses.length]);
        skip(bound(time, 0, 30 days));

        _expectRefunded(purchase, _costOf(purchase), purchase.seller);
        vm.prank(purchase.seller);
        market.refund(purchase);

        _assertRefunded(purchase);
    }

    /// @dev Of what is not shipped, at once and as long as it is not.
    function testFuzz_Refund_ByBuyer(uint256 kind, uint256 time) external {
        IMarket.Purchase memory purchase = _anyPurchase(kind);
        skip(bound(time, 0, 30 days));

        _expectRefunded(purchase, _costOf(purchase), purchase.buyer);
        vm.prank(purchase.buyer);
        market.refund(purchase);

        _assertRefunded(purchase);
    }

    function testFuzz_Refund_BySilence(uint256 kind, uint256 status, address caller) external {
        IMarket.Purchase memory purchase = _anyPurchase(kind);
        _leadToSilenceForBuyer(purchase, status);
        vm.assume(caller != purchase.seller);
        uint40 until = market.lastSecondOf(purchase);
        if (caller != purchase.buyer || _statusOf(purchase) != IMarket.Status.Paid) {
            _assertRefused(caller, Verb.Refund, purchase, _tooEarly(purchase, until));
            vm.warp(until);
            _assertRefused(caller, Verb.Refund, purchase, _tooEarly(purchase, until));
        }

        vm.warp(until + 1);
        _expectRefunded(purchase, _costOf(purchase), caller);
        vm.prank(caller);
        market.refund(purchase);

        _assertRefunded(purchase);
    }

    /// @dev The buyer waits for the seller's report, as everybody does.
    function test_RevertGiven_BuyerAsksTooEarly() external {
        IMarket.Purchase memory purchase = _buyItem();
        uint256 before = vm.snapshotState();
        for (uint256 i = 1; i < 5; ++i) {
            _leadToSilenceForBuyer(purchase, i);
            _toLastSecond(purchase);
            uint40 until = market.lastSecondOf(purchase);
            _assertRefused(hospital, Verb.Refund, purchase, _tooEarly(purchase, until));
            vm.warp(until + 1);
            _act(hospital, Verb.Refund, purchase);
            _assertRefunded(purchase);
            vm.revertToState(before);
        }
    }

    /// @dev Suspended, stopped in every way, without any approval: sending back needs nothing of anybody.
    function test_Refund_GivenNothingElseWorks() external {
        uint256 start = vm.snapshotState();
        for (uint256 status = 0; status < 5; ++status) {
            IMarket.Purchase memory purchase = _anyPurchaseBeforeExpiry(1);
            _leadToSilenceForBuyer(purchase, status);
            uint256 before = vm.snapshotState();
            for (uint256 way = 0; way < WAYS - 1; ++way) {
                _stop(purchase.items[1], _anyWayOnTheRoad(way));
                _disableParties(purchase);
                _pastLastSecond(purchase);
                _act(stranger, Verb.Refund, purchase);
                _assertRefunded(purchase);
                vm.revertToState(before);
            }
            vm.revertToState(start);
        }
    }

    function test_Refund_GivenDecommissioned() external {
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Returned);
        _stop(_item(0), DECOMMISSIONED);
        _act(maker, Verb.Refund, purchase);
        _assertRefunded(purchase);
    }

    /// @dev The buyer bears the token's fee, as it would bear that of sending it back and forth.
    function testFuzz_Refund_GivenTokenTakesFee(bool bySilence) external {
        IMarket.Purchase memory purchase = _buyForFeeToken();
        uint256 held = _afterFee(PRICE);
        if (bySilence) _pastLastSecond(purchase);
        address caller = bySilence ? stranger : maker;
        _expectRefunded(purchase, held, caller);
        _act(caller, Verb.Refund, purchase);
        _assertEnd(purchase, IMarket.Status.Refunded, held, 0, false);
    }

    function testFuzz_Refund_GivenReclaimed(uint256 kind, uint256 status, address caller) external {
        IMarket.Purchase memory purchase = _anyPurchase(kind);
        _leadToSilenceForBuyer(purchase, status);
        _reclaim(purchase);

        _expectRefunded(purchase, 0, caller);
        vm.prank(caller);
        market.refund(purchase);

        _assertRefunded(purchase);
    }

    /// @dev It could be reclaimed, but was not: the money comes back this way, once.
    function testFuzz_Refund_GivenReclaimable(uint256 kind, uint256 status, uint256 time) external {
        IMarket.Purchase memory purchase = _anyPurchase(kind);
        _leadToSilenceForBuyer(purchase, status);
        IEscrow.Deal memory deal = market.dealOf(purchase);
        vm.warp(bound(time, deal.reclaimableAt, type(uint40).max));
        _act(stranger, Verb.Refund, purchase);
        _assertRefunded(purchase);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.Escrow_NotOpen.selector, escrow.dealIdOf(deal)));
        escrow.reclaim(deal);
    }

    function test_RevertWhen_TermsDiffer() external {
        IMarket.Purchase memory purchase = _buyItem();
        _assertTermsCount(hospital, Verb.Refund, purchase);
        _assertTermsCount(maker, Verb.Refund, purchase);
    }

    /// @dev While the goods are on their way to the buyer, or with it, only the buyer could give up something by this: it may want to keep
    /// them. Nobody is told that another could.
    function test_RevertGiven_WithTheBuyerOrAtAnEnd() external {
        uint256 fit = _bit(IMarket.Status.Paid) | _bit(IMarket.Status.Returning) | _bit(IMarket.Status.Returned)
            | _bit(IMarket.Status.Disputed);
        address[4] memory callers = [hospital, maker, arbiter, stranger];
        for (uint256 i = 0; i < callers.length; ++i) {
            _assertOnlyIn(fit, Verb.Refund, callers[i]);
        }
    }

    function test_RevertGiven_WithTheBuyerForLong() external {
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Received);
        _pastLastSecond(purchase);
        _assertRefused(maker, Verb.Refund, purchase, _wrongStatus(purchase, IMarket.Status.Received));
        _assertRefused(hospital, Verb.Refund, purchase, _wrongStatus(purchase, IMarket.Status.Received));
    }

    function testFuzz_RevertGiven_SilenceDecidesForTheSeller(uint256 kind, bool returning, uint256 time, address caller)
        external
    {
        IMarket.Purchase memory purchase = _anyPurchase(kind);
        _disputeFrom(purchase, returning ? IMarket.Status.Returning : IMarket.Status.Received);
        if (caller == purchase.seller) caller = purchase.buyer;
        skip(bound(time, 0, 100 days));
        _assertRefused(caller, Verb.Refund, purchase, _wrongParty(purchase, caller, purchase.seller));
        _assertRefused(purchase.buyer, Verb.Refund, purchase, _wrongParty(purchase, purchase.buyer, purchase.seller));
    }
}
