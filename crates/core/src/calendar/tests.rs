use alloy_primitives::{Address, B256, U256};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;

fn zone(name: &str) -> Zone {
    name.parse().unwrap()
}

fn on(text: &str) -> CivilDate {
    text.parse().unwrap()
}

fn at(text: &str) -> ClockTime {
    text.parse().unwrap()
}

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn between(name: &str, date: &str, from: &str, to: &str, length: &str) -> Result<DayPlan, CalendarError> {
    DayPlan::between(zone(name), on(date), at(from), at(to), None, length.parse().unwrap())
}

fn message<T: std::fmt::Debug>(result: Result<T, CalendarError>) -> String {
    result.unwrap_err().to_string()
}

/// A day like others: 24 slots of 20 minutes from 09:00 to 17:00 in Vienna, where it is winter.
fn plain_day() -> DayPlan {
    between("Europe/Vienna", "2026-11-03", "09:00", "17:00", "20m").unwrap()
}

#[test]
fn zones_are_found_in_any_case() {
    for (text, name) in [
        ("europe/VIENNA", "Europe/Vienna"),
        ("Asia/Calcutta", "Asia/Calcutta"),
        ("utc", "UTC"),
        ("america/port-au-prince", "America/Port-au-Prince"),
    ] {
        assert_eq!(zone(text).name(), name);
    }
    assert!(Zone::names().count() > 500);
    assert!(Zone::names().all(|name| zone(&name).name() == name));
}

#[test]
fn an_unknown_zone_is_told_with_what_may_be_meant() {
    let told = |name: &str| message(name.parse::<Zone>());
    assert_eq!(told("Europe/Viena"), "`Europe/Viena` is not a time zone: did you mean Europe/Vienna?");
    assert_eq!(told("kathmandu"), "`kathmandu` is not a time zone: did you mean Asia/Kathmandu?");
    assert_eq!(told("Asia/Katmandoo"), "`Asia/Katmandoo` is not a time zone: did you mean Asia/Katmandu?");
    assert_eq!(told("US/Pacificc"), "`US/Pacificc` is not a time zone: did you mean US/Pacific?");
    assert_eq!(
        told("Louisvile"),
        "`Louisvile` is not a time zone: did you mean America/Kentucky/Louisville or America/Louisville?"
    );
    assert_eq!(told("New York"), "`New York` is not a time zone: did you mean America/New_York?");
    let nothing = "is not a time zone: write area and city of the IANA database, as Europe/Vienna, or UTC";
    for name in ["", "Factory", "Etc/Unknown", "the office", "+01:00", "../../etc/passwd", &"x".repeat(9999)] {
        assert_eq!(told(name), format!("`{name}` {nothing}"));
    }
}

#[test]
fn dates_have_numbers() {
    for (text, number) in [("1970-01-01", 0), ("1970-01-02", 1), ("2026-11-03", 20_760), ("9998-12-31", 2_932_531)] {
        assert_eq!(on(text).day_number(), number);
        assert_eq!(CivilDate::of_day_number(number), Ok(on(text)));
    }
    assert_eq!(CivilDate::of_day_number(2_932_532), Err(CalendarError::DayNumber(2_932_532)));
    assert_eq!(CivilDate::of_day_number(u32::MAX), Err(CalendarError::DayNumber(u32::MAX)));
    for text in ["2026-2-3", "2026-02-29", "03.11.2026", "", "2026-11-03T09:00", "+002026-11-03"] {
        assert_eq!(text.parse::<CivilDate>(), Err(CalendarError::MalformedDate(text.into())));
    }
    for text in ["1969-12-31", "9999-01-01"] {
        assert_eq!(text.parse::<CivilDate>(), Err(CalendarError::DateRange(text.into())));
    }
}

#[test]
fn times_and_lengths_have_one_meaning() {
    for text in ["00:00", "09:05", "23:59:59", "24:00"] {
        assert_eq!(at(text).to_string(), text);
    }
    for text in ["9:00", "9am", "24:01", "12:60", "12:00:60", "+9:00", "12", "12:00:00:00", "", "１２:00", "-1:00"] {
        assert_eq!(text.parse::<ClockTime>(), Err(CalendarError::MalformedTime(text.into())), "{text}");
    }
    for (text, seconds, shown) in [
        ("20m", 1200, "20m"),
        ("1h30m", 5400, "1h 30m"),
        ("PT15M", 900, "15m"),
        ("90s", 90, "1m 30s"),
        ("24h", 86_400, "24h"),
    ] {
        let length: SlotLength = text.parse().unwrap();
        assert_eq!((length.seconds(), length.to_string().as_str()), (seconds, shown));
    }
    for text in ["", "20", "0m", "-20m", "24h 1s", "1500ms", "1mo", "999999999999h"] {
        assert_eq!(text.parse::<SlotLength>(), Err(CalendarError::SlotLength(text.into())), "{text}");
    }
    assert_eq!("later".parse(), Ok(Choice::Later));
    assert!("2nd".parse::<Choice>().is_err());
}

