// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICoinHook} from "./HookedCoin.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title An account that makes the calls it planned as soon as ether or a {HookedCoin} calls it
contract Reentrant is ICoinHook {
    struct Attempt {
        bool succeeded;
        bytes answer;
    }

    address private _target;
    bytes[] private _plan;
    Attempt[] private _attempts;

    receive() external payable {
        _strike();
    }

    /// @notice Forgets what was, and makes this call at the next hook.
    function plan(address target, bytes[] calldata calls) external {
        _target = target;
        delete _attempts;
        delete _plan;
        for (uint256 i = 0; i < calls.length; ++i) {
            _plan.push(calls[i]);
        }
    }

    /// @notice Acts as this account now.
    function execute(address target, uint256 value, bytes calldata data) external payable returns (bytes memory) {
        return Address.functionCallWithValue(target, data, value);
    }

    /// @inheritdoc ICoinHook
    function tokensToSend() external {
        _strike();
    }

    /// @inheritdoc ICoinHook
    function tokensReceived() external {
        _strike();
    }

    function attempts() external view returns (Attempt[] memory) {
        return _attempts;
    }

    /// @dev Once: what it does may call it again.
    function _strike() private {
        bytes[] memory calls = _plan;
        delete _plan;
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool succeeded, bytes memory answer) = _target.call(calls[i]);
            _attempts.push(Attempt(succeeded, answer));
        }
    }
}
