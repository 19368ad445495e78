//! What a booking's commitments hide: texts and salts, kept in the home folder for whom the patient wants to show them.
//!
//! A file for each booking, `appointments/<commitment to the patient>.json`, which only its owner can read. It is written
//! before anything is sent: a booking whose salts are lost could never be opened.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use alloy_primitives::{Address, U256, hex};
use clap::Args;
use serde::{Deserialize, Serialize};
use theriac_client::Suite;
use theriac_client::diary::Entry;
use theriac_client::rooms::{ResourceId, Terms};
use theriac_core::calendar::{Booking, CivilDate, Commitment, CommitmentSalt, Slot};
use zeroize::Zeroizing;

use super::calendar::bad;
use crate::context::Context;
use crate::failure::Failure;
use crate::files;

/// Version of the files.
const VERSION: u32 = 1;
/// Where they are in the home folder.
const FOLDER: &str = "appointments";

/// Where the texts come from. They never stand in arguments, where `ps` and shell histories show them.
#[derive(Debug, Args)]
pub(crate) struct TextOptions {
    /// File with the patient's name or number, as the host knows it; otherwise the terminal is asked. Only a salted commitment
    /// leaves this machine.
    #[arg(long, value_name = "FILE")]
    patient_file: Option<PathBuf>,
    /// File with the patient's address; otherwise the terminal is asked.
    #[arg(long, value_name = "FILE")]
    address_file: Option<PathBuf>,
}

/// What is committed to. It does not print.
#[derive(Clone)]
pub(super) struct Texts {
    patient: Zeroizing<String>,
    address: Zeroizing<String>,
}

/// The file of a booking. It does not print.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Opening {
    v: u32,
    chain_id: u64,
    contract: Address,
    resource: ResourceId,
    date: String,
    slot: u8,
    starts_at: u64,
    #[serde(with = "zeroed")]
    patient: Zeroizing<String>,
    #[serde(with = "zeroed")]
    patient_salt: Zeroizing<String>,
    #[serde(with = "zeroed")]
    address: Zeroizing<String>,
    #[serde(with = "zeroed")]
    address_salt: Zeroizing<String>,
}

/// An opening with its file.
pub(super) struct Kept {
    pub(super) file: PathBuf,
    opening: Opening,
}

/// Texts that are overwritten when they are no longer needed.
mod zeroed {
    use serde::{Deserialize as _, Deserializer, Serializer};
    use zeroize::Zeroizing;

