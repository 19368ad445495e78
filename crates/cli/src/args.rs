//! What can be typed: global options, and a subcommand per room.

use std::path::PathBuf;

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

/// Options of every command, under a heading of their own.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Everywhere")]
pub(crate) struct Global {
    /// Print one JSON object with `"v": 1` instead of text.
    #[arg(long, global = true, display_order = 900)]
    pub(crate) json: bool,
    /// JSON-RPC address of the chain.
    #[arg(
        long,
        global = true,
        display_order = 900,
        env = "THERIAC_RPC",
        default_value = "http://127.0.0.1:8545",
        value_name = "URL"
    )]
    pub(crate) rpc: String,
    /// Folder of documents, the local chain and unfinished work.
    #[arg(
        long,
        global = true,
        display_order = 900,
        env = "THERIAC_HOME",
        default_value = ".theriac",
        value_name = "FOLDER"
    )]
    pub(crate) home: PathBuf,
    /// Folder with `<chainId>.json`, the addresses of the rooms.
    #[arg(
        long,
        global = true,
        display_order = 900,
        env = "THERIAC_DEPLOYMENTS",
        default_value = "deployments",
        value_name = "FOLDER"
    )]
    pub(crate) deployments: PathBuf,
    /// Where documents are kept: `blocks` (in the home folder), `kubo:<RPC URL>` or `pinning:<service URL>`.
    #[arg(
        long,
        global = true,
        display_order = 900,
        env = "THERIAC_STORE",
        default_value = "blocks",
        value_name = "STORE"
    )]
    pub(crate) store: String,
    /// Keystore file (Web3 Secret Storage) of the account that signs; otherwise the key is read from THERIAC_PRIVATE_KEY.
    #[arg(long, global = true, display_order = 900, env = "THERIAC_KEYSTORE", value_name = "FILE")]
    pub(crate) keystore: Option<PathBuf>,
    /// File with the keystore's password; otherwise THERIAC_PASSWORD is read.
    #[arg(long, global = true, display_order = 900, env = "THERIAC_PASSWORD_FILE", value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// Show effects and gas on a copy of the chain's state, and send nothing.
    #[arg(long, global = true, display_order = 900)]
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
    /// Certify models, lots, units and accounts, and check what others certified.
    #[command(subcommand)]
    Certificate(commands::certificate::Verb),
    /// Mint the twins of devices (ERC-721), hand them over, and ask the tags that travel with the units.
    #[command(subcommand)]
    Devices(commands::devices::Verb),
    /// Say who has which units: commission, ship, receive, stop, end.
    #[command(subcommand)]
    Custody(commands::custody::Verb),
    /// Recall models, lots and units, and see who has them.
    #[command(subcommand)]
    Recall(commands::recall::Verb),
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
