// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../../contracts/interfaces/ICatalog.sol";
import {Agency, ModelId} from "../../../contracts/types/Ids.sol";
import {GoodsTest} from "../../Goods.t.sol";

contract ReclassifyModelTest is GoodsTest {
    function testFuzz_ReclassifyModel(uint8 fromSeed, uint8 toSeed, bytes32 evidence) external {
        ICatalog.Product from = _medicine(fromSeed);
        ICatalog.Product to = _medicine(toSeed);
        vm.assume(from != to);
        _makeLotOf(from);
        _assertProduct(from);
        ICatalog.Model memory before = catalog.modelOf(model);

        vm.expectEmit(address(catalog));
        emit ICatalog.ModelReclassified(model, regulator, from, to, evidence);
        vm.prank(regulator);
        catalog.reclassifyModel(model, to, evidence);

        _assertProduct(to);
        // Nothing else.
        before.product = to;
        assertEq(abi.encode(catalog.modelOf(model)), abi.encode(before), "model");
        assertEq(catalog.manufacturerOf(lot), maker, "its lots count");
    }

    function test_ReclassifyModel_AndBack() external {
        _makeLotOf(ICatalog.Product.Drug);
        _reclassify(regulator, ICatalog.Product.ControlledDrug);
        _reclassify(regulator, ICatalog.Product.Drug);
        _assertProduct(ICatalog.Product.Drug);
    }

    /// @dev A new approval is of what is registered then.
    function test_ReclassifyModel_DoesNotOutliveAStrike() external {
        _makeLotOf(ICatalog.Product.Drug);
        _reclassify(regulator, ICatalog.Product.ControlledDrug);
        _strikeModel();
        _expectNotApproved(model);
        vm.prank(maker);
        catalog.registerModel(Agency.GS1, DI, ICatalog.Product.OverTheCounterDrug, _content("model"));
        _expectNotApproved(model);
        _approveModelAs(ICatalog.Product.OverTheCounterDrug);
        assertTrue(catalog.modelOf(model).product == ICatalog.Product.OverTheCounterDrug);
    }

    function test_RevertGiven_CallerIsNotAnActiveRegulator() external {
        _makeLotOf(ICatalog.Product.Drug);
        _expectNotRegulator(maker);
        _expectNotRegulator(certifier);
        _expectNotRegulator(stranger);
        _suspend(regulator);
        _expectNotRegulator(regulator);
    }

    function test_RevertGiven_ModelIsNotApproved() external {
        _expectNotApproved(ModelId.wrap(keccak256("unknown")));
        _registerModel(maker);
        _expectNotApproved(model);
    }

    function testFuzz_RevertGiven_ModelIsOfDevices(uint8 seed) external {
        _makeLot();
        _expectNotReclassifiable(ICatalog.Product.Device, ICatalog.Product(bound(seed, 0, 3)));
    }

    function testFuzz_RevertWhen_ItShallBeOfDevices(uint8 seed) external {
        ICatalog.Product from = _medicine(seed);
        _makeLotOf(from);
        _expectNotReclassifiable(from, ICatalog.Product.Device);
    }

    function testFuzz_RevertWhen_ClassIsTheSame(uint8 seed) external {
        ICatalog.Product from = _medicine(seed);
        _makeLotOf(from);
        _expectNotReclassifiable(from, from);
    }

    function _makeLotOf(ICatalog.Product product) private {
        vm.prank(maker);
        catalog.registerModel(Agency.GS1, DI, product, _content("model"));
        _approveModelAs(product);
        vm.prank(maker);
        catalog.registerLot(_newLot(LOT_NUMBER));
    }

    function _medicine(uint8 seed) private pure returns (ICatalog.Product) {
        return ICatalog.Product(bound(seed, uint256(ICatalog.Product.Drug), uint256(type(ICatalog.Product).max)));
    }

    function _reclassify(address by, ICatalog.Product to) private {
        vm.prank(by);
        catalog.reclassifyModel(model, to, EVIDENCE);
    }

    function _expectNotRegulator(address account) private {
        vm.expectRevert(abi.encodeWithSelector(ICatalog.Catalog_NotRegulator.selector, account));
        _reclassify(account, ICatalog.Product.ControlledDrug);
    }

    function _expectNotApproved(ModelId id) private {
        vm.expectRevert(abi.encodeWithSelector(ICatalog.Catalog_ModelNotApproved.selector, id));
        vm.prank(regulator);
        catalog.reclassifyModel(id, ICatalog.Product.Drug, EVIDENCE);
    }

    function _expectNotReclassifiable(ICatalog.Product from, ICatalog.Product to) private {
        vm.expectRevert(abi.encodeWithSelector(ICatalog.Catalog_NotReclassifiable.selector, model, from, to));
        _reclassify(regulator, to);
        _assertProduct(from);
    }

    function _assertProduct(ICatalog.Product expected) private view {
        assertEq(uint8(catalog.modelOf(model).product), uint8(expected), "model");
        assertEq(uint8(catalog.provenanceOf(lot).product), uint8(expected), "provenance");
        (, ICatalog.Product product) = catalog.originOf(_item(0), 0, _tagKey(0), _proof(0));
        assertEq(uint8(product), uint8(expected), "origin");
    }
}
