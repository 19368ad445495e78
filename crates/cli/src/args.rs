//! What can be typed: global options, and a subcommand per room.

use std::path::PathBuf;

use alloy_primitives::Address;
use clap::{Args, Parser, Subcommand};

use crate::commands;

/// Traceability and safe use of medical devices and medicines.
///
/// Anyone who holds a device or a medicine can ask: is it real, who made it, who had it, may I use it?
#[derive(Debug, Parser)]
#[command(name = "theriac", version, propagate_version = true, max_term_width = 110)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Global {
    /// Print one JSON object with `"v": 1` instead of text.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// JSON-RPC address of the chain.
    #[arg(
        long,
        global = true,
        env = "THERIAC_RPC",
        hide_env_values = true,
        default_value = "http://127.0.0.1:8545",
        value_name = "URL"
    )]
    pub(crate) rpc: String,
    /// Folder of documents, the local chain and unfinished work.
    #[arg(
        long,
        global = true,
        env = "THERIAC_HOME",
        hide_env_values = true,
        default_value = ".theriac",
        value_name = "FOLDER"
    )]
    pub(crate) home: PathBuf,
    /// Folder with `<chainId>.json`, the addresses of the rooms.
    #[arg(
        long,
        global = true,
        env = "THERIAC_DEPLOYMENTS",
        hide_env_values = true,
        default_value = "deployments",
        value_name = "FOLDER"
    )]
    pub(crate) deployments: PathBuf,
    /// Where documents are kept: `blocks` (in the home folder), `kubo:<RPC URL>` or `pinning:<service URL>`.
    #[arg(
        long,
        global = true,
        env = "THERIAC_STORE",
        hide_env_values = true,
        default_value = "blocks",
        value_name = "STORE"
    )]
    pub(crate) store: String,
    /// Keystore file (Web3 Secret Storage) of the account that signs; otherwise the key is read from THERIAC_PRIVATE_KEY.
    #[arg(long, global = true, env = "THERIAC_KEYSTORE", hide_env_values = true, value_name = "FILE")]
    pub(crate) keystore: Option<PathBuf>,
    /// File with the keystore's password; otherwise THERIAC_PASSWORD is read.
    #[arg(long, global = true, env = "THERIAC_PASSWORD_FILE", hide_env_values = true, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// Show effects and gas on a copy of the chain's state, and send nothing.
    #[arg(long, global = true)]
    pub(crate) dry_run: bool,
}

/// The rooms and tools.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a local chain.
    #[command(subcommand)]
    Chain(commands::chain::Verb),
    /// Put the rooms on a chain; what is there already stays.
    Deploy(commands::deploy::Deploy),
    /// Enrol participants, and see who takes part.
    #[command(subcommand)]
    Participants(commands::participants::Verb),
    /// Import, approve and list models; register lots.
    #[command(subcommand)]
    Catalog(commands::catalog::Verb),
    /// Register medicines and their lots, and read the RFID tags of packs.
    #[command(subcommand)]
    Drug(commands::drug::Verb),
    /// Certify models, lots, units and accounts, and check what others certified.
    #[command(subcommand)]
    Certificate(commands::certificate::Verb),
    /// Make labels with symbols that telephones and scanners read, as SVG, PNG or PDF.
    Label(commands::label::Label),
    /// Mint the twins of devices (ERC-721), hand them over, and ask the tags that travel with the units.
    #[command(subcommand)]
    Devices(commands::devices::Verb),
    /// Say who has which items, cases and pallets: commission, pack, ship, receive, stop, end.
    #[command(subcommand)]
    Custody(commands::custody::Verb),
    /// Recall models, lots and units, and see who has them.
    #[command(subcommand)]
    Recall(commands::recall::Verb),
    /// Seal purchase records for those who may read them, open them, and share them with others.
    #[command(subcommand)]
    Envelope(commands::envelope::Verb),
    /// Hash and check files of supply chain events (EPCIS 2.0).
    #[command(subcommand)]
    Epcis(commands::epcis::Verb),
    /// Buy and sell devices, with the money in escrow until the goods have come.
    #[command(subcommand)]
    Market(Box<commands::market::Verb>),
    /// Book appointments with practitioners and machines, and keep their calendars.
    #[command(subcommand)]
    Appointments(Box<commands::appointments::Verb>),
    /// Send what somebody without ether signed, and pay for it.
    Relay(commands::relay::Relay),
    /// Prescribe, sell and take back medicines, and see what became of every pack.
    #[command(subcommand)]
    Pharmacy(Box<commands::pharmacy::Verb>),
    /// Keep the profiles of devices in use (FHIR, Point-of-Care Device guide), version by version.
    #[command(subcommand)]
    Mds(Box<commands::mds::Verb>),
    /// Keep log files, alarms and photographs of devices, sealed for those who work on them.
    #[command(subcommand)]
    Logs(Box<commands::logs::Verb>),
    /// Call engineers to devices, and say what came of it.
    #[command(subcommand)]
    Workorder(commands::workorder::Verb),
    /// Ask what a hospital's FHIR system says of a device or patient, and answer as a node.
    #[command(subcommand)]
    Oracle(Box<commands::oracle::Verb>),
    /// Tell whether a label, unit or lot is genuine and may be used. Exit code 0 only when it is.
    Verify(commands::verify::Verify),
    /// Parse and rewrite device identifiers (UDI).
    #[command(subcommand)]
    Udi(commands::udi::Verb),
    /// Make and show keys of accounts.
    #[command(subcommand)]
    Keys(commands::keys::Verb),
    /// Print a script that completes commands in your shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Write a manual page for every command.
    Man {
        /// Where the pages go.
        folder: PathBuf,
    },
}

/// Reads an account. Capital and small letters carry a checksum (EIP-55), which must fit where both are used.
pub(crate) fn account(text: &str) -> Result<Address, String> {
    let address = text
        .parse::<Address>()
        .ok()
        .filter(|_| text.starts_with("0x"))
        .ok_or_else(|| format!("`{text}` is not an account: 0x and 40 hexadecimal digits are expected"))?;
    let digits = text.trim_start_matches("0x");
    let mixed = digits.contains(|digit: char| digit.is_ascii_uppercase())
        && digits.contains(|digit: char| digit.is_ascii_lowercase());
    match mixed && Address::parse_checksummed(text, None).is_err() {
        true => Err(format!("the checksum of `{text}` is wrong (EIP-55): copy the account again")),
        false => Ok(address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_typed_contradicts_itself_nowhere() {
        <Arguments as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn a_mistyped_account_is_noticed() {
        let right = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
        assert_eq!(account(right), account(&right.to_lowercase()));
        assert!(account("0xf39fd6e51aad88F6F4ce6aB8827279cffFb92266").unwrap_err().contains("checksum"));
        assert!(account(&right[2..]).unwrap_err().contains("40 hexadecimal digits"));
        assert!(account("0x12").unwrap_err().contains("40 hexadecimal digits"));
    }
}
