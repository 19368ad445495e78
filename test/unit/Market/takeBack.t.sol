// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {PurchaseTest} from "./PurchaseTest.sol";

contract MarketTakeBackTest is PurchaseTest {
    function testFuzz_TakeBack(uint256 kind, uint256 time, bytes32 evidence, bool suspended) external {
        IMarket.Purchase memory purchase = _anyPurchase(kind);
        _leadTo(purchase, IMarket.Status.Returning);
        skip(bound(time, 0, RETURN_TIME));
        if (suspended) {
            _suspend(purchase.buyer);
            _suspend(purchase.seller);
        }

        _expectMoved(purchase, IMarket.Status.Returned, purchase.seller, evidence, RETURN_TIME, true);
        for (uint256 i = 0; i < purchase.items.length; ++i) {
            vm.expectEmit(address(custody));
            emit ICustody.ItemReceived(purchase.items[i], purchase.buyer, purchase.seller, evidence);
        }
        vm.prank(purchase.seller);
        market.takeBack(purchase, evidence);

        _assertOpen(purchase, IMarket.Status.Returned, RETURN_TIME, true);
        _assertHolding(purchase, purchase.seller, address(0));
    }

    function testFuzz_TakeBack_GivenImmovable(uint256 kind, uint256 way) external {
        IMarket.Purchase memory purchase = _anyPurchaseBeforeExpiry(kind);
        _leadTo(purchase, IMarket.Status.Returning);
        _stop(purchase.items[0], _anyWayOnTheRoad(way));
        _takeBack(purchase);
        _assertOpen(purchase, IMarket.Status.Returned, RETURN_TIME, true);
        _assertHolding(purchase, purchase.seller, address(0));
    }

    function test_RevertWhen_TermsDiffer() external {
        _assertTermsCount(maker, Verb.TakeBack, _purchaseAt(IMarket.Status.Returning));
    }

    function test_RevertGiven_NotOnItsWayBack() external {
        _assertOnlyIn(_bit(IMarket.Status.Returning), Verb.TakeBack, maker);
    }

    function test_RevertGiven_TimeIsOver() external {
        _assertOnlyInTime(maker, Verb.TakeBack, _purchaseAt(IMarket.Status.Returning));
    }

    function test_RevertWhen_CallerIsNotTheSeller() external {
        _assertOnlyFor(maker, Verb.TakeBack, _purchaseAt(IMarket.Status.Returning));
    }

    function test_RevertGiven_MarketIsNotApproved() external {
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Returning);
        _disapproveMarket(maker);
        _assertRefused(maker, Verb.TakeBack, purchase, _marketNotAddressee(_item(0)));
    }

    function test_RevertGiven_BuyerCalledItBackOrSentItToAnother() external {
        IMarket.Purchase memory purchase = _returningTwo();
        ItemId second = purchase.items[1];
        _cancelShipment(second);
        _assertNotAddressee(purchase);
        _approveMarket(clinic);
        _shipDirectly(second, clinic);
        _assertNotAddressee(purchase);
        assertEq(custody.holdingOf(second).addressee, clinic, "addressee");
        // The goods did not come back, which is what the seller's dispute is for.
        _act(maker, Verb.Dispute, purchase);
    }

    function test_RevertGiven_SellerReceivedOrRefusedItDirectly() external {
        IMarket.Purchase memory purchase = _returningTwo();
        uint256 before = vm.snapshotState();
        _receiveDirectly(purchase.items[1]);
        _assertNotAddressee(purchase);
        vm.revertToState(before);
        _rejectDirectly(purchase.items[1]);
        _assertNotAddressee(purchase);
    }

    function _returningTwo() private returns (IMarket.Purchase memory purchase) {
        purchase = _buyTwo();
        _leadTo(purchase, IMarket.Status.Returning);
    }

    /// @dev Of the second item; the first stays where it is as well.
    function _assertNotAddressee(IMarket.Purchase memory purchase) private {
        _assertRefused(maker, Verb.TakeBack, purchase, _notAddressee(purchase.items[1], maker));
        assertEq(custody.holderOf(purchase.items[0]), hospital, "holder of the first");
    }
}
