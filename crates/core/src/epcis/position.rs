//! Where in a text a place of its JSON stands.

use jsonc_parser::ast::Value;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

/// A text whose places can be found.
pub(super) struct Positions<'a> {
    root: Option<Value<'a>>,
    /// Where every line but the first begins.
    lines: Vec<usize>,
}

impl<'a> Positions<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let parsed = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default());
        let lines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(place, _)| place + 1).collect();
        Self { root: parsed.ok().and_then(|parsed| parsed.value), lines }
    }

    /// The line, counted from 1, on which what a JSON pointer (RFC 6901) names begins: for a field its name. Where the text has
    /// no such place, that of the nearest thing around it; 1 for text that is not JSON.
    pub(super) fn line(&self, pointer: &str) -> usize {
        let Some(mut value) = self.root.as_ref() else { return 1 };
        let mut start = value.range().start;
        for segment in pointer.split('/').skip(1) {
            let name = segment.replace("~1", "/").replace("~0", "~");
            let next = match value {
                Value::Object(object) => object
                    .properties
                    .iter()
                    .find(|property| property.name.as_str() == name)
                    .map(|property| (property.range().start, &property.value)),
                Value::Array(array) => {
                    let element = name.parse().ok().and_then(|index: usize| array.elements.get(index));
                    element.map(|element| (element.range().start, element))
                }
                _ => None,
            };
            let Some((place, below)) = next else { break };
            (start, value) = (place, below);
        }
        1 + self.lines.partition_point(|line| *line <= start)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn finds_fields_elements_and_what_is_nearest() {
        let text = "{\n \"a/b\": [\n  1,\n  {\"c\":\n   true}\n ],\n \"é\": 2\n}";
        let cases = [
            ("", 1),
            ("/a~1b", 2),
            ("/a~1b/0", 3),
            ("/a~1b/1", 4),
            ("/a~1b/1/c", 4),
            ("/a~1b/7", 2),
            ("/é", 7),
            ("/x", 1),
        ];
        for (pointer, line) in cases {
            assert_eq!(Positions::of(text).line(pointer), line, "{pointer}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in ".*", pointer in ".*") {
            Positions::of(&text).line(&pointer);
        }
    }
}