#[test]
fn a_day_is_divided_into_slots() {
    let day = plain_day();
    assert_eq!((day.count(), day.first_second()), (24, 1_793_692_800));
    assert_eq!(day.end(), instant("2026-11-03T16:00:00Z"));
    let slot = day.slot(4).unwrap();
    assert_eq!(slot.start, instant("2026-11-03T09:20:00Z"));
    assert_eq!(slot.start_second(), 1_793_697_600);
    assert_eq!(day.slot_at(at("10:20"), None), Ok(slot));
    assert_eq!(day.label(4..5), "10:20–10:40");
    assert_eq!(day.label(24..30), "");
    assert_eq!(day.label(20..300), "15:40–17:00");
    let again = DayPlan::of_chain(zone("Europe/Vienna"), day.date().day_number(), day.first_second(), 1200, 24);
    assert_eq!(again, Ok(day));
}

#[test]
fn a_slot_outside_the_day_is_refused() {
    let day = plain_day();
    let told = "2026-11-03 has no slot 24: its slots are 0 to 23, from 09:00 to 17:00";
    assert_eq!(message(day.slot(24)), told);
    assert!(matches!(day.slot(u64::MAX), Err(CalendarError::SlotOutside { .. })));
    let told = "is not within 2026-11-03, which is open from 09:00 to 17:00: choose a time between them";
    for time in ["08:59", "17:00", "24:00"] {
        assert_eq!(message(day.slot_at(at(time), None)), format!("{time} {told}"));
    }
    assert_eq!(message(day.slot_at(at("09:30"), None)), "no slot begins at 09:30 on 2026-11-03: choose 09:20 or 09:40");
    assert_eq!(message(day.slot_at(at("16:50"), None)), "no slot begins at 16:50 on 2026-11-03: choose 16:40");
}

#[test]
fn opening_hours_are_whole_slots() {
    let told = |from, to, length| message(between("Europe/Vienna", "2026-11-03", from, to, length));
    assert_eq!(
        told("09:00", "17:00", "25m"),
        "8h from 09:00 to 17:00 are not a whole number of slots of 25m: close at 16:55 (19 slots) or 17:20 (20 slots)"
    );
    assert_eq!(
        told("22:00", "24:00", "50m"),
        "2h from 22:00 to 24:00 are not a whole number of slots of 50m: close at 23:40 (2 slots)"
    );
    assert!(told("23:10", "23:30", "40m").ends_with("close at 23:50 (1 slot)"));
    assert!(told("23:10", "23:30", "50m").ends_with("close at 24:00 (1 slot)"));
    assert!(told("23:10", "23:30", "1h").ends_with("close at another time, or choose another length"));
    assert!(told("00:00", "08:28", "119s").ends_with("close at 08:27:44 (256 slots)"));
    assert!(told("00:00", "12:00", "7s").ends_with("close at another time, or choose another length"));
    assert!(told("17:00", "17:00", "20m").starts_with("the day closes at 17:00, which is not after 17:00"));
    assert!(told("17:00", "09:00", "20m").ends_with("open the next date for what is after midnight"));
    assert!(told("24:00", "24:00", "20m").starts_with("no slot begins at 24:00"));
    assert_eq!(
        told("00:00", "24:00", "1m"),
        "1440 slots are more than the 256 of a day: make slots longer, or open fewer"
    );
    assert_eq!(between("Europe/Vienna", "2026-11-03", "00:00", "04:16", "1m").unwrap().count(), 256);
}

#[test]
fn slots_are_counted() {
    let new = |count| DayPlan::new(zone("UTC"), on("2026-11-03"), at("00:00"), None, "5m".parse().unwrap(), count);
    assert_eq!(new(0), Err(CalendarError::NoSlots));
    assert_eq!(new(257), Err(CalendarError::TooManySlots { count: 257 }));
    let day = new(256).unwrap();
    assert_eq!(day.slots().len(), 256);
    assert_eq!(day.slot(255).unwrap().index, 255);
    assert_eq!(day.all(), SlotMask::from(U256::MAX));
}

