// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title A token with permits (ERC-2612), of which anyone may take any amount
contract Coin is ERC20Permit {
    constructor() ERC20("Coin", "COIN") ERC20Permit("Coin") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// @title A coin that keeps a percentage of whatever is sent
contract TollCoin is Coin {
    uint256 public immutable percent;

    constructor(uint256 percent_) {
        percent = percent_;
    }

    function _update(address from, address to, uint256 amount) internal override {
        uint256 toll = from == address(0) ? 0 : amount * percent / 100;
        super._update(from, address(0), toll);
        super._update(from, to, amount - toll);
    }
}

/// @title A token whose functions return nothing, as those of some older ones
contract SilentCoin {
    mapping(address account => uint256 amount) public balanceOf;
    mapping(address account => mapping(address spender => uint256 amount)) public allowance;

    error SilentCoin_NotAllowed(address account, address spender);

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function approve(address spender, uint256 amount) external {
        allowance[msg.sender][spender] = amount;
    }

    function transfer(address to, uint256 amount) external {
        _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external {
        if (allowance[from][msg.sender] < amount) revert SilentCoin_NotAllowed(from, msg.sender);
        allowance[from][msg.sender] -= amount;
        _move(from, to, amount);
    }

    function _move(address from, address to, uint256 amount) private {
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}

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
