//! Symbols as grids of modules, and the sizes at which GS1 wants them printed.

use datamatrix::{DataMatrixBuilder, SymbolList};
use qrcode::{
    Color, EcLevel, QrCode, Version,
    bits::Bits,
    optimize::{Parser, Segment},
    types::{Mode, QrError},
};

use super::Error;

/// GS, which separates element strings and stands for FNC1 in transmitted data (GS1 General Specifications, section 7.8).
pub(crate) const GS: char = '\u{1d}';

/// A two-dimensional symbol: dark and light modules without the quiet zone, and how it is to be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    columns: usize,
    dark: Vec<bool>,
    print: &'static PrintRules,
}

/// What the symbology and GS1's symbol specification tables say about printing a symbol.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PrintRules {
    /// Light modules around the symbol.
    pub(crate) quiet_zone: usize,
    /// Smallest and largest X-dimension (width of a module), in micrometres.
    pub(crate) smallest: u32,
    pub(crate) largest: u32,
}

/// QR: four modules of quiet zone (ISO/IEC 18004:2015, section 6.3.8). X-dimension of a QR Code with a Digital
/// Link URI, 0.396 to 0.990 mm: GS1 General Specifications, section 5.12.3, symbol specification table 1, addendum 2D.
static QR: PrintRules = PrintRules { quiet_zone: 4, smallest: 396, largest: 990 };

/// DataMatrix: one module of quiet zone (ISO/IEC 16022). X-dimension in regulated healthcare, 0.255 to
/// 0.990 mm: GS1 General Specifications, section 5.12.3, symbol specification table 6.
static DATA_MATRIX: PrintRules = PrintRules { quiet_zone: 1, smallest: 255, largest: 990 };

/// Dark modules that are neighbours, as a rectangle in units of modules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rectangle {
    pub(crate) x: usize,
    pub(crate) y: usize,
    pub(crate) width: usize,
    pub(crate) height: usize,
}

impl Symbol {
    /// QR symbol of a Digital Link, as a plain URI without FNC1 (GS1 Digital Link Standard: URI Syntax), in the shortest mixture of modes, error correction level M, and the smallest version that holds it.
    pub fn qr(uri: &str) -> Result<Self, Error> {
        if let Some((position, character)) = uri.chars().enumerate().find(|(_, c)| !c.is_ascii_graphic()) {
            return Err(Error::NotAUri { character, position });
        }
        let code = QrCode::with_error_correction_level(uri, EcLevel::M).map_err(|_| too_long("QR", uri))?;
        Ok(Self::from_qr(code))
    }

    /// GS1 QR symbol of an element string: FNC1 in first position (ISO/IEC 18004:2015, section 7.4.8.2).
    ///
    /// In alphanumeric mode such a symbol uses `%` for GS and doubles a real `%`. Not all readers undo the
    /// doubling, so a segment with `%` is written in byte mode, where both characters stand for themselves.
    pub fn gs1_qr(element_string: &str) -> Result<Self, Error> {
        check_element_string(element_string)?;
        let code = (1..=40)
            .find_map(|version| match gs1_qr_of_version(element_string.as_bytes(), Version::Normal(version)) {
                Err(QrError::DataTooLong) => None,
                other => other.ok(),
            })
            .ok_or_else(|| too_long("GS1 QR", element_string))?;
        Ok(Self::from_qr(code))
    }

    /// GS1 DataMatrix symbol of an element string: square ECC 200 with FNC1 as first codeword. The separators
    /// are GS characters, which GS1 General Specifications, section 5.6, allows as well as FNC1.
    pub fn gs1_data_matrix(element_string: &str) -> Result<Self, Error> {
        check_element_string(element_string)?;
        let code = DataMatrixBuilder::new()
            .with_fnc1_start(true)
            .with_macros(false) // A macro codeword would displace FNC1 from the first position.
            .with_symbol_list(SymbolList::default().enforce_square())
            .encode(element_string.as_bytes())
            .map_err(|_| too_long("GS1 DataMatrix", element_string))?;
        let bitmap = code.bitmap();
        Ok(Self { columns: bitmap.width(), dark: bitmap.bits().to_vec(), print: &DATA_MATRIX })
    }

    fn from_qr(code: QrCode) -> Self {
        let columns = code.width();
        Self { columns, dark: code.into_colors().into_iter().map(|colour| colour == Color::Dark).collect(), print: &QR }
    }

    /// Modules per side, without the quiet zone.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Modules per side, with the quiet zone.
    pub fn columns_with_quiet_zone(&self) -> usize {
        self.columns + 2 * self.print.quiet_zone
    }

    pub(crate) fn print_rules(&self) -> &'static PrintRules {
        self.print
    }

    /// Whether the module in this column and row is dark; outside of the symbol it is light.
    pub fn is_dark(&self, column: usize, row: usize) -> bool {
        column < self.columns && self.dark.get(row * self.columns + column).copied().unwrap_or(false)
    }

    /// The dark modules as few rectangles: runs of each row, joined with an equal run in the row above.
    pub(crate) fn rectangles(&self) -> Vec<Rectangle> {
        let mut rectangles: Vec<Rectangle> = Vec::new();
        let mut above: Vec<usize> = Vec::new(); // places of the rectangles that touch the row above
        for (y, row) in self.dark.chunks(self.columns).enumerate() {
            let mut touching = Vec::new();
            for (x, width) in runs(row) {
                let joined = above.iter().copied().find(|&i| rectangles[i].x == x && rectangles[i].width == width);
                let place = joined.unwrap_or_else(|| {
                    rectangles.push(Rectangle { x, y, width, height: 0 });
                    rectangles.len() - 1
                });
                rectangles[place].height += 1;
                touching.push(place);
            }
            above = touching;
        }
        rectangles
    }
}

