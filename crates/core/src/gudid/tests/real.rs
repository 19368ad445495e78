//! The FDA's own files, where they are at hand.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::*;
use crate::document::ModelDocument;
use crate::gs1::KeyError;
use crate::ids::Agency;
use crate::udi::DiError;

fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("THERIAC_DATA").filter(|folder| !folder.is_empty());
    if folder.is_none() {
        eprintln!("skipped: THERIAC_DATA is not set");
    }
    folder.map(|folder| PathBuf::from(folder).join("gudid"))
}

#[test]
fn a_full_release_part_is_read_whole() {
    let Some(folder) = data() else { return };
    let mut kinds = BTreeMap::<(bool, bool), u64>::new();
    let (mut identifiers, mut left_out) = (0, Vec::new());
    let mut refused = Vec::new();
    let source = open(&folder.join("gudid-full-release-part.zip")).unwrap();
    let summary = source.read(|record| {
        match record {
            Ok(device) => {
                *kinds.entry((device.controlled_by.lot, device.controlled_by.serial)).or_default() += 1;
                identifiers += device.identifiers.len();
                left_out.extend(device.left_out.into_iter().map(|left| left.value));
            }
            Err(record) => refused.push(record),
        }
        ControlFlow::Continue(())
    });
    let summary = summary.unwrap();
    assert_eq!((summary.read, summary.imported, summary.refused), (50_000, 49_990, 10));
    assert!(!summary.truncated);

    // All ten are of lots without serial, of which there are 46,042: nine primary GTINs with a wrong check digit, and
    // a GTIN that its labeler gave as an identifier of HIBCC.
    for record in &refused {
        match &record.reason {
            RecordFault::Primary(IdentifierFault::Di(DiError::Hibcc(di))) => assert_eq!(di, "00841523106431"),
            RecordFault::Primary(IdentifierFault::Di(DiError::Gtin(KeyError::CheckDigit(_)))) => {}
            _ => panic!("{record}"),
        }
    }
    let dis: Vec<&str> = refused.iter().filter_map(|record| record.di.as_deref()).collect();
    assert_eq!(
        dis,
        [
            "00841523106431",
            "00841518100003",
            "00840118105406",
            "00821684057135",
            "00817703012624",
            "00817470002098",
            "00815612020043",
            "00812845020979",
            "00763003088567",
            "00729000000006",
        ]
    );
    let kinds: Vec<_> = kinds.into_iter().collect();
    assert_eq!(
        kinds,
        [((false, false), 25), ((false, true), 2_888), ((true, false), 46_042 - 10), ((true, true), 1_045)]
    );

    // 8,039 identifiers beside the primary ones: one stands in a refused record, two are wrong themselves.
    assert_eq!(identifiers, 8_039 - 1 - 2);
    assert_eq!(left_out, ["10815500020249", "1081463902131"]);
}

#[test]
fn answers_of_the_service_are_read() {
    let Some(folder) = data() else { return };
    for way in ["device_identifier", "unique_device_identifier"] {
        let path = folder.join(format!("accessgudid_json_devices_lookup_by_{way}_code.json"));
        let got = gather(|on| open(&path)?.read(on)).unwrap();
        assert_eq!(got.dis(), ["08717648200274"]);
        let device = &got.devices[0];
        assert_eq!((device.brand.as_str(), device.duns.as_deref()), ("XIENCE ALPINE", Some("964569052")));
        assert_eq!(device.mri_safety, MriSafety::Conditional);
        assert_eq!(device.storage.len(), 3);
        assert_eq!(device.product_codes[0].device_class.as_deref(), Some("3"));
    }
    let parsed = folder.join("accessgudid_json_parse_udi_by_unique_device_identifier_code.json");
    assert!(matches!(gather(|on| open(&parsed)?.read(on)), Err(GudidError::NoDevice { .. })));
}

#[test]
fn the_demonstration_is_a_whole_small_release() {
    let xml = include_str!("../../../../../demo/gudid-devices.xml");
    let got = read(xml);
    assert_eq!(got.reasons(), []);
    assert!(!got.summary.truncated && !xml.contains("<contacts") && !xml.contains("<phone"));
    assert!((55..=70).contains(&got.devices.len()), "{}", got.devices.len());
    let terms: Vec<&str> = got.devices.iter().flat_map(|d| &d.gmdn_terms).map(|term| term.name.as_str()).collect();
    for kind in ["monitor", "stent", "bone screw", "infusion pump", "catheter"] {
        assert!(terms.iter().any(|term| term.to_lowercase().contains(kind)), "{kind}");
    }
    let one = |test: &dyn Fn(&GudidDevice) -> bool| assert!(got.devices.iter().any(test));
    one(&|device| device.identifiers.iter().any(|id| id.di.agency() == Agency::Hibcc));
    one(&|device| device.identifiers.iter().any(|id| id.package.is_some()));
    one(&|device| !device.controlled_by.lot && device.controlled_by.serial);
    one(&|device| device.controlled_by.lot && !device.controlled_by.serial);
    let ids: std::collections::BTreeSet<_> = got.devices.iter().map(|d| ModelDocument::from(d).id()).collect();
    assert_eq!(ids.len(), got.devices.len());
}
