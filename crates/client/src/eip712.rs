//! The structs that people and tags sign (EIP-712), as the contracts hash them.

use alloy::primitives::Address;
use alloy::sol_types::Eip712Domain;

use crate::types::seconds;

alloy::sol! {
    /// A certificate of `Anchors`.
    #[derive(Debug)]
    struct Certificate {
        bytes32 subject;
        uint8 kind;
        address issuer;
        bytes32 digest;
        uint8 codec;
        uint40 issuedAt;
        uint40 validFrom;
        uint40 validUntil;
    }

    /// What a tag signs to prove that it is present.
    #[derive(Debug)]
    struct TagChallenge {
        bytes32 item;
        bytes32 challenge;
    }

    /// What a tag signs for who claims it.
    #[derive(Debug)]
    struct TagClaim {
        bytes32 item;
        address claimer;
    }

    /// How a payer of tokens agrees to one deal in `Escrow`.
    #[derive(Debug)]
    struct Permission {
        address opener;
        address payer;
        address payee;
        address token;
        uint256 amount;
        uint40 until;
        uint40 reclaimableBy;
        uint256 nonce;
    }

    /// What an oracle node says, for `FhirOracle`.
    #[derive(Debug)]
    struct Answer {
        bytes32 question;
        address node;
        bytes32 value;
        uint40 observedAt;
        bytes32 digest;
        uint8 codec;
    }

    /// What the author of a version of a device profile signs; `digest` is SHA-256 of the document without the signature.
    #[derive(Debug)]
    struct ProfileVersion {
        bytes32 item;
        uint32 version;
        bytes32 previous;
        bytes32 digest;
    }

    /// What the author of a document of vital signs signs; `digest` is SHA-256 of the document without the signature.
    #[derive(Debug)]
    struct VitalSigns {
        bytes32 item;
        uint32 number;
        bytes32 previous;
        bytes32 digest;
    }

    /// A prescription of `Pharmacy`; its hash is its id.
    #[derive(Debug)]
    struct Prescription {
        address practitioner;
        address patient;
        bytes32 model;
        uint32 quantity;
        uint16 repeats;
        uint32 interval;
        uint40 validFrom;
        uint40 validUntil;
    }

    /// What the key of a prescription signs to collect packs.
    #[derive(Debug)]
    struct Collection {
        bytes32 prescription;
        address pharmacy;
        bytes32 packs;
        uint256 nonce;
    }

    /// What a second pharmacist signs for a controlled medicine.
    #[derive(Debug)]
    struct Countersignature {
        bytes32 prescription;
        address pharmacy;
        bytes32 packs;
        uint256 nonce;
    }

    /// How a practitioner approves another product on a prescription.
    #[derive(Debug)]
    struct Substitution {
        bytes32 prescription;
        bytes32 model;
    }

    /// A verb that its signer lets another send, through `ERC2771Forwarder`.
    #[derive(Debug)]
    struct ForwardRequest {
        address from;
        address to;
        uint256 value;
        uint256 gas;
        uint256 nonce;
        uint48 deadline;
        bytes data;
    }

    /// How an owner of tokens allows another account to take them (ERC-2612); the domain is the token's.
    #[derive(Debug)]
    struct Permit {
        address owner;
        address spender;
        uint256 value;
        uint256 nonce;
        uint256 deadline;
    }
}

/// Name of the signing domain of `Anchors`.
pub const ANCHORS: &str = "Theriac Anchors";
/// Name of the signing domain of `Devices`.
pub const DEVICES: &str = "Theriac Devices";
/// Name of the signing domain of `Escrow`.
pub const ESCROW: &str = "Theriac Escrow";
/// Name of the signing domain of `Pharmacy`.
pub const PHARMACY: &str = "Theriac Pharmacy";
/// Name under which versions of device profiles are signed; `MdsProfiles` itself checks no signature.
pub const MDS_PROFILES: &str = "Theriac MdsProfiles";
/// Name of the signing domain of `FhirOracle`.
pub const FHIR_ORACLE: &str = "Theriac FhirOracle";
/// Name of the signing domain of the forwarder.
pub const FORWARDER: &str = "Theriac";

/// The signing domain of a room.
pub fn domain(name: &'static str, chain_id: u64, room: Address) -> Eip712Domain {
    alloy::sol_types::eip712_domain! {
        name: name,
        version: "1",
        chain_id: chain_id,
        verifying_contract: room,
    }
}

impl From<&crate::types::Certificate> for Certificate {
    fn from(certificate: &crate::types::Certificate) -> Self {
        Self {
            subject: certificate.subject,
            kind: certificate.kind.into(),
            issuer: certificate.issuer,
            digest: certificate.document.digest,
            codec: certificate.document.codec,
            issuedAt: seconds(certificate.issued_at),
            validFrom: seconds(certificate.valid_from),
            validUntil: seconds(certificate.valid_until),
        }
    }
}

impl From<&crate::types::Prescription> for Prescription {
    fn from(prescription: &crate::types::Prescription) -> Self {
        Self {
            practitioner: prescription.practitioner,
            patient: prescription.patient,
            model: prescription.model.0,
            quantity: prescription.quantity,
            repeats: prescription.repeats,
            interval: prescription.interval,
            validFrom: seconds(prescription.valid_from),
            validUntil: seconds(prescription.valid_until),
        }
    }
}
