use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::ids::ItemId;

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;
const NOON: u64 = 1_790_000_000;

const ZURICH: (f64, f64) = (47.37, 8.54);
const BASEL: (f64, f64) = (47.56, 7.59);
const NEW_YORK: (f64, f64) = (40.71, -74.01);
const SINGAPORE: (f64, f64) = (1.35, 103.82);

fn place((latitude, longitude): (f64, f64)) -> Place {
    Place::new(latitude, longitude).unwrap()
}

/// As it is kept: only the cell is known.
fn kept(at: u64, where_to: (f64, f64)) -> Visit {
    Visit { at, position: Some(Cell::of(&place(where_to)).into()) }
}

fn unplaced(at: u64) -> Visit {
    Visit { at, position: None }
}

fn judged(visits: &[Visit]) -> Vec<Finding> {
    Rules::default().judge(visits)
}

fn item(byte: u8) -> ItemId {
    ItemId(alloy_primitives::B256::repeat_byte(byte))
}

fn anywhere() -> impl Strategy<Value = Place> {
    (-90.0..=90.0, -180.0..=180.0).prop_map(place)
}

#[test]
fn cells_cover_the_earth_and_are_about_equal() {
    let cells: Vec<Cell> = Cell::all().collect();
    assert_eq!(cells.len(), 41_252);
    assert!(cells.iter().all(|cell| Cell::of(&cell.centre()) == *cell));
}

#[test]
fn poles_and_date_line_are_places_like_others() {
    for longitude in [-180.0, -1.0, 0.0, 179.999, 180.0] {
        assert!(place((90.0, longitude)).kilometres_to(&place((90.0, 12.0))) < 0.001);
        let cell = Cell::of(&place((-90.0, longitude)));
        assert!(cell.centre().kilometres_to(&place((-90.0, 0.0))) < Cell::RADIUS_KM);
    }
    assert_eq!(Cell::of(&place((-17.0, 180.0))), Cell::of(&place((-17.0, -180.0))));
    // Over the date line and over the pole it is near.
    assert_eq!(judged(&[kept(NOON, (-17.0, 179.9)), kept(NOON + HOUR, (-17.0, -179.9))]), []);
    assert_eq!(judged(&[kept(NOON, (89.9, 10.0)), kept(NOON + HOUR, (89.9, -170.0))]), []);
    assert_eq!(judged(&[kept(NOON, (-89.9, 10.0)), kept(NOON + HOUR, (-89.9, -170.0))]), []);
}

#[test]
fn distances_are_those_of_an_atlas() {
    let close = |a, b, kilometres: f64| {
        let found = place(a).kilometres_to(&place(b));
        assert!((found - kilometres).abs() < kilometres * 0.005, "{found}, not {kilometres}");
    };
    close(ZURICH, NEW_YORK, 6325.0);
    close(ZURICH, SINGAPORE, 10_312.0);
    close((0.0, 0.0), (0.0, 180.0), 20_015.0);
}

#[test]
fn what_is_no_place_is_refused() {
    for wrong in ["", "47", "47,8,9", "91,0", "0,180.1", "NaN,0", "inf,0", "north,0"] {
        let error = wrong.parse::<Place>().unwrap_err();
        assert!(error.to_string().starts_with(&format!("`{wrong}` is not a place")), "{error}");
    }
    assert_eq!("47.37, 8.54".parse(), Ok(place(ZURICH)));
}

#[test]
fn the_usual_life_of_a_unit_is_no_finding() {
    // Maker, by air to a distributor, by road to a hospital, used there every two hours for half a year.
    let mut visits = vec![kept(NOON, SINGAPORE), kept(NOON + 14 * HOUR, ZURICH), kept(NOON + 3 * DAY, BASEL)];
    visits.extend((0..2000).map(|use_of| kept(NOON + 4 * DAY + use_of * 2 * HOUR, BASEL)));
    // Two visits to a far service centre.
    for month in [8, 10] {
        visits.push(kept(NOON + month * 30 * DAY, NEW_YORK));
        visits.push(kept(NOON + month * 30 * DAY + 9 * DAY, BASEL));
    }
    assert_eq!(judged(&visits), []);
}

