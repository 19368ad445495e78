// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../../contracts/interfaces/ICatalog.sol";
import {Agency, ItemId} from "../../../contracts/types/Ids.sol";
import {GoodsTest} from "../../Goods.t.sol";

contract OriginOfTest is GoodsTest {
    function testFuzz_OriginOf(uint32 index, bool drug) external {
        ICatalog.Product product = drug ? ICatalog.Product.Drug : ICatalog.Product.Device;
        // What the rival calls it does not matter: its registration is not the approved one.
        vm.prank(rival);
        catalog.registerModel(Agency.GS1, DI, ICatalog.Product.Drug, _content("model"));
        vm.prank(maker);
        catalog.registerModel(Agency.GS1, DI, product, _content("model"));
        _approveModelAs(product);
        vm.prank(maker);
        catalog.registerLot(_newLot(LOT_NUMBER));
        index = uint32(bound(index, 0, LOT_COUNT - 1));
        _assertOrigin(index, maker, product);

        vm.prank(regulator);
        catalog.strikeLot(lot, EVIDENCE);
        _assertOrigin(index, address(0), ICatalog.Product.Device);
    }

    function test_OriginOf_ApprovedAnewAsAnother() external {
        _makeLot();
        _strikeModel();
        vm.prank(rival);
        catalog.registerModel(Agency.GS1, DI, ICatalog.Product.Drug, _content("model"));
        vm.prank(certifier);
        catalog.approveModel(model, rival, _content("model").digest, ICatalog.Product.Drug);
        _assertOrigin(0, address(0), ICatalog.Product.Device);

        ICatalog.NewLot memory newLot = _newLot("second");
        ItemId item = _itemOf(model.lotNumbered("second"), 0);
        vm.prank(rival);
        catalog.registerLot(newLot);
        (address manufacturer, ICatalog.Product product) = catalog.originOf(item, 0, _tagKey(0), _proof(0));
        assertEq(manufacturer, rival, "manufacturer");
        assertTrue(product == ICatalog.Product.Drug, "product");
    }

    function test_OriginOf_AnotherIndex() external {
        _makeLot();
        (address manufacturer,) = catalog.originOf(_item(0), 1, _tagKey(0), _proof(0));
        assertEq(manufacturer, address(0), "manufacturer");
    }

    function test_ModelNumbers() external {
        assertEq(catalog.modelOf(model).number, 0, "before approval");
        _registerModel(maker);
        _approveModel();
        assertEq(catalog.modelOf(model).number, 1, "first");

        string memory di = "04012345678918";
        vm.prank(rival);
        catalog.registerModel(Agency.GS1, di, ICatalog.Product.Device, _content("model"));
        vm.prank(certifier);
        catalog.approveModel(_model(di), rival, _content("model").digest, ICatalog.Product.Device);
        assertEq(catalog.modelOf(_model(di)).number, 2, "second");

        _strikeModel();
        assertEq(catalog.modelOf(model).number, 1, "struck");
        _registerModel(maker);
        _approveModel();
        assertEq(catalog.modelOf(model).number, 1, "approved anew");
        assertEq(catalog.modelOf(model).generation, 1, "generation");
    }

    function _assertOrigin(uint32 index, address manufacturer, ICatalog.Product product) private view {
        (address madeBy, ICatalog.Product what) = catalog.originOf(_item(index), index, _tagKey(index), _proof(index));
        assertEq(madeBy, manufacturer, "manufacturer");
        assertTrue(what == product, "product");
    }
}
