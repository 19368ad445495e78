//! Units, where they go, and where they are scanned. Every number is drawn from one seed, so every run is the same.
//!
//! A unit is scanned twice at its maker, twice at a distributor, and at a hospital within 1,500 km of it on receipt and 5 to 25 times
//! in use over two years: 80 in 100 stay there, 12 belong to a loan set that goes on to another hospital within 300 km at
//! every tenth use, 5 go once to a far service centre and come back, and 3 travel in an ambulance within 60 km. Goods
//! travel at 60 km/h by road and, beyond 800 km, at 700 km/h by air with half a day of handling.
//!
//! Copies: one unit in 100 has one to three; each is used at one place, in 15 of 100 such units all within 50 km of the
//! original, otherwise in a city anywhere, 3 to 20 times in a year from up to half a year after the original was delivered.
//!
//! What disturbs: clocks wrong by up to 3 minutes, places inexact by up to 500 m, 3 scans in 100 without a place, one in 100 made
//! twice, and one in 10,000 in a wrong city, as addresses of networks and virtual private networks place people.

use theriac_core::scans::Place;

const DAY: f64 = 86_400.0;
const YEAR: f64 = 365.0 * DAY;
/// 2026-09-21.
const START: f64 = 1_790_000_000.0;
const KILOMETRES_PER_DEGREE: f64 = 111.2;

/// One thing with a label, and its copies.
pub(super) struct Unit {
    pub(super) number: u64,
    pub(super) copied: bool,
    /// Whether all copies are used near the original.
    pub(super) near: bool,
    /// In the order in which the verifier hears of them.
    pub(super) scans: Vec<Sighting>,
}

/// A scan of the label.
pub(super) struct Sighting {
    pub(super) at: u64,
    pub(super) place: Option<Place>,
    /// Whether the place is of another city.
    pub(super) misplaced: bool,
}

/// SplitMix64 (Steele, Lea, Flood 2014): a simulation needs no more.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * ((self.next() >> 11) as f64 / (1_u64 << 53) as f64)
    }

    fn one_of(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }

    /// Whether something happens that happens so often in ten thousand times.
    fn happens(&mut self, of_ten_thousand: usize) -> bool {
        self.one_of(10_000) < of_ten_thousand
    }
}

/// A point in degrees.
type Point = (f64, f64);

/// The sites, and the dice.
pub(super) struct World {
    dice: Dice,
    cities: Vec<Point>,
    makers: Vec<Point>,
    distributors: Vec<Point>,
    hospitals: Vec<Point>,
}

impl World {
    pub(super) fn new() -> Self {
        let mut dice = Dice(4);
        // Uniform over the area between 40° S and 60° N.
        let (south, north) = ((-40.0_f64).to_radians().sin(), 60.0_f64.to_radians().sin());
        let mut city = |_| (dice.between(south, north).asin().to_degrees(), dice.between(-180.0, 180.0));
        let cities: Vec<Point> = (0..400).map(&mut city).collect();
        let mut world = Self { dice, cities, makers: Vec::new(), distributors: Vec::new(), hospitals: Vec::new() };
        world.makers = world.sites(40);
        world.distributors = world.sites(200);
        world.hospitals = world.sites(3_000);
        world
    }

    fn sites(&mut self, count: usize) -> Vec<Point> {
        (0..count).map(|_| self.in_some_city()).collect()
    }

    fn in_some_city(&mut self) -> Point {
        let city = self.cities[self.dice.one_of(self.cities.len())];
        self.around(city, 30.0)
    }

    /// Somewhere within a square of twice so many kilometres.
    fn around(&mut self, (latitude, longitude): Point, kilometres: f64) -> Point {
        let degrees = kilometres / KILOMETRES_PER_DEGREE;
        let north = self.dice.between(-degrees, degrees);
        let east = self.dice.between(-degrees, degrees) / latitude.to_radians().cos();
        (latitude + north, (longitude + east + 540.0).rem_euclid(360.0) - 180.0)
    }

    /// A hospital within so many kilometres, or one at the place itself where there is none.
    fn hospital_near(&mut self, point: Point, kilometres: f64) -> Point {
        for _ in 0..200 {
            let hospital = self.hospitals[self.dice.one_of(self.hospitals.len())];
            if distance(point, hospital) <= kilometres {
                return hospital;
            }
        }
        self.around(point, 30.0)
    }

