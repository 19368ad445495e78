//! `theriac drug answer`: whether the maker put a product identifier on a pack, for who takes back saleable product (FD&C Act
//! §582(c)(4)(D)) or doubts what it has: question and answer of the GS1 Lightweight Messaging Standard.

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use theriac_client::types::Standing;
use theriac_client::units::Ledger;
use theriac_core::dscsa::verification::{
    AdditionalInfo, FailureReason, Outcome, VerificationRequest, VerificationResponse,
};
use theriac_core::gs1::{Gln, Lot as LotNumber};
use theriac_core::ids::{Agency, ModelId};

use super::rfid::index_of;
use crate::answer::Answer;
use crate::commands::catalog::known::Known;
use crate::commands::documents::registered_lot;
use crate::context::Context;
use crate::failure::Failure;

/// Options of `theriac drug answer`.
#[derive(Debug, Args)]
pub(crate) struct Question {
    /// The request: its address, or path and query: /verify/gtin/…/lot/…/ser/…?exp=YYMMDD and so on.
    request: String,
    /// Your GLN, which stands in the answer.
    #[arg(long, value_name = "GLN", value_parser = |text: &str| Gln::new(text).map_err(|error| error.to_string()))]
    responder: Gln,
}

/// The pack with the GTIN and serial of the question.
struct Pack {
    lot: LotNumber,
    expires: Date,
    standing: Standing,
    /// Dispensed or destroyed.
    gone: bool,
}

/// Answers in JSON, as the standard has it. Exit code 0 only where the identifier is verified.
pub(super) async fn run(context: &Context<'_>, options: &Question) -> Result<Answer, Failure> {
    let request = VerificationRequest::parse(&options.request)
        .map_err(|error| Failure::user("InvalidRequest", error, "tell who asks; nothing was answered"))?;
    let pack = find(context, &request).await?;
    let now = Timestamp::now();
    let year = now.to_zoned(TimeZone::UTC).year();
    let outcome = outcome(&request, pack.as_ref(), year);
    let response = VerificationResponse::new(&request, options.responder.clone(), now, outcome);
    let text = response.to_json();
    let facts: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| Failure::internal("reading the answer again", error))?;
    Ok(Answer::new(text, &facts)?.good(matches!(outcome, Outcome::Verified { .. })))
}

/// First what the identifier says; of a genuine one, that what was sold, recalled or stopped is not to be sold again.
fn outcome(request: &VerificationRequest, pack: Option<&Pack>, year: i16) -> Outcome {
    let compared = request.compare(pack.map(|pack| (&pack.lot, pack.expires)), year);
    let (Outcome::Verified { .. }, Some(pack)) = (compared, pack) else { return compared };
    let refused = |additional| Outcome::NotVerified { reason: FailureReason::NotForRedistribution, additional };
    match pack.standing {
        _ if pack.gone => refused(None),
        Standing::Movable => compared,
        Standing::Recalled => refused(Some(AdditionalInfo::Recalled)),
        Standing::Expired => refused(Some(AdditionalInfo::Expired)),
        Standing::Quarantined | Standing::Lost => refused(Some(AdditionalInfo::Suspect)),
        Standing::NotRegistered | Standing::Decommissioned => refused(None),
    }
}

async fn find(context: &Context<'_>, request: &VerificationRequest) -> Result<Option<Pack>, Failure> {
    let model = ModelId::new(Agency::Gs1, request.gtin.as_str());
    let suite = context.suite().await?;
    let known = Known::read(&suite).await?;
    let mut pack = None;
    for lot in known.lots.iter().filter(|lot| lot.model == model && !lot.struck) {
        let Some(index) = index_of(context, &suite, lot, &request.serial).await? else {
            let what = format!("the list of lot {} is not in the store, and the serial may stand there", lot.number);
            return Err(Failure::user("ListMissing", what, "get the lot's document, or ask the maker's other systems"));
        };
        let Some(index) = index else { continue };
        if pack.is_some() {
            let what = format!("serial {} stands in two lots of {}", request.serial, request.gtin);
            return Err(Failure::user("SerialTwice", what, "one of the lists is wrong, or forged: look into it first"));
        }
        let ledger = Ledger::read(&suite, |id| id == lot.id).await?;
        let item = lot.id.item(request.serial.as_str());
        let own = suite.custody().is_movable(item).await?;
        let standing = match ledger.unit_at(lot.id, index) {
            Some((unit, _)) if own == Standing::Movable => suite.units().is_movable(unit).await?,
            _ => own,
        };
        let number =
            LotNumber::new(&lot.number).map_err(|error| Failure::internal("reading the lot's number", error))?;
        pack = Some(Pack {
            lot: number,
            expires: last_day(registered_lot(&suite, lot.id).await?.expires_at)?,
            standing,
            gone: ledger.gone(lot.id, index).is_some(),
        });
    }
    Ok(pack)
}

/// The day whose end is the expiry.
fn last_day(expires_at: u64) -> Result<Date, Failure> {
    let at = i64::try_from(expires_at).ok().and_then(|at| Timestamp::from_second(at).ok());
    let at = at.ok_or_else(|| Failure::internal("reading the lot's expiry", format!("{expires_at} is no time")))?;
    Ok(at.to_zoned(TimeZone::UTC).date())
}
