// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {REGULATOR} from "../../../contracts/types/Role.sol";
import {PossessionTest} from "../../Possession.t.sol";

contract ReportLostTest is PossessionTest {
    function testFuzz_ReportLost_ByHolder(
        bool byOperator,
        bool suspended,
        bool stolen,
        bytes32 evidence
    ) external {
        ICustody.Loss loss = stolen ? ICustody.Loss.Stolen : ICustody.Loss.Lost;
        _bringToHospital();
        _setCustodyOperator(hospital, true);
        if (suspended) _suspend(hospital);

        vm.expectEmit(address(custody));
        emit ICustody.ItemLost(item, hospital, loss, evidence);
        vm.prank(byOperator ? operator : hospital);
        custody.reportLost(item, loss, evidence);

        assertTrue(custody.isLostBy(item, hospital), "in the holder's name");
        assertFalse(custody.isLostBy(item, operator), "in the operator's name");
        assertEq(custody.holdingOf(item).losses, 1, "losses");
        _assertStanding(ICustody.Standing.Lost);
    }

    function testFuzz_ReportLost_ByMakerOrRegulator(
        bool byRegulator,
        uint8 stage
    ) external {
        stage = uint8(bound(stage, 0, 3));
        if (stage > 0) _commission();
        if (stage > 1) _ship(maker, distributor);
        if (stage > 2) _receive(distributor);
        address by = byRegulator ? regulator : maker;
        _reportLost(by);
        assertTrue(custody.isLostBy(item, by), "in its own name");
        _assertStanding(ICustody.Standing.Lost);
    }

    function test_ReportLost_ByAllOfThem() external {
        _bringToHospital();
        _reportLost(hospital);
        _reportLost(maker);
        _reportLost(regulator);
        assertEq(custody.holdingOf(item).losses, 3, "losses");
        assertEq(custody.holdingOf(item).quarantines, 0, "quarantines");
    }

    function test_ReportLost_OfAStruckLot() external {
        _commission();
        _strikeLot();
        _reportLost(regulator);
        assertTrue(custody.isLostBy(item, regulator));
    }

    function test_ReportLost_GivenOperatorIsRegulatorAsWell() external {
        _bringToHospital();
        _enrolPowerful(operator, REGULATOR);
        _setCustodyOperator(hospital, true);
        _reportLost(operator);
        assertTrue(custody.isLostBy(item, operator), "in its own name");
        assertFalse(custody.isLostBy(item, hospital), "in the holder's name");
    }

    function test_ReportLost_GivenOperatorIsAnInactiveMaker() external {
        _commission();
        _handOver(maker, distributor);
        vm.prank(distributor);
        custody.setOperator(maker, true);
        _suspend(maker);
        _reportLost(maker);
        assertTrue(custody.isLostBy(item, distributor), "in the holder's name");
    }

    function test_RevertGiven_CallerIsNotEntitled() external {
        _expectNotEntitled(hospital);
        _bringToHospital();
        _expectNotEntitled(distributor);
        _expectNotEntitled(rival);
        _expectNotEntitled(certifier);
        _expectNotEntitled(stranger);
        _setCustodyOperator(maker, true);
        _expectNotEntitled(operator);
        _suspend(maker);
        _expectNotEntitled(maker);
        _suspend(regulator);
        _expectNotEntitled(regulator);
    }

    function test_RevertGiven_LotIsUnknown() external {
        item = ItemId.wrap(keccak256("unknown"));
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_UnknownSubject.selector, ItemId.unwrap(item)));
        _reportLost(regulator);
    }

    function test_RevertGiven_ItIsSetAlready() external {
        _commission();
        _handOver(maker, distributor);
        _setCustodyOperator(distributor, true);
        address[3] memory callers = [distributor, maker, regulator];
        for (uint256 i = 0; i < callers.length; ++i) {
            _reportLost(callers[i]);
            vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_AlreadyLost.selector, item, callers[i]));
            _reportLost(callers[i]);
        }
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_AlreadyLost.selector, item, distributor));
        _reportLost(operator);
    }

    function _expectNotEntitled(
        address caller
    ) private {
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_NotEntitled.selector, ItemId.unwrap(item), caller));
        _reportLost(caller);
    }
}
