//! The files.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;

use theriac_core::label::{Label as Print, Sheet, Stock, write_pdf};

use super::source::Source;
use super::{Facts, Label, Paper};
use crate::context::Context;
use crate::failure::Failure;
use crate::files;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Svg,
    Png,
    Pdf,
}

impl Format {
    /// The format that the file's ending names.
    pub(super) fn of(file: &Path) -> Result<Self, Failure> {
        let ending = file.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
        match ending.as_str() {
            "svg" => Ok(Self::Svg),
            "png" => Ok(Self::Png),
            "pdf" => Ok(Self::Pdf),
            _ => Err(Failure::user(
                "Format",
                format!("{} ends in none of .svg, .png and .pdf", file.display()),
                "choose the format by the file's ending",
            )),
        }
    }
}

/// Writes the file, which must not be there yet.
pub(super) fn print(context: &Context<'_>, options: &Label, format: Format, source: &Source) -> Result<Facts, Failure> {
    let single = |draw: fn(&Print, &Stock) -> Result<Vec<u8>, theriac_core::label::Error>| {
        if options.sheet.is_some() {
            let what = "--sheet is paper, and a picture is of one label";
            return Err(Failure::user("ManyLabels", what, "write sheets as .pdf, or leave --sheet out"));
        }
        if source.count() > 1 {
            return Err(Failure::user(
                "ManyLabels",
                format!("{} labels do not go into one picture", source.count()),
                "write sheets as .pdf, or choose one item with --indices",
            ));
        }
        let label = source.labels().next().transpose()?.unwrap_or_default();
        let bytes = draw(&label, &Stock::default()).map_err(|error| Failure::of(&error))?;
        files::write_new(&options.out, &bytes)?;
        Ok(facts(options, source, None, bytes.len() as u64))
    };
    match format {
        Format::Svg => single(|label, stock| Ok(label.to_svg(stock)?.into_bytes())),
        Format::Png => single(|label, stock| label.to_png(stock)),
        Format::Pdf => pdf(context, options, source),
    }
}

fn facts(options: &Label, source: &Source, pages: Option<usize>, bytes: u64) -> Facts {
    let (title, maker) = (source.title.clone(), source.maker.clone());
    Facts { file: options.out.clone(), labels: source.count(), pages, bytes, title, maker }
}

fn pdf(context: &Context<'_>, options: &Label, source: &Source) -> Result<Facts, Failure> {
    let paper = options.sheet.unwrap_or(if source.count() == 1 { Paper::Single } else { Paper::A4 });
    let sheet = match paper {
        Paper::A4 => Sheet::A4_3X8,
        Paper::Letter => Sheet::LETTER_2X7,
        Paper::LetterLarge => Sheet::LETTER_2X5,
        Paper::Single => Sheet::single(Stock::default()),
    };
    let file = files::create_new(&options.out)?;
    let written = draw_sheets(context, &sheet, source, file);
    match written {
        Ok(printed) => {
            if !printed.replaced.is_empty() {
                let characters: String = printed.replaced.iter().collect();
                context
                    .printer
                    .note(format_args!("the fonts of PDF lack {characters}, which stand as ?; .svg has them"));
            }
            Ok(facts(options, source, Some(printed.pages), printed.bytes))
        }
        Err(failure) => {
            // Half a document helps nobody; that it cannot be removed must not hide why it is half.
            let _ = fs::remove_file(&options.out);
            Err(failure)
        }
    }
}

fn draw_sheets(
    context: &Context<'_>,
    sheet: &Sheet,
    source: &Source,
    file: File,
) -> Result<theriac_core::label::Printed, Failure> {
    let bar = context.printer.progress(source.count() as u64, "labels");
    let mut fault = None;
    let labels = source.labels().map_while(|label| {
        bar.inc(1);
        label.map_err(|failure| fault = Some(failure)).ok()
    });
    let mut out = BufWriter::new(file);
    let printed = write_pdf(&mut out, sheet, labels).map_err(|error| Failure::of(&error))?;
    bar.finish_and_clear();
    if let Some(failure) = fault {
        return Err(failure);
    }
    out.flush().map_err(|error| Failure::user("File", error, "is there space on the disk?"))?;
    Ok(printed)
}
