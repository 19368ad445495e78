//! How fast it is. Run with `cargo test --release -p theriac-core fhir -- --ignored --nocapture`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use super::formats::data;
use crate::fhir::{Resource, from_xml, to_xml, validate};

/// Seconds that one run takes: the shortest of several rounds, as others use the machine, too.
fn seconds(mut run: impl FnMut()) -> f64 {
    let mut best = f64::MAX;
    for _ in 0..20 {
        let start = Instant::now();
        let mut count = 0;
        while start.elapsed() < Duration::from_millis(50) {
            run();
            count += 1;
        }
        best = best.min(start.elapsed().as_secs_f64() / f64::from(count));
    }
    best
}

#[test]
#[ignore = "measures"]
fn figures() {
    for (name, text) in data("pocd/examples") {
        let document = from_xml(&text).unwrap();
        let json = document.canonical();
        let digest = seconds(|| {
            black_box(Resource::from_json(black_box(&json)).unwrap().digest());
        });
        let checked = seconds(|| drop(black_box(validate(black_box(&document)))));
        let read = seconds(|| drop(black_box(from_xml(black_box(&text)).unwrap())));
        let written = seconds(|| drop(black_box(to_xml(black_box(&document)).unwrap())));
        println!(
            "{name}: {} bytes of JSON, digest {:.0}/s, validate {:.4} ms, XML read {:.4} ms, written {:.4} ms",
            json.len(),
            1.0 / digest,
            checked * 1e3,
            read * 1e3,
            written * 1e3
        );
    }
}
