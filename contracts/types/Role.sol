// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// A set of roles of a participant: one bit per role, so that one word says all that an account may be.
type Role is uint32;

using {
    roleOr as |,
    roleAnd as &,
    roleEquals as ==,
    RoleLibrary.intersects,
    RoleLibrary.isPowerful,
    RoleLibrary.isNone
} for Role global;

// Enrols participants; the administration's hand.
Role constant REGISTRAR = Role.wrap(1 << 0);
// A competent authority: approves, recalls, strikes.
Role constant REGULATOR = Role.wrap(1 << 1);
// A notified or certification body: approves models.
Role constant CERTIFIER = Role.wrap(1 << 2);
// Makes devices or medicines and registers models and lots.
Role constant MANUFACTURER = Role.wrap(1 << 3);
// Wholesaler, importer, logistics.
Role constant DISTRIBUTOR = Role.wrap(1 << 4);
// A health-care provider: hospital, practice, laboratory.
Role constant PROVIDER = Role.wrap(1 << 5);
// A pharmacy as an organisation.
Role constant PHARMACY = Role.wrap(1 << 6);
// A licensed practitioner.
Role constant PRACTITIONER = Role.wrap(1 << 7);
// A licensed pharmacist.
Role constant PHARMACIST = Role.wrap(1 << 8);
// A service engineer.
Role constant ENGINEER = Role.wrap(1 << 9);
// A patient, always under a pseudonymous account.
Role constant PATIENT = Role.wrap(1 << 10);
// Decides disputes.
Role constant ARBITER = Role.wrap(1 << 11);
// Runs an oracle node.
Role constant ORACLE = Role.wrap(1 << 12);
// Runs a gateway.
Role constant GATEWAY = Role.wrap(1 << 13);

// Roles whose grant is delayed and can be cancelled by the guardian.
Role constant POWERFUL = Role.wrap(
    Role.unwrap(REGISTRAR) | Role.unwrap(REGULATOR) | Role.unwrap(CERTIFIER) | Role.unwrap(ARBITER)
        | Role.unwrap(ORACLE) | Role.unwrap(GATEWAY)
);

// Every role there is.
Role constant ALL_ROLES = Role.wrap((1 << 14) - 1);

function roleOr(Role a, Role b) pure returns (Role) {
    return Role.wrap(Role.unwrap(a) | Role.unwrap(b));
}

function roleAnd(Role a, Role b) pure returns (Role) {
    return Role.wrap(Role.unwrap(a) & Role.unwrap(b));
}

function roleEquals(Role a, Role b) pure returns (bool) {
    return Role.unwrap(a) == Role.unwrap(b);
}

/// @title Questions about a set of roles
library RoleLibrary {
    /// @notice Whether `self` has at least one role of `other`.
    function intersects(Role self, Role other) internal pure returns (bool) {
        return Role.unwrap(self & other) != 0;
    }

    /// @notice Whether `self` has a role that only the delayed path may grant.
    function isPowerful(Role self) internal pure returns (bool) {
        return intersects(self, POWERFUL);
    }

    /// @notice Whether `self` has no role at all.
    function isNone(Role self) internal pure returns (bool) {
        return Role.unwrap(self) == 0;
    }
}
