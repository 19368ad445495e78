//! What a command works with: the options, the printer, and (when asked for) the chain, the signer and the store.

use std::io::IsTerminal;
use std::path::Path;

use alloy_primitives::B256;
use alloy_sol_types::SolCall;
use serde::Serialize;
use theriac_client::dry_run::DryRun;
use theriac_client::store::Store;
use theriac_client::{Call, Chain, Receipt, RoomEvent, Secret, Signer, Suite};

use crate::args::Global;
use crate::failure::Failure;
use crate::printer::Printer;

/// Where the private key is read from when no keystore is given.
const KEY_VARIABLE: &str = "THERIAC_PRIVATE_KEY";
/// Where the keystore's password is read from when no file is given.
const PASSWORD_VARIABLE: &str = "THERIAC_PASSWORD";

/// The surroundings of a command. Nothing is opened before it is needed, so `theriac udi parse` needs no chain.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    /// The options that every command has.
    pub(crate) options: Global,
    /// Notes and progress.
    pub(crate) printer: &'a Printer,
}

/// What a verb did, or with `--dry-run` would do. Its fields stand in the JSON answer of every verb.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Done {
    /// The transaction; none for a dry run.
    pub(crate) transaction: Option<B256>,
    /// Gas of the whole transaction.
    pub(crate) gas_used: u64,
    /// Whether nothing was sent.
    pub(crate) dry_run: bool,
    /// New storage slots; known for a dry run only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) new_slots: Option<usize>,
}

impl<'a> Context<'a> {
    /// Surroundings from the options.
    pub(crate) fn new(options: Global, printer: &'a Printer) -> Self {
        Self { options, printer }
    }

    /// The signer that the options name, if any. A password is asked for at a terminal, never taken from the arguments.
    pub(crate) fn signer(&self) -> Result<Option<Signer>, Failure> {
        let Some(keystore) = &self.options.keystore else {
            if std::env::var_os(KEY_VARIABLE).is_none() {
                return Ok(None);
            }
            return Ok(Some(Signer::from_env(KEY_VARIABLE)?));
        };
        if let Some(password) = self.given_password(keystore)? {
            return Ok(Some(Signer::from_keystore(keystore, &password)?));
        }
        let prompt = || rpassword::prompt_password("keystore password: ").map(Secret::new);
        Ok(Some(Signer::from_keystore_asking(keystore, prompt)?))
    }

    /// The password of `keystore` from the file or variable that has it; none where it has to be asked for at the terminal.
    pub(crate) fn given_password(&self, keystore: &Path) -> Result<Option<Secret>, Failure> {
        if let Some(file) = &self.options.password_file {
            return Ok(Some(Secret::from_file(file)?));
        }
        if std::env::var_os(PASSWORD_VARIABLE).is_some() {
            return Ok(Some(Secret::from_env(PASSWORD_VARIABLE)?));
        }
        if std::io::stdin().is_terminal() {
            return Ok(None);
        }
        Err(Failure::user(
            "NoPassword",
            format!("no password for the keystore {}", keystore.display()),
            format!("give --password-file, or set {PASSWORD_VARIABLE}"),
        ))
    }

    /// The signer, for a command that cannot do without.
    pub(crate) fn required_signer(&self) -> Result<Signer, Failure> {
        self.signer()?.ok_or_else(|| {
            Failure::user(
                "NoSigner",
                "this command signs, and no key was given",
                format!("give --keystore FILE, or set {KEY_VARIABLE}"),
            )
        })
    }

    /// The chain alone, for what comes before a deployment.
    pub(crate) async fn chain(&self) -> Result<Chain, Failure> {
        Ok(Chain::connect(&self.options.rpc, self.signer()?).await?)
    }

    /// The rooms, to look at; with a signer if one is given.
    pub(crate) async fn suite(&self) -> Result<Suite, Failure> {
        Ok(Suite::connect(&self.options.rpc, self.signer()?, &self.options.deployments).await?)
    }

    /// The rooms, to act in.
    pub(crate) async fn signing_suite(&self) -> Result<Suite, Failure> {
        let signer = self.required_signer()?;
        Ok(Suite::connect(&self.options.rpc, Some(signer), &self.options.deployments).await?)
    }

    /// The content store that the options name.
    pub(crate) fn store(&self) -> Result<Store, Failure> {
        Ok(Store::open(&self.options.store, &self.options.home)?)
    }

    /// Sends the call, or with `--dry-run` computes its effects.
    pub(crate) async fn perform<C: SolCall + Clone + Send + Sync>(&self, call: &Call<C>) -> Result<Done, Failure> {
        Ok(self.perform_telling(call).await?.0)
    }

    /// As [`Context::perform`], with what the rooms told, or would tell.
    pub(crate) async fn perform_telling<C: SolCall + Clone + Send + Sync>(
        &self,
        call: &Call<C>,
    ) -> Result<(Done, Vec<RoomEvent>), Failure> {
        if self.options.dry_run {
            let run = call.dry_run().await?;
            return Ok((Done::from(&run), run.events));
        }
        let receipt = call.send().await?;
        Ok((Done::from(&receipt), receipt.events.into_iter().map(|log| log.event).collect()))
    }
}

impl Done {
    /// Of a run in which nothing was to be sent.
    pub(crate) fn nothing(context: &Context<'_>) -> Self {
        Self { transaction: None, gas_used: 0, dry_run: context.options.dry_run, new_slots: None }
    }

    /// The end of a sentence: gas, and the transaction or that nothing was sent.
    pub(crate) fn text(&self) -> String {
        match (self.transaction, self.new_slots) {
            (Some(hash), _) => format!("{} gas, transaction {hash}", self.gas_used),
            (None, Some(slots)) => format!("dry run, nothing sent: {} gas, {slots} new storage slots", self.gas_used),
            (None, None) => format!("dry run, nothing sent: {} gas", self.gas_used),
        }
    }
}

impl From<&Receipt> for Done {
    fn from(receipt: &Receipt) -> Self {
        Self { transaction: Some(receipt.hash), gas_used: receipt.gas_used, dry_run: false, new_slots: None }
    }
}

impl From<&DryRun> for Done {
    fn from(run: &DryRun) -> Self {
        Self { transaction: None, gas_used: run.gas_used, dry_run: true, new_slots: Some(run.new_slots.len()) }
    }
}
