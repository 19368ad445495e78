//! The hospital's monitor in use: its profile, a hundred hours, a calibration by an engineer, and every version verified.

use crate::Error;
use crate::cast::Person;
use crate::cli::{Cli, text};
use crate::goods::MONITORS;

/// The MdsDevice document of the first monitor.
const PROFILE: &str = "demo/monitor.json";

/// What was shown, in words.
pub(crate) struct Serviced {
    pub(crate) shown: String,
    /// Why a stranger could not begin the work.
    pub(crate) refused: String,
    pub(crate) history: String,
}

/// Writes the profile, lets it run, calls the engineer.
pub(crate) fn tell(cli: &mut Cli) -> Result<Serviced, Error> {
    let monitor = MONITORS.udi(0);
    let (hospital, engineer) = (Person::Hospital, Person::Engineer);
    cli.once("the monitor gets its profile", hospital, &["mds", "import", PROFILE, "--item", &monitor])?;
    cli.once("it runs 100 hours", hospital, &["mds", "update", &monitor, "--hours", "1300", "--cycles", "44"])?;

    let description = ["--description", "Yearly calibration of the pressure channel"];
    let words = [&["workorder", "open", &monitor, "--kind", "calibration"], &description[..]].concat();
    let opened = cli.once("the hospital calls for a calibration", hospital, &words)?;
    let order = opened["order"].as_u64().ok_or_else(|| format!("no order in {opened}"))?.to_string();
    let words = ["workorder", "assign", &order, &engineer.address()?, "--until", "2036-12-31"];
    cli.once("and assigns an engineer", hospital, &words)?;
    // Recorded, since nobody can start what is closed in a second run.
    let refused =
        cli.once_refused("a stranger tries to start the work", Person::Trader, &["workorder", "start", &order])?;
    cli.once("the engineer starts", engineer, &["workorder", "start", &order])?;
    let words = ["mds", "update", &monitor, "--mode", "Mtn", "--order", &order];
    cli.once("takes the monitor into maintenance", engineer, &words)?;
    let words = ["mds", "update", &monitor, "--mode", "Nml", "--order", &order];
    cli.once("gives it back", engineer, &words)?;
    let report = cli.path("calibration.txt");
    std::fs::write(&report, "Offset -0.4 mmHg before, 0.0 mmHg after. Reference: deadweight tester 17.\n")?;
    let due = ["--calibration-due", "2036-12-31"];
    let words = [&["workorder", "close", &order, "--outcome", "done", "--report", &report], &due[..]].concat();
    cli.once("and closes the order with the next date", engineer, &words)?;

    Ok(Serviced {
        shown: cli.read(Person::Nobody, &["mds", "show", &monitor])?,
        refused: text(&refused["error"], "message")?,
        history: cli.read(Person::Nobody, &["mds", "history", &monitor])?,
    })
}
