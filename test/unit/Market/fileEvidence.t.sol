// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {PurchaseTest} from "./PurchaseTest.sol";

contract MarketFileEvidenceTest is PurchaseTest {
    function testFuzz_FileEvidence(uint256 kind, uint256 origin, uint256 time, bytes32[3] memory evidence) external {
        IMarket.Purchase memory purchase = _anyPurchase(kind);
        _disputeFrom(purchase, _anyOrigin(origin));
        bytes32 id = market.purchaseIdOf(purchase);
        bytes memory before = abi.encode(market.progressOf(id));
        skip(bound(time, 0, ARBITRATION_TIME));
        _suspend(purchase.buyer);

        address[3] memory parties = [purchase.buyer, purchase.seller, purchase.buyer];
        for (uint256 i = 0; i < parties.length; ++i) {
            vm.expectEmit(address(market));
            emit IMarket.EvidenceFiled(id, parties[i], evidence[i]);
            vm.prank(parties[i]);
            market.fileEvidence(purchase, evidence[i]);
        }
        assertEq(abi.encode(market.progressOf(id)), before, "progress");
        assertEq(_heldFor(purchase), _costOf(purchase), "held");
    }

    function test_RevertWhen_TermsDiffer() external {
        _assertTermsCount(hospital, Verb.FileEvidence, _purchaseAt(IMarket.Status.Disputed));
    }

    function test_RevertGiven_NotDisputed() external {
        _assertOnlyIn(_bit(IMarket.Status.Disputed), Verb.FileEvidence, hospital);
        _assertOnlyIn(_bit(IMarket.Status.Disputed), Verb.FileEvidence, maker);
    }

    function test_RevertGiven_TimeIsOver() external {
        _assertOnlyInTime(maker, Verb.FileEvidence, _purchaseAt(IMarket.Status.Disputed));
    }

    function testFuzz_RevertWhen_CallerIsNoParty(address caller) external {
        vm.assume(caller != hospital && caller != maker);
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Disputed);
        _assertRefused(caller, Verb.FileEvidence, purchase, _notParty(purchase, caller));
        _assertRefused(arbiter, Verb.FileEvidence, purchase, _notParty(purchase, arbiter));
    }
}
