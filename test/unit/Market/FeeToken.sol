// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title A token that burns a hundredth of whatever is transferred
contract FeeToken is ERC20 {
    uint256 public constant FEE_DIVISOR = 100;

    constructor(address owner, uint256 supply) ERC20("Fee", "FEE") {
        _mint(owner, supply);
    }

    function _update(address from, address to, uint256 amount) internal override {
        uint256 fee = from == address(0) || to == address(0) ? 0 : amount / FEE_DIVISOR;
        super._update(from, to, amount - fee);
        if (fee != 0) super._update(from, address(0), fee);
    }
}
