// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../../contracts/interfaces/ICatalog.sol";
import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {IDevices} from "../../../contracts/interfaces/IDevices.sol";
import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {Agency, ItemId} from "../../../contracts/types/Ids.sol";
import {DISTRIBUTOR, MANUFACTURER, PROVIDER} from "../../../contracts/types/Role.sol";
import {BuyingTest} from "./BuyingTest.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

/// @title What may not be sold, and by or to whom, whichever way it is bought
contract BuySaleTest is BuyingTest {
    // ------------------------------------------------------------------------------------------------------ what is sold

    function testFuzz_RevertGiven_Struck(uint256 path, bool ofLot, bool modelToo) external {
        path = bound(path, BUY, PAY_DIRECTLY);
        IMarket.Order memory order = _anyCoinOrder(ofLot);
        _makeImmovable(0, modelToo ? 8 : 7);
        bytes memory notMaker =
            abi.encodeWithSelector(IMarket.Market_NotMaker.selector, market.offerIdOf(order.terms), maker);
        bool namesMaker = ofLot || path == PAY_DIRECTLY;
        _expectRefused(path, order, namesMaker ? notMaker : _notCertified(order.terms.subject));
    }

    /// @dev The model is approved again, for a rival: the lots of the former maker are nobody's.
    function testFuzz_RevertGiven_ModelIsARivalsNow(uint256 path) external {
        IMarket.Order memory order = _coinLotOrder();
        _makeImmovable(0, 8);
        _approveForRival();
        bytes memory notMaker =
            abi.encodeWithSelector(IMarket.Market_NotMaker.selector, market.offerIdOf(order.terms), maker);
        _expectRefused(bound(path, BUY, PAY_DIRECTLY), order, notMaker);
    }

    function testFuzz_RevertGiven_NotCertified(uint256 path, bool ofLot, uint256 how, bool ofModel) external {
        path = bound(path, BUY, PAY_DIRECTLY);
        IMarket.Order memory order = _anyCoinOrder(ofLot);
        bytes32 subject = ofModel ? _modelSubject() : order.terms.subject;
        _revokeCertificate(lot.id.asSubject());
        skip(1);
        uint40 time = uint40(block.timestamp);
        how = bound(how, 0, 3);
        if (how == 1) _certifyBy(maker, subject, time + 10, time + 20);
        if (how == 2) _certifyBy(maker, subject, time - 20, time - 1);
        if (how == 3) _certifyBy(rival, subject, time, time + 20);
        _expectRefused(path, order, _notCertified(order.terms.subject));

        if (how != 1) return;
        // From its first second to its last.
        vm.warp(time + 21);
        _expectRefused(path, order, _notCertified(order.terms.subject));
        vm.warp(time + 9);
        _expectRefused(path, order, _notCertified(order.terms.subject));
        uint256 before = vm.snapshotState();
        vm.warp(time + 10);
        _buyBy(path, order);
        vm.revertToState(before);
        vm.warp(time + 20);
        _buyBy(path, order);
    }

    function testFuzz_RevertGiven_ItemMayNotMove(uint256 path, bool ofLot, uint256 way) external {
        path = bound(path, BUY, PAY_DIRECTLY);
        IMarket.Order memory order = _anyCoinOrder(ofLot);
        if (bound(way, 0, 6) == 3) order = _untilExpired(ofLot);
        uint32 index = ofLot ? 3 : 0;
        ICustody.Standing standing = _stop(index, bound(way, 0, 6));
        _certifyAgain();
        // The first item of an order that is stopped says so.
        bool all = standing == ICustody.Standing.Expired || bound(way, 0, 6) < 2;
        ItemId stopped = ofLot && all ? _item(2) : _item(index);
        _expectRefused(path, order, _immovable(stopped, standing));
    }

    /// @dev What stops one item does not stop the others of its lot.
    function testFuzz_Buy_OthersOfTheLot(uint256 path, uint256 way) external {
        path = bound(path, BUY, PAY_DIRECTLY);
        IMarket.Order memory order = _coinLotOrder();
        uint256[4] memory ways = [uint256(2), 4, 5, 6];
        _stop(1, ways[bound(way, 0, 3)]);
        _buyBy(path, order);
    }

    // ------------------------------------------------------------------------------------------------------- who sells

    function testFuzz_RevertGiven_BuyerIsNotActive(uint256 path, bool ofLot, uint256 how) external {
        // A provider that is not active is refused earlier by the way that is for providers.
        path = bound(path, BUY, BUY_PERMITTED);
        IMarket.Order memory order = _anyCoinOrder(ofLot);
        address buyer = clinic;
        how = bound(how, 0, 2);
        if (how == 0) {
            buyer = stranger;
            _fund(buyer);
        } else if (how == 1) {
            _suspend(buyer);
        } else {
            _enrolUntil(buyer, PROVIDER, uint40(block.timestamp + 1 days));
            skip(1 days + 1);
        }
        _expectRefused(path, order, buyer, _notActive(buyer));
    }

    /// @dev Any active participant may buy; and at the last second of its time still.
    function testFuzz_Buy_ByAnyParticipant(uint256 path, bool ofLot) external {
        path = bound(path, BUY, BUY_PERMITTED);
        IMarket.Order memory order = _anyCoinOrder(ofLot);
        _fund(distributor);
        _enrolUntil(distributor, DISTRIBUTOR, uint40(block.timestamp + 1 days));
        skip(1 days);
        bytes memory data = _callOf(path, order, distributor);
        vm.prank(distributor);
        (bool success,) = address(market).call(data);
        assertTrue(success, "bought");
        _assertOwner(order.items[0], distributor);
    }

    function testFuzz_RevertGiven_SellerIsNotActive(uint256 path, bool ofLot, uint256 how) external {
        path = bound(path, BUY, PAY_DIRECTLY);
        IMarket.Order memory order = _anyCoinOrder(ofLot);
        how = bound(how, 0, 1);
        if (how == 0) {
            _suspend(maker);
        } else {
            _enrolUntil(maker, MANUFACTURER, uint40(block.timestamp + 1 days));
            skip(1 days + 1);
        }
        _expectRefused(path, order, _notActive(maker));
    }

    /// @dev It may own and sell twins still, but mint none.
    function testFuzz_RevertGiven_SellerIsNoManufacturerAnyMore(uint256 path) external {
        path = bound(path, BUY, PAY_DIRECTLY);
        IMarket.Order memory ofLot = _coinLotOrder();
        IMarket.Order memory ofItem = _coinOrder();
        _enrol(maker, DISTRIBUTOR);
        _expectRefused(path, ofLot, _notActive(maker));
        _buyBy(path, ofItem);
    }

    function testFuzz_RevertGiven_ApprovalWasWithdrawn(uint256 path, bool ofLot) external {
        path = bound(path, BUY, PAY_DIRECTLY);
        IMarket.Order memory order = _anyCoinOrder(ofLot);
        vm.prank(maker);
        devices.setApprovalForAll(address(market), false);
        bytes memory reason = ofLot
            ? abi.encodeWithSelector(IDevices.Devices_NotManufacturer.selector, order.items[0], address(market))
            : abi.encodeWithSelector(
                IERC721Errors.ERC721InsufficientApproval.selector, address(market), _item(0).tokenId()
            );
        _expectRefused(path, order, reason);

        vm.prank(maker);
        devices.setApprovalForAll(address(market), true);
        _buyBy(path, order);
    }

    /// @dev The hospital approved the market, too; the offer of the former owner sells nothing of the hospital's.
    function testFuzz_RevertGiven_ItemIsNotTheSellersAnyMore(uint256 path) external {
        path = bound(path, BUY, PAY_DIRECTLY);
        IMarket.Order memory order = _coinOrder();
        vm.prank(maker);
        devices.transferFrom(maker, hospital, _item(0).tokenId());
        bytes memory notOwner =
            abi.encodeWithSelector(IERC721Errors.ERC721IncorrectOwner.selector, maker, _item(0).tokenId(), hospital);
        _expectRefused(path, order, clinic, notOwner);
        _assertOwner(_item(0), hospital);
    }

    function testFuzz_RevertGiven_ItemWasLockedSince(uint256 path) external {
        IMarket.Order memory order = _coinOrder();
        vm.prank(maker);
        devices.lock(_item(0), keeper);
        _expectRefused(bound(path, BUY, PAY_DIRECTLY), order, _lockedBy(_item(0), keeper));
    }

    // ------------------------------------------------------------------------------------------------------- preparing

    /// @dev An offer that outlives its items.
    function _untilExpired(bool ofLot) private returns (IMarket.Order memory) {
        IMarket.Terms memory terms = ofLot ? _lotTerms(1, 3) : _itemTerms();
        (terms.token, terms.until) = (address(coin), expiresAt + 1);
        _offer(terms, ofLot ? 3 : 1);
        return ofLot ? _lotOrder(terms, 2, 2) : _itemOrder(terms);
    }

    /// @dev The certificate of `setUp` may have ended.
    function _certifyAgain() private {
        skip(block.timestamp > expiresAt ? 0 : 1);
        _certify(lot.id.asSubject());
    }

    function _approveForRival() private {
        vm.prank(rival);
        catalog.registerModel(Agency.GS1, "04012345678901", ICatalog.Product.Device, _lotDocument());
        vm.prank(certifier);
        catalog.approveModel(model, rival, _lotDocument().digest, ICatalog.Product.Device);
    }
}
