// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDevices} from "../../../contracts/interfaces/IDevices.sol";
import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {PROVIDER} from "../../../contracts/types/Role.sol";
import {CallingCoin, Listener} from "../../mocks/CallingCoin.sol";
import {BuyingTest} from "./BuyingTest.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @title Tokens that call back while they are paid
contract BuyReentrancyTest is BuyingTest {
    CallingCoin private calling;
    Listener private party;

    function setUp() public override {
        super.setUp();
        calling = new CallingCoin();
        party = new Listener();
        _enrol(address(party), PROVIDER);
        calling.mint(address(party), 1000 ether);
        party.execute(address(calling), abi.encodeCall(calling.approve, (address(escrow), type(uint256).max)));
        party.execute(address(escrow), abi.encodeCall(escrow.setOperator, (address(market), true)));
        calling.tell(party);
    }

    function testFuzz_RevertWhen_BuyerCallsBack(bool ofLot) external {
        IMarket.Order memory order = _callingOrder(ofLot);
        IMarket.Purchase memory purchase = _purchaseOf(order, address(party));
        bytes[] memory calls = new bytes[](7);
        calls[0] = abi.encodeCall(market.buy, (_one(order)));
        calls[1] = abi.encodeCall(market.payDirectly, (order));
        calls[2] = abi.encodeCall(market.buyPermitted, (order, _consent(order, hospital)));
        calls[3] = abi.encodeCall(market.settle, (purchase));
        calls[4] = abi.encodeCall(market.refund, (purchase));
        calls[5] = abi.encodeCall(market.withdrawOffer, (order.terms));
        calls[6] = abi.encodeCall(market.dispute, (purchase, EVIDENCE));
        party.plan(address(market), calls);

        party.execute(address(market), abi.encodeCall(market.buy, (_one(order))));

        bytes[] memory outcomes = party.outcomes();
        assertEq(outcomes.length, 7, "calls");
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(outcomes[i], _reentrant(), "buying");
        }
        bytes memory notLocked = abi.encodeWithSelector(IDevices.Devices_NotLocked.selector, order.items[0]);
        assertEq(outcomes[3], notLocked, "settle");
        assertEq(outcomes[4], notLocked, "refund");
        assertEq(
            outcomes[5],
            abi.encodeWithSelector(IMarket.Market_NotSeller.selector, market.offerIdOf(order.terms), address(party)),
            "withdrawOffer"
        );
        assertEq(
            outcomes[6],
            abi.encodeWithSelector(
                IMarket.Market_WrongStatus.selector, market.purchaseIdOf(purchase), IMarket.Status.Paid
            ),
            "dispute"
        );
        _assertHeld(purchase, IMarket.Status.Paid);
    }

    /// @dev The items of an order are looked at after the payment. A buyer that names there what is locked under another purchase, and
    /// ends this one in the middle, would unlock it: but the money is not there yet.
    function testFuzz_RevertWhen_BuyerWouldUnlockWhatAnotherPurchaseLocked(bool repay) external {
        IMarket.Order memory first = _callingOrder(true);
        IMarket.Purchase memory bought = _purchaseOf(first, address(party));
        party.execute(address(market), abi.encodeCall(market.buy, (_one(first))));

        IMarket.Order memory order = _callingOrder(false);
        order.items[0] = first.items[0];
        IMarket.Purchase memory purchase = _purchaseOf(order, address(party));
        bytes[] memory calls = new bytes[](1);
        calls[0] = repay ? abi.encodeCall(market.refund, (purchase)) : abi.encodeCall(market.settle, (purchase));
        bytes32 deal = escrow.dealIdOf(market.dealOf(purchase));
        bytes32 offerId = market.offerIdOf(order.terms);
        party.plan(address(market), calls);
        uint256 before = vm.snapshotState();
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_NotOffered.selector, offerId, first.items[0]));
        party.execute(address(market), abi.encodeCall(market.buy, (_one(order))));
        vm.revertToState(before);

        party.insist();
        vm.expectRevert(abi.encodeWithSelector(IEscrow.Escrow_NotOpen.selector, deal));
        party.execute(address(market), abi.encodeCall(market.buy, (_one(order))));
        _assertHeld(bought, IMarket.Status.Paid);
    }

    /// @dev The first order is whole before the second is paid, so its buyer may give up its own by it.
    function testFuzz_Buy_BuyerEndsTheFirstOrderWhileTheSecondIsPaid(bool repay) external {
        IMarket.Order[] memory orders = new IMarket.Order[](2);
        orders[0] = _itemOrder(_offerItem());
        orders[1] = _callingOrder(true);
        IMarket.Purchase memory first = _purchaseOf(orders[0], address(party));
        bytes[] memory calls = new bytes[](1);
        calls[0] = repay ? abi.encodeCall(market.refund, (first)) : abi.encodeCall(market.settle, (first));
        party.plan(address(market), calls);
        vm.deal(address(party), PRICE);
        vm.prank(address(party));
        market.buy{value: PRICE}(orders);

        assertEq(party.outcomes()[0], "", "in the middle");
        assertEq(uint8(_statusOf(first)), uint8(repay ? IMarket.Status.Refunded : IMarket.Status.Settled), "status");
        assertEq(escrow.creditOf(repay ? address(party) : maker, address(0)), PRICE, "credit");
        _assertOwner(_item(0), repay ? maker : address(party));
        _assertUnlocked(_item(0));
        _assertHeld(_purchaseOf(orders[1], address(party)), IMarket.Status.Paid);
    }

    /// @dev The offer changes, the purchase in the middle holds as agreed.
    function test_Buy_SellerWithdrawsInTheMiddle() external {
        IMarket.Order memory order = _callingOrder(true);
        _makeSellerListen(abi.encodeCall(market.withdrawOffer, (order.terms)));
        IMarket.Purchase memory purchase = _buyAsParty(order);
        _assertStock(order.terms, 0, 0);
        _assertHeld(purchase, IMarket.Status.Paid);
    }

    function test_Buy_SellerOffersAnewInTheMiddle() external {
        IMarket.Order memory order = _callingOrder(true);
        _makeSellerListen(abi.encodeCall(market.offer, (order.terms, PRICE + 1, 1)));
        IMarket.Purchase memory purchase = _buyAsParty(order);
        _assertStock(order.terms, PRICE + 1, 1);
        _assertHeld(purchase, IMarket.Status.Paid);
    }

    function test_Buy_SellerShipsInTheMiddle() external {
        IMarket.Order memory order = _callingOrder(true);
        _makeSellerListen(abi.encodeCall(market.ship, (_purchaseOf(order, address(party)), EVIDENCE)));
        IMarket.Purchase memory purchase = _buyAsParty(order);
        _assertHeld(purchase, IMarket.Status.Shipped);
    }

    function test_RevertWhen_SellerRefundsInTheMiddle() external {
        IMarket.Order memory order = _callingOrder(true);
        _makeSellerListen(abi.encodeCall(market.refund, (_purchaseOf(order, address(party)))));
        IMarket.Purchase memory purchase = _purchaseOf(order, address(party));
        party.execute(address(market), abi.encodeCall(market.buy, (_one(order))));
        assertEq(
            Listener(maker).outcomes()[0],
            abi.encodeWithSelector(IDevices.Devices_NotLocked.selector, order.items[0]),
            "refund"
        );
        _assertHeld(purchase, IMarket.Status.Paid);
    }

    // ------------------------------------------------------------------------------------------------------- preparing

    function _callingOrder(bool ofLot) private returns (IMarket.Order memory) {
        IMarket.Terms memory terms = ofLot ? _lotTerms(1, 3) : _itemTerms();
        terms.token = address(calling);
        _offer(terms, ofLot ? 3 : 1);
        return ofLot ? _lotOrder(terms, 2, 2) : _itemOrder(terms);
    }

    /// @dev The maker gets code, as an account may (EIP-7702), and makes this call when it is to be paid.
    function _makeSellerListen(bytes memory data) private {
        vm.etch(maker, address(party).code);
        calling.tell(Listener(maker));
        bytes[] memory calls = new bytes[](1);
        calls[0] = data;
        Listener(maker).plan(address(market), calls);
    }

    function _buyAsParty(IMarket.Order memory order) private returns (IMarket.Purchase memory purchase) {
        purchase = _purchaseOf(order, address(party));
        party.execute(address(market), abi.encodeCall(market.buy, (_one(order))));
        assertEq(Listener(maker).outcomes()[0], "", "in the middle");
    }

    function _assertHeld(IMarket.Purchase memory purchase, IMarket.Status status) private view {
        assertEq(uint8(_statusOf(purchase)), uint8(status), "status");
        assertEq(_heldFor(purchase), PRICE * purchase.items.length, "held");
        for (uint256 i = 0; i < purchase.items.length; ++i) {
            _assertOwner(purchase.items[i], address(party));
            _assertLocked(purchase.items[i], address(market), maker);
        }
    }

    function _reentrant() private pure returns (bytes memory) {
        return abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
    }
}
