// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../../contracts/interfaces/ICatalog.sol";
import {CODEC_DAG_PB, CODEC_RAW, Content} from "../../../contracts/types/Content.sol";
import {LotId, ModelId} from "../../../contracts/types/Ids.sol";
import {DISTRIBUTOR} from "../../../contracts/types/Role.sol";
import {GoodsTest} from "../../Goods.t.sol";

contract RegisterLotTest is GoodsTest {
    function setUp() public override {
        super.setUp();
        _registerModel(maker);
        _approveModel();
    }

    function testFuzz_RegisterLot(
        ICatalog.NewLot memory newLot,
        uint256 length,
        bool byOperator
    ) external {
        vm.assume(newLot.root != 0 && newLot.document.digest != 0);
        newLot.model = model;
        newLot.number = _text(bound(length, 0, 20));
        newLot.count = uint32(bound(newLot.count, 1, type(uint32).max));
        newLot.madeAt = uint40(bound(newLot.madeAt, 0, type(uint40).max - 1));
        if (newLot.expiresAt <= newLot.madeAt && newLot.expiresAt != 0) newLot.expiresAt = newLot.madeAt + 1;
        newLot.document.codec = newLot.document.codec % 2 == 0 ? CODEC_RAW : CODEC_DAG_PB;
        _setCatalogOperator(true);
        LotId expected = LotId.wrap(bytes16(keccak256(abi.encodePacked(ModelId.unwrap(model), newLot.number))));

        _expectLotRegistered(expected, newLot);
        vm.prank(byOperator ? operator : maker);
        LotId registered = catalog.registerLot(newLot);

        assertTrue(registered == expected, "lot id");
        _assertRegistered(catalog.lotOf(registered), newLot);
        assertEq(catalog.manufacturerOf(registered), maker, "manufacturer");
        (uint32 modelNumber, address madeBy, uint40 expiry) = catalog.standingOf(registered);
        assertEq(modelNumber, catalog.modelOf(model).number, "standing: model");
        assertEq(madeBy, maker, "standing: manufacturer");
        assertEq(expiry, newLot.expiresAt, "standing: expiry");
    }

    function test_RegisterLot_ManyAtOnce() external {
        bytes[] memory calls = new bytes[](3);
        calls[0] = abi.encodeCall(ICatalog.registerLot, (_newLot("A")));
        calls[1] = abi.encodeCall(ICatalog.registerLot, (_newLot("B")));
        calls[2] = abi.encodeCall(ICatalog.registerLot, (_newLot("")));
        vm.prank(maker);
        catalog.multicall(calls);

        assertEq(catalog.manufacturerOf(model.lotNumbered("A")), maker, "lot A");
        assertEq(catalog.manufacturerOf(model.lotNumbered("B")), maker, "lot B");
        assertEq(catalog.manufacturerOf(model.lotNumbered("")), maker, "no lot number");
    }

    function testFuzz_RevertWhen_NumberIsLong(
        uint256 length
    ) external {
        ICatalog.NewLot memory newLot = _newLot(_text(bound(length, 21, 300)));
        _expectRevert(abi.encodeWithSelector(ICatalog.Catalog_BadIdentifier.selector, newLot.number), newLot);
    }

    function test_RevertWhen_LotIsEmpty() external {
        bytes memory refusal = abi.encodeWithSelector(ICatalog.Catalog_EmptyLot.selector, lot);
        ICatalog.NewLot memory newLot = _newLot(LOT_NUMBER);
        newLot.root = 0;
        _expectRevert(refusal, newLot);
        newLot = _newLot(LOT_NUMBER);
        newLot.count = 0;
        _expectRevert(refusal, newLot);
    }

    function testFuzz_RevertWhen_DocumentIsMalformed(
        uint8 codec
    ) external {
        ICatalog.NewLot memory newLot = _newLot(LOT_NUMBER);
        newLot.document = Content(0, CODEC_RAW);
        _expectRevert(abi.encodeWithSelector(ICatalog.Catalog_BadDocument.selector, bytes32(0), CODEC_RAW), newLot);

        vm.assume(codec != CODEC_RAW && codec != CODEC_DAG_PB);
        newLot.document = Content(EVIDENCE, codec);
        _expectRevert(abi.encodeWithSelector(ICatalog.Catalog_BadDocument.selector, EVIDENCE, codec), newLot);
    }

    function testFuzz_RevertWhen_ExpiryIsNotAfterManufacture(
        uint40 made,
        uint40 expiry
    ) external {
        ICatalog.NewLot memory newLot = _newLot(LOT_NUMBER);
        newLot.madeAt = uint40(bound(made, 1, type(uint40).max));
        newLot.expiresAt = uint40(bound(expiry, 1, newLot.madeAt));
        _expectBadDates(newLot);
        newLot.expiresAt = newLot.madeAt;
        _expectBadDates(newLot);
    }

    function test_RevertGiven_ModelIsNotApproved() external {
        ICatalog.NewLot memory newLot = _newLot(LOT_NUMBER);
        newLot.model = ModelId.wrap(keccak256("unknown"));
        _expectRevert(abi.encodeWithSelector(ICatalog.Catalog_ModelNotApproved.selector, newLot.model), newLot);

        _strikeModel();
        newLot.model = model;
        _expectRevert(abi.encodeWithSelector(ICatalog.Catalog_ModelNotApproved.selector, model), newLot);
    }

    function test_RevertGiven_CallerIsNeitherManufacturerNorOperator() external {
        _expectNotForModel(rival);
        _expectNotForModel(regulator);
        _expectNotForModel(operator);
        _setCatalogOperator(true);
        _setCatalogOperator(false);
        _expectNotForModel(operator);
    }

    function test_RevertGiven_ManufacturerIsNotActive() external {
        _setCatalogOperator(true);
        _suspend(maker);
        _expectNotManufacturer(maker);
        _expectNotManufacturer(operator);
    }

    function test_RevertGiven_ManufacturerLostTheRole() external {
        _enrol(maker, DISTRIBUTOR);
        _expectNotManufacturer(maker);
    }

    function test_RevertGiven_LotExists() external {
        ICatalog.NewLot memory newLot = _newLot(LOT_NUMBER);
        vm.prank(maker);
        catalog.registerLot(newLot);

        bytes memory refusal = abi.encodeWithSelector(ICatalog.Catalog_LotExists.selector, lot);
        _expectRevert(refusal, newLot);
        newLot.root = keccak256("another root");
        _expectRevert(refusal, newLot);
        vm.prank(regulator);
        catalog.strikeLot(lot, EVIDENCE);
        _expectRevert(refusal, newLot);
    }

    function _expectLotRegistered(
        LotId expected,
        ICatalog.NewLot memory newLot
    ) private {
        vm.expectEmit(address(catalog));
        emit ICatalog.LotRegistered(
            expected,
            model,
            maker,
            newLot.number,
            newLot.root,
            newLot.count,
            newLot.madeAt,
            newLot.expiresAt,
            newLot.document
        );
    }

    function _assertRegistered(
        ICatalog.Lot memory registered,
        ICatalog.NewLot memory newLot
    ) private view {
        assertEq(registered.root, newLot.root, "root");
        assertEq(registered.digest, newLot.document.digest, "digest");
        assertTrue(registered.model == model, "model");
        assertEq(registered.count, newLot.count, "count");
        assertEq(registered.madeAt, newLot.madeAt, "made at");
        assertEq(registered.expiresAt, newLot.expiresAt, "expires at");
        assertEq(registered.registeredAt, block.timestamp, "registered at");
        assertEq(registered.codec, newLot.document.codec, "codec");
        assertEq(registered.generation, 0, "generation");
        assertFalse(registered.struck, "struck");
    }

    function _expectBadDates(
        ICatalog.NewLot memory newLot
    ) private {
        bytes memory refusal =
            abi.encodeWithSelector(ICatalog.Catalog_BadDates.selector, newLot.madeAt, newLot.expiresAt);
        _expectRevert(refusal, newLot);
    }

    function _expectNotForModel(
        address account
    ) private {
        vm.expectRevert(abi.encodeWithSelector(ICatalog.Catalog_NotForModel.selector, model, account));
        vm.prank(account);
        catalog.registerLot(_newLot(LOT_NUMBER));
    }

    function _expectNotManufacturer(
        address account
    ) private {
        vm.expectRevert(abi.encodeWithSelector(ICatalog.Catalog_NotManufacturer.selector, maker));
        vm.prank(account);
        catalog.registerLot(_newLot(LOT_NUMBER));
    }

    function _expectRevert(
        bytes memory refusal,
        ICatalog.NewLot memory newLot
    ) private {
        vm.expectRevert(refusal);
        vm.prank(maker);
        catalog.registerLot(newLot);
    }
}
