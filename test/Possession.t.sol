// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../contracts/interfaces/ICustody.sol";
import {ItemId} from "../contracts/types/Ids.sol";
import {GoodsTest} from "./Goods.t.sol";

/// @title A registered lot, and short words for what is done with its items
abstract contract PossessionTest is GoodsTest {
    /// @dev The item that most tests are about: index 0 of the lot.
    ItemId internal item;

    function setUp() public virtual override {
        super.setUp();
        _makeLot();
        item = _item(0);
    }

    function _commission() internal {
        _commission(0);
    }

    function _commission(
        uint32 index
    ) internal {
        vm.prank(maker);
        custody.commission(_item(index), index, _tagKey(index), _proof(index), EVIDENCE);
    }

    function _ship(
        address from,
        address to
    ) internal {
        vm.prank(from);
        custody.ship(item, to, EVIDENCE);
    }

    function _receive(
        address by
    ) internal {
        vm.prank(by);
        custody.receiveItem(item, EVIDENCE);
    }

    function _handOver(
        address from,
        address to
    ) internal {
        _ship(from, to);
        _receive(to);
    }

    /// @dev The item by the usual way: maker, distributor, hospital.
    function _bringToHospital() internal {
        _commission();
        _handOver(maker, distributor);
        _handOver(distributor, hospital);
    }

    function _setCustodyOperator(
        address account,
        bool approved
    ) internal {
        vm.prank(account);
        custody.setOperator(operator, approved);
    }

    function _recallLot(
        address by
    ) internal returns (uint64 recallId) {
        vm.prank(by);
        recallId = custody.recallLot(lot, ICustody.RecallClass.II, _content("notice"));
    }

    function _recallModel(
        address by
    ) internal returns (uint64 recallId) {
        vm.prank(by);
        recallId = custody.recallModel(model, ICustody.RecallClass.I, _content("notice"));
    }

    function _recallItem(
        address by
    ) internal returns (uint64 recallId) {
        vm.prank(by);
        recallId = custody.recallItem(item, ICustody.RecallClass.III, _content("notice"));
    }

    function _strikeLot() internal {
        vm.prank(regulator);
        catalog.strikeLot(lot, EVIDENCE);
    }

    function _quarantine(
        address by
    ) internal {
        vm.prank(by);
        custody.quarantine(item, EVIDENCE);
    }

    function _reportLost(
        address by
    ) internal {
        vm.prank(by);
        custody.reportLost(item, ICustody.Loss.Stolen, EVIDENCE);
    }

    function _decommission(
        address by
    ) internal {
        vm.prank(by);
        custody.decommission(item, EVIDENCE);
    }

    /// @dev Brings the item at rest into each standing but Movable. Whoever holds it is active.
    function _bringInto(
        ICustody.Standing standing
    ) internal {
        if (standing == ICustody.Standing.NotRegistered) _strikeLot();
        if (standing == ICustody.Standing.Recalled) _recallLot(maker);
        if (standing == ICustody.Standing.Expired) vm.warp(uint256(expiresAt) + 1);
        if (standing == ICustody.Standing.Quarantined) _quarantine(regulator);
        if (standing == ICustody.Standing.Lost) _reportLost(maker);
        if (standing == ICustody.Standing.Decommissioned) _decommission(custody.holderOf(item));
        _assertStanding(standing);
    }

    function _boundImmovable(
        uint8 seed
    ) internal pure returns (ICustody.Standing) {
        uint256 first = uint256(ICustody.Standing.NotRegistered);
        return ICustody.Standing(bound(seed, first, uint256(type(ICustody.Standing).max)));
    }

    function _assertStanding(
        ICustody.Standing expected
    ) internal view {
        (bool movable, ICustody.Standing standing) = custody.isMovable(item);
        assertEq(uint8(standing), uint8(expected), "standing");
        assertEq(movable, expected == ICustody.Standing.Movable, "movable");
    }

    function _assertHolding(
        address holder,
        address addressee,
        address cameFrom
    ) internal view {
        ICustody.Holding memory holding = custody.holdingOf(item);
        assertEq(holding.holder, holder, "holder");
        assertEq(custody.holderOf(item), holder, "holderOf");
        assertEq(holding.addressee, addressee, "addressee");
        bytes11 tag = cameFrom == address(0) ? bytes11(0) : bytes11(keccak256(abi.encode(cameFrom)));
        assertEq(holding.cameFromTag, tag, "came from");
    }
}
