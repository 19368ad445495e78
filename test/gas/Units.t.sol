// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../contracts/interfaces/ICatalog.sol";
import {LotId, ModelId, UnitId} from "../../contracts/types/Ids.sol";
import {MedicinesTest} from "../Medicines.t.sol";
import {Slots} from "../Slots.sol";

/// @notice Gas of whole transactions on cold state.
contract UnitsGasTest is MedicinesTest {
    uint32 private constant PALLET = 100_000;

    LotId private lot;
    UnitId private unit;

    function setUp() public override {
        super.setUp();
        ModelId model = _approveMedicine(DI, ICatalog.Product.Drug);
        vm.prank(maker);
        // Nothing here asks for a proof, so any root will do.
        lot = catalog.registerLot(
            ICatalog.NewLot(model, LOT_NUMBER, keccak256("root"), 3 * PALLET, madeAt, expiresAt, _document("lot"))
        );
        UnitId all = _commissionUnits(lot);
        vm.startPrank(maker);
        unit = units.split(all, PALLET, keccak256("pallet"), EVIDENCE);
        UnitId other = units.split(all, PALLET, keccak256("other pallet"), EVIDENCE);
        vm.stopPrank();
        // Both have had packs of the lot.
        _handOver(other, maker, wholesaler);
        _handOver(other, wholesaler, hospital);
        _handOver(unit, maker, wholesaler);
    }

    function test_Gas_ShipReceivePallet() external {
        vm.prank(wholesaler);
        units.ship(unit, hospital, EVIDENCE);
        uint256 gasUsed = vm.lastCallGas().gasTotalUsed;
        vm.prank(hospital);
        units.receiveUnit(unit, 2 * PALLET, PALLET, PALLET, EVIDENCE);
        gasUsed += vm.lastCallGas().gasTotalUsed;
        vm.snapshotValue("Custody", "shipReceive/pallet", gasUsed);
        assertLe(gasUsed, 110_000);
    }

    function test_Slots_ShipReceivePallet() external {
        vm.startStateDiffRecording();
        _handOver(unit, wholesaler, hospital);
        assertEq(Slots.taken(vm.stopAndReturnStateDiff()), 0);
    }

    function test_Gas_Split() external {
        vm.prank(wholesaler);
        units.split(unit, 48, keccak256("case"), EVIDENCE);
        vm.snapshotGasLastCall("Units", "split");
    }

    function test_Gas_UnpackTenCases() external {
        uint32[] memory counts = new uint32[](10);
        bytes32[] memory labels = new bytes32[](10);
        for (uint256 i = 0; i < 10; ++i) {
            (counts[i], labels[i]) = (PALLET / 10, keccak256(abi.encode(i)));
        }
        vm.prank(wholesaler);
        UnitId[] memory cases = units.unpack(unit, counts, labels, EVIDENCE);
        vm.snapshotGasLastCall("Units", "unpack/10");
        vm.prank(wholesaler);
        units.pack(cases, LABEL, EVIDENCE);
        vm.snapshotGasLastCall("Units", "pack/10");
    }
}
