// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../contracts/interfaces/ICatalog.sol";
import {CODEC_RAW, Content} from "../contracts/types/Content.sol";
import {Agency, ItemId, LotId, ModelId} from "../contracts/types/Ids.sol";
import {Base} from "./Base.t.sol";
import {Trees} from "./Trees.sol";

/// @title The parties, and short words for making models and lots
abstract contract GoodsTest is Base {
    string internal constant DI = "04012345678901";
    string internal constant LOT_NUMBER = "L2026-A";
    uint32 internal constant LOT_COUNT = 7;
    bytes32 internal constant EVIDENCE = keccak256("an EPCIS event");

    /// @dev Never enrolled; some accounts approve it.
    address internal operator = _account("operator");
    ModelId internal model;
    LotId internal lot;
    uint40 internal madeAt;
    uint40 internal expiresAt;

    function setUp() public virtual override {
        super.setUp();
        model = _model(DI);
        lot = model.lotNumbered(LOT_NUMBER);
        madeAt = uint40(block.timestamp - 30 days);
        expiresAt = uint40(block.timestamp + 365 days);
    }

    function _registerModel(address by) internal {
        vm.prank(by);
        catalog.registerModel(Agency.GS1, DI, ICatalog.Product.Device, _content("model"));
    }

    function _approveModel() internal {
        _approveModelAs(ICatalog.Product.Device);
    }

    function _approveModelAs(ICatalog.Product product) internal {
        vm.prank(certifier);
        catalog.approveModel(model, maker, _content("model").digest, product);
    }

    function _strikeModel() internal {
        vm.prank(regulator);
        catalog.strikeModel(model, EVIDENCE);
    }

    /// @dev Model registered and approved, lot registered.
    function _makeLot() internal {
        _registerModel(maker);
        _approveModel();
        vm.prank(maker);
        catalog.registerLot(_newLot(LOT_NUMBER));
    }

    function _newLot(string memory number) internal view returns (ICatalog.NewLot memory) {
        return ICatalog.NewLot({
            model: model,
            number: number,
            root: _nodes()[0],
            count: LOT_COUNT,
            madeAt: madeAt,
            expiresAt: expiresAt,
            document: _content("lot")
        });
    }

    function _setCatalogOperator(bool approved) internal {
        vm.prank(maker);
        catalog.setOperator(operator, approved);
    }

    function _item(uint32 index) internal view returns (ItemId) {
        return _itemOf(lot, index);
    }

    function _itemOf(LotId ofLot, uint32 index) internal pure returns (ItemId) {
        return _item(ofLot, _serial(index));
    }

    function _tagKey(uint32 index) internal pure returns (address) {
        return vm.addr(_tagSecretOf(LOT_NUMBER, index));
    }

    /// @dev Every lot of these tests has the same serials and tag keys, so the same tree.
    function _leaf(uint32 index) internal view returns (bytes32) {
        return Trees.leafOf(index, _item(index).half(), _tagKey(index));
    }

    function _nodes() internal view returns (bytes32[] memory) {
        bytes32[] memory leaves = new bytes32[](LOT_COUNT);
        for (uint32 i = 0; i < LOT_COUNT; ++i) {
            leaves[i] = _leaf(i);
        }
        return Trees.build(leaves);
    }

    function _proof(uint32 index) internal view returns (bytes32[] memory) {
        return Trees.proofOf(_nodes(), _leaf(index));
    }

    function _content(string memory text) internal pure returns (Content memory) {
        return Content(keccak256(bytes(text)), CODEC_RAW);
    }

    function _text(uint256 length) internal pure returns (string memory) {
        bytes memory text = new bytes(length);
        for (uint256 i = 0; i < length; ++i) {
            // A letter.
            // forge-lint: disable-next-line(unsafe-typecast)
            text[i] = bytes1(uint8(0x41 + i % 26));
        }
        return string(text);
    }

    function _assertLotDoesNotCount(uint32 index) internal view {
        assertFalse(catalog.contains(_item(index), index, _tagKey(index), _proof(index)), "contains");
        assertEq(catalog.manufacturerOf(lot), address(0), "manufacturer");
        (uint32 modelNumber, address madeBy, uint40 expiry) = catalog.standingOf(lot);
        assertEq(modelNumber, 0, "standing: model");
        assertEq(madeBy, address(0), "standing: manufacturer");
        assertEq(expiry, 0, "standing: expiry");
    }
}
