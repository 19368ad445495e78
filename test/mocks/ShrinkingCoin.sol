// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Coin} from "./Coin.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title A token whose balances all shrink by themselves: each halving halves them
contract ShrinkingCoin is Coin {
    uint256 private _halvings;

    function halve() external {
        ++_halvings;
    }

    function balanceOf(address account) public view override(ERC20) returns (uint256) {
        return super.balanceOf(account) >> _halvings;
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount << _halvings);
    }
}
