//! Sheets of labels as PDF (ISO 32000-1), written page by page.
//!
//! Pages are drawn and compressed in parallel, a batch at a time, and each object goes out as soon as it is
//! made; only the places of the objects are remembered. So memory does not grow with the number of labels.

use std::{collections::BTreeSet, io::Write};

use flate2::{Compression, write::ZlibEncoder};
use pdf_writer::{Chunk, Content, Filter, Finish, Name, Rect, Ref, Settings, Str, TextStr};
use rayon::prelude::*;

use super::{
    Error, Label, Sheet,
    layout::{Drawing, FRAME, Mark},
    text::{POINT, Weight, win_ansi},
};

/// What was printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Printed {
    /// Number of labels.
    pub labels: usize,
    /// Number of pages.
    pub pages: usize,
    /// Size of the file.
    pub bytes: u64,
    /// Characters that the built-in fonts of PDF lack (they have WinAnsiEncoding only) and that stand as `?`.
    pub replaced: BTreeSet<char>,
}

const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const INFORMATION: Ref = Ref::new(3);
const REGULAR: Ref = Ref::new(4);
const BOLD: Ref = Ref::new(5);
const FIRST_PAGE: i32 = 6;

/// About this many labels are drawn at a time: enough to keep all processors busy, some megabytes at most.
const BATCH: usize = 1000;

/// Prints labels on sheets, in reading order, as a PDF document.
///
/// The document asks to be printed in its true size, since a symbol that a printer dialog "fits to the page"
/// may fall below the X-dimension that GS1 allows.
pub fn write_pdf<W: Write>(out: W, sheet: &Sheet, labels: impl IntoIterator<Item = Label>) -> Result<Printed, Error> {
    sheet.check()?;
    let mut document = Document::begin(out)?;
    let mut labels = labels.into_iter();
    let per_page = sheet.labels_per_page();
    let per_batch = BATCH.div_ceil(per_page) * per_page;
    loop {
        let batch: Vec<Label> = labels.by_ref().take(per_batch).collect();
        if batch.is_empty() {
            break;
        }
        document.printed.labels += batch.len();
        let pages: Vec<Page> =
            batch.par_chunks(per_page).map(|labels| Page::draw(sheet, labels)).collect::<Result<_, _>>()?;
        for page in pages {
            document.page(sheet, page)?;
        }
    }
    document.end()
}

/// The content stream of a page, compressed.
struct Page {
    content: Vec<u8>,
    replaced: Vec<char>,
}

impl Page {
    fn draw(sheet: &Sheet, labels: &[Label]) -> Result<Self, Error> {
        let mut content = Content::with_settings(Settings { pretty: false });
        content.transform([(1.0 / POINT) as f32, 0.0, 0.0, (1.0 / POINT) as f32, 0.0, 0.0]); // millimetres from here on
        content.set_line_width(FRAME as f32);
        let mut replaced = Vec::new();
        for (place, label) in labels.iter().enumerate() {
            let drawing = Drawing::of(label, &sheet.stock)?;
            let (left, top) = sheet.corner(place);
            for mark in &drawing.marks {
                paint(&mut content, mark, left, sheet.page_height_mm - top);
            }
            replaced.extend(drawing.replaced);
        }
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&content.finish())?;
        Ok(Self { content: encoder.finish()?, replaced })
    }
}

/// Paints a mark of the label whose upper left corner is given; in PDF the ordinate grows upwards.
fn paint(content: &mut Content, mark: &Mark, left: f64, top: f64) {
    match mark {
        Mark::Symbol { symbol, x, y, module } => {
            let module = *module as f32;
            content.save_state();
            content.transform([module, 0.0, 0.0, -module, rounded(left + x), rounded(top - y)]);
            for r in symbol.rectangles() {
                content.rect(r.x as f32, r.y as f32, r.width as f32, r.height as f32);
            }
            // One path for the whole symbol: readers then show no hairlines between rectangles that touch.
            content.fill_nonzero().restore_state();
        }
        Mark::Text { text, x, y, style } => {
            let font = if style.weight == Weight::Bold { Name(b"B") } else { Name(b"R") };
            content.begin_text().set_font(font, rounded(style.size));
            content.next_line(rounded(left + x), rounded(top - y)).show(Str(&win_ansi(text))).end_text();
        }
        Mark::Frame { x, y, width, height } => {
            content.rect(rounded(left + x), rounded(top - y - height), rounded(*width), rounded(*height)).stroke();
        }
    }
}

