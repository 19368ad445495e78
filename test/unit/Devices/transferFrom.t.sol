// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {PROVIDER} from "../../../contracts/types/Role.sol";
import {DevicesTest} from "./DevicesTest.sol";
import {PassingReceiver, RefusingReceiver} from "./Receivers.sol";
import {IERC721} from "@openzeppelin/contracts/interfaces/IERC721.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

contract TransferFromTest is DevicesTest {
    address private approved = _account("approved");

    function testFuzz_TransferFrom(
        uint256 seed,
        uint256 by,
        uint256 path
    ) external {
        ItemId item = _mintApproved(_anyIndex(seed));

        vm.expectEmit(address(devices));
        emit IERC721.Transfer(hospital, clinic, item.tokenId());
        vm.prank(_mover(by));
        _callPath(path, hospital, clinic, item);

        _assertOwner(item, clinic);
        assertEq(devices.balanceOf(hospital), 0, "balance of the former owner");
        assertEq(devices.balanceOf(clinic), 1, "balance of the new owner");
        assertEq(devices.getApproved(item.tokenId()), address(0), "approved");
        _assertUnlocked(item);
    }

    function test_TransferFrom_ToItself() external {
        ItemId item = _mintApproved(0);
        vm.prank(hospital);
        devices.transferFrom(hospital, hospital, item.tokenId());
        _assertOwner(item, hospital);
        assertEq(devices.balanceOf(hospital), 1, "balance");
    }

    function test_RevertGiven_NoToken() external {
        uint256 tokenId = _item(0).tokenId();
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, tokenId));
        vm.prank(hospital);
        devices.transferFrom(hospital, clinic, tokenId);
    }

    function testFuzz_RevertGiven_Locked(
        uint256 by,
        uint256 path
    ) external {
        ItemId item = _mintApproved(0);
        vm.prank(hospital);
        devices.lock(item, keeper);

        // The approved account is approved no longer.
        by = bound(by, 0, 1) * 2;
        vm.expectRevert(_lockedBy(item, keeper));
        vm.prank(_mover(by));
        _callPath(path, hospital, clinic, item);
        _assertOwner(item, hospital);
    }

    function testFuzz_RevertGiven_Locked_ForApprovedAndKeeper(
        uint256 path
    ) external {
        ItemId item = _mintApproved(0);
        vm.prank(hospital);
        devices.lock(item, keeper);
        _expectInsufficientApproval(approved, path, item);
        _expectInsufficientApproval(keeper, path, item);
        _assertLocked(item, keeper, hospital);
    }

    function testFuzz_RevertGiven_Immovable(
        uint256 way,
        uint256 by,
        uint256 path
    ) external {
        ItemId item = _mintApproved(0);
        ICustody.Standing standing = _makeImmovable(0, bound(way, 0, WAYS - 1));
        vm.expectRevert(_immovable(item, standing));
        vm.prank(_mover(by));
        _callPath(path, hospital, clinic, item);
    }

    function testFuzz_RevertWhen_CallerIsAStranger(
        address caller,
        uint256 path
    ) external {
        vm.assume(caller != hospital && caller != approved && caller != operator && caller != address(0));
        _expectInsufficientApproval(caller, path, _mintApproved(0));
    }

    function testFuzz_RevertWhen_FromIsNotTheOwner(
        uint256 by,
        uint256 path
    ) external {
        ItemId item = _mintApproved(0);
        vm.expectRevert(
            abi.encodeWithSelector(IERC721Errors.ERC721IncorrectOwner.selector, maker, item.tokenId(), hospital)
        );
        vm.prank(_mover(by));
        _callPath(path, maker, clinic, item);
    }

    function testFuzz_RevertWhen_RecipientIsZero(
        uint256 path
    ) external {
        ItemId item = _mintApproved(0);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721InvalidReceiver.selector, address(0)));
        vm.prank(hospital);
        _callPath(path, hospital, address(0), item);
    }

    function testFuzz_RevertWhen_RecipientIsNotActive(
        uint256 path
    ) external {
        ItemId item = _mintApproved(0);
        vm.expectRevert(_notActive(stranger));
        vm.prank(hospital);
        _callPath(path, hospital, stranger, item);

        _suspend(clinic);
        vm.expectRevert(_notActive(clinic));
        vm.prank(hospital);
        _callPath(path, hospital, clinic, item);
    }

    function testFuzz_RevertGiven_OwnerIsNotActive(
        uint256 by,
        uint256 path
    ) external {
        ItemId item = _mintApproved(0);
        _suspend(hospital);
        vm.expectRevert(_notActive(hospital));
        vm.prank(_mover(by));
        _callPath(path, hospital, clinic, item);
        _assertOwner(item, hospital);
    }

    function test_RevertWhen_RecipientRefuses() external {
        ItemId item = _mintApproved(0);
        address refusing = address(new RefusingReceiver());
        _enrol(refusing, PROVIDER);
        for (uint256 path = 1; path <= 2; ++path) {
            vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721InvalidReceiver.selector, refusing));
            vm.prank(hospital);
            _callPath(path, hospital, refusing, item);
        }
        _assertOwner(item, hospital);
    }

    /// @dev The receiver was even approved by the owner before: nothing of that outlives the transfer.
    function testFuzz_SafeTransferFrom_RecipientReenters(
        bool withData
    ) external {
        ItemId item = _mint(0, hospital);
        PassingReceiver receiver = new PassingReceiver(devices, clinic);
        _enrol(address(receiver), PROVIDER);
        vm.startPrank(hospital);
        devices.approve(address(receiver), item.tokenId());
        devices.setApprovalForAll(address(receiver), true);
        _callPath(withData ? 2 : 1, hospital, address(receiver), item);
        vm.stopPrank();

        _assertOwner(item, clinic);
        assertEq(devices.balanceOf(hospital), 0, "balance of the former owner");
        assertEq(devices.balanceOf(address(receiver)), 0, "balance of the receiver");
        assertEq(devices.balanceOf(clinic), 1, "balance of the new owner");
        assertEq(receiver.onSecondMove(), IERC721Errors.ERC721InsufficientApproval.selector, "second move");
        assertEq(receiver.onPull(), IERC721Errors.ERC721InsufficientApproval.selector, "pull");
        assertEq(receiver.onLock(), IERC721Errors.ERC721InsufficientApproval.selector, "lock");
    }

    /// @dev Owned by the hospital, which approved one account for it and another for all.
    function _mintApproved(
        uint32 index
    ) private returns (ItemId item) {
        item = _mint(index, hospital);
        vm.startPrank(hospital);
        devices.approve(approved, item.tokenId());
        devices.setApprovalForAll(operator, true);
        vm.stopPrank();
    }

    function _mover(
        uint256 by
    ) private view returns (address) {
        return [hospital, approved, operator][bound(by, 0, 2)];
    }

    /// @dev Bounds its seed without a call, so that a prank before it is not used up.
    function _callPath(
        uint256 path,
        address from,
        address to,
        ItemId item
    ) private {
        path %= 3;
        if (path == 0) devices.transferFrom(from, to, item.tokenId());
        else if (path == 1) devices.safeTransferFrom(from, to, item.tokenId());
        else devices.safeTransferFrom(from, to, item.tokenId(), "data");
    }

    function _expectInsufficientApproval(
        address caller,
        uint256 path,
        ItemId item
    ) private {
        vm.expectRevert(
            abi.encodeWithSelector(IERC721Errors.ERC721InsufficientApproval.selector, caller, item.tokenId())
        );
        vm.prank(caller);
        _callPath(path, hospital, clinic, item);
    }
}
