//! `theriac envelope seal`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use theriac_core::document::Document as _;
use theriac_core::envelope::{self, Cipher, PassphraseForm, PurchaseRecord};

use super::Output;
use super::readers::{self, Named};
use super::secrets::PassphraseOptions;
use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;
use crate::files;

/// Options of `theriac envelope seal`.
#[derive(Debug, Args)]
pub(crate) struct Seal {
    /// The record: JSON of type `purchase`.
    record: PathBuf,
    /// A reader: an account that published its key, or a key (age1… or 64 hexadecimal digits). Without any, the record is
    /// sealed for a passphrase. Name yourself, too, if you want to open it again.
    #[arg(long, value_name = "ACCOUNT_OR_KEY", num_args = 1.., conflicts_with_all = ["passphrase_file", "cipher"])]
    to: Vec<Named>,
    /// How it is sealed for a passphrase. DES and 3DES are broken; all but age are opened by OpenSSL.
    #[arg(long, default_value = "age")]
    cipher: CipherName,
    #[command(flatten)]
    passphrase: PassphraseOptions,
    #[command(flatten)]
    output: Output,
}

/// What `--cipher` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum CipherName {
    /// An age file: scrypt and ChaCha20-Poly1305.
    Age,
    /// CMS with DES: broken.
    Des,
    /// CMS with 3DES: broken.
    #[value(name = "3des")]
    TripleDes,
    /// CMS with AES-256.
    #[value(name = "aes-256")]
    Aes256,
}

impl From<CipherName> for PassphraseForm {
    fn from(name: CipherName) -> Self {
        match name {
            CipherName::Age => Self::Age,
            CipherName::Des => Self::Cms(Cipher::Des),
            CipherName::TripleDes => Self::Cms(Cipher::TripleDes),
            CipherName::Aes256 => Self::Cms(Cipher::Aes256),
        }
    }
}

/// Seals the record.
pub(super) async fn run(context: &Context<'_>, options: &Seal) -> Result<Answer, Failure> {
    options.output.check()?;
    let bytes = files::read(&options.record)?;
    let record = PurchaseRecord::parse(&bytes).map_err(|error| Failure::of(&error).at(&options.record))?;
    let sealed = if options.to.is_empty() {
        envelope::seal_with_passphrase(&record, &options.passphrase.chosen()?, options.cipher.into())
    } else {
        envelope::seal(&record, &readers::find(context, record.chain_id, &options.to).await?)
    };
    let made = options.output.keep(context, sealed.map_err(|error| Failure::of(&error))?).await?;
    Answer::new(made.text(), &made)
}
