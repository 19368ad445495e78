//! Offers and purchases by their ids, or by as many of the first digits as tell them apart.

use alloy_primitives::B256;
use theriac_client::Suite;
use theriac_client::trade::known::{KnownPurchase, OfferFilter, OpenOffer, PurchaseFilter};
use theriac_client::trade::{Progress, Terms};

use crate::failure::Failure;
use crate::time;

/// Digits that a shortened id has at least: with fewer, a slip of the finger names something else.
const FEWEST: usize = 4;
/// Characters of an id in a table: `0x` and 8 digits.
const SHORT: usize = 10;

/// An id as it is typed.
struct Typed {
    /// Its digits, in small letters.
    digits: String,
}

impl Typed {
    fn read(text: &str) -> Result<Self, Failure> {
        let digits = text.strip_prefix("0x").unwrap_or_default().to_ascii_lowercase();
        let good = digits.bytes().all(|digit| digit.is_ascii_hexdigit()) && (FEWEST..=64).contains(&digits.len());
        good.then_some(Self { digits }).ok_or_else(|| {
            let what = format!("`{text}` is no id of an offer or a purchase, nor the beginning of one");
            Failure::user(
                "InvalidId",
                what,
                "write 0x and at least 4 hexadecimal digits: `theriac market list` has them",
            )
        })
    }

    /// The id, if all of it was typed.
    fn whole(&self) -> Option<B256> {
        (self.digits.len() == 64).then(|| self.digits.parse().ok()).flatten()
    }

    fn begins(&self, id: &B256) -> bool {
        alloy_primitives::hex::encode(id).starts_with(&self.digits)
    }

    /// The only one of these whose id begins so; none if there is none.
    fn only<T>(&self, kind: &str, found: Vec<T>, id: impl Fn(&T) -> B256) -> Result<Option<T>, Failure> {
        let mut fitting = found.into_iter().filter(|one| self.begins(&id(one)));
        let first = fitting.next();
        let more = fitting.count();
        if more > 0 {
            let what = format!("{} ids of {kind} begin with 0x{}", more + 1, self.digits);
            return Err(Failure::user("AmbiguousId", what, "write more digits"));
        }
        Ok(first)
    }
}

/// Refuses what is no id, before anyone is asked.
pub(super) fn check(text: &str) -> Result<(), Failure> {
    Typed::read(text).map(drop)
}

/// The beginning of an id, for tables.
pub(super) fn short(id: &B256) -> String {
    id.to_string().chars().take(SHORT).collect()
}

/// What is compared with deadlines: the newest block, or the machine's clock where no block was made for a while.
pub(super) async fn now(suite: &Suite) -> Result<u64, Failure> {
    Ok(suite.chain().now().await?.max(time::now()))
}

/// The terms of an offer that was ever made.
pub(super) async fn terms_if_known(suite: &Suite, text: &str) -> Result<Option<(B256, Terms)>, Failure> {
    let typed = Typed::read(text)?;
    let made = suite.offers_made(&OfferFilter { id: typed.whole(), ..OfferFilter::default() }).await?;
    typed.only("offers", made, |(id, _)| *id)
}

/// The terms of an offer, which must have been made.
pub(super) async fn terms(suite: &Suite, text: &str) -> Result<(B256, Terms), Failure> {
    terms_if_known(suite, text).await?.ok_or_else(|| unknown("UnknownOffer", "offer", text))
}

/// An offer that has stock.
pub(super) async fn open_offer(suite: &Suite, text: &str) -> Result<OpenOffer, Failure> {
    let (id, terms) = terms(suite, text).await?;
    let offer = suite.market().offer_of(id).await?.ok_or_else(|| {
        let help = "`theriac market list` shows what can be bought";
        Failure::user("NoOffer", format!("offer {id} was sold out or withdrawn"), help)
    })?;
    Ok(OpenOffer { id, terms, offer })
}

/// A purchase that was made, if there is one.
pub(super) async fn purchase_if_known(suite: &Suite, text: &str) -> Result<Option<KnownPurchase>, Failure> {
    let typed = Typed::read(text)?;
    let made = suite.purchases_made(&PurchaseFilter { id: typed.whole(), ..PurchaseFilter::default() }).await?;
    typed.only("purchases", made, |purchase| purchase.id)
}

/// A purchase that was made, and where it stands.
pub(super) async fn purchase(suite: &Suite, text: &str) -> Result<(KnownPurchase, Progress), Failure> {
    let known = purchase_if_known(suite, text).await?.ok_or_else(|| unknown("UnknownPurchase", "purchase", text))?;
    let progress = suite.market().progress_of(known.id).await?;
    // The event and the contract are of one transaction.
    let progress =
        progress.ok_or_else(|| Failure::internal("asking where a purchase stands", "the node contradicts itself"))?;
    Ok((known, progress))
}

pub(super) fn unknown(code: &str, kind: &str, text: &str) -> Failure {
    let help = "`theriac market list` shows offers, with --purchases your purchases";
    Failure::user(code, format!("no {kind} {text} was made on this chain"), help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_named_by_its_beginning_if_that_is_one_ids_only() {
        let ids = vec![B256::repeat_byte(0xab), B256::repeat_byte(0xac)];
        let only = |text: &str| Typed::read(text).unwrap().only("offers", ids.clone(), |id| *id);
        assert_eq!(only("0xABAB").unwrap(), Some(ids[0]));
        assert_eq!(only("0xabac").unwrap(), None);
        let close = vec![ids[0], "0xabababab00000000000000000000000000000000000000000000000000000000".parse().unwrap()];
        let failure = Typed::read("0xabab").unwrap().only("offers", close, |id| *id).unwrap_err();
        assert_eq!(
            (failure.code.as_str(), failure.what.as_str()),
            ("AmbiguousId", "2 ids of offers begin with 0xabab")
        );
        for text in ["abab", "0xab", "0xabzz", "", &format!("{}0", ids[0])] {
            assert_eq!(Typed::read(text).err().unwrap().code, "InvalidId", "{text}");
        }
    }
}
