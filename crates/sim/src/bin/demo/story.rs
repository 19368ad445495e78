//! The story: found the house, make, move, warn, verify.

use std::path::Path;

use serde_json::Value;
use theriac_core::scratch::CodeList;

use crate::bedside::{self, Watched};
use crate::cast::Person;
use crate::cli::Cli;
use crate::goods::{FOR_SALE, Lot, MONITORS, OLD_STENTS, SCREWS, STENTS};
use crate::pharmacy::{self, Counter};
use crate::practice::{self, Practice};
use crate::service::{self, Serviced};
use crate::trade::{self, Trade};
use crate::{Error, authority, medicines, say};

/// A thing that somebody holds, and what the scan must say of it.
pub(crate) struct Scan {
    pub(crate) what: &'static str,
    pub(crate) expected: &'static str,
    pub(crate) answer: Value,
}

/// What was shown.
pub(crate) struct Told {
    pub(crate) scans: Vec<Scan>,
    pub(crate) trade: Trade,
    pub(crate) counter: Counter,
    pub(crate) practice: Practice,
    pub(crate) serviced: Serviced,
    pub(crate) watched: Watched,
}

/// Tells the whole story; what was done before is not done again.
pub(crate) fn tell(cli: &mut Cli) -> Result<Told, Error> {
    say("The house");
    found(cli)?;
    say("Who takes part");
    join(cli)?;
    say("What is made");
    make(cli)?;
    say("Labels");
    label(cli)?;
    say("On the way");
    move_goods(cli)?;
    say("Warnings");
    warn(cli)?;
    say("Buying");
    let trade = trade::tell(cli)?;
    say("Medicines");
    medicines::tell(cli)?;
    say("At the pharmacy");
    let counter = pharmacy::tell(cli)?;
    say("At the doctor's");
    let practice = practice::tell(cli)?;
    say("In use");
    let serviced = service::tell(cli)?;
    say("At the bedside");
    let watched = bedside::tell(cli)?;
    Ok(Told { scans: verify(cli)?, trade, counter, practice, serviced, watched })
}

fn found(cli: &mut Cli) -> Result<(), Error> {
    let (admin, guardian) = (Person::Administrator.address()?, Person::Guardian.address()?);
    // Always: it says so when it runs, and continues with the saved state when it does not.
    // A block for each transaction is quick for a few and slow for the tens of thousands of a whole release file.
    let pace: &[&str] = if std::env::var_os("THERIAC_GUDID").is_some() { &["--block-time", "1"] } else { &[] };
    cli.ask(Person::Nobody, &[&["chain", "start"], pace].concat())?;
    cli.once(
        "deploy the rooms",
        Person::Administrator,
        &["deploy", "--admin", &admin, "--guardian", &guardian, "--delay", "0"],
    )
    .map(|_| ())
}

fn join(cli: &mut Cli) -> Result<(), Error> {
    authority::establish(&cli.folder.join("pki"))?;
    let roots = cli.path("pki/root.pem");
    for (person, company, role) in Person::APPLICANTS {
        let word = person.word();
        let application = cli.path(&format!("pki/{word}.application.json"));
        let certificate = cli.path(&format!("pki/{word}.pem"));
        let key = cli.path(&format!("pki/{word}.key"));
        cli.once(
            &format!("{company} applies as {role}"),
            person,
            &[
                "participants",
                "apply",
                "--certificate",
                &certificate,
                "--certificate-key",
                &key,
                "--roles",
                role,
                "--out",
                &application,
            ],
        )?;
        cli.once(
            &format!("the registrar approves {company}"),
            Person::Administrator,
            &["participants", "approve", "--application", &application, "--roots", &roots],
        )?;
    }
    Ok(())
}

