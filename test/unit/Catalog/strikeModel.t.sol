// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../../contracts/interfaces/ICatalog.sol";
import {ModelId} from "../../../contracts/types/Ids.sol";
import {GoodsTest} from "../../Goods.t.sol";

contract StrikeModelTest is GoodsTest {
    function setUp() public override {
        super.setUp();
        _makeLot();
    }

    function testFuzz_StrikeModel(bytes32 evidence, uint32 index) external {
        index = uint32(bound(index, 0, LOT_COUNT - 1));

        vm.expectEmit(address(catalog));
        emit ICatalog.ModelStruck(model, maker, regulator, evidence);
        vm.prank(regulator);
        catalog.strikeModel(model, evidence);

        ICatalog.Model memory struck = catalog.modelOf(model);
        assertEq(struck.manufacturer, address(0), "manufacturer");
        assertEq(struck.approvedAt, 0, "approved at");
        assertEq(struck.generation, 1, "generation");
        assertEq(catalog.registrationOf(model, maker).registeredAt, 0, "registration");
        _assertLotDoesNotCount(index);
    }

    function test_StrikeModel_GivenApprovedAnewForTheRival() external {
        _strikeModel();
        _registerModel(rival);
        vm.prank(certifier);
        catalog.approveModel(model, rival, _content("model").digest, ICatalog.Product.Device);

        _assertLotDoesNotCount(0);
        vm.expectRevert(abi.encodeWithSelector(ICatalog.Catalog_LotExists.selector, lot));
        vm.prank(rival);
        catalog.registerLot(_newLot(LOT_NUMBER));

        vm.prank(rival);
        assertEq(catalog.manufacturerOf(catalog.registerLot(_newLot("L2"))), rival, "new lots count");
        assertEq(catalog.modelOf(model).generation, 1, "generation");
    }

    function test_StrikeModel_GivenApprovedAnewForTheSame() external {
        _strikeModel();
        bytes32 digest = _content("model").digest;
        vm.expectRevert(abi.encodeWithSelector(ICatalog.Catalog_OtherDocument.selector, model, bytes32(0), digest));
        vm.prank(certifier);
        catalog.approveModel(model, maker, digest, ICatalog.Product.Device);

        _registerModel(maker);
        _approveModel();
        _assertLotDoesNotCount(0);

        _strikeModel();
        assertEq(catalog.modelOf(model).generation, 2, "generation");
    }

    function test_RevertGiven_CallerIsNotAnActiveRegulator() external {
        _expectNotRegulator(maker);
        _expectNotRegulator(certifier);
        _expectNotRegulator(stranger);
        _suspend(regulator);
        _expectNotRegulator(regulator);
    }

    function test_RevertGiven_ModelIsNotApproved() external {
        ModelId unknown = ModelId.wrap(keccak256("unknown"));
        _expectNotApproved(unknown);
        _strikeModel();
        _expectNotApproved(model);
        _registerModel(maker);
        _expectNotApproved(model);
    }

    function _expectNotRegulator(address account) private {
        vm.expectRevert(abi.encodeWithSelector(ICatalog.Catalog_NotRegulator.selector, account));
        vm.prank(account);
        catalog.strikeModel(model, EVIDENCE);
    }

    function _expectNotApproved(ModelId id) private {
        vm.expectRevert(abi.encodeWithSelector(ICatalog.Catalog_ModelNotApproved.selector, id));
        vm.prank(regulator);
        catalog.strikeModel(id, EVIDENCE);
    }
}
