// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {LotId} from "../../../contracts/types/Ids.sol";
import {DISTRIBUTOR} from "../../../contracts/types/Role.sol";
import {PossessionTest} from "../../Possession.t.sol";

contract CommissionTest is PossessionTest {
    function testFuzz_Commission(uint32 index, bool byOperator, bytes32 evidence) external {
        index = uint32(bound(index, 0, LOT_COUNT - 1));
        item = _item(index);
        _setCustodyOperator(maker, true);

        vm.expectEmit(address(custody));
        emit ICustody.ItemCommissioned(item, maker, evidence);
        vm.prank(byOperator ? operator : maker);
        custody.commission(item, index, _tagKey(index), _proof(index), evidence);

        _assertHolding(maker, address(0), address(0));
        _assertStanding(ICustody.Standing.Movable);
    }

    function test_Commission_AtTheLastSecond() external {
        vm.warp(expiresAt);
        _commission();
        _assertHolding(maker, address(0), address(0));
    }

    function test_RevertGiven_ItemIsCommissioned() external {
        _commission();
        _expectRevert(maker, abi.encodeWithSelector(ICustody.Custody_AlreadyCommissioned.selector, item, maker));
        _handOver(maker, distributor);
        _expectRevert(maker, abi.encodeWithSelector(ICustody.Custody_AlreadyCommissioned.selector, item, distributor));
    }

    function test_RevertGiven_LotDoesNotCount() external {
        _strikeLot();
        _expectNotManufacturer(maker);
    }

    function test_RevertGiven_CallerIsNotTheManufacturer() external {
        _expectNotManufacturer(rival);
        _expectNotManufacturer(regulator);
        _expectNotManufacturer(distributor);
        // An operator in the catalog is none in custody.
        _setCatalogOperator(true);
        _expectNotManufacturer(operator);
        _setCustodyOperator(rival, true);
        _expectNotManufacturer(operator);
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

    function testFuzz_RevertGiven_ItemIsImmovable(uint8 seed) external {
        uint256 first = uint256(ICustody.Standing.Recalled);
        ICustody.Standing standing = ICustody.Standing(bound(seed, first, uint256(ICustody.Standing.Lost)));
        _bringInto(standing);
        _expectRevert(maker, abi.encodeWithSelector(ICustody.Custody_Immovable.selector, item, standing));
    }

    function testFuzz_RevertWhen_ItemIsNotInTheLot(uint32 index, address tagKey) external {
        vm.assume(index != 0 || tagKey != _tagKey(0));
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_NotInLot.selector, item));
        vm.prank(maker);
        custody.commission(item, index, tagKey, _proof(0), EVIDENCE);
    }

    function test_RevertWhen_ProofIsOfAnotherItem() external {
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_NotInLot.selector, item));
        vm.prank(maker);
        custody.commission(item, 0, _tagKey(0), _proof(1), EVIDENCE);
    }

    function test_RevertGiven_LotIsHeldInUnits() external {
        vm.prank(maker);
        custody.holdInUnits(lot);
        _expectRevert(maker, abi.encodeWithSelector(ICustody.Custody_HeldInUnits.selector, lot));
    }

    /// @dev The first decides for all that follow, of this lot alone.
    function test_Commission_DecidesHowTheLotIsHeld() external {
        _commission();
        assertFalse(custody.isHeldInUnits(lot));
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_HeldByItems.selector, lot));
        vm.prank(maker);
        custody.holdInUnits(lot);
        _commission(1);

        LotId other = model.lotNumbered("another");
        vm.startPrank(maker);
        catalog.registerLot(_newLot("another"));
        custody.holdInUnits(other);
        vm.stopPrank();
        assertTrue(custody.isHeldInUnits(other));
    }

    function _expectNotManufacturer(address caller) private {
        _expectRevert(caller, abi.encodeWithSelector(ICustody.Custody_NotManufacturer.selector, item, caller));
    }

    function _expectRevert(address caller, bytes memory refusal) private {
        vm.expectRevert(refusal);
        vm.prank(caller);
        custody.commission(item, 0, _tagKey(0), _proof(0), EVIDENCE);
    }
}
