//! Labels and symbols as SVG 1.1, in millimetres.

use std::fmt::Write;

use super::{
    Error, Label, Stock, Symbol,
    layout::{Drawing, FRAME, Mark},
    text::Weight,
};

impl Label {
    /// The label as an SVG document of the size of its stock.
    pub fn to_svg(&self, stock: &Stock) -> Result<String, Error> {
        let drawing = Drawing::of(self, stock)?;
        let mut body = String::new();
        for mark in &drawing.marks {
            body += &element(mark);
        }
        Ok(document(stock.width_mm, stock.height_mm, &body))
    }
}

impl Symbol {
    /// The symbol with its quiet zone as an SVG document, for modules of this width.
    pub fn to_svg(&self, module_mm: f64) -> String {
        let side = self.columns_with_quiet_zone() as f64 * module_mm;
        let quiet = self.print_rules().quiet_zone as f64 * module_mm;
        document(side, side, &path(self, quiet, quiet, module_mm))
    }
}

fn document(width: f64, height: f64, body: &str) -> String {
    let (width, height) = (Mm(width), Mm(height));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}mm\" height=\"{height}mm\" \
         viewBox=\"0 0 {width} {height}\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n{body}</svg>\n"
    )
}

fn element(mark: &Mark) -> String {
    match mark {
        Mark::Symbol { symbol, x, y, module } => path(symbol, *x, *y, *module),
        Mark::Text { text, x, y, style } => {
            let weight = if style.weight == Weight::Bold { " font-weight=\"bold\"" } else { "" };
            // textLength keeps the text in its place where the reader has another font than Helvetica.
            format!(
                "<text x=\"{}\" y=\"{}\" font-family=\"Helvetica, Arimo, Arial, sans-serif\" font-size=\"{}\"{weight} \
                 textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\" xml:space=\"preserve\">{}</text>\n",
                Mm(*x),
                Mm(*y),
                Mm(style.size),
                Mm(style.width(text)),
                escape(text)
            )
        }
        Mark::Frame { x, y, width, height } => format!(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"none\" stroke=\"#000\" stroke-width=\"{FRAME}\"/>\n",
            Mm(*x),
            Mm(*y),
            Mm(*width),
            Mm(*height)
        ),
    }
}

/// The dark modules as one path in units of modules, without anti-aliasing, so that no hairlines show between them.
fn path(symbol: &Symbol, x: f64, y: f64, module: f64) -> String {
    let mut outlines = String::new();
    for r in symbol.rectangles() {
        // Writing to a String cannot fail.
        let _ = write!(outlines, "M{} {}h{}v{}h-{}z", r.x, r.y, r.width, r.height, r.width);
    }
    let (x, y, module) = (Mm(x), Mm(y), Mm(module));
    format!(
        "<path transform=\"translate({x} {y}) scale({module})\" shape-rendering=\"crispEdges\" d=\"{outlines}\"/>\n"
    )
}

/// A measure with at most four decimals.
struct Mm(f64);

impl std::fmt::Display for Mm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = format!("{:.4}", self.0);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::layout::tests::label;

    #[test]
    fn the_svg_of_a_label_is_the_known_one() {
        let label = Label { title: "Scalpel <10> & blade".into(), ..label() };
        insta::assert_snapshot!(label.to_svg(&Stock::default()).unwrap());
    }

    #[test]
    fn a_symbol_has_its_quiet_zone() {
        let symbol = Symbol::gs1_data_matrix("010950600013435210A").unwrap();
        let svg = symbol.to_svg(0.5);
        let side = (symbol.columns() + 2) as f64 * 0.5;
        assert!(svg.contains(&format!("width=\"{side}mm\"")), "{svg}");
        assert!(svg.contains("translate(0.5 0.5) scale(0.5)"), "{svg}");
    }
}