#[test]
fn a_date_has_the_hours_that_it_has() {
    for (name, date, hours, quarters) in [
        ("Europe/Vienna", "2026-03-29", "23h", 92),
        ("Europe/Vienna", "2026-10-25", "25h", 100),
        ("Europe/Vienna", "2026-11-03", "24h", 96),
        ("Australia/Lord_Howe", "2026-10-04", "23h 30m", 94),
        ("Australia/Lord_Howe", "2026-04-05", "24h 30m", 98),
    ] {
        let quarter: SlotLength = "15m".parse().unwrap();
        let new = |count| DayPlan::new(zone(name), on(date), at("00:00"), None, quarter, count);
        let day = new(quarters).unwrap();
        assert_eq!(day.clock(day.end()), "24:00");
        assert_eq!(
            message(new(quarters + 1)),
            format!(
                "{} slots of 15m from 00:00 do not end on {date}, which has {hours} in {name}: \
                 {quarters} fit; open the next date for the others",
                quarters + 1
            )
        );
        assert_eq!(between(name, date, "00:00", "24:00", "15m"), Ok(day));
    }
}

#[test]
fn a_skipped_time_offers_its_readings() {
    let open = |time, choice| {
        DayPlan::new(zone("Europe/Vienna"), on("2026-03-29"), at(time), choice, "20m".parse().unwrap(), 3)
    };
    assert_eq!(
        message(open("02:30", None)),
        "no clock shows 02:30 on 2026-03-29 in Europe/Vienna, where clocks go from 02:00 to 03:00: \
         choose `earlier` (01:30+01:00, 2026-03-29T00:30:00Z) or `later` (03:30+02:00, 2026-03-29T01:30:00Z)"
    );
    assert_eq!(open("02:30", Some(Choice::Earlier)).unwrap().start(), instant("2026-03-29T00:30:00Z"));
    assert_eq!(open("02:30", Some(Choice::Later)).unwrap().start(), instant("2026-03-29T01:30:00Z"));
    // Nothing is to be chosen an hour later.
    assert_eq!(open("03:00", Some(Choice::Earlier)), open("03:00", None));
    // Slots go on in elapsed time.
    let day = open("01:30", None).unwrap();
    assert_eq!([day.label(0..1), day.label(1..2), day.label(2..3)], ["01:30–01:50", "01:50–03:10", "03:10–03:30"]);
}

#[test]
fn a_repeated_time_offers_its_readings() {
    let open = |time, choice| {
        DayPlan::new(zone("Europe/Vienna"), on("2026-10-25"), at(time), choice, "30m".parse().unwrap(), 5)
    };
    assert_eq!(
        message(open("02:30", None)),
        "clocks show 02:30 twice on 2026-10-25 in Europe/Vienna: \
         choose `earlier` (02:30+02:00, 2026-10-25T00:30:00Z) or `later` (02:30+01:00, 2026-10-25T01:30:00Z)"
    );
    assert_eq!(open("02:30", Some(Choice::Earlier)).unwrap().start(), instant("2026-10-25T00:30:00Z"));
    assert_eq!(open("02:30", Some(Choice::Later)).unwrap().start(), instant("2026-10-25T01:30:00Z"));
    let day = open("01:30", None).unwrap();
    let starts: Vec<_> = day.slots().map(|slot| day.clock(slot.start)).collect();
    assert_eq!(starts, ["01:30", "02:00+02:00", "02:30+02:00", "02:00+01:00", "02:30+01:00"]);
    assert!(matches!(day.slot_at(at("02:00"), None), Err(CalendarError::TimeRepeated { .. })));
    assert_eq!(day.slot_at(at("02:00"), Some(Choice::Later)).unwrap().index, 3);
}

#[test]
fn a_choice_does_not_lead_to_another_date() {
    // In Beirut, clocks go from 00:00 to 01:00.
    let open =
        |choice| DayPlan::new(zone("Asia/Beirut"), on("2026-03-29"), at("00:30"), choice, "30m".parse().unwrap(), 1);
    let told = "no clock shows 00:30 on 2026-03-29 in Asia/Beirut, where clocks go from 00:00 to 01:00: \
                choose `later` (01:30+03:00, 2026-03-28T22:30:00Z)";
    assert_eq!(message(open(None)), told);
    assert_eq!(message(open(Some(Choice::Earlier))), told);
    assert_eq!(open(Some(Choice::Later)).unwrap().start(), instant("2026-03-28T22:30:00Z"));
    let bounds = zone("Asia/Beirut").bounds(on("2026-03-29")).unwrap();
    assert_eq!(bounds, instant("2026-03-28T22:00:00Z")..instant("2026-03-29T21:00:00Z"));
}

