//! `theriac workorder list`.

use alloy_primitives::Address;
use clap::Args;
use serde::Serialize;
use theriac_client::mds::{self, OrderEntry};
use theriac_client::types::{OrderKind, OrderState};
use theriac_core::content::ContentAddress;
use theriac_core::ids::ItemId;

use crate::answer::{Answer, Table};
use crate::args::account;
use crate::commands::subject::Item;
use crate::context::Context;
use crate::failure::Failure;
use crate::time;

/// Options of `theriac workorder list`.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only of this device: a UDI with a serial in any form, or an item id.
    #[arg(long, value_name = "UDI")]
    item: Option<String>,
    /// Only those that this engineer has.
    #[arg(long, value_name = "ADDRESS", value_parser = account)]
    engineer: Option<Address>,
}

/// A work order as it is shown.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderFacts {
    order: u64,
    item: ItemId,
    kind: OrderKind,
    state: OrderState,
    opener: Address,
    engineer: Option<Address>,
    until: Option<String>,
    /// Whether the engineer can work on it now: it neither ran out nor ended with a sale.
    assigned: bool,
    description: ContentAddress,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    work_orders: Vec<OrderFacts>,
}

impl OrderFacts {
    pub(crate) fn of(entry: &OrderEntry) -> Result<Self, Failure> {
        let order = &entry.order;
        Ok(Self {
            order: entry.number,
            item: order.item,
            kind: order.kind,
            state: order.state,
            opener: order.opener,
            engineer: order.engineer,
            until: order.engineer.map(|_| time::iso(order.until)),
            assigned: entry.assigned,
            description: entry.document.address()?,
        })
    }

    /// `7: fault, assigned to 0x… until …`.
    pub(crate) fn text(&self) -> String {
        format!("{}: {}, {}", self.order, self.kind, self.standing())
    }

    fn standing(&self) -> String {
        match (self.state, self.engineer, &self.until) {
            (OrderState::Assigned | OrderState::Started, Some(engineer), Some(until)) => {
                let over = if self.assigned { "" } else { ", OVER: assign it again" };
                format!("{}, {engineer}'s until {until}{over}", self.state)
            }
            _ => self.state.to_string(),
        }
    }
}

/// Lists them, the newest last.
pub(super) async fn run(context: &Context<'_>, options: &List) -> Result<Answer, Failure> {
    let item = options.item.as_deref().map(Item::parse).transpose()?.map(|item| item.id);
    let suite = context.suite().await?;
    let mut entries = mds::orders(&suite, item).await?;
    if let Some(engineer) = options.engineer {
        entries.retain(|entry| entry.order.engineer == Some(engineer));
    }
    let work_orders = entries.iter().map(OrderFacts::of).collect::<Result<Vec<_>, _>>()?;
    let mut table = Table::new(["order", "kind", "item", "standing"]);
    for order in &work_orders {
        table.row([order.order.to_string(), order.kind.to_string(), order.item.to_string(), order.standing()]);
    }
    Answer::new(table.render("no work orders"), &Facts { work_orders })
}
