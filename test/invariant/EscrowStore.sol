// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";

/// @title Whose money it should be, kept in the plainest way
/// @notice The handler writes here what it did, and asks here whether the next call must succeed. Deals are known by their number.
contract EscrowStore {
    struct Record {
        IEscrow.Deal terms;
        uint256 held;
        bool open;
    }

    Record[] private _deals;
    mapping(bytes32 deal => uint256 numberPlusOne) private _numberOf;
    mapping(address account => mapping(address token => uint256)) public creditOf;
    /// @notice What the account has in its own hands.
    mapping(address account => mapping(address token => uint256)) public walletOf;
    mapping(address token => uint256) public giftsOf;
    mapping(address account => mapping(address operator => bool)) public isOperator;
    mapping(address account => mapping(uint256 nonce => bool)) public isSpent;
    /// @notice All that deals ever held, and all that they gave to their payers and payees.
    mapping(address token => uint256) public totalHeldOf;
    mapping(address token => uint256) public totalDividedOf;

    // What was done

    function endow(address account, address token, uint256 amount) external {
        walletOf[account][token] += amount;
    }

    /// @notice `from` gave `amount`, of which `held` arrived.
    function open(IEscrow.Deal calldata terms, address from, uint256 amount, uint256 held) external {
        walletOf[from][terms.token] -= amount;
        totalHeldOf[terms.token] += held;
        bytes32 id = keccak256(abi.encode(terms));
        if (_numberOf[id] == 0) {
            _deals.push();
            _numberOf[id] = _deals.length;
        }
        _deals[_numberOf[id] - 1] = Record(terms, held, true);
    }

    function close(uint256 number, uint256 toPayer) external {
        Record storage deal = _deals[number];
        creditOf[deal.terms.payer][deal.terms.token] += toPayer;
        creditOf[deal.terms.payee][deal.terms.token] += deal.held - toPayer;
        totalDividedOf[deal.terms.token] += deal.held;
        deal.open = false;
    }

    function withdraw(address account, address token, uint256 amount, address to, uint256 arrived) external {
        creditOf[account][token] -= amount;
        walletOf[to][token] += arrived;
    }

    function give(address token, uint256 amount) external {
        giftsOf[token] += amount;
    }

    function setOperator(address account, address operator, bool approved) external {
        isOperator[account][operator] = approved;
    }

    function spend(address account, uint256 nonce) external {
        isSpent[account][nonce] = true;
    }

    // What follows from it

    function count() external view returns (uint256) {
        return _deals.length;
    }

    function dealOf(uint256 number) external view returns (Record memory) {
        return _deals[number];
    }

    function isOpen(IEscrow.Deal calldata terms) public view returns (bool) {
        uint256 number = _numberOf[keccak256(abi.encode(terms))];
        return number != 0 && _deals[number - 1].open;
    }

    /// @notice The ether is the opener's own; tokens need the payer's word.
    function mayOpen(IEscrow.Deal calldata terms) external view returns (bool) {
        return terms.token == address(0) || terms.payer == terms.opener || isOperator[terms.payer][terms.opener];
    }

    function mayDivide(address caller, uint256 number, uint256 toPayer) external view returns (bool) {
        Record storage deal = _deals[number];
        return deal.open && caller == deal.terms.opener && toPayer <= deal.held;
    }

    function mayReclaim(uint256 number) external view returns (bool) {
        Record storage deal = _deals[number];
        return deal.open && block.timestamp >= deal.terms.reclaimableAt;
    }
}
