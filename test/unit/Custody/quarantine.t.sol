// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {REGULATOR} from "../../../contracts/types/Role.sol";
import {PossessionTest} from "../../Possession.t.sol";

contract QuarantineTest is PossessionTest {
    function testFuzz_Quarantine_ByHolder(
        bool byOperator,
        bool suspended,
        bytes32 evidence
    ) external {
        _bringToHospital();
        _setCustodyOperator(hospital, true);
        if (suspended) _suspend(hospital);

        vm.expectEmit(address(custody));
        emit ICustody.ItemQuarantined(item, hospital, evidence);
        vm.prank(byOperator ? operator : hospital);
        custody.quarantine(item, evidence);

        assertTrue(custody.isQuarantinedBy(item, hospital), "in the holder's name");
        assertFalse(custody.isQuarantinedBy(item, operator), "in the operator's name");
        assertEq(custody.holdingOf(item).quarantines, 1, "quarantines");
        _assertStanding(ICustody.Standing.Quarantined);
    }

    function testFuzz_Quarantine_ByMakerOrRegulator(
        bool byRegulator,
        uint8 stage
    ) external {
        stage = uint8(bound(stage, 0, 3));
        if (stage > 0) _commission();
        if (stage > 1) _ship(maker, distributor);
        if (stage > 2) _receive(distributor);
        address by = byRegulator ? regulator : maker;
        _quarantine(by);
        assertTrue(custody.isQuarantinedBy(item, by), "in its own name");
        _assertStanding(ICustody.Standing.Quarantined);
    }

    function test_Quarantine_ByAllOfThem() external {
        _bringToHospital();
        _quarantine(hospital);
        _quarantine(maker);
        _quarantine(regulator);
        assertEq(custody.holdingOf(item).quarantines, 3, "quarantines");
        assertEq(custody.holdingOf(item).losses, 0, "losses");
    }

    function test_Quarantine_OfAStruckLot() external {
        _commission();
        _strikeLot();
        _quarantine(regulator);
        assertTrue(custody.isQuarantinedBy(item, regulator));
    }

    function test_Quarantine_GivenOperatorIsRegulatorAsWell() external {
        _bringToHospital();
        _enrolPowerful(operator, REGULATOR);
        _setCustodyOperator(hospital, true);
        _quarantine(operator);
        assertTrue(custody.isQuarantinedBy(item, operator), "in its own name");
        assertFalse(custody.isQuarantinedBy(item, hospital), "in the holder's name");
    }

    function test_Quarantine_GivenOperatorIsAnInactiveMaker() external {
        _commission();
        _handOver(maker, distributor);
        vm.prank(distributor);
        custody.setOperator(maker, true);
        _suspend(maker);
        _quarantine(maker);
        assertTrue(custody.isQuarantinedBy(item, distributor), "in the holder's name");
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
        _quarantine(regulator);
    }

    function test_RevertGiven_ItIsSetAlready() external {
        _commission();
        _handOver(maker, distributor);
        _setCustodyOperator(distributor, true);
        address[3] memory callers = [distributor, maker, regulator];
        for (uint256 i = 0; i < callers.length; ++i) {
            _quarantine(callers[i]);
            vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_AlreadyQuarantined.selector, item, callers[i]));
            _quarantine(callers[i]);
        }
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_AlreadyQuarantined.selector, item, distributor));
        _quarantine(operator);
    }

    function _expectNotEntitled(
        address caller
    ) private {
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_NotEntitled.selector, ItemId.unwrap(item), caller));
        _quarantine(caller);
    }
}
