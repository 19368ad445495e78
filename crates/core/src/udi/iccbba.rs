//! ICCBBA: labels of medical products of human origin and of containers of blood (ISBT 128 Standard Technical
//! Specification; FDA, "UDI formats by FDA-Accredited Issuing Agency", version 1.3).
//!
//! Every data structure has a data identifier, which begins with `=` or `&`, and a fixed length, so they follow each
//! other without separators.

use super::{Datum, Di, DiError, Udi};
use crate::gs1::date::{self, DateError};
use crate::gs1::{Lot, Serial, TextError};
use crate::ids::Agency;

/// The data identifier of the donation identification number, in [`Udi::other`].
pub const DONATION: &str = "=";

/// A kind of data structure.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    CompoundMessage,
    Di,
    Serial,
    Donation,
    Expires,
    Made,
    Lot,
}

/// What identifies a structure, its length behind that, what it holds. Longer identifiers stand first; `=` alone is
/// last, since every donation number begins with it.
const STRUCTURES: &[(&str, usize, Kind, &str)] = &[
    ("&,1", 18, Kind::Lot, "lot of the product (MPHO)"),
    ("=+", 5, Kind::CompoundMessage, "compound message"),
    ("=/", 16, Kind::Di, "device identifier"),
    ("=)", 10, Kind::Di, "device identifier of a container"),
    ("=,", 6, Kind::Serial, "serial"),
    ("=>", 6, Kind::Expires, "date of expiry"),
    ("=}", 6, Kind::Made, "date of manufacture"),
    ("&)", 10, Kind::Lot, "lot of a container"),
    (DONATION, 15, Kind::Donation, "donation identification number"),
];

