// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {PurchaseTest} from "./PurchaseTest.sol";

contract MarketViewsTest is PurchaseTest {
    function test_OfferOf() external {
        IMarket.Terms memory terms = _lotTerms(1, 3);
        bytes32 id = market.offerIdOf(terms);
        _assertOffer(id, 0, 0);
        assertEq(_offer(terms, 3), id, "id");
        _assertOffer(id, PRICE, 3);
        _buy(_lotOrder(terms, 1, 2));
        _assertOffer(id, PRICE, 1);
        _buy(_lotOrder(terms, 3, 1));
        _assertOffer(id, 0, 0);
        _offer(terms, 2);
        vm.prank(maker);
        market.withdrawOffer(terms);
        _assertOffer(id, 0, 0);
    }

    function testFuzz_OfferIdOf(IMarket.Terms memory terms) external view {
        assertEq(market.offerIdOf(terms), keccak256(abi.encode(terms)), "id");
    }

    function testFuzz_PurchaseIdOf(IMarket.Purchase memory terms) external view {
        assertEq(market.purchaseIdOf(terms), keccak256(abi.encode(terms)), "id");
    }

    function test_PurchaseIdOf_EveryFieldCounts() external {
        IMarket.Purchase memory purchase = _buyTwo();
        bytes32 id = market.purchaseIdOf(purchase);
        for (uint256 change = 0; change < CHANGES; ++change) {
            IMarket.Purchase memory other = _changed(purchase, change);
            assertNotEq(market.purchaseIdOf(other), id, "id");
            assertEq(abi.encode(market.progressOf(market.purchaseIdOf(other))), new bytes(96), "progress");
            assertEq(market.lastSecondOf(other), 0, "last second");
            assertEq(_heldFor(other), 0, "held");
        }
    }

    /// @dev As the parties reach it, each after a day.
    function test_ProgressAndLastSecond_OfEveryStatus() external {
        IMarket.Purchase memory purchase = _buyItem();
        _assertOpen(purchase, IMarket.Status.Paid, SHIP_TIME, true);
        skip(1 days);
        _ship(purchase);
        _assertOpen(purchase, IMarket.Status.Shipped, INSPECTION_TIME, false);
        skip(1 days);
        _receive(purchase);
        _assertOpen(purchase, IMarket.Status.Received, INSPECTION_TIME, false);
        skip(1 days);
        _return(purchase);
        _assertOpen(purchase, IMarket.Status.Returning, RETURN_TIME, true);
        skip(1 days);
        _takeBack(purchase);
        _assertOpen(purchase, IMarket.Status.Returned, RETURN_TIME, true);
        skip(1 days);
        _dispute(purchase, maker);
        _assertOpen(purchase, IMarket.Status.Disputed, ARBITRATION_TIME, true);
        uint256 before = vm.snapshotState();
        for (uint256 i = uint256(IMarket.Status.Settled); i <= uint256(IMarket.Status.Divided); ++i) {
            skip(1 days);
            _end(purchase, IMarket.Status(i));
            IMarket.Progress memory progress = market.progressOf(market.purchaseIdOf(purchase));
            assertEq(uint8(progress.status), i, "status");
            assertEq(progress.since, block.timestamp, "since");
            assertEq(market.lastSecondOf(purchase), 0, "last second");
            vm.revertToState(before);
        }
    }

    function testFuzz_DealOf(uint256 kind) external {
        IMarket.Purchase memory purchase = _anyPurchase(kind);
        IEscrow.Deal memory deal = market.dealOf(purchase);
        uint256 longest = SHIP_TIME + 2 * (INSPECTION_TIME + RETURN_TIME) + ARBITRATION_TIME;
        assertEq(deal.opener, address(market), "opener");
        assertEq(deal.payer, purchase.buyer, "payer");
        assertEq(deal.payee, purchase.seller, "payee");
        assertEq(deal.token, purchase.token, "token");
        assertEq(deal.reclaimableAt, purchase.boughtAt + longest + 30 days, "reclaimable at");
        assertEq(deal.subject, market.purchaseIdOf(purchase), "subject");
        assertEq(escrow.heldIn(escrow.dealIdOf(deal)), _costOf(purchase), "held");
    }

    /// @dev The longest times that an offer may give stay within what `Escrow` holds.
    function test_DealOf_TheLongestPurchase() external {
        IMarket.Terms memory terms = _itemTerms();
        uint32 longest = market.MAX_TIME();
        (terms.shipTime, terms.inspectionTime, terms.returnTime, terms.arbitrationTime) =
        (longest, longest, longest, longest);
        _offer(terms, 1);
        IMarket.Purchase memory purchase = _buy(_itemOrder(terms));
        uint256 until = block.timestamp + 6 * uint256(longest) + market.GRACE();
        assertEq(market.dealOf(purchase).reclaimableAt, until, "reclaimable at");
        assertLe(until, block.timestamp + escrow.MAX_DURATION(), "within what is held");
    }

    function test_RoomsAndLimits() external view {
        assertEq(address(market.PARTICIPANTS()), address(participants), "participants");
        assertEq(address(market.CATALOG()), address(catalog), "catalog");
        assertEq(address(market.CUSTODY()), address(custody), "custody");
        assertEq(address(market.DEVICES()), address(devices), "devices");
        assertEq(address(market.ANCHORS()), address(anchors), "anchors");
        assertEq(address(market.ESCROW()), address(escrow), "escrow");
        assertEq(market.MIN_TIME(), 1 days, "shortest time");
        assertEq(market.MAX_TIME(), 366 days, "longest time");
        assertEq(market.GRACE(), 30 days, "grace");
    }

    function _assertOffer(bytes32 id, uint128 price, uint32 stock) private view {
        IMarket.Offer memory offered = market.offerOf(id);
        assertEq(offered.price, price, "price");
        assertEq(offered.stock, stock, "stock");
    }
}
