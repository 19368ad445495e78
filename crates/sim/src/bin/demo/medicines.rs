//! Medicines on their way: a lot of 10,000 packs leaves its maker on pallets, and reaches a pharmacy in cases. One case does not.

use theriac_core::gs1::check_digit;

use crate::Error;
use crate::cast::Person;
use crate::cli::Cli;
use crate::goods::{CAPSULES, Medicine, OTHER_CAPSULES};
use crate::story::certify;

/// Where the numbers of units begin: the GS1 company prefixes of the makers, and of the wholesaler.
const REMEDY: &str = "0614141";
const GENERIC: &str = "0614142";
const WHOLESALER: &str = "0614143";

/// Makes, packs, ships, and loses a case.
pub(crate) fn tell(cli: &mut Cli) -> Result<(), Error> {
    make(cli)?;
    for who in [Person::Remedy, Person::Generic, Person::Distributor, Person::Pharmacy] {
        let name = format!("{} publishes its reading key", who.company());
        cli.once(&name, who, &["participants", "set-key", "--wallet"])?;
    }
    open_the_pharmacy(cli)?;
    pallets(cli)?;
    cases(cli)?;
    divert(cli)
}

fn make(cli: &mut Cli) -> Result<(), Error> {
    std::fs::create_dir_all(cli.folder.join("medicines"))?;
    for medicine in [&CAPSULES, &OTHER_CAPSULES] {
        let lot = &medicine.lot;
        let list = cli.path(&format!("medicines/{}.csv", lot.number));
        std::fs::write(&list, medicine.list())?;
        cli.once(&format!("import {}", lot.product), lot.maker, &["drug", "import", &list])?;
        let words = ["catalog", "approve", lot.di, "--manufacturer", &lot.maker.address()?];
        cli.once(&format!("the certifier approves {}", lot.product), Person::Certifier, &words)?;
        let serials = format!("{}-serials.csv", lot.number);
        lot.write_serials(&cli.folder.join("medicines").join(&serials))?;
        let lots = cli.path(&format!("medicines/{}-lots.csv", lot.number));
        let expires = lot.expires.unwrap_or_default();
        let row = format!("{},{},{serials},{},{expires}\n", lot.di, lot.number, lot.made);
        std::fs::write(&lots, format!("model,lot,serials,made,expires\n{row}"))?;
        cli.once(&format!("register {}", lot.title), lot.maker, &["drug", "lots", &lots])?;
        certify(cli, lot)?;
    }
    Ok(())
}

fn open_the_pharmacy(cli: &mut Cli) -> Result<(), Error> {
    let pharmacist = Person::Pharmacist.address()?;
    let mut step = |name: &str, words: &[&str]| cli.once(name, Person::Pharmacy, words).map(|_| ());
    step("the pharmacy lets its room sell", &["pharmacy", "approve"])?;
    step("and a pharmacist sell for it", &["pharmacy", "staff", &pharmacist, "--until", "2036-12-31"])?;
    step("price of a pack of capsules", &["pharmacy", "price", CAPSULES.lot.di, "12.50", "EUR"])?;
    step("price of the other capsules", &["pharmacy", "price", OTHER_CAPSULES.lot.di, "4.20", "EUR"])
}

/// The whole lot on four pallets, one of which goes to the wholesaler; the other maker sends its small lot to the pharmacy in one case.
fn pallets(cli: &mut Cli) -> Result<(), Error> {
    let whole = number(REMEDY, 1)?;
    let lot = ["--model", CAPSULES.lot.di, "--lot", CAPSULES.lot.number];
    let words = [&["custody", "commission-lot"], &lot[..], &["--sscc", &whole]].concat();
    cli.once("commission the lot: 10,000 packs in one step", Person::Remedy, &words)?;
    let words = ["custody", "unpack", &whole, "--each", "2500", "--prefix", REMEDY, "--reference", "2"];
    cli.once("onto 4 pallets", Person::Remedy, &words)?;
    let pallet = number(REMEDY, 2)?;
    deliver(cli, "a pallet", Person::Remedy, Person::Distributor, &CAPSULES, &[&pallet])?;

    let case = number(GENERIC, 1)?;
    let lot = ["--model", OTHER_CAPSULES.lot.di, "--lot", OTHER_CAPSULES.lot.number];
    let words = [&["custody", "commission-lot"], &lot[..], &["--sscc", &case]].concat();
    cli.once("commission a case of the other capsules", Person::Generic, &words)?;
    deliver(cli, "that case", Person::Generic, Person::Pharmacy, &OTHER_CAPSULES, &[&case])
}

