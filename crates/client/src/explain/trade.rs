//! The refusals of `Escrow`, `Market` and of the tokens that are paid in.

use theriac_bindings::escrow::Escrow::EscrowErrors as Escrow;
use theriac_bindings::market::Market::MarketErrors as Market;

use super::{inactive, needs, standing};
use crate::tokens::Erc20::Erc20Errors as Token;
use crate::trade::Status;

pub(super) fn escrow(error: &Escrow) -> Option<String> {
    use Escrow as E;
    Some(match error {
        E::Escrow_NotOpener(e) => {
            format!("a deal obeys only who opened it, {}, not {}: act through its opener", e.opener, e.caller)
        }
        E::Escrow_ZeroParty(_) => "payer and payee of a deal must not be the zero address: name both".to_owned(),
        E::Escrow_BadDeadline(e) => format!(
            "a deal that can be reclaimed from {} on: choose a second in the future, at most 3653 days from now",
            e.reclaimableAt
        ),
        E::Escrow_AlreadyOpen(e) => format!("deal {} is open already: give the new one another subject", e.deal),
        E::Escrow_WrongValue(e) => {
            format!("{} wei were sent, but the deal needs {}: send exactly that", e.sent, e.needed)
        }
        E::Escrow_NothingArrived(e) => {
            format!("of {} asked of token {} nothing arrived: the amount is 0, or the token kept it", e.asked, e.token)
        }
        E::Escrow_NoConsent(e) => format!(
            "{} did not allow {} to open deals with its tokens: approve it (`theriac market approve --token …`), or sign a permission",
            e.payer, e.opener
        ),
        E::Escrow_BadPermission(e) => format!(
            "the permission is not signed by {} over exactly this opener, payer, payee, token, amount and times: sign it again",
            e.payer
        ),
        E::Escrow_PermissionExpired(e) => {
            format!("the permission could be used until {} only: sign a new one", e.until)
        }
        E::Escrow_DeadlineBeyondPermission(e) => format!(
            "the money would be held until {}, but the permission allows {} at the latest: sign one that allows it",
            e.reclaimableAt, e.reclaimableBy
        ),
        E::Escrow_PermissionSpent(e) => {
            format!("permission {} of {} was used or withdrawn: sign one with another nonce", e.nonce, e.payer)
        }
        E::Escrow_NotOpen(e) => {
            format!(
                "deal {} is not open: its terms differ from those told at its opening, or its money was given out",
                e.deal
            )
        }
        E::Escrow_MoreThanHeld(e) => {
            format!("deal {} holds {}, so {} cannot be given: give at most what it holds", e.deal, e.held, e.asked)
        }
        E::Escrow_TooEarly(e) => {
            format!("the money of deal {} can be sent back from {} on: wait until then", e.deal, e.reclaimableAt)
        }
        E::Escrow_NoCredit(e) => format!(
            "{} has no credit in token {} (zeros: ether): there is nothing to withdraw until a purchase comes to its end",
            e.account, e.token
        ),
        E::Escrow_BadRecipient(e) => format!("money cannot be sent to {}: name an account of yours", e.to),
        E::Escrow_TokenTakesMore(e) => format!(
            "token {} took {} for a credit of {}, which would be the money of others: ask the token's issuer",
            e.token, e.taken, e.credit
        ),
        E::SafeERC20FailedOperation(e) => {
            format!("token {} refused the transfer: has the payer enough, and did it allow Escrow to take it?", e.token)
        }
        E::FailedCall(_) => "the recipient refused the ether: withdraw to another account".to_owned(),
        E::ReentrancyGuardReentrantCall(_) => reentrant(),
        _ => return None,
    })
}

