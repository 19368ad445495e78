// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {CODEC_DAG_PB, Content} from "../../../contracts/types/Content.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {ARBITER, PROVIDER} from "../../../contracts/types/Role.sol";
import {FeeCoin} from "../../mocks/FeeCoin.sol";
import {MarketTest} from "./MarketTest.sol";

/// @title Words for purchases under way: everything that can be done with one, and what is expected then
abstract contract PurchaseTest is MarketTest {
    /// @notice Every verb of a purchase; Accept is to receive it as it is.
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
        Refund,
        Attach
    }

    bytes32 internal constant DECISION = keccak256("the arbiter's reasons");
    uint256 internal constant VERBS = uint256(type(Verb).max) + 1;
    /// @notice How many kinds `_anyPurchase` knows.
    uint256 internal constant KINDS = 3;
    /// @notice How many ways `_changed` knows.
    uint256 internal constant CHANGES = 11;
    /// @notice That of `_makeImmovable` which takes the holder of an item at rest.
    uint256 internal constant DECOMMISSIONED = 6;

    // ------------------------------------------------------------------------------------------------ kinds of purchases

    /// @notice One item of its maker; two units of a lot; or an item that the hospital sells on to the clinic.
    function _anyPurchase(uint256 seed) internal returns (IMarket.Purchase memory) {
        uint256 kind = seed % KINDS;
        if (kind == 0) return _buyItem();
        return kind == 1 ? _buyTwo() : _buyResold();
    }

    function _buyResold() internal returns (IMarket.Purchase memory purchase) {
        IMarket.Purchase memory before = _purchaseAt(IMarket.Status.Received);
        vm.prank(hospital);
        market.settle(before);
        _approveMarket(clinic);
        vm.deal(clinic, PRICE);

        IMarket.Terms memory terms = _itemTerms();
        terms.seller = hospital;
        _offer(terms, 1);
        purchase = _purchaseOf(_itemOrder(terms), clinic);
        vm.prank(clinic);
        market.buy{value: PRICE}(_one(_itemOrder(terms)));
    }

    /// @notice The hospital buys item 0 for a token that keeps a part of what is sent.
    function _buyForFeeToken() internal returns (IMarket.Purchase memory purchase) {
        FeeCoin token = new FeeCoin(1);
        token.mint(hospital, 1000 ether);
        IMarket.Terms memory terms = _itemTerms();
        terms.token = address(token);
        _offer(terms, 1);
        purchase = _purchaseOf(_itemOrder(terms), hospital);
        vm.startPrank(hospital);
        token.approve(address(escrow), PRICE);
        escrow.setOperator(address(market), true);
        market.buy(_one(_itemOrder(terms)));
        vm.stopPrank();
    }

    /// @notice What is held of a price in that token.
    function _afterFee(uint256 amount) internal pure returns (uint256) {
        return amount - amount / 100;
    }

    /// @notice As `_anyPurchase`, but so late that the lot expires in a day, before any time of the purchase is over.
    function _anyPurchaseBeforeExpiry(uint256 seed) internal returns (IMarket.Purchase memory) {
        vm.warp(expiresAt - 1 days);
        return _anyPurchase(seed);
    }

    /// @notice Leads to Disputed by way of `origin`.
    function _disputeFrom(IMarket.Purchase memory purchase, IMarket.Status origin) internal {
        _leadTo(purchase, origin);
        _dispute(purchase, _complainantAt(purchase, origin));
    }

    /// @notice Who may dispute: the buyer what it was sent, the seller what was sent back.
    function _complainantAt(IMarket.Purchase memory purchase, IMarket.Status origin) internal pure returns (address) {
        bool isReturn = origin == IMarket.Status.Returning || origin == IMarket.Status.Returned;
        return isReturn ? purchase.seller : purchase.buyer;
    }

    /// @notice Shipped, Received, or Disputed from either side while the buyer should have the goods.
    function _leadToSilenceForSeller(IMarket.Purchase memory purchase, uint256 seed) internal {
        uint256 which = seed % 4;
        if (which < 2) _leadTo(purchase, which == 0 ? IMarket.Status.Shipped : IMarket.Status.Received);
        else _disputeFrom(purchase, which == 2 ? IMarket.Status.Received : IMarket.Status.Returning);
    }

    /// @notice Paid, Returning, Returned, or Disputed from either side while the seller should have the goods.
    function _leadToSilenceForBuyer(IMarket.Purchase memory purchase, uint256 seed) internal {
        uint256 which = seed % 5;
        if (which == 0) _leadTo(purchase, IMarket.Status.Paid);
        else if (which == 1) _leadTo(purchase, IMarket.Status.Returning);
        else if (which == 2) _leadTo(purchase, IMarket.Status.Returned);
        else _disputeFrom(purchase, which == 3 ? IMarket.Status.Shipped : IMarket.Status.Returned);
    }

    /// @notice The four statuses that a dispute begins in.
    function _anyOrigin(uint256 seed) internal pure returns (IMarket.Status) {
        uint256 first = uint256(IMarket.Status.Shipped);
        return IMarket.Status(first + seed % 4);
    }

    /// @notice The six open statuses.
    function _anyOpen(uint256 seed) internal pure returns (IMarket.Status) {
        return IMarket.Status(uint256(IMarket.Status.Paid) + seed % 6);
    }

    /// @notice An end of the purchase by its parties or an arbiter: Settled, Refunded or Divided. It is at Disputed.
    function _end(IMarket.Purchase memory purchase, IMarket.Status end) internal {
        if (end == IMarket.Status.Settled) _act(purchase.buyer, Verb.Settle, purchase);
        else if (end == IMarket.Status.Refunded) _act(purchase.seller, Verb.Refund, purchase);
        else _act(arbiter, Verb.Resolve, purchase);
    }

    /// @notice The purchase with one field changed: terms that nobody agreed to.
    function _changed(IMarket.Purchase memory purchase, uint256 change)
        internal
        view
        returns (IMarket.Purchase memory other)
    {
        other = abi.decode(abi.encode(purchase), (IMarket.Purchase));
        if (change == 0) other.buyer = clinic == purchase.buyer ? hospital : clinic;
        else if (change == 1) other.seller = rival;
        else if (change == 2) other.token = address(1);
        else if (change == 3) ++other.boughtAt;
        else if (change == 4) ++other.shipTime;
        else if (change == 5) ++other.inspectionTime;
        else if (change == 6) ++other.returnTime;
        else if (change == 7) ++other.arbitrationTime;
        else if (change == 8) other.items[0] = _item(7);
        else other.items = new ItemId[](change == 9 ? purchase.items.length + 1 : 0);
    }

    // ---------------------------------------------------------------------------------------------- what may happen to it

    /// @notice Stops one item in any way; decommissioned it is by its holder, so while it is at rest only.
    function _stop(ItemId item, uint256 way) internal {
        if (way != DECOMMISSIONED) {
            _makeImmovable(_indexOf(item), way);
            return;
        }
        vm.prank(custody.holderOf(item));
        custody.decommission(item, EVIDENCE);
    }

    /// @notice A way to stop an item that is under way.
    function _anyWayOnTheRoad(uint256 seed) internal pure returns (uint256) {
        uint256 way = seed % (WAYS - 1);
        return way < DECOMMISSIONED ? way : way + 1;
    }

    function _indexOf(ItemId item) private view returns (uint32 index) {
        while (_item(index) != item) {
            ++index;
        }
    }

    /// @notice Takes back the market's approval in `Custody`.
    function _disapproveMarket(address account) internal {
        vm.prank(account);
        custody.setOperator(address(market), false);
    }

    /// @notice The holder calls the shipment back, in `Custody` itself.
    function _cancelShipment(ItemId item) internal {
        vm.prank(custody.holderOf(item));
        custody.cancelShipment(item, EVIDENCE);
    }

    function _shipDirectly(ItemId item, address to) internal {
        vm.prank(custody.holderOf(item));
        custody.ship(item, to, EVIDENCE);
    }

    function _receiveDirectly(ItemId item) internal {
        vm.prank(custody.holdingOf(item).addressee);
        custody.receiveItem(item, EVIDENCE);
    }

    function _rejectDirectly(ItemId item) internal {
        vm.prank(custody.holdingOf(item).addressee);
        custody.reject(item, EVIDENCE);
    }

    /// @notice Suspends both, who have no approval left, either.
    function _disableParties(IMarket.Purchase memory purchase) internal {
        _disapproveMarket(purchase.buyer);
        _disapproveMarket(purchase.seller);
        vm.prank(purchase.buyer);
        devices.setApprovalForAll(address(market), false);
        vm.prank(purchase.seller);
        devices.setApprovalForAll(address(market), false);
        _suspend(purchase.buyer);
        _suspend(purchase.seller);
    }

    /// @notice Somebody sends the money back in `Escrow`, as soon as that can be done.
    function _reclaim(IMarket.Purchase memory purchase) internal {
        IEscrow.Deal memory deal = market.dealOf(purchase);
        vm.warp(deal.reclaimableAt);
        vm.prank(stranger);
        escrow.reclaim(deal);
    }

    /// @notice An active arbiter that buys and sells, too.
    function _enrolTradingArbiter() internal returns (address account) {
        account = _account("trading arbiter");
        _enrolPowerful(account, ARBITER | PROVIDER);
        _approveMarket(account);
        vm.deal(account, PRICE);
    }

    // --------------------------------------------------------------------------------------------------------- any verb

    function _record() internal pure returns (Content memory) {
        return Content({digest: keccak256("a sealed purchase record"), codec: CODEC_DAG_PB});
    }

    function _dataOf(Verb verb, IMarket.Purchase memory purchase) internal pure returns (bytes memory) {
        if (verb == Verb.Ship) return abi.encodeCall(IMarket.ship, (purchase, EVIDENCE));
        if (verb == Verb.Receive) return abi.encodeCall(IMarket.receiveItems, (purchase, EVIDENCE, false));
        if (verb == Verb.Accept) return abi.encodeCall(IMarket.receiveItems, (purchase, EVIDENCE, true));
        if (verb == Verb.Refuse) return abi.encodeCall(IMarket.refuse, (purchase, EVIDENCE));
        if (verb == Verb.Return) return abi.encodeCall(IMarket.returnItems, (purchase, EVIDENCE));
        if (verb == Verb.TakeBack) return abi.encodeCall(IMarket.takeBack, (purchase, EVIDENCE));
        if (verb == Verb.Dispute) return abi.encodeCall(IMarket.dispute, (purchase, EVIDENCE));
        if (verb == Verb.FileEvidence) return abi.encodeCall(IMarket.fileEvidence, (purchase, EVIDENCE));
        if (verb == Verb.Resolve) return abi.encodeCall(IMarket.resolve, (purchase, 0, true, DECISION));
        if (verb == Verb.Settle) return abi.encodeCall(IMarket.settle, (purchase));
        if (verb == Verb.Refund) return abi.encodeCall(IMarket.refund, (purchase));
        return abi.encodeCall(IMarket.attach, (purchase, _record()));
    }

    function _try(address caller, Verb verb, IMarket.Purchase memory purchase)
        internal
        returns (bool done, bytes memory answer)
    {
        bytes memory data = _dataOf(verb, purchase);
        vm.prank(caller);
        (done, answer) = address(market).call(data);
    }

    function _act(address caller, Verb verb, IMarket.Purchase memory purchase) internal {
        (bool done, bytes memory answer) = _try(caller, verb, purchase);
        assertTrue(done, vm.toString(answer));
    }

    /// @notice It is refused with exactly this error, and the purchase stays as it was.
    function _assertRefused(address caller, Verb verb, IMarket.Purchase memory purchase, bytes memory expected)
        internal
    {
        bytes memory before = abi.encode(market.progressOf(market.purchaseIdOf(purchase)));
        uint256 held = _heldFor(purchase);
        (bool done, bytes memory answer) = _try(caller, verb, purchase);
        assertFalse(done, "was done");
        assertEq(answer, expected, "error");
        assertEq(abi.encode(market.progressOf(market.purchaseIdOf(purchase))), before, "progress");
        assertEq(_heldFor(purchase), held, "held");
    }

    /// @notice Terms that differ in any field are those of no purchase.
    function _assertTermsCount(address caller, Verb verb, IMarket.Purchase memory purchase) internal {
        for (uint256 change = 0; change < CHANGES; ++change) {
            IMarket.Purchase memory other = _changed(purchase, change);
            _assertRefused(caller, verb, other, _wrongStatus(other, IMarket.Status.None));
        }
    }

    /// @notice It is for the statuses of `fit`, a bit of each, and for no other; `caller` is who may do it there.
    function _assertOnlyIn(uint256 fit, Verb verb, address caller) internal {
        uint256 before = vm.snapshotState();
        for (uint256 i = uint256(IMarket.Status.Paid); i <= uint256(type(IMarket.Status).max); ++i) {
            IMarket.Status status = IMarket.Status(i);
            if (fit & _bit(status) != 0) continue;
            IMarket.Purchase memory purchase = _buyItem();
            if (status <= IMarket.Status.Disputed) {
                _leadTo(purchase, status);
            } else {
                _leadTo(purchase, IMarket.Status.Disputed);
                _end(purchase, status);
            }
            _assertRefused(caller, verb, purchase, _wrongStatus(purchase, status));
            vm.revertToState(before);
        }
    }

    function _bit(IMarket.Status status) internal pure returns (uint256) {
        return 2 ** uint256(status);
    }

    /// @notice It is for `party`, which the others are told.
    function _assertOnlyFor(address party, Verb verb, IMarket.Purchase memory purchase) internal {
        address[5] memory callers = [purchase.buyer, purchase.seller, arbiter, admin, stranger];
        for (uint256 i = 0; i < callers.length; ++i) {
            if (callers[i] == party) continue;
            _assertRefused(callers[i], verb, purchase, _wrongParty(purchase, callers[i], party));
        }
    }

    /// @notice It counts in the last second of the status, and no later.
    function _assertOnlyInTime(address caller, Verb verb, IMarket.Purchase memory purchase) internal {
        uint40 until = market.lastSecondOf(purchase);
        vm.warp(uint256(until) + 1);
        _assertRefused(caller, verb, purchase, _tooLate(purchase, until));
        vm.warp(until);
        _act(caller, verb, purchase);
    }

    // ------------------------------------------------------------------------------------------------- what is expected

    function _wrongStatus(IMarket.Purchase memory purchase, IMarket.Status status)
        internal
        view
        returns (bytes memory)
    {
        return abi.encodeWithSelector(IMarket.Market_WrongStatus.selector, market.purchaseIdOf(purchase), status);
    }

    function _wrongParty(IMarket.Purchase memory purchase, address caller, address expected)
        internal
        view
        returns (bytes memory)
    {
        bytes32 id = market.purchaseIdOf(purchase);
        return abi.encodeWithSelector(IMarket.Market_WrongParty.selector, id, caller, expected);
    }

    function _notParty(IMarket.Purchase memory purchase, address caller) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IMarket.Market_NotParty.selector, market.purchaseIdOf(purchase), caller);
    }

    function _notArbiter(IMarket.Purchase memory purchase, address caller) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IMarket.Market_NotArbiter.selector, market.purchaseIdOf(purchase), caller);
    }

    function _tooLate(IMarket.Purchase memory purchase, uint40 until) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IMarket.Market_TooLate.selector, market.purchaseIdOf(purchase), until);
    }

    function _tooEarly(IMarket.Purchase memory purchase, uint40 until) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IMarket.Market_TooEarly.selector, market.purchaseIdOf(purchase), until);
    }

    function _notHolder(ItemId item, address account) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IMarket.Market_NotHolder.selector, item, account);
    }

    function _notAddressee(ItemId item, address account) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IMarket.Market_NotAddressee.selector, item, account);
    }

    /// @notice What `Custody` answers to the market when a party that ships, or one that is awaiting it, did not approve it.
    function _marketNotHolder(ItemId item) internal view returns (bytes memory) {
        return abi.encodeWithSelector(ICustody.Custody_NotHolder.selector, item, address(market));
    }

    function _marketNotAddressee(ItemId item) internal view returns (bytes memory) {
        return abi.encodeWithSelector(ICustody.Custody_NotAddressee.selector, item, address(market));
    }

    function _custodyNotActive(address account) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(ICustody.Custody_NotActive.selector, account);
    }

    function _expectMoved(
        IMarket.Purchase memory purchase,
        IMarket.Status status,
        address by,
        bytes32 evidence,
        uint32 time,
        bool silencePaysBuyer
    ) internal {
        bytes32 id = market.purchaseIdOf(purchase);
        uint40 until = uint40(block.timestamp) + time;
        vm.expectEmit(address(market));
        emit IMarket.PurchaseMoved(id, purchase.buyer, purchase.seller, status, by, evidence, until, silencePaysBuyer);
    }

    function _expectSettled(IMarket.Purchase memory purchase, uint256 toSeller, address by) internal {
        bytes32 id = market.purchaseIdOf(purchase);
        vm.expectEmit(address(market));
        emit IMarket.PurchaseSettled(id, purchase.buyer, purchase.seller, toSeller, by);
    }

    function _expectRefunded(IMarket.Purchase memory purchase, uint256 toBuyer, address by) internal {
        bytes32 id = market.purchaseIdOf(purchase);
        vm.expectEmit(address(market));
        emit IMarket.PurchaseRefunded(id, purchase.buyer, purchase.seller, toBuyer, by);
    }

    function _costOf(IMarket.Purchase memory purchase) internal pure returns (uint256) {
        return uint256(PRICE) * purchase.items.length;
    }

    function _creditOf(address account, IMarket.Purchase memory purchase) internal view returns (uint256) {
        return escrow.creditOf(account, purchase.token);
    }

    /// @notice It came to the status now, for `time`; the money is held, the twins are the buyer's and locked.
    function _assertOpen(IMarket.Purchase memory purchase, IMarket.Status status, uint32 time, bool silencePaysBuyer)
        internal
        view
    {
        IMarket.Progress memory progress = market.progressOf(market.purchaseIdOf(purchase));
        assertEq(uint8(progress.status), uint8(status), "status");
        assertEq(progress.since, block.timestamp, "since");
        assertEq(progress.silencePaysBuyer, silencePaysBuyer, "silence pays buyer");
        assertEq(market.lastSecondOf(purchase), block.timestamp + time, "last second");
        assertEq(_heldFor(purchase), _costOf(purchase), "held");
        assertEq(_creditOf(purchase.buyer, purchase), 0, "the buyer's credit");
        assertEq(_creditOf(purchase.seller, purchase), 0, "the seller's credit");
        for (uint256 i = 0; i < purchase.items.length; ++i) {
            _assertOwner(purchase.items[i], purchase.buyer);
            _assertLocked(purchase.items[i], address(market), purchase.seller);
        }
    }

    function _assertSettled(IMarket.Purchase memory purchase) internal view {
        _assertEnd(purchase, IMarket.Status.Settled, 0, _costOf(purchase), true);
    }

    function _assertRefunded(IMarket.Purchase memory purchase) internal view {
        _assertEnd(purchase, IMarket.Status.Refunded, _costOf(purchase), 0, false);
    }

    /// @notice It ended now, with these credits, which are the first of both in this token; the twins are free.
    function _assertEnd(
        IMarket.Purchase memory purchase,
        IMarket.Status end,
        uint256 toBuyer,
        uint256 toSeller,
        bool buyerKeeps
    ) internal view {
        IMarket.Progress memory progress = market.progressOf(market.purchaseIdOf(purchase));
        assertEq(uint8(progress.status), uint8(end), "status");
        assertEq(progress.since, block.timestamp, "since");
        assertFalse(progress.silencePaysBuyer, "silence pays buyer");
        assertEq(market.lastSecondOf(purchase), 0, "last second");
        assertEq(_heldFor(purchase), 0, "held");
        assertEq(_creditOf(purchase.buyer, purchase), toBuyer, "the buyer's credit");
        assertEq(_creditOf(purchase.seller, purchase), toSeller, "the seller's credit");
        for (uint256 i = 0; i < purchase.items.length; ++i) {
            _assertOwner(purchase.items[i], buyerKeeps ? purchase.buyer : purchase.seller);
            _assertUnlocked(purchase.items[i]);
        }
    }

    function _assertHolding(IMarket.Purchase memory purchase, address holder, address addressee) internal view {
        for (uint256 i = 0; i < purchase.items.length; ++i) {
            ICustody.Holding memory holding = custody.holdingOf(purchase.items[i]);
            assertEq(holding.holder, holder, "holder");
            assertEq(holding.addressee, addressee, "addressee");
        }
    }
}
