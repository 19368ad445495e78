//! Labels and symbols as PNG pictures at the resolution of the printer.

use ab_glyph::{Font, PxScale, point};

use super::{
    Error, Label, Stock, Symbol,
    layout::{Drawing, FRAME, Mark},
    symbol::Rectangle,
    text::Style,
};

impl Label {
    /// The label as a greyscale PNG picture, one pixel per dot of the stock; the resolution stands in its header.
    pub fn to_png(&self, stock: &Stock) -> Result<Vec<u8>, Error> {
        let drawing = Drawing::of(self, stock)?;
        let pixels_per_mm = 1.0 / stock.dot();
        let pixels = |mm: f64| (mm * pixels_per_mm).round() as usize;
        let mut canvas = Canvas::new(pixels(stock.width_mm), pixels(stock.height_mm));
        for mark in &drawing.marks {
            match mark {
                Mark::Symbol { symbol, x, y, module } => canvas.symbol(symbol, pixels(*x), pixels(*y), pixels(*module)),
                Mark::Text { text, x, y, style } => {
                    canvas.text(text, x * pixels_per_mm, y * pixels_per_mm, *style, pixels_per_mm)
                }
                Mark::Frame { x, y, width, height } => {
                    let line = pixels(FRAME).max(1);
                    canvas.frame(
                        Rectangle { x: pixels(*x), y: pixels(*y), width: pixels(*width), height: pixels(*height) },
                        line,
                    );
                }
            }
        }
        canvas.encode(Some(stock.dots_per_inch))
    }
}

impl Symbol {
    /// The symbol with its quiet zone as a PNG picture, with this many pixels (at least one) per module.
    pub fn to_png(&self, pixels_per_module: usize) -> Result<Vec<u8>, Error> {
        let module = pixels_per_module.max(1);
        let side = self.columns_with_quiet_zone() * module;
        let quiet = self.print_rules().quiet_zone * module;
        let mut canvas = Canvas::new(side, side);
        canvas.symbol(self, quiet, quiet, module);
        canvas.encode(None)
    }
}

/// Grey pixels, white at first.
struct Canvas {
    width: usize,
    height: usize,
    grey: Vec<u8>,
}

impl Canvas {
    fn new(width: usize, height: usize) -> Self {
        Self { width, height, grey: vec![255; width * height] }
    }

    /// Makes a pixel darker; what lies outside is not painted.
    fn darken(&mut self, x: usize, y: usize, coverage: f32) {
        if x < self.width && y < self.height {
            let grey = &mut self.grey[y * self.width + x];
            *grey = (f32::from(*grey) * (1.0 - coverage.clamp(0.0, 1.0))).round() as u8;
        }
    }

    fn fill(&mut self, area: Rectangle) {
        for y in area.y..area.y + area.height {
            for x in area.x..area.x + area.width {
                self.darken(x, y, 1.0);
            }
        }
    }

    fn symbol(&mut self, symbol: &Symbol, x: usize, y: usize, module: usize) {
        for r in symbol.rectangles() {
            self.fill(Rectangle {
                x: x + r.x * module,
                y: y + r.y * module,
                width: r.width * module,
                height: r.height * module,
            });
        }
    }

    fn frame(&mut self, area: Rectangle, line: usize) {
        let Rectangle { x, y, width, height } = area;
        let horizontal = Rectangle { height: line, ..area };
        let vertical = Rectangle { width: line, ..area };
        self.fill(horizontal);
        self.fill(Rectangle { y: (y + height).saturating_sub(line), ..horizontal });
        self.fill(vertical);
        self.fill(Rectangle { x: (x + width).saturating_sub(line), ..vertical });
    }

    /// Text in outlines, anti-aliased; the point is the left end of the baseline, in pixels.
    fn text(&mut self, text: &str, x: f64, y: f64, style: Style, pixels_per_mm: f64) {
        let font = style.weight.outlines();
        let em = font.units_per_em().unwrap_or(2048.0);
        // ab_glyph scales by ascent and descent, the size of a style is that of the em.
        let scale = PxScale::from((style.size * pixels_per_mm) as f32 * font.height_unscaled() / em);
        for (place, character) in text.char_indices() {
            let advance = style.width(&text[..place]) * pixels_per_mm;
            let glyph = font.glyph_id(character).with_scale_and_position(scale, point((x + advance) as f32, y as f32));
            let Some(outline) = font.outline_glyph(glyph) else { continue };
            let corner = outline.px_bounds().min;
            outline.draw(|dx, dy, coverage| {
                let (x, y) = (corner.x + dx as f32, corner.y + dy as f32);
                if x >= 0.0 && y >= 0.0 {
                    self.darken(x as usize, y as usize, coverage);
                }
            });
        }
    }

    fn encode(&self, dots_per_inch: Option<u32>) -> Result<Vec<u8>, Error> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_pixel_dims(dots_per_inch.map(|dots| {
            let per_metre = (f64::from(dots) / 0.0254).round() as u32;
            png::PixelDimensions { xppu: per_metre, yppu: per_metre, unit: png::Unit::Meter }
        }));
        encoder
            .write_header()
            .and_then(|mut writer| writer.write_image_data(&self.grey))
            .map_err(std::io::Error::from)?;
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{layout::tests::label, text::Weight};

    #[test]
    fn a_label_has_the_size_and_resolution_of_its_stock() {
        let stock = Stock { dots_per_inch: 600, ..Stock::default() };
        let file = label().to_png(&stock).unwrap();
        let reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let info = reader.info();
        assert_eq!((info.width, info.height), (1500, 801));
        assert_eq!(info.pixel_dims.map(|dims| dims.xppu), Some(23622));
    }

    #[test]
    fn text_leaves_its_ink_where_it_was_measured() {
        let style = Style { weight: Weight::Bold, size: 10.0 };
        let mut canvas = Canvas::new(200, 40);
        canvas.text("Hamburg", 10.0, 30.0, style, 2.0);
        let inked: Vec<usize> = (0..200).filter(|x| (0..40).any(|y| canvas.grey[y * 200 + x] < 128)).collect();
        let right = 10.0 + style.width("Hamburg") * 2.0;
        assert!((10..14).contains(&inked[0]), "{inked:?}");
        assert!((right - 3.0..right + 1.0).contains(&(inked[inked.len() - 1] as f64)), "{inked:?} {right}");
        let below = (0..200).any(|x| canvas.grey[33 * 200 + x] < 128);
        assert!(below, "the g reaches below the baseline");
    }
}
