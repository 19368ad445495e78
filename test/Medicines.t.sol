// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../contracts/interfaces/ICatalog.sol";
import {IPharmacy} from "../contracts/interfaces/IPharmacy.sol";
import {IUnits} from "../contracts/interfaces/IUnits.sol";
import {CODEC_RAW, Content} from "../contracts/types/Content.sol";
import {Agency, ItemId, LotId, ModelId, UnitId} from "../contracts/types/Ids.sol";
import {Pack} from "../contracts/types/Pack.sol";
import {DISTRIBUTOR, PHARMACIST, PHARMACY, PRACTITIONER} from "../contracts/types/Role.sol";
import {Base} from "./Base.t.sol";
import {Trees} from "./Trees.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Arrays} from "@openzeppelin/contracts/utils/Arrays.sol";

/// @title Medicines in units, those who handle them, and short words for what they do
abstract contract MedicinesTest is Base {
    string internal constant DI = "04012345678901";
    string internal constant OTHER_DI = "04012345678918";
    string internal constant LOT_NUMBER = "M2026-A";
    bytes32 internal constant EVIDENCE = keccak256("an EPCIS event");
    bytes32 internal constant LABEL = keccak256("a label");

    /// @notice A lot of medicine as its maker has it: no tags.
    struct Medicine {
        ModelId model;
        LotId id;
        bytes16[] halves;
        bytes32[] nodes;
    }

    address internal wholesaler = _account("wholesaler");
    address internal chemist = _account("chemist's");
    address internal otherChemist = _account("another chemist's");
    address internal pharmacist = _account("pharmacist");
    address internal secondPharmacist = _account("second pharmacist");
    address internal practitioner = _account("practitioner");
    /// @notice The key of one prescription.
    address internal patient = _account("patient");
    address internal operator = _account("operator");

    uint40 internal madeAt;
    uint40 internal expiresAt;

    function setUp() public virtual override {
        super.setUp();
        madeAt = uint40(block.timestamp - 30 days);
        expiresAt = uint40(block.timestamp + 365 days);
        _enrol(wholesaler, DISTRIBUTOR);
        _enrol(chemist, PHARMACY);
        _enrol(otherChemist, PHARMACY);
        _enrol(pharmacist, PHARMACIST);
        _enrol(secondPharmacist, PHARMACIST);
        _enrol(practitioner, PRACTITIONER);
    }

    // ---------------------------------------------------------------------------------------------------------- goods

    function _approveMedicine(string memory di, ICatalog.Product product) internal returns (ModelId model) {
        vm.prank(maker);
        model = catalog.registerModel(Agency.GS1, di, product, _document("model"));
        vm.prank(certifier);
        catalog.approveModel(model, maker, _document("model").digest, product);
    }

    /// @dev A registered lot of an approved model.
    function _registerMedicine(ModelId model, string memory number, uint32 count)
        internal
        returns (Medicine memory medicine)
    {
        medicine.model = model;
        medicine.id = model.lotNumbered(number);
        medicine.halves = new bytes16[](count);
        bytes32[] memory leaves = new bytes32[](count);
        for (uint32 i = 0; i < count; ++i) {
            medicine.halves[i] = bytes16(keccak256(bytes(_serial(i))));
            leaves[i] = Trees.leafOf(i, medicine.halves[i], address(0));
        }
        medicine.nodes = Trees.build(leaves);
        vm.prank(maker);
        catalog.registerLot(
            ICatalog.NewLot({
                model: model,
                number: number,
                root: medicine.nodes[0],
                count: count,
                madeAt: madeAt,
                expiresAt: expiresAt,
                document: _document("lot")
            })
        );
    }

    /// @dev The whole lot as one unit at its maker.
    function _commissionUnits(LotId lot) internal returns (UnitId unit) {
        vm.prank(maker);
        custody.holdInUnits(lot);
        vm.prank(maker);
        unit = units.commission(lot, LABEL, EVIDENCE);
    }

    function _handOver(UnitId unit, address from, address to) internal {
        vm.prank(from);
        units.ship(unit, to, EVIDENCE);
        _receive(to, unit);
    }

    /// @dev Receives what is in the unit.
    function _receive(address by, UnitId unit) internal {
        bytes memory data = _receiving(unit);
        vm.prank(by);
        Address.functionCall(address(units), data);
    }

    /// @dev The call that receives what is in the unit.
    function _receiving(UnitId unit) internal view returns (bytes memory) {
        IUnits.Unit memory kept = units.unitOf(unit);
        uint32 packs = uint32(units.packsIn(unit));
        return abi.encodeCall(IUnits.receiveUnit, (unit, kept.first, kept.count, packs, EVIDENCE));
    }

    /// @dev The packs at indices `first` to `first + count − 1`, in the order of the tree, with their proof.
    function _packs(Medicine memory medicine, UnitId unit, uint32 first, uint32 count)
        internal
        pure
        returns (IPharmacy.Sale memory sale)
    {
        uint32[] memory indices = new uint32[](count);
        for (uint32 i = 0; i < count; ++i) {
            indices[i] = first + i;
        }
        return _packsOf(medicine, unit, indices);
    }

    function _packsOf(Medicine memory medicine, UnitId unit, uint32[] memory indices)
        internal
        pure
        returns (IPharmacy.Sale memory sale)
    {
        sale.unit = unit;
        bytes32[] memory leaves = new bytes32[](indices.length);
        for (uint256 i = 0; i < indices.length; ++i) {
            leaves[i] = Trees.leafOf(indices[i], medicine.halves[indices[i]], address(0));
        }
        bytes32[] memory sorted = Arrays.sort(_copy(leaves));
        sale.proven.packs = new Pack[](indices.length);
        for (uint256 i = 0; i < sorted.length; ++i) {
            uint256 j = 0;
            while (leaves[j] != sorted[i]) ++j;
            sale.proven.packs[i] = Pack(indices[j], medicine.halves[indices[j]], address(0));
        }
        (sale.proven.proof, sale.proven.flags) = Trees.multiProofOf(medicine.nodes, sorted);
        // One pack has an ordinary proof.
        if (indices.length == 1) sale.proven.flags = "";
    }

    function _copy(bytes32[] memory words) private pure returns (bytes32[] memory copied) {
        copied = new bytes32[](words.length);
        for (uint256 i = 0; i < words.length; ++i) {
            copied[i] = words[i];
        }
    }

    // ---------------------------------------------------------------------------------------------------------- sales

    /// @dev The pharmacist works at the chemist's, which approved the pharmacy's room.
    function _openShop() internal {
        vm.startPrank(chemist);
        pharmacy.setPharmacist(pharmacist, uint40(block.timestamp + 365 days));
        units.setOperator(address(pharmacy), true);
        vm.stopPrank();
    }

    function _prescription(ModelId model, uint32 quantity) internal view returns (IPharmacy.Prescription memory) {
        return IPharmacy.Prescription({
            practitioner: practitioner,
            patient: patient,
            model: model,
            quantity: quantity,
            repeats: 2,
            interval: 30 days,
            validFrom: uint40(block.timestamp),
            validUntil: uint40(block.timestamp + 180 days)
        });
    }

    /// @dev What of the packs is a sale on the prescription, signed by the patient for the next nonce.
    function _onPrescription(IPharmacy.Sale memory packs, IPharmacy.Prescription memory prescription)
        internal
        view
        returns (IPharmacy.Sale memory sale)
    {
        sale = packs;
        sale.pharmacy = chemist;
        sale.prescription = prescription;
        sale.evidence = EVIDENCE;
        _collect(sale, patient);
    }

    /// @dev Signs with the key of `collector` for the next nonce.
    function _collect(IPharmacy.Sale memory sale, address collector) internal view {
        bytes32 id = pharmacy.idOf(sale.prescription);
        bytes32 digest =
            pharmacy.collectionDigest(id, sale.pharmacy, pharmacy.packsOf(sale), pharmacy.progressOf(id).sales);
        (sale.r, sale.vs) = vm.signCompact(keyOf[collector], digest);
    }

    function _document(string memory text) internal pure returns (Content memory) {
        return Content(keccak256(bytes(text)), CODEC_RAW);
    }
}
