//! HIBC: the labels of the Health Industry Business Communications Council (ANSI/HIBC 2.6, Supplier Labeling Standard).
//!
//! A UDI is one string: `+`, the primary data (labeler, product, unit of measure), then segments behind `/`, then one
//! check character over everything before it. Read are all date and quantity forms of the secondary data and the
//! supplements serial, manufacture, expiry and quantity; written are the forms `$$3` and `$$4`.

use jiff::civil::{Date, Time};

use super::{Datum, Di, DiError, Udi};
use crate::gs1::date::{self, DateError};
use crate::gs1::{Lot, Serial, TextError};
use crate::ids::Agency;

/// The characters of Code 39 in the order of their values.
const ALPHABET: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%";

/// The data identifier of a quantity, here and in [`Udi::other`].
pub const QUANTITY: &str = "Q";

/// A HIBC that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HibccError {
    /// Too short to hold a device identifier.
    #[error("`{0}` is too short: it needs at least +, a device identifier of six characters and a check character")]
    TooShort(String),
    /// A character that no HIBC holds.
    #[error(
        "{character:?} at place {position} cannot stand in a HIBC: allowed are capital letters, digits and -. $/+%"
    )]
    Character {
        /// The character.
        character: char,
        /// Its place, counted from 1.
        position: usize,
    },
    /// A wrong check character.
    #[error(
        "the check character is `{found}`, it should be `{expected}`: a character was misread, or the check character \
         is missing"
    )]
    CheckCharacter {
        /// The one that fits.
        expected: char,
        /// The one at the end.
        found: char,
    },
    /// Only the secondary bar code of a label that has two.
    #[error(
        "this is the secondary code of a label with two: the device identifier stands in the other, + and a letter"
    )]
    SecondaryOnly,
    /// A wrong device identifier.
    #[error(transparent)]
    Di(#[from] DiError),
    /// A segment of an unknown kind.
    #[error("`/{0}` is not known: expected $, $+, $$, $$+, S, 14D, 16D or Q behind the slash")]
    Segment(String),
    /// An unknown form of date.
    #[error("`{0}` begins with no known form of date: expected a digit from 0 to 7")]
    DateForm(String),
    /// A wrong date.
    #[error(transparent)]
    Date(#[from] DateError),
    /// A quantity that is not digits.
    #[error("`{0}` is not a quantity: expected 1 to 5 digits (2 behind $$8, 5 behind $$9)")]
    Quantity(String),
    /// A lot or serial that is empty or too long for GS1, too.
    #[error(transparent)]
    Text(#[from] TextError),
    /// A lot or serial that HIBC does not allow.
    #[error("`{0}` cannot be a lot or serial: a HIBC allows up to 18 capital letters, digits, - and .")]
    LotOrSerial(String),
    /// The same kind of data twice, with different values.
    #[error("the label tells the {what} twice, with different values")]
    Conflict {
        /// Which.
        what: &'static str,
    },
    /// Data that a HIBC has no place for.
    #[error("a HIBC has no place for `{0}`")]
    CannotWrite(String),
}

/// The check character of `text`: the sum of the values of its characters, modulo 43. `None` if a character has no
/// value.
pub fn check_character(text: &str) -> Option<char> {
    let sum = text.chars().try_fold(0, |sum, character| Some((sum + ALPHABET.find(character)?) % ALPHABET.len()))?;
    ALPHABET.chars().nth(sum)
}

/// `listed` without its last character, if that is the check character of the rest as a symbol of primary data would
/// carry it. A digit can verify by chance (1 in 43).
pub fn without_check_character(listed: &str) -> Option<&str> {
    let (at, last) = listed.char_indices().last()?;
    let di = &listed[..at];
    (check_character(&format!("+{di}")) == Some(last) && is_di(di)).then_some(di)
}

/// Labeler identification code, product or catalogue number, unit of measure.
pub(super) fn is_di(di: &str) -> bool {
    (6..=23).contains(&di.len())
        && di.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && di.starts_with(|first: char| first.is_ascii_uppercase())
        && di.ends_with(|last: char| last.is_ascii_digit())
}

/// Reads a HIBC, with or without the asterisks that frame it in print.
pub(super) fn parse(text: &str, current_year: i16) -> Result<Udi, HibccError> {
    let text = text.strip_prefix('*').unwrap_or(text);
    // The asterisk is no character of the alphabet, so it cannot be the check character.
    let text = text.strip_suffix('*').unwrap_or(text);
    let body = verified_body(text)?;
    if body.starts_with(|first: char| first == '$' || first.is_ascii_digit()) {
        return Err(HibccError::SecondaryOnly);
    }
    let mut segments = body.split('/');
    let di = Di::new(Agency::Hibcc, segments.next().unwrap_or_default())?;
    let mut reader = Reader { udi: Udi::new(di), current_year };
    for segment in segments {
        reader.segment(segment)?;
    }
    Ok(reader.udi)
}

/// What stands between `+` and a right check character.
fn verified_body(text: &str) -> Result<&str, HibccError> {
    let foreign = text.chars().enumerate().find(|(_, character)| !ALPHABET.contains(*character));
    if let Some((at, character)) = foreign {
        return Err(HibccError::Character { character, position: at + 1 });
    }
    let too_short = || HibccError::TooShort(text.to_owned());
    let (at, found) = text.char_indices().last().filter(|(at, _)| *at > 1).ok_or_else(too_short)?;
    let expected = check_character(&text[..at]).ok_or_else(too_short)?;
    if expected != found {
        return Err(HibccError::CheckCharacter { expected, found });
    }
    text[..at].strip_prefix('+').ok_or_else(too_short)
}

struct Reader {
    udi: Udi,
    current_year: i16,
}

impl Reader {
    fn segment(&mut self, segment: &str) -> Result<(), HibccError> {
        if let Some(rest) = segment.strip_prefix("$$") {
            let (is_serial, rest) = strip_plus(rest);
            let rest = self.quantity_and_date(rest)?;
            return self.lot_or_serial(is_serial, rest, true);
        }
        if let Some(rest) = segment.strip_prefix('$') {
            let (is_serial, rest) = strip_plus(rest);
            return self.lot_or_serial(is_serial, rest, false);
        }
        if let Some(day) = segment.strip_prefix("14D") {
            return self.expires(date::parse_yyyymmdd(day)?, None);
        }
        if let Some(day) = segment.strip_prefix("16D") {
            return set(&mut self.udi.made, date::parse_yyyymmdd(day)?, "date of manufacture");
        }
        if let Some(serial) = segment.strip_prefix('S') {
            return self.lot_or_serial(true, serial, false);
        }
        if let Some(quantity) = segment.strip_prefix('Q') {
            return self.quantity(quantity);
        }
        match segment.split_at_checked(5) {
            Some((day, lot)) if day.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.expires(date::parse_yyjjj(day, self.current_year)?, None)?;
                self.lot_or_serial(false, lot, true)
            }
            _ => Err(HibccError::Segment(segment.to_owned())),
        }
    }

    /// What stands behind `$$`: a quantity after 8 or 9, then a date in the form that the next digit names. Returns the
    /// rest, the lot or serial.
    fn quantity_and_date<'a>(&mut self, text: &'a str) -> Result<&'a str, HibccError> {
        let digits = if text.starts_with('8') { 2 } else { 5 };
        let mut rest = text;
        if text.starts_with(['8', '9']) {
            let (quantity, behind) =
                text[1..].split_at_checked(digits).ok_or_else(|| HibccError::Quantity(text.to_owned()))?;
            self.quantity(quantity)?;
            if behind.is_empty() {
                return Ok(behind);
            }
            rest = behind;
        }
        // MMYY has no number of its own: the first digit of the month stands in its place.
        let (flag, length) = match rest.as_bytes().first() {
            Some(b'0' | b'1') => (0, 4),
            Some(b'2' | b'3') => (1, 6),
            Some(b'4') => (1, 8),
            Some(b'5') => (1, 5),
            Some(b'6') => (1, 7),
            Some(b'7') => return Ok(&rest[1..]),
            _ => return Err(HibccError::DateForm(rest.to_owned())),
        };
        let (form, day_and_rest) = rest.split_at(flag);
        let (day, rest) = day_and_rest
            .split_at_checked(length)
            .ok_or_else(|| DateError::Form { text: day_and_rest.to_owned(), form: form_name(form) })?;
        self.dated(form, day)?;
        Ok(rest)
    }

    fn dated(&mut self, form: &str, text: &str) -> Result<(), HibccError> {
        use date::{DayZero, parse_mmddyy, parse_mmyy, parse_time, parse_yyjjj, parse_yymmdd};
        let year = self.current_year;
        // Only the forms with an hour are longer than their date.
        let (day, hour) = text.split_at_checked(if form == "6" { 5 } else { 6 }).unwrap_or((text, ""));
        let time = if hour.is_empty() { None } else { Some(parse_time(hour)?) };
        let day = match form {
            "" => parse_mmyy(text, year),
            "2" => parse_mmddyy(day, year),
            "3" | "4" => parse_yymmdd(day, DayZero::Refused, year),
            _ => parse_yyjjj(day, year),
        }?;
        self.expires(day, time)
    }

    fn expires(&mut self, day: Date, time: Option<Time>) -> Result<(), HibccError> {
        set(&mut self.udi.expires, day, "date of expiry")?;
        self.udi.expires_time = self.udi.expires_time.or(time);
        Ok(())
    }

    fn quantity(&mut self, digits: &str) -> Result<(), HibccError> {
        if !(1..=5).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(HibccError::Quantity(digits.to_owned()));
        }
        match self.udi.other.iter().find(|datum| datum.identifier == QUANTITY) {
            Some(datum) if datum.value != digits => Err(HibccError::Conflict { what: "quantity" }),
            Some(_) => Ok(()),
            None => {
                self.udi.other.push(Datum { identifier: QUANTITY.to_owned(), value: digits.to_owned() });
                Ok(())
            }
        }
    }

    /// A date may stand alone: only then may the lot or serial be `optional`.
    fn lot_or_serial(&mut self, is_serial: bool, text: &str, optional: bool) -> Result<(), HibccError> {
        if text.is_empty() && optional {
            return Ok(());
        }
        check_lot_or_serial(text)?;
        if is_serial {
            set(&mut self.udi.serial, Serial::new(text)?, "serial")
        } else {
            set(&mut self.udi.lot, Lot::new(text)?, "lot")
        }
    }
}

