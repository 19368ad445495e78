// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @title A contract that makes the call it planned when it is asked for its signature, and says yes only if that call failed
contract ReentrantSigner {
    address private immutable _target;
    bytes private _plan;

    constructor(address target) {
        _target = target;
    }

    function plan(bytes calldata call) external {
        _plan = call;
    }

    /// @notice Makes the planned call now.
    function strike() public returns (bool succeeded) {
        (succeeded,) = _target.call{gas: 1_000_000}(_plan);
    }

    /// @dev As `IERC1271.isValidSignature`, which is a view.
    function isValidSignature(bytes32, bytes calldata) external returns (bytes4) {
        return strike() ? bytes4(0) : IERC1271.isValidSignature.selector;
    }
}
