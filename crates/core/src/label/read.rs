//! Reading symbols from pictures: photographs, scans, screenshots.
//!
//! Both symbologies are searched in several renderings of the picture, the cheapest first: reduced to a
//! moderate size, as it is, smoothed, enlarged, and at last inverted. The search ends when it has found both
//! a QR symbol and a DataMatrix, which is what our labels carry.
//!
//! Known limit: rxing 0.9 cannot decode a *GS1* QR symbol that has a doubled `%` in alphanumeric mode.

use std::{
    io::Cursor,
    panic::{AssertUnwindSafe, catch_unwind},
};

use image::{DynamicImage, GrayImage, ImageError, ImageFormat, ImageReader, Limits, Luma, imageops};
use rxing::{
    BarcodeFormat, BinaryBitmap, DecodeHints, Luma8Source, Point, RXingResult, RXingResultMetadataType,
    RXingResultMetadataValue, Reader, common::HybridBinarizer, datamatrix::DataMatrixReader,
    multi::MultipleBarcodeReader, qrcode::cpp_port::QrReader,
};

use super::Error;

/// Kind of a symbol that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Symbology {
    /// QR with plain content, such as a Digital Link.
    Qr,
    /// QR with FNC1 in first position (symbology identifier `]Q3`).
    Gs1Qr,
    /// DataMatrix with plain content.
    DataMatrix,
    /// DataMatrix with FNC1 in first position (symbology identifier `]d2`).
    Gs1DataMatrix,
}

impl Symbology {
    /// Whether the text is a GS1 element string.
    pub fn is_gs1(self) -> bool {
        matches!(self, Self::Gs1Qr | Self::Gs1DataMatrix)
    }

    fn is_qr(self) -> bool {
        matches!(self, Self::Qr | Self::Gs1Qr)
    }
}

/// A symbol that was read from a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadSymbol {
    /// Its kind.
    pub symbology: Symbology,
    /// Its content; in a GS1 symbol without the leading FNC1, and with GS (0x1D) for each further FNC1.
    pub text: String,
}

/// More than cameras of telephones give; in colour and with transparency it takes 256 MB to decode.
const MOST_PIXELS: u64 = 64_000_000;
/// The longer side of the first rendering.
const MODERATE: u32 = 1600;
/// Symbols of one kind that are read from one picture at most.
const MOST_SYMBOLS: usize = 32;

/// Reads the QR and DataMatrix symbols in a PNG or JPEG picture, QR first; at least one, or an error that says
/// what to do.
pub fn read_picture(bytes: &[u8]) -> Result<Vec<ReadSymbol>, Error> {
    let picture = decode(bytes)?;
    let mut found = Found::default();
    for view in View::ALL {
        if found.is_complete() {
            break;
        }
        if (view == View::Inverted) && !found.symbols.is_empty() {
            continue; // A label is printed one way or the other.
        }
        if let Some(rendering) = view.render(&picture) {
            found.search(rendering);
        }
    }
    if found.symbols.is_empty() {
        return Err(Error::NothingFound);
    }
    found.symbols.sort_by_key(|symbol| symbol.symbology);
    Ok(found.symbols)
}

fn decode(bytes: &[u8]) -> Result<GrayImage, Error> {
    let format = match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg)) => format,
        _ if bytes.starts_with(b"%PDF") => return Err(Error::NotAPicture(" but a PDF document")),
        _ => return Err(Error::NotAPicture("")),
    };
    let broken = |error: ImageError| Error::BrokenPicture(error.to_string());
    let reader = || ImageReader::with_format(Cursor::new(bytes), format);
    let (width, height) = reader().into_dimensions().map_err(broken)?;
    let too_large = Error::PictureTooLarge { width, height, limit: MOST_PIXELS };
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(too_large);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_PIXELS * 4);
    let mut reader = reader();
    reader.limits(limits);
    match reader.decode() {
        Ok(picture) => Ok(on_white(picture)),
        Err(ImageError::Limits(_)) => Err(too_large),
        Err(error) => Err(broken(error)),
    }
}

/// Greyscale; what is transparent shows white paper.
fn on_white(picture: DynamicImage) -> GrayImage {
    if !picture.color().has_alpha() {
        return picture.into_luma8();
    }
    let picture = picture.into_luma_alpha8();
    GrayImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [grey, alpha] = picture.get_pixel(x, y).0.map(u16::from);
        Luma([((grey * alpha + 255 * (255 - alpha)) / 255) as u8])
    })
}

