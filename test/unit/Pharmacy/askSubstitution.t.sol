// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPharmacy} from "../../../contracts/interfaces/IPharmacy.sol";
import {PharmacyTest} from "./PharmacyTest.sol";

contract AskSubstitutionTest is PharmacyTest {
    function test_AskSubstitution() external {
        bytes32 id = _issue(prescription);
        vm.expectEmit(address(pharmacy));
        emit IPharmacy.SubstitutionAsked(id, practitioner, chemist, substitute.lot.model);
        vm.prank(pharmacist);
        pharmacy.askSubstitution(prescription, chemist, substitute.lot.model);
    }

    function testFuzz_RevertGiven_CallerIsNotOfThePharmacy(address caller) external {
        vm.assume(caller != pharmacist && caller != secondPharmacist && caller != address(forwarder));
        _expectNotEmployed(caller, chemist);
    }

    function test_RevertGiven_ItIsOfAnotherPharmacy() external {
        _expectNotEmployed(pharmacist, otherChemist);
    }

    function test_RevertGiven_EmploymentIsOver() external {
        skip(366 days);
        _expectNotEmployed(pharmacist, chemist);
    }

    function testFuzz_RevertGiven_EitherIsSuspended(bool pharmacyIs) external {
        _suspend(pharmacyIs ? chemist : pharmacist);
        _expectNotEmployed(pharmacist, chemist);
    }

    function _expectNotEmployed(address caller, address employer) private {
        vm.expectRevert(abi.encodeWithSelector(IPharmacy.Pharmacy_NotEmployed.selector, employer, caller));
        vm.prank(caller);
        pharmacy.askSubstitution(prescription, employer, substitute.lot.model);
    }
}
