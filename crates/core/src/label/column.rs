//! The text between the two symbols of a label.

use super::{
    layout::{ASCENT, LINE, Mark},
    text::{POINT, Style, Weight},
};

/// One piece of text: perhaps a word in a box, and its value.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) word: Option<&'static str>,
    pub(crate) value: String,
}

/// The entries, broken into lines that fit, and the size of letters at which they do.
#[derive(Debug)]
pub(crate) struct Column {
    size: f64,
    lines: Vec<(Option<&'static str>, String)>,
    /// Where values begin that have a word before them.
    indent: f64,
}

/// Letters smaller than this cannot be read without a lens.
const SMALLEST: f64 = 4.0 * POINT;
/// Between the worded lines and the human readable interpretation, in em.
const GROUP_GAP: f64 = 0.35;
/// Between a letter of the word and its box, in em.
const PADDING: f64 = 0.14;

impl Column {
    /// The largest letters at which all entries fit the width and height, unbroken where that is possible.
    pub(crate) fn fit(entries: &[Entry], width: f64, height: f64, largest: f64) -> Option<Self> {
        let sizes =
            || std::iter::successors(Some(largest), |size| Some(size * 0.96)).take_while(|&size| size >= SMALLEST);
        let unbroken =
            sizes().find_map(|size| Self::at(size, entries, width, height).filter(|c| c.lines.len() == entries.len()));
        unbroken.or_else(|| sizes().find_map(|size| Self::at(size, entries, width, height)))
    }

    fn at(size: f64, entries: &[Entry], width: f64, height: f64) -> Option<Self> {
        let (value, word) = styles(size);
        let words = entries.iter().filter_map(|entry| entry.word);
        let widest = words.map(|text| word.width(text)).fold(0.0, f64::max);
        let indent = widest + 5.0 * PADDING * size;
        let mut lines = Vec::new();
        for entry in entries {
            let room = if entry.word.is_some() { width - indent } else { width };
            if room < value.size * 2.0 {
                return None;
            }
            let mut rest = value.wrap(&entry.value, room).into_iter();
            lines.extend(rest.next().map(|first| (entry.word, first)));
            lines.extend(rest.map(|line| (entry.word.map(|_| ""), line)));
        }
        (size * (lines.len() as f64 * LINE + GROUP_GAP) <= height).then_some(Self { size, lines, indent })
    }

    /// The marks, for the upper left corner of the column.
    pub(crate) fn marks(self, x: f64, y: f64) -> Vec<Mark> {
        let (value, word_style) = styles(self.size);
        let worded = self.lines.first().is_some_and(|(word, _)| word.is_some());
        let mut marks = Vec::new();
        for (place, (word, text)) in self.lines.into_iter().enumerate() {
            let group = if word.is_none() && worded { GROUP_GAP } else { 0.0 };
            let baseline = y + self.size * (place as f64 * LINE + ASCENT + group);
            let start = if word.is_some() { x + self.indent } else { x };
            if let Some(word) = word.filter(|word| !word.is_empty()) {
                let box_width = self.indent - 2.0 * PADDING * self.size;
                marks.push(Mark::Frame {
                    x,
                    y: baseline - self.size * 0.82,
                    width: box_width,
                    height: self.size * 0.98,
                });
                let x = x + (box_width - word_style.width(word)) / 2.0;
                marks.push(Mark::Text { text: word.to_owned(), x, y: baseline - self.size * 0.04, style: word_style });
            }
            marks.push(Mark::Text { text, x: start, y: baseline, style: value });
        }
        marks
    }
}

/// The styles of values and of words; the latter are smaller, to stand within their boxes.
fn styles(size: f64) -> (Style, Style) {
    (Style { weight: Weight::Regular, size }, Style { weight: Weight::Bold, size: size * 0.8 })
}
