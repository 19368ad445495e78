//! `theriac envelope inspect`.

use std::path::Path;

use alloy_primitives::B256;
use serde::Serialize;
use theriac_core::content::ContentAddress;
use theriac_core::envelope::{self, Lock};

use super::{read, refused, told};
use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    lock: Lock,
    size: usize,
    digest: B256,
    codec: u8,
    content: ContentAddress,
    warnings: Vec<String>,
}

/// Shows what needs no key.
pub(super) fn run(context: &Context<'_>, file: &Path) -> Result<Answer, Failure> {
    let inspected = envelope::inspect(&read(file)?).map_err(refused(file))?;
    let content = inspected.content;
    let text = format!(
        "sealed    {}\nsize      {} bytes\ndigest    {}\ncontent   {}",
        lock_text(&inspected.lock),
        inspected.size,
        content.digest,
        content.uri()
    );
    let facts = Facts {
        lock: inspected.lock,
        size: inspected.size,
        digest: content.digest,
        codec: content.codec.byte(),
        content,
        warnings: told(context, &inspected.warnings),
    };
    Answer::new(text, &facts)
}

fn lock_text(lock: &Lock) -> String {
    match lock {
        Lock::AgeKeys { readers, other_readers: 0 } => format!("age, for {readers} X25519 key(s)"),
        Lock::AgeKeys { readers, other_readers } => {
            format!("age, for {readers} X25519 key(s) and {other_readers} of other kinds")
        }
        Lock::AgePassphrase { work_factor } => format!("age, for a passphrase (scrypt, work factor {work_factor})"),
        Lock::CmsPassphrase { cipher, key_cipher, hash, rounds } => {
            let key = if key_cipher == cipher { String::new() } else { format!(", its key with {key_cipher}") };
            format!("CMS, for a passphrase, with {cipher}{key} (PBKDF2, HMAC-{hash}, {rounds} rounds)")
        }
        _ => "in a way that this program does not know".to_owned(),
    }
}
