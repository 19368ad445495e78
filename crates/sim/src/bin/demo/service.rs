//! The hospital's monitor in use: its profile, a hundred hours, an alarm with its log and a photograph, a calibration by an engineer.

use crate::Error;
use crate::cast::Person;
use crate::cli::{Cli, text};
use crate::goods::MONITORS;

/// The MdsDevice document of the first monitor.
pub(crate) const PROFILE: &str = "demo/monitor.json";
const PHOTOGRAPH: &str = "demo/display.png";

/// What was shown, in words.
pub(crate) struct Serviced {
    pub(crate) shown: String,
    /// Why a stranger could not begin the work.
    pub(crate) refused: String,
    /// The records, and the alarm's log as the engineer reads it.
    pub(crate) records: String,
    pub(crate) read: String,
    /// Why a stranger cannot read it.
    pub(crate) unread: String,
}

/// Writes the profile, lets it run, calls the engineer.
pub(crate) fn tell(cli: &mut Cli) -> Result<Serviced, Error> {
    let monitor = MONITORS.udi(0);
    let hospital = Person::Hospital;
    cli.once("the monitor gets its profile", hospital, &["mds", "import", PROFILE, "--item", &monitor])?;
    cli.once("it runs 100 hours", hospital, &["mds", "update", &monitor, "--hours", "1300", "--cycles", "44"])?;
    let order = call(cli, &monitor)?;
    raise_the_alarm(cli, &monitor)?;
    let stranger = ["logs", "show", &monitor, "1"];
    let unread = cli.once_refused("a stranger tries to read the alarm's log", Person::Buyer, &stranger)?;
    let refused = work(cli, &monitor, &order)?;
    Ok(Serviced {
        shown: cli.read(Person::Nobody, &["mds", "show", &monitor])?,
        refused: text(&refused["error"], "message")?,
        records: cli.read(Person::Nobody, &["logs", "list", &monitor])?,
        read: cli.read(Person::Engineer, &["logs", "show", &monitor, "1", "--lines", "2"])?,
        unread: text(&unread["error"], "message")?,
    })
}

/// The number of the work order.
fn call(cli: &mut Cli, monitor: &str) -> Result<String, Error> {
    let (hospital, engineer) = (Person::Hospital, Person::Engineer);
    let key = ["participants", "set-key", "--wallet"];
    cli.once("the engineer publishes a reading key", engineer, &key)?;
    let description = ["--description", "Alarm of the pressure channel, and its yearly calibration"];
    let words = [&["workorder", "open", monitor, "--kind", "calibration"], &description[..]].concat();
    let opened = cli.once("the hospital calls for a calibration", hospital, &words)?;
    let order = opened["order"].as_u64().ok_or_else(|| format!("no order in {opened}"))?.to_string();
    let words = ["workorder", "assign", &order, &engineer.address()?, "--until", "2036-12-31"];
    cli.once("and assigns an engineer", hospital, &words)?;
    Ok(order)
}

/// A log and a photograph, for the assigned engineer.
fn raise_the_alarm(cli: &mut Cli, monitor: &str) -> Result<(), Error> {
    let log = cli.path("pressure-alarm.tsv");
    let row = |second: u32| {
        let (systolic, alarm) = (118 - second / 4, if second > 112 { "LOW PRIORITY: ART SYS < 90" } else { "" });
        format!("2026-02-01T08:{:02}:{:02}Z\t{systolic}\t{}\t{alarm}\n", second / 60, second % 60, systolic * 2 / 3)
    };
    let rows: String = (0..180).map(row).collect();
    std::fs::write(&log, format!("time\tART SYS mmHg\tART DIA mmHg\talarm\n{rows}"))?;
    let period = ["--from", "2026-02-01T08:00:00Z", "--until", "2026-02-01T08:02:59Z"];
    let words = [&["logs", "push", monitor, &log, "--kind", "alarm", "--severity", "low"], &period[..]].concat();
    cli.once("the monitor raises an alarm, with its log", Person::Hospital, &words)?;
    let words = [&["logs", "push", monitor, PHOTOGRAPH, "--kind", "photograph"], &period[..2]].concat();
    cli.once("and a photograph of its display", Person::Hospital, &words)?;
    Ok(())
}

/// What a stranger was told who tried to do it.
fn work(cli: &mut Cli, monitor: &str, order: &str) -> Result<serde_json::Value, Error> {
    let engineer = Person::Engineer;
    // Recorded, since nobody can start what is closed in a second run.
    let refused =
        cli.once_refused("a stranger tries to start the work", Person::Trader, &["workorder", "start", order])?;
    cli.once("the engineer starts", engineer, &["workorder", "start", order])?;
    let words = ["mds", "update", monitor, "--mode", "Mtn", "--order", order];
    cli.once("takes the monitor into maintenance", engineer, &words)?;
    let words = ["mds", "update", monitor, "--mode", "Nml", "--order", order];
    cli.once("gives it back", engineer, &words)?;
    let report = cli.path("calibration.txt");
    std::fs::write(&report, "Offset -0.4 mmHg before, 0.0 mmHg after. Reference: deadweight tester 17.\n")?;
    let due = ["--calibration-due", "2036-12-31"];
    let words = [&["workorder", "close", order, "--outcome", "done", "--report", &report], &due[..]].concat();
    cli.once("and closes the order with the next date", engineer, &words)?;
    Ok(refused)
}