/// A way to render the picture before searching it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    Moderate,
    Full,
    Smoothed,
    Halved,
    Doubled,
    Inverted,
}

impl View {
    const ALL: [Self; 6] = [Self::Moderate, Self::Full, Self::Smoothed, Self::Halved, Self::Doubled, Self::Inverted];

    /// The rendering, or `None` where it would bring nothing new.
    fn render(self, picture: &GrayImage) -> Option<GrayImage> {
        let longer = picture.width().max(picture.height());
        match self {
            Self::Moderate => Some(moderate(picture)),
            Self::Full => (longer > MODERATE).then(|| picture.clone()),
            // Takes away the noise of a sensor and the dots of a printer.
            Self::Smoothed => Some(imageops::blur(&moderate(picture), 1.2)),
            Self::Halved => (longer > MODERATE / 4).then(|| scaled(picture, longer.min(MODERATE) / 2)),
            // The detectors want modules of three pixels and more.
            Self::Doubled => (longer <= MODERATE / 2).then(|| scaled(picture, longer * 3)),
            Self::Inverted => {
                let mut inverted = moderate(picture);
                imageops::invert(&mut inverted);
                Some(inverted)
            }
        }
    }
}

fn moderate(picture: &GrayImage) -> GrayImage {
    let longer = picture.width().max(picture.height());
    if longer > MODERATE { scaled(picture, MODERATE) } else { picture.clone() }
}

/// The picture in another size, its longer side given.
fn scaled(picture: &GrayImage, longer: u32) -> GrayImage {
    let factor = f64::from(longer) / f64::from(picture.width().max(picture.height()));
    let side = |pixels: u32| ((f64::from(pixels) * factor).round() as u32).max(1);
    imageops::resize(picture, side(picture.width()), side(picture.height()), imageops::FilterType::Triangle)
}

/// What was found so far, each symbol once.
#[derive(Default)]
struct Found {
    symbols: Vec<ReadSymbol>,
}

impl Found {
    fn has(&self, qr: bool) -> bool {
        self.symbols.iter().any(|symbol| symbol.symbology.is_qr() == qr)
    }

    fn is_complete(&self) -> bool {
        self.has(true) && self.has(false)
    }

    /// Searches a rendering for the kinds that were not found in an earlier one.
    fn search(&mut self, mut rendering: GrayImage) {
        if !self.has(true) {
            for result in detect(&rendering, |bitmap, hints| QrReader.decode_multiple_with_hints(bitmap, hints)) {
                cover(&mut rendering, result.getPoints());
                self.add(&result);
            }
        }
        if self.has(false) {
            return;
        }
        // The DataMatrix reader stops at its first symbol: cover that, and let it look again.
        for _ in 0..MOST_SYMBOLS {
            let results =
                detect(&rendering, |bitmap, hints| Ok(vec![DataMatrixReader.decode_with_hints(bitmap, hints)?]));
            let Some(result) = results.first() else { break };
            self.add(result);
            if !cover(&mut rendering, result.getPoints()) {
                break;
            }
        }
    }

    fn add(&mut self, result: &RXingResult) {
        let symbology = match (result.getBarcodeFormat(), is_gs1(result)) {
            (BarcodeFormat::QR_CODE, false) => Symbology::Qr,
            (BarcodeFormat::QR_CODE, true) => Symbology::Gs1Qr,
            (BarcodeFormat::DATA_MATRIX, false) => Symbology::DataMatrix,
            (BarcodeFormat::DATA_MATRIX, true) => Symbology::Gs1DataMatrix,
            _ => return,
        };
        let symbol = ReadSymbol { symbology, text: result.getText().to_owned() };
        if !self.symbols.contains(&symbol) {
            self.symbols.push(symbol);
        }
    }
}

type Bitmap<'a> = BinaryBitmap<HybridBinarizer<Luma8Source<'a>>>;

