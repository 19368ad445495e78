// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMdsProfiles} from "../../contracts/interfaces/IMdsProfiles.sol";
import {ItemId} from "../../contracts/types/Ids.sol";
import {MdsState} from "../../contracts/types/MdsState.sol";

/// @title What MdsProfiles should know, kept in the plainest way
contract MdsProfilesStore {
    /// @notice The last {ProfileUpdated}, and whom the owner appointed.
    struct Twin {
        address owner;
        address operator;
        address appointedBy;
        MdsState state;
        bytes32 digest;
        uint64 fault;
    }

    struct Work {
        ItemId item;
        address opener;
        address engineer;
        address assignedFor;
        uint40 until;
        IMdsProfiles.OrderState state;
    }

    mapping(ItemId item => Twin) private _twins;
    mapping(uint64 order => Work) private _works;
    mapping(address owner => mapping(address operator => bool)) public isOperator;
    mapping(address account => bool) public isEngineer;
    uint64 public orders;

    // What was done

    function setTwin(ItemId item, Twin calldata twin) external {
        _twins[item] = twin;
    }

    function setWork(uint64 order, Work calldata work) external {
        _works[order] = work;
        if (order > orders) orders = order;
    }

    function setOperator(address owner, address operator, bool approved) external {
        isOperator[owner][operator] = approved;
    }

    function setEngineer(address account, bool is_) external {
        isEngineer[account] = is_;
    }

    // What follows from it

    function twinOf(ItemId item) external view returns (Twin memory) {
        return _twins[item];
    }

    function workOf(uint64 order) external view returns (Work memory) {
        return _works[order];
    }

    /// @notice The owner, whom it approved for all, or whom it appointed for this one.
    function mayWrite(address account, ItemId item) external view returns (bool) {
        Twin storage twin = _twins[item];
        return account == twin.owner || isOperator[twin.owner][account]
            || (account == twin.operator && twin.appointedBy == twin.owner);
    }

    function has(address engineer, uint64 order) public view returns (bool) {
        Work storage work = _works[order];
        return isRunning(order) && work.engineer == engineer && work.assignedFor == _twins[work.item].owner
            && block.timestamp <= work.until && isEngineer[engineer];
    }

    function isAtWork(address engineer, uint64 order) external view returns (bool) {
        return _works[order].state == IMdsProfiles.OrderState.Started && has(engineer, order);
    }

    function isRunning(uint64 order) public view returns (bool) {
        IMdsProfiles.OrderState state = _works[order].state;
        return state == IMdsProfiles.OrderState.Open || state == IMdsProfiles.OrderState.Assigned
            || state == IMdsProfiles.OrderState.Started;
    }
}
