// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../contracts/interfaces/ICatalog.sol";
import {IParticipants} from "../../contracts/interfaces/IParticipants.sol";
import {IPharmacy} from "../../contracts/interfaces/IPharmacy.sol";
import {UnitId} from "../../contracts/types/Ids.sol";
import {DISTRIBUTOR, MANUFACTURER, PHARMACIST, PHARMACY, Role} from "../../contracts/types/Role.sol";
import {MedicinesTest} from "../Medicines.t.sol";
import {Competitor} from "./Competitor.sol";
import {Sscc} from "./Sscc.sol";
import {Vm} from "forge-std/Vm.sol";

/// @title A season of trade, and what a competitor reads out of all its events
/// @notice The discipline: each organisation has one account for each partner, enrolled under its own salt, with its own application and its own key for sealed records; goods come from the
/// supplier straight to the account that sells them on; accounts approve rooms, never each other; labels are salted; each pharmacy account has its
/// own pharmacists' accounts. Every test but the first two breaks one of these, and the same competitor reads it.
contract TradePrivacyTest is MedicinesTest {
    /// @dev Wholesalers, and as many pharmacies; after the maker, in the list of organisations.
    uint256 private constant SIDE = 3;
    uint256 private constant MAKER = 0;
    /// @dev The wholesaler, or the pharmacy, that slips.
    uint256 private constant CARELESS = 1;
    /// @dev Which pharmacy reads along.
    uint256 private constant READER = 0;
    uint32 private constant COUNT = 100;

    enum Slip {
        None,
        BareLabel,
        BareCommitment,
        SharedCommitment,
        SharedApplication,
        SharedEncryptionKey,
        Operator,
        Employment
    }

    Competitor.Organisation[] private _organisations;
    Competitor private _competitor;
    address[SIDE][SIDE] private _sellers;
    address[SIDE][SIDE] private _buyers;
    Slip private _slip;

    function setUp() public override {
        super.setUp();
        _organisations.push(_organisation("Maker plc", "0401234", maker));
        string[SIDE] memory prefixes = ["0350000", "0360001", "0370002"];
        for (uint256 i = 0; i < SIDE; ++i) {
            string memory name = string.concat("Wholesaler ", vm.toString(i));
            _organisations.push(_organisation(name, prefixes[i], _account(name)));
        }
        prefixes = ["0380003", "0390004", "0400005"];
        for (uint256 i = 0; i < SIDE; ++i) {
            string memory name = string.concat("Chemists ", vm.toString(i));
            _organisations.push(_organisation(name, prefixes[i], _account(name)));
        }
    }

    // ---------------------------------------------------------------------------------------------- what is kept private

    /// @dev It knows what is public and its own accounts: it can attribute nothing but to the maker.
    function test_NothingIsAttributed() external {
        _playSeason(Slip.None);
        assertGt(_competitor.volumeOf(MAKER), 0, "the maker's is public");
        for (uint256 i = 1; i < _organisations.length; ++i) {
            assertEq(_competitor.volumeOf(i), 0, _organisations[i].name);
        }
    }

    /// @dev It knows which account each of its suppliers has for it, too: what it learns is what it bought from each.
    function test_NothingButItsOwnPurchasesFromThoseItKnows() external {
        Vm.Log[] memory logs = _trade(Slip.None);
        for (uint256 seller = 0; seller < SIDE; ++seller) {
            _competitor.tell(_sellers[seller][READER], 1 + seller);
        }
        _competitor.read(logs);
        for (uint256 i = 0; i < SIDE; ++i) {
            assertEq(_competitor.volumeOf(1 + i), _packsOf(i, READER), "what it bought itself");
            assertEq(_competitor.volumeOf(1 + SIDE + i), 0, "of the other pharmacies");
        }
    }

    // ---------------------------------------------------------------------------------------- what the competitor can do

    /// @dev An SSCC that is only hashed is guessed from the company prefix.
    function test_Slip_BareLabel() external {
        _playSeason(Slip.BareLabel);
        _assertWholesalersTradeIsRead();
    }

    /// @dev A commitment without a salt is guessed from the identifier.
    function test_Slip_BareCommitment() external {
        _playSeason(Slip.BareCommitment);
        _assertWholesalersTradeIsRead();
    }

    /// @dev One commitment for several accounts, of which one is published.
    function test_Slip_SharedCommitment() external {
        _playSeason(Slip.SharedCommitment);
        _assertWholesalersTradeIsRead();
    }

    /// @dev One application for several accounts, of which one is published.
    function test_Slip_SharedApplication() external {
        _playSeason(Slip.SharedApplication);
        _assertWholesalersTradeIsRead();
    }

    /// @dev One key for sealed records for several accounts, of which one is published.
    function test_Slip_SharedEncryptionKey() external {
        _playSeason(Slip.SharedEncryptionKey);
        _assertWholesalersTradeIsRead();
    }

    /// @dev The accounts approve the one that the organisation published.
    function test_Slip_Operator() external {
        _playSeason(Slip.Operator);
        _assertWholesalersTradeIsRead();
    }

    /// @dev One pharmacist's account sells for all accounts of a chemist's, of which one is published.
    function test_Slip_Employment() external {
        _playSeason(Slip.Employment);
        uint256 traded = 0;
        for (uint256 seller = 0; seller < SIDE; ++seller) {
            // Received, and one pack dispensed.
            traded += _packsOf(seller, CARELESS) + 1;
        }
        assertEq(_competitor.volumeOf(1 + SIDE + CARELESS), traded, "the careless chemist's");
        _assertOthersAreNotRead(1 + SIDE + CARELESS);
    }

    function _assertWholesalersTradeIsRead() private view {
        uint256 traded = 0;
        for (uint256 buyer = 0; buyer < SIDE; ++buyer) {
            // Received from the maker, and sold on, but for what was sold to the competitor itself.
            traded += _packsOf(CARELESS, buyer) * (buyer == READER ? 1 : 2);
        }
        assertEq(_competitor.volumeOf(1 + CARELESS), traded, "the careless wholesaler's");
        _assertOthersAreNotRead(1 + CARELESS);
    }

    function _assertOthersAreNotRead(uint256 careless) private view {
        for (uint256 i = 1; i < _organisations.length; ++i) {
            if (i != careless) assertEq(_competitor.volumeOf(i), 0, _organisations[i].name);
        }
    }

    // ---------------------------------------------------------------------------------------------------------- the season

    function _playSeason(Slip slip) private {
        Vm.Log[] memory logs = _trade(slip);
        _competitor.read(logs);
    }

    /// @dev From the enrolments to the last sale: all events.
    function _trade(Slip slip) private returns (Vm.Log[] memory) {
        _slip = slip;
        vm.recordLogs();
        _enrolAll();
        Medicine memory lot =
            _registerMedicine(_approveMedicine(DI, ICatalog.Product.OverTheCounterDrug), LOT_NUMBER, COUNT);
        vm.prank(maker);
        custody.setOperator(address(units), true);
        vm.prank(maker);
        UnitId whole = units.commission(lot.id, _label(MAKER, 0), EVIDENCE);
        uint256 serial = 1;
        for (uint256 seller = 0; seller < SIDE; ++seller) {
            for (uint256 buyer = 0; buyer < SIDE; ++buyer) {
                _tradeBetween(lot, whole, seller, buyer, serial++);
            }
        }
        return vm.getRecordedLogs();
    }

    /// @dev Maker to wholesaler, who packs anew under a label of its own, to pharmacy, which sells a pack over the counter.
    function _tradeBetween(Medicine memory lot, UnitId whole, uint256 seller, uint256 buyer, uint256 serial) private {
        (address from, address to) = (_sellers[seller][buyer], _buyers[buyer][seller]);
        vm.prank(maker);
        UnitId unit = units.split(whole, _packsOf(seller, buyer), _label(MAKER, serial), EVIDENCE);
        _handOver(unit, maker, from);
        UnitId[] memory parts = new UnitId[](1);
        parts[0] = unit;
        vm.prank(from);
        unit = units.pack(parts, _label(1 + seller, serial), EVIDENCE);
        _handOver(unit, from, to);
        IPharmacy.Sale memory sale = _packs(lot, unit, units.unitOf(unit).first, 1);
        (sale.pharmacy, sale.evidence) = (to, EVIDENCE);
        vm.prank(_pharmacistAt(to, buyer));
        pharmacy.sell(sale);
    }

    function _enrolAll() private {
        address[] memory rooms = new address[](3);
        (rooms[0], rooms[1], rooms[2]) = (address(units), address(pharmacy), address(custody));
        _competitor = new Competitor(_organisations, rooms);
        _enrolFor(maker, MANUFACTURER, MAKER);
        for (uint256 i = 0; i < SIDE; ++i) {
            _enrolFor(_organisations[1 + i].published, DISTRIBUTOR, 1 + i);
            _enrolFor(_organisations[1 + SIDE + i].published, PHARMACY, 1 + SIDE + i);
            if (_slip == Slip.Employment && i == CARELESS) {
                vm.prank(_organisations[1 + SIDE + i].published);
                pharmacy.setPharmacist(_pharmacistAt(address(0), i), type(uint40).max);
            }
        }
        for (uint256 seller = 0; seller < SIDE; ++seller) {
            for (uint256 buyer = 0; buyer < SIDE; ++buyer) {
                _enrolPair(seller, buyer);
            }
        }
    }

    function _enrolPair(uint256 seller, uint256 buyer) private {
        string memory pair = string.concat(vm.toString(seller), "-", vm.toString(buyer));
        address from = _account(string.concat("seller ", pair));
        address to = _account(string.concat("buyer ", pair));
        (_sellers[seller][buyer], _buyers[buyer][seller]) = (from, to);
        _enrolFor(from, DISTRIBUTOR, 1 + seller);
        _enrolFor(to, PHARMACY, 1 + SIDE + buyer);
        address staff = _pharmacistAt(to, buyer);
        if (!participants.isEnrolled(staff)) _enrol(staff, PHARMACIST);
        vm.startPrank(to);
        units.setOperator(address(pharmacy), true);
        pharmacy.setPharmacist(staff, type(uint40).max);
        vm.stopPrank();
        if (buyer == READER) _competitor.own(to);
        if (_slip != Slip.Operator || seller != CARELESS) return;
        vm.prank(from);
        units.setOperator(_organisations[1 + seller].published, true);
    }

    /// @dev As the client enrols: keccak256(abi.encode(account, identifier, salt)), the salt of this account alone.
    function _enrolFor(address account, Role role, uint256 organisation) private {
        IParticipants.Enrolment memory enrolment = _enrolment(account, role);
        string memory gln = _organisations[organisation].gln;
        bytes32 salt = _secret(abi.encode(account));
        bool careless = organisation == 1 + CARELESS;
        if (careless && _slip == Slip.BareCommitment) salt = 0;
        enrolment.organisation = keccak256(abi.encode(account, gln, salt));
        if (careless && _slip == Slip.SharedCommitment) enrolment.organisation = _secret(bytes(gln));
        if (careless && _slip == Slip.SharedApplication) enrolment.credential = _secret(bytes(gln));
        vm.prank(registrar);
        participants.enrol(account, enrolment);
        bool shared = careless && _slip == Slip.SharedEncryptionKey;
        vm.prank(account);
        participants.setEncryptionKey(_secret(shared ? bytes(gln) : abi.encode(account, "sealed records")));
    }

    /// @dev Another pharmacist's account for each account of a pharmacy.
    function _pharmacistAt(address account, uint256 buyer) private returns (address) {
        if (_slip == Slip.Employment && buyer == CARELESS) account = address(0);
        return _account(string.concat("pharmacist at ", vm.toString(account), vm.toString(buyer)));
    }

    /// @dev A salted commitment to the SSCC.
    function _label(uint256 organisation, uint256 serial) private view returns (bytes32) {
        string memory sscc = Sscc.numbered(_organisations[organisation].prefix, serial);
        if (_slip == Slip.BareLabel && organisation == 1 + CARELESS) return keccak256(bytes(sscc));
        return keccak256(abi.encode(sscc, _secret(bytes(sscc))));
    }

    /// @dev What only the organisation knows.
    function _secret(bytes memory of_) private pure returns (bytes32) {
        return keccak256(abi.encode("a secret of this test", of_));
    }

    function _packsOf(uint256 seller, uint256 buyer) private pure returns (uint32) {
        // Safe: a few packs, differing from pair to pair.
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint32(4 + 3 * seller + buyer);
    }

    function _organisation(string memory name, string memory prefix, address published)
        private
        pure
        returns (Competitor.Organisation memory)
    {
        return Competitor.Organisation(name, string.concat(prefix, "000009"), prefix, published);
    }
}
