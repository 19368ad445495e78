// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {IUnits} from "../../../contracts/interfaces/IUnits.sol";
import {UnitId} from "../../../contracts/types/Ids.sol";
import {UnitsTest} from "./UnitsTest.sol";

contract UnpackTest is UnitsTest {
    function testFuzz_Unpack(uint256[6] memory seeds, bool byOperator, bytes32 evidence) external {
        _bringToHospital();
        _setOperator(hospital, true);
        uint32[] memory counts = _divided(seeds);
        UnitId[] memory expected = new UnitId[](counts.length);
        for (uint256 i = 0; i < counts.length; ++i) {
            expected[i] = lot.unitPacked(hospital, _label(i));
        }

        vm.expectEmit(address(units));
        emit IUnits.UnitUnpacked(unit, hospital, expected, counts, evidence);
        vm.prank(byOperator ? operator : hospital);
        UnitId[] memory parts = units.unpack(unit, counts, _labels(counts.length), evidence);

        _assertNone(unit);
        assertEq(parts.length, counts.length, "parts");
        uint32 first = 0;
        for (uint256 i = 0; i < parts.length; ++i) {
            assertTrue(parts[i] == expected[i], "id");
            _assertUnit(parts[i], hospital, first, counts[i]);
            _assertPossession(parts[i], hospital, address(0), wholesaler);
            assertEq(units.packsIn(parts[i]), counts[i], "packs");
            first += counts[i];
        }
        assertEq(first, COUNT, "all");
        _assertTally(hospital, COUNT, 0, 0, 0);
    }

    function test_Unpack_OnePartKeepsTheLabel() external {
        _commission();
        bytes32[] memory labels = _labels(2);
        labels[1] = LABEL;
        _unpack(maker, unit, _counts(1, COUNT - 1), labels);
        _assertUnit(unit, maker, 1, COUNT - 1);
        _assertUnit(lot.unitPacked(maker, _label(0)), maker, 0, 1);
    }

    function test_Unpack_IntoOnePartGivesAnotherLabel() external {
        _commission();
        uint32[] memory counts = new uint32[](1);
        counts[0] = COUNT;
        UnitId[] memory parts = _unpack(maker, unit, counts, _labels(1));
        _assertNone(unit);
        _assertUnit(parts[0], maker, 0, COUNT);
    }

    function testFuzz_Unpack_GivenOpened(uint32 first, uint32 holes, uint32 count) external {
        _commission();
        first = uint32(bound(first, 0, COUNT - 1));
        holes = uint32(bound(holes, 1, COUNT - first));
        count = uint32(bound(count, 1, COUNT - 1));
        _destroy(maker, unit, first, holes);
        UnitId[] memory parts = _unpack(maker, unit, _counts(count, COUNT - count), _labels(2));
        uint256 below = count <= first ? 0 : (count - first < holes ? count - first : holes);
        assertTrue(units.unitOf(parts[0]).opened && units.unitOf(parts[1]).opened, "opened");
        assertEq(units.packsIn(parts[0]), count - below, "packs in the first");
        assertEq(units.packsIn(parts[1]), COUNT - count - (holes - below), "packs in the second");
    }

    function testFuzz_Unpack_GivenImmovable(uint8 seed, bool suspended) external {
        _bringToHospital();
        uint256 last = uint256(ICustody.Standing.Expired);
        _bringInto(ICustody.Standing(bound(seed, uint256(ICustody.Standing.NotRegistered), last)));
        if (suspended) _suspend(hospital);
        UnitId[] memory parts = _unpack(hospital, unit, _counts(400, 600), _labels(2));
        _assertUnit(parts[1], hospital, 400, 600);
    }

    function test_RevertGiven_ThereIsNoSuchUnit() external {
        _expectRevert(maker, abi.encodeWithSelector(IUnits.Units_NoUnit.selector, unit));
        _commission();
        _unpack(maker, unit, _counts(1, COUNT - 1), _labels(2));
        _expectRevert(maker, abi.encodeWithSelector(IUnits.Units_NoUnit.selector, unit));
    }

    function test_RevertGiven_CallerIsNotTheHolder() external {
        _bringToHospital();
        address[4] memory callers = [maker, wholesaler, regulator, operator];
        for (uint256 i = 0; i < callers.length; ++i) {
            _expectRevert(callers[i], abi.encodeWithSelector(IUnits.Units_NotHolder.selector, unit, callers[i]));
        }
    }

    function test_RevertGiven_UnitIsUnderWay() external {
        _commission();
        _ship(maker, unit, wholesaler);
        _expectRevert(maker, abi.encodeWithSelector(IUnits.Units_UnderWay.selector, unit, wholesaler));
    }

    function testFuzz_RevertGiven_UnitIsStopped(uint8 why) external {
        _commission();
        _stop(regulator, unit, IUnits.Stop(bound(why, 0, 2)));
        _expectRevert(maker, abi.encodeWithSelector(IUnits.Units_Stopped.selector, unit));
    }

    function testFuzz_RevertWhen_APartIsEmpty(bool first) external {
        _commission();
        bytes memory refusal = abi.encodeWithSelector(IUnits.Units_BadParts.selector, unit, 0);
        vm.expectRevert(refusal);
        _unpack(maker, unit, first ? _counts(0, COUNT) : _counts(COUNT, 0), _labels(2));
        vm.expectRevert(refusal);
        _unpack(maker, unit, new uint32[](0), new bytes32[](0));
    }

    function testFuzz_RevertWhen_PartsAreNotTheUnit(uint32 a, uint32 b) external {
        _commission();
        a = uint32(bound(a, 1, type(uint32).max));
        b = uint32(bound(b, 1, type(uint32).max));
        uint256 total = uint256(a) + b;
        vm.assume(total != COUNT);
        vm.expectRevert(abi.encodeWithSelector(IUnits.Units_BadParts.selector, unit, total));
        _unpack(maker, unit, _counts(a, b), _labels(2));
    }

    /// @dev 2^32 + 1000 in 32 bits would be 1000.
    function test_RevertWhen_CountsWouldOverflow() external {
        _commission();
        uint256 total = 2 ** 32 + uint256(COUNT);
        vm.expectRevert(abi.encodeWithSelector(IUnits.Units_BadParts.selector, unit, total));
        _unpack(maker, unit, _counts(type(uint32).max, COUNT + 1), _labels(2));
    }

    function test_RevertWhen_LabelsAreNotAsManyAsParts() external {
        _commission();
        bytes memory refusal = abi.encodeWithSelector(IUnits.Units_BadParts.selector, unit, COUNT);
        vm.expectRevert(refusal);
        _unpack(maker, unit, _counts(1, COUNT - 1), _labels(1));
        vm.expectRevert(refusal);
        _unpack(maker, unit, _counts(1, COUNT - 1), _labels(3));
    }

    function test_RevertWhen_LabelIsInUse() external {
        _commission();
        UnitId other = _split(maker, unit, 1, _label(1));
        bytes memory refusal = abi.encodeWithSelector(IUnits.Units_UnitExists.selector, other);
        vm.expectRevert(refusal);
        _unpack(maker, unit, _counts(1, COUNT - 2), _labels(2));

        bytes32[] memory same = new bytes32[](2);
        vm.expectRevert(abi.encodeWithSelector(IUnits.Units_UnitExists.selector, lot.unitPacked(maker, bytes32(0))));
        _unpack(maker, unit, _counts(1, COUNT - 2), same);
        _assertUnit(unit, maker, 0, COUNT - 1);
    }

    function _expectRevert(address caller, bytes memory refusal) private {
        vm.expectRevert(refusal);
        _unpack(caller, unit, _counts(400, 600), _labels(2));
    }

    /// @dev One to six parts, each of one index or more, all of the lot together.
    function _divided(uint256[6] memory seeds) private pure returns (uint32[] memory counts) {
        counts = new uint32[](bound(seeds[0], 1, 6));
        uint32 left = COUNT;
        for (uint256 i = 0; i + 1 < counts.length; ++i) {
            counts[i] = uint32(bound(seeds[i + 1], 1, left - (counts.length - 1 - i)));
            left -= counts[i];
        }
        counts[counts.length - 1] = left;
    }
}
