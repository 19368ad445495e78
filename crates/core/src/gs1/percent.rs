//! Percent-encoding (RFC 3986 §2.1) of the data fields in a GS1 Digital Link, which are all ASCII.

/// Text in a link that cannot be decoded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not percent-encoded ASCII")]
pub struct PercentError(pub String);

/// Encodes everything but the unreserved characters of RFC 3986 §2.3.
pub(crate) fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Decodes; `+` is a plus, since no data field holds a space.
pub(crate) fn percent_decode(text: &str) -> Result<String, PercentError> {
    let wrong = || PercentError(text.to_owned());
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        rest = &rest[character.len_utf8()..];
        let character = if character == '%' {
            let (digits, behind) = rest.split_at_checked(2).ok_or_else(wrong)?;
            rest = behind;
            let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            u8::from_str_radix(digits, 16)
                .ok()
                .filter(|byte| is_hex && byte.is_ascii())
                .map(char::from)
                .ok_or_else(wrong)?
        } else {
            character
        };
        if !character.is_ascii() {
            return Err(wrong());
        }
        decoded.push(character);
    }
    Ok(decoded)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn encodes_what_is_not_unreserved() {
        assert_eq!(percent_encode("aZ0-._~"), "aZ0-._~");
        assert_eq!(percent_encode("A+B/(1)%"), "A%2BB%2F%281%29%25");
        assert_eq!(percent_decode("A+B%2f%28"), Ok("A+B/(".to_owned()));
        for wrong in ["%", "%4", "%+1", "%G0", "%C3%A9", "é"] {
            assert_eq!(percent_decode(wrong), Err(PercentError(wrong.to_owned())));
        }
    }

    proptest! {
        #[test]
        fn ascii_round_trips(text in "[ -~]{0,30}") {
            prop_assert_eq!(percent_decode(&percent_encode(&text)), Ok(text));
        }

        #[test]
        fn never_panics(text in ".*|[%0-9a-f]{0,12}") {
            let _ = percent_decode(&text);
        }
    }
}
