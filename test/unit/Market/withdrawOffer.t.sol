// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {BuyingTest} from "./BuyingTest.sol";

contract WithdrawOfferTest is BuyingTest {
    function testFuzz_WithdrawOffer(bool ofLot, bool suspended, uint256 ended) external {
        IMarket.Terms memory terms = _anyCoinOrder(ofLot).terms;
        if (suspended) _suspend(maker);
        vm.warp(bound(ended, block.timestamp, uint256(terms.until) + 1000 days));

        vm.expectEmit(address(market));
        emit IMarket.OfferWithdrawn(market.offerIdOf(terms), maker);
        vm.prank(maker);
        market.withdrawOffer(terms);

        _assertStock(terms, 0, 0);
    }

    function test_WithdrawOffer_OfWhatIsLeft() external {
        IMarket.Order memory order = _coinLotOrder();
        _buyBy(BUY, order);
        _assertStock(order.terms, PRICE, 1);
        vm.prank(maker);
        market.withdrawOffer(order.terms);
        _assertStock(order.terms, 0, 0);
    }

    function test_WithdrawOffer_ThenOfferAgain() external {
        IMarket.Order memory order = _coinOrder();
        vm.prank(maker);
        market.withdrawOffer(order.terms);
        _offer(order.terms, 1);
        _buyBy(BUY, order);
    }

    function test_RevertWhen_CallerIsNotTheSeller() external {
        IMarket.Terms memory terms = _offerItem();
        bytes32 id = market.offerIdOf(terms);
        address[5] memory callers = [stranger, rival, hospital, admin, operator];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IMarket.Market_NotSeller.selector, id, callers[i]));
            vm.prank(callers[i]);
            market.withdrawOffer(terms);
        }
        _assertStock(terms, PRICE, 1);
    }

    function test_RevertGiven_NoOffer() external {
        IMarket.Terms memory terms = _itemTerms();
        _expectNoOffer(terms);

        _offer(terms, 1);
        vm.prank(maker);
        market.withdrawOffer(terms);
        _expectNoOffer(terms);

        _offer(terms, 1);
        _buy(_itemOrder(terms));
        _expectNoOffer(terms);
    }

    function test_RevertWhen_OneTermDiffers() external {
        IMarket.Terms memory terms = _offerItem();
        terms.until -= 1;
        _expectNoOffer(terms);
    }

    function _expectNoOffer(IMarket.Terms memory terms) private {
        vm.expectRevert(_noOffer(terms));
        vm.prank(maker);
        market.withdrawOffer(terms);
    }
}
