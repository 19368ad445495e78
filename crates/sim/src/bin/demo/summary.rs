//! What was shown, on one page.

use alloy::primitives::Address;
use serde_json::Value;
use theriac_client::trade::money::Currency;

use crate::bedside::Watched;
use crate::cast::Person;
use crate::cli::Cli;
use crate::goods::{CAPSULES, MONITORS, OTHER_CAPSULES};
use crate::pharmacy::Counter;
use crate::practice::Practice;
use crate::service::Serviced;
use crate::story::{Scan, Told};
use crate::trade::Trade;
use crate::{Error, say};

/// Prints verdicts, answers at the counter, custody timelines, gas and time per step, where the files are, and what to try next.
pub(crate) fn print(cli: &mut Cli, told: &Told) -> Result<(), Error> {
    verdicts(&told.scans);
    trade(&told.trade);
    counter(&told.counter);
    practice(&told.practice);
    serviced(&told.serviced);
    watched(&told.watched);
    timelines(cli)?;
    costs(cli);
    files(cli);
    Ok(())
}

fn verdicts(scans: &[Scan]) {
    say("\nVerdicts");
    for scan in scans {
        let verdict = match scan.expected {
            "doNotUse" => "do not use",
            other => other,
        };
        say(&format!("  {verdict:<11} {}", scan.what));
        let reasons = scan.answer["reasons"].as_array().into_iter().flatten();
        // What spoils the verdict; for a good one, what it rests on where labels can be copied.
        let telling = |reason: &&Value| match scan.expected {
            "genuine" => reason["check"] == "tag",
            _ => reason["level"] != "good" && reason["level"] != "note",
        };
        for reason in reasons.filter(telling) {
            say(&format!("              {}", reason["text"].as_str().unwrap_or_default()));
        }
    }
}

fn trade(trade: &Trade) {
    say("\nOn the market");
    for offer in trade.for_sale["offers"].as_array().into_iter().flatten() {
        let price = money(&offer["price"], &offer["currency"]);
        say(&format!("  a monitor that nobody bought, by its label: {price}, {} left", offer["stock"]));
    }
    for sum in trade.credit["credit"].as_array().into_iter().flatten() {
        let amount = money(&sum["amount"], &sum["currency"]);
        say(&format!("  the hospital can withdraw {amount}: one monitor returned, one divided by the arbiter"));
    }
    match &trade.opened_by_openssl {
        Some(record) => {
            let price = money(&record["price"]["amount"], &record["price"]);
            say(&format!(
                "  OpenSSL opened the record that was sealed with DES: {price}, {}",
                record["deliveryAddress"]
            ));
        }
        None => say("  OpenSSL is not here, or built without single DES: it did not open the record sealed with DES"),
    }
}

fn counter(counter: &Counter) {
    say("\nAt the pharmacy");
    for asked in &counter.asked {
        say(&format!("  {:<16}  {}", asked.outcome.replace('-', " "), asked.what));
        if asked.outcome != "deliver" {
            let again = asked.answer["againAt"].as_i64().and_then(|at| jiff::Timestamp::from_second(at).ok());
            let again = again.map(|at| at.strftime(", from %F").to_string()).unwrap_or_default();
            say(&format!("                    {}{again}", asked.answer["advice"].as_str().unwrap_or_default()));
        }
    }
    say("  do not use        a counterfeit");
    let reasons = counter.counterfeit["reasons"].as_array().into_iter().flatten();
    for reason in reasons.filter(|reason| reason["level"] != "good" && reason["level"] != "note") {
        say(&format!("                    {}", reason["text"].as_str().unwrap_or_default()));
    }
    for lot in counter.stock["lots"].as_array().into_iter().flatten() {
        let of = |name: &str| lot[name].as_u64().unwrap_or_default();
        let medicine = [&CAPSULES, &OTHER_CAPSULES].into_iter().find(|medicine| lot["di"] == medicine.lot.di);
        let name = medicine.map_or("", |medicine| medicine.lot.product);
        let (received, sold, stock) = (of("received"), of("sold"), of("stock"));
        say(&format!("  {name}: {received} received, {sold} sold, {stock} on the shelf"));
    }
    for difference in counter.reconciled["differences"].as_array().into_iter().flatten() {
        let text = |name: &str| difference[name].as_str().unwrap_or_default();
        let (kind, packs) = (text("kind").replace('-', " "), &difference["packs"]);
        say(&format!("  to be explained   {packs} packs {kind}, by {}", text("to")));
        say(&format!("                    transaction {}", text("transaction")));
    }
}

