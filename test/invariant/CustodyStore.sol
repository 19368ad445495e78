// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../contracts/interfaces/ICustody.sol";

/// @title What custody should be, kept in the plainest way
/// @notice The handler writes here what it did, and asks here whether the next call must succeed. Items are known by their number.
contract CustodyStore {
    struct Unit {
        address holder;
        address addressee;
        address cameFrom;
        bool decommissioned;
    }

    struct RecallMade {
        address issuer;
        ICustody.RecallScope scope;
        uint256 unit;
        bool open;
    }

    address public immutable MAKER;
    address public immutable REGULATOR;
    uint40 public immutable EXPIRES_AT;

    mapping(uint256 unit => Unit) private _units;
    mapping(uint256 unit => address[]) private _quarantines;
    mapping(uint256 unit => address[]) private _losses;
    RecallMade[] private _recalls;
    mapping(address account => bool) public isEnrolled;
    mapping(address account => bool) public isSuspended;
    mapping(address account => mapping(address operator => bool)) public isOperator;
    bool public isStruck;

    constructor(
        address maker,
        address regulator,
        uint40 expiresAt,
        address[] memory enrolled
    ) {
        MAKER = maker;
        REGULATOR = regulator;
        EXPIRES_AT = expiresAt;
        for (uint256 i = 0; i < enrolled.length; ++i) {
            isEnrolled[enrolled[i]] = true;
        }
    }

    // What was done

    function setHolder(
        uint256 unit,
        address holder,
        address cameFrom
    ) external {
        _units[unit].holder = holder;
        _units[unit].cameFrom = cameFrom;
        _units[unit].addressee = address(0);
    }

    function setAddressee(
        uint256 unit,
        address addressee
    ) external {
        _units[unit].addressee = addressee;
    }

    function setDecommissioned(
        uint256 unit
    ) external {
        _units[unit].decommissioned = true;
    }

    function addQuarantine(
        uint256 unit,
        address setBy
    ) external {
        _quarantines[unit].push(setBy);
    }

    function removeQuarantine(
        uint256 unit,
        address setBy
    ) external {
        _remove(_quarantines[unit], setBy);
    }

    function addLoss(
        uint256 unit,
        address setBy
    ) external {
        _losses[unit].push(setBy);
    }

    function removeLoss(
        uint256 unit,
        address setBy
    ) external {
        _remove(_losses[unit], setBy);
    }

    function addRecall(
        address issuer,
        ICustody.RecallScope scope,
        uint256 unit
    ) external {
        _recalls.push(RecallMade(issuer, scope, unit, true));
    }

    function closeRecall(
        uint256 number
    ) external {
        _recalls[number].open = false;
    }

    function setOperator(
        address account,
        address operator,
        bool approved
    ) external {
        isOperator[account][operator] = approved;
    }

    function setSuspended(
        address account,
        bool suspended
    ) external {
        isSuspended[account] = suspended;
    }

    function setStruck() external {
        isStruck = true;
    }

    // What follows from it

    function unitOf(
        uint256 unit
    ) external view returns (Unit memory) {
        return _units[unit];
    }

    function recallMade(
        uint256 number
    ) external view returns (RecallMade memory) {
        return _recalls[number];
    }

    function recallCount() external view returns (uint256) {
        return _recalls.length;
    }

    function isActive(
        address account
    ) public view returns (bool) {
        return isEnrolled[account] && !isSuspended[account];
    }

    function actsFor(
        address caller,
        address account
    ) public view returns (bool) {
        return caller == account || isOperator[account][caller];
    }

    function isUnderWay(
        uint256 unit
    ) public view returns (bool) {
        return _units[unit].addressee != address(0);
    }

    function quarantinesOf(
        uint256 unit
    ) public view returns (address[] memory) {
        return _quarantines[unit];
    }

    function lossesOf(
        uint256 unit
    ) public view returns (address[] memory) {
        return _losses[unit];
    }

    function isQuarantinedBy(
        uint256 unit,
        address account
    ) external view returns (bool) {
        return _isAmong(_quarantines[unit], account);
    }

    function isLostBy(
        uint256 unit,
        address account
    ) external view returns (bool) {
        return _isAmong(_losses[unit], account);
    }

    /// @notice Open recalls of one scope; `unit` counts for items only.
    function openRecalls(
        ICustody.RecallScope scope,
        uint256 unit
    ) public view returns (uint256 count) {
        for (uint256 i = 0; i < _recalls.length; ++i) {
            RecallMade storage made = _recalls[i];
            if (!made.open || made.scope != scope) continue;
            if (scope != ICustody.RecallScope.Item || made.unit == unit) ++count;
        }
    }

    function standingOf(
        uint256 unit
    ) public view returns (ICustody.Standing) {
        if (isStruck) return ICustody.Standing.NotRegistered;
        uint256 recalls = openRecalls(ICustody.RecallScope.Model, unit) + openRecalls(ICustody.RecallScope.Lot, unit)
            + openRecalls(ICustody.RecallScope.Item, unit);
        if (recalls > 0) return ICustody.Standing.Recalled;
        if (block.timestamp > EXPIRES_AT) return ICustody.Standing.Expired;
        if (_quarantines[unit].length > 0) return ICustody.Standing.Quarantined;
        if (_losses[unit].length > 0) return ICustody.Standing.Lost;
        if (_units[unit].decommissioned) return ICustody.Standing.Decommissioned;
        return ICustody.Standing.Movable;
    }

    function isWayBack(
        uint256 unit,
        address to
    ) public view returns (bool) {
        return to == _units[unit].cameFrom || (to == MAKER && !isStruck);
    }

    function mayCommission(
        address caller,
        uint256 unit
    ) external view returns (bool) {
        return _units[unit].holder == address(0) && actsFor(caller, MAKER) && isActive(MAKER)
            && standingOf(unit) == ICustody.Standing.Movable;
    }

    function mayShip(
        address caller,
        uint256 unit,
        address to
    ) external view returns (bool) {
        address holder = _units[unit].holder;
        if (holder == address(0) || !actsFor(caller, holder) || isUnderWay(unit)) return false;
        if (to == holder || !isActive(to)) return false;
        bool free = isActive(holder) && standingOf(unit) == ICustody.Standing.Movable;
        return free || isWayBack(unit, to);
    }

    function mayAnswer(
        address caller,
        uint256 unit
    ) external view returns (bool) {
        return isUnderWay(unit) && actsFor(caller, _units[unit].addressee);
    }

    function mayCancel(
        address caller,
        uint256 unit
    ) external view returns (bool) {
        return isUnderWay(unit) && actsFor(caller, _units[unit].holder);
    }

    function mayDecommission(
        address caller,
        uint256 unit
    ) external view returns (bool) {
        Unit storage own = _units[unit];
        return own.holder != address(0) && actsFor(caller, own.holder) && !isUnderWay(unit) && !own.decommissioned
            && isActive(own.holder);
    }

    function isMakerOrRegulator(
        address account
    ) public view returns (bool) {
        return isActive(account) && (account == REGULATOR || (account == MAKER && !isStruck));
    }

    /// @notice In whose name the caller would warn; zero for nobody's.
    function setterFor(
        address caller,
        uint256 unit
    ) external view returns (address) {
        address holder = _units[unit].holder;
        if (caller == holder || isMakerOrRegulator(caller)) return caller;
        return isOperator[holder][caller] ? holder : address(0);
    }

    function mayLift(
        address caller,
        address setBy
    ) external view returns (bool) {
        return (actsFor(caller, setBy) && isActive(setBy)) || (caller == REGULATOR && isActive(caller));
    }

    function mayClose(
        address caller,
        uint256 number
    ) external view returns (bool) {
        RecallMade storage made = _recalls[number];
        return made.open && isActive(caller) && (caller == made.issuer || caller == REGULATOR);
    }

    function _remove(
        address[] storage accounts,
        address account
    ) private {
        for (uint256 i = 0; i < accounts.length; ++i) {
            if (accounts[i] != account) continue;
            accounts[i] = accounts[accounts.length - 1];
            accounts.pop();
            return;
        }
    }

    function _isAmong(
        address[] storage accounts,
        address account
    ) private view returns (bool) {
        for (uint256 i = 0; i < accounts.length; ++i) {
            if (accounts[i] == account) return true;
        }
        return false;
    }
}
