// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {IUnits} from "../../../contracts/interfaces/IUnits.sol";
import {ItemId, UnitId} from "../../../contracts/types/Ids.sol";
import {UnitsTest} from "./UnitsTest.sol";

contract ShipUnitTest is UnitsTest {
    function testFuzz_Ship(bool byOperator, uint8 whom, bytes32 evidence) external {
        _bringToHospital();
        _setOperator(hospital, true);
        address to = [maker, rival, chemist, regulator][bound(whom, 0, 3)];

        vm.expectEmit(address(units));
        emit IUnits.UnitShipped(unit, hospital, to, evidence);
        vm.prank(byOperator ? operator : hospital);
        units.ship(unit, to, evidence);

        _assertPossession(unit, hospital, to, wholesaler);
        // Nothing is sent before it was received.
        _assertTally(hospital, COUNT, 0, 0, 0);
    }

    function test_Ship_AtTheLastSecond() external {
        _commission();
        vm.warp(expiresAt);
        _ship(maker, unit, wholesaler);
        _assertPossession(unit, maker, wholesaler, address(0));
    }

    function testFuzz_Ship_GivenASinglePackIsStopped(uint8 how) external {
        _bringToHospital();
        ItemId pack = lot.item(bytes16(keccak256(bytes(_serial(5)))));
        how = uint8(bound(how, 0, 2));
        vm.startPrank(maker);
        if (how == 0) custody.recallItem(pack, ICustody.RecallClass.I, _document("notice"));
        if (how == 1) custody.quarantine(pack, EVIDENCE);
        if (how == 2) custody.reportLost(pack, ICustody.Loss.Stolen, EVIDENCE);
        vm.stopPrank();
        _assertStanding(unit, ICustody.Standing.Movable);
        _handOver(unit, hospital, chemist);
        _assertPossession(unit, chemist, address(0), hospital);
    }

    function test_RevertGiven_ThereIsNoSuchUnit() external {
        _expectRevert(maker, wholesaler, abi.encodeWithSelector(IUnits.Units_NoUnit.selector, unit));
        _commission();
        UnitId other = lot.unitPacked(wholesaler, LABEL);
        vm.expectRevert(abi.encodeWithSelector(IUnits.Units_NoUnit.selector, other));
        _ship(maker, other, wholesaler);
    }

    function test_RevertGiven_CallerIsNotTheHolder() external {
        _bringToHospital();
        address[4] memory callers = [maker, wholesaler, regulator, operator];
        for (uint256 i = 0; i < callers.length; ++i) {
            bytes memory refusal = abi.encodeWithSelector(IUnits.Units_NotHolder.selector, unit, callers[i]);
            _expectRevert(callers[i], chemist, refusal);
        }
    }

    function test_RevertGiven_ApprovalWasTakenBack() external {
        _commission();
        _setOperator(maker, true);
        _setOperator(maker, false);
        _expectRevert(operator, wholesaler, abi.encodeWithSelector(IUnits.Units_NotHolder.selector, unit, operator));
    }

    function test_RevertGiven_UnitIsUnderWay() external {
        _commission();
        _ship(maker, unit, wholesaler);
        bytes memory refusal = abi.encodeWithSelector(IUnits.Units_UnderWay.selector, unit, wholesaler);
        _expectRevert(maker, hospital, refusal);
        _expectRevert(maker, wholesaler, refusal);
    }

    function test_RevertWhen_AddresseeIsTheHolderOrZero() external {
        _commission();
        address[2] memory addressees = [maker, address(0)];
        for (uint256 i = 0; i < addressees.length; ++i) {
            bytes memory refusal = abi.encodeWithSelector(IUnits.Units_BadAddressee.selector, unit, addressees[i]);
            _expectRevert(maker, addressees[i], refusal);
        }
    }

    function test_RevertGiven_AddresseeIsNotActive() external {
        _bringToHospital();
        _expectRevert(hospital, stranger, abi.encodeWithSelector(IUnits.Units_NotActive.selector, stranger));
        _suspend(wholesaler);
        bytes memory refusal = abi.encodeWithSelector(IUnits.Units_NotActive.selector, wholesaler);
        _expectRevert(hospital, wholesaler, refusal);
        _recallLot(maker);
        _expectRevert(hospital, wholesaler, refusal);
        _suspend(hospital);
        _expectRevert(hospital, wholesaler, refusal);
    }

    function testFuzz_RevertGiven_UnitIsImmovable(uint8 seed) external {
        _bringToHospital();
        ICustody.Standing standing = _boundImmovable(seed);
        _bringInto(standing);
        bytes memory refusal = abi.encodeWithSelector(IUnits.Units_Immovable.selector, unit, standing);
        _expectRevert(hospital, rival, refusal);
        _expectRevert(hospital, regulator, refusal);
        // The unit comes first where the holder is not active either.
        _suspend(hospital);
        _expectRevert(hospital, rival, refusal);
    }

    function test_RevertGiven_ModelIsRecalled() external {
        _bringToHospital();
        _recallModel(regulator);
        bytes memory refusal = abi.encodeWithSelector(IUnits.Units_Immovable.selector, unit, ICustody.Standing.Recalled);
        _expectRevert(hospital, chemist, refusal);
    }

    function test_Ship_GivenAnotherLotIsRecalled() external {
        _bringToHospital();
        lot = _registerLot("another");
        _recallLot(maker);
        _ship(hospital, unit, chemist);
        _assertPossession(unit, hospital, chemist, wholesaler);
    }

    function testFuzz_Ship_BackGivenImmovable(uint8 seed, bool holderSuspended) external {
        _bringToHospital();
        _bringInto(_boundImmovable(seed));
        if (holderSuspended) _suspend(hospital);
        _handOver(unit, hospital, wholesaler);
        _assertPossession(unit, wholesaler, address(0), hospital);
        _assertTally(hospital, COUNT, COUNT, 0, 0);
        _assertTally(wholesaler, 2 * COUNT, COUNT, 0, 0);
    }

    function testFuzz_Ship_ToTheMakerGivenImmovable(uint8 seed, bool holderSuspended) external {
        _bringToHospital();
        ICustody.Standing standing = _boundImmovable(seed);
        _bringInto(standing);
        if (holderSuspended) _suspend(hospital);
        if (standing == ICustody.Standing.NotRegistered) {
            // Nobody is the maker of a struck lot.
            _expectRevert(hospital, maker, abi.encodeWithSelector(IUnits.Units_Immovable.selector, unit, standing));
        } else {
            _handOver(unit, hospital, maker);
            _assertPossession(unit, maker, address(0), hospital);
        }
    }

    function test_Ship_BackToTheMakerOfAStruckLot() external {
        _commission();
        _handOver(unit, maker, wholesaler);
        _strikeLot();
        _ship(wholesaler, unit, maker);
        _assertPossession(unit, wholesaler, maker, maker);
    }

    function test_RevertGiven_UnitWentFurtherBack() external {
        _bringToHospital();
        _handOver(unit, hospital, rival);
        _recallLot(regulator);
        bytes memory refusal = abi.encodeWithSelector(IUnits.Units_Immovable.selector, unit, ICustody.Standing.Recalled);
        _expectRevert(rival, wholesaler, refusal);
    }

    /// @dev Of a joined unit the way back is that of all its parts.
    function test_RevertGiven_PartsWereJoinedAndGoElsewhere() external {
        _bringToHospital();
        UnitId part = _split(hospital, unit, 300, _label(0));
        unit = _pack(hospital, _two(unit, part), _label(1));
        _recallLot(regulator);
        bytes memory refusal = abi.encodeWithSelector(IUnits.Units_Immovable.selector, unit, ICustody.Standing.Recalled);
        _expectRevert(hospital, chemist, refusal);
        _handOver(unit, hospital, wholesaler);
        _assertUnit(unit, wholesaler, 0, COUNT);
    }

    function test_RevertGiven_HolderIsNotActive() external {
        _bringToHospital();
        _setOperator(hospital, true);
        _suspend(hospital);
        bytes memory refusal = abi.encodeWithSelector(IUnits.Units_NotActive.selector, hospital);
        _expectRevert(hospital, rival, refusal);
        _expectRevert(operator, rival, refusal);
    }

    function testFuzz_Ship_BackGivenHolderIsNotActive(bool toMaker, bool byOperator) external {
        _bringToHospital();
        _setOperator(hospital, true);
        _suspend(hospital);
        address to = toMaker ? maker : wholesaler;
        _ship(byOperator ? operator : hospital, unit, to);
        _assertPossession(unit, hospital, to, wholesaler);
    }

    function _expectRevert(address caller, address to, bytes memory refusal) private {
        vm.expectRevert(refusal);
        _ship(caller, unit, to);
    }
}