/// A tenth of a micrometre is finer than any printer and keeps the numbers short.
fn rounded(mm: f64) -> f32 {
    ((mm * 10_000.0).round() / 10_000.0) as f32
}

/// A PDF file that is being written, with the place of each object for the cross-reference table.
struct Document<W> {
    out: W,
    offsets: Vec<u64>,
    printed: Printed,
}

impl<W: Write> Document<W> {
    fn begin(out: W) -> Result<Self, Error> {
        let mut document = Self { out, offsets: vec![0; FIRST_PAGE as usize - 1], printed: Printed::default() };
        document.write(b"%PDF-1.7\n%\x80\x80\x80\x80\n")?;
        for (font, name) in [(REGULAR, b"Helvetica".as_slice()), (BOLD, b"Helvetica-Bold")] {
            document.object(font, |chunk| {
                chunk.type1_font(font).base_font(Name(name)).encoding_predefined(Name(b"WinAnsiEncoding"));
            })?;
        }
        Ok(document)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.out.write_all(bytes)?;
        self.printed.bytes += bytes.len() as u64;
        Ok(())
    }

    /// Writes one object and notes where it begins.
    fn object(&mut self, id: Ref, fill: impl FnOnce(&mut Chunk)) -> Result<(), Error> {
        let mut chunk = Chunk::with_settings(Settings { pretty: false });
        fill(&mut chunk);
        let place = id.get() as usize - 1;
        if place >= self.offsets.len() {
            self.offsets.resize(place + 1, 0);
        }
        self.offsets[place] = self.printed.bytes;
        self.write(chunk.as_bytes())
    }

    fn page_id(place: usize) -> Ref {
        Ref::new(FIRST_PAGE + 2 * place as i32)
    }

    fn page(&mut self, sheet: &Sheet, page: Page) -> Result<(), Error> {
        let id = Self::page_id(self.printed.pages);
        let content_id = Ref::new(id.get() + 1);
        let size = Rect::new(0.0, 0.0, (sheet.page_width_mm / POINT) as f32, (sheet.page_height_mm / POINT) as f32);
        self.object(id, |chunk| {
            let mut dictionary = chunk.page(id);
            dictionary.parent(PAGES).media_box(size).contents(content_id);
            dictionary.resources().fonts().pair(Name(b"R"), REGULAR).pair(Name(b"B"), BOLD);
        })?;
        self.object(content_id, |chunk| {
            chunk.stream(content_id, &page.content).filter(Filter::FlateDecode);
        })?;
        self.printed.pages += 1;
        self.printed.replaced.extend(page.replaced);
        Ok(())
    }

    fn end(mut self) -> Result<Printed, Error> {
        let pages = self.printed.pages;
        self.object(PAGES, |chunk| {
            chunk.pages(PAGES).count(pages as i32).kids((0..pages).map(Self::page_id));
        })?;
        self.object(INFORMATION, |chunk| {
            let mut information = chunk.indirect(INFORMATION).start::<pdf_writer::writers::DocumentInfo<'_>>();
            information.title(TextStr("Labels")).producer(TextStr("Theriac"));
        })?;
        self.object(CATALOG, |chunk| {
            let mut catalog = chunk.indirect(CATALOG).start::<pdf_writer::writers::Catalog<'_>>();
            catalog.pages(PAGES);
            let mut preferences = catalog.viewer_preferences();
            preferences.pair(Name(b"PrintScaling"), Name(b"None"));
            preferences.finish();
        })?;
        self.cross_reference_table()?;
        self.out.flush()?;
        Ok(self.printed)
    }