#[test]
fn no_aircraft_connects_a_copy_with_its_original() {
    let found = judged(&[kept(NOON, ZURICH), kept(NOON + 2 * HOUR, NEW_YORK)]);
    let [Finding::ImpossibleTravel { from_at, to_at, kilometres }] = found[..] else { panic!("{found:?}") };
    assert_eq!((from_at, to_at), (NOON, NOON + 2 * HOUR));
    assert!((6000..6400).contains(&kilometres), "{kilometres}");
    // A flight of eight hours can be one unit.
    assert_eq!(judged(&[kept(NOON, ZURICH), kept(NOON + 8 * HOUR, NEW_YORK)]), []);
    // It stays known after the copy was scanned again where it is.
    assert_eq!(
        judged(&[kept(NOON, ZURICH), kept(NOON + 2 * HOUR, NEW_YORK), kept(NOON + 9 * HOUR, NEW_YORK)]).len(),
        1
    );
}

#[test]
fn clocks_may_differ_a_little_and_cells_are_wide() {
    assert_eq!(judged(&[kept(NOON, ZURICH), kept(NOON, BASEL)]), []);
    let exact = |at, where_to| Visit { at, position: Some(place(where_to).into()) };
    assert_eq!(judged(&[exact(NOON, ZURICH), exact(NOON, BASEL)]), []);
    assert_eq!(judged(&[exact(NOON, ZURICH), exact(NOON, NEW_YORK)]).len(), 1);
}

#[test]
fn a_unit_that_keeps_turning_up_far_away_is_two_units() {
    // Once a month here and there: each move alone could be one unit.
    let turns: Vec<Visit> =
        (0..9).map(|month| kept(NOON + month * 30 * DAY, if month % 2 == 0 { ZURICH } else { NEW_YORK })).collect();
    assert_eq!(judged(&turns[..8]), []);
    assert_eq!(judged(&turns), [Finding::TooManyFarMoves { moves: 8, days: 365 }]);
    // The same number over many years is what a device sees in its life.
    let slow: Vec<Visit> = turns.iter().map(|visit| Visit { at: NOON + (visit.at - NOON) * 10, ..*visit }).collect();
    assert_eq!(judged(&slow), []);
}

#[test]
fn a_label_that_is_everywhere_is_copied() {
    let tour: Vec<Visit> =
        (0..9_u32).map(|day| kept(NOON + u64::from(day) * DAY, (47.5, f64::from(day) * 2.0))).collect();
    assert_eq!(judged(&tour[..8]), []);
    assert_eq!(judged(&tour), [Finding::TooManyPlaces { places: 9, days: 30 }]);
}

#[test]
fn scans_without_a_place_are_counted_and_repeated_ones_count_once() {
    let day: Vec<Visit> = (0..41).map(|minute| unplaced(NOON + minute * 60)).collect();
    assert_eq!(judged(&day), [Finding::TooManyScans { scans: 41, hours: 24 }]);
    assert_eq!(judged(&day[..40]), []);
    assert_eq!(judged(&[&day[..40], &day[..40]].concat()), []);
    assert_eq!(judged(&(0..100).map(|hour| unplaced(NOON + hour * HOUR)).collect::<Vec<_>>()), []);
    assert_eq!(judged(&vec![kept(NOON, ZURICH); 100]), []);
    assert_eq!(judged(&[]), []);
}

#[test]
fn a_token_says_nothing_without_the_salt_nor_of_another_item() {
    let salt = Salt::of_entropy(&[7; 32]);
    let (here, there) = (Cell::of(&place(ZURICH)), Cell::of(&place(NEW_YORK)));
    let tokens = [salt.seal(item(1), here), salt.seal(item(1), there), salt.seal(item(2), here)];
    assert_eq!(tokens.iter().collect::<BTreeSet<_>>().len(), 3);
    let opened = salt.open(item(1), tokens);
    assert_eq!((opened.get(&tokens[0]), opened.get(&tokens[1]), opened.len()), (Some(&here), Some(&there), 2));
    assert!(Salt::of_entropy(&[8; 32]).open(item(1), tokens).is_empty());
    assert_eq!(format!("{salt:?}"), "Salt(hidden)");
    let read: Salt = salt.reveal().parse().unwrap();
    assert_eq!(read.seal(item(1), here), tokens[0]);
    assert_eq!("07".repeat(31).parse::<Salt>().unwrap_err(), SaltError);
}

