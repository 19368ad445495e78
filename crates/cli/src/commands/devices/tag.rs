//! `theriac devices prove-tag` and `claim`: what the key that travels with a unit signs. The key follows from the scratch code,
//! or stays in a chip, which signs by itself.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use alloy_primitives::{Address, B256, Bytes};
use clap::Args;
use serde::Serialize;
use theriac_bindings::devices::Devices::DevicesEvents;
use theriac_client::types::Membership;
use theriac_client::{RoomEvent, Signer, Suite};
use theriac_core::ids::ItemId;
use theriac_core::scratch::{Derivation, ScratchCode};
use zeroize::Zeroizing;

use crate::answer::Answer;
use crate::args::account;
use crate::commands::proofs;
use crate::commands::subject::Item;
use crate::context::{Context, Done};
use crate::failure::Failure;
use crate::{files, time};

/// Where the scratch code is read from when neither file nor signature is given.
const CODE_VARIABLE: &str = "THERIAC_SCRATCH_CODE";

/// Who signs for the tag.
#[derive(Debug, Args)]
pub(crate) struct Tag {
    /// File with the scratch code in its first line; otherwise it is read from THERIAC_SCRATCH_CODE, or asked for.
    #[arg(long, value_name = "FILE", conflicts_with = "signature")]
    code_file: Option<PathBuf>,
    /// What an NFC chip signed (EIP-712), 65 bytes.
    #[arg(long, value_name = "HEX")]
    signature: Option<Bytes>,
}

/// Options of `theriac devices prove-tag`.
#[derive(Debug, Args)]
pub(crate) struct Prove {
    /// A UDI with a serial in any form, or an item id.
    item: String,
    /// What is to be signed, 32 bytes that were never used before; otherwise chosen at random.
    #[arg(long, value_name = "HEX")]
    challenge: Option<B256>,
    #[command(flatten)]
    tag: Tag,
}

