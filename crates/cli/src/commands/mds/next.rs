//! How the next version is made: from a FHIR document to the store and the chain.

use alloy_primitives::{Address, B256};
use clap::Args;
use serde::Serialize;
use theriac_client::mds::{self, Draft, MdsError, SignedVersion, Version};
use theriac_client::rooms::{DeviceState, Profile, ProfileUpdate};
use theriac_client::{Signer, Suite};
use theriac_core::content::ContentAddress;
use theriac_core::envelope::Reader;
use theriac_core::fhir::{MdsState, PatientLink, Resource};
use theriac_core::ids::ItemId;

use super::document;
use super::salts::Salts;
use crate::answer::Answer;
use crate::commands::evidence;
use crate::context::{Context, Done};
use crate::failure::Failure;
use crate::time;

/// Options of every verb that makes a version.
#[derive(Debug, Args)]
pub(super) struct NextOptions {
    /// The version that yours is written on: refused if there is a newer one by now.
    #[arg(long, value_name = "NUMBER")]
    on: Option<u32>,
    /// Write it as the engineer at work under this work order.
    #[arg(long, value_name = "NUMBER")]
    order: Option<u64>,
    /// With --order: document that says why a counter shows less than before (it was replaced). Never name a patient.
    #[arg(long, value_name = "FILE", requires = "order")]
    evidence: Option<std::path::PathBuf>,
}

impl NextOptions {
    /// Whether an engineer writes it.
    pub(super) fn is_in_service(&self) -> bool {
        self.order.is_some()
    }
}

/// A version to be made.
pub(super) struct Next<'a> {
    pub(super) suite: &'a Suite,
    pub(super) item: ItemId,
    /// The version before.
    pub(super) newest: Option<Profile>,
    pub(super) document: Resource,
    /// For whom it is sealed.
    pub(super) readers: Vec<Reader>,
    /// What the version before says, where it was opened: who has not its salts keeps its commitments by this.
    pub(super) before: Option<MdsState>,
    /// The salts that stood in the envelope of the version before.
    pub(super) salts: mds::Salts,
    pub(super) options: &'a NextOptions,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    item: ItemId,
    version: u32,
    author: Address,
    document: ContentAddress,
    #[serde(flatten)]
    state: StateFacts,
    patient: Option<B256>,
    location: Option<B256>,
    /// Who can open it; empty where everyone can.
    readers: Vec<Reader>,
    #[serde(flatten)]
    done: Done,
}

/// A state in words.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StateFacts {
    status: &'static str,
    reasons: Vec<&'static str>,
    mode: &'static str,
    hours: u64,
    cycles: u64,
}

impl From<&DeviceState> for StateFacts {
    fn from(state: &DeviceState) -> Self {
        Self {
            status: state.status.code(),
            reasons: state.reasons.iter().map(|reason| reason.code()).collect(),
            mode: state.mode.code(),
            hours: state.hours,
            cycles: state.cycles,
        }
    }
}

impl StateFacts {
    /// `active (standby), Nml, 8760 hours, 156 cycles`.
    pub(super) fn text(&self) -> String {
        let reasons = if self.reasons.is_empty() { String::new() } else { format!(" ({})", self.reasons.join(", ")) };
        format!("{}{reasons}, {}, {} hours, {} cycles", self.status, self.mode, self.hours, self.cycles)
    }
}

/// A commitment, and its salt where it is known.
type Committed = (Option<B256>, Option<B256>);

/// What is known of a commitment on chain.
struct Known {
    word: Option<B256>,
    /// Whether the version before names the same.
    same: bool,
    /// The salt that stood in its envelope.
    sealed: Option<B256>,
}

