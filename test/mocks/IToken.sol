// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What the tests do with any token, whatever its functions answer
interface IToken {
    function mint(address to, uint256 amount) external;
    function approve(address spender, uint256 amount) external;
    function balanceOf(address account) external view returns (uint256);
}
