//! Cells under a salt.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::str::FromStr;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::Cell;
use crate::ids::ItemId;

/// Keeps these hashes apart from others under the same key.
const DOMAIN: &[u8] = b"theriac scan place 1";
const TOKEN: usize = 16;
const SALT: usize = 32;

/// The secret of a verifier, under which places are kept. It does not print.
#[derive(Clone)]
pub struct Salt(Zeroizing<[u8; SALT]>);

/// A cell of one item's scan: the first 16 bytes of HMAC-SHA-256(salt, domain ‖ item id ‖ cell).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Token([u8; TOKEN]);

/// A text that is no salt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not the salt of a scan file: 64 hexadecimal digits are expected")]
pub struct SaltError;

impl Salt {
    /// A salt of the system's randomness.
    pub fn of_entropy(entropy: &[u8; SALT]) -> Self {
        Self(Zeroizing::new(*entropy))
    }

    /// As it is kept in a file, which nobody else may read.
    pub fn reveal(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.0.as_slice()))
    }

    /// The token of a cell for an item.
    pub fn seal(&self, item: ItemId, cell: Cell) -> Token {
        finish(self.begin(item), cell)
    }

    /// The cells of tokens of one item, found by trying all; a token under another salt is not found. Takes some milliseconds.
    pub fn open(&self, item: ItemId, tokens: impl IntoIterator<Item = Token>) -> HashMap<Token, Cell> {
        let mut sought: HashSet<Token> = tokens.into_iter().collect();
        let mut found = HashMap::with_capacity(sought.len());
        let begun = self.begin(item);
        for cell in Cell::all() {
            if sought.is_empty() {
                break;
            }
            let token = finish(begun.clone(), cell);
            if sought.remove(&token) {
                found.insert(token, cell);
            }
        }
        found
    }

    fn begin(&self, item: ItemId) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_slice()).expect("HMAC takes keys of any length");
        mac.update(DOMAIN);
        mac.update(item.0.as_slice());
        mac
    }
}

fn finish(mut mac: Hmac<Sha256>, cell: Cell) -> Token {
    mac.update(&cell.to_bytes());
    let mut token = [0; TOKEN];
    token.copy_from_slice(&mac.finalize().into_bytes()[..TOKEN]);
    Token(token)
}

impl FromStr for Salt {
    type Err = SaltError;

    fn from_str(text: &str) -> Result<Self, SaltError> {
        let mut salt = Zeroizing::new([0; SALT]);
        hex::decode_to_slice(text.trim(), salt.as_mut_slice()).map_err(|_| SaltError)?;
        Ok(Self(salt))
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(hidden)")
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({self})")
    }
}

impl FromStr for Token {
    type Err = hex::FromHexError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut token = [0; TOKEN];
        hex::decode_to_slice(text, &mut token).map(|()| Self(token))
    }
}
