//! Amounts as people write them, read exactly: there are no floating-point numbers here.

use alloy::primitives::{Address, U256};

use super::ETHER;

/// Ether, or a token, and how its amounts are written.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Currency {
    /// The ERC-20 token, [`ETHER`] for ether.
    pub token: Address,
    /// What stands behind an amount. A token calls itself what it likes: this names it, and vouches for nothing.
    pub symbol: String,
    /// Digits behind the point.
    pub decimals: u8,
}

/// An amount that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MoneyError {
    /// No number.
    #[error("`{0}` is no amount: write it as 1.5eth, or with --token as 1500")]
    NotAnAmount(String),
    /// Ether without a unit.
    #[error("`{0}` has no unit: write eth, gwei or wei behind it, or name a --token")]
    NoUnit(String),
    /// A unit that is not of this currency.
    #[error("`{unit}` is not the unit here: this is paid in {expected}")]
    OtherUnit {
        /// What was written.
        unit: String,
        /// What is paid in.
        expected: String,
    },
    /// More digits behind the point than there are.
    #[error("`{text}` has more than {decimals} digits behind the point, which is the finest that there is")]
    TooFine {
        /// What was written.
        text: String,
        /// How many there are.
        decimals: u8,
    },
    /// More than any amount.
    #[error("`{0}` is more than there can be")]
    TooMuch(String),
}

/// Longest symbol that is shown.
const SYMBOL: usize = 11;

impl Currency {
    /// Ether.
    pub fn ether() -> Self {
        Self { token: ETHER, symbol: "ETH".to_owned(), decimals: 18 }
    }

    /// A token, by what it answers; one that does not answer is counted in its smallest unit and named by its address.
    pub fn token(token: Address, symbol: Option<&str>, decimals: Option<u8>) -> Self {
        // The symbol is a stranger's text and goes to a terminal: only visible characters of one line.
        let visible = |symbol: &str| symbol.chars().filter(char::is_ascii_graphic).take(SYMBOL).collect::<String>();
        let symbol = symbol.map(visible).filter(|symbol| !symbol.is_empty()).unwrap_or_else(|| token.to_string());
        // 10^77 is the largest power of ten below 2^256.
        Self { token, symbol, decimals: decimals.unwrap_or(0).min(77) }
    }

    /// Whether this is ether.
    pub fn is_ether(&self) -> bool {
        self.token == ETHER
    }

    /// Reads an amount: `1.5eth`, `20gwei` or `7wei` of ether; of a token a number, with its symbol if one likes.
    pub fn parse(&self, text: &str) -> Result<U256, MoneyError> {
        let trimmed = text.trim();
        let end = trimmed.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(trimmed.len());
        let (number, unit) = trimmed.split_at(end);
        exact(number, self.digits(text, unit.trim())?, text)
    }

    /// How many digits behind the point this unit has.
    fn digits(&self, text: &str, unit: &str) -> Result<u8, MoneyError> {
        let is = |names: &[&str]| names.iter().any(|name| unit.eq_ignore_ascii_case(name));
        let other = || MoneyError::OtherUnit { unit: unit.to_owned(), expected: self.symbol.clone() };
        match (self.is_ether(), unit) {
            (true, "") => Err(MoneyError::NoUnit(text.to_owned())),
            (true, _) if is(&["eth", "ether"]) => Ok(18),
            (true, _) if is(&["gwei"]) => Ok(9),
            (true, _) if is(&["wei"]) => Ok(0),
            (false, "") => Ok(self.decimals),
            (false, _) if is(&[&self.symbol]) => Ok(self.decimals),
            _ if !unit.starts_with(char::is_alphabetic) => Err(MoneyError::NotAnAmount(text.to_owned())),
            _ => Err(other()),
        }
    }

    /// Writes an amount with every digit that it has: `1.5 ETH`.
    pub fn format(&self, amount: U256) -> String {
        let digits = format!("{amount:0>width$}", width = usize::from(self.decimals) + 1);
        let (whole, fraction) = digits.split_at(digits.len() - usize::from(self.decimals));
        match fraction.trim_end_matches('0') {
            "" => format!("{whole} {}", self.symbol),
            fraction => format!("{whole}.{fraction} {}", self.symbol),
        }
    }
}

