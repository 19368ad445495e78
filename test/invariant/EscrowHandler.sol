// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Escrow} from "../../contracts/Escrow.sol";
import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {Coin} from "../mocks/Coin.sol";
import {RejectingReceiver} from "../mocks/EtherReceivers.sol";
import {FeeCoin} from "../mocks/FeeCoin.sol";
import {HookedCoin} from "../mocks/HookedCoin.sol";
import {IToken} from "../mocks/IToken.sol";
import {Reentrant} from "../mocks/Reentrant.sol";
import {EscrowStore} from "./EscrowStore.sol";
import {Test} from "forge-std/Test.sol";

/// @title Anyone opens, divides, reclaims and withdraws, in four currencies; one of them strikes back from inside the calls
/// @notice Every call is made, allowed or not, and must succeed exactly when the store says so. Nothing here reverts. All have allowed the
/// escrow to take all their tokens, so what protects them is what the escrow asks beside it.
contract EscrowHandler is Test {
    uint256 private constant WEALTH = 1000 ether;
    uint256 private constant ATTACKER_INDEX = 4;
    uint256 private constant HOOKED_INDEX = 3;
    address private constant ETHER = address(0);

    /// @notice What the attacker tries from inside a call.
    enum Strike {
        Withdraw,
        Open,
        OpenPermitted,
        Divide,
        Reclaim
    }

    Escrow private immutable ESCROW;
    EscrowStore private immutable STORE;
    FeeCoin private immutable FEE;
    Reentrant private immutable ATTACKER;
    address private immutable REJECTING;

    address[] private _actors;
    mapping(address account => uint256) private _keyOf;
    address[] private _tokens;

    /// @dev Planned and not made yet.
    bool private _planned;
    Strike private _strike;
    uint256 private _strikeDeal;
    uint256 private _strikeShare;

    IEscrow.Deal private _lastTerms;
    uint256 private _lastAmount;
    IEscrow.Consent private _lastConsent;

    constructor(Escrow escrow, EscrowStore store) {
        ESCROW = escrow;
        STORE = store;
        FEE = new FeeCoin(10);
        ATTACKER = new Reentrant();
        REJECTING = address(new RejectingReceiver());
        HookedCoin hooked = new HookedCoin();
        _tokens = [ETHER, address(new Coin()), address(FEE), address(hooked)];
        string[4] memory names = ["first", "second", "third", "fourth"];
        for (uint256 i = 0; i < names.length; ++i) {
            (address account, uint256 key) = makeAddrAndKey(names[i]);
            _keyOf[account] = key;
            _actors.push(account);
        }
        _actors.push(address(ATTACKER));
        _actors.push(REJECTING);
        for (uint256 i = 0; i < _actors.length; ++i) {
            _endow(_actors[i]);
        }
        vm.prank(address(ATTACKER));
        hooked.setHooks(ATTACKER, ATTACKER);
    }

    function actors() external view returns (address[] memory) {
        return _actors;
    }

    function tokens() external view returns (address[] memory) {
        return _tokens;
    }

    // ---------------------------------------------------------------------------------------------------------- opening

    function open(
        uint256 openerSeed,
        uint256 payerSeed,
        uint256 payeeSeed,
        uint256 tokenSeed,
        uint256 amount,
        uint256 daySeed
    ) public {
        IEscrow.Deal memory terms = _chooseTerms(openerSeed, payerSeed, payeeSeed, tokenSeed, daySeed);
        bool inEther = terms.token == ETHER;
        address from = inEther ? terms.opener : terms.payer;
        amount = _chooseAmount(amount, from, terms.token);
        bool expected = STORE.mayOpen(terms) && _canHold(terms, amount, from);
        _call(terms.opener, inEther ? amount : 0, expected, abi.encodeCall(IEscrow.open, (terms, amount)));
        if (expected) STORE.open(terms, from, amount, _arriving(terms.token, amount));
    }

    /// @dev The payer pays through itself: chance alone would seldom find it.
    function openOwn(uint256 payerSeed, uint256 payeeSeed, uint256 tokenSeed, uint256 amount, uint256 daySeed)
        external
    {
        open(payerSeed, payerSeed, payeeSeed, tokenSeed, amount, daySeed);
    }

    /// @dev Signed by the payer, or by another; with one of four nonces, used or not.
    function openPermitted(
        uint256 openerSeed,
        uint256 payerSeed,
        uint256 tokenSeed,
        uint256 amount,
        uint256 nonce,
        uint256 signerSeed
    ) external {
        IEscrow.Deal memory terms = _chooseTerms(openerSeed, payerSeed, signerSeed, tokenSeed, nonce);
        amount = _chooseAmount(amount, terms.payer, terms.token);
        IEscrow.Consent memory consent;
        consent.nonce = nonce % 4;
        consent.until = uint40(block.timestamp);
        consent.reclaimableBy = terms.reclaimableAt;
        bool signed = _sign(terms, amount, consent, signerSeed);
        bool expected = signed && terms.token != ETHER && !STORE.isSpent(terms.payer, consent.nonce)
            && _canHold(terms, amount, terms.payer);
        _call(terms.opener, 0, expected, abi.encodeCall(IEscrow.openPermitted, (terms, amount, consent)));
        if (!expected) return;
        STORE.spend(terms.payer, consent.nonce);
        STORE.open(terms, terms.payer, amount, _arriving(terms.token, amount));
        (_lastTerms, _lastAmount, _lastConsent) = (terms, amount, consent);
    }

    /// @dev What worked once never does again.
    function replayPermission(uint256 subjectSeed) external {
        if (_lastAmount == 0) return;
        IEscrow.Deal memory terms = _lastTerms;
        terms.subject = bytes32(subjectSeed % 3);
        _call(terms.opener, 0, false, abi.encodeCall(IEscrow.openPermitted, (terms, _lastAmount, _lastConsent)));
    }

    // ---------------------------------------------------------------------------------------------------------- closing

    /// @dev By its opener, or by anyone.
    function divide(uint256 callerSeed, uint256 dealSeed, uint256 share, uint256 way) external {
        if (STORE.count() == 0) return;
        uint256 number = dealSeed % STORE.count();
        EscrowStore.Record memory deal = STORE.dealOf(number);
        address caller = callerSeed % 3 == 0 ? _actor(callerSeed / 3) : deal.terms.opener;
        (bytes memory data, uint256 toPayer) = _dividing(deal, share, way);
        bool expected = STORE.mayDivide(caller, number, toPayer);
        _call(caller, 0, expected, data);
        if (expected) STORE.close(number, toPayer);
    }

    function reclaim(uint256 callerSeed, uint256 dealSeed) external {
        if (STORE.count() == 0) return;
        uint256 number = dealSeed % STORE.count();
        EscrowStore.Record memory deal = STORE.dealOf(number);
        bool expected = STORE.mayReclaim(number);
        _call(_actor(callerSeed), 0, expected, abi.encodeCall(IEscrow.reclaim, (deal.terms)));
        if (expected) STORE.close(number, deal.held);
    }

    function withdraw(uint256 callerSeed, uint256 tokenSeed, uint256 toSeed) external {
        address to = toSeed % 8 == 0 ? [ETHER, address(ESCROW)][toSeed / 8 % 2] : _actor(toSeed);
        _withdraw(_actor(callerSeed), _tokens[tokenSeed % _tokens.length], to);
    }

    /// @dev By somebody who has a credit: chance alone would seldom find it.
    function withdrawCredit(uint256 accountSeed, uint256 tokenSeed, uint256 toSeed) external {
        address token = _tokens[tokenSeed % _tokens.length];
        _withdraw(_creditor(token, accountSeed), token, _actor(toSeed));
    }

    // ------------------------------------------------------------------------------------------------ consent, the rest

    function setOperator(uint256 accountSeed, uint256 operatorSeed, bool approved) external {
        address account = _actor(accountSeed);
        address operator = _actor(operatorSeed);
        _call(account, 0, true, abi.encodeCall(IEscrow.setOperator, (operator, approved)));
        STORE.setOperator(account, operator, approved);
    }

    function revokePermission(uint256 accountSeed, uint256 nonce) external {
        address account = _actor(accountSeed);
        nonce %= 4;
        bool expected = !STORE.isSpent(account, nonce);
        _call(account, 0, expected, abi.encodeCall(IEscrow.revokePermission, (nonce)));
        if (expected) STORE.spend(account, nonce);
    }

    /// @dev Somebody sends the escrow money for nothing.
    function give(uint256 tokenSeed, uint256 amount) external {
        address token = _tokens[tokenSeed % _tokens.length];
        amount = bound(amount, 0, 1 ether);
        if (token == ETHER) vm.deal(address(ESCROW), address(ESCROW).balance + amount);
        else IToken(token).mint(address(ESCROW), amount);
        STORE.give(token, amount);
    }

    function passTime(uint256 duration) external {
        skip(bound(duration, 1, 5 days));
    }

    /// @dev The attacker plans, and has itself called from inside the escrow: as payer in the token with hooks, or as recipient.
    function provoke(uint256 strikeSeed, uint256 dealSeed, uint256 share, bool opening) external {
        if (STORE.count() == 0) return;
        _plan(Strike(strikeSeed % 5), dealSeed, share);
        if (opening) return open(ATTACKER_INDEX, ATTACKER_INDEX, share, HOOKED_INDEX, dealSeed, strikeSeed);
        address token = strikeSeed % 2 == 0 ? ETHER : _tokens[HOOKED_INDEX];
        _withdraw(_creditor(token, dealSeed), token, address(ATTACKER));
    }

    // --------------------------------------------------------------------------------------------------------- internal

    function _withdraw(address caller, address token, address to) private {
        uint256 credit = STORE.creditOf(caller, token);
        bool expected = credit != 0 && to != address(0) && to != address(ESCROW);
        if (token == ETHER && to == REJECTING) expected = false;
        _call(caller, 0, expected, abi.encodeCall(IEscrow.withdraw, (token, to)));
        if (expected) STORE.withdraw(caller, token, credit, to, _arriving(token, credit));
    }

    function _plan(Strike strike, uint256 dealSeed, uint256 share) private {
        _planned = true;
        _strike = strike;
        _strikeDeal = _deal(dealSeed, strike);
        EscrowStore.Record memory deal = STORE.dealOf(_strikeDeal);
        bytes[] memory calls = new bytes[](1);
        if (strike == Strike.Reclaim) calls[0] = abi.encodeCall(IEscrow.reclaim, (deal.terms));
        if (strike == Strike.Divide) (calls[0], _strikeShare) = _dividing(deal, share, dealSeed);
        IEscrow.Deal memory own = deal.terms;
        if (strike == Strike.Withdraw) calls[0] = abi.encodeCall(IEscrow.withdraw, (own.token, address(ATTACKER)));
        (own.opener, own.payer, own.payee) = (address(ATTACKER), address(ATTACKER), address(ATTACKER));
        own.reclaimableAt = uint40(block.timestamp + 100 days);
        IEscrow.Consent memory none;
        if (strike == Strike.Open) calls[0] = abi.encodeCall(IEscrow.open, (own, 1));
        if (strike == Strike.OpenPermitted) calls[0] = abi.encodeCall(IEscrow.openPermitted, (own, 1, none));
        ATTACKER.plan(address(ESCROW), calls);
    }

    function _call(address caller, uint256 value, bool expected, bytes memory data) private {
        vm.prank(caller);
        (bool succeeded,) = address(ESCROW).call{value: value}(data);
        assertEq(succeeded, expected, "allowed exactly when the store says so");
        _settleStrike();
    }

    /// @dev What the attacker did meanwhile, while what the call itself does is not in the store yet.
    function _settleStrike() private {
        Reentrant.Attempt[] memory attempts = ATTACKER.attempts();
        if (!_planned || attempts.length == 0) return;
        _planned = false;
        bool expected = false;
        uint256 toPayer = _strikeShare;
        if (_strike == Strike.Divide) expected = STORE.mayDivide(address(ATTACKER), _strikeDeal, toPayer);
        if (_strike == Strike.Reclaim) {
            expected = STORE.mayReclaim(_strikeDeal);
            toPayer = STORE.dealOf(_strikeDeal).held;
        }
        assertEq(attempts[0].succeeded, expected, "from inside as from outside, and not what moves money");
        if (expected) STORE.close(_strikeDeal, toPayer);
    }

    /// @dev One of three ways, and for the last also more than there is.
    function _dividing(EscrowStore.Record memory deal, uint256 share, uint256 way)
        private
        pure
        returns (bytes memory data, uint256 toPayer)
    {
        if (way % 3 == 0) return (abi.encodeCall(IEscrow.pay, (deal.terms)), 0);
        if (way % 3 == 1) return (abi.encodeCall(IEscrow.refund, (deal.terms)), deal.held);
        toPayer = share % (deal.held + deal.held / 8 + 2);
        return (abi.encodeCall(IEscrow.divide, (deal.terms, toPayer)), toPayer);
    }

    /// @dev Few deadlines and subjects, so that deals meet.
    function _chooseTerms(uint256 openerSeed, uint256 payerSeed, uint256 payeeSeed, uint256 tokenSeed, uint256 daySeed)
        private
        view
        returns (IEscrow.Deal memory)
    {
        return IEscrow.Deal({
            opener: _actor(openerSeed),
            payer: _actor(payerSeed),
            payee: _actor(payeeSeed),
            token: _tokens[tokenSeed % _tokens.length],
            reclaimableAt: uint40((block.timestamp / 1 days + 1 + daySeed % 8) * 1 days),
            subject: bytes32(daySeed % 2)
        });
    }

    /// @dev Of what the account has, now and then nothing; of tokens also more.
    function _chooseAmount(uint256 amount, address from, address token) private view returns (uint256) {
        if (amount % 16 == 0) return token == ETHER ? 0 : STORE.walletOf(from, token) + amount % 2;
        if (amount % 16 == 1 && token != ETHER) return STORE.walletOf(from, token) + 1;
        return bound(amount, 0, STORE.walletOf(from, token) / 8);
    }

    function _canHold(IEscrow.Deal memory terms, uint256 amount, address from) private view returns (bool) {
        return
            _arriving(terms.token, amount) != 0 && amount <= STORE.walletOf(from, terms.token) && !STORE.isOpen(terms);
    }

    function _arriving(address token, uint256 amount) private view returns (uint256) {
        return token == address(FEE) ? amount - FEE.feeOf(amount) : amount;
    }

    /// @dev From the seed on the first deal with which the strike works, if there is one.
    function _deal(uint256 seed, Strike strike) private view returns (uint256 number) {
        uint256 count = STORE.count();
        for (uint256 i = 0; i < count; ++i) {
            number = (seed % count + i) % count;
            if (strike == Strike.Divide && STORE.mayDivide(address(ATTACKER), number, 0)) return number;
            if (strike == Strike.Reclaim && STORE.mayReclaim(number)) return number;
        }
    }

    /// @dev From the seed on the first account with a credit in this token, if there is one.
    function _creditor(address token, uint256 seed) private view returns (address account) {
        for (uint256 i = 0; i < _actors.length; ++i) {
            account = _actor(seed % _actors.length + i);
            if (STORE.creditOf(account, token) != 0) return account;
        }
    }

    /// @return signed whether it is the payer's signature
    function _sign(IEscrow.Deal memory terms, uint256 amount, IEscrow.Consent memory consent, uint256 signerSeed)
        private
        view
        returns (bool signed)
    {
        address signer = signerSeed % 4 == 0 || _keyOf[terms.payer] == 0 ? _actors[signerSeed % 3] : terms.payer;
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_keyOf[signer], ESCROW.permissionHash(terms, amount, consent));
        consent.signature = abi.encodePacked(r, s, v);
        return signer == terms.payer;
    }

    function _endow(address account) private {
        vm.deal(account, WEALTH);
        STORE.endow(account, ETHER, WEALTH);
        for (uint256 i = 1; i < _tokens.length; ++i) {
            IToken(_tokens[i]).mint(account, WEALTH);
            STORE.endow(account, _tokens[i], WEALTH);
            vm.prank(account);
            IToken(_tokens[i]).approve(address(ESCROW), type(uint256).max);
        }
    }

    function _actor(uint256 seed) private view returns (address) {
        return _actors[seed % _actors.length];
    }
}
