//! What happened to a pack through all its units, or to one unit, from the ledger of `Units`.

use alloy_primitives::{Address, B256};
use theriac_bindings::units::Units::UnitsEvents;
use theriac_client::RoomEvent;
use theriac_client::types::UnitStop;
use theriac_client::units::{Book, Step};
use theriac_core::ids::UnitId;

use super::timeline::Happening;
use crate::commands::people::People;
use crate::failure::Failure;

/// Accounts and units in words: names where they are known, else roles and ids.
pub(in crate::commands) struct Words<'a, 'b> {
    pub(in crate::commands) people: &'a mut People<'b>,
    pub(in crate::commands) book: &'a Book,
}

impl Words<'_, '_> {
    /// The partner's name where its papers told it, and the account with its role.
    pub(in crate::commands) async fn who(&mut self, account: Address) -> Result<String, Failure> {
        let known = self.people.name(account).await?;
        Ok(self.book.name_of(account).map_or_else(|| known.clone(), |name| format!("{name}, {known}")))
    }

    /// The number of the unit where the book has it, else its id.
    pub(in crate::commands) fn unit(&self, unit: UnitId) -> String {
        self.book.get(unit).map_or_else(|| unit.to_string(), |entry| format!("(00){}", entry.sscc))
    }
}

/// What a step says.
pub(super) async fn happening(words: &mut Words<'_, '_>, step: &Step) -> Result<Option<Happening>, Failure> {
    use UnitsEvents as E;
    let RoomEvent::Units(event) = &step.log.event else { return Ok(None) };
    let unit = words.unit(step.unit);
    Ok(Some(match event {
        E::UnitCommissioned(told) => {
            let text = format!("lot commissioned as unit {unit} by {}", words.who(told.holder).await?);
            one("commission-lot", told.holder, told.evidence, text)
        }
        E::UnitsPacked(told) => {
            let text = format!("{} units packed into {unit} by {}", told.parts.len(), words.who(told.holder).await?);
            one("pack", told.holder, told.evidence, text)
        }
        E::UnitUnpacked(told) => {
            let by = words.who(told.holder).await?;
            one("unpack", told.holder, told.evidence, format!("unit {unit} unpacked into {} by {by}", told.parts.len()))
        }
        E::UnitSplit(told) => {
            let (part, by) = (words.unit(UnitId(told.part)), words.who(told.holder).await?);
            one(
                "split",
                told.holder,
                told.evidence,
                format!("{} packs split off {unit} into {part} by {by}", told.count),
            )
        }
        E::PacksDispensed(told) => {
            let text = format!("dispensed out of unit {unit} by {}", words.who(told.holder).await?);
            one("dispense", told.holder, told.evidence, text)
        }
        E::PacksDestroyed(told) => {
            let text = format!("destroyed in unit {unit} by {}", words.who(told.holder).await?);
            one("destroy", told.holder, told.evidence, text)
        }
        E::UnitStopped(told) => {
            let (why, by) = (UnitStop::try_from(told.stop)?, words.who(told.by).await?);
            one(stopped(why), told.by, told.evidence, format!("unit {unit}: {why}, said by {by}"))
        }
        E::UnitFreed(told) => {
            let (why, set_by, by) =
                (UnitStop::try_from(told.stop)?, words.who(told.setBy).await?, words.who(told.by).await?);
            one(freed(why), told.by, told.evidence, format!("unit {unit}: {why} of {set_by} lifted by {by}"))
        }
        _ => return passage(words, event, &unit).await,
    }))
}

fn stopped(why: UnitStop) -> &'static str {
    if why == UnitStop::Quarantine { "quarantine" } else { "report-lost" }
}

fn freed(why: UnitStop) -> &'static str {
    if why == UnitStop::Quarantine { "release" } else { "recover" }
}

fn one(verb: &'static str, by: Address, evidence: B256, text: String) -> Happening {
    Happening { verb, from: Some(by), to: None, evidence, text }
}

/// What goes from one account to another.
async fn passage(words: &mut Words<'_, '_>, event: &UnitsEvents, unit: &str) -> Result<Option<Happening>, Failure> {
    use UnitsEvents as E;
    let (verb, from, to, evidence) = match event {
        E::UnitShipped(told) => ("ship", told.from, told.to, told.evidence),
        E::UnitReceived(told) => ("receive", told.from, told.to, told.evidence),
        E::UnitRejected(told) => ("reject", told.from, told.to, told.evidence),
        E::UnitShipmentCancelled(told) => ("cancel", told.from, told.to, told.evidence),
        _ => return Ok(None),
    };
    let (sender, addressee) = (words.who(from).await?, words.who(to).await?);
    let text = match verb {
        "ship" => format!("unit {unit} shipped by {sender} to {addressee}"),
        "receive" => format!("unit {unit} received by {addressee} from {sender}"),
        "reject" => format!("unit {unit} rejected by {addressee}, stays with {sender}"),
        _ => format!("unit {unit} called back by {sender} from its way to {addressee}"),
    };
    Ok(Some(Happening { verb, from: Some(from), to: Some(to), evidence, text }))
}
