//! `theriac appointments` and `theriac relay` against a real chain: weeks, collisions, waiting, no-shows, calendars, and patients
//! without ether.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

mod house;
mod machine;
#[path = "../terminal/mod.rs"]
mod terminal;

use house::{ANNA, BERT, CARA, DOCTOR, DORA, House, STRANGER, ZONE, address, known};
use serde_json::{Value, json};

fn bookings(listed: &Value) -> Vec<(String, String, String)> {
    let text = |entry: &Value, field: &str| entry[field].as_str().unwrap().to_owned();
    let entries = listed["bookings"].as_array().unwrap().iter();
    entries.map(|entry| (text(entry, "date"), text(entry, "hours"), text(entry, "fate"))).collect()
}

fn is(date: &str, hours: &str, fate: &str) -> (String, String, String) {
    (date.to_owned(), hours.to_owned(), fate.to_owned())
}

#[test]
fn two_patients_collide_and_one_moves() {
    let house = House::new();
    let (doctor, monday, tuesday) = (address(DOCTOR), house.date(0), house.date(1));
    let day = ["day", &doctor, &monday];
    assert_eq!(
        house.says("", &day)["runs"],
        json!([{ "hours": "09:00–10:00", "state": "free", "first": 0, "slots": 3 }])
    );

    let book = House::booking(&doctor, &monday, "09:20");
    let tried = house.says(ANNA, &[&book[..], &["--dry-run"]].concat());
    assert_eq!(
        (&tried["answer"], &tried["opening"], &tried["transaction"]),
        (&json!("bookable"), &Value::Null, &Value::Null)
    );
    let booked = house.says(ANNA, &book);
    assert_eq!((&booked["answer"], &booked["nonce"], &booked["zone"]), (&json!("booked"), &json!(1), &json!(ZONE)));
    let opening = house.terminal.path(booked["opening"].as_str().unwrap());
    assert!(std::fs::read_to_string(&opening).unwrap().contains("Anna Nym, 1234 010190\""));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&opening).unwrap().permissions().mode() & 0o777, 0o600);
    }

    let taken = house.says_no(BERT, &book);
    assert_eq!((&taken["answer"], &taken["free"]), (&json!("slot-taken"), &json!(["09:00–09:20", "09:40–10:00"])));
    let said = house.reads(BERT, &book);
    assert_eq!(said.code, 1);
    let words = format!("not booked: {monday} 09:20–09:40 is taken; free are 09:00–09:20, 09:40–10:00 ({ZONE})\n");
    assert_eq!(said.stdout, words);
    assert!(!house.terminal.path(&BERT[..8]).exists(), "what is refused leaves no file");

    // Who has the slot stands nowhere on the day.
    let shown = house.reads("", &day).stdout;
    assert!(shown.contains("09:00–09:20 free\n09:20–09:40 booked\n09:40–10:00 free\n"), "{shown}");
    assert!(!house.says("", &day).to_string().contains(&known(ANNA).as_str().unwrap()[2..]));

    // Moving to a slot that is taken changes nothing; moving to a free one takes the texts along.
    house.says(BERT, &House::booking(&doctor, &monday, "09:40"));
    let moves = |to: &[&str]| {
        [&["reschedule", doctor.as_str(), monday.as_str(), "09:40"], to]
            .concat()
            .iter()
            .map(|word| word.to_string())
            .collect::<Vec<_>>()
    };
    let words = moves(&[&monday, "09:20"]);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    assert_eq!(house.says_no(BERT, &words)["answer"], "slot-taken");
    assert_eq!(bookings(&house.says(BERT, &["list"])), [is(&monday, "09:40–10:00", "booked")]);
    let words = moves(&[&tuesday, "09:00"]);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    assert_eq!(house.refused(ANNA, &words).0, "NotYours");
    let moved = house.says(BERT, &words);
    assert_eq!((&moved["date"], &moved["slot"]), (&json!(tuesday), &json!(0)));
    let listed = house.says(BERT, &["list", "--all"]);
    assert_eq!(bookings(&listed), [is(&tuesday, "09:00–09:20", "booked")]);
    assert_eq!(listed["bookings"][0]["opening"], moved["opening"]);
    assert_eq!(house.says("", &day)["bookable"], json!(["09:00–09:20", "09:40–10:00"]));
    assert_eq!(house.refused(ANNA, &["cancel", &doctor, &tuesday, "09:00"]).0, "Appointments_NotEntitled");
    assert_eq!(house.refused(ANNA, &["cancel", &doctor, &tuesday, "09:20"]).0, "NoBooking");

    // The host sees both; a calendar file has them in UTC, and strikes out what is cancelled later.
    let hosts = house.says(DOCTOR, &["list", "--resource", &doctor]);
    assert_eq!(bookings(&hosts), [is(&monday, "09:20–09:40", "booked"), is(&tuesday, "09:00–09:20", "booked")]);
    house.says(BERT, &["cancel", &doctor, &tuesday, "09:00"]);
    assert_eq!(house.says(DOCTOR, &["ics", "all.ics", "--resource", &doctor])["cancelled"], 1);
    assert_eq!(house.says(BERT, &["ics", "mine.ics"])["appointments"], 1);
    let read = |name: &str| std::fs::read_to_string(house.terminal.path(name)).unwrap();
    let (all, mine) = (read("all.ics"), read("mine.ics"));
    assert_eq!((all.matches("BEGIN:VEVENT\r\n").count(), mine.matches("BEGIN:VEVENT\r\n").count()), (2, 1));
    assert!(mine.contains("STATUS:CANCELLED\r\n") && mine.contains("SEQUENCE:2\r\n"), "{mine}");
    let start = jiff::Timestamp::from_second(booked["startsAt"].as_i64().unwrap()).unwrap();
    let start = start.strftime("DTSTART:%Y%m%dT%H%M%SZ\r\n").to_string();
    assert!(all.contains(&start) && all.contains("STATUS:CONFIRMED\r\n"), "{all}");
    let uid = mine.lines().find(|line| line.starts_with("UID:")).unwrap();
    assert!(all.contains(uid), "both know the booking by one name");
    assert!(!all.contains("Anna") && !all.contains(&known(ANNA).as_str().unwrap()[2..]));
}

