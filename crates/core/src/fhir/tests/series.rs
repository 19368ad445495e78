use jiff::Timestamp;

use crate::fhir::emit::VitalSign;
use crate::fhir::model::Typed as _;
use crate::fhir::{PatientLink, Resource, Series, SeriesError, Severity, validate};

fn sign(patient: &str, at: &str) -> VitalSign {
    VitalSign { id: None, patient: patient.to_owned(), at: at.to_owned(), metric: None }
}

fn rate(patient: &str, at: &str) -> Resource {
    sign(patient, at).heart_rate(72_u64.into()).into_resource()
}

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn observations_are_put_in_the_order_of_their_times() {
    let pressure = sign("Patient/7", "2026-06-30T11:31:00+02:00");
    let pressure = pressure.blood_pressure(120_u64.into(), 80_u64.into()).into_resource();
    let series = Series::of(&[rate("Patient/7", "2026-06-30T09:32:07.9Z"), pressure]).unwrap();
    assert_eq!(series.patient, PatientLink::Reference("Patient/7".to_owned()));
    assert_eq!(
        (series.from, series.until, series.count()),
        (instant("2026-06-30T09:31:00Z"), instant("2026-06-30T09:32:07Z"), 2)
    );
    assert!(validate(&series.bundle).iter().all(|issue| issue.severity != Severity::Error));
    // A series of a series is the same one.
    assert_eq!(Series::of(std::slice::from_ref(&series.bundle)).unwrap(), series);
}

#[test]
fn a_period_counts_from_its_start_to_its_end() {
    let text = String::from_utf8(rate("Patient/7", "2026-06-30T09:31:00Z").canonical()).unwrap();
    let period = text.replace(
        r#""effectiveDateTime":"2026-06-30T09:31:00Z""#,
        r#""effectivePeriod":{"end":"2026-06-30T10:00:00Z","start":"2026-06-30T09:00:00Z"}"#,
    );
    let series = Series::of(&[Resource::from_json(period.as_bytes()).unwrap()]).unwrap();
    assert_eq!((series.from, series.until), (instant("2026-06-30T09:00:00Z"), instant("2026-06-30T10:00:00Z")));
}

#[test]
fn what_is_no_series_is_refused() {
    let good = rate("Patient/7", "2026-06-30T09:31:00Z");
    let text = String::from_utf8(good.canonical()).unwrap();
    let changed = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        Resource::from_json(text.replace(from, to).as_bytes()).unwrap()
    };
    let other = rate("Patient/8", "2026-06-30T09:31:00Z");
    assert!(matches!(Series::of(&[good.clone(), other]), Err(SeriesError::OtherPatient(_))));
    assert!(matches!(Series::of(&[]), Err(SeriesError::Empty)));
    let empty = Resource::from_json(br#"{"resourceType":"Bundle","type":"collection"}"#).unwrap();
    assert!(matches!(Series::of(&[empty]), Err(SeriesError::Empty)));
    let patient = Resource::from_json(br#"{"resourceType":"Patient"}"#).unwrap();
    assert!(matches!(Series::of(&[patient]), Err(SeriesError::NotAnObservation(..))));
    let day = changed("2026-06-30T09:31:00Z", "2026-06-30");
    assert!(matches!(Series::of(&[day]), Err(SeriesError::NoTime(_))));
    let invalid = changed("\"final\"", "\"good\"");
    assert!(matches!(Series::of(&[invalid]), Err(SeriesError::Invalid { .. })));
}