fn practice(practice: &Practice) {
    say("\nAt the doctor's");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().into_iter().flatten().map(text).collect::<Vec<_>>().join(", ");
    say(&format!(
        "  Bert, who wanted Anna's slot: {}, free are {}",
        text(&practice.refused["answer"]).replace('-', " "),
        list(&practice.refused["free"])
    ));
    say(&format!("  the day, after Anna has moved, as anyone sees it: {}", text(&practice.day["date"])));
    for run in practice.day["runs"].as_array().into_iter().flatten() {
        say(&format!("    {} {}", text(&run["hours"]), text(&run["state"])));
    }
    say(&format!("  {} is for the calendar of her telephone", practice.calendar));
}

fn serviced(serviced: &Serviced) {
    say("\nThe hospital's monitor in use");
    indented(&serviced.shown);
    say(&format!("  a stranger who would start the work: {}", serviced.refused));
    say("  its records, and the alarm as the engineer reads it:");
    indented(&serviced.records);
    indented(&serviced.read);
    say(&format!("  a stranger who would read it: {}", serviced.unread));
}

fn watched(watched: &Watched) {
    say("\nAt the bedside: the heart rate that two oracle nodes brought, as the hospital reads it");
    indented(&watched.answers);
    say("  and as everybody else does:");
    indented(&watched.commitments);
    say(&format!("  Anna reads {} of her heart rates with her key", watched.observations));
    say("  in the store of another department, from what the chain knows:");
    indented(&watched.history);
}

fn indented(text: &str) {
    text.lines().for_each(|line| say(&format!("  {line}")));
}

/// An amount in the smallest unit, as people write it.
fn money(amount: &Value, currency: &Value) -> String {
    let decimals = currency["decimals"].as_u64().and_then(|decimals| u8::try_from(decimals).ok()).unwrap_or_default();
    let symbol = currency["symbol"].as_str().unwrap_or_default();
    let amount = amount.as_str().and_then(|amount| amount.parse().ok()).unwrap_or_default();
    Currency { token: Address::ZERO, symbol: symbol.to_owned(), decimals }.format(amount)
}

/// A monitor as everybody sees it, and a pack of medicine as the pharmacy does, which may open the papers of its cases.
fn timelines(cli: &Cli) -> Result<(), Error> {
    let monitor = (format!("monitor {}", MONITORS.serial(0)), Person::Nobody, MONITORS.udi(0));
    let pack = (format!("pack {}", CAPSULES.lot.serial(0)), Person::Pharmacy, CAPSULES.lot.udi(0));
    for (what, who, label) in [monitor, pack] {
        say(&format!("\nCustody of {what}"));
        let trace = cli.ask(who, &["custody", "trace", &label])?;
        for event in trace["events"].as_array().into_iter().flatten() {
            let text = |field: &str| event[field].as_str().unwrap_or_default();
            say(&format!("  {}  {:<14} {}", text("at"), text("verb"), text("text")));
        }
    }
    Ok(())
}

fn costs(cli: &Cli) {
    say("\nSteps                                                              gas    seconds");
    for step in &cli.steps {
        let name: String = step.name.chars().take(56).collect();
        let gas = if step.gas == 0 { String::new() } else { step.gas.to_string() };
        say(&format!("  {name:<56} {gas:>12} {:>9.2}", step.seconds));
    }
}

fn files(cli: &Cli) {
    let folder = cli.folder.display();
    say(&format!(
        "
Files
  {folder}/labels       pictures and a sheet of labels: scan them
  {folder}/serials      the serials of each lot, and the secret scratch codes of the monitors
  {folder}/pki          the demonstration authority, applications and certificates
  {folder}/medicines    lists, papers, prescriptions and what patients signed
  {folder}/home         documents by content, the chain's saved state
  {folder}/homes        what only makers, traders, the pharmacy and patients know

Try next
  alias theriac=target/release/theriac
  export THERIAC_HOME={folder}/home THERIAC_DEPLOYMENTS={folder}/deployments
  theriac verify {folder}/labels/monitor.png
  theriac verify '{}'
  theriac recall holders 1
  theriac catalog models
  theriac chain stop",
        MONITORS.udi(2)
    ));
}
