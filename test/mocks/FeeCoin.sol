// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Coin} from "./Coin.sol";

/// @title A token that keeps a part of what is sent, in hundredths
contract FeeCoin is Coin {
    uint256 public percent;

    constructor(uint256 percent_) {
        percent = percent_;
    }

    function setFee(uint256 percent_) external {
        percent = percent_;
    }

    function feeOf(uint256 amount) public view returns (uint256) {
        return amount * percent / 100;
    }

    function _update(address from, address to, uint256 amount) internal override {
        uint256 fee = _isMove(from, to) ? feeOf(amount) : 0;
        super._update(from, to, amount - fee);
        if (fee != 0) super._update(from, address(0), fee);
    }
}