pub(super) fn market(error: &Market) -> Option<String> {
    use Market as E;
    Some(match error {
        E::Market_NotSeller(e) => format!(
            "{} is not the seller of offer {}, or does not own the item: offer, change and withdraw what is yours",
            e.account, e.offer
        ),
        E::Market_WrongParty(e) => format!(
            "this is for {}, not for {}, as purchase {} stands: `theriac market show` says who can do what",
            e.expected, e.caller, e.purchase
        ),
        E::Market_NotParty(e) => format!("{} is neither buyer nor seller of purchase {}", e.account, e.purchase),
        E::Market_NotArbiter(e) => {
            format!("{} is no party, and an active arbiter has to decide purchase {}: ask one", e.account, e.purchase)
        }
        E::Market_NotProvider(e) => {
            format!("{}. Others buy through the escrow: `theriac market buy`", needs(&e.account, "provider"))
        }
        E::Market_NotMaker(e) => format!(
            "{} is not the maker of what offer {} is of: only makers sell from a lot, and are paid directly",
            e.account, e.offer
        ),
        E::Market_NotActive(e) => inactive(&e.account),
        E::Devices_Locked(e) => {
            format!("the twin of item {} is locked by {}: it can be offered when it is free", e.item, e.keeper)
        }
        E::Market_BadTime(e) => format!("a party cannot have {} s: give every one from 1 day to 366 days", e.time),
        E::Market_BadStock(e) => format!(
            "offer {} cannot have a stock of {}: at least 1, no more than the indices it names, which the lot must have; for one item 1",
            e.offer, e.stock
        ),
        E::Market_ZeroPrice(e) => format!("offer {} has no price: name one", e.offer),
        E::Market_NoOffer(e) => {
            format!(
                "offer {} was sold out, withdrawn or never made: `theriac market list` shows what there is",
                e.offer
            )
        }
        E::Market_OfferEnded(e) => {
            format!("the time of offer {} ended at {}: ask its seller for a new one", e.offer, e.until)
        }
        E::Market_NotEnoughStock(e) => {
            format!("offer {} has {} left, not {}: buy no more than that", e.offer, e.stock, e.asked)
        }
        E::Market_PriceChanged(e) => format!(
            "the price of offer {} is {} now, not {}: look at it again, and buy at that price if you like",
            e.offer, e.price, e.expected
        ),
        E::Market_NotOffered(e) => {
            format!("item {} is not among the goods of offer {}: name one that is", e.item, e.offer)
        }
        E::Market_BadOrder(e) => {
            format!("an order from offer {} needs an item, and a proof for each item of a lot", e.offer)
        }
        E::Market_OwnOffer(e) => format!("offer {} is the caller's own: another account has to buy", e.offer),
        E::Market_WrongValue(e) => {
            format!("{} wei were sent, but the orders cost {}: send exactly that", e.sent, e.needed)
        }
        E::Market_NotCertified(e) => format!(
            "the maker of {} has no valid certificate of authenticity for it, its lot or its model: it has to issue one first \
             (`theriac certificate issue`)",
            e.item
        ),
        E::Market_Immovable(e) => {
            format!("{} is {}: what may not move is not offered", e.item, standing(e.standing))
        }
        E::Market_NotHolder(e) => {
            format!(
                "{} does not hold item {} in custody: its maker commissions it, and who has it ships it",
                e.account, e.item
            )
        }
        E::Market_NotAddressee(e) => format!("item {} is not on its way to {} in custody", e.item, e.account),
        E::Market_WrongStatus(e) => match Status::try_from(e.status) {
            Ok(status) => format!(
                "purchase {} is {status}, and this is not for that: `theriac market show` says what can be done",
                e.purchase
            ),
            Err(_) => format!("there is no purchase {}: its terms are not those of its event", e.purchase),
        },
        E::Market_AlreadyBought(e) => {
            format!(
                "purchase {} was made in this very block: wait for the next block to buy the same again",
                e.purchase
            )
        }
        E::Market_TooLate(e) => format!(
            "the time for this ended at {}: since then anyone can move purchase {} on (`theriac market show` says how)",
            e.until, e.purchase
        ),
        E::Market_TooEarly(e) => format!(
            "until {} only the party concerned can do this to purchase {}; after that anyone can",
            e.until, e.purchase
        ),
        E::ReentrancyGuardReentrantCall(_) => reentrant(),
    })
}

pub(super) fn token(error: &Token) -> Option<String> {
    use Token as E;
    Some(match error {
        E::ERC20InsufficientBalance(e) => {
            format!("{} has {} of the token's smallest units, and {} are needed", e.sender, e.balance, e.needed)
        }
        E::ERC20InsufficientAllowance(e) => format!(
            "{} may take {} of the token's smallest units, and {} are needed: allow it with `theriac market approve --token …`",
            e.spender, e.allowance, e.needed
        ),
        E::ERC20InvalidReceiver(e) => format!("the token cannot be sent to {}", e.receiver),
        _ => return None,
    })
}

fn reentrant() -> String {
    "a token or recipient called back in the middle of a payment: do not deal with it".to_owned()
}

#[cfg(test)]
mod tests {
    use alloy::sol_types::SolInterface as _;

    use super::*;
    use crate::revert::Revert;

    /// All their values are of one word, so words of zeros are an example of each.
    fn explained(selectors: impl Iterator<Item = [u8; 4]>) -> Vec<String> {
        selectors.map(|selector| Revert::decode(&[&selector[..], &[0; 128]].concat()).to_string()).collect()
    }

    #[test]
    fn every_refusal_of_market_and_escrow_is_explained() {
        let texts: Vec<_> = explained(Market::selectors()).into_iter().chain(explained(Escrow::selectors())).collect();
        let ours: Vec<_> =
            texts.iter().filter(|text| text.starts_with("Market_") || text.starts_with("Escrow_")).collect();
        assert_eq!(ours.len(), 43, "{texts:#?}");
        for text in ours {
            assert!(text.contains(": ") && text.len() > 40, "{text}");
        }
    }
}
