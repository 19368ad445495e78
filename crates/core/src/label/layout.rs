//! Where things stand on a label: measures in millimetres from the upper left corner.
//!
//! ```text
//! ┌────────────────────────────────────┐
//! │ Title                              │
//! │ Maker                              │
//! │ ▛▀▀▀▜  [LOT] A1             ▙▚▞▚▜  │
//! │ ▌QR ▐  [EXP] 2027-12-31     ▙▞▚▞▐  │
//! │ ▙▄▄▄▟  (01)…  (17)…  (10)…   UDI   │
//! │ Scan…  ┌ scratch code ───────────┐ │
//! └────────────────────────────────────┘
//! ```
//!
//! The symbols get the largest X-dimension that leaves the text readable, never one below what GS1 allows:
//! a label that would need it is refused. Modules are whole dots of the printer and begin on a dot, because
//! a thermal printer would otherwise make some modules wider than others (GS1 General Specifications,
//! section 5.12, on adjusting the X-dimension to the resolution of the printer).

use std::ops::RangeInclusive;

use super::{
    Error, Label, Symbol,
    column::{Column, Entry},
    text::{POINT, Style, Weight, printable},
};

/// The piece of paper that one label is printed on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stock {
    /// Width in millimetres.
    pub width_mm: f64,
    /// Height in millimetres.
    pub height_mm: f64,
    /// Resolution of the printer; modules are whole dots of it.
    pub dots_per_inch: u32,
}

impl Default for Stock {
    /// 63.5 × 33.9 mm at 300 dots per inch, the label of [`Sheet::A4_3X8`](super::Sheet::A4_3X8).
    fn default() -> Self {
        Self { width_mm: 63.5, height_mm: 33.9, dots_per_inch: 300 }
    }
}

impl Stock {
    /// Millimetres of a dot.
    pub(crate) fn dot(&self) -> f64 {
        25.4 / f64::from(self.dots_per_inch)
    }

    /// Refuses measures that no label has, so that what follows may divide and round without care.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let sane = |mm: f64| (5.0..=500.0).contains(&mm);
        if sane(self.width_mm) && sane(self.height_mm) && (72..=2400).contains(&self.dots_per_inch) {
            return Ok(());
        }
        Err(Error::Measures(format!(
            "a label of {} × {} mm at {} dots per inch cannot be made: give 5 to 500 mm and 72 to 2400 dots per inch",
            self.width_mm, self.height_mm, self.dots_per_inch
        )))
    }

    fn too_small(&self, what: &'static str) -> Error {
        Error::LabelTooSmall { width_mm: self.width_mm, height_mm: self.height_mm, what }
    }
}

/// A label as marks to be painted.
#[derive(Debug)]
pub(crate) struct Drawing {
    pub(crate) stock: Stock,
    pub(crate) marks: Vec<Mark>,
    /// Characters that the fonts lack and that are printed as `?`.
    pub(crate) replaced: Vec<char>,
}

#[derive(Debug)]
pub(crate) enum Mark {
    /// A symbol whose first module, not its quiet zone, begins at the point.
    Symbol { symbol: Symbol, x: f64, y: f64, module: f64 },
    /// A line of text; the point is the left end of its baseline.
    Text { text: String, x: f64, y: f64, style: Style },
    /// The outline of a box.
    Frame { x: f64, y: f64, width: f64, height: f64 },
}

/// Thickness of a frame's line in millimetres.
pub(crate) const FRAME: f64 = 0.15;

const MARGIN: f64 = 1.5;
const GAP: f64 = 1.2;
const HEADING_GAP: f64 = 0.5;
/// A quiet zone keeps this far from the edge, for labels that are cut a little off.
const EDGE: f64 = 0.5;
/// The quiet zone of a DataMatrix is narrow; with this its modules end about where the text of the heading does.
const MATRIX_EDGE: f64 = 1.1;
/// From one baseline to the next, in em.
pub(crate) const LINE: f64 = 1.25;
/// From the top of a line to its baseline, in em.
pub(crate) const ASCENT: f64 = 0.85;

