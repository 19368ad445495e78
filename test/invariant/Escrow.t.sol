// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EscrowTest} from "../unit/Escrow/EscrowTest.sol";
import {EscrowHandler} from "./EscrowHandler.sol";
import {EscrowStore} from "./EscrowStore.sol";

/// @dev That each call works exactly when it may, so that only the opener divides, and only what is held, is asserted by the handler at each call.
contract EscrowInvariantTest is EscrowTest {
    EscrowStore private store;
    address[] private actors;
    address[] private tokens;

    function setUp() public override {
        super.setUp();
        store = new EscrowStore();
        EscrowHandler handler = new EscrowHandler(escrow, store);
        actors = handler.actors();
        tokens = handler.tokens();
        bytes4[] memory selectors = new bytes4[](12);
        (selectors[0], selectors[1]) = (handler.open.selector, handler.openOwn.selector);
        (selectors[2], selectors[3]) = (handler.openPermitted.selector, handler.replayPermission.selector);
        (selectors[4], selectors[5]) = (handler.divide.selector, handler.reclaim.selector);
        (selectors[6], selectors[7]) = (handler.withdraw.selector, handler.setOperator.selector);
        (selectors[8], selectors[9]) = (handler.revokePermission.selector, handler.give.selector);
        (selectors[10], selectors[11]) = (handler.withdrawCredit.selector, handler.provoke.selector);
        targetSelector(FuzzSelector({addr: address(handler), selectors: selectors}));
        bytes4[] memory time = new bytes4[](1);
        time[0] = handler.passTime.selector;
        targetSelector(FuzzSelector({addr: address(handler), selectors: time}));
        targetContract(address(handler));
    }

    /// @dev Read from the escrow itself: what it has is what it owes, and gifts.
    function invariant_BalanceIsDealsAndCreditsAndGifts() external view {
        for (uint256 i = 0; i < tokens.length; ++i) {
            uint256 owed = _heldIn(tokens[i]) + _creditsIn(tokens[i]);
            uint256 balance = _balanceOf(address(escrow), tokens[i]);
            assertGe(balance, owed, "covered");
            assertEq(balance, owed + store.giftsOf(tokens[i]), "equal but for gifts");
        }
    }

    function invariant_DealsHoldWhatArrivedUntilTheyEnd() external view {
        for (uint256 i = 0; i < store.count(); ++i) {
            EscrowStore.Record memory deal = store.dealOf(i);
            assertEq(escrow.heldIn(escrow.dealIdOf(deal.terms)), deal.open ? deal.held : 0, "held");
        }
    }

    /// @dev The store credits payer and payee of a deal alone, and once.
    function invariant_OnlyPayerAndPayeeGetCredit() external view {
        for (uint256 i = 0; i < actors.length; ++i) {
            for (uint256 j = 0; j < tokens.length; ++j) {
                assertEq(escrow.creditOf(actors[i], tokens[j]), store.creditOf(actors[i], tokens[j]), "credit");
            }
        }
    }

    function invariant_DealsPayOnceAndExactlyWhatTheyHeld() external view {
        for (uint256 i = 0; i < tokens.length; ++i) {
            uint256 ended = store.totalHeldOf(tokens[i]) - _heldIn(tokens[i]);
            assertEq(store.totalDividedOf(tokens[i]), ended, "paid");
        }
    }

    /// @dev The store takes from a payer only with its consent, and else gives.
    function invariant_NobodyLosesWithoutItsConsent() external view {
        for (uint256 i = 0; i < actors.length; ++i) {
            for (uint256 j = 0; j < tokens.length; ++j) {
                assertEq(_balanceOf(actors[i], tokens[j]), store.walletOf(actors[i], tokens[j]), "wallet");
            }
        }
    }

    /// @dev When all deadlines are past, a stranger ends all deals, all take what is theirs, and nothing but gifts is left.
    function afterInvariant() external {
        skip(30 days);
        for (uint256 i = 0; i < store.count(); ++i) {
            EscrowStore.Record memory deal = store.dealOf(i);
            if (!deal.open) continue;
            uint256 before = escrow.creditOf(deal.terms.payer, deal.terms.token);
            vm.prank(stranger);
            escrow.reclaim(deal.terms);
            uint256 credit = escrow.creditOf(deal.terms.payer, deal.terms.token);
            assertEq(credit, before + deal.held, "reclaimed");
        }
        for (uint256 i = 0; i < tokens.length; ++i) {
            for (uint256 j = 0; j < actors.length; ++j) {
                if (escrow.creditOf(actors[j], tokens[i]) == 0) continue;
                // Not all of them take ether.
                vm.prank(actors[j]);
                escrow.withdraw(tokens[i], stranger);
            }
            assertEq(_balanceOf(address(escrow), tokens[i]), store.giftsOf(tokens[i]), "only gifts");
        }
    }

    function _heldIn(address token) private view returns (uint256 sum) {
        for (uint256 i = 0; i < store.count(); ++i) {
            EscrowStore.Record memory deal = store.dealOf(i);
            if (deal.terms.token == token) sum += escrow.heldIn(escrow.dealIdOf(deal.terms));
        }
    }

    function _creditsIn(address token) private view returns (uint256 sum) {
        for (uint256 i = 0; i < actors.length; ++i) {
            sum += escrow.creditOf(actors[i], token);
        }
    }
}