impl Next<'_> {
    /// Checks, seals, signs and stores the document, and puts its digest on chain.
    pub(super) async fn write(self, context: &Context<'_>) -> Result<Answer, Failure> {
        document::require_mds(&self.document)?;
        self.require_newest()?;
        let state = MdsState::read(&self.document).map_err(|error| Failure::of(&error))?;
        let mut book = Salts::open(&context.options.home, self.item)?;
        let draft = self.draft(&state, &mut book)?;
        self.require_in_place(&draft)?;
        self.note_readers(context);
        let signer: &Signer = self.suite.chain().signer()?;
        let signed = draft.seal(self.suite, signer.address())?.sign(signer).await?;
        let address = self.store(context, &book, &signed).await?;
        let version = &signed.version;
        let (state, content) = (version.state.clone(), address.into());
        let update = ProfileUpdate { item: self.item, version: version.number, state, content };
        let done = self.send(context, &update, &draft).await?;
        self.answer(context, version, address, done)
    }

    fn require_newest(&self) -> Result<(), Failure> {
        let newest = self.newest.as_ref().map_or(0, |newest| newest.version);
        match self.options.on {
            Some(on) if on != newest => Err(Failure::user(
                "MdsProfiles_NotNext",
                format!("you write on version {on}, and the newest of {} is {newest}", self.item),
                "read what was written meanwhile (`theriac mds export`), and write on that; nothing was stored",
            )),
            _ => Ok(()),
        }
    }

    /// With commitments to patient and place: those on chain where the document names the same, else new ones.
    fn draft(&self, state: &MdsState, book: &mut Salts) -> Result<Draft, Failure> {
        let at = time::instant(time::now()).ok_or_else(|| Failure::internal("reading the clock", "it is past 9999"))?;
        let (patient, location) = self.place(state, book).map_err(|error| Failure::of(&error))?;
        Ok(Draft {
            item: self.item,
            newest: self.newest.clone(),
            document: self.document.clone(),
            patient: patient.0,
            location: location.0,
            salts: mds::Salts { patient: patient.1, location: location.1 },
            readers: self.readers.clone(),
            at,
        })
    }

    /// Of patient and place.
    fn place(&self, state: &MdsState, book: &mut Salts) -> Result<(Committed, Committed), MdsError> {
        let on_chain = self.newest.as_ref().map(|newest| (newest.patient, newest.location)).unwrap_or_default();
        let before = self.before.as_ref();
        let patient = match &state.patient {
            Some(PatientLink::Commitment(word)) => (Some(*word), None),
            link => match link.as_ref().and_then(mds::patient_text) {
                Some(text) => {
                    let same = before.is_some_and(|before| before.patient == state.patient);
                    self.commit(&text, &Known { word: on_chain.0, same, sealed: self.salts.patient }, book)?
                }
                None => Committed::default(),
            },
        };
        let location = match state.location.as_deref().map(mds::location_text) {
            Some(text) => {
                let same = before.is_some_and(|before| before.location == state.location);
                self.commit(&text, &Known { word: on_chain.1, same, sealed: self.salts.location }, book)?
            }
            None => Committed::default(),
        };
        Ok((patient, location))
    }

    fn commit(&self, text: &str, known: &Known, book: &mut Salts) -> Result<Committed, MdsError> {
        if let Some(word) = known.word {
            let candidates = [book.of(word), known.sealed].into_iter().flatten();
            let salt = candidates.into_iter().find(|salt| mds::commitment(self.item, text, *salt) == word);
            salt.iter().for_each(|salt| book.add(word, *salt));
            if salt.is_some() || known.same {
                return Ok((Some(word), salt));
            }
        }
        let salt = mds::fresh_salt()?;
        let word = mds::commitment(self.item, text, salt);
        book.add(word, salt);
        Ok((Some(word), Some(salt)))
    }

    /// Engineers write service data only.
    fn require_in_place(&self, draft: &Draft) -> Result<(), Failure> {
        match self.options.is_in_service() && draft.moves() {
            true => Err(Failure::user(
                "OtherPlace",
                "the document names another patient or place than the newest version, and an engineer writes neither",
                "start from the newest version (`theriac mds export`); the owner or operator moves the device",
            )),
            false => Ok(()),
        }
    }

    fn note_readers(&self, context: &Context<'_>) {
        let me = Some(self.suite.chain().account());
        if !self.readers.is_empty() && !self.readers.iter().any(|reader| reader.account == me) {
            context.printer.note("your account is not among the readers: you may be unable to open this version again");
        }
    }

    /// Keeps salts and document: both before the chain knows of them.
    async fn store(
        &self,
        context: &Context<'_>,
        book: &Salts,
        signed: &SignedVersion,
    ) -> Result<ContentAddress, Failure> {
        let bytes = signed.readable().map_err(|error| Failure::of(&error))?;
        if !context.options.dry_run {
            book.save()?;
        }
        evidence::keep_bytes(context, &bytes).await
    }

    async fn send(&self, context: &Context<'_>, update: &ProfileUpdate, draft: &Draft) -> Result<Done, Failure> {
        let room = self.suite.mds_profiles();
        match self.options.order {
            Some(order) => {
                let evidence = match &self.options.evidence {
                    Some(file) => Some(evidence::keep_file(context, file).await?.digest),
                    None => None,
                };
                context.perform(&room.update_in_service(order, update, evidence)).await
            }
            None if draft.moves() => context.perform(&room.update_placed(update, draft.patient, draft.location)).await,
            None => context.perform(&room.update(update)).await,
        }
    }

    fn answer(
        &self,
        context: &Context<'_>,
        version: &Version,
        document: ContentAddress,
        done: Done,
    ) -> Result<Answer, Failure> {
        let facts = Facts {
            item: self.item,
            version: version.number,
            author: version.author,
            document,
            state: StateFacts::from(&version.state),
            patient: version.patient,
            location: version.location,
            readers: self.readers.clone(),
            done,
        };
        let is = if context.options.dry_run { "would be" } else { "is" };
        let how = match self.readers.len() {
            0 => "in clear".to_owned(),
            count => format!("sealed for {count}"),
        };
        let text = format!(
            "version {} of {} {is} written: {}\ndocument {}, {how}\n{}",
            facts.version,
            self.item,
            facts.state.text(),
            document.uri(),
            facts.done.text()
        );
        Answer::new(text, &facts)
    }
}
