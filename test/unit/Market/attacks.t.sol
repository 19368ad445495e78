// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {DISTRIBUTOR} from "../../../contracts/types/Role.sol";
import {MarketAttackToken, MarketFakeToken, MarketPuppet} from "../../mocks/MarketAttackers.sol";
import {Wallet} from "../../mocks/Wallet.sol";
import {MarketTest} from "./MarketTest.sol";

/// @title What an attacker would try
contract AttacksMarketTest is MarketTest {
    // ------------------------------------------------------------------------------------------------ freezing for ever

    /// @dev A token that claims all there can be fills the credits of both parties to the brim, so that nothing more could be added.
    function test_Attack_CreditsFilledToTheBrim() external {
        MarketFakeToken token = new MarketFakeToken();
        IMarket.Terms memory terms = _itemTerms();
        terms.token = address(token);
        _offer(terms, 1);
        vm.prank(hospital);
        escrow.setOperator(address(market), true);
        IMarket.Order memory order = _itemOrder(terms);
        IMarket.Purchase memory purchase = _purchaseOf(order, hospital);
        vm.prank(hospital);
        market.buy(_one(order));
        _fillCredit(token, hospital);
        _fillCredit(token, maker);

        _pastLastSecond(purchase);
        vm.prank(stranger);
        market.refund(purchase);

        _assertUnlocked(_item(0));
        _assertOwner(_item(0), maker);
        assertEq(escrow.creditOf(hospital, address(token)), type(uint256).max, "credit");
    }

    /// @dev Through a deal of the attacker's own, who opens it and pays it out at once.
    function _fillCredit(MarketFakeToken token, address victim) private {
        token.forget(address(escrow));
        IEscrow.Deal memory deal = IEscrow.Deal({
            opener: stranger,
            payer: stranger,
            payee: victim,
            token: address(token),
            reclaimableAt: uint40(block.timestamp + 1),
            subject: 0
        });
        vm.startPrank(stranger);
        escrow.open(deal, type(uint256).max);
        escrow.pay(deal);
        vm.stopPrank();
    }

    // ------------------------------------------------------------------------------------- using what another agreed to

    /// @dev The hospital's key also owns a wallet. What it signed for one of the two must not open the other.
    function test_Attack_PermissionForAnotherAccountOfTheSameOwner() external {
        MarketAttackToken token = new MarketAttackToken(0);
        Wallet wallet = new Wallet(hospital);
        token.mint(address(wallet), 5);
        vm.prank(hospital);
        wallet.execute(address(token), abi.encodeCall(token.approve, (address(escrow), 5)));
        IEscrow.Deal memory deal = IEscrow.Deal({
            opener: stranger,
            payer: hospital,
            payee: maker,
            token: address(token),
            reclaimableAt: uint40(block.timestamp + 1 days),
            subject: 0
        });
        IEscrow.Consent memory consent;
        consent.until = uint40(block.timestamp);
        consent.reclaimableBy = deal.reclaimableAt;
        consent.signature = _sign(hospital, escrow.permissionHash(deal, 5, consent));

        deal.payer = address(wallet);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.Escrow_BadPermission.selector, address(wallet)));
        vm.prank(stranger);
        escrow.openPermitted(deal, 5, consent);
    }
}