    /// Units until there are so many scans.
    pub(super) fn units(mut self, scans: usize) -> Vec<Unit> {
        let mut units = Vec::new();
        let mut made = 0;
        while made < scans {
            let mut unit = self.unit(units.len() as u64);
            unit.scans.truncate(scans - made);
            made += unit.scans.len();
            units.push(unit);
        }
        units
    }

    fn unit(&mut self, number: u64) -> Unit {
        let mut events = Vec::new();
        let home = self.deliver(&mut events);
        let delivered = events[events.len() - 1].0;
        self.use_up(&mut events, home);
        let copied = self.dice.happens(100);
        let near = copied && self.dice.happens(1_500);
        for _ in 0..if copied { 1 + self.dice.one_of(3) } else { 0 } {
            let place = if near { self.around(home, 35.0) } else { self.in_some_city() };
            let from = delivered + self.dice.between(0.0, YEAR / 2.0);
            for _ in 0..3 + self.dice.one_of(18) {
                events.push((from + self.dice.between(0.0, YEAR), place));
            }
        }
        events.sort_by(|one, other| one.0.total_cmp(&other.0));
        Unit { number, copied, near, scans: self.scanned(&events) }
    }

    /// From maker over distributor to hospital; answers where that is.
    fn deliver(&mut self, events: &mut Vec<(f64, Point)>) -> Point {
        let maker = self.makers[self.dice.one_of(self.makers.len())];
        let distributor = self.distributors[self.dice.one_of(self.distributors.len())];
        let hospital = self.hospital_near(distributor, 1_500.0);
        let made = START + self.dice.between(0.0, YEAR);
        let shipped = made + self.dice.between(DAY, 30.0 * DAY);
        let arrived = shipped + travel(maker, distributor);
        let sent_on = arrived + self.dice.between(0.5 * DAY, 60.0 * DAY);
        let received = sent_on + travel(distributor, hospital);
        events.extend([
            (made, maker),
            (shipped, maker),
            (arrived, distributor),
            (sent_on, distributor),
            (received, hospital),
        ]);
        hospital
    }

    fn use_up(&mut self, events: &mut Vec<(f64, Point)>, home: Point) {
        let kind = self.dice.one_of(100);
        let uses = 5 + self.dice.one_of(21);
        let (mut at, mut place) = events[events.len() - 1];
        let service_at = self.dice.one_of(uses);
        for use_number in 0..uses {
            at += self.dice.between(0.0, 2.0 * 2.0 * YEAR / uses as f64);
            match kind {
                0..80 => {}
                80..92 if use_number % 10 == 9 => {
                    let next = self.hospital_near(home, 300.0);
                    at += travel(place, next);
                    place = next;
                }
                92..97 if use_number == service_at => {
                    let centre = self.in_some_city();
                    at += travel(place, centre);
                    events.push((at, centre));
                    at += 5.0 * DAY + travel(centre, place);
                }
                97.. => place = self.around(home, 40.0),
                _ => {}
            }
            events.push((at, place));
        }
    }

    /// What the verifier hears of it.
    fn scanned(&mut self, events: &[(f64, Point)]) -> Vec<Sighting> {
        let mut scans = Vec::with_capacity(events.len());
        for (at, point) in events {
            let times = if self.dice.happens(100) { 2 } else { 1 };
            for repetition in 0..times {
                let misplaced = self.dice.happens(1);
                let point = if misplaced { self.in_some_city() } else { self.around(*point, 0.35) };
                let at = at + 20.0 * f64::from(repetition) + self.dice.between(-180.0, 180.0);
                let place = (!self.dice.happens(300)).then(|| Place::new(point.0, point.1).ok()).flatten();
                scans.push(Sighting { at: at as u64, place, misplaced: misplaced && place.is_some() });
            }
        }
        scans
    }
}

/// Seconds on the way.
fn travel(from: Point, to: Point) -> f64 {
    let kilometres = distance(from, to);
    let hours = if kilometres > 800.0 { 12.0 + kilometres / 700.0 } else { 2.0 + kilometres / 60.0 };
    hours * 3600.0
}

fn distance(from: Point, to: Point) -> f64 {
    match (Place::new(from.0, from.1), Place::new(to.0, to.1)) {
        (Ok(from), Ok(to)) => from.kilometres_to(&to),
        _ => f64::INFINITY,
    }
}
