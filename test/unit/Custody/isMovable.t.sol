// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../../contracts/interfaces/ICatalog.sol";
import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {PossessionTest} from "../../Possession.t.sol";

contract IsMovableTest is PossessionTest {
    function test_IsMovable_ExactAtTheExpiry() external {
        vm.warp(expiresAt);
        _assertStanding(ICustody.Standing.Movable);
        vm.warp(uint256(expiresAt) + 1);
        _assertStanding(ICustody.Standing.Expired);
    }

    function testFuzz_IsMovable_WithoutExpiry(
        uint40 later
    ) external {
        ICatalog.NewLot memory newLot = _newLot("for ever");
        newLot.expiresAt = 0;
        vm.prank(maker);
        item = _itemOf(catalog.registerLot(newLot), 0);
        vm.warp(bound(later, block.timestamp, type(uint40).max));
        _assertStanding(ICustody.Standing.Movable);
    }

    function testFuzz_IsMovable_NotRegistered(
        bytes32 unknown
    ) external {
        item = ItemId.wrap(unknown);
        vm.assume(item.lot() != lot);
        _assertStanding(ICustody.Standing.NotRegistered);
    }

    /// @dev All reasons at once, lifted in the order in which they are said.
    function test_IsMovable_SaysTheFirstReason() external {
        _commission();
        _reportLost(maker);
        _quarantine(maker);
        _decommission(maker);
        uint64 recallId = _recallItem(maker);
        uint256 start = block.timestamp;
        vm.warp(uint256(expiresAt) + 1);

        _assertStanding(ICustody.Standing.Recalled);
        vm.prank(maker);
        custody.closeRecall(recallId, EVIDENCE);
        _assertStanding(ICustody.Standing.Expired);
        vm.warp(start);
        _assertStanding(ICustody.Standing.Quarantined);
        vm.prank(maker);
        custody.release(item, maker, EVIDENCE);
        _assertStanding(ICustody.Standing.Lost);
        vm.prank(maker);
        custody.recover(item, maker, EVIDENCE);
        _assertStanding(ICustody.Standing.Decommissioned);

        _recallModel(maker);
        _strikeModel();
        _assertStanding(ICustody.Standing.NotRegistered);
    }

    function test_IsMovable_ManyVerbsInOneTransaction() external {
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(ICustody.commission, (item, 0, _tagKey(0), _proof(0), EVIDENCE));
        calls[1] = abi.encodeCall(ICustody.ship, (item, hospital, EVIDENCE));
        vm.prank(maker);
        custody.multicall(calls);
        _assertHolding(maker, hospital, address(0));
    }
}
