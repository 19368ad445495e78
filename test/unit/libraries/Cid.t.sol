// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

import {Cid} from "../../../contracts/libraries/Cid.sol";
import {CODEC_DAG_PB, CODEC_RAW, Content} from "../../../contracts/types/Content.sol";

contract CidTest is Test {
    // Raw blocks: what Kubo 0.43.0 answers for 0, 1 and 1000 bytes and 1 MiB; the digest is that of the file.
    function test_RawVectors() external pure {
        _assertCid(
            CODEC_RAW,
            0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855,
            "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
        );
        _assertCid(
            CODEC_RAW,
            0xcdce9374e0fecee1655cbc7207b0ed392201941f084c4b5672e917a99c7b2b26,
            "bafkreignz2jxjyh6z3qwkxf4oid3b3jzeiazihyijrfvm4xjc6uzy6zley"
        );
        _assertCid(
            CODEC_RAW,
            0x04fed137522afef037c9b4218779b28c46c51acc28a15ef30ed5b1ca05886cd9,
            "bafkreiae73itourk73ydpsnuegdxtmumi3crvtbiufppgdwvwhfalcdm3e"
        );
        _assertCid(
            CODEC_RAW,
            0xec98caf4e6330857ff241e72f1982afda3e452dc8d6143ecc29d89dfb93216fd,
            "bafkreihmtdfpjzrtbbl76ja6olyzqkx5upsffxenmfb6zqu5rhp3smqw7u"
        );
    }

    // UnixFS trees: the digest is that of the root block, read out of Kubo's answer with an independent base32.
    function test_DagPbVectors() external pure {
        _assertCid(
            CODEC_DAG_PB,
            0x3cab6c04cab375dcdce003d91cfe0ccce4a674e150e91973a2c7706f5745aed4,
            "bafybeib4vnwajsvtoxonzyad3eop4dgm4sthjykq5emxhiwhobxvorno2q"
        );
        _assertCid(
            CODEC_DAG_PB,
            0x9259f05da9efe168faa01fd27e74fac7d5812ad444254c09ada417a5740bb006,
            "bafybeieslhyf3kpp4fupvia72j7hj6wh2wasvvceevgatlnec6sxic5qay"
        );
        _assertCid(
            CODEC_DAG_PB,
            0xd93ab1f14c4baf04986f587c6240380c56bb756d4ee19bb669c593d278c24b41,
            "bafybeigzhky7ctclv4cjq32yprreaoamk25xk3ko4gn3m2ofspjhrqslie"
        );
    }

    function testFuzz_DecodesToItsParts(
        bytes32 digest,
        uint8 codec
    ) external pure {
        bytes memory text = bytes(Cid.toString(Content({digest: digest, codec: codec})));
        assertEq(text.length, 59);
        assertEq(uint8(text[0]), 0x62);
        assertEq(_decode(text), abi.encodePacked(uint8(1), codec, uint8(0x12), uint8(0x20), digest));
    }

    function testFuzz_DiffersWithDigest(
        bytes32 one,
        bytes32 other
    ) external pure {
        vm.assume(one != other);
        assertNotEq(
            Cid.toString(Content({digest: one, codec: CODEC_RAW})),
            Cid.toString(Content({digest: other, codec: CODEC_RAW}))
        );
    }

    function _assertCid(
        uint8 codec,
        bytes32 digest,
        string memory expected
    ) private pure {
        assertEq(Cid.toString(Content({digest: digest, codec: codec})), expected);
    }

    /// @dev Bit by bit, unlike the encoder; the two bits of padding have to be zero.
    function _decode(
        bytes memory text
    ) private pure returns (bytes memory binary) {
        binary = new bytes(36);
        for (uint256 bit = 0; bit < 290; ++bit) {
            uint8 letter = uint8(text[1 + bit / 5]);
            uint8 value = letter >= 0x61 ? letter - 0x61 : letter - 0x32 + 26;
            bool set = (value >> (4 - (bit % 5))) & 1 == 1;
            if (bit >= 288) assertFalse(set, "padding");
            else if (set) binary[bit / 8] |= bytes1(uint8(2 ** (7 - bit % 8)));
        }
    }
}
