//! The GS1 modulo-10 check digit (GS1 General Specifications §7.9.1).

/// A check digit that does not fit the digits before it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the check digit of `{digits}` is {found}, it should be {expected}: one of the digits was misread or mistyped")]
pub struct CheckDigitError {
    /// All digits, the check digit last.
    pub digits: String,
    /// The check digit that the others ask for.
    pub expected: u8,
    /// The check digit that was there.
    pub found: u8,
}

/// The check digit to write after `payload`; `None` if that holds anything but digits.
pub fn check_digit(payload: &str) -> Option<u8> {
    let mut sum = 0_u32;
    // The weights run 3, 1, 3, … from the right, whatever the length of the key.
    for (place, byte) in payload.bytes().rev().enumerate() {
        let digit = u32::from(byte.is_ascii_digit().then(|| byte - b'0')?);
        sum = (sum + if place % 2 == 0 { 3 * digit } else { digit }) % 10;
    }
    Some(((10 - sum) % 10) as u8)
}

/// Compares the last digit of `digits` with the one that the others ask for. Text that is not two digits or more
/// holds no check digit and is let through: who calls has said already what is wrong with it.
pub(crate) fn verify(digits: &str) -> Result<(), CheckDigitError> {
    let Some((payload, last)) = digits.split_at_checked(digits.len().saturating_sub(1)) else { return Ok(()) };
    match (check_digit(payload), last.parse::<u8>()) {
        (Some(expected), Ok(found)) if expected != found => {
            Err(CheckDigitError { digits: digits.to_owned(), expected, found })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn agrees_with_the_general_specifications() {
        // The worked example of §7.9.1 (GTIN-13 629104150021 → 3), a GTIN-8, an SSCC and a UPC.
        for (payload, digit) in [("629104150021", 3), ("9638507", 4), ("37610425002123456", 9), ("61414112345", 2)] {
            assert_eq!(check_digit(payload), Some(digit), "{payload}");
        }
        assert_eq!(check_digit("12a"), None);
    }

    #[test]
    fn tells_the_digit_that_fits() {
        assert_eq!(
            verify("6291041500214"),
            Err(CheckDigitError { digits: "6291041500214".into(), expected: 3, found: 4 })
        );
    }

    proptest! {
        #[test]
        fn finds_every_single_wrong_digit(payload in "[0-9]{1,20}", place in any::<prop::sample::Index>(), step in 1_u8..10) {
            let digit = check_digit(&payload).unwrap();
            let right = format!("{payload}{digit}");
            prop_assert_eq!(verify(&right), Ok(()));

            let mut wrong = right.into_bytes();
            let place = place.index(wrong.len());
            wrong[place] = b'0' + (wrong[place] - b'0' + step) % 10;
            prop_assert!(verify(std::str::from_utf8(&wrong).unwrap()).is_err());
        }

        #[test]
        fn never_panics(text in ".*") {
            check_digit(&text);
            let _ = verify(&text);
        }
    }
}
