//! `theriac custody suspect list`.

use alloy_primitives::B256;
use serde::Serialize;
use theriac_core::dscsa::SuspectProduct;

use super::shelf::Shelf;
use super::traces::{Thing, Traces};
use crate::answer::{Answer, Table};
use crate::context::Context;
use crate::failure::Failure;

#[derive(Serialize)]
struct Line {
    id: B256,
    /// The last step.
    #[serde(flatten)]
    step: SuspectProduct,
    steps: usize,
    things: Vec<Thing>,
}

#[derive(Serialize)]
struct Facts {
    cases: Vec<Line>,
}

/// Shows where the cases of the signer stand.
pub(super) async fn run(context: &Context<'_>) -> Result<Answer, Failure> {
    let suite = context.signing_suite().await?;
    let account = suite.chain().account();
    let traces = Traces::of(&suite, account).await?;
    let mut cases = Vec::new();
    for case in Shelf::open(context)?.cases(account, &traces)? {
        let id = case.id().map_err(|error| Failure::of(&error))?;
        let Some(step) = case.steps().last().cloned() else { continue };
        cases.push(Line { id, step, steps: case.steps().len(), things: traces.things(id) });
    }
    cases.sort_by_key(|line| (line.step.handling.day(), line.step.case.clone()));
    let mut table = Table::new(["Case", "Stands at", "Since", "Product", "Lot", "Things"]);
    for Line { step, things, .. } in &cases {
        let (stands, day) = (step.handling.name().to_owned(), step.handling.day().to_string());
        let (product, lot) = (step.product_name.clone(), step.lot.to_string());
        table.row([step.case.clone(), stands, day, product, lot, things.len().to_string()]);
    }
    Answer::new(table.render("you have no cases"), &Facts { cases })
}
