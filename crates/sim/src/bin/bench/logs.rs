//! `logs/push1GiB`: from a file of 1 GiB to sealed segments in the folder store and a record on an anvil, for two readers, by the program
//! itself. The file is a real recording of a patient monitor as tab-delimited text, repeated with time going on.
//! Peer: `age -r … -o …` and `sha256sum` on the same file, one after another. Here the ratio is our time over theirs, so less is better.

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use alloy::primitives::{Address, B256};
use serde_json::{Value, json};
use theriac_client::store::Store;
use theriac_client::types::{Content, Enrolment, NewLot, Product};
use theriac_client::{Roles, Secret, Signer, Suite};
use theriac_core::document::{LotDetails, LotDocument};
use theriac_core::ids::{Agency, ModelId};
use theriac_core::serials;

use crate::anvil::Anvil;
use crate::figures::{Error, median, rounded};
use crate::waveform::{self, COLUMNS, FRAME};

const SIZE: u64 = 1 << 30;
const RUNS: usize = 3;
/// What the push may take, `VmHWM`.
const MOST_MEGABYTES: f64 = 64.0;
const GTIN: &str = "00012345678905";
const MONITOR: &str = "(01)00012345678905(10)A1(21)123456";
/// The first accounts of anvil's well-known mnemonic; they are worth nothing anywhere.
const ADMIN: &str = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const OWNER: &str = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
const REGULATOR: &str = "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a";
const ENGINEER: &str = "0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6";

pub(crate) fn measure(data: &Path, age: &Path) -> Result<Value, Error> {
    let desk = Desk::new()?;
    let (file, sealed) = (desk.path("monitor.tsv"), desk.path("sealed.age"));
    write_log(data, &file)?;
    desk.prepare()?;
    let identity = theriac_core::envelope::Identity::generate().public()?.to_string();
    let push = ["logs", "push", MONITOR, "monitor.tsv", "--kind", "log", "--from", "2026-01-31", "--again"];

    let (mut ours, mut theirs, mut megabytes) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        settle()?;
        let started = Instant::now();
        run(Command::new(age).args(["-r", &identity, "-o"]).arg(&sealed).arg(&file))?;
        run(Command::new("sha256sum").arg(&file).stdout(Stdio::null()))?;
        theirs.push(started.elapsed().as_secs_f64());
        std::fs::remove_file(&sealed)?;

        settle()?;
        let started = Instant::now();
        megabytes.push(peak_megabytes(&mut desk.command(OWNER, &push))?);
        ours.push(started.elapsed().as_secs_f64());
    }
    let peak = megabytes.into_iter().fold(0.0, f64::max);
    if peak >= MOST_MEGABYTES {
        return Err(format!("the push took {peak:.1} MiB of memory, not less than {MOST_MEGABYTES}").into());
    }
    let (ours, theirs) = (median(ours), median(theirs));
    Ok(json!({
        "seconds": rounded(ours),
        "megabytes": rounded(peak),
        "peer": "age 1.3.2 and sha256sum one after another; here ours over theirs",
        "ratio": rounded(ours / theirs),
    }))
}

/// The recording again and again, cut at exactly 1 GiB.
fn write_log(data: &Path, file: &Path) -> Result<(), Error> {
    let samples = waveform::samples(data)?;
    let mut out = BufWriter::new(std::fs::File::create(file)?);
    out.write_all(COLUMNS.as_bytes())?;
    let mut left = usize::try_from(SIZE)? - COLUMNS.len();
    let mut frames = 0;
    while left > 0 {
        let rows = waveform::rows(&samples, frames);
        let piece = &rows.as_bytes()[..rows.len().min(left)];
        out.write_all(piece)?;
        left -= piece.len();
        frames += samples.len() / FRAME;
    }
    Ok(out.flush()?)
}

/// What was written before is on the disk, so that neither side waits for the other's.
fn settle() -> Result<(), Error> {
    run(&mut Command::new("sync"))
}

fn run(command: &mut Command) -> Result<(), Error> {
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} failed: {status}").into()) }
}

