// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Coin} from "./Coin.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title A coin that tells a listener of every payment before it happens
contract CallingCoin is Coin {
    Listener private _listener;

    function tell(Listener listener) external {
        _listener = listener;
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        if (address(_listener) != address(0)) _listener.onPayment();
        return super.transferFrom(from, to, amount);
    }
}

/// @title A party with code: it does what the test asks, and on a payment all that it planned
contract Listener {
    address private _target;
    bytes[] private _plan;
    bytes[] private _outcomes;
    bool private _insists;

    function execute(address target, bytes calldata data) external returns (bytes memory) {
        return Address.functionCall(target, data);
    }

    function plan(address target, bytes[] calldata calls) external {
        _target = target;
        for (uint256 i = 0; i < calls.length; ++i) {
            _plan.push(calls[i]);
        }
    }

    /// @notice From now on it fails as a planned call fails, for what is undone leaves no outcome to look at.
    function insist() external {
        _insists = true;
    }

    function onPayment() external {
        bytes[] memory calls = _plan;
        // Once: a payment inside of this one is not told to have planned the same.
        delete _plan;
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool success, bytes memory reason) = _target.call(calls[i]);
            if (_insists) Address.verifyCallResult(success, reason);
            _outcomes.push(success ? bytes("") : reason);
        }
    }

    /// @notice What each planned call reverted with, empty where it did not.
    function outcomes() external view returns (bytes[] memory) {
        return _outcomes;
    }
}
