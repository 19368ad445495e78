// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {PurchaseTest} from "./PurchaseTest.sol";

contract MarketSettleTest is PurchaseTest {
    function testFuzz_Settle_ByBuyer(uint256 kind, uint256 status, uint256 time) external {
        IMarket.Purchase memory purchase = _anyPurchase(kind);
        _leadTo(purchase, _anyOpen(status));
        // Early or late: the buyer only gives up what is its own. The money cannot be reclaimed before the last of these.
        skip(bound(time, 0, 30 days));

        _expectSettled(purchase, _costOf(purchase), purchase.buyer);
        vm.prank(purchase.buyer);
        market.settle(purchase);

        _assertSettled(purchase);
    }

    function testFuzz_Settle_BySilence(uint256 kind, uint256 status, address caller) external {
        IMarket.Purchase memory purchase = _anyPurchase(kind);
        vm.assume(caller != purchase.buyer);
        _leadToSilenceForSeller(purchase, status);
        uint40 until = market.lastSecondOf(purchase);
        _assertRefused(caller, Verb.Settle, purchase, _tooEarly(purchase, until));
        vm.warp(until);
        _assertRefused(caller, Verb.Settle, purchase, _tooEarly(purchase, until));

        vm.warp(until + 1);
        _expectSettled(purchase, _costOf(purchase), caller);
        vm.prank(caller);
        market.settle(purchase);

        _assertSettled(purchase);
    }

    /// @dev Suspended, stopped in every way, without any approval: unlocking needs nothing of anybody.
    function test_Settle_GivenNothingElseWorks() external {
        uint256 start = vm.snapshotState();
        for (uint256 status = 0; status < 4; ++status) {
            IMarket.Purchase memory purchase = _anyPurchaseBeforeExpiry(1);
            _leadToSilenceForSeller(purchase, status);
            uint256 before = vm.snapshotState();
            for (uint256 way = 0; way < WAYS - 1; ++way) {
                _stop(purchase.items[1], _anyWayOnTheRoad(way));
                _disableParties(purchase);
                _pastLastSecond(purchase);
                _act(stranger, Verb.Settle, purchase);
                _assertSettled(purchase);
                vm.revertToState(before);
            }
            vm.revertToState(start);
        }
    }

    function test_Settle_GivenDecommissioned() external {
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Received);
        _stop(_item(0), DECOMMISSIONED);
        _pastLastSecond(purchase);
        _act(stranger, Verb.Settle, purchase);
        _assertSettled(purchase);
    }

    function test_Settle_GivenTokenTakesFee() external {
        IMarket.Purchase memory purchase = _buyForFeeToken();
        _leadTo(purchase, IMarket.Status.Received);
        uint256 held = _afterFee(PRICE);
        _expectSettled(purchase, held, hospital);
        _act(hospital, Verb.Settle, purchase);
        _assertEnd(purchase, IMarket.Status.Settled, 0, held, true);
    }

    /// @dev The money has gone back, so the twins do, too, even if it is the buyer who asks.
    function testFuzz_Settle_GivenReclaimed(uint256 kind, uint256 status, bool byBuyer) external {
        IMarket.Purchase memory purchase = _anyPurchase(kind);
        if (byBuyer) _leadTo(purchase, _anyOpen(status));
        else _leadToSilenceForSeller(purchase, status);
        _reclaim(purchase);

        address caller = byBuyer ? purchase.buyer : stranger;
        _expectRefunded(purchase, 0, caller);
        vm.prank(caller);
        market.settle(purchase);

        _assertRefunded(purchase);
    }

    /// @dev It could be reclaimed, but was not: the seller is still paid.
    function testFuzz_Settle_GivenReclaimable(uint256 kind, uint256 status, uint256 time) external {
        IMarket.Purchase memory purchase = _anyPurchase(kind);
        _leadToSilenceForSeller(purchase, status);
        vm.warp(bound(time, market.dealOf(purchase).reclaimableAt, type(uint40).max));
        _act(stranger, Verb.Settle, purchase);
        _assertSettled(purchase);
    }

    function test_RevertWhen_TermsDiffer() external {
        _assertTermsCount(hospital, Verb.Settle, _purchaseAt(IMarket.Status.Received));
    }

    function test_RevertGiven_AtAnEnd() external {
        uint256 open = _bit(IMarket.Status.Settled) - 1;
        _assertOnlyIn(open, Verb.Settle, hospital);
        _assertOnlyIn(open, Verb.Settle, maker);
        _assertOnlyIn(open, Verb.Settle, stranger);
    }

    function testFuzz_RevertGiven_SilencePaysTheBuyer(uint256 kind, uint256 status, uint256 time, address caller)
        external
    {
        IMarket.Purchase memory purchase = _anyPurchase(kind);
        _leadToSilenceForBuyer(purchase, status);
        if (caller == purchase.buyer) caller = purchase.seller;
        skip(bound(time, 0, 100 days));
        _assertRefused(caller, Verb.Settle, purchase, _wrongParty(purchase, caller, purchase.buyer));
        _assertRefused(purchase.seller, Verb.Settle, purchase, _wrongParty(purchase, purchase.seller, purchase.buyer));
    }
}