impl Drawing {
    /// Encodes the symbols of a label and places everything.
    pub(crate) fn of(label: &Label, stock: &Stock) -> Result<Self, Error> {
        stock.check()?;
        let qr = Symbol::qr(&label.digital_link)?;
        let data_matrix = Symbol::gs1_data_matrix(&label.element_string)?;
        let mut drawing = Self { stock: *stock, marks: Vec::new(), replaced: Vec::new() };
        let top = drawing.heading(label) + HEADING_GAP;
        let entries = drawing.entries(label);
        let body = Body::new(stock, top, label.scratch_code.is_some());
        let arranged = body.arrange(&qr, &data_matrix, &entries)?;

        let left = EDGE + arranged.qr.side() + GAP / 2.0;
        let right = stock.width_mm - MATRIX_EDGE - arranged.data_matrix.side();
        drawing.marks.extend(arranged.column.marks(left, top));
        if let Some(code) = &label.scratch_code {
            drawing.scratch_field(code, left, &body)?;
        }
        let caption = Style { weight: Weight::Regular, size: body.caption };
        drawing.symbol(qr, arranged.qr, EDGE, top, "Scan to verify", caption);
        let caption = Style { weight: Weight::Bold, ..caption };
        drawing.symbol(data_matrix, arranged.data_matrix, right, top, "UDI", caption);
        Ok(drawing)
    }

    fn text(&mut self, text: impl Into<String>, x: f64, y: f64, style: Style) {
        self.marks.push(Mark::Text { text: text.into(), x, y, style });
    }

    /// Title and maker; returns where the body begins.
    fn heading(&mut self, label: &Label) -> f64 {
        let width = self.stock.width_mm - 2.0 * MARGIN;
        let mut top = MARGIN;
        for (text, weight, points) in [(&label.title, Weight::Bold, 8.0), (&label.maker, Weight::Regular, 6.0)] {
            if text.is_empty() {
                continue;
            }
            let style = Style { weight, size: points * POINT * scale(&self.stock) };
            let text = printable(text, &mut self.replaced);
            let (text, fitted) = style.fit(&text, width, style.size * 0.8);
            self.text(text, MARGIN, top + style.size * ASCENT, fitted);
            top += style.size * LINE;
        }
        top
    }

    /// The words of ISO 15223-1 with their values, then the human readable interpretation.
    fn entries(&mut self, label: &Label) -> Vec<Entry> {
        let words = [("LOT", &label.lot), ("SN", &label.serial), ("EXP", &label.expiry), ("MFD", &label.made)];
        let worded = words.into_iter().filter_map(|(word, value)| value.as_deref().map(|value| (Some(word), value)));
        let interpretation = label.human_readable.iter().map(|line| (None, line.as_str()));
        worded
            .chain(interpretation)
            .map(|(word, value)| Entry { word, value: printable(value, &mut self.replaced) })
            .collect()
    }

    /// A symbol with its caption, for the upper left corner of the quiet zone.
    fn symbol(&mut self, symbol: Symbol, size: Size, x: f64, y: f64, caption: &str, style: Style) {
        let middle = x + size.side() / 2.0;
        self.text(caption, middle - style.width(caption) / 2.0, y + size.side() + style.size * ASCENT, style);
        let quiet = symbol.print_rules().quiet_zone as f64 * size.module;
        let dot = self.stock.dot();
        let on_dot = |mm: f64| (mm / dot).round() * dot;
        self.marks.push(Mark::Symbol { symbol, x: on_dot(x + quiet), y: on_dot(y + quiet), module: size.module });
    }

    /// The frame of the scratch code, along the lower edge, from the QR symbol to the right margin.
    fn scratch_field(&mut self, code: &str, x: f64, body: &Body<'_>) -> Result<(), Error> {
        let (y, height) = (body.text_bottom + GAP / 2.0, body.scratch_height);
        let width = self.stock.width_mm - MARGIN - x;
        self.marks.push(Mark::Frame { x, y, width, height });
        let code = printable(code, &mut self.replaced);
        let style = Style { weight: Weight::Bold, size: height * 0.62 };
        let (fitted, style) = style.fit(&code, width - GAP, 3.5 * POINT);
        if fitted != code {
            return Err(self.stock.too_small("scratch code"));
        }
        self.text(fitted, x + (width - style.width(&code)) / 2.0, y + height / 2.0 + style.size * 0.36, style);
        Ok(())
    }
}

/// Letters grow a little with the label.
fn scale(stock: &Stock) -> f64 {
    (stock.height_mm / 34.0).clamp(0.7, 1.6)
}

/// The sides of a symbol.
#[derive(Debug, Clone, Copy)]
struct Size {
    /// X-dimension in millimetres.
    module: f64,
    /// Modules with the quiet zone.
    columns: usize,
}

impl Size {
    fn side(self) -> f64 {
        self.module * self.columns as f64
    }
}

