// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {PurchaseTest} from "./PurchaseTest.sol";

contract MarketResolveTest is PurchaseTest {
    function testFuzz_Resolve(
        uint256 kind,
        uint256 origin,
        uint256 time,
        uint256 toBuyer,
        bool buyerKeeps,
        bytes32 decision
    ) external {
        IMarket.Purchase memory purchase = _anyPurchase(kind);
        _disputeFrom(purchase, _anyOrigin(origin));
        skip(bound(time, 0, ARBITRATION_TIME));
        toBuyer = bound(toBuyer, 0, _costOf(purchase));

        _expectDivided(purchase, toBuyer, _costOf(purchase) - toBuyer, buyerKeeps, decision);
        vm.prank(arbiter);
        market.resolve(purchase, toBuyer, buyerKeeps, decision);

        _assertEnd(purchase, IMarket.Status.Divided, toBuyer, _costOf(purchase) - toBuyer, buyerKeeps);
    }

    /// @dev 0, 1, all but 1, all; each with the twins here and there, after disputes of every origin.
    function test_Resolve_EverySplit() external {
        IMarket.Purchase memory purchase = _buyTwo();
        uint256 all = _costOf(purchase);
        uint256[4] memory splits = [0, 1, all - 1, all];
        uint256 start = vm.snapshotState();
        for (uint256 i = 0; i < 4; ++i) {
            _disputeFrom(purchase, _anyOrigin(i));
            uint256 before = vm.snapshotState();
            for (uint256 j = 0; j < 2 * splits.length; ++j) {
                (uint256 toBuyer, bool buyerKeeps) = (splits[j / 2], j % 2 == 0);
                _resolve(purchase, toBuyer, buyerKeeps);
                _assertEnd(purchase, IMarket.Status.Divided, toBuyer, all - toBuyer, buyerKeeps);
                vm.revertToState(before);
            }
            vm.revertToState(start);
        }
    }

    function testFuzz_Resolve_GivenNothingElseWorks(uint256 kind, uint256 origin, uint256 way, bool buyerKeeps)
        external
    {
        IMarket.Purchase memory purchase = _anyPurchaseBeforeExpiry(kind);
        _disputeFrom(purchase, _anyOrigin(origin));
        _stop(purchase.items[0], _anyWayOnTheRoad(way));
        _suspend(purchase.buyer);
        _suspend(purchase.seller);
        _resolve(purchase, 1, buyerKeeps);
        _assertEnd(purchase, IMarket.Status.Divided, 1, _costOf(purchase) - 1, buyerKeeps);
    }

    /// @dev What arrived is divided, not what was asked.
    function testFuzz_Resolve_GivenTokenTakesFee(uint256 toBuyer, bool buyerKeeps) external {
        IMarket.Purchase memory purchase = _buyForFeeToken();
        _disputeFrom(purchase, IMarket.Status.Received);
        uint256 held = _afterFee(PRICE);
        assertEq(_heldFor(purchase), held, "held");
        vm.expectRevert(_moreThanHeld(purchase, PRICE, held));
        _resolve(purchase, PRICE, buyerKeeps);

        toBuyer = bound(toBuyer, 0, held);
        _expectDivided(purchase, toBuyer, held - toBuyer, buyerKeeps, DECISION);
        _resolve(purchase, toBuyer, buyerKeeps);
        _assertEnd(purchase, IMarket.Status.Divided, toBuyer, held - toBuyer, buyerKeeps);
    }

    function testFuzz_RevertWhen_MoreThanHeld(uint256 kind, uint256 toBuyer, bool buyerKeeps) external {
        IMarket.Purchase memory purchase = _anyPurchase(kind);
        _leadTo(purchase, IMarket.Status.Disputed);
        uint256 all = _costOf(purchase);
        toBuyer = bound(toBuyer, all + 1, type(uint256).max);
        vm.expectRevert(_moreThanHeld(purchase, toBuyer, all));
        _resolve(purchase, toBuyer, buyerKeeps);
        vm.expectRevert(_moreThanHeld(purchase, all + 1, all));
        _resolve(purchase, all + 1, buyerKeeps);
        _assertOpen(purchase, IMarket.Status.Disputed, ARBITRATION_TIME, false);
    }

    function test_RevertWhen_TermsDiffer() external {
        _assertTermsCount(arbiter, Verb.Resolve, _purchaseAt(IMarket.Status.Disputed));
    }

    function test_RevertGiven_NotDisputed() external {
        _assertOnlyIn(_bit(IMarket.Status.Disputed), Verb.Resolve, arbiter);
    }

    function test_RevertGiven_TimeIsOver() external {
        _assertOnlyInTime(arbiter, Verb.Resolve, _purchaseAt(IMarket.Status.Disputed));
    }

    /// @dev The administration has no arbiter's role, either.
    function test_RevertWhen_CallerIsNoArbiter() external {
        IMarket.Purchase memory purchase = _purchaseAt(IMarket.Status.Disputed);
        address[9] memory callers =
            [hospital, maker, stranger, clinic, admin, guardian, registrar, regulator, address(administration)];
        for (uint256 i = 0; i < callers.length; ++i) {
            _assertRefused(callers[i], Verb.Resolve, purchase, _notArbiter(purchase, callers[i]));
        }
        _suspend(arbiter);
        _assertRefused(arbiter, Verb.Resolve, purchase, _notArbiter(purchase, arbiter));
    }

    function test_RevertWhen_ArbiterIsTheBuyer() external {
        address both = _enrolTradingArbiter();
        IMarket.Order memory order = _itemOrder(_offerItem());
        IMarket.Purchase memory purchase = _purchaseOf(order, both);
        vm.prank(both);
        market.buy{value: PRICE}(_one(order));
        _leadTo(purchase, IMarket.Status.Disputed);
        _assertRefused(both, Verb.Resolve, purchase, _notArbiter(purchase, both));
        _resolve(purchase, 0, true);
    }

    function test_RevertWhen_ArbiterIsTheSeller() external {
        address both = _enrolTradingArbiter();
        vm.prank(maker);
        devices.transferFrom(maker, both, _item(0).tokenId());
        _shipDirectly(_item(0), both);
        _receiveDirectly(_item(0));
        IMarket.Terms memory terms = _itemTerms();
        terms.seller = both;
        _offer(terms, 1);
        IMarket.Purchase memory purchase = _buy(_itemOrder(terms));
        _leadTo(purchase, IMarket.Status.Disputed);
        _assertRefused(both, Verb.Resolve, purchase, _notArbiter(purchase, both));
        _resolve(purchase, 0, true);
    }

    function _resolve(IMarket.Purchase memory purchase, uint256 toBuyer, bool buyerKeeps) private {
        vm.prank(arbiter);
        market.resolve(purchase, toBuyer, buyerKeeps, DECISION);
    }

    function _expectDivided(
        IMarket.Purchase memory purchase,
        uint256 toBuyer,
        uint256 toSeller,
        bool buyerKeeps,
        bytes32 decision
    ) private {
        bytes32 id = market.purchaseIdOf(purchase);
        vm.expectEmit(address(market));
        emit IMarket.PurchaseDivided(
            id, purchase.buyer, purchase.seller, arbiter, toBuyer, toSeller, buyerKeeps, decision
        );
    }

    function _moreThanHeld(IMarket.Purchase memory purchase, uint256 asked, uint256 held)
        private
        view
        returns (bytes memory)
    {
        bytes32 deal = escrow.dealIdOf(market.dealOf(purchase));
        return abi.encodeWithSelector(IEscrow.Escrow_MoreThanHeld.selector, deal, asked, held);
    }
}
