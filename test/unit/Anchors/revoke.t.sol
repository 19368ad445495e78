// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAnchors} from "../../../contracts/interfaces/IAnchors.sol";
import {AnchorsBase} from "./Anchors.t.sol";

contract Anchors_Revoke_Test is AnchorsBase {
    function _reason(
        uint8 reason
    ) private pure returns (IAnchors.RevocationReason) {
        return IAnchors.RevocationReason(bound(reason, 0, uint8(type(IAnchors.RevocationReason).max)));
    }

    function testFuzz_Revokes(
        uint8 number,
        uint40 wait,
        bool suspended
    ) external {
        IAnchors.RevocationReason reason = _reason(number);
        _issue(_certificate(START));
        if (suspended) _suspend(maker);
        skip(bound(wait, 0, 300 days));
        assertTrue(anchors.isCertified(SUBJECT, KIND, maker));

        vm.expectEmit(address(anchors));
        emit IAnchors.CertificateRevoked(SUBJECT, KIND, maker, reason);
        vm.prank(maker);
        anchors.revoke(SUBJECT, KIND, reason);

        assertFalse(anchors.isCertified(SUBJECT, KIND, maker));
        IAnchors.CertificateState memory state = anchors.certificateOf(SUBJECT, KIND, maker);
        assertEq(state.revokedAt, block.timestamp);
        assertEq(uint8(state.reason), uint8(reason));
        assertEq(state.digest, _certificate(START).digest);
    }

    function testFuzz_RevokesAgain(
        uint8 first,
        uint8 second,
        uint40 wait
    ) external {
        vm.prank(maker);
        anchors.revoke(SUBJECT, KIND, _reason(first));
        skip(bound(wait, 0, 300 days));
        vm.prank(maker);
        anchors.revoke(SUBJECT, KIND, _reason(second));
        IAnchors.CertificateState memory state = anchors.certificateOf(SUBJECT, KIND, maker);
        assertEq(state.revokedAt, block.timestamp);
        assertEq(uint8(state.reason), uint8(_reason(second)));
    }

    function testFuzz_TouchesTheCallersOnly(
        address caller,
        uint8 number
    ) external {
        vm.assume(caller != maker);
        _issue(_certificate(START));
        vm.prank(caller);
        anchors.revoke(SUBJECT, KIND, _reason(number));
        _assertKept(_certificate(START));
        assertTrue(anchors.isCertified(SUBJECT, KIND, maker));
        assertFalse(anchors.isCertified(SUBJECT, KIND, caller));
    }
}
