// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {PossessionTest} from "../../Possession.t.sol";

contract CancelShipmentTest is PossessionTest {
    function testFuzz_CancelShipment(
        bool byOperator,
        bool suspended,
        bytes32 evidence
    ) external {
        _commission();
        _setCustodyOperator(maker, true);
        _ship(maker, distributor);
        _recallItem(regulator);
        if (suspended) _suspend(maker);

        vm.expectEmit(address(custody));
        emit ICustody.ShipmentCancelled(item, maker, distributor, evidence);
        vm.prank(byOperator ? operator : maker);
        custody.cancelShipment(item, evidence);

        _assertHolding(maker, address(0), address(0));
    }

    function test_RevertGiven_ItemIsNotCommissioned() external {
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_NotCommissioned.selector, item));
        _cancel(maker);
    }

    function test_RevertGiven_CallerIsNotTheHolder() external {
        _commission();
        _ship(maker, distributor);
        address[3] memory callers = [distributor, regulator, operator];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_NotHolder.selector, item, callers[i]));
            _cancel(callers[i]);
        }
    }

    function test_RevertGiven_ItemIsNotUnderWay() external {
        bytes memory refusal = abi.encodeWithSelector(ICustody.Custody_NotUnderWay.selector, item);
        _commission();
        vm.expectRevert(refusal);
        _cancel(maker);
        _ship(maker, distributor);
        _cancel(maker);
        vm.expectRevert(refusal);
        _cancel(maker);
        _handOver(maker, distributor);
        vm.expectRevert(refusal);
        _cancel(distributor);
    }

    function _cancel(
        address by
    ) private {
        vm.prank(by);
        custody.cancelShipment(item, EVIDENCE);
    }
}
