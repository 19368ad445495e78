// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../../contracts/interfaces/ICatalog.sol";
import {Agency, ModelId} from "../../../contracts/types/Ids.sol";
import {CERTIFIER, DISTRIBUTOR, MANUFACTURER} from "../../../contracts/types/Role.sol";
import {GoodsTest} from "../../Goods.t.sol";

contract ApproveModelTest is GoodsTest {
    ICatalog.Product private constant DEVICE = ICatalog.Product.Device;
    ICatalog.Product private constant DRUG = ICatalog.Product.Drug;

    bytes32 private digest = _content("model").digest;

    function setUp() public override {
        super.setUp();
        _registerModel(maker);
    }

    function testFuzz_ApproveModel(bool byRegulator, uint256 later) external {
        skip(bound(later, 0, 30 days));
        address approver = byRegulator ? regulator : certifier;

        vm.expectEmit(address(catalog));
        emit ICatalog.ModelApproved(model, maker, approver, digest);
        vm.prank(approver);
        catalog.approveModel(model, maker, digest, DEVICE);

        ICatalog.Model memory approved = catalog.modelOf(model);
        assertEq(approved.manufacturer, maker, "manufacturer");
        assertEq(approved.approvedAt, block.timestamp, "approved at");
        assertEq(approved.generation, 0, "generation");
    }

    function test_ApproveModel_OneOfTwoRivals() external {
        _registerModel(rival);
        vm.prank(certifier);
        catalog.approveModel(model, rival, digest, DEVICE);
        assertEq(catalog.modelOf(model).manufacturer, rival, "manufacturer");
    }

    function test_RevertGiven_CallerIsNotAnActiveApprover() external {
        _expectNotApprover(maker);
        _expectNotApprover(rival);
        _expectNotApprover(distributor);
        _expectNotApprover(stranger);
        _suspend(certifier);
        _expectNotApprover(certifier);
    }

    function test_RevertWhen_CallerIsTheManufacturer() external {
        _enrolPowerful(maker, MANUFACTURER | CERTIFIER);
        vm.expectRevert(abi.encodeWithSelector(ICatalog.Catalog_OwnModel.selector, model, maker));
        vm.prank(maker);
        catalog.approveModel(model, maker, digest, DEVICE);
    }

    function test_RevertGiven_ModelIsApproved() external {
        _registerModel(rival);
        _approveModel();

        address[2] memory manufacturers = [maker, rival];
        for (uint256 i = 0; i < manufacturers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ICatalog.Catalog_ModelApproved.selector, model, maker));
            vm.prank(regulator);
            catalog.approveModel(model, manufacturers[i], digest, DEVICE);
        }
    }

    function test_RevertGiven_NothingIsRegistered() external {
        bytes32[2] memory digests = [bytes32(0), digest];
        for (uint256 i = 0; i < digests.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(ICatalog.Catalog_OtherDocument.selector, model, bytes32(0), digests[i])
            );
            vm.prank(certifier);
            catalog.approveModel(model, rival, digests[i], DEVICE);
        }
    }

    function testFuzz_RevertGiven_OtherDocumentIsRegistered(bytes32 other) external {
        vm.assume(other != digest);
        vm.expectRevert(abi.encodeWithSelector(ICatalog.Catalog_OtherDocument.selector, model, digest, other));
        vm.prank(certifier);
        catalog.approveModel(model, maker, other, DEVICE);
    }

    function testFuzz_RevertGiven_OtherProductIsRegistered(bool drugSeen) external {
        (ICatalog.Product seen, ICatalog.Product registered) = drugSeen ? (DRUG, DEVICE) : (DEVICE, DRUG);
        // The maker changes the product while the approver looks at the same document.
        vm.prank(maker);
        catalog.registerModel(Agency.GS1, DI, registered, _content("model"));

        vm.expectRevert(abi.encodeWithSelector(ICatalog.Catalog_OtherProduct.selector, model, registered, seen));
        vm.prank(certifier);
        catalog.approveModel(model, maker, digest, seen);
    }

    function test_RevertGiven_ManufacturerIsNotActive() external {
        _suspend(maker);
        _expectNotManufacturer();
    }

    function test_RevertGiven_ManufacturerLostTheRole() external {
        _enrol(maker, DISTRIBUTOR);
        _expectNotManufacturer();
    }

    function _expectNotApprover(address account) private {
        vm.expectRevert(abi.encodeWithSelector(ICatalog.Catalog_NotApprover.selector, account));
        vm.prank(account);
        catalog.approveModel(model, maker, digest, DEVICE);
    }

    function _expectNotManufacturer() private {
        vm.expectRevert(abi.encodeWithSelector(ICatalog.Catalog_NotManufacturer.selector, maker));
        vm.prank(certifier);
        catalog.approveModel(model, maker, digest, DEVICE);
    }
}