fn make(cli: &mut Cli) -> Result<(), Error> {
    cli.once(
        "import 65 real devices of the FDA GUDID",
        Person::Vital,
        &["catalog", "import", "demo/gudid-devices.xml"],
    )?;
    let orthopaedics = ["catalog", "import", "demo/gudid-devices.xml", "--manufacturer-name", "CONSENSUS"];
    cli.once("import the orthopaedic ones for their maker", Person::Ortho, &orthopaedics)?;
    if let Some(release) = std::env::var_os("THERIAC_GUDID") {
        let release = release.to_string_lossy().into_owned();
        cli.once(&format!("import {release}"), Person::Vital, &["catalog", "import", &release])?;
    }
    for lot in [&MONITORS, &STENTS, &SCREWS] {
        let maker = lot.maker.address()?;
        cli.once(
            &format!("the certifier approves the model of {}", lot.title),
            Person::Certifier,
            &["catalog", "approve", lot.di, "--manufacturer", &maker],
        )?;
    }
    for lot in [&MONITORS, &FOR_SALE, &STENTS, &OLD_STENTS, &SCREWS] {
        register(cli, lot)?;
    }
    Ok(())
}

fn register(cli: &mut Cli, lot: &Lot) -> Result<(), Error> {
    let mut serials = cli.path(&format!("serials/{}.csv", lot.number));
    lot.write_serials(Path::new(&serials))?;
    if lot.tagged {
        let (codes, tagged) = (codes_file(cli, lot), cli.path(&format!("serials/{}-tagged.csv", lot.number)));
        let words = ["--model", lot.di, "--lot", lot.number, "--codes", &codes, "--out", &tagged];
        cli.once(
            &format!("make scratch codes for {}", lot.title),
            lot.maker,
            &[&["catalog", "scratch-codes", &serials], &words[..]].concat(),
        )?;
        serials = tagged;
    }
    let mut arguments = vec![
        "catalog",
        "register-lot",
        "--model",
        lot.di,
        "--lot",
        lot.number,
        "--serials",
        &serials,
        "--made",
        lot.made,
    ];
    if let Some(expires) = lot.expires {
        arguments.extend(["--expires", expires]);
    }
    cli.once(&format!("register a lot of {}", lot.title), lot.maker, &arguments)?;
    certify(cli, lot)
}

/// The maker's word for a lot.
pub(crate) fn certify(cli: &mut Cli, lot: &Lot) -> Result<(), Error> {
    let words = ["--kind", "authenticity", "--issuer-name", lot.maker.company(), "--until", "2036-12-31"];
    let words = [&["certificate", "issue", "--model", lot.di, "--lot", lot.number], &words[..]].concat();
    cli.once(&format!("certify the authenticity of {}", lot.title), lot.maker, &words).map(|_| ())
}

/// Where the scratch codes of a lot are.
fn codes_file(cli: &Cli, lot: &Lot) -> String {
    cli.path(&format!("serials/{}-codes.csv", lot.number))
}

/// Scratches the field of a unit: writes its code, and nothing else, to a file.
fn scratch(cli: &Cli, lot: &Lot, index: u32) -> Result<String, Error> {
    let file = cli.path(&format!("serials/{}.code", lot.serial(index)));
    let codes = CodeList::read(std::fs::File::open(codes_file(cli, lot))?)?;
    let (_, code) = codes.rows().get(index as usize).ok_or("the lot has no such unit")?;
    std::fs::write(&file, code.reveal().as_bytes())?;
    Ok(file)
}

fn label(cli: &mut Cli) -> Result<(), Error> {
    std::fs::create_dir_all(cli.folder.join("labels"))?;
    for (name, lot, index) in [("monitor", &MONITORS, 0), ("copied", &MONITORS, 1), ("screw", &SCREWS, 654_321)] {
        let file = cli.path(&format!("labels/{name}.png"));
        let words = ["label", &lot.udi(index), "--title", lot.product, "--maker", lot.maker.company(), "--out", &file];
        cli.once(&format!("print {file}"), Person::Nobody, &words)?;
    }
    let sheet = cli.path("labels/stents.pdf");
    cli.once(
        &format!("print 240 stent labels, {sheet}"),
        Person::Nobody,
        &[
            "label",
            "--model",
            STENTS.di,
            "--lot",
            STENTS.number,
            "--indices",
            "0-239",
            "--sheet",
            "a4",
            "--out",
            &sheet,
        ],
    )
    .map(|_| ())
}

