//! `theriac envelope open`.

use std::io::Write as _;
use std::path::PathBuf;

use alloy_primitives::B256;
use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};
use theriac_core::content::ContentAddress;
use theriac_core::document::Document as _;
use theriac_core::envelope::{self, Identity, Key, Passphrase, PurchaseRecord, Reader};

use super::secrets::{IdentityOptions, PassphraseOptions};
use super::{read, readers_text, refused, told};
use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;
use crate::files;

/// Options of `theriac envelope open`.
#[derive(Debug, Args)]
pub(crate) struct Open {
    /// The envelope.
    file: PathBuf,
    #[command(flatten)]
    identity: IdentityOptions,
    #[command(flatten)]
    passphrase: PassphraseOptions,
    /// Write the record there, as JSON, for its owner's eyes only; otherwise it is shown.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Take whatever is inside as it is, and do not ask whether it is a purchase record.
    #[arg(long)]
    raw: bool,
}

/// What opens the file at hand.
enum Secret {
    Identities(Vec<Identity>),
    Passphrase(Passphrase),
}

impl Secret {
    fn key(&self) -> Key<'_> {
        match self {
            Self::Identities(identities) => Key::Identities(identities),
            Self::Passphrase(passphrase) => Key::Passphrase(passphrase),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    digest: B256,
    content: ContentAddress,
    record: Value,
    readers: Vec<Reader>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<PathBuf>,
    warnings: Vec<String>,
}

/// Opens it.
pub(super) async fn run(context: &Context<'_>, options: &Open) -> Result<Answer, Failure> {
    let bytes = read(&options.file)?;
    let inspected = envelope::inspect(&bytes).map_err(refused(&options.file))?;
    let secret = match inspected.lock.takes_passphrase() {
        true => Secret::Passphrase(options.passphrase.given()?),
        false => Secret::Identities(options.identity.given(context).await?),
    };
    if options.raw {
        return raw(context, options, &bytes, &secret);
    }
    let opened = envelope::open(&bytes, secret.key()).map_err(refused(&options.file))?;
    let canonical = opened.record.canonical().map_err(|error| Failure::of(&error))?;
    let mut text = format!("{}{}", record_text(&opened.record), readers_text(&opened.readers));
    if let Some(out) = &options.out {
        files::write_secret(out, |file| file.write_all(&canonical))?;
        text = format!("record    {}{}", out.display(), readers_text(&opened.readers));
    }
    let record = serde_json::from_slice(&canonical).map_err(|error| Failure::internal("reading the record", error))?;
    let facts = Facts {
        digest: inspected.content.digest,
        content: inspected.content,
        record,
        readers: opened.readers,
        file: options.out.clone(),
        warnings: told(context, &opened.warnings),
    };
    Answer::new(text, &facts)
}

/// Hands out what is inside as it is.
fn raw(context: &Context<'_>, options: &Open, bytes: &[u8], secret: &Secret) -> Result<Answer, Failure> {
    let opened = envelope::open_bytes(bytes, secret.key()).map_err(refused(&options.file))?;
    let warnings = told(context, &opened.warnings);
    if let Some(out) = &options.out {
        files::write_secret(out, |file| file.write_all(&opened.bytes))?;
        let facts = json!({ "file": out, "size": opened.bytes.len(), "warnings": warnings });
        return Answer::new(format!("content   {}, {} bytes", out.display(), opened.bytes.len()), &facts);
    }
    let text = String::from_utf8(opened.bytes)
        .map_err(|_| Failure::user("NotText", "what is inside is not text", "give --out FILE to have it written"))?;
    let facts = json!({ "text": text, "warnings": warnings });
    Answer::new(text, &facts)
}

fn record_text(record: &PurchaseRecord) -> String {
    let mut lines = vec![
        format!("purchase  {}", record.purchase),
        format!("market    {} on chain {}", record.market, record.chain_id),
        format!("bought    {}", record.bought_at),
    ];
    for (role, party) in [("buyer ", &record.buyer), ("seller", &record.seller)] {
        lines.push(format!("{role}    {}, {}", party.name, party.account));
        lines.extend(party.address.iter().map(|address| format!("          {address}")));
    }
    for item in &record.items {
        lines.push(format!("item      {}, {}", item.description, item.udi));
    }
    lines.push(format!("price     {}", record.price));
    let untils =
        [("ship by  ", record.ship_until), ("look by  ", record.inspect_until), ("return by", record.return_until)];
    lines.extend(untils.iter().filter_map(|(name, until)| until.map(|until| format!("{name} {until}"))));
    lines.extend(record.delivery_address.iter().map(|address| format!("deliver   {address}")));
    lines.extend(record.notes.iter().map(|notes| format!("notes     {notes}")));
    lines.join("\n")
}