/// Start and length of each run of dark modules.
fn runs(row: &[bool]) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut x = 0;
    std::iter::from_fn(move || {
        let start = x + row[x..].iter().position(|&dark| dark)?;
        let length = row[start..].iter().take_while(|&&dark| dark).count();
        x = start + length;
        Some((start, length))
    })
}

fn gs1_qr_of_version(data: &[u8], version: Version) -> Result<QrCode, QrError> {
    let segments = Parser::new(data).optimize(version).map(|segment| match segment.mode {
        Mode::Alphanumeric if data[segment.begin..segment.end].contains(&b'%') => {
            Segment { mode: Mode::Byte, ..segment }
        }
        _ => segment,
    });
    let mut bits = Bits::new(version);
    bits.push_fnc1_first_position()?;
    bits.push_segments(data, segments)?;
    bits.push_terminator(EcLevel::M)?;
    QrCode::with_bits(bits, EcLevel::M)
}

/// Character set 82 (GS1 General Specifications, figure 7.11-1), `#` of character set 39, and GS.
fn check_element_string(text: &str) -> Result<(), Error> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "!\"%&'()*+,-./:;<=>?_#".contains(c) || c == GS;
    if let Some((position, character)) = text.chars().enumerate().find(|(_, c)| !allowed(*c)) {
        return Err(Error::NotAnElementString { character, position });
    }
    if text.is_empty() || text.starts_with(GS) || text.ends_with(GS) {
        return Err(Error::MisplacedSeparator);
    }
    Ok(())
}

fn too_long(symbology: &'static str, text: &str) -> Error {
    Error::TooLong { symbology, length: text.chars().count() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rectangles_cover_exactly_the_dark_modules() {
        let symbol = Symbol::qr("https://id.gs1.org/01/09506000134352/10/A1/21/0001").unwrap();
        let mut painted = vec![0; symbol.columns() * symbol.columns()];
        for r in symbol.rectangles() {
            for y in r.y..r.y + r.height {
                for x in r.x..r.x + r.width {
                    painted[y * symbol.columns() + x] += 1;
                }
            }
        }
        let dark: Vec<i32> = symbol.dark.iter().map(|&dark| i32::from(dark)).collect();
        assert_eq!(painted, dark);
    }

    #[test]
    fn a_digital_link_takes_the_shortest_modes() {
        // 53 characters in byte mode alone would need version 4 (33 modules); upper case fits version 3.
        assert_eq!(Symbol::qr(&"A".repeat(53)).unwrap().columns(), 29);
        assert_eq!(Symbol::qr(&"a".repeat(53)).unwrap().columns(), 33);
    }

    #[test]
    fn what_cannot_be_encoded_is_refused_with_its_place() {
        assert!(matches!(Symbol::qr("https://a/b c"), Err(Error::NotAUri { character: ' ', position: 11 })));
        assert!(matches!(Symbol::qr(&"a".repeat(4000)), Err(Error::TooLong { length: 4000, .. })));
        for encode in [Symbol::gs1_qr, Symbol::gs1_data_matrix] {
            assert!(matches!(encode("10Ä"), Err(Error::NotAnElementString { character: 'Ä', position: 2 })));
            assert!(matches!(encode("\u{1d}10A"), Err(Error::MisplacedSeparator)));
            assert!(matches!(encode("10A\u{1d}"), Err(Error::MisplacedSeparator)));
            assert!(matches!(encode(""), Err(Error::MisplacedSeparator)));
            assert!(matches!(encode(&"1".repeat(9000)), Err(Error::TooLong { length: 9000, .. })));
        }
    }

    #[test]
    fn gs1_data_matrix_begins_with_the_codeword_fnc1() {
        // 20 digits and FNC1 make 11 codewords, so a symbol of 12 codewords (16 × 16) is the smallest.
        assert_eq!(Symbol::gs1_data_matrix("01095060001343521012").unwrap().columns(), 16);
        assert_eq!(Symbol::gs1_data_matrix("010950600013435210").unwrap().columns(), 16);
        assert_eq!(Symbol::gs1_data_matrix("1012345678901234").unwrap().columns(), 16);
        assert_eq!(Symbol::gs1_data_matrix("10123456789012").unwrap().columns(), 14);
    }

    proptest! {
        #[test]
        fn every_element_string_has_a_data_matrix(text in "[!-\"%-?A-Z_a-z]{1,90}(\u{1d}[!-\"%-?A-Z_a-z]{1,90})?") {
            let symbol = Symbol::gs1_data_matrix(&text).unwrap();
            let decoded = datamatrix::DataMatrix::decode(&symbol.dark, symbol.columns).unwrap();
            prop_assert_eq!(decoded, text.as_bytes());
        }
    }
}
