// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../contracts/interfaces/ICustody.sol";
import {ItemId, ModelId} from "../../contracts/types/Ids.sol";
import {PossessionTest} from "../Possession.t.sol";
import {CustodyHandler, ISuspender} from "./CustodyHandler.sol";
import {CustodyStore} from "./CustodyStore.sol";

contract CustodyInvariantTest is PossessionTest, ISuspender {
    /// @dev Few, so that calls meet.
    uint32 private constant UNITS = 3;

    CustodyStore private store;
    address[] private parties;

    function setUp() public override {
        super.setUp();
        address[] memory enrolled = new address[](4);
        (enrolled[0], enrolled[1], enrolled[2], enrolled[3]) = (maker, distributor, hospital, regulator);
        parties = [maker, distributor, hospital, regulator, stranger];
        store = new CustodyStore(maker, regulator, expiresAt, enrolled);

        CustodyHandler.Member[] memory members = new CustodyHandler.Member[](UNITS);
        for (uint32 i = 0; i < UNITS; ++i) {
            members[i] = CustodyHandler.Member(_item(i), _tagKey(i), _proof(i));
        }
        CustodyHandler handler = new CustodyHandler(custody, store, members, parties);
        // The maker, party 0, begins with two of the three in hand.
        handler.commission(0, 0);
        handler.commission(0, 1);
        targetContract(address(handler));
    }

    /// @inheritdoc ISuspender
    function setSuspended(
        address account,
        bool suspended
    ) external {
        if (suspended) _suspend(account);
        else _reinstate(account);
    }

    /// @dev One holder per item, and it is the one that all handshakes so far lead to. Since every call of the handler succeeds exactly when
    /// the store allows it, this also says that only parties act, that an inactive or immovable item only goes back, and that nothing of
    /// an item changes by what is done to another.
    function invariant_HoldingsAreWhatTheHandshakesMade() external {
        for (uint32 i = 0; i < UNITS; ++i) {
            item = _item(i);
            CustodyStore.Unit memory unit = store.unitOf(i);
            _assertHolding(unit.holder, unit.addressee, unit.cameFrom);
            assertEq(custody.holdingOf(item).decommissioned, unit.decommissioned, "decommissioned");
        }
    }

    function invariant_CountsAreTheFlags() external view {
        for (uint32 i = 0; i < UNITS; ++i) {
            ICustody.Holding memory holding = custody.holdingOf(_item(i));
            assertEq(holding.quarantines, store.quarantinesOf(i).length, "quarantines");
            assertEq(holding.losses, store.lossesOf(i).length, "losses");
            for (uint256 j = 0; j < parties.length; ++j) {
                address party = parties[j];
                assertEq(custody.isQuarantinedBy(_item(i), party), store.isQuarantinedBy(i, party), "quarantined by");
                assertEq(custody.isLostBy(_item(i), party), store.isLostBy(i, party), "lost by");
            }
        }
    }

    function invariant_OpenRecallsAreThoseNotClosed() external view {
        assertEq(custody.lastRecallId(), store.recallCount(), "ids without gaps");
        uint256 ofModel = custody.openRecallsOf(ModelId.unwrap(model));
        assertEq(ofModel, store.openRecalls(ICustody.RecallScope.Model, 0), "model");
        uint256 ofLot = custody.openRecallsOf(lot.asSubject());
        assertEq(ofLot, store.openRecalls(ICustody.RecallScope.Lot, 0), "lot");
        for (uint32 i = 0; i < UNITS; ++i) {
            uint256 ofItem = custody.openRecallsOf(ItemId.unwrap(_item(i)));
            assertEq(ofItem, store.openRecalls(ICustody.RecallScope.Item, i), "item");
        }
    }

    function invariant_StandingFollowsFromTheRecord() external {
        for (uint32 i = 0; i < UNITS; ++i) {
            item = _item(i);
            _assertStanding(store.standingOf(i));
        }
    }
}
