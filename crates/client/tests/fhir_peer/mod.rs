//! Real FHIR peers for tests: HAPI's server and HAPI's validator, started by the program that `THERIAC_FHIR` names (`tools/hapi.sh` builds
//! it and prints its path).
//!
//! Where it is not set, a test says that it was skipped; with `THERIAC_REQUIRE_PEERS=1` that is a failure. The module needs nothing but std
//! and serde_json, so tests of other crates can take it by `#[path]`.
//!
//! Peers end with the test's process, however that ends: they stop when their standard input does.

#![allow(dead_code, reason = "a test program takes what it needs of it")]

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, OnceLock};

use serde_json::Value;

/// The program that starts peers; none where the test is to be skipped, which has then been said.
fn launcher() -> Option<OsString> {
    let launcher = std::env::var_os("THERIAC_FHIR").filter(|path| !path.is_empty());
    if launcher.is_none() {
        let required = std::env::var("THERIAC_REQUIRE_PEERS").is_ok_and(|value| value == "1");
        assert!(!required, "THERIAC_FHIR is not set: set it to the path that tools/hapi.sh prints");
        skip("THERIAC_FHIR is not set");
    }
    launcher
}

/// The guide for point-of-care devices in the folder of public data, if that is there: `definitions`, `supplement`, `examples`.
pub(crate) fn pocd() -> Option<PathBuf> {
    let data = std::env::var_os("THERIAC_DATA").map(|data| Path::new(&data).join("pocd"));
    if data.is_none() {
        skip("THERIAC_DATA is not set");
    }
    data
}

#[allow(clippy::print_stderr, reason = "says what it skips")]
fn skip(why: &str) {
    eprintln!("skipped: {why}");
}

/// A FHIR R4 server on loopback with nothing in it. Starting takes about 10 seconds of one core. Gone when dropped.
pub(crate) struct FhirServer {
    /// The base address, without a slash at the end.
    pub(crate) url: String,
    process: Child,
}

impl FhirServer {
    /// Starts a server with `arguments` (`--page-size`, `--bearer`, …, as `fhir server` explains) and more `environment`.
    pub(crate) fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Option<Self> {
        let mut process = Command::new(launcher()?)
            .arg("server")
            .args(arguments)
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
        assert!(url.ends_with('\n'), "the FHIR server ended before it was ready; standard error says why");
        Some(Self { url: url.trim_end().to_owned(), process })
    }

    /// The address without `/fhir`, below which `/token` is.
    pub(crate) fn root(&self) -> &str {
        self.url.strip_suffix("/fhir").unwrap()
    }
}

impl Drop for FhirServer {
    fn drop(&mut self) {
        // Whether it can still be killed does not matter: it holds nothing that lasts.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A validator of FHIR R4. Its first answer takes several seconds, later ones some hundredths; so one is enough for a test binary.
pub(crate) struct FhirValidator {
    /// One asks at a time: an answer belongs to the question before it.
    line: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
    process: Child,
}

impl FhirValidator {
    /// The validator of this process: with the guide for point-of-care devices, and its examples as targets of references.
    pub(crate) fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<FhirValidator>> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(&[], &[pocd()?])).as_ref()
    }

    /// A validator with its own `arguments` and folders of definitions.
    pub(crate) fn start(arguments: &[&str], folders: &[PathBuf]) -> Option<Self> {
        let mut process = Command::new(launcher()?)
            .arg("validator")
            .args(arguments)
            .args(folders)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let line = (process.stdin.take().unwrap(), BufReader::new(process.stdout.take().unwrap()));
        Some(Self { line: Mutex::new(line), process })
    }

    /// What the validator says of `resource`, JSON or XML: an OperationOutcome.
    pub(crate) fn outcome(&self, resource: &str) -> Value {
        // A line is a resource: breaks within one are white space, in JSON and in XML.
        let resource = resource.trim_start_matches('\u{feff}').replace(['\r', '\n'], " ");
        let mut line = self.line.lock().unwrap();
        writeln!(line.0, "{resource}").unwrap();
        let mut answer = String::new();
        line.1.read_line(&mut answer).unwrap();
        assert!(answer.ends_with('\n'), "the FHIR validator ended; standard error says why");
        serde_json::from_str(&answer).unwrap()
    }

    /// The errors in `resource`, each as `FHIRPath: what is wrong`.
    pub(crate) fn errors(&self, resource: &str) -> Vec<String> {
        let outcome = self.outcome(resource);
        let issues = outcome["issue"].as_array().unwrap();
        let errors = issues.iter().filter(|issue| matches!(issue["severity"].as_str(), Some("error" | "fatal")));
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        errors.map(|issue| format!("{}: {}", text(&issue["location"][0]), text(&issue["diagnostics"]))).collect()
    }
}

impl Drop for FhirValidator {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
