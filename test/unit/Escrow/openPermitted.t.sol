// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {FeeCoin} from "../../mocks/FeeCoin.sol";
import {HookedCoin, ICoinHook} from "../../mocks/HookedCoin.sol";
import {Reentrant} from "../../mocks/Reentrant.sol";
import {SilentCoin} from "../../mocks/SilentCoin.sol";
import {Wallet} from "../../mocks/Wallet.sol";
import {EscrowTest} from "./EscrowTest.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @dev The payer did not approve this opener: it agrees deal by deal.
contract EscrowOpenPermittedTest is EscrowTest {
    uint256 private constant NONCE = 77;

    function setUp() public override {
        super.setUp();
        _setOperator(payer, opener, false);
    }

    // ---------------------------------------------------------------------------------------------------------- opening

    function testFuzz_OpenPermitted(uint256 amount, uint256 nonce, uint256 untilSeed, uint256 now_, uint256 longer)
        external
    {
        amount = bound(amount, 1, WEALTH);
        IEscrow.Deal memory terms = _terms(address(coin));
        IEscrow.Consent memory consent;
        consent.nonce = nonce;
        // Safe: as bound.
        // forge-lint: disable-start(unsafe-typecast)
        consent.until = uint40(bound(untilSeed, START, START + DURATION - 1));
        consent.reclaimableBy = uint40(bound(longer, terms.reclaimableAt, type(uint40).max));
        // forge-lint: disable-end(unsafe-typecast)
        _signPermission(terms, amount, consent, payer);
        vm.warp(bound(now_, START, consent.until));

        vm.expectEmit(address(escrow));
        emit IEscrow.PermissionSpent(payer, nonce);
        vm.expectEmit(address(escrow));
        emit IEscrow.DealOpened(
            escrow.dealIdOf(terms), payer, payee, opener, address(coin), terms.reclaimableAt, terms.subject, amount
        );
        (bytes32 deal, uint256 held) = _openPermitted(terms, amount, consent);
        assertEq(deal, escrow.dealIdOf(terms), "deal");
        assertEq(held, amount, "held");
        assertTrue(escrow.isPermissionSpent(payer, nonce), "spent");
        _assertMoney(terms, amount, 0, 0);
        assertEq(coin.balanceOf(payer), WEALTH - amount, "from the payer");
    }

    function test_OpenPermitted_TokenThatTakesAFee() external {
        FeeCoin fee = new FeeCoin(10);
        _equip(payer, address(fee));
        IEscrow.Deal memory terms = _terms(address(fee));
        (, uint256 held) = _openPermitted(terms, AMOUNT, _consentTo(terms));
        assertEq(held, AMOUNT - fee.feeOf(AMOUNT), "held");
        _assertMoney(terms, held, 0, 0);
    }

    function test_OpenPermitted_WalletAsPayer() external {
        IEscrow.Deal memory terms = _terms(address(coin));
        terms.payer = _walletOf(payer);
        IEscrow.Consent memory consent = _consent(terms);
        _signPermission(terms, AMOUNT, consent, payer);
        _openPermitted(terms, AMOUNT, consent);
        _assertMoney(terms, AMOUNT, 0, 0);
        assertEq(coin.balanceOf(terms.payer), WEALTH - AMOUNT, "from the wallet");
        assertEq(coin.balanceOf(payer), WEALTH, "not from its owner");
    }

    // -------------------------------------------------------------------------------------------------- with a permit

    function test_OpenPermitted_WithPermit() external {
        (IEscrow.Deal memory terms, IEscrow.Consent memory consent) = _withPermit();
        _openPermitted(terms, AMOUNT, consent);
        _assertMoney(terms, AMOUNT, 0, 0);
        assertEq(coin.allowance(payer, address(escrow)), 0, "nothing is left of it");
    }

    /// @dev Signatures of 64 bytes (EIP-2098).
    function test_OpenPermitted_WithShortPermit() external {
        (IEscrow.Deal memory terms, IEscrow.Consent memory consent) = _withPermit();
        (uint8 v, bytes32 r, bytes32 s) = _permitSignature(payer, AMOUNT, consent.permitUntil);
        consent.permitSignature = abi.encodePacked(r, bytes32(uint256(s) | (uint256(v - 27) << 255)));
        _openPermitted(terms, AMOUNT, consent);
        _assertMoney(terms, AMOUNT, 0, 0);
    }

    function test_OpenPermitted_GivenThePermitWasHandedInBefore() external {
        (IEscrow.Deal memory terms, IEscrow.Consent memory consent) = _withPermit();
        (uint8 v, bytes32 r, bytes32 s) = _permitSignature(payer, AMOUNT, consent.permitUntil);
        vm.prank(stranger);
        coin.permit(payer, address(escrow), AMOUNT, consent.permitUntil, v, r, s);
        _openPermitted(terms, AMOUNT, consent);
        _assertMoney(terms, AMOUNT, 0, 0);
    }

    /// @dev A token without permits, a permit that expired, and one that is no signature.
    function test_OpenPermitted_GivenTheAllowanceIsThereThoughThePermitIsBad() external {
        (IEscrow.Deal memory terms, IEscrow.Consent memory consent) = _withPermit();
        _allow(payer, address(coin), AMOUNT);
        consent.permitUntil = START - 1;
        _openPermitted(terms, AMOUNT, consent);
        _assertMoney(terms, AMOUNT, 0, 0);

        address silent = address(new SilentCoin());
        _equip(payer, silent);
        terms = _terms(silent);
        consent = _consent(terms);
        consent.nonce = NONCE + 1;
        consent.permitSignature = "no signature";
        _signPermission(terms, AMOUNT, consent, payer);
        _openPermitted(terms, AMOUNT, consent);
        _assertMoney(terms, AMOUNT, 0, 0);
    }

    function test_RevertWhen_PermitIsBadAndThereIsNoAllowance() external {
        (IEscrow.Deal memory terms, IEscrow.Consent memory consent) = _withPermit();
        consent.permitUntil = START - 1;
        _expectRefusal(
            terms, abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(escrow), 0, AMOUNT)
        );
        escrow.openPermitted(terms, AMOUNT, consent);
        assertFalse(escrow.isPermissionSpent(payer, NONCE), "not spent");
    }

    // ------------------------------------------------------------------------------------------------------------ time

    function test_OpenPermitted_AtTheLastSecond() external {
        IEscrow.Deal memory terms = _terms(address(coin));
        IEscrow.Consent memory consent = _consentTo(terms);
        vm.warp(consent.until);
        _openPermitted(terms, AMOUNT, consent);
        _assertMoney(terms, AMOUNT, 0, 0);
    }

    function test_RevertGiven_PermissionExpired() external {
        IEscrow.Deal memory terms = _terms(address(coin));
        IEscrow.Consent memory consent = _consentTo(terms);
        vm.warp(consent.until + 1);
        _expectRefusal(terms, abi.encodeWithSelector(IEscrow.Escrow_PermissionExpired.selector, consent.until));
        escrow.openPermitted(terms, AMOUNT, consent);
    }

    /// @dev The permission's deadline does not depend on the time of opening, so it is used up to its last second.
    function test_RevertWhen_DealIsLongerThanPermitted() external {
        IEscrow.Deal memory terms = _terms(address(coin));
        IEscrow.Consent memory consent = _consentTo(terms);
        terms.reclaimableAt += 1;
        bytes memory reason = abi.encodeWithSelector(
            IEscrow.Escrow_DeadlineBeyondPermission.selector, terms.reclaimableAt, consent.reclaimableBy
        );
        _expectRefusal(terms, reason);
        escrow.openPermitted(terms, AMOUNT, consent);
    }

    // ------------------------------------------------------------------------------------------------------- signatures

    function testFuzz_RevertWhen_AnotherSigned(uint256 privateKey) external {
        privateKey = boundPrivateKey(privateKey);
        vm.assume(vm.addr(privateKey) != payer);
        IEscrow.Deal memory terms = _terms(address(coin));
        IEscrow.Consent memory consent = _consent(terms);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(privateKey, escrow.permissionHash(terms, AMOUNT, consent));
        consent.signature = abi.encodePacked(r, s, v);
        _expectBadPermission(terms, AMOUNT, consent);
    }

    /// @dev Opener, payee and token of the deal; the deadline and the subject are the opener's to choose.
    function test_RevertWhen_OtherTermsWereSigned() external {
        IEscrow.Deal memory terms = _terms(address(coin));
        IEscrow.Consent memory consent = _consentTo(terms);
        terms.opener = stranger;
        _expectBadPermission(terms, AMOUNT, consent);
        terms.opener = opener;
        terms.payee = stranger;
        _expectBadPermission(terms, AMOUNT, consent);
        terms.payee = payee;
        address silent = address(new SilentCoin());
        _equip(payer, silent);
        terms.token = silent;
        _expectBadPermission(terms, AMOUNT, consent);
        terms.token = address(coin);
        terms.payer = stranger;
        _expectBadPermission(terms, AMOUNT, consent);
    }

    function test_RevertWhen_AnotherAmountWasSigned() external {
        IEscrow.Deal memory terms = _terms(address(coin));
        IEscrow.Consent memory consent = _consentTo(terms);
        _expectBadPermission(terms, AMOUNT + 1, consent);
        _expectBadPermission(terms, AMOUNT - 1, consent);
    }

    function test_RevertWhen_ThePermissionWasAltered() external {
        IEscrow.Deal memory terms = _terms(address(coin));
        IEscrow.Consent memory consent = _consentTo(terms);
        consent.until += 1;
        _expectBadPermission(terms, AMOUNT, consent);
        consent.until -= 1;
        consent.reclaimableBy += 1;
        _expectBadPermission(terms, AMOUNT, consent);
        consent.reclaimableBy -= 1;
        consent.nonce += 1;
        _expectBadPermission(terms, AMOUNT, consent);
        consent.nonce -= 1;
        consent.signature = "";
        _expectBadPermission(terms, AMOUNT, consent);
    }

    function test_RevertWhen_ItWasSignedForAnotherChain() external {
        IEscrow.Deal memory terms = _terms(address(coin));
        IEscrow.Consent memory consent = _consentTo(terms);
        uint256 here = block.chainid;
        vm.chainId(here + 1);
        _expectBadPermission(terms, AMOUNT, consent);
        // There it needs one of its own, which is worth nothing here.
        IEscrow.Consent memory there = _consentTo(terms);
        vm.chainId(here);
        _expectBadPermission(terms, AMOUNT, there);
        _openPermitted(terms, AMOUNT, consent);
    }

    /// @dev The signer's other accounts did not agree: not its wallet, when it signed for itself …
    function test_RevertWhen_TheOwnerOfAWalletSignedForItself() external {
        IEscrow.Deal memory terms = _terms(address(coin));
        IEscrow.Consent memory consent = _consentTo(terms);
        terms.payer = _walletOf(payer);
        _expectBadPermission(terms, AMOUNT, consent);
    }

    /// @dev … and neither itself nor its other wallet, when it signed for one of them.
    function test_RevertWhen_TheOwnerOfAWalletSignedForIt() external {
        IEscrow.Deal memory terms = _terms(address(coin));
        terms.payer = _walletOf(payer);
        IEscrow.Consent memory consent = _consent(terms);
        _signPermission(terms, AMOUNT, consent, payer);
        terms.payer = payer;
        _expectBadPermission(terms, AMOUNT, consent);
        terms.payer = _walletOf(payer);
        _expectBadPermission(terms, AMOUNT, consent);
    }

    function test_RevertWhen_PayerIsAContractThatDoesNotAnswer() external {
        IEscrow.Deal memory terms = _terms(address(coin));
        terms.payer = address(coin);
        IEscrow.Consent memory consent = _consent(terms);
        _signPermission(terms, AMOUNT, consent, payer);
        _expectBadPermission(terms, AMOUNT, consent);
    }

    /// @dev No signature is the zero account's.
    function test_RevertWhen_PayerIsZero() external {
        IEscrow.Deal memory terms = _terms(address(coin));
        terms.payer = address(0);
        IEscrow.Consent memory consent = _consent(terms);
        consent.signature = new bytes(65);
        _expectBadPermission(terms, AMOUNT, consent);
    }

    function test_RevertWhen_DealIsInEther() external {
        IEscrow.Deal memory terms = _terms(ETHER);
        _expectBadPermission(terms, AMOUNT, _consentTo(terms));
    }

    // ------------------------------------------------------------------------------------------------------------- once

    function test_RevertGiven_PermissionIsSpent() external {
        IEscrow.Deal memory terms = _terms(address(coin));
        IEscrow.Consent memory consent = _consentTo(terms);
        _openPermitted(terms, AMOUNT, consent);
        // Neither for another subject, nor when the deal is over.
        terms.subject = keccak256("another");
        _expectSpent(terms, consent);
        terms = _terms(address(coin));
        vm.prank(opener);
        escrow.refund(terms);
        _expectSpent(terms, consent);
        _assertMoney(terms, 0, AMOUNT, 0);
    }

    function test_RevertGiven_PermissionIsRevoked() external {
        IEscrow.Deal memory terms = _terms(address(coin));
        IEscrow.Consent memory consent = _consentTo(terms);
        vm.prank(payer);
        escrow.revokePermission(NONCE);
        _expectSpent(terms, consent);
    }

    function test_RevertWhen_CallerIsNotTheOpener() external {
        IEscrow.Deal memory terms = _terms(address(coin));
        IEscrow.Consent memory consent = _consentTo(terms);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.Escrow_NotOpener.selector, opener, stranger));
        vm.prank(stranger);
        escrow.openPermitted(terms, AMOUNT, consent);
        assertFalse(escrow.isPermissionSpent(payer, NONCE), "not spent");
    }

    function test_RevertWhen_TermsAreBad() external {
        IEscrow.Deal memory terms = _terms(address(coin));
        terms.payee = address(0);
        IEscrow.Consent memory consent = _consentTo(terms);
        _expectRefusal(terms, abi.encodeWithSelector(IEscrow.Escrow_ZeroParty.selector));
        escrow.openPermitted(terms, AMOUNT, consent);

        terms = _terms(address(coin));
        terms.reclaimableAt = START;
        consent = _consentTo(terms);
        _expectRefusal(terms, abi.encodeWithSelector(IEscrow.Escrow_BadDeadline.selector, START));
        escrow.openPermitted(terms, AMOUNT, consent);

        terms = _terms(address(coin));
        consent = _consentTo(terms);
        _signPermission(terms, 0, consent, payer);
        _expectRefusal(terms, abi.encodeWithSelector(IEscrow.Escrow_NothingArrived.selector, coin, 0));
        escrow.openPermitted(terms, 0, consent);
        assertFalse(escrow.isPermissionSpent(payer, NONCE), "not spent");
    }

    function test_OpenPermitted_NotTwiceWhileTheTokenCallsBack() external {
        HookedCoin hooked = new HookedCoin();
        _equip(payer, address(hooked));
        Reentrant shop = new Reentrant();
        vm.prank(payer);
        hooked.setHooks(shop, ICoinHook(address(0)));
        IEscrow.Deal memory terms = _terms(address(hooked));
        terms.opener = address(shop);
        IEscrow.Consent memory consent = _consentTo(terms);
        IEscrow.Deal memory second = _terms(address(hooked));
        second.opener = address(shop);
        second.subject = keccak256("another");
        bytes[] memory calls = new bytes[](1);
        calls[0] = abi.encodeCall(escrow.openPermitted, (second, AMOUNT, consent));
        shop.plan(address(escrow), calls);
        _openPermitted(terms, AMOUNT, consent);

        assertEq(
            shop.attempts()[0].answer,
            abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector),
            "guarded"
        );
        assertEq(hooked.balanceOf(payer), WEALTH - AMOUNT, "once");
    }

    // --------------------------------------------------------------------------------------------------------- helpers

    /// @dev Unsigned: for an hour, and just this deadline.
    function _consent(IEscrow.Deal memory terms) private view returns (IEscrow.Consent memory consent) {
        consent.until = uint40(block.timestamp) + 1 hours;
        consent.reclaimableBy = terms.reclaimableAt;
        consent.nonce = NONCE;
    }

    /// @dev The payer's, to `AMOUNT`.
    function _consentTo(IEscrow.Deal memory terms) private view returns (IEscrow.Consent memory consent) {
        consent = _consent(terms);
        _signPermission(terms, AMOUNT, consent, payer);
    }

    function _signPermission(IEscrow.Deal memory terms, uint256 amount, IEscrow.Consent memory consent, address signer)
        private
        view
    {
        consent.signature = _sign(signer, escrow.permissionHash(terms, amount, consent));
    }

    /// @dev No allowance, but a permit of just the amount.
    function _withPermit() private returns (IEscrow.Deal memory terms, IEscrow.Consent memory consent) {
        _allow(payer, address(coin), 0);
        terms = _terms(address(coin));
        consent = _consentTo(terms);
        consent.permitUntil = START + 1 hours;
        (uint8 v, bytes32 r, bytes32 s) = _permitSignature(payer, AMOUNT, consent.permitUntil);
        consent.permitSignature = abi.encodePacked(r, s, v);
    }

    function _permitSignature(address owner, uint256 amount, uint256 until)
        private
        view
        returns (uint8 v, bytes32 r, bytes32 s)
    {
        bytes32 permit = keccak256(
            abi.encode(
                keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"),
                owner,
                escrow,
                amount,
                coin.nonces(owner),
                until
            )
        );
        return vm.sign(keyOf[owner], keccak256(abi.encodePacked("\x19\x01", coin.DOMAIN_SEPARATOR(), permit)));
    }

    /// @dev A new wallet with coins that allows the escrow to take them.
    function _walletOf(address owner) private returns (address wallet) {
        wallet = address(new Wallet(owner));
        _equip(wallet, address(coin));
    }

    function _openPermitted(IEscrow.Deal memory terms, uint256 amount, IEscrow.Consent memory consent)
        private
        returns (bytes32, uint256)
    {
        vm.prank(terms.opener);
        return escrow.openPermitted(terms, amount, consent);
    }

    /// @dev The next call is the opener's, and reverts.
    function _expectRefusal(IEscrow.Deal memory terms, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(terms.opener);
    }

    function _expectBadPermission(IEscrow.Deal memory terms, uint256 amount, IEscrow.Consent memory consent) private {
        _expectRefusal(terms, abi.encodeWithSelector(IEscrow.Escrow_BadPermission.selector, terms.payer));
        escrow.openPermitted(terms, amount, consent);
    }

    function _expectSpent(IEscrow.Deal memory terms, IEscrow.Consent memory consent) private {
        _expectRefusal(terms, abi.encodeWithSelector(IEscrow.Escrow_PermissionSpent.selector, payer, NONCE));
        escrow.openPermitted(terms, AMOUNT, consent);
    }
}
