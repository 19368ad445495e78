// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDevices} from "../../contracts/interfaces/IDevices.sol";
import {IMarket} from "../../contracts/interfaces/IMarket.sol";
import {Slots} from "../Slots.sol";
import {MarketTest} from "../unit/Market/MarketTest.sol";

/// @title Gas of whole transactions with cold state (`isolate = true`), between parties who have dealt before
contract MarketGasTest is MarketTest {
    /// @dev The published HealthcareNFTs flow, compiled with the optimizer at 200 runs: purchase, redeem, startDelivery,
    /// storeSignatures, proof of delivery, claim.
    uint256 private constant PUBLISHED = 94_397 + 84_950 + 45_724 + 253_863 + 48_108 + 64_073;
    uint32 private constant MANY = 50;

    uint256 private _bought;

    function setUp() public override {
        super.setUp();
        IMarket.Purchase memory before = _buyTwo();
        _ship(before);
        _receive(before);
        vm.prank(hospital);
        market.settle(before);
    }

    /// @dev The buyer accepts what it receives, which settles: three transactions.
    function test_Gas_WholePurchase() external {
        IMarket.Purchase memory purchase = _buyAndShip();
        vm.prank(hospital);
        market.receiveItems(purchase, EVIDENCE, true);
        uint256 whole = _bought + vm.snapshotGasLastCall("Market", "receiveItems/accepted");
        vm.snapshotValue("Market", "wholePurchase", whole);
        assertLe(whole * 100, PUBLISHED * 60);
    }

    /// @dev The buyer looks first, and settles in a fourth transaction.
    function test_Gas_WholePurchaseInspected() external {
        IMarket.Purchase memory purchase = _buyAndShip();
        _receive(purchase);
        _bought += vm.snapshotGasLastCall("Market", "receiveItems");
        vm.prank(hospital);
        market.settle(purchase);
        _bought += vm.snapshotGasLastCall("Market", "settle");
        vm.snapshotValue("Market", "wholePurchase/inspected", _bought);
    }

    function _buyAndShip() private returns (IMarket.Purchase memory purchase) {
        IMarket.Order memory order = _itemOrder(_offerItem());
        purchase = _purchaseOf(order, hospital);
        vm.prank(hospital);
        market.buy{value: PRICE}(_one(order));
        _bought = vm.snapshotGasLastCall("Market", "buy");
        _ship(purchase);
        _bought += vm.snapshotGasLastCall("Market", "ship");
    }

    function test_Gas_Buy50() external {
        IMarket.Order memory order = _orderOfMany();
        vm.prank(hospital);
        market.buy{value: _priceOf(order)}(_one(order));
        uint256 each = vm.lastCallGas().gasTotalUsed / MANY;
        vm.snapshotValue("Market", "buy/50perItem", each);
        assertLe(each, 82_000);
    }

    /// @dev Two slots per device, its owner and its lock; two for the purchase, its progress and its deal.
    function test_Slots_Buy50() external {
        IMarket.Order memory order = _orderOfMany();
        vm.startStateDiffRecording();
        vm.prank(hospital);
        market.buy{value: _priceOf(order)}(_one(order));
        assertEq(Slots.taken(vm.stopAndReturnStateDiff()), 2 * MANY + 2);
    }

    /// @dev A whole lot of fifty, offered by its maker.
    function _orderOfMany() private returns (IMarket.Order memory order) {
        SampleLot memory many = _sampleLot(model, "L50", MANY);
        _registerLot(model, "L50", many.root, MANY);
        _certify(many.id.asSubject());
        order.terms = _lotTerms(0, MANY - 1);
        order.terms.subject = many.id.asSubject();
        _offer(order.terms, MANY);
        order.price = PRICE;
        order.items = many.items;
        order.memberships = new IDevices.Membership[](MANY);
        for (uint32 i = 0; i < MANY; ++i) {
            order.memberships[i] = _membershipIn(many, i);
        }
    }
}
