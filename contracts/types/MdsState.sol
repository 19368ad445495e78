// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// What changes of a device's profile, in one word: from the lowest bit status (8), reasons (8), mode (8), codec (8), hours run (40),
// cycles (40), version (32) and when it was written (40). Zero: there is no profile.
type MdsState is uint256;

/// @notice Device.status (FHIR R4, FHIRDeviceStatus).
enum Status {
    Unknown,
    Active,
    Inactive,
    EnteredInError
}

/// @notice Operating mode (IEEE 11073-10201, as the guide's code system has it): normal, demonstration, service, maintenance.
enum Mode {
    Nml,
    Dmo,
    Srv,
    Mtn
}

using {
    MdsStateLibrary.status,
    MdsStateLibrary.reasons,
    MdsStateLibrary.mode,
    MdsStateLibrary.codec,
    MdsStateLibrary.hoursRun,
    MdsStateLibrary.cycles,
    MdsStateLibrary.version,
    MdsStateLibrary.updatedAt
} for MdsState global;

/// @title How the word is made and read
/// @dev By hand: the compiler writes the members of a struct one by one, which costs some 1,800 gas a version, and as eight words of an event
/// they cost 2,700 more.
// forge-lint: disable-start(unsafe-typecast)
library MdsStateLibrary {
    /// @notice The word of these fields.
    function pack(
        Status status_,
        uint8 reasons_,
        Mode mode_,
        uint8 codec_,
        uint40 hoursRun_,
        uint40 cycles_,
        uint32 version_,
        uint40 updatedAt_
    ) internal pure returns (MdsState) {
        uint256 low = uint256(uint8(status_)) | uint256(reasons_) << 8 | uint256(uint8(mode_)) << 16 | uint256(codec_)
            << 24 | uint256(hoursRun_) << 32;
        return MdsState.wrap(low | uint256(cycles_) << 72 | uint256(version_) << 112 | uint256(updatedAt_) << 144);
    }

    /// @notice Device.status.
    function status(MdsState self) internal pure returns (Status) {
        return Status(uint8(MdsState.unwrap(self)));
    }

    /// @notice Device.statusReason (FHIR R4), one bit each, the lowest first: online, paused, standby, offline, not-ready, transduc-discon,
    /// hw-discon, off.
    function reasons(MdsState self) internal pure returns (uint8) {
        return uint8(MdsState.unwrap(self) >> 8);
    }

    /// @notice The one operating mode.
    function mode(MdsState self) internal pure returns (Mode) {
        return Mode(uint8(MdsState.unwrap(self) >> 16));
    }

    /// @notice Codec of the newest version's root block.
    function codec(MdsState self) internal pure returns (uint8) {
        return uint8(MdsState.unwrap(self) >> 24);
    }

    /// @notice Operating hours.
    function hoursRun(MdsState self) internal pure returns (uint40) {
        return uint40(MdsState.unwrap(self) >> 32);
    }

    /// @notice Operating cycles.
    function cycles(MdsState self) internal pure returns (uint40) {
        return uint40(MdsState.unwrap(self) >> 72);
    }

    /// @notice Number of the newest version, from 1; zero without profile.
    function version(MdsState self) internal pure returns (uint32) {
        return uint32(MdsState.unwrap(self) >> 112);
    }

    /// @notice When it was written.
    function updatedAt(MdsState self) internal pure returns (uint40) {
        return uint40(MdsState.unwrap(self) >> 144);
    }
}
// forge-lint: disable-end(unsafe-typecast)