/// What lies below the heading: QR symbol, text, DataMatrix, and perhaps the scratch field below the latter two.
struct Body<'a> {
    stock: &'a Stock,
    top: f64,
    /// Lower edge of the text column.
    text_bottom: f64,
    scratch_height: f64,
    /// Size of the captions' letters.
    caption: f64,
}

struct Arranged {
    qr: Size,
    data_matrix: Size,
    column: Column,
}

impl<'a> Body<'a> {
    fn new(stock: &'a Stock, top: f64, with_scratch_field: bool) -> Self {
        let scale = scale(stock);
        let scratch_height = if with_scratch_field { 3.8 * scale } else { 0.0 };
        let below = if with_scratch_field { scratch_height + GAP / 2.0 } else { 0.0 };
        let text_bottom = stock.height_mm - MARGIN - below;
        Self { stock, top, text_bottom, scratch_height, caption: 4.8 * POINT * scale }
    }

    /// The largest symbols beside which the text fits. The QR symbol, the larger of the two, gives way first.
    fn arrange(&self, qr: &Symbol, data_matrix: &Symbol, entries: &[Entry]) -> Result<Arranged, Error> {
        let qr_height = self.stock.height_mm - EDGE - self.top - self.caption * LINE;
        let qr_sizes = self.sizes(qr, qr_height, self.stock.width_mm * 0.45);
        let qr_sizes = qr_sizes.ok_or_else(|| self.stock.too_small("QR symbol"))?;
        let matrix_height = self.text_bottom - self.top - self.caption * LINE;
        let matrix_sizes = self.sizes(data_matrix, matrix_height, self.stock.width_mm * 0.24);
        let matrix_sizes = matrix_sizes.ok_or_else(|| self.stock.too_small("DataMatrix symbol"))?;

        let size = |symbol: &Symbol, dots: u32| Size {
            module: f64::from(dots) * self.stock.dot(),
            columns: symbol.columns_with_quiet_zone(),
        };
        for matrix_dots in matrix_sizes.rev() {
            for qr_dots in qr_sizes.clone().rev() {
                let (qr, data_matrix) = (size(qr, qr_dots), size(data_matrix, matrix_dots));
                let width = self.stock.width_mm - EDGE - MATRIX_EDGE - GAP - qr.side() - data_matrix.side();
                let height = self.text_bottom - self.top;
                if let Some(column) = Column::fit(entries, width, height, 7.0 * POINT * scale(self.stock)) {
                    return Ok(Arranged { qr, data_matrix, column });
                }
            }
        }
        Err(self.stock.too_small("text"))
    }

