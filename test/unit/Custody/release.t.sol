// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {REGULATOR} from "../../../contracts/types/Role.sol";
import {PossessionTest} from "../../Possession.t.sol";

contract ReleaseTest is PossessionTest {
    function setUp() public override {
        super.setUp();
        _bringToHospital();
        _setCustodyOperator(hospital, true);
        _quarantine(hospital);
    }

    function testFuzz_Release(
        uint8 whom,
        bool passedOn,
        bytes32 evidence
    ) external {
        if (passedOn) _handOver(hospital, distributor);
        address by = [hospital, operator, regulator][bound(whom, 0, 2)];

        vm.expectEmit(address(custody));
        emit ICustody.ItemReleased(item, hospital, by, evidence);
        vm.prank(by);
        custody.release(item, hospital, evidence);

        assertFalse(custody.isQuarantinedBy(item, hospital), "flag");
        assertEq(custody.holdingOf(item).quarantines, 0, "quarantines");
        _assertStanding(ICustody.Standing.Movable);
    }

    function test_Release_GivenOthersSetOneAsWell() external {
        _quarantine(maker);
        _quarantine(regulator);
        _release(hospital, hospital);
        assertEq(custody.holdingOf(item).quarantines, 2, "two left");
        _release(regulator, maker);
        _assertStanding(ICustody.Standing.Quarantined);
        _release(regulator, regulator);
        _assertStanding(ICustody.Standing.Movable);

        _quarantine(hospital);
        _assertStanding(ICustody.Standing.Quarantined);
    }

    function test_Release_ByAnotherRegulator() external {
        _quarantine(regulator);
        _enrolPowerful(stranger, REGULATOR);
        _release(stranger, regulator);
        assertFalse(custody.isQuarantinedBy(item, regulator));
    }

    function test_Release_ByRegulatorGivenSetterIsNotActive() external {
        _suspend(hospital);
        _release(regulator, hospital);
        _assertStanding(ICustody.Standing.Movable);
    }

    function test_Release_ByOperatorThatIsRegulatorGivenSetterIsNotActive() external {
        _suspend(hospital);
        _enrolPowerful(operator, REGULATOR);
        _release(operator, hospital);
        _assertStanding(ICustody.Standing.Movable);
    }

    function test_RevertGiven_AccountSetNone() external {
        address[2] memory callers = [maker, regulator];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_NotQuarantined.selector, item, maker));
            _release(callers[i], maker);
        }
        _release(hospital, hospital);
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_NotQuarantined.selector, item, hospital));
        _release(hospital, hospital);
    }

    function test_RevertGiven_CallerIsNotTheSetter() external {
        _quarantine(regulator);
        _expectNotSetter(maker, hospital);
        _expectNotSetter(distributor, hospital);
        _expectNotSetter(hospital, regulator);
        _expectNotSetter(operator, regulator);
        _suspend(regulator);
        _expectNotSetter(regulator, hospital);
    }

    function test_RevertGiven_SetterIsNotActive() external {
        _suspend(hospital);
        address[2] memory callers = [hospital, operator];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_NotActive.selector, hospital));
            _release(callers[i], hospital);
        }
    }

    function _expectNotSetter(
        address caller,
        address setBy
    ) private {
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_NotSetter.selector, item, setBy, caller));
        _release(caller, setBy);
    }

    function _release(
        address by,
        address setBy
    ) private {
        vm.prank(by);
        custody.release(item, setBy, EVIDENCE);
    }
}
