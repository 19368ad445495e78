//! How the next version is made: from a FHIR document to the store and the chain.

use alloy_primitives::{Address, B256};
use clap::Args;
use serde::Serialize;
use theriac_client::mds::{self, Body, Inside, MdsError, SignedVersion, Version};
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

/// What is committed to, with the salts.
#[derive(Default)]
struct Placement {
    patient: Option<B256>,
    location: Option<B256>,
    salts: mds::Salts,
}

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
        let kept = mds::state_of(&state).map_err(|error| Failure::of(&error))?;
        let mut book = Salts::open(&context.options.home, self.item)?;
        let placement = self.place(&state, &mut book).map_err(|error| Failure::of(&error))?;
        self.require_in_place(&placement)?;
        let body = self.body(context, &state, &placement)?;
        let signed = self.sign(kept.clone(), &placement, body).await?;
        let address = self.store(context, &book, &signed).await?;
        let update =
            ProfileUpdate { item: self.item, version: signed.version.number, state: kept, content: address.into() };
        let done = self.send(context, &update, &placement).await?;
        self.answer(context, &signed.version, address, done)
    }

    fn number(&self) -> u32 {
        self.newest.as_ref().map_or(1, |newest| newest.version.saturating_add(1))
    }

    fn require_newest(&self) -> Result<(), Failure> {
        match self.options.on {
            Some(on) if on.checked_add(1) != Some(self.number()) => Err(Failure::user(
                "MdsProfiles_NotNext",
                format!("you write on version {on}, and the newest of {} is {}", self.item, self.number() - 1),
                "read what was written meanwhile (`theriac mds export`), and write on that; nothing was stored",
            )),
            _ => Ok(()),
        }
    }

    /// Commitments to patient and place: those on chain where the document names the same, else new ones.
    fn place(&self, state: &MdsState, book: &mut Salts) -> Result<Placement, MdsError> {
        let mut placement = Placement::default();
        let on_chain = self.newest.as_ref().map(|newest| (newest.patient, newest.location)).unwrap_or_default();
        if let Some(PatientLink::Commitment(word)) = state.patient {
            placement.patient = Some(word);
        } else if let Some(text) = state.patient.as_ref().and_then(mds::patient_text) {
            let same = self.before.as_ref().is_some_and(|before| before.patient == state.patient);
            let known = Known { word: on_chain.0, same, sealed: self.salts.patient };
            let (word, salt) = self.commit(&text, &known, book)?;
            (placement.patient, placement.salts.patient) = (Some(word), salt);
        }
        if let Some(text) = state.location.as_deref().map(mds::location_text) {
            let same = self.before.as_ref().is_some_and(|before| before.location == state.location);
            let known = Known { word: on_chain.1, same, sealed: self.salts.location };
            let (word, salt) = self.commit(&text, &known, book)?;
            (placement.location, placement.salts.location) = (Some(word), salt);
        }
        Ok(placement)
    }

    fn commit(&self, text: &str, known: &Known, book: &mut Salts) -> Result<(B256, Option<B256>), MdsError> {
        if let Some(word) = known.word {
            let candidates = [book.of(word), known.sealed].into_iter().flatten();
            let salt = candidates.into_iter().find(|salt| mds::commitment(self.item, text, *salt) == word);
            salt.iter().for_each(|salt| book.add(word, *salt));
            if salt.is_some() || known.same {
                return Ok((word, salt));
            }
        }
        let salt = mds::fresh_salt()?;
        let word = mds::commitment(self.item, text, salt);
        book.add(word, salt);
        Ok((word, Some(salt)))
    }

    fn moves(&self, placement: &Placement) -> bool {
        let before = self.newest.as_ref().map(|newest| (newest.patient, newest.location)).unwrap_or_default();
        before != (placement.patient, placement.location)
    }

    /// Engineers write service data only.
    fn require_in_place(&self, placement: &Placement) -> Result<(), Failure> {
        match self.options.is_in_service() && self.moves(placement) {
            true => Err(Failure::user(
                "OtherPlace",
                "the document names another patient or place than the newest version, and an engineer writes neither",
                "start from the newest version (`theriac mds export`); the owner or operator moves the device",
            )),
            false => Ok(()),
        }
    }

    fn body(&self, context: &Context<'_>, state: &MdsState, placement: &Placement) -> Result<Body, Failure> {
        if self.readers.is_empty() {
            if !mds::names_a_patient(&self.document, state) {
                return Ok(Body::Clear(self.document.clone()));
            }
            return Err(Failure::user(
                "NoReaders",
                "the document names a patient, so it is stored only sealed, and nobody was named who may read it",
                "give --reader ACCOUNT_OR_KEY for each, yourself among them",
            ));
        }
        if !self.readers.iter().any(|reader| reader.account == Some(self.suite.chain().account())) {
            context.printer.note("your account is not among the readers: you may be unable to open this version again");
        }
        let (profile, readers) = (self.document.clone(), self.readers.clone());
        let inside = Inside { profile, salts: placement.salts, readers };
        inside.seal().map(Body::Sealed).map_err(|error| Failure::of(&error))
    }

    async fn sign(&self, state: DeviceState, placement: &Placement, body: Body) -> Result<SignedVersion, Failure> {
        let signer: &Signer = self.suite.chain().signer()?;
        let at = time::instant(time::now()).ok_or_else(|| Failure::internal("reading the clock", "it is past 9999"))?;
        let version = Version {
            chain_id: self.suite.chain().chain_id(),
            room: self.suite.mds_profiles().address(),
            item: self.item,
            number: self.number(),
            previous: self.newest.as_ref().map(|newest| newest.content.address()).transpose()?,
            at,
            state,
            patient: placement.patient,
            location: placement.location,
            body,
            author: signer.address(),
        };
        Ok(version.sign(signer).await?)
    }

    /// Keeps salts and document: both before the chain knows of them.
    async fn store(
        &self,
        context: &Context<'_>,
        book: &Salts,
        signed: &SignedVersion,
    ) -> Result<ContentAddress, Failure> {
        let bytes = signed.canonical();
        // What nobody could read again is not to be kept: a document may be too large or too deep once it is wrapped.
        SignedVersion::parse(&bytes).map_err(|error| Failure::of(&error))?;
        if !context.options.dry_run {
            book.save()?;
        }
        evidence::keep_bytes(context, &bytes).await
    }

    async fn send(
        &self,
        context: &Context<'_>,
        update: &ProfileUpdate,
        placement: &Placement,
    ) -> Result<Done, Failure> {
        let room = self.suite.mds_profiles();
        match self.options.order {
            Some(order) => {
                let evidence = match &self.options.evidence {
                    Some(file) => Some(evidence::keep_file(context, file).await?.digest),
                    None => None,
                };
                context.perform(&room.update_in_service(order, update, evidence)).await
            }
            None if self.moves(placement) => {
                context.perform(&room.update_placed(update, placement.patient, placement.location)).await
            }
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
