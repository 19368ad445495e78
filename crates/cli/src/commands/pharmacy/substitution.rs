//! Another product than the prescribed: asked for, approved, or approved by a signature.

use std::path::{Path, PathBuf};

use alloy_primitives::{Address, B256};
use clap::Args;
use serde::Serialize;
use theriac_client::{Suite, eip712};
use theriac_core::ids::ModelId;

use super::papers::{self, Prescribed, Substitution};
use super::room::Room;
use super::{prescription, product};
use crate::answer::Answer;
use crate::args::account;
use crate::context::{Context, Done};
use crate::failure::Failure;

/// Options of `theriac pharmacy ask-substitution`.
#[derive(Debug, Args)]
pub(crate) struct Ask {
    /// The prescription: its file, or the id of an issued one.
    #[arg(value_name = "FILE|ID")]
    prescription: String,
    /// The other product: a GTIN, an NDC with hyphens, a UDI or a model id.
    product: String,
    /// The pharmacy for which you ask; otherwise the signer.
    #[arg(long, value_name = "ADDRESS", value_parser = account)]
    pharmacy: Option<Address>,
}

/// Options of `theriac pharmacy approve-substitution`.
#[derive(Debug, Args)]
pub(crate) struct Approve {
    /// The prescription: its file, or the id of an issued one. To sign without a chain takes the file.
    #[arg(value_name = "FILE|ID")]
    prescription: String,
    /// The other product: a GTIN, an NDC with hyphens, a UDI or a model id.
    product: String,
    /// Sign it into this file instead of sending it: needs no ether and no chain.
    #[arg(long, value_name = "FILE")]
    sign: Option<PathBuf>,
}

#[derive(Serialize)]
struct Facts<'a> {
    prescription: B256,
    model: ModelId,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a Path>,
    #[serde(flatten)]
    done: Option<Done>,
}

/// Asks the practitioner, by an event on chain.
pub(super) async fn ask(context: &Context<'_>, options: &Ask) -> Result<Answer, Failure> {
    let model = product::model(&options.product)?;
    let suite = context.signing_suite().await?;
    let known = prescription::known(&suite, &options.prescription).await?;
    let pharmacy = options.pharmacy.unwrap_or_else(|| suite.chain().account());
    let done = context.perform(&suite.pharmacy().ask_substitution(&known.prescription, pharmacy, model)).await?;
    let verb = if context.options.dry_run { "would be asked" } else { "is asked" };
    let text = format!(
        "{} {verb} to approve {} on prescription {}\n{}",
        known.prescription.practitioner,
        options.product,
        known.id,
        done.text()
    );
    Answer::new(text, &Facts { prescription: known.id, model, file: None, done: Some(done) })
}

/// Approves, or signs the approval for somebody else to hand in.
pub(super) async fn approve(context: &Context<'_>, options: &Approve) -> Result<Answer, Failure> {
    let model = product::model(&options.product)?;
    if let Some(file) = &options.sign {
        return sign(context, Path::new(&options.prescription), model, file).await;
    }
    let suite = context.signing_suite().await?;
    let known = prescription::known(&suite, &options.prescription).await?;
    let done = context.perform(&suite.pharmacy().approve_substitution(&known.prescription, model)).await?;
    told(context, known.id, model, None, done)
}

async fn sign(context: &Context<'_>, paper: &Path, model: ModelId, file: &Path) -> Result<Answer, Failure> {
    let (room, Prescribed { prescription, .. }) = papers::read::<Prescribed>(paper)?;
    room.check_known(context).map_err(|failure| failure.at(paper))?;
    let signer = context.required_signer()?;
    if signer.address() != prescription.practitioner {
        let what = format!("the prescription is of {}, not of {}", prescription.practitioner, signer.address());
        return Err(Failure::user("OtherPractitioner", what, "only who prescribed can approve another product"));
    }
    let id = room.id_of(&prescription);
    let approval = eip712::Substitution { prescription: id, model: model.0 };
    let signature = signer.sign_typed(&approval, &room.domain()).await?.as_bytes().to_vec().into();
    papers::write(file, room, &Substitution { prescription, model, signature })?;
    let text = format!(
        "the approval of {model} on prescription {id} is signed into {}\nNothing was sent: the pharmacy hands it in.",
        file.display()
    );
    Answer::new(text, &Facts { prescription: id, model, file: Some(file), done: None })
}

/// Hands in a signed approval.
pub(super) async fn submit(context: &Context<'_>, suite: &Suite, file: &Path) -> Result<Answer, Failure> {
    let (room, paper) = papers::read::<Substitution>(file)?;
    room.check_is(Room::of(suite)).map_err(|failure| failure.at(file))?;
    let id = room.id_of(&paper.prescription);
    let pharmacy = suite.pharmacy();
    if pharmacy.is_substitution_approved(id, paper.model).await? {
        let done = Some(Done::nothing(context));
        let text = format!("{} is approved on prescription {id} already; nothing was sent", paper.model);
        return Answer::new(text, &Facts { prescription: id, model: paper.model, file: Some(file), done });
    }
    let call = pharmacy.submit_substitution(&paper.prescription, paper.model, paper.signature);
    let done = context.perform(&call).await?;
    told(context, id, paper.model, Some(file), done)
}

fn told(context: &Context<'_>, id: B256, model: ModelId, file: Option<&Path>, done: Done) -> Result<Answer, Failure> {
    let verb = if context.options.dry_run { "would be approved" } else { "is approved" };
    let text = format!("{model} {verb} on prescription {id}\n{}", done.text());
    Answer::new(text, &Facts { prescription: id, model, file, done: Some(done) })
}
