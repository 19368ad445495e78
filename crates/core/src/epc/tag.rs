//! An EPC as it is written on a tag.

use std::fmt;
use std::str::FromStr;

use super::{Epc, EpcError, Filter, Identity, PrefixLength, Scheme, Sgtin96, bits, uri};
use crate::gs1::CharacterSet;

/// Bits of header, filter and partition.
const HEAD: usize = 14;
/// Bits of a character of a serial (§14.4.2), and how many characters there are at most.
const CHARACTER: usize = 7;
const CHARACTERS: usize = 20;

/// An EPC with what the tag tells beside it: scheme and filter value. It prints as EPC Tag URI (§12).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Tag {
    scheme: Scheme,
    filter: Filter,
    epc: Epc,
}

impl Tag {
    /// A tag that is to bear `epc` in this scheme.
    pub fn new(epc: Epc, scheme: Scheme, filter: Filter) -> Result<Self, EpcError> {
        if epc.identity().kind() != scheme.kind() {
            return Err(EpcError::WrongScheme { scheme, epc: epc.to_string() });
        }
        if let Some(bits) = scheme.number_bits() {
            number(scheme, bits, epc.identity().serial())?;
        }
        Ok(Self { scheme, filter, epc })
    }

    /// A tag that is to bear `epc` in the scheme of fewest bits that holds its serial.
    pub fn smallest(epc: Epc, filter: Filter) -> Self {
        let small = match epc.identity() {
            Identity::Sgtin { .. } => Scheme::Sgtin96,
            Identity::Sscc(_) => Scheme::Sscc96,
            Identity::Sgln { .. } => Scheme::Sgln96,
        };
        let fits = small.number_bits().is_none_or(|bits| number(small, bits, epc.identity().serial()).is_ok());
        Self { scheme: if fits { small } else { small.with_text() }, filter, epc }
    }

    /// Parts that are known to fit.
    pub(super) fn of_parts(scheme: Scheme, filter: Filter, prefix: PrefixLength, identity: Identity) -> Self {
        Self { scheme, filter, epc: Epc { identity, prefix } }
    }

    /// Reads the digits that a reader gives, or an EPC Tag URI.
    pub fn parse(text: &str) -> Result<Self, EpcError> {
        let text = text.trim();
        if uri::is_uri(text) { uri::read_tag(text) } else { Self::of_hex(text) }
    }

    /// Reads hexadecimal digits as readers give them: in either case, perhaps with 0x in front, perhaps with spaces,
    /// hyphens or colons between.
    pub fn of_hex(text: &str) -> Result<Self, EpcError> {
        let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
        let mut bytes = Vec::with_capacity(digits.len().div_ceil(2));
        let mut count = 0;
        for (at, character) in digits.chars().enumerate().filter(|(_, character)| !matches!(character, ' ' | '-' | ':'))
        {
            let position = at + 1 + text.len() - digits.len();
            let wrong = || EpcError::Hex { text: text.to_owned(), character, position };
            let value = character.to_digit(16).ok_or_else(wrong)? as u8;
            match bytes.last_mut() {
                Some(byte) if count % 2 == 1 => *byte |= value,
                _ => bytes.push(value << 4),
            }
            count += 1;
        }
        Self::decode_bits(&bytes, 4 * count)
    }

    /// Reads the bytes of a tag's EPC. Behind it may stand zeros, up to the end of the tag's memory.
    pub fn decode(bytes: &[u8]) -> Result<Self, EpcError> {
        Self::decode_bits(bytes, 8 * bytes.len())
    }

    fn decode_bits(bytes: &[u8], given: usize) -> Result<Self, EpcError> {
        let header = *bytes.first().ok_or(EpcError::Empty)?;
        let scheme = Scheme::of_header(header).ok_or_else(|| EpcError::header(header))?;
        if given < scheme.bits() {
            return Err(EpcError::Truncated { scheme, bits: given });
        }
        if !bits::is_zero_from(bytes, scheme.bits()) {
            return Err(EpcError::Behind(scheme));
        }
        if scheme == Scheme::Sgtin96
            && let Some(bytes) = bytes.first_chunk()
        {
            return Ok(Sgtin96::decode(bytes)?.into());
        }
        let filter = Filter::of_bits(bits::read(bytes, 8, 3));
        let key_bits = scheme.kind().bits() as usize;
        let field = bits::read(bytes, HEAD, key_bits);
        let (prefix, payload) = scheme.kind().unpack(scheme, bits::read(bytes, 11, 3), field)?;
        let serial = read_serial(bytes, scheme, HEAD + key_bits)?;
        Ok(Self::of_parts(scheme, filter, prefix, Identity::of_parts(scheme.kind(), payload, &serial)?))
    }

