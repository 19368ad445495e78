// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParticipants} from "../../contracts/interfaces/IParticipants.sol";
import {IPharmacy} from "../../contracts/interfaces/IPharmacy.sol";
import {IUnits} from "../../contracts/interfaces/IUnits.sol";
import {LotId, UnitId} from "../../contracts/types/Ids.sol";
import {Sscc} from "./Sscc.sol";
import {Vm} from "forge-std/Vm.sol";

/// @title Somebody who reads every event and wants to know who buys how much from whom
/// @notice It knows the rooms, what every organisation says of itself in public, its own accounts, and whatever else it is told. It links accounts with each
/// other and with organisations, and adds up what the accounts that it has a name for received, sent on and dispensed.
contract Competitor {
    /// @notice What everyone knows of an organisation.
    /// @param published the account that it names in public, or zero
    struct Organisation {
        string name;
        string gln;
        string prefix;
        address published;
    }

    /// @dev Serials tried with every company prefix.
    uint256 private constant SERIALS = 40;

    Organisation[] private _organisations;
    bytes32[] private _labels;
    uint256[] private _labelOwners;
    mapping(address account => bool) private _isRoom;
    mapping(address account => bool) private _isOwn;
    /// @dev Accounts that belong together are a tree; its root has the name.
    mapping(address account => address) private _parents;
    /// @dev Number of the organisation, from 1.
    mapping(address root => uint256) private _names;
    mapping(bytes32 commitment => address) private _firstWith;

    /// @notice Packs that it can say this organisation received, sent on or dispensed, but for its own trade.
    mapping(uint256 organisation => uint256 packs) public volumeOf;

    constructor(Organisation[] memory organisations, address[] memory rooms) {
        for (uint256 i = 0; i < organisations.length; ++i) {
            _organisations.push(organisations[i]);
            if (organisations[i].published != address(0)) tell(organisations[i].published, i);
            _guessLabels(i, organisations[i].prefix);
        }
        for (uint256 i = 0; i < rooms.length; ++i) {
            _isRoom[rooms[i]] = true;
        }
    }

    /// @notice This account is that organisation's.
    function tell(address account, uint256 organisation) public {
        _names[_rootOf(account)] = organisation + 1;
    }

    /// @notice This account is its own.
    function own(address account) external {
        _isOwn[account] = true;
    }

    /// @notice Links what can be linked, then adds up.
    function read(Vm.Log[] calldata logs) external {
        for (uint256 i = 0; i < logs.length; ++i) {
            _linkEnrolment(logs[i]);
            _linkEncryptionKey(logs[i]);
            _linkOperator(logs[i]);
            _linkEmployment(logs[i]);
            _linkUnits(logs[i]);
        }
        for (uint256 i = 0; i < logs.length; ++i) {
            _count(logs[i]);
        }
    }

    // ---------------------------------------------------------------------------------------------------------- linking

    /// @dev Equal commitments or credentials are of one organisation; and a commitment without a secret can be guessed.
    function _linkEnrolment(Vm.Log calldata log) private {
        if (log.topics[0] != IParticipants.ParticipantEnrolled.selector) return;
        address account = _account(log.topics[1]);
        (,, bytes32 organisation, bytes32 credential) = abi.decode(log.data, (uint40, uint40, bytes32, bytes32));
        _linkEqual(organisation, account);
        _linkEqual(credential, account);
        for (uint256 i = 0; i < _organisations.length; ++i) {
            Organisation storage known = _organisations[i];
            bool guessed = _isCommitment(organisation, account, known.name)
                || _isCommitment(organisation, account, known.gln) || _isCommitment(organisation, account, known.prefix);
            if (guessed) tell(account, i);
        }
    }

    /// @dev Whoever reads what is sealed for one of two accounts reads the other's.
    function _linkEncryptionKey(Vm.Log calldata log) private {
        if (log.topics[0] != IParticipants.EncryptionKeySet.selector) return;
        _linkEqual(abi.decode(log.data, (bytes32)), _account(log.topics[1]));
    }

    function _linkEqual(bytes32 value, address account) private {
        if (_firstWith[value] == address(0)) _firstWith[value] = account;
        else _link(_firstWith[value], account);
    }

    function _isCommitment(bytes32 commitment, address account, string memory id) private pure returns (bool) {
        return commitment == keccak256(abi.encode(account, id, bytes32(0)))
            || commitment == keccak256(abi.encode(account, id)) || commitment == keccak256(abi.encode(id))
            || commitment == keccak256(bytes(id));
    }

    /// @dev Who lets an account act for it, and is no room, belongs to it. Units, Custody and Catalog have the same event.
    function _linkOperator(Vm.Log calldata log) private {
        if (log.topics[0] != IUnits.OperatorSet.selector) return;
        address operator = _account(log.topics[2]);
        if (!_isRoom[operator]) _link(_account(log.topics[1]), operator);
    }

    /// @dev Whom two accounts employ, works for one organisation.
    function _linkEmployment(Vm.Log calldata log) private {
        if (log.topics[0] != IPharmacy.PharmacistSet.selector) return;
        _link(_account(log.topics[1]), _account(log.topics[2]));
    }

    /// @dev Whoever made a unit with a label that can be guessed has the company prefix of the guess.
    function _linkUnits(Vm.Log calldata log) private {
        bytes32 topic = log.topics[0];
        if (topic == IUnits.UnitCommissioned.selector || topic == IUnits.UnitsPacked.selector) {
            _tryLabels(log.topics[1], _account(log.topics[2]));
        } else if (topic == IUnits.UnitSplit.selector) {
            _tryLabels(log.topics[3], _account(log.topics[2]));
        } else if (topic == IUnits.UnitUnpacked.selector) {
            (bytes32[] memory parts,,) = abi.decode(log.data, (bytes32[], uint32[], bytes32));
            for (uint256 i = 0; i < parts.length; ++i) {
                _tryLabels(parts[i], _account(log.topics[2]));
            }
        }
    }

    function _tryLabels(bytes32 unit, address holder) private {
        LotId lot = UnitId.wrap(unit).lot();
        for (uint256 i = 0; i < _labels.length; ++i) {
            if (UnitId.unwrap(lot.unitPacked(holder, _labels[i])) == unit) tell(holder, _labelOwners[i]);
        }
    }

    /// @dev The labels that somebody without a salt would make.
    function _guessLabels(uint256 organisation, string memory prefix) private {
        for (uint256 serial = 0; serial < SERIALS; ++serial) {
            string memory sscc = Sscc.numbered(prefix, serial);
            // Safe: 18 digits.
            // forge-lint: disable-next-item(unsafe-typecast)
            bytes32[4] memory guesses = [
                keccak256(bytes(sscc)),
                keccak256(abi.encode(sscc)),
                keccak256(abi.encode(sscc, bytes32(0))),
                bytes32(bytes(sscc))
            ];
            for (uint256 i = 0; i < guesses.length; ++i) {
                _labels.push(guesses[i]);
                _labelOwners.push(organisation);
            }
        }
    }

    function _link(address a, address b) private {
        (a, b) = (_rootOf(a), _rootOf(b));
        if (a == b) return;
        _parents[a] = b;
        if (_names[b] == 0) _names[b] = _names[a];
    }

    function _rootOf(address account) private view returns (address) {
        while (_parents[account] != address(0)) {
            account = _parents[account];
        }
        return account;
    }

    // --------------------------------------------------------------------------------------------------------- adding up

    function _count(Vm.Log calldata log) private {
        bytes32 topic = log.topics[0];
        if (topic == IUnits.UnitReceived.selector) {
            (address from, address to) = (_account(log.topics[2]), _account(log.topics[3]));
            (uint256 packs,) = abi.decode(log.data, (uint256, bytes32));
            if (_isOwn[from] || _isOwn[to]) return;
            _attribute(from, packs);
            _attribute(to, packs);
        } else if (topic == IUnits.PacksDispensed.selector) {
            (, uint32[] memory indices,) = abi.decode(log.data, (address, uint32[], bytes32));
            address holder = _account(log.topics[2]);
            if (!_isOwn[holder]) _attribute(holder, indices.length);
        }
    }

    function _attribute(address account, uint256 packs) private {
        uint256 name = _names[_rootOf(account)];
        if (name != 0) volumeOf[name - 1] += packs;
    }

    function _account(bytes32 topic) private pure returns (address) {
        return address(uint160(uint256(topic)));
    }
}
