// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {IMarket} from "../../contracts/interfaces/IMarket.sol";
import {ItemId} from "../../contracts/types/Ids.sol";
import {ARBITER} from "../../contracts/types/Role.sol";
import {MarketAttackToken} from "../mocks/MarketAttackers.sol";
import {MarketStore} from "./MarketStore.sol";
import {MarketWorld} from "./MarketWorld.sol";

/// @title What follows a purchase: the way of the goods, the way back, disputes and money
abstract contract MarketProceedings is MarketWorld {
    enum Verb {
        Ship,
        Receive,
        Accept,
        Refuse,
        Return,
        TakeBack,
        Dispute,
        FileEvidence,
        Resolve,
        Settle,
        Refund
    }

    // --------------------------------------------------------------------------------------------------- what follows it

    /// @dev What usually comes next, by whom it is for; up to six steps.
    function proceed(uint256 purchaseSeed, uint256 verbSeed, uint256 callerSeed) external {
        (purchaseSeed, verbSeed, callerSeed) = (_mix(purchaseSeed, 1), _mix(verbSeed, 2), _mix(callerSeed, 3));
        if (STORE.purchaseCount() == 0) return;
        // The last one, every other time.
        uint256 number = purchaseSeed % 2 == 0 ? STORE.purchaseCount() - 1 : purchaseSeed % STORE.purchaseCount();
        number = STORE.nextOpen(number);
        for (uint256 steps = 1 + (purchaseSeed >> 128) % 6; steps != 0 && STORE.isOpen(number); --steps) {
            MarketStore.Bought memory bought = STORE.purchaseAt(number);
            Verb verb = _usualVerb(bought.status, verbSeed);
            bool isLate = block.timestamp > STORE.lastSecondOf(number);
            // Too late, or in silence.
            if (isLate && verbSeed % 4 != 0) verb = bought.silencePaysBuyer ? Verb.Refund : Verb.Settle;
            _act(number, verb, callerSeed);
            (verbSeed, callerSeed) = (verbSeed >> 8, callerSeed >> 16);
        }
    }

    /// @dev Anything, at any status.
    function stumble(uint256 purchaseSeed, uint256 verbSeed, uint256 callerSeed) external {
        (purchaseSeed, verbSeed, callerSeed) = (_mix(purchaseSeed, 1), _mix(verbSeed, 2), _mix(callerSeed, 3));
        if (STORE.purchaseCount() == 0) return;
        Verb verb = Verb(verbSeed % (uint256(type(Verb).max) + 1));
        _act(purchaseSeed % STORE.purchaseCount(), verb, callerSeed);
    }

    function _usualVerb(IMarket.Status status, uint256 seed) private pure returns (Verb) {
        seed %= 8;
        if (status == IMarket.Status.Paid) return seed == 0 ? Verb.Refund : Verb.Ship;
        if (status == IMarket.Status.Shipped) {
            if (seed < 4) return Verb.Receive;
            return seed == 4 ? Verb.Accept : seed < 7 ? Verb.Refuse : Verb.Dispute;
        }
        if (status == IMarket.Status.Received) return seed < 4 ? Verb.Return : seed < 7 ? Verb.Dispute : Verb.Settle;
        if (status == IMarket.Status.Returning) return seed < 6 ? Verb.TakeBack : Verb.Dispute;
        if (status == IMarket.Status.Returned) return seed < 4 ? Verb.Dispute : Verb.Refund;
        return seed < 2 ? Verb.FileEvidence : seed < 5 ? Verb.Resolve : seed < 7 ? Verb.Settle : Verb.Refund;
    }

    function _act(uint256 number, Verb verb, uint256 callerSeed) private {
        IMarket.Purchase memory terms = STORE.purchaseAt(number).terms;
        address caller = _mostly(_usualCaller(number, verb), callerSeed);
        if (verb == Verb.Resolve) return _resolve(number, terms, caller, callerSeed >> 16);
        bool expected = _mayAct(number, terms, verb, caller);
        bool allMovable = _areMovable(terms.items);
        if (!_market(caller, _callOf(terms, verb), expected)) return;

        if (verb == Verb.Ship) STORE.move(number, IMarket.Status.Shipped, false);
        if (verb == Verb.Receive) STORE.move(number, IMarket.Status.Received, false);
        if (verb == Verb.Accept) _ended(number, IMarket.Status.Settled, 0);
        if (verb == Verb.Refuse) {
            if (allMovable) STORE.move(number, IMarket.Status.Returned, true);
            else _ended(number, IMarket.Status.Refunded, STORE.purchaseAt(number).held);
        }
        if (verb == Verb.Return) STORE.move(number, IMarket.Status.Returning, true);
        if (verb == Verb.TakeBack) STORE.move(number, IMarket.Status.Returned, true);
        if (verb == Verb.Dispute) {
            IMarket.Status from = STORE.purchaseAt(number).status;
            bool paysBuyer = from == IMarket.Status.Shipped || from == IMarket.Status.Returned;
            STORE.move(number, IMarket.Status.Disputed, paysBuyer);
        }
        if (verb == Verb.Settle) _ended(number, IMarket.Status.Settled, 0);
        if (verb == Verb.Refund) _ended(number, IMarket.Status.Refunded, STORE.purchaseAt(number).held);
    }

    function _resolve(uint256 number, IMarket.Purchase memory terms, address caller, uint256 seed) private {
        uint256 held = STORE.purchaseAt(number).held;
        // Sometimes more than there is.
        uint256 toBuyer = bound(seed, 0, held + held / 8);
        bool buyerKeeps = seed % 2 == 0;
        bool isParty = caller == terms.buyer || caller == terms.seller;
        bool expected = STORE.isInTime(number, IMarket.Status.Disputed) && !isParty && toBuyer <= held
            && PARTICIPANTS.isActiveAs(caller, ARBITER);
        bytes memory call = abi.encodeCall(IMarket.resolve, (terms, toBuyer, buyerKeeps, EVIDENCE));
        if (!_market(caller, call, expected)) return;
        STORE.end(number, IMarket.Status.Divided, toBuyer);
        _assertAtRest(terms.items, buyerKeeps ? terms.buyer : terms.seller);
    }

    function _callOf(IMarket.Purchase memory terms, Verb verb) private pure returns (bytes memory) {
        if (verb == Verb.Ship) return abi.encodeCall(IMarket.ship, (terms, EVIDENCE));
        if (verb == Verb.Receive) return abi.encodeCall(IMarket.receiveItems, (terms, EVIDENCE, false));
        if (verb == Verb.Accept) return abi.encodeCall(IMarket.receiveItems, (terms, EVIDENCE, true));
        if (verb == Verb.Refuse) return abi.encodeCall(IMarket.refuse, (terms, EVIDENCE));
        if (verb == Verb.Return) return abi.encodeCall(IMarket.returnItems, (terms, EVIDENCE));
        if (verb == Verb.TakeBack) return abi.encodeCall(IMarket.takeBack, (terms, EVIDENCE));
        if (verb == Verb.Dispute) return abi.encodeCall(IMarket.dispute, (terms, EVIDENCE));
        if (verb == Verb.FileEvidence) return abi.encodeCall(IMarket.fileEvidence, (terms, EVIDENCE));
        if (verb == Verb.Settle) return abi.encodeCall(IMarket.settle, (terms));
        return abi.encodeCall(IMarket.refund, (terms));
    }

    function _usualCaller(uint256 number, Verb verb) private view returns (address) {
        MarketStore.Bought memory bought = STORE.purchaseAt(number);
        if (verb == Verb.Resolve) return _world.arbiter;
        if (verb == Verb.Dispute) return STORE.disputantOf(number);
        bool bySeller =
            verb == Verb.Ship || verb == Verb.TakeBack || (verb == Verb.Refund && bought.status != IMarket.Status.Paid);
        return bySeller ? bought.terms.seller : bought.terms.buyer;
    }

    function _mayAct(uint256 number, IMarket.Purchase memory terms, Verb verb, address caller)
        private
        view
        returns (bool)
    {
        (address buyer, address seller) = (terms.buyer, terms.seller);
        if (verb == Verb.Settle) return STORE.maySettle(number, caller);
        if (verb == Verb.Refund) return STORE.mayRefund(number, caller);
        if (verb == Verb.Dispute) return caller == STORE.disputantOf(number);
        if (verb == Verb.FileEvidence) {
            return STORE.isInTime(number, IMarket.Status.Disputed) && (caller == buyer || caller == seller);
        }
        if (verb == Verb.Ship) {
            bool inTime = STORE.isInTime(number, IMarket.Status.Paid);
            return inTime && caller == seller && _mayShip(terms.items, seller, buyer);
        }
        if (verb == Verb.Return) {
            bool inTime = STORE.isInTime(number, IMarket.Status.Received);
            return inTime && caller == buyer && _mayShip(terms.items, buyer, seller);
        }
        if (verb == Verb.TakeBack) {
            bool inTime = STORE.isInTime(number, IMarket.Status.Returning);
            return inTime && caller == seller && _areAwaitedBy(terms.items, seller);
        }
        bool isShipped = STORE.isInTime(number, IMarket.Status.Shipped);
        return isShipped && caller == buyer && _areAwaitedBy(terms.items, buyer);
    }

    function _areAwaitedBy(ItemId[] memory items, address addressee) private view returns (bool) {
        for (uint256 i = 0; i < items.length; ++i) {
            if (CUSTODY.holdingOf(items[i]).addressee != addressee) return false;
        }
        return true;
    }

    function _areMovable(ItemId[] memory items) private view returns (bool) {
        for (uint256 i = 0; i < items.length; ++i) {
            (bool movable,) = CUSTODY.isMovable(items[i]);
            if (!movable) return false;
        }
        return true;
    }

    // ------------------------------------------------------------------------------------------------------------ money

    function reclaim(uint256 purchaseSeed) external {
        purchaseSeed = _mix(purchaseSeed, 1);
        if (STORE.purchaseCount() == 0) return;
        uint256 number = purchaseSeed % STORE.purchaseCount();
        if (purchaseSeed >> 128 & 3 != 0) number = STORE.nextOpen(number);
        MarketStore.Bought memory bought = STORE.purchaseAt(number);
        bool inTime = block.timestamp >= STORE.reclaimableAt(number);
        bool expected = STORE.isOpen(number) && !bought.reclaimed && inTime;
        bytes memory call = abi.encodeCall(IEscrow.reclaim, (MARKET.dealOf(bought.terms)));
        if (_call(_world.stranger, address(ESCROW), 0, call, expected)) STORE.reclaim(number);
    }

    function withdraw(uint256 accountSeed, uint256 tokenSeed) external {
        (accountSeed, tokenSeed) = (_mix(accountSeed, 1), _mix(tokenSeed, 2));
        _withdraw(_party(accountSeed), _world.tokens[tokenSeed % _world.tokens.length]);
    }

    function _withdraw(address account, address token) private {
        uint256 credit = STORE.creditOf(account, token);
        uint256 before = _balanceOf(account, token);
        if (!_call(account, address(ESCROW), 0, abi.encodeCall(IEscrow.withdraw, (token, account)), credit != 0)) {
            return;
        }
        STORE.withdraw(account, token);
        uint256 fee = token == address(0) ? 0 : MarketAttackToken(token).feeOf(credit);
        assertEq(_balanceOf(account, token) - before, credit - fee, "withdrawn");
    }

    /// @dev A stranger brings every purchase to its end once its time is over, whatever went before; then all take their money.
    function bringToRest() external {
        for (uint256 number = 0; number < STORE.purchaseCount(); ++number) {
            if (!STORE.isOpen(number)) continue;
            uint256 past = uint256(STORE.lastSecondOf(number)) + 1;
            if (block.timestamp < past) vm.warp(past);
            MarketStore.Bought memory bought = STORE.purchaseAt(number);
            Verb verb = bought.silencePaysBuyer ? Verb.Refund : Verb.Settle;
            _market(_world.stranger, _callOf(bought.terms, verb), true);
            bool repays = bought.silencePaysBuyer;
            _ended(number, repays ? IMarket.Status.Refunded : IMarket.Status.Settled, repays ? bought.held : 0);
        }
        for (uint256 i = 0; i < _world.parties.length; ++i) {
            for (uint256 j = 0; j < _world.tokens.length; ++j) {
                _withdraw(_world.parties[i], _world.tokens[j]);
            }
        }
    }
}
