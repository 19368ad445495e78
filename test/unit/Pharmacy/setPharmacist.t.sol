// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPharmacy} from "../../../contracts/interfaces/IPharmacy.sol";
import {PharmacyTest} from "./PharmacyTest.sol";

contract SetPharmacistTest is PharmacyTest {
    function testFuzz_RevertGiven_CallerIsNoActivePharmacy(address caller, uint40 until, bool suspended) external {
        vm.assume(caller != otherChemist && caller != address(forwarder));
        if (suspended) {
            _suspend(chemist);
            caller = chemist;
        }
        vm.assume(suspended || caller != chemist);
        until = uint40(bound(until, 1, type(uint40).max));
        vm.expectRevert(abi.encodeWithSelector(IPharmacy.Pharmacy_NotPharmacy.selector, caller));
        vm.prank(caller);
        pharmacy.setPharmacist(pharmacist, until);
    }

    function testFuzz_SetPharmacist_EndsIt_GivenSuspended(bool suspended, bool lapsed) external {
        if (suspended) _suspend(chemist);
        if (lapsed) skip(4000 days);
        vm.prank(chemist);
        pharmacy.setPharmacist(pharmacist, 0);
        assertEq(pharmacy.employedUntil(chemist, pharmacist), 0);
    }

    function testFuzz_SetPharmacist(address who, uint40 until) external {
        vm.expectEmit(address(pharmacy));
        emit IPharmacy.PharmacistSet(chemist, who, until);
        vm.prank(chemist);
        pharmacy.setPharmacist(who, until);
        assertEq(pharmacy.employedUntil(chemist, who), until, "at this pharmacy");
        assertEq(pharmacy.employedUntil(otherChemist, who), 0, "at another");
    }

    function testFuzz_SetPharmacist_UntilThenAndNotLonger(uint40 until) external {
        until = uint40(bound(until, block.timestamp, block.timestamp + 30 days));
        vm.prank(chemist);
        pharmacy.setPharmacist(pharmacist, until);
        IPharmacy.Sale memory sale = _counterSale(remedy, 0, 1);
        vm.warp(until);
        _assertSells(sale);
        vm.warp(uint256(until) + 1);
        sale = _counterSale(remedy, 1, 1);
        _assertRefused(sale, IPharmacy.Reason.NotEmployed, _word(pharmacist));
    }
}
