//! The events (EPCIS 2.0) that the verbs leave: the canonical hash goes on chain, the event itself stays in the home folder.

use std::io::Write as _;

use alloy_primitives::{Address, B256};
use jiff::Timestamp;
use theriac_core::epcis::verbs::Moment;
use theriac_core::epcis::{Event, Offset, Uri};

use crate::context::Context;
use crate::failure::Failure;
use crate::files;

/// Now, by clocks of UTC.
pub(super) fn now() -> Moment {
    Moment::new(Timestamp::now(), Offset::UTC)
}

/// An account as a party (did:pkh, with its CAIP-10 name).
pub(super) fn party(chain_id: u64, account: Address) -> Result<Uri, Failure> {
    format!("did:pkh:eip155:{chain_id}:{account}").parse().map_err(|error| Failure::of(&error))
}

/// Keeps the event as `events/<evidence>.json` and answers its evidence. A dry run only computes it.
pub(super) fn keep(context: &Context<'_>, event: &Event) -> Result<B256, Failure> {
    let evidence = event.evidence();
    if context.options.dry_run {
        return Ok(evidence);
    }
    let folder = context.options.home.join("events");
    std::fs::create_dir_all(&folder).map_err(|error| files::failed(&folder, &error))?;
    let path = folder.join(format!("{evidence}.json"));
    if !path.exists() {
        let text = serde_json::Value::Object(event.to_json()).to_string();
        files::write_secret(&path, |file| file.write_all(text.as_bytes()))?;
    }
    Ok(evidence)
}
