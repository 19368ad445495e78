// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {PurchaseTest} from "./PurchaseTest.sol";

contract MarketRefuseTest is PurchaseTest {
    function testFuzz_Refuse(uint256 kind, uint256 time, bytes32 evidence, bool suspended) external {
        IMarket.Purchase memory purchase = _anyPurchase(kind);
        _ship(purchase);
        skip(bound(time, 0, INSPECTION_TIME));
        if (suspended) {
            _suspend(purchase.buyer);
            _suspend(purchase.seller);
        }

        _expectMoved(purchase, IMarket.Status.Returned, purchase.buyer, evidence, RETURN_TIME, true);
        for (uint256 i = 0; i < purchase.items.length; ++i) {
            vm.expectEmit(address(custody));
            emit ICustody.ItemRejected(purchase.items[i], purchase.seller, purchase.buyer, evidence);
        }
        vm.prank(purchase.buyer);
        market.refuse(purchase, evidence);

        _assertOpen(purchase, IMarket.Status.Returned, RETURN_TIME, true);
        _assertHolding(purchase, purchase.seller, address(0));
    }

    /// @dev Either item of two; the lot itself as a whole is stopped by some of the ways.
    function testFuzz_Refuse_GivenImmovable(uint256 kind, uint256 way, bool last, bytes32 evidence) external {
        IMarket.Purchase memory purchase = _anyPurchaseBeforeExpiry(kind);
        _ship(purchase);
        _stop(purchase.items[last ? purchase.items.length - 1 : 0], _anyWayOnTheRoad(way));

        _expectMoved(purchase, IMarket.Status.Returned, purchase.buyer, evidence, RETURN_TIME, true);
        _expectRefunded(purchase, _costOf(purchase), purchase.buyer);
        vm.prank(purchase.buyer);
        market.refuse(purchase, evidence);

        _assertRefunded(purchase);
        _assertHolding(purchase, purchase.seller, address(0));
    }

    /// @dev Every way, not only those that a fuzzer happens on, with suspended parties.
    function test_Refuse_GivenImmovable_EveryWay() external {
        IMarket.Purchase memory purchase = _anyPurchaseBeforeExpiry(1);
        _ship(purchase);
        uint256 before = vm.snapshotState();
        for (uint256 seed = 0; seed < WAYS - 1; ++seed) {
            for (uint256 i = 0; i < 2; ++i) {
                _stop(purchase.items[i], _anyWayOnTheRoad(seed));
                _suspend(hospital);
                _suspend(maker);
                _act(hospital, Verb.Refuse, purchase);
                _assertRefunded(purchase);
                vm.revertToState(before);
            }
        }
    }

    function test_RevertWhen_TermsDiffer() external {
        _assertTermsCount(hospital, Verb.Refuse, _purchaseAt(IMarket.Status.Shipped));
    }

    function test_RevertGiven_NotShipped() external {
        _assertOnlyIn(_bit(IMarket.Status.Shipped), Verb.Refuse, hospital);
    }

    function test_RevertGiven_TimeIsOver() external {
        _assertOnlyInTime(hospital, Verb.Refuse, _purchaseAt(IMarket.Status.Shipped));
    }

    function test_RevertWhen_CallerIsNotTheBuyer() external {
        _assertOnlyFor(hospital, Verb.Refuse, _purchaseAt(IMarket.Status.Shipped));
    }

    function test_RevertGiven_MarketIsNotApproved() external {
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Shipped);
        _disapproveMarket(hospital);
        _assertRefused(hospital, Verb.Refuse, purchase, _marketNotAddressee(_item(0)));
    }

    function test_RevertGiven_SellerCalledItBackOrSentItToAnother() external {
        IMarket.Purchase memory purchase = _shippedTwo();
        ItemId second = purchase.items[1];
        _cancelShipment(second);
        _assertRefused(hospital, Verb.Refuse, purchase, _notAddressee(second, hospital));
        _approveMarket(clinic);
        _shipDirectly(second, clinic);
        _assertRefused(hospital, Verb.Refuse, purchase, _notAddressee(second, hospital));
        assertEq(custody.holdingOf(second).addressee, clinic, "addressee");
        assertEq(custody.holdingOf(purchase.items[0]).addressee, hospital, "addressee of the first");
    }

    function test_RevertGiven_BuyerReceivedOrRefusedItDirectly() external {
        IMarket.Purchase memory purchase = _shippedTwo();
        ItemId second = purchase.items[1];
        uint256 before = vm.snapshotState();
        _receiveDirectly(second);
        _assertRefused(hospital, Verb.Refuse, purchase, _notAddressee(second, hospital));
        vm.revertToState(before);
        _rejectDirectly(second);
        _assertRefused(hospital, Verb.Refuse, purchase, _notAddressee(second, hospital));
    }

    function _shippedTwo() private returns (IMarket.Purchase memory purchase) {
        purchase = _buyTwo();
        _ship(purchase);
    }
}
