//! `theriac epcis export`.

use std::path::PathBuf;

use clap::Args;
use theriac_core::epcis::{Document, validate};

use super::confirm::{Evidence, Known};
use crate::answer::Answer;
use crate::commands::events;
use crate::context::Context;
use crate::failure::Failure;
use crate::{files, time};

/// Options of `theriac epcis export`.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// A file that is not there yet; otherwise the document is printed.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Only events from then on: a day (UTC) or an instant.
    #[arg(long, value_name = "TIME", value_parser = time::first_second)]
    since: Option<u64>,
    /// Only events until then: a day (UTC) or an instant.
    #[arg(long, value_name = "TIME", value_parser = time::last_second)]
    until: Option<u64>,
}

/// Writes the events that are kept and that the chain confirms, in the order of their times. Others are left out: a verb that was
/// killed before it was sent leaves its event.
pub(super) async fn run(context: &Context<'_>, options: &Export) -> Result<Answer, Failure> {
    let mut found = events::all(context)?;
    found.retain(|event| {
        let second = u64::try_from(event.event_time.at().as_second()).unwrap_or_default();
        options.since.is_none_or(|since| second >= since) && options.until.is_none_or(|until| second <= until)
    });
    let evidence = Evidence::read(&context.suite().await?).await?;
    let known: Vec<_> = found.iter().map(|event| Known { hash: event.hash(), preceding: event.preceding() }).collect();
    let (confirmed, kept) = (evidence.confirm(&known), found.len());
    found.retain(|event| confirmed.deed(event.hash()).is_some());
    let (left_out, missing) = (kept - found.len(), &confirmed.missing);
    if found.is_empty() {
        let help = "verbs of custody and pharmacy keep their events there; look at --home, --since and --until";
        return Err(Failure::user(
            "NoEvents",
            "the home folder has no events of this time that the chain has as evidence",
            help,
        ));
    }
    let count = found.len();
    let created = time::instant(time::now()).unwrap_or_default().into();
    let text = format!("{:#}", Document::new(created, &[], found).to_json());
    let findings = validate(&text).map_err(|error| Failure::internal("validating the document", error))?;
    if let Some(finding) = findings.first() {
        return Err(Failure::internal("validating the document", format!("{}: {}", finding.path, finding.problem)));
    }
    let Some(out) = &options.out else {
        let facts = serde_json::json!({ "events": count, "leftOut": left_out, "missing": missing, "document": text });
        return Answer::new(text, &facts);
    };
    files::write_new(out, format!("{text}\n").as_bytes())?;
    let facts = serde_json::json!({ "events": count, "leftOut": left_out, "missing": missing, "file": out });
    let mut said = format!("{count} events written to {}", out.display());
    if left_out > 0 {
        said.push_str(&format!("; {left_out} are no evidence of anything on this chain and were left out"));
    }
    for hash in missing {
        said.push_str(&format!("\n{hash} belongs to one of them and is not kept here: get it from who made it"));
    }
    Answer::new(said, &facts)
}
