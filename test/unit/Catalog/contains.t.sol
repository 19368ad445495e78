// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../../contracts/interfaces/ICatalog.sol";
import {ItemId, LotId} from "../../../contracts/types/Ids.sol";
import {GoodsTest} from "../../Goods.t.sol";

contract ContainsTest is GoodsTest {
    function setUp() public override {
        super.setUp();
        _makeLot();
    }

    function testFuzz_Contains(
        uint32 index
    ) external view {
        index = uint32(bound(index, 0, LOT_COUNT - 1));
        assertTrue(catalog.contains(_item(index), index, _tagKey(index), _proof(index)));
    }

    function testFuzz_Contains_SomethingElse(
        uint32 index,
        uint32 otherIndex,
        bytes16 otherHalf,
        address otherTag,
        bytes32 noise
    ) external view {
        index = uint32(bound(index, 0, LOT_COUNT - 1));
        ItemId item = _item(index);
        bytes32[] memory proof = _proof(index);
        if (otherIndex != index) assertFalse(catalog.contains(item, otherIndex, _tagKey(index), proof), "index");
        if (otherTag != _tagKey(index)) assertFalse(catalog.contains(item, index, otherTag, proof), "tag key");
        if (otherHalf != item.half()) {
            ItemId forged = ItemId.wrap(lot.asSubject() | (bytes32(otherHalf) >> 128));
            assertFalse(catalog.contains(forged, index, _tagKey(index), proof), "serial");
        }
        if (noise != proof[0]) {
            proof[0] = noise;
            assertFalse(catalog.contains(item, index, _tagKey(index), proof), "proof");
        }
        assertFalse(catalog.contains(item, index, _tagKey(index), new bytes32[](0)), "no proof");
    }

    function test_Contains_IndexNotBelowTheCount() external {
        ICatalog.NewLot memory newLot = _newLot("short");
        newLot.count = LOT_COUNT - 1;
        vm.prank(maker);
        LotId short = catalog.registerLot(newLot);

        uint32 last = LOT_COUNT - 2;
        assertTrue(catalog.contains(_itemOf(short, last), last, _tagKey(last), _proof(last)), "last below the count");
        uint32 beyond = LOT_COUNT - 1;
        assertFalse(catalog.contains(_itemOf(short, beyond), beyond, _tagKey(beyond), _proof(beyond)), "at the count");
    }

    function test_Contains_LotUnknown() external view {
        ItemId item = _itemOf(model.lotNumbered("unknown"), 0);
        assertFalse(catalog.contains(item, 0, _tagKey(0), _proof(0)));
        assertEq(catalog.manufacturerOf(item.lot()), address(0));
    }

    function test_Contains_LotStruck() external {
        vm.prank(regulator);
        catalog.strikeLot(lot, EVIDENCE);
        _assertLotDoesNotCount(0);
    }

    function test_Contains_ModelStruck() external {
        _strikeModel();
        _assertLotDoesNotCount(0);
    }

    /// @dev A leaf is the hash of 96 bytes hashed again; an inner node that stands for two leaves is the hash of 64. Without the second
    /// hash a maker's neighbour could look for values that encode two nodes; here not even the node itself is accepted.
    function test_Contains_RootAsLeaf() external {
        ICatalog.NewLot memory newLot = _newLot("single");
        ItemId item = _itemOf(model.lotNumbered("single"), 0);
        newLot.count = 1;
        newLot.root = keccak256(abi.encode(uint32(0), item.half(), _tagKey(0)));
        vm.prank(maker);
        catalog.registerLot(newLot);
        assertFalse(catalog.contains(item, 0, _tagKey(0), new bytes32[](0)));
    }

    function test_Contains_LotOfOne() external {
        ICatalog.NewLot memory newLot = _newLot("single");
        ItemId item = _itemOf(model.lotNumbered("single"), 0);
        newLot.count = 1;
        newLot.root = keccak256(bytes.concat(keccak256(abi.encode(uint32(0), item.half(), _tagKey(0)))));
        vm.prank(maker);
        catalog.registerLot(newLot);
        assertTrue(catalog.contains(item, 0, _tagKey(0), new bytes32[](0)));
    }
}