fn move_goods(cli: &mut Cli) -> Result<(), Error> {
    let monitors: Vec<String> = (0..MONITORS.count).map(|index| MONITORS.udi(index)).collect();
    let screws = [SCREWS.udi(654_321), SCREWS.udi(654_322)];
    let (distributor, hospital) = (Person::Distributor.address()?, Person::Hospital.address()?);
    let mut step = |name: &str, who: Person, verb: [&str; 2], items: &[String], to: Option<&str>| {
        let mut words: Vec<&str> = verb.into_iter().chain(items.iter().map(String::as_str)).collect();
        words.extend(to.iter().flat_map(|to| ["--to", *to]));
        cli.once(name, who, &words).map(|_| ())
    };
    let (commission, ship, receive) = (["custody", "commission"], ["custody", "ship"], ["custody", "receive"]);
    step("commission the monitors", Person::Vital, commission, &monitors, None)?;
    step("ship them to the distributor", Person::Vital, ship, &monitors, Some(&distributor))?;
    step("the distributor receives", Person::Distributor, receive, &monitors, None)?;
    step("ship them to the hospital", Person::Distributor, ship, &monitors, Some(&hospital))?;
    step("the hospital receives", Person::Hospital, receive, &monitors, None)?;
    step("mint their twins to the hospital", Person::Vital, ["devices", "mint"], &monitors, Some(&hospital))?;
    step("commission two screws", Person::Ortho, commission, &screws, None)?;
    step("ship them to the hospital as well", Person::Ortho, ship, &screws, Some(&hospital))?;
    step("the hospital receives the screws", Person::Hospital, receive, &screws, None)
}

fn warn(cli: &mut Cli) -> Result<(), Error> {
    let copied = MONITORS.udi(1);
    let code = scratch(cli, &MONITORS, 1)?;
    let claim = ["devices", "claim", &copied, "--code-file", &code];
    cli.once("the hospital claims a monitor by its scratch code", Person::Hospital, &claim)?;
    let answer = cli.once_warned("a buyer claims a copy of the same label", Person::Buyer, &claim)?;
    if answer["cloneSuspected"] != true {
        return Err(format!("the second claim should have raised an alarm: {answer}").into());
    }
    cli.once(
        "the maker recalls the screws",
        Person::Ortho,
        &[
            "recall",
            "issue",
            "--model",
            SCREWS.di,
            "--lot",
            SCREWS.number,
            "--class",
            "II",
            "--reason",
            "Screw heads may shear below the specified torque",
            "--action",
            "Do not implant; return to the maker",
            "--number",
            "Z-0001-2026",
        ],
    )?;
    cli.once("the hospital acknowledges the recall", Person::Hospital, &["recall", "acknowledge", "1"]).map(|_| ())
}

fn verify(cli: &Cli) -> Result<Vec<Scan>, Error> {
    let scans = [
        ("the picture of a monitor's label", "genuine", cli.path("labels/monitor.png")),
        ("a forged serial", "doNotUse", STENTS.udi_with("ST9999999")),
        ("a copied label, its scratch code claimed before", "doNotUse", cli.path("labels/copied.png")),
        ("a screw of the recalled lot, by its picture", "doNotUse", cli.path("labels/screw.png")),
        ("a stent past its expiry date", "doNotUse", OLD_STENTS.udi(42)),
        ("a stent in date, its label without a tag", "genuine", STENTS.udi(4_242)),
    ];
    let mut told = Vec::new();
    for (what, expected, label) in scans {
        let answer = cli.look(Person::Nobody, &["verify", &label])?;
        if answer["verdict"] != expected {
            return Err(format!("{what} should be {expected}, but the verdict is {answer}").into());
        }
        told.push(Scan { what, expected, answer });
    }
    Ok(told)
}
