// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Market} from "../../contracts/Market.sol";
import {IAnchors} from "../../contracts/interfaces/IAnchors.sol";
import {ICustody} from "../../contracts/interfaces/ICustody.sol";
import {IDevices} from "../../contracts/interfaces/IDevices.sol";
import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {IMarket} from "../../contracts/interfaces/IMarket.sol";
import {IParticipants} from "../../contracts/interfaces/IParticipants.sol";
import {CODEC_RAW, Content} from "../../contracts/types/Content.sol";
import {ItemId} from "../../contracts/types/Ids.sol";
import {ARBITER, PROVIDER} from "../../contracts/types/Role.sol";
import {MarketAttackToken, MarketPuppet} from "../mocks/MarketAttackers.sol";
import {MarketStore} from "./MarketStore.sol";
import {IERC721} from "@openzeppelin/contracts/interfaces/IERC721.sol";
import {Test} from "forge-std/Test.sol";

/// @title The test that made the handler, as the administration's hand
interface IMarketSuspender {
    function setSuspended(address account, bool suspended) external;
}

/// @title Parties who deal in the market, well or badly, while the world goes on around them
/// @notice Every call to the market and of money is made, allowed or not, and must succeed exactly when the store, and what the other rooms say
/// beforehand, allow it. Nothing here reverts.
contract MarketHandler is Test {
    enum Verb {
        Ship,
        Receive,
        Accept,
        Refuse,
        Return,
        TakeBack,
        Dispute,
        FileEvidence,
        Resolve,
        Settle,
        Refund
    }

    /// @param parties all active at first; the first is the maker, the last is `puppet`
    /// @param tokens ether, one that is as it should be, one that takes a fee, and `attackToken`
    struct World {
        address[] parties;
        address arbiter;
        address regulator;
        address stranger;
        MarketPuppet puppet;
        address[] tokens;
        MarketAttackToken attackToken;
    }

    bytes32 private constant EVIDENCE = keccak256("an EPCIS event");

    Market private immutable MARKET;
    IEscrow private immutable ESCROW;
    ICustody private immutable CUSTODY;
    IDevices private immutable DEVICES;
    IAnchors private immutable ANCHORS;
    IParticipants private immutable PARTICIPANTS;
    MarketStore private immutable STORE;
    IMarketSuspender private immutable ADMINISTRATION;
    address private immutable MAKER;

    World private _world;
    ItemId[] private _items;
    IDevices.Membership[] private _memberships;
    uint64[] private _openRecalls;
    address private _suspended;

    constructor(Market market, MarketStore store, World memory world) {
        MARKET = market;
        ESCROW = market.ESCROW();
        CUSTODY = market.CUSTODY();
        DEVICES = market.DEVICES();
        ANCHORS = market.ANCHORS();
        PARTICIPANTS = market.PARTICIPANTS();
        STORE = store;
        ADMINISTRATION = IMarketSuspender(msg.sender);
        MAKER = world.parties[0];
        _world = world;
    }

    function addItem(ItemId item, IDevices.Membership calldata membership) external {
        _items.push(item);
        _memberships.push(membership);
    }

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
        if (order.terms.token != address(0)) amount -= amount * MarketAttackToken(order.terms.token).FEE() / 100;
    }

    function _overlap(ItemId[] memory some, ItemId[] memory others) private pure returns (bool) {
        for (uint256 i = 0; i < some.length; ++i) {
            for (uint256 j = 0; j < others.length; ++j) {
                if (some[i] == others[j]) return true;
            }
        }
        return false;
    }

    // --------------------------------------------------------------------------------------------------- what follows it

    /// @dev What usually comes next, by whom it is for; up to six steps.
    function proceed(uint256 purchaseSeed, uint256 verbSeed, uint256 callerSeed) external {
        (purchaseSeed, verbSeed, callerSeed) = (_mix(purchaseSeed, 1), _mix(verbSeed, 2), _mix(callerSeed, 3));
        if (STORE.purchaseCount() == 0) return;
        // The last one, every other time.
        uint256 number = purchaseSeed % 2 == 0 ? STORE.purchaseCount() - 1 : purchaseSeed % STORE.purchaseCount();
        number = STORE.nextOpen(number);
        for (uint256 steps = 1 + (purchaseSeed >> 128) % 6; steps != 0 && STORE.isOpen(number); --steps) {
            MarketStore.Bought memory bought = STORE.purchaseAt(number);
            Verb verb = _usualVerb(bought.status, verbSeed);
            bool isLate = block.timestamp > STORE.lastSecondOf(number);
            // Too late, or in silence.
            if (isLate && verbSeed % 4 != 0) verb = bought.silencePaysBuyer ? Verb.Refund : Verb.Settle;
            _act(number, verb, callerSeed);
            (verbSeed, callerSeed) = (verbSeed >> 8, callerSeed >> 16);
        }
    }

    /// @dev Anything, at any status.
    function stumble(uint256 purchaseSeed, uint256 verbSeed, uint256 callerSeed) external {
        (purchaseSeed, verbSeed, callerSeed) = (_mix(purchaseSeed, 1), _mix(verbSeed, 2), _mix(callerSeed, 3));
        if (STORE.purchaseCount() == 0) return;
        Verb verb = Verb(verbSeed % (uint256(type(Verb).max) + 1));
        _act(purchaseSeed % STORE.purchaseCount(), verb, callerSeed);
    }

    function _usualVerb(IMarket.Status status, uint256 seed) private pure returns (Verb) {
        seed %= 8;
        if (status == IMarket.Status.Paid) return seed == 0 ? Verb.Refund : Verb.Ship;
        if (status == IMarket.Status.Shipped) {
            if (seed < 4) return Verb.Receive;
            return seed == 4 ? Verb.Accept : seed < 7 ? Verb.Refuse : Verb.Dispute;
        }
        if (status == IMarket.Status.Received) return seed < 4 ? Verb.Return : seed < 7 ? Verb.Dispute : Verb.Settle;
        if (status == IMarket.Status.Returning) return seed < 6 ? Verb.TakeBack : Verb.Dispute;
        if (status == IMarket.Status.Returned) return seed < 4 ? Verb.Dispute : Verb.Refund;
        return seed < 2 ? Verb.FileEvidence : seed < 5 ? Verb.Resolve : seed < 7 ? Verb.Settle : Verb.Refund;
    }

    function _act(uint256 number, Verb verb, uint256 callerSeed) private {
        IMarket.Purchase memory terms = STORE.purchaseAt(number).terms;
        address caller = _mostly(_usualCaller(number, verb), callerSeed);
        if (verb == Verb.Resolve) return _resolve(number, terms, caller, callerSeed >> 16);
        bool expected = _mayAct(number, terms, verb, caller);
        bool allMovable = _areMovable(terms.items);
        if (!_market(caller, _callOf(terms, verb), expected)) return;

        if (verb == Verb.Ship) STORE.move(number, IMarket.Status.Shipped, false);
        if (verb == Verb.Receive) STORE.move(number, IMarket.Status.Received, false);
        if (verb == Verb.Accept) _ended(number, IMarket.Status.Settled, 0);
        if (verb == Verb.Refuse) {
            if (allMovable) STORE.move(number, IMarket.Status.Returned, true);
            else _ended(number, IMarket.Status.Refunded, STORE.purchaseAt(number).held);
        }
        if (verb == Verb.Return) STORE.move(number, IMarket.Status.Returning, true);
        if (verb == Verb.TakeBack) STORE.move(number, IMarket.Status.Returned, true);
        if (verb == Verb.Dispute) {
            IMarket.Status from = STORE.purchaseAt(number).status;
            bool paysBuyer = from == IMarket.Status.Shipped || from == IMarket.Status.Returned;
            STORE.move(number, IMarket.Status.Disputed, paysBuyer);
        }
        if (verb == Verb.Settle) _ended(number, IMarket.Status.Settled, 0);
        if (verb == Verb.Refund) _ended(number, IMarket.Status.Refunded, STORE.purchaseAt(number).held);
    }

    function _resolve(uint256 number, IMarket.Purchase memory terms, address caller, uint256 seed) private {
        uint256 held = STORE.purchaseAt(number).held;
        // Sometimes more than there is.
        uint256 toBuyer = bound(seed, 0, held + held / 8);
        bool buyerKeeps = seed % 2 == 0;
        bool isParty = caller == terms.buyer || caller == terms.seller;
        bool expected = STORE.isInTime(number, IMarket.Status.Disputed) && !isParty && toBuyer <= held
            && PARTICIPANTS.isActiveAs(caller, ARBITER);
        bytes memory call = abi.encodeCall(IMarket.resolve, (terms, toBuyer, buyerKeeps, EVIDENCE));
        if (!_market(caller, call, expected)) return;
        STORE.end(number, IMarket.Status.Divided, toBuyer);
        _assertAtRest(terms.items, buyerKeeps ? terms.buyer : terms.seller);
    }

    function _callOf(IMarket.Purchase memory terms, Verb verb) private pure returns (bytes memory) {
        if (verb == Verb.Ship) return abi.encodeCall(IMarket.ship, (terms, EVIDENCE));
        if (verb == Verb.Receive) return abi.encodeCall(IMarket.receiveItems, (terms, EVIDENCE, false));
        if (verb == Verb.Accept) return abi.encodeCall(IMarket.receiveItems, (terms, EVIDENCE, true));
        if (verb == Verb.Refuse) return abi.encodeCall(IMarket.refuse, (terms, EVIDENCE));
        if (verb == Verb.Return) return abi.encodeCall(IMarket.returnItems, (terms, EVIDENCE));
        if (verb == Verb.TakeBack) return abi.encodeCall(IMarket.takeBack, (terms, EVIDENCE));
        if (verb == Verb.Dispute) return abi.encodeCall(IMarket.dispute, (terms, EVIDENCE));
        if (verb == Verb.FileEvidence) return abi.encodeCall(IMarket.fileEvidence, (terms, EVIDENCE));
        if (verb == Verb.Settle) return abi.encodeCall(IMarket.settle, (terms));
        return abi.encodeCall(IMarket.refund, (terms));
    }

    function _usualCaller(uint256 number, Verb verb) private view returns (address) {
        MarketStore.Bought memory bought = STORE.purchaseAt(number);
        if (verb == Verb.Resolve) return _world.arbiter;
        if (verb == Verb.Dispute) return STORE.disputantOf(number);
        bool bySeller =
            verb == Verb.Ship || verb == Verb.TakeBack || (verb == Verb.Refund && bought.status != IMarket.Status.Paid);
        return bySeller ? bought.terms.seller : bought.terms.buyer;
    }

    function _mayAct(uint256 number, IMarket.Purchase memory terms, Verb verb, address caller)
        private
        view
        returns (bool)
    {
        (address buyer, address seller) = (terms.buyer, terms.seller);
        if (verb == Verb.Settle) return STORE.maySettle(number, caller);
        if (verb == Verb.Refund) return STORE.mayRefund(number, caller);
        if (verb == Verb.Dispute) return caller == STORE.disputantOf(number);
        if (verb == Verb.FileEvidence) {
            return STORE.isInTime(number, IMarket.Status.Disputed) && (caller == buyer || caller == seller);
        }
        if (verb == Verb.Ship) {
            bool inTime = STORE.isInTime(number, IMarket.Status.Paid);
            return inTime && caller == seller && _mayShip(terms.items, seller, buyer);
        }
        if (verb == Verb.Return) {
            bool inTime = STORE.isInTime(number, IMarket.Status.Received);
            return inTime && caller == buyer && _mayShip(terms.items, buyer, seller);
        }
        if (verb == Verb.TakeBack) {
            bool inTime = STORE.isInTime(number, IMarket.Status.Returning);
            return inTime && caller == seller && _areAwaitedBy(terms.items, seller);
        }
        bool isShipped = STORE.isInTime(number, IMarket.Status.Shipped);
        return isShipped && caller == buyer && _areAwaitedBy(terms.items, buyer);
    }

    /// @dev As `Custody` has it: freely between the active, else only back.
    function _mayShip(ItemId[] memory items, address from, address to) private view returns (bool) {
        for (uint256 i = 0; i < items.length; ++i) {
            ICustody.Holding memory holding = CUSTODY.holdingOf(items[i]);
            if (holding.holder != from || holding.addressee != address(0) || !PARTICIPANTS.isActive(to)) return false;
            (bool movable,) = CUSTODY.isMovable(items[i]);
            bool isBack = to == MAKER || holding.cameFromTag == bytes11(keccak256(abi.encode(to)));
            if (!isBack && !(movable && PARTICIPANTS.isActive(from))) return false;
        }
        return true;
    }

    function _areAwaitedBy(ItemId[] memory items, address addressee) private view returns (bool) {
        for (uint256 i = 0; i < items.length; ++i) {
            if (CUSTODY.holdingOf(items[i]).addressee != addressee) return false;
        }
        return true;
    }

    function _areMovable(ItemId[] memory items) private view returns (bool) {
        for (uint256 i = 0; i < items.length; ++i) {
            (bool movable,) = CUSTODY.isMovable(items[i]);
            if (!movable) return false;
        }
        return true;
    }

    /// @dev By settling or refunding; of what was reclaimed the twins go back whichever way was asked for.
    function _ended(uint256 number, IMarket.Status end, uint256 toBuyer) private {
        MarketStore.Bought memory bought = STORE.purchaseAt(number);
        if (bought.reclaimed) end = IMarket.Status.Refunded;
        STORE.end(number, end, toBuyer);
        bool buyerKeeps = end == IMarket.Status.Settled;
        _assertAtRest(bought.terms.items, buyerKeeps ? bought.terms.buyer : bought.terms.seller);
    }

    function _assertAtRest(ItemId[] memory items, address owner) private view {
        for (uint256 i = 0; i < items.length; ++i) {
            assertEq(_ownerOf(items[i]), owner, "at rest: owner");
            assertFalse(DEVICES.locked(items[i].tokenId()), "at rest: locked");
        }
    }

    // ------------------------------------------------------------------------------------------------------------ money

    function reclaim(uint256 purchaseSeed) external {
        purchaseSeed = _mix(purchaseSeed, 1);
        if (STORE.purchaseCount() == 0) return;
        uint256 number = purchaseSeed % STORE.purchaseCount();
        if (purchaseSeed >> 128 & 3 != 0) number = STORE.nextOpen(number);
        MarketStore.Bought memory bought = STORE.purchaseAt(number);
        bool inTime = block.timestamp >= STORE.reclaimableAt(number);
        bool expected = STORE.isOpen(number) && !bought.reclaimed && inTime;
        bytes memory call = abi.encodeCall(IEscrow.reclaim, (MARKET.dealOf(bought.terms)));
        if (_call(_world.stranger, address(ESCROW), 0, call, expected)) STORE.reclaim(number);
    }

    function withdraw(uint256 accountSeed, uint256 tokenSeed) external {
        (accountSeed, tokenSeed) = (_mix(accountSeed, 1), _mix(tokenSeed, 2));
        _withdraw(_party(accountSeed), _world.tokens[tokenSeed % _world.tokens.length]);
    }

    function _withdraw(address account, address token) private {
        uint256 credit = STORE.creditOf(account, token);
        uint256 before = _balanceOf(account, token);
        if (!_call(account, address(ESCROW), 0, abi.encodeCall(IEscrow.withdraw, (token, account)), credit != 0)) {
            return;
        }
        STORE.withdraw(account, token);
        uint256 fee = token == address(0) ? 0 : credit * MarketAttackToken(token).FEE() / 100;
        assertEq(_balanceOf(account, token) - before, credit - fee, "withdrawn");
    }

    /// @dev A stranger brings every purchase to its end once its time is over, whatever went before; then all take their money.
    function bringToRest() external {
        for (uint256 number = 0; number < STORE.purchaseCount(); ++number) {
            if (!STORE.isOpen(number)) continue;
            uint256 past = uint256(STORE.lastSecondOf(number)) + 1;
            if (block.timestamp < past) vm.warp(past);
            MarketStore.Bought memory bought = STORE.purchaseAt(number);
            Verb verb = bought.silencePaysBuyer ? Verb.Refund : Verb.Settle;
            _market(_world.stranger, _callOf(bought.terms, verb), true);
            bool repays = bought.silencePaysBuyer;
            _ended(number, repays ? IMarket.Status.Refunded : IMarket.Status.Settled, repays ? bought.held : 0);
        }
        for (uint256 i = 0; i < _world.parties.length; ++i) {
            for (uint256 j = 0; j < _world.tokens.length; ++j) {
                _withdraw(_world.parties[i], _world.tokens[j]);
            }
        }
    }

    // ------------------------------------------------------------------------------------------------- the world around it

    /// @dev To the last second of a purchase, one past it, past the last of its deal, or on.
    function passTime(uint256 seed, uint256 purchaseSeed, uint256 duration) external {
        (seed, purchaseSeed, duration) = (_mix(seed, 1), _mix(purchaseSeed, 2), _mix(duration, 3));
        uint256 kind = seed % 32;
        uint256 to = block.timestamp + bound(duration, 1, 1 days);
        if (kind < 9 && STORE.purchaseCount() != 0) {
            uint256 number = STORE.nextOpen(purchaseSeed % STORE.purchaseCount());
            uint256 last = kind > 6 ? STORE.reclaimableAt(number) : STORE.lastSecondOf(number);
            if (kind > 3) ++last;
            if (last > block.timestamp) to = last;
        }
        vm.warp(to);
    }

    /// @dev Handshakes beside the market; `Custody` says what may be.
    function handOver(uint256 itemSeed, uint256 callerSeed, uint256 toSeed, uint256 verb) external {
        (itemSeed, callerSeed, toSeed, verb) = (_mix(itemSeed, 1), _mix(callerSeed, 2), _mix(toSeed, 3), _mix(verb, 4));
        ItemId item = _item(itemSeed);
        ICustody.Holding memory holding = CUSTODY.holdingOf(item);
        verb %= 8;
        bytes memory call;
        address likely = holding.addressee;
        if (verb == 0) {
            (call, likely) = (abi.encodeCall(ICustody.ship, (item, _party(toSeed), EVIDENCE)), holding.holder);
        } else if (verb < 5) {
            call = abi.encodeCall(ICustody.receiveItem, (item, EVIDENCE));
        } else if (verb < 6) {
            call = abi.encodeCall(ICustody.reject, (item, EVIDENCE));
        } else {
            (call, likely) = (abi.encodeCall(ICustody.cancelShipment, (item, EVIDENCE)), holding.holder);
        }
        vm.prank(_mostly(likely, callerSeed));
        (bool success,) = address(CUSTODY).call(call);
        // Either is fine.
        success;
    }

    /// @dev Attempts on a twin beside the market: on one that is locked for it none works.
    function meddle(uint256 itemSeed, uint256 callerSeed, uint256 toSeed, uint256 verb) external {
        (itemSeed, callerSeed, toSeed, verb) = (_mix(itemSeed, 1), _mix(callerSeed, 2), _mix(toSeed, 3), _mix(verb, 4));
        ItemId item = _item(itemSeed);
        if (!STORE.isMinted(item)) return;
        (address owner, address to) = (_ownerOf(item), _party(toSeed));
        verb %= 6;
        bytes memory call = abi.encodeCall(IERC721.transferFrom, (owner, to, item.tokenId()));
        if (verb == 1) call = abi.encodeCall(IERC721.approve, (to, item.tokenId()));
        if (verb == 2) call = abi.encodeCall(IDevices.unlock, (item));
        if (verb == 3) call = abi.encodeCall(IDevices.sendBack, (item, to));
        if (verb == 4) call = abi.encodeCall(IDevices.transferLocked, (owner, to, item, to));
        if (verb == 5) call = abi.encodeCall(IDevices.lock, (item, to));
        bool locked = DEVICES.lockOf(item).keeper == address(MARKET);
        vm.prank(_mostly(owner, callerSeed));
        (bool success,) = address(DEVICES).call(call);
        if (locked) assertFalse(success, "locked for the market");
    }

    /// @dev What comes from outside: recalls, quarantines, suspensions, certificates.
    function disturb(uint256 kind, uint256 seed, uint256 otherSeed) external {
        (kind, seed, otherSeed) = (_mix(kind, 1), _mix(seed, 2), _mix(otherSeed, 3));
        kind %= 4;
        if (kind == 0) _recall(seed, otherSeed);
        else if (kind == 1) _quarantineOrRelease(seed, otherSeed);
        else if (kind == 2) _suspendOrReinstate(seed);
        else revokeOrCertify(seed);
    }

    /// @dev Opened seldom, closed often: while there is a recall of the lot nothing is sold.
    function _recall(uint256 seed, uint256 itemSeed) private {
        uint256 open = _openRecalls.length;
        if (open != 0 && seed % 4 != 0) {
            vm.prank(_world.regulator);
            CUSTODY.closeRecall(_openRecalls[open - 1], EVIDENCE);
            _openRecalls.pop();
        } else if (seed % 8 == 0) {
            Content memory notice = Content(EVIDENCE, CODEC_RAW);
            ICustody.RecallClass class = ICustody.RecallClass.I;
            ItemId item = _item(itemSeed);
            vm.prank(_world.regulator);
            if (seed % 16 == 0) _openRecalls.push(CUSTODY.recallLot(item.lot(), class, notice));
            else _openRecalls.push(CUSTODY.recallItem(item, class, notice));
        }
    }

    function _quarantineOrRelease(uint256 seed, uint256 itemSeed) private {
        address regulator = _world.regulator;
        ItemId item = _item(itemSeed);
        for (uint256 i = 0; i < _items.length; ++i) {
            if (CUSTODY.isQuarantinedBy(_items[i], regulator)) item = _items[i];
        }
        bool isSet = CUSTODY.isQuarantinedBy(item, regulator);
        if (!isSet && seed % 2 == 0) return;
        vm.prank(regulator);
        if (isSet) CUSTODY.release(item, regulator, EVIDENCE);
        else CUSTODY.quarantine(item, EVIDENCE);
    }

    /// @dev Seldom, and one at a time: else there would soon be nobody to deal with.
    function _suspendOrReinstate(uint256 accountSeed) private {
        if (_suspended != address(0)) {
            ADMINISTRATION.setSuspended(_suspended, false);
            _suspended = address(0);
        } else if (accountSeed % 4 == 0) {
            _suspended = _party(accountSeed);
            ADMINISTRATION.setSuspended(_suspended, true);
        }
    }

    /// @dev Revoked seldom.
    function revokeOrCertify(uint256 seed) public {
        bytes32 subject = _items[0].lot().asSubject();
        IAnchors.CertificateKind kind = IAnchors.CertificateKind.Authenticity;
        if (ANCHORS.isCertified(subject, kind, MAKER)) {
            if (seed % 4 != 0) return;
            vm.prank(MAKER);
            ANCHORS.revoke(subject, kind, IAnchors.RevocationReason.Unspecified);
            return;
        }
        if (!PARTICIPANTS.isActive(MAKER)) return;
        // Later than the revocation.
        skip(1);
        IAnchors.Certificate memory certificate = IAnchors.Certificate({
            subject: subject,
            kind: kind,
            issuer: MAKER,
            digest: EVIDENCE,
            codec: CODEC_RAW,
            issuedAt: uint40(block.timestamp),
            validFrom: uint40(block.timestamp),
            validUntil: uint40(block.timestamp + 3650 days)
        });
        vm.prank(MAKER);
        ANCHORS.issue(certificate);
    }

    // ------------------------------------------------------------------------------------------------------------ common

    function _market(address caller, bytes memory data, bool expected) private returns (bool) {
        return _call(caller, address(MARKET), 0, data, expected);
    }

    function _pay(address caller, uint256 value, bytes memory data, bool expected) private returns (bool) {
        return _call(caller, address(MARKET), value, data, expected);
    }

    function _call(address caller, address target, uint256 value, bytes memory data, bool expected)
        private
        returns (bool success)
    {
        vm.prank(caller);
        (success,) = target.call{value: value}(data);
        assertEq(success, expected, "allowed exactly when the store says so");
    }

    /// @dev Whoever is likely to be allowed, seven times of eight.
    function _mostly(address likely, uint256 seed) private view returns (address) {
        if (seed % 8 != 0 && likely != address(0)) return likely;
        uint256 count = _world.parties.length;
        uint256 which = (seed >> 8) % (count + 2);
        if (which == count) return _world.stranger;
        return which > count ? _world.arbiter : _world.parties[which];
    }

    function _party(uint256 seed) private view returns (address) {
        return _world.parties[(seed >> 8) % _world.parties.length];
    }

    /// @dev The fuzzer likes small numbers and those it has seen, which would always choose the same.
    function _mix(uint256 seed, uint256 place) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, place)));
    }

    function _item(uint256 seed) private view returns (ItemId) {
        return _items[seed % _items.length];
    }

    function _ownerOf(ItemId item) private view returns (address) {
        return IERC721(address(DEVICES)).ownerOf(item.tokenId());
    }

    function _balanceOf(address account, address token) private view returns (uint256) {
        return token == address(0) ? account.balance : MarketAttackToken(token).balanceOf(account);
    }
}
