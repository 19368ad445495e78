//! Labels on paper: kinds of files, sheets, and how the file comes to be.

use std::io::{BufWriter, Write as _};
use std::path::Path;

use clap::ValueEnum;
use theriac_core::label::{Error, Label, Printed, Sheet, Stock, write_pdf};

use crate::failure::Failure;
use crate::files::{self, Replacement};

/// Pages of a PDF.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Paper {
    /// A4, 3 x 8 labels of 63.5 x 33.9 mm (Avery L7159).
    A4,
    /// US Letter, 2 x 7 labels of 4 x 1 1/3 inches (Avery 5162).
    Letter,
    /// A page of 63.5 x 33.9 mm for each label, as printers with a roll take them.
    Single,
}

impl Paper {
    fn sheet(self) -> Sheet {
        match self {
            Self::A4 => Sheet::A4_3X8,
            Self::Letter => Sheet::LETTER_2X7,
            Self::Single => Sheet::single(Stock::default()),
        }
    }
}

/// What kind of file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Svg,
    Png,
    Pdf(Option<Paper>),
}

impl Format {
    /// The kind that the file's name tells.
    pub(super) fn of(file: &Path, paper: Option<Paper>) -> Result<Self, Failure> {
        let ending = file.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        let format = match ending.as_deref() {
            Some("svg") => Self::Svg,
            Some("png") => Self::Png,
            Some("pdf") => Self::Pdf(paper),
            _ => {
                let what = format!("`{}` does not tell what kind of file to write", file.display());
                return Err(Failure::user("UnknownFormat", what, "let its name end with .svg, .png or .pdf"));
            }
        };
        match (format, paper) {
            (Self::Svg | Self::Png, Some(_)) => Err(Failure::user(
                "NoSheets",
                format!("`{}` would be a picture of one label, which has no sheets", file.display()),
                "leave out --sheet, or let the name end with .pdf",
            )),
            _ => Ok(format),
        }
    }

    /// Writes `count` labels to `file`, which appears only when it is whole; nobody else can read a `secret` one.
    pub(super) fn print(
        self,
        file: &Path,
        secret: bool,
        count: usize,
        labels: impl IntoIterator<Item = Result<Label, Failure>>,
    ) -> Result<Printed, Failure> {
        let mut labels = labels.into_iter();
        let picture: fn(&Label) -> Result<Vec<u8>, Error> = match self {
            Self::Svg => |label| Ok(label.to_svg(&Stock::default())?.into_bytes()),
            Self::Png => |label| label.to_png(&Stock::default()),
            Self::Pdf(paper) => {
                let paper = paper.unwrap_or(if count == 1 { Paper::Single } else { Paper::A4 });
                return pages(begin(file, secret)?, file, &paper.sheet(), labels);
            }
        };
        match (labels.next(), count) {
            (Some(label), 1) => one_picture(begin(file, secret)?, file, &label?, picture),
            _ => Err(Failure::user(
                "OneLabelOnly",
                format!("{count} labels were asked for, and `{}` would be a picture of one", file.display()),
                "let the name end with .pdf, or choose one unit with --serial or --indices",
            )),
        }
    }
}

fn begin(file: &Path, secret: bool) -> Result<Replacement<'_>, Failure> {
    if secret { Replacement::begin_secret(file) } else { Replacement::begin(file) }
}

fn one_picture(
    replacement: Replacement<'_>,
    file: &Path,
    label: &Label,
    picture: fn(&Label) -> Result<Vec<u8>, Error>,
) -> Result<Printed, Failure> {
    let bytes = picture(label).map_err(|error| unprintable(file, error))?;
    replacement.file().write_all(&bytes).map_err(|error| files::failed(file, &error))?;
    replacement.finish()?;
    Ok(Printed { labels: 1, pages: 1, bytes: bytes.len() as u64, replaced: label.replaced() })
}

fn pages(
    replacement: Replacement<'_>,
    file: &Path,
    sheet: &Sheet,
    labels: impl Iterator<Item = Result<Label, Failure>>,
) -> Result<Printed, Failure> {
    let mut out = BufWriter::with_capacity(1 << 16, replacement.file());
    let mut refused = None;
    let sound = labels.map_while(|label| label.map_err(|failure| refused = Some(failure)).ok());
    let printed = write_pdf(&mut out, sheet, sound).map_err(|error| unprintable(file, error))?;
    out.flush().map_err(|error| files::failed(file, &error))?;
    drop(out);
    match refused {
        Some(failure) => Err(failure),
        None => replacement.finish().map(|()| printed),
    }
}

fn unprintable(file: &Path, error: Error) -> Failure {
    match error {
        Error::Write(error) => files::failed(file, &error),
        other => Failure::of(&other),
    }
}
