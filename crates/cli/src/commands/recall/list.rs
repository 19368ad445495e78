//! `theriac recall list`.

use serde_json::json;

use super::known;
use crate::answer::{Answer, Table};
use crate::context::Context;
use crate::failure::Failure;
use crate::time;

/// Lists the recalls, oldest first.
pub(super) async fn run(context: &Context<'_>, only_open: bool) -> Result<Answer, Failure> {
    let suite = context.suite().await?;
    let mut table = Table::new(["Recall", "Class", "Of", "Issuer", "Opened", "Closed"]);
    let mut entries = Vec::new();
    for known in known::recalls(&suite, |filter| filter).await? {
        if only_open && !known.is_open() {
            continue;
        }
        let closed = if known.is_open() { "open".to_owned() } else { time::iso(known.recall.closed_at) };
        let opened = time::iso(known.recall.opened_at);
        let issuer = known.recall.issuer.to_string();
        table.row([known.number.to_string(), known.class(), known.subject(), issuer, opened, closed]);
        entries.push(known.entry()?);
    }
    let none = if only_open { "no open recalls" } else { "no recalls" };
    Answer::new(table.render(none), &json!({ "recalls": entries }))
}
