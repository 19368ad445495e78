// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title A token with cents and permits (ERC-2612) for the tests of the client and the command line
/// @notice `Dollar.json` is made of it:
/// `forge build crates/client/tests/data/Dollar.sol --out <folder>`, then `{bytecode}` of `<folder>/Dollar.sol/Dollar.json`.
contract Dollar is ERC20Permit {
    constructor(address holder) ERC20("Test Dollar", "USDX") ERC20Permit("Test Dollar") {
        _mint(holder, 1_000_000e6);
    }

    function decimals() public pure override returns (uint8) {
        return 6;
    }
}