/// Runs a command, and answers its peak memory: it only rises, so the last look before the end is as good as one at the end.
fn peak_megabytes(command: &mut Command) -> Result<f64, Error> {
    let mut child = command.stdout(Stdio::null()).spawn()?;
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut peak = 0.0;
    let ended = loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        if let Some(kilobytes) = line.and_then(|line| line.split_whitespace().next()) {
            peak = kilobytes.parse::<f64>()? / 1024.0;
        }
        if let Some(ended) = child.try_wait()? {
            break ended;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    match ended.success() && peak > 0.0 {
        true => Ok(peak),
        false => Err(format!("{command:?}: {ended}, {peak} MiB").into()),
    }
}

/// A folder with a chain, and a twin whose owner and engineer can read.
struct Desk {
    folder: tempfile::TempDir,
    anvil: Anvil,
}

impl Desk {
    fn new() -> Result<Self, Error> {
        // On a disk as any home folder: what is in memory is no store.
        let folder = tempfile::tempdir_in("target")?;
        Ok(Self { folder, anvil: Anvil::start(&[])? })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, key: &str, arguments: &[&str]) -> Command {
        let program = std::env::current_exe().ok().and_then(|bench| Some(bench.parent()?.join("theriac")));
        let mut command = Command::new(program.unwrap_or_default());
        command.args(arguments).current_dir(self.folder.path()).env("THERIAC_RPC", &self.anvil.url);
        command.env("THERIAC_PRIVATE_KEY", key);
        command
    }

    fn does(&self, key: &str, arguments: &[&str]) -> Result<(), Error> {
        run(self.command(key, arguments).stdout(Stdio::null()))
    }

    fn prepare(&self) -> Result<(), Error> {
        let admin = account(ADMIN)?.to_string();
        self.does(ADMIN, &["deploy", "--admin", &admin, "--guardian", &admin, "--delay", "0"])?;
        tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(self.register())?;
        self.does(OWNER, &["devices", "mint", MONITOR, "--to", &account(OWNER)?.to_string()])?;
        for key in [OWNER, ENGINEER] {
            self.does(key, &["participants", "set-key", "--wallet"])?;
        }
        self.does(OWNER, &["workorder", "open", MONITOR, "--kind", "fault", "--description", "No pressure"])?;
        self.does(OWNER, &["workorder", "assign", "1", &account(ENGINEER)?.to_string(), "--until", "2090-01-01"])
    }

    async fn suite(&self, key: &str) -> Result<Suite, Error> {
        let signer = Signer::from_private_key(&Secret::new(key))?;
        Ok(Suite::connect(&self.anvil.url, Some(signer), &self.path("deployments")).await?)
    }

    async fn register(&self) -> Result<(), Error> {
        let people = self.suite(ADMIN).await?.participants();
        people.enrol_powerful(account(REGULATOR)?, &enrolment(Roles::REGULATOR)).send().await?;
        people.enrol(account(OWNER)?, &enrolment(Roles::MANUFACTURER)).send().await?;
        people.enrol(account(ENGINEER)?, &enrolment(Roles::ENGINEER)).send().await?;
        let (owner, word) = (self.suite(OWNER).await?, Content::raw(B256::repeat_byte(7)));
        let model = ModelId::new(Agency::Gs1, GTIN);
        owner.catalog().register_model(Agency::Gs1, GTIN, Product::Device, word).send().await?;
        let catalog = self.suite(REGULATOR).await?.catalog();
        catalog.approve_model(model, account(OWNER)?, word.digest, Product::Device).send().await?;
        let details = LotDetails {
            name: "Patient monitor".into(),
            description: "Patient monitor".into(),
            image: None,
            agency: Agency::Gs1,
            di: GTIN.into(),
            lot: "A1".into(),
            made: None,
            expires: None,
        };
        let (lot, tree) = LotDocument::new(details, serials::read("123456\n".as_bytes())?)?;
        let document = Store::open("blocks", &self.path(".theriac"))?.put(&lot.canonical()?).await?;
        let (made_at, expires_at) = (1_700_000_000, 4_000_000_000);
        let (number, root, document) = ("A1".into(), tree.root(), document.into());
        let new = NewLot { model, number, root, count: 1, made_at, expires_at, document };
        owner.catalog().register_lot(&new).send().await?;
        Ok(())
    }
}

fn account(key: &str) -> Result<Address, Error> {
    Ok(Signer::from_private_key(&Secret::new(key))?.address())
}

fn enrolment(roles: Roles) -> Enrolment {
    let (organisation, credential) = (B256::repeat_byte(1), B256::repeat_byte(2));
    Enrolment { roles, valid_from: 1, valid_until: 4_000_000_000, organisation, credential }
}
