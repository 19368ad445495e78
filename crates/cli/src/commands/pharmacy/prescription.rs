//! Prescriptions: written, signed without a chain, handed in, cancelled, and found again.

use std::path::{Path, PathBuf};

use alloy::rpc::types::Filter;
use alloy::sol_types::SolEvent as _;
use alloy_primitives::{Address, B256, Bytes};
use clap::Args;
use serde::Serialize;
use theriac_bindings::pharmacy::Pharmacy::{PharmacyEvents, PrescriptionIssued};
use theriac_client::types::Prescription;
use theriac_client::{RoomEvent, Signer, Suite, eip712};
use theriac_core::ids::ModelId;

use super::papers::{self, Prescribed, Substitution};
use super::product;
use super::room::Room;
use crate::answer::Answer;
use crate::args::account;
use crate::context::{Context, Done};
use crate::failure::Failure;
use crate::time;

const DAY: u32 = 86_400;

/// Options of `theriac pharmacy prescribe`.
#[derive(Debug, Args)]
pub(crate) struct Prescribe {
    /// The product: a GTIN, an NDC with hyphens, a UDI or a model id.
    product: String,
    /// The address that the patient's `theriac pharmacy patient-key` showed.
    #[arg(long, value_name = "ADDRESS", value_parser = account)]
    patient: Address,
    /// Packs of one fill.
    #[arg(long, value_name = "PACKS", value_parser = clap::value_parser!(u32).range(1..))]
    quantity: u32,
    /// How many fills may follow the first.
    #[arg(long, value_name = "FILLS", default_value_t = 0, requires = "interval")]
    repeats: u16,
    /// Days from the first sale of a fill to the next fill.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    interval: Option<u32>,
    /// From when on it counts: a day, or an instant; otherwise from now on.
    #[arg(long, value_name = "TIME", value_parser = time::first_second)]
    from: Option<u64>,
    /// Until when it counts: a day, or an instant.
    #[arg(long, value_name = "TIME", value_parser = time::last_second)]
    until: u64,
    /// Sign it into this file instead of sending it: needs no ether and no chain. Whoever has the file can hand it in.
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    sign: Option<PathBuf>,
    /// Write what was sent into this file, for the patient and the pharmacy.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The chain to sign for, where the deployments folder has several.
    #[arg(long, value_name = "ID", requires = "sign")]
    chain: Option<u64>,
}

/// A prescription, from a file or from the chain.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) id: B256,
    pub(super) prescription: Prescription,
    pub(super) signature: Option<Bytes>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts<'a> {
    id: B256,
    prescription: &'a Prescription,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a Path>,
    #[serde(flatten)]
    done: Option<Done>,
}

/// Issues a prescription, or signs it for somebody else to hand in.
pub(super) async fn prescribe(context: &Context<'_>, options: &Prescribe) -> Result<Answer, Failure> {
    let model = product::model(&options.product)?;
    if let Some(file) = &options.sign {
        let signer = context.required_signer()?;
        let room = Room::offline(context, options.chain)?;
        return sign(&signer, room, &options.written(signer.address(), model, time::now())?, file).await;
    }
    let suite = context.signing_suite().await?;
    // The chain's newest second: a clock ahead of it would write a prescription that counts later.
    let now = suite.chain().now().await?;
    let prescription = options.written(suite.chain().account(), model, now)?;
    let room = Room::of(&suite);
    let id = room.id_of(&prescription);
    let done = context.perform(&suite.pharmacy().prescribe(&prescription)).await?;
    if let Some(file) = options.out.as_deref().filter(|_| !context.options.dry_run) {
        papers::write(file, room, &Prescribed { prescription: prescription.clone(), signature: None })?;
    }
    let verb = if context.options.dry_run { "would be issued" } else { "is issued" };
    let text = format!("prescription {id} {verb}\n{}\n{}", sentence(&prescription), done.text());
    Answer::new(text, &Facts { id, prescription: &prescription, file: options.out.as_deref(), done: Some(done) })
}

async fn sign(signer: &Signer, room: Room, prescription: &Prescription, file: &Path) -> Result<Answer, Failure> {
    let id = room.id_of(prescription);
    let signature = signer.sign_typed(&eip712::Prescription::from(prescription), &room.domain()).await?;
    let signature = Some(signature.as_bytes().to_vec().into());
    papers::write(file, room, &Prescribed { prescription: prescription.clone(), signature })?;
    let text = format!(
        "prescription {id} is signed into {}\n{}\nNothing was sent: the patient or the pharmacy hands it in.",
        file.display(),
        sentence(prescription)
    );
    Answer::new(text, &Facts { id, prescription, file: Some(file), done: None })
}

