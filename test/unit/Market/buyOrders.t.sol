// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDevices} from "../../../contracts/interfaces/IDevices.sol";
import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {MANUFACTURER, PROVIDER} from "../../../contracts/types/Role.sol";
import {BuyingTest} from "./BuyingTest.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

/// @title Orders that do not fit the offer, whichever way they come
contract BuyOrdersTest is BuyingTest {
    function testFuzz_RevertGiven_NoSuchOffer(uint256 path, bool ofLot, uint256 how) external {
        path = bound(path, BUY, PAY_DIRECTLY);
        IMarket.Order memory order = _anyCoinOrder(ofLot);
        how = bound(how, 0, 11);
        if (how == 0) {
            vm.prank(maker);
            market.withdrawOffer(order.terms);
        } else {
            _change(order.terms, how);
        }
        _expectRefused(path, order, _noOffer(order.terms));
    }

    function testFuzz_RevertGiven_SoldOut(uint256 path, uint256 before, bool ofLot) external {
        IMarket.Order memory order = _anyCoinOrder(ofLot);
        if (ofLot) order = _lotOrder(order.terms, 1, 3);
        _buyBy(bound(before, BUY, PAY_DIRECTLY), order);
        _expectRefused(bound(path, BUY, PAY_DIRECTLY), order, clinic, _noOffer(order.terms));
    }

    function testFuzz_RevertGiven_OfferHasEnded(uint256 path, bool ofLot, uint256 late) external {
        IMarket.Order memory order = _anyCoinOrder(ofLot);
        uint40 until = order.terms.until;
        vm.warp(uint256(until) + bound(late, 1, 30 days));
        bytes memory ended =
            abi.encodeWithSelector(IMarket.Market_OfferEnded.selector, market.offerIdOf(order.terms), until);
        _expectRefused(bound(path, BUY, PAY_DIRECTLY), order, ended);
    }

    function testFuzz_RevertGiven_PriceChanged(uint256 path, bool ofLot, uint128 price) external {
        price = uint128(bound(price, 1, type(uint128).max));
        if (price == PRICE) ++price;
        IMarket.Order memory order = _anyCoinOrder(ofLot);
        vm.prank(maker);
        market.offer(order.terms, price, ofLot ? 3 : 1);
        bytes memory changed =
            abi.encodeWithSelector(IMarket.Market_PriceChanged.selector, market.offerIdOf(order.terms), price, PRICE);
        _expectRefused(bound(path, BUY, PAY_DIRECTLY), order, changed);
    }

    function testFuzz_RevertWhen_ItemsAndMembershipsDoNotMatch(uint256 path, bool ofLot, uint256 count) external {
        path = bound(path, BUY, PAY_DIRECTLY);
        count = bound(count, 0, 4);
        IMarket.Order memory order = _anyCoinOrder(ofLot);
        bytes memory badOrder = abi.encodeWithSelector(IMarket.Market_BadOrder.selector, market.offerIdOf(order.terms));
        if (count != order.memberships.length) {
            IMarket.Order memory other = order;
            other.memberships = new IDevices.Membership[](count);
            _expectRefused(path, other, badOrder);
        }
        order.items = new ItemId[](0);
        order.memberships = new IDevices.Membership[](0);
        _expectRefused(path, order, badOrder);
    }

    function testFuzz_RevertWhen_NotEnoughStock(uint256 path, bool onlyOne) external {
        path = bound(path, BUY, PAY_DIRECTLY);
        uint32 stock = onlyOne ? 1 : 2;
        IMarket.Terms memory terms = _coinLotOrder().terms;
        bytes32 id = _offer(terms, stock);
        _expectRefused(
            path,
            _lotOrder(terms, 1, 3),
            abi.encodeWithSelector(IMarket.Market_NotEnoughStock.selector, id, stock, uint256(3))
        );
        _expectRefused(
            path,
            _lotOrder(terms, 1, stock + 1),
            abi.encodeWithSelector(IMarket.Market_NotEnoughStock.selector, id, stock, uint256(stock) + 1)
        );
        // Exactly all.
        _buyBy(path, _lotOrder(terms, 1, stock));
        _assertStock(terms, 0, 0);
    }

    /// @dev An item offer has stock for one, whatever the items.
    function testFuzz_RevertWhen_ItemOfferForTwo(uint256 path) external {
        IMarket.Order memory order = _coinOrder();
        order.items = new ItemId[](2);
        (order.items[0], order.items[1]) = (_item(0), _item(1));
        bytes memory tooMany = abi.encodeWithSelector(
            IMarket.Market_NotEnoughStock.selector, market.offerIdOf(order.terms), 1, uint256(2)
        );
        _expectRefused(bound(path, BUY, PAY_DIRECTLY), order, tooMany);
    }

    function testFuzz_RevertWhen_BuyerIsTheSeller(uint256 path, bool ofLot) external {
        _enrol(maker, MANUFACTURER | PROVIDER);
        _fund(maker);
        IMarket.Order memory order = _anyCoinOrder(ofLot);
        bytes memory own = abi.encodeWithSelector(IMarket.Market_OwnOffer.selector, market.offerIdOf(order.terms));
        _expectRefused(bound(path, BUY, PAY_DIRECTLY), order, maker, own);
    }

    function testFuzz_RevertGiven_BoughtInThisSecond(uint256 path, uint256 before) external {
        IMarket.Order memory order = _coinLotOrder();
        order = _lotOrder(order.terms, 1, 1);
        bytes32 id = _buyBy(bound(before, BUY, PAY_DIRECTLY), order);
        bytes memory already = abi.encodeWithSelector(IMarket.Market_AlreadyBought.selector, id);
        _expectRefused(bound(path, BUY, PAY_DIRECTLY), order, already);
    }

    function test_RevertWhen_TheSameOrderTwiceInOneCall() external {
        IMarket.Order[] memory orders = new IMarket.Order[](2);
        orders[0] = _lotOrder(_offerLot(), 1, 1);
        orders[1] = orders[0];
        bytes32 id = market.purchaseIdOf(_purchaseOf(orders[0], hospital));
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_AlreadyBought.selector, id));
        vm.prank(hospital);
        market.buy{value: 2 * uint256(PRICE)}(orders);
    }

    // ---------------------------------------------------------------------------------------------------- which items

    function testFuzz_RevertWhen_NotTheOfferedItem(uint256 path, uint256 index) external {
        path = bound(path, BUY, PAY_DIRECTLY);
        IMarket.Order memory order = _coinOrder();
        ItemId other = _mint(uint32(bound(index, 1, COUNT - 1)), maker);
        order.items[0] = other;
        _expectRefused(path, order, _notOffered(order.terms, other));
        _assertOwner(other, maker);
    }

    function testFuzz_RevertWhen_ItemIsOfAnotherLot(uint256 path) external {
        path = bound(path, BUY, PAY_DIRECTLY);
        SampleLot memory other = _sampleLot(model, "L2", COUNT);
        _registerLot(model, "L2", other.root, COUNT);
        IMarket.Order memory order = _coinLotOrder();
        order.items[1] = other.items[2];
        order.memberships[1] = _membershipIn(other, 2);
        _expectRefused(path, order, _notOffered(order.terms, other.items[2]));
    }

    /// @dev Offered are 2 to 4, of 0 to 7.
    function testFuzz_RevertWhen_IndexIsOutsideOfTheRange(uint256 path, uint256 seed) external {
        path = bound(path, BUY, PAY_DIRECTLY);
        IMarket.Terms memory terms = _lotTerms(2, 4);
        terms.token = address(coin);
        _offer(terms, 3);
        uint32 index = _anyIndex(seed);
        if (index < 2 || index > 4) _expectNotOffered(path, terms, index);
        _expectNotOffered(path, terms, 1);
        _expectNotOffered(path, terms, 5);
        _buyBy(path, _lotOrder(terms, 2, 3));
    }

    /// @dev An index in the range with the rest of an item outside of it is no place in the lot.
    function testFuzz_RevertWhen_NotTheItemsPlace(uint256 path, uint256 index, address tagKey, bytes32 noise) external {
        path = bound(path, BUY, PAY_DIRECTLY);
        IMarket.Order memory order = _coinLotOrder();
        order = _lotOrder(order.terms, 2, 1);
        bytes memory notInLot = abi.encodeWithSelector(IDevices.Devices_NotInLot.selector, _item(2));
        IDevices.Membership memory right = _membership(2);

        order.memberships[0].index = bound(index, 0, 1) == 0 ? 1 : 3;
        _expectRefused(path, order, notInLot);
        (order.memberships[0].index, order.memberships[0].tagKey) = (2, tagKey);
        if (tagKey != right.tagKey) _expectRefused(path, order, notInLot);
        (order.memberships[0].tagKey, order.memberships[0].proof[0]) = (right.tagKey, noise);
        if (noise != right.proof[0]) _expectRefused(path, order, notInLot);
        order.memberships[0].proof = new bytes32[](0);
        _expectRefused(path, order, notInLot);

        order.memberships[0] = _membership(4);
        order.memberships[0].index = 3;
        order.items[0] = _item(4);
        _expectRefused(path, order, abi.encodeWithSelector(IDevices.Devices_NotInLot.selector, _item(4)));
    }

    function testFuzz_RevertGiven_BoughtBefore(uint256 path, bool atRest) external {
        path = bound(path, BUY, PAY_DIRECTLY);
        IMarket.Order memory order = _coinLotOrder();
        order = _lotOrder(order.terms, 1, 1);
        IMarket.Purchase memory purchase = _purchaseOf(order, hospital);
        _buyBy(BUY, order);
        if (atRest) {
            vm.prank(hospital);
            market.settle(purchase);
        }
        bytes memory minted = abi.encodeWithSelector(IERC721Errors.ERC721InvalidSender.selector, address(0));
        _expectRefused(path, order, clinic, atRest ? minted : _lockedBy(_item(1), address(market)));
        _assertOwner(_item(1), hospital);
    }

    function testFuzz_RevertWhen_AnItemTwiceInTheOrder(uint256 path) external {
        path = bound(path, BUY, PAY_DIRECTLY);
        IMarket.Order memory order = _coinLotOrder();
        order.items[1] = order.items[0];
        order.memberships[1] = order.memberships[0];
        bytes memory minted = abi.encodeWithSelector(IERC721Errors.ERC721InvalidSender.selector, address(0));
        _expectRefused(path, order, path == PAY_DIRECTLY ? minted : _lockedBy(_item(2), address(market)));
    }

    // ------------------------------------------------------------------------------------------------------- preparing

    /// @dev Another of all the terms there are.
    function _change(IMarket.Terms memory terms, uint256 which) private view {
        if (which == 1) terms.seller = rival;
        else if (which == 2) terms.subject = model.lotNumbered("L2").asSubject();
        else if (which == 3) terms.first += 1;
        else if (which == 4) terms.last += 1;
        else if (which == 5) terms.token = address(0);
        else if (which == 6) terms.until += 1;
        else if (which == 7) terms.shipTime += 1;
        else if (which == 8) terms.inspectionTime += 1;
        else if (which == 9) terms.returnTime += 1;
        else if (which == 10) terms.arbitrationTime += 1;
        else terms.subject = ItemId.unwrap(_item(1));
    }

    // ------------------------------------------------------------------------------------------------ what is expected

    function _notOffered(IMarket.Terms memory terms, ItemId item) private view returns (bytes memory) {
        return abi.encodeWithSelector(IMarket.Market_NotOffered.selector, market.offerIdOf(terms), item);
    }

    function _expectNotOffered(uint256 path, IMarket.Terms memory terms, uint32 index) private {
        _expectRefused(path, _lotOrder(terms, index, 1), _notOffered(terms, _item(index)));
    }
}
