//! `clones/1000000`: a million simulated scans, one unit in a hundred copied. How many copied units are noticed, and how many
//! genuine ones are suspected?
//!
//! The scans are those of [`world`], always the same. Each is sealed and judged with the unit's earlier ones, as a verifier that runs
//! on does it; a unit counts as flagged when one of its scans was. `detected` and `falseAlarms` are shares of the copied and of the
//! genuine units; `…Near` is of units whose copies are all used within 50 km of the original, `…PlacesRight` of units whose
//! places were all right. Beside it, on the same scans: the same rules on places in clear (what the cells lose), without any
//! places (the rule of scans per day alone), and as peer what is usually proposed, more than 900 km/h between two scans in a row.
//! `openMilliseconds` is what a verifier pays that starts anew: finding the cells of one unit's tokens.
//!
//! One verifier hears of every scan here. Who hears less finds less: a copy shows only beside the original.

mod world;

use std::time::Instant;

use serde_json::{Value, json};
use theriac_core::ids::ItemId;
use theriac_core::scans::{Cell, Position, Rules, Salt, Visit};

use crate::figures::{Error, median, rounded};
use world::{Sighting, Unit, World};

const SCANS: usize = 1_000_000;
/// Units whose tokens are opened again.
const OPENED: usize = 101;

/// Flagged units over all units of a kind.
#[derive(Default)]
struct Share {
    flagged: u32,
    all: u32,
}

impl Share {
    fn count(&mut self, flagged: bool) {
        self.flagged += u32::from(flagged);
        self.all += 1;
    }

    fn value(&self) -> f64 {
        rounded(f64::from(self.flagged) / f64::from(self.all))
    }
}

/// What one way of judging finds.
#[derive(Default)]
struct Outcome {
    copied: Share,
    copied_near: Share,
    genuine: Share,
    genuine_places_right: Share,
}

impl Outcome {
    fn of(units: &[Unit], mut flags: impl FnMut(&Unit) -> bool) -> Self {
        let mut outcome = Self::default();
        for unit in units {
            let flagged = flags(unit);
            if unit.copied {
                outcome.copied.count(flagged);
                if unit.near {
                    outcome.copied_near.count(flagged);
                }
            } else {
                outcome.genuine.count(flagged);
                if !unit.scans.iter().any(|scan| scan.misplaced) {
                    outcome.genuine_places_right.count(flagged);
                }
            }
        }
        outcome
    }
}

pub(crate) fn measure() -> Result<Value, Error> {
    let units = World::new().units(SCANS);
    let salt = Salt::of_entropy(&[7; 32]);
    let started = Instant::now();
    let cells = Outcome::of(&units, |unit| sealed(&salt, unit));
    let seconds = started.elapsed().as_secs_f64();
    let clear = Outcome::of(&units, |unit| ours(unit, |scan| scan.place.map(Into::into)));
    let unplaced = Outcome::of(&units, |unit| ours(unit, |_| None));
    let peer = Outcome::of(&units, too_fast);
    Ok(json!({
        "detected": cells.copied.value(),
        "falseAlarms": cells.genuine.value(),
        "detectedNear": cells.copied_near.value(),
        "falseAlarmsPlacesRight": cells.genuine_places_right.value(),
        "seconds": rounded(seconds),
        "openMilliseconds": rounded(open(&salt, &units)?),
        "inClearDetected": clear.copied.value(),
        "inClearFalseAlarms": clear.genuine.value(),
        "withoutPlacesDetected": unplaced.copied.value(),
        "withoutPlacesFalseAlarms": unplaced.genuine.value(),
        "peer": "over 900 km/h between two scans in a row, places in clear",
        "peerDetected": peer.copied.value(),
        "peerFalseAlarms": peer.genuine.value(),
    }))
}

/// Whether a verifier that keeps sealed cells is ever warned of the unit.
fn sealed(salt: &Salt, unit: &Unit) -> bool {
    let item = item(unit);
    let mut kept: Vec<Visit> = Vec::with_capacity(unit.scans.len());
    let mut warned = false;
    for scan in &unit.scans {
        let new = Visit { at: scan.at, position: scan.place.map(Into::into) };
        kept.push(new);
        warned |= !Rules::default().judge(&kept).is_empty();
        // From now on only the cell is known.
        let cell = scan.place.map(|place| Cell::of(&place));
        std::hint::black_box(cell.map(|cell| salt.seal(item, cell)));
        kept.pop();
        kept.push(Visit { position: cell.map(Position::from), ..new });
    }
    warned
}

/// The same rules with other knowledge of places. Findings stay once they are there, so the last scan tells all.
fn ours(unit: &Unit, position: impl Fn(&Sighting) -> Option<Position>) -> bool {
    let visits: Vec<Visit> = unit.scans.iter().map(|scan| Visit { at: scan.at, position: position(scan) }).collect();
    !Rules::default().judge(&visits).is_empty()
}

fn too_fast(unit: &Unit) -> bool {
    let mut placed: Vec<_> = unit.scans.iter().filter_map(|scan| Some((scan.at, scan.place?))).collect();
    placed.sort_by_key(|(at, _)| *at);
    placed.windows(2).any(|pair| {
        let hours = (pair[1].0 - pair[0].0) as f64 / 3600.0;
        pair[0].1.kilometres_to(&pair[1].1) > 900.0 * hours
    })
}

/// Median milliseconds to find the cells of a unit's tokens.
fn open(salt: &Salt, units: &[Unit]) -> Result<f64, Error> {
    let mut milliseconds = Vec::new();
    for unit in units.iter().take(OPENED) {
        let item = item(unit);
        let cells: Vec<Cell> = unit.scans.iter().filter_map(|scan| scan.place).map(|place| Cell::of(&place)).collect();
        let tokens: Vec<_> = cells.iter().map(|cell| salt.seal(item, *cell)).collect();
        let started = Instant::now();
        let opened = salt.open(item, tokens.iter().copied());
        milliseconds.push(started.elapsed().as_secs_f64() * 1000.0);
        if tokens.iter().map(|token| opened.get(token)).ne(cells.iter().map(Some)) {
            return Err("a token was opened as another cell".into());
        }
    }
    Ok(median(milliseconds))
}

fn item(unit: &Unit) -> ItemId {
    let mut id = ItemId(alloy::primitives::B256::ZERO);
    id.0[24..].copy_from_slice(&unit.number.to_be_bytes());
    id
}
