// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {MarketAttackToken, MarketFakeToken} from "../../mocks/MarketAttackers.sol";
import {MarketTest} from "./MarketTest.sol";

/// @title What an attacker would try, on the market's money
contract AttacksOnMoneyMarketTest is MarketTest {
    // ------------------------------------------------------------------------------------------------ freezing for ever

    /// @dev A token that claims all there can be fills the credits of both parties to the brim, so that nothing more could be added.
    function test_Attack_CreditsFilledToTheBrim() external {
        MarketFakeToken token = new MarketFakeToken();
        IMarket.Terms memory terms = _itemTerms();
        terms.token = address(token);
        _offer(terms, 1);
        vm.prank(hospital);
        escrow.setOperator(address(market), true);
        IMarket.Order memory order = _itemOrder(terms);
        IMarket.Purchase memory purchase = _purchaseOf(order, hospital);
        vm.prank(hospital);
        market.buy(_one(order));
        _fillCredit(token, hospital);
        _fillCredit(token, maker);

        _pastLastSecond(purchase);
        vm.prank(stranger);
        market.refund(purchase);

        _assertUnlocked(_item(0));
        _assertOwner(_item(0), maker);
        assertEq(escrow.creditOf(hospital, address(token)), type(uint256).max, "credit");
    }

    /// @dev Through a deal of the attacker's own, who opens it and pays it out at once.
    function _fillCredit(MarketFakeToken token, address victim) private {
        token.forget(address(escrow));
        IEscrow.Deal memory deal = IEscrow.Deal({
            opener: stranger,
            payer: stranger,
            payee: victim,
            token: address(token),
            reclaimableAt: uint40(block.timestamp + 1),
            subject: 0
        });
        vm.startPrank(stranger);
        escrow.open(deal, type(uint256).max);
        escrow.pay(deal);
        vm.stopPrank();
    }

    // ----------------------------------------------------------------------------------------------------- money that is none

    /// @dev `transferFrom` of ERC-721 has the selector of ERC-20's: a twin as the money, its token id as the price.
    function test_Attack_TwinAsMoney() external {
        ItemId twin = _mint(4, clinic);
        vm.startPrank(clinic);
        devices.setApprovalForAll(address(escrow), true);
        IEscrow.Deal memory deal = _dealOf(clinic, address(devices));
        vm.expectRevert(_notActive(address(escrow)));
        escrow.open(deal, twin.tokenId());
        vm.stopPrank();
        _assertOwner(twin, clinic);
    }

    /// @dev A token that is no token: nothing, a precompile, or a room that the attacker would have `Escrow` call.
    function testFuzz_Attack_NoTokenAsMoney(uint256 seed, uint128 amount) external {
        address[7] memory none =
            [clinic, address(1), address(4), address(escrow), address(market), address(custody), address(anchors)];
        address token = none[seed % none.length];
        vm.startPrank(clinic);
        IEscrow.Deal memory deal = _dealOf(clinic, token);
        // Some revert with nothing to say.
        vm.expectRevert();
        escrow.open(deal, amount);
        vm.stopPrank();
    }

    /// @dev A deal whose payer is `Escrow` itself would be opened with the money of all.
    function test_Attack_EscrowAsPayer() external {
        MarketAttackToken token = new MarketAttackToken(0);
        token.mint(address(escrow), 100);
        IEscrow.Deal memory deal = _dealOf(address(escrow), address(token));
        vm.expectRevert(abi.encodeWithSelector(IEscrow.Escrow_NoConsent.selector, address(escrow), clinic));
        vm.prank(clinic);
        escrow.open(deal, 100);

        IEscrow.Consent memory consent;
        consent.until = consent.reclaimableBy = deal.reclaimableAt;
        vm.expectRevert(abi.encodeWithSelector(IEscrow.Escrow_BadPermission.selector, address(escrow)));
        vm.prank(clinic);
        escrow.openPermitted(deal, 100, consent);
    }

    /// @dev The largest price in a token that has it, with the longest times: nothing overflows on any way to an end.
    function test_Attack_LargestNumbers() external {
        MarketFakeToken token = new MarketFakeToken();
        IMarket.Terms memory terms = _lotTerms(1, 3);
        (terms.token, terms.until) = (address(token), type(uint40).max);
        terms.shipTime = terms.inspectionTime = terms.returnTime = terms.arbitrationTime = market.MAX_TIME();
        vm.prank(maker);
        market.offer(terms, type(uint128).max, 3);
        IMarket.Order memory order = _lotOrder(terms, 1, 3);
        order.price = type(uint128).max;
        vm.prank(hospital);
        escrow.setOperator(address(market), true);
        IMarket.Purchase memory purchase = _purchaseOf(order, hospital);
        vm.prank(hospital);
        market.buy(_one(order));

        _leadTo(purchase, IMarket.Status.Returned);
        _dispute(purchase, maker);
        _pastLastSecond(purchase);
        vm.prank(stranger);
        market.refund(purchase);
        assertEq(escrow.creditOf(hospital, address(token)), 3 * uint256(type(uint128).max), "credit");
    }

    // ------------------------------------------------------------------------------------------------------------- deadlines

    /// @dev Every party waits until its last second, and so does the arbiter: the money is there still.
    function test_Attack_WaitingUntilTheMoneyCanBeReclaimed() external {
        IMarket.Purchase memory purchase = _buyItem();
        IEscrow.Deal memory deal = market.dealOf(purchase);
        _longestWay(purchase);
        _toLastSecond(purchase);

        bytes32 id = escrow.dealIdOf(deal);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.Escrow_TooEarly.selector, id, deal.reclaimableAt));
        escrow.reclaim(deal);
        vm.prank(arbiter);
        market.resolve(purchase, 1, false, EVIDENCE);
        assertEq(escrow.creditOf(maker, address(0)), PRICE - 1, "credit");
    }

    /// @dev Shipped, received, sent back, taken back and disputed, each at the last second.
    function _longestWay(IMarket.Purchase memory purchase) private {
        _toLastSecond(purchase);
        _ship(purchase);
        _toLastSecond(purchase);
        _receive(purchase);
        _toLastSecond(purchase);
        _return(purchase);
        _toLastSecond(purchase);
        _takeBack(purchase);
        _toLastSecond(purchase);
        _dispute(purchase, maker);
    }

    /// @dev With the money back, the buyer that is silent about it must not keep the twin as well; a stranger sees to it by either verb.
    function testFuzz_Attack_ReclaimingAndKeepingTheTwin(uint256 seed) external {
        IMarket.Status status = IMarket.Status(bound(seed, uint8(IMarket.Status.Paid), uint8(IMarket.Status.Disputed)));
        IMarket.Purchase memory purchase = _purchaseAt(status);
        IEscrow.Deal memory deal = market.dealOf(purchase);
        bool paysBuyer = market.progressOf(market.purchaseIdOf(purchase)).silencePaysBuyer;
        vm.warp(deal.reclaimableAt);
        vm.startPrank(hospital);
        escrow.reclaim(deal);
        market.settle(purchase);
        vm.stopPrank();

        _assertOwner(_item(0), maker);
        _assertUnlocked(_item(0));
        assertEq(uint8(_statusOf(purchase)), uint8(IMarket.Status.Refunded), paysBuyer ? "paysBuyer" : "paysSeller");
        assertEq(escrow.creditOf(hospital, address(0)), PRICE, "buyer");
        assertEq(escrow.creditOf(maker, address(0)), 0, "seller");
    }

    /// @dev So many items that the end of their purchase would not fit into a block, in which they could be bought.
    function test_Attack_MoreItemsThanCanComeToRest() external {
        for (uint32 i = 4; i < COUNT; ++i) {
            _commission(i);
        }
        IMarket.Terms memory terms = _lotTerms(1, COUNT - 1);
        _offer(terms, COUNT - 1);
        IMarket.Purchase memory purchase = _buy(_lotOrder(terms, 1, COUNT - 1));
        uint64 buying = vm.lastCallGas().gasTotalUsed;
        _ship(purchase);
        assertLt(vm.lastCallGas().gasTotalUsed, buying, "ship");

        uint256 state = vm.snapshotState();
        vm.prank(hospital);
        market.receiveItems(purchase, EVIDENCE, true);
        assertLt(vm.lastCallGas().gasTotalUsed, buying, "receive and settle");
        vm.revertToState(state);
        _makeImmovable(1, 1);
        vm.prank(hospital);
        market.refuse(purchase, EVIDENCE);
        assertLt(vm.lastCallGas().gasTotalUsed, buying, "refuse and refund");
    }

    function _dealOf(address payer, address token) private view returns (IEscrow.Deal memory) {
        return IEscrow.Deal({
            opener: clinic,
            payer: payer,
            payee: clinic,
            token: token,
            reclaimableAt: uint40(block.timestamp + 1 days),
            subject: 0
        });
    }
}
