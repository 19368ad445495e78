// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ItemId, LotId, ModelId, UnitId} from "../types/Ids.sol";
import {Pack, ProvenPacks} from "../types/Pack.sol";

/// @title Pharmacy: may this medicine be handed over?
/// @notice Prescriptions and sales of medicines. A prescription is known by its EIP-712 hash, whether its practitioner sent it or only signed it; its
/// terms are handed in again by whoever acts on it. The patient is the address of a key made for this prescription only; whoever collects signs with it.
/// Times are seconds since 1970-01-01 UTC.
interface IPharmacy {
    /// @notice What a practitioner prescribes.
    /// @param practitioner who prescribes
    /// @param patient address of the key made for this prescription; it makes two equal prescriptions two
    /// @param model the product
    /// @param quantity packs of one fill
    /// @param repeats how many fills may follow the first
    /// @param interval from the first sale of a fill to the next fill, seconds
    /// @param validFrom first second at which it may be filled
    /// @param validUntil last second
    struct Prescription {
        address practitioner;
        address patient;
        ModelId model;
        uint32 quantity;
        uint16 repeats;
        uint32 interval;
        uint40 validFrom;
        uint40 validUntil;
    }

    /// @notice How far a prescription is filled; one slot.
    /// @param fillStartedAt when the first pack of the newest fill was sold
    /// @param fillSold packs sold of the newest fill
    /// @param fills fills begun
    /// @param sales sales made on it: the nonce of the next
    /// @param modelNumber the product's number in `Catalog`; zero until it is issued
    /// @param cancelled whether it was cancelled
    struct Progress {
        uint40 fillStartedAt;
        uint32 fillSold;
        uint32 fills;
        uint32 sales;
        uint32 modelNumber;
        bool cancelled;
    }

    /// @notice A sale of packs of one product, out of one unit.
    /// @param pharmacy the account that holds the unit in `Units`
    /// @param unit the unit that they are in
    /// @param proven what is sold, with the proof that it stands in the unit's lot
    /// @param prescription all zero for what is sold over the counter
    /// @param r signature of {Collection} with the prescription's key, and `vs`: in the short form of ERC-2098
    /// @param evidence digest of the event document (EPCIS)
    struct Sale {
        address pharmacy;
        UnitId unit;
        ProvenPacks proven;
        Prescription prescription;
        bytes32 r;
        bytes32 vs;
        bytes32 evidence;
    }

    /// @notice The three answers of a pharmacist's question.
    enum Outcome {
        Deliver,
        AskPractitioner,
        NotAvailable
    }

    /// @notice Why a sale is refused. `about`, beside it, is the value that offends.
    enum Reason {
        None,
        /// the account is no active pharmacist
        NotPharmacist,
        /// the pharmacist does not work for this pharmacy now
        NotEmployed,
        /// the account is no active pharmacy
        NotPharmacy,
        /// the lot is not registered, or was struck
        LotNotRegistered,
        /// the packs do not stand in the lot, or there are none
        NotInLot,
        /// the lot, its product or this pack is recalled
        Recalled,
        Expired,
        /// this pack, or the unit, is under quarantine
        Quarantined,
        /// this pack, or the unit, was reported lost or stolen
        Lost,
        /// the pharmacy does not hold the unit
        NotHeld,
        /// the unit is under way
        UnderWay,
        /// the pack is not in the unit
        NotInUnit,
        /// the pack was dispensed or destroyed before
        Gone,
        /// the product is no medicine
        NotMedicine,
        /// the product needs a prescription, and none with a practitioner was named
        PrescriptionMissing,
        /// nobody issued it or submitted it signed
        PrescriptionUnknown,
        Cancelled,
        NotYetValid,
        Past,
        /// the next fill is due later
        TooEarly,
        /// more packs than are left of this fill
        BeyondQuantity,
        /// all fills were sold
        Spent,
        /// not signed with the prescription's key for this pharmacy, these packs and this nonce
        WrongCollector,
        /// no second pharmacist of this pharmacy signed, and the medicine is a controlled one
        NotCountersigned,
        /// another product than the prescribed, and the practitioner did not approve it
        OtherProduct,
        /// the pharmacy did not approve this room in `Units`
        RoomNotApproved
    }

    /// @notice What a sale would answer.
    /// @param about the offending account, prescription, lot, unit, item, model, number or time
    struct Answer {
        Outcome outcome;
        Reason reason;
        bytes32 about;
    }

    /// @notice What became of a lot at a pharmacy, in packs: received = sold + returned + destroyed + stock.
    /// @param sold dispensed from its units: by sales here, unless it dispensed beside this room, which the events of `Units` name
    struct Stock {
        uint256 received;
        uint256 sold;
        uint256 returned;
        uint256 destroyed;
        uint256 stock;
    }

    /// @notice A price for one pack. `amount` in minor units of `currency` (ISO 4217 numeric code); currency 0 means no price.
    struct Price {
        uint64 amount;
        uint16 currency;
    }

    event PharmacistSet(address indexed pharmacy, address indexed pharmacist, uint40 until);
    event PriceSet(address indexed pharmacy, ModelId indexed model, uint64 amount, uint16 currency);
    event PrescriptionIssued(
        bytes32 indexed id, address indexed practitioner, address indexed patient, Prescription prescription
    );
    event PrescriptionCancelled(bytes32 indexed id, address indexed by);
    event SubstitutionAsked(bytes32 indexed id, address indexed practitioner, address indexed pharmacy, ModelId model);
    event SubstitutionApproved(bytes32 indexed id, address indexed practitioner, ModelId indexed model);
    /// @notice Packs were sold. Which ones says `Units.PacksDispensed`, right before it.
    /// @param id the prescription; zero for what is sold over the counter
    /// @param saleHash SHA-256 over abi.encode of: bytes32 packs, bytes32 patient, address practitioner, uint256 quantity, uint256 time, uint256 nonce,
    /// address manufacturer. `packs` is keccak256 over the item ids in the order of the sale, `patient` the prescription's address
    event Sold(bytes32 indexed id, address indexed pharmacy, address indexed pharmacist, bytes32 saleHash);
    /// @notice A pack that a patient brought back was destroyed; it stays sold.
    event ReturnedPackDestroyed(LotId indexed lot, address indexed pharmacy, uint32 index, bytes32 evidence);

