// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Anchors} from "../../../contracts/Anchors.sol";
import {IAnchors} from "../../../contracts/interfaces/IAnchors.sol";
import {CODEC_DAG_PB, CODEC_RAW, Content} from "../../../contracts/types/Content.sol";
import {CommonBase} from "forge-std/Base.sol";
import {StdUtils} from "forge-std/StdUtils.sol";

/// @title Issues, submits, revokes and appends, and keeps the whole history, from which everything can be told again
contract AnchorsHandler is CommonBase, StdUtils {
    struct Record {
        IAnchors.RecordKind kind;
        bytes32 digest;
        uint8 codec;
    }

    struct History {
        IAnchors.Certificate[] accepted;
        uint256[] revocations;
    }

    uint256 public constant SUBJECTS = 2;
    uint256 public constant KINDS = 2;

    Anchors private immutable anchors;
    address[] public issuers;
    mapping(address issuer => uint256 privateKey) private _keyOf;
    mapping(bytes32 key => History history) private _histories;
    mapping(bytes32 subject => mapping(address author => Record[] records)) private _records;

    error Handler_Unexpected(IAnchors.Certificate certificate, bool success);

    constructor(
        Anchors anchors_,
        address[] memory issuers_,
        uint256[] memory keys
    ) {
        anchors = anchors_;
        issuers = issuers_;
        for (uint256 i = 0; i < keys.length; ++i) {
            _keyOf[issuers_[i]] = keys[i];
        }
    }

    function issue(
        uint256 seed,
        uint40 age,
        uint40 validFrom,
        uint40 length
    ) external {
        IAnchors.Certificate memory certificate = _certificate(seed, age, validFrom, length);
        bool isNewer = _isNewer(certificate);
        vm.prank(certificate.issuer);
        (bool success,) = address(anchors).call(abi.encodeCall(IAnchors.issue, (certificate)));
        if (success != isNewer) revert Handler_Unexpected(certificate, success);
        if (success) _historyOf(certificate.subject, certificate.kind, certificate.issuer).accepted.push(certificate);
    }

    function submit(
        uint256 seed,
        uint40 age,
        uint40 validFrom,
        uint40 length,
        address caller
    ) external {
        IAnchors.Certificate memory certificate = _certificate(seed, age, validFrom, length);
        bool isNewer = _isNewer(certificate);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_keyOf[certificate.issuer], anchors.hashOf(certificate));
        vm.prank(caller);
        (bool success,) =
            address(anchors).call(abi.encodeCall(IAnchors.submit, (certificate, abi.encodePacked(r, s, v))));
        if (success != isNewer) revert Handler_Unexpected(certificate, success);
        if (success) _historyOf(certificate.subject, certificate.kind, certificate.issuer).accepted.push(certificate);
    }

    function revoke(
        uint256 seed,
        uint8 reason
    ) external {
        (bytes32 subject, IAnchors.CertificateKind kind, address issuer) = _key(seed);
        vm.prank(issuer);
        anchors.revoke(subject, kind, IAnchors.RevocationReason(reason % 6));
        _historyOf(subject, kind, issuer).revocations.push(block.timestamp);
    }

    function append(
        uint256 seed,
        uint8 kind,
        bytes32 digest
    ) external {
        (bytes32 subject,, address author) = _key(seed);
        Record memory record = Record({
            kind: IAnchors.RecordKind(kind % 5),
            digest: digest == 0 ? bytes32(uint256(1)) : digest,
            codec: seed % 2 == 0 ? CODEC_RAW : CODEC_DAG_PB
        });
        vm.prank(author);
        anchors.append(subject, record.kind, Content(record.digest, record.codec));
        _records[subject][author].push(record);
    }

    function passTime(
        uint256 time
    ) external {
        vm.warp(block.timestamp + bound(time, 1, 5 days));
    }

    /// @notice The head, told again from every record.
    function headOf(
        bytes32 subject,
        address author
    ) external view returns (bytes32 head) {
        Record[] storage records = _records[subject][author];
        for (uint256 i = 0; i < records.length; ++i) {
            head = keccak256(abi.encode(head, records[i].kind, records[i].digest, records[i].codec));
        }
    }

    /// @notice Whether the newest certificate is valid now, told again from every certificate and revocation.
    function isCertified(
        bytes32 subject,
        IAnchors.CertificateKind kind,
        address issuer
    ) external view returns (bool) {
        History storage history = _historyOf(subject, kind, issuer);
        if (history.accepted.length == 0) return false;
        IAnchors.Certificate memory newest = history.accepted[0];
        for (uint256 i = 1; i < history.accepted.length; ++i) {
            if (history.accepted[i].issuedAt > newest.issuedAt) newest = history.accepted[i];
        }
        for (uint256 i = 0; i < history.revocations.length; ++i) {
            if (history.revocations[i] >= newest.issuedAt) return false;
        }
        return newest.validFrom <= block.timestamp && block.timestamp <= newest.validUntil;
    }

    function subjectAt(
        uint256 index
    ) public pure returns (bytes32) {
        return bytes32(index + 1);
    }

    function _isNewer(
        IAnchors.Certificate memory certificate
    ) private view returns (bool) {
        History storage history = _historyOf(certificate.subject, certificate.kind, certificate.issuer);
        for (uint256 i = 0; i < history.accepted.length; ++i) {
            if (history.accepted[i].issuedAt >= certificate.issuedAt) return false;
        }
        for (uint256 i = 0; i < history.revocations.length; ++i) {
            if (history.revocations[i] >= certificate.issuedAt) return false;
        }
        return true;
    }

    function _key(
        uint256 seed
    ) private view returns (bytes32, IAnchors.CertificateKind, address) {
        return (
            subjectAt(seed % SUBJECTS),
            IAnchors.CertificateKind((seed >> 64) % KINDS),
            issuers[(seed >> 128) % issuers.length]
        );
    }

    function _certificate(
        uint256 seed,
        uint40 age,
        uint40 validFrom,
        uint40 length
    ) private view returns (IAnchors.Certificate memory certificate) {
        (certificate.subject, certificate.kind, certificate.issuer) = _key(seed);
        certificate.digest = keccak256(abi.encode(seed, age));
        certificate.codec = CODEC_RAW;
        certificate.issuedAt = uint40(block.timestamp - bound(age, 0, 3 days));
        certificate.validFrom = uint40(bound(validFrom, block.timestamp - 5 days, block.timestamp + 5 days));
        certificate.validUntil = certificate.validFrom + uint40(bound(length, 0, 20 days));
    }

    function _historyOf(
        bytes32 subject,
        IAnchors.CertificateKind kind,
        address issuer
    ) private view returns (History storage) {
        return _histories[keccak256(abi.encode(subject, kind, issuer))];
    }
}