#[test]
fn dates_end_where_clocks_say() {
    for (name, date, begin, end) in [
        // At 01:00 back to 00:00 of the same date.
        ("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
        ("America/Havana", "2026-10-31", "2026-10-31T04:00:00Z", "2026-11-01T04:00:00Z"),
        // At 00:01 back to 23:01 of the date before, which so returns.
        ("America/St_Johns", "2010-11-06", "2010-11-06T02:30:00Z", "2010-11-07T03:30:00Z"),
        ("America/St_Johns", "2010-11-07", "2010-11-07T02:30:00Z", "2010-11-08T03:30:00Z"),
        // At 24:00 back to 23:00.
        ("America/Sao_Paulo", "2019-02-16", "2019-02-16T02:00:00Z", "2019-02-17T03:00:00Z"),
        ("Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z"),
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"),
    ] {
        assert_eq!(zone(name).bounds(on(date)), Ok(instant(begin)..instant(end)), "{name} {date}");
    }
    assert_eq!(
        message(between("Pacific/Apia", "2011-12-30", "09:00", "10:00", "20m")),
        "there was no 2011-12-30 in Pacific/Apia, where clocks were put from the date before to the one after: \
         choose another date"
    );
}

#[test]
fn nothing_is_before_the_first_second() {
    let open = |name| between(name, "1970-01-01", "00:00", "01:00", "20m");
    assert_eq!(open("Europe/Vienna"), Err(CalendarError::DateRange("1970-01-01".into())));
    assert_eq!(open("America/New_York").unwrap().first_second(), 18_000);
    assert!(between("Pacific/Kiritimati", "9998-12-31", "23:00", "24:00", "20m").is_ok());
    assert!(between("Etc/GMT+12", "9998-12-31", "23:00", "24:00", "20m").is_ok());
}

#[test]
fn days_of_one_resource_are_apart() {
    let morning = between("Europe/Vienna", "2026-11-03", "09:00", "12:00", "20m").unwrap();
    let afternoon = between("Europe/Vienna", "2026-11-03", "12:00", "17:00", "20m").unwrap();
    let noon = between("Europe/London", "2026-11-03", "10:40", "11:20", "20m").unwrap();
    assert!(!overlap(&morning, &afternoon) && !overlap(&afternoon, &morning));
    assert!(overlap(&morning, &noon) && overlap(&afternoon, &noon) && overlap(&noon, &noon));
    assert_eq!(afternoon.refuse_overlap([&morning]), Ok(()));
    assert_eq!(
        message(noon.refuse_overlap([&morning, &afternoon])),
        "the day 2026-11-03 would run from 2026-11-03T10:40:00Z to 2026-11-03T11:20:00Z, while the day \
         2026-11-03 is open from 2026-11-03T08:00:00Z to 2026-11-03T11:00:00Z: \
         open at another time, or close 2026-11-03 first"
    );
}

#[test]
fn what_has_begun_is_past() {
    let day = plain_day();
    let slot = day.slot(4).unwrap();
    let second = SignedDuration::from_secs(1);
    assert!(!day.is_past(&slot, slot.start) && day.is_past(&slot, slot.start + second));
    assert_eq!(day.past(slot.start), SlotMask::first(4));
    assert_eq!(day.refuse_past_slot(&slot, slot.start), Ok(()));
    assert_eq!(
        message(day.refuse_past_slot(&slot, instant("2026-11-03T09:21:00Z"))),
        "slot 4 on 2026-11-03 began at 2026-11-03T09:20:00Z, and now is 2026-11-03T09:21:00Z: choose a later slot"
    );
    assert_eq!(day.refuse_past(instant("2026-11-03T15:40:00Z")), Ok(()));
    assert_eq!(
        message(day.refuse_past(instant("2026-11-03T15:40:01Z"))),
        "2026-11-03 is past: its last slot began at 2026-11-03T15:40:00Z, and now is 2026-11-03T15:40:01Z; \
         choose a later date"
    );
}

#[test]
fn what_others_opened_is_shown_as_it_is() {
    // From 23:00 to 01:00: this program opens that as two days.
    let day = DayPlan::of_chain(zone("Europe/Vienna"), 20_760, 1_793_743_200, 3600, 2).unwrap();
    assert_eq!(day.label(0..2), "23:00–2026-11-04 01:00");
    let day = DayPlan::of_chain(zone("Pacific/Apia"), 15_338, 1_325_196_000, 3600, 2).unwrap();
    assert_eq!(day.label(0..2), "2011-12-29 12:00–2011-12-29 14:00");
    let read = |day, second, length, count| DayPlan::of_chain(zone("UTC"), day, second, length, count);
    assert_eq!(read(u32::MAX, 0, 60, 1), Err(CalendarError::DayNumber(u32::MAX)));
    assert_eq!(read(1, (1 << 40) - 1, 60, 1), Err(CalendarError::SecondRange((1 << 40) - 1)));
    assert_eq!(read(1, u64::MAX, 60, 1), Err(CalendarError::SecondRange(u64::MAX)));
    assert!(matches!(read(1, 0, 0, 1), Err(CalendarError::SlotLength(_))));
    assert_eq!(read(1, 0, 60, 0), Err(CalendarError::NoSlots));
    assert_eq!(read(1, 0, 60, 257), Err(CalendarError::TooManySlots { count: 257 }));
}

#[test]
fn a_day_shows_its_states() {
    let set = |slots: &[u8]| SlotMask::from_iter(slots.iter().copied());
    let shown = Availability::new(plain_day(), set(&[4, 5]), set(&[5, 6]), set(&[6, 22, 23])).unwrap();
    assert_eq!(
        shown.to_string(),
        "09:00–10:20 free, 10:20–11:00 booked, 11:00–11:20 held, 11:20–16:20 free, 16:20–17:00 blocked"
    );
    let states: Vec<_> = [3, 4, 5, 6, 22].map(|slot| shown.state(slot).unwrap()).into();
    assert_eq!(states, [SlotState::Free, SlotState::Booked, SlotState::Booked, SlotState::Held, SlotState::Blocked]);
    assert!(shown.state(24).is_err());
    assert_eq!(shown.free_at(instant("2026-11-03T10:30:00Z")), SlotMask::first(22) - SlotMask::first(8));
    assert_eq!(
        message(Availability::new(plain_day(), set(&[3, 24]), SlotMask::EMPTY, SlotMask::EMPTY)),
        "the mask 0x1000008 names slot 24, and 2026-11-03 has 24: this is the mask of another day"
    );
}

#[test]
fn masks_are_words() {
    let mask = SlotMask::from_iter([0, 1, 2, 9, 255]);
    assert_eq!(mask.word(), (U256::ONE << 255) | U256::from(0b10_0000_0111));
    assert_eq!(B256::from(mask)[0], 0x80);
    assert_eq!(B256::from(mask)[31], 0b111);
    assert_eq!(mask.to_string(), "0–2, 9, 255");
    assert_eq!(format!("{:?}", SlotMask::first(256)), "SlotMask(0–255)");
    assert_eq!(SlotMask::first(0), SlotMask::EMPTY);
    assert_eq!(SlotMask::first(999), SlotMask::first(256));
}

/// Computed with Foundry's `cast abi-encode` and `cast keccak`.
#[test]
fn a_commitment_is_the_known_one() {
    let salt = CommitmentSalt::of_entropy(&[7; 32]).unwrap();
    let made = Commitment::new("patient 4711", &salt).unwrap();
    assert_eq!(made.word().to_string(), "0xb534dc34b81814c501eac5726aa205b5c78b81b0078893dcac2e10cf1549dd90");
    assert!(made.opens_to("patient 4711", &salt) && !made.opens_to("patient 4712", &salt));
    assert_eq!(Commitment::of_chain(made.word()), made);
}

#[test]
fn there_is_no_commitment_without_a_salt() {
    let salt: CommitmentSalt = "07".repeat(32).parse().unwrap();
    assert_eq!(format!("{salt:?}"), "CommitmentSalt(hidden)");
    assert_eq!(salt.reveal().as_str(), "07".repeat(32));
    assert_eq!(Commitment::new(" ", &salt), Err(CalendarError::NothingToCommit));
    for text in ["", "00", &"07".repeat(31), &"00".repeat(32), &"0x".repeat(32)] {
        assert_eq!(text.parse::<CommitmentSalt>().unwrap_err(), CalendarError::Salt);
    }
    assert_eq!(CommitmentSalt::of_entropy(&[0; 32]).unwrap_err(), CalendarError::Salt);
}

/// Computed with Python's `hashlib` over words put side by side.
#[test]
fn a_booking_has_the_known_hash() {
    let booking = Booking::new(
        Commitment::of_chain(B256::repeat_byte(0x11)),
        Commitment::of_chain(B256::repeat_byte(0x22)),
        Address::repeat_byte(0x33),
        &plain_day().slot(0).unwrap(),
        on("2026-11-03"),
        U256::from(7),
    );
    assert_eq!(booking.hash().to_string(), "0xa92b3dcecf875cfdc2d0232e43f16397010a51d2a87e66844b5a2e20949e9c85");
    assert_ne!(Booking { nonce: U256::from(8), ..booking }.hash(), booking.hash());
}

fn appointment() -> Appointment {
    let key = AppointmentKey {
        chain: 31_337,
        contract: Address::repeat_byte(0x33),
        resource: B256::repeat_byte(0x44),
        date: on("2026-11-03"),
        slot: 4,
        nonce: U256::ZERO,
    };
    let slot = plain_day().slot(4).unwrap();
    Appointment { key, kind: ResourceKind::Practitioner, slot, status: Status::Confirmed, sequence: 0 }
}

#[test]
fn an_entry_keeps_its_name() {
    let Appointment { key, .. } = appointment();
    // The hash of `cast`, with the version 8 and the variant in their places (RFC 9562 §4).
    assert_eq!(key.uid(), "664f09a1-4375-8a8e-963d-e5e3eb2de2c5");
    assert_ne!(AppointmentKey { nonce: U256::ONE, ..key }.uid(), key.uid());
    assert_ne!(AppointmentKey { chain: 1, ..key }.uid(), key.uid());
}

#[test]
fn a_file_is_what_the_standard_asks() {
    let file = to_icalendar([&appointment()], instant("2026-10-01T12:00:00Z"));
    let expected = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Theriac//Theriac//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        "CLASS:PRIVATE",
        "DTEND:20261103T094000Z",
        "DTSTAMP:20261001T120000Z",
        "DTSTART:20261103T092000Z",
        "ORGANIZER:did:pkh:eip155:31337:0x3333333333333333333333333333333333333333",
        "SEQUENCE:0",
        "STATUS:CONFIRMED",
        "SUMMARY:Appointment",
        "UID:664f09a1-4375-8a8e-963d-e5e3eb2de2c5",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ];
    assert_eq!(file, expected.join("\r\n"));
}