/// Runs a detector of rxing. A picture is untrusted input and the detectors index and unwrap freely: a panic
/// there is a failure to read this picture, not the end of the program.
fn detect(
    picture: &GrayImage,
    detector: impl FnOnce(&mut Bitmap<'_>, &DecodeHints) -> rxing::common::Result<Vec<RXingResult>>,
) -> Vec<RXingResult> {
    let formats = [BarcodeFormat::QR_CODE, BarcodeFormat::DATA_MATRIX].into();
    let hints = DecodeHints { TryHarder: Some(true), PossibleFormats: Some(formats), ..DecodeHints::default() };
    let search = || {
        let source = Luma8Source::new_with_slice(picture.as_raw(), picture.width(), picture.height())?;
        detector(&mut BinaryBitmap::new(HybridBinarizer::new(source)), &hints)
    };
    let mut results = catch_unwind(AssertUnwindSafe(search)).ok().and_then(Result::ok).unwrap_or_default();
    results.truncate(MOST_SYMBOLS);
    results
}

/// Whether FNC1 stands in first position. For QR the symbology identifier tells (ISO/IEC 18004:2015, annex F).
/// For DataMatrix rxing's identifier is `]d2` also for an FNC1 after the fourth character; its content type
/// is exact, and told only for the first codeword.
fn is_gs1(result: &RXingResult) -> bool {
    let metadata = result.getRXingResultMetadata();
    match result.getBarcodeFormat() {
        BarcodeFormat::QR_CODE => matches!(
            metadata.get(&RXingResultMetadataType::SYMBOLOGY_IDENTIFIER),
            Some(RXingResultMetadataValue::SymbologyIdentifier(identifier)) if identifier == "]Q3" || identifier == "]Q4"
        ),
        _ => matches!(
            metadata.get(&RXingResultMetadataType::CONTENT_TYPE),
            Some(RXingResultMetadataValue::ContentType(kind)) if kind == "GS1"
        ),
    }
}

/// Paints the quadrilateral of a symbol white, a little beyond its corners; false where there is none.
fn cover(picture: &mut GrayImage, corners: &[Point]) -> bool {
    let [a, b, c, d] = corners else { return false };
    let centre = ((a.x + b.x + c.x + d.x) / 4.0, (a.y + b.y + c.y + d.y) / 4.0);
    let beyond = |p: &Point| (centre.0 + (p.x - centre.0) * 1.08, centre.1 + (p.y - centre.1) * 1.08);
    let corners = [a, b, c, d].map(beyond);
    let span = |values: [f32; 4], end: u32| {
        let least = values.iter().copied().fold(f32::MAX, f32::min).max(0.0) as u32;
        let most = values.iter().copied().fold(0.0, f32::max) as u32;
        least..most.saturating_add(1).min(end)
    };
    let columns = span(corners.map(|corner| corner.0), picture.width());
    let rows = span(corners.map(|corner| corner.1), picture.height());
    for y in rows {
        for x in columns.clone() {
            if is_inside((x as f32, y as f32), &corners) {
                picture.put_pixel(x, y, Luma([255]));
            }
        }
    }
    true
}

/// Whether a point lies on one and the same side of all edges of a convex quadrilateral.
fn is_inside(point: (f32, f32), corners: &[(f32, f32); 4]) -> bool {
    let side = |i: usize| {
        let (from, to) = (corners[i], corners[(i + 1) % 4]);
        (to.0 - from.0) * (point.1 - from.1) - (to.1 - from.1) * (point.0 - from.0)
    };
    let sides = [side(0), side(1), side(2), side(3)];
    sides.iter().all(|&side| side >= 0.0) || sides.iter().all(|&side| side <= 0.0)
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, Rgba, RgbaImage};
    use proptest::prelude::*;

    use super::*;
    use crate::label::{Label, Stock, Symbol, layout::tests::label};

    fn png(picture: impl Into<DynamicImage>) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        picture.into().write_to(&mut file, ImageFormat::Png).unwrap();
        file.into_inner()
    }

    fn grey(file: &[u8]) -> GrayImage {
        image::load_from_memory(file).unwrap().into_luma8()
    }

    fn symbol(symbology: Symbology, text: &str) -> ReadSymbol {
        ReadSymbol { symbology, text: text.to_owned() }
    }

    /// What must be read from a picture of the label.
    fn both(label: &Label) -> Vec<ReadSymbol> {
        vec![symbol(Symbology::Qr, &label.digital_link), symbol(Symbology::Gs1DataMatrix, &label.element_string)]
    }

    /// The picture turned by an angle, on a larger white ground, by bilinear interpolation.
    fn turned(picture: &GrayImage, degrees: f32) -> GrayImage {
        let side = (picture.width() + picture.height()).next_multiple_of(2);
        let (sine, cosine) = degrees.to_radians().sin_cos();
        GrayImage::from_fn(side, side, |x, y| {
            let (dx, dy) = (x as f32 - side as f32 / 2.0, y as f32 - side as f32 / 2.0);
            let from_x = dx * cosine + dy * sine + picture.width() as f32 / 2.0;
            let from_y = dy * cosine - dx * sine + picture.height() as f32 / 2.0;
            imageops::interpolate_bilinear(picture, from_x, from_y).unwrap_or(Luma([255]))
        })
    }

    /// Adds grain that is the same in every run (a linear congruential generator).
    fn grainy(picture: &GrayImage, strength: i32) -> GrayImage {
        let mut state = 1_u32;
        let mut grainy = picture.clone();
        for pixel in grainy.pixels_mut() {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (state >> 16) as i32 % (2 * strength + 1) - strength;
            pixel.0[0] = (i32::from(pixel.0[0]) + noise).clamp(0, 255) as u8;
        }
        grainy
    }

    /// Less contrast and light that falls from the left, as in a photograph.
    fn unevenly_lit(picture: &GrayImage) -> GrayImage {
        let width = picture.width() as f32;
        GrayImage::from_fn(picture.width(), picture.height(), |x, y| {
            let light = 1.0 - 0.55 * x as f32 / width;
            let grey = 40.0 + f32::from(picture.get_pixel(x, y).0[0]) * 0.75;
            Luma([(grey * light) as u8])
        })
    }

    #[test]
    fn a_label_is_read_however_the_picture_was_taken() {
        let label = label();
        let clean = grey(&label.to_png(&Stock::default()).unwrap());
        let mut jpeg = Cursor::new(Vec::new());
        DynamicImage::from(clean.clone()).write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
        let mut inverted = clean.clone();
        imageops::invert(&mut inverted);
        let large = Stock { dots_per_inch: 1200, ..Stock::default() };
        for (name, file) in [
            ("clean", png(clean.clone())),
            ("jpeg", jpeg.into_inner()),
            ("upside down", png(imageops::rotate180(&clean))),
            ("on its side", png(imageops::rotate90(&clean))),
            ("turned", png(turned(&clean, 17.0))),
            ("turned the other way", png(turned(&clean, -38.0))),
            ("blurred", png(imageops::blur(&clean, 1.1))),
            ("grainy", png(grainy(&clean, 70))),
            ("grainy and large", png(grainy(&scaled(&clean, 2400), 90))),
            ("unevenly lit", png(unevenly_lit(&clean))),
            (
                "turned, blurred, grainy, unevenly lit",
                png(unevenly_lit(&grainy(&imageops::blur(&turned(&scaled(&clean, 1500), 8.0), 1.3), 20))),
            ),
            ("inverted", png(inverted)),
            ("huge", label.to_png(&large).unwrap()),
        ] {
            assert_eq!(read_picture(&file).map_err(|e| e.to_string()), Ok(both(&label)), "{name}");
        }
    }

    #[test]
    fn transparent_ground_is_paper() {
        let symbol = grey(&Symbol::qr("https://id.gs1.org/01/09506000134352").unwrap().to_png(5).unwrap());
        let clear = RgbaImage::from_fn(symbol.width(), symbol.height(), |x, y| {
            if symbol.get_pixel(x, y).0[0] == 0 { Rgba([0, 0, 0, 255]) } else { Rgba([0, 0, 0, 0]) }
        });
        assert_eq!(read_picture(&png(clear)).unwrap()[0].text, "https://id.gs1.org/01/09506000134352");
    }

    #[test]
    fn several_symbols_of_a_kind_are_all_read() {
        let mut wall = GrayImage::from_pixel(900, 620, Luma([255]));
        let mut expected = Vec::new();
        for place in 0..6_u32 {
            let text = format!("010950600013435221{place}");
            let (x, y) = (i64::from(place % 3) * 300, i64::from(place / 3) * 300);
            let (symbology, file) = if place % 2 == 0 {
                (Symbology::Gs1DataMatrix, Symbol::gs1_data_matrix(&text).unwrap().to_png(7).unwrap())
            } else {
                (Symbology::Gs1Qr, Symbol::gs1_qr(&text).unwrap().to_png(6).unwrap())
            };
            imageops::overlay(&mut wall, &grey(&file), x + 20, y + 20);
            expected.push(symbol(symbology, &text));
        }
        let mut found = read_picture(&png(wall)).unwrap();
        found.sort_by(|a, b| a.text.cmp(&b.text));
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_no_picture_of_a_label_says_what_to_do() {
        let message = |bytes: &[u8]| read_picture(bytes).unwrap_err().to_string();
        assert!(message(b"%PDF-1.7 ...").contains("PDF document: give a photograph"));
        assert!(message(b"GIF89a").contains("not a PNG or JPEG picture: give"));
        assert!(message(b"").contains("not a PNG or JPEG picture"));
        let white = png(GrayImage::from_pixel(300, 200, Luma([255])));
        assert!(message(&white).contains("no QR or DataMatrix symbol found"));
        assert!(message(&white[..white.len() / 2]).contains("cannot be decoded"));
    }

    #[test]
    fn a_decompression_bomb_is_refused_by_its_header() {
        // 50,000 × 50,000 grey pixels, announced in a few bytes.
        let mut bomb = Vec::new();
        let mut encoder = ::png::Encoder::new(&mut bomb, 50_000, 50_000);
        encoder.set_color(::png::ColorType::Grayscale);
        encoder.set_depth(::png::BitDepth::Eight);
        let mut writer = encoder.write_header().unwrap();
        writer.write_chunk(::png::chunk::IDAT, &[0x78, 0x9c, 3, 0, 0, 0, 0, 1]).unwrap();
        drop(writer);
        assert!(matches!(read_picture(&bomb), Err(Error::PictureTooLarge { width: 50_000, height: 50_000, .. })));
    }

    #[test]
    fn a_small_or_single_symbol_is_read() {
        let uri = "https://id.gs1.org/01/09506000134352/21/42";
        for pixels in [1, 2, 3, 10] {
            let file = Symbol::qr(uri).unwrap().to_png(pixels).unwrap();
            assert_eq!(read_picture(&file).unwrap(), [symbol(Symbology::Qr, uri)], "{pixels} pixels");
        }
        for pixels in [2, 3, 10] {
            let file = Symbol::gs1_data_matrix("010950600013435221A%B").unwrap().to_png(pixels).unwrap();
            assert_eq!(
                read_picture(&file).unwrap(),
                [symbol(Symbology::Gs1DataMatrix, "010950600013435221A%B")],
                "{pixels} pixels"
            );
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn every_element_string_is_read_from_both_symbols(
            lot in "[!\"%&'()*+,./0-9:;<=>?A-Z_a-z-]{1,20}", serial in "[%/0-9A-Z.-]{1,20}", pixels in 3..6_usize,
        ) {
            let text = format!("010950600013435210{lot}\u{1d}21{serial}");
            let file = Symbol::gs1_data_matrix(&text).unwrap().to_png(pixels).unwrap();
            prop_assert_eq!(read_picture(&file).unwrap(), [symbol(Symbology::Gs1DataMatrix, &text)]);
            let file = Symbol::gs1_qr(&text).unwrap().to_png(pixels).unwrap();
            prop_assert_eq!(read_picture(&file).unwrap(), [symbol(Symbology::Gs1Qr, &text)]);
        }

        #[test]
        fn every_digital_link_is_read(
            host in "[a-z]{3,12}", path in "([A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-F]{2}){1,60}", upper: bool,
        ) {
            let mut uri = format!("https://{host}.example/01/09506000134352/{path}");
            if upper {
                uri.make_ascii_uppercase();
            }
            let file = Symbol::qr(&uri).unwrap().to_png(4).unwrap();
            prop_assert_eq!(read_picture(&file).unwrap(), [symbol(Symbology::Qr, &uri)]);
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), cut in 0..2000_usize) {
            prop_assert!(read_picture(&bytes).is_err());
            let mut broken = Symbol::qr("https://a.example").unwrap().to_png(2).unwrap();
            let cut = cut % broken.len();
            broken[cut] ^= 0x55;
            let _ = read_picture(&broken); // the checksum of a chunk catches it, or it was harmless
        }
    }
}
