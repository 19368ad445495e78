//! What can be wrong with an EPC.

use super::Scheme;
use crate::gs1::{Ai, KeyError, PercentError, TextError};

/// Text or bytes that are no EPC, or a key that cannot be made one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EpcError {
    /// Nothing at all.
    #[error("there is no EPC: give the hexadecimal digits that the reader shows, or a URI that begins with urn:epc:")]
    Empty,
    /// A character that no hexadecimal number has.
    #[error(
        "`{text}` holds {character:?} at place {position}: give the hexadecimal digits that the reader shows, or a URI \
         that begins with urn:epc:"
    )]
    Hex {
        /// What was given.
        text: String,
        /// The character.
        character: char,
        /// Its place, counted from 1.
        position: usize,
    },
    /// A header of another scheme, or of none.
    #[error("the header 0x{header:02X} is {what}: read here are SGTIN, SSCC and SGLN (0x30, 0x36, 0x31, 0x32, 0x39)")]
    Header {
        /// The first byte.
        header: u8,
        /// What it stands for.
        what: &'static str,
    },
    /// Fewer bits than the scheme has.
    #[error("these are {bits} bits, and an {scheme} has {}: read the tag again, to the end of its EPC", .scheme.bits())]
    Truncated {
        /// The scheme that the header names.
        scheme: Scheme,
        /// How many bits there are.
        bits: usize,
    },
    /// Bits behind the EPC.
    #[error(
        "behind the {bits} bits of the {0} there are others that are not zero: give the EPC alone, without the PC word \
         (as 3000) before it or user memory behind it",
        bits = .0.bits()
    )]
    Behind(Scheme),
    /// A partition value that means nothing.
    #[error("the {0} has partition value 7, which no company prefix has: the tag is damaged or was written wrongly")]
    Partition(Scheme),
    /// Bits that make a number of more digits than its field has.
    #[error(
        "the {scheme} holds {prefix} as company prefix of {prefix_digits} digits and {reference} behind it in \
         {reference_digits}, which is too much: the tag is damaged or was written wrongly"
    )]
    TooManyDigits {
        /// The scheme.
        scheme: Scheme,
        /// The company prefix.
        prefix: u64,
        /// How many digits it has.
        prefix_digits: u8,
        /// The reference.
        reference: u64,
        /// How many digits it has.
        reference_digits: usize,
    },
    /// Reserved bits that are not zero.
    #[error(
        "the last 24 bits of an SSCC-96 are zero, and here they are not: the tag is damaged or was written wrongly"
    )]
    Reserved,
    /// No serial where one must be.
    #[error("the {0} has no serial: the tag was not written to the end")]
    EmptySerial(Scheme),
    /// A serial that goes on behind its end.
    #[error(
        "in the {scheme} there is something behind the end of the serial `{serial}`: the tag is damaged or was written wrongly"
    )]
    BehindSerial {
        /// The scheme.
        scheme: Scheme,
        /// The serial as far as it goes.
        serial: String,
    },
    /// A character that no serial can hold.
    #[error(
        "the serial in the {scheme} holds {character:?} at place {position}, which GS1 does not allow: the tag is damaged \
         or was written wrongly"
    )]
    SerialCharacter {
        /// The scheme.
        scheme: Scheme,
        /// The character.
        character: char,
        /// Its place in the serial, counted from 1.
        position: usize,
    },
    /// A serial that a scheme of 96 bits cannot hold.
    #[error(
        "the serial `{serial}` does not fit an {scheme}, which holds numbers up to {max} without zeros in front: use {}",
        .scheme.with_text()
    )]
    NotANumber {
        /// The scheme.
        scheme: Scheme,
        /// The serial.
        serial: String,
        /// The largest number.
        max: u64,
    },
    /// A scheme for another kind of EPC.
    #[error("`{epc}` cannot be written as {scheme}, which is for another kind of key")]
    WrongScheme {
        /// The scheme.
        scheme: Scheme,
        /// The EPC.
        epc: String,
    },
    /// A filter value beyond three bits.
    #[error("`{0}` is not a filter value: it is one digit, 0 to 7, as 1 for a pack, 2 for a case, 6 for a pallet")]
    Filter(String),
    /// A company prefix of a length that GS1 does not give out.
    #[error("{0} is not the length of a company prefix: it has 6 to 12 digits; GS1 tells it of every company")]
    PrefixLength(String),
    /// A URN of something else.
    #[error("`{0}` is not an EPC: it should begin with urn:epc:id: or, with what else is on the tag, urn:epc:tag:")]
    UnknownUri(String),
    /// A URI of a scheme that is not read here.
    #[error(
        "in `{text}`, `{scheme}` is not known here: read are sgtin, sscc and sgln, on tags sgtin-96, sgtin-198, sscc-96, sgln-96 and sgln-195"
    )]
    UnknownScheme {
        /// The URI.
        text: String,
        /// What it names as scheme.
        scheme: String,
    },
    /// A URI with wrong parts.
    #[error("`{text}` is not an EPC URI: {problem}; expected is a form as urn:epc:id:sgtin:0614141.812345.6789")]
    Uri {
        /// The URI.
        text: String,
        /// What is wrong.
        problem: String,
    },
    /// Element strings that name nothing that has an EPC.
    #[error("there is no key for an EPC: (01) GTIN with (21) serial, (00) SSCC or (414) GLN must be there")]
    NoKey,
    /// Element strings that name several things.
    #[error("({first}) and ({second}) are both there: an EPC names one thing, so give one of them")]
    SeveralKeys {
        /// One key.
        first: Ai,
        /// Another one.
        second: Ai,
    },
    /// A GTIN without serial.
    #[error("the GTIN {0} stands without a serial, and an EPC names one item: (21) must be there")]
    NoSerial(String),
    /// An extension that means that there is none.
    #[error("the GLN extension `0` stands for none in an EPC: leave (254) out")]
    ZeroExtension,
    /// A wrong key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A wrong serial or extension.
    #[error(transparent)]
    Text(#[from] TextError),
    /// Wrong percent-encoding.
    #[error(transparent)]
    Percent(#[from] PercentError),
}

impl EpcError {
    /// Of a header that is not read here, with the name of what it stands for (§14.2; from 0xE0 on TDS 2).
    pub(super) const fn header(header: u8) -> Self {
        let what = match header {
            0x00 => "that of a tag that was never written",
            0x2c | 0x3e => "that of a document (GDTI)",
            0x2d | 0x2e => "that of a service relation (GSRN)",
            0x2f | 0x3b => "that of the aerospace or defence scheme",
            0x33 | 0x37 => "that of a returnable asset (GRAI)",
            0x34 | 0x38 => "that of an asset (GIAI)",
            0x35 => "that of a general identifier (GID-96)",
            0x3c | 0x3d => "that of a component (CPI)",
            0x3f => "that of a coupon (SGCN-96)",
            0x40 | 0x41 => "that of a piece of a trade item (ITIP)",
            0xe2 => "that of the chip's own number (TID), so the reader must be set to the EPC bank; nor is it an EPC",
            0xe0..=0xff => "that of a scheme of TDS 2",
            _ => "not that of an EPC",
        };
        Self::Header { header, what }
    }

    pub(super) fn uri(text: &str, problem: &str) -> Self {
        Self::Uri { text: text.to_owned(), problem: problem.to_owned() }
    }

    pub(super) fn unknown_scheme(text: &str, scheme: &str) -> Self {
        Self::UnknownScheme { text: text.to_owned(), scheme: scheme.to_owned() }
    }
}
