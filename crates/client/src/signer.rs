//! Who signs: a keystore file, a private key from the environment, a Ledger or an AWS KMS key.
//!
//! Secrets never stand in an argument list, where `ps` and shell histories show them, and never print.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use alloy::consensus::SignableTransaction;
use alloy::network::{EthereumWallet, TxSigner};
use alloy::primitives::{Address, B256, Signature};
use alloy::signers::Signer as _;
use alloy::signers::local::PrivateKeySigner;
use alloy::sol_types::{Eip712Domain, SolStruct};
use theriac_core::prescription_key::PrescriptionKey;
use theriac_core::scratch::TagKey;

use crate::error::{Error, Result};

/// A password or key as text. It does not print.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Takes the text as it is.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// From an environment variable.
    pub fn from_env(variable: &str) -> Result<Self> {
        match std::env::var(variable) {
            Ok(text) if !text.is_empty() => Ok(Self(text)),
            _ => Err(Error::Signer(format!("the environment variable {variable} is not set"))),
        }
    }

    /// The first line of a file.
    pub fn from_file(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(Error::file(path))?;
        Ok(Self(text.lines().next().unwrap_or_default().to_owned()))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

/// An account that can sign.
#[derive(Clone)]
pub struct Signer {
    address: Address,
    key: Arc<Key>,
}

enum Key {
    Local(PrivateKeySigner),
    #[cfg(feature = "ledger")]
    Ledger(alloy::signers::ledger::LedgerSigner),
    #[cfg(feature = "aws-kms")]
    AwsKms(Box<alloy::signers::aws::AwsSigner>),
}

/// Runs the same expression on whichever signer it is.
macro_rules! each {
    ($signer:expr, $name:ident => $body:expr) => {
        match $signer.key.as_ref() {
            Key::Local($name) => $body,
            #[cfg(feature = "ledger")]
            Key::Ledger($name) => $body,
            #[cfg(feature = "aws-kms")]
            Key::AwsKms($name) => {
                let $name = $name.as_ref();
                $body
            }
        }
    };
}

impl Signer {
    /// A private key as 64 hexadecimal digits, with or without 0x.
    pub fn from_private_key(key: &Secret) -> Result<Self> {
        let signer: PrivateKeySigner =
            key.expose().trim().parse().map_err(|_| {
                Error::Signer("this is not a private key: 64 hexadecimal digits are expected".to_owned())
            })?;
        Ok(signer.into())
    }

    /// The key of a tag, as it follows from a scratch code.
    pub fn of_tag(key: &TagKey) -> Self {
        PrivateKeySigner::from_signing_key(key.signing_key().clone()).into()
    }

    /// The key with which a prescription is collected.
    pub fn of_prescription(key: &PrescriptionKey) -> Self {
        PrivateKeySigner::from_signing_key(key.signing_key().clone()).into()
    }

    /// A private key in an environment variable.
    pub fn from_env(variable: &str) -> Result<Self> {
        Self::from_private_key(&Secret::from_env(variable)?)
            .map_err(|error| Error::Signer(format!("environment variable {variable}: {error}")))
    }

    /// A keystore file (Web3 Secret Storage, as geth, cast and anvil write it). Deriving its key takes about a second.
    pub fn from_keystore(path: &Path, password: &Secret) -> Result<Self> {
        std::fs::metadata(path).map_err(Error::file(path))?;
        let signer = PrivateKeySigner::decrypt_keystore(path, password.expose()).map_err(|error| {
            Error::Signer(format!("{}: {error}. Is the password right, and the file a keystore?", path.display()))
        })?;
        Ok(signer.into())
    }

    /// As [`Signer::from_keystore`]; `prompt` is asked for the password only once the file is known to exist.
    pub fn from_keystore_asking(path: &Path, prompt: impl FnOnce() -> std::io::Result<Secret>) -> Result<Self> {
        std::fs::metadata(path).map_err(Error::file(path))?;
        let password = prompt().map_err(|error| Error::Signer(format!("no password: {error}")))?;
        Self::from_keystore(path, &password)
    }

    /// Makes a new key and writes it as a keystore file, which only the owner can read; a file that is there is never replaced.
    pub fn create_keystore(path: &Path, password: &Secret) -> Result<Self> {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
            return Err(Error::Signer(format!("{} is no name for a keystore file", path.display())));
        };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        // Takes the name, so that nobody else can between the look and the writing.
        owners_only().write(true).create_new(true).open(path).map_err(Error::file(path))?;
        PrivateKeySigner::new_keystore(folder, &mut rand::rngs::OsRng, password.expose(), Some(name))
            .map(|(key, _)| key.into())
            .map_err(|error| Error::Signer(format!("{}: {error}", path.display())))
    }

    /// The account at `index` of a Ledger in Ledger Live's derivation (m/44'/60'/index'/0/0).
    #[cfg(feature = "ledger")]
    pub async fn from_ledger(index: usize, chain_id: u64) -> Result<Self> {
        use alloy::signers::ledger::{HDPath, LedgerSigner};
        let signer = LedgerSigner::new(HDPath::LedgerLive(index), Some(chain_id)).await.map_err(|error| {
            Error::Signer(format!("{error}. Connect the Ledger, unlock it, and open its Ethereum app"))
        })?;
        Ok(Self { address: TxSigner::address(&signer), key: Arc::new(Key::Ledger(signer)) })
    }

    /// A secp256k1 key of AWS KMS; region and credentials come from the environment, as for every AWS tool.
    #[cfg(feature = "aws-kms")]
    pub async fn from_aws_kms(key_id: &str, chain_id: u64) -> Result<Self> {
        let config = aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await;
        let client = aws_sdk_kms::Client::new(&config);
        let signer =
            alloy::signers::aws::AwsSigner::new(client, key_id.to_owned(), Some(chain_id)).await.map_err(|error| {
                Error::Signer(format!("AWS KMS key {key_id}: {error}. It must be ECC_SECG_P256K1 for SIGN_VERIFY"))
            })?;
        Ok(Self { address: TxSigner::address(&signer), key: Arc::new(Key::AwsKms(Box::new(signer))) })
    }

    /// The account.
    pub fn address(&self) -> Address {
        self.address
    }

    /// Signs a 32-byte hash. A Ledger cannot: it signs only what it can show.
    pub async fn sign_hash(&self, hash: &B256) -> Result<Signature> {
        each!(self, key => key.sign_hash(hash).await).map_err(|error| Error::Signer(error.to_string()))
    }

    /// Signs bytes after EIP-191.
    pub async fn sign_message(&self, message: &[u8]) -> Result<Signature> {
        each!(self, key => key.sign_message(message).await).map_err(|error| Error::Signer(error.to_string()))
    }

    /// Signs a struct after EIP-712.
    pub async fn sign_typed<T: SolStruct + Send + Sync>(&self, value: &T, domain: &Eip712Domain) -> Result<Signature> {
        each!(self, key => key.sign_typed_data(value, domain).await).map_err(|error| Error::Signer(error.to_string()))
    }

    /// As alloy wants it for transactions.
    pub fn wallet(&self) -> EthereumWallet {
        EthereumWallet::new(self.clone())
    }
}

