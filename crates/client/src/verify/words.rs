//! How findings are put into words, and what they rest on.

use alloy::primitives::Address;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use theriac_core::document::RecallNotice;
use theriac_core::scans::Finding;

use super::{CloneAlarm, Evidence, Level, OpenRecall};
use crate::rooms::{Claim, Holding};
use crate::types::{Content, RecallClass, RevocationReason};

pub(super) fn call(call: String) -> Evidence {
    Evidence::Call { call }
}

pub(super) fn document(content: &Content) -> Option<Evidence> {
    content.address().ok().map(|address| Evidence::Document { address })
}

/// Why a label's date is not the lot's. What only one of them tells is no contradiction, but an expiry that the lot lacks is.
pub(super) fn different(what: &str, label: Option<Date>, lot: u64) -> Option<String> {
    let label = label?;
    match date(lot) {
        Some(lot) if lot == label => None,
        Some(lot) => Some(format!("the label says that it {what} on {label}, but the lot {what} on {lot}")),
        None if what == "expires" => {
            Some(format!("the label says that it {what} on {label}, but the lot does not expire"))
        }
        None => None,
    }
}

/// The day of a time that the chain keeps; zero stands for none.
pub(super) fn date(seconds: u64) -> Option<Date> {
    let seconds = i64::try_from(seconds).ok().filter(|seconds| *seconds != 0)?;
    Some(Timestamp::from_second(seconds).ok()?.to_zoned(TimeZone::UTC).date())
}

/// None beyond the year 9999: the contracts can keep such times, and they stand for "without end".
pub(super) fn instant(seconds: u64) -> Option<Timestamp> {
    i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok())
}

pub(super) fn iso(seconds: u64) -> String {
    instant(seconds).map_or_else(|| "the end of time".to_owned(), |time| time.to_string())
}

/// The end of a validity, if it has one.
pub(super) fn until(seconds: u64) -> String {
    if instant(seconds).is_some() { format!("until {}", iso(seconds)) } else { "without end".to_owned() }
}

/// Reasons of revocation that say nothing against the unit itself.
pub(super) fn is_harmless(reason: RevocationReason) -> bool {
    use RevocationReason::{AffiliationChanged, CessationOfOperation, Superseded};
    matches!(reason, AffiliationChanged | CessationOfOperation | Superseded)
}

pub(super) fn recall_text(recall: &OpenRecall) -> String {
    let OpenRecall { id, class: severity, scope, issuer, opened_at, notice, .. } = recall;
    let notice =
        notice.as_ref().map_or_else(|| format!("by {issuer}; the store does not have its notice"), notice_text);
    format!("recalled (recall {id}, class {}, of the {scope}, since {}): {notice}", class(*severity), iso(*opened_at))
}

pub(super) fn recall_evidence(recall: &OpenRecall) -> Vec<Evidence> {
    let event = Evidence::Event { event: "Custody.RecallOpened", block: recall.block, transaction: recall.transaction };
    [event].into_iter().chain(recall.document.map(|address| Evidence::Document { address })).collect()
}

pub(super) fn custody_text(holding: &Holding, maker: Option<Address>) -> (Level, String) {
    match (holding.holder, holding.addressee) {
        (None, _) => (Level::Note, "its maker has not commissioned it: no custody is recorded".to_owned()),
        (Some(from), Some(to)) => (Level::Note, format!("it is under way from {from} to {to}")),
        (Some(holder), None) if Some(holder) == maker => (Level::Note, format!("its maker {holder} still holds it")),
        (Some(holder), None) => (Level::Good, format!("it is held by {holder}")),
    }
}

pub(super) fn claim_text(claim: &Claim, own: bool) -> (Level, String) {
    let Claim { claimer, claimed_at } = claim;
    let when = iso(*claimed_at);
    match own {
        true => (Level::Good, format!("its tag was claimed first by you, on {when}")),
        false => (
            Level::Caution,
            format!("its tag was claimed by {claimer} on {when}: unless that is who gave it to you, this is a copy"),
        ),
    }
}

pub(super) fn alarm_text(claim: &Claim, alarm: &CloneAlarm) -> String {
    format!(
        "its tag was claimed twice, first by {} and again by {}: one of the two units is a copy",
        claim.claimer, alarm.claimer
    )
}

pub(super) fn alarm_evidence(alarm: &CloneAlarm) -> Evidence {
    Evidence::Event { event: "Devices.CloneSuspected", block: alarm.block, transaction: alarm.transaction }
}

pub(super) fn scan_text(finding: &Finding) -> String {
    match finding {
        Finding::ImpossibleTravel { from_at, to_at, kilometres } => format!(
            "it was scanned on {} and on {} in places at least {kilometres} km apart, which nothing travels in that time: \
             one of the two is a copy, or a place was wrong",
            iso(*from_at),
            iso(*to_at)
        ),
        Finding::TooManyPlaces { places, days } => {
            format!("it was scanned in {places} places within {days} days: its label may have been copied")
        }
        Finding::TooManyFarMoves { moves, days } => {
            format!(
                "it moved far {moves} times within {days} days, as if it were in two places: it may have been copied"
            )
        }
        Finding::TooManyScans { scans, hours } => {
            format!("it was scanned {scans} times within {hours} hours: its label may have been copied")
        }
    }
}

/// The class as people write it.
const fn class(class: RecallClass) -> &'static str {
    match class {
        RecallClass::I => "I",
        RecallClass::II => "II",
        RecallClass::III => "III",
    }
}

/// The words of a notice that a holder needs.
fn notice_text(notice: &RecallNotice) -> String {
    let number = notice.recall_number.as_deref().map(|number| format!(", number {number}")).unwrap_or_default();
    format!("{}{number}. Reason: {} What to do: {}", notice.firm, sentence(&notice.reason), sentence(&notice.action))
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}
