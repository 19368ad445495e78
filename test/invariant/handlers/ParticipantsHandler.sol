// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParticipants} from "../../../contracts/interfaces/IParticipants.sol";
import {ALL_ROLES, POWERFUL, Role} from "../../../contracts/types/Role.sol";
import {Config, Suite} from "../../../script/Deploy.s.sol";
import {CommonBase} from "forge-std/Base.sol";
import {StdUtils} from "forge-std/StdUtils.sol";

/// @title Acts on `Participants` as registrar, guardian and account do, and remembers what must be so after it
contract ParticipantsHandler is CommonBase, StdUtils {
    /// @notice What was scheduled and not yet executed or cancelled.
    struct Pending {
        bytes data;
        uint256 readyAt;
    }

    uint256 private constant EXPIRATION = 1 weeks;

    Suite private suite;
    Config private config;

    address[] public accounts;
    /// @notice What each account must be.
    mapping(address account => IParticipants.Participant participant) private _model;
    mapping(address account => Pending pending) private _grant;
    mapping(address account => Pending pending) private _reinstatement;

    error Handler_Unexpected(string act, address account, bool success);

    constructor(
        Suite memory suite_,
        Config memory config_
    ) {
        suite = suite_;
        config = config_;
        for (uint256 i = 0; i < 4; ++i) {
            accounts.push(vm.addr(uint256(keccak256(abi.encode("participant", i)))));
        }
    }

    function modelOf(
        address account
    ) external view returns (IParticipants.Participant memory) {
        return _model[account];
    }

    function accountCount() external view returns (uint256) {
        return accounts.length;
    }

    function enrol(
        uint256 accountSeed,
        uint32 roleSeed,
        uint40 length
    ) external {
        address account = _account(accountSeed);
        IParticipants.Enrolment memory enrolment = _enrolment(account, roleSeed, length);
        bool isPowerful = (enrolment.roles | _model[account].roles).isPowerful();
        bool success = _call(config.registrar, abi.encodeCall(IParticipants.enrol, (account, enrolment)));
        if (success == isPowerful) revert Handler_Unexpected("enrol", account, success);
        if (success) _keep(account, enrolment);
    }

    function schedulePowerful(
        uint256 accountSeed,
        uint32 roleSeed,
        uint40 length
    ) external {
        address account = _account(accountSeed);
        IParticipants.Enrolment memory enrolment = _enrolment(account, roleSeed, length);
        // Until long after the execution window, so that only the delay decides.
        enrolment.validUntil += 3650 days;
        bytes memory data = abi.encodeCall(IParticipants.enrolPowerful, (account, enrolment));
        _schedule(_grant[account], data);
    }

    function executePowerful(
        uint256 accountSeed
    ) external {
        address account = _account(accountSeed);
        Pending storage pending = _grant[account];
        if (pending.data.length == 0) return;
        bytes memory data = pending.data;
        bool success = _call(config.registrar, data);
        if (success != _isReady(pending)) revert Handler_Unexpected("enrolPowerful", account, success);
        if (!success) return;

        delete _grant[account];
        (, IParticipants.Enrolment memory enrolment) = abi.decode(_arguments(data), (address, IParticipants.Enrolment));
        _keep(account, enrolment);
    }

    /// @dev Without any schedule: it must never work, whoever tries.
    function enrolPowerfulAtOnce(
        uint256 accountSeed,
        uint256 callerSeed,
        uint32 roleSeed
    ) external {
        address account = _account(accountSeed);
        address[4] memory callers = [config.registrar, config.admin, config.guardian, account];
        // Never what was scheduled.
        IParticipants.Enrolment memory enrolment = _enrolment(account, roleSeed, 0);
        enrolment.credential = keccak256("never scheduled");
        bytes memory data = abi.encodeCall(IParticipants.enrolPowerful, (account, enrolment));
        if (_call(callers[callerSeed % 4], data)) revert Handler_Unexpected("enrolPowerful at once", account, true);
    }

    function cancel(
        uint256 accountSeed
    ) external {
        address account = _account(accountSeed);
        Pending storage pending = _grant[account];
        if (pending.data.length == 0) return;
        vm.prank(config.guardian);
        suite.administration.cancel(config.registrar, address(suite.participants), pending.data);
        delete _grant[account];
    }

    function suspend(
        uint256 accountSeed
    ) external {
        address account = _account(accountSeed);
        IParticipants.Participant storage participant = _model[account];
        bool success = _call(config.registrar, abi.encodeCall(IParticipants.suspend, (account, bytes32(0))));
        if (success != (!participant.roles.isNone() && !participant.suspended)) {
            revert Handler_Unexpected("suspend", account, success);
        }
        if (success) participant.suspended = true;
    }

    function scheduleReinstatement(
        uint256 accountSeed
    ) external {
        address account = _account(accountSeed);
        bytes memory data = abi.encodeCall(IParticipants.reinstate, (account, keccak256("reasons")));
        _schedule(_reinstatement[account], data);
    }

    function reinstate(
        uint256 accountSeed
    ) external {
        address account = _account(accountSeed);
        Pending storage pending = _reinstatement[account];
        bytes memory data = abi.encodeCall(IParticipants.reinstate, (account, keccak256("reasons")));
        bool success = _call(config.registrar, data);
        if (success != (_isReady(pending) && _model[account].suspended)) {
            revert Handler_Unexpected("reinstate", account, success);
        }
        if (!success) return;
        delete _reinstatement[account];
        _model[account].suspended = false;
    }

    function setEncryptionKey(
        uint256 accountSeed,
        bytes32 key
    ) external {
        address account = _account(accountSeed);
        bool success = _call(account, abi.encodeCall(IParticipants.setEncryptionKey, (key)));
        if (success == _model[account].roles.isNone()) revert Handler_Unexpected("setEncryptionKey", account, success);
        if (success) _model[account].encryptionKey = key;
    }

    function passTime(
        uint256 time
    ) external {
        vm.warp(block.timestamp + bound(time, 1, 3 days));
    }

    function _account(
        uint256 seed
    ) private view returns (address) {
        return accounts[seed % accounts.length];
    }

    function _enrolment(
        address account,
        uint32 roleSeed,
        uint40 length
    ) private view returns (IParticipants.Enrolment memory enrolment) {
        // Every second one ordinary, since random bits are nearly always powerful.
        uint32 roles = roleSeed & Role.unwrap(ALL_ROLES);
        if (roleSeed >> 31 == 1) roles &= ~Role.unwrap(POWERFUL);
        enrolment.roles = roles == 0 ? Role.wrap(1 << 3) : Role.wrap(roles);
        enrolment.validFrom = uint40(block.timestamp);
        enrolment.validUntil = uint40(block.timestamp + bound(length, 0, 20 days));
        enrolment.organisation = keccak256(abi.encode(account, "organisation"));
        enrolment.credential = keccak256(abi.encode(account, block.timestamp));
    }

    function _schedule(
        Pending storage pending,
        bytes memory data
    ) private {
        // One at a time for each account.
        if (pending.data.length != 0 && block.timestamp < pending.readyAt + EXPIRATION) return;
        vm.prank(config.registrar);
        suite.administration.schedule(address(suite.participants), data, 0);
        (pending.data, pending.readyAt) = (data, block.timestamp + config.delay);
    }

    function _isReady(
        Pending storage pending
    ) private view returns (bool) {
        return pending.data.length != 0 && pending.readyAt <= block.timestamp
            && block.timestamp < pending.readyAt + EXPIRATION;
    }

    function _keep(
        address account,
        IParticipants.Enrolment memory enrolment
    ) private {
        IParticipants.Participant storage participant = _model[account];
        participant.roles = enrolment.roles;
        participant.validFrom = enrolment.validFrom;
        participant.validUntil = enrolment.validUntil;
        participant.organisation = enrolment.organisation;
        participant.credential = enrolment.credential;
    }

    function _call(
        address caller,
        bytes memory data
    ) private returns (bool success) {
        vm.prank(caller);
        (success,) = address(suite.participants).call(data);
    }

    function _arguments(
        bytes memory data
    ) private pure returns (bytes memory arguments) {
        arguments = new bytes(data.length - 4);
        for (uint256 i = 0; i < arguments.length; ++i) {
            arguments[i] = data[i + 4];
        }
    }
}
