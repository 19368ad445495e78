// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {PurchaseTest} from "./PurchaseTest.sol";

contract MarketReturnItemsTest is PurchaseTest {
    function testFuzz_ReturnItems(uint256 kind, uint256 time, bytes32 evidence, bool suspended) external {
        IMarket.Purchase memory purchase = _anyPurchase(kind);
        _leadTo(purchase, IMarket.Status.Received);
        skip(bound(time, 0, INSPECTION_TIME));
        if (suspended) _suspend(purchase.buyer);

        _expectMoved(purchase, IMarket.Status.Returning, purchase.buyer, evidence, RETURN_TIME, true);
        for (uint256 i = 0; i < purchase.items.length; ++i) {
            vm.expectEmit(address(custody));
            emit ICustody.ItemShipped(purchase.items[i], purchase.buyer, purchase.seller, evidence);
        }
        vm.prank(purchase.buyer);
        market.returnItems(purchase, evidence);

        _assertOpen(purchase, IMarket.Status.Returning, RETURN_TIME, true);
        _assertHolding(purchase, purchase.buyer, purchase.seller);
    }

    /// @dev In every way and for every kind of purchase: what was stopped can go back to its maker, and to whom it came from.
    function test_ReturnItems_GivenImmovable() external {
        uint256 start = vm.snapshotState();
        for (uint256 kind = 0; kind < KINDS; ++kind) {
            IMarket.Purchase memory purchase = _anyPurchaseBeforeExpiry(kind);
            _leadTo(purchase, IMarket.Status.Received);
            uint256 before = vm.snapshotState();
            for (uint256 way = 0; way < WAYS; ++way) {
                _stop(purchase.items[purchase.items.length - 1], way);
                _return(purchase);
                _assertOpen(purchase, IMarket.Status.Returning, RETURN_TIME, true);
                _takeBack(purchase);
                _act(purchase.seller, Verb.Refund, purchase);
                _assertRefunded(purchase);
                vm.revertToState(before);
            }
            vm.revertToState(start);
        }
    }

    function test_RevertWhen_TermsDiffer() external {
        _assertTermsCount(hospital, Verb.Return, _purchaseAt(IMarket.Status.Received));
    }

    function test_RevertGiven_NotReceived() external {
        _assertOnlyIn(_bit(IMarket.Status.Received), Verb.Return, hospital);
    }

    function test_RevertGiven_TimeIsOver() external {
        _assertOnlyInTime(hospital, Verb.Return, _purchaseAt(IMarket.Status.Received));
    }

    function test_RevertWhen_CallerIsNotTheBuyer() external {
        _assertOnlyFor(hospital, Verb.Return, _purchaseAt(IMarket.Status.Received));
    }

    function test_RevertGiven_BuyerDoesNotHoldIt() external {
        IMarket.Purchase memory purchase = _receivedTwo();
        ItemId second = purchase.items[1];
        _approveMarket(clinic);
        _shipDirectly(second, clinic);
        _receiveDirectly(second);
        _assertRefused(hospital, Verb.Return, purchase, _notHolder(second, hospital));
        assertEq(custody.holdingOf(purchase.items[0]).addressee, address(0), "addressee of the first");
    }

    function test_RevertGiven_MarketIsNotApproved() external {
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Received);
        _disapproveMarket(hospital);
        _assertRefused(hospital, Verb.Return, purchase, _marketNotHolder(_item(0)));
    }

    function test_RevertGiven_UnderWayAlready() external {
        IMarket.Purchase memory purchase = _receivedTwo();
        ItemId second = purchase.items[1];
        _shipDirectly(second, maker);
        bytes memory expected = abi.encodeWithSelector(ICustody.Custody_UnderWay.selector, second, maker);
        _assertRefused(hospital, Verb.Return, purchase, expected);
    }

    /// @dev Nothing can be shipped to a seller that is not active; the buyer still has the arbiter.
    function testFuzz_RevertGiven_SellerIsNotActive(uint256 kind) external {
        IMarket.Purchase memory purchase = _anyPurchase(kind);
        _leadTo(purchase, IMarket.Status.Received);
        _suspend(purchase.seller);
        _assertRefused(purchase.buyer, Verb.Return, purchase, _custodyNotActive(purchase.seller));
        _dispute(purchase, purchase.buyer);
        vm.prank(arbiter);
        market.resolve(purchase, _costOf(purchase), false, DECISION);
        _assertEnd(purchase, IMarket.Status.Divided, _costOf(purchase), 0, false);
    }

    function _receivedTwo() private returns (IMarket.Purchase memory purchase) {
        purchase = _buyTwo();
        _leadTo(purchase, IMarket.Status.Received);
    }
}
