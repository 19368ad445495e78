//! National Drug Codes (21 CFR 207.33) and the GTINs that carry them.
//!
//! An NDC has ten digits in three segments: labeler, product, package. Their lengths are 4-4-2, 5-3-2 or 5-4-1, and where
//! the hyphens are left out nobody can tell which. So there are three types:
//!
//! | type | what it is | what it knows |
//! |---|---|---|
//! | [`Ndc`] | `0002-1433-80` | everything |
//! | [`Ndc11`] | `00002143380`, the 5-4-2 form of bills (45 CFR 162.1002), one segment padded with a zero | that one of up to three NDCs is meant |
//! | [`Ndc10`] | `0002143380`, as a GTIN carries it | that one of three NDCs is meant |
//!
//! A GTIN of a drug in the United States is an indicator digit, `03`, the ten digits and the check digit: `03` is the GS1
//! prefix of the FDA's labelers (GS1 US, "Identification of Drugs and Biologics: NDC in GTIN").

use std::fmt;
use std::str::FromStr;

use super::gtin::{Gtin, KeyError};

/// The GS1 prefix under which GTINs carry NDCs.
const PREFIX: &str = "03";

/// Text that is not an NDC, or a GTIN that carries none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NdcError {
    /// Something that is neither a digit nor a hyphen.
    #[error("`{text}` holds {character:?} at place {position}; an NDC has digits and hyphens only")]
    Character {
        /// What was given.
        text: String,
        /// The character.
        character: char,
        /// Its place, counted from 1.
        position: usize,
    },
    /// Segments of other lengths than an NDC has.
    #[error(
        "`{text}` has segments of {lengths} digits: write the NDC as on the package, with segments of 4-4-2, 5-3-2 or \
         5-4-1 digits"
    )]
    Segments {
        /// What was given.
        text: String,
        /// The lengths, as `5-4-2`.
        lengths: String,
    },
    /// Digits that could be divided in several ways.
    #[error("`{text}` does not say where its segments end: write the hyphens as on the package, as in 0002-1433-80")]
    NoHyphens {
        /// What was given.
        text: String,
    },
    /// The form of bills, where the code of the package is wanted.
    #[error(
        "`{text}` is the 11-digit form of bills, which has a zero that the package has not: it may be {candidates}; \
         write the one that stands on the package"
    )]
    Billing {
        /// What was given.
        text: String,
        /// The NDCs that it may be.
        candidates: String,
    },
    /// Not eleven digits in the form of bills.
    #[error("`{text}` is not the form of bills: write 11 digits, with or without hyphens, as in 00002-1433-80")]
    NotBilling {
        /// What was given.
        text: String,
    },
    /// Eleven digits of which none is a zero that could have been put in.
    #[error(
        "`{text}` has no segment that begins with 0, so no 10-digit NDC was padded to it: one of its digits is wrong"
    )]
    NoPadding {
        /// What was given.
        text: String,
    },
    /// Not ten digits.
    #[error("`{text}` is not 10 digits, as an NDC has without its hyphens")]
    NotTen {
        /// What was given.
        text: String,
    },
    /// A digit that indicates no packaging level.
    #[error(
        "{0} is not an indicator digit: 0 is the smallest package, 1 to 8 are higher levels (9 is for variable measure)"
    )]
    Indicator(u8),
    /// A GTIN that carries no NDC.
    #[error(
        "the GTIN {gtin} carries no NDC: behind its first digit stands {found}, and 03 is for drugs of the United States"
    )]
    NotADrug {
        /// The GTIN.
        gtin: Gtin,
        /// The two digits that stand there.
        found: String,
    },
    /// A wrong GTIN.
    #[error(transparent)]
    Gtin(#[from] KeyError),
}

/// How the ten digits of an NDC are divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Segments {
    /// 4-4-2.
    Four42,
    /// 5-3-2.
    Five32,
    /// 5-4-1.
    Five41,
}

impl Segments {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Four42, Self::Five32, Self::Five41];

    /// The lengths of labeler, product and package.
    pub const fn lengths(self) -> [usize; 3] {
        match self {
            Self::Four42 => [4, 4, 2],
            Self::Five32 => [5, 3, 2],
            Self::Five41 => [5, 4, 1],
        }
    }

    /// Where the form of bills has the zero that the package has not.
    const fn padding(self) -> usize {
        match self {
            Self::Four42 => 0,
            Self::Five32 => 5,
            Self::Five41 => 9,
        }
    }
}

/// An NDC as it stands on the package, ten digits in three segments.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Ndc {
    digits: Ndc10,
    segments: Segments,
}

