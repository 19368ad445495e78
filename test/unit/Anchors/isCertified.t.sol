// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAnchors} from "../../../contracts/interfaces/IAnchors.sol";
import {AnchorsBase} from "./Anchors.t.sol";

contract Anchors_IsCertified_Test is AnchorsBase {
    function _assertAt(
        uint256 time,
        bool expected
    ) private {
        vm.warp(time);
        assertEq(anchors.isCertified(SUBJECT, KIND, maker), expected);
    }

    function testFuzz_ExactAtTheBoundaries(
        uint40 validFrom,
        uint40 validUntil
    ) external {
        IAnchors.Certificate memory certificate = _certificate(START);
        certificate.validFrom = uint40(bound(validFrom, START + 1, type(uint40).max - 1));
        certificate.validUntil = uint40(bound(validUntil, certificate.validFrom, type(uint40).max - 1));
        _issue(certificate);
        _assertAt(uint256(certificate.validFrom) - 1, false);
        _assertAt(certificate.validFrom, true);
        _assertAt(certificate.validUntil, true);
        _assertAt(uint256(certificate.validUntil) + 1, false);
    }

    function testFuzz_NothingIsCertifiedBeforeItsIssue(
        bytes32 subject,
        uint8 number,
        address issuer
    ) external view {
        IAnchors.CertificateKind kind =
            IAnchors.CertificateKind(bound(number, 0, uint8(type(IAnchors.CertificateKind).max)));
        assertFalse(anchors.isCertified(subject, kind, issuer));
        IAnchors.CertificateState memory none;
        assertEq(abi.encode(anchors.certificateOf(subject, kind, issuer)), abi.encode(none));
    }

    function test_ANarrowerOneReplacesAWiderOne() external {
        _issue(_certificate(START - 1));
        IAnchors.Certificate memory narrower = _certificate(START);
        narrower.validFrom = START + 30 days;
        _issue(narrower);
        assertFalse(anchors.isCertified(SUBJECT, KIND, maker));
    }
}
