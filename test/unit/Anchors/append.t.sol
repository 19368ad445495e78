// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAnchors} from "../../../contracts/interfaces/IAnchors.sol";
import {CODEC_DAG_PB, CODEC_RAW, Content} from "../../../contracts/types/Content.sol";
import {PROVIDER} from "../../../contracts/types/Role.sol";
import {Wallet} from "../../mocks/Wallet.sol";
import {AnchorsBase} from "./Anchors.t.sol";

contract Anchors_Append_Test is AnchorsBase {
    Content private document = Content(keccak256("document"), CODEC_RAW);

    function _kind(
        uint8 kind
    ) private pure returns (IAnchors.RecordKind) {
        return IAnchors.RecordKind(bound(kind, 0, uint8(type(IAnchors.RecordKind).max)));
    }

    function _expectNotActive(
        address author
    ) private {
        vm.expectRevert(abi.encodeWithSelector(IAnchors.Anchors_NotActive.selector, author));
    }

    function testFuzz_RevertWhen_TheDocumentIsNone(
        bytes32 digest,
        uint8 codec
    ) external {
        if (codec == CODEC_RAW || codec == CODEC_DAG_PB) digest = 0;
        vm.expectRevert(abi.encodeWithSelector(IAnchors.Anchors_BadDocument.selector, digest, codec));
        vm.prank(maker);
        anchors.append(SUBJECT, IAnchors.RecordKind.Log, Content(digest, codec));
    }

    function testFuzz_RevertGiven_TheCallerIsNobody(
        address caller
    ) external {
        vm.assume(caller.code.length == 0 && !participants.isEnrolled(caller));
        _expectNotActive(caller);
        vm.prank(caller);
        anchors.append(SUBJECT, IAnchors.RecordKind.Log, document);
    }

    function testFuzz_RevertGiven_TheCallerIsNotActive(
        bool lapsed
    ) external {
        if (lapsed) skip(4000 days);
        else _suspend(maker);
        _expectNotActive(maker);
        vm.prank(maker);
        anchors.append(SUBJECT, IAnchors.RecordKind.Log, document);
    }

    function test_RevertGiven_TheWalletOfAParticipantIsSuspended() external {
        Wallet wallet = new Wallet(stranger);
        _enrol(address(wallet), PROVIDER);
        bytes memory data = abi.encodeCall(IAnchors.append, (SUBJECT, IAnchors.RecordKind.Log, document));
        vm.prank(stranger);
        wallet.execute(address(anchors), data);
        _suspend(address(wallet));
        _expectNotActive(address(wallet));
        vm.prank(stranger);
        wallet.execute(address(anchors), data);
    }

    function testFuzz_AContractWritesInItsOwnName(
        bytes32 subject,
        uint8 kind
    ) external {
        Wallet room = new Wallet(stranger);
        vm.prank(stranger);
        room.execute(address(anchors), abi.encodeCall(IAnchors.append, (subject, _kind(kind), document)));
        assertEq(
            anchors.headOf(subject, address(room)),
            keccak256(abi.encode(bytes32(0), _kind(kind), document.digest, document.codec))
        );
        assertEq(anchors.headOf(subject, stranger), 0);
    }

    function testFuzz_Chains(
        bytes32 subject,
        bytes32[3] memory digests,
        uint8[3] memory kinds
    ) external {
        bytes32 head = 0;
        for (uint256 i = 0; i < digests.length; ++i) {
            if (digests[i] == 0) digests[i] = keccak256("document");
            IAnchors.RecordKind kind = _kind(kinds[i]);
            head = keccak256(abi.encode(head, kind, digests[i], CODEC_DAG_PB));
            vm.expectEmit(address(anchors));
            emit IAnchors.RecordAppended(subject, maker, kind, digests[i], CODEC_DAG_PB, head);
            vm.prank(maker);
            assertEq(anchors.append(subject, kind, Content(digests[i], CODEC_DAG_PB)), head);
            assertEq(anchors.headOf(subject, maker), head);
        }
    }

    function testFuzz_TouchesOneChainOnly(
        bytes32 other
    ) external {
        vm.assume(other != SUBJECT);
        vm.prank(rival);
        bytes32 ofRival = anchors.append(SUBJECT, IAnchors.RecordKind.Alarm, document);
        vm.prank(maker);
        bytes32 ofSubject = anchors.append(other, IAnchors.RecordKind.Report, document);
        vm.prank(maker);
        anchors.append(SUBJECT, IAnchors.RecordKind.Log, document);
        assertEq(anchors.headOf(SUBJECT, rival), ofRival);
        assertEq(anchors.headOf(other, maker), ofSubject);
    }
}
