// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {DISTRIBUTOR} from "../../../contracts/types/Role.sol";
import {PossessionTest} from "../../Possession.t.sol";

contract HoldInUnitsTest is PossessionTest {
    function testFuzz_HoldInUnits(bool byOperator) external {
        _setCustodyOperator(maker, true);
        assertFalse(custody.isHeldInUnits(lot), "before");

        vm.expectEmit(address(custody));
        emit ICustody.LotHeldInUnits(lot, maker);
        vm.prank(byOperator ? operator : maker);
        custody.holdInUnits(lot);

        assertTrue(custody.isHeldInUnits(lot), "after");
        assertFalse(custody.isHeldInUnits(model.lotNumbered("another")), "another");
    }

    function testFuzz_HoldInUnits_GivenImmovable(bool recalled) external {
        _bringInto(recalled ? ICustody.Standing.Recalled : ICustody.Standing.Expired);
        _holdInUnits(maker);
        assertTrue(custody.isHeldInUnits(lot));
    }

    function test_RevertGiven_LotDoesNotCount() external {
        _strikeLot();
        _expectNotManufacturer(maker);
        lot = model.lotNumbered("never registered");
        _expectNotManufacturer(maker);
    }

    function test_RevertGiven_CallerIsNotTheManufacturer() external {
        _setCatalogOperator(true);
        _setCustodyOperator(rival, true);
        vm.prank(maker);
        units.setOperator(operator, true);
        address[4] memory callers = [rival, regulator, operator, address(units)];
        for (uint256 i = 0; i < callers.length; ++i) {
            _expectNotManufacturer(callers[i]);
        }
    }

    function test_RevertGiven_ManufacturerIsNotActive() external {
        _setCustodyOperator(maker, true);
        _suspend(maker);
        bytes memory refusal = abi.encodeWithSelector(ICustody.Custody_NotActive.selector, maker);
        _expectRevert(maker, refusal);
        _expectRevert(operator, refusal);
    }

    function test_RevertGiven_ManufacturerLostTheRole() external {
        _enrol(maker, DISTRIBUTOR);
        _expectRevert(maker, abi.encodeWithSelector(ICustody.Custody_NotActive.selector, maker));
    }

    function test_RevertGiven_AnItemWasCommissioned() external {
        _commission(3);
        bytes memory refusal = abi.encodeWithSelector(ICustody.Custody_HeldByItems.selector, lot);
        _expectRevert(maker, refusal);
        // For ever, also after its life has ended.
        item = _item(3);
        _decommission(maker);
        _expectRevert(maker, refusal);
    }

    function test_RevertGiven_ItWasSaidBefore() external {
        _holdInUnits(maker);
        _expectRevert(maker, abi.encodeWithSelector(ICustody.Custody_HeldInUnits.selector, lot));
    }

    function _expectNotManufacturer(address caller) private {
        _expectRevert(caller, abi.encodeWithSelector(ICustody.Custody_NotLotManufacturer.selector, lot, caller));
    }

    function _expectRevert(address caller, bytes memory refusal) private {
        vm.expectRevert(refusal);
        _holdInUnits(caller);
    }

    function _holdInUnits(address by) private {
        vm.prank(by);
        custody.holdInUnits(lot);
    }
}
