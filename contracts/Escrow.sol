// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "./interfaces/IEscrow.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Escrow: whose money is this?
///
/// TRUST
///
/// Openers. Whoever opens a deal can send its money to the payer or the payee, in any parts and at any time, and to nobody else. So a payer trusts
/// the opener that it pays through, or approves, with nothing but that choice; and a payee should believe in an opener's promise only as
/// far as the opener's code binds it. A careless or dead opener costs the payee, never the payer: when the deal's time is over anyone can
/// send it back.
///
/// Consent. A token allowance to this contract lets nobody spend it: the payer is the opener itself, approved the opener here, or signed the
/// deal's opener, payer, payee, token, amount and deadlines. A permission works once, on one chain, until its payer revokes it; naming the
/// payer, it is worth nothing for another account whose signatures the same person makes, such as that person's wallet.
///
/// Administration. There is none: no owner, no pause, no list of rooms or tokens. Nobody can take, freeze or redirect money.
///
/// Tokens. A deal is as good as its token: one that can freeze accounts can freeze this one. What counts is what arrived, so a fee is borne by the
/// deal, and a token that mints itself to its holders makes gifts, which are nobody's. Tokens whose balances shrink by themselves (rebasing) are not supported:
/// the last to withdraw would find too little. The accounts of different tokens never mix, so a hostile token harms only its own deals.
///
/// Pulling. Money leaves only when the one who has it calls {withdraw}, so a payee that refuses it, or burns the gas, blocks nobody.
contract Escrow is IEscrow, EIP712, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @notice No deal holds money longer without its payer's new consent. Seconds.
    uint40 public constant MAX_DURATION = 3653 days;

    bytes32 private constant PERMISSION_TYPEHASH = keccak256(
        "Permission(address opener,address payer,address payee,address token,uint256 amount,uint40 until,uint40 reclaimableBy,uint256 nonce)"
    );
    address private constant ETHER = address(0);

    /// @inheritdoc IEscrow
    mapping(bytes32 deal => uint256 amount) public heldIn;
    /// @inheritdoc IEscrow
    mapping(address account => mapping(address token => uint256 amount)) public creditOf;
    /// @inheritdoc IEscrow
    mapping(address account => mapping(address operator => bool approved)) public isOperator;
    /// @inheritdoc IEscrow
    mapping(address payer => mapping(uint256 nonce => bool spent)) public isPermissionSpent;

    constructor() EIP712("Theriac Escrow", "1") {}

    // Verbs

    /// @inheritdoc IEscrow
    function open(Deal calldata terms, uint256 amount)
        external
        payable
        nonReentrant
        returns (bytes32 deal, uint256 held)
    {
        bool inEther = terms.token == ETHER;
        if (msg.value != (inEther ? amount : 0)) revert Escrow_WrongValue(msg.value, inEther ? amount : 0);
        // Ether needs no consent: who brings it gives it away.
        if (!inEther && terms.payer != msg.sender && !isOperator[terms.payer][msg.sender]) {
            revert Escrow_NoConsent(terms.payer, msg.sender);
        }
        return _open(terms, amount);
    }

    /// @inheritdoc IEscrow
    function openPermitted(Deal calldata terms, uint256 amount, Consent calldata consent)
        external
        nonReentrant
        returns (bytes32 deal, uint256 held)
    {
        if (block.timestamp > consent.until) revert Escrow_PermissionExpired(consent.until);
        if (terms.reclaimableAt > consent.reclaimableBy) {
            revert Escrow_DeadlineBeyondPermission(terms.reclaimableAt, consent.reclaimableBy);
        }
        bytes32 signed = permissionHash(terms, amount, consent);
        // A contract is asked by a static call, so it cannot change anything between this check and what follows.
        bool valid = SignatureChecker.isValidSignatureNowCalldata(terms.payer, signed, consent.signature);
        if (!valid || terms.token == ETHER) revert Escrow_BadPermission(terms.payer);
        _spend(terms.payer, consent.nonce);

        if (consent.permitSignature.length != 0) _permit(terms, amount, consent);
        return _open(terms, amount);
    }

    /// @inheritdoc IEscrow
    function pay(Deal calldata terms) external returns (uint256 toPayee) {
        bytes32 deal;
        (deal, toPayee) = _end(terms);
        _close(deal, terms, 0, toPayee);
    }

    /// @inheritdoc IEscrow
    function refund(Deal calldata terms) external returns (uint256 toPayer) {
        bytes32 deal;
        (deal, toPayer) = _end(terms);
        _close(deal, terms, toPayer, 0);
    }

    /// @inheritdoc IEscrow
    function divide(Deal calldata terms, uint256 toPayer) external returns (uint256 toPayee) {
        (bytes32 deal, uint256 held) = _end(terms);
        if (toPayer > held) revert Escrow_MoreThanHeld(deal, toPayer, held);
        toPayee = held - toPayer;
        _close(deal, terms, toPayer, toPayee);
    }

    /// @inheritdoc IEscrow
    function reclaim(Deal calldata terms) external returns (uint256 toPayer) {
        bytes32 deal = dealIdOf(terms);
        toPayer = heldIn[deal];
        if (toPayer == 0) revert Escrow_NotOpen(deal);
        if (block.timestamp < terms.reclaimableAt) revert Escrow_TooEarly(deal, terms.reclaimableAt);
        // No check of the caller: the payer's money goes to the payer.

        delete heldIn[deal];
        _credit(terms.payer, terms.token, toPayer);

        emit DealReclaimed(deal, terms.payer, terms.payee, terms.token, toPayer, msg.sender);
    }

    /// @inheritdoc IEscrow
    function withdraw(address token, address to) external nonReentrant returns (uint256 amount) {
        // Sent to itself it would become a gift to nobody.
        if (to == address(0) || to == address(this)) revert Escrow_BadRecipient(to);
        amount = creditOf[msg.sender][token];
        if (amount == 0) revert Escrow_NoCredit(msg.sender, token);

        delete creditOf[msg.sender][token];

        emit Withdrawn(msg.sender, token, to, amount);

        if (token == ETHER) Address.sendValue(payable(to), amount);
        else _give(IERC20(token), to, amount);
    }

    /// @inheritdoc IEscrow
    function setOperator(address operator, bool approved) external {
        isOperator[msg.sender][operator] = approved;

        emit OperatorSet(msg.sender, operator, approved);
    }

    /// @inheritdoc IEscrow
    function revokePermission(uint256 nonce) external {
        _spend(msg.sender, nonce);
    }

    // Views

    /// @inheritdoc IEscrow
    function dealIdOf(Deal calldata terms) public pure returns (bytes32) {
        return keccak256(abi.encode(terms));
    }

    /// @inheritdoc IEscrow
    function permissionHash(Deal calldata terms, uint256 amount, Consent calldata consent)
        public
        view
        returns (bytes32)
    {
        return _hashTypedDataV4(
            keccak256(
                abi.encode(
                    PERMISSION_TYPEHASH,
                    terms.opener,
                    terms.payer,
                    terms.payee,
                    terms.token,
                    amount,
                    consent.until,
                    consent.reclaimableBy,
                    consent.nonce
                )
            )
        );
    }

    // Internal: opening

    /// @dev The payer has agreed.
    function _open(Deal calldata terms, uint256 amount) private returns (bytes32 deal, uint256 held) {
        if (terms.opener != msg.sender) revert Escrow_NotOpener(terms.opener, msg.sender);
        if (terms.payer == address(0) || terms.payee == address(0)) revert Escrow_ZeroParty();
        if (terms.reclaimableAt <= block.timestamp || terms.reclaimableAt > block.timestamp + MAX_DURATION) {
            revert Escrow_BadDeadline(terms.reclaimableAt);
        }
        deal = dealIdOf(terms);
        if (heldIn[deal] != 0) revert Escrow_AlreadyOpen(deal);

        // The outside call before the effect, since only then is it known what arrived. Every verb that could spend it is shut meanwhile:
        // this deal holds nothing yet, and the guard keeps the verbs that move the measured balance from being called.
        held = terms.token == ETHER ? amount : _take(IERC20(terms.token), terms.payer, amount);
        if (held == 0) revert Escrow_NothingArrived(terms.token, amount);
        heldIn[deal] = held;

        emit DealOpened(
            deal, terms.payer, terms.payee, msg.sender, terms.token, terms.reclaimableAt, terms.subject, held
        );
    }

    // Internal: closing

    /// @dev Ends a deal of the caller; what it held is now nobody's until it is credited.
    function _end(Deal calldata terms) private returns (bytes32 deal, uint256 held) {
        if (terms.opener != msg.sender) revert Escrow_NotOpener(terms.opener, msg.sender);
        deal = dealIdOf(terms);
        held = heldIn[deal];
        if (held == 0) revert Escrow_NotOpen(deal);

        delete heldIn[deal];
    }

    function _close(bytes32 deal, Deal calldata terms, uint256 toPayer, uint256 toPayee) private {
        if (toPayer != 0) _credit(terms.payer, terms.token, toPayer);
        if (toPayee != 0) _credit(terms.payee, terms.token, toPayee);

        emit DealClosed(deal, terms.payer, terms.payee, terms.token, toPayer, toPayee);
    }

    /// @dev Never fails. All credits in an honest token together are no more than there is of it; one that claims more than a number can
    /// hold must not keep a deal from ending by filling up a party's credit.
    function _credit(address account, address token, uint256 amount) private {
        creditOf[account][token] = Math.saturatingAdd(creditOf[account][token], amount);
    }

    // Internal: consent

    function _spend(address payer, uint256 nonce) private {
        if (isPermissionSpent[payer][nonce]) revert Escrow_PermissionSpent(payer, nonce);
        isPermissionSpent[payer][nonce] = true;
        emit PermissionSpent(payer, nonce);
    }

    /// @dev A permit that fails is not the end: someone may have handed it in already, and the allowance decides.
    function _permit(Deal calldata terms, uint256 amount, Consent calldata consent) private {
        (uint8 v, bytes32 r, bytes32 s) = ECDSA.parseCalldata(consent.permitSignature);
        try IERC20Permit(terms.token).permit(terms.payer, address(this), amount, consent.permitUntil, v, r, s) {}
            catch {}
    }

    // Internal: tokens

    /// @dev What arrives, but no more than was asked: a gift that comes meanwhile is not the deal's.
    function _take(IERC20 token, address payer, uint256 amount) private returns (uint256) {
        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(payer, address(this), amount);
        uint256 arrived = token.balanceOf(address(this)) - before;
        return arrived < amount ? arrived : amount;
    }

    function _give(IERC20 token, address to, uint256 amount) private {
        uint256 before = token.balanceOf(address(this));
        token.safeTransfer(to, amount);
        uint256 left = token.balanceOf(address(this));
        // A gift that comes meanwhile may be larger than the credit.
        if (left < before && before - left > amount) {
            revert Escrow_TokenTakesMore(address(token), before - left, amount);
        }
    }
}
