// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Devices} from "../../../contracts/Devices.sol";
import {IDevices} from "../../../contracts/interfaces/IDevices.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {DevicesTest} from "./DevicesTest.sol";

contract ClaimTest is DevicesTest {
    function testFuzz_Claim(
        uint256 seed,
        address claimer,
        address submitter,
        uint256 later
    ) external {
        vm.assume(claimer != address(0));
        uint32 index = uint32(bound(seed, 0, UNTAGGED - 1));
        ItemId item = _item(index);
        skip(bound(later, 0, 300 days));
        (IDevices.Membership memory membership, bytes memory signature) = _signedClaim(index, claimer);

        vm.expectEmit(address(devices));
        emit IDevices.TagClaimed(item, claimer);
        vm.prank(submitter);
        devices.claim(item, membership, claimer, signature);

        _assertClaim(item, claimer, block.timestamp);
    }

    /// @dev EIP-712 by hand, so that a chip or wallet that follows the standard signs the same.
    function testFuzz_ClaimHash(
        bytes32 item,
        address claimer
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
        bytes32 structHash = keccak256(abi.encode(keccak256("TagClaim(bytes32 item,address claimer)"), item, claimer));
        assertEq(
            devices.claimHash(ItemId.wrap(item), claimer), keccak256(abi.encodePacked(hex"1901", domain, structHash))
        );
    }

    function testFuzz_Claim_AgainByTheSame(
        uint256 later
    ) external {
        uint256 claimedAt = block.timestamp;
        (IDevices.Membership memory membership, bytes memory signature) = _signedClaim(0, hospital);
        devices.claim(_item(0), membership, hospital, signature);
        skip(bound(later, 1, 300 days));

        vm.recordLogs();
        vm.prank(stranger);
        devices.claim(_item(0), membership, hospital, signature);
        assertEq(vm.getRecordedLogs().length, 0, "events");
        _assertClaim(_item(0), hospital, claimedAt);
    }

    function testFuzz_Claim_ByAnother(
        address other
    ) external {
        vm.assume(other != address(0) && other != hospital);
        uint256 claimedAt = block.timestamp;
        (IDevices.Membership memory membership, bytes memory signature) = _signedClaim(0, hospital);
        devices.claim(_item(0), membership, hospital, signature);
        skip(1 days);

        (, signature) = _signedClaim(0, other);
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectEmit(address(devices));
            emit IDevices.CloneSuspected(_item(0), hospital, other);
            devices.claim(_item(0), membership, other, signature);
        }
        _assertClaim(_item(0), hospital, claimedAt);
    }

    function test_RevertWhen_ClaimerIsZero() external {
        (IDevices.Membership memory membership, bytes memory signature) = _signedClaim(0, address(0));
        vm.expectRevert(abi.encodeWithSelector(IDevices.Devices_ZeroClaimer.selector, _item(0)));
        devices.claim(_item(0), membership, address(0), signature);
    }

    function test_RevertGiven_NoTag() external {
        ItemId item = _item(UNTAGGED);
        IDevices.Membership memory membership = _membership(UNTAGGED);
        vm.expectRevert(abi.encodeWithSelector(IDevices.Devices_NoTag.selector, item));
        devices.claim(item, membership, hospital, "");
    }

    function test_RevertWhen_NotTheItemsTag() external {
        (IDevices.Membership memory membership,) = _signedClaim(0, hospital);
        uint256 secret = keyOf[stranger];
        membership.tagKey = stranger;
        bytes memory signature = _signWith(secret, devices.claimHash(_item(0), hospital));
        _expectNotInLot(membership, signature);

        (membership, signature) = _signedClaim(0, hospital);
        membership.index = 1;
        _expectNotInLot(membership, signature);

        (membership, signature) = _signedClaim(0, hospital);
        _makeImmovable(0, 7);
        _expectNotInLot(membership, signature);
    }

    function test_RevertWhen_SignedByAnotherKey() external {
        bytes32 digest = devices.claimHash(_item(0), hospital);
        _expectBadSignature(_signWith(keyOf[hospital], digest));
        _expectBadSignature(_signWith(_secret(1), digest));
    }

    function testFuzz_RevertWhen_SignedForAnotherItemOrClaimer(
        bytes32 item,
        address claimer
    ) external {
        if (item != ItemId.unwrap(_item(0))) {
            _expectBadSignature(_signWith(_secret(0), devices.claimHash(ItemId.wrap(item), hospital)));
        }
        if (claimer != hospital) {
            _expectBadSignature(_signWith(_secret(0), devices.claimHash(_item(0), claimer)));
        }
        _expectBadSignature(_signWith(_secret(0), devices.challengeHash(_item(0), bytes32(uint256(uint160(hospital))))));
    }

    function testFuzz_RevertWhen_SignedForAnotherChain(
        uint64 chainId
    ) external {
        vm.assume(chainId != block.chainid && chainId != 0);
        uint256 here = block.chainid;
        vm.chainId(chainId);
        bytes memory signature = _signWith(_secret(0), devices.claimHash(_item(0), hospital));
        vm.chainId(here);
        _expectBadSignature(signature);
    }

    function test_RevertWhen_SignedForAnotherDeployment() external {
        Devices other = new Devices(participants, catalog, custody);
        _expectBadSignature(_signWith(_secret(0), other.claimHash(_item(0), hospital)));
    }

    function test_RevertWhen_SignatureIsMalleated() external {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_secret(0), devices.claimHash(_item(0), hospital));
        bytes32 upper = bytes32(SECP256K1_ORDER - uint256(s));
        _expectBadSignature(abi.encodePacked(r, upper, v == 27 ? uint8(28) : uint8(27)));
    }

    function testFuzz_RevertWhen_SignatureHasAnotherLength(
        uint256 length
    ) external {
        length = bound(length, 0, 64);
        bytes memory signature = _signWith(_secret(0), devices.claimHash(_item(0), hospital));
        assembly ("memory-safe") {
            mstore(signature, length)
        }
        _expectBadSignature(signature);
    }

    function _signedClaim(
        uint32 index,
        address claimer
    ) private view returns (IDevices.Membership memory, bytes memory) {
        return (_membership(index), _signWith(_secret(index), devices.claimHash(_item(index), claimer)));
    }

    function _expectBadSignature(
        bytes memory signature
    ) private {
        IDevices.Membership memory membership = _membership(0);
        vm.expectRevert(abi.encodeWithSelector(IDevices.Devices_BadSignature.selector, _item(0), membership.tagKey));
        devices.claim(_item(0), membership, hospital, signature);
        _assertClaim(_item(0), address(0), 0);
    }

    function _expectNotInLot(
        IDevices.Membership memory membership,
        bytes memory signature
    ) private {
        vm.expectRevert(abi.encodeWithSelector(IDevices.Devices_NotInLot.selector, _item(0)));
        devices.claim(_item(0), membership, hospital, signature);
    }

    function _assertClaim(
        ItemId item,
        address claimer,
        uint256 claimedAt
    ) private view {
        IDevices.Claim memory claim = devices.claimOf(item);
        assertEq(claim.claimer, claimer, "claimer");
        assertEq(claim.claimedAt, claimedAt, "claimed at");
    }
}
