//! A sentence for every refusal: what is wrong and what to do. The error's Solidity name stands first, so that it can be looked up.

mod appointments;
mod device_management;
mod medicines;
mod trade;

use std::fmt;

use alloy::primitives::Address;
use theriac_bindings::administration::Administration::AdministrationErrors as Administration;
use theriac_bindings::anchors::Anchors::AnchorsErrors as Anchors;
use theriac_bindings::catalog::Catalog::CatalogErrors as Catalog;
use theriac_bindings::custody::Custody::CustodyErrors as Custody;
use theriac_bindings::devices::Devices::DevicesErrors as Devices;
use theriac_bindings::participants::Participants::ParticipantsErrors as Participants;

use crate::revert::Revert;
use crate::roles::Roles;
use crate::types::{Product, Standing};

impl fmt::Display for Revert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(text) => return write!(f, "{text}"),
            Self::Panic(code) => {
                return write!(f, "the contract's own check failed (Panic {code:#x}); please report it");
            }
            Self::Empty => return f.write_str("no reason given: out of gas, or no contract of ours at that address"),
            Self::Unknown(data) => return write!(f, "an error that this version does not know: {data}"),
            _ => {}
        }
        let sentence = match self {
            Self::Participants(error) => participants(error),
            Self::Catalog(error) => catalog(error),
            Self::Anchors(error) => anchors(error),
            Self::Custody(error) => custody(error),
            Self::Devices(error) => devices(error),
            Self::Escrow(error) => trade::escrow(error),
            Self::Market(error) => trade::market(error),
            Self::Units(error) => medicines::units(error),
            Self::Pharmacy(error) => medicines::pharmacy(error),
            Self::Appointments(error) => appointments::appointments(error),
            Self::MdsProfiles(error) => device_management::mds_profiles(error),
            Self::FhirOracle(error) => device_management::fhir_oracle(error),
            Self::Token(error) => trade::token(error),
            Self::Administration(error) => administration(error),
            _ => None,
        };
        match sentence {
            Some(sentence) => write!(f, "{}: {sentence}", self.name()),
            None => f.write_str(&self.signature()),
        }
    }
}

/// Who gives the roles that participants have.
fn needs(account: &Address, role: &str) -> String {
    format!("{account} is not an active {role}: a registrar has to enrol it in this role, or reinstate or renew it")
}

fn inactive(account: &Address) -> String {
    format!("{account} is not an active participant: a registrar has to enrol, reinstate or renew it")
}

fn participants(error: &Participants) -> Option<String> {
    use Participants as E;
    Some(match error {
        E::AccessManagedUnauthorized(e) => format!("{} has not the administrative role for this", e.caller),
        E::AccessManagedRequiredDelay(e) => format!("{} must schedule this {} s before", e.caller, e.delay),
        E::Participants_AlreadySuspended(e) => format!("{} is suspended already", e.account),
        E::Participants_NotSuspended(e) => format!("{} is not suspended", e.account),
        E::Participants_AuthorityFixed(_) => "the administration of a room cannot be changed".to_owned(),
        E::Participants_EmptyValidity(e) => {
            format!("the validity {} to {} ends before it begins, or is over", e.validFrom, e.validUntil)
        }
        E::Participants_MissingCommitment(e) => {
            format!("the enrolment of {} lacks the organisation's commitment or the credential's digest", e.account)
        }
        E::Participants_NotEnrolled(e) => format!("{} was never enrolled: it has to apply first", e.account),
        E::Participants_PowerfulRole(e) => format!(
            "{} has or would get a powerful role ({}): a grantor has to schedule `enrolPowerful`",
            e.account,
            Roles::from_bits(e.roles)
        ),
        E::Participants_UnknownRoles(e) => format!("{:#x} is no set of roles: give at least one that exists", e.roles),
        E::Participants_ZeroAccount(_) => "the zero address cannot take part".to_owned(),
        _ => return None,
    })
}

