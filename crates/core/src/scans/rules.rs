//! What the scans of one item tell.

use std::collections::{BTreeSet, VecDeque};

use super::cell::FARTHEST_KM;
use super::{Cell, Place};

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

/// A scan of the item, its place as well as it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Visit {
    /// When, in seconds since 1970.
    pub at: u64,
    /// Where, if that is known.
    pub position: Option<Position>,
}

/// Somewhere within a radius.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    centre: Place,
    radius_km: f64,
}

impl From<Cell> for Position {
    fn from(cell: Cell) -> Self {
        Self { centre: cell.centre(), radius_km: Cell::RADIUS_KM }
    }
}

impl From<Place> for Position {
    fn from(centre: Place) -> Self {
        Self { centre, radius_km: 0.0 }
    }
}

impl Position {
    fn sort_key(&self) -> (u64, u64, u64) {
        let (latitude, longitude) = self.centre.to_bits();
        (latitude, longitude, self.radius_km.to_bits())
    }

    /// The distance that lies between them at least.
    fn least_kilometres_to(&self, other: &Self) -> f64 {
        (self.centre.kilometres_to(&other.centre) - self.radius_km - other.radius_km).max(0.0)
    }
}

/// Something that one genuine unit hardly does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Two scans too far apart for the time between them. Of several such pairs, the one with the most kilometres too many.
    ImpossibleTravel {
        /// The earlier scan, in seconds since 1970.
        from_at: u64,
        /// The later one.
        to_at: u64,
        /// What lies between them at least.
        kilometres: u32,
    },
    /// Scans in too many places.
    TooManyPlaces {
        /// Different cells.
        places: usize,
        /// Within so many days.
        days: u64,
    },
    /// Too many moves over a great distance, as between an original and its copy.
    TooManyFarMoves {
        /// Moves.
        moves: usize,
        /// Within so many days.
        days: u64,
    },
    /// Too many scans of which no place is known.
    TooManyScans {
        /// Scans.
        scans: usize,
        /// Within so many hours.
        hours: u64,
    },
}

/// What is still taken for normal. The defaults are chosen by what devices and medicines do, with room to spare.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// Kilometres per hour from door to door. Airliners cruise at about 900, with the wind at 1,000; no unit is scanned in both
    /// cabins.
    pub speed_kmh: f64,
    /// By how much clocks of scanning machines may differ together, in seconds.
    pub clock_seconds: u64,
    /// Different cells within [`Rules::places_days`]: an ambulance's or a loan set's tour is less.
    pub places: usize,
    /// Days of the rule of places.
    pub places_days: u64,
    /// From how many kilometres on a move is far: beyond a hospital group's tours and a regional service centre.
    pub far_km: f64,
    /// Far moves within [`Rules::far_days`]: delivery over two distributors, and twice to a far service centre and back, are 7.
    pub far_moves: usize,
    /// Days of the rule of far moves.
    pub far_days: u64,
    /// Scans without a place within [`Rules::scans_hours`]: a unit that is scanned at every use and every change of shift is less.
    pub scans: usize,
    /// Hours of the rule of scans.
    pub scans_hours: u64,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            speed_kmh: 1000.0,
            clock_seconds: 15 * 60,
            places: 8,
            places_days: 30,
            far_km: 500.0,
            far_moves: 7,
            far_days: 365,
            scans: 40,
            scans_hours: 24,
        }
    }
}

impl Rules {
    /// What the scans tell, in whatever order they come; a repeated one counts once.
    pub fn judge(&self, visits: &[Visit]) -> Vec<Finding> {
        let mut visits = visits.to_vec();
        // By place as well, so that scans of one second come in one order and equal ones side by side.
        visits.sort_by_key(|visit| (visit.at, visit.position.map(|position| position.sort_key())));
        visits.dedup();
        let placed: Vec<(u64, Position)> =
            visits.iter().filter_map(|visit| Some((visit.at, visit.position?))).collect();
        let unplaced: Vec<u64> = visits.iter().filter(|visit| visit.position.is_none()).map(|visit| visit.at).collect();
        [self.travel(&placed), self.places(&placed), self.far_moves(&placed), self.scans(&unplaced)]
            .into_iter()
            .flatten()
            .collect()
    }

    fn travel(&self, placed: &[(u64, Position)]) -> Option<Finding> {
        // After this time everything can be reached.
        let limit = (FARTHEST_KM / self.speed_kmh * HOUR as f64) as u64;
        let mut worst = None;
        let mut most = 0.0;
        for (at, (from_at, from)) in placed.iter().enumerate() {
            for (to_at, to) in placed[at + 1..].iter().take_while(|(to_at, _)| to_at - from_at < limit) {
                let kilometres = from.least_kilometres_to(to);
                let hours = (to_at - from_at + self.clock_seconds) as f64 / HOUR as f64;
                let excess = kilometres - self.speed_kmh * hours;
                if excess > most {
                    most = excess;
                    let (from_at, to_at, kilometres) = (*from_at, *to_at, kilometres as u32);
                    worst = Some(Finding::ImpossibleTravel { from_at, to_at, kilometres });
                }
            }
        }
        worst
    }

    fn places(&self, placed: &[(u64, Position)]) -> Option<Finding> {
        let cells: Vec<(u64, Cell)> = placed.iter().map(|(at, position)| (*at, Cell::of(&position.centre))).collect();
        let count = |window: &VecDeque<(u64, Cell)>| window.iter().map(|(_, cell)| cell).collect::<BTreeSet<_>>().len();
        // Most units have fewer places in all.
        let places = match cells.iter().map(|(_, cell)| cell).collect::<BTreeSet<_>>().len() {
            few if few <= self.places => few,
            _ => most_within(&cells, self.places_days * DAY, count),
        };
        (places > self.places).then_some(Finding::TooManyPlaces { places, days: self.places_days })
    }

    fn far_moves(&self, placed: &[(u64, Position)]) -> Option<Finding> {
        let far = |pair: &[(u64, Position)]| pair[0].1.centre.kilometres_to(&pair[1].1.centre) > self.far_km;
        let moves: Vec<(u64, ())> = placed.windows(2).filter(|pair| far(pair)).map(|pair| (pair[1].0, ())).collect();
        let moves = most_within(&moves, self.far_days * DAY, VecDeque::len);
        (moves > self.far_moves).then_some(Finding::TooManyFarMoves { moves, days: self.far_days })
    }

    fn scans(&self, unplaced: &[u64]) -> Option<Finding> {
        let scans: Vec<(u64, ())> = unplaced.iter().map(|at| (*at, ())).collect();
        let scans = most_within(&scans, self.scans_hours * HOUR, VecDeque::len);
        (scans > self.scans).then_some(Finding::TooManyScans { scans, hours: self.scans_hours })
    }
}

/// The highest count over all windows of so many seconds; the events are in the order of time.
fn most_within<T: Copy>(events: &[(u64, T)], seconds: u64, count: impl Fn(&VecDeque<(u64, T)>) -> usize) -> usize {
    let mut window = VecDeque::new();
    let mut most = 0;
    for event in events {
        window.push_back(*event);
        while window.front().is_some_and(|(at, _)| event.0 - at >= seconds) {
            window.pop_front();
        }
        most = most.max(count(&window));
    }
    most
}