#[test]
fn long_lines_are_folded() {
    let mut booked = appointment();
    booked.key.chain = u64::MAX;
    let file = to_icalendar([&booked], Timestamp::UNIX_EPOCH);
    assert!(file.split("\r\n").all(|line| line.len() <= 75), "{file}");
    let organizer = format!("ORGANIZER:did:pkh:eip155:{}:0x{}\r\n", u64::MAX, "33".repeat(20));
    assert!(!file.contains(&organizer));
    assert!(file.replace("\r\n ", "").contains(&organizer));
    assert!(!file.replace("\r\n", "").contains(['\r', '\n']));
}

#[test]
fn a_file_may_be_empty() {
    let file = to_icalendar([], Timestamp::UNIX_EPOCH);
    assert!(file.ends_with("METHOD:PUBLISH\r\nEND:VCALENDAR\r\n"));
}

/// At every change of clocks of every zone, since 1970 and as far as rules are worth reading.
#[test]
fn dates_follow_each_other() {
    let second = SignedDuration::from_secs(1);
    let mut seen = 0;
    for name in Zone::names() {
        let zone = zone(&name);
        let rules = jiff::tz::TimeZoneDatabase::bundled().get(&name).unwrap();
        for change in rules.following(instant("1970-01-03T00:00:00Z")) {
            if change.timestamp() > instant("2045-01-01T00:00:00Z") {
                break;
            }
            let number = zone.date_at(change.timestamp()).unwrap().day_number();
            for number in number - 2..number + 2 {
                let [date, next] = [number, number + 1].map(|number| CivilDate::of_day_number(number).unwrap());
                let (Ok(today), Ok(tomorrow)) = (zone.bounds(date), zone.bounds(next)) else { continue };
                assert_eq!(zone.date_at(today.start), Ok(date), "{zone} {date}");
                assert!(zone.civil(today.start - second).date() < date.date(), "{zone} {date}");
                assert!(zone.civil(today.end).date() > date.date(), "{zone} {date}");
                assert_eq!(zone.date_at(today.end - second), Ok(date), "{zone} {date}");
                // A date that returns after midnight overlaps with the next one; the longest is Casey's of 2010.
                let shared = today.end.duration_since(tomorrow.start);
                assert!((0..=3 * 3600).contains(&shared.as_secs()), "{zone} {date}");
                seen += 1;
            }
        }
    }
    assert!(seen > 50_000, "{seen}");
}

