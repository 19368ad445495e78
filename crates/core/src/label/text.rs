//! Text on labels: which characters can be printed, how wide they are, and how a line is made to fit.
//!
//! PDF readers bring Helvetica along (ISO 32000-1, section 9.6.2.2); a PNG picture needs the outlines.
//! Arimo has the widths of Helvetica and serves for both measuring and painting, so all outputs agree.
//! Its file holds the characters of WinAnsiEncoding, which is what the built-in fonts of PDF can show.

use std::{borrow::Cow, sync::LazyLock};

use ab_glyph::{Font, FontRef};

/// Millimetres of a typographic point.
pub(crate) const POINT: f64 = 25.4 / 72.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

/// A weight with its size (height of the em) in millimetres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Style {
    pub(crate) weight: Weight,
    pub(crate) size: f64,
}

struct Face {
    outlines: FontRef<'static>,
    /// Advance widths in em, by WinAnsi code.
    widths: [f32; 256],
}

static REGULAR: LazyLock<Face> = LazyLock::new(|| Face::parse(include_bytes!("fonts/Arimo-Regular-WinAnsi.ttf")));
static BOLD: LazyLock<Face> = LazyLock::new(|| Face::parse(include_bytes!("fonts/Arimo-Bold-WinAnsi.ttf")));

impl Face {
    fn parse(file: &'static [u8]) -> Self {
        let outlines = FontRef::try_from_slice(file).expect("the font is part of this program and parses in its tests");
        let em = outlines.units_per_em().unwrap_or(2048.0);
        let mut widths = [0.0; 256];
        for (code, width) in widths.iter_mut().enumerate() {
            if let Some(character) = from_win_ansi(code as u8) {
                *width = outlines.h_advance_unscaled(outlines.glyph_id(character)) / em;
            }
        }
        Self { outlines, widths }
    }
}

impl Weight {
    fn face(self) -> &'static Face {
        match self {
            Self::Regular => &REGULAR,
            Self::Bold => &BOLD,
        }
    }

    /// The outlines of the font, for pictures.
    pub(crate) fn outlines(self) -> &'static FontRef<'static> {
        &self.face().outlines
    }
}

impl Style {
    /// Width of a text in millimetres.
    pub(crate) fn width(self, text: &str) -> f64 {
        let widths = &self.weight.face().widths;
        self.size * win_ansi(text).iter().map(|&code| f64::from(widths[usize::from(code)])).sum::<f64>()
    }

    /// Makes a text fit a width: first smaller letters, down to `smallest`, then an ellipsis.
    pub(crate) fn fit(self, text: &str, width: f64, smallest: f64) -> (Cow<'_, str>, Self) {
        let natural = self.width(text);
        let size = if natural > width { (self.size * width / natural).max(smallest) } else { self.size };
        let style = Self { size, ..self };
        if style.width(text) <= width + 1e-9 {
            return (Cow::Borrowed(text), style);
        }
        let mut kept = text.trim_end().to_owned();
        while !kept.is_empty() && style.width(&kept) + style.width("…") > width {
            kept.pop();
            kept.truncate(kept.trim_end().len());
        }
        (Cow::Owned(kept + "…"), style)
    }

    /// Breaks a text, which may have no spaces, into lines that fit a width.
    pub(crate) fn wrap(self, text: &str, width: f64) -> Vec<String> {
        let mut lines = vec![String::new()];
        let mut used = 0.0;
        for character in text.chars() {
            let advance = self.width(character.encode_utf8(&mut [0; 4]));
            if used + advance > width
                && let Some(line) = lines.last()
                && !line.is_empty()
            {
                lines.push(String::new());
                used = 0.0;
            }
            if let Some(line) = lines.last_mut() {
                line.push(character);
            }
            used += advance;
        }
        lines
    }
}

/// The text with every character that the fonts lack replaced by `?`; the lacking ones are added to `replaced`.
pub(crate) fn printable(text: &str, replaced: &mut Vec<char>) -> String {
    text.chars()
        .map(|character| {
            if to_win_ansi(character).is_some() {
                return character;
            }
            replaced.push(character);
            '?'
        })
        .collect()
}

