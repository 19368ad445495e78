// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDevices} from "../../contracts/interfaces/IDevices.sol";
import {ItemId, LotId} from "../../contracts/types/Ids.sol";
import {Slots} from "../Slots.sol";
import {Trees} from "../Trees.sol";
import {DevicesTest} from "../unit/Devices/DevicesTest.sol";
import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

/// @title Gas of whole transactions with cold state (`isolate = true`), between owners that have other devices
/// @dev New slots are counted in tests of their own: recording state changes ends the isolation.
contract DevicesGasTest is DevicesTest {
    uint256 private constant DEPTH = 20;
    uint32 private constant MANY = 128;

    SampleLot private many;

    function setUp() public override {
        super.setUp();
        _mint(0, hospital);
        _mint(1, hospital);
        _mint(2, clinic);
        _mint(3, clinic);
        many = _sampleLot(model, "L128", MANY);
        _registerLot(model, "L128", many.root, MANY);
        // A measurement needs isolation, which coverage does not have.
        vm.skip(!_isIsolated());
    }

    function test_Gas_MintDepth20() external {
        (ItemId item, IDevices.Membership memory membership) = _inMillion();
        vm.prank(maker);
        devices.mint(item, hospital, membership);
        assertLe(vm.snapshotGasLastCall("Devices", "mint/depth20"), 100_000);
    }

    function test_Slots_MintDepth20() external {
        (ItemId item, IDevices.Membership memory membership) = _inMillion();
        vm.startStateDiffRecording();
        vm.prank(maker);
        devices.mint(item, hospital, membership);
        assertEq(Slots.taken(vm.stopAndReturnStateDiff()), 1);
    }

    function test_Gas_Mint100() external {
        bytes[] memory calls = new bytes[](100);
        for (uint32 i = 0; i < calls.length; ++i) {
            calls[i] = abi.encodeCall(IDevices.mint, (many.items[i], hospital, _membershipIn(many, i)));
        }
        vm.prank(maker);
        devices.multicall(calls);
        // Per device, with proofs of depth 7.
        uint256 all = vm.lastCallGas().gasTotalUsed;
        vm.snapshotValue("Devices", "mint/100", all / calls.length);
    }

    function test_Gas_MintLocked() external {
        (ItemId item, IDevices.Membership memory membership) = _inMillion();
        vm.prank(maker);
        devices.mintLocked(item, hospital, membership, keeper);
        vm.snapshotGasLastCall("Devices", "mintLocked/depth20");
    }

    function test_Slots_MintLocked() external {
        (ItemId item, IDevices.Membership memory membership) = _inMillion();
        vm.startStateDiffRecording();
        vm.prank(maker);
        devices.mintLocked(item, hospital, membership, keeper);
        assertEq(Slots.taken(vm.stopAndReturnStateDiff()), 2);
    }

    function test_Gas_TransferFrom() external {
        ItemId item = _item(0);
        vm.prank(hospital);
        devices.transferFrom(hospital, clinic, item.tokenId());
        assertLe(vm.snapshotGasLastCall("Devices", "transferFrom"), 68_000);
    }

    function test_Slots_TransferFrom() external {
        ItemId item = _item(0);
        vm.startStateDiffRecording();
        vm.prank(hospital);
        devices.transferFrom(hospital, clinic, item.tokenId());
        assertEq(Slots.taken(vm.stopAndReturnStateDiff()), 0);
    }

    function test_Gas_TransferLocked() external {
        ItemId item = _item(0);
        vm.prank(hospital);
        devices.transferLocked(hospital, clinic, item, keeper);
        vm.snapshotGasLastCall("Devices", "transferLocked");
    }

    function test_Gas_LockUnlock() external {
        ItemId item = _item(0);
        vm.prank(hospital);
        devices.lock(item, keeper);
        vm.snapshotGasLastCall("Devices", "lock");
        vm.prank(keeper);
        devices.unlock(item);
        vm.snapshotGasLastCall("Devices", "unlock");
    }

    function test_Slots_Lock() external {
        ItemId item = _item(0);
        vm.startStateDiffRecording();
        vm.prank(hospital);
        devices.lock(item, keeper);
        assertEq(Slots.taken(vm.stopAndReturnStateDiff()), 1);
    }

    function test_Gas_SendBack() external {
        ItemId item = _item(0);
        vm.prank(hospital);
        devices.transferLocked(hospital, clinic, item, keeper);
        vm.prank(keeper);
        devices.sendBack(item, hospital);
        vm.snapshotGasLastCall("Devices", "sendBack");
    }

    function test_Gas_Claim() external {
        bytes memory signature = _signWith(_secret(0), devices.claimHash(_item(0), hospital));
        IDevices.Membership memory membership = _membership(0);
        devices.claim(_item(0), membership, hospital, signature);
        vm.snapshotGasLastCall("Devices", "claim");
    }

    function test_Slots_Claim() external {
        bytes memory signature = _signWith(_secret(0), devices.claimHash(_item(0), hospital));
        IDevices.Membership memory membership = _membership(0);
        vm.startStateDiffRecording();
        devices.claim(_item(0), membership, hospital, signature);
        assertEq(Slots.taken(vm.stopAndReturnStateDiff()), 1);
    }

    /// @dev An item of a lot of a million: its proof has twenty nodes, whatever they are.
    function _inMillion() private returns (ItemId item, IDevices.Membership memory membership) {
        string memory number = "L1000000";
        LotId large = model.lotNumbered(number);
        item = _item(large, _serial(0));
        membership =
            IDevices.Membership({index: 0, tagKey: vm.addr(_tagSecretOf(number, 0)), proof: new bytes32[](DEPTH)});
        bytes32 node = Trees.leafOf(membership.index, item.half(), membership.tagKey);
        for (uint256 height = 0; height < DEPTH; ++height) {
            membership.proof[height] = keccak256(abi.encode("sibling", height));
            node = Hashes.commutativeKeccak256(node, membership.proof[height]);
        }
        _registerLot(model, number, node, 1_000_000);
    }

    /// @dev Every call is then a transaction, and this one pays 21,000 for that on top of its new slot.
    function _isIsolated() private returns (bool) {
        vm.prank(maker);
        devices.setApprovalForAll(operator, true);
        return vm.lastCallGas().gasTotalUsed > 45_000;
    }
}
