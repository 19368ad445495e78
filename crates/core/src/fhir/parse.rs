//! Reads JSON (RFC 8259) into a [`Json`] tree, with places of faults and with bounds.

use super::error::{FhirError, position};
use super::json::{Decimal, Json, Object};
use super::{MAX_BYTES, MAX_DEPTH};

/// What is wrong, and at which byte.
type Fault = (usize, String);

pub(super) fn parse(text: &[u8]) -> Result<Json, FhirError> {
    if text.len() > MAX_BYTES {
        return Err(FhirError::TooLarge { size: text.len(), limit: MAX_BYTES });
    }
    let read = match std::str::from_utf8(text) {
        Ok(text) => Reader { text, at: 0 }.document(),
        Err(fault) => Err((fault.valid_up_to(), "this is not UTF-8: write the file in UTF-8".to_owned())),
    };
    read.map_err(|(at, reason)| {
        let (line, column) = position(text, at);
        FhirError::Json { line, column, reason }
    })
}

/// Whether this is a number of JSON (RFC 8259, section 6).
pub(super) fn is_number(text: &[u8]) -> bool {
    number(text) == Some(text.len()) && !text.is_empty()
}

/// The length of the number that the text begins with.
fn number(text: &[u8]) -> Option<usize> {
    let digits = |from: usize| text[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut at = usize::from(text.first() == Some(&b'-'));
    at += match text.get(at)? {
        b'0' => 1,
        b'1'..=b'9' => digits(at),
        _ => return None,
    };
    if text.get(at) == Some(&b'.') {
        at += 1 + Some(digits(at + 1)).filter(|count| *count > 0)?;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        at += 1 + sign;
        at += Some(digits(at)).filter(|count| *count > 0)?;
    }
    Some(at)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn document(mut self) -> Result<Json, Fault> {
        if self.text.starts_with('\u{feff}') {
            return self.fault("the file begins with a byte order mark, which JSON may not have: remove it");
        }
        let value = self.value(0)?;
        self.space();
        match self.peek() {
            None => Ok(value),
            Some(_) => self.fault("more text after the document: remove it"),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn fault<T>(&self, reason: impl Into<String>) -> Result<T, Fault> {
        Err((self.at, reason.into()))
    }

    /// What was due and is not there.
    fn due<T>(&self, what: &str) -> Result<T, Fault> {
        match self.text[self.at..].chars().next() {
            Some(found) => self.fault(format!("{what} is due, not {found:?}")),
            None => self.fault(format!("the document ends where {what} is due: it was cut off")),
        }
    }

    fn value(&mut self, depth: usize) -> Result<Json, Fault> {
        self.space();
        match self.peek() {
            Some(b'{' | b'[') if depth == MAX_DEPTH => {
                self.fault(format!("nested more than {MAX_DEPTH} deep, which no resource is"))
            }
            Some(b'{') => self.object(depth + 1),
            Some(b'[') => self.array(depth + 1),
            Some(b'"') => self.string().map(Json::String),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            _ => self.due("a value"),
        }
    }

    fn word(&mut self, word: &str, value: Json) -> Result<Json, Fault> {
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return self.due("a value");
        }
        self.at += word.len();
        Ok(value)
    }

    fn number(&mut self) -> Result<Json, Fault> {
        let rest = &self.text[self.at..];
        let Some(length) = number(rest.as_bytes()) else {
            return self.fault("a number is written as -12.50 or 1e-3, without leading zeros");
        };
        self.at += length;
        Ok(Json::Number(Decimal::checked(&rest[..length])))
    }

    fn array(&mut self, depth: usize) -> Result<Json, Fault> {
        self.at += 1;
        let mut items = Vec::new();
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Json::Array(items));
        }
        loop {
            items.push(self.value(depth)?);
            if self.ends(b']', "`,` or `]`")? {
                return Ok(Json::Array(items));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, Fault> {
        self.at += 1;
        let mut fields: Vec<(String, Json)> = Vec::with_capacity(4);
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Json::Object(Object::new()));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return self.due("a property in double quotes");
            }
            let start = self.at;
            let name = self.string()?;
            if fields.len() < SMALL && fields.iter().any(|(known, _)| *known == name) {
                return Err((start, twice(&name)));
            }
            self.space();
            if self.peek() != Some(b':') {
                return self.due("`:`");
            }
            self.at += 1;
            fields.push((name, self.value(depth)?));
            if self.ends(b'}', "`,` or `}`")? {
                break;
            }
        }
        self.unique(&fields)?;
        Ok(Json::Object(Object::unique(fields)))
    }

    /// Whether the list or object ends here; else a comma has been read.
    fn ends(&mut self, end: u8, due: &str) -> Result<bool, Fault> {
        self.space();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(false)
            }
            Some(byte) if byte == end => {
                self.at += 1;
                Ok(true)
            }
            _ => self.due(due),
        }
    }

    /// Names beyond the first [`SMALL`] are looked at together, so that a large object costs no square of its size.
    fn unique(&self, fields: &[(String, Json)]) -> Result<(), Fault> {
        if fields.len() <= SMALL {
            return Ok(());
        }
        let mut names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        match names.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => self.fault(twice(pair[0])),
            None => Ok(()),
        }
    }

    fn string(&mut self) -> Result<String, Fault> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            let Some(plain) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f)) else {
                self.at = self.text.len();
                return self.fault("the document ends inside a string: it was cut off");
            };
            text.push_str(&self.text[self.at..self.at + plain]);
            self.at += plain;
            match rest[plain] {
                b'"' => {
                    self.at += 1;
                    return Ok(text);
                }
                b'\\' => text.push(self.escape()?),
                _ => return self.fault("a control character inside a string: write it as \\n or \\u0000"),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Fault> {
        let start = self.at;
        let Some(kind) = self.text.as_bytes().get(start + 1) else {
            return self.fault("the document ends inside a string: it was cut off");
        };
        self.at += 2;
        match kind {
            b'"' | b'\\' | b'/' => Ok(char::from(*kind)),
            b'b' => Ok('\u{8}'),
            b'f' => Ok('\u{c}'),
            b'n' => Ok('\n'),
            b'r' => Ok('\r'),
            b't' => Ok('\t'),
            b'u' => {
                self.unicode().ok_or((start, "\\u needs four hexadecimal digits, and surrogates in pairs".to_owned()))
            }
            _ => Err((start, "JSON has no such escape: write the backslash itself as \\\\".to_owned())),
        }
    }

    fn unicode(&mut self) -> Option<char> {
        let first = self.four_digits()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first);
        }
        if !self.text.as_bytes()[self.at..].starts_with(b"\\u") {
            return None;
        }
        self.at += 2;
        let second = self.four_digits()?;
        let low = second.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
        char::from_u32(0x10000 + ((first - 0xd800) << 10) + low)
    }

    fn four_digits(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }
}

/// How many properties are compared one by one.
const SMALL: usize = 24;

fn twice(name: &str) -> String {
    let name: String = name.chars().take(80).collect();
    format!("the property `{name}` stands twice, and every reader would believe another: remove one")
}
