// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMdsProfiles} from "../../contracts/interfaces/IMdsProfiles.sol";
import {ItemId} from "../../contracts/types/Ids.sol";
import {MdsState} from "../../contracts/types/MdsState.sol";
import {MdsProfilesTest} from "../unit/MdsProfiles/MdsProfilesTest.sol";
import {MdsProfilesHandler} from "./MdsProfilesHandler.sol";
import {MdsProfilesStore} from "./MdsProfilesStore.sol";

/// @dev That only the owner, its operators and the engineer at work write is asserted by the handler at each call.
contract MdsProfilesInvariantTest is MdsProfilesTest {
    MdsProfilesStore private store;
    MdsProfilesHandler private handler;
    ItemId[] private items;
    address[] private actors;

    function setUp() public override {
        super.setUp();
        items = [monitor, other];
        actors = [nurse, hospital, clinic, department, gateway, engineer, second];
        store = new MdsProfilesStore();
        store.setOperator(hospital, gateway, true);
        store.setEngineer(engineer, true);
        store.setEngineer(second, true);
        for (uint32 i = 0; i < 2; ++i) {
            MdsProfilesStore.Twin memory twin;
            IMdsProfiles.Profile memory known = profiles.profileOf(items[i]);
            (twin.owner, twin.state, twin.digest) = (hospital, known.state, known.digest);
            if (i == 0) (twin.operator, twin.appointedBy) = (department, hospital);
            store.setTwin(items[i], twin);
            _claim(i, nurse);
        }
        handler = new MdsProfilesHandler(profiles, devices, store, actors, items);
        bytes4[] memory selectors = new bytes4[](12);
        (selectors[0], selectors[1], selectors[2]) =
        (handler.update.selector, handler.updateInService.selector, handler.appoint.selector);
        (selectors[3], selectors[4], selectors[5]) =
        (handler.setOperator.selector, handler.sell.selector, handler.open.selector);
        (selectors[6], selectors[7], selectors[8]) =
        (handler.assign.selector, handler.start.selector, handler.close.selector);
        (selectors[9], selectors[10], selectors[11]) =
        (handler.cancel.selector, handler.passTime.selector, handler.visit.selector);
        targetSelector(FuzzSelector({addr: address(handler), selectors: selectors}));
        targetContract(address(handler));
    }

    function invariant_TheHeadIsTheLastVersion() external view {
        for (uint256 i = 0; i < 2; ++i) {
            MdsProfilesStore.Twin memory twin = store.twinOf(items[i]);
            IMdsProfiles.Profile memory known = profiles.profileOf(items[i]);
            assertEq(MdsState.unwrap(known.state), MdsState.unwrap(twin.state), "state");
            assertEq(known.digest, twin.digest, "digest");
            assertEq(known.operator, twin.appointedBy == twin.owner ? twin.operator : address(0), "operator");
            assertEq(profiles.serviceOf(items[i]).fault, twin.fault, "fault");
        }
    }

    function invariant_CountersRunBackwardsOnlyWithEvidence() external view {
        assertLe(handler.ranBackwards(), handler.replaced());
    }

    /// @dev Whatever has ended stays as it is, since the store changes it no more.
    function invariant_OrdersAreWhereTheyWereMoved() external view {
        assertEq(profiles.orders(), store.orders(), "count");
        for (uint64 order = 0; order <= store.orders(); ++order) {
            MdsProfilesStore.Work memory work = store.workOf(order);
            _assertState(order, work.state);
            assertEq(profiles.orderOf(order).engineer, work.engineer, "engineer");
            for (uint256 i = 0; i < actors.length; ++i) {
                assertEq(profiles.isAssigned(order, actors[i]), store.has(actors[i], order), "whose it is");
            }
        }
    }
}