#[test]
fn every_answer_but_booked_says_what_to_do() {
    let house = House::new();
    let (doctor, monday, tuesday) = (address(DOCTOR), house.date(0), house.date(1));
    let book = |time| House::booking(&doctor, &monday, time);
    assert_eq!(house.says_no(STRANGER, &book("09:00"))["answer"], "not-registered");
    let saturday = house.date(5);
    let closed = house.says_no(ANNA, &House::booking(&doctor, &saturday, "09:00"));
    assert_eq!((&closed["answer"], &closed["next"]), (&json!("unavailable"), &Value::Null));
    house.says(DOCTOR, &["close", &monday]);
    let closed = house.says_no(ANNA, &book("09:00"));
    assert_eq!((&closed["answer"], &closed["next"]["date"]), (&json!("unavailable"), &json!(tuesday)));
    assert_eq!(house.refused(DOCTOR, &["close", &monday]).0, "Appointments_DayClosed");
    house.says(DOCTOR, &["reopen", &monday]);

    assert_eq!(house.says(DOCTOR, &["block", &monday, "--from", "09:00", "--to", "09:40"])["slots"], 2);
    assert_eq!(house.says_no(ANNA, &book("09:00"))["answer"], "slot-taken");
    house.says(ANNA, &book("09:40"));
    let full = house.says_no(BERT, &book("09:40"));
    assert_eq!((&full["answer"], &full["next"]["date"]), (&json!("day-full"), &json!(tuesday)));
    assert_eq!(full["next"]["free"], json!(["09:00–10:00"]));
    house.says(DOCTOR, &["unblock", &monday, "--from", "09:00", "--to", "10:00"]);
    assert_eq!(house.says("", &["day", &doctor, &monday])["bookable"], json!(["09:00–09:40"]));

    let limits = house.says(DOCTOR, &["limits", "--max-open", "1", "--notice", "24h"]);
    assert_eq!((&limits["limits"]["maxOpen"], &limits["limits"]["noticeSeconds"]), (&json!(1), &json!(86_400)));
    assert_eq!(house.says(DOCTOR, &["limits"])["transaction"], Value::Null, "a look sends nothing");
    house.says(BERT, &book("09:00"));
    assert_eq!(house.says_no(BERT, &book("09:20"))["answer"], "limit-reached");
    house.go_to(&monday, "08:30");
    let (code, words) = house.refused(BERT, &["cancel", &doctor, &monday, "09:00"]);
    assert!(code == "Appointments_TooLate" && words.contains("ask the host"), "{words}");
    house.go_to(&monday, "09:20");
    let past = house.says_no(DORA, &book("09:20"));
    assert_eq!((&past["answer"], &past["next"]["date"]), (&json!("slot-past"), &json!(tuesday)));

    // Before anything is sent.
    assert_eq!(house.refused(ANNA, &book("08:40")).0, "TimeOutside");
    let (code, words) = house.refused(ANNA, &book("09:10"));
    assert!(code == "NotAStart" && words.contains("choose 09:00 or 09:20"), "{words}");
    let hours = ["--from", "09:00", "--to", "10:00", "--slot", "20m"];
    let open = |date: &str, zone: &[&str]| house.refused(DOCTOR, &[&["open", date], &hours[..], zone].concat()).0;
    assert_eq!(open("2020-01-01", &[]), "DayPast");
    assert_eq!(open(&tuesday, &[]), "Appointments_AlreadyOpen");
    assert_eq!(open(&saturday, &["--weekdays"]), "NoDates");
    assert_eq!(open(&saturday, &["--zone", "Asia/Tokyo"]), "Appointments_OtherZone");
    let change = ["change", &monday, "--from", "09:00", "--to", "09:40", "--slot", "20m"];
    assert_eq!(house.refused(DOCTOR, &change).0, "Appointments_SlotsInUse");
    assert_eq!(
        house.refused(ANNA, &[&["open", &tuesday, "--zone", ZONE], &hours[..]].concat()).0,
        "Appointments_NotActive"
    );
    assert_eq!(house.refused(ANNA, &["close", &monday, "--resource", &doctor]).0, "Appointments_NotHost");
    let machine = ["open", &saturday, "--zone", ZONE, "--resource", "(01)09506000134352(10)A1(21)S1"];
    assert_eq!(house.refused(DOCTOR, &[&machine[..], &hours[..]].concat()).0, "ERC721NonexistentToken");
    assert_eq!(house.refused("", &["day", "(01)09506000134352(10)A1(21)S1", &monday]).0, "NeverOpened");
}

