//! `theriac pharmacy patient-key`: the one-time keys of a patient. None is ever written or shown: they follow from the wallet, and
//! the home folder only notes which numbers are taken.

use std::io::ErrorKind;
use std::path::PathBuf;

use alloy_primitives::Address;
use clap::Args;
use serde::Serialize;
use serde_json::json;
use theriac_client::Signer;
use theriac_core::prescription_key::{self, KeyRing};

use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;
use crate::files;

/// As many keys are tried when the one of a prescription is looked for.
const MOST: u32 = 1000;

/// Options of `theriac pharmacy patient-key`.
#[derive(Debug, Args)]
pub(crate) struct PatientKey {
    /// Show the key with this number again, instead of taking the next; on a new machine, take it from here on.
    #[arg(long, value_name = "NUMBER")]
    number: Option<u32>,
}

#[derive(Serialize)]
struct Facts {
    patient: Address,
    number: u32,
}

/// Takes a number, and shows the address that the practitioner writes on the prescription.
pub(super) async fn run(context: &Context<'_>, options: &PatientKey) -> Result<Answer, Failure> {
    let signer = context.required_signer()?;
    let ring = ring(&signer).await?;
    let number = match options.number {
        Some(number) if number < MOST => number,
        Some(number) => return Err(too_many(number)),
        None => next(context, &signer)?,
    };
    let patient = ring.key(number).address();
    if !context.options.dry_run {
        note(context, &signer, number, patient)?;
    }
    let text = format!(
        "patient  {patient}\nnumber   {number}\nGive the address to the practitioner, for this one prescription only. Who has the \
         wallet can collect; nothing else has to be kept."
    );
    Answer::new(text, &Facts { patient, number })
}

/// Who signs for the patient of a prescription: its one-time key, or the signer itself.
pub(super) async fn collector(signer: Signer, patient: Address) -> Result<Signer, Failure> {
    if signer.address() == patient {
        return Ok(signer);
    }
    match ring(&signer).await?.find(patient, 0..MOST) {
        Some((_, key)) => Ok(Signer::of_prescription(&key)),
        None => Err(Failure::user(
            "OtherPatient",
            format!(
                "the prescription is for {patient}, which is none of the first {MOST} keys of {}",
                signer.address()
            ),
            "sign with the wallet from which `theriac pharmacy patient-key` made the address",
        )),
    }
}

/// Has the signer sign the one message twice.
async fn ring(signer: &Signer) -> Result<KeyRing, Failure> {
    let (message, domain) = (prescription_key::message(), prescription_key::domain());
    let first = signer.sign_typed(&message, &domain).await?;
    let second = signer.sign_typed(&message, &domain).await?;
    KeyRing::of(&first, &second).ok_or_else(|| {
        Failure::user(
            "NoPrescriptionKeys",
            format!("the signer of {} answers one message with different signatures", signer.address()),
            "use a wallet that signs after RFC 6979: a keystore (`theriac keys new`) or a Ledger",
        )
    })
}

fn folder(context: &Context<'_>, signer: &Signer) -> PathBuf {
    context.options.home.join("prescription-keys").join(signer.address().to_string())
}

/// The first number that is not noted.
fn next(context: &Context<'_>, signer: &Signer) -> Result<u32, Failure> {
    let folder = folder(context, signer);
    let taken: Vec<u32> = match std::fs::read_dir(&folder) {
        Ok(entries) => {
            let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
            names.filter_map(|name| name.strip_suffix(".json")?.parse().ok()).collect()
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(files::failed(&folder, &error)),
    };
    let number = taken.into_iter().max().map_or(0, |newest| newest.saturating_add(1));
    if number < MOST { Ok(number) } else { Err(too_many(number)) }
}

/// Notes that the number is taken; a number that was noted before is left as it is.
fn note(context: &Context<'_>, signer: &Signer, number: u32, patient: Address) -> Result<(), Failure> {
    let folder = folder(context, signer);
    std::fs::create_dir_all(&folder).map_err(|error| files::failed(&folder, &error))?;
    let path = folder.join(format!("{number}.json"));
    if path.exists() {
        return Ok(());
    }
    let note = json!({ "type": "prescriptionKey", "v": 1, "number": number, "patient": patient });
    files::write_secret(&path, |file| std::io::Write::write_all(file, note.to_string().as_bytes()))
}

fn too_many(number: u32) -> Failure {
    Failure::user("TooManyKeys", format!("{number} is beyond the {MOST} keys of a wallet"), "use another wallet")
}