    /// The bytes that go onto the tag: whole words of 16 bits, zeros behind the EPC.
    pub fn encode(&self) -> Vec<u8> {
        let (scheme, identity) = (self.scheme, self.epc.identity());
        let key_bits = scheme.kind().bits() as usize;
        let mut bytes = vec![0; scheme.bytes()];
        bits::write(&mut bytes, 0, 8, scheme.header().into());
        bits::write(&mut bytes, 8, 3, self.filter.value().into());
        bits::write(&mut bytes, 11, 3, self.epc.prefix().partition());
        bits::write(&mut bytes, HEAD, key_bits, scheme.kind().pack(self.epc.prefix(), identity.payload()));
        let from = HEAD + key_bits;
        match scheme.number_bits() {
            Some(count) => bits::write(&mut bytes, from, count, identity.serial().parse().unwrap_or_default()),
            // An SSCC has no serial, so nothing is written behind it.
            None => identity.serial().bytes().enumerate().for_each(|(place, character)| {
                bits::write(&mut bytes, from + CHARACTER * place, CHARACTER, character.into());
            }),
        }
        bytes
    }

    /// The bytes as capital hexadecimal digits.
    pub fn to_hex(&self) -> String {
        hex::encode_upper(self.encode())
    }

    /// What the tag identifies.
    pub const fn epc(&self) -> &Epc {
        &self.epc
    }

    /// What the tag identifies.
    pub fn into_epc(self) -> Epc {
        self.epc
    }

    /// How it is written.
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Its filter value.
    pub const fn filter(&self) -> Filter {
        self.filter
    }
}

/// The serial as the number that a scheme holds: no zeros in front, which would get lost.
fn number(scheme: Scheme, bits: usize, serial: &str) -> Result<u64, EpcError> {
    let wrong = || EpcError::NotANumber { scheme, serial: serial.to_owned(), max: (1 << bits) - 1 };
    let shortest = serial == "0" || !serial.starts_with('0');
    if !shortest || !serial.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    serial.parse().ok().filter(|number| number >> bits == 0).ok_or_else(wrong)
}

fn read_serial(bytes: &[u8], scheme: Scheme, from: usize) -> Result<String, EpcError> {
    if scheme == Scheme::Sscc96 {
        // The 24 bits behind the key are reserved (§14.5.2).
        return if bits::is_zero_from(bytes, from) { Ok(String::new()) } else { Err(EpcError::Reserved) };
    }
    match scheme.number_bits() {
        Some(count) => Ok(bits::read(bytes, from, count).to_string()),
        None => read_text(bytes, scheme, from),
    }
}

/// Characters of seven bits; behind the last one all bits are zero.
fn read_text(bytes: &[u8], scheme: Scheme, from: usize) -> Result<String, EpcError> {
    let codes = (0..CHARACTERS).map(|place| bits::read(bytes, from + CHARACTER * place, CHARACTER) as u8);
    let text: String = codes.take_while(|code| *code != 0).map(char::from).collect();
    if text.is_empty() {
        return Err(EpcError::EmptySerial(scheme));
    }
    if !bits::is_zero_from(bytes, from + CHARACTER * text.len()) {
        return Err(EpcError::BehindSerial { scheme, serial: text });
    }
    match CharacterSet::Set82.first_foreign(&text) {
        Some((position, character)) => Err(EpcError::SerialCharacter { scheme, character, position }),
        None => Ok(text),
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}:{}.{}", uri::TAG, self.scheme.name(), self.filter, uri::body(&self.epc))
    }
}

impl FromStr for Tag {
    type Err = EpcError;

    fn from_str(text: &str) -> Result<Self, EpcError> {
        Self::parse(text)
    }
}
