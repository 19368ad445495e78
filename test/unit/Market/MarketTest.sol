// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAnchors} from "../../../contracts/interfaces/IAnchors.sol";
import {IDevices} from "../../../contracts/interfaces/IDevices.sol";
import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {CODEC_RAW} from "../../../contracts/types/Content.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {DevicesTest} from "../Devices/DevicesTest.sol";

/// @title A maker who sells a certified lot of eight, and a hospital that buys; both have approved the market
/// @notice The maker has the twin of item 0 and holds items 0 to 3; the hospital has ether.
abstract contract MarketTest is DevicesTest {
    uint128 internal constant PRICE = 3 ether + 7;
    uint32 internal constant SHIP_TIME = 5 days;
    uint32 internal constant INSPECTION_TIME = 14 days;
    uint32 internal constant RETURN_TIME = 7 days;
    uint32 internal constant ARBITRATION_TIME = 30 days;

    function setUp() public virtual override {
        super.setUp();
        _certify(lot.id.asSubject());
        _approveMarket(maker);
        _approveMarket(hospital);
        _mint(0, maker);
        for (uint32 i = 0; i < 4; ++i) {
            _commission(i);
        }
        vm.deal(hospital, 1000 ether);
    }

    // ------------------------------------------------------------------------------------------------------- preparing

    /// @notice The maker certifies, from a month ago until in a year.
    function _certify(bytes32 subject) internal {
        IAnchors.Certificate memory certificate = IAnchors.Certificate({
            subject: subject,
            kind: IAnchors.CertificateKind.Authenticity,
            issuer: maker,
            digest: keccak256("certificate"),
            codec: CODEC_RAW,
            issuedAt: uint40(block.timestamp),
            validFrom: uint40(block.timestamp - 30 days),
            validUntil: uint40(block.timestamp + 365 days)
        });
        vm.prank(maker);
        anchors.issue(certificate);
    }

    /// @notice Both approvals that joining the market includes.
    function _approveMarket(address account) internal {
        vm.startPrank(account);
        devices.setApprovalForAll(address(market), true);
        custody.setOperator(address(market), true);
        vm.stopPrank();
    }

    function _commission(uint32 index) internal {
        IDevices.Membership memory membership = _membership(index);
        vm.prank(maker);
        custody.commission(_item(index), index, membership.tagKey, membership.proof, EVIDENCE);
    }

    // --------------------------------------------------------------------------------------------------------- offering

    /// @notice What the maker asks for item 0, which it owns.
    function _itemTerms() internal view returns (IMarket.Terms memory terms) {
        terms = _lotTerms(0, 0);
        terms.subject = ItemId.unwrap(_item(0));
    }

    /// @notice What the maker asks for units of the lot.
    function _lotTerms(uint32 first, uint32 last) internal view returns (IMarket.Terms memory) {
        return IMarket.Terms({
            seller: maker,
            subject: lot.id.asSubject(),
            first: first,
            last: last,
            token: address(0),
            until: uint40(block.timestamp + 90 days),
            shipTime: SHIP_TIME,
            inspectionTime: INSPECTION_TIME,
            returnTime: RETURN_TIME,
            arbitrationTime: ARBITRATION_TIME
        });
    }

    function _offer(IMarket.Terms memory terms, uint32 stock) internal returns (bytes32) {
        vm.prank(terms.seller);
        return market.offer(terms, PRICE, stock);
    }

    function _offerItem() internal returns (IMarket.Terms memory terms) {
        terms = _itemTerms();
        _offer(terms, 1);
    }

    /// @notice Items 1 to 3, all of them.
    function _offerLot() internal returns (IMarket.Terms memory terms) {
        terms = _lotTerms(1, 3);
        _offer(terms, 3);
    }

    // ----------------------------------------------------------------------------------------------------------- buying

    /// @notice An order of the one item.
    function _itemOrder(IMarket.Terms memory terms) internal pure returns (IMarket.Order memory order) {
        order.terms = terms;
        order.items = new ItemId[](1);
        order.items[0] = ItemId.wrap(terms.subject);
        order.price = PRICE;
    }

    /// @notice An order of the units of the lot with these indices.
    function _lotOrder(IMarket.Terms memory terms, uint32 from, uint32 count)
        internal
        view
        returns (IMarket.Order memory order)
    {
        order.terms = terms;
        order.items = new ItemId[](count);
        order.memberships = new IDevices.Membership[](count);
        for (uint32 i = 0; i < count; ++i) {
            order.items[i] = _item(from + i);
            order.memberships[i] = _membership(from + i);
        }
        order.price = PRICE;
    }

    function _priceOf(IMarket.Order memory order) internal pure returns (uint256) {
        return uint256(order.price) * order.items.length;
    }

    /// @notice What `buyer` agrees to when it buys now.
    function _purchaseOf(IMarket.Order memory order, address buyer) internal view returns (IMarket.Purchase memory) {
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

    function _one(IMarket.Order memory order) internal pure returns (IMarket.Order[] memory orders) {
        orders = new IMarket.Order[](1);
        orders[0] = order;
    }

    /// @notice The hospital buys for ether.
    function _buy(IMarket.Order memory order) internal returns (IMarket.Purchase memory purchase) {
        purchase = _purchaseOf(order, hospital);
        vm.prank(hospital);
        market.buy{value: _priceOf(order)}(_one(order));
    }

    /// @notice The hospital buys item 0.
    function _buyItem() internal returns (IMarket.Purchase memory) {
        return _buy(_itemOrder(_offerItem()));
    }

    /// @notice The hospital buys items 1 and 2 of the lot, in one purchase.
    function _buyTwo() internal returns (IMarket.Purchase memory) {
        return _buy(_lotOrder(_offerLot(), 1, 2));
    }

    // ------------------------------------------------------------------------------------------------------ what follows

    function _ship(IMarket.Purchase memory purchase) internal {
        vm.prank(purchase.seller);
        market.ship(purchase, EVIDENCE);
    }

    function _receive(IMarket.Purchase memory purchase) internal {
        vm.prank(purchase.buyer);
        market.receiveItems(purchase, EVIDENCE, false);
    }

    function _return(IMarket.Purchase memory purchase) internal {
        vm.prank(purchase.buyer);
        market.returnItems(purchase, EVIDENCE);
    }

    function _takeBack(IMarket.Purchase memory purchase) internal {
        vm.prank(purchase.seller);
        market.takeBack(purchase, EVIDENCE);
    }

    function _dispute(IMarket.Purchase memory purchase, address by) internal {
        vm.prank(by);
        market.dispute(purchase, EVIDENCE);
    }

    /// @notice Buys item 0 and leads it to an open status by the usual way; a dispute begins when it was received.
    function _purchaseAt(IMarket.Status status) internal returns (IMarket.Purchase memory purchase) {
        purchase = _buyItem();
        _leadTo(purchase, status);
    }

    function _leadTo(IMarket.Purchase memory purchase, IMarket.Status status) internal {
        if (status == IMarket.Status.Paid) return;
        _ship(purchase);
        if (status == IMarket.Status.Shipped) return;
        _receive(purchase);
        if (status == IMarket.Status.Received) return;
        if (status == IMarket.Status.Disputed) return _dispute(purchase, purchase.buyer);
        _return(purchase);
        if (status == IMarket.Status.Returning) return;
        _takeBack(purchase);
    }

    /// @notice To the last second in which the party concerned can act.
    function _toLastSecond(IMarket.Purchase memory purchase) internal {
        vm.warp(market.lastSecondOf(purchase));
    }

    /// @notice To the first second in which anyone can move it on.
    function _pastLastSecond(IMarket.Purchase memory purchase) internal {
        vm.warp(uint256(market.lastSecondOf(purchase)) + 1);
    }

    function _statusOf(IMarket.Purchase memory purchase) internal view returns (IMarket.Status) {
        return market.progressOf(market.purchaseIdOf(purchase)).status;
    }

    function _heldFor(IMarket.Purchase memory purchase) internal view returns (uint256) {
        return escrow.heldIn(escrow.dealIdOf(market.dealOf(purchase)));
    }
}
