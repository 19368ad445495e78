//! What was shown, on one page.

use alloy::primitives::Address;
use serde_json::Value;
use theriac_client::trade::money::Currency;

use crate::cast::Person;
use crate::cli::Cli;
use crate::goods::MONITORS;
use crate::story::{Scan, Told};
use crate::trade::Trade;
use crate::{Error, say};

/// Prints verdicts, a custody timeline, gas and time per step, where the files are, and what to try next.
pub(crate) fn print(cli: &mut Cli, told: &Told) -> Result<(), Error> {
    verdicts(&told.scans);
    trade(&told.trade);
    timeline(cli)?;
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

/// An amount in the smallest unit, as people write it.
fn money(amount: &Value, currency: &Value) -> String {
    let decimals = currency["decimals"].as_u64().and_then(|decimals| u8::try_from(decimals).ok()).unwrap_or_default();
    let symbol = currency["symbol"].as_str().unwrap_or_default();
    let amount = amount.as_str().and_then(|amount| amount.parse().ok()).unwrap_or_default();
    Currency { token: Address::ZERO, symbol: symbol.to_owned(), decimals }.format(amount)
}

fn timeline(cli: &Cli) -> Result<(), Error> {
    say(&format!("\nCustody of monitor {}", MONITORS.serial(0)));
    let trace = cli.ask(Person::Nobody, &["custody", "trace", &MONITORS.udi(0)])?;
    for event in trace["events"].as_array().into_iter().flatten() {
        let text = |field: &str| event[field].as_str().unwrap_or_default().to_owned();
        say(&format!("  {}  {:<12} {}", text("at"), text("verb"), text("text")));
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
  {folder}/home         documents by content, the chain's saved state

Try next
  alias theriac='target/release/theriac --home {folder}/home --deployments {folder}/deployments'
  theriac verify {folder}/labels/monitor.png
  theriac verify '{}'
  theriac recall holders 1
  theriac catalog models
  theriac chain stop",
        MONITORS.udi(2)
    ));
}
