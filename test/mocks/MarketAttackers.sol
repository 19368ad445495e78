// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {FeeCoin} from "./FeeCoin.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title An account that does what anyone tells it: the hand of an attacker in the middle of another call
contract MarketPuppet {
    function act(address target, bytes calldata data) external returns (bool success, bytes memory answer) {
        (success, answer) = target.call(data);
    }

    receive() external payable {}
}

/// @title A token that lets puppets act while it is being taken, and can keep a part of what is moved
contract MarketAttackToken is FeeCoin {
    struct Step {
        MarketPuppet puppet;
        address target;
        bytes data;
    }

    struct Outcome {
        bool success;
        bytes answer;
    }

    Step[] private _steps;
    Outcome[] private _outcomes;

    constructor(uint256 percent_) FeeCoin(percent_) {}

    /// @notice What happens in the middle of the next `transferFrom`.
    function plan(MarketPuppet puppet, address target, bytes calldata data) external {
        _steps.push(Step(puppet, target, data));
    }

    /// @notice Forgets what was planned and what came of it.
    function clear() external {
        delete _steps;
        delete _outcomes;
    }

    function outcomes() external view returns (Outcome[] memory) {
        return _outcomes;
    }

    function transferFrom(address from, address to, uint256 amount) public override(ERC20) returns (bool) {
        // Taken out first: a step may come through here again.
        Step[] memory steps = _steps;
        delete _steps;
        for (uint256 i = 0; i < steps.length; ++i) {
            (bool success, bytes memory answer) = steps[i].puppet.act(steps[i].target, steps[i].data);
            _outcomes.push(Outcome(success, answer));
        }
        return super.transferFrom(from, to, amount);
    }
}

/// @title A token that claims whatever it is asked for, and gives nothing out
contract MarketFakeToken {
    mapping(address account => uint256) public balanceOf;

    error MarketFakeToken_Keeps();

    function transferFrom(address, address to, uint256 amount) external returns (bool) {
        // It forgets what it said before, so that no claim is too large.
        balanceOf[to] = amount;
        return true;
    }

    /// @notice Makes room for the next claim.
    function forget(address account) external {
        balanceOf[account] = 0;
    }

    function transfer(address, uint256) external pure returns (bool) {
        revert MarketFakeToken_Keeps();
    }
}
