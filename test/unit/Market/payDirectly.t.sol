// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {DISTRIBUTOR, MANUFACTURER, PROVIDER} from "../../../contracts/types/Role.sol";
import {CallingCoin, Listener} from "../../mocks/CallingCoin.sol";
import {FeeCoin} from "../../mocks/FeeCoin.sol";
import {BuyingTest} from "./BuyingTest.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

contract PayDirectlyTest is BuyingTest {
    function testFuzz_PayDirectly(bool ofLot, bool inEther) external {
        IMarket.Terms memory terms = ofLot ? _lotTerms(1, 3) : _itemTerms();
        if (!inEther) terms.token = address(coin);
        _offer(terms, ofLot ? 3 : 1);
        IMarket.Order memory order = ofLot ? _lotOrder(terms, 2, 2) : _itemOrder(terms);

        _payDirectly(order, inEther ? _priceOf(order) : 0, _priceOf(order));

        _assertStock(terms, ofLot ? PRICE : 0, ofLot ? 1 : 0);
        assertEq(escrow.creditOf(maker, terms.token), _priceOf(order), "credit");
    }

    function test_PayDirectly_SellerWithdrawsAtOnce() external {
        IMarket.Order memory order = _itemOrder(_offerItem());
        _payDirectly(order, PRICE, PRICE);
        vm.prank(maker);
        assertEq(escrow.withdraw(address(0), maker), PRICE, "withdrawn");
        assertEq(maker.balance, PRICE, "ether of the maker");
        assertEq(address(escrow).balance, 0, "ether in escrow");
    }

    function test_PayDirectly_BuyerMayPassItOn() external {
        IMarket.Order memory order = _itemOrder(_offerItem());
        _payDirectly(order, PRICE, PRICE);
        vm.prank(hospital);
        devices.transferFrom(hospital, clinic, _item(0).tokenId());
        _assertOwner(_item(0), clinic);
    }

    /// @dev The seller bears the toll.
    function test_PayDirectly_TokenTakesAFee() external {
        FeeCoin toll = new FeeCoin(10);
        IMarket.Order memory order = _orderIn(address(toll));
        toll.mint(hospital, PRICE);
        vm.prank(hospital);
        toll.approve(address(escrow), PRICE);
        uint256 arrives = PRICE - uint256(PRICE) * 10 / 100;
        _payDirectly(order, 0, arrives);
        assertEq(escrow.creditOf(maker, address(toll)), arrives, "credit");
    }

    function test_RevertWhen_PaidAlready() external {
        IMarket.Order memory order = _itemOrder(_offerItem());
        IMarket.Purchase memory purchase = _purchaseOf(order, hospital);
        bytes32 id = _payDirectly(order, PRICE, PRICE);
        bytes memory wrongStatus =
            abi.encodeWithSelector(IMarket.Market_WrongStatus.selector, id, IMarket.Status.Settled);

        vm.startPrank(hospital);
        vm.expectRevert(wrongStatus);
        market.refund(purchase);
        vm.expectRevert(wrongStatus);
        market.settle(purchase);
        vm.expectRevert(wrongStatus);
        market.dispute(purchase, EVIDENCE);
        vm.stopPrank();
        vm.expectRevert(wrongStatus);
        vm.prank(maker);
        market.ship(purchase, EVIDENCE);
        assertEq(market.lastSecondOf(purchase), 0, "last second");
    }

    function test_RevertGiven_CallerIsNotAnActiveProvider() external {
        IMarket.Order memory order = _coinOrder();
        _enrol(clinic, DISTRIBUTOR | MANUFACTURER);
        _fund(distributor);
        _fund(stranger);
        address[3] memory buyers = [clinic, distributor, stranger];
        for (uint256 i = 0; i < buyers.length; ++i) {
            _expectRefused(PAY_DIRECTLY, order, buyers[i], _notProvider(buyers[i]));
        }

        _suspend(hospital);
        _expectRefused(PAY_DIRECTLY, order, _notProvider(hospital));
    }

    function test_RevertGiven_TheProvidersTimeIsOver() external {
        IMarket.Order memory order = _coinOrder();
        _enrolUntil(hospital, PROVIDER, uint40(block.timestamp + 1 days));
        skip(1 days + 1);
        _expectRefused(PAY_DIRECTLY, order, _notProvider(hospital));
        // Its last second.
        rewind(1);
        _buyBy(PAY_DIRECTLY, order);
    }

    function test_RevertGiven_SellerDidNotMakeIt() external {
        _approveMarket(clinic);
        IMarket.Terms memory terms = _itemTerms();
        (terms.seller, terms.token) = (clinic, address(coin));
        terms.subject = ItemId.unwrap(_mint(5, clinic));
        bytes32 id = _offer(terms, 1);
        IMarket.Order memory order = _itemOrder(terms);
        _expectRefused(PAY_DIRECTLY, order, abi.encodeWithSelector(IMarket.Market_NotMaker.selector, id, clinic));
        // With the money in escrow it may.
        _buyBy(BUY, order);
    }

    function testFuzz_RevertWhen_EtherIsNotThePrice(uint256 value) external {
        IMarket.Order memory order = _lotOrder(_offerLot(), 1, 3);
        uint256 price = _priceOf(order);
        value = bound(value, 0, hospital.balance);
        if (value != price) _expectWrongValue(order, value, price);
        _expectWrongValue(order, price - 1, price);
        _expectWrongValue(order, price + 1, price);
    }

    function test_RevertWhen_EtherComesWithATokenOrder() external {
        _expectWrongValue(_coinOrder(), 1, 0);
        _expectWrongValue(_coinLotOrder(), PRICE, 0);
    }

    function test_RevertWhen_TokenCallsBack() external {
        CallingCoin calling = new CallingCoin();
        Listener buyer = new Listener();
        _enrol(address(buyer), PROVIDER);
        IMarket.Order memory order = _orderIn(address(calling));
        calling.mint(address(buyer), PRICE);
        calling.tell(buyer);
        buyer.execute(address(calling), abi.encodeCall(calling.approve, (address(escrow), PRICE)));
        buyer.execute(address(escrow), abi.encodeCall(escrow.setOperator, (address(market), true)));
        IMarket.Purchase memory purchase = _purchaseOf(order, address(buyer));
        bytes[] memory calls = new bytes[](4);
        calls[0] = abi.encodeCall(market.payDirectly, (order));
        calls[1] = abi.encodeCall(market.buy, (_one(order)));
        calls[2] = abi.encodeCall(market.settle, (purchase));
        calls[3] = abi.encodeCall(market.refund, (purchase));
        buyer.plan(address(market), calls);

        buyer.execute(address(market), abi.encodeCall(market.payDirectly, (order)));

        bytes[] memory outcomes = buyer.outcomes();
        bytes memory reentrant = abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        bytes memory wrongStatus = abi.encodeWithSelector(
            IMarket.Market_WrongStatus.selector, market.purchaseIdOf(purchase), IMarket.Status.Settled
        );
        assertEq(outcomes.length, 4, "calls");
        assertEq(outcomes[0], reentrant, "payDirectly");
        assertEq(outcomes[1], reentrant, "buy");
        assertEq(outcomes[2], wrongStatus, "settle");
        assertEq(outcomes[3], wrongStatus, "refund");
        assertEq(escrow.creditOf(maker, address(calling)), PRICE, "credit");
        _assertOwner(_item(0), address(buyer));
        _assertUnlocked(_item(0));
    }

    // ------------------------------------------------------------------------------------------------ what is expected

    function _payDirectly(IMarket.Order memory order, uint256 value, uint256 paid) private returns (bytes32 id) {
        IMarket.Purchase memory purchase = _purchaseOf(order, hospital);
        id = market.purchaseIdOf(purchase);
        bytes32 offerId = market.offerIdOf(order.terms);
        vm.expectEmit(address(market));
        emit IMarket.PurchasePaidDirectly(id, hospital, maker, offerId, PRICE, paid, purchase);
        vm.prank(hospital);
        assertEq(market.payDirectly{value: value}(order), id, "id");

        _assertProgress(id, IMarket.Status.Settled, false);
        assertEq(_heldFor(purchase), 0, "held");
        for (uint256 i = 0; i < order.items.length; ++i) {
            _assertOwner(order.items[i], hospital);
            _assertUnlocked(order.items[i]);
        }
    }

    /// @dev Item 0 for this token.
    function _orderIn(address token) private returns (IMarket.Order memory) {
        IMarket.Terms memory terms = _itemTerms();
        terms.token = token;
        _offer(terms, 1);
        return _itemOrder(terms);
    }

    function _expectWrongValue(IMarket.Order memory order, uint256 value, uint256 needed) private {
        vm.expectRevert(abi.encodeWithSelector(IEscrow.Escrow_WrongValue.selector, value, needed));
        vm.prank(hospital);
        market.payDirectly{value: value}(order);
    }

    function _notProvider(address account) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IMarket.Market_NotProvider.selector, account);
    }
}
