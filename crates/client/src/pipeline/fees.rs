//! What is offered per gas.

use alloy::network::TransactionBuilder as _;
use alloy::providers::Provider;
use alloy::rpc::types::TransactionRequest;

use crate::chain::Chain;
use crate::error::Result;

/// An offer per gas, in wei.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fees {
    /// EIP-1559.
    Dynamic { max: u128, tip: u128 },
    /// For chains without a base fee.
    Legacy { price: u128 },
}

impl Fees {
    /// What the chain takes now, with room for a base fee that doubles.
    pub(super) async fn current(chain: &Chain, limit: u128) -> Result<Self> {
        let offer = match chain.provider().estimate_eip1559_fees().await {
            Ok(fees) => Self::Dynamic { max: fees.max_fee_per_gas, tip: fees.max_priority_fee_per_gas },
            Err(_) => Self::Legacy { price: chain.asked("eth_gasPrice", chain.provider().get_gas_price().await)? },
        };
        Ok(offer.at_most(limit))
    }

    /// The offer that replaces `self` under the same nonce: nodes ask for 10 % more, of both parts.
    pub(super) fn replacing(self, current: Self, limit: u128) -> Self {
        let more = |fee: u128| fee.saturating_add((fee / 4).max(1));
        let offer = match (self, current) {
            (Self::Dynamic { max, tip }, Self::Dynamic { max: max_now, tip: tip_now }) => {
                Self::Dynamic { max: more(max).max(max_now), tip: more(tip).max(tip_now) }
            }
            (Self::Legacy { price }, Self::Legacy { price: now }) => Self::Legacy { price: more(price).max(now) },
            // The chain changed its kind of fees meanwhile; the old offer means nothing any more.
            (_, current) => current,
        };
        offer.at_most(limit)
    }

    /// Whether `current` asks for more than this offers.
    pub(super) fn is_below(self, current: Self) -> bool {
        self.ceiling() < current.ceiling() / 2
    }

    fn ceiling(self) -> u128 {
        match self {
            Self::Dynamic { max, .. } => max,
            Self::Legacy { price } => price,
        }
    }

    fn at_most(self, limit: u128) -> Self {
        match self {
            Self::Dynamic { max, tip } => Self::Dynamic { max: max.min(limit), tip: tip.min(limit).min(max) },
            Self::Legacy { price } => Self::Legacy { price: price.min(limit) },
        }
    }

    pub(super) fn put_on(self, request: TransactionRequest) -> TransactionRequest {
        match self {
            Self::Dynamic { max, tip } => request.with_max_fee_per_gas(max).with_max_priority_fee_per_gas(tip),
            Self::Legacy { price } => request.with_gas_price(price),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_replacement_offers_a_tenth_more_unless_limited(max in 0u128..1 << 100, tip in 0u128..1 << 100, now in 0u128..1 << 100) {
            let old = Fees::Dynamic { max, tip };
            let Fees::Dynamic { max: new_max, tip: new_tip } =
                old.replacing(Fees::Dynamic { max: now, tip: 0 }, u128::MAX) else { unreachable!() };
            prop_assert!(new_max > max && new_max >= max + max / 10 && new_max >= now);
            prop_assert!(new_tip > tip.min(new_max - 1) || new_tip == new_max);
        }

        #[test]
        fn the_limit_holds(price in any::<u128>(), now in any::<u128>(), limit in any::<u128>()) {
            let offer = Fees::Legacy { price }.replacing(Fees::Legacy { price: now }, limit);
            prop_assert!(offer.ceiling() <= limit);
        }
    }
}
