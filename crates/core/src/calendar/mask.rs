//! Sets of slots, as the chain keeps them.

use std::fmt;
use std::ops::{BitAnd, BitOr, Range, Sub};

use alloy_primitives::{B256, U256};

use super::MAX_SLOTS;

/// A set of slots of one day: bit *i*, counted from the lowest, is slot *i*.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SlotMask(U256);

impl SlotMask {
    /// No slot.
    pub const EMPTY: Self = Self(U256::ZERO);

    /// The slots 0 to `count` − 1; all 256 for any larger count.
    pub fn first(count: u16) -> Self {
        if count >= MAX_SLOTS { Self(U256::MAX) } else { Self((U256::ONE << usize::from(count)) - U256::ONE) }
    }

    /// The word.
    pub const fn word(self) -> U256 {
        self.0
    }

    /// Whether a slot is in the set.
    pub fn contains(self, slot: u8) -> bool {
        self.0.bit(slot.into())
    }

    /// Puts a slot in; tells whether it was not there.
    pub fn insert(&mut self, slot: u8) -> bool {
        let new = !self.contains(slot);
        self.0.set_bit(slot.into(), true);
        new
    }

    /// Takes a slot out; tells whether it was there.
    pub fn remove(&mut self, slot: u8) -> bool {
        let there = self.contains(slot);
        self.0.set_bit(slot.into(), false);
        there
    }

    /// How many slots are in it, 0 to 256.
    pub fn len(self) -> u16 {
        u16::try_from(self.0.count_ones()).expect("there are 256 bits")
    }

    /// Whether no slot is in it.
    pub fn is_empty(self) -> bool {
        self.0.is_zero()
    }

    /// The slots, in order.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        (0..=u8::MAX).filter(move |&slot| self.contains(slot))
    }

    /// The slots as stretches without a hole, in order, each as long as can be.
    pub fn ranges(self) -> impl Iterator<Item = Range<u16>> {
        let mut rest = self.0;
        let mut passed = 0;
        std::iter::from_fn(move || {
            if rest.is_zero() {
                return None;
            }
            let hole = rest.trailing_zeros();
            rest >>= hole;
            let run = rest.trailing_ones();
            // By all 256 bits, what remains is zero.
            rest >>= run;
            let start = passed + hole;
            passed = start + run;
            let bit = |place: usize| u16::try_from(place).expect("there are 256 bits");
            Some(bit(start)..bit(passed))
        })
    }
}

impl FromIterator<u8> for SlotMask {
    fn from_iter<T: IntoIterator<Item = u8>>(slots: T) -> Self {
        let mut mask = Self::EMPTY;
        for slot in slots {
            mask.insert(slot);
        }
        mask
    }
}

impl BitOr for SlotMask {
    type Output = Self;

    /// The slots of either.
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for SlotMask {
    type Output = Self;

    /// The slots of both.
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl Sub for SlotMask {
    type Output = Self;

    /// The slots of the first only.
    fn sub(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl From<U256> for SlotMask {
    fn from(word: U256) -> Self {
        Self(word)
    }
}

impl From<B256> for SlotMask {
    /// From a word as storage and logs have it, the highest byte first.
    fn from(word: B256) -> Self {
        Self(word.into())
    }
}

impl From<SlotMask> for B256 {
    fn from(mask: SlotMask) -> Self {
        mask.0.into()
    }
}

impl fmt::Display for SlotMask {
    /// Indices and stretches of them: 0–3, 7.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, range) in self.ranges().enumerate() {
            let joint = if place > 0 { ", " } else { "" };
            match range.end - 1 {
                last if last == range.start => write!(f, "{joint}{last}")?,
                last => write!(f, "{joint}{}–{last}", range.start)?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for SlotMask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SlotMask({self})")
    }
}
