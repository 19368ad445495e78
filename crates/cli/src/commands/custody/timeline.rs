//! What happened to an item, from the events of `Custody`.

use alloy::rpc::types::Filter;
use alloy::sol_types::SolEvent as _;
use alloy_primitives::{Address, B256, U256};
use theriac_bindings::custody::Custody::{CustodyEvents, RecallClosed, RecallOpened};
use theriac_client::types::{Loss, RecallClass, RecallScope};
use theriac_client::{RoomEvent, RoomLog, Suite};
use theriac_core::document::Subject;
use theriac_core::ids::ItemId;

use crate::commands::people::People;
use crate::failure::Failure;

/// One event, without its time.
pub(super) struct Happening {
    /// As the verb is typed; `recall` and `close-recall` for those of the item, its lot or its model.
    pub(super) verb: &'static str,
    /// Who gave the item away, or acted on it.
    pub(super) from: Option<Address>,
    /// Who has it or is to have it.
    pub(super) to: Option<Address>,
    pub(super) evidence: B256,
    pub(super) text: String,
}

/// The events that are about this item: its own, and the recalls of it, its lot and its model, in their order.
pub(super) async fn logs(suite: &Suite, item: ItemId) -> Result<Vec<RoomLog>, Failure> {
    let (first, last) = (suite.deployment().block, suite.chain().block_number().await?);
    let custody = Filter::new().address(suite.custody().address());
    let mut logs = suite.logs_of(custody.clone().topic1(item.0), first, last).await?;

    let mut subjects = vec![item.0, Subject::Lot(item.lot()).word()];
    subjects.extend(suite.catalog().lot_of(item.lot()).await?.map(|lot| lot.model.0));
    let opened = custody.clone().event_signature(RecallOpened::SIGNATURE_HASH).topic2(subjects);
    let opened = suite.logs_of(opened, first, last).await?;
    let numbers: Vec<B256> = opened.iter().filter_map(recall_number).map(|number| U256::from(number).into()).collect();
    logs.extend(opened);
    // A filter by no number at all would let every recall through.
    if !numbers.is_empty() {
        let closed = custody.event_signature(RecallClosed::SIGNATURE_HASH).topic1(numbers);
        logs.extend(suite.logs_of(closed, first, last).await?);
    }
    logs.sort_by_key(|log| (log.block_number, log.index));
    Ok(logs)
}

fn recall_number(log: &RoomLog) -> Option<u64> {
    match &log.event {
        RoomEvent::Custody(CustodyEvents::RecallOpened(told)) => Some(told.recallId),
        _ => None,
    }
}

/// What one event says; none for those that are not about an item.
pub(super) async fn happening(people: &mut People<'_>, event: &CustodyEvents) -> Result<Option<Happening>, Failure> {
    use CustodyEvents as E;
    Ok(Some(match event {
        E::RecallOpened(told) => {
            let (scope, class) = (RecallScope::try_from(told.scope)?, RecallClass::try_from(told.class)?);
            let by = people.name(told.issuer).await?;
            let class = class.as_str().to_ascii_uppercase();
            let text = format!("recall {} of the {scope}, class {class}, by {by}", told.recallId);
            Happening { verb: "recall", from: Some(told.issuer), to: None, evidence: told.notice.digest, text }
        }
        E::RecallClosed(told) => {
            let text = format!("recall {} closed by {}", told.recallId, people.name(told.by).await?);
            Happening { verb: "close-recall", from: Some(told.by), to: None, evidence: told.evidence, text }
        }
        E::ItemCommissioned(told) => {
            let text = format!("commissioned by {}", people.name(told.holder).await?);
            Happening { verb: "commission", from: None, to: Some(told.holder), evidence: told.evidence, text }
        }
        E::ItemShipped(_) | E::ItemReceived(_) | E::ItemRejected(_) | E::ShipmentCancelled(_) => {
            return passage(people, event).await;
        }
        _ => return standing(people, event).await,
    }))
}

/// What goes from one account to another.
async fn passage(people: &mut People<'_>, event: &CustodyEvents) -> Result<Option<Happening>, Failure> {
    use CustodyEvents as E;
    let (verb, from, to, evidence) = match event {
        E::ItemShipped(told) => ("ship", told.from, told.to, told.evidence),
        E::ItemReceived(told) => ("receive", told.from, told.to, told.evidence),
        E::ItemRejected(told) => ("reject", told.from, told.to, told.evidence),
        E::ShipmentCancelled(told) => ("cancel", told.from, told.to, told.evidence),
        _ => return Ok(None),
    };
    let (sender, addressee) = (people.name(from).await?, people.name(to).await?);
    let text = match verb {
        "ship" => format!("shipped by {sender} to {addressee}"),
        "receive" => format!("received by {addressee} from {sender}"),
        "reject" => format!("rejected by {addressee}, stays with {sender}"),
        _ => format!("called back by {sender} from its way to {addressee}"),
    };
    Ok(Some(Happening { verb, from: Some(from), to: Some(to), evidence, text }))
}

/// What stops an item, sets it free, or ends it.
async fn standing(people: &mut People<'_>, event: &CustodyEvents) -> Result<Option<Happening>, Failure> {
    use CustodyEvents as E;
    let (verb, by, evidence, what) = match event {
        E::ItemQuarantined(told) => ("quarantine", told.by, told.evidence, "quarantined by".to_owned()),
        E::ItemReleased(told) => {
            let what = format!("released from the quarantine of {} by", people.name(told.setBy).await?);
            ("release", told.by, told.evidence, what)
        }
        E::ItemLost(told) => {
            ("report-lost", told.by, told.evidence, format!("reported {} by", Loss::try_from(told.loss)?))
        }
        E::ItemRecovered(told) => {
            let what = format!("loss reported by {} taken back by", people.name(told.setBy).await?);
            ("recover", told.by, told.evidence, what)
        }
        E::ItemDecommissioned(told) => ("decommission", told.holder, told.evidence, "decommissioned by".to_owned()),
        _ => return Ok(None),
    };
    let text = format!("{what} {}", people.name(by).await?);
    Ok(Some(Happening { verb, from: Some(by), to: None, evidence, text }))
}