impl Ndc {
    /// Reads the code with its hyphens. The form of bills is refused with the codes that it may stand for.
    pub fn new(text: &str) -> Result<Self, NdcError> {
        let digits = digits_of(text)?;
        if !text.contains('-') {
            return Err(match Ndc11::new(&digits) {
                Ok(billing) => billing.refusal(text),
                Err(_) => NdcError::NoHyphens { text: text.to_owned() },
            });
        }
        let lengths: Vec<usize> = text.split('-').map(str::len).collect();
        if let Some(segments) = Segments::ALL.into_iter().find(|segments| segments.lengths() == *lengths) {
            return Ok(Ndc10(digits).divided(segments));
        }
        if lengths == [5, 4, 2] {
            return Err(Ndc11::new(&digits)?.refusal(text));
        }
        let lengths = lengths.iter().map(usize::to_string).collect::<Vec<_>>().join("-");
        Err(NdcError::Segments { text: text.to_owned(), lengths })
    }

    /// Who makes or distributes it, as the FDA numbers them.
    pub fn labeler(&self) -> &str {
        self.parts()[0]
    }

    /// Strength, dosage form and formulation.
    pub fn product(&self) -> &str {
        self.parts()[1]
    }

    /// Size and type of the package.
    pub fn package(&self) -> &str {
        self.parts()[2]
    }

    /// How it is divided.
    pub const fn segments(&self) -> Segments {
        self.segments
    }

    /// The ten digits.
    pub const fn digits(&self) -> &Ndc10 {
        &self.digits
    }

    /// The form of bills: 5-4-2, the short segment padded with a zero.
    pub fn to_billing(&self) -> Ndc11 {
        let mut digits = self.digits.0.clone();
        digits.insert(self.segments.padding(), '0');
        Ndc11(digits)
    }

    fn parts(&self) -> [&str; 3] {
        let [labeler, product, _] = self.segments.lengths();
        let (first, rest) = self.digits.0.split_at(labeler);
        let (second, third) = rest.split_at(product);
        [first, second, third]
    }
}

/// The eleven digits of bills: 5-4-2, where one segment may have been padded with a zero.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ndc11(String);

impl Ndc11 {
    /// Takes eleven digits, or 5-4-2 with hyphens.
    pub fn new(text: &str) -> Result<Self, NdcError> {
        let digits = digits_of(text)?;
        let divided_right = !text.contains('-') || text.split('-').map(str::len).eq([5, 4, 2]);
        if digits.len() != 11 || !divided_right {
            return Err(NdcError::NotBilling { text: text.to_owned() });
        }
        let billing = Self(digits);
        if billing.candidates().is_empty() {
            return Err(NdcError::NoPadding { text: text.to_owned() });
        }
        Ok(billing)
    }

    /// The eleven digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The NDCs that were padded to this, one to three: each segment that begins with a zero may have been the short one.
    pub fn candidates(&self) -> Vec<Ndc> {
        let padded = |segments: &Segments| self.0.as_bytes()[segments.padding()] == b'0';
        let without = |segments: Segments| {
            let mut digits = self.0.clone();
            digits.remove(segments.padding());
            Ndc10(digits).divided(segments)
        };
        Segments::ALL.into_iter().filter(padded).map(without).collect()
    }

    fn refusal(&self, text: &str) -> NdcError {
        let candidates = self.candidates().iter().map(Ndc::to_string).collect::<Vec<_>>().join(" or ");
        NdcError::Billing { text: text.to_owned(), candidates }
    }
}

/// The ten digits of an NDC without its hyphens, so that nobody knows where its segments end.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ndc10(String);

impl Ndc10 {
    /// Takes ten digits.
    pub fn new(text: &str) -> Result<Self, NdcError> {
        match text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            true => Ok(Self(text.to_owned())),
            false => Err(NdcError::NotTen { text: text.to_owned() }),
        }
    }

    /// The digits that a GTIN carries.
    pub fn of_gtin(gtin: &Gtin) -> Result<Self, NdcError> {
        match &gtin.as_str()[1..3] {
            PREFIX => Ok(Self(gtin.as_str()[3..13].to_owned())),
            found => Err(NdcError::NotADrug { gtin: gtin.clone(), found: found.to_owned() }),
        }
    }

    /// The GTIN at a packaging level: 0 for the smallest package, 1 to 8 for those around it.
    pub fn to_gtin(&self, indicator: u8) -> Result<Gtin, NdcError> {
        if indicator > 8 {
            return Err(NdcError::Indicator(indicator));
        }
        let payload = format!("{indicator}{PREFIX}{}", self.0);
        Ok(Gtin::of_payload(payload.bytes().fold(0, |number, digit| 10 * number + u64::from(digit - b'0'))))
    }

    /// The ten digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The NDC, for who knows from elsewhere how it is divided.
    pub fn divided(self, segments: Segments) -> Ndc {
        Ndc { digits: self, segments }
    }

    /// The three NDCs of which one is meant.
    pub fn candidates(&self) -> [Ndc; 3] {
        Segments::ALL.map(|segments| self.clone().divided(segments))
    }
}

/// The digits of `text`, which holds nothing but digits and hyphens.
fn digits_of(text: &str) -> Result<String, NdcError> {
    let foreign = |character: char| !character.is_ascii_digit() && character != '-';
    match text.chars().enumerate().find(|(_, character)| foreign(*character)) {
        Some((at, character)) => Err(NdcError::Character { text: text.to_owned(), character, position: at + 1 }),
        None => Ok(text.replace('-', "")),
    }
}

