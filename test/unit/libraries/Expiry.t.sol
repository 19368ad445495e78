// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Expiry} from "../../../contracts/libraries/Expiry.sol";
import {Test} from "forge-std/Test.sol";

contract ExpiryTest is Test {
    function testFuzz_IsPast(uint40 expiresAt) external {
        expiresAt = uint40(bound(expiresAt, 1, type(uint40).max));
        vm.warp(expiresAt - 1);
        assertFalse(Expiry.isPast(expiresAt), "before");
        vm.warp(expiresAt);
        assertFalse(Expiry.isPast(expiresAt), "in its last second");
        vm.warp(uint256(expiresAt) + 1);
        assertTrue(Expiry.isPast(expiresAt), "after");
    }

    function testFuzz_WhatDoesNotExpire(uint64 time) external {
        vm.warp(time);
        assertFalse(Expiry.isPast(0));
    }
}