/// Zones whose clocks have been changed in many ways, and others.
fn any_zone() -> impl Strategy<Value = Zone> {
    let names: Vec<_> = Zone::names().collect();
    let odd = [
        "Europe/Vienna",
        "America/New_York",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "Africa/Casablanca",
        "Pacific/Apia",
        "America/St_Johns",
        "America/Havana",
    ];
    prop_oneof![prop::sample::select(odd.map(str::to_owned).to_vec()), prop::sample::select(names)]
        .prop_map(|name| zone(&name))
}

/// A date, every second time one on which the clocks of the zone are changed, if they ever are.
fn any_zone_and_date() -> impl Strategy<Value = (Zone, CivilDate)> {
    (any_zone(), 1_u32..29_000, any::<bool>()).prop_map(|(zone, number, change)| {
        let date = CivilDate::of_day_number(number).unwrap();
        let rules = jiff::tz::TimeZoneDatabase::bundled().get(zone.name()).unwrap();
        let noon = date.date().at(12, 0, 0, 0).to_zoned(rules.clone()).unwrap().timestamp();
        let next = rules.following(noon).next().filter(|_| change);
        let date = next.map_or(date, |next| zone.date_at(next.timestamp()).unwrap());
        (zone, date)
    })
}

proptest! {
    #[test]
    fn instants_and_civil_times_go_both_ways(
        (zone, date) in any_zone_and_date(), minute in 0_i8..60, hour in 0_i8..24
    ) {
        let time = ClockTime::from(jiff::civil::time(hour, minute, 0, 0));
        match zone.instant(date, time, None) {
            Ok(found) => {
                prop_assert_eq!(zone.civil(found), date.date().at(hour, minute, 0, 0));
                prop_assert_eq!(zone.date_at(found), Ok(date));
                prop_assert!(zone.bounds(date).unwrap().contains(&found));
                prop_assert_eq!(zone.clock(found), time.to_string());
            }
            Err(CalendarError::TimeRepeated { choices, .. }) => {
                prop_assert_eq!(choices.0.len(), 2);
                prop_assert!(choices.instant(Choice::Earlier) < choices.instant(Choice::Later));
                for reading in &choices.0 {
                    prop_assert_eq!(zone.civil(reading.instant), date.date().at(hour, minute, 0, 0));
                    prop_assert_eq!(zone.instant(date, time, Some(reading.choice)), Ok(reading.instant));
                }
            }
            Err(CalendarError::TimeSkipped { choices, last, first, .. }) => {
                let civil = date.date().at(hour, minute, 0, 0);
                prop_assert!(last <= civil && civil < first, "{} {} {}", last, civil, first);
                for reading in &choices.0 {
                    prop_assert_ne!(reading.civil, civil);
                    prop_assert_eq!(reading.civil.date(), date.date());
                    prop_assert_eq!(zone.instant(date, time, Some(reading.choice)), Ok(reading.instant));
                }
            }
            Err(CalendarError::DateSkipped { .. }) => prop_assert!(zone.bounds(date).is_err()),
            Err(other) => prop_assert!(false, "{}", other),
        }
    }

    #[test]
    fn slots_follow_each_other(
        (zone, date) in any_zone_and_date(), hour in 0_i8..24, seconds in 1_u32..7200, count in 1_u16..=256
    ) {
        let time = ClockTime::from(jiff::civil::time(hour, 0, 0, 0));
        let length = SlotLength::of_seconds(seconds).unwrap();
        let day = match DayPlan::new(zone.clone(), date, time, Some(Choice::Later), length, count) {
            Ok(day) => day,
            Err(CalendarError::DoesNotFit { fit, .. }) => {
                prop_assert!(fit < count.into());
                let Ok(fit @ 1..) = u16::try_from(fit) else { return Ok(()) };
                DayPlan::new(zone.clone(), date, time, Some(Choice::Later), length, fit).unwrap()
            }
            Err(_) => return Ok(()),
        };
        let slots: Vec<_> = day.slots().collect();
        prop_assert!(slots.windows(2).all(|pair| pair[0].start < pair[1].start && pair[0].end == pair[1].start));
        prop_assert_eq!((slots[0].start, slots[slots.len() - 1].end), (day.start(), day.end()));
        let bounds = zone.bounds(date).unwrap();
        prop_assert!(bounds.start <= day.start() && day.end() <= bounds.end);
        for slot in &slots {
            prop_assert_eq!(slot.start_second(), day.first_second() + u64::from(slot.index) * u64::from(seconds));
            prop_assert_eq!(day.slot(slot.index.into()), Ok(*slot));
        }
        let read = DayPlan::of_chain(zone, date.day_number(), day.first_second(), seconds, day.count());
        prop_assert_eq!(read, Ok(day));
    }

    #[test]
    fn masks_and_ranges_agree(limbs in any::<[u64; 4]>(), sparse in any::<bool>()) {
        let mut word = U256::from_limbs(limbs);
        if sparse {
            word &= word >> 1 & word << 3;
        }
        let mask = SlotMask::from(word);
        let of_ranges: Vec<u16> = mask.ranges().flatten().collect();
        let of_bits: Vec<u16> = mask.iter().map(u16::from).collect();
        prop_assert_eq!(of_ranges.len(), usize::from(mask.len()));
        prop_assert_eq!(of_ranges, of_bits);
        let ranges: Vec<_> = mask.ranges().collect();
        prop_assert!(ranges.windows(2).all(|pair| pair[0].end < pair[1].start));
        prop_assert_eq!(mask.iter().collect::<SlotMask>(), mask);
        prop_assert_eq!(SlotMask::from(B256::from(mask)), mask);
        prop_assert_eq!(mask.word(), word);
    }

    #[test]
    fn every_slot_has_one_state(sets in any::<[[u64; 4]; 3]>(), count in 1_u16..=256) {
        let day = DayPlan::new(zone("UTC"), on("2026-11-03"), at("00:00"), None, "5m".parse().unwrap(), count).unwrap();
        let [booked, held, blocked] = sets.map(|limbs| SlotMask::from(U256::from_limbs(limbs)) & day.all());
        let shown = Availability::new(day.clone(), booked, held, blocked).unwrap();
        let runs = shown.runs();
        prop_assert_eq!((runs[0].0.start, runs[runs.len() - 1].0.end), (0, count));
        prop_assert!(runs.windows(2).all(|pair| pair[0].0.end == pair[1].0.start && pair[0].1 != pair[1].1));
        for (range, state) in runs {
            for slot in range {
                prop_assert_eq!(shown.state(slot.into()), Ok(state));
            }
        }
        prop_assert_eq!(shown.of(SlotState::Booked), booked);
        prop_assert!((shown.free() & (booked | held | blocked)).is_empty());
        prop_assert_eq!(shown.free() | booked | held | blocked, day.all());
    }

    #[test]
    fn day_numbers_go_both_ways(number in 0_u32..2_932_532) {
        let date = CivilDate::of_day_number(number).unwrap();
        prop_assert_eq!(date.day_number(), number);
        prop_assert_eq!(date.to_string().parse(), Ok(date));
        prop_assert_eq!(i64::from(number), date.date().duration_since(date_of_epoch()).as_hours() / 24);
    }

    #[test]
    fn no_text_panics(text in ".{0,80}") {
        let _ = (text.parse::<Zone>(), text.parse::<CivilDate>(), text.parse::<ClockTime>());
        let _ = (text.parse::<SlotLength>(), text.parse::<CommitmentSalt>(), text.parse::<Choice>());
    }

    #[test]
    fn what_the_chain_says_never_panics(
        day in any::<u32>(), second in any::<u64>(), length in any::<u32>(), count in any::<u16>()
    ) {
        for (day, second) in [(day, second), (day % 100_000, second % (1 << 40))] {
            if let Ok(plan) = DayPlan::of_chain(zone("Europe/Vienna"), day, second, length % 100_000, count % 300) {
                let _ = plan.label(0..plan.count());
                let _ = plan.slots().last();
            }
        }
    }
}

fn date_of_epoch() -> jiff::civil::Date {
    date(1970, 1, 1)
}