impl fmt::Display for Ndc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.parts().join("-"))
    }
}

impl fmt::Display for Ndc11 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Ndc10 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Ndc {
    type Err = NdcError;

    fn from_str(text: &str) -> Result<Self, NdcError> {
        Self::new(text)
    }
}

impl TryFrom<String> for Ndc {
    type Error = NdcError;

    fn try_from(text: String) -> Result<Self, NdcError> {
        Self::new(&text)
    }
}

impl From<Ndc> for String {
    fn from(ndc: Ndc) -> Self {
        ndc.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn error(text: &str) -> String {
        Ndc::new(text).unwrap_err().to_string()
    }

    #[test]
    fn reads_the_three_divisions() {
        for (text, parts, billing) in [
            ("0002-1433-80", ["0002", "1433", "80"], "00002143380"),
            ("50242-040-62", ["50242", "040", "62"], "50242004062"),
            ("60575-4112-1", ["60575", "4112", "1"], "60575411201"),
        ] {
            let ndc = Ndc::new(text).unwrap();
            assert_eq!([ndc.labeler(), ndc.product(), ndc.package()], parts);
            assert_eq!(ndc.to_string(), text);
            assert_eq!(ndc.to_billing().as_str(), billing);
            assert!(ndc.to_billing().candidates().contains(&ndc));
        }
    }

    #[test]
    fn a_gtin_carries_the_digits_but_not_the_hyphens() {
        // A vial of 0.5 ml dulaglutide, Eli Lilly: NDC 0002-1433-80; the check digit by the rule of §7.9.1, by hand:
        // 3·(0+3+0+2+4+3+0) + (0+0+0+1+3+8) of 0030002143380 is 48, and 2 are missing to 50.
        let gtin = Ndc::new("0002-1433-80").unwrap().digits().to_gtin(0).unwrap();
        assert_eq!(gtin.as_str(), "00300021433802");
        let digits = Ndc10::of_gtin(&gtin).unwrap();
        assert_eq!(digits.candidates().map(|ndc| ndc.to_string()), ["0002-1433-80", "00021-433-80", "00021-4338-0"]);
        assert_eq!(
            Ndc10::of_gtin(&Gtin::new("09506000134352").unwrap()).unwrap_err().to_string(),
            "the GTIN 09506000134352 carries no NDC: behind its first digit stands 95, and 03 is for drugs of the United \
             States"
        );
        assert_eq!(digits.to_gtin(9), Err(NdcError::Indicator(9)));
    }

    #[test]
    fn says_what_to_write_instead() {
        assert!(error("0002143380").contains("does not say where its segments end"));
        assert!(error("0002-14338-0").contains("segments of 4-5-1 digits: write the NDC as on the package"));
        assert!(error("0002-1433").contains("segments of 4-4 digits"));
        assert!(error("0002 1433 80").contains("holds ' ' at place 5"));
        assert!(error("00002-0433-01").contains(
            "the 11-digit form of bills, which has a zero that the package has not: it may be 0002-0433-01 or \
             00002-433-01 or 00002-0433-1"
        ));
        assert!(error("00002143380").contains("it may be 0002-1433-80;"));
        assert!(error("12345-6789-12").contains("has no segment that begins with 0"));
        assert!(Ndc11::new("0002-1433-80").unwrap_err().to_string().contains("write 11 digits"));
        assert!(Ndc10::new("000214338").unwrap_err().to_string().contains("is not 10 digits"));
        assert!(serde_json::from_str::<Ndc>("\"0002143380\"").is_err());
    }

    proptest! {
        #[test]
        fn every_code_round_trips(digits in "[0-9]{10}", segments in prop::sample::select(&Segments::ALL), indicator in 0_u8..9) {
            let ndc = Ndc10::new(&digits).unwrap().divided(segments);
            prop_assert_eq!(Ndc::new(&ndc.to_string()), Ok(ndc.clone()));
            prop_assert!(ndc.to_billing().candidates().contains(&ndc));
            prop_assert_eq!(Ndc11::new(ndc.to_billing().as_str()), Ok(ndc.to_billing()));
            let gtin = ndc.digits().to_gtin(indicator).unwrap();
            prop_assert_eq!(Gtin::new(gtin.as_str()), Ok(gtin.clone()));
            prop_assert_eq!(Ndc10::of_gtin(&gtin), Ok(ndc.digits().clone()));
            prop_assert_eq!(serde_json::from_value::<Ndc>(serde_json::to_value(&ndc).unwrap()).unwrap(), ndc);
        }

        #[test]
        fn never_panics(text in ".*|[0-9-]{0,14}") {
            let _ = Ndc::new(&text);
            let _ = Ndc11::new(&text);
            let _ = Ndc10::new(&text);
        }
    }
}