    /// The X-dimensions in dots that GS1 allows and that fit the height and, but for the least, the width
    /// that the symbol should keep to. `None` where even the least is too high.
    fn sizes(&self, symbol: &Symbol, height: f64, width: f64) -> Option<RangeInclusive<u32>> {
        let rules = symbol.print_rules();
        let dot_micrometres = self.stock.dot() * 1000.0;
        let least = (f64::from(rules.smallest) / dot_micrometres).ceil();
        let side = symbol.columns_with_quiet_zone() as f64 * self.stock.dot();
        let fitting = (height.min(width) / side).min(f64::from(rules.largest) / dot_micrometres).floor();
        (least * side <= height).then_some(least as u32..=fitting.max(least) as u32)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(crate) fn label() -> Label {
        Label {
            title: "Patient monitor IntelliVue-class, 12\" touch display".into(),
            maker: "Example Medical Systems GmbH, Hauptstraße 1, 71034 Böblingen, Germany".into(),
            digital_link: "https://id.gs1.org/01/09506000134352/10/LOT2025A/21/SN0000000042?17=301231".into(),
            element_string: "0109506000134352112501011730123110LOT2025A\u{1d}21SN0000000042".into(),
            human_readable: ["(01)09506000134352", "(11)250101", "(17)301231", "(10)LOT2025A", "(21)SN0000000042"]
                .map(String::from)
                .to_vec(),
            lot: Some("LOT2025A".into()),
            serial: Some("SN0000000042".into()),
            expiry: Some("2030-12-31".into()),
            made: Some("2025-01-01".into()),
            scratch_code: None,
        }
    }

    /// The box that a mark needs, quiet zone included: left, top, right, bottom.
    fn extent(mark: &Mark) -> [f64; 4] {
        match mark {
            Mark::Symbol { symbol, x, y, module } => {
                let quiet = symbol.print_rules().quiet_zone as f64 * module;
                let side = symbol.columns_with_quiet_zone() as f64 * module;
                [x - quiet, y - quiet, x - quiet + side, y - quiet + side]
            }
            Mark::Text { text, x, y, style } => {
                [*x, y - style.size * 0.72, x + style.width(text), y + style.size * 0.22]
            }
            Mark::Frame { x, y, width, height } => [*x, *y, x + width, y + height],
        }
    }

    fn overlap(a: [f64; 4], b: [f64; 4]) -> bool {
        const DOT: f64 = 0.1; // symbols are moved to whole dots
        a[0] + DOT < b[2] && b[0] + DOT < a[2] && a[1] + DOT < b[3] && b[1] + DOT < a[3]
    }

    fn assert_sound(drawing: &Drawing) {
        let stock = drawing.stock;
        for (place, mark) in drawing.marks.iter().enumerate() {
            let [left, top, right, bottom] = extent(mark);
            assert!(
                left > 0.0 && top > 0.0 && right < stock.width_mm && bottom < stock.height_mm,
                "{mark:?} is outside"
            );
            for other in &drawing.marks[place + 1..] {
                let framed = matches!((mark, other), (Mark::Frame { .. }, Mark::Text { .. }));
                assert!(framed || !overlap(extent(mark), extent(other)), "{mark:?} is on {other:?}");
            }
            if let Mark::Symbol { symbol, module, .. } = mark {
                let rules = symbol.print_rules();
                assert!((f64::from(rules.smallest)..=f64::from(rules.largest)).contains(&(module * 1000.0)));
            }
        }
    }

    #[test]
    fn nothing_overlaps_or_leaves_the_label() {
        for scratch_code in [None, Some("7K3M-9QXR-2VHT-PA5C".to_owned())] {
            for (width_mm, height_mm) in [(63.5, 33.9), (101.6, 50.8), (101.6, 33.9), (150.0, 100.0)] {
                for dots_per_inch in [203, 300, 600] {
                    let label = Label { scratch_code: scratch_code.clone(), ..label() };
                    assert_sound(&Drawing::of(&label, &Stock { width_mm, height_mm, dots_per_inch }).unwrap());
                }
            }
        }
    }

    #[test]
    fn stock_that_is_too_small_is_refused_with_the_reason() {
        let of = |width_mm, height_mm| Drawing::of(&label(), &Stock { width_mm, height_mm, dots_per_inch: 300 });
        assert!(matches!(of(60.0, 20.0), Err(Error::LabelTooSmall { what: "QR symbol", .. })));
        assert!(matches!(of(32.0, 60.0), Err(Error::LabelTooSmall { what: "text", .. })));
        assert!(matches!(of(f64::NAN, 60.0), Err(Error::Measures(_))));
        let many = Label { human_readable: vec!["(91)".to_owned() + &"W".repeat(90); 4], ..label() };
        assert!(matches!(Drawing::of(&many, &Stock::default()), Err(Error::LabelTooSmall { what: "text", .. })));
    }

    #[test]
    fn long_names_are_shortened_but_identifiers_never() {
        let long = Label { title: "long ".repeat(60), serial: Some("X".repeat(20)), ..label() };
        let drawing = Drawing::of(&long, &Stock::default()).unwrap();
        let texts: Vec<&str> = drawing
            .marks
            .iter()
            .filter_map(|mark| if let Mark::Text { text, .. } = mark { Some(text.as_str()) } else { None })
            .collect();
        assert!(texts[0].ends_with('…'));
        assert!(texts.concat().contains(&"X".repeat(20)));
        assert_eq!(texts.iter().filter(|text| text.ends_with('…')).count(), 1);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn whatever_is_printed_is_sound(
            title in ".{0,80}", lot in "[!-~]{1,20}", serial in "[!-~]{1,20}",
            width_mm in 40.0..120.0f64, height_mm in 25.0..80.0f64, scratched: bool,
        ) {
            let label = Label {
                human_readable: vec![format!("(10){lot}"), format!("(21){serial}")],
                title, lot: Some(lot), serial: Some(serial),
                scratch_code: scratched.then(|| "7K3M9QXR2VHTPA5C".to_owned()),
                ..label()
            };
            match Drawing::of(&label, &Stock { width_mm, height_mm, dots_per_inch: 300 }) {
                Ok(drawing) => assert_sound(&drawing),
                Err(error) => prop_assert!(matches!(error, Error::LabelTooSmall { .. }), "{error}"),
            }
        }
    }
}
