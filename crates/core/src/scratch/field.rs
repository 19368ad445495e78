//! The check symbol: arithmetic in GF(32), the polynomials over GF(2) modulo x⁵ + x² + 1.
//!
//! Addition is exclusive or. The weight of a symbol is x to the number of symbols after it. The powers of x up to x³⁰ are all
//! different and none is zero, so words may have up to 31 symbols.

/// x⁵ + x² + 1, which is primitive.
const MODULUS: u8 = 0b10_0101;

/// The value that makes the values before it a word.
pub(super) fn check_value(values: &[u8]) -> u8 {
    times_x(weighted_sum(values))
}

/// Whether the weighted sum is zero.
pub(super) fn is_word(values: &[u8]) -> bool {
    weighted_sum(values) == 0
}

/// Horner's rule.
fn weighted_sum(values: &[u8]) -> u8 {
    values.iter().fold(0, |sum, value| times_x(sum) ^ value)
}

fn times_x(value: u8) -> u8 {
    let shifted = value << 1;
    if shifted & 0b10_0000 == 0 { shifted } else { shifted ^ MODULUS }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_weights_are_equal_and_none_is_zero() {
        let mut weight = 1u8;
        let weights: Vec<u8> = (0..31)
            .map(|_| {
                let this = weight;
                weight = times_x(this);
                this
            })
            .collect();
        let distinct: std::collections::BTreeSet<_> = weights.iter().collect();
        assert_eq!(distinct.len(), 31);
        assert!(weights.iter().all(|weight| (1..32).contains(weight)));
        assert_eq!(weight, 1, "x has order 31");
    }
}
