// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDevices} from "../../../contracts/interfaces/IDevices.sol";
import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {ARBITER, PROVIDER} from "../../../contracts/types/Role.sol";
import {MarketAttackToken} from "../../mocks/MarketAttackers.sol";
import {Wallet} from "../../mocks/Wallet.sol";
import {MarketTest} from "./MarketTest.sol";
import {IERC721} from "@openzeppelin/contracts/interfaces/IERC721.sol";

/// @title What an attacker would try, on the other party and on what it agreed to
contract AttacksMarketTest is MarketTest {
    /// @dev How many ways to act on a purchase `_act` knows.
    uint256 private constant VERBS = 10;

    function setUp() public override {
        super.setUp();
        vm.deal(clinic, 1000 ether);
    }

    // ------------------------------------------------------------------------------------- using what another agreed to

    /// @dev The hospital's key also owns a wallet. What it signed for one of the two must not open the other.
    function test_Attack_PermissionForAnotherAccountOfTheSameOwner() external {
        MarketAttackToken token = new MarketAttackToken(0);
        Wallet wallet = new Wallet(hospital);
        token.mint(address(wallet), 5);
        vm.prank(hospital);
        wallet.execute(address(token), abi.encodeCall(token.approve, (address(escrow), 5)));
        IEscrow.Deal memory deal = IEscrow.Deal({
            opener: stranger,
            payer: hospital,
            payee: maker,
            token: address(token),
            reclaimableAt: uint40(block.timestamp + 1 days),
            subject: 0
        });
        IEscrow.Consent memory consent;
        consent.until = uint40(block.timestamp);
        consent.reclaimableBy = deal.reclaimableAt;
        consent.signature = _sign(hospital, escrow.permissionHash(deal, 5, consent));

        deal.payer = address(wallet);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.Escrow_BadPermission.selector, address(wallet)));
        vm.prank(stranger);
        escrow.openPermitted(deal, 5, consent);
    }

    /// @dev Somebody else's offer names the victim as its seller.
    function test_Attack_OfferInTheNameOfAnother() external {
        IMarket.Terms memory terms = _itemTerms();
        bytes32 id = market.offerIdOf(terms);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_NotSeller.selector, id, rival));
        vm.prank(rival);
        market.offer(terms, 1, 1);

        // Nor does an offer that was never made sell.
        IMarket.Order memory order = _itemOrder(terms);
        order.price = 0;
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_NoOffer.selector, id));
        vm.prank(clinic);
        market.buy(_one(order));
    }

    /// @dev The owner approved the market: so whoever offers the owner's item as its own might be believed.
    function test_Attack_OfferOfAnothersItem() external {
        IMarket.Terms memory terms = _itemTerms();
        terms.seller = rival;
        bytes32 id = market.offerIdOf(terms);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_NotSeller.selector, id, rival));
        vm.prank(rival);
        market.offer(terms, PRICE, 1);
    }

    /// @dev The maker approved the market for all its twins: so whoever offers its lot might mint from it.
    function test_Attack_OfferOfAnothersLot() external {
        IMarket.Terms memory terms = _lotTerms(1, 3);
        terms.seller = rival;
        bytes32 id = market.offerIdOf(terms);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_NotMaker.selector, id, rival));
        vm.prank(rival);
        market.offer(terms, PRICE, 3);
    }

    /// @dev An item of the victim's in an order from the attacker's own offer.
    function test_Attack_AnothersItemInOnesOwnOffer() external {
        ItemId own = _mint(4, clinic);
        _approveMarket(clinic);
        IMarket.Terms memory terms = _itemTerms();
        (terms.seller, terms.subject) = (clinic, ItemId.unwrap(own));
        bytes32 id = _offer(terms, 1);
        IMarket.Order memory order = _itemOrder(terms);
        order.items[0] = _item(0);

        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_NotOffered.selector, id, _item(0)));
        vm.prank(hospital);
        market.buy{value: PRICE}(_one(order));
    }

    /// @dev The approval in `Custody` is for the account's own acts in the market, not for those of others there.
    function test_Attack_ActingAsAnother() external {
        IMarket.Purchase memory purchase = _buyItem();
        _approveMarket(clinic);
        vm.startPrank(clinic);
        _expectWrongParty(purchase, clinic, maker);
        market.ship(purchase, EVIDENCE);
        vm.stopPrank();
        _ship(purchase);
        vm.startPrank(clinic);
        _expectWrongParty(purchase, clinic, hospital);
        market.receiveItems(purchase, EVIDENCE, true);
        _expectWrongParty(purchase, clinic, hospital);
        market.refuse(purchase, EVIDENCE);
        bytes32 id = market.purchaseIdOf(purchase);
        uint40 until = market.lastSecondOf(purchase);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_TooEarly.selector, id, until));
        market.settle(purchase);
        vm.stopPrank();
    }

    /// @dev The market may act for the clinic in `Custody`, too; but the seller of this purchase cannot send what the clinic holds.
    function test_Attack_ShippingWhatAnotherHolds() external {
        IMarket.Purchase memory purchase = _buyItem();
        _approveMarket(clinic);
        vm.prank(maker);
        custody.ship(_item(0), clinic, EVIDENCE);
        vm.prank(clinic);
        custody.receiveItem(_item(0), EVIDENCE);

        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_NotHolder.selector, _item(0), maker));
        vm.prank(maker);
        market.ship(purchase, EVIDENCE);
    }

    // ------------------------------------------------------------------------------------------------- false descriptions

    /// @dev An id is the hash of what the caller says: whatever of it is untrue, it is another purchase, and there is none.
    function testFuzz_Attack_FalseTerms(uint256 field, uint256 value, uint8 verb) external {
        IMarket.Purchase memory purchase = _buyItem();
        bytes32 before = keccak256(abi.encode(purchase));
        _falsify(purchase, bound(field, 0, 8), value);
        vm.assume(keccak256(abi.encode(purchase)) != before);
        bytes32 id = market.purchaseIdOf(purchase);

        skip(uint256(SHIP_TIME) + 1);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_WrongStatus.selector, id, IMarket.Status.None));
        _act(purchase, bound(verb, 0, VERBS - 1));
        _assertLocked(_item(0), address(market), maker);
    }

    function _falsify(IMarket.Purchase memory purchase, uint256 field, uint256 value) private view {
        // forge-lint: disable-start(unsafe-typecast)
        if (field == 0) purchase.buyer = address(uint160(value));
        if (field == 1) purchase.seller = address(uint160(value));
        if (field == 2) purchase.token = address(uint160(value));
        if (field == 3) purchase.boughtAt = uint40(value);
        if (field == 4) purchase.shipTime = uint32(value);
        if (field == 5) purchase.inspectionTime = uint32(value);
        if (field == 6) purchase.returnTime = uint32(value);
        if (field == 7) purchase.arbitrationTime = uint32(value);
        // forge-lint: disable-end(unsafe-typecast)
        if (field == 8) {
            purchase.items = new ItemId[](value % 3);
            for (uint256 i = 0; i < purchase.items.length; ++i) {
                purchase.items[i] = _item(0);
            }
        }
    }

    /// @dev A purchase that has ended, and one that runs over the same item between other parties.
    function testFuzz_Attack_EndedPurchaseOfTheSameItem(bool settled, uint8 verb, uint256 wait) external {
        IMarket.Purchase memory ended = _buyItem();
        vm.prank(settled ? hospital : maker);
        if (settled) market.settle(ended);
        else market.refund(ended);
        bytes32 id = market.purchaseIdOf(ended);
        IMarket.Purchase memory running = _resellBy(settled ? hospital : maker);

        skip(bound(wait, 0, 3650 days));
        IMarket.Status end = settled ? IMarket.Status.Settled : IMarket.Status.Refunded;
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_WrongStatus.selector, id, end));
        _act(ended, bound(verb, 0, VERBS - 1));
        _assertOwner(_item(0), clinic);
        _assertLocked(_item(0), address(market), running.seller);
        assertEq(_heldFor(running), PRICE, "held");
    }

    /// @dev To the clinic, on other terms.
    function _resellBy(address seller) private returns (IMarket.Purchase memory purchase) {
        IMarket.Terms memory terms = _itemTerms();
        (terms.seller, terms.shipTime) = (seller, SHIP_TIME + 1);
        _offer(terms, 1);
        return _buyAs(clinic, _itemOrder(terms));
    }

    /// @dev Bought, given back and bought again within a second it would be the same purchase twice.
    function test_Attack_SamePurchaseTwiceInOneBlock() external {
        IMarket.Purchase memory purchase = _buyItem();
        vm.prank(hospital);
        market.refund(purchase);
        IMarket.Order memory order = _itemOrder(_offerItem());
        bytes32 id = market.purchaseIdOf(purchase);

        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_AlreadyBought.selector, id));
        vm.prank(hospital);
        market.buy{value: PRICE}(_one(order));

        // A second later it is another.
        skip(1);
        assertNotEq(market.purchaseIdOf(_buy(order)), id, "id");
    }

    function test_Attack_SameItemTwiceInOneOrder() external {
        IMarket.Order memory order = _lotOrder(_offerLot(), 1, 2);
        (order.items[1], order.memberships[1]) = (order.items[0], order.memberships[0]);
        vm.expectRevert(_lockedBy(order.items[0], address(market)));
        vm.prank(hospital);
        market.buy{value: 2 * uint256(PRICE)}(_one(order));
    }

    /// @dev One item in two offers: the second buyer would pay for a twin that the first one has.
    function test_Attack_SameItemInTwoOffers() external {
        IMarket.Terms memory other = _itemTerms();
        other.shipTime = SHIP_TIME + 1;
        _offer(other, 1);
        _buyItem();
        vm.expectRevert(_lockedBy(_item(0), address(market)));
        _buyAs(clinic, _itemOrder(other));
    }

    // ------------------------------------------------------------------------------------------------- a twin unpaid for

    /// @dev A locked twin is the buyer's, which may offer it; nobody can buy it before it came to rest.
    function test_Attack_SellingOnWhatIsLocked() external {
        IMarket.Purchase memory purchase = _buyItem();
        IMarket.Terms memory terms = _itemTerms();
        terms.seller = hospital;

        vm.startPrank(hospital);
        vm.expectRevert(_lockedBy(_item(0), address(market)));
        market.offer(terms, PRICE, 1);
        vm.expectRevert(_lockedBy(_item(0), address(market)));
        IERC721(address(devices)).transferFrom(hospital, clinic, _item(0).tokenId());
        vm.expectRevert(abi.encodeWithSelector(IDevices.Devices_NotKeeper.selector, _item(0), hospital));
        devices.unlock(_item(0));
        market.refund(purchase);
        vm.stopPrank();
        _assertOwner(_item(0), maker);
    }

    /// @dev Ether that somebody forced upon the market must not pay for anything.
    function test_Attack_PayingWithEtherOfTheMarket() external {
        IMarket.Order memory order = _itemOrder(_offerItem());
        vm.deal(address(market), PRICE);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_WrongValue.selector, PRICE - 1, PRICE));
        vm.prank(hospital);
        market.buy{value: PRICE - 1}(_one(order));
    }

    /// @dev Two orders, and the ether for one.
    function test_Attack_PayingOnceForTwoOrders() external {
        IMarket.Order[] memory orders = new IMarket.Order[](2);
        orders[0] = _itemOrder(_offerItem());
        orders[1] = _lotOrder(_offerLot(), 1, 1);
        vm.deal(address(market), PRICE);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_WrongValue.selector, PRICE, 2 * uint256(PRICE)));
        vm.prank(hospital);
        market.buy{value: PRICE}(orders);
    }

    /// @dev The price goes up, or down, or the offer is another, while the order is on its way.
    function testFuzz_Attack_PriceChangedUnderTheBuyer(uint128 price) external {
        price = uint128(bound(price, 1, type(uint128).max));
        vm.assume(price != PRICE);
        IMarket.Terms memory terms = _offerItem();
        vm.prank(maker);
        bytes32 id = market.offer(terms, price, 1);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_PriceChanged.selector, id, price, PRICE));
        vm.prank(hospital);
        market.buy{value: PRICE}(_one(_itemOrder(terms)));
    }

    // --------------------------------------------------------------------------------------------------------------- arbiters

    /// @dev The seller becomes an arbiter, and judges its own case; the arbiter buys, and judges its own.
    function test_Attack_JudgeInOnesOwnCase() external {
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Disputed);
        _enrolPowerful(hospital, PROVIDER | ARBITER);
        bytes32 id = market.purchaseIdOf(purchase);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_NotArbiter.selector, id, hospital));
        vm.prank(hospital);
        market.resolve(purchase, PRICE, true, EVIDENCE);
    }

    function test_Attack_DecidingTwice() external {
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Disputed);
        vm.prank(arbiter);
        market.resolve(purchase, PRICE, false, EVIDENCE);
        bytes32 id = market.purchaseIdOf(purchase);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_WrongStatus.selector, id, IMarket.Status.Divided));
        vm.prank(arbiter);
        market.resolve(purchase, PRICE, false, EVIDENCE);
    }

    /// @dev More than the deal holds would be the money of others.
    function testFuzz_Attack_DividingTheMoneyOfOthers(uint256 toBuyer) external {
        toBuyer = bound(toBuyer, uint256(PRICE) + 1, type(uint256).max);
        IMarket.Purchase memory other = _buyTwo();
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Disputed);
        bytes32 deal = escrow.dealIdOf(market.dealOf(purchase));
        vm.expectRevert(abi.encodeWithSelector(IEscrow.Escrow_MoreThanHeld.selector, deal, toBuyer, PRICE));
        vm.prank(arbiter);
        market.resolve(purchase, toBuyer, true, EVIDENCE);
        assertEq(_heldFor(other), 2 * uint256(PRICE), "held");
    }

    // --------------------------------------------------------------------------------------------------- recall and quarantine

    /// @dev The maker sells, and stops its product once the buyer has it: the way back is open all the same.
    function testFuzz_Attack_StoppingWhatIsToComeBack(uint256 way) external {
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Received);
        way = bound(way, 0, 7);
        vm.assume(way != 3 && way != 6);
        _makeImmovable(0, way);
        _return(purchase);
        _pastLastSecond(purchase);
        vm.prank(stranger);
        market.refund(purchase);
        _assertOwner(_item(0), maker);
        assertEq(escrow.creditOf(hospital, address(0)), PRICE, "credit");
    }

    /// @dev A buyer that stops the item once it signed for it gets nothing for that: the goods go back first.
    function test_Attack_QuarantineByTheBuyerInsteadOfReturn() external {
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Received);
        bytes32 id = market.purchaseIdOf(purchase);
        vm.startPrank(hospital);
        custody.quarantine(_item(0), EVIDENCE);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_WrongStatus.selector, id, IMarket.Status.Received));
        market.refuse(purchase, EVIDENCE);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_WrongStatus.selector, id, IMarket.Status.Received));
        market.refund(purchase);
        vm.stopPrank();
    }

    /// @dev The buyer takes the goods by `Custody` alone and then says that they did not come: it has signed for them, which an arbiter sees.
    function test_Attack_ReceivingPastTheMarket() external {
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Shipped);
        vm.prank(hospital);
        custody.receiveItem(_item(0), EVIDENCE);
        _dispute(purchase, hospital);

        assertEq(custody.holderOf(_item(0)), hospital, "holder");
        vm.prank(arbiter);
        market.resolve(purchase, 0, true, EVIDENCE);
        assertEq(escrow.creditOf(maker, address(0)), PRICE, "credit");
    }

    // --------------------------------------------------------------------------------------------------------- what is common

    function _buyAs(address buyer, IMarket.Order memory order) private returns (IMarket.Purchase memory purchase) {
        purchase = _purchaseOf(order, buyer);
        vm.prank(buyer);
        market.buy{value: order.terms.token == address(0) ? _priceOf(order) : 0}(_one(order));
    }

    /// @dev Any verb but `attach`, by whoever would be entitled to it.
    function _act(IMarket.Purchase memory purchase, uint256 verb) private {
        bool bySeller = verb == 0 || verb == 4 || verb == 8;
        vm.prank(verb == 7 ? arbiter : bySeller ? purchase.seller : purchase.buyer);
        if (verb == 0) market.ship(purchase, EVIDENCE);
        else if (verb == 1) market.receiveItems(purchase, EVIDENCE, true);
        else if (verb == 2) market.refuse(purchase, EVIDENCE);
        else if (verb == 3) market.returnItems(purchase, EVIDENCE);
        else if (verb == 4) market.takeBack(purchase, EVIDENCE);
        else if (verb == 5) market.dispute(purchase, EVIDENCE);
        else if (verb == 6) market.fileEvidence(purchase, EVIDENCE);
        else if (verb == 7) market.resolve(purchase, 0, true, EVIDENCE);
        else if (verb == 8) market.refund(purchase);
        else market.settle(purchase);
    }

    function _expectWrongParty(IMarket.Purchase memory purchase, address caller, address expected) private {
        bytes32 id = market.purchaseIdOf(purchase);
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_WrongParty.selector, id, caller, expected));
    }
}