fn cases(cli: &mut Cli) -> Result<(), Error> {
    let pallet = number(REMEDY, 2)?;
    let words = ["custody", "unpack", &pallet, "--each", "50", "--prefix", WHOLESALER, "--reference", "1"];
    cli.once("the wholesaler opens the pallet: 50 cases of 50", Person::Distributor, &words)?;
    let (first, second) = (number(WHOLESALER, 1)?, number(WHOLESALER, 2)?);
    deliver(cli, "two cases", Person::Distributor, Person::Pharmacy, &CAPSULES, &[&first, &second])
}

/// A third case is sent to the pharmacy, called back, and comes to somebody else.
fn divert(cli: &mut Cli) -> Result<(), Error> {
    let case = number(WHOLESALER, 3)?;
    let (pharmacy, trader) = (Person::Pharmacy.address()?, Person::Trader.address()?);
    let papers = papers(cli, Person::Distributor, Person::Pharmacy, &CAPSULES)?;
    let words = ["custody", "ship", &case, "--to", &pharmacy, "--ti", &papers];
    cli.once("a third case is sent to the pharmacy", Person::Distributor, &words)?;
    cli.once("and called back", Person::Distributor, &["custody", "cancel", &case])?;
    let sent =
        cli.once("and sent to Night Trading", Person::Distributor, &["custody", "ship", &case, "--to", &trader])?;
    // Without papers the trader does not learn the number, and takes what comes by its id.
    let unit = sent["units"][0]["unit"].as_str().ok_or_else(|| format!("no unit in {sent}"))?;
    cli.once("which takes it", Person::Trader, &["custody", "receive", unit]).map(|_| ())
}

/// Ships units with their papers; the receiver opens these, and takes over.
fn deliver(
    cli: &mut Cli,
    what: &str,
    from: Person,
    to: Person,
    medicine: &Medicine,
    units: &[&str],
) -> Result<(), Error> {
    let (papers, account) = (papers(cli, from, to, medicine)?, to.address()?);
    let words = [&["custody", "ship"], units, &["--to", &account, "--ti", &papers]].concat();
    cli.once(&format!("{} ships {what} to {}", from.company(), to.company()), from, &words)?;
    cli.once(&format!("{} opens the papers of {what}", to.company()), to, &["custody", "inbox"])?;
    cli.once(&format!("and receives {what}"), to, &[&["custody", "receive"], units].concat()).map(|_| ())
}

/// What the chain does not know of a shipment.
fn papers(cli: &Cli, from: Person, to: Person, medicine: &Medicine) -> Result<String, Error> {
    let file = cli.path(&format!("medicines/{}-{}.json", from.word(), to.word()));
    let partner = |who: Person| serde_json::json!({ "name": who.company(), "address": "Harbour Road 2" });
    let papers = serde_json::json!({
        "productName": medicine.lot.product,
        "strength": "20 mg",
        "dosageForm": "capsule",
        "containerSize": "30 capsules",
        "ndc": medicine.ndc,
        "from": partner(from),
        "to": partner(to),
    });
    std::fs::write(&file, serde_json::to_vec_pretty(&papers)?)?;
    Ok(file)
}

/// The serial shipping container code with this reference.
fn number(prefix: &str, reference: u32) -> Result<String, Error> {
    let digits = format!("0{prefix}{reference:09}");
    let check = check_digit(&digits).ok_or_else(|| format!("{prefix} is no company prefix"))?;
    Ok(format!("{digits}{check}"))
}
