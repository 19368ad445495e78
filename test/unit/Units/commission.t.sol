// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../../contracts/interfaces/ICatalog.sol";
import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {IUnits} from "../../../contracts/interfaces/IUnits.sol";
import {LotId, UnitId} from "../../../contracts/types/Ids.sol";
import {DISTRIBUTOR} from "../../../contracts/types/Role.sol";
import {UnitsTest} from "./UnitsTest.sol";

contract CommissionUnitsTest is UnitsTest {
    function testFuzz_Commission(uint32 count, bytes32 label, bool byOperator, bytes32 evidence) external {
        count = uint32(bound(count, 1, type(uint32).max));
        vm.prank(maker);
        LotId large = catalog.registerLot(
            ICatalog.NewLot(model, "any size", keccak256("root"), count, madeAt, expiresAt, _document("lot"))
        );
        vm.prank(maker);
        custody.holdInUnits(large);
        _setOperator(maker, true);
        UnitId expected = large.unitPacked(maker, label);

        vm.expectEmit(address(units));
        emit IUnits.UnitCommissioned(expected, maker, count, evidence);
        vm.prank(byOperator ? operator : maker);
        UnitId made = units.commission(large, label, evidence);

        assertTrue(made == expected, "id");
        assertTrue(made.lot() == large, "lot");
        assertTrue(units.isCommissioned(large), "commissioned");
        _assertUnit(made, maker, 0, count);
        _assertPossession(made, maker, address(0), address(0));
        assertEq(units.packsIn(made), count, "packs");
        assertEq(units.tallyOf(maker, large).received, count, "received");
        _assertStanding(made, ICustody.Standing.Movable);
    }

    function test_Commission_GivenTheRoomMaySayHowTheLotIsHeld() external {
        vm.prank(maker);
        custody.setOperator(address(units), true);
        vm.expectEmit(address(custody));
        emit ICustody.LotHeldInUnits(lot, maker);
        vm.prank(maker);
        units.commission(lot, LABEL, EVIDENCE);
        assertTrue(custody.isHeldInUnits(lot));
        _assertUnit(unit, maker, 0, COUNT);
    }

    function test_Commission_AtTheLastSecond() external {
        vm.warp(expiresAt);
        _commission();
        _assertUnit(unit, maker, 0, COUNT);
    }

    function test_RevertGiven_TheRoomMayNotSayHowTheLotIsHeld() external {
        vm.expectRevert(
            abi.encodeWithSelector(ICustody.Custody_NotLotManufacturer.selector, lot, address(units)), address(custody)
        );
        vm.prank(maker);
        units.commission(lot, LABEL, EVIDENCE);
    }

    function test_RevertGiven_LotIsHeldItemByItem() external {
        Medicine memory medicine = _registerMedicine(model, "by items", 1);
        bytes32[] memory proof = new bytes32[](0);
        vm.startPrank(maker);
        custody.commission(medicine.id.item(medicine.halves[0]), 0, address(0), proof, EVIDENCE);
        custody.setOperator(address(units), true);
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_HeldByItems.selector, medicine.id));
        units.commission(medicine.id, LABEL, EVIDENCE);
        vm.stopPrank();
        assertFalse(units.isCommissioned(medicine.id));
    }

    function test_RevertGiven_LotDoesNotCount() external {
        vm.prank(maker);
        custody.holdInUnits(lot);
        _strikeLot();
        _expectNotManufacturer(maker);
        lot = model.lotNumbered("never registered");
        _expectNotManufacturer(maker);
    }

    function test_RevertGiven_CallerIsNotTheManufacturer() external {
        vm.prank(maker);
        custody.holdInUnits(lot);
        // An operator in the catalog or in custody is none here.
        vm.startPrank(maker);
        catalog.setOperator(operator, true);
        custody.setOperator(operator, true);
        vm.stopPrank();
        _setOperator(rival, true);
        address[4] memory callers = [rival, regulator, wholesaler, operator];
        for (uint256 i = 0; i < callers.length; ++i) {
            _expectNotManufacturer(callers[i]);
        }
    }

    function test_RevertGiven_ManufacturerIsNotActive() external {
        vm.prank(maker);
        custody.holdInUnits(lot);
        _setOperator(maker, true);
        _suspend(maker);
        bytes memory refusal = abi.encodeWithSelector(IUnits.Units_NotActive.selector, maker);
        _expectRevert(maker, refusal);
        _expectRevert(operator, refusal);
    }

    function test_RevertGiven_ManufacturerLostTheRole() external {
        _enrol(maker, DISTRIBUTOR);
        _expectRevert(maker, abi.encodeWithSelector(IUnits.Units_NotActive.selector, maker));
    }

    function test_RevertGiven_LotIsCommissioned() external {
        _commission();
        bytes memory refusal = abi.encodeWithSelector(IUnits.Units_AlreadyCommissioned.selector, lot);
        _expectRevert(maker, refusal);
        _unpack(maker, unit, _counts(1, COUNT - 1), _labels(2));
        _expectRevert(maker, refusal);
        UnitId gone = lot.unitPacked(maker, _label(1));
        _destroy(maker, gone, 1, COUNT - 1);
        _expectRevert(maker, refusal);
    }

    function testFuzz_RevertGiven_LotIsImmovable(bool recalled) external {
        vm.prank(maker);
        custody.holdInUnits(lot);
        ICustody.Standing standing = recalled ? ICustody.Standing.Recalled : ICustody.Standing.Expired;
        _bringInto(standing);
        _expectRevert(maker, abi.encodeWithSelector(IUnits.Units_Immovable.selector, unit, standing));
    }

    function _expectNotManufacturer(address caller) private {
        _expectRevert(caller, abi.encodeWithSelector(IUnits.Units_NotManufacturer.selector, lot, caller));
    }

    function _expectRevert(address caller, bytes memory refusal) private {
        vm.expectRevert(refusal);
        vm.prank(caller);
        units.commission(lot, LABEL, EVIDENCE);
    }
}
