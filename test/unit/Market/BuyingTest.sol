// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAnchors} from "../../../contracts/interfaces/IAnchors.sol";
import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {IParticipants} from "../../../contracts/interfaces/IParticipants.sol";
import {CODEC_RAW} from "../../../contracts/types/Content.sol";
import {ModelId} from "../../../contracts/types/Ids.sol";
import {Role} from "../../../contracts/types/Role.sol";
import {Coin} from "../../mocks/Coin.sol";
import {MarketTest} from "./MarketTest.sol";

/// @title Three ways to buy: {IMarket-buy}, {IMarket-buyPermitted}, {IMarket-payDirectly}
/// @notice Hospital and clinic have coins, allowed `Escrow` to take them, and approved the market there.
abstract contract BuyingTest is MarketTest {
    uint256 internal constant BUY = 0;
    uint256 internal constant BUY_PERMITTED = 1;
    uint256 internal constant PAY_DIRECTLY = 2;

    Coin internal coin;

    function setUp() public virtual override {
        super.setUp();
        coin = new Coin();
        _fund(hospital);
        _fund(clinic);
    }

    // ------------------------------------------------------------------------------------------------------- preparing

    function _fund(address account) internal {
        coin.mint(account, 1000 ether);
        vm.startPrank(account);
        coin.approve(address(escrow), type(uint256).max);
        escrow.setOperator(address(market), true);
        vm.stopPrank();
    }

    /// @notice An order of item 0, offered for coins.
    function _coinOrder() internal returns (IMarket.Order memory) {
        IMarket.Terms memory terms = _itemTerms();
        terms.token = address(coin);
        _offer(terms, 1);
        return _itemOrder(terms);
    }

    /// @notice An order of items 2 and 3, of the three from 1 to 3 that are offered for coins.
    function _coinLotOrder() internal returns (IMarket.Order memory) {
        IMarket.Terms memory terms = _lotTerms(1, 3);
        terms.token = address(coin);
        _offer(terms, 3);
        return _lotOrder(terms, 2, 2);
    }

    /// @notice An order of the item, or of units of the lot.
    function _anyCoinOrder(bool ofLot) internal returns (IMarket.Order memory) {
        return ofLot ? _coinLotOrder() : _coinOrder();
    }

    /// @notice The buyer's permission to take the price of the order, until in an hour.
    function _consent(IMarket.Order memory order, address buyer)
        internal
        view
        returns (IEscrow.Consent memory consent)
    {
        IEscrow.Deal memory deal = market.dealOf(_purchaseOf(order, buyer));
        consent.until = uint40(block.timestamp + 1 hours);
        consent.reclaimableBy = deal.reclaimableAt;
        consent.nonce = 1;
        consent.signature = _sign(buyer, escrow.permissionHash(deal, _priceOf(order), consent));
    }

    /// @notice From now on it is active until `validUntil` only.
    function _enrolUntil(address account, Role roles, uint40 validUntil) internal {
        IParticipants.Enrolment memory enrolment = _enrolment(account, roles);
        enrolment.validUntil = validUntil;
        vm.prank(registrar);
        participants.enrol(account, enrolment);
    }

    function _certifyBy(address issuer, bytes32 subject, uint40 validFrom, uint40 validUntil) internal {
        IAnchors.Certificate memory certificate = IAnchors.Certificate({
            subject: subject,
            kind: IAnchors.CertificateKind.Authenticity,
            issuer: issuer,
            digest: keccak256("certificate"),
            codec: CODEC_RAW,
            issuedAt: uint40(block.timestamp),
            validFrom: validFrom,
            validUntil: validUntil
        });
        vm.prank(issuer);
        anchors.issue(certificate);
    }

    function _revokeCertificate(bytes32 subject) internal {
        vm.prank(maker);
        anchors.revoke(subject, IAnchors.CertificateKind.Authenticity, IAnchors.RevocationReason.KeyCompromise);
    }

    function _modelSubject() internal view returns (bytes32) {
        return ModelId.unwrap(model);
    }

    /// @notice As `_makeImmovable`, of an item that is commissioned.
    function _stop(uint32 index, uint256 way) internal returns (ICustody.Standing) {
        if (way != 6) return _makeImmovable(index, way);
        vm.prank(maker);
        custody.decommission(_item(index), EVIDENCE);
        return ICustody.Standing.Decommissioned;
    }

    // ---------------------------------------------------------------------------------------------------------- buying

    /// @notice The call with which `buyer` buys for coins this way.
    function _callOf(uint256 path, IMarket.Order memory order, address buyer) internal view returns (bytes memory) {
        if (path == BUY) return abi.encodeCall(IMarket.buy, (_one(order)));
        if (path == BUY_PERMITTED) return abi.encodeCall(IMarket.buyPermitted, (order, _consent(order, buyer)));
        return abi.encodeCall(IMarket.payDirectly, (order));
    }

    /// @notice The hospital buys for coins, one way or the other.
    function _buyBy(uint256 path, IMarket.Order memory order) internal returns (bytes32 id) {
        id = market.purchaseIdOf(_purchaseOf(order, hospital));
        bytes memory data = _callOf(path, order, hospital);
        vm.prank(hospital);
        (bool success,) = address(market).call(data);
        assertTrue(success, "bought");
    }

    /// @notice The hospital does not get it, one way or the other, and nothing changes.
    function _expectRefused(uint256 path, IMarket.Order memory order, bytes memory expected) internal {
        _expectRefused(path, order, hospital, expected);
    }

    function _expectRefused(uint256 path, IMarket.Order memory order, address buyer, bytes memory expected) internal {
        bytes memory data = _callOf(path, order, buyer);
        bytes32 offerId = market.offerIdOf(order.terms);
        uint32 stock = market.offerOf(offerId).stock;
        uint256 coins = coin.balanceOf(buyer);
        vm.prank(buyer);
        (bool success, bytes memory reason) = address(market).call(data);
        assertFalse(success, "bought");
        assertEq(reason, expected, "reason");
        assertEq(market.offerOf(offerId).stock, stock, "stock");
        assertEq(coin.balanceOf(buyer), coins, "coins");
    }

    // ------------------------------------------------------------------------------------------------- what is expected

    function _noOffer(IMarket.Terms memory terms) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IMarket.Market_NoOffer.selector, market.offerIdOf(terms));
    }

    function _notCertified(bytes32 subject) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IMarket.Market_NotCertified.selector, subject);
    }

    function _assertStock(IMarket.Terms memory terms, uint128 price, uint32 stock) internal view {
        IMarket.Offer memory kept = market.offerOf(market.offerIdOf(terms));
        assertEq(kept.price, price, "price");
        assertEq(kept.stock, stock, "stock");
    }

    function _assertProgress(bytes32 id, IMarket.Status status, bool silencePaysBuyer) internal view {
        IMarket.Progress memory progress = market.progressOf(id);
        assertEq(uint8(progress.status), uint8(status), "status");
        assertEq(progress.since, uint40(block.timestamp), "since");
        assertEq(progress.silencePaysBuyer, silencePaysBuyer, "silence pays the buyer");
    }
}
