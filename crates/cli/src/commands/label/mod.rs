//! `theriac label`: what is printed on the package, so that a telephone and a hospital's scanner read the same UDI.
//!
//! With a UDI it works offline. With a lot, what the labels say comes from the lot document that the chain vouches for.

mod lot;
mod paper;
mod scratch;
mod text;

use std::path::PathBuf;

use clap::Args;
use theriac_core::label::Printed;
use theriac_core::udi::Udi;

use super::{subject, udi};
use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;
use lot::Choice;
use paper::{Format, Paper};
use scratch::Codes;
use text::Wording;

/// Options of `theriac label`.
#[derive(Debug, Args)]
pub(crate) struct Label {
    /// The UDI of one label, in any form of GS1; neither chain nor store is needed.
    #[arg(value_name = "UDI", conflicts_with_all = ["model", "lot", "lot_id"])]
    text: Option<String>,
    #[command(flatten)]
    lot: subject::LotOptions,
    #[command(flatten)]
    choice: Choice,
    /// The file, whose name ends with .svg, .png or .pdf. What has this name is replaced when the new file is whole.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Pages of a PDF. By default one label is a page of its own, and several are on A4.
    #[arg(long, value_enum)]
    sheet: Option<Paper>,
    /// Where the QR symbol leads: https:// and a domain, perhaps a path.
    #[arg(long, value_name = "URL", default_value = udi::RESOLVER)]
    resolver: String,
    /// Name of the product. By default that of the model document, or the device identifier.
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Name and place of the maker. By default the company of the model document.
    #[arg(long, value_name = "TEXT")]
    maker: Option<String>,
    /// Print the scratch codes of this file, as `theriac catalog scratch-codes` wrote it, in a frame that is then covered. Only
    /// you can read what is printed to.
    #[arg(long, value_name = "FILE", conflicts_with = "text")]
    scratch_codes: Option<PathBuf>,
}

/// Makes the labels.
pub(crate) async fn run(context: &Context<'_>, options: &Label) -> Result<Answer, Failure> {
    let format = Format::of(&options.out, options.sheet)?;
    let wording = Wording {
        title: options.title.clone(),
        maker: options.maker.clone(),
        resolver: options.resolver.clone(),
        year: subject::current_year(),
    };
    let printed = match &options.text {
        Some(text) => {
            let udi = subject::udi(text)?;
            options.choice.none()?;
            format.print(&options.out, false, 1, [wording.label(udi)])?
        }
        None => of_lot(context, options, format, wording).await?,
    };
    answer(context, options, &printed)
}

async fn of_lot(context: &Context<'_>, options: &Label, format: Format, wording: Wording) -> Result<Printed, Failure> {
    let lot = options.lot.lot()?.ok_or_else(|| {
        Failure::user("NothingToLabel", "neither a UDI nor a lot was given", "give a UDI, or --model and --lot")
    })?;
    let found = lot::find(context, &lot).await?;
    let wording = found.wording(context, wording).await?;
    let serials = options.choice.of(found.document())?;
    let first: Udi = found.udi(&serials[0])?;
    // Before a file is begun: what is wrong with the lot is wrong with every label.
    wording.label(first)?;
    let codes = options.scratch_codes.as_ref().map(|file| Codes::read(file, found.document(), &serials)).transpose()?;
    let progress = context.printer.progress(serials.len() as u64, "labels");
    let labels = serials.iter().map(|serial| {
        progress.inc(1);
        let scratch_code = codes.as_ref().map(|codes| codes.of(serial)).transpose()?.map(|code| code.to_string());
        Ok(theriac_core::label::Label { scratch_code, ..wording.label(found.udi(serial)?)? })
    });
    let printed = format.print(&options.out, codes.is_some(), serials.len(), labels)?;
    progress.finish_and_clear();
    Ok(printed)
}

fn answer(context: &Context<'_>, options: &Label, printed: &Printed) -> Result<Answer, Failure> {
    let Printed { labels, pages, bytes, replaced } = printed;
    if !replaced.is_empty() {
        let characters: Vec<String> = replaced.iter().map(|character| format!("{character:?}")).collect();
        context.printer.note(format_args!("printed as ? since the fonts of labels lack it: {}", characters.join(", ")));
    }
    let plural = |count: usize, one: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") };
    let text =
        format!("{}: {} on {}, {bytes} bytes", options.out.display(), plural(*labels, "label"), plural(*pages, "page"));
    let facts = serde_json::json!({
        "file": options.out, "labels": labels, "pages": pages, "bytes": bytes, "replaced": replaced,
    });
    Answer::new(text, &facts)
}
