// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPharmacy} from "../../../contracts/interfaces/IPharmacy.sol";
import {PharmacyTest} from "./PharmacyTest.sol";

contract PharmacyViewsTest is PharmacyTest {
    function test_Rooms() external view {
        assertEq(address(pharmacy.PARTICIPANTS()), address(participants), "participants");
        assertEq(address(pharmacy.CATALOG()), address(catalog), "catalog");
        assertEq(address(pharmacy.CUSTODY()), address(custody), "custody");
        assertEq(address(pharmacy.UNITS()), address(units), "units");
        assertEq(pharmacy.trustedForwarder(), address(forwarder), "forwarder");
    }

    /// @dev Of each kind of leaving some, and a pack that a patient brought back, which stays sold.
    function test_StockOf() external {
        _issue(prescription);
        _sell(_saleOf(drug, 0, 3, prescription));
        vm.startPrank(chemist);
        pharmacy.destroyReturned(drug.lot.id, _saleOf(drug, 0, 1, prescription).proven.packs[0], _proofOf(drug, 0), 0);
        units.destroy(drug.unit, 3, 2, EVIDENCE);
        drug.unit = units.split(drug.unit, 4, keccak256("to go back"), EVIDENCE);
        vm.stopPrank();
        _handOver(drug.unit, chemist, maker);
        IPharmacy.Stock memory stock = pharmacy.stockOf(chemist, drug.lot.id);
        assertEq(abi.encode(stock), abi.encode(IPharmacy.Stock(COUNT, 3, 4, 2, COUNT - 9)), "stock");
    }

    /// @dev It answers for the pharmacist that is named, not for whoever asks.
    function test_Check_ByAnyoneForAnyone() external {
        IPharmacy.Sale memory sale = _counterSale(remedy, 0, 1);
        vm.prank(stranger);
        assertEq(uint8(pharmacy.check(pharmacist, sale).outcome), uint8(IPharmacy.Outcome.Deliver), "pharmacist");
        vm.prank(pharmacist);
        assertEq(uint8(pharmacy.check(stranger, sale).reason), uint8(IPharmacy.Reason.NotEmployed), "stranger");
    }
}
