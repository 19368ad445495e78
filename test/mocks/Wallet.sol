// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title A contract account with one owner, who signs for it (ERC-1271) and acts through it
contract Wallet is IERC1271 {
    address public immutable owner;

    error Wallet_NotOwner(address caller);

    constructor(
        address owner_
    ) {
        owner = owner_;
    }

    function execute(
        address target,
        bytes calldata data
    ) external returns (bytes memory) {
        if (msg.sender != owner) revert Wallet_NotOwner(msg.sender);
        return Address.functionCall(target, data);
    }

    /// @inheritdoc IERC1271
    function isValidSignature(
        bytes32 hash,
        bytes calldata signature
    ) external view returns (bytes4) {
        (address signer,,) = ECDSA.tryRecover(hash, signature);
        return signer == owner ? IERC1271.isValidSignature.selector : bytes4(0);
    }
}
