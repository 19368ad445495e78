// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPharmacy} from "../../../contracts/interfaces/IPharmacy.sol";
import {UnitId} from "../../../contracts/types/Ids.sol";
import {PHARMACIST, PHARMACY, PRACTITIONER, Role} from "../../../contracts/types/Role.sol";
import {PharmacyTest} from "./PharmacyTest.sol";

/// @title What went wrong in published designs, and cannot go wrong here
contract PharmacyKnownFailuresTest is PharmacyTest {
    // ------------------------------------------------------------------------------ quantities that overwrite each other

    /// @dev Failure: the quantity of a product is set to what came last, so that 3 and then 2 packs are read as 2.
    function testFuzz_ReceivedQuantitiesAdd(uint32 first, uint32 second) external {
        first = uint32(bound(first, 1, COUNT - 2));
        second = uint32(bound(second, 1, COUNT - 1 - first));
        vm.startPrank(chemist);
        UnitId one = units.split(drug.unit, first, keccak256("one"), EVIDENCE);
        UnitId two = units.split(drug.unit, second, keccak256("two"), EVIDENCE);
        vm.stopPrank();
        _handOver(one, chemist, otherChemist);
        _handOver(two, chemist, otherChemist);
        IPharmacy.Stock memory stock = pharmacy.stockOf(otherChemist, drug.lot.id);
        assertEq(stock.received, first + second, "received");
        assertEq(stock.stock, first + second, "stock");
        assertEq(pharmacy.stockOf(chemist, drug.lot.id).stock, COUNT - first - second, "left");
    }

    /// @dev The same failure when selling: 3 and then 2 are 5, on the prescription and in the stock.
    function test_SoldQuantitiesAdd() external {
        prescription = _issueFor(drug.lot.model, 6);
        _sell(_saleOf(drug, 0, 3, prescription));
        _sell(_saleOf(drug, 3, 2, prescription));
        assertEq(pharmacy.progressOf(pharmacy.idOf(prescription)).fillSold, 5, "fillSold");
        assertEq(pharmacy.stockOf(chemist, drug.lot.id).sold, 5, "sold");
        _assertRefused(_saleOf(drug, 5, 2, prescription), IPharmacy.Reason.BeyondQuantity, bytes32(uint256(1)));
    }

    // ----------------------------------------------------------------------------------------- two roles required at once

    /// @dev Failure: a modifier asks the caller to be pharmacy and pharmacist, or doctor and pharmacist, so that nobody can call. Here each account has
    /// one role, and the whole way from prescription to return is open to them.
    function test_OneRoleEach() external {
        _assertOnlyRole(practitioner, PRACTITIONER);
        _assertOnlyRole(pharmacist, PHARMACIST);
        _assertOnlyRole(secondPharmacist, PHARMACIST);
        _assertOnlyRole(chemist, PHARMACY);
        prescription = _issueFor(opiate.lot.model, 1);
        _sellControlled(_saleOf(opiate, 0, 1, prescription));
        prescription = _issueFor(drug.lot.model, 2);
        vm.prank(pharmacist);
        pharmacy.askSubstitution(prescription, chemist, substitute.lot.model);
        vm.prank(practitioner);
        pharmacy.approveSubstitution(prescription, substitute.lot.model);
        IPharmacy.Sale memory sale = _saleOf(substitute, 0, 1, prescription);
        _sell(sale);
        vm.prank(chemist);
        pharmacy.destroyReturned(substitute.lot.id, sale.proven.packs[0], sale.proven.proof, EVIDENCE);
    }

    // --------------------------------------------------------------- prescribed to one patient, dispensed to another

    /// @dev Failure: the sale takes the patient from its arguments and does not compare it with the prescription's.
    function testFuzz_RevertWhen_AnotherPatientCollects(uint256 privateKey) external {
        _issue(prescription);
        privateKey = boundPrivateKey(privateKey);
        address another = vm.addr(privateKey);
        vm.assume(another != patient);
        keyOf[another] = privateKey;
        IPharmacy.Sale memory sale = _saleOf(drug, 0, 1, prescription);
        _collect(sale, another);
        _assertRefused(sale, IPharmacy.Reason.WrongCollector, _word(another));
        // Named as patient, it has no prescription.
        sale.prescription.patient = another;
        _collect(sale, another);
        _assertRefused(sale, IPharmacy.Reason.PrescriptionUnknown, pharmacy.idOf(sale.prescription));
        // With a prescription of its own, for another product, it gets that one and not this.
        IPharmacy.Prescription memory own = prescription;
        (own.patient, own.model) = (another, substitute.lot.model);
        _issue(own);
        sale = _saleOf(drug, 0, 1, own);
        _assertRefused(sale, IPharmacy.Reason.OtherProduct, drug.lot.id.asSubject());
    }

    // ------------------------------------------------------------------------------------------------------ names on chain

    /// @dev Failure: names of patients, doctors and products as strings in storage and events. No function takes a text, no event carries one, none
    /// is returned but the name of the EIP-712 domain (`eip712Domain`), which is this contract's own.
    function test_NoTextInTheInterfaces() external view {
        string[2] memory rooms = ["Pharmacy", "Units"];
        for (uint256 i = 0; i < rooms.length; ++i) {
            string memory json = _interfaceOf(rooms[i]);
            assertEq(_texts(json, "event", "inputs"), 0, "events");
            assertEq(_texts(json, "function", "inputs"), 0, "arguments");
            assertEq(_texts(json, "function", "outputs"), 0, "results");
        }
    }

    /// @dev The same look finds the texts of a room that has some: device identifiers and lot numbers in the catalog, the latter inside a struct.
    function test_NoTextInTheInterfaces_WouldBeFound() external view {
        string memory json = _interfaceOf("Catalog");
        assertEq(_texts(json, "event", "inputs"), 2, "ModelRegistered, LotRegistered");
        assertEq(_texts(json, "function", "inputs"), 2, "registerModel, registerLot");
    }

    /// @dev The ABI alone: the rest of the artifact would be parsed anew for every look.
    function _interfaceOf(string memory room) private view returns (string memory) {
        string memory artifact = vm.readFile(string.concat("out/", room, ".sol/", room, ".json"));
        return string.concat(vm.split(artifact, ',"bytecode"')[0], "}");
    }

    /// @dev How many texts there are in this part of all entries of this kind.
    function _texts(string memory json, string memory kind, string memory part) private view returns (uint256 texts) {
        uint256 entries = 0;
        for (uint256 i = 0; vm.keyExistsJson(json, _at(".abi", i)); ++i) {
            string memory entry = _at(".abi", i);
            if (!_isEqual(vm.parseJsonString(json, string.concat(entry, ".type")), kind)) continue;
            ++entries;
            if (_isEqual(vm.parseJsonString(json, string.concat(entry, ".name")), "eip712Domain")) continue;
            texts += _textsIn(json, string.concat(entry, ".", part));
        }
        assertGt(entries, 5, "entries of this kind");
    }

    /// @dev A text, an array of texts, or a struct that has one.
    function _textsIn(string memory json, string memory list) private view returns (uint256 texts) {
        for (uint256 i = 0; vm.keyExistsJson(json, _at(list, i)); ++i) {
            string memory parameter = _at(list, i);
            if (vm.indexOf(vm.parseJsonString(json, string.concat(parameter, ".type")), "string") == 0) ++texts;
            string memory components = string.concat(parameter, ".components");
            if (vm.keyExistsJson(json, components)) texts += _textsIn(json, components);
        }
    }

    function _at(string memory list, uint256 place) private pure returns (string memory) {
        return string.concat(list, "[", vm.toString(place), "]");
    }

    function _isEqual(string memory a, string memory b) private pure returns (bool) {
        return keccak256(bytes(a)) == keccak256(bytes(b));
    }

    function _assertOnlyRole(address account, Role role) private view {
        assertEq(Role.unwrap(participants.participantOf(account).roles), Role.unwrap(role), "one role");
    }
}
