//! `epcis/hash`: from a file of 50,000 events (commissioned, packed, shipped, received, dispensed) to their canonical hashes.
//! Peer: PyPI `epcis-event-hash-generator`, the reference implementation, on 500 of them; the hashes must be the same.

use std::ffi::OsStr;
use std::process::Command;

use jiff::Timestamp;
use serde_json::{Value, json};
use theriac_core::epcis::cbv::BizTransactionType;
use theriac_core::epcis::verbs::{self, Moment, Things};
use theriac_core::epcis::{Document, Event, Offset, links};
use theriac_core::gs1::{Gtin, Lot, Serial, Sscc, check_digit};

use crate::child;
use crate::figures::{Error, json_of, median, number, rounded};

const EVENTS: usize = 50_000;
const PEER_EVENTS: usize = 500;
const PEER_RUNS: usize = 3;

pub(crate) fn measure(python: &OsStr) -> Result<Value, Error> {
    let folder = tempfile::tempdir()?;
    let (all, some) = (folder.path().join("events.json"), folder.path().join("some.json"));
    std::fs::write(&all, document(EVENTS)?.to_json().to_string())?;
    let sample = document(PEER_EVENTS)?;
    std::fs::write(&some, sample.to_json().to_string())?;

    let (seconds, megabytes, hashed) = child::measure("epcis", &all)?;
    if hashed != json!(EVENTS) {
        return Err(format!("{hashed} events were hashed, not {EVENTS}").into());
    }
    let hashes = json!(sample.hashes());
    let mut peer_seconds = Vec::new();
    for _ in 0..PEER_RUNS {
        let answer = json_of(Command::new(python).arg("tools/bench/epcis.py").arg(&some))?;
        if answer["hashes"] != hashes {
            return Err("the reference computes other hashes".into());
        }
        peer_seconds.push(number(&answer, "seconds")?);
    }
    let same_work = median(peer_seconds) * (EVENTS / PEER_EVENTS) as f64;
    Ok(json!({
        "perSecond": rounded(EVENTS as f64 / seconds),
        "megabytes": rounded(megabytes),
        "peer": "epcis-event-hash-generator 1.9.3 on 500",
        "ratio": rounded(same_work / seconds),
    }))
}

fn document(events: usize) -> Result<Document, Error> {
    let created: Timestamp = "2026-01-31T08:00:00Z".parse()?;
    let events = (0..events).map(event).collect::<Result<Vec<_>, _>>()?;
    Ok(Document::new(created.into(), &[("example", "https://ns.example.com/epcis/")], events))
}

fn event(index: usize) -> Result<Event, Error> {
    let gtin = Gtin::new("09506000134352")?;
    let item = |number: usize| Ok::<_, Error>(links::item(&gtin, &Serial::new(format!("SN{number:08}"))?)?);
    let at = Timestamp::from_millisecond(1_769_846_400_000 + index as i64)?;
    let moment = Moment::new(at, Offset::UTC).read_at(links::place("9520123456788", Some("dock-3"))?);
    let payload = format!("0061414{index:010}");
    let digit = check_digit(&payload).ok_or("no check digit")?;
    let unit = links::unit(&Sscc::new(&format!("{payload}{digit}"))?)?;
    let (maker, pharmacy) = (links::party("9506000134376")?, links::party("9520123456788")?);
    let advice = format!("urn:epcglobal:cbv:bt:9506000134376:ASN{index}").parse()?;
    let pair = Things::items([item(2 * index)?, item(2 * index + 1)?]);
    Ok(match index % 5 {
        0 => verbs::commission(moment, pair),
        1 => verbs::pack(moment, unit, Things::pieces(links::lot(&gtin, &Lot::new("L1")?)?, 1 + index as u64)),
        2 => verbs::ship(moment, Things::items([unit]), maker, pharmacy)
            .for_document(BizTransactionType::DespatchAdvice, advice),
        3 => verbs::receive(moment, Things::items([unit]), maker, pharmacy)
            .for_document(BizTransactionType::DespatchAdvice, advice),
        _ => verbs::dispense(moment, pair).with_extension("example:counter", index),
    })
}