/// Options of `theriac devices claim`.
#[derive(Debug, Args)]
pub(crate) struct Claim {
    /// A UDI with a serial in any form, or an item id.
    item: String,
    /// Who claims; otherwise the signer.
    #[arg(long, value_name = "ADDRESS", value_parser = account)]
    claimer: Option<Address>,
    #[command(flatten)]
    tag: Tag,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Proof {
    item: ItemId,
    tag_key: Address,
    challenge: B256,
    genuine: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ClaimFacts {
    item: ItemId,
    claimer: Address,
    /// Whether this claim is the first, or repeats it.
    first: bool,
    /// Whether this account had claimed it before, and nothing was sent.
    already_claimed: bool,
    clone_suspected: bool,
    first_claimer: Address,
    #[serde(flatten)]
    done: Done,
}

/// Asks the tag. Nothing is sent.
pub(super) async fn prove(context: &Context<'_>, options: &Prove) -> Result<Answer, Failure> {
    let item = Item::parse(&options.item)?;
    let suite = context.suite().await?;
    let devices = suite.devices();
    let membership = tagged(context, &suite, &item).await?;
    let challenge = match (options.challenge, &options.tag.signature) {
        (Some(challenge), _) => challenge,
        (None, Some(_)) => {
            return Err(Failure::user(
                "NoChallenge",
                "a signature is of one challenge",
                "give that one: --challenge HEX",
            ));
        }
        (None, None) => random()?,
    };
    let signature = match (&options.tag.signature, options.tag.code()?) {
        (Some(signature), _) => signature.clone(),
        (None, Some(code)) => {
            let found = code.key_of_tag(item.id, membership.tag_key);
            // The code of another unit signs as well, so that the answer is the contract's.
            let key = found.unwrap_or_else(|| Derivation::V1.tag_key(&code, item.id));
            devices.sign_challenge(item.id, challenge, &Signer::of_tag(&key)).await?
        }
        (None, None) => {
            let hash = devices.challenge_signing_hash(item.id, challenge);
            let rest = format!("--challenge {challenge} --signature HEX");
            return Err(no_code(hash, &rest));
        }
    };
    let genuine = devices.prove_tag(item.id, &membership, challenge, signature).await?;
    let verdict = if genuine {
        "this is the tag of the item: it signed the challenge"
    } else {
        "THIS IS NOT THE TAG OF THE ITEM: the signature is of another key"
    };
    let tag_key = membership.tag_key;
    let text = format!("{verdict}\nitem       {}\ntag key    {tag_key}\nchallenge  {challenge}", item.id);
    Ok(Answer::new(text, &Proof { item: item.id, tag_key, challenge, genuine })?.good(genuine))
}

/// Claims the item. A claim after another's is sent as well, since the chain has to know of the alarm; it answers "no".
pub(super) async fn claim(context: &Context<'_>, options: &Claim) -> Result<Answer, Failure> {
    let item = Item::parse(&options.item)?;
    let suite = context.signing_suite().await?;
    let devices = suite.devices();
    let claimer = options.claimer.unwrap_or(suite.chain().account());
    if let Some(known) = devices.claim_of(item.id).await?.filter(|known| known.claimer == claimer) {
        let at = time::iso(known.claimed_at);
        let text = format!("item {} was claimed by {claimer} first, at {at}; nothing was sent", item.id);
        return Answer::new(text, &ClaimFacts::of(item.id, claimer, None, true, Done::nothing(context)));
    }
    let membership = tagged(context, &suite, &item).await?;
    let signature = match (&options.tag.signature, options.tag.code()?) {
        (Some(signature), _) => signature.clone(),
        (None, Some(code)) => {
            let key = code.key_of_tag(item.id, membership.tag_key).ok_or_else(|| other_tag(item.id))?;
            devices.sign_claim(item.id, claimer, &Signer::of_tag(&key)).await?
        }
        (None, None) => {
            let rest = format!("--claimer {claimer} --signature HEX");
            return Err(no_code(devices.claim_signing_hash(item.id, claimer), &rest));
        }
    };
    let call = devices.claim(item.id, &membership, claimer, signature);
    let (done, told) = context.perform_telling(&call).await?;
    let before = told.iter().find_map(|event| match event {
        RoomEvent::Devices(DevicesEvents::CloneSuspected(alarm)) => Some(alarm.firstClaimer),
        _ => None,
    });
    let facts = ClaimFacts::of(item.id, claimer, before, false, done);
    Ok(Answer::new(facts.text(), &facts)?.good(before.is_none()))
}

/// The membership of an item that has a tag.
async fn tagged(context: &Context<'_>, suite: &Suite, item: &Item) -> Result<Membership, Failure> {
    let membership = proofs::membership(context, suite, item).await?;
    if membership.tag_key.is_zero() {
        let what = format!("item {} has no tag: its maker listed none in the lot", item.id);
        return Err(Failure::user("NoTag", what, "`theriac verify` tells what is known of it without a tag"));
    }
    Ok(membership)
}

/// The same refusal as the contract's, before anything is signed or paid.
fn other_tag(item: ItemId) -> Failure {
    Failure::user(
        "OtherTag",
        format!("the scratch code is whole, its check symbol fits, but it is not that of item {item}"),
        "compare the item with the label, and the code with the field below it; if they agree, the unit may be a forgery",
    )
}

fn no_code(hash: B256, rest: &str) -> Failure {
    Failure::user(
        "NoScratchCode",
        format!("nobody signs for the tag; a chip would have to sign {hash}"),
        format!("give --code-file FILE, set {CODE_VARIABLE}, or let the chip sign and give {rest}"),
    )
}

fn random() -> Result<B256, Failure> {
    let mut challenge = B256::ZERO;
    getrandom::fill(challenge.as_mut_slice()).map_err(|error| Failure::internal("choosing a challenge", error))?;
    Ok(challenge)
}

impl Tag {
    /// The scratch code, if one is given; at a terminal it is asked for and not shown.
    fn code(&self) -> Result<Option<ScratchCode>, Failure> {
        let text = match &self.code_file {
            Some(file) => Zeroizing::new(files::read_text(file)?),
            None if self.signature.is_some() => return Ok(None),
            None => match std::env::var(CODE_VARIABLE) {
                Ok(text) => Zeroizing::new(text),
                Err(_) if std::io::stdin().is_terminal() => ask()?,
                Err(_) => return Ok(None),
            },
        };
        let line = text.lines().next().unwrap_or_default().trim();
        if line.is_empty() {
            return Ok(None);
        }
        line.parse().map(Some).map_err(|error| {
            let help = "compare it with the scratch field symbol by symbol; it never has the letters I, L, O or U";
            Failure::user("MistypedCode", format!("this is no scratch code: {error}"), help)
        })
    }
}

fn ask() -> Result<Zeroizing<String>, Failure> {
    let asked = rpassword::prompt_password("scratch code (nothing, if a chip signs): ");
    asked.map(Zeroizing::new).map_err(|error| Failure::user("NoScratchCode", error, "give --code-file FILE"))
}

impl ClaimFacts {
    fn of(item: ItemId, claimer: Address, before: Option<Address>, already_claimed: bool, done: Done) -> Self {
        Self {
            item,
            claimer,
            first: before.is_none(),
            already_claimed,
            clone_suspected: before.is_some(),
            first_claimer: before.unwrap_or(claimer),
            done,
        }
    }

    fn text(&self) -> String {
        let told = self.done.text();
        let Self { item, claimer, first_claimer, .. } = self;
        if !self.clone_suspected {
            let is = if self.done.dry_run { "would be" } else { "is" };
            return format!("item {item} {is} claimed by {claimer}, the first to do so\n{told}");
        }
        let raised = if self.done.dry_run { "would be raised" } else { "is on chain" };
        format!(
            "DO NOT TRUST THIS UNIT: {first_claimer} claimed the tag of item {item} before\nThe label or tag may be a copy. The alarm {raised}; ask the maker.\n{told}"
        )
    }
}
