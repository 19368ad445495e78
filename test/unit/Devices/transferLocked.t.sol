// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {IDevices} from "../../../contracts/interfaces/IDevices.sol";
import {IERC5192} from "../../../contracts/interfaces/IERC5192.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {DevicesTest} from "./DevicesTest.sol";
import {IERC721} from "@openzeppelin/contracts/interfaces/IERC721.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

contract TransferLockedTest is DevicesTest {
    function testFuzz_TransferLocked(
        uint256 seed,
        address anyKeeper,
        bool byApproved
    ) external {
        vm.assume(anyKeeper != address(0));
        ItemId item = _mint(_anyIndex(seed), hospital);
        vm.prank(hospital);
        devices.approve(operator, item.tokenId());

        vm.expectEmit(address(devices));
        emit IERC721.Transfer(hospital, clinic, item.tokenId());
        vm.expectEmit(address(devices));
        emit IERC5192.Locked(item.tokenId());
        vm.expectEmit(address(devices));
        emit IDevices.DeviceLocked(item, anyKeeper, hospital);
        vm.prank(byApproved ? operator : hospital);
        devices.transferLocked(hospital, clinic, item, anyKeeper);

        _assertOwner(item, clinic);
        _assertLocked(item, anyKeeper, hospital);
    }

    function test_RevertWhen_CallerIsAStranger() external {
        ItemId item = _mint(0, hospital);
        _expectRevert(
            stranger,
            hospital,
            item,
            keeper,
            abi.encodeWithSelector(IERC721Errors.ERC721InsufficientApproval.selector, stranger, item.tokenId())
        );
    }

    function test_RevertWhen_FromIsNotTheOwner() external {
        ItemId item = _mint(0, hospital);
        _expectRevert(
            hospital,
            maker,
            item,
            keeper,
            abi.encodeWithSelector(IERC721Errors.ERC721IncorrectOwner.selector, maker, item.tokenId(), hospital)
        );
    }

    function test_RevertWhen_KeeperIsZero() external {
        ItemId item = _mint(0, hospital);
        _expectRevert(
            hospital, hospital, item, address(0), abi.encodeWithSelector(IDevices.Devices_ZeroKeeper.selector, item)
        );
    }

    function test_RevertGiven_Locked() external {
        ItemId item = _mintThenLock(0, hospital);
        _expectRevert(hospital, hospital, item, keeper, _lockedBy(item, keeper));
        _expectRevert(
            keeper,
            hospital,
            item,
            keeper,
            abi.encodeWithSelector(IERC721Errors.ERC721InsufficientApproval.selector, keeper, item.tokenId())
        );
    }

    function testFuzz_RevertGiven_Immovable(
        uint256 way
    ) external {
        ItemId item = _mint(0, hospital);
        ICustody.Standing standing = _makeImmovable(0, bound(way, 0, WAYS - 1));
        _expectRevert(hospital, hospital, item, keeper, _immovable(item, standing));
    }

    function _expectRevert(
        address caller,
        address from,
        ItemId item,
        address by,
        bytes memory expected
    ) private {
        vm.expectRevert(expected);
        vm.prank(caller);
        devices.transferLocked(from, clinic, item, by);
    }
}