fn strip_plus(text: &str) -> (bool, &str) {
    text.strip_prefix('+').map_or((false, text), |rest| (true, rest))
}

fn form_name(form: &str) -> &'static str {
    match form {
        "2" => "MMDDYY",
        "3" => "YYMMDD",
        "4" => "YYMMDDHH",
        "5" => "YYJJJ",
        "6" => "YYJJJHH",
        _ => "MMYY",
    }
}

fn check_lot_or_serial(text: &str) -> Result<(), HibccError> {
    let allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    if text.len() <= 18 && text.bytes().all(allowed) { Ok(()) } else { Err(HibccError::LotOrSerial(text.to_owned())) }
}

fn set<T: PartialEq>(field: &mut Option<T>, value: T, what: &'static str) -> Result<(), HibccError> {
    if field.as_ref().is_some_and(|present| *present != value) {
        return Err(HibccError::Conflict { what });
    }
    *field = Some(value);
    Ok(())
}

/// Writes the HIBC of `udi`, without asterisks.
pub(super) fn write(udi: &Udi) -> Result<String, HibccError> {
    let mut text = format!("+{}", udi.di);
    let lot_or_serial = udi.lot.as_ref().map(Lot::as_str).or(udi.serial.as_ref().map(Serial::as_str));
    let serial_only = if udi.lot.is_none() && udi.serial.is_some() { "+" } else { "" };
    match (udi.expires, udi.expires_time) {
        (Some(day), None) => text.push_str(&format!("/$${serial_only}3{}", date::to_yymmdd(day))),
        (Some(day), Some(time)) if time.minute() == 0 => {
            text.push_str(&format!("/$${serial_only}4{}{:02}", date::to_yymmdd(day), time.hour()));
        }
        (Some(_), Some(time)) => return Err(HibccError::CannotWrite(time.to_string())),
        (None, _) if lot_or_serial.is_some() => text.push_str(&format!("/${serial_only}")),
        (None, _) => {}
    }
    for text in [lot_or_serial, udi.serial.as_ref().map(Serial::as_str)].into_iter().flatten() {
        check_lot_or_serial(text)?;
    }
    text.push_str(lot_or_serial.unwrap_or_default());
    if let (Some(_), Some(serial)) = (&udi.lot, &udi.serial) {
        text.push_str(&format!("/S{serial}"));
    }
    if let Some(day) = udi.made {
        text.push_str(&format!("/16D{:04}{:02}{:02}", day.year(), day.month(), day.day()));
    }
    for datum in &udi.other {
        let digits = datum.value.bytes().all(|byte| byte.is_ascii_digit()) && (1..=5).contains(&datum.value.len());
        if datum.identifier != QUANTITY || !digits {
            return Err(HibccError::CannotWrite(datum.identifier.clone() + &datum.value));
        }
        text.push_str(&format!("/{QUANTITY}{}", datum.value));
    }
    let check = check_character(&text).ok_or_else(|| HibccError::CannotWrite(text.clone()))?;
    text.push(check);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const NOW: i16 = 2026;

    fn read(text: &str) -> Udi {
        parse(text, NOW).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    /// Adds the check character.
    fn checked(text: &str) -> String {
        format!("{text}{}", check_character(text).unwrap())
    }

    #[test]
    fn check_characters_agree_with_the_standard() {
        // Published with their check characters in the Supplier Labeling Standard and by encoders that follow it.
        for text in [
            "+A123BJC5D6E71G",
            "+A99912345/$$52001510X33",
            "+A99912345/$$52001510X3/16D20111212/S77DEFG457",
            "+A99912345/$10X3/16D20111231/14D202001313",
            "+A99912349/$10X3/16D20111231/14D20200131/Q500Z",
            "+J123AQ3451/$$3231231BC34567/S4012R",
            "+J014652230580/$$3220909K010025/16D20200311Z",
        ] {
            let (body, check) = text.split_at(text.len() - 1);
            assert_eq!(check_character(body).map(String::from).as_deref(), Some(check), "{text}");
            read(text);
        }
    }

    #[test]
    fn reads_the_examples_of_the_standard() {
        let udi = read("*+A99912345/$$52001510X3/16D20111212/S77DEFG457*");
        assert_eq!((udi.di.agency(), udi.di.as_str()), (Agency::Hibcc, "A99912345"));
        assert_eq!(udi.lot, Some(Lot::new("10X3").unwrap()));
        assert_eq!(udi.serial, Some(Serial::new("77DEFG45").unwrap()));
        assert_eq!((udi.expires, udi.made), (Some(date(2020, 1, 15)), Some(date(2011, 12, 12))));

        let udi = read("+A99912349/$10X3/16D20111231/14D20200131/Q500Z");
        assert_eq!(udi.expires, Some(date(2020, 1, 31)));
        assert_eq!(udi.other, [Datum { identifier: "Q".into(), value: "500".into() }]);
    }

    #[test]
    fn reads_every_form_of_date() {
        let lot = Some(Lot::new("1234AB").unwrap());
        for (secondary, hour) in [
            ("$$05291234AB", None),
            ("$$20531291234AB", None),
            ("$$32905311234AB", None),
            ("$$4290531211234AB", Some(21)),
            ("$$5291511234AB", None),
            ("$$629151211234AB", Some(21)),
            ("$$82405291234AB", None),
            ("$$90010032905311234AB", None),
            ("291511234AB", None),
            ("$1234AB/14D20290531", None),
            ("$$71234AB/14D20290531", None),
            ("$$82471234AB/14D20290531", None),
        ] {
            let udi = read(&checked(&format!("+X999123ABC0/{secondary}")));
            assert_eq!((&udi.lot, udi.expires), (&lot, Some(date(2029, 5, 31))), "{secondary}");
            assert_eq!(udi.expires_time.map(Time::hour), hour, "{secondary}");
        }
        let udi = read(&checked("+X999123ABC0/$$+3290531SER-1"));
        assert_eq!((udi.lot, udi.serial), (None, Some(Serial::new("SER-1").unwrap())));
        assert_eq!(read(&checked("+X999123ABC0/$+SER.2")).serial, Some(Serial::new("SER.2").unwrap()));
        assert_eq!(read(&checked("+X999123ABC0/$$824")).other[0].value, "24");
        assert_eq!(read(&checked("+X999123ABC0/$$3290531")).lot, None);
    }

    #[test]
    fn says_what_is_wrong() {
        let error = |text: &str| parse(text, NOW).unwrap_err().to_string();
        assert!(error("+A123BJC5D6E71H").contains("the check character is `H`, it should be `G`"));
        // The FDA prints its example with the letter C in the place of the check character.
        assert!(matches!(
            parse("+H123PARTNO1234567890120/$$420020216LOT123456789012345/SXYZ456789012345678/16D20130202C", NOW),
            Err(HibccError::CheckCharacter { expected: 'H', found: 'C' })
        ));
        assert!(error("+a").contains("'a' at place 2 cannot stand in a HIBC"));
        assert!(error("+").contains("too short"));
        assert_eq!(parse("+$$0624J139276%5", NOW), Err(HibccError::SecondaryOnly));
        for (wrong, message) in [
            ("+199912345", "secondary code"),
            ("+A9991A", "is not a HIBCC device identifier"),
            ("+A99912345/X1", "`/X1` is not known"),
            ("+A99912345/$", "must have 1 to 20"),
            ("+A99912345/$AB+C", "cannot be a lot or serial"),
            ("+A99912345/$1234567890123456789", "cannot be a lot or serial"),
            ("+A99912345/$$A", "no known form of date"),
            ("+A99912345/$$3291", "`291` is not a date written as YYMMDD"),
            ("+A99912345/$$1329", "`1329` (MMYY) is not a day of the calendar"),
            ("+A99912345/$$429053124", "`24` (HH) is not a time of day"),
            ("+A99912345/$$8A", "is not a quantity"),
            ("+A99912345/Q123456", "is not a quantity"),
            ("+A99912345/$A/$B", "tells the lot twice"),
            ("+A99912345/$$3290531A/14D20290601", "tells the date of expiry twice"),
        ] {
            let text = error(&checked(wrong));
            assert!(text.contains(message), "{wrong}: {text}");
        }
    }

    #[test]
    fn takes_check_characters_off_listed_identifiers() {
        assert_eq!(without_check_character("H373VBJR062502A3F"), Some("H373VBJR062502A3"));
        assert_eq!(without_check_character("H373VBJR062502A3G"), None);
        assert_eq!(without_check_character(""), None);
    }

    fn any_udi() -> impl Strategy<Value = Udi> {
        let text = "[0-9A-Z.-]{1,18}";
        let day = (NOW - 49..=NOW + 50, 1_i8..=12, 1_i8..=28).prop_map(|(y, m, d)| date(y, m, d));
        (
            ("[A-Z][0-9A-Z]{4,21}[0-9]", prop::option::of(text), prop::option::of(text)),
            prop::option::of(day.clone()),
            prop::option::of((day, prop::option::of(0_i8..24))),
            prop::option::of("[0-9]{1,5}"),
        )
            .prop_map(|((di, lot, serial), made, expires, quantity)| Udi {
                lot: lot.map(|lot| Lot::new(lot).unwrap()),
                serial: serial.map(|serial| Serial::new(serial).unwrap()),
                made,
                expires: expires.map(|(day, _)| day),
                expires_time: expires.and_then(|(_, hour)| Some(Time::constant(hour?, 0, 0, 0))),
                other: quantity.map(|value| Datum { identifier: QUANTITY.into(), value }).into_iter().collect(),
                ..Udi::new(Di::new(Agency::Hibcc, &di).unwrap())
            })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(udi in any_udi()) {
            let text = write(&udi).unwrap();
            prop_assert_eq!(parse(&text, NOW), Ok(udi.clone()), "{}", text);
            prop_assert_eq!(parse(&format!("*{text}*"), NOW), Ok(udi));
        }

        #[test]
        fn one_wrong_character_is_found(udi in any_udi(), place in any::<prop::sample::Index>(), step in 1_usize..43) {
            let mut text: Vec<char> = write(&udi).unwrap().chars().collect();
            let place = 1 + place.index(text.len() - 1);
            let value = ALPHABET.chars().position(|character| character == text[place]).unwrap();
            text[place] = ALPHABET.chars().nth((value + step) % 43).unwrap();
            let text: String = text.into_iter().collect();
            let refused = matches!(parse(&text, NOW), Err(HibccError::CheckCharacter { .. }));
            prop_assert!(refused, "{}", text);
        }

        #[test]
        fn never_panics(body in r"[A-Z][0-9A-Z]{5,10}(/(\$|\$\$|\$\$\+|S|14D|16D|Q)?[0-9A-Z+$ ]{0,20}){0,3}", text in ".*") {
            let _ = parse(&checked(&format!("+{body}")), NOW);
            let _ = parse(&text, NOW);
            let _ = without_check_character(&text);
        }
    }
}