/// The text in WinAnsiEncoding; what it lacks becomes `?`.
pub(crate) fn win_ansi(text: &str) -> Vec<u8> {
    text.chars().map(|character| to_win_ansi(character).unwrap_or(b'?')).collect()
}

/// Codes 0x80 to 0x9F of WinAnsiEncoding (ISO 32000-1, annex D.2); a space where the code is not used.
const HIGH_CONTROLS: [char; 32] = [
    '€', ' ', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', ' ', 'Ž', ' ', //
    ' ', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', ' ', 'ž', 'Ÿ',
];

fn to_win_ansi(character: char) -> Option<u8> {
    match character {
        ' '..='~' | '\u{a0}'..='ÿ' => u8::try_from(u32::from(character)).ok(),
        _ => HIGH_CONTROLS.iter().position(|&c| c == character).map(|place| 0x80 + place as u8),
    }
}

fn from_win_ansi(code: u8) -> Option<char> {
    match code {
        0x00..=0x1f | 0x7f => None,
        0x80..=0x9f => Some(HIGH_CONTROLS[usize::from(code) - 0x80]).filter(|&c| c != ' '),
        _ => Some(char::from(code)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEN: Style = Style { weight: Weight::Regular, size: 10.0 };

    #[test]
    fn widths_are_those_of_helvetica() {
        // Adobe's font metrics of Helvetica and Helvetica-Bold, in thousandths of an em.
        let bold = Style { weight: Weight::Bold, ..TEN };
        for (style, text, thousandths) in [
            (TEN, "A", 667),
            (TEN, "i", 222),
            (TEN, "0", 556),
            (TEN, "€", 556),
            (bold, "A", 722),
            (bold, "(", 333),
            (bold, "…", 1000),
        ] {
            assert!((style.width(text) - f64::from(thousandths) / 100.0).abs() < 0.02, "{text} {}", style.width(text));
        }
    }

    #[test]
    fn every_code_of_win_ansi_has_a_glyph_and_goes_both_ways() {
        for code in 0..=255u8 {
            if let Some(character) = from_win_ansi(code) {
                assert_eq!(to_win_ansi(character), Some(code));
                for weight in [Weight::Regular, Weight::Bold] {
                    assert_ne!(weight.outlines().glyph_id(character).0, 0, "{character:?}");
                }
            }
        }
    }

    #[test]
    fn what_cannot_be_printed_is_replaced_and_told() {
        let mut replaced = Vec::new();
        assert_eq!(printable("Müller 株 €\n", &mut replaced), "Müller ? €?");
        assert_eq!(replaced, ['株', '\n']);
    }

    #[test]
    fn a_long_line_shrinks_first_and_is_shortened_then() {
        let text = "Infusion pump, syringe";
        let natural = TEN.width(text);
        let (same, style) = TEN.fit(text, natural, 6.0);
        assert_eq!((same.as_ref(), style.size), (text, 10.0));
        let (same, style) = TEN.fit(text, natural * 0.7, 6.0);
        assert_eq!(same, text);
        assert!((style.size - 7.0).abs() < 1e-9);
        let (short, style) = TEN.fit(text, natural * 0.4, 6.0);
        assert_eq!(style.size, 6.0);
        assert!(short.ends_with('…') && style.width(&short) <= natural * 0.4, "{short}");
    }

    proptest! {
        #[test]
        fn wrapping_loses_nothing_and_fits(text in "[ -~]{0,60}", width in 10.0..80.0f64) {
            let lines = TEN.wrap(&text, width);
            prop_assert_eq!(lines.concat(), text);
            for line in lines {
                prop_assert!(TEN.width(&line) <= width + 1e-6 || line.chars().count() == 1);
            }
        }

        #[test]
        fn fitting_fits(text in ".{0,60}", width in 12.0..80.0f64) {
            let (text, style) = TEN.fit(&text, width, 5.0);
            prop_assert!(style.width(&text) <= width + 1e-6);
        }
    }
}
