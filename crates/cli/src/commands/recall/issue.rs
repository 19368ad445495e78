//! `theriac recall issue`.

use alloy_primitives::B256;
use clap::{ArgGroup, Args};
use serde::Serialize;
use theriac_bindings::custody::Custody::CustodyEvents;
use theriac_client::types::{Content, RecallClass, RecallScope};
use theriac_client::{RoomEvent, Suite};
use theriac_core::content::{self, ContentAddress};
use theriac_core::document::{Document as _, Subject};

use super::known;
use super::notice::NoticeOptions;
use crate::answer::Answer;
use crate::commands::evidence;
use crate::commands::subject::{Item, Lot, Model};
use crate::context::{Context, Done};
use crate::failure::Failure;

/// Options of `theriac recall issue`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("recalled").required(true).args(["model", "lot_id", "item"])))]
pub(crate) struct Issue {
    /// The recalled model, or the model of the lot: its DI, a UDI or a model id.
    #[arg(long, value_name = "DI")]
    model: Option<String>,
    /// The recalled lot's number; without it the whole model is recalled.
    #[arg(long, value_name = "NUMBER", requires = "model")]
    lot: Option<String>,
    /// The recalled lot's id, instead of model and number.
    #[arg(long, value_name = "ID")]
    lot_id: Option<String>,
    /// The recalled item: a UDI with a serial, or an item id.
    #[arg(long, value_name = "UDI")]
    item: Option<String>,
    #[command(flatten)]
    notice: NoticeOptions,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    /// The recall's number; in a dry run the one that it would get.
    recall: Option<u64>,
    subject: B256,
    scope: RecallScope,
    class: String,
    notice: ContentAddress,
    already_open: bool,
    #[serde(flatten)]
    done: Done,
}

/// Recalls the subject. The same notice again finds the recall open and sends nothing.
pub(super) async fn run(context: &Context<'_>, options: &Issue) -> Result<Answer, Failure> {
    let (subject, scope) = options.subject()?;
    let suite = context.signing_suite().await?;
    let account = suite.chain().account();
    let (notice, class) = options.notice.notice(subject, &account.to_string())?;
    let bytes = notice.canonical().map_err(|error| Failure::of(&error))?;
    let address = content::address(bytes.as_slice()).map_err(|error| Failure::of(&error))?;
    let content = Content::from(address);
    let facts = |recall, already_open, done| Facts {
        recall,
        subject: subject.word(),
        scope,
        class: class.as_str().to_ascii_uppercase(),
        notice: address,
        already_open,
        done,
    };
    if let Some(open) = known::same(&suite, subject.word(), account, content).await? {
        let text =
            format!("{subject} is recalled with this notice already, as recall {}; nothing was sent", open.number);
        return Answer::new(text, &facts(Some(open.number), true, Done::nothing(context)));
    }
    evidence::keep_bytes(context, &bytes).await?;
    let (done, told) = perform(context, &suite, subject, class, content).await?;
    let recall = told.iter().find_map(|event| match event {
        RoomEvent::Custody(CustodyEvents::RecallOpened(opened)) => Some(opened.recallId),
        _ => None,
    });
    let is = if context.options.dry_run { "would be" } else { "is" };
    let number = recall.map_or_else(|| "?".to_owned(), |number| number.to_string());
    let text = format!("{subject} {is} recalled: recall {number}\nnotice {}\n{}", address.uri(), done.text());
    Answer::new(text, &facts(recall, false, done))
}

async fn perform(
    context: &Context<'_>,
    suite: &Suite,
    subject: Subject,
    class: RecallClass,
    notice: Content,
) -> Result<(Done, Vec<RoomEvent>), Failure> {
    let custody = suite.custody();
    match subject {
        Subject::Model(model) => context.perform_telling(&custody.recall_model(model, class, notice)).await,
        Subject::Lot(lot) => context.perform_telling(&custody.recall_lot(lot, class, notice)).await,
        Subject::Item(item) => context.perform_telling(&custody.recall_item(item, class, notice)).await,
        Subject::Account(account) => {
            Err(Failure::user("NotRecallable", format!("{account} is an account"), "name a model, a lot or an item"))
        }
    }
}

impl Issue {
    fn subject(&self) -> Result<(Subject, RecallScope), Failure> {
        if let Some(item) = &self.item {
            return Ok((Subject::Item(Item::parse(item)?.id), RecallScope::Item));
        }
        if let Some(id) = &self.lot_id {
            return Ok((Subject::Lot(Lot::parse_id(id)?.id), RecallScope::Lot));
        }
        let model = self.model.as_deref().map(Model::parse).transpose()?;
        match (model, &self.lot) {
            (Some(model), Some(number)) => Ok((Subject::Lot(Lot::of(model, number)?.id), RecallScope::Lot)),
            (Some(model), None) => Ok((Subject::Model(model.id), RecallScope::Model)),
            (None, _) => {
                Err(Failure::user("NoSubject", "nothing was named", "give --model, --model and --lot, or --item"))
            }
        }
    }
}
