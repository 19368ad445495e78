//! `theriac market`: devices offered, bought, shipped, returned and disputed, with the money in `Escrow`.

mod act;
mod attach;
mod buy;
mod find;
mod goods;
mod join;
mod list;
mod money;
mod offer;
mod record;
mod resolve;
mod show;
mod units;

use clap::Subcommand;
use theriac_client::trade::Deed;

use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;

/// What can be done on the market. OFFER and PURCHASE are ids, or as many of their first digits as tell them apart.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Join: let the market hand over your twins, move your goods and, with --token, take your tokens into Escrow when you buy.
    Approve(join::Approve),
    /// Offer an item that you own, or units of a lot that you made.
    Offer(offer::Offering),
    /// Give an offer of yours another price or stock.
    Reprice(offer::Reprice),
    /// End an offer of yours.
    WithdrawOffer {
        /// The offer.
        #[arg(value_name = "OFFER")]
        offer: String,
    },
    /// List what can be bought, or your purchases.
    List(list::List),
    /// Show an offer, or a purchase: where it stands, what happened, and who can do what until when.
    Show {
        /// The offer or the purchase.
        #[arg(value_name = "OFFER|PURCHASE")]
        id: String,
    },
    /// Buy: the money is held in Escrow, the twins are yours but locked, until the purchase comes to its end.
    Buy(buy::Buy),
    /// Buy as a provider from the maker and pay at once, without escrow and without return.
    Pay(buy::Pay),
    /// Ship what was bought from you.
    Ship(act::Act),
    /// Receive what you bought.
    Receive {
        #[command(flatten)]
        act: act::Act,
        /// Accept the goods as they are: the seller is paid now, and nothing can be returned.
        #[arg(long)]
        accept: bool,
    },
    /// Refuse at the door what you bought.
    Refuse(act::Act),
    /// Send back what you received.
    Return(act::Act),
    /// Take back what was returned to you.
    TakeBack(act::Act),
    /// Pay the seller: the buyer at any time, anyone when the time of silence favours the seller.
    Settle(act::End),
    /// Repay the buyer: the seller or, before shipping, the buyer; anyone when the time of silence favours the buyer.
    Refund(act::End),
    /// Ask for an arbiter: the buyer about what was shipped, the seller about what was returned.
    Dispute(act::Act),
    /// Add evidence to a dispute.
    Evidence(act::Evidence),
    /// Decide a dispute, as an arbiter: divide the money, and say who has the twins.
    Resolve(resolve::Resolve),
    /// Write the record of a purchase, to be sealed.
    Record(record::Record),
    /// Anchor the digest of a document, such as the sealed purchase record, to a purchase.
    Attach(attach::Attach),
    /// Show what an account can withdraw from Escrow.
    Credit(money::Credit),
    /// Withdraw what you have in Escrow.
    Withdraw(money::Withdraw),
}

/// Does the verb.
pub(crate) async fn run(context: &Context<'_>, verb: Verb) -> Result<Answer, Failure> {
    match verb {
        Verb::Approve(options) => join::approve(context, &options).await,
        Verb::Offer(options) => offer::offer(context, &options).await,
        Verb::Reprice(options) => offer::reprice(context, &options).await,
        Verb::WithdrawOffer { offer } => offer::withdraw(context, &offer).await,
        Verb::List(options) => list::run(context, &options).await,
        Verb::Show { id } => show::run(context, &id).await,
        Verb::Buy(options) => buy::buy(context, &options).await,
        Verb::Pay(options) => buy::pay(context, &options).await,
        Verb::Ship(options) => act::act(context, &options, Deed::Ship).await,
        Verb::Receive { act, accept } => act::receive(context, &act, accept).await,
        Verb::Refuse(options) => act::act(context, &options, Deed::Refuse).await,
        Verb::Return(options) => act::act(context, &options, Deed::Return).await,
        Verb::TakeBack(options) => act::act(context, &options, Deed::TakeBack).await,
        Verb::Settle(options) => act::end(context, &options, Deed::Settle).await,
        Verb::Refund(options) => act::end(context, &options, Deed::Refund).await,
        Verb::Dispute(options) => act::act(context, &options, Deed::Dispute).await,
        Verb::Evidence(options) => act::evidence(context, &options).await,
        Verb::Resolve(options) => resolve::run(context, &options).await,
        Verb::Record(options) => record::run(context, &options).await,
        Verb::Attach(options) => attach::run(context, &options).await,
        Verb::Credit(options) => money::credit(context, &options).await,
        Verb::Withdraw(options) => money::withdraw(context, &options).await,
    }
}
