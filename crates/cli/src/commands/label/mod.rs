//! `theriac label`: labels with a QR symbol (GS1 Digital Link) and a GS1 DataMatrix, single or on sheets.
//!
//! What stands on them comes from a UDI or a list of serials, and then no chain is needed, or from a registered lot. The
//! symbols are GS1's; a HIBC or an ISBT 128 code has its own, which are not printed here.

mod print;
mod source;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::civil::Date;
use serde::Serialize;

use crate::answer::Answer;
use crate::commands::subject::LotOptions;
use crate::commands::udi::RESOLVER;
use crate::context::Context;
use crate::failure::Failure;
use crate::time;

/// Options of `theriac label`.
#[derive(Debug, Args)]
pub(crate) struct Label {
    /// A UDI in any form of GS1: one label, no chain needed.
    #[arg(value_name = "UDI", conflicts_with_all = ["model", "lot", "lot_id", "serials", "indices"])]
    udi: Option<String>,
    #[command(flatten)]
    lot: LotOptions,
    /// CSV file of serials: a label for each, no chain needed; with --model and --lot.
    #[arg(long, value_name = "FILE", requires = "model", conflicts_with_all = ["lot_id", "indices"])]
    serials: Option<PathBuf>,
    /// Only these items of a registered lot, by their places in its document: 7, or 0-99. Otherwise all.
    #[arg(long, value_name = "RANGE", value_parser = source::range)]
    indices: Option<source::Range>,
    /// Day of manufacture, with --serials.
    #[arg(long, value_name = "DATE", requires = "serials", value_parser = time::day)]
    made: Option<Date>,
    /// Last day of use, with --serials.
    #[arg(long, value_name = "DATE", requires = "serials", value_parser = time::day)]
    expires: Option<Date>,
    /// Name of the product; otherwise that of its registered document, if the chain and the store are there.
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Name of the maker; otherwise that of the registered document.
    #[arg(long, value_name = "TEXT")]
    maker: Option<String>,
    /// Where the Digital Link leads: https:// and a domain, perhaps a path.
    #[arg(long, default_value = RESOLVER, value_name = "URL")]
    resolver: String,
    /// Paper of a PDF; otherwise one label per page for one, A4 for several.
    #[arg(long)]
    sheet: Option<Paper>,
    /// The file to write; its ending says how: .svg, .png or .pdf.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Paper that labels are sold on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Paper {
    /// A4, 3 × 8 labels of 63.5 × 33.9 mm (Avery L7159).
    A4,
    /// US Letter, 2 × 7 labels of 4 × 1⅓ inches (Avery 5162).
    Letter,
    /// US Letter, 2 × 5 labels of 4 × 2 inches (Avery 5163).
    LetterLarge,
    /// One label of 63.5 × 33.9 mm per page, for printers on a roll.
    Single,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    file: PathBuf,
    labels: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pages: Option<usize>,
    bytes: u64,
    title: String,
    maker: String,
}

/// Writes the labels.
pub(crate) async fn run(context: &Context<'_>, options: &Label) -> Result<Answer, Failure> {
    let format = print::Format::of(&options.out)?;
    let source = source::open(context, options).await?;
    let facts = match context.options.dry_run {
        true => source.check(options)?,
        false => print::print(context, options, format, &source)?,
    };
    let labels = if facts.labels == 1 { "1 label".to_owned() } else { format!("{} labels", facts.labels) };
    let file = facts.file.display();
    let pages = facts.pages.map(|pages| format!(", {pages} pages")).unwrap_or_default();
    let outcome = match context.options.dry_run {
        true => format!("{labels} would be written to {file}"),
        false => format!("{labels} written to {file} ({} bytes{pages})", facts.bytes),
    };
    let text = format!("{outcome}\n{}\n{}", facts.title, facts.maker);
    Answer::new(text.trim_end(), &facts)
}
