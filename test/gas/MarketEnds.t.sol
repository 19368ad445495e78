// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMarket} from "../../contracts/interfaces/IMarket.sol";
import {PurchaseTest} from "../unit/Market/PurchaseTest.sol";

/// @title Gas of the ways that do not go straight, as whole transactions with cold state, between parties who have dealt before
/// @notice Both have a credit in `Escrow` and the buyer another twin; the seller has none left, and no record was attached before.
contract MarketEndsGasTest is PurchaseTest {
    function setUp() public override {
        super.setUp();
        IMarket.Purchase memory before = _buyTwo();
        _leadTo(before, IMarket.Status.Disputed);
        vm.prank(arbiter);
        market.resolve(before, PRICE, true, DECISION);
    }

    function test_Gas_ReturnTakeBackRefund() external {
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Received);
        _return(purchase);
        vm.snapshotGasLastCall("Market", "returnItems");
        _takeBack(purchase);
        vm.snapshotGasLastCall("Market", "takeBack");
        vm.prank(maker);
        market.refund(purchase);
        vm.snapshotGasLastCall("Market", "refund");
        _assertStatus(purchase, IMarket.Status.Refunded);
    }

    function test_Gas_Refuse() external {
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Shipped);
        vm.prank(hospital);
        market.refuse(purchase, EVIDENCE);
        vm.snapshotGasLastCall("Market", "refuse");
        _assertStatus(purchase, IMarket.Status.Returned);
    }

    function test_Gas_DisputeResolve() external {
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Received);
        _dispute(purchase, hospital);
        vm.snapshotGasLastCall("Market", "dispute");
        vm.prank(arbiter);
        market.resolve(purchase, PRICE / 2, true, DECISION);
        vm.snapshotGasLastCall("Market", "resolve");
        _assertStatus(purchase, IMarket.Status.Divided);
    }

    function test_Gas_Attach() external {
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Paid);
        vm.prank(hospital);
        market.attach(purchase, _record());
        vm.snapshotGasLastCall("Market", "attach");
        assertNotEq(anchors.headOf(market.purchaseIdOf(purchase), address(market)), 0, "head");
    }

    function _assertStatus(IMarket.Purchase memory purchase, IMarket.Status expected) private view {
        assertEq(uint8(_statusOf(purchase)), uint8(expected), "status");
    }
}
