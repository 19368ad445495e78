//! Scratch codes: what stands under the covered field of a label, and the tag key that follows from it.
//!
//! A code is 80 bits of the system's randomness and a check symbol, 17 symbols of Crockford's base 32, printed as
//! `XXXX-XXXX-XXXX-XXXXX`. That alphabet has neither I, L, O nor U; on reading, case does not count, o stands for 0, i and l
//! stand for 1, and hyphens and spaces are passed over.
//!
//! The check symbol makes the code a word of a linear code over GF(32): the sum of its symbols, each times another power of
//! a primitive element, is zero. Every single wrong symbol is noticed, since no weight is zero; every swap of two symbols,
//! adjacent or not, and every pair `xx` misread as `yy` too, since no two weights are equal. (Crockford's own check symbol, modulo
//! 37, would need five signs more.)
//!
//! The tag key is derived by a slow function of code and item ([`Derivation`]). So nobody needs to keep a private key for
//! a unit: who has scratched the field can sign, and nobody else.
//!
//! ```
//! use theriac_core::ids::{Agency, ModelId};
//! use theriac_core::scratch::{Derivation, ScratchCode};
//!
//! let code: ScratchCode = "h9xk 4m2p-77rw-3tqz7".parse()?;
//! assert_eq!(code.reveal().as_str(), "H9XK-4M2P-77RW-3TQZ7");
//! let item = ModelId::new(Agency::Gs1, "09506000134352").lot("A1").item("S1");
//! let key = Derivation::V1.tag_key(&code, item);
//! assert_ne!(key.address(), Derivation::V1.tag_key(&code, item.lot().item("S2")).address());
//! # Ok::<(), theriac_core::scratch::ScratchError>(())
//! ```

mod derivation;
mod field;
mod list;

use std::fmt;
use std::str::FromStr;

use zeroize::Zeroizing;

pub use derivation::{Derivation, TagKey};
pub(crate) use derivation::{LENGTH as KEY_LENGTH, key_of};
pub use list::{CodeList, CodeListError};

/// Symbols of a code: 16 of 5 bits, and the check symbol.
pub const SYMBOLS: usize = DATA + 1;
/// Bytes of randomness in a code.
pub const ENTROPY: usize = 10;

const DATA: usize = ENTROPY * 8 / 5;
const GROUP: usize = 4;
/// Crockford's base 32: a symbol's value is its place.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A scratch code. It does not print; [`ScratchCode::reveal`] gives its text.
#[derive(Clone, PartialEq, Eq)]
pub struct ScratchCode {
    /// Values of the symbols, 0 to 31; their weighted sum is zero.
    values: Zeroizing<[u8; SYMBOLS]>,
}

/// Why a text is not a scratch code. The text itself is never repeated: all but one of its symbols may be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScratchError {
    /// A character that no code has.
    #[error("character {position} is no symbol of a scratch code: they are digits and letters without U")]
    Symbol {
        /// Its place, counted from 1, hyphens and spaces included.
        position: usize,
    },
    /// Symbols are missing or too many.
    #[error("a scratch code has {SYMBOLS} symbols, this has {found}: read it again")]
    Length {
        /// How many there are.
        found: usize,
    },
    /// The check symbol does not fit the others.
    #[error("the check symbol is wrong: a symbol was misread or mistyped, or two were swapped")]
    Check,
}

impl ScratchCode {
    /// The code of 80 bits, which must be of the system's randomness: nothing else keeps a forger from guessing it.
    pub fn of_entropy(entropy: &[u8; ENTROPY]) -> Self {
        let mut values = Zeroizing::new([0; SYMBOLS]);
        for (place, value) in values[..DATA].iter_mut().enumerate() {
            *value = (0..5).fold(0, |value, bit| (value << 1) | bit_of(entropy, 5 * place + bit));
        }
        values[DATA] = field::check_value(&values[..DATA]);
        Self { values }
    }

    /// The text as it is printed under the field: `XXXX-XXXX-XXXX-XXXXX`.
    pub fn reveal(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(SYMBOLS + DATA / GROUP - 1));
        for (place, symbol) in self.symbols().iter().enumerate() {
            if place > 0 && place < DATA && place % GROUP == 0 {
                text.push('-');
            }
            text.push(char::from(*symbol));
        }
        text
    }

    /// The symbols in capital letters and without hyphens.
    fn symbols(&self) -> Zeroizing<[u8; SYMBOLS]> {
        Zeroizing::new(self.values.map(|value| ALPHABET[usize::from(value)]))
    }
}

fn bit_of(bytes: &[u8], bit: usize) -> u8 {
    bytes[bit / 8] >> (7 - bit % 8) & 1
}

impl FromStr for ScratchCode {
    type Err = ScratchError;

    fn from_str(text: &str) -> Result<Self, ScratchError> {
        let mut values = Zeroizing::new([0; SYMBOLS]);
        let mut found = 0;
        for (place, character) in text.chars().enumerate() {
            if character == '-' || character.is_whitespace() {
                continue;
            }
            let value = value_of(character).ok_or(ScratchError::Symbol { position: place + 1 })?;
            if let Some(free) = values.get_mut(found) {
                *free = value;
            }
            found += 1;
        }
        if found != SYMBOLS {
            return Err(ScratchError::Length { found });
        }
        if !field::is_word(values.as_slice()) {
            return Err(ScratchError::Check);
        }
        Ok(Self { values })
    }
}

fn value_of(character: char) -> Option<u8> {
    let symbol = match character.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let place = ALPHABET.iter().position(|known| char::from(*known) == symbol)?;
    u8::try_from(place).ok()
}

impl fmt::Debug for ScratchCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScratchCode(hidden)")
    }
}

#[cfg(test)]
mod tests;
