// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDevices} from "../../contracts/interfaces/IDevices.sol";
import {IMarket} from "../../contracts/interfaces/IMarket.sol";
import {ItemId, LotId} from "../../contracts/types/Ids.sol";
import {Slots} from "../Slots.sol";
import {Coin} from "../mocks/Coin.sol";
import {MarketTest} from "../unit/Market/MarketTest.sol";
import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

/// @title Gas of whole transactions with cold state (`isolate = true`), between parties who have dealt before
contract MarketGasTest is MarketTest {
    /// @dev The published HealthcareNFTs flow, compiled with the optimizer at 200 runs: purchase, redeem, startDelivery,
    /// storeSignatures, proof of delivery, claim.
    uint256 private constant PUBLISHED = 94_397 + 84_950 + 45_724 + 253_863 + 48_108 + 64_073;
    uint32 private constant MANY = 50;
    uint256 private constant DEPTH = 20;

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

    /// @dev Fifty of a lot of a million: what a purchase costs where lots are large. The proofs are most of the call's data.
    function test_Gas_Buy50Depth20() external {
        IMarket.Order memory order = _orderInMillion();
        vm.prank(hospital);
        market.buy{value: _priceOf(order)}(_one(order));
        vm.snapshotValue("Market", "buy/50perItem/depth20", vm.lastCallGas().gasTotalUsed / MANY);
    }

    function test_Slots_Buy50Depth20() external {
        IMarket.Order memory order = _orderInMillion();
        vm.startStateDiffRecording();
        vm.prank(hospital);
        market.buy{value: _priceOf(order)}(_one(order));
        assertEq(Slots.taken(vm.stopAndReturnStateDiff()), 2 * MANY + 2);
    }

    function test_Gas_OfferAndWithdraw() external {
        IMarket.Terms memory terms = _itemTerms();
        _offer(terms, 1);
        vm.snapshotGasLastCall("Market", "offer");
        vm.prank(maker);
        market.withdrawOffer(terms);
        vm.snapshotGasLastCall("Market", "withdrawOffer");
    }

    /// @dev Price and stock; withdrawing gives them back.
    function test_Slots_OfferAndWithdraw() external {
        IMarket.Terms memory terms = _itemTerms();
        vm.startStateDiffRecording();
        _offer(terms, 1);
        assertEq(Slots.taken(vm.stopAndReturnStateDiff()), 1);
        vm.startStateDiffRecording();
        vm.prank(maker);
        market.withdrawOffer(terms);
        assertEq(Slots.taken(vm.stopAndReturnStateDiff()), 0);
    }

    function test_Gas_BuyInToken() external {
        IMarket.Order memory order = _orderInToken();
        vm.prank(hospital);
        market.buy(_one(order));
        vm.snapshotGasLastCall("Market", "buy/token");
    }

    /// @dev The purchase's progress and its deal, and the lock.
    function test_Slots_BuyInToken() external {
        IMarket.Order memory order = _orderInToken();
        vm.startStateDiffRecording();
        vm.prank(hospital);
        market.buy(_one(order));
        assertEq(Slots.taken(vm.stopAndReturnStateDiff()), 3);
    }

    function test_Gas_PayDirectly() external {
        IMarket.Order memory order = _itemOrder(_offerItem());
        vm.prank(hospital);
        market.payDirectly{value: PRICE}(order);
        vm.snapshotGasLastCall("Market", "payDirectly");
    }

    /// @dev The purchase's progress; and its deal, which the same transaction gives back.
    function test_Slots_PayDirectly() external {
        IMarket.Order memory order = _itemOrder(_offerItem());
        IMarket.Purchase memory purchase = _purchaseOf(order, hospital);
        vm.startStateDiffRecording();
        vm.prank(hospital);
        market.payDirectly{value: PRICE}(order);
        assertEq(Slots.taken(vm.stopAndReturnStateDiff()), 2);
        assertEq(_heldFor(purchase), 0);
    }

    /// @dev Item 0 for coins, between parties who have dealt in them before.
    function _orderInToken() private returns (IMarket.Order memory) {
        Coin coin = new Coin();
        coin.mint(hospital, 1000 ether);
        vm.startPrank(hospital);
        coin.approve(address(escrow), type(uint256).max);
        escrow.setOperator(address(market), true);
        vm.stopPrank();
        IMarket.Terms memory terms = _lotTerms(3, 3);
        terms.token = address(coin);
        _offer(terms, 1);
        vm.prank(hospital);
        market.buy(_one(_lotOrder(terms, 3, 1)));

        terms = _itemTerms();
        terms.token = address(coin);
        _offer(terms, 1);
        return _itemOrder(terms);
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

    /// @dev Fifty units of a lot of a million. Of its tree only a subtree of 64 leaves is real: the nodes beside the way from there to the root may be
    /// anything.
    function _orderInMillion() private returns (IMarket.Order memory order) {
        string memory number = "L1000000";
        SampleLot memory many = _sampleLot(model, number, 64);
        uint256 height = _proof(many, 0).length;
        bytes32[] memory siblings = new bytes32[](DEPTH - height);
        bytes32 root = many.root;
        for (uint256 i = 0; i < siblings.length; ++i) {
            siblings[i] = keccak256(abi.encode("sibling", i));
            root = Hashes.commutativeKeccak256(root, siblings[i]);
        }
        LotId large = _registerLot(model, number, root, 1_000_000);
        _certify(large.asSubject());
        order.terms = _lotTerms(0, 999_999);
        order.terms.subject = large.asSubject();
        _offer(order.terms, 1_000_000);

        order.price = PRICE;
        order.items = new ItemId[](MANY);
        order.memberships = new IDevices.Membership[](MANY);
        for (uint32 i = 0; i < MANY; ++i) {
            order.items[i] = many.items[i];
            order.memberships[i] = _membershipIn(many, i);
            order.memberships[i].proof = _extended(order.memberships[i].proof, siblings);
        }
    }

    function _extended(bytes32[] memory proof, bytes32[] memory by) private pure returns (bytes32[] memory whole) {
        whole = new bytes32[](proof.length + by.length);
        for (uint256 i = 0; i < whole.length; ++i) {
            whole[i] = i < proof.length ? proof[i] : by[i - proof.length];
        }
    }
}
