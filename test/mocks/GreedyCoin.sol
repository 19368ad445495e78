// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Coin} from "./Coin.sol";

/// @title A token that takes more from the sender than the amount
contract GreedyCoin is Coin {
    function surchargeOn(uint256 amount) public pure returns (uint256) {
        return amount / 100 + 1;
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (_isMove(from, to)) super._update(from, address(0), surchargeOn(amount));
    }
}
