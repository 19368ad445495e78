// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "./interfaces/ICatalog.sol";
import {ICustody} from "./interfaces/ICustody.sol";
import {IParticipants} from "./interfaces/IParticipants.sol";
import {IPharmacy} from "./interfaces/IPharmacy.sol";
import {IUnits} from "./interfaces/IUnits.sol";
import {Expiry} from "./libraries/Expiry.sol";
import {IndexSet} from "./libraries/IndexSet.sol";
import {LotTree} from "./libraries/LotTree.sol";
import {ItemId, LotId, ModelId} from "./types/Ids.sol";
import {Pack} from "./types/Pack.sol";
import {PHARMACIST, PHARMACY, PRACTITIONER, REGULATOR} from "./types/Role.sol";
import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {Context} from "@openzeppelin/contracts/utils/Context.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title Pharmacy
/// @notice May this medicine be handed over?
///
/// What has to be trusted, and what need not be:
///
/// *Practitioners.* An active one may prescribe anything; who it is and what it prescribes stands in the record. What it only signed counts from when it is
/// submitted, if it is active then; what it issued while it was active stands after that, until it or a regulator cancels it. A prescription names a device
/// identifier, not who makes it: if a regulator strikes the model and it is approved anew, it is for what that identifier is then.
///
/// *Patients.* The patient is a key made for one prescription: two prescriptions of one person have nothing in common. Only that key can collect, and each
/// signature serves one sale: pharmacy, packs and the number of the sale are in it, not the pharmacist: any one of that pharmacy can act on it. It has no date:
/// one that was not used stays good until another sale is made on the prescription. Whoever has the key collects; so does whoever takes it from the patient.
///
/// *Pharmacists.* They sell what their pharmacy holds in `Units`, and nothing else; the pharmacy says who they are, and until when. A controlled medicine takes two
/// of them: the second signs, whichever the first is. That a pack was handed to the right person, and what an over-the-counter customer is told, no chain sees.
///
/// *Packs.* Each is proven in its lot and leaves its unit once, for all pharmacies. A pharmacy that dispenses beside this room shows it: the
/// event of `Units` says who did. That a patient brought a sold pack back is the word of the pharmacy that destroys it.
///
/// *The forwarder.* It is OpenZeppelin's, unchanged: it passes on only what the account signed.
///
/// *Privacy.* Calls and events carry no name: accounts, one-time addresses and hashes. Which product a one-time address was prescribed is public.
contract Pharmacy is IPharmacy, EIP712, ERC2771Context, Multicall {
    using IndexSet for IndexSet.Set;

    bytes32 private constant PRESCRIPTION_TYPEHASH = keccak256(
        "Prescription(address practitioner,address patient,bytes32 model,uint32 quantity,uint16 repeats,uint32 interval,uint40 validFrom,uint40 validUntil)"
    );
    bytes32 private constant COLLECTION_TYPEHASH =
        keccak256("Collection(bytes32 prescription,address pharmacy,bytes32 packs,uint256 nonce)");
    bytes32 private constant COUNTERSIGNATURE_TYPEHASH =
        keccak256("Countersignature(bytes32 prescription,address pharmacy,bytes32 packs,uint256 nonce)");
    bytes32 private constant SUBSTITUTION_TYPEHASH = keccak256("Substitution(bytes32 prescription,bytes32 model)");

    /// @dev What a look at a sale finds, for whoever goes on with it.
    /// @param id the prescription; zero for none
    /// @param packs what {packsOf} says
    /// @param nonce the number of this sale on the prescription
    /// @param progress what becomes of the prescription, but for the number of its sales
    struct Look {
        ICatalog.Product product;
        address manufacturer;
        uint32 modelNumber;
        bytes32 id;
        bytes32 packs;
        uint32 nonce;
        Progress progress;
    }

    /// @notice Who is active, and in which roles.
    IParticipants public immutable PARTICIPANTS;
    /// @notice Which packs are in which lots.
    ICatalog public immutable CATALOG;
    /// @notice What stops them.
    ICustody public immutable CUSTODY;
    /// @notice Who holds them.
    IUnits public immutable UNITS;

    mapping(bytes32 id => Progress progress) private _progress;
    mapping(bytes32 id => mapping(uint32 modelNumber => bool approved)) private _substitutions;
    mapping(address pharmacy => mapping(ModelId model => Price price)) private _prices;
    mapping(LotId lot => IndexSet.Set indices) private _returnsDestroyed;

    /// @inheritdoc IPharmacy
    mapping(address pharmacy => mapping(address pharmacist => uint40 until)) public employedUntil;

    constructor(IParticipants participants, ICatalog catalog, ICustody custody, IUnits units, address forwarder)
        EIP712("Theriac Pharmacy", "1")
        ERC2771Context(forwarder)
    {
        PARTICIPANTS = participants;
        CATALOG = catalog;
        CUSTODY = custody;
        UNITS = units;
    }

    // --------------------------------------------------------------------------------------------------------- verbs

    /// @inheritdoc IPharmacy
    function setPharmacist(address pharmacist, uint40 until) external {
        address pharmacy = _msgSender();
        // Ending is always possible, also for a pharmacy that is suspended.
        if (until != 0) _checkPharmacy(pharmacy);

        employedUntil[pharmacy][pharmacist] = until;

        emit PharmacistSet(pharmacy, pharmacist, until);
    }

    /// @inheritdoc IPharmacy
    function setPrice(ModelId model, Price calldata price) external {
        address pharmacy = _msgSender();
        _checkPharmacy(pharmacy);

        _prices[pharmacy][model] = price;

        emit PriceSet(pharmacy, model, price.amount, price.currency);
    }

    /// @inheritdoc IPharmacy
    function prescribe(Prescription calldata prescription) external returns (bytes32 id) {
        id = idOf(prescription);
        if (prescription.practitioner != _msgSender()) revert Pharmacy_NotEntitled(id, _msgSender());

        _issue(id, prescription);
    }

    /// @inheritdoc IPharmacy
    function submit(Prescription calldata prescription, bytes calldata signature) external returns (bytes32 id) {
        id = idOf(prescription);
        _checkSignature(id, prescription.practitioner, id, signature);

        _issue(id, prescription);
    }

    /// @inheritdoc IPharmacy
    function cancel(Prescription calldata prescription) external {
        bytes32 id = idOf(prescription);
        address caller = _msgSender();
        if (prescription.practitioner != caller && !PARTICIPANTS.isActiveAs(caller, REGULATOR)) {
            revert Pharmacy_NotEntitled(id, caller);
        }
        if (_progress[id].cancelled) revert Pharmacy_Cancelled(id);

        _progress[id].cancelled = true;

        emit PrescriptionCancelled(id, caller);
    }

    /// @inheritdoc IPharmacy
    function askSubstitution(Prescription calldata prescription, address pharmacy, ModelId model) external {
        address pharmacist = _msgSender();
        (Reason reason,) = _staffProblem(pharmacy, pharmacist);
        if (reason != Reason.None) revert Pharmacy_NotEmployed(pharmacy, pharmacist);

        emit SubstitutionAsked(idOf(prescription), prescription.practitioner, pharmacy, model);
    }

    /// @inheritdoc IPharmacy
    function approveSubstitution(Prescription calldata prescription, ModelId model) external {
        bytes32 id = idOf(prescription);
        if (prescription.practitioner != _msgSender()) revert Pharmacy_NotEntitled(id, _msgSender());

        _approve(id, prescription, model);
    }

    /// @inheritdoc IPharmacy
    function submitSubstitution(Prescription calldata prescription, ModelId model, bytes calldata signature) external {
        bytes32 id = idOf(prescription);
        _checkSignature(id, prescription.practitioner, substitutionDigest(id, model), signature);

        _approve(id, prescription, model);
    }

    /// @inheritdoc IPharmacy
    function sell(Sale calldata sale) external returns (bytes32 saleHash) {
        saleHash = _sell(_msgSender(), sale, address(0), msg.data[:0]);
    }

    /// @inheritdoc IPharmacy
    function sellControlled(Sale calldata sale, address second, bytes calldata countersignature)
        external
        returns (bytes32 saleHash)
    {
        saleHash = _sell(_msgSender(), sale, second, countersignature);
    }

    /// @inheritdoc IPharmacy
    function destroyReturned(LotId lot, Pack calldata pack, bytes32[] calldata proof, bytes32 evidence) external {
        address pharmacy = _msgSender();
        _checkPharmacy(pharmacy);
        // Not `contains`, which knows no struck lots: their packs are sold no more, but brought back all the sooner. It was dispensed while the lot counted.
        bool proven =
            LotTree.rootOf(proof, LotTree.leafOf(pack.index, pack.half, pack.tagKey)) == CATALOG.lotOf(lot).root;
        bool dispensed = UNITS.isGone(lot, pack.index) && !UNITS.isDestroyed(lot, pack.index);
        if (!proven || !dispensed || !_returnsDestroyed[lot].add(pack.index)) {
            revert Pharmacy_NotReturnable(lot, pack.index);
        }

        emit ReturnedPackDestroyed(lot, pharmacy, pack.index, evidence);
    }

    // --------------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IPharmacy
    function check(address pharmacist, Sale calldata sale) external view returns (Answer memory answer) {
        Look memory look;
        (answer.reason, answer.about) = _look(pharmacist, sale, look);
        if (!_isFinal(answer.reason) && look.id != 0 && sale.vs != 0) {
            (Reason reason, bytes32 about) = _collectionProblem(sale, look);
            if (reason != Reason.None) (answer.reason, answer.about) = (reason, about);
        }
        if (!_isFinal(answer.reason) && !UNITS.isOperator(sale.pharmacy, address(this))) {
            (answer.reason, answer.about) = (Reason.RoomNotApproved, _word(sale.pharmacy));
        }
        if (!_isFinal(answer.reason)) {
            (IUnits.PackState state, uint32 index) = UNITS.stateOf(sale.pharmacy, sale.unit, _indicesOf(sale));
            // The index of a pack, or the unit's first when it is the unit that is in the way.
            if (state != IUnits.PackState.Inside) {
                (answer.reason, answer.about) = (_reasonOf(state), bytes32(uint256(index)));
            }
        }
        answer.outcome = _outcomeOf(answer.reason);
    }

    /// @inheritdoc IPharmacy
    function idOf(Prescription calldata prescription) public view returns (bytes32) {
        bytes32 structHash;
        bytes32 typehash = PRESCRIPTION_TYPEHASH;
        // `abi.encode` of its fields, which stand in calldata as they are hashed; field by field it takes 1,000 gas more of a sale, whose limit is 110,000.
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, typehash)
            calldatacopy(add(free, 0x20), prescription, 0x100)
            structHash := keccak256(free, 0x120)
        }
        return _hashTypedDataV4(structHash);
    }

    /// @inheritdoc IPharmacy
    function progressOf(bytes32 id) external view returns (Progress memory) {
        return _progress[id];
    }

    /// @inheritdoc IPharmacy
    function isSubstitutionApproved(bytes32 id, ModelId model) external view returns (bool) {
        return _substitutions[id][CATALOG.modelOf(model).number];
    }

    /// @inheritdoc IPharmacy
    function priceOf(address pharmacy, ModelId model) external view returns (Price memory) {
        return _prices[pharmacy][model];
    }

    /// @inheritdoc IPharmacy
    function stockOf(address pharmacy, LotId lot) external view returns (Stock memory stock) {
        IUnits.Tally memory tally = UNITS.tallyOf(pharmacy, lot);
        stock.received = tally.received;
        stock.sold = tally.dispensed;
        stock.returned = tally.sent;
        stock.destroyed = tally.destroyed;
        stock.stock = stock.received - stock.sold - stock.returned - stock.destroyed;
    }

    /// @inheritdoc IPharmacy
    function isReturnDestroyed(LotId lot, uint32 index) external view returns (bool) {
        return _returnsDestroyed[lot].contains(index);
    }

    /// @inheritdoc IPharmacy
    function packsOf(Sale calldata sale) public pure returns (bytes32) {
        LotId lot = sale.unit.lot();
        Pack[] calldata packs = sale.proven.packs;
        bytes memory items = new bytes(packs.length * 32);
        for (uint256 i = 0; i < packs.length; ++i) {
            ItemId item = lot.item(packs[i].half);
            assembly ("memory-safe") {
                mstore(add(items, mul(add(i, 1), 0x20)), item)
            }
        }
        return keccak256(items);
    }

    /// @inheritdoc IPharmacy
    function collectionDigest(bytes32 id, address pharmacy, bytes32 packs, uint256 nonce)
        public
        view
        returns (bytes32)
    {
        return _hashTypedDataV4(keccak256(abi.encode(COLLECTION_TYPEHASH, id, pharmacy, packs, nonce)));
    }

    /// @inheritdoc IPharmacy
    function countersignatureDigest(bytes32 id, address pharmacy, bytes32 packs, uint256 nonce)
        public
        view
        returns (bytes32)
    {
        return _hashTypedDataV4(keccak256(abi.encode(COUNTERSIGNATURE_TYPEHASH, id, pharmacy, packs, nonce)));
    }

    /// @inheritdoc IPharmacy
    function substitutionDigest(bytes32 id, ModelId model) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(SUBSTITUTION_TYPEHASH, id, model)));
    }

    // ------------------------------------------------------------------------------------------------------ internal

    function _issue(bytes32 id, Prescription calldata prescription) private {
        if (!PARTICIPANTS.isActiveAs(prescription.practitioner, PRACTITIONER)) {
            revert Pharmacy_NotPractitioner(prescription.practitioner);
        }
        ICatalog.Model memory model = CATALOG.modelOf(prescription.model);
        bool wellFormed = prescription.patient != address(0) && prescription.quantity != 0 && _isMedicine(model)
            && prescription.validFrom <= prescription.validUntil && prescription.validUntil >= block.timestamp
            && (prescription.repeats == 0 || prescription.interval != 0);
        if (!wellFormed) revert Pharmacy_BadPrescription(id);
        if (_progress[id].modelNumber != 0) revert Pharmacy_AlreadyIssued(id);
        if (_progress[id].cancelled) revert Pharmacy_Cancelled(id);

        _progress[id].modelNumber = model.number;

        _emitIssued(id, prescription);
    }

    function _emitIssued(bytes32 id, Prescription calldata prescription) private {
        emit PrescriptionIssued(id, prescription.practitioner, prescription.patient, prescription);
    }

    function _approve(bytes32 id, Prescription calldata prescription, ModelId model) private {
        if (!PARTICIPANTS.isActiveAs(prescription.practitioner, PRACTITIONER)) {
            revert Pharmacy_NotPractitioner(prescription.practitioner);
        }
        if (_progress[id].cancelled) revert Pharmacy_Cancelled(id);
        ICatalog.Model memory substitute = CATALOG.modelOf(model);
        uint32 number = substitute.number;
        if (!_isMedicine(substitute) || model == prescription.model || _substitutions[id][number]) {
            revert Pharmacy_NothingToApprove(id, model);
        }

        _substitutions[id][number] = true;

        emit SubstitutionApproved(id, prescription.practitioner, model);
    }

    function _sell(address pharmacist, Sale calldata sale, address second, bytes calldata countersignature)
        private
        returns (bytes32 saleHash)
    {
        Look memory look;
        (Reason reason, bytes32 about) = _look(pharmacist, sale, look);
        if (_isFinal(reason)) revert Pharmacy_Refused(Answer(_outcomeOf(reason), reason, about));
        if (look.id != 0) _fill(pharmacist, sale, look, second, countersignature);
        // `Units` is a room of this house, and calls only rooms that stand before it.
        UNITS.dispense(sale.pharmacy, sale.unit, _indicesOf(sale), sale.evidence);
        // Last, as in {check}: there is no use in asking for what is not available.
        if (reason != Reason.None) revert Pharmacy_Refused(Answer(_outcomeOf(reason), reason, about));

        saleHash = _saleHash(sale, look);
        emit Sold(look.id, sale.pharmacy, pharmacist, saleHash);
    }

    /// @dev Checks the signatures, and takes the packs off the prescription.
    function _fill(
        address pharmacist,
        Sale calldata sale,
        Look memory look,
        address second,
        bytes calldata countersignature
    ) private {
        (Reason reason, bytes32 about) = _collectionProblem(sale, look);
        if (reason == Reason.None && look.product == ICatalog.Product.ControlledDrug) {
            (reason, about) = _countersignatureProblem(pharmacist, sale, look, second, countersignature);
        }
        if (reason != Reason.None) revert Pharmacy_Refused(Answer(_outcomeOf(reason), reason, about));

        Progress storage kept = _progress[look.id];
        (uint40 startedAt, uint32 sold, uint32 fills) =
            (look.progress.fillStartedAt, look.progress.fillSold, look.progress.fills);
        (kept.fillStartedAt, kept.fillSold, kept.fills, kept.sales) = (startedAt, sold, fills, look.nonce + 1);
    }

    function _saleHash(Sale calldata sale, Look memory look) private view returns (bytes32) {
        Prescription calldata prescription = sale.prescription;
        return sha256(
            abi.encode(
                look.packs,
                prescription.patient,
                prescription.practitioner,
                sale.proven.packs.length,
                block.timestamp,
                look.nonce,
                look.manufacturer
            )
        );
    }

    /// @dev All that is to be said of a sale but for its signatures and the unit.
    function _look(address pharmacist, Sale calldata sale, Look memory look)
        private
        view
        returns (Reason reason, bytes32 about)
    {
        (reason, about) = _staffProblem(sale.pharmacy, pharmacist);
        if (reason == Reason.None) (reason, about) = _packsProblem(sale, look);
        if (reason == Reason.None) (reason, about) = _prescriptionProblem(sale, look);
    }

    /// @dev Whether nothing but another answer can come of it: to ask the practitioner is worth while only for packs that are there.
    function _isFinal(Reason reason) private pure returns (bool) {
        return reason != Reason.None && reason != Reason.OtherProduct;
    }

    function _outcomeOf(Reason reason) private pure returns (Outcome) {
        if (reason == Reason.None) return Outcome.Deliver;
        return reason == Reason.OtherProduct ? Outcome.AskPractitioner : Outcome.NotAvailable;
    }

    function _reasonOf(IUnits.PackState state) private pure returns (Reason) {
        if (state == IUnits.PackState.NotHeld) return Reason.NotHeld;
        if (state == IUnits.PackState.UnderWay) return Reason.UnderWay;
        if (state == IUnits.PackState.Quarantined) return Reason.Quarantined;
        if (state == IUnits.PackState.Lost) return Reason.Lost;
        if (state == IUnits.PackState.NotInUnit) return Reason.NotInUnit;
        return Reason.Gone;
    }

    /// @dev Whether the model is one, approved now.
    function _isMedicine(ICatalog.Model memory model) private pure returns (bool) {
        return model.manufacturer != address(0) && model.product != ICatalog.Product.Device;
    }

    function _staffProblem(address pharmacy, address pharmacist) private view returns (Reason, bytes32 about) {
        about = _word(pharmacist);
        if (employedUntil[pharmacy][pharmacist] < block.timestamp) return (Reason.NotEmployed, about);
        // Each account needs its own role only: no one has to be both.
        if (PARTICIPANTS.areActiveAs(pharmacist, PHARMACIST, pharmacy, PHARMACY)) return (Reason.None, 0);
        if (!PARTICIPANTS.isActiveAs(pharmacist, PHARMACIST)) return (Reason.NotPharmacist, about);
        return (Reason.NotPharmacy, _word(pharmacy));
    }

    /// @dev Whether the packs stand in their lot and may be used.
    function _packsProblem(Sale calldata sale, Look memory look) private view returns (Reason, bytes32 about) {
        LotId lot = sale.unit.lot();
        about = lot.asSubject();
        ICatalog.Provenance memory provenance = CATALOG.provenanceOf(lot);
        if (provenance.manufacturer == address(0)) return (Reason.LotNotRegistered, about);
        if (LotTree.rootOfPacks(sale.proven, provenance.count) != provenance.root) return (Reason.NotInLot, about);
        if (provenance.product == ICatalog.Product.Device) return (Reason.NotMedicine, about);
        (bool recalled, bool items) = CUSTODY.stopsOf(lot, provenance.modelNumber);
        if (recalled) return (Reason.Recalled, about);
        if (Expiry.isPast(provenance.expiresAt)) return (Reason.Expired, about);
        look.product = provenance.product;
        look.manufacturer = provenance.manufacturer;
        look.modelNumber = provenance.modelNumber;
        look.packs = packsOf(sale);
        if (items) return _itemProblem(sale);
        return (Reason.None, 0);
    }

    /// @dev Whether one of the packs is stopped as a single item.
    function _itemProblem(Sale calldata sale) private view returns (Reason, bytes32 about) {
        LotId lot = sale.unit.lot();
        (ICustody.Standing standing, uint256 place) = CUSTODY.stopOf(lot, sale.proven.packs);
        if (standing == ICustody.Standing.Movable) return (Reason.None, 0);
        about = ItemId.unwrap(lot.item(sale.proven.packs[place].half));
        if (standing == ICustody.Standing.Recalled) return (Reason.Recalled, about);
        return (standing == ICustody.Standing.Quarantined ? Reason.Quarantined : Reason.Lost, about);
    }

    /// @dev Whether the product may be sold with this prescription, or without one.
    function _prescriptionProblem(Sale calldata sale, Look memory look)
        private
        view
        returns (Reason reason, bytes32 about)
    {
        Prescription calldata prescription = sale.prescription;
        if (prescription.practitioner == address(0)) {
            // A patient without a practitioner would stand in the sale hash and be nobody's word.
            bool none = prescription.patient == address(0);
            if (none && look.product == ICatalog.Product.OverTheCounterDrug) return (Reason.None, 0);
            return (Reason.PrescriptionMissing, sale.unit.lot().asSubject());
        }
        bytes32 id = idOf(prescription);
        look.id = id;
        (reason, about) = _fillProblem(prescription, id, sale.proven.packs.length, look.progress);
        if (reason != Reason.None) return (reason, about);
        look.nonce = look.progress.sales;
        if (look.modelNumber != look.progress.modelNumber && !_substitutions[id][look.modelNumber]) {
            return (Reason.OtherProduct, sale.unit.lot().asSubject());
        }
    }

    /// @dev Whether so many packs may be sold on the prescription now.
    function _fillProblem(Prescription calldata prescription, bytes32 id, uint256 quantity, Progress memory progress)
        private
        view
        returns (Reason, bytes32 about)
    {
        Progress storage kept = _progress[id];
        // Read together, since they share a slot.
        (progress.fillStartedAt, progress.fillSold, progress.fills) = (kept.fillStartedAt, kept.fillSold, kept.fills);
        (progress.sales, progress.modelNumber, progress.cancelled) = (kept.sales, kept.modelNumber, kept.cancelled);
        if (progress.cancelled) return (Reason.Cancelled, id);
        if (progress.modelNumber == 0) return (Reason.PrescriptionUnknown, id);
        uint256 moment = prescription.validFrom;
        if (block.timestamp < moment) return (Reason.NotYetValid, bytes32(moment));
        moment = prescription.validUntil;
        if (block.timestamp > moment) return (Reason.Past, bytes32(moment));
        // What is left of a fill can be collected at any time; a new fill begins only when nothing is.
        uint256 whole = prescription.quantity;
        if (progress.fills == 0 || progress.fillSold == whole) {
            if (progress.fills > prescription.repeats) return (Reason.Spent, id);
            moment = progress.fills == 0 ? 0 : uint256(progress.fillStartedAt) + prescription.interval;
            if (block.timestamp < moment) return (Reason.TooEarly, bytes32(moment));
            (progress.fillStartedAt, progress.fillSold) = (uint40(block.timestamp), 0);
            ++progress.fills;
        }
        if (quantity > whole - progress.fillSold) return (Reason.BeyondQuantity, bytes32(whole - progress.fillSold));
        // Safe: at most the quantity.
        // forge-lint: disable-next-line(unsafe-typecast)
        progress.fillSold += uint32(quantity);
        return (Reason.None, 0);
    }

    function _collectionProblem(Sale calldata sale, Look memory look) private view returns (Reason, bytes32 about) {
        bytes32 digest = collectionDigest(look.id, sale.pharmacy, look.packs, look.nonce);
        (address collector,,) = ECDSA.tryRecover(digest, sale.r, sale.vs);
        if (collector != sale.prescription.patient) return (Reason.WrongCollector, _word(collector));
        return (Reason.None, 0);
    }

    function _countersignatureProblem(
        address pharmacist,
        Sale calldata sale,
        Look memory look,
        address second,
        bytes calldata signature
    ) private view returns (Reason reason, bytes32) {
        (reason,) = _staffProblem(sale.pharmacy, second);
        bytes32 digest = countersignatureDigest(look.id, sale.pharmacy, look.packs, look.nonce);
        bool isSigned = reason == Reason.None && second != pharmacist
            && SignatureChecker.isValidSignatureNow(second, digest, signature);
        return isSigned ? (Reason.None, bytes32(0)) : (Reason.NotCountersigned, _word(second));
    }

    function _indicesOf(Sale calldata sale) private pure returns (uint32[] memory indices) {
        Pack[] calldata packs = sale.proven.packs;
        indices = new uint32[](packs.length);
        for (uint256 i = 0; i < indices.length; ++i) {
            indices[i] = packs[i].index;
        }
    }

    function _word(address account) private pure returns (bytes32) {
        return bytes32(uint256(uint160(account)));
    }

    function _checkPharmacy(address account) private view {
        if (!PARTICIPANTS.isActiveAs(account, PHARMACY)) revert Pharmacy_NotPharmacy(account);
    }

    function _checkSignature(bytes32 id, address practitioner, bytes32 digest, bytes calldata signature) private view {
        if (!SignatureChecker.isValidSignatureNow(practitioner, digest, signature)) {
            revert Pharmacy_WrongSignature(id, practitioner);
        }
    }

    function _msgSender() internal view override(Context, ERC2771Context) returns (address) {
        return ERC2771Context._msgSender();
    }

    function _msgData() internal view override(Context, ERC2771Context) returns (bytes calldata) {
        return ERC2771Context._msgData();
    }

    function _contextSuffixLength() internal view override(Context, ERC2771Context) returns (uint256) {
        return ERC2771Context._contextSuffixLength();
    }
}
