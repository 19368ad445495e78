// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Coin} from "./Coin.sol";

/// @title A token that pays its holders a dividend, and books it when they next send or receive
contract AccruingCoin is Coin {
    mapping(address account => uint256 amount) public owedTo;

    function accrue(address account, uint256 amount) external {
        owedTo[account] += amount;
    }

    function _update(address from, address to, uint256 amount) internal override {
        _book(from);
        _book(to);
        super._update(from, to, amount);
    }

    function _book(address account) private {
        uint256 owed = owedTo[account];
        delete owedTo[account];
        if (owed != 0) super._update(address(0), account, owed);
    }
}
