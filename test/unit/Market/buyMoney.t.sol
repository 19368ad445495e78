// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {Coin} from "../../mocks/Coin.sol";
import {FeeCoin} from "../../mocks/FeeCoin.sol";
import {SilentCoin} from "../../mocks/SilentCoin.sol";
import {BuyingTest} from "./BuyingTest.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

/// @title The money of purchases
contract BuyMoneyTest is BuyingTest {
    function testFuzz_RevertWhen_WrongValue(uint256 value, bool ofLot) external {
        IMarket.Order memory order = ofLot ? _lotOrder(_offerLot(), 1, 3) : _itemOrder(_offerItem());
        uint256 price = _priceOf(order);
        value = bound(value, 0, hospital.balance);
        if (value != price) _expectWrongValue(_one(order), value, price);
        _expectWrongValue(_one(order), price - 1, price);
        _expectWrongValue(_one(order), price + 1, price);
        _expectWrongValue(_one(order), 0, price);
    }

    /// @dev Ether that was forced upon the market pays for nobody.
    function test_RevertWhen_TooLittleForTheSecondOrder() external {
        IMarket.Order[] memory orders = new IMarket.Order[](2);
        orders[0] = _itemOrder(_offerItem());
        orders[1] = _lotOrder(_offerLot(), 1, 2);
        vm.deal(address(market), 100 ether);
        _expectWrongValue(orders, 3 * uint256(PRICE) - 1, 3 * uint256(PRICE));
        _expectWrongValue(orders, 3 * uint256(PRICE) + 1, 3 * uint256(PRICE));
    }

    /// @dev The largest price there is, times three, is a number still.
    function test_RevertWhen_PriceIsTheLargest() external {
        IMarket.Order memory order = _lotOrder(_offerLot(), 1, 3);
        order.price = type(uint128).max;
        vm.prank(maker);
        market.offer(order.terms, order.price, 3);
        _expectWrongValue(_one(order), hospital.balance, 3 * uint256(type(uint128).max));
    }

    function testFuzz_RevertWhen_EtherComesWithATokenOrder(uint256 value) external {
        value = bound(value, 1, hospital.balance);
        _expectWrongValue(_one(_coinOrder()), value, 0);
    }

    /// @dev The ether of a mixed cart is what its ether orders cost.
    function test_RevertWhen_EtherForTheTokenOrderOfAMixedCart() external {
        IMarket.Order[] memory orders = new IMarket.Order[](2);
        orders[0] = _coinLotOrder();
        orders[1] = _itemOrder(_offerItem());
        _expectWrongValue(orders, 3 * uint256(PRICE), PRICE);
    }

    function test_RevertWhen_EtherComesWithNoOrder() external {
        _expectWrongValue(new IMarket.Order[](0), 1, 0);
    }

    /// @dev An allowance to escrow is none for the market's deals.
    function testFuzz_RevertGiven_NoConsent(uint256 path, bool ofLot) external {
        IMarket.Order memory order = _anyCoinOrder(ofLot);
        vm.prank(hospital);
        escrow.setOperator(address(market), false);
        bytes memory noConsent = abi.encodeWithSelector(IEscrow.Escrow_NoConsent.selector, hospital, address(market));
        _expectRefused(bound(path, 0, 1) * PAY_DIRECTLY, order, noConsent);
    }

    function testFuzz_RevertGiven_TooFewCoins(uint256 path, uint256 has) external {
        IMarket.Order memory order = _coinOrder();
        has = bound(has, 0, PRICE - 1);
        deal(address(coin), hospital, has);
        bytes memory tooFew =
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, hospital, has, uint256(PRICE));
        _expectRefused(bound(path, BUY, PAY_DIRECTLY), order, tooFew);
    }

    function testFuzz_RevertGiven_TooSmallAnAllowance(uint256 path, uint256 allowed) external {
        IMarket.Order memory order = _coinOrder();
        allowed = bound(allowed, 0, PRICE - 1);
        vm.prank(hospital);
        coin.approve(address(escrow), allowed);
        bytes memory tooFew = abi.encodeWithSelector(
            IERC20Errors.ERC20InsufficientAllowance.selector, address(escrow), allowed, uint256(PRICE)
        );
        _expectRefused(bound(path, BUY, PAY_DIRECTLY), order, tooFew);
    }

    /// @dev What arrives is held, and paid or repaid.
    function testFuzz_Buy_TokenTakesAFee(uint256 path, uint256 percent, bool repay) external {
        path = bound(path, BUY, BUY_PERMITTED);
        percent = bound(percent, 1, 99);
        FeeCoin toll = new FeeCoin(percent);
        uint256 held = PRICE - uint256(PRICE) * percent / 100;
        IMarket.Order memory order = _orderIn(toll);
        IMarket.Purchase memory purchase = _purchaseOf(order, hospital);
        bytes memory data = _callOf(path, order, hospital);
        bytes32 id = market.purchaseIdOf(purchase);
        bytes32 offerId = market.offerIdOf(order.terms);

        vm.expectEmit(address(market));
        emit IMarket.PurchaseMade(id, hospital, maker, offerId, PRICE, held, purchase);
        vm.prank(hospital);
        (bool success,) = address(market).call(data);
        assertTrue(success, "bought");
        assertEq(_heldFor(purchase), held, "held");
        assertEq(toll.balanceOf(address(escrow)), held, "balance of escrow");

        vm.prank(hospital);
        if (repay) market.refund(purchase);
        else market.settle(purchase);
        assertEq(escrow.creditOf(repay ? hospital : maker, address(toll)), held, "credit");
    }

    function testFuzz_RevertWhen_NothingArrives(uint256 path) external {
        FeeCoin toll = new FeeCoin(100);
        IMarket.Order memory order = _orderIn(toll);
        bytes memory nothing =
            abi.encodeWithSelector(IEscrow.Escrow_NothingArrived.selector, address(toll), uint256(PRICE));
        _expectRefused(bound(path, BUY, PAY_DIRECTLY), order, nothing);
    }

    function testFuzz_Buy_TokenReturnsNothing(uint256 path) external {
        SilentCoin silent = new SilentCoin();
        IMarket.Terms memory terms = _itemTerms();
        terms.token = address(silent);
        _offer(terms, 1);
        silent.mint(hospital, PRICE);
        vm.prank(hospital);
        silent.approve(address(escrow), PRICE);
        _buyBy(bound(path, BUY, PAY_DIRECTLY), _itemOrder(terms));
        assertEq(silent.balanceOf(address(escrow)), PRICE, "balance of escrow");
        assertEq(silent.balanceOf(hospital), 0, "balance of the buyer");
    }

    /// @dev Item 0 for this token, of which the hospital has the price.
    function _orderIn(Coin token) private returns (IMarket.Order memory) {
        IMarket.Terms memory terms = _itemTerms();
        terms.token = address(token);
        _offer(terms, 1);
        token.mint(hospital, PRICE);
        vm.prank(hospital);
        token.approve(address(escrow), PRICE);
        return _itemOrder(terms);
    }

    function _expectWrongValue(IMarket.Order[] memory orders, uint256 value, uint256 needed) private {
        vm.expectRevert(abi.encodeWithSelector(IMarket.Market_WrongValue.selector, value, needed));
        vm.prank(hospital);
        market.buy{value: value}(orders);
    }
}
