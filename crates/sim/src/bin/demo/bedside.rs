//! At the bedside: the monitor is connected to a patient, two oracle nodes say what the hospital's system knows of her heart rate, her vital
//! signs are kept under her key, and another department restores the whole history.

use serde_json::{Value, json};

use crate::Error;
use crate::cast::Person;
use crate::cli::{Cli, text};
use crate::goods::MONITORS;
use crate::hospital_system::HospitalSystem;
use crate::service::PROFILE;

const PATIENT: &str = "Patient/anna";

/// What was shown, in words.
pub(crate) struct Watched {
    /// What the oracle answered, as the hospital reads it.
    pub(crate) answers: String,
    /// The same for everybody else.
    pub(crate) commitments: String,
    /// How many of her vital signs the patient can read.
    pub(crate) observations: u64,
    /// The history in the other department's store.
    pub(crate) history: String,
}

/// Connects, asks, keeps, restores.
pub(crate) fn tell(cli: &mut Cli) -> Result<Watched, Error> {
    let monitor = MONITORS.udi(0);
    let system = HospitalSystem::start()?;
    connect(cli, &monitor)?;
    let question = ask(cli, &system)?;

    let vitals = cli.path("heart-rates.json");
    if !std::path::Path::new(&vitals).exists() {
        std::fs::write(&vitals, serde_json::to_string_pretty(&system.heart_rates()?)?)?;
    }
    cli.once("her heart rates are kept under her key", Person::Hospital, &["mds", "vitals", "add", &monitor, &vitals])?;
    let (out, key) = (cli.path("anna-reads.json"), cli.path("anna.key"));
    let words = ["mds", "vitals", "export", &monitor, "1", "--out", &out, "--identity", &key];
    let read = cli.once("she reads them", Person::Anna, &words)?;

    let car = cli.path("monitor.car");
    cli.once(
        "the hospital backs the monitor's documents up",
        Person::Hospital,
        &["mds", "backup", &monitor, "--out", &car],
    )?;
    let words = ["mds", "restore", &monitor, "--car", &car];
    cli.once("another department brings them into its own store", Person::Ward, &words)?;
    Ok(Watched {
        answers: cli.read(Person::Hospital, &["oracle", "answers", &question])?,
        commitments: cli.read(Person::Nobody, &["oracle", "answers", &question])?,
        observations: read["observations"].as_u64().unwrap_or_default(),
        history: cli.read(Person::Ward, &["mds", "history", &monitor])?,
    })
}

/// The next version of the profile names the patient, and is sealed for the hospital and her.
fn connect(cli: &mut Cli, monitor: &str) -> Result<(), Error> {
    let made =
        cli.once("Anna makes a reading key", Person::Anna, &["keys", "reading-key", "--out", &cli.path("anna.key")])?;
    let (hospital, anna) = (Person::Hospital.address()?, text(&made, "recipient")?);
    let mut document: Value = serde_json::from_str(&std::fs::read_to_string(PROFILE)?)?;
    document["patient"] = json!({ "reference": PATIENT });
    for (place, count) in [(0, 1301), (1, 45)] {
        document["extension"][place]["valueUnsignedInt"] = json!(count);
    }
    let file = cli.path("monitor-at-bed.json");
    std::fs::write(&file, serde_json::to_string_pretty(&document)?)?;
    let words = ["mds", "import", &file, "--item", monitor, "--reader", &hospital, &anna];
    cli.once("the monitor is connected to Anna, for her eyes and the hospital's", Person::Hospital, &words)?;
    Ok(())
}

/// The question's id.
fn ask(cli: &mut Cli, system: &HospitalSystem) -> Result<String, Error> {
    let nodes = [Person::OracleEast, Person::OracleWest];
    for node in nodes {
        let name = format!("{} publishes its reading key", node.company());
        cli.once(&name, node, &["participants", "set-key", "--wallet"])?;
    }
    let (east, west) = (nodes[0].address()?, nodes[1].address()?);
    let words = ["oracle", "ask", "--patient", PATIENT, "--code", "8867-4", "--node", &east, &west];
    let asked = cli.once("the hospital asks two oracle nodes for her heart rate", Person::Hospital, &words)?;
    let asker = Person::Hospital.address()?;
    for node in nodes {
        let words = ["oracle", "run", "--once", "--server", &system.url, "--asker", &asker];
        let name = format!("{} reads the hospital's FHIR server, and answers", node.company());
        let answered = cli.once(&name, node, &words)?;
        if answered["answered"] != json!(1) {
            return Err(format!("{} answered nothing: {answered}", node.company()).into());
        }
    }
    text(&asked, "question")
}
