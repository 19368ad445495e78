//! Verbs that take several items: all of them in one transaction, or none.

use std::collections::HashSet;

use alloy_primitives::Bytes;
use alloy_sol_types::SolCall;
use theriac_client::Call;

use super::subject::Item;
use crate::context::{Context, Done};
use crate::failure::Failure;

/// A transaction has at most 16,777,216 gas (EIP-7825). Minting from a lot of a million, the dearest of the verbs, takes up to 100,000.
const MOST: usize = 100;

/// Reads the items, of which none may be named twice.
pub(crate) fn items(texts: &[String]) -> Result<Vec<Item>, Failure> {
    fits(texts.len())?;
    let items = texts.iter().map(|text| Item::parse(text)).collect::<Result<Vec<_>, _>>()?;
    let mut seen = HashSet::new();
    match texts.iter().zip(&items).find(|(_, item)| !seen.insert(item.id)) {
        Some((text, _)) => Err(Failure::user(
            "NamedTwice",
            format!("`{text}` is named twice"),
            "name every item once; nothing was done",
        )),
        None => Ok(items),
    }
}

/// Whether so many items fit one transaction.
pub(crate) fn fits(count: usize) -> Result<(), Failure> {
    if count <= MOST {
        return Ok(());
    }
    let what = format!("{count} items do not fit one transaction");
    Err(Failure::user("TooManyItems", what, format!("give at most {MOST} at once")))
}

/// Performs one call as it is, several through the room's multicall.
pub(crate) async fn perform<C, M>(
    context: &Context<'_>,
    calls: &[Call<C>],
    multicall: impl FnOnce(Vec<Bytes>) -> Call<M>,
) -> Result<Done, Failure>
where
    C: SolCall + Clone + Send + Sync,
    M: SolCall + Clone + Send + Sync,
{
    match calls {
        [call] => context.perform(call).await,
        calls => context.perform(&multicall(calls.iter().map(Call::calldata).collect())).await,
    }
}

/// The subject of a sentence: the one item as the user wrote it, or their number.
pub(crate) fn named(texts: &[String]) -> String {
    match texts {
        [text] => text.clone(),
        texts => format!("{} items", texts.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_taken_once_in_whatever_form_it_is_named() {
        let text = "(01)09506000134352(10)A1(21)S1".to_owned();
        let id = Item::parse(&text).unwrap().id.to_string();
        assert_eq!(items(std::slice::from_ref(&text)).unwrap().len(), 1);
        assert_eq!(items(&[text, id]).unwrap_err().code, "NamedTwice");
    }

    #[test]
    fn more_than_a_transaction_takes_are_refused() {
        let texts: Vec<String> = (0..=MOST).map(|serial| format!("(01)09506000134352(10)A1(21)S{serial}")).collect();
        assert_eq!(items(&texts).unwrap_err().code, "TooManyItems");
        assert_eq!(items(&texts[1..]).unwrap().len(), MOST);
    }
}