impl Prescribe {
    fn written(&self, practitioner: Address, model: ModelId, now: u64) -> Result<Prescription, Failure> {
        let valid_from = self.from.unwrap_or(now);
        if self.until < valid_from.max(now) {
            let what = format!("the prescription ends at {}, before it begins or now", time::iso(self.until));
            return Err(Failure::user("EmptyValidity", what, "give a later --until"));
        }
        Ok(Prescription {
            practitioner,
            patient: self.patient,
            model,
            quantity: self.quantity,
            repeats: self.repeats,
            // At most 100 years, which 32 bits of seconds hold.
            interval: self.interval.map_or(0, |days| days.saturating_mul(DAY)),
            valid_from,
            valid_until: self.until,
        })
    }
}

/// Hands in what a practitioner signed: a prescription, or the approval of another product.
pub(super) async fn submit(context: &Context<'_>, file: &Path) -> Result<Answer, Failure> {
    let kind = papers::kind_of(file)?;
    let suite = context.signing_suite().await?;
    if kind == <Substitution as papers::Content>::TYPE {
        return super::substitution::submit(context, &suite, file).await;
    }
    let known = of_file(&suite, file)?;
    let Some(signature) = known.signature.clone() else { return Err(unsigned(file)) };
    let pharmacy = suite.pharmacy();
    let (done, told) = if pharmacy.progress_of(known.id).await?.model_number != 0 {
        (Done::nothing(context), "was handed in already; nothing was sent".to_owned())
    } else {
        let done = context.perform(&pharmacy.submit(&known.prescription, signature)).await?;
        let verb = if context.options.dry_run { "would be handed in" } else { "is handed in" };
        let told = format!("{verb}\n{}", done.text());
        (done, told)
    };
    let text = format!("prescription {} {told}", known.id);
    Answer::new(text, &Facts { id: known.id, prescription: &known.prescription, file: Some(file), done: Some(done) })
}

/// Cancels a prescription, issued or only signed.
pub(super) async fn cancel(context: &Context<'_>, text: &str) -> Result<Answer, Failure> {
    let suite = context.signing_suite().await?;
    let known = known(&suite, text).await?;
    let done = context.perform(&suite.pharmacy().cancel(&known.prescription)).await?;
    let verb = if context.options.dry_run { "would be cancelled" } else { "is cancelled" };
    let said = format!("prescription {} {verb}\n{}", known.id, done.text());
    Answer::new(said, &Facts { id: known.id, prescription: &known.prescription, file: None, done: Some(done) })
}

/// The prescription in a file, or the issued one with this id.
pub(super) async fn known(suite: &Suite, text: &str) -> Result<Known, Failure> {
    let Some(id) = text.parse::<B256>().ok().filter(|_| text.starts_with("0x")) else {
        return of_file(suite, Path::new(text));
    };
    let filter = Filter::new()
        .address(suite.pharmacy().address())
        .event_signature(PrescriptionIssued::SIGNATURE_HASH)
        .topic1(id);
    let newest = suite.chain().block_number().await?;
    let logs = suite.logs_of(filter, suite.deployment().block, newest).await?;
    let issued = logs.into_iter().find_map(|log| match log.event {
        RoomEvent::Pharmacy(PharmacyEvents::PrescriptionIssued(told)) => Some(told.prescription),
        _ => None,
    });
    let Some(issued) = issued else {
        let what = format!("nobody issued a prescription {id} on chain {}", suite.chain().chain_id());
        return Err(Failure::user("UnknownPrescription", what, "of one that was only signed, give its file"));
    };
    let prescription = Prescription {
        practitioner: issued.practitioner,
        patient: issued.patient,
        model: ModelId(issued.model),
        quantity: issued.quantity,
        repeats: issued.repeats,
        interval: issued.interval,
        valid_from: issued.validFrom.to(),
        valid_until: issued.validUntil.to(),
    };
    Ok(Known { id, prescription, signature: None })
}

fn of_file(suite: &Suite, file: &Path) -> Result<Known, Failure> {
    let (room, paper) = papers::read::<Prescribed>(file)?;
    room.check_is(Room::of(suite)).map_err(|failure| failure.at(file))?;
    Ok(Known { id: room.id_of(&paper.prescription), prescription: paper.prescription, signature: paper.signature })
}

fn unsigned(file: &Path) -> Failure {
    let help = "it was sent by its practitioner, and need not be handed in; else ask for the signed one";
    Failure::user("NotSigned", "the prescription in this file is not signed", help).at(file)
}

fn sentence(prescription: &Prescription) -> String {
    let repeats = match prescription.repeats {
        0 => String::new(),
        repeats => format!(", and {repeats} times more, every {} days", prescription.interval / DAY),
    };
    format!(
        "product   {}\npatient   {}\npacks     {}{repeats}\nvalid     {} to {}",
        prescription.model,
        prescription.patient,
        prescription.quantity,
        time::iso(prescription.valid_from),
        time::iso(prescription.valid_until)
    )
}
