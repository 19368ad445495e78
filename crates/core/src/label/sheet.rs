//! Sheets of labels as stationers sell them.

use super::{Error, Stock};

/// A page with a grid of labels. The constants are common sheets; any other is described by its measures, or
/// is a single label per page ([`Sheet::single`]), as label printers on a roll take it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sheet {
    /// Width of the page in millimetres.
    pub page_width_mm: f64,
    /// Height of the page in millimetres.
    pub page_height_mm: f64,
    /// Labels from left to right.
    pub columns: usize,
    /// Labels from top to bottom.
    pub rows: usize,
    /// From the left edge of the page to the first label.
    pub left_mm: f64,
    /// From the upper edge of the page to the first label.
    pub top_mm: f64,
    /// From the left edge of a label to that of the next.
    pub column_pitch_mm: f64,
    /// From the upper edge of a label to that of the next.
    pub row_pitch_mm: f64,
    /// A label.
    pub stock: Stock,
}

impl Sheet {
    /// A4, 3 × 8 labels of 63.5 × 33.9 mm (Avery L7159).
    pub const A4_3X8: Self = Self {
        page_width_mm: 210.0,
        page_height_mm: 297.0,
        columns: 3,
        rows: 8,
        left_mm: 7.2,
        top_mm: 12.9,
        column_pitch_mm: 66.05,
        row_pitch_mm: 33.9,
        stock: Stock { width_mm: 63.5, height_mm: 33.9, dots_per_inch: 300 },
    };

    /// US Letter, 2 × 7 labels of 4 × 1⅓ inches (Avery 5162).
    pub const LETTER_2X7: Self = Self {
        page_width_mm: 215.9,
        page_height_mm: 279.4,
        columns: 2,
        rows: 7,
        left_mm: 3.97,
        top_mm: 21.17,
        column_pitch_mm: 106.36,
        row_pitch_mm: 33.866,
        stock: Stock { width_mm: 101.6, height_mm: 33.866, dots_per_inch: 300 },
    };

    /// US Letter, 2 × 5 labels of 4 × 2 inches (Avery 5163).
    pub const LETTER_2X5: Self = Self {
        rows: 5,
        top_mm: 12.7,
        row_pitch_mm: 50.8,
        stock: Stock { width_mm: 101.6, height_mm: 50.8, dots_per_inch: 300 },
        ..Self::LETTER_2X7
    };

    /// One label per page.
    pub fn single(stock: Stock) -> Self {
        Self {
            page_width_mm: stock.width_mm,
            page_height_mm: stock.height_mm,
            columns: 1,
            rows: 1,
            left_mm: 0.0,
            top_mm: 0.0,
            column_pitch_mm: stock.width_mm,
            row_pitch_mm: stock.height_mm,
            stock,
        }
    }

    /// Labels on a page.
    pub fn labels_per_page(&self) -> usize {
        self.columns * self.rows
    }

    /// The left and upper edges of the label at this place, counted along the rows from 0.
    pub(crate) fn corner(&self, place: usize) -> (f64, f64) {
        let (row, column) = (place / self.columns, place % self.columns);
        (self.left_mm + column as f64 * self.column_pitch_mm, self.top_mm + row as f64 * self.row_pitch_mm)
    }

    /// Refuses a grid that overlaps itself or leaves the page.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.stock.check()?;
        const TOLERANCE: f64 = 0.05; // stationers round to hundredths of an inch or tenths of a millimetre
        let along = |start: f64, pitch: f64, count: usize, size: f64, page: f64| {
            let end = start + pitch * (count.saturating_sub(1)) as f64 + size;
            count > 0 && start >= 0.0 && (count == 1 || pitch >= size - TOLERANCE) && end <= page + TOLERANCE
        };
        let across = along(self.left_mm, self.column_pitch_mm, self.columns, self.stock.width_mm, self.page_width_mm);
        let down = along(self.top_mm, self.row_pitch_mm, self.rows, self.stock.height_mm, self.page_height_mm);
        if across && down {
            return Ok(());
        }
        Err(Error::Measures(format!(
            "{} × {} labels of {} × {} mm do not fit a page of {} × {} mm with these margins and pitches: \
             measure the sheet again",
            self.columns, self.rows, self.stock.width_mm, self.stock.height_mm, self.page_width_mm, self.page_height_mm
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_sheets_are_sound_and_centred() {
        for sheet in [Sheet::A4_3X8, Sheet::LETTER_2X7, Sheet::LETTER_2X5, Sheet::single(Stock::default())] {
            sheet.check().unwrap();
            let (last_x, last_y) = sheet.corner(sheet.labels_per_page() - 1);
            let right = sheet.page_width_mm - last_x - sheet.stock.width_mm;
            let below = sheet.page_height_mm - last_y - sheet.stock.height_mm;
            assert!(
                (right - sheet.left_mm).abs() < 0.1 && (below - sheet.top_mm).abs() < 0.1,
                "{sheet:?} {right} {below}"
            );
        }
    }

    #[test]
    fn a_grid_that_cannot_be_is_refused() {
        let sheet = Sheet::A4_3X8;
        for wrong in [
            Sheet { columns: 4, ..sheet },
            Sheet { rows: 0, ..sheet },
            Sheet { row_pitch_mm: 20.0, ..sheet },
            Sheet { left_mm: -1.0, ..sheet },
            Sheet { page_width_mm: f64::NAN, ..sheet },
        ] {
            assert!(matches!(wrong.check(), Err(Error::Measures(_))), "{wrong:?}");
        }
    }
}
