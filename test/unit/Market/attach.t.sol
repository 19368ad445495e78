// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAnchors} from "../../../contracts/interfaces/IAnchors.sol";
import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {CODEC_DAG_PB, CODEC_RAW, Content} from "../../../contracts/types/Content.sol";
import {PurchaseTest} from "./PurchaseTest.sol";

contract MarketAttachTest is PurchaseTest {
    function testFuzz_Attach(uint256 kind, uint256 status, bytes32[2] memory digests, bool raw, bool suspended)
        external
    {
        IMarket.Purchase memory purchase = _anyPurchase(kind);
        _leadTo(purchase, _anyOpen(status));
        if (suspended) {
            _suspend(purchase.buyer);
            _suspend(purchase.seller);
        }
        bytes32 id = market.purchaseIdOf(purchase);
        bytes memory before = abi.encode(market.progressOf(id));

        uint8 codec = raw ? CODEC_RAW : CODEC_DAG_PB;
        _attach(purchase, purchase.buyer, _fit(digests[0], codec));
        _attach(purchase, purchase.seller, _fit(digests[1], codec));
        assertEq(abi.encode(market.progressOf(id)), before, "progress");
    }

    /// @dev Records are kept for longer than a purchase lasts.
    function test_Attach_AfterTheEnd() external {
        uint256 start = vm.snapshotState();
        for (uint256 i = uint256(IMarket.Status.Settled); i <= uint256(IMarket.Status.Divided); ++i) {
            IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Disputed);
            _attach(purchase, hospital, _record());
            _end(purchase, IMarket.Status(i));
            skip(1000 days);
            _attach(purchase, hospital, _record());
            _attach(purchase, maker, _fit(keccak256("an invoice"), CODEC_RAW));
            assertEq(uint8(_statusOf(purchase)), i, "status");
            vm.revertToState(start);
        }
    }

    function test_Attach_AfterPayingDirectly() external {
        IMarket.Order memory order = _itemOrder(_offerItem());
        IMarket.Purchase memory purchase = _purchaseOf(order, hospital);
        vm.prank(hospital);
        market.payDirectly{value: PRICE}(order);
        _attach(purchase, maker, _record());
        _attach(purchase, hospital, _record());
    }

    function test_RevertWhen_TermsDiffer() external {
        IMarket.Purchase memory purchase = _buyItem();
        _assertTermsCount(hospital, Verb.Attach, purchase);
        _assertTermsCount(maker, Verb.Attach, purchase);
    }

    function testFuzz_RevertWhen_CallerIsNoParty(uint256 status, address caller) external {
        vm.assume(caller != hospital && caller != maker);
        IMarket.Purchase memory purchase = _purchaseAt(_anyOpen(status));
        _assertRefused(caller, Verb.Attach, purchase, _notParty(purchase, caller));
        _assertRefused(arbiter, Verb.Attach, purchase, _notParty(purchase, arbiter));
    }

    function testFuzz_RevertWhen_RecordIsMalformed(bytes32 digest, uint8 codec) external {
        if (codec == CODEC_RAW || codec == CODEC_DAG_PB) digest = 0;
        IMarket.Purchase memory purchase = _buyItem();
        vm.expectRevert(abi.encodeWithSelector(IAnchors.Anchors_BadDocument.selector, digest, codec));
        vm.prank(hospital);
        market.attach(purchase, Content({digest: digest, codec: codec}));
        assertEq(anchors.headOf(market.purchaseIdOf(purchase), address(market)), 0, "head");
    }

    function _fit(bytes32 digest, uint8 codec) private pure returns (Content memory) {
        return Content({digest: digest == 0 ? bytes32(uint256(1)) : digest, codec: codec});
    }

    function _attach(IMarket.Purchase memory purchase, address by, Content memory record) private {
        bytes32 id = market.purchaseIdOf(purchase);
        IAnchors.RecordKind kind = IAnchors.RecordKind.Document;
        bytes32 before = anchors.headOf(id, address(market));
        bytes32 head = keccak256(abi.encode(before, kind, record.digest, record.codec));

        vm.expectEmit(address(market));
        emit IMarket.RecordAttached(id, by, record.digest, record.codec);
        vm.expectEmit(address(anchors));
        emit IAnchors.RecordAppended(id, address(market), kind, record.digest, record.codec, head);
        vm.prank(by);
        market.attach(purchase, record);

        assertEq(anchors.headOf(id, address(market)), head, "head");
    }
}
