//! Runs `theriac`, times it, and remembers what was done.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::Instant;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cast::Person;
use crate::{Error, say};

/// A step that was done.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Step {
    /// What was done, in words; its name for ever.
    pub(crate) name: String,
    /// How long it took, process start included.
    pub(crate) seconds: f64,
    /// Gas of its transactions.
    pub(crate) gas: u64,
    /// What the command answered.
    pub(crate) answer: Value,
}

/// The command line, working in one folder.
pub(crate) struct Cli {
    program: PathBuf,
    /// `demo-out`.
    pub(crate) folder: PathBuf,
    /// Steps done, in this run or earlier.
    pub(crate) steps: Vec<Step>,
}

impl Cli {
    /// Opens the folder; what an earlier run did there counts as done.
    pub(crate) fn open(folder: PathBuf) -> Result<Self, Error> {
        let program = std::env::current_exe()?.with_file_name("theriac");
        let mut cli = Self { program, folder, steps: Vec::new() };
        match std::fs::read_to_string(cli.record()) {
            Ok(text) => cli.steps = serde_json::from_str(&text)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(format!("{}: {error}", cli.record().display()).into()),
        }
        Ok(cli)
    }

    /// A path in the folder, as text for an argument.
    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// Does a step once. The command must succeed.
    pub(crate) fn once(&mut self, name: &str, who: Person, arguments: &[&str]) -> Result<Value, Error> {
        self.step(name, |cli| cli.ask(who, arguments))
    }

    /// Does a step once whose answer is a warning: the command does its work and exits with 1.
    pub(crate) fn once_warned(&mut self, name: &str, who: Person, arguments: &[&str]) -> Result<Value, Error> {
        self.step(name, |cli| cli.look(who, arguments))
    }

    /// Does a step once that must be refused: the command changes nothing, and its answer is the error.
    pub(crate) fn once_refused(&mut self, name: &str, who: Person, arguments: &[&str]) -> Result<Value, Error> {
        self.step(name, |cli| {
            let (output, answer) = cli.run(who, arguments)?;
            match output.status.code() {
                Some(1) if answer.get("error").is_some() => Ok(answer),
                _ => Err(format!("`theriac {}` should have been refused: {answer}", arguments.join(" ")).into()),
            }
        })
    }

    fn step(&mut self, name: &str, work: impl FnOnce(&Self) -> Result<Value, Error>) -> Result<Value, Error> {
        if let Some(step) = self.steps.iter().find(|step| step.name == name) {
            say(&format!("  {name}: done before"));
            return Ok(step.answer.clone());
        }
        let started = Instant::now();
        let answer = work(self)?;
        let seconds = started.elapsed().as_secs_f64();
        let gas = gas_in(&answer);
        say(&format!("  {name}  ({}{seconds:.2} s)", if gas > 0 { format!("{gas} gas, ") } else { String::new() }));
        self.steps.push(Step { name: name.to_owned(), seconds, gas, answer: answer.clone() });
        // After each step: a run that is killed loses at most the record of one.
        std::fs::write(self.record(), serde_json::to_string_pretty(&self.steps)?)?;
        Ok(answer)
    }

    /// Runs a command that must succeed, and gives its answer.
    pub(crate) fn ask(&self, who: Person, arguments: &[&str]) -> Result<Value, Error> {
        let (output, answer) = self.run(who, arguments)?;
        if output.status.success() {
            return Ok(answer);
        }
        Err(format!("`theriac {}` failed:\n{}", arguments.join(" "), String::from_utf8_lossy(&output.stderr)).into())
    }

    /// Runs a command whose answer may be a "no", and gives the answer.
    pub(crate) fn look(&self, who: Person, arguments: &[&str]) -> Result<Value, Error> {
        let (output, answer) = self.run(who, arguments)?;
        match output.status.code() {
            Some(0 | 1) if answer.get("error").is_none() => Ok(answer),
            _ => {
                let said = String::from_utf8_lossy(&output.stderr);
                Err(format!("`theriac {}` failed:\n{said}", arguments.join(" ")).into())
            }
        }
    }

    /// What a person reads.
    pub(crate) fn read(&self, who: Person, arguments: &[&str]) -> Result<String, Error> {
        let output = self.output(who, arguments)?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            false => {
                let said = String::from_utf8_lossy(&output.stderr);
                Err(format!("`theriac {}` failed:\n{said}", arguments.join(" ")).into())
            }
        }
    }

    fn run(&self, who: Person, arguments: &[&str]) -> Result<(Output, Value), Error> {
        let output = self.output(who, &[&["--json"], arguments].concat())?;
        let answer = serde_json::from_slice(&output.stdout).map_err(|error| {
            let said = String::from_utf8_lossy(&output.stderr);
            format!("`theriac {}` did not answer in JSON ({error}):\n{said}", arguments.join(" "))
        })?;
        Ok((output, answer))
    }

    fn output(&self, who: Person, arguments: &[&str]) -> Result<Output, Error> {
        let mut command = Command::new(&self.program);
        command.args(["--home", &self.home(who)?, "--deployments", &self.path("deployments")]).args(arguments);
        command.env("THERIAC_RPC", "http://127.0.0.1:8545").env_remove("THERIAC_KEYSTORE").env_remove("THERIAC_STORE");
        match who.private_key()? {
            Some(key) => command.env("THERIAC_PRIVATE_KEY", key),
            None => command.env_remove("THERIAC_PRIVATE_KEY"),
        };
        Ok(command.output().map_err(|error| format!("{}: {error}", self.program.display()))?)
    }

    /// Home folders share one store, as partners do who keep documents in one network; only the ward has its own.
    fn home(&self, who: Person) -> Result<String, Error> {
        let home = self.folder.join(who.home());
        let blocks = home.join("blocks");
        if who.home() != Person::Nobody.home() && who != Person::Ward && !blocks.exists() {
            std::fs::create_dir_all(&home)?;
            std::fs::create_dir_all(self.folder.join("home/blocks"))?;
            std::os::unix::fs::symlink("../../home/blocks", blocks)?;
        }
        Ok(home.display().to_string())
    }

    fn record(&self) -> PathBuf {
        self.folder.join("steps.json")
    }
}

/// A text that an answer must have.
pub(crate) fn text(answer: &Value, field: &str) -> Result<String, Error> {
    answer[field].as_str().map(str::to_owned).ok_or_else(|| format!("no `{field}` in {answer}").into())
}

/// All gas that an answer tells of, wherever it stands.
fn gas_in(answer: &Value) -> u64 {
    match answer {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| if name == "gasUsed" { value.as_u64().unwrap_or(0) } else { gas_in(value) })
            .sum(),
        Value::Array(values) => values.iter().map(gas_in).sum(),
        _ => 0,
    }
}
