// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Escrow} from "../../contracts/Escrow.sol";
import {FhirOracle} from "../../contracts/FhirOracle.sol";
import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {IFhirOracle} from "../../contracts/interfaces/IFhirOracle.sol";
import {CODEC_RAW, Content} from "../../contracts/types/Content.sol";
import {Test} from "forge-std/Test.sol";

/// @title Questions of one asker, answers of five nodes; what should come of them is counted here by other means
contract FhirOracleHandler is Test {
    /// @notice What is known of a question: who said what, in which order, and what was first agreed on.
    struct Record {
        IFhirOracle.Question terms;
        address[] answered;
        bytes32[] values;
        bytes32 settledValue;
        bool settled;
        bool closed;
        uint256 reclaimed;
    }

    FhirOracle private immutable ORACLE;
    Escrow private immutable ESCROW;
    address private immutable ASKER;

    address[] private _nodes;
    address[] private _tokens;
    mapping(address node => uint256 key) private _keyOf;
    Record[] private _records;

    /// @notice All that was ever put up.
    mapping(address token => uint256) public fundedOf;

    constructor(FhirOracle oracle, Escrow escrow, address asker, address coin) {
        (ORACLE, ESCROW, ASKER) = (oracle, escrow, asker);
        _tokens = [address(0), coin];
    }

    /// @dev In ascending order.
    function addNode(address node, uint256 key) external {
        _nodes.push(node);
        _keyOf[node] = key;
    }

    // What happens

    function ask(uint256 countSeed, uint256 quorumSeed, uint256 tokenSeed, uint256 reward, bool numbers) external {
        IFhirOracle.Question memory terms;
        uint256 size = bound(countSeed, 1, _nodes.length);
        (terms.asker, terms.code, terms.nonce) = (ASKER, "8867-4", uint64(_records.length));
        terms.document = Content("where", CODEC_RAW);
        terms.observedFrom = uint40(block.timestamp - 1 days);
        terms.deadline = uint40(block.timestamp + bound(quorumSeed, 1, 10) * 1 hours);
        if (numbers) (terms.rule, terms.tolerance) = (IFhirOracle.Rule.Median, 1);
        terms.quorum = uint8(bound(quorumSeed, size / 2 + 1, size));
        terms.nodes = new address[](size);
        for (uint256 i = 0; i < size; ++i) {
            terms.nodes[i] = _nodes[i];
        }
        terms.token = _tokens[tokenSeed % 2];
        terms.reward = reward % 3 == 0 ? 0 : bound(reward, 1, 1 ether);
        uint256 total = terms.reward * size;
        vm.prank(ASKER);
        ORACLE.ask{value: terms.token == address(0) ? total : 0}(terms);
        _records.push().terms = terms;
        fundedOf[terms.token] += total;
    }

    /// @dev Of the newest questions, so that they come to an end; sometimes twice, late, or by a node that was not asked.
    function answer(uint256 questionSeed, uint256 nodeSeed, uint256 valueSeed) public {
        if (_records.length == 0) return;
        Record storage record = _any(questionSeed);
        IFhirOracle.Question memory terms = record.terms;
        address node = _nodes[nodeSeed % _nodes.length];
        IFhirOracle.Answer memory given;
        // Mostly close together.
        (given.node, given.value) = (node, bytes32(valueSeed % 8 < 6 ? 70 + valueSeed % 2 : valueSeed % 90));
        given.observedAt = terms.observedFrom;
        bytes memory signature = _sign(node, ORACLE.answerHash(ORACLE.questionOf(terms), given));
        bool expected =
            block.timestamp <= terms.deadline && !record.closed && _isAsked(terms, node) && !_hasAnswered(record, node);
        (bool succeeded,) = address(ORACLE).call(abi.encodeCall(IFhirOracle.answer, (terms, given, signature)));
        assertEq(succeeded, expected, "an answer is taken exactly once, in time, of a node that was asked");
        if (!succeeded) return;
        record.answered.push(node);
        record.values.push(given.value);
        if (!record.settled) _settle(record);
    }

    function answerAll(uint256 questionSeed, uint256 valueSeed) external {
        for (uint256 i = 0; i < _nodes.length; ++i) {
            answer(questionSeed, i, uint256(keccak256(abi.encode(valueSeed, i))));
        }
    }

    function close(uint256 questionSeed) external {
        if (_records.length == 0) return;
        Record storage record = _any(questionSeed);
        bool expected = !record.closed
            && (block.timestamp > record.terms.deadline || record.answered.length == record.terms.nodes.length);
        (bool succeeded,) = address(ORACLE).call(abi.encodeCall(IFhirOracle.close, (record.terms)));
        assertEq(succeeded, expected, "closed once, when all answered or the time is over");
        if (succeeded) record.closed = true;
    }

    function reclaim(uint256 questionSeed, uint256 nodeSeed) external {
        if (_records.length == 0) return;
        Record storage record = _any(questionSeed);
        uint256 place = nodeSeed % record.terms.nodes.length;
        IEscrow.Deal memory deal = dealOf(record.terms, record.terms.nodes[place]);
        bool expected = record.terms.reward != 0 && !record.closed && block.timestamp >= deal.reclaimableAt
            && record.reclaimed & (uint256(1) << place) == 0;
        (bool succeeded,) = address(ESCROW).call(abi.encodeCall(IEscrow.reclaim, (deal)));
        assertEq(succeeded, expected, "only what nobody closed in time, once");
        if (succeeded) record.reclaimed |= uint256(1) << place;
    }

    function passTime(uint256 duration) external {
        skip(duration % 8 == 0 ? 31 days : bound(duration, 1, 2 hours));
    }

    // What is known

    function count() external view returns (uint256) {
        return _records.length;
    }

    function recordOf(uint256 number) external view returns (Record memory) {
        return _records[number];
    }

    function nodes() external view returns (address[] memory) {
        return _nodes;
    }

    /// @notice Whether the node's answer, if there is one, agrees with what was settled.
    function agrees(uint256 number, address node) external view returns (bool answered, bool agreed) {
        Record storage record = _records[number];
        for (uint256 i = 0; i < record.answered.length; ++i) {
            if (record.answered[i] != node) continue;
            return (true, record.settled && _isNear(record, record.values[i], record.settledValue));
        }
    }

    function dealOf(IFhirOracle.Question memory terms, address node) public view returns (IEscrow.Deal memory) {
        return IEscrow.Deal({
            opener: address(ORACLE),
            payer: ASKER,
            payee: node,
            token: terms.token,
            reclaimableAt: terms.deadline + 30 days,
            subject: ORACLE.questionOf(terms)
        });
    }

    // Internal

    /// @dev Each value that was said is tried: the one with as many not above it as the lower middle needs is the median.
    function _settle(Record storage record) private {
        for (uint256 i = 0; i < record.values.length; ++i) {
            bytes32 value = record.values[i];
            if (record.terms.rule == IFhirOracle.Rule.Median && !_isLowerMiddle(record, value)) continue;
            uint256 near = 0;
            for (uint256 j = 0; j < record.values.length; ++j) {
                if (_isNear(record, record.values[j], value)) ++near;
            }
            if (near < record.terms.quorum) continue;
            (record.settledValue, record.settled) = (value, true);
            return;
        }
    }

    function _isLowerMiddle(Record storage record, bytes32 value) private view returns (bool) {
        uint256 below = 0;
        uint256 notAbove = 0;
        for (uint256 i = 0; i < record.values.length; ++i) {
            if (record.values[i] < value) ++below;
            if (record.values[i] <= value) ++notAbove;
        }
        uint256 place = (record.values.length + 1) / 2;
        return below < place && notAbove >= place;
    }

    /// @dev All numbers here are positive.
    function _isNear(Record storage record, bytes32 a, bytes32 b) private view returns (bool) {
        (uint256 low, uint256 high) = a < b ? (uint256(a), uint256(b)) : (uint256(b), uint256(a));
        return high - low <= record.terms.tolerance;
    }

    function _any(uint256 seed) private view returns (Record storage) {
        uint256 newest = _records.length < 4 ? _records.length : 4;
        return _records[_records.length - 1 - seed % newest];
    }

    function _isAsked(IFhirOracle.Question memory terms, address node) private pure returns (bool) {
        for (uint256 i = 0; i < terms.nodes.length; ++i) {
            if (terms.nodes[i] == node) return true;
        }
        return false;
    }

    function _hasAnswered(Record storage record, address node) private view returns (bool) {
        for (uint256 i = 0; i < record.answered.length; ++i) {
            if (record.answered[i] == node) return true;
        }
        return false;
    }

    function _sign(address node, bytes32 hash) private view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_keyOf[node], hash);
        return abi.encodePacked(r, s, v);
    }
}