    /// @notice The sale is refused: what {check} said.
    error Pharmacy_Refused(Answer answer);
    error Pharmacy_NotPractitioner(address account);
    error Pharmacy_NotPharmacy(address account);
    error Pharmacy_NotEmployed(address pharmacy, address pharmacist);
    /// @notice A prescription needs patient, approved product, quantity and a validity that has not ended; with repeats, an interval.
    error Pharmacy_BadPrescription(bytes32 id);
    error Pharmacy_AlreadyIssued(bytes32 id);
    error Pharmacy_Cancelled(bytes32 id);
    /// @notice The practitioner did not sign this.
    error Pharmacy_WrongSignature(bytes32 id, address practitioner);
    /// @notice The caller is neither the prescription's practitioner nor an active regulator.
    error Pharmacy_NotEntitled(bytes32 id, address account);
    /// @notice The product is approved for it already, is the prescribed one, or is no medicine that is approved now.
    error Pharmacy_NothingToApprove(bytes32 id, ModelId model);
    /// @notice The pack does not stand in the lot, was not dispensed, or was destroyed.
    error Pharmacy_NotReturnable(LotId lot, uint32 index);

    /// @notice Lets a pharmacist sell for the caller, until this second; zero ends it. Caller: an active pharmacy (ending: any account).
    function setPharmacist(address pharmacist, uint40 until) external;

    /// @notice Sets what one pack costs at the caller. Caller: an active pharmacy.
    function setPrice(ModelId model, Price calldata price) external;

    /// @notice Issues a prescription. Caller: its practitioner, active.
    function prescribe(Prescription calldata prescription) external returns (bytes32 id);

    /// @notice Issues a prescription that its practitioner (active) signed by EIP-712. Caller: anyone, so a `multicall` of this and a sale fails when
    /// somebody handed it in just before; the sale alone does then.
    function submit(Prescription calldata prescription, bytes calldata signature) external returns (bytes32 id);

    /// @notice Cancels a prescription, issued or only signed. Caller: its practitioner, active or not, or an active regulator.
    function cancel(Prescription calldata prescription) external;

    /// @notice Asks the practitioner for its approval of another product: an event. Caller: a pharmacist of the pharmacy.
    function askSubstitution(Prescription calldata prescription, address pharmacy, ModelId model) external;

    /// @notice Approves another product on a prescription. Caller: its practitioner, active.
    function approveSubstitution(Prescription calldata prescription, ModelId model) external;

    /// @notice The same, signed by the practitioner (active) as EIP-712 `Substitution`. Caller: anyone.
    function submitSubstitution(Prescription calldata prescription, ModelId model, bytes calldata signature) external;

    /// @notice Sells. Caller: an active pharmacist of an active pharmacy, which approved this room in `Units`. A prescription that was only signed is
    /// submitted before, in the same `multicall` if need be. Reverts with {Pharmacy_Refused} as {check} says; for what the unit says, with
    /// `Units_NotDispensable`, and for a pharmacy that did not approve this room with `Units_NotHolder`.
    function sell(Sale calldata sale) external returns (bytes32 saleHash);

    /// @notice Sells a controlled medicine, which takes two pharmacists of the pharmacy.
    /// @param second who signed {Countersignature}; not the caller
    function sellControlled(Sale calldata sale, address second, bytes calldata countersignature)
        external
        returns (bytes32 saleHash);

    /// @notice Destroys a pack that a patient brought back, whichever pharmacy sold it. Caller: an active pharmacy.
    function destroyReturned(LotId lot, Pack calldata pack, bytes32[] calldata proof, bytes32 evidence) external;

    /// @notice What the sale would answer to `pharmacist` now. A signature of the collector that is empty is taken as one to come; so is that of the
    /// second pharmacist.
    function check(address pharmacist, Sale calldata sale) external view returns (Answer memory);

    function idOf(Prescription calldata prescription) external view returns (bytes32);
    function progressOf(bytes32 id) external view returns (Progress memory);
    function isSubstitutionApproved(bytes32 id, ModelId model) external view returns (bool);
    /// @notice Last second at which the pharmacist may sell for the pharmacy.
    function employedUntil(address pharmacy, address pharmacist) external view returns (uint40);
    function priceOf(address pharmacy, ModelId model) external view returns (Price memory);
    function stockOf(address pharmacy, LotId lot) external view returns (Stock memory);
    function isReturnDestroyed(LotId lot, uint32 index) external view returns (bool);
    /// @notice What the packs of a sale are signed as: keccak256 over their item ids, in the order of the sale.
    function packsOf(Sale calldata sale) external pure returns (bytes32);
    /// @notice EIP-712 digests to sign: `Collection` by the prescription's key, `Countersignature` by the second pharmacist, `Substitution` by the practitioner.
    function collectionDigest(bytes32 id, address pharmacy, bytes32 packs, uint256 nonce)
        external
        view
        returns (bytes32);
    function countersignatureDigest(bytes32 id, address pharmacy, bytes32 packs, uint256 nonce)
        external
        view
        returns (bytes32);
    function substitutionDigest(bytes32 id, ModelId model) external view returns (bytes32);
}
