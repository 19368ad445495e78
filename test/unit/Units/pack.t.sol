// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {IUnits} from "../../../contracts/interfaces/IUnits.sol";
import {LotId, UnitId} from "../../../contracts/types/Ids.sol";
import {UnitsTest} from "./UnitsTest.sol";

contract PackTest is UnitsTest {
    /// @dev The lot in three units at the hospital: [0, 300), [300, 600), [600, 1000).
    UnitId[] private parts;

    function setUp() public override {
        super.setUp();
        _bringToHospital();
        uint32[] memory counts = new uint32[](3);
        (counts[0], counts[1], counts[2]) = (300, 300, 400);
        parts = _unpack(hospital, unit, counts, _labels(3));
        _setOperator(hospital, true);
    }

    function testFuzz_Pack(uint8 from, uint8 to, bytes32 label, bool byOperator, bytes32 evidence) external {
        from = uint8(bound(from, 0, 2));
        to = uint8(bound(to, from, 2));
        UnitId[] memory some = new UnitId[](to - from + 1);
        (uint32 first, uint32 count) = (units.unitOf(parts[from]).first, 0);
        for (uint256 i = 0; i < some.length; ++i) {
            some[i] = parts[from + i];
            count += units.unitOf(some[i]).count;
        }
        UnitId expected = lot.unitPacked(hospital, label);

        vm.expectEmit(address(units));
        emit IUnits.UnitsPacked(expected, hospital, some, first, count, evidence);
        vm.prank(byOperator ? operator : hospital);
        UnitId made = units.pack(some, label, evidence);

        assertTrue(made == expected, "id");
        _assertUnit(made, hospital, first, count);
        _assertPossession(made, hospital, address(0), wholesaler);
        assertFalse(units.unitOf(made).opened, "opened");
        assertEq(units.packsIn(made), count, "packs");
        for (uint256 i = 0; i < some.length; ++i) {
            if (!(some[i] == made)) _assertNone(some[i]);
        }
        _assertTally(hospital, COUNT, 0, 0, 0);
    }

    function test_Pack_UnderALabelOfAPart() external {
        UnitId made = _pack(hospital, _two(parts[0], parts[1]), _label(1));
        assertTrue(made == parts[1], "the id lives on");
        _assertUnit(made, hospital, 0, 600);
        _assertNone(parts[0]);
    }

    function test_Pack_AnewUnderALabelThatAnotherHasToday() external {
        // A label belongs to who packed: the maker's says nothing to the hospital's.
        UnitId made = _pack(hospital, parts, LABEL);
        assertFalse(made == unit, "another id");
        _assertUnit(made, hospital, 0, COUNT);
        _assertNone(unit);
    }

    function testFuzz_Pack_GivenPartsWereOpened(uint32 dispensed, uint32 destroyed) external {
        dispensed = uint32(bound(dispensed, 0, 299));
        destroyed = uint32(bound(destroyed, 0, 299));
        _dispense(parts[0], _one(dispensed));
        _destroy(hospital, parts[1], 300 + destroyed, 300 - destroyed);
        UnitId made = _pack(hospital, parts, LABEL);
        assertTrue(units.unitOf(made).opened, "opened");
        assertEq(units.packsIn(made), COUNT - 1 - (300 - destroyed), "packs");
    }

    function testFuzz_Pack_GivenImmovable(uint8 seed, bool suspended) external {
        uint256 last = uint256(ICustody.Standing.Expired);
        ICustody.Standing standing = ICustody.Standing(bound(seed, uint256(ICustody.Standing.NotRegistered), last));
        _bringInto(standing);
        if (suspended) _suspend(hospital);
        UnitId made = _pack(hospital, parts, LABEL);
        _assertUnit(made, hospital, 0, COUNT);
        _assertStanding(made, standing);
    }

    function test_RevertWhen_ThereAreNoParts() external {
        UnitId none;
        vm.expectRevert(abi.encodeWithSelector(IUnits.Units_BadParts.selector, none, 0));
        _pack(hospital, new UnitId[](0), LABEL);
    }

    function test_RevertGiven_APartIsNoUnit() external {
        _expectRevert(hospital, parts[0], unit, abi.encodeWithSelector(IUnits.Units_NoUnit.selector, unit));
        _expectRevert(hospital, unit, parts[0], abi.encodeWithSelector(IUnits.Units_NoUnit.selector, unit));
    }

    function test_RevertWhen_APartIsNamedTwice() external {
        _expectRevert(hospital, parts[0], parts[0], abi.encodeWithSelector(IUnits.Units_NoUnit.selector, parts[0]));
        UnitId[] memory some = new UnitId[](3);
        (some[0], some[1], some[2]) = (parts[0], parts[1], parts[0]);
        vm.expectRevert(abi.encodeWithSelector(IUnits.Units_NoUnit.selector, parts[0]));
        _pack(hospital, some, LABEL);
    }

    function test_RevertGiven_CallerIsNotTheHolder() external {
        _handOver(parts[1], hospital, wholesaler);
        address[4] memory callers = [maker, wholesaler, regulator, stranger];
        for (uint256 i = 0; i < callers.length; ++i) {
            bytes memory refusal = abi.encodeWithSelector(IUnits.Units_NotHolder.selector, parts[0], callers[i]);
            _expectRevert(callers[i], parts[0], parts[1], refusal);
        }
        bytes memory ofSecond = abi.encodeWithSelector(IUnits.Units_NotHolder.selector, parts[1], hospital);
        _expectRevert(hospital, parts[0], parts[1], ofSecond);
    }

    function test_RevertGiven_APartIsUnderWay() external {
        _ship(hospital, parts[1], wholesaler);
        bytes memory refusal = abi.encodeWithSelector(IUnits.Units_UnderWay.selector, parts[1], wholesaler);
        _expectRevert(hospital, parts[0], parts[1], refusal);
        _expectRevert(hospital, parts[1], parts[2], refusal);
    }

    function testFuzz_RevertGiven_APartIsStopped(uint8 why, uint8 which) external {
        UnitId stopped = parts[bound(which, 0, 1)];
        _stop(maker, stopped, IUnits.Stop(bound(why, 0, 2)));
        _expectRevert(hospital, parts[0], parts[1], abi.encodeWithSelector(IUnits.Units_Stopped.selector, stopped));
    }

    function test_RevertWhen_PartsDoNotAdjoin() external {
        _expectNotAdjoining(hospital, parts[0], parts[2]);
        _expectNotAdjoining(hospital, parts[1], parts[0]);
        _expectNotAdjoining(hospital, parts[2], parts[0]);
    }

    function test_RevertGiven_PartsHaveOtherHolders() external {
        // An operator of both cannot make one's packs the other's.
        _handOver(parts[1], hospital, wholesaler);
        _setOperator(wholesaler, true);
        _expectNotAdjoining(operator, parts[0], parts[1]);
        _expectNotAdjoining(operator, parts[1], parts[2]);
    }

    function test_RevertGiven_PartsHaveOtherSources() external {
        _handOver(parts[1], hospital, chemist);
        _handOver(parts[1], chemist, hospital);
        _expectNotAdjoining(hospital, parts[0], parts[1]);
        _expectNotAdjoining(hospital, parts[1], parts[2]);
        // Once all came the same way, they can be joined again.
        _handOver(parts[0], hospital, chemist);
        _handOver(parts[0], chemist, hospital);
        _assertUnit(_pack(hospital, _two(parts[0], parts[1]), LABEL), hospital, 0, 600);
    }

    function test_RevertGiven_PartsAreOfOtherLots() external {
        LotId otherLot = _registerLot("another");
        UnitId other = _commissionUnits(otherLot);
        _handOver(other, maker, wholesaler);
        _handOver(other, wholesaler, hospital);
        UnitId tail = _split(hospital, other, 700, _label(9));
        // It begins where the first part ends, but in another lot.
        assertEq(units.unitOf(tail).first, 300, "adjoins but for the lot");
        _expectNotAdjoining(hospital, parts[0], tail);
        _expectNotAdjoining(hospital, other, parts[1]);
    }

    function test_RevertGiven_LabelIsInUse() external {
        bytes memory refusal = abi.encodeWithSelector(IUnits.Units_UnitExists.selector, parts[2]);
        vm.expectRevert(refusal);
        _pack(hospital, _two(parts[0], parts[1]), _label(2));
        // Also while another holds the unit that the hospital packed under this label.
        _handOver(parts[2], hospital, wholesaler);
        vm.expectRevert(refusal);
        _pack(hospital, _two(parts[0], parts[1]), _label(2));
    }

    function _expectNotAdjoining(address caller, UnitId a, UnitId b) private {
        _expectRevert(caller, a, b, abi.encodeWithSelector(IUnits.Units_NotAdjoining.selector, a, b));
    }

    function _expectRevert(address caller, UnitId a, UnitId b, bytes memory refusal) private {
        vm.expectRevert(refusal);
        _pack(caller, _two(a, b), LABEL);
    }
}
