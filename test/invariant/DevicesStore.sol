// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ItemId} from "../../contracts/types/Ids.sol";

/// @title What Devices should know, kept by other means
contract DevicesStore {
    struct Twin {
        address owner;
        address approved;
        address keeper;
        address returnTo;
        uint256 mints;
        bool stopped;
    }

    mapping(ItemId item => Twin) internal twins;
    mapping(address account => bool) public isInactive;
    mapping(address owner => mapping(address operator => bool)) public isOperator;
    uint256 public supply;

    function twinOf(
        ItemId item
    ) external view returns (Twin memory) {
        return twins[item];
    }

    function setTwin(
        ItemId item,
        Twin memory twin
    ) external {
        twins[item] = twin;
    }

    function countMint() external {
        ++supply;
    }

    function setInactive(
        address account,
        bool inactive
    ) external {
        isInactive[account] = inactive;
    }

    function setOperator(
        address owner,
        address operator,
        bool approved
    ) external {
        isOperator[owner][operator] = approved;
    }
}