fn catalog(error: &Catalog) -> Option<String> {
    use Catalog as E;
    Some(match error {
        E::Catalog_NotManufacturer(e) => needs(&e.account, "manufacturer"),
        E::Catalog_NotApprover(e) => needs(&e.account, "certifier or regulator"),
        E::Catalog_NotRegulator(e) => needs(&e.account, "regulator"),
        E::Catalog_BadDates(e) => format!("the expiry {} is not after the manufacture {}", e.expiresAt, e.madeAt),
        E::Catalog_BadDocument(e) => bad_document(&e.digest, e.codec),
        E::Catalog_BadIdentifier(e) => {
            format!(
                "`{}` is neither a DI (1 to 25 bytes; a GTIN 14 digits) nor a lot number (at most 20 bytes)",
                e.text
            )
        }
        E::Catalog_EmptyLot(e) => format!("lot {} has no items or no root", e.lot),
        E::Catalog_LotExists(e) => format!("lot {} is registered already; a lot is registered once", e.lot),
        E::Catalog_LotNotRegistered(e) => format!("lot {} is not registered, or was struck", e.lot),
        E::Catalog_ModelApproved(e) => format!("model {} is approved already, for {}", e.model, e.manufacturer),
        E::Catalog_ModelNotApproved(e) => {
            format!("model {} is not approved: a certifier or regulator has to approve it first", e.model)
        }
        E::Catalog_NotForModel(e) => {
            format!("{} is neither the manufacturer of model {} nor its operator", e.account, e.model)
        }
        E::Catalog_OtherDocument(e) => format!(
            "the registration of model {} has document {}, not {}: look at it again and approve what is registered",
            e.model, e.registered, e.approved
        ),
        E::Catalog_OtherProduct(e) => format!(
            "the registration of model {} is of a {}, not of a {}: look at it again and approve what is registered",
            e.model,
            product(e.registered),
            product(e.approved)
        ),
        E::Catalog_NotReclassifiable(e) => format!(
            "the class of model {} cannot change from {} to {}: only medicines change theirs, and not to the one they have",
            e.model,
            product(e.from),
            product(e.to)
        ),
        E::Catalog_OwnModel(e) => format!("{} cannot approve its own model {}", e.account, e.model),
        _ => return None,
    })
}

fn bad_document(digest: &alloy::primitives::B256, codec: u8) -> String {
    format!("a document needs a digest and codec 0x55 (raw) or 0x70 (dag-pb), not {digest} and {codec:#x}")
}

fn anchors(error: &Anchors) -> Option<String> {
    use Anchors as E;
    Some(match error {
        E::Anchors_NotActive(e) => inactive(&e.account),
        E::Anchors_NotIssuer(e) => {
            format!("{} cannot issue for {}: hand in a certificate that the issuer signed", e.caller, e.issuer)
        }
        E::Anchors_BadSignature(e) => {
            format!("{} did not sign this certificate for this contract on this chain", e.issuer)
        }
        E::Anchors_BadDocument(e) => bad_document(&e.digest, e.codec),
        E::Anchors_EmptyValidity(e) => {
            format!("the validity {} to {} ends before it begins", e.validFrom, e.validUntil)
        }
        E::Anchors_NotNewer(e) => format!(
            "issued at {}, which is not after the certificate or revocation of {}: it was superseded or revoked",
            e.issuedAt, e.newest
        ),
        E::Anchors_IssuedInFuture(e) => format!("issued at {}, which is in the future: check the clock", e.issuedAt),
        _ => return None,
    })
}

fn product(number: u8) -> String {
    Product::try_from(number).map_or_else(|_| number.to_string(), |product| product.to_string())
}

fn standing(number: u8) -> String {
    Standing::try_from(number).map_or_else(|_| number.to_string(), |standing| standing.to_string())
}

fn custody(error: &Custody) -> Option<String> {
    use Custody as E;
    Some(match error {
        E::Custody_NotActive(e) => inactive(&e.account),
        E::Custody_NotHolder(e) => {
            format!("{} does not hold item {}, and is no operator of its holder", e.account, e.item)
        }
        E::Custody_NotAddressee(e) => format!("item {} is not on its way to {}", e.item, e.account),
        E::Custody_NotManufacturer(e) => format!("{} did not make item {}", e.account, e.item),
        E::Custody_NotEntitled(e) => {
            format!("{} is neither holder nor maker of {}, nor a regulator", e.account, e.subject)
        }
        E::Custody_NotInLot(e) => {
            format!("item {} is not in a registered lot with this index, tag and proof", e.item)
        }
        E::Custody_AlreadyCommissioned(e) => format!("item {} is commissioned already; {} holds it", e.item, e.holder),
        E::Custody_NotCommissioned(e) => format!("item {} was never commissioned: its maker has to", e.item),
        E::Custody_HeldInUnits(e) => {
            format!("lot {} is held in units, not item by item: name the unit (its SSCC) in which the item lies", e.lot)
        }
        E::Custody_HeldByItems(e) => {
            format!("lot {} is held item by item: its first item was commissioned so, and that stays", e.lot)
        }
        E::Custody_NotLotManufacturer(e) => {
            format!("{} did not make lot {}, and is no operator of its maker", e.account, e.lot)
        }
        E::Custody_UnderWay(e) => format!("item {} is on its way to {}", e.item, e.addressee),
        E::Custody_NotUnderWay(e) => format!("item {} is not on its way to anyone", e.item),
        E::Custody_BadAddressee(e) => format!("item {} cannot be sent to {}", e.item, e.addressee),
        E::Custody_Immovable(e) => format!(
            "item {} is {}: it can only go back to its maker or to whom the holder had it from",
            e.item,
            standing(e.standing)
        ),
        E::Custody_AlreadyQuarantined(e) => format!("{} has item {} in quarantine already", e.by, e.item),
        E::Custody_NotQuarantined(e) => format!("{} set no quarantine on item {}", e.by, e.item),
        E::Custody_AlreadyLost(e) => format!("{} reported item {} lost already", e.by, e.item),
        E::Custody_NotLost(e) => format!("{} reported no loss of item {}", e.by, e.item),
        E::Custody_Decommissioned(e) => format!("the life of item {} has ended", e.item),
        E::Custody_NotSetter(e) => {
            format!("{} is not {} who set it on item {}, and no regulator", e.account, e.setBy, e.item)
        }
        E::Custody_UnknownSubject(e) => format!("nothing registered has the id {}", e.subject),
        E::Custody_BadNotice(e) => bad_document(&e.digest, e.codec),
        E::Custody_NoRecall(e) => format!("there is no recall {}", e.recallId),
        E::Custody_RecallClosed(e) => format!("recall {} is closed", e.recallId),
        E::Custody_NotRecallIssuer(e) => {
            format!("{} did not open recall {}, and is no regulator", e.account, e.recallId)
        }
        _ => return None,
    })
}

