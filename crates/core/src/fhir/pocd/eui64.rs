//! EUI-64 (IEEE): the 8 octets that name a device in the world.

/// Whether a text is an EUI-64 as the guide writes it: octets with hyphens between them, or 16 hexadecimal digits.
pub(in crate::fhir) fn is_eui64(text: &str) -> bool {
    is_hyphenated(text) || (text.len() == 16 && text.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

/// Whether a text has the form with hyphens, which little else has.
pub(in crate::fhir) fn is_hyphenated(text: &str) -> bool {
    text.len() == 23
        && text.bytes().enumerate().all(|(place, byte)| match place % 3 {
            2 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
