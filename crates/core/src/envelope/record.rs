//! The record of a purchase: what buyer and seller agreed, with what is nobody else's business.

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use alloy_primitives::{Address, B256, U256};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::document::{Document, DocumentError, dates};
use crate::ids::ItemId;
use crate::udi::Udi;

/// A purchase in full. It exists in the clear only with its parties: what is stored and anchored is the envelope around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PurchaseRecord {
    /// The chain (EIP-155).
    pub chain_id: u64,
    /// The `Market` contract there.
    pub market: Address,
    /// The purchase in that contract: the hash of its terms.
    pub purchase: B256,
    /// The offer that was bought.
    pub offer: B256,
    /// Who buys.
    pub buyer: Party,
    /// Who sells.
    pub seller: Party,
    /// What is bought, unit by unit.
    pub items: Vec<PurchasedItem>,
    /// What is paid for all of them.
    pub price: Price,
    /// Where the goods go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_address: Option<String>,
    /// Whatever else the parties agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// When it was bought.
    #[serde(with = "dates::instant_required")]
    pub bought_at: Timestamp,
    /// By when the goods are on their way.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "dates::instant_optional")]
    pub ship_until: Option<Timestamp>,
    /// By when they have been looked at.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "dates::instant_optional")]
    pub inspect_until: Option<Timestamp>,
    /// Until when they can go back.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "dates::instant_optional")]
    pub return_until: Option<Timestamp>,
}

/// One side of the purchase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Party {
    /// The account that acts for it.
    pub account: Address,
    /// Its name.
    pub name: String,
    /// Its postal address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// One unit that is bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PurchasedItem {
    /// The unit: its token id.
    pub item: ItemId,
    /// Its UDI with lot and serial, as a label has it.
    pub udi: String,
    /// What it is, in words.
    pub description: String,
    /// What it costs, in the smallest unit of the price's token.
    pub unit_price: Amount,
}

/// An amount of a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Price {
    /// How much, in the token's smallest unit.
    pub amount: Amount,
    /// The token's contract; zero for the chain's own coin.
    pub token: Address,
    /// What people call it: "ETH", "USDC".
    pub symbol: String,
    /// Digits after the point when people write it (ERC-20 `decimals`).
    pub decimals: u8,
}

impl fmt::Display for Price {
    /// As people write it: `1250.50 USDC`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = usize::from(self.decimals);
        let digits = format!("{:0>width$}", self.amount.to_string(), width = decimals + 1);
        let (whole, part) = digits.split_at(digits.len() - decimals);
        let point = if decimals == 0 { "" } else { "." };
        write!(f, "{whole}{point}{part} {}", self.symbol)
    }
}

/// A whole number of a token's smallest unit. In documents a string of digits, since it may be beyond 2^53.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Amount(pub U256);

/// Text that is no amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not an amount: write the number of smallest units in decimal digits, without sign, point or leading zeros"
)]
pub struct AmountError(String);

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Amount {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, AmountError> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let shortest = text == "0" || !text.starts_with('0');
        let amount = if digits && shortest { U256::from_str_radix(text, 10).ok() } else { None };
        amount.map(Self).ok_or_else(|| AmountError(text.chars().take(100).collect()))
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

impl Document for PurchaseRecord {
    const TYPE: &'static str = "purchase";

    fn check(&self) -> Result<(), DocumentError> {
        let refuse = |problem: String| Err(DocumentError::Contradiction { document: Self::TYPE, problem });
        if self.buyer.account == self.seller.account {
            return refuse(format!("buyer and seller are one account, {}: correct one", self.buyer.account));
        }
        if self.items.is_empty() {
            return refuse("`items` is empty: name what is bought".to_owned());
        }
        let mut seen = HashSet::new();
        if let Some(twice) = self.items.iter().find(|one| !seen.insert(one.item)) {
            return refuse(format!("the item {} stands in it twice: name each unit once", twice.item));
        }
        if let Some(problem) = self.items.iter().find_map(|item| self.item_problem(item)) {
            return refuse(problem);
        }
        let sum = self.items.iter().try_fold(U256::ZERO, |sum, item| sum.checked_add(item.unit_price.0));
        if sum != Some(self.price.amount.0) {
            let sum = sum.map_or_else(|| "more than any token has".to_owned(), |sum| sum.to_string());
            return refuse(format!("`price.amount` is {}, and the unit prices add up to {sum}", self.price.amount));
        }
        let early = |until: Option<Timestamp>| until.filter(|until| *until < self.bought_at);
        match [self.ship_until, self.inspect_until, self.return_until].into_iter().find_map(early) {
            Some(until) => refuse(format!("a time ends at {until}, before the purchase at {}", self.bought_at)),
            None => Ok(()),
        }
    }
}

impl PurchaseRecord {
    /// Whether the UDI of an item names another unit.
    fn item_problem(&self, item: &PurchasedItem) -> Option<String> {
        let year = self.bought_at.to_zoned(TimeZone::UTC).year();
        match Udi::parse(&item.udi, year).map(|udi| udi.item_id()) {
            Ok(Some(named)) if named == item.item => None,
            Ok(Some(named)) => Some(format!("the UDI `{}` names the item {named}, not {}", item.udi, item.item)),
            Ok(None) => Some(format!("the UDI `{}` names no unit: it needs lot and serial", item.udi)),
            Err(error) => Some(format!("the UDI `{}`: {error}", item.udi)),
        }
    }
}
