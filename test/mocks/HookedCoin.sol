// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Coin} from "./Coin.sol";

/// @title What a holder wants to be called for, before it sends and after it received
interface ICoinHook {
    function tokensToSend() external;
    function tokensReceived() external;
}

/// @title A token that calls its sender and its recipient, in the manner of ERC-777
contract HookedCoin is Coin {
    mapping(address account => ICoinHook hook) public senderHookOf;
    mapping(address account => ICoinHook hook) public recipientHookOf;

    function setHooks(ICoinHook senderHook, ICoinHook recipientHook) external {
        senderHookOf[msg.sender] = senderHook;
        recipientHookOf[msg.sender] = recipientHook;
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (address(senderHookOf[from]) != address(0)) senderHookOf[from].tokensToSend();
        super._update(from, to, amount);
        if (address(recipientHookOf[to]) != address(0)) recipientHookOf[to].tokensReceived();
    }
}