/// An ISBT 128 code that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IccbbaError {
    /// No data structure of a UDI.
    #[error(
        "at character {position}: `{text}` begins no data structure of a UDI: expected =/ (device), =, (serial), => \
         (expiry), =}} (manufacture), = and a donation number, &,1 (lot), or =) and &) for containers of blood"
    )]
    Structure {
        /// The place in the text, counted from 1.
        position: usize,
        /// What stands there.
        text: String,
    },
    /// A data structure that is too short, or holds other characters than capital letters and digits.
    #[error("at character {position}: the {what} takes {length} capital letters or digits, here stands `{text}`")]
    Data {
        /// The place in the text, counted from 1.
        position: usize,
        /// Which structure.
        what: &'static str,
        /// Its length.
        length: usize,
        /// What stands there.
        text: String,
    },
    /// The same data structure twice, with different data.
    #[error("at character {position}: the {what} stands twice, with different values")]
    Conflict {
        /// The place of the second, counted from 1.
        position: usize,
        /// Which structure.
        what: &'static str,
    },
    /// No device identifier.
    #[error("there is no device identifier: =/ and 16 characters, or =) and 10 for a container of blood")]
    NoDi,
    /// A wrong device identifier.
    #[error(transparent)]
    Di(#[from] DiError),
    /// A wrong date.
    #[error(transparent)]
    Date(#[from] DateError),
    /// A wrong lot or serial.
    #[error(transparent)]
    Text(#[from] TextError),
    /// Data that ISBT 128 has no place for.
    #[error("an ISBT 128 code has no place for `{0}`")]
    CannotWrite(String),
}

/// 16 characters for products of human origin (facility, product, product description), 10 for containers.
pub(super) fn is_di(di: &str) -> bool {
    matches!(di.len(), 10 | 16) && is_data(di)
}

fn is_data(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// Reads data structures in any order; people may have put spaces between them.
pub(super) fn parse(text: &str) -> Result<Udi, IccbbaError> {
    let mut found: Vec<(Kind, &str, &str)> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(behind) = rest.strip_prefix(' ') {
            rest = behind;
            continue;
        }
        let position = text.chars().count() - rest.chars().count() + 1;
        let (identifier, length, kind, what) =
            structure(rest).ok_or_else(|| IccbbaError::Structure { position, text: rest.chars().take(4).collect() })?;
        let data = &rest[identifier.len()..];
        let (data, behind) = data
            .split_at_checked(length)
            .filter(|(data, _)| is_data(data))
            .ok_or_else(|| IccbbaError::Data { position, what, length, text: data.chars().take(length).collect() })?;
        match found.iter().find(|(present, ..)| *present == kind) {
            Some((_, same, _)) if *same == data => {}
            Some(_) => return Err(IccbbaError::Conflict { position, what }),
            None => found.push((kind, data, identifier)),
        }
        rest = behind;
    }
    assemble(&found)
}

fn structure(text: &str) -> Option<(&'static str, usize, Kind, &'static str)> {
    let begins = |identifier: &str, kind: Kind| {
        text.strip_prefix(identifier).is_some_and(|data| {
            // The plain = of a donation number must not swallow structures that are none of a UDI, as =%.
            kind != Kind::Donation || data.starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit())
        })
    };
    STRUCTURES.iter().copied().find(|(identifier, _, kind, _)| begins(identifier, *kind))
}

fn assemble(found: &[(Kind, &str, &str)]) -> Result<Udi, IccbbaError> {
    let di = found.iter().find(|(kind, ..)| *kind == Kind::Di).ok_or(IccbbaError::NoDi)?.1;
    let mut udi = Udi::new(Di::new(Agency::Iccbba, di)?);
    for (kind, data, identifier) in found {
        match kind {
            // The compound message only counts the structures that follow.
            Kind::CompoundMessage | Kind::Di => {}
            Kind::Serial => udi.serial = Some(Serial::new(*data)?),
            Kind::Donation => {
                udi.other.push(Datum { identifier: (*identifier).to_owned(), value: (*data).to_owned() });
            }
            Kind::Expires => udi.expires = Some(date::parse_yyyjjj(data)?),
            Kind::Made => udi.made = Some(date::parse_yyyjjj(data)?),
            Kind::Lot => udi.lot = Some(Lot::new(*data)?),
        }
    }
    Ok(udi)
}

/// Writes the code of `udi` in the order of the FDA's example.
pub(super) fn write(udi: &Udi) -> Result<String, IccbbaError> {
    if let Some(time) = udi.expires_time {
        return Err(IccbbaError::CannotWrite(time.to_string()));
    }
    let is_container = udi.di.as_str().len() == 10;
    let (di, lot) = if is_container { ("=)", "&)") } else { ("=/", "&,1") };
    let mut text = format!("{di}{}", udi.di);
    let mut append = |identifier: &str, data: &str| {
        let fits = STRUCTURES.iter().any(|(known, length, ..)| *known == identifier && *length == data.len());
        if !fits || !is_data(data) {
            return Err(IccbbaError::CannotWrite(data.to_owned()));
        }
        text.push_str(identifier);
        text.push_str(data);
        Ok(())
    };
    if let Some(serial) = &udi.serial {
        append("=,", serial.as_str())?;
    }
    for datum in &udi.other {
        if datum.identifier != DONATION {
            return Err(IccbbaError::CannotWrite(datum.identifier.clone()));
        }
        append(DONATION, &datum.value)?;
    }
    if let Some(day) = udi.expires {
        append("=>", &date::to_yyyjjj(day))?;
    }
    if let Some(day) = udi.made {
        append("=}", &date::to_yyyjjj(day))?;
    }
    if let Some(number) = &udi.lot {
        append(lot, number.as_str())?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const EXAMPLE: &str = "=/A9999XYZ100T0944=,000025=A99971312345600=>014032=}013032&,1000000000000XYZ123";

    #[test]
    fn reads_the_examples_of_the_fda() {
        let udi = parse(EXAMPLE).unwrap();
        assert_eq!((udi.di.agency(), udi.di.as_str()), (Agency::Iccbba, "A9999XYZ100T0944"));
        assert_eq!(udi.serial, Some(Serial::new("000025").unwrap()));
        assert_eq!(udi.lot, Some(Lot::new("000000000000XYZ123").unwrap()));
        assert_eq!((udi.expires, udi.made), (Some(date(2014, 2, 1)), Some(date(2013, 2, 1))));
        assert_eq!(udi.other, [Datum { identifier: "=".into(), value: "A99971312345600".into() }]);
        assert_eq!(write(&udi).as_deref(), Ok(EXAMPLE));
        assert_eq!(parse(&format!("=+06000{EXAMPLE}")), Ok(udi));

        let bag = parse("=)1TE123456A &)RZ12345678").unwrap();
        assert_eq!((bag.di.as_str(), bag.lot), ("1TE123456A", Some(Lot::new("RZ12345678").unwrap())));
    }

    #[test]
    fn says_what_is_wrong() {
        let error = |text: &str| parse(text).unwrap_err().to_string();
        assert!(error("=,000025").contains("there is no device identifier"));
        assert!(error("=/A9999XYZ100T0944=%5100").starts_with("at character 19: `=%51` begins no data structure"));
        assert_eq!(
            error("=/A9999XYZ100T0944=,0000"),
            "at character 19: the serial takes 6 capital letters or digits, here stands `0000`"
        );
        assert!(error("=/A9999xyz100T0944").contains("here stands `A9999xyz100T0944`"));
        assert!(error("=/A9999XYZ100T0944=>014366").contains("is not a day of the calendar"));
        assert!(error("=/A9999XYZ100T0944=,000025=,000026").contains("the serial stands twice"));
        assert!(error("=/é").contains("device identifier takes 16"));
    }

    fn any_udi() -> impl Strategy<Value = Udi> {
        let day = (1900_i16..2900, 1_i8..=12, 1_i8..=28).prop_map(|(y, m, d)| date(y, m, d));
        let di_and_lot = prop_oneof![
            ("[0-9A-Z]{16}", prop::option::of("[0-9A-Z]{18}")),
            ("[0-9A-Z]{10}", prop::option::of("[0-9A-Z]{10}")),
        ];
        let donation = prop::option::of("[0-9A-Z]{15}");
        (di_and_lot, prop::option::of("[0-9A-Z]{6}"), donation, prop::option::of(day.clone()), prop::option::of(day))
            .prop_map(|((di, lot), serial, donation, made, expires)| Udi {
                lot: lot.map(|lot| Lot::new(lot).unwrap()),
                serial: serial.map(|serial| Serial::new(serial).unwrap()),
                made,
                expires,
                other: donation.map(|value| Datum { identifier: DONATION.into(), value }).into_iter().collect(),
                ..Udi::new(Di::new(Agency::Iccbba, &di).unwrap())
            })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(udi in any_udi()) {
            let text = write(&udi).unwrap();
            prop_assert_eq!(parse(&text), Ok(udi), "{}", text);
        }

        #[test]
        fn never_panics(text in "(=/[0-9A-Z]{16})?([=&][/,)>}+1]{0,2}[0-9A-Zé ]{0,18}){0,5}|.*") {
            let _ = parse(&text);
        }
    }
}
