// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Escrow: whose money is this?
/// @notice Holds the money of deals, in ether or any ERC-20 token, and the credits that come of them. Every amount is in the token's smallest
/// unit (wei for ether, whose token is the zero address).
///
///     (none) ── open ──▶ open ── pay, refund, divide (opener) ──▶ (none), and credits
///                         └──── reclaim (anyone, from reclaimableAt) ──▶ (none), and a credit of the payer
///     credit ── withdraw (who has it) ──▶ (none)
///
/// A deal is known by the hash of its terms; whoever acts on it hands them in again. The chain keeps one slot of it: what it holds.
interface IEscrow {
    /// @notice The terms of a deal, fixed at its opening.
    /// @param opener whom alone it obeys, and only in how it is divided between payer and payee
    /// @param payer whose money it is
    /// @param payee who may be paid
    /// @param token the ERC-20 token, or zero for ether
    /// @param reclaimableAt from this second on anyone can send it back to the payer
    /// @param subject what it is for, as the opener numbers it: tells deals of the same parties apart
    struct Deal {
        address opener;
        address payer;
        address payee;
        address token;
        uint40 reclaimableAt;
        bytes32 subject;
    }

    /// @notice How a payer of tokens agrees to one deal whose opener it did not approve with {setOperator}.
    /// @param until last second at which the permission may be used
    /// @param reclaimableBy the latest {Deal} `reclaimableAt` that it allows
    /// @param nonce any number that the payer has not used before
    /// @param signature the payer's (EIP-712, or ERC-1271 for contracts) over
    /// Permission(address opener,address payer,address payee,address token,uint256 amount,uint40 until,uint40 reclaimableBy,uint256 nonce)
    /// @param permitUntil deadline of the token's own permit (ERC-2612)
    /// @param permitSignature of the payer over that permit, for this contract and exactly the deal's amount; empty: the allowance is there
    struct Consent {
        uint40 until;
        uint40 reclaimableBy;
        uint256 nonce;
        bytes signature;
        uint256 permitUntil;
        bytes permitSignature;
    }

    /// @notice A deal was opened and holds `amount`: what arrived, which for tokens that take a fee is less than was asked.
    event DealOpened(
        bytes32 indexed deal,
        address indexed payer,
        address indexed payee,
        address opener,
        address token,
        uint40 reclaimableAt,
        bytes32 subject,
        uint256 amount
    );
    /// @notice The opener divided what the deal held; the shares are credits now.
    event DealClosed(
        bytes32 indexed deal,
        address indexed payer,
        address indexed payee,
        address token,
        uint256 toPayer,
        uint256 toPayee
    );
    /// @notice Its time was over and somebody (`by`) sent it back.
    event DealReclaimed(
        bytes32 indexed deal, address indexed payer, address indexed payee, address token, uint256 toPayer, address by
    );
    event Withdrawn(address indexed account, address indexed token, address indexed to, uint256 amount);
    event OperatorSet(address indexed account, address indexed operator, bool approved);
    /// @notice The nonce is used up: its permission was used, or its payer withdrew it.
    event PermissionSpent(address indexed payer, uint256 indexed nonce);

    /// @notice The caller is not the deal's opener.
    error Escrow_NotOpener(address opener, address caller);
    /// @notice Payer and payee must not be zero.
    error Escrow_ZeroParty();
    /// @notice A deal ends in the future, at most `MAX_DURATION` from now.
    error Escrow_BadDeadline(uint40 reclaimableAt);
    error Escrow_AlreadyOpen(bytes32 deal);
    /// @notice The ether sent is not what the deal needs: its amount, or none where it is in a token.
    error Escrow_WrongValue(uint256 sent, uint256 needed);
    /// @notice Nothing is to be held, or nothing arrived.
    error Escrow_NothingArrived(address token, uint256 asked);
    /// @notice The payer did not approve the opener.
    error Escrow_NoConsent(address payer, address opener);
    /// @notice The signature is not the payer's over exactly this; permissions are for tokens, since ether comes with the call.
    error Escrow_BadPermission(address payer);
    error Escrow_PermissionExpired(uint40 until);
    /// @notice The deal would be held longer than the payer allowed.
    error Escrow_DeadlineBeyondPermission(uint40 reclaimableAt, uint40 reclaimableBy);
    error Escrow_PermissionSpent(address payer, uint256 nonce);
    /// @notice No such deal is open: the terms differ, or it was closed.
    error Escrow_NotOpen(bytes32 deal);
    error Escrow_MoreThanHeld(bytes32 deal, uint256 asked, uint256 held);
    error Escrow_TooEarly(bytes32 deal, uint40 reclaimableAt);
    error Escrow_NoCredit(address account, address token);
    error Escrow_BadRecipient(address to);
    /// @notice Sending the token would take more from this contract than the credit: that would be the money of others.
    error Escrow_TokenTakesMore(address token, uint256 taken, uint256 credit);

    /// @notice Opens a deal with money of its payer. Caller: the deal's opener, any account or contract. Ether comes with the call; tokens
    /// come from the payer, who is the caller itself or approved it with {setOperator}, and allowed this contract to take them.
    /// @return deal its id, {dealIdOf} the terms
    /// @return held what arrived
    function open(Deal calldata terms, uint256 amount) external payable returns (bytes32 deal, uint256 held);

    /// @notice As {open} in tokens, with the payer's signed permission, and its permit of the token where it has one.
    function openPermitted(Deal calldata terms, uint256 amount, Consent calldata consent)
        external
        returns (bytes32 deal, uint256 held);

    /// @notice Credits all that the deal holds to its payee. Caller: its opener.
    function pay(Deal calldata terms) external returns (uint256 toPayee);

    /// @notice Credits all that the deal holds to its payer. Caller: its opener.
    function refund(Deal calldata terms) external returns (uint256 toPayer);

    /// @notice Credits `toPayer` to the payer and what is left to the payee. Caller: its opener.
    function divide(Deal calldata terms, uint256 toPayer) external returns (uint256 toPayee);

    /// @notice Credits all that the deal holds to its payer, from `reclaimableAt` on. Caller: anyone.
    function reclaim(Deal calldata terms) external returns (uint256 toPayer);

    /// @notice Sends all of the caller's credit in `token` to `to`. Caller: anyone for itself.
    function withdraw(address token, address to) external returns (uint256 amount);

    /// @notice Allows `operator` to open deals with the caller's tokens, or no longer. Approve contracts that are public.
    function setOperator(address operator, bool approved) external;

    /// @notice Withdraws the signed permission with this nonce, used or not.
    function revokePermission(uint256 nonce) external;

    /// @notice What an open deal holds; zero for one that is not open.
    function heldIn(bytes32 deal) external view returns (uint256);
    /// @notice What the account can withdraw.
    function creditOf(address account, address token) external view returns (uint256);
    function isOperator(address account, address operator) external view returns (bool);
    function isPermissionSpent(address payer, uint256 nonce) external view returns (bool);
    function dealIdOf(Deal calldata terms) external pure returns (bytes32);
    /// @notice The EIP-712 digest that the payer of these terms signs; `consent.signature` is not read.
    function permissionHash(Deal calldata terms, uint256 amount, Consent calldata consent)
        external
        view
        returns (bytes32);
}
