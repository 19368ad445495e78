// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDevices} from "../../../contracts/interfaces/IDevices.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {DevicesTest} from "./DevicesTest.sol";

contract ProveTagTest is DevicesTest {
    function testFuzz_ProveTag(
        uint256 seed,
        bytes32 challenge
    ) external view {
        uint32 index = uint32(bound(seed, 0, UNTAGGED - 1));
        bytes memory signature = _signWith(_secret(index), devices.challengeHash(_item(index), challenge));
        assertTrue(devices.proveTag(_item(index), _membership(index), challenge, signature));
    }

    function testFuzz_ProveTag_SignedSomethingElse(
        bytes32 challenge,
        bytes32 other,
        bytes32 otherItem
    ) external view {
        if (other != challenge) {
            assertFalse(_proves(challenge, _signWith(_secret(0), devices.challengeHash(_item(0), other))));
        }
        if (otherItem != ItemId.unwrap(_item(0))) {
            bytes32 digest = devices.challengeHash(ItemId.wrap(otherItem), challenge);
            assertFalse(_proves(challenge, _signWith(_secret(0), digest)));
        }
    }

    function testFuzz_ProveTag_SignedByAnotherOrNobody(
        uint256 secret,
        bytes calldata noise
    ) external view {
        secret = bound(secret, 1, type(uint128).max);
        vm.assume(secret != _secret(0));
        assertFalse(_proves(0, _signWith(secret, devices.challengeHash(_item(0), 0))));
        assertFalse(_proves(0, noise));
    }

    /// @dev EIP-712 by hand, so that a chip that follows the standard signs the same.
    function testFuzz_ChallengeHash(
        bytes32 item,
        bytes32 challenge
    ) external view {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Theriac Devices"),
                keccak256("1"),
                block.chainid,
                devices
            )
        );
        bytes32 structHash =
            keccak256(abi.encode(keccak256("TagChallenge(bytes32 item,bytes32 challenge)"), item, challenge));
        assertEq(
            devices.challengeHash(ItemId.wrap(item), challenge),
            keccak256(abi.encodePacked(hex"1901", domain, structHash))
        );
    }

    function test_RevertGiven_NoTag() external {
        IDevices.Membership memory membership = _membership(UNTAGGED);
        vm.expectRevert(abi.encodeWithSelector(IDevices.Devices_NoTag.selector, _item(UNTAGGED)));
        devices.proveTag(_item(UNTAGGED), membership, 0, "");
    }

    function test_RevertWhen_NotTheItemsTag() external {
        IDevices.Membership memory membership = _membership(0);
        membership.tagKey = stranger;
        bytes memory signature = _signWith(keyOf[stranger], devices.challengeHash(_item(0), 0));
        vm.expectRevert(abi.encodeWithSelector(IDevices.Devices_NotInLot.selector, _item(0)));
        devices.proveTag(_item(0), membership, 0, signature);
    }

    function _proves(
        bytes32 challenge,
        bytes memory signature
    ) private view returns (bool) {
        return devices.proveTag(_item(0), _membership(0), challenge, signature);
    }
}
