//! `theriac custody units`: which units an account holds.

use alloy_primitives::Address;
use clap::Args;
use serde::Serialize;
use theriac_client::units::{Book, Ledger};
use theriac_core::gs1::Sscc;
use theriac_core::ids::{LotId, UnitId};

use crate::answer::{Answer, Table};
use crate::args::account;
use crate::commands::people::People;
use crate::commands::subject::LotOptions;
use crate::context::Context;
use crate::failure::Failure;

/// Options of `theriac custody units`.
#[derive(Debug, Args)]
pub(crate) struct Units {
    /// Whose units; otherwise the signer's.
    #[arg(long, value_name = "ADDRESS", value_parser = account)]
    account: Option<Address>,
    #[command(flatten)]
    lot: LotOptions,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Held {
    unit: UnitId,
    /// Where the book knows it.
    sscc: Option<Sscc>,
    lot: LotId,
    first: u32,
    count: u32,
    /// What is left of them.
    packs: u64,
    addressee: Option<Address>,
    stopped: bool,
}

#[derive(Serialize)]
struct Facts {
    account: Address,
    packs: u64,
    units: Vec<Held>,
}

/// Lists them by lot and place in the lot.
pub(super) async fn run(context: &Context<'_>, options: &Units) -> Result<Answer, Failure> {
    let lot = options.lot.lot()?.map(|lot| lot.id);
    let account = match options.account {
        Some(account) => account,
        None => context.required_signer()?.address(),
    };
    let suite = context.suite().await?;
    let book = Book::open(&context.options.home)?;
    let ledger = Ledger::read(&suite, |of| lot.is_none_or(|lot| lot == of)).await?;
    let held = ledger.units().filter(|(_, range)| range.holder == account).map(|(unit, range)| Held {
        unit,
        sscc: book.get(unit).map(|entry| entry.sscc.clone()),
        lot: unit.lot(),
        first: range.first,
        count: range.count,
        packs: ledger.packs_in(unit),
        addressee: range.addressee,
        stopped: !range.stops.is_empty(),
    });
    let mut units: Vec<_> = held.collect();
    units.sort_by_key(|unit| (unit.lot, unit.first));
    let facts = Facts { account, packs: units.iter().map(|unit| unit.packs).sum(), units };
    Answer::new(facts.text(&mut People::new(&suite)).await?, &facts)
}

impl Facts {
    async fn text(&self, people: &mut People<'_>) -> Result<String, Failure> {
        let mut table = Table::new(["Unit", "Lot", "Packs", "Indices", "State"]);
        for unit in &self.units {
            let name = unit.sscc.as_ref().map_or_else(|| unit.unit.to_string(), |sscc| format!("(00){sscc}"));
            let state = match (unit.addressee, unit.stopped) {
                (Some(addressee), _) => format!("on its way to {}", people.name(addressee).await?),
                (None, true) => "stopped".to_owned(),
                (None, false) => String::new(),
            };
            let last = u64::from(unit.first) + u64::from(unit.count) - 1;
            table.row([name, unit.lot.to_string(), unit.packs.to_string(), format!("{} to {last}", unit.first), state]);
        }
        let table = table.render("no units");
        Ok(format!("{} holds {} packs in {} units\n\n{table}", self.account, self.packs, self.units.len()))
    }
}
