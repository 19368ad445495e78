// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPharmacy} from "../../../contracts/interfaces/IPharmacy.sol";
import {ModelId} from "../../../contracts/types/Ids.sol";
import {PharmacyTest} from "./PharmacyTest.sol";

contract SetPriceTest is PharmacyTest {
    function testFuzz_RevertGiven_CallerIsNoActivePharmacy(address caller, bool suspended) external {
        vm.assume(caller != otherChemist && caller != address(forwarder));
        if (suspended) {
            _suspend(chemist);
            caller = chemist;
        }
        vm.assume(suspended || caller != chemist);
        vm.expectRevert(abi.encodeWithSelector(IPharmacy.Pharmacy_NotPharmacy.selector, caller));
        vm.prank(caller);
        pharmacy.setPrice(drug.lot.model, IPharmacy.Price(1, 978));
    }

    function testFuzz_SetPrice(ModelId model, IPharmacy.Price calldata first, IPharmacy.Price calldata second)
        external
    {
        vm.prank(chemist);
        pharmacy.setPrice(model, first);
        vm.expectEmit(address(pharmacy));
        emit IPharmacy.PriceSet(chemist, model, second.amount, second.currency);
        vm.prank(chemist);
        pharmacy.setPrice(model, second);
        IPharmacy.Price memory price = pharmacy.priceOf(chemist, model);
        assertEq(price.amount, second.amount, "amount");
        assertEq(price.currency, second.currency, "currency");
        assertEq(pharmacy.priceOf(otherChemist, model).currency, 0, "at another pharmacy");
    }
}
