// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {CODEC_RAW, Content} from "../../../contracts/types/Content.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {DISTRIBUTOR, MANUFACTURER} from "../../../contracts/types/Role.sol";
import {BuyingTest} from "./BuyingTest.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

contract OfferTest is BuyingTest {
    function testFuzz_Offer_Item(uint128 price, address token, uint256 until, uint256 time) external {
        price = uint128(bound(price, 1, type(uint128).max));
        IMarket.Terms memory terms = _itemTerms();
        terms.token = token;
        terms.until = uint40(bound(until, block.timestamp, type(uint40).max));
        terms.shipTime = uint32(bound(time, market.MIN_TIME(), market.MAX_TIME()));
        terms.inspectionTime = market.MAX_TIME();
        terms.returnTime = market.MIN_TIME();
        terms.arbitrationTime = uint32(bound(uint256(keccak256(abi.encode(time))), 1 days, 366 days));

        _expectOffered(terms, price, 1);
    }

    function testFuzz_Offer_Lot(uint128 price, uint256 first, uint256 last, uint256 stock) external {
        price = uint128(bound(price, 1, type(uint128).max));
        IMarket.Terms memory terms = _lotTerms(uint32(bound(first, 0, COUNT - 1)), 0);
        terms.last = uint32(bound(last, terms.first, COUNT - 1));

        _expectOffered(terms, price, uint32(bound(stock, 1, terms.last - terms.first + 1)));
    }

    /// @dev A hospital sells what it does not need any more; the certificate is still the maker's.
    function test_Offer_ByAnotherOwner() external {
        IMarket.Terms memory terms = _itemTerms();
        terms.subject = ItemId.unwrap(_mint(5, hospital));
        terms.seller = hospital;
        _expectOffered(terms, PRICE, 1);
    }

    function testFuzz_Offer_AgainReplacesPriceAndStock(uint128 price, uint256 stock) external {
        price = uint128(bound(price, 1, type(uint128).max));
        IMarket.Terms memory terms = _offerLot();
        _expectOffered(terms, price, uint32(bound(stock, 1, 3)));
    }

    /// @dev Whoever lets the market sell its twins is not asked for each of them, so neither is it asked before.
    function test_Offer_WithoutApproval() external {
        vm.prank(maker);
        devices.setApprovalForAll(address(market), false);
        _expectOffered(_itemTerms(), PRICE, 1);
    }

    function test_RevertWhen_CallerIsNotTheSeller() external {
        IMarket.Terms memory terms = _itemTerms();
        bytes memory notSeller;
        address[6] memory callers = [stranger, rival, hospital, admin, regulator, address(devices)];
        for (uint256 i = 0; i < callers.length; ++i) {
            notSeller = abi.encodeWithSelector(IMarket.Market_NotSeller.selector, market.offerIdOf(terms), callers[i]);
            _expectRevertBy(callers[i], terms, PRICE, 1, notSeller);
        }
    }

    function test_RevertWhen_PriceIsZero() external {
        IMarket.Terms memory terms = _itemTerms();
        bytes memory zero = abi.encodeWithSelector(IMarket.Market_ZeroPrice.selector, market.offerIdOf(terms));
        _expectRevertBy(maker, terms, 0, 1, zero);
    }

    function test_RevertWhen_Ended() external {
        IMarket.Terms memory terms = _itemTerms();
        terms.until = uint40(block.timestamp - 1);
        bytes32 id = market.offerIdOf(terms);
        _expectRevert(terms, 1, abi.encodeWithSelector(IMarket.Market_OfferEnded.selector, id, terms.until));
        terms.until += 1;
        _expectOffered(terms, PRICE, 1);
    }

    function testFuzz_RevertWhen_ATimeIsTooShortOrTooLong(uint256 which, uint256 time, bool tooLong) external {
        uint32 bad = uint32(tooLong ? bound(time, 366 days + 1, type(uint32).max) : bound(time, 0, 1 days - 1));
        IMarket.Terms memory terms = _itemTerms();
        which = bound(which, 0, 3);
        if (which == 0) terms.shipTime = bad;
        else if (which == 1) terms.inspectionTime = bad;
        else if (which == 2) terms.returnTime = bad;
        else terms.arbitrationTime = bad;
        _expectRevert(terms, 1, abi.encodeWithSelector(IMarket.Market_BadTime.selector, bad));
    }

    function testFuzz_RevertGiven_SellerIsNotActive(bool ofLot, uint256 how) external {
        IMarket.Terms memory terms = ofLot ? _lotTerms(1, 3) : _itemTerms();
        how = bound(how, 0, 2);
        if (how == 0) {
            _suspend(maker);
        } else if (how == 1) {
            _enrolUntil(maker, MANUFACTURER, uint40(block.timestamp + 1 days));
            skip(1 days);
            _expectOffered(terms, PRICE, 1);
            skip(1);
        } else {
            terms.seller = stranger;
        }
        _expectRevert(terms, 1, abi.encodeWithSelector(IMarket.Market_NotActive.selector, terms.seller));
    }

    function testFuzz_RevertGiven_ItemMayNotMove(uint256 way) external {
        ICustody.Standing standing = _stop(0, bound(way, 0, WAYS - 1));
        IMarket.Terms memory terms = _itemTerms();
        _expectRevert(terms, 1, _marketImmovable(terms.subject, standing));
    }

    function testFuzz_RevertGiven_LotMayNotMove(uint256 way) external {
        uint256[5] memory ways = [uint256(0), 1, 3, 7, 8];
        ICustody.Standing standing = _makeImmovable(0, ways[bound(way, 0, ways.length - 1)]);
        IMarket.Terms memory terms = _lotTerms(1, 3);
        _expectRevert(terms, 1, _marketImmovable(terms.subject, standing));
    }

    function test_RevertGiven_LotWasNeverRegistered() external {
        IMarket.Terms memory terms = _lotTerms(1, 3);
        terms.subject = model.lotNumbered("L2").asSubject();
        _expectRevert(terms, 1, _marketImmovable(terms.subject, ICustody.Standing.NotRegistered));
    }

    /// @dev What stops one item stops no lot.
    function testFuzz_Offer_LotOfWhichOneItemMayNotMove(uint256 way) external {
        uint256[4] memory ways = [uint256(2), 4, 5, 6];
        _stop(1, ways[bound(way, 0, ways.length - 1)]);
        _expectOffered(_lotTerms(1, 3), PRICE, 3);
    }

    function testFuzz_RevertGiven_NotCertified(bool ofLot, uint256 how) external {
        IMarket.Terms memory terms = ofLot ? _lotTerms(1, 3) : _itemTerms();
        _revokeCertificate(lot.id.asSubject());
        skip(1);
        how = bound(how, 0, 3);
        uint40 time = uint40(block.timestamp);
        if (how == 1) _certifyBy(maker, lot.id.asSubject(), time + 1, time + 2);
        if (how == 2) _certifyBy(maker, lot.id.asSubject(), time - 2, time - 1);
        if (how == 3) _certifyBy(rival, lot.id.asSubject(), time, time);
        _expectRevert(terms, 1, _notCertified(terms.subject));

        _certifyBy(maker, how == 3 ? lot.id.asSubject() : _modelSubject(), time, time);
        _expectOffered(terms, PRICE, 1);
    }

    function test_RevertGiven_ItemHasNoTwin() external {
        IMarket.Terms memory terms = _itemTerms();
        terms.subject = ItemId.unwrap(_item(4));
        _expectRevert(
            terms, 1, abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, _item(4).tokenId())
        );
    }

    /// @dev The maker approved the market, but not the hospital's offers.
    function test_RevertGiven_TwinIsAnothers() external {
        address[3] memory sellers = [hospital, rival, distributor];
        for (uint256 i = 0; i < sellers.length; ++i) {
            IMarket.Terms memory terms = _itemTerms();
            terms.seller = sellers[i];
            bytes32 id = market.offerIdOf(terms);
            _expectRevert(terms, 1, abi.encodeWithSelector(IMarket.Market_NotSeller.selector, id, sellers[i]));
        }
    }

    function testFuzz_RevertWhen_ItemWithIndicesOrOtherStock(uint32 first, uint32 last, uint32 stock) external {
        IMarket.Terms memory terms = _itemTerms();
        (terms.first, terms.last) = (first, last);
        if (first != 0 || last != 0) _expectRevert(terms, 1, _badStock(terms, 1));
        (terms.first, terms.last) = (0, 0);
        if (stock != 1) _expectRevert(terms, stock, _badStock(terms, stock));
        _expectRevert(terms, 0, _badStock(terms, 0));
        _expectRevert(terms, 2, _badStock(terms, 2));
    }

    function test_RevertGiven_TwinIsLocked() external {
        IMarket.Purchase memory purchase = _buyItem();
        IMarket.Terms memory terms = _itemTerms();
        terms.seller = hospital;
        _expectRevert(terms, 1, _lockedBy(_item(0), address(market)));

        vm.prank(hospital);
        market.settle(purchase);
        _expectOffered(terms, PRICE, 1);
    }

    function test_RevertGiven_TwinIsLockedForAnother() external {
        vm.prank(maker);
        devices.lock(_item(0), keeper);
        _expectRevert(_itemTerms(), 1, _lockedBy(_item(0), keeper));
    }

    /// @dev A rival cannot have the market mint of a lot whose maker approved it; an owner of a twin of the lot cannot either.
    function test_RevertGiven_LotIsOfAnotherMaker() external {
        _approveMarket(rival);
        _mint(5, hospital);
        address[2] memory sellers = [rival, hospital];
        for (uint256 i = 0; i < sellers.length; ++i) {
            IMarket.Terms memory terms = _lotTerms(1, 3);
            terms.seller = sellers[i];
            bytes32 id = market.offerIdOf(terms);
            _expectRevert(terms, 1, abi.encodeWithSelector(IMarket.Market_NotMaker.selector, id, sellers[i]));
        }
    }

    function testFuzz_RevertWhen_RangeIsNotInTheLot(uint32 first, uint32 last) external {
        IMarket.Terms memory terms = _lotTerms(first, last);
        if (first > last || last >= COUNT) _expectRevert(terms, 1, _badStock(terms, 1));
        terms = _lotTerms(3, 2);
        _expectRevert(terms, 1, _badStock(terms, 1));
        terms = _lotTerms(0, COUNT);
        _expectRevert(terms, 1, _badStock(terms, 1));
        // All numbers there are would be no stock but for the width of the sum.
        terms = _lotTerms(0, type(uint32).max);
        _expectRevert(terms, 0, _badStock(terms, 0));
    }

    function testFuzz_RevertWhen_StockIsNoneOrMoreThanTheRange(uint256 first, uint256 last, uint256 more) external {
        IMarket.Terms memory terms = _lotTerms(uint32(bound(first, 0, COUNT - 1)), 0);
        terms.last = uint32(bound(last, terms.first, COUNT - 1));
        uint32 size = terms.last - terms.first + 1;
        uint32 stock = uint32(bound(more, size + 1, type(uint32).max));
        _expectRevert(terms, stock, _badStock(terms, stock));
        _expectRevert(terms, size + 1, _badStock(terms, size + 1));
        _expectRevert(terms, 0, _badStock(terms, 0));
        _expectOffered(terms, PRICE, size);
    }

    /// @dev An operator for the goods or for lots is none for offers.
    function test_RevertWhen_CallerIsAnOperatorOfTheSeller() external {
        vm.startPrank(maker);
        devices.setApprovalForAll(operator, true);
        custody.setOperator(operator, true);
        catalog.setOperator(operator, true);
        vm.stopPrank();
        IMarket.Terms memory terms = _itemTerms();
        bytes32 id = market.offerIdOf(terms);
        _expectRevertBy(
            operator, terms, PRICE, 1, abi.encodeWithSelector(IMarket.Market_NotSeller.selector, id, operator)
        );
    }

    /// @dev A maker that is only a distributor now may still sell what it owns, but mints no more.
    function test_Offer_ByAMakerThatIsNoneAnyMore() external {
        _enrol(maker, DISTRIBUTOR);
        _expectOffered(_itemTerms(), PRICE, 1);
    }

    function test_Offer_AfterTheRecallIsClosed() external {
        Content memory notice = Content({digest: keccak256("notice"), codec: CODEC_RAW});
        vm.prank(regulator);
        uint64 recallId = custody.recallItem(_item(0), ICustody.RecallClass.I, notice);
        IMarket.Terms memory terms = _itemTerms();
        _expectRevert(terms, 1, _marketImmovable(terms.subject, ICustody.Standing.Recalled));
        vm.prank(regulator);
        custody.closeRecall(recallId, EVIDENCE);
        _expectOffered(terms, PRICE, 1);
    }

    // ------------------------------------------------------------------------------------------------ what is expected

    function _expectOffered(IMarket.Terms memory terms, uint128 price, uint32 stock) private {
        bytes32 id = market.offerIdOf(terms);
        vm.expectEmit(address(market));
        emit IMarket.OfferMade(id, terms.seller, terms.subject, terms, price, stock);
        vm.prank(terms.seller);
        assertEq(market.offer(terms, price, stock), id, "id");
        assertEq(id, keccak256(abi.encode(terms)), "hash of the terms");
        _assertStock(terms, price, stock);
    }

    function _expectRevert(IMarket.Terms memory terms, uint32 stock, bytes memory reason) private {
        _expectRevertBy(terms.seller, terms, PRICE, stock, reason);
    }

    function _expectRevertBy(
        address caller,
        IMarket.Terms memory terms,
        uint128 price,
        uint32 stock,
        bytes memory reason
    ) private {
        vm.expectRevert(reason);
        vm.prank(caller);
        market.offer(terms, price, stock);
    }

    function _marketImmovable(bytes32 subject, ICustody.Standing standing) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IMarket.Market_Immovable.selector, subject, uint8(standing));
    }

    function _badStock(IMarket.Terms memory terms, uint32 stock) private view returns (bytes memory) {
        return abi.encodeWithSelector(IMarket.Market_BadStock.selector, market.offerIdOf(terms), stock);
    }
}
