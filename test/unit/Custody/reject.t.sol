// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {PossessionTest} from "../../Possession.t.sol";

contract RejectTest is PossessionTest {
    function testFuzz_Reject(
        bool byOperator,
        bytes32 evidence
    ) external {
        _commission();
        _handOver(maker, distributor);
        _setCustodyOperator(hospital, true);
        _ship(distributor, hospital);

        vm.expectEmit(address(custody));
        emit ICustody.ItemRejected(item, distributor, hospital, evidence);
        vm.prank(byOperator ? operator : hospital);
        custody.reject(item, evidence);

        _assertHolding(distributor, address(0), maker);
        _ship(distributor, rival);
        _assertHolding(distributor, rival, maker);
    }

    function testFuzz_Reject_GivenNoLongerMovableOrActive(
        uint8 seed,
        bool suspendBoth
    ) external {
        _commission();
        _ship(maker, distributor);
        uint256 first = uint256(ICustody.Standing.NotRegistered);
        _bringInto(ICustody.Standing(bound(seed, first, uint256(ICustody.Standing.Lost))));
        if (suspendBoth) {
            _suspend(maker);
            _suspend(distributor);
        }
        _reject(distributor);
        _assertHolding(maker, address(0), address(0));
    }

    function test_RevertGiven_ItemIsNotUnderWay() external {
        bytes memory refusal = abi.encodeWithSelector(ICustody.Custody_NotUnderWay.selector, item);
        vm.expectRevert(refusal);
        _reject(distributor);
        _commission();
        vm.expectRevert(refusal);
        _reject(maker);
        _ship(maker, distributor);
        _reject(distributor);
        vm.expectRevert(refusal);
        _reject(distributor);
    }

    function test_RevertGiven_CallerIsNotTheAddressee() external {
        _commission();
        _ship(maker, distributor);
        address[4] memory callers = [maker, hospital, regulator, operator];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_NotAddressee.selector, item, callers[i]));
            _reject(callers[i]);
        }
    }

    function _reject(
        address by
    ) private {
        vm.prank(by);
        custody.reject(item, EVIDENCE);
    }
}