/// By Python's `hmac`, and its arithmetic for the cell.
#[test]
fn tokens_are_hmac_sha_256() {
    let cell = Cell::of(&place(ZURICH));
    let token = Salt::of_entropy(&[7; 32]).seal(item(1), cell);
    assert_eq!(u16::from_be_bytes(cell.to_bytes()), 35_838);
    assert_eq!(token.to_string(), "b98a74a0be391c4407a886ec7647e592");
}

#[test]
fn a_journal_gives_the_scans_of_one_item_and_names_what_is_damaged() {
    let token = Salt::of_entropy(&[7; 32]).seal(item(1), Cell::of(&place(ZURICH)));
    let scans = [
        Scan { item: item(1), at: NOON, place: Some(token) },
        Scan { item: item(2), at: NOON + 1, place: None },
        Scan { item: item(1), at: NOON - 5, place: None },
    ];
    let text: String = scans.iter().map(|scan| format!("{scan}\n")).collect();
    assert_eq!(scans_of(text.as_bytes(), item(1)).unwrap(), [scans[0], scans[2]]);
    // Killed in the middle of a line.
    assert_eq!(scans_of(&text.as_bytes()[..text.len() - 1], item(1)).unwrap(), [scans[0]]);
    for (damaged, line) in [
        (text.replacen(' ', "  ", 1), 1),
        (text.replacen(" -", " +", 1), 2),
        (format!("{text}\n"), 4),
        (format!("{text}{}", "x".repeat(200)), 4),
        (format!("{text}é 1 2\n"), 4),
    ] {
        let error = scans_of(damaged.as_bytes(), item(1)).unwrap_err();
        assert!(matches!(error, JournalError::Line { line: found } if found == line), "{error}");
    }
}

proptest! {
    #[test]
    fn every_place_is_in_one_cell_and_near_its_centre(place in anywhere()) {
        let cell = Cell::of(&place);
        prop_assert!(cell.centre().kilometres_to(&place) <= Cell::RADIUS_KM);
        prop_assert_eq!(Cell::of(&cell.centre()), cell);
    }

    #[test]
    fn one_unit_that_travels_slower_than_sound_is_never_impossible(
        legs in prop::collection::vec((anywhere(), 0_u64..5 * DAY), 1..7),
        order in any::<prop::sample::Index>(),
    ) {
        let mut at = NOON;
        let mut visits: Vec<Visit> = Vec::new();
        let mut last: Option<Place> = None;
        for (place, stay) in legs {
            let flight = last.map_or(0.0, |last| last.kilometres_to(&place) / 1000.0 * HOUR as f64);
            at += flight as u64 + 1 + stay;
            last = Some(place);
            visits.push(Visit { at, position: Some(Cell::of(&place).into()) });
        }
        let turned = order.index(visits.len());
        visits.rotate_left(turned);
        let impossible = judged(&visits).iter().any(|it| matches!(it, Finding::ImpossibleTravel { .. }));
        prop_assert!(!impossible);
    }

    #[test]
    fn order_and_repetition_change_nothing(
        visits in prop::collection::vec((0..3 * DAY, prop::option::of(anywhere())), 0..20).prop_shuffle(),
    ) {
        let visits: Vec<Visit> = visits
            .into_iter()
            .map(|(at, place)| Visit { at, position: place.map(|place| Cell::of(&place).into()) })
            .collect();
        let mut other = visits.clone();
        other.sort_by_key(|visit| visit.at);
        other.extend(visits.iter().copied());
        prop_assert_eq!(judged(&visits), judged(&other));
    }

    #[test]
    fn a_scan_is_read_back(at in any::<u64>(), byte in any::<u8>(), place in prop::option::of(anywhere())) {
        let salt = Salt::of_entropy(&[byte; 32]);
        let place = place.map(|place| salt.seal(item(byte), Cell::of(&place)));
        let scan = Scan { item: item(byte), at, place };
        prop_assert_eq!(scan.to_string().parse(), Ok(scan));
    }

    #[test]
    fn no_text_makes_the_readers_panic(text in "\\PC{0,60}") {
        let _ = text.parse::<Scan>();
        let _ = text.parse::<Place>();
        let _ = scans_of(text.as_bytes(), item(1));
    }
}
