// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Agency, IdLibrary, ItemId, LotId, ModelId, UnitId} from "../../../contracts/types/Ids.sol";
import {Base} from "../../Base.t.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

contract IdsTest is Base {
    function testFuzz_ModelIsTheHashOfAgencyAndDi(string memory di) external pure {
        bytes32 gs1 = keccak256(abi.encode("GS1", di));
        assertEq(ModelId.unwrap(IdLibrary.modelOf(Agency.GS1, di)), gs1);
        assertEq(ModelId.unwrap(IdLibrary.modelOf(Agency.HIBCC, di)), keccak256(abi.encode("HIBCC", di)));
        assertEq(ModelId.unwrap(IdLibrary.modelOf(Agency.ICCBBA, di)), keccak256(abi.encode("ICCBBA", di)));
        assertTrue(IdLibrary.modelOf(Agency.GS1, di) == ModelId.wrap(gs1));
        assertTrue(IdLibrary.modelOf(Agency.GS1, di) != IdLibrary.modelOf(Agency.HIBCC, di));
    }

    function testFuzz_LotIsTheFirstHalfOfTheHashOfModelAndNumber(bytes32 model, string memory number) external pure {
        LotId lot = ModelId.wrap(model).lotNumbered(number);
        bytes32 hash = keccak256(abi.encodePacked(model, number));
        // forge-lint: disable-next-line(unsafe-typecast): the first half of the hash is what an id is.
        assertTrue(lot == LotId.wrap(bytes16(hash)));
        assertEq(lot.asSubject(), bytes32(uint256(hash) >> 128 << 128));
    }

    function testFuzz_ItemIsTakenApart(bytes16 lot, bytes16 half) external pure {
        ItemId item = ItemId.wrap(bytes32(abi.encodePacked(lot, half)));
        assertTrue(item.lot() == LotId.wrap(lot));
        assertEq(item.half(), half);
        assertTrue(IdLibrary.itemOf(item.tokenId()) == item);
    }

    function testFuzz_UnitIsOfItsLotPackerAndLabel(bytes16 lot, address packer, bytes32 label, address other)
        external
        pure
    {
        UnitId unit = LotId.wrap(lot).unitPacked(packer, label);
        bytes32 hash = keccak256(abi.encode(packer, label));
        // forge-lint: disable-next-line(unsafe-typecast): the first half of the hash is what an id has of it.
        assertEq(UnitId.unwrap(unit), bytes32(abi.encodePacked(lot, bytes16(hash))));
        assertTrue(unit.lot() == LotId.wrap(lot));
        assertTrue(unit == LotId.wrap(lot).unitPacked(packer, label));
        assertEq(unit == LotId.wrap(lot).unitPacked(other, label), packer == other);
        assertFalse(unit == LotId.wrap(lot).unitPacked(packer, keccak256(abi.encode(label))));
        assertFalse(unit == LotId.wrap(~lot).unitPacked(packer, label));
    }

    function testFuzz_DifferentIdsDiffer(bytes32 a, bytes32 b, bytes16 c, bytes16 d) external pure {
        assertEq(ModelId.wrap(a) != ModelId.wrap(b), a != b);
        assertEq(LotId.wrap(c) != LotId.wrap(d), c != d);
        assertEq(ItemId.wrap(a) != ItemId.wrap(b), a != b);
    }

    /// @dev The sample lots that tests of other rooms build are what a maker would register.
    function testFuzz_EveryItemOfASampleLotIsProven(uint32 count, string memory number) external pure {
        count = uint32(bound(count, 1, 12));
        ModelId model = _model("00812345678905");
        SampleLot memory lot = _sampleLot(model, number, count);
        assertTrue(lot.id == model.lotNumbered(number));
        for (uint32 i = 0; i < count; ++i) {
            bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(i, lot.items[i].half(), lot.tagKeys[i]))));
            assertTrue(MerkleProof.verify(_proof(lot, i), lot.root, leaf));
            assertTrue(lot.items[i].lot() == lot.id);
            assertEq(lot.items[i].half(), bytes16(keccak256(bytes(_serial(i)))));
        }
    }

    function test_SerialsHaveSixDigits() external pure {
        assertEq(_serial(0), "000000");
        assertEq(_serial(12), "000012");
        assertEq(_serial(999_999), "999999");
    }
}
