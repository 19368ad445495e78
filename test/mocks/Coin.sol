// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title A token as the standards have it, with permits; anyone mints
contract Coin is ERC20Permit {
    constructor() ERC20("Coin", "COIN") ERC20Permit("Coin") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function _isMove(address from, address to) internal pure returns (bool) {
        return from != address(0) && to != address(0);
    }
}
