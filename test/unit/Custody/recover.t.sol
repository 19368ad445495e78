// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {REGULATOR} from "../../../contracts/types/Role.sol";
import {PossessionTest} from "../../Possession.t.sol";

contract RecoverTest is PossessionTest {
    function setUp() public override {
        super.setUp();
        _bringToHospital();
        _setCustodyOperator(hospital, true);
        _reportLost(hospital);
    }

    function testFuzz_Release(
        uint8 whom,
        bool passedOn,
        bytes32 evidence
    ) external {
        if (passedOn) _handOver(hospital, distributor);
        address by = [hospital, operator, regulator][bound(whom, 0, 2)];

        vm.expectEmit(address(custody));
        emit ICustody.ItemRecovered(item, hospital, by, evidence);
        vm.prank(by);
        custody.recover(item, hospital, evidence);

        assertFalse(custody.isLostBy(item, hospital), "flag");
        assertEq(custody.holdingOf(item).losses, 0, "losses");
        _assertStanding(ICustody.Standing.Movable);
    }

    function test_Recover_GivenOthersSetOneAsWell() external {
        _reportLost(maker);
        _reportLost(regulator);
        _recover(hospital, hospital);
        assertEq(custody.holdingOf(item).losses, 2, "two left");
        _recover(regulator, maker);
        _assertStanding(ICustody.Standing.Lost);
        _recover(regulator, regulator);
        _assertStanding(ICustody.Standing.Movable);

        _reportLost(hospital);
        _assertStanding(ICustody.Standing.Lost);
    }

    function test_Recover_ByAnotherRegulator() external {
        _reportLost(regulator);
        _enrolPowerful(stranger, REGULATOR);
        _recover(stranger, regulator);
        assertFalse(custody.isLostBy(item, regulator));
    }

    function test_Recover_ByRegulatorGivenSetterIsNotActive() external {
        _suspend(hospital);
        _recover(regulator, hospital);
        _assertStanding(ICustody.Standing.Movable);
    }

    function test_Recover_ByOperatorThatIsRegulatorGivenSetterIsNotActive() external {
        _suspend(hospital);
        _enrolPowerful(operator, REGULATOR);
        _recover(operator, hospital);
        _assertStanding(ICustody.Standing.Movable);
    }

    function test_RevertGiven_AccountSetNone() external {
        address[2] memory callers = [maker, regulator];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_NotLost.selector, item, maker));
            _recover(callers[i], maker);
        }
        _recover(hospital, hospital);
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_NotLost.selector, item, hospital));
        _recover(hospital, hospital);
    }

    function test_RevertGiven_CallerIsNotTheSetter() external {
        _reportLost(regulator);
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
            _recover(callers[i], hospital);
        }
    }

    function _expectNotSetter(
        address caller,
        address setBy
    ) private {
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_NotSetter.selector, item, setBy, caller));
        _recover(caller, setBy);
    }

    function _recover(
        address by,
        address setBy
    ) private {
        vm.prank(by);
        custody.recover(item, setBy, EVIDENCE);
    }
}
