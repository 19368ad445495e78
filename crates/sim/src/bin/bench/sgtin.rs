//! `sgtin/decode`: from the 96 bits of a tag to GTIN, with its check digit, and serial; on one core.

use std::hint::black_box;
use std::time::Instant;

use serde_json::{Value, json};
use theriac_core::epc::{Epc, Filter, PrefixLength, Scheme, Sgtin96, Tag};

use crate::figures::{Error, median, rounded};

const TAGS: usize = 1_000_000;
const RUNS: usize = 11;

pub(crate) fn measure() -> Result<Value, Error> {
    let tags = (0..TAGS).map(tag).collect::<Result<Vec<_>, _>>()?;
    let mut per_second = Vec::new();
    for _ in 0..RUNS {
        let started = Instant::now();
        for bytes in &tags {
            let read = Sgtin96::decode(black_box(bytes))?;
            black_box((read.gtin(), read.serial()));
        }
        per_second.push(TAGS as f64 / started.elapsed().as_secs_f64());
    }
    Ok(json!({ "perSecond": rounded(median(per_second)).round() }))
}

/// Tags of labelers with prefixes of every length.
fn tag(index: usize) -> Result<[u8; 12], Error> {
    let label = format!("(01)80614141123458(21){}", 1 + 274_877 * index);
    let prefix = PrefixLength::new(6 + (index % 7) as u8)?;
    let tag = Tag::new(Epc::of_elements(&label.parse()?, prefix)?, Scheme::Sgtin96, Filter::POINT_OF_SALE)?;
    tag.encode().try_into().map_err(|_| "an SGTIN-96 has 12 bytes".into())
}
