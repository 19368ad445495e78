//! The key wrap of passphrases (RFC 3211 section 2.3): a block of the key is encrypted twice in CBC mode, so that every
//! byte of what comes out depends on every byte of what went in.
//!
//! The block is one byte with the key's length, the complement of the key's first three bytes, the key, and random
//! bytes up to whole blocks of the cipher, two at least. The complement is how a wrong passphrase is noticed.

use zeroize::Zeroizing;

use super::{Cipher, random};
use crate::envelope::EnvelopeError;

/// Bytes of complement.
const CHECK: usize = 3;
/// Length and complement.
const HEAD: usize = 1 + CHECK;

/// Wraps a key of the content.
pub(super) fn wrap(cipher: Cipher, password_key: &[u8], iv: &[u8], key: &[u8]) -> Result<Vec<u8>, EnvelopeError> {
    let size = (HEAD + key.len()).next_multiple_of(cipher.block_size()).max(2 * cipher.block_size());
    let mut block = random(size)?;
    // Keys have 32 bytes at most.
    block[0] = key.len() as u8;
    for (check, byte) in block[1..HEAD].iter_mut().zip(key) {
        *check = !byte;
    }
    block[HEAD..HEAD + key.len()].copy_from_slice(key);
    let once = cipher.encrypt_blocks(password_key, iv, &block)?;
    cipher.encrypt_blocks(password_key, &once[size - cipher.block_size()..], &once)
}

/// Unwraps it; none where the passphrase was wrong or the bytes are no wrapped key.
pub(super) fn unwrap(cipher: Cipher, password_key: &[u8], iv: &[u8], wrapped: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let size = cipher.block_size();
    if wrapped.len() < 2 * size || !wrapped.len().is_multiple_of(size) {
        return None;
    }
    // The second pass began with the last block of the first, which is the last block decrypted.
    let (before, last) = wrapped.split_at(wrapped.len() - size);
    let second_iv = cipher.decrypt_blocks(password_key, &before[before.len() - size..], last)?;
    let once = cipher.decrypt_blocks(password_key, &second_iv, wrapped)?;
    let block = Zeroizing::new(cipher.decrypt_blocks(password_key, iv, &once)?);

    let length = usize::from(block[0]);
    let key = block.get(HEAD..HEAD + length).filter(|key| key.len() >= CHECK)?;
    let checked = block[1..HEAD].iter().zip(key).fold(0, |wrong, (check, byte)| wrong | (check ^ !byte));
    (checked == 0).then(|| Zeroizing::new(key.to_vec()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_wrapped_key_is_unwrapped_by_its_passphrase_only(
            cipher in proptest::sample::select(Cipher::ALL.to_vec()),
            bytes in any::<[[u8; 32]; 3]>(),
            other in 1_u8..=0x7f,
        ) {
            let [key, password_key, iv] = &bytes;
            let (key, password_key) = (&key[..cipher.key_size()], &password_key[..cipher.key_size()]);
            let iv = &iv[..cipher.block_size()];
            let wrapped = wrap(cipher, password_key, iv, key).unwrap();
            let unwrapped = |password_key| unwrap(cipher, password_key, iv, &wrapped).map(|key| key.to_vec());
            prop_assert_eq!(unwrapped(password_key), Some(key.to_vec()));
            // The lowest bit of each byte of a DES key is parity, and changes nothing.
            let mut wrong = password_key.to_vec();
            wrong[5] ^= other << 1;
            prop_assert_ne!(unwrapped(&wrong), Some(key.to_vec()));
        }

        #[test]
        fn no_bytes_make_it_panic(
            cipher in proptest::sample::select(Cipher::ALL.to_vec()),
            wrapped in proptest::collection::vec(any::<u8>(), 0..80),
        ) {
            let (key, iv) = ([7; 32], [9; 16]);
            let _ = unwrap(cipher, &key[..cipher.key_size()], &iv[..cipher.block_size()], &wrapped);
        }
    }
}
