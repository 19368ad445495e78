// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Market} from "../../contracts/Market.sol";
import {IAnchors} from "../../contracts/interfaces/IAnchors.sol";
import {ICustody} from "../../contracts/interfaces/ICustody.sol";
import {IDevices} from "../../contracts/interfaces/IDevices.sol";
import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {IMarket} from "../../contracts/interfaces/IMarket.sol";
import {IParticipants} from "../../contracts/interfaces/IParticipants.sol";
import {ItemId} from "../../contracts/types/Ids.sol";
import {MarketAttackToken, MarketPuppet} from "../mocks/MarketAttackers.sol";
import {MarketStore} from "./MarketStore.sol";
import {IERC721} from "@openzeppelin/contracts/interfaces/IERC721.sol";
import {Test} from "forge-std/Test.sol";

/// @title The test that made the handler, as the administration's hand
interface IMarketSuspender {
    function setSuspended(address account, bool suspended) external;
}

/// @title The parties of the market, their goods and tokens, and how they call
abstract contract MarketWorld is Test {
    /// @param parties all active at first; the first is the maker, the last is `puppet`
    /// @param tokens ether, one that is as it should be, one that takes a fee, and `attackToken`
    struct World {
        address[] parties;
        address arbiter;
        address regulator;
        address stranger;
        MarketPuppet puppet;
        address[] tokens;
        MarketAttackToken attackToken;
    }

    bytes32 internal constant EVIDENCE = keccak256("an EPCIS event");

    Market internal immutable MARKET;
    IEscrow internal immutable ESCROW;
    ICustody internal immutable CUSTODY;
    IDevices internal immutable DEVICES;
    IAnchors internal immutable ANCHORS;
    IParticipants internal immutable PARTICIPANTS;
    MarketStore internal immutable STORE;
    IMarketSuspender internal immutable ADMINISTRATION;
    address internal immutable MAKER;

    World internal _world;
    ItemId[] internal _items;
    IDevices.Membership[] internal _memberships;

    constructor(Market market, MarketStore store, World memory world) {
        MARKET = market;
        ESCROW = market.ESCROW();
        CUSTODY = market.CUSTODY();
        DEVICES = market.DEVICES();
        ANCHORS = market.ANCHORS();
        PARTICIPANTS = market.PARTICIPANTS();
        STORE = store;
        ADMINISTRATION = IMarketSuspender(msg.sender);
        MAKER = world.parties[0];
        _world = world;
    }

    function addItem(ItemId item, IDevices.Membership calldata membership) external {
        _items.push(item);
        _memberships.push(membership);
    }

    // ------------------------------------------------------------------------------------------------------------ common

    function _market(address caller, bytes memory data, bool expected) internal returns (bool) {
        return _call(caller, address(MARKET), 0, data, expected);
    }

    function _pay(address caller, uint256 value, bytes memory data, bool expected) internal returns (bool) {
        return _call(caller, address(MARKET), value, data, expected);
    }

    function _call(address caller, address target, uint256 value, bytes memory data, bool expected)
        internal
        returns (bool success)
    {
        vm.prank(caller);
        (success,) = target.call{value: value}(data);
        assertEq(success, expected, "allowed exactly when the store says so");
    }

    /// @dev Whoever is likely to be allowed, seven times of eight.
    function _mostly(address likely, uint256 seed) internal view returns (address) {
        if (seed % 8 != 0 && likely != address(0)) return likely;
        uint256 count = _world.parties.length;
        uint256 which = (seed >> 8) % (count + 2);
        if (which == count) return _world.stranger;
        return which > count ? _world.arbiter : _world.parties[which];
    }

    function _party(uint256 seed) internal view returns (address) {
        return _world.parties[(seed >> 8) % _world.parties.length];
    }

    /// @dev The fuzzer likes small numbers and those it has seen, which would always choose the same.
    function _mix(uint256 seed, uint256 place) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, place)));
    }

    function _item(uint256 seed) internal view returns (ItemId) {
        return _items[seed % _items.length];
    }

    function _ownerOf(ItemId item) internal view returns (address) {
        return IERC721(address(DEVICES)).ownerOf(item.tokenId());
    }

    function _balanceOf(address account, address token) internal view returns (uint256) {
        return token == address(0) ? account.balance : MarketAttackToken(token).balanceOf(account);
    }

    // ------------------------------------------------------------------------------------------------------------ goods

    /// @dev As `Custody` has it: freely between the active, else only back.
    function _mayShip(ItemId[] memory items, address from, address to) internal view returns (bool) {
        for (uint256 i = 0; i < items.length; ++i) {
            ICustody.Holding memory holding = CUSTODY.holdingOf(items[i]);
            if (holding.holder != from || holding.addressee != address(0) || !PARTICIPANTS.isActive(to)) return false;
            (bool movable,) = CUSTODY.isMovable(items[i]);
            bool isBack = to == MAKER || holding.cameFromTag == bytes11(keccak256(abi.encode(to)));
            if (!isBack && !(movable && PARTICIPANTS.isActive(from))) return false;
        }
        return true;
    }

    /// @dev By settling or refunding; of what was reclaimed the twins go back whichever way was asked for.
    function _ended(uint256 number, IMarket.Status end, uint256 toBuyer) internal {
        MarketStore.Bought memory bought = STORE.purchaseAt(number);
        if (bought.reclaimed) end = IMarket.Status.Refunded;
        STORE.end(number, end, toBuyer);
        bool buyerKeeps = end == IMarket.Status.Settled;
        _assertAtRest(bought.terms.items, buyerKeeps ? bought.terms.buyer : bought.terms.seller);
    }

    function _assertAtRest(ItemId[] memory items, address owner) internal view {
        for (uint256 i = 0; i < items.length; ++i) {
            assertEq(_ownerOf(items[i]), owner, "at rest: owner");
            assertFalse(DEVICES.locked(items[i].tokenId()), "at rest: locked");
        }
    }
}
