// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What a trade in medicines should be, kept in the plainest way: what became of each pack, and each collection
/// @notice The handler writes here what it did, and asks here whether the next call must succeed. Lots, units and prescriptions are known by number.
contract PharmacyStore {
    enum Fate {
        Whole,
        Sold,
        Destroyed
    }

    struct Pack {
        Fate fate;
        uint256 timesSold;
        uint256 timesReturned;
    }

    struct Range {
        uint256 lot;
        address holder;
        address cameFrom;
        uint256 first;
        uint256 count;
    }

    /// @notice What an account had of a lot, counted pack by pack.
    struct Count {
        uint256 received;
        uint256 sold;
        uint256 returned;
        uint256 destroyed;
    }

    struct Terms {
        uint256 lot;
        uint256 quantity;
        uint256 repeats;
        uint256 interval;
        uint256 validFrom;
        uint256 validUntil;
    }

    struct Collection {
        uint256 time;
        uint256 packs;
    }

    /// @notice How far a prescription is filled, as its collections say.
    struct Filled {
        uint256 fills;
        uint256 sold;
        uint256 startedAt;
    }

    address public immutable MAKER;
    uint256 public immutable EXPIRES_AT;

    mapping(uint256 lot => mapping(uint256 index => Pack)) private _packs;
    mapping(uint256 lot => bool) public isRecalled;
    mapping(address account => mapping(uint256 lot => Count)) private _counts;
    mapping(uint256 prescription => Collection[]) private _collections;
    mapping(uint256 prescription => bool) public isCancelled;
    Range[] private _ranges;
    Terms[] private _terms;

    constructor(address maker, uint256 expiresAt) {
        MAKER = maker;
        EXPIRES_AT = expiresAt;
    }

    // What was done

    function addRange(Range calldata range) external {
        _ranges.push(range);
    }

    function split(uint256 unit, uint256 count) external {
        Range memory part = _ranges[unit];
        _ranges[unit].count -= count;
        (part.first, part.count) = (part.first + part.count - count, count);
        _ranges.push(part);
    }

    /// @notice Counts every pack that is there; holes stay where they are.
    function move(uint256 unit, address to) external {
        Range storage range = _ranges[unit];
        address from = range.holder;
        for (uint256 i = range.first; i < range.first + range.count; ++i) {
            if (_packs[range.lot][i].fate != Fate.Whole) continue;
            ++_counts[from][range.lot].returned;
            ++_counts[to][range.lot].received;
        }
        (range.holder, range.cameFrom) = (to, from);
    }

    function sell(uint256 unit, uint256 first, uint256 count) external {
        Range storage range = _ranges[unit];
        for (uint256 i = first; i < first + count; ++i) {
            _packs[range.lot][i].fate = Fate.Sold;
            ++_packs[range.lot][i].timesSold;
            ++_counts[range.holder][range.lot].sold;
        }
    }

    function destroy(uint256 unit, uint256 first, uint256 count) external {
        Range storage range = _ranges[unit];
        for (uint256 i = first; i < first + count; ++i) {
            if (_packs[range.lot][i].fate != Fate.Whole) continue;
            _packs[range.lot][i].fate = Fate.Destroyed;
            ++_counts[range.holder][range.lot].destroyed;
        }
    }

    function destroyReturned(uint256 lot, uint256 index) external {
        ++_packs[lot][index].timesReturned;
    }

    function addTerms(Terms calldata terms) external {
        _terms.push(terms);
    }

    function collect(uint256 prescription, uint256 packs) external {
        _collections[prescription].push(Collection(block.timestamp, packs));
    }

    function cancel(uint256 prescription) external {
        isCancelled[prescription] = true;
    }

    function setRecalled(uint256 lot, bool recalled) external {
        isRecalled[lot] = recalled;
    }

    // What follows from it

    function rangeOf(uint256 unit) external view returns (Range memory) {
        return _ranges[unit];
    }

    function units() external view returns (uint256) {
        return _ranges.length;
    }

    function prescriptions() external view returns (uint256) {
        return _terms.length;
    }

    function termsOf(uint256 prescription) external view returns (Terms memory) {
        return _terms[prescription];
    }

    function packOf(uint256 lot, uint256 index) external view returns (Pack memory) {
        return _packs[lot][index];
    }

    function countOf(address account, uint256 lot) external view returns (Count memory) {
        return _counts[account][lot];
    }

    function collectionsOf(uint256 prescription) external view returns (Collection[] memory) {
        return _collections[prescription];
    }

    /// @notice Packs of the lot that lie in what the account holds.
    function stockOf(address account, uint256 lot) external view returns (uint256 stock) {
        for (uint256 i = 0; i < _ranges.length; ++i) {
            if (_ranges[i].holder == account && _ranges[i].lot == lot) stock += wholeIn(i);
        }
    }

    function wholeIn(uint256 unit) public view returns (uint256 whole) {
        Range storage range = _ranges[unit];
        for (uint256 i = range.first; i < range.first + range.count; ++i) {
            if (_packs[range.lot][i].fate == Fate.Whole) ++whole;
        }
    }

    function isUsable(uint256 lot) public view returns (bool) {
        return !isRecalled[lot] && block.timestamp <= EXPIRES_AT;
    }

    function mayMove(uint256 unit, address to) external view returns (bool) {
        Range storage range = _ranges[unit];
        if (to == range.holder) return false;
        return isUsable(range.lot) || to == MAKER || to == range.cameFrom;
    }

    /// @notice Whether all of these are whole packs of the unit.
    function areInside(uint256 unit, uint256 first, uint256 count) public view returns (bool) {
        Range storage range = _ranges[unit];
        if (first < range.first || first + count > range.first + range.count) return false;
        for (uint256 i = first; i < first + count; ++i) {
            if (_packs[range.lot][i].fate != Fate.Whole) return false;
        }
        return true;
    }

    /// @notice Whether at least one of these is a whole pack, all being indices of the unit.
    function isAnyInside(uint256 unit, uint256 first, uint256 count) external view returns (bool any) {
        Range storage range = _ranges[unit];
        if (first < range.first || first + count > range.first + range.count) return false;
        for (uint256 i = first; i < first + count; ++i) {
            any = any || _packs[range.lot][i].fate == Fate.Whole;
        }
    }

    function mayReturn(uint256 lot, uint256 index) external view returns (bool) {
        return _packs[lot][index].fate == Fate.Sold && _packs[lot][index].timesReturned == 0;
    }

    /// @notice From its first collection on: a fill is begun when there is none or the last is whole.
    function filledOf(uint256 prescription) public view returns (Filled memory filled) {
        Collection[] storage collections = _collections[prescription];
        for (uint256 i = 0; i < collections.length; ++i) {
            if (i == 0 || filled.sold == _terms[prescription].quantity) {
                filled = Filled(filled.fills + 1, 0, collections[i].time);
            }
            filled.sold += collections[i].packs;
        }
    }

    function mayCollect(uint256 prescription, uint256 lot, uint256 packs) external view returns (bool) {
        Terms storage terms = _terms[prescription];
        if (isCancelled[prescription] || terms.lot != lot) return false;
        if (block.timestamp < terms.validFrom || block.timestamp > terms.validUntil) return false;
        Filled memory filled = filledOf(prescription);
        if (filled.fills == 0) return packs <= terms.quantity;
        if (filled.sold < terms.quantity) return packs <= terms.quantity - filled.sold;
        bool due = block.timestamp >= filled.startedAt + terms.interval;
        return due && filled.fills <= terms.repeats && packs <= terms.quantity;
    }
}
