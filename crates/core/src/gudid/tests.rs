//! Whole files: good, damaged, hostile, and the real one.

mod damage;
mod mapping;
mod real;
mod zips;

use std::ops::ControlFlow;

use super::*;

/// A record of the release's schema with identifiers, and whatever else is given.
fn record(di: &str, more: &str) -> String {
    format!(
        "<device xmlns=\"http://www.fda.gov/cdrh/gudid\" deviceid=\"{di}\">\
         <identifiers><identifier><deviceId>{di}</deviceId><deviceIdType>Primary</deviceIdType>\
         <deviceIdIssuingAgency>GS1</deviceIdIssuingAgency></identifier></identifiers>\
         <brandName>Brand {di}</brandName><versionModelNumber>M1</versionModelNumber>\
         <companyName>Maker &amp; Sons</companyName><lotBatch>true</lotBatch><serialNumber>false</serialNumber>\
         {more}</device>"
    )
}

const A: &str = "00844588018923";
const B: &str = "00844588018916";
const C: &str = "00844588018909";

fn file(records: &[&str]) -> String {
    format!("\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<data>\n{}\n</data>\n", records.join("\n"))
}

/// What a file gives.
#[derive(Debug, Default)]
struct Got {
    devices: Vec<GudidDevice>,
    refused: Vec<RefusedRecord>,
    summary: Summary,
}

impl Got {
    fn dis(&self) -> Vec<&str> {
        self.devices.iter().map(|device| device.di.as_str()).collect()
    }

    fn reasons(&self) -> Vec<RecordFault> {
        self.refused.iter().map(|refused| refused.reason.clone()).collect()
    }
}

fn gather<E>(
    read: impl FnOnce(&mut dyn FnMut(Result<GudidDevice, RefusedRecord>) -> ControlFlow<()>) -> Result<Summary, E>,
) -> Result<Got, E> {
    let mut got = Got::default();
    let summary = read(&mut |record| {
        match record {
            Ok(device) => got.devices.push(device),
            Err(refused) => got.refused.push(refused),
        }
        ControlFlow::Continue(())
    })?;
    assert_eq!(summary.read, summary.imported + summary.refused);
    assert_eq!((summary.imported, summary.refused), (got.devices.len() as u64, got.refused.len() as u64));
    Ok(Got { summary, ..got })
}

fn read(xml: impl AsRef<[u8]>) -> Got {
    read_limited(xml, cut::RECORD_LIMIT).unwrap()
}

fn read_limited(xml: impl AsRef<[u8]>, limit: usize) -> Result<Got, GudidError> {
    gather(|on| xml::read_entry(xml.as_ref(), None, limit, on))
}
