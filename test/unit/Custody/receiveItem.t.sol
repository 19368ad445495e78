// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {PossessionTest} from "../../Possession.t.sol";

contract ReceiveItemTest is PossessionTest {
    function testFuzz_ReceiveItem(
        bool byOperator,
        bytes32 evidence
    ) external {
        _commission();
        _handOver(maker, distributor);
        _setCustodyOperator(hospital, true);
        _ship(distributor, hospital);

        vm.expectEmit(address(custody));
        emit ICustody.ItemReceived(item, distributor, hospital, evidence);
        vm.prank(byOperator ? operator : hospital);
        custody.receiveItem(item, evidence);

        _assertHolding(hospital, address(0), distributor);
    }

    function testFuzz_ReceiveItem_GivenNoLongerMovableOrActive(
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
        _receive(distributor);
        _assertHolding(distributor, address(0), maker);
    }

    function test_RevertGiven_ItemIsNotUnderWay() external {
        _expectNotUnderWay(distributor);
        _commission();
        _expectNotUnderWay(maker);
        _expectNotUnderWay(distributor);
        _handOver(maker, distributor);
        _expectNotUnderWay(distributor);
        _expectNotUnderWay(maker);

        _ship(distributor, hospital);
        vm.prank(hospital);
        custody.reject(item, EVIDENCE);
        _expectNotUnderWay(hospital);

        _ship(distributor, hospital);
        vm.prank(distributor);
        custody.cancelShipment(item, EVIDENCE);
        _expectNotUnderWay(hospital);
    }

    function test_RevertGiven_CallerIsNotTheAddressee() external {
        _commission();
        _ship(maker, distributor);
        _setCustodyOperator(maker, true);
        address[4] memory callers = [maker, hospital, regulator, operator];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_NotAddressee.selector, item, callers[i]));
            _receive(callers[i]);
        }
    }

    function _expectNotUnderWay(
        address caller
    ) private {
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_NotUnderWay.selector, item));
        _receive(caller);
    }
}
