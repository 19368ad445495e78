//! Labels: symbols that scanners read, drawn as SVG, PNG or PDF, and read back from pictures.
//!
//! A [`Label`] carries two symbols, because two kinds of people scan it. A QR symbol holds the GS1 Digital
//! Link as a plain URI, so that any telephone camera opens the verification page. A GS1 DataMatrix holds the
//! element string, which is what hospital and pharmacy scanners expect (GS1 General Specifications,
//! section 2.1.4, regulated healthcare). Beside them stand the human readable interpretation and the words
//! that ISO 15223-1 uses for lot, serial number, expiry and manufacture.
//!
//! The way of a label: [`Symbol`] encodes the modules; the layout places symbols and text on a [`Stock`],
//! in millimetres and on whole printer dots; [`Label::to_svg`], [`Label::to_png`] and [`write_pdf`] only
//! paint what the layout decided, so the three look alike. [`read_picture`] is the way back.
//!
//! ```
//! use theriac_core::label::{Label, Stock, read_picture};
//!
//! let label = Label {
//!     title: "Coronary stent 3.0 × 18 mm".into(),
//!     maker: "Example Devices AG, Basel".into(),
//!     digital_link: "https://id.gs1.org/01/09506000134352/10/A1/21/0001?17=271231".into(),
//!     element_string: "01095060001343521727123110A1\u{1d}210001".into(),
//!     human_readable: vec!["(01)09506000134352".into(), "(17)271231".into(), "(10)A1".into(), "(21)0001".into()],
//!     lot: Some("A1".into()),
//!     serial: Some("0001".into()),
//!     expiry: Some("2027-12-31".into()),
//!     ..Label::default()
//! };
//! let picture = label.to_png(&Stock::default())?;
//! assert_eq!(read_picture(&picture)?.len(), 2);
//! # Ok::<(), theriac_core::label::Error>(())
//! ```

mod column;
mod layout;
mod pdf;
mod png;
mod read;
mod sheet;
mod svg;
mod symbol;
mod text;

use std::collections::BTreeSet;

pub use layout::Stock;
pub use pdf::{Printed, write_pdf};
pub use read::{ReadSymbol, Symbology, read_picture};
pub use sheet::Sheet;
pub use symbol::Symbol;

/// What is printed on one label. The strings are printed as given: what they mean was checked where they
/// were made (module `gs1`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Label {
    /// Name of the product, in bold at the top; shortened with an ellipsis where it does not fit.
    pub title: String,
    /// Name and place of the maker, below the title; shortened likewise.
    pub maker: String,
    /// GS1 Digital Link URI, the content of the QR symbol.
    pub digital_link: String,
    /// GS1 element string without a leading FNC1, GS (0x1D) between elements: the content of the DataMatrix.
    pub element_string: String,
    /// Lines of human readable interpretation in the order of the element string, such as `(10)A1`. They are
    /// never shortened.
    pub human_readable: Vec<String>,
    /// Lot number, printed beside the word LOT.
    pub lot: Option<String>,
    /// Serial number, printed beside SN.
    pub serial: Option<String>,
    /// Expiry date in the form of ISO 8601 (`2027-12-31`, or `2027-12` where only the month is known), beside EXP.
    pub expiry: Option<String>,
    /// Date of manufacture in the same form, beside MFD.
    pub made: Option<String>,
    /// Secret that is printed in a frame, to be covered by a scratch-off field before the label leaves the maker.
    pub scratch_code: Option<String>,
}

impl Label {
    /// Characters that the fonts lack and that are printed as `?`. The symbols do not depend on fonts.
    pub fn replaced(&self) -> BTreeSet<char> {
        let optional = [&self.lot, &self.serial, &self.expiry, &self.made, &self.scratch_code];
        let texts =
            [&self.title, &self.maker].into_iter().chain(&self.human_readable).chain(optional.into_iter().flatten());
        let mut replaced = Vec::new();
        for text in texts {
            text::printable(text, &mut replaced);
        }
        BTreeSet::from_iter(replaced)
    }
}

/// Why a label could not be made or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text of the QR symbol is not a URI.
    #[error(
        "character {character:?} at position {position} cannot stand in a Digital Link: percent-encode it (RFC 3986)"
    )]
    NotAUri {
        /// The offending character.
        character: char,
        /// Its place, counted in characters from 0.
        position: usize,
    },
    /// The element string holds a character outside of GS1's sets.
    #[error(
        "character {character:?} at position {position} cannot stand in a GS1 element string: \
         only GS1 character sets 82 and 39 and the separator GS (0x1D) are allowed"
    )]
    NotAnElementString {
        /// The offending character.
        character: char,
        /// Its place, counted in characters from 0.
        position: usize,
    },
    /// A separator stands where none belongs, or there is nothing to encode.
    #[error(
        "the element string is empty or begins or ends with a separator: FNC1 in front is added here, and GS stands only between elements"
    )]
    MisplacedSeparator,
    /// The text does not fit the largest symbol.
    #[error(
        "{length} characters do not fit a {symbology} symbol: shorten the lot, the serial or the resolver's address"
    )]
    TooLong {
        /// Which symbol.
        symbology: &'static str,
        /// Length of the text.
        length: usize,
    },
    /// The label's stock is too small for what shall stand on it.
    #[error("a label of {width_mm} × {height_mm} mm is too small for its {what}: use larger stock or shorter data")]
    LabelTooSmall {
        /// Width of the stock.
        width_mm: f64,
        /// Height of the stock.
        height_mm: f64,
        /// What did not fit.
        what: &'static str,
    },
    /// The measures of stock or sheet make no sense.
    #[error("{0}")]
    Measures(String),
    /// The output could not be written.
    #[error("cannot write the label: {0}")]
    Write(#[from] std::io::Error),
    /// The bytes are not a picture that can be read here.
    #[error("not a PNG or JPEG picture{0}: give a photograph, a scan or a screenshot of the label as PNG or JPEG")]
    NotAPicture(&'static str),
    /// The picture is too large, by intent (a decompression bomb) or not.
    #[error(
        "the picture of {width} × {height} pixels is too large, at most {limit} pixels with 8 bits per channel are \
         read: crop it to the label or reduce it"
    )]
    PictureTooLarge {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// The largest number of pixels.
        limit: u64,
    },
    /// The picture is cut off or damaged.
    #[error("the picture cannot be decoded ({0}): save it again or take another")]
    BrokenPicture(String),
    /// The picture holds no symbol that could be read.
    #[error(
        "no QR or DataMatrix symbol found in the picture: photograph the label from the front, sharp, \
         evenly lit, with a white margin around the symbols, each module at least three pixels wide"
    )]
    NothingFound,
}