#[test]
fn a_freed_slot_goes_to_who_waits_and_the_host_says_who_came() {
    let house = House::new();
    let (doctor, monday) = (address(DOCTOR), house.date(0));
    for (key, time) in [(ANNA, "09:00"), (BERT, "09:20")] {
        house.says(key, &House::booking(&doctor, &monday, time));
    }
    let wait = ["wait", &doctor, &monday];
    assert_eq!(house.refused(DORA, &wait).0, "Appointments_DayNotFull");
    house.says(DOCTOR, &["block", &monday, "--from", "09:40"]);
    house.says(DORA, &wait);
    assert_eq!(house.refused(DORA, &wait).0, "Appointments_AlreadyWaiting");
    assert_eq!(house.says(DORA, &["list"])["waiting"][0]["date"], json!(monday));
    let accept = ["accept", &doctor, &monday, "--patient-file", "name", "--address-file", "address"];
    assert_eq!(house.refused(DORA, &accept).0, "NotOffered");

    let cancelled = house.says(ANNA, &["cancel", &doctor, &monday, "09:00"]);
    assert_eq!(cancelled["offeredTo"], known(DORA));
    let shown = house.reads("", &["day", &doctor, &monday]).stdout;
    assert!(shown.contains("09:00–09:20 held\n09:20–09:40 booked\n09:40–10:00 blocked\n"), "{shown}");
    assert_eq!(house.says(DORA, &["list"])["offers"][0]["hours"], "09:00–09:20");
    assert_eq!(house.says_no(ANNA, &House::booking(&doctor, &monday, "09:00"))["answer"], "day-full");
    // Anna waits behind; Dora lets the offer run out.
    house.says(ANNA, &wait);
    assert_eq!(house.refused(STRANGER, &["move-on", &doctor, &monday, "09:00"]).0, "Appointments_TooEarly");
    house.wait(7_300);
    assert_eq!(house.refused(DORA, &accept).0, "Appointments_TooLate");
    assert_eq!(house.says(STRANGER, &["move-on", &doctor, &monday, "09:00"])["offeredTo"], known(ANNA));
    let accepted = house.says(ANNA, &accept);
    assert_eq!((&accepted["answer"], &accepted["nonce"]), (&json!("booked"), &json!(2)));
    assert_eq!(house.refused(DORA, &["leave", &doctor, &monday]).0, "Appointments_NotWaiting");

    let of = |verb: &'static str, time: &'static str| [verb.to_owned(), monday.clone(), time.to_owned()];
    let does = |verb, time| {
        let words = of(verb, time);
        house.says(DOCTOR, &words.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let cannot = |verb, time| {
        let words = of(verb, time);
        house.refused(DOCTOR, &words.iter().map(String::as_str).collect::<Vec<_>>()).0
    };
    does("check-in", "09:00");
    assert_eq!(cannot("check-in", "09:00"), "Appointments_AlreadyCheckedIn");
    assert_eq!(cannot("complete", "09:00"), "Appointments_TooEarly");
    house.go_to(&monday, "09:05");
    does("complete", "09:00");
    assert_eq!(cannot("no-show", "09:20"), "Appointments_TooEarly");
    assert_eq!(cannot("no-show", "09:40"), "NoBooking");
    house.go_to(&monday, "09:41");
    assert_eq!(house.refused(STRANGER, &["lapse", &doctor, &monday, "09:20"]).0, "Appointments_NotCounted");
    does("no-show", "09:20");
    assert_eq!(cannot("complete", "09:20"), "Appointments_NoSuchBooking");
    let listed = house.says(DOCTOR, &["list", "--resource", &doctor, "--all", "--date", &monday]);
    let fates: Vec<String> = bookings(&listed).into_iter().map(|(_, hours, fate)| format!("{hours} {fate}")).collect();
    assert_eq!(fates, ["09:00–09:20 cancelled", "09:00–09:20 completed", "09:20–09:40 no-show"]);
    assert_eq!(bookings(&house.says(DOCTOR, &["list", "--resource", &doctor])), []);
}

#[test]
fn a_patient_without_ether_signs_and_anyone_sends() {
    let house = House::new();
    let (doctor, monday) = (address(DOCTOR), house.date(0));
    let book = House::booking(&doctor, &monday, "09:20");
    assert_eq!(house.refused(CARA, &book).0, "InsufficientFunds");
    let signed = house.says(CARA, &[&book[..], &["--relay", "book.json"]].concat());
    assert_eq!((&signed["answer"], &signed["request"]["file"]), (&json!("signed"), &json!("book.json")));
    assert_eq!(house.refused(CARA, &[&book[..], &["--relay", "book.json"]].concat()).0, "File");
    assert!(house.says("", &["day", &doctor, &monday])["bookable"] == json!(["09:00–10:00"]));

    // What was changed on the way is noticed before anything is sent.
    let request = std::fs::read_to_string(house.terminal.path("book.json")).unwrap();
    assert!(!request.contains("Anna") && !request.contains("Hauptplatz"));
    let parsed: Value = serde_json::from_str(&request).unwrap();
    let relay = |file: &str| house.terminal.refusal(STRANGER, &["relay", file]);
    for (field, other) in
        [("from", known(BERT)), ("gas", json!(900_000)), ("deadline", json!(4_000_000_000_u64)), ("nonce", json!(1))]
    {
        let mut changed = parsed.clone();
        changed[field] = other;
        house.terminal.write("changed.json", &changed.to_string());
        assert_eq!(relay("changed.json").0, "NotSigned", "{field}");
    }
    house.terminal.write("half.json", &request[..request.len() / 2]);
    assert_eq!(relay("half.json").0, "NoRequest");

    let relayed = house.terminal.json(STRANGER, &["relay", "book.json"]);
    assert_eq!(relayed["from"], known(CARA));
    let listed = house.says(CARA, &["list"]);
    assert_eq!(bookings(&listed), [is(&monday, "09:20–09:40", "booked")]);
    assert_eq!(
        (&listed["bookings"][0]["patient"], &listed["bookings"][0]["opening"]),
        (&known(CARA), &signed["opening"])
    );
    let (code, words) = relay("book.json");
    assert!(code == "Spent" && words.contains("was sent already"), "{words}");

    // Who signed for a slot that another took meanwhile is told so by whoever sends it; later it is too late.
    let late = House::booking(&doctor, &monday, "09:40");
    house.says(CARA, &[&late[..], &["--relay", "late.json", "--relay-hours", "2"]].concat());
    house.says(BERT, &late);
    let (code, words) = relay("late.json");
    assert!(code == "Appointments_SlotTaken" && words.contains("free are slots 0"), "{words}");
    house.wait(7_300);
    assert_eq!(relay("late.json").0, "Expired");

    // The patient cancels in the same way, and nobody else can for it.
    house.says(CARA, &["cancel", &doctor, &monday, "09:20", "--relay", "cancel.json"]);
    house.terminal.json(STRANGER, &["relay", "cancel.json"]);
    assert_eq!(bookings(&house.says(CARA, &["list", "--all"])), [is(&monday, "09:20–09:40", "cancelled")]);
    assert_eq!(house.refused(BERT, &["cancel", &doctor, &monday, "09:20", "--relay", "x.json"]).0, "NoBooking");
    assert_eq!(
        house.refused(CARA, &["cancel", &doctor, &monday, "09:40", "--relay", "x.json"]).0,
        "Appointments_NotEntitled"
    );
}
