// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAnchors} from "../../contracts/interfaces/IAnchors.sol";
import {IDevices} from "../../contracts/interfaces/IDevices.sol";
import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {IMarket} from "../../contracts/interfaces/IMarket.sol";
import {ItemId} from "../../contracts/types/Ids.sol";
import {PROVIDER} from "../../contracts/types/Role.sol";
import {MarketAttackToken} from "../mocks/MarketAttackers.sol";
import {MarketStore} from "./MarketStore.sol";
import {MarketWorld} from "./MarketWorld.sol";

/// @title Parties who offer and buy, well or badly; and one that acts in the middle of a purchase
abstract contract MarketTrading is MarketWorld {
    // ---------------------------------------------------------------------------------------------------------- offers

    function offerLot(uint256 firstSeed, uint256 countSeed, uint256 tokenSeed, uint256 timeSeed) external {
        (firstSeed, countSeed, tokenSeed, timeSeed) =
        (_mix(firstSeed, 1), _mix(countSeed, 2), _mix(tokenSeed, 3), _mix(timeSeed, 4));
        IMarket.Terms memory terms = _termsOf(MAKER, tokenSeed, timeSeed);
        terms.subject = _items[0].lot().asSubject();
        // forge-lint: disable-start(unsafe-typecast)
        terms.first = uint32(firstSeed % _items.length);
        uint32 stock = uint32(bound(countSeed, 1, 6));
        terms.last = terms.first + stock - 1;
        bool expected = terms.last < _items.length && _isSaleable(ItemId.wrap(terms.subject), MAKER);
        _offer(terms, uint128(bound(tokenSeed, 100, 1 ether)), stock, expected);
        // forge-lint: disable-end(unsafe-typecast)
    }

    function offerItem(uint256 itemSeed, uint256 sellerSeed, uint256 tokenSeed, uint256 timeSeed) external {
        (itemSeed, sellerSeed, tokenSeed, timeSeed) =
        (_mix(itemSeed, 1), _mix(sellerSeed, 2), _mix(tokenSeed, 3), _mix(timeSeed, 4));
        ItemId item = _nextAtRest(itemSeed);
        address owner = _ownerOf(item);
        IMarket.Terms memory terms = _termsOf(_mostly(owner, sellerSeed), tokenSeed, timeSeed);
        terms.subject = ItemId.unwrap(item);
        bool expected = terms.seller == owner && _isSaleable(item, owner) && !DEVICES.locked(item.tokenId());
        // forge-lint: disable-next-line(unsafe-typecast)
        _offer(terms, uint128(bound(tokenSeed, 100, 1 ether)), 1, expected);
    }

    /// @dev Seven times of eight one that its owner can sell.
    function _nextAtRest(uint256 seed) private view returns (ItemId item) {
        for (uint256 i = 0; i < _items.length; ++i) {
            item = _item((seed >> 8) % _items.length + i);
            if (STORE.isMinted(item) && (seed % 8 == 0 || !DEVICES.locked(item.tokenId()))) return item;
        }
        // The first has had a twin from the beginning.
        return _items[0];
    }

    function withdrawOffer(uint256 offerSeed, uint256 callerSeed) external {
        (offerSeed, callerSeed) = (_mix(offerSeed, 1), _mix(callerSeed, 2));
        // Seldom: else there would be little to buy.
        if (callerSeed % 4 != 0) return;
        MarketStore.Offered memory offered = STORE.offerAt(offerSeed % STORE.offerCount());
        address caller = _mostly(offered.terms.seller, callerSeed / 4);
        bool expected = caller == offered.terms.seller && offered.stock != 0;
        if (!_market(caller, abi.encodeCall(IMarket.withdrawOffer, (offered.terms)), expected)) return;
        STORE.setOffer(offered.terms, 0, 0);
    }

    function _offer(IMarket.Terms memory terms, uint128 price, uint32 stock, bool expected) private {
        if (_market(terms.seller, abi.encodeCall(IMarket.offer, (terms, price, stock)), expected)) {
            STORE.setOffer(terms, price, stock);
        }
    }

    function _termsOf(address seller, uint256 tokenSeed, uint256 timeSeed) private view returns (IMarket.Terms memory) {
        uint40 until = uint40(block.timestamp + bound(timeSeed, 0, timeSeed % 4 == 0 ? 30 days : 3000 days));
        return IMarket.Terms({
            seller: seller,
            subject: 0,
            first: 0,
            last: 0,
            token: _world.tokens[tokenSeed % _world.tokens.length],
            until: until,
            shipTime: _time(timeSeed, 1),
            inspectionTime: _time(timeSeed, 2),
            returnTime: _time(timeSeed, 3),
            arbitrationTime: _time(timeSeed, 4)
        });
    }

    function _time(uint256 seed, uint256 which) private pure returns (uint32) {
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint32(bound(uint256(keccak256(abi.encode(seed, which))), 1 days, 5 days));
    }

    // ---------------------------------------------------------------------------------------------------------- buying

    /// @dev Now and then one wei is missing, or the price is not the one offered.
    function buy(uint256 offerSeed, uint256 buyerSeed, uint256 countSeed, uint256 mistakeSeed) external {
        (offerSeed, buyerSeed, countSeed, mistakeSeed) =
        (_mix(offerSeed, 1), _mix(buyerSeed, 2), _mix(countSeed, 3), _mix(mistakeSeed, 4));
        (IMarket.Order memory order, uint256 number) = _order(offerSeed, countSeed);
        address buyer = _party(buyerSeed);
        IMarket.Purchase memory purchase = _purchaseOf(order, buyer);
        uint256 value = _valueOf(order);
        bool expected = _mayBuy(order, number, buyer);
        if (mistakeSeed % 16 == 0) {
            ++order.price;
            (value, expected) = (_valueOf(order), false);
        } else if (mistakeSeed % 16 == 1 && value != 0) {
            (value, expected) = (value - 1, false);
        }
        if (!_pay(buyer, value, abi.encodeCall(IMarket.buy, (_one(order))), expected)) return;
        _bought(order, number, purchase);
    }

    /// @dev Two offers in one call: all or nothing.
    function buyTwo(uint256 seed, uint256 otherSeed, uint256 buyerSeed) external {
        (seed, otherSeed, buyerSeed) = (_mix(seed, 1), _mix(otherSeed, 2), _mix(buyerSeed, 3));
        IMarket.Order[] memory orders = new IMarket.Order[](2);
        uint256[2] memory numbers;
        (orders[0], numbers[0]) = _order(seed, seed >> 128);
        (orders[1], numbers[1]) = _order(otherSeed, otherSeed >> 128);
        if (numbers[0] == numbers[1] || _overlap(orders[0].items, orders[1].items)) return;
        address buyer = _party(buyerSeed);
        bool expected = _mayBuy(orders[0], numbers[0], buyer) && _mayBuy(orders[1], numbers[1], buyer);
        uint256 value = _valueOf(orders[0]) + _valueOf(orders[1]);
        if (!_pay(buyer, value, abi.encodeCall(IMarket.buy, (orders)), expected)) return;
        for (uint256 i = 0; i < 2; ++i) {
            _bought(orders[i], numbers[i], _purchaseOf(orders[i], buyer));
        }
    }

    function payDirectly(uint256 offerSeed, uint256 buyerSeed) external {
        (offerSeed, buyerSeed) = (_mix(offerSeed, 1), _mix(buyerSeed, 2));
        // Seldom: what is paid so is not seen again.
        if (buyerSeed % 3 != 0) return;
        (IMarket.Order memory order, uint256 number) = _order(offerSeed, 0);
        address buyer = _party(buyerSeed / 3);
        bool expected =
            _mayBuy(order, number, buyer) && PARTICIPANTS.isActiveAs(buyer, PROVIDER) && order.terms.seller == MAKER;
        if (!_pay(buyer, _valueOf(order), abi.encodeCall(IMarket.payDirectly, (order)), expected)) return;
        STORE.takeStock(number, 1);
        STORE.setMinted(order.items[0]);
        STORE.addCredit(MAKER, order.terms.token, _arriving(order));
        _assertAtRest(order.items, buyer);
    }

    /// @dev The attacker buys, or sells to one who has its token, and acts in the middle.
    function attack(uint256 offerSeed, uint256 buyerSeed, uint256 stepSeed, uint256 otherSeed) external {
        (offerSeed, buyerSeed, stepSeed, otherSeed) =
        (_mix(offerSeed, 1), _mix(buyerSeed, 2), _mix(stepSeed, 3), _mix(otherSeed, 4));
        (IMarket.Order memory order, uint256 number) = _order(_nextInAttackToken(offerSeed), offerSeed >> 128);
        if (order.terms.token != address(_world.attackToken)) return;
        address puppet = address(_world.puppet);
        address buyer = order.terms.seller == puppet ? _party(buyerSeed) : puppet;
        IMarket.Purchase memory purchase = _purchaseOf(order, buyer);
        uint256 other = STORE.purchaseCount() == 0 ? 0 : STORE.nextOpen(otherSeed % STORE.purchaseCount());
        // What it may do at any time it may do now, too: end another purchase, or ship for this one.
        // Of one over the same item that makes it the seller's to sell, which is fine, too; but `_mayBuy` looks before.
        bool maySettle = STORE.purchaseCount() != 0 && STORE.maySettle(other, puppet)
            && !_overlap(order.items, STORE.purchaseAt(other).terms.items);
        bool mayShip = order.terms.seller == puppet && _mayShip(order.items, puppet, buyer);
        bool expected = _mayBuy(order, number, buyer);
        stepSeed %= 3;
        _plan(purchase, order);
        if (stepSeed == 0 && maySettle) _planOne(abi.encodeCall(IMarket.settle, (STORE.purchaseAt(other).terms)));
        if (stepSeed == 1) _planOne(abi.encodeCall(IMarket.ship, (purchase, EVIDENCE)));

        if (_pay(buyer, 0, abi.encodeCall(IMarket.buy, (_one(order))), expected)) {
            _bought(order, number, purchase);
            MarketAttackToken.Outcome[] memory outcomes = _world.attackToken.outcomes();
            for (uint256 i = 0; i < STEPS; ++i) {
                assertFalse(outcomes[i].success, "in the middle");
            }
            if (stepSeed == 0 && maySettle) {
                assertTrue(outcomes[STEPS].success, "settle another");
                _ended(other, IMarket.Status.Settled, 0);
            }
            if (stepSeed == 1) {
                assertEq(outcomes[STEPS].success, mayShip, "ship");
                if (mayShip) STORE.move(STORE.purchaseCount() - 1, IMarket.Status.Shipped, false);
            }
        }
        _world.attackToken.clear();
    }

    /// @dev How many steps `_plan` takes, none of which may work.
    uint256 private constant STEPS = 6;

    function _plan(IMarket.Purchase memory purchase, IMarket.Order memory order) private {
        MarketAttackToken token = _world.attackToken;
        address puppet = address(_world.puppet);
        _planOne(abi.encodeCall(IMarket.settle, (purchase)));
        _planOne(abi.encodeCall(IMarket.refund, (purchase)));
        _planOne(abi.encodeCall(IMarket.receiveItems, (purchase, EVIDENCE, true)));
        _planOne(abi.encodeCall(IMarket.buy, (_one(order))));
        bytes memory withdrawal = abi.encodeCall(IEscrow.withdraw, (address(token), puppet));
        token.plan(_world.puppet, address(ESCROW), withdrawal);
        bytes memory payment = abi.encodeCall(IEscrow.pay, (MARKET.dealOf(purchase)));
        token.plan(_world.puppet, address(ESCROW), payment);
    }

    function _planOne(bytes memory data) private {
        _world.attackToken.plan(_world.puppet, address(MARKET), data);
    }

    function _bought(IMarket.Order memory order, uint256 number, IMarket.Purchase memory purchase) private {
        STORE.takeStock(number, order.items.length);
        STORE.addBought(purchase, _arriving(order));
    }

    /// @dev That nothing immovable or uncertified is sold is said here: the call is made all the same, and must fail.
    function _mayBuy(IMarket.Order memory order, uint256 number, address buyer) private view returns (bool) {
        MarketStore.Offered memory offered = STORE.offerAt(number);
        address seller = order.terms.seller;
        if (offered.stock < order.items.length || block.timestamp > order.terms.until) return false;
        if (buyer == seller || !PARTICIPANTS.areActive(buyer, seller)) return false;
        if (MARKET.progressOf(MARKET.purchaseIdOf(_purchaseOf(order, buyer))).status != IMarket.Status.None) {
            return false;
        }
        for (uint256 i = 0; i < order.items.length; ++i) {
            ItemId item = order.items[i];
            if (!_isSaleable(item, seller)) return false;
            if (order.memberships.length != 0) {
                if (STORE.isMinted(item) || order.memberships[i].index > order.terms.last) return false;
            } else if (_ownerOf(item) != seller || DEVICES.locked(item.tokenId())) {
                return false;
            }
        }
        return true;
    }

    /// @dev As of the item, so of the lot.
    function _isSaleable(ItemId item, address seller) private view returns (bool) {
        (bool movable,) = CUSTODY.isMovable(item);
        bytes32 subject = _items[0].lot().asSubject();
        bool certified = ANCHORS.isCertified(subject, IAnchors.CertificateKind.Authenticity, MAKER);
        return movable && certified && PARTICIPANTS.isActive(seller);
    }

    /// @dev Of a lot, units that follow each other; sometimes one beyond the offered range.
    function _order(uint256 offerSeed, uint256 countSeed)
        private
        view
        returns (IMarket.Order memory order, uint256 number)
    {
        number = STORE.nextLive(offerSeed % STORE.offerCount(), offerSeed >> 240);
        MarketStore.Offered memory offered = STORE.offerAt(number);
        order.terms = offered.terms;
        order.price = offered.price;
        if (offered.terms.subject << 128 != 0) {
            order.items = new ItemId[](1);
            order.items[0] = ItemId.wrap(offered.terms.subject);
            return (order, number);
        }
        uint256 from = offered.terms.first;
        while (from < offered.terms.last && STORE.isMinted(_items[from])) {
            ++from;
        }
        uint256 count = 1 + countSeed % 3;
        if (from + count > _items.length) count = _items.length - from;
        order.items = new ItemId[](count);
        order.memberships = new IDevices.Membership[](count);
        for (uint256 i = 0; i < count; ++i) {
            (order.items[i], order.memberships[i]) = (_items[from + i], _memberships[from + i]);
        }
    }

    function _nextInAttackToken(uint256 offerSeed) private view returns (uint256) {
        uint256 count = STORE.offerCount();
        for (uint256 i = 0; i < count; ++i) {
            uint256 number = (offerSeed % count + i) % count;
            MarketStore.Offered memory offered = STORE.offerAt(number);
            if (offered.stock != 0 && offered.terms.token == address(_world.attackToken)) return number;
        }
        return offerSeed;
    }

    function _purchaseOf(IMarket.Order memory order, address buyer) private view returns (IMarket.Purchase memory) {
        return IMarket.Purchase({
            buyer: buyer,
            seller: order.terms.seller,
            token: order.terms.token,
            boughtAt: uint40(block.timestamp),
            shipTime: order.terms.shipTime,
            inspectionTime: order.terms.inspectionTime,
            returnTime: order.terms.returnTime,
            arbitrationTime: order.terms.arbitrationTime,
            items: order.items
        });
    }

    function _one(IMarket.Order memory order) private pure returns (IMarket.Order[] memory orders) {
        orders = new IMarket.Order[](1);
        orders[0] = order;
    }

    function _valueOf(IMarket.Order memory order) private pure returns (uint256) {
        return order.terms.token == address(0) ? order.price * order.items.length : 0;
    }

    /// @dev What is left of the price when the token has taken its fee.
    function _arriving(IMarket.Order memory order) private view returns (uint256 amount) {
        amount = order.price * order.items.length;
        if (order.terms.token != address(0)) amount -= MarketAttackToken(order.terms.token).feeOf(amount);
    }

    function _overlap(ItemId[] memory some, ItemId[] memory others) private pure returns (bool) {
        for (uint256 i = 0; i < some.length; ++i) {
            for (uint256 j = 0; j < others.length; ++j) {
                if (some[i] == others[j]) return true;
            }
        }
        return false;
    }
}
