//! `theriac oracle run` as it runs for months: killed, stopped, with a server or a chain that goes away.

use std::io::{BufRead, BufReader, Read as _};
use std::net::TcpListener;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::house::{CLINIC, address};
use crate::http_server::{Reply, Server};
use crate::server::{PATIENT, recording};
use crate::{NODES, Ward};

/// A running node. Killed at the end.
struct Daemon {
    process: Child,
    log: BufReader<std::process::ChildStderr>,
}

impl Daemon {
    fn start(ward: &Ward, url: &str) -> Self {
        let run = ["oracle", "run", "--server", url, "--asker", &address(CLINIC), "--every", "1s", "--home", "ward"];
        let mut command = ward.house.terminal.command(NODES[0], &run);
        let mut process = command.stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let log = BufReader::new(process.stderr.take().unwrap());
        Self { process, log }
    }

    /// Reads the log until a line has these words.
    fn says(&mut self, words: &str) -> String {
        let started = Instant::now();
        loop {
            let mut line = String::new();
            assert!(self.log.read_line(&mut line).unwrap() > 0, "the node ended before it said `{words}`");
            if line.contains(words) {
                return line;
            }
            assert!(started.elapsed() < Duration::from_secs(60), "`{words}` does not come");
        }
    }

    /// Asks it to end, and answers its exit code and what it said.
    fn stops(mut self) -> (i32, String) {
        let pid = rustix::process::Pid::from_raw(i32::try_from(self.process.id()).unwrap()).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        let mut said = String::new();
        self.process.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        (self.process.wait().unwrap().code().unwrap(), said)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Already ended is as good as killed.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_node_goes_on_after_faults_and_kills_and_answers_nothing_twice() {
    let ward = Ward::new();
    // Nobody listens there yet.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    drop(listener);
    let question = ward.asks(&["--patient", PATIENT, "--code", "8867-4", "--quorum", "2"]);
    let url = format!("http://{at}/fhir");
    let mut node = Daemon::start(&ward, &url);
    node.says("no answer yet: the FHIR server does not answer");
    // Killed while the question is open: what it kept is whole, and the server has come back meanwhile.
    drop(node);
    let server = Server::replaying_at(TcpListener::bind(at).unwrap(), &recording("first"));
    let mut node = Daemon::start(&ward, &url);
    node.says(&format!("question {question}: answered"));
    drop(node);
    let before = server.seen().len();

    // Without its state file it looks through the chain anew, and still asks that before it reads of anybody.
    std::fs::remove_file(ward.house.terminal.path(&format!("ward/oracle/node-{}.json", address(NODES[0])))).unwrap();
    let node = Daemon::start(&ward, &url);
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!(server.seen().len(), before);
    let second =
        ward.house.terminal.refusal(NODES[0], &["oracle", "run", "--once", "--server", &url, "--home", "ward"]);
    assert!(second.1.contains("another process runs this node"), "{second:?}");
    let (code, said) = node.stops();
    assert_eq!((code, said.trim_end()), (0, "0 answered, 0 declined, 0 without a value yet, 0 missed"));
    let answers = ward.says_no(CLINIC, &["oracle", "answers", &question]);
    assert_eq!(answers["nodes"].as_array().unwrap().iter().filter(|node| node["answered"] == json!(true)).count(), 1);
}

#[test]
fn a_node_outlives_its_chain_and_forgets_what_is_over() {
    let ward = Ward::new();
    // The server never has a value.
    let empty = json!({ "resourceType": "Bundle", "type": "searchset" });
    let server = Server::new(move |_| Reply::fhir(200, &empty));
    let mut node = Daemon::start(&ward, &server.url());
    let question = ward.asks(&["--patient", "Patient/a", "--code", "8867-4", "--deadline", "20s"]);
    node.says(&format!("question {question}: no answer yet: no observation fits: there is none"));
    let port = ward.house.terminal.rpc().rsplit(':').next().unwrap().to_owned();
    ward.house.terminal.json("", &["chain", "stop"]);
    node.says("the chain's node does not answer; going on in");
    ward.house.terminal.json("", &["chain", "start", "--port", &port]);
    node.says(&format!("question {question}: the deadline went by without an answer"));
    let (code, said) = node.stops();
    assert_eq!((code, said.trim_end()), (0, "0 answered, 0 declined, 0 without a value yet, 1 missed"));
}
