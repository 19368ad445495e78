// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {PurchaseTest} from "./PurchaseTest.sol";

contract MarketShipTest is PurchaseTest {
    function testFuzz_Ship(uint256 kind, uint256 time, bytes32 evidence) external {
        IMarket.Purchase memory purchase = _anyPurchase(kind);
        skip(bound(time, 0, SHIP_TIME));

        _expectMoved(purchase, IMarket.Status.Shipped, purchase.seller, evidence, INSPECTION_TIME, false);
        for (uint256 i = 0; i < purchase.items.length; ++i) {
            vm.expectEmit(address(custody));
            emit ICustody.ItemShipped(purchase.items[i], purchase.seller, purchase.buyer, evidence);
        }
        vm.prank(purchase.seller);
        market.ship(purchase, evidence);

        _assertOpen(purchase, IMarket.Status.Shipped, INSPECTION_TIME, false);
        _assertHolding(purchase, purchase.seller, purchase.buyer);
    }

    function test_RevertWhen_TermsDiffer() external {
        _assertTermsCount(maker, Verb.Ship, _buyItem());
        IMarket.Purchase memory two = _buyTwo();
        _assertTermsCount(maker, Verb.Ship, two);
        (two.items[0], two.items[1]) = (two.items[1], two.items[0]);
        _assertRefused(maker, Verb.Ship, two, _wrongStatus(two, IMarket.Status.None));
    }

    function test_RevertGiven_NotPaid() external {
        _assertOnlyIn(_bit(IMarket.Status.Paid), Verb.Ship, maker);
    }

    function test_RevertGiven_TimeIsOver() external {
        _assertOnlyInTime(maker, Verb.Ship, _buyTwo());
    }

    function test_RevertWhen_CallerIsNotTheSeller() external {
        _assertOnlyFor(maker, Verb.Ship, _buyItem());
    }

    function test_RevertGiven_SellerDoesNotHoldIt() external {
        IMarket.Purchase memory purchase = _buyTwo();
        ItemId second = purchase.items[1];
        _approveMarket(clinic);
        _shipDirectly(second, clinic);
        _receiveDirectly(second);
        _assertRefused(maker, Verb.Ship, purchase, _notHolder(second, maker));
        _assertHeldBySeller(purchase.items[0]);
    }

    function test_RevertGiven_NotCommissioned() external {
        IMarket.Terms memory terms = _lotTerms(4, 4);
        _offer(terms, 1);
        IMarket.Purchase memory purchase = _buy(_lotOrder(terms, 4, 1));
        _assertRefused(maker, Verb.Ship, purchase, _notHolder(_item(4), maker));
        _commission(4);
        _ship(purchase);
        _assertOpen(purchase, IMarket.Status.Shipped, INSPECTION_TIME, false);
    }

    function test_RevertGiven_MarketIsNotApproved() external {
        IMarket.Purchase memory purchase = _buyItem();
        _disapproveMarket(maker);
        _assertRefused(maker, Verb.Ship, purchase, _marketNotHolder(_item(0)));
    }

    function test_RevertGiven_UnderWayAlready() external {
        IMarket.Purchase memory purchase = _buyTwo();
        ItemId second = purchase.items[1];
        _shipDirectly(second, hospital);
        bytes memory expected = abi.encodeWithSelector(ICustody.Custody_UnderWay.selector, second, hospital);
        _assertRefused(maker, Verb.Ship, purchase, expected);
        _assertHeldBySeller(purchase.items[0]);
    }

    /// @dev Each way of stopping one of two items. The buyer has its money back at once.
    function test_RevertGiven_Immovable() external {
        IMarket.Purchase memory purchase = _twoBeforeExpiry();
        ItemId second = purchase.items[1];
        uint256 before = vm.snapshotState();
        for (uint256 way = 0; way < WAYS; ++way) {
            _stop(second, way);
            (, ICustody.Standing standing) = custody.isMovable(second);
            // Ways that stop the whole lot stop the first one.
            (bool firstMoves,) = custody.isMovable(purchase.items[0]);
            ItemId stopped = firstMoves ? second : purchase.items[0];
            bytes memory expected = abi.encodeWithSelector(ICustody.Custody_Immovable.selector, stopped, standing);
            _assertRefused(maker, Verb.Ship, purchase, expected);
            _act(hospital, Verb.Refund, purchase);
            _assertRefunded(purchase);
            vm.revertToState(before);
        }
    }

    function testFuzz_RevertGiven_PartyIsNotActive(uint256 kind, bool seller) external {
        IMarket.Purchase memory purchase = _anyPurchase(kind);
        address suspended = seller ? purchase.seller : purchase.buyer;
        _suspend(suspended);
        _assertRefused(purchase.seller, Verb.Ship, purchase, _custodyNotActive(suspended));
        // Neither party has to be active for the end.
        _pastLastSecond(purchase);
        _act(stranger, Verb.Refund, purchase);
        _assertRefunded(purchase);
    }

    function _twoBeforeExpiry() private returns (IMarket.Purchase memory) {
        return _anyPurchaseBeforeExpiry(1);
    }

    function _assertHeldBySeller(ItemId item) private view {
        assertEq(custody.holdingOf(item).addressee, address(0), "addressee");
        assertEq(custody.holderOf(item), maker, "holder");
    }
}
