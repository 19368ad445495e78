//! Buying: four monitors are for sale, three are bought; one is kept, one goes back, one is disputed. The record of the first is sealed.

use std::process::Command;

use serde_json::Value;

use crate::Error;
use crate::cast::Person;
use crate::cli::{Cli, text};
use crate::goods::FOR_SALE;

/// What a monitor costs.
const PRICE: &str = "2.5eth";
/// Seals the record in the form of the source paper. A demonstration's passphrase is no secret.
const PASSPHRASE: &str = "demonstration: correct horse battery staple";

/// What was shown of it.
pub(crate) struct Trade {
    /// The unit that is for sale still, as anyone with a phone is told.
    pub(crate) for_sale: Value,
    /// What OpenSSL gave back of the record that was sealed with DES; nothing where its build has no DES.
    pub(crate) opened_by_openssl: Option<Value>,
    /// What the hospital has in `Escrow`.
    pub(crate) credit: Value,
}

/// Sells, returns and disputes.
pub(crate) fn tell(cli: &mut Cli) -> Result<Trade, Error> {
    let offer = open_the_market(cli)?;
    let kept = buy(cli, &offer, 0, "to keep")?;
    let returned = buy(cli, &offer, 1, "that goes back")?;
    let disputed = buy(cli, &offer, 2, "that is disputed")?;
    keep(cli, &kept)?;
    send_back(cli, &returned)?;
    argue(cli, &disputed)?;
    let opened_by_openssl = seal(cli, &kept)?;
    Ok(Trade {
        for_sale: cli.look(Person::Nobody, &["verify", &FOR_SALE.udi(3)])?,
        opened_by_openssl,
        credit: cli.ask(Person::Hospital, &["market", "credit"])?,
    })
}

fn open_the_market(cli: &mut Cli) -> Result<String, Error> {
    for (who, name) in [(Person::Vital, "the maker"), (Person::Hospital, "the hospital")] {
        cli.once(&format!("{name} joins the market"), who, &["market", "approve"])?;
        cli.once(&format!("{name} publishes its reading key"), who, &["participants", "set-key", "--wallet"])?;
    }
    let units: Vec<String> = (0..FOR_SALE.count).map(|index| FOR_SALE.udi(index)).collect();
    let commission: Vec<&str> = ["custody", "commission"].into_iter().chain(units.iter().map(String::as_str)).collect();
    cli.once("commission the monitors for sale", Person::Vital, &commission)?;
    let words = ["market", "offer", "--model", FOR_SALE.di, "--lot", FOR_SALE.number, "--price", PRICE];
    let answer = cli.once("offer them from the lot", Person::Vital, &words)?;
    text(&answer, "offer")
}

/// The id of the purchase.
fn buy(cli: &mut Cli, offer: &str, index: u32, which: &str) -> Result<String, Error> {
    let unit = FOR_SALE.udi(index);
    let words = ["market", "buy", offer, &unit, "--price", PRICE];
    let answer = cli.once(&format!("the hospital buys a monitor {which}"), Person::Hospital, &words)?;
    let purchase = text(&answer, "purchase")?;
    cli.once(&format!("ship the monitor {which}"), Person::Vital, &["market", "ship", &purchase])?;
    Ok(purchase)
}

fn keep(cli: &mut Cli, purchase: &str) -> Result<(), Error> {
    let words = ["market", "receive", purchase, "--accept"];
    cli.once("the hospital accepts what it receives: the maker is paid", Person::Hospital, &words).map(|_| ())
}

fn send_back(cli: &mut Cli, purchase: &str) -> Result<(), Error> {
    cli.once("the hospital receives the second", Person::Hospital, &["market", "receive", purchase])?;
    cli.once("and sends it back", Person::Hospital, &["market", "return", purchase])?;
    cli.once("the maker takes it back", Person::Vital, &["market", "take-back", purchase])?;
    cli.once("and repays the hospital", Person::Vital, &["market", "refund", purchase]).map(|_| ())
}

fn argue(cli: &mut Cli, purchase: &str) -> Result<(), Error> {
    let complaint = cli.path("complaint.txt");
    std::fs::write(&complaint, "The housing of the monitor is cracked; the picture of the box is with the carrier.\n")?;
    cli.once("the hospital receives the third", Person::Hospital, &["market", "receive", purchase])?;
    let words = ["market", "dispute", purchase, "--evidence", &complaint];
    cli.once("and disputes it", Person::Hospital, &words)?;
    let decision = ["market", "resolve", purchase, "--to-buyer", "0.9eth", "--twins", "buyer"];
    cli.once("the arbiter divides the money, the hospital keeps the monitor", Person::Arbiter, &decision).map(|_| ())
}

/// The record of a purchase, for its parties with age, and as the source paper has it with DES, which OpenSSL opens.
fn seal(cli: &mut Cli, purchase: &str) -> Result<Option<Value>, Error> {
    let record = cli.path("records/purchase.json");
    let sealed = cli.path("records/purchase.age");
    let (buyer, seller) = (Person::Hospital.address()?, Person::Vital.address()?);
    std::fs::create_dir_all(cli.folder.join("records"))?;
    let unit = FOR_SALE.udi(0);
    let words = [
        "market",
        "record",
        purchase,
        &unit,
        "--description",
        FOR_SALE.product,
        "--buyer-name",
        Person::Hospital.company(),
        "--seller-name",
        Person::Vital.company(),
        "--deliver-to",
        "City Hospital, goods inwards, Harbour Road 1",
        "--out",
        &record,
    ];
    cli.once("the hospital writes the record of its purchase", Person::Hospital, &words)?;
    let words = ["envelope", "seal", &record, "--to", &buyer, &seller, "--out", &sealed];
    cli.once("seal it for both parties with age", Person::Hospital, &words)?;
    cli.once("anchor its digest to the purchase", Person::Hospital, &["market", "attach", purchase, &sealed])?;
    cli.once("the maker opens it with its wallet", Person::Vital, &["envelope", "open", &sealed])?;

    let passphrase = cli.path("records/passphrase.txt");
    std::fs::write(&passphrase, format!("{PASSPHRASE}\n"))?;
    let des = cli.path("records/purchase.des.cms");
    let words = ["envelope", "seal", &record, "--cipher", "des", "--passphrase-file", &passphrase, "--out", &des];
    cli.once("seal it with DES, as the source paper has it", Person::Hospital, &words)?;
    openssl(&des)
}

/// One OpenSSL command opens it. Single DES is in its legacy provider, which not every build has.
fn openssl(file: &str) -> Result<Option<Value>, Error> {
    let output = Command::new("openssl")
        .args(["cms", "-decrypt", "-binary", "-inform", "DER", "-in", file, "-pwri_password", PASSPHRASE])
        .args(["-provider", "legacy", "-provider", "default"])
        .output();
    match output {
        Ok(output) if output.status.success() => Ok(Some(serde_json::from_slice(&output.stdout)?)),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            let unable = said.contains("provider") || said.contains("unsupported");
            if unable { Ok(None) } else { Err(format!("openssl did not open {file}: {said}").into()) }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("openssl: {error}").into()),
    }
}
