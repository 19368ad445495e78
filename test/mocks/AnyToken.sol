// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title A token that says what its test wants: one balance before something is sent, another after
contract AnyToken {
    uint256 private _before;
    uint256 private _afterwards;
    bool private _answer;
    bool private _sent;

    function prepare(uint256 before, uint256 afterwards, bool answer) external {
        (_before, _afterwards, _answer) = (before, afterwards, answer);
    }

    function balanceOf(address) external view returns (uint256) {
        return _sent ? _afterwards : _before;
    }

    function transfer(address, uint256) external returns (bool) {
        _sent = true;
        return _answer;
    }

    function transferFrom(address, address, uint256) external returns (bool) {
        _sent = true;
        return _answer;
    }
}
