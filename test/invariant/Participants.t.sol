// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParticipants} from "../../contracts/interfaces/IParticipants.sol";
import {Base} from "../Base.t.sol";
import {ParticipantsHandler} from "./handlers/ParticipantsHandler.sol";

/// @title Whatever registrars, guardian and accounts do, in whatever order
contract Participants_Invariant_Test is Base {
    ParticipantsHandler private handler;

    function setUp() public override {
        super.setUp();
        handler = new ParticipantsHandler(suite, config);
        targetContract(address(handler));
    }

    /// @dev The model takes a powerful role only where a call was scheduled, not cancelled, and its delay has passed.
    function invariant_EveryParticipantIsAsTheModelSays() external view {
        for (uint256 i = 0; i < handler.accountCount(); ++i) {
            address account = handler.accounts(i);
            IParticipants.Participant memory model = handler.modelOf(account);
            assertEq(abi.encode(participants.participantOf(account)), abi.encode(model));

            bool isActive = !model.roles.isNone() && !model.suspended && block.timestamp >= model.validFrom
                && block.timestamp <= model.validUntil;
            assertEq(participants.isActive(account), isActive);
            assertEq(participants.isActiveAs(account, model.roles), isActive);
            assertEq(participants.isEnrolled(account), !model.roles.isNone());
        }
    }

    function invariant_ThereIsAnAdministrator() external view {
        (bool isMember, uint32 delay) = administration.hasRole(administration.ADMIN_ROLE(), admin);
        assertTrue(isMember);
        assertEq(delay, DELAY);
        assertEq(administration.administratorCount(), 1);
    }
}
