// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../contracts/interfaces/ICustody.sol";
import {IUnits} from "../../contracts/interfaces/IUnits.sol";
import {LotId, UnitId} from "../../contracts/types/Ids.sol";

/// @title What units should be, kept in the plainest way
/// @notice The handler writes here what it did, and asks here whether the next call must succeed.
contract UnitsStore {
    struct Kept {
        address holder;
        address addressee;
        address cameFrom;
        uint32 first;
        uint32 count;
    }

    struct RecallMade {
        address issuer;
        LotId lot;
        bool ofModel;
        bool open;
    }

    /// @notice What became of a pack.
    enum End {
        None,
        Dispensed,
        Destroyed
    }

    address public immutable MAKER;
    address public immutable REGULATOR;
    uint40 public immutable EXPIRES_AT;

    /// @notice Every unit that ever was, living or not.
    UnitId[] public everMade;
    mapping(UnitId unit => bool) private _wasMade;
    mapping(UnitId unit => Kept) private _kept;
    mapping(UnitId unit => mapping(IUnits.Stop why => address[])) private _stops;
    mapping(LotId lot => mapping(uint32 index => End)) public endOf;
    mapping(LotId lot => uint32[]) private _ended;
    mapping(address account => mapping(LotId lot => IUnits.Tally)) private _tallies;
    mapping(LotId lot => uint32 count) public countOf;
    mapping(LotId lot => bool) public isCommissioned;
    mapping(LotId lot => bool) public isStruck;
    RecallMade[] private _recalls;
    mapping(address account => bool) public isEnrolled;
    mapping(address account => bool) public isSuspended;
    mapping(address account => mapping(address operator => bool)) public isOperator;

    constructor(address maker, address regulator, uint40 expiresAt, address[] memory enrolled) {
        MAKER = maker;
        REGULATOR = regulator;
        EXPIRES_AT = expiresAt;
        for (uint256 i = 0; i < enrolled.length; ++i) {
            isEnrolled[enrolled[i]] = true;
        }
    }

    // What was done

    function addLot(LotId lot, uint32 count) external {
        countOf[lot] = count;
    }

    function commission(UnitId unit) external {
        LotId lot = unit.lot();
        isCommissioned[lot] = true;
        _tallies[MAKER][lot].received = countOf[lot];
        put(unit, Kept(MAKER, address(0), address(0), 0, countOf[lot]));
    }

    function put(UnitId unit, Kept memory kept) public {
        _kept[unit] = kept;
        if (!_wasMade[unit]) everMade.push(unit);
        _wasMade[unit] = true;
    }

    function remove(UnitId unit) external {
        delete _kept[unit];
    }

    function setAddressee(UnitId unit, address addressee) external {
        _kept[unit].addressee = addressee;
    }

    function receiveUnit(UnitId unit) external {
        Kept storage kept = _kept[unit];
        uint64 packs = uint64(packsIn(unit));
        _tallies[kept.holder][unit.lot()].sent += packs;
        _tallies[kept.addressee][unit.lot()].received += packs;
        (kept.holder, kept.cameFrom, kept.addressee) = (kept.addressee, kept.holder, address(0));
    }

    function end(UnitId unit, uint32 index, End how) external {
        LotId lot = unit.lot();
        endOf[lot][index] = how;
        _ended[lot].push(index);
        IUnits.Tally storage tally = _tallies[_kept[unit].holder][lot];
        if (how == End.Dispensed) ++tally.dispensed;
        else ++tally.destroyed;
    }

    function addStop(UnitId unit, IUnits.Stop why, address setBy) external {
        _stops[unit][why].push(setBy);
    }

    function removeStop(UnitId unit, IUnits.Stop why, address setBy) external {
        address[] storage setters = _stops[unit][why];
        for (uint256 i = 0; i < setters.length; ++i) {
            if (setters[i] != setBy) continue;
            setters[i] = setters[setters.length - 1];
            setters.pop();
            return;
        }
    }

    function addRecall(address issuer, LotId lot, bool ofModel) external {
        _recalls.push(RecallMade(issuer, lot, ofModel, true));
    }

    function closeRecall(uint256 number) external {
        _recalls[number].open = false;
    }

    function setOperator(address account, address operator, bool approved) external {
        isOperator[account][operator] = approved;
    }

    function setSuspended(address account, bool suspended) external {
        isSuspended[account] = suspended;
    }

    function setStruck(LotId lot) external {
        isStruck[lot] = true;
    }

    // What follows from it

    function madeCount() external view returns (uint256) {
        return everMade.length;
    }

    function keptOf(UnitId unit) public view returns (Kept memory) {
        return _kept[unit];
    }

    function endedOf(LotId lot) external view returns (uint32[] memory) {
        return _ended[lot];
    }

    function stopsOf(UnitId unit, IUnits.Stop why) public view returns (address[] memory) {
        return _stops[unit][why];
    }

    function tallyOf(address account, LotId lot) external view returns (IUnits.Tally memory) {
        return _tallies[account][lot];
    }

    function recallCount() external view returns (uint256) {
        return _recalls.length;
    }

    function exists(UnitId unit) public view returns (bool) {
        return _kept[unit].holder != address(0);
    }

    function packsIn(UnitId unit) public view returns (uint256 packs) {
        Kept storage kept = _kept[unit];
        LotId lot = unit.lot();
        for (uint32 i = kept.first; i < kept.first + kept.count; ++i) {
            if (endOf[lot][i] == End.None) ++packs;
        }
    }

    /// @notice The living unit of the lot that begins at this index, if one does.
    function beginningAt(LotId lot, uint32 index) external view returns (bool found, UnitId unit) {
        for (uint256 i = 0; i < everMade.length; ++i) {
            unit = everMade[i];
            if (exists(unit) && unit.lot() == lot && _kept[unit].first == index) return (true, unit);
        }
        return (false, unit);
    }

    function isActive(address account) public view returns (bool) {
        return isEnrolled[account] && !isSuspended[account];
    }

    function actsFor(address caller, address account) public view returns (bool) {
        return caller == account || isOperator[account][caller];
    }

    function isUnderWay(UnitId unit) public view returns (bool) {
        return _kept[unit].addressee != address(0);
    }

    function isStopped(UnitId unit) public view returns (bool) {
        return _stops[unit][IUnits.Stop.Quarantine].length + lossesOf(unit) != 0;
    }

    function lossesOf(UnitId unit) public view returns (uint256) {
        return _stops[unit][IUnits.Stop.Lost].length + _stops[unit][IUnits.Stop.Stolen].length;
    }

    function isStoppedBy(UnitId unit, IUnits.Stop why, address account) public view returns (bool) {
        address[] storage setters = _stops[unit][why];
        for (uint256 i = 0; i < setters.length; ++i) {
            if (setters[i] == account) return true;
        }
        return false;
    }

    function standingOf(UnitId unit) public view returns (ICustody.Standing) {
        LotId lot = unit.lot();
        if (isStruck[lot]) return ICustody.Standing.NotRegistered;
        for (uint256 i = 0; i < _recalls.length; ++i) {
            RecallMade storage made = _recalls[i];
            if (made.open && (made.ofModel || made.lot == lot)) return ICustody.Standing.Recalled;
        }
        if (block.timestamp > EXPIRES_AT) return ICustody.Standing.Expired;
        if (_stops[unit][IUnits.Stop.Quarantine].length != 0) return ICustody.Standing.Quarantined;
        if (lossesOf(unit) != 0) return ICustody.Standing.Lost;
        return ICustody.Standing.Movable;
    }

    function isMaker(address account, LotId lot) public view returns (bool) {
        return account == MAKER && !isStruck[lot];
    }

    function mayCommission(address caller, UnitId unit) external view returns (bool) {
        LotId lot = unit.lot();
        return !isStruck[lot] && actsFor(caller, MAKER) && isActive(MAKER) && !isCommissioned[lot]
            && standingOf(unit) == ICustody.Standing.Movable;
    }

    function mayDivide(address caller, UnitId unit) public view returns (bool) {
        return exists(unit) && actsFor(caller, _kept[unit].holder) && !isUnderWay(unit) && !isStopped(unit);
    }

    /// @notice Whether the two may be joined but for the label.
    function mayJoin(address caller, UnitId one, UnitId next) external view returns (bool) {
        Kept storage a = _kept[one];
        Kept storage b = _kept[next];
        return mayDivide(caller, one) && mayDivide(caller, next) && one.lot() == next.lot() && a.holder == b.holder
            && a.first + a.count == b.first && a.cameFrom == b.cameFrom;
    }

    function mayShip(address caller, UnitId unit, address to) external view returns (bool) {
        Kept storage kept = _kept[unit];
        if (!exists(unit) || !actsFor(caller, kept.holder) || isUnderWay(unit)) return false;
        if (to == kept.holder || !isActive(to)) return false;
        if (isActive(kept.holder) && standingOf(unit) == ICustody.Standing.Movable) return true;
        return to == kept.cameFrom || isMaker(to, unit.lot());
    }

    function mayAnswer(address caller, UnitId unit) external view returns (bool) {
        return isUnderWay(unit) && actsFor(caller, _kept[unit].addressee);
    }

    function mayCancel(address caller, UnitId unit) external view returns (bool) {
        return isUnderWay(unit) && actsFor(caller, _kept[unit].holder);
    }

    /// @notice In whose name the caller would stop the unit; zero for nobody's.
    function setterFor(address caller, UnitId unit) external view returns (address) {
        address holder = _kept[unit].holder;
        if (holder == address(0)) return address(0);
        if (caller == holder) return caller;
        if (isActive(caller) && (caller == REGULATOR || isMaker(caller, unit.lot()))) return caller;
        return isOperator[holder][caller] ? holder : address(0);
    }

    function mayLift(address caller, address setBy) external view returns (bool) {
        return (actsFor(caller, setBy) && isActive(setBy)) || (caller == REGULATOR && isActive(caller));
    }

    function mayDispense(address caller, address holder, UnitId unit, uint32 first, uint32 count)
        external
        view
        returns (bool)
    {
        if (!actsFor(caller, holder) || (caller == holder && !isActive(holder))) return false;
        if (count == 0 || _kept[unit].holder != holder || isUnderWay(unit) || isStopped(unit)) return false;
        return isInside(unit, first, count) && leftIn(unit.lot(), first, count) == count;
    }

    function mayDestroy(address caller, UnitId unit, uint32 first, uint32 count) external view returns (bool) {
        address holder = _kept[unit].holder;
        if (!exists(unit) || !actsFor(caller, holder) || isUnderWay(unit) || !isActive(holder)) return false;
        return isInside(unit, first, count) && leftIn(unit.lot(), first, count) != 0;
    }

    function isInside(UnitId unit, uint32 first, uint32 count) public view returns (bool) {
        Kept storage kept = _kept[unit];
        return first >= kept.first && first + count <= kept.first + kept.count;
    }

    function leftIn(LotId lot, uint32 first, uint32 count) public view returns (uint256 left) {
        for (uint32 i = first; i < first + count; ++i) {
            if (endOf[lot][i] == End.None) ++left;
        }
    }

    /// @notice Whether the caller may recall: the lot, or the model, whose maker a struck lot does not change.
    function mayRecall(address caller, LotId lot, bool ofModel) external view returns (bool) {
        return isActive(caller) && (caller == REGULATOR || (ofModel ? caller == MAKER : isMaker(caller, lot)));
    }

    function mayClose(address caller, uint256 number) external view returns (bool) {
        RecallMade storage made = _recalls[number];
        return made.open && isActive(caller) && (caller == made.issuer || caller == REGULATOR);
    }
}
