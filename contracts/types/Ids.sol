// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// A product model: keccak256(abi.encode(agency, DI)), agency "GS1", "HIBCC" or "ICCBBA", a GTIN padded to 14 digits.
type ModelId is bytes32;

// A lot of a model: first 16 bytes of keccak256(abi.encodePacked(ModelId, lot)); lot "" for serial-only products.
type LotId is bytes16;

// A unit with a serial: LotId ‖ first 16 bytes of keccak256(serial); the ERC-721 token id of a device.
type ItemId is bytes32;

// A logistic unit (case, pallet, single pack): LotId ‖ first 16 bytes of keccak256(abi.encode(account that packed it, label)). The label is a
// salted commitment to the SSCC: a bare hash of 18 digits with a public company prefix would tell everyone who packed what.
type UnitId is bytes32;

/// @notice The body that issued a device identifier (21 CFR 830.100).
enum Agency {
    GS1,
    HIBCC,
    ICCBBA
}

using {modelEquals as ==, modelDiffers as !=, IdLibrary.lotNumbered} for ModelId global;
using {lotEquals as ==, lotDiffers as !=, IdLibrary.asSubject, IdLibrary.item, IdLibrary.unitPacked} for LotId global;
using {itemEquals as ==, itemDiffers as !=, IdLibrary.lot, IdLibrary.half, IdLibrary.tokenId} for ItemId global;

using {unitEquals as ==, UnitLibrary.lot} for UnitId global;

function modelEquals(ModelId a, ModelId b) pure returns (bool) {
    return ModelId.unwrap(a) == ModelId.unwrap(b);
}

function modelDiffers(ModelId a, ModelId b) pure returns (bool) {
    return ModelId.unwrap(a) != ModelId.unwrap(b);
}

function lotEquals(LotId a, LotId b) pure returns (bool) {
    return LotId.unwrap(a) == LotId.unwrap(b);
}

function lotDiffers(LotId a, LotId b) pure returns (bool) {
    return LotId.unwrap(a) != LotId.unwrap(b);
}

function itemEquals(ItemId a, ItemId b) pure returns (bool) {
    return ItemId.unwrap(a) == ItemId.unwrap(b);
}

function itemDiffers(ItemId a, ItemId b) pure returns (bool) {
    return ItemId.unwrap(a) != ItemId.unwrap(b);
}

function unitEquals(UnitId a, UnitId b) pure returns (bool) {
    return UnitId.unwrap(a) == UnitId.unwrap(b);
}

/// @title How ids are made and taken apart
library IdLibrary {
    /// @notice The id of the model that `agency` knows as `di`.
    function modelOf(Agency agency, string memory di) internal pure returns (ModelId) {
        return ModelId.wrap(keccak256(abi.encode(agencyName(agency), di)));
    }

    /// @notice The agency's name as it enters a model id.
    function agencyName(Agency agency) internal pure returns (string memory) {
        if (agency == Agency.GS1) return "GS1";
        if (agency == Agency.HIBCC) return "HIBCC";
        return "ICCBBA";
    }

    /// @notice The id of the lot that the label of this model calls `number`.
    function lotNumbered(ModelId self, string memory number) internal pure returns (LotId) {
        return LotId.wrap(bytes16(keccak256(abi.encodePacked(ModelId.unwrap(self), number))));
    }

    /// @notice The lot as the subject of a record: its 16 bytes, then zeros.
    function asSubject(LotId self) internal pure returns (bytes32) {
        return bytes32(LotId.unwrap(self));
    }

    /// @notice The lot that the item is of.
    function lot(ItemId self) internal pure returns (LotId) {
        return LotId.wrap(bytes16(ItemId.unwrap(self)));
    }

    /// @notice The item of the lot with this half.
    function item(LotId self, bytes16 half_) internal pure returns (ItemId) {
        return ItemId.wrap(bytes32(LotId.unwrap(self)) | bytes32(half_) >> 128);
    }

    /// @notice The unit of the lot that `packer` labelled with `label`. It says who packed, so nobody can take another's label.
    function unitPacked(LotId self, address packer, bytes32 label) internal pure returns (UnitId) {
        return UnitId.wrap(bytes32(LotId.unwrap(self)) | keccak256(abi.encode(packer, label)) >> 128);
    }

    /// @notice The half of the item id that stands in the lot's tree.
    function half(ItemId self) internal pure returns (bytes16) {
        return bytes16(ItemId.unwrap(self) << 128);
    }

    /// @notice The item as an ERC-721 token id.
    function tokenId(ItemId self) internal pure returns (uint256) {
        return uint256(ItemId.unwrap(self));
    }

    /// @notice The item that the ERC-721 token stands for.
    function itemOf(uint256 token) internal pure returns (ItemId) {
        return ItemId.wrap(bytes32(token));
    }
}

/// @title What the id of a unit says
library UnitLibrary {
    /// @notice The lot that the unit is a range of.
    function lot(UnitId self) internal pure returns (LotId) {
        return LotId.wrap(bytes16(UnitId.unwrap(self)));
    }
}
