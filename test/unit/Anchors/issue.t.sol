// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAnchors} from "../../../contracts/interfaces/IAnchors.sol";
import {AnchorsBase} from "./Anchors.t.sol";

contract Anchors_Issue_Test is AnchorsBase {
    function testFuzz_RevertWhen_TheCallerIsNotTheIssuer(
        address caller
    ) external {
        vm.assume(caller != maker);
        vm.expectRevert(abi.encodeWithSelector(IAnchors.Anchors_NotIssuer.selector, maker, caller));
        vm.prank(caller);
        anchors.issue(_certificate(START));
    }

    function testFuzz_RevertGiven_TheIssuerIsNotActive(
        bool lapsed
    ) external {
        if (lapsed) skip(4000 days);
        else _suspend(maker);
        vm.expectRevert(abi.encodeWithSelector(IAnchors.Anchors_NotActive.selector, maker));
        _issue(_certificate(START));
    }

    function testFuzz_RevertWhen_TheCodecIsUnknown(
        uint8 codec
    ) external {
        vm.assume(codec != 0x55 && codec != 0x70);
        IAnchors.Certificate memory certificate = _certificate(START);
        certificate.codec = codec;
        vm.expectRevert(
            abi.encodeWithSelector(IAnchors.Anchors_BadDocument.selector, certificate.digest, certificate.codec)
        );
        _issue(certificate);
    }

    function test_RevertWhen_ThereIsNoDigest() external {
        IAnchors.Certificate memory certificate = _certificate(START);
        certificate.digest = 0;
        vm.expectRevert(abi.encodeWithSelector(IAnchors.Anchors_BadDocument.selector, 0, certificate.codec));
        _issue(certificate);
    }

    function testFuzz_RevertWhen_TheValidityEndsBeforeItBegins(
        uint40 validFrom,
        uint40 validUntil
    ) external {
        IAnchors.Certificate memory certificate = _certificate(START);
        certificate.validFrom = uint40(bound(validFrom, 1, type(uint40).max));
        certificate.validUntil = uint40(bound(validUntil, 0, certificate.validFrom - 1));
        vm.expectRevert(
            abi.encodeWithSelector(
                IAnchors.Anchors_EmptyValidity.selector, certificate.validFrom, certificate.validUntil
            )
        );
        _issue(certificate);
    }

    function testFuzz_RevertWhen_DatedInTheFuture(
        uint40 issuedAt
    ) external {
        issuedAt = uint40(bound(issuedAt, START + 1, type(uint40).max));
        vm.expectRevert(abi.encodeWithSelector(IAnchors.Anchors_IssuedInFuture.selector, issuedAt));
        _issue(_certificate(issuedAt));
    }

    function testFuzz_RevertWhen_NotNewerThanTheCertificate(
        uint40 newest,
        uint40 issuedAt
    ) external {
        newest = uint40(bound(newest, 1, START));
        issuedAt = uint40(bound(issuedAt, 0, newest));
        _issue(_certificate(newest));
        _expectNotNewer(issuedAt, newest);
        _issue(_certificate(issuedAt));
    }

    function testFuzz_RevertWhen_NotNewerThanTheRevocation(
        uint40 issuedAt,
        bool issuedBefore
    ) external {
        issuedAt = uint40(bound(issuedAt, START - 1 days, START));
        if (issuedBefore) _issue(_certificate(START - 2 days));
        vm.prank(maker);
        anchors.revoke(SUBJECT, KIND, IAnchors.RevocationReason.Superseded);
        _expectNotNewer(issuedAt, START);
        _issue(_certificate(issuedAt));
    }

    function testFuzz_Issues(
        AnyCertificate memory fuzzed
    ) external {
        IAnchors.Certificate memory certificate = _inOrder(fuzzed, maker);
        _expectIssued(certificate);
        _issue(certificate);
        _assertKept(certificate);
    }

    function testFuzz_SupersedesItsOwnOnly(
        uint8 otherKind,
        bytes32 otherSubject
    ) external {
        vm.assume(otherSubject != SUBJECT);
        IAnchors.Certificate memory first = _certificate(START - 1);
        IAnchors.Certificate memory ofRival = _certificate(START - 1);
        ofRival.issuer = rival;
        IAnchors.Certificate memory ofKind = _certificate(START - 1);
        ofKind.kind = IAnchors.CertificateKind(bound(otherKind, 1, uint8(type(IAnchors.CertificateKind).max)));
        IAnchors.Certificate memory ofSubject = _certificate(START - 1);
        ofSubject.subject = otherSubject;
        _issue(first);
        _issue(ofRival);
        _issue(ofKind);
        _issue(ofSubject);

        IAnchors.Certificate memory second = _certificate(START);
        _issue(second);

        _assertKept(second);
        _assertKept(ofRival);
        _assertKept(ofKind);
        _assertKept(ofSubject);
    }

    function testFuzz_CountsAgainAfterARevocation(
        uint40 wait
    ) external {
        wait = uint40(bound(wait, 1, 300 days));
        _issue(_certificate(START));
        vm.prank(maker);
        anchors.revoke(SUBJECT, KIND, IAnchors.RevocationReason.KeyCompromise);
        skip(wait);

        IAnchors.Certificate memory second = _certificate(START + wait);
        _issue(second);

        _assertKept(second);
        assertTrue(anchors.isCertified(SUBJECT, KIND, maker));
        // What the revocation had struck stays struck, though the revocation itself is no longer kept.
        _expectNotNewer(START, START + wait);
        _issue(_certificate(START));
    }
}
