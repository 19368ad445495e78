// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {BuyingTest} from "./BuyingTest.sol";

/// @title What buying does
contract BuyTest is BuyingTest {
    function testFuzz_Buy_Item(uint128 price, bool inEther) external {
        price = uint128(bound(price, 1, 1000 ether));
        IMarket.Terms memory terms = _itemTerms();
        if (!inEther) terms.token = address(coin);
        vm.prank(maker);
        market.offer(terms, price, 1);
        IMarket.Order memory order = _itemOrder(terms);
        order.price = price;

        _expectBought(order, inEther ? price : 0, price);
        _assertStock(terms, 0, 0);
    }

    function testFuzz_Buy_Lot(uint256 seed, uint256 many, bool inEther) external {
        IMarket.Terms memory terms = _lotTerms(0, COUNT - 1);
        if (!inEther) terms.token = address(coin);
        // Item 0 has its twin already.
        uint32 from = uint32(bound(seed, 1, COUNT - 1));
        uint32 count = uint32(bound(many, 1, COUNT - from));
        _offer(terms, COUNT - 1);
        IMarket.Order memory order = _lotOrder(terms, from, count);

        _expectBought(order, inEther ? _priceOf(order) : 0, _priceOf(order));
        uint32 left = COUNT - 1 - count;
        _assertStock(terms, left == 0 ? 0 : PRICE, left);
    }

    function test_Buy_NoOrders() external {
        vm.prank(hospital);
        assertEq(market.buy(new IMarket.Order[](0)).length, 0, "purchases");
    }

    /// @dev A lot in ether, an item in coins of another seller, and an item in ether.
    function test_Buy_ManyOrders() external {
        IMarket.Order[] memory orders = _threeOrders();
        IMarket.Purchase[] memory purchases = new IMarket.Purchase[](3);
        for (uint256 i = 0; i < 3; ++i) {
            purchases[i] = _purchaseOf(orders[i], hospital);
        }

        vm.prank(hospital);
        bytes32[] memory ids = market.buy{value: 3 * uint256(PRICE)}(orders);

        assertEq(ids.length, 3, "purchases");
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(ids[i], market.purchaseIdOf(purchases[i]), "id");
            _assertPurchase(purchases[i], _priceOf(orders[i]));
        }
        assertEq(address(escrow).balance, 3 * uint256(PRICE), "ether in escrow");
        assertEq(coin.balanceOf(address(escrow)), PRICE, "coins in escrow");
        assertEq(address(market).balance, 0, "ether in the market");
    }

    function test_RevertWhen_OneOfManyOrdersFails() external {
        IMarket.Order[] memory orders = _threeOrders();
        orders[2].price += 1;
        bytes32 offerId = market.offerIdOf(orders[2].terms);
        vm.expectRevert(
            abi.encodeWithSelector(IMarket.Market_PriceChanged.selector, offerId, PRICE, uint256(PRICE) + 1)
        );
        vm.prank(hospital);
        market.buy{value: 3 * uint256(PRICE) + 1}(orders);

        _assertStock(orders[0].terms, PRICE, 3);
        _assertStock(orders[1].terms, PRICE, 1);
        _assertOwner(_item(5), clinic);
        assertEq(coin.balanceOf(hospital), 1000 ether, "coins");
        assertEq(hospital.balance, 1000 ether, "ether");
    }

    /// @dev Two purchases out of one offer; another block is not needed, since the items differ.
    function test_Buy_TwoOrdersOfOneOffer() external {
        IMarket.Terms memory terms = _offerLot();
        IMarket.Order[] memory orders = new IMarket.Order[](2);
        orders[0] = _lotOrder(terms, 1, 1);
        orders[1] = _lotOrder(terms, 2, 2);
        vm.prank(hospital);
        bytes32[] memory ids = market.buy{value: 3 * uint256(PRICE)}(orders);
        assertNotEq(ids[0], ids[1], "ids");
        _assertStock(terms, 0, 0);
    }

    /// @dev One is left, and two want it: the second gets nothing and pays nothing.
    function test_Buy_TheLastOne() external {
        IMarket.Order memory order = _coinLotOrder();
        _buyBy(BUY, order);
        _assertStock(order.terms, PRICE, 1);
        IMarket.Order memory last = _lotOrder(order.terms, 1, 1);
        _buyBy(BUY, last);
        _assertStock(order.terms, 0, 0);
        _expectRefused(BUY, last, clinic, _noOffer(last.terms));
    }

    function testFuzz_Buy_AfterTheOfferChanged(uint256 path, uint128 price) external {
        price = uint128(bound(price, 1, 100 ether));
        IMarket.Order memory order = _coinLotOrder();
        vm.prank(maker);
        market.offer(order.terms, price, 2);
        order.price = price;
        _buyBy(bound(path, BUY, PAY_DIRECTLY), order);
        _assertStock(order.terms, 0, 0);
    }

    /// @dev Sold, come to rest, and sold on: the certificate is still the maker's, and the hospital is the seller.
    function test_Buy_FromTheFirstBuyer() external {
        IMarket.Purchase memory first = _buyItem();
        vm.prank(hospital);
        market.settle(first);
        IMarket.Terms memory terms = _itemTerms();
        (terms.seller, terms.token) = (hospital, address(coin));
        _offer(terms, 1);
        IMarket.Order memory order = _itemOrder(terms);

        vm.prank(clinic);
        market.buy(_one(order));
        _assertOwner(_item(0), clinic);
        _assertLocked(_item(0), address(market), hospital);
    }

    /// @dev The seller approved the market for this one item only.
    function test_Buy_WithTheApprovalOfOneItem() external {
        ItemId item = _mint(5, clinic);
        IMarket.Terms memory terms = _itemTerms();
        (terms.seller, terms.subject) = (clinic, ItemId.unwrap(item));
        _offer(terms, 1);
        vm.prank(clinic);
        devices.approve(address(market), item.tokenId());
        _expectBought(_itemOrder(terms), PRICE, PRICE);
    }

    function testFuzz_Buy_AtTheOffersLastSecond(uint256 path, bool ofLot) external {
        IMarket.Order memory order = _anyCoinOrder(ofLot);
        vm.warp(order.terms.until);
        _buyBy(bound(path, BUY, PAY_DIRECTLY), order);
    }

    /// @dev The maker's word for the model, the lot or the item suffices, each alone.
    function testFuzz_Buy_CertifiedAs(uint256 path, bool ofLot, uint256 subject) external {
        IMarket.Order memory order = _anyCoinOrder(ofLot);
        _revokeCertificate(lot.id.asSubject());
        skip(1);
        bytes32[3] memory subjects = [_modelSubject(), lot.id.asSubject(), order.terms.subject];
        _certify(subjects[bound(subject, 0, 2)]);
        _buyBy(bound(path, BUY, PAY_DIRECTLY), order);
    }

    // ------------------------------------------------------------------------------------------------ what is expected

    /// @dev Items 2 and 3 of the maker's lot, the clinic's item 5 in coins, and the maker's item 0.
    function _threeOrders() private returns (IMarket.Order[] memory orders) {
        orders = new IMarket.Order[](3);
        orders[0] = _lotOrder(_offerLot(), 2, 2);
        _approveMarket(clinic);
        IMarket.Terms memory terms = _itemTerms();
        (terms.seller, terms.token) = (clinic, address(coin));
        terms.subject = ItemId.unwrap(_mint(5, clinic));
        _offer(terms, 1);
        orders[1] = _itemOrder(terms);
        orders[2] = _itemOrder(_offerItem());
    }

    function _expectBought(IMarket.Order memory order, uint256 value, uint256 held) private {
        IMarket.Purchase memory purchase = _purchaseOf(order, hospital);
        bytes32 id = market.purchaseIdOf(purchase);
        bytes32 offerId = market.offerIdOf(order.terms);
        vm.expectEmit(address(market));
        emit IMarket.PurchaseMade(id, hospital, order.terms.seller, offerId, order.price, held, purchase);
        vm.prank(hospital);
        bytes32[] memory ids = market.buy{value: value}(_one(order));

        assertEq(ids.length, 1, "purchases");
        assertEq(ids[0], id, "id");
        _assertPurchase(purchase, held);
    }

    function _assertPurchase(IMarket.Purchase memory purchase, uint256 held) private view {
        _assertProgress(market.purchaseIdOf(purchase), IMarket.Status.Paid, true);
        assertEq(market.lastSecondOf(purchase), block.timestamp + SHIP_TIME, "last second");
        assertEq(_heldFor(purchase), held, "held");
        assertEq(escrow.creditOf(purchase.seller, purchase.token), 0, "credit of the seller");
        for (uint256 i = 0; i < purchase.items.length; ++i) {
            _assertOwner(purchase.items[i], purchase.buyer);
            _assertLocked(purchase.items[i], address(market), purchase.seller);
        }
    }
}
