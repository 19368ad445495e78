// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The address of a document: the sha2-256 digest of its root block and the codec that says how to read the block.
/// CIDv1 is rebuilt from both. The all-zero value means "no document".
/// @param digest sha2-256 (multihash 0x12, 32 bytes)
/// @param codec multicodec of the root block: 0x55 raw (one block), 0x70 dag-pb (a UnixFS tree)
struct Content {
    bytes32 digest;
    uint8 codec;
}

uint8 constant CODEC_RAW = 0x55;
uint8 constant CODEC_DAG_PB = 0x70;

using {ContentLibrary.isWellFormed} for Content global;

/// @title Whether an address can be one
library ContentLibrary {
    /// @notice Whether the digest is not zero and the codec is one that a UnixFS file has.
    function isWellFormed(Content memory self) internal pure returns (bool) {
        return self.digest != 0 && (self.codec == CODEC_RAW || self.codec == CODEC_DAG_PB);
    }
}
