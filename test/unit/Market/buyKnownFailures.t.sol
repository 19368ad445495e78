// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../../contracts/interfaces/ICatalog.sol";
import {IDevices} from "../../../contracts/interfaces/IDevices.sol";
import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {BuyingTest} from "./BuyingTest.sol";

/// @title What published designs got wrong, as far as it belongs to buying
contract BuyKnownFailuresTest is BuyingTest {
    /// @dev Bought, but not at rest: neither the buyer nor the seller nor the market moves it.
    function testFuzz_RevertWhen_MovedWhileLocked(bool ofLot) external {
        IMarket.Order memory order = _anyCoinOrder(ofLot);
        _buyBy(BUY, order);
        ItemId item = order.items[0];
        uint256 token = item.tokenId();
        bytes memory lockedByMarket = _lockedBy(item, address(market));

        vm.startPrank(hospital);
        vm.expectRevert(lockedByMarket);
        devices.transferFrom(hospital, clinic, token);
        vm.expectRevert(lockedByMarket);
        devices.safeTransferFrom(hospital, clinic, token);
        vm.expectRevert(lockedByMarket);
        devices.transferLocked(hospital, clinic, item, hospital);
        vm.expectRevert(lockedByMarket);
        devices.approve(clinic, token);
        vm.expectRevert(lockedByMarket);
        devices.lock(item, hospital);
        vm.expectRevert(abi.encodeWithSelector(IDevices.Devices_NotKeeper.selector, item, hospital));
        devices.unlock(item);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IDevices.Devices_NotKeeper.selector, item, maker));
        vm.prank(maker);
        devices.sendBack(item, maker);
        _assertOwner(item, hospital);
    }

    /// @dev Two offers of one item, as its owner may make them: the second sells nothing that the first has sold.
    function testFuzz_RevertWhen_SoldTwice(uint256 path) external {
        path = bound(path, BUY, PAY_DIRECTLY);
        IMarket.Order memory first = _coinOrder();
        IMarket.Terms memory terms = _itemTerms();
        terms.token = address(coin);
        terms.until += 1;
        _offer(terms, 1);
        _buyBy(BUY, first);
        _expectRefused(path, _itemOrder(terms), clinic, _lockedBy(_item(0), address(market)));

        // And the buyer offers it to nobody until it is at rest.
        terms.seller = hospital;
        vm.expectRevert(_lockedBy(_item(0), address(market)));
        vm.prank(hospital);
        market.offer(terms, PRICE, 1);
    }

    /// @dev In the published flow anyone could mint, or say who verifies. Here only who made the lot, or the market for it, and only for the price.
    function test_RevertWhen_AStrangerMints() external {
        IMarket.Order memory order = _coinLotOrder();
        IDevices.Membership memory membership = _membership(2);
        address[4] memory callers = [stranger, hospital, rival, admin];
        for (uint256 i = 0; i < callers.length; ++i) {
            bytes memory notManufacturer =
                abi.encodeWithSelector(IDevices.Devices_NotManufacturer.selector, _item(2), callers[i]);
            vm.startPrank(callers[i]);
            vm.expectRevert(notManufacturer);
            devices.mint(_item(2), callers[i], membership);
            vm.expectRevert(notManufacturer);
            devices.mintLocked(_item(2), callers[i], membership, address(market));
            vm.stopPrank();
        }
        _fund(stranger);
        _expectRefused(BUY, order, stranger, _notActive(stranger));
    }

    /// @dev What is sold, to whom and for how much is on the chain as ids, accounts and amounts; what else a record says (address, notes) is in no
    /// function and no event, for they have no place for a text: bytes of any length are signatures, and a document is a digest.
    function test_NoPlaceForASecretInClear() external {
        // Coverage alone writes no artefacts.
        vm.skip(!vm.isFile("out/IMarket.sol/IMarket.json"));
        string memory market_ = vm.readFile("out/IMarket.sol/IMarket.json");
        assertFalse(vm.keyExistsJson(market_, "$.abi..[?(@.type == 'string')]"), "a text");
        assertFalse(vm.keyExistsJson(market_, "$.abi..[?(@.type == 'string[]')]"), "texts");
        assertFalse(vm.keyExistsJson(market_, "$.abi..[?(@.type == 'bytes[]')]"), "lists of bytes");
        assertFalse(
            vm.keyExistsJson(
                market_, "$.abi..[?(@.type == 'bytes' && @.name != 'signature' && @.name != 'permitSignature')]"
            ),
            "bytes that are no signature"
        );
        // The questions find what there is.
        assertTrue(vm.keyExistsJson(market_, "$.abi..[?(@.type == 'bytes' && @.name == 'signature')]"), "signature");
        string memory catalog_ = vm.readFile("out/ICatalog.sol/ICatalog.json");
        assertTrue(vm.keyExistsJson(catalog_, "$.abi..[?(@.type == 'string')]"), "texts of the catalogue");
    }
}
