// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../../contracts/interfaces/ICatalog.sol";
import {LotId} from "../../../contracts/types/Ids.sol";
import {GoodsTest} from "../../Goods.t.sol";

contract ProvenanceOfTest is GoodsTest {
    function testFuzz_ProvenanceOf(uint32 count, bytes32 root, uint40 expiry) external {
        _registerModel(maker);
        _approveModel();
        ICatalog.NewLot memory made = _newLot(LOT_NUMBER);
        made.count = uint32(bound(count, 1, type(uint32).max));
        made.root = root == 0 ? bytes32(uint256(1)) : root;
        made.expiresAt = expiry <= madeAt ? 0 : expiry;
        vm.prank(maker);
        catalog.registerLot(made);

        ICatalog.Provenance memory found = catalog.provenanceOf(lot);
        assertEq(found.root, made.root, "root");
        assertEq(found.count, made.count, "count");
        assertEq(found.manufacturer, maker, "manufacturer");
        assertTrue(found.product == ICatalog.Product.Device, "product");
        assertEq(found.modelNumber, catalog.modelOf(model).number, "model");
        assertEq(found.expiresAt, made.expiresAt, "expiry");
    }

    function test_ProvenanceOf_WhatWasNeverRegistered() external {
        _assertNothing(lot);
        _registerModel(maker);
        _approveModel();
        _assertNothing(lot);
    }

    function test_ProvenanceOf_GivenLotWasStruck() external {
        _makeLot();
        vm.prank(regulator);
        catalog.strikeLot(lot, EVIDENCE);
        _assertNothing(lot);
    }

    function test_ProvenanceOf_GivenModelWasStruck() external {
        _makeLot();
        _strikeModel();
        _assertNothing(lot);
        _registerModel(maker);
        _approveModel();
        _assertNothing(lot);
        vm.prank(maker);
        LotId next = catalog.registerLot(_newLot("next"));
        assertEq(catalog.provenanceOf(next).manufacturer, maker);
    }

    function _assertNothing(LotId asked) private view {
        ICatalog.Provenance memory nothing;
        assertEq(abi.encode(catalog.provenanceOf(asked)), abi.encode(nothing));
    }
}