#[async_trait::async_trait]
impl TxSigner<Signature> for Signer {
    fn address(&self) -> Address {
        self.address
    }

    async fn sign_transaction(
        &self,
        transaction: &mut dyn SignableTransaction<Signature>,
    ) -> alloy::signers::Result<Signature> {
        each!(self, key => key.sign_transaction(transaction).await)
    }
}

impl From<PrivateKeySigner> for Signer {
    fn from(key: PrivateKeySigner) -> Self {
        Self { address: key.address(), key: Arc::new(Key::Local(key)) }
    }
}

fn owners_only() -> std::fs::OpenOptions {
    let mut options = std::fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy::primitives::address;

    /// The PBKDF2 vector of the Web3 Secret Storage Definition.
    const KEYSTORE: &str = r#"{"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"6087dab2f9fdbbfaddc31a909735c1e6"},
        "ciphertext":"5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46","kdf":"pbkdf2",
        "kdfparams":{"c":262144,"dklen":32,"prf":"hmac-sha256",
        "salt":"ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"},
        "mac":"517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"},
        "id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}"#;
    const KEY: &str = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

    #[test]
    fn a_key_gives_its_account_and_never_prints() {
        let secret = Secret::new(KEY);
        let signer = Signer::from_private_key(&secret).unwrap();
        let printed = format!("{secret:?} {signer:?}");
        assert_eq!(printed, "Secret(hidden) Signer(0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266)");
    }

    #[test]
    fn a_wrong_key_is_not_repeated_in_the_message() {
        let error = Signer::from_private_key(&Secret::new("hunter2")).unwrap_err().to_string();
        assert!(!error.contains("hunter2"), "{error}");
    }

    #[test]
    fn a_new_keystore_holds_its_account_and_replaces_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key.json");
        let password = Secret::new("correct horse");
        let made = Signer::create_keystore(&file, &password).unwrap();
        assert_eq!(Signer::from_keystore(&file, &password).unwrap().address(), made.address());
        assert!(matches!(Signer::create_keystore(&file, &password), Err(Error::File { .. })));
        assert_eq!(Signer::from_keystore(&file, &password).unwrap().address(), made.address());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_keystore_opens_with_its_password_only() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key.json");
        std::fs::write(&file, KEYSTORE).unwrap();
        let opened = Signer::from_keystore(&file, &Secret::new("testpassword")).unwrap();
        assert_eq!(opened.address(), address!("008aeeda4d805471df9b2a5b0f38a0c3bcba786b"));
        assert!(matches!(Signer::from_keystore(&file, &Secret::new("wrong")), Err(Error::Signer(_))));
        let missing = folder.path().join("none.json");
        let asked = Signer::from_keystore_asking(&missing, || unreachable!("no file, no question"));
        assert!(matches!(asked, Err(Error::File { .. })));
    }
}
