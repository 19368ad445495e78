//! The hospital's FHIR server, as a recording: what HAPI answered when it was asked for a patient's heart rates, with its times moved to now.
//! `make fhir-server` runs a real one, which `theriac oracle run --server` reads in the same way.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::Error;

/// The Bundle of a search for `Observation`, as HAPI answered it.
const RECORDING: &str = "demo/fhir-server.json";

/// The server, on any free port of this machine; it ends with the process.
pub(crate) struct HospitalSystem {
    pub(crate) url: String,
    answer: String,
}

impl HospitalSystem {
    pub(crate) fn start() -> Result<Self, Error> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let root = format!("http://{}", listener.local_addr()?);
        let mut answer = std::fs::read_to_string(RECORDING)?.replace("{base}", &root);
        for minutes in [0, 1, 6] {
            let at = Timestamp::now() - SignedDuration::from_mins(minutes);
            let at = Timestamp::from_second(at.as_second())?.to_string();
            answer = answer.replace(&format!("{{minutes-ago:{minutes}}}"), &at);
        }
        let told = answer.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that has gone away is its own affair.
                let _ = serve(stream, &told);
            }
        });
        Ok(Self { url: format!("{root}/fhir"), answer })
    }

    /// The observations that count, as a Bundle of them.
    pub(crate) fn heart_rates(&self) -> Result<Value, Error> {
        let mut bundle: Value = serde_json::from_str(&self.answer)?;
        if let Some(entries) = bundle["entry"].as_array_mut() {
            entries.retain(|entry| entry["resource"]["status"] == "final");
            entries.iter_mut().filter_map(Value::as_object_mut).for_each(|entry| drop(entry.remove("search")));
        }
        let entries = bundle["entry"].take();
        Ok(serde_json::json!({ "resourceType": "Bundle", "type": "collection", "entry": entries }))
    }
}

fn serve(mut stream: TcpStream, answer: &str) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let asked =
        ["GET /fhir/Observation?", "subject=Patient%2Fanna", "8867-4"].iter().all(|part| request.contains(part));
    let (status, body) = match asked {
        true => ("200 OK", answer.to_owned()),
        false => ("404 Not Found", outcome(&request)),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/fhir+json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes())
}

fn outcome(request: &str) -> String {
    let diagnostics = format!("not recorded: {request}");
    let issue = serde_json::json!({ "severity": "error", "code": "not-found", "diagnostics": diagnostics });
    serde_json::json!({ "resourceType": "OperationOutcome", "issue": [issue] }).to_string()
}
