// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDevices} from "../../../contracts/interfaces/IDevices.sol";
import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {DISTRIBUTOR} from "../../../contracts/types/Role.sol";
import {MarketAttackToken, MarketPuppet} from "../../mocks/MarketAttackers.sol";
import {MarketTest} from "./MarketTest.sol";
import {IERC721} from "@openzeppelin/contracts/interfaces/IERC721.sol";
import {IERC20Errors, IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @title What an attacker would try in the middle of a purchase, when its token or its account is called
contract AttacksInTheMiddleMarketTest is MarketTest {
    /// @dev The token of a second purchase of a twin that runs in a first one lets its buyer end the second in the middle: the twin is
    /// locked and the market its keeper, so that it would come free unpaid for.
    function testFuzz_Attack_EndingAPurchaseInTheMiddle(uint8 verb) external {
        MarketPuppet puppet = _enrolledPuppet();
        MarketAttackToken token = _tokenOf(address(puppet));
        // The first seller has a second offer, made while the twin was free.
        IMarket.Terms memory terms = _itemTerms();
        terms.token = address(token);
        _offer(terms, 1);
        IMarket.Purchase memory first = _buyItem();
        IMarket.Order memory order = _itemOrder(terms);
        IMarket.Purchase memory second = _purchaseOf(order, address(puppet));
        bool refund = verb % 2 == 0;
        token.plan(
            puppet,
            address(market),
            refund ? abi.encodeCall(market.refund, (second)) : abi.encodeCall(market.settle, (second))
        );

        vm.expectRevert(_lockedBy(_item(0), address(market)));
        vm.prank(address(puppet));
        market.buy(_one(order));
        _assertLocked(_item(0), address(market), maker);
        assertEq(_heldFor(first), PRICE, "held");
    }

    /// @dev As above, by itself: what the verbs answer in the middle of a purchase that goes through in the end.
    function test_Attack_ActingInTheMiddle() external {
        MarketPuppet puppet = _enrolledPuppet();
        MarketAttackToken token = _tokenOf(address(puppet));
        IMarket.Terms memory terms = _itemTerms();
        terms.token = address(token);
        _offer(terms, 1);
        IMarket.Order memory order = _itemOrder(terms);
        IMarket.Purchase memory purchase = _purchaseOf(order, address(puppet));
        IEscrow.Deal memory deal = market.dealOf(purchase);
        token.plan(puppet, address(market), abi.encodeCall(market.refund, (purchase)));
        token.plan(puppet, address(market), abi.encodeCall(market.settle, (purchase)));
        token.plan(puppet, address(market), abi.encodeCall(market.buy, (_one(order))));
        token.plan(puppet, address(escrow), abi.encodeCall(escrow.withdraw, (address(0), address(puppet))));
        token.plan(puppet, address(escrow), abi.encodeCall(escrow.open, (deal, PRICE)));
        token.plan(puppet, address(escrow), abi.encodeCall(escrow.pay, (deal)));
        token.plan(puppet, address(escrow), abi.encodeCall(escrow.reclaim, (deal)));

        vm.prank(address(puppet));
        market.buy(_one(order));

        MarketAttackToken.Outcome[] memory outcomes = token.outcomes();
        bytes4 guarded = ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector;
        bytes32 id = escrow.dealIdOf(deal);
        // Not locked yet, so the market cannot let go of it.
        _assertFailed(outcomes[0], abi.encodeWithSelector(IDevices.Devices_NotLocked.selector, _item(0)));
        _assertFailed(outcomes[1], abi.encodeWithSelector(IDevices.Devices_NotLocked.selector, _item(0)));
        _assertFailed(outcomes[2], abi.encodeWithSelector(guarded));
        _assertFailed(outcomes[3], abi.encodeWithSelector(guarded));
        _assertFailed(outcomes[4], abi.encodeWithSelector(guarded));
        _assertFailed(
            outcomes[5], abi.encodeWithSelector(IEscrow.Escrow_NotOpener.selector, address(market), address(puppet))
        );
        _assertFailed(outcomes[6], abi.encodeWithSelector(IEscrow.Escrow_NotOpen.selector, id));
        assertEq(_heldFor(purchase), PRICE, "held");
        _assertLocked(_item(0), address(market), maker);
    }

    /// @dev In the middle of its purchase the buyer gives the seller's money away: what it does not have any more does not arrive.
    function test_Attack_SpendingTheMoneyInTheMiddle() external {
        MarketPuppet puppet = _enrolledPuppet();
        MarketAttackToken token = _tokenOf(address(puppet));
        IMarket.Terms memory terms = _itemTerms();
        terms.token = address(token);
        _offer(terms, 1);
        uint256 all = token.balanceOf(address(puppet));
        token.plan(puppet, address(token), abi.encodeCall(token.transfer, (clinic, all)));

        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, address(puppet), 0, PRICE)
        );
        vm.prank(address(puppet));
        market.buy(_one(_itemOrder(terms)));
    }

    /// @dev In the middle of a sale the seller gives the twin to another: there is no sale.
    function test_Attack_GivingTheTwinAwayInTheMiddle() external {
        MarketPuppet puppet = _enrolledPuppet();
        ItemId item = _mint(4, address(puppet));
        _approveMarket(address(puppet));
        MarketAttackToken token = _tokenOf(clinic);
        IMarket.Terms memory terms = _itemTerms();
        (terms.seller, terms.subject, terms.token) = (address(puppet), ItemId.unwrap(item), address(token));
        _offer(terms, 1);
        IERC721 twins = IERC721(address(devices));
        token.plan(
            puppet, address(twins), abi.encodeCall(twins.transferFrom, (address(puppet), hospital, item.tokenId()))
        );

        vm.expectRevert(
            abi.encodeWithSelector(
                IERC721Errors.ERC721IncorrectOwner.selector, address(puppet), item.tokenId(), hospital
            )
        );
        vm.prank(clinic);
        market.buy(_one(_itemOrder(terms)));
        assertEq(token.balanceOf(clinic), 1000 ether, "balance");
    }

    function _enrolledPuppet() private returns (MarketPuppet puppet) {
        puppet = new MarketPuppet();
        _enrol(address(puppet), DISTRIBUTOR);
    }

    /// @dev Which the account has, and lets be taken for purchases.
    function _tokenOf(address account) private returns (MarketAttackToken token) {
        token = new MarketAttackToken(0);
        token.mint(account, 1000 ether);
        vm.startPrank(account);
        token.approve(address(escrow), type(uint256).max);
        escrow.setOperator(address(market), true);
        vm.stopPrank();
    }

    function _assertFailed(MarketAttackToken.Outcome memory outcome, bytes memory answer) private pure {
        assertFalse(outcome.success, "success");
        assertEq(outcome.answer, answer, "answer");
    }
}
