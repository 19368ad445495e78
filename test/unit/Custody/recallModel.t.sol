// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../../contracts/interfaces/ICatalog.sol";
import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {CODEC_DAG_PB, CODEC_RAW, Content} from "../../../contracts/types/Content.sol";
import {Agency, LotId, ModelId} from "../../../contracts/types/Ids.sol";
import {DISTRIBUTOR} from "../../../contracts/types/Role.sol";
import {PossessionTest} from "../../Possession.t.sol";

contract RecallModelTest is PossessionTest {
    function testFuzz_RecallModel(bool byRegulator, uint8 severity, bytes32 digest, uint256 later) external {
        vm.assume(digest != 0);
        skip(bound(later, 0, 100 days));
        address issuer = byRegulator ? regulator : maker;
        ICustody.RecallClass class = ICustody.RecallClass(bound(severity, 0, 2));
        Content memory notice = Content(digest, CODEC_DAG_PB);
        bytes32 subject = ModelId.unwrap(model);

        vm.expectEmit(address(custody));
        emit ICustody.RecallOpened(1, subject, issuer, ICustody.RecallScope.Model, class, notice);
        vm.prank(issuer);
        uint64 recallId = custody.recallModel(model, class, notice);

        assertEq(recallId, 1, "recall id");
        assertEq(custody.lastRecallId(), 1, "last recall id");
        ICustody.Recall memory recall = custody.recallOf(recallId);
        assertEq(recall.issuer, issuer, "issuer");
        assertEq(uint8(recall.class), uint8(class), "class");
        assertEq(uint8(recall.scope), uint8(ICustody.RecallScope.Model), "scope");
        assertEq(recall.openedAt, block.timestamp, "opened at");
        assertEq(recall.closedAt, 0, "closed at");
        assertEq(recall.subject, subject, "subject");
        assertEq(custody.openRecallsOf(subject), 1, "open recalls");
        _assertStanding(ICustody.Standing.Recalled);
    }

    function test_RecallModel_StopsEveryLot() external {
        vm.prank(maker);
        LotId other = catalog.registerLot(_newLot("other"));
        _recallModel(regulator);
        item = _itemOf(other, 3);
        _assertStanding(ICustody.Standing.Recalled);
    }

    function test_RecallModel_SeveralAtOnce() external {
        _recallModel(maker);
        uint64 second = _recallModel(regulator);
        assertEq(second, 2, "recall id");
        assertEq(custody.openRecallsOf(ModelId.unwrap(model)), 2, "open recalls");
    }

    function test_RevertGiven_ModelWasNeverApproved() external {
        model = ModelId.wrap(keccak256("unknown"));
        _expectUnknown(regulator);

        vm.prank(maker);
        model = catalog.registerModel(Agency.HIBCC, "A123BJ5D6E71", ICatalog.Product.Device, _content("model"));
        _expectUnknown(regulator);
        _expectUnknown(maker);
    }

    function test_RevertGiven_CallerIsNotEntitled() external {
        _expectNotEntitled(rival);
        _expectNotEntitled(certifier);
        _expectNotEntitled(hospital);
        _setCustodyOperator(maker, true);
        _expectNotEntitled(operator);
        _suspend(maker);
        _expectNotEntitled(maker);
        _suspend(regulator);
        _expectNotEntitled(regulator);
    }

    function test_RevertGiven_ManufacturerLostTheRole() external {
        _enrol(maker, DISTRIBUTOR);
        _expectNotEntitled(maker);
    }

    function test_GivenModelWasStruck() external {
        _strikeModel();
        _expectNotEntitled(maker);
        _recallModel(regulator);
        assertEq(custody.openRecallsOf(ModelId.unwrap(model)), 1, "open recalls");
        // A lot that does not count comes first among the reasons.
        _assertStanding(ICustody.Standing.NotRegistered);
    }

    function test_GivenModelWasStruckAndApprovedAnewForAnother() external {
        uint64 recallId = _recallModel(maker);
        _strikeModel();
        _registerModel(rival);
        vm.prank(certifier);
        catalog.approveModel(model, rival, _content("model").digest, ICatalog.Product.Device);
        vm.prank(rival);
        item = _itemOf(catalog.registerLot(_newLot("of the rival")), 0);

        _assertStanding(ICustody.Standing.Recalled);
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_NotRecallIssuer.selector, recallId, rival));
        vm.prank(rival);
        custody.closeRecall(recallId, EVIDENCE);

        vm.prank(regulator);
        custody.closeRecall(recallId, EVIDENCE);
        _assertStanding(ICustody.Standing.Movable);
    }

    function testFuzz_RevertWhen_NoticeIsMalformed(uint8 codec) external {
        _expectBadNotice(0, CODEC_RAW);
        vm.assume(codec != CODEC_RAW && codec != CODEC_DAG_PB);
        _expectBadNotice(EVIDENCE, codec);
    }

    function _expectUnknown(address caller) private {
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_UnknownSubject.selector, ModelId.unwrap(model)));
        _recallModel(caller);
    }

    function _expectNotEntitled(address caller) private {
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_NotEntitled.selector, ModelId.unwrap(model), caller));
        _recallModel(caller);
    }

    function _expectBadNotice(bytes32 digest, uint8 codec) private {
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_BadNotice.selector, digest, codec));
        vm.prank(maker);
        custody.recallModel(model, ICustody.RecallClass.I, Content(digest, codec));
    }
}
