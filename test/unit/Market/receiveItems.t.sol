// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {PurchaseTest} from "./PurchaseTest.sol";

contract MarketReceiveItemsTest is PurchaseTest {
    function testFuzz_ReceiveItems(uint256 kind, uint256 time, bytes32 evidence, bool accepted) external {
        IMarket.Purchase memory purchase = _anyPurchase(kind);
        _ship(purchase);
        skip(bound(time, 0, INSPECTION_TIME));

        if (!accepted) {
            _expectMoved(purchase, IMarket.Status.Received, purchase.buyer, evidence, INSPECTION_TIME, false);
        }
        for (uint256 i = 0; i < purchase.items.length; ++i) {
            vm.expectEmit(address(custody));
            emit ICustody.ItemReceived(purchase.items[i], purchase.seller, purchase.buyer, evidence);
        }
        if (accepted) _expectSettled(purchase, _costOf(purchase), purchase.buyer);
        vm.prank(purchase.buyer);
        market.receiveItems(purchase, evidence, accepted);

        if (accepted) _assertSettled(purchase);
        else _assertOpen(purchase, IMarket.Status.Received, INSPECTION_TIME, false);
        _assertHolding(purchase, purchase.buyer, address(0));
    }

    /// @dev What has arrived has arrived, so the record says it; and whoever accepts it like that pays.
    function test_ReceiveItems_GivenImmovable() external {
        IMarket.Purchase memory purchase = _anyPurchaseBeforeExpiry(1);
        _ship(purchase);
        uint256 before = vm.snapshotState();
        for (uint256 way = 0; way < WAYS; ++way) {
            if (way == DECOMMISSIONED) continue;
            _stop(purchase.items[1], way);
            _act(hospital, Verb.Receive, purchase);
            _assertOpen(purchase, IMarket.Status.Received, INSPECTION_TIME, false);
            _act(hospital, Verb.Settle, purchase);
            _assertSettled(purchase);
            vm.revertToState(before);
        }
    }

    function testFuzz_ReceiveItems_GivenPartiesAreNotActive(uint256 kind, bool accepted) external {
        IMarket.Purchase memory purchase = _anyPurchase(kind);
        _ship(purchase);
        _suspend(purchase.buyer);
        _suspend(purchase.seller);
        _act(purchase.buyer, accepted ? Verb.Accept : Verb.Receive, purchase);
        if (accepted) _assertSettled(purchase);
        else _assertOpen(purchase, IMarket.Status.Received, INSPECTION_TIME, false);
    }

    function test_RevertWhen_TermsDiffer() external {
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Shipped);
        _assertTermsCount(hospital, Verb.Receive, purchase);
        _assertTermsCount(hospital, Verb.Accept, purchase);
    }

    function test_RevertGiven_NotShipped() external {
        _assertOnlyIn(_bit(IMarket.Status.Shipped), Verb.Receive, hospital);
        _assertOnlyIn(_bit(IMarket.Status.Shipped), Verb.Accept, hospital);
    }

    function testFuzz_RevertGiven_TimeIsOver(bool accepted) external {
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Shipped);
        _assertOnlyInTime(hospital, accepted ? Verb.Accept : Verb.Receive, purchase);
    }

    function test_RevertWhen_CallerIsNotTheBuyer() external {
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Shipped);
        _assertOnlyFor(hospital, Verb.Receive, purchase);
        _assertOnlyFor(hospital, Verb.Accept, purchase);
    }

    function testFuzz_RevertGiven_MarketIsNotApproved(bool accepted) external {
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Shipped);
        _disapproveMarket(hospital);
        _assertRefused(hospital, accepted ? Verb.Accept : Verb.Receive, purchase, _marketNotAddressee(_item(0)));
    }

    function test_RevertGiven_SellerCalledItBack() external {
        IMarket.Purchase memory purchase = _shippedTwo();
        _cancelShipment(purchase.items[1]);
        _assertNotAddressee(purchase);
    }

    /// @dev The market may act for that other, too, so it is the market itself that has to look whose the shipment is.
    function test_RevertGiven_SellerSentItToAnother() external {
        IMarket.Purchase memory purchase = _shippedTwo();
        ItemId second = purchase.items[1];
        _approveMarket(clinic);
        _cancelShipment(second);
        _shipDirectly(second, clinic);
        _assertNotAddressee(purchase);
        assertEq(custody.holderOf(second), maker, "holder");
        assertEq(custody.holdingOf(second).addressee, clinic, "addressee");

        // Nor does the other have to pass it through the buyer's purchase.
        _receiveDirectly(second);
        _assertNotAddressee(purchase);
        _act(hospital, Verb.Dispute, purchase);
    }

    /// @dev It came back on the way it should have come, by hand: that counts.
    function test_ReceiveItems_GivenSellerShippedItAnew() external {
        IMarket.Purchase memory purchase = _shippedTwo();
        _cancelShipment(purchase.items[1]);
        _shipDirectly(purchase.items[1], hospital);
        _receive(purchase);
        _assertHolding(purchase, hospital, address(0));
    }

    /// @dev Only what is recorded here counts; the buyer still says that it is satisfied, or is silent.
    function test_RevertGiven_BuyerReceivedItDirectly() external {
        IMarket.Purchase memory purchase = _shippedTwo();
        _receiveDirectly(purchase.items[1]);
        _assertNotAddressee(purchase);
        _act(hospital, Verb.Settle, purchase);
        _assertSettled(purchase);
    }

    function test_RevertGiven_BuyerRefusedItDirectly() external {
        IMarket.Purchase memory purchase = _shippedTwo();
        _rejectDirectly(purchase.items[1]);
        _assertNotAddressee(purchase);
    }

    function _shippedTwo() private returns (IMarket.Purchase memory purchase) {
        purchase = _buyTwo();
        _ship(purchase);
    }

    /// @dev Of the second item; the first stays where it is as well.
    function _assertNotAddressee(IMarket.Purchase memory purchase) private {
        bytes memory expected = _notAddressee(purchase.items[1], hospital);
        _assertRefused(hospital, Verb.Receive, purchase, expected);
        _assertRefused(hospital, Verb.Accept, purchase, expected);
        assertEq(custody.holdingOf(purchase.items[0]).addressee, hospital, "addressee of the first");
    }
}
