// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../../contracts/interfaces/ICatalog.sol";
import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {IDevices} from "../../../contracts/interfaces/IDevices.sol";
import {ItemId, ModelId} from "../../../contracts/types/Ids.sol";
import {DISTRIBUTOR} from "../../../contracts/types/Role.sol";
import {DevicesTest} from "./DevicesTest.sol";
import {IERC721} from "@openzeppelin/contracts/interfaces/IERC721.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

contract MintTest is DevicesTest {
    function testFuzz_Mint(
        uint256 seed,
        bool byOperator
    ) external {
        uint32 index = _anyIndex(seed);
        ItemId item = _item(index);
        address caller = byOperator ? operator : maker;
        vm.prank(maker);
        devices.setApprovalForAll(operator, true);
        IDevices.Membership memory membership = _membership(index);

        vm.expectEmit(address(devices));
        emit IERC721.Transfer(address(0), hospital, item.tokenId());
        vm.expectEmit(address(devices));
        emit IDevices.DeviceMinted(item, maker, hospital);
        vm.prank(caller);
        devices.mint(item, hospital, membership);

        _assertOwner(item, hospital);
        assertEq(devices.balanceOf(hospital), 1, "balance");
        _assertUnlocked(item);
    }

    function test_Mint_AllInOneTransaction() external {
        bytes[] memory calls = new bytes[](COUNT);
        for (uint32 i = 0; i < COUNT; ++i) {
            calls[i] = abi.encodeCall(IDevices.mint, (_item(i), hospital, _membership(i)));
        }
        vm.prank(maker);
        devices.multicall(calls);
        assertEq(devices.balanceOf(hospital), COUNT, "balance");
    }

    function test_RevertGiven_LotNotRegistered() external {
        SampleLot memory other = _sampleLot(model, "L2", COUNT);
        _expectNotInLot(other.items[0], _membershipIn(other, 0));
    }

    function test_RevertGiven_LotOrModelStruck() external {
        uint256 before = vm.snapshotState();
        _makeImmovable(0, 7);
        _expectNotInLot(_item(0), _membership(0));
        vm.revertToState(before);
        _makeImmovable(0, 8);
        _expectNotInLot(_item(0), _membership(0));
    }

    function test_RevertGiven_Medicine() external {
        ModelId drug = _approvedModel("04012345678918", ICatalog.Product.Drug);
        SampleLot memory other = _sampleLot(drug, "D1", COUNT);
        _registerLot(drug, "D1", other.root, COUNT);
        IDevices.Membership memory membership = _membershipIn(other, 0);
        vm.expectRevert(abi.encodeWithSelector(IDevices.Devices_NotADevice.selector, other.items[0]));
        vm.prank(maker);
        devices.mint(other.items[0], hospital, membership);
    }

    function test_RevertWhen_CallerIsNotTheManufacturer() external {
        address[5] memory callers = [stranger, rival, hospital, regulator, admin];
        IDevices.Membership memory membership = _membership(0);
        for (uint256 i = 0; i < callers.length; ++i) {
            _expectNotManufacturer(callers[i], membership);
        }
        // An operator for lots is none for twins, and an approval can be taken back.
        vm.startPrank(maker);
        catalog.setOperator(operator, true);
        custody.setOperator(operator, true);
        devices.setApprovalForAll(operator, true);
        devices.setApprovalForAll(operator, false);
        vm.stopPrank();
        _expectNotManufacturer(operator, membership);
    }

    function test_RevertWhen_ManufacturerIsNotActiveAsOne() external {
        IDevices.Membership memory membership = _membership(0);
        vm.prank(maker);
        devices.setApprovalForAll(operator, true);

        _enrol(maker, DISTRIBUTOR);
        vm.expectRevert(_notActive(maker));
        vm.prank(maker);
        devices.mint(_item(0), hospital, membership);

        _suspend(maker);
        vm.expectRevert(_notActive(maker));
        vm.prank(operator);
        devices.mint(_item(0), hospital, membership);
    }

    function testFuzz_RevertWhen_NotTheItemsPlace(
        uint32 index,
        address tagKey,
        bytes16 half,
        bytes32 noise
    ) external {
        IDevices.Membership memory membership = _membership(0);
        if (index != 0) {
            membership.index = index;
            _expectNotInLot(_item(0), membership);
        }
        membership = _membership(0);
        if (tagKey != membership.tagKey) {
            membership.tagKey = tagKey;
            _expectNotInLot(_item(0), membership);
        }
        membership = _membership(0);
        if (half != _item(0).half()) {
            _expectNotInLot(ItemId.wrap(lot.id.asSubject() | (bytes32(half) >> 128)), membership);
        }
        if (noise != membership.proof[0]) {
            membership.proof[0] = noise;
            _expectNotInLot(_item(0), membership);
        }
        membership.proof = new bytes32[](0);
        _expectNotInLot(_item(0), membership);
    }

    function test_RevertWhen_RecipientIsNotActive() external {
        _suspend(clinic);
        IDevices.Membership memory membership = _membership(0);
        address[2] memory recipients = [stranger, clinic];
        for (uint256 i = 0; i < recipients.length; ++i) {
            vm.expectRevert(_notActive(recipients[i]));
            vm.prank(maker);
            devices.mint(_item(0), recipients[i], membership);
        }
    }

    function test_RevertWhen_RecipientIsZero() external {
        IDevices.Membership memory membership = _membership(0);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721InvalidReceiver.selector, address(0)));
        vm.prank(maker);
        devices.mint(_item(0), address(0), membership);
    }

    function testFuzz_RevertGiven_TwinExists(
        uint256 seed,
        bool toAnother
    ) external {
        uint32 index = _anyIndex(seed);
        ItemId item = _mint(index, hospital);
        IDevices.Membership memory membership = _membership(index);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721InvalidSender.selector, address(0)));
        vm.prank(maker);
        devices.mint(item, toAnother ? clinic : hospital, membership);
        _assertOwner(item, hospital);
    }

    function test_RevertGiven_TwinIsLocked() external {
        ItemId item = _mintThenLock(0, hospital);
        IDevices.Membership memory membership = _membership(0);
        vm.expectRevert(_lockedBy(item, keeper));
        vm.prank(maker);
        devices.mint(item, clinic, membership);
    }

    function testFuzz_RevertGiven_Immovable(
        uint256 way
    ) external {
        // A struck lot has no manufacturer, and is looked at above.
        ICustody.Standing standing = _makeImmovable(0, bound(way, 0, 6));
        IDevices.Membership memory membership = _membership(0);
        vm.expectRevert(_immovable(_item(0), standing));
        vm.prank(maker);
        devices.mint(_item(0), hospital, membership);
    }

    function _expectNotInLot(
        ItemId item,
        IDevices.Membership memory membership
    ) private {
        vm.expectRevert(abi.encodeWithSelector(IDevices.Devices_NotInLot.selector, item));
        vm.prank(maker);
        devices.mint(item, hospital, membership);
    }

    function _expectNotManufacturer(
        address caller,
        IDevices.Membership memory membership
    ) private {
        vm.expectRevert(abi.encodeWithSelector(IDevices.Devices_NotManufacturer.selector, _item(0), caller));
        vm.prank(caller);
        devices.mint(_item(0), hospital, membership);
    }
}
