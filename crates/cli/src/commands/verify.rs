//! `theriac verify`: may this be used? Needs no account. With `--scans` the verifier keeps what was scanned when and where, and
//! a copy can be noticed by it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use alloy_primitives::{Address, U256};
use anstyle::{AnsiColor, Style};
use clap::Args;
use theriac_client::Suite;
use theriac_client::verify::{
    self, Evidence, Fact, Facts, Label, Level, Named, Offered, Reason, Verdict, Verification,
};
use theriac_core::ids::{ItemId, LotId};
use theriac_core::scans::Place;

use super::{scans, subject};
use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;
use crate::{files, time};

/// Options of `theriac verify`.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// A picture of a label (PNG, JPEG), a UDI in any form, a Digital Link, or the id of an item or a lot.
    #[arg(value_name = "LABEL")]
    label: String,
    /// The account on whose behalf it is verified: its own claim of the tag is then no warning.
    #[arg(long = "as", value_name = "ADDRESS", value_parser = crate::args::account)]
    verifier: Option<Address>,
    /// File of scans: this one is added, and judged with the earlier ones. Made on first use, with a salt beside it.
    #[arg(long, value_name = "FILE", env = "THERIAC_SCANS", hide_env_values = true)]
    scans: Option<PathBuf>,
    /// Where the scan is made, in degrees; kept only as a salted cell of about 111 km.
    #[arg(long, value_name = "LATITUDE,LONGITUDE", requires = "scans", allow_hyphen_values = true)]
    place: Option<Place>,
}

/// Verifies. A verdict other than "genuine" is a "no": exit code 1.
pub(crate) async fn run(context: &Context<'_>, options: &Verify) -> Result<Answer, Failure> {
    let label = read(&options.label)?;
    let options_of = &context.options;
    // Without a signer: nothing is signed, and opening a keystore takes a password and a second.
    let mut facts = match Suite::connect(&options_of.rpc, None, &options_of.deployments).await {
        Ok(suite) => verify::gather(&suite, &context.store()?, &options_of.home, label, options.verifier).await,
        Err(error) => Facts::without_chain(label, time::now(), error),
    };
    if let Some(file) = &options.scans {
        match facts.item_id {
            Some(item) => facts.scans = Fact::Known(scans::keep(context, file, item, time::now(), options.place)?),
            None => context.printer.note("the scan is not kept: the label names no unit"),
        }
    }
    let verification = verify::judge(&facts);
    Ok(Answer::new(text(&verification), &verification)?.good(verification.verdict == Verdict::Genuine))
}

/// The label: of a picture when there is such a file, else as typed.
fn read(text: &str) -> Result<Label, Failure> {
    let path = Path::new(text);
    if path.is_file() {
        return Ok(Label::from_picture(&files::read(path)?, subject::current_year()));
    }
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    if ["png", "jpg", "jpeg"].contains(&ending.as_str()) && !text.contains("://") {
        let help = "give the picture's path as seen from the current folder";
        return Err(Failure::user("File", format!("there is no file {text}"), help));
    }
    if text.starts_with("0x") || text.starts_with("0X") {
        return of_id(text);
    }
    Label::from_text(text, subject::current_year()).map_err(|error| {
        Failure::user("InvalidUdi", error, "compare the text with the label, or give a picture of the label")
    })
}

fn of_id(text: &str) -> Result<Label, Failure> {
    if let Ok(lot) = text.parse::<LotId>() {
        return Ok(Label::of_lot(lot));
    }
    let help = "an item id has 64 hexadecimal digits after 0x, a lot id 32";
    let item = text.parse::<ItemId>().map_err(|error| Failure::user("InvalidId", error, help))?;
    Ok(Label::of_item(item))
}

fn text(verification: &Verification) -> String {
    let mut text = headline(verification.verdict);
    for (name, value) in particulars(verification) {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n{name:<9}{value}");
    }
    text.push('\n');
    for reason in &verification.reasons {
        let _ = write!(text, "\n{}", lines(reason));
    }
    text
}

fn headline(verdict: Verdict) -> String {
    let colour = match verdict {
        Verdict::Genuine => AnsiColor::Green,
        Verdict::Caution | Verdict::Unknown => AnsiColor::Yellow,
        Verdict::DoNotUse => AnsiColor::Red,
    };
    let style: Style = colour.on_default().bold();
    format!("{style}{}{style:#}", verdict.to_string().to_uppercase())
}

/// What it is about, as far as that is known.
fn particulars(verification: &Verification) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    let mut add = |name, value: Option<String>| rows.extend(value.map(|value| (name, value)));
    add("product", verification.product.as_ref().map(|product| format!("{}, {}", product.name, product.company)));
    if let Named::Udi(udi) = &verification.label.named {
        add("DI", Some(format!("{} ({})", udi.di, udi.di.agency())));
        add("lot", udi.lot.as_ref().map(ToString::to_string));
        add("serial", udi.serial.as_ref().map(ToString::to_string));
    }
    let expires = verification.lot.as_ref().map(|lot| lot.expires_at).filter(|last| *last != 0);
    add("expires", expires.map(time::iso));
    let made = verification.lot.as_ref().map(|lot| lot.made_at).filter(|made| *made != 0);
    add("made", made.map(time::iso));
    add("maker", verification.maker.map(|maker| maker.to_string()));
    for price in verification.offers.as_deref().map(prices).unwrap_or_default() {
        add("price", Some(price));
    }
    add("item id", verification.item_id.map(|id| id.to_string()));
    add("lot id", verification.lot_id.filter(|_| verification.item_id.is_none()).map(|id| id.to_string()));
    rows
}

/// What can be bought, a line for each offer.
fn prices(offers: &[Offered]) -> Vec<String> {
    let line = |offered: &Offered| {
        let what = if offered.this_unit { "this unit" } else { "of this model" };
        let price = offered.currency.format(U256::from(offered.price));
        format!("{price} {what}, {} left, from {} (offer {})", offered.stock, offered.seller, offered.offer)
    };
    if offers.is_empty() { vec!["not offered".to_owned()] } else { offers.iter().map(line).collect() }
}

/// A reason, and below it what it rests on.
fn lines(reason: &Reason) -> String {
    let style = match reason.level {
        Level::Good | Level::Note => Style::new(),
        Level::Caution | Level::Unknown => AnsiColor::Yellow.on_default(),
        Level::DoNotUse => AnsiColor::Red.on_default(),
    };
    let mut text = format!("{style}{:<12}{style:#}{:<13}{}", reason.level.as_str(), reason.check.as_str(), reason.text);
    for evidence in reason.evidence.iter().filter(|evidence| !matches!(evidence, Evidence::Symbol { .. })) {
        let _ = write!(text, "\n{:<25}by {evidence}", "");
    }
    text
}
