//! At the pharmacy: what is handed over, what is asked for, what is refused, and what the books do not explain.

use serde_json::Value;

use crate::Error;
use crate::cast::Person;
use crate::cli::{Cli, text};
use crate::goods::{CAPSULES, OTHER_CAPSULES};

/// A question at the counter, and what `theriac pharmacy check` answered.
pub(crate) struct Asked {
    pub(crate) what: &'static str,
    pub(crate) outcome: &'static str,
    pub(crate) answer: Value,
}

/// What was shown.
pub(crate) struct Counter {
    pub(crate) asked: Vec<Asked>,
    /// The counterfeit's label, scanned.
    pub(crate) counterfeit: Value,
    pub(crate) stock: Value,
    /// What the books of the pharmacy do not explain.
    pub(crate) reconciled: Value,
}

/// Prescribes, sells, refuses, reconciles.
pub(crate) fn tell(cli: &mut Cli) -> Result<Counter, Error> {
    let anna = prescribe(cli, Person::Anna, &["--quantity", "2", "--repeats", "1", "--interval", "30"])?;
    let bert = prescribe(cli, Person::Bert, &["--quantity", "1"])?;
    let mut asked = Vec::new();

    // Two packs for Anna; the prescription goes on chain with them.
    let two = [CAPSULES.lot.udi(0), CAPSULES.lot.udi(1)];
    let two = two.each_ref().map(String::as_str);
    sell(cli, &mut asked, "two packs on Anna's prescription", Person::Anna, &[&two[..], &anna].concat())?;

    // What must not be handed over.
    let third = CAPSULES.lot.udi(2);
    ask(cli, &mut asked, "a third pack for Anna, a month too early", ("not-available", "too-early"), &third, &anna)?;
    let what = "a pack for Bert that was sold to Anna: one of two labels is a copy";
    ask(cli, &mut asked, what, ("not-available", "gone"), two[0], &bert)?;
    let copied = CAPSULES.lot.udi(9_000);
    let what = "a pack whose label was copied from one on its maker's pallet";
    ask(cli, &mut asked, what, ("not-available", "not-held"), &copied, &bert)?;
    let what = "a pack without a prescription";
    ask(cli, &mut asked, what, ("not-available", "prescription-missing"), &third, &[])?;
    let counterfeit = cli.look(Person::Nobody, &["verify", &CAPSULES.lot.udi_with("P9999999")])?;
    if counterfeit["verdict"] != "doNotUse" {
        return Err(format!("a serial that nobody made should not be used: {counterfeit}").into());
    }

    substitute(cli, &mut asked, &bert)?;
    Ok(Counter {
        asked,
        counterfeit,
        stock: cli.ask(Person::Pharmacy, &["pharmacy", "stock"])?,
        reconciled: cli.look(Person::Pharmacy, &["pharmacy", "reconcile"])?,
    })
}

/// The doctor signs for a key that the patient made; neither needs ether. The words that name the prescription.
fn prescribe(cli: &mut Cli, patient: Person, order: &[&str]) -> Result<[&'static str; 2], Error> {
    let (name, file) = match patient {
        Person::Anna => ("Anna", "demo-out/medicines/anna.json"),
        _ => ("Bert", "demo-out/medicines/bert.json"),
    };
    let key = cli.once(&format!("{name} makes a key for one prescription"), patient, &["pharmacy", "patient-key"])?;
    let key = text(&key, "patient")?;
    let words = ["pharmacy", "prescribe", CAPSULES.ndc, "--patient", &key, "--until", "2036-01-31", "--sign", file];
    cli.once(&format!("the doctor prescribes for {name}"), Person::Doctor, &[&words[..], order].concat())?;
    Ok(["--prescription", file])
}

/// Asks, and must be told this outcome and reason. The answer of the first time stands: it can be another one in a month.
fn ask(
    cli: &mut Cli,
    asked: &mut Vec<Asked>,
    what: &'static str,
    (outcome, reason): (&'static str, &'static str),
    pack: &str,
    with: &[&str],
) -> Result<(), Error> {
    let pharmacy = Person::Pharmacy.address()?;
    let words = [&["pharmacy", "check", pack, "--pharmacy", &pharmacy], with].concat();
    let answer = cli.once_warned(&format!("asked: {what}"), Person::Pharmacist, &words)?;
    if answer["outcome"] != outcome || answer["reason"] != reason {
        return Err(format!("{what}: should be {outcome}, {reason}, but the answer is {answer}").into());
    }
    asked.push(Asked { what, outcome, answer });
    Ok(())
}

/// Checks, has the patient sign for exactly these packs, and sells.
fn sell(
    cli: &mut Cli,
    asked: &mut Vec<Asked>,
    what: &'static str,
    patient: Person,
    words: &[&str],
) -> Result<(), Error> {
    let pharmacy = Person::Pharmacy.address()?;
    let request = cli.path(&format!("medicines/{}-request.json", patient.word()));
    let collection = cli.path(&format!("medicines/{}-collection.json", patient.word()));
    let asking = [&["pharmacy", "check"], words, &["--pharmacy", &pharmacy, "--request", &request]].concat();
    let answer = cli.once(&format!("the pharmacist asks for {what}"), Person::Pharmacist, &asking)?;
    let collect = ["pharmacy", "collect", &request, "--out", &collection];
    cli.once(&format!("{patient:?} signs for them"), patient, &collect)?;
    let selling = [&["pharmacy", "sell"], words, &["--pharmacy", &pharmacy, "--collection", &collection]].concat();
    cli.once(&format!("sold: {what}"), Person::Pharmacist, &selling)?;
    asked.push(Asked { what, outcome: "deliver", answer });
    Ok(())
}

/// Bert gets the capsules of another maker, once the doctor has said yes.
fn substitute(cli: &mut Cli, asked: &mut Vec<Asked>, bert: &[&'static str; 2]) -> Result<(), Error> {
    let other = OTHER_CAPSULES.lot.udi(7);
    let approval = cli.path("medicines/bert-substitution.json");
    ask(cli, asked, "capsules of another maker for Bert", ("ask-practitioner", "other-product"), &other, bert)?;
    let pharmacy = Person::Pharmacy.address()?;
    let [_, file] = bert;
    cli.once("the pharmacist hands in Bert's prescription", Person::Pharmacist, &["pharmacy", "submit", file])?;
    let words = ["pharmacy", "ask-substitution", file, OTHER_CAPSULES.ndc, "--pharmacy", &pharmacy];
    cli.once("and asks the doctor for another product", Person::Pharmacist, &words)?;
    let words = ["pharmacy", "approve-substitution", file, OTHER_CAPSULES.ndc, "--sign", &approval];
    cli.once("the doctor says yes", Person::Doctor, &words)?;
    let words = [&[other.as_str()], &bert[..], &["--substitution", &approval]].concat();
    sell(cli, asked, "the other maker's capsules, with the doctor's yes", Person::Bert, &words)
}