fn devices(error: &Devices) -> Option<String> {
    use Devices as E;
    Some(match error {
        E::Devices_NotManufacturer(e) => {
            format!("{} did not make item {}, and is no operator of its maker", e.account, e.item)
        }
        E::Devices_NotActive(e) => inactive(&e.account),
        E::Devices_NotInLot(e) => format!("item {} is not in a registered lot with this index, tag and proof", e.item),
        E::Devices_NotADevice(e) => format!("item {} is a medicine; medicines have no twin", e.item),
        E::Devices_Immovable(e) => format!("item {} is {}: its twin cannot change hands", e.item, standing(e.standing)),
        E::Devices_Locked(e) => {
            format!("the twin of item {} is locked; only its keeper {} can unlock it", e.item, e.keeper)
        }
        E::Devices_NotLocked(e) => format!("the twin of item {} is not locked", e.item),
        E::Devices_NotKeeper(e) => format!("{} is not the keeper of the twin of item {}", e.account, e.item),
        E::Devices_ZeroKeeper(e) => format!("a lock of item {} needs a keeper", e.item),
        E::Devices_NotReturnAccount(e) => {
            format!("the twin of item {} can only go back to the account that locked it, not to {}", e.item, e.account)
        }
        E::Devices_NoTag(e) => format!("item {} has no tag, so its uniqueness cannot be proven", e.item),
        E::Devices_BadSignature(e) => format!("the tag {} of item {} did not sign this", e.tagKey, e.item),
        E::Devices_ZeroClaimer(e) => format!("a claim of item {} needs a claimer", e.item),
        E::Devices_BadDocument(e) => bad_document(&e.digest, e.codec),
        E::ERC721NonexistentToken(e) => format!("item {:#066x} has no twin: its maker has not minted it", e.tokenId),
        E::ERC721IncorrectOwner(e) => {
            format!("the twin {:#066x} belongs to {}, not to {}", e.tokenId, e.owner, e.sender)
        }
        E::ERC721InsufficientApproval(e) => {
            format!("{} neither owns the twin {:#066x} nor is approved for it", e.operator, e.tokenId)
        }
        E::ERC721InvalidSender(_) => "the item has a twin already, or the sender is the zero address".to_owned(),
        E::ERC721InvalidReceiver(e) => format!("{} cannot hold a twin", e.receiver),
        _ => return None,
    })
}

fn administration(error: &Administration) -> Option<String> {
    use Administration as E;
    Some(match error {
        E::AccessManagerNotScheduled(e) => {
            format!("this call is not scheduled (operation {}): schedule it first", e.operationId)
        }
        E::AccessManagerNotReady(e) => {
            format!("operation {} is scheduled, but its delay is not over: execute it later", e.operationId)
        }
        E::AccessManagerExpired(e) => {
            format!("operation {} was not executed in time: schedule it again", e.operationId)
        }
        E::AccessManagerAlreadyScheduled(e) => {
            format!("operation {} is scheduled already: execute it later", e.operationId)
        }
        E::AccessManagerUnauthorizedAccount(e) => {
            format!("{} has not the administrative role {}", e.msgsender, e.roleId)
        }
        E::AccessManagerUnauthorizedCall(e) => format!("{} has not the administrative role for this", e.caller),
        E::AccessManagerUnauthorizedCancel(e) => {
            format!("{} can cancel it no more than anyone but its caller {} and the guardian", e.msgsender, e.caller)
        }
        E::Administration_DelayRequired(e) => format!("chain {} demands a delay above 0", e.chainId),
        E::Administration_DelayTooShort(e) => {
            format!("role {} needs a delay of {} s at least, not {}", e.roleId, e.required, e.executionDelay)
        }
        E::Administration_LastAdministrator(e) => {
            format!("{} is the last administrator: appoint another one before", e.account)
        }
        _ => return None,
    })
}
