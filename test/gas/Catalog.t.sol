// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../contracts/interfaces/ICatalog.sol";
import {Agency} from "../../contracts/types/Ids.sol";
import {GoodsTest} from "../Goods.t.sol";
import {Slots} from "../Slots.sol";

/// @notice Gas of whole transactions on cold state.
contract CatalogGasTest is GoodsTest {
    function test_Gas_RegisterLot() external {
        _registerMillion();
        assertLe(vm.snapshotGasLastCall("Catalog", "registerLot/1000000"), 200_000);
    }

    function test_Slots_RegisterLot() external {
        vm.startStateDiffRecording();
        _registerMillion();
        // Two of the model's registration, three of the first approval: the number, the record, and the last number given.
        assertEq(Slots.taken(vm.stopAndReturnStateDiff()), 5 + 4);
    }

    function test_Gas_RegisterAndApproveModel() external {
        vm.prank(maker);
        catalog.registerModel(Agency.GS1, DI, ICatalog.Product.Device, _content("model"));
        vm.snapshotGasLastCall("Catalog", "registerModel");
        vm.prank(certifier);
        catalog.approveModel(model, maker, _content("model").digest, ICatalog.Product.Device);
        vm.snapshotGasLastCall("Catalog", "approveModel");
    }

    function _registerMillion() private {
        _registerModel(maker);
        _approveModel();
        ICatalog.NewLot memory newLot = _newLot(LOT_NUMBER);
        newLot.count = 1_000_000;
        vm.prank(maker);
        catalog.registerLot(newLot);
    }
}