/// The number in `text` times ten to the power of `decimals`, if that is a whole number.
fn exact(number: &str, decimals: u8, text: &str) -> Result<U256, MoneyError> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) {
        return Err(MoneyError::NotAnAmount(text.to_owned()));
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > usize::from(decimals) {
        return Err(MoneyError::TooFine { text: text.to_owned(), decimals });
    }
    let digits = format!("{whole}{fraction:0<width$}", width = usize::from(decimals));
    U256::from_str_radix(&digits, 10).map_err(|_| MoneyError::TooMuch(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn token(decimals: u8) -> Currency {
        Currency::token(Address::repeat_byte(1), Some("USDX"), Some(decimals))
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(limbs: [u64; 4], decimals in 0u8..=77) {
            let amount = U256::from_limbs(limbs);
            for currency in [token(decimals), Currency::ether()] {
                prop_assert_eq!(currency.parse(&currency.format(amount)), Ok(amount));
            }
        }

        #[test]
        fn no_text_is_read_without_care(text in ".{0,40}") {
            let _ = token(6).parse(&text);
            let _ = Currency::ether().parse(&text);
        }
    }

    #[test]
    fn amounts_are_exact_to_the_smallest_unit() {
        let ether = Currency::ether();
        let read = |text| ether.parse(text).map(|wei| wei.to_string());
        assert_eq!(read("1.5eth").as_deref(), Ok("1500000000000000000"));
        assert_eq!(read("0.000000000000000001 ETH").as_deref(), Ok("1"));
        assert_eq!(read("2.50gwei").as_deref(), Ok("2500000000"));
        assert_eq!(read("7wei").as_deref(), Ok("7"));
        assert_eq!(ether.format(U256::from(1_500_000_000_000_000_000_u64)), "1.5 ETH");
        assert_eq!(ether.format(U256::from(1)), "0.000000000000000001 ETH");
        assert_eq!(token(6).parse("1500"), Ok(U256::from(1_500_000_000)));
        assert_eq!(token(6).parse("0.25 usdx"), Ok(U256::from(250_000)));
        assert_eq!(token(0).format(U256::from(20)), "20 USDX");
    }

    #[test]
    fn what_cannot_be_paid_is_told() {
        let ether = Currency::ether();
        assert!(matches!(ether.parse("1500"), Err(MoneyError::NoUnit(_))));
        assert!(matches!(ether.parse("0.5wei"), Err(MoneyError::TooFine { decimals: 0, .. })));
        assert!(matches!(ether.parse("1 usdx"), Err(MoneyError::OtherUnit { .. })));
        assert!(matches!(token(6).parse("1eth"), Err(MoneyError::OtherUnit { .. })));
        assert!(matches!(token(6).parse("0.0000001"), Err(MoneyError::TooFine { decimals: 6, .. })));
        for text in ["", "eth", "-1eth", "1.eth", ".5eth", "1e3eth", "1,5eth", "1.2.3eth"] {
            assert!(
                matches!(
                    ether.parse(text),
                    Err(MoneyError::NotAnAmount(_) | MoneyError::NoUnit(_) | MoneyError::OtherUnit { .. })
                ),
                "{text}"
            );
        }
        assert!(matches!(ether.parse(&format!("{}eth", U256::MAX)), Err(MoneyError::TooMuch(_))));
    }

    #[test]
    fn a_token_cannot_write_on_the_terminal() {
        let currency = Currency::token(Address::repeat_byte(1), Some("\u{1b}[2JUSD\nC and more than enough"), None);
        assert_eq!((currency.symbol.as_str(), currency.decimals), ("[2JUSDCandm", 0));
        let unnamed = Currency::token(Address::repeat_byte(1), Some("\u{7}"), Some(255));
        assert_eq!((unnamed.symbol, unnamed.decimals), (Address::repeat_byte(1).to_string(), 77));
    }
}
