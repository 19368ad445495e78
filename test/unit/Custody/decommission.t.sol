// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {PossessionTest} from "../../Possession.t.sol";

contract DecommissionTest is PossessionTest {
    function testFuzz_Decommission(
        bool byOperator,
        bytes32 evidence
    ) external {
        _bringToHospital();
        _setCustodyOperator(hospital, true);

        vm.expectEmit(address(custody));
        emit ICustody.ItemDecommissioned(item, hospital, evidence);
        vm.prank(byOperator ? operator : hospital);
        custody.decommission(item, evidence);

        assertTrue(custody.holdingOf(item).decommissioned, "decommissioned");
        _assertHolding(hospital, address(0), distributor);
        _assertStanding(ICustody.Standing.Decommissioned);

        // For good: after a way back it is so still, and can go no other way.
        _handOver(hospital, distributor);
        _assertStanding(ICustody.Standing.Decommissioned);
        vm.expectRevert(
            abi.encodeWithSelector(ICustody.Custody_Immovable.selector, item, ICustody.Standing.Decommissioned)
        );
        _ship(distributor, rival);
    }

    function testFuzz_Decommission_GivenItemIsImmovable(
        uint8 seed
    ) external {
        _commission();
        uint256 first = uint256(ICustody.Standing.NotRegistered);
        ICustody.Standing standing = ICustody.Standing(bound(seed, first, uint256(ICustody.Standing.Lost)));
        _bringInto(standing);
        _decommission(maker);
        assertTrue(custody.holdingOf(item).decommissioned, "decommissioned");
        _assertStanding(standing);
    }

    function test_RevertGiven_ItemIsNotCommissioned() external {
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_NotCommissioned.selector, item));
        _decommission(maker);
    }

    function test_RevertGiven_CallerIsNotTheHolder() external {
        _commission();
        _handOver(maker, distributor);
        address[3] memory callers = [maker, regulator, operator];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_NotHolder.selector, item, callers[i]));
            _decommission(callers[i]);
        }
    }

    function test_RevertGiven_ItemIsUnderWay() external {
        _commission();
        _ship(maker, distributor);
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_UnderWay.selector, item, distributor));
        _decommission(maker);
    }

    function test_RevertGiven_ItemIsDecommissioned() external {
        _commission();
        _decommission(maker);
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_Decommissioned.selector, item));
        _decommission(maker);
    }

    function test_RevertGiven_HolderIsNotActive() external {
        _commission();
        _suspend(maker);
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_NotActive.selector, maker));
        _decommission(maker);
    }
}
