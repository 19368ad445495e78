// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMarket} from "../../contracts/interfaces/IMarket.sol";
import {ItemId} from "../../contracts/types/Ids.sol";

/// @title What Market and Escrow should know, kept by other means
contract MarketStore {
    struct Offered {
        IMarket.Terms terms;
        uint128 price;
        uint32 stock;
    }

    /// @param held what arrived for it
    /// @param reclaimed whether somebody had it sent back in `Escrow`
    struct Bought {
        IMarket.Purchase terms;
        IMarket.Status status;
        uint40 since;
        bool silencePaysBuyer;
        uint256 held;
        bool reclaimed;
    }

    Offered[] private _offered;
    mapping(bytes32 offer => uint256 number) private _numberOfOffer;
    Bought[] private _bought;

    mapping(address account => mapping(address token => uint256 amount)) public creditOf;
    mapping(address token => uint256 amount) public heldIn;
    mapping(address token => uint256 amount) public withdrawn;
    mapping(ItemId item => bool) public isMinted;
    /// @notice How many open purchases are over the item.
    mapping(ItemId item => uint256 count) public openOver;

    // What happened

    function setOffer(IMarket.Terms memory terms, uint128 price, uint32 stock) external {
        bytes32 id = keccak256(abi.encode(terms));
        if (_numberOfOffer[id] == 0) {
            _offered.push();
            _numberOfOffer[id] = _offered.length;
        }
        _offered[_numberOfOffer[id] - 1] = Offered(terms, price, stock);
    }

    function takeStock(uint256 number, uint256 count) external {
        // forge-lint: disable-next-line(unsafe-typecast)
        _offered[number].stock -= uint32(count);
    }

    function setMinted(ItemId item) external {
        isMinted[item] = true;
    }

    function addBought(IMarket.Purchase memory terms, uint256 held) external {
        Bought storage bought = _bought.push();
        bought.terms = terms;
        (bought.status, bought.since, bought.silencePaysBuyer) = (IMarket.Status.Paid, terms.boughtAt, true);
        bought.held = held;
        heldIn[terms.token] += held;
        for (uint256 i = 0; i < terms.items.length; ++i) {
            isMinted[terms.items[i]] = true;
            ++openOver[terms.items[i]];
        }
    }

    function move(uint256 number, IMarket.Status to, bool silencePaysBuyer) external {
        Bought storage bought = _bought[number];
        (bought.status, bought.silencePaysBuyer) = (to, silencePaysBuyer);
        bought.since = uint40(block.timestamp);
    }

    /// @notice The purchase ends; `toBuyer` of the money that is there still is the buyer's.
    function end(uint256 number, IMarket.Status to, uint256 toBuyer) external {
        Bought storage bought = _bought[number];
        if (!bought.reclaimed) _credit(bought, toBuyer, bought.held - toBuyer);
        (bought.status, bought.silencePaysBuyer) = (to, false);
        bought.since = uint40(block.timestamp);
        for (uint256 i = 0; i < bought.terms.items.length; ++i) {
            --openOver[bought.terms.items[i]];
        }
    }

    function reclaim(uint256 number) external {
        Bought storage bought = _bought[number];
        _credit(bought, bought.held, 0);
        bought.reclaimed = true;
    }

    function addCredit(address account, address token, uint256 amount) external {
        creditOf[account][token] += amount;
    }

    function withdraw(address account, address token) external {
        creditOf[account][token] = 0;
    }

    function _credit(Bought storage bought, uint256 toBuyer, uint256 toSeller) private {
        address token = bought.terms.token;
        heldIn[token] -= toBuyer + toSeller;
        creditOf[bought.terms.buyer][token] += toBuyer;
        creditOf[bought.terms.seller][token] += toSeller;
    }

    // What follows from it

    function offerCount() external view returns (uint256) {
        return _offered.length;
    }

    function offerAt(uint256 number) external view returns (Offered memory) {
        return _offered[number];
    }

    /// @notice The next offer from `number` on that can be bought from; `number` where none is, and one time of eight.
    function nextLive(uint256 number, uint256 seed) external view returns (uint256) {
        uint256 count = _offered.length;
        for (uint256 i = 0; seed % 8 != 0 && i < count; ++i) {
            Offered storage candidate = _offered[(number + i) % count];
            if (candidate.stock != 0 && block.timestamp <= candidate.terms.until) return (number + i) % count;
        }
        return number;
    }

    function purchaseCount() external view returns (uint256) {
        return _bought.length;
    }

    function purchaseAt(uint256 number) external view returns (Bought memory) {
        return _bought[number];
    }

    /// @notice The next purchase from `number` on that is open; `number` where none is.
    function nextOpen(uint256 number) external view returns (uint256) {
        uint256 count = _bought.length;
        for (uint256 i = 0; i < count; ++i) {
            uint256 candidate = (number + i) % count;
            if (isOpen(candidate)) return candidate;
        }
        return number;
    }

    function isOpen(uint256 number) public view returns (bool) {
        return lastSecondOf(number) != 0;
    }

    /// @notice Zero at an end.
    function lastSecondOf(uint256 number) public view returns (uint40) {
        Bought storage bought = _bought[number];
        IMarket.Status status = bought.status;
        uint32 time;
        if (status == IMarket.Status.Paid) time = bought.terms.shipTime;
        if (status == IMarket.Status.Shipped) time = bought.terms.inspectionTime;
        if (status == IMarket.Status.Received) time = bought.terms.inspectionTime;
        if (status == IMarket.Status.Returning) time = bought.terms.returnTime;
        if (status == IMarket.Status.Returned) time = bought.terms.returnTime;
        if (status == IMarket.Status.Disputed) time = bought.terms.arbitrationTime;
        return time == 0 ? 0 : bought.since + time;
    }

    function reclaimableAt(uint256 number) external view returns (uint256) {
        IMarket.Purchase storage terms = _bought[number].terms;
        return uint256(terms.boughtAt) + terms.shipTime + 2 * uint256(terms.inspectionTime) + 2
            * uint256(terms.returnTime) + terms.arbitrationTime + 30 days;
    }

    /// @notice Whether it has this status, and its time is not over.
    function isInTime(uint256 number, IMarket.Status status) public view returns (bool) {
        return _bought[number].status == status && block.timestamp <= lastSecondOf(number);
    }

    /// @notice Who may dispute it now; zero for nobody.
    function disputantOf(uint256 number) external view returns (address) {
        Bought storage bought = _bought[number];
        bool byBuyer = isInTime(number, IMarket.Status.Shipped) || isInTime(number, IMarket.Status.Received);
        if (byBuyer) return bought.terms.buyer;
        bool bySeller = isInTime(number, IMarket.Status.Returning) || isInTime(number, IMarket.Status.Returned);
        return bySeller ? bought.terms.seller : address(0);
    }

    function maySettle(uint256 number, address caller) external view returns (bool) {
        Bought storage bought = _bought[number];
        if (!isOpen(number)) return false;
        if (caller == bought.terms.buyer) return true;
        return !bought.silencePaysBuyer && block.timestamp > lastSecondOf(number);
    }

    function mayRefund(uint256 number, address caller) external view returns (bool) {
        Bought storage bought = _bought[number];
        IMarket.Status status = bought.status;
        if (!isOpen(number)) return false;
        if (caller == bought.terms.buyer && status == IMarket.Status.Paid) return true;
        bool withBuyer = status == IMarket.Status.Shipped || status == IMarket.Status.Received;
        if (caller == bought.terms.seller && !withBuyer) return true;
        return bought.silencePaysBuyer && block.timestamp > lastSecondOf(number);
    }
}
