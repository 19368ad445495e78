// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAnchors} from "../../contracts/interfaces/IAnchors.sol";
import {CODEC_RAW, Content} from "../../contracts/types/Content.sol";
import {Base} from "../Base.t.sol";

/// @title Gas of whole transactions with cold state
contract AnchorsGasTest is Base {
    bytes32 private constant SUBJECT = keccak256("subject");

    function _certificate(
        uint40 issuedAt
    ) private view returns (IAnchors.Certificate memory) {
        return IAnchors.Certificate({
            subject: SUBJECT,
            kind: IAnchors.CertificateKind.Authenticity,
            issuer: maker,
            digest: keccak256(abi.encode(issuedAt)),
            codec: CODEC_RAW,
            issuedAt: issuedAt,
            validFrom: START,
            validUntil: START + 365 days
        });
    }

    function _append(
        bytes32 digest
    ) private returns (uint256) {
        vm.prank(maker);
        anchors.append(SUBJECT, IAnchors.RecordKind.Log, Content(digest, CODEC_RAW));
        return vm.lastCallGas().gasTotalUsed;
    }

    function test_Append() external {
        _append(keccak256("first"));
        vm.snapshotGasLastCall("Anchors", "append/first");
        uint256 gasUsed = _append(keccak256("second"));
        vm.snapshotGasLastCall("Anchors", "append");
        assertLe(gasUsed, 40_000);
    }

    function test_Issue() external {
        vm.prank(maker);
        anchors.issue(_certificate(START - 1));
        vm.snapshotGasLastCall("Anchors", "issue");
        vm.prank(maker);
        anchors.issue(_certificate(START));
        vm.snapshotGasLastCall("Anchors", "issue/superseding");
    }

    function test_Submit() external {
        IAnchors.Certificate memory certificate = _certificate(START);
        bytes memory signature = _sign(maker, anchors.hashOf(certificate));
        anchors.submit(certificate, signature);
        vm.snapshotGasLastCall("Anchors", "submit");
    }

    function test_Revoke() external {
        vm.prank(maker);
        anchors.issue(_certificate(START));
        vm.prank(maker);
        anchors.revoke(SUBJECT, IAnchors.CertificateKind.Authenticity, IAnchors.RevocationReason.KeyCompromise);
        vm.snapshotGasLastCall("Anchors", "revoke");
    }
}