    /// The cross-reference table and the trailer (ISO 32000-1, sections 7.5.4 and 7.5.5).
    fn cross_reference_table(&mut self) -> Result<(), Error> {
        let begin = self.printed.bytes;
        let count = self.offsets.len() + 1;
        let mut table = format!("xref\n0 {count}\n0000000000 65535 f \n");
        for offset in &self.offsets {
            table += &format!("{offset:010} 00000 n \n");
        }
        let (root, information) = (CATALOG.get(), INFORMATION.get());
        table +=
            &format!("trailer\n<</Size {count}/Root {root} 0 R/Info {information} 0 R>>\nstartxref\n{begin}\n%%EOF\n");
        self.write(table.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::label::layout::tests::label;

    fn numbered(count: usize) -> impl Iterator<Item = Label> {
        (0..count).map(|number| Label { serial: Some(format!("SERIAL{number}")), ..label() })
    }

    /// The objects of a PDF file, found through its cross-reference table as a reader does.
    fn objects(pdf: &[u8]) -> Vec<&[u8]> {
        let text = String::from_utf8_lossy(pdf);
        let begin: usize = text.rsplit("startxref\n").next().unwrap().lines().next().unwrap().parse().unwrap();
        let table = std::str::from_utf8(&pdf[begin..]).unwrap();
        let offsets = table.lines().skip(3).take_while(|line| line.ends_with(" n "));
        let mut begins: Vec<usize> = offsets.map(|line| line[..10].parse().unwrap()).collect();
        for (place, offset) in begins.iter().enumerate() {
            assert!(pdf[*offset..].starts_with(format!("{} 0 obj", place + 1).as_bytes()), "object {}", place + 1);
        }
        begins.push(begin);
        let end = |offset: usize| begins.iter().copied().filter(|&other| other > offset).min().unwrap();
        begins[..begins.len() - 1].iter().map(|&offset| &pdf[offset..end(offset)]).collect()
    }

    fn content(object: &[u8]) -> String {
        let start = object.windows(7).position(|window| window == b"stream\n").unwrap() + 7;
        let mut plain = Vec::new();
        flate2::read::ZlibDecoder::new(&object[start..]).read_to_end(&mut plain).unwrap();
        plain.into_iter().map(char::from).collect()
    }

    #[test]
    fn labels_stand_in_order_on_as_many_pages_as_they_need() {
        let mut pdf = Vec::new();
        let printed = write_pdf(&mut pdf, &Sheet::LETTER_2X5, numbered(23)).unwrap();
        assert_eq!((printed.labels, printed.pages, printed.bytes), (23, 3, pdf.len() as u64));
        let objects = objects(&pdf);
        assert_eq!(objects.len(), 5 + 2 * 3);
        let contents: Vec<String> = (0..3).map(|page| content(objects[6 + 2 * page])).collect();
        for number in 0..23 {
            let page = &contents[number / 10];
            assert_eq!(page.matches(&format!("(SERIAL{number})")).count(), 1);
        }
        assert_eq!(contents[2].matches("(Scan to verify)").count(), 3);
        let pages = String::from_utf8_lossy(objects[1]);
        assert!(pages.contains("/Count 3") && pages.contains("[6 0 R 8 0 R 10 0 R]"), "{pages}");
    }

    #[test]
    fn batches_join_without_a_seam() {
        let mut pdf = Vec::new();
        let printed = write_pdf(&mut pdf, &Sheet::A4_3X8, numbered(BATCH + 30)).unwrap();
        assert_eq!((printed.labels, printed.pages), (1030, 43));
        assert!(content(objects(&pdf)[6 + 2 * 42]).contains("(SERIAL1029)"));
    }

    #[test]
    fn no_labels_make_an_empty_document_and_a_wrong_one_says_why() {
        let mut pdf = Vec::new();
        assert_eq!(write_pdf(&mut pdf, &Sheet::A4_3X8, []).unwrap().pages, 0);
        assert_eq!(objects(&pdf).len(), 5);
        let wrong = Label { digital_link: "no URI".into(), ..label() };
        assert!(matches!(write_pdf(Vec::new(), &Sheet::A4_3X8, [wrong]), Err(Error::NotAUri { .. })));
    }

    #[test]
    fn characters_outside_win_ansi_are_told() {
        let foreign = Label { title: "Dőry (test) \\ €".into(), ..label() };
        let mut pdf = Vec::new();
        assert_eq!(foreign.replaced(), BTreeSet::from(['ő']));
        let printed = write_pdf(&mut pdf, &Sheet::single(Sheet::A4_3X8.stock), [foreign]).unwrap();
        assert_eq!(printed.replaced, BTreeSet::from(['ő']));
    }
}