    pub(super) fn serialize<S: Serializer>(text: &Zeroizing<String>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(text)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Zeroizing<String>, D::Error> {
        String::deserialize(deserializer).map(Zeroizing::new)
    }
}

impl TextOptions {
    /// The texts: from files, else those of the booking that is moved, else from the terminal.
    pub(super) fn texts(&self, known: Option<&Texts>) -> Result<Texts, Failure> {
        let text =
            |file: &Option<PathBuf>, known: Option<&Zeroizing<String>>, what: &str, option: &str| match (file, known) {
                (Some(file), _) => {
                    let text = Zeroizing::new(files::read_text(file)?);
                    Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
                }
                (None, Some(known)) => Ok(known.clone()),
                (None, None) => ask(what, option),
            };
        Ok(Texts {
            patient: text(&self.patient_file, known.map(|texts| &texts.patient), "name or number", "--patient-file")?,
            address: text(&self.address_file, known.map(|texts| &texts.address), "address", "--address-file")?,
        })
    }
}

fn ask(what: &str, option: &str) -> Result<Zeroizing<String>, Failure> {
    if !std::io::stdin().is_terminal() {
        let what = format!("the patient's {what} was not given");
        return Err(Failure::user("NoText", what, format!("write it into a file, and give {option} FILE")));
    }
    rpassword::prompt_password(format!("the patient's {what} (stays on this machine, not shown): "))
        .map(Zeroizing::new)
        .map_err(|error| Failure::internal("reading from the terminal", error))
}

fn salt() -> Result<CommitmentSalt, Failure> {
    let mut entropy = Zeroizing::new([0; 32]);
    getrandom::fill(entropy.as_mut_slice()).map_err(|error| Failure::internal("drawing a salt", error))?;
    CommitmentSalt::of_entropy(&entropy).map_err(|error| bad(&error))
}

/// A new opening of these texts with new salts, and what goes on chain of it. Each text has its own salt: to show one does not
/// show the other.
pub(super) fn new(
    suite: &Suite,
    resource: ResourceId,
    date: CivilDate,
    slot: &Slot,
    texts: &Texts,
) -> Result<(Opening, Terms), Failure> {
    let (patient_salt, address_salt) = (salt()?, salt()?);
    let commit = |text: &str, salt: &CommitmentSalt| Commitment::new(text, salt).map_err(|error| bad(&error));
    let starts_at = slot.start_second();
    let terms = Terms {
        starts_at,
        address: commit(&texts.address, &address_salt)?,
        patient: commit(&texts.patient, &patient_salt)?,
    };
    let opening = Opening {
        v: VERSION,
        chain_id: suite.chain().chain_id(),
        contract: suite.deployment().appointments,
        resource,
        date: date.to_string(),
        slot: slot.index,
        starts_at,
        patient: texts.patient.clone(),
        patient_salt: patient_salt.reveal(),
        address: texts.address.clone(),
        address_salt: address_salt.reveal(),
    };
    Ok((opening, terms))
}

impl Opening {
    /// Writes the file; none in a dry run. The caller removes it if the booking is refused.
    pub(super) fn keep(&self, context: &Context<'_>, terms: &Terms) -> Result<Option<PathBuf>, Failure> {
        if context.options.dry_run {
            return Ok(None);
        }
        let folder = context.options.home.join(FOLDER);
        std::fs::create_dir_all(&folder).map_err(|error| files::failed(&folder, &error))?;
        let file = folder.join(format!("{}.json", hex::encode(terms.patient.word())));
        let text = serde_json::to_vec_pretty(self).map(Zeroizing::new);
        let text = text.map_err(|error| Failure::internal("writing the opening of a booking", error))?;
        files::write_secret(&file, |out| out.write_all(&text))?;
        Ok(Some(file))
    }

    /// Whether the booking is of this opening: its hash is computed anew.
    fn opens(&self, suite: &Suite, entry: &Entry) -> bool {
        let here = self.chain_id == suite.chain().chain_id() && self.contract == suite.deployment().appointments;
        let same = (self.resource, self.slot, self.starts_at) == (entry.resource, entry.place.slot, entry.starts_at);
        here && same && self.hash(entry) == Some(entry.booking_hash)
    }

    fn hash(&self, entry: &Entry) -> Option<alloy_primitives::B256> {
        let commit = |text: &str, salt: &str| Commitment::new(text, &salt.parse().ok()?).ok();
        let booking = Booking {
            address: commit(&self.address, &self.address_salt)?,
            patient: commit(&self.patient, &self.patient_salt)?,
            doctor: entry.doctor,
            slot_second: entry.starts_at,
            date: CivilDate::of_day_number(entry.place.day).ok()?,
            nonce: U256::from(entry.place.nonce),
        };
        Some(booking.hash())
    }
}

impl Kept {
    /// All that are kept in the home folder. A file that is none is passed over: the folder is the user's.
    pub(super) fn all(context: &Context<'_>) -> Vec<Self> {
        let Ok(folder) = std::fs::read_dir(context.options.home.join(FOLDER)) else { return Vec::new() };
        let files = folder.filter_map(|entry| entry.ok().map(|entry| entry.path()));
        files.filter_map(|file| Some(Self { opening: read(&file)?, file })).collect()
    }

    /// The one of this booking.
    pub(super) fn of<'a>(all: &'a [Self], suite: &Suite, entry: &Entry) -> Option<&'a Self> {
        all.iter().find(|kept| kept.opening.opens(suite, entry))
    }

    /// Its texts, for a booking that takes this one's place.
    pub(super) fn texts(&self) -> Texts {
        Texts { patient: self.opening.patient.clone(), address: self.opening.address.clone() }
    }
}

fn read(file: &Path) -> Option<Opening> {
    let text = Zeroizing::new(std::fs::read(file).ok()?);
    serde_json::from_slice::<Opening>(&text).ok().filter(|opening| opening.v == VERSION)
}
