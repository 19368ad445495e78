//! Prices as people write them: amounts in a currency of ISO 4217, read exactly; there are no floating-point numbers here.

use iso_currency::Currency;
use serde::Serialize;

use crate::failure::Failure;

/// A price as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Price {
    /// In minor units: cents.
    pub(crate) amount: u64,
    /// ISO 4217 numeric code.
    pub(crate) number: u16,
    /// The letters; none where the table does not have it.
    pub(crate) currency: Option<&'static str>,
}

impl Price {
    /// What the chain has.
    pub(crate) fn new(amount: u64, number: u16) -> Self {
        Self { amount, number, currency: Currency::from_numeric(number).map(|known| known.code()) }
    }

    /// `12.50 EUR`.
    pub(crate) fn text(&self) -> String {
        let Some(currency) = Currency::from_numeric(self.number) else {
            return format!("{} minor units of currency {}", self.amount, self.number);
        };
        let digits = usize::from(currency.exponent().unwrap_or(0));
        let text = format!("{:0>width$}", self.amount, width = digits + 1);
        match text.split_at(text.len() - digits) {
            (whole, "") => format!("{whole} {}", currency.code()),
            (whole, part) => format!("{whole}.{part} {}", currency.code()),
        }
    }
}

/// Reads an amount of a currency by its three letters.
pub(super) fn read(amount: &str, currency: &str) -> Result<Price, Failure> {
    let Some(known) = Currency::from_code(&currency.to_ascii_uppercase()) else {
        let what = format!("`{currency}` is no currency of ISO 4217");
        return Err(Failure::user("UnknownCurrency", what, "write its three letters: EUR, USD, JPY"));
    };
    let wrong = |what: String| Failure::user("InvalidAmount", what, "write it as 12.50, in the currency's own units");
    let Some(digits) = known.exponent() else {
        return Err(wrong(format!("{} has no minor unit, so nothing is priced in it", known.code())));
    };
    let digits = usize::from(digits);
    let (whole, part) = amount.split_once('.').unwrap_or((amount, ""));
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(part) || amount.ends_with('.') {
        return Err(wrong(format!("`{amount}` is no amount")));
    }
    if part.len() > digits {
        return Err(wrong(format!("`{amount}` has more digits behind the point than {} has: {digits}", known.code())));
    }
    let minor = format!("{whole}{part:0<digits$}").parse::<u64>();
    let minor = minor.map_err(|_| wrong(format!("`{amount}` is more than a price can be")))?;
    Ok(Price::new(minor, known.numeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minor_units_are_those_of_the_currency() {
        for (amount, currency, minor, number, text) in [
            ("12.5", "EUR", 1250, 978, "12.50 EUR"),
            ("12", "eur", 1200, 978, "12.00 EUR"),
            ("0.05", "USD", 5, 840, "0.05 USD"),
            ("1200", "JPY", 1200, 392, "1200 JPY"),
            ("1.234", "KWD", 1234, 414, "1.234 KWD"),
        ] {
            let price = read(amount, currency).unwrap();
            assert_eq!((price.amount, price.number, price.text().as_str()), (minor, number, text));
        }
        assert_eq!(Price::new(7, 1).text(), "7 minor units of currency 1");
    }

    #[test]
    fn what_is_no_price_says_why() {
        let code = |amount, currency| read(amount, currency).unwrap_err().code;
        assert_eq!(code("1", "EURO"), "UnknownCurrency");
        for (amount, currency) in
            [("1.5", "JPY"), ("1.234", "EUR"), ("", "EUR"), ("1.", "EUR"), ("-1", "EUR"), ("1,5", "EUR"), ("1", "XAU")]
        {
            assert_eq!(code(amount, currency), "InvalidAmount", "{amount} {currency}");
        }
        assert_eq!(code("184467440737095516.16", "EUR"), "InvalidAmount");
    }
}
