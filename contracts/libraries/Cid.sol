// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Content} from "../types/Content.sol";

/// @title The content identifier of a document, as text
/// @notice CIDv1 (version 0x01, codec, sha2-256 multihash 0x12 0x20 ‖ digest) in multibase "b": base32 of RFC 4648 §6 in lower case,
/// without padding.
library Cid {
    bytes32 private constant ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

    // Four bytes of header and 32 of digest are 288 bits: 57 groups of five and one of three, after the multibase letter.
    uint256 private constant LENGTH = 59;

    /// @notice The CIDv1 of `content`; whoever calls has seen that there is one.
    function toString(
        Content memory content
    ) internal pure returns (string memory) {
        bytes memory binary = abi.encodePacked(hex"01", content.codec, hex"1220", content.digest);
        bytes memory text = new bytes(LENGTH);
        text[0] = "b";

        uint256 buffer; // its lowest `pending` bits are not written yet; what has been shifts out at the top
        uint256 pending;
        uint256 length = 1;
        for (uint256 i = 0; i < binary.length; ++i) {
            buffer = (buffer << 8) | uint8(binary[i]);
            pending += 8;
            while (pending >= 5) {
                pending -= 5;
                text[length++] = ALPHABET[(buffer >> pending) & 31];
            }
        }
        text[length] = ALPHABET[(buffer << (5 - pending)) & 31];
        return string(text);
    }
}
