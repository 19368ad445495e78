//! At the doctor's: patients without ether book, collide, and move.

use jiff::civil::Weekday;
use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;

use crate::Error;
use crate::cast::Person;
use crate::cli::{Cli, text};

/// What was shown.
pub(crate) struct Practice {
    /// Why Bert did not get the slot that Anna has.
    pub(crate) refused: Value,
    /// The day, as anyone sees it.
    pub(crate) day: Value,
    pub(crate) calendar: String,
}

/// Opens a week, books, collides, moves.
pub(crate) fn tell(cli: &mut Cli) -> Result<Practice, Error> {
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let monday = today.nth_weekday(2, Weekday::Monday)?;
    let week = format!("{monday}..{}", monday.nth_weekday(1, Weekday::Friday)?);
    let hours = ["--zone", "Europe/Vienna", "--from", "09:00", "--to", "11:00", "--slot", "20m"];
    let opened = [&["appointments", "open", &week], &hours[..]].concat();
    let opened = cli.once("the practice opens a week", Person::Doctor, &opened)?;
    // The week of the first run.
    let (monday, tuesday) = (text(&opened["days"][0], "date")?, text(&opened["days"][1], "date")?);
    let doctor = Person::Doctor.address()?;

    std::fs::create_dir_all(cli.folder.join("appointments"))?;
    relayed(cli, Person::Anna, "books", &["book", &doctor, &monday, "09:20"])?;
    let words = details(cli, Person::Bert)?;
    let collide = ["appointments", "book", &doctor, &monday, "09:20", "--dry-run"];
    let collide = [&collide[..], &words.each_ref().map(String::as_str)].concat();
    let refused = cli.once_warned("Bert wants the same slot", Person::Bert, &collide)?;
    if refused["answer"] != "slot-taken" {
        return Err(format!("Bert should not get Anna's slot: {refused}").into());
    }
    relayed(cli, Person::Bert, "books another", &["book", &doctor, &monday, "10:00"])?;
    relayed(cli, Person::Anna, "moves", &["reschedule", &doctor, &monday, "09:20", &tuesday, "09:00"])?;
    let calendar = cli.path("appointments/anna.ics");
    cli.once("Anna's calendar file", Person::Anna, &["appointments", "ics", &calendar])?;
    let day = cli.ask(Person::Nobody, &["appointments", "day", &doctor, &monday])?;
    Ok(Practice { refused, day, calendar })
}

/// A patient signs a request, and the practice pays for it.
fn relayed(cli: &mut Cli, patient: Person, does: &str, verb: &[&str]) -> Result<(), Error> {
    let request = cli.path(&format!("appointments/{}-{}.json", patient.word(), does.replace(' ', "-")));
    let words = details(cli, patient)?;
    let name = format!("{patient:?} {does}: signed without ether");
    if !cli.steps.iter().any(|step| step.name == name) && std::path::Path::new(&request).exists() {
        // Of a run that was killed before it noted the step.
        std::fs::remove_file(&request)?;
    }
    let words: Vec<&str> = words.iter().map(String::as_str).chain(["--relay", &request]).collect();
    cli.once(&name, patient, &[&["appointments"], verb, &words].concat())?;
    let sent = format!("{patient:?} {does}: sent by the practice, which pays");
    cli.once(&sent, Person::Doctor, &["relay", &request]).map(|_| ())
}

/// Who comes, which nobody reads on the chain.
fn details(cli: &Cli, patient: Person) -> Result<[String; 4], Error> {
    let (name, address) = (format!("appointments/{}-name.txt", patient.word()), "appointments/address.txt".to_owned());
    std::fs::write(cli.folder.join(&name), format!("{patient:?} Nym\n"))?;
    std::fs::write(cli.folder.join(&address), "Bridge Street 1\n")?;
    Ok(["--patient-file".to_owned(), cli.path(&name), "--address-file".to_owned(), cli.path(&address)])
}
