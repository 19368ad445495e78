//! `labels/10000`: a PDF of 10,000 labels with both symbols. Peer: bwip-js, which makes the same symbols of 500 of them as SVG.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use theriac_core::label::Label;
use theriac_core::udi::Udi;

use crate::child;
use crate::figures::{Error, median, number, peer, rounded};

const LABELS: usize = 10_000;
const PEER_LABELS: usize = 500;
const PEER_RUNS: usize = 3;

/// What both sides are given.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Data {
    digital_link: String,
    element_string: String,
    bracketed: String,
    serial: String,
}

impl From<Data> for Label {
    fn from(data: Data) -> Self {
        Self {
            title: "Bone screw 3.5 mm".to_owned(),
            maker: "Demo Orthopaedics".to_owned(),
            human_readable: vec![data.bracketed],
            digital_link: data.digital_link,
            element_string: data.element_string,
            lot: Some("A1".to_owned()),
            serial: Some(data.serial),
            ..Self::default()
        }
    }
}

pub(crate) fn measure() -> Result<Value, Error> {
    let data = (0..LABELS).map(data).collect::<Result<Vec<_>, _>>()?;
    let folder = tempfile::tempdir()?;
    let all = folder.path().join("labels.json");
    let some = folder.path().join("some.json");
    std::fs::write(&all, serde_json::to_string(&data)?)?;
    std::fs::write(&some, serde_json::to_string(&data[..PEER_LABELS])?)?;

    let (seconds, megabytes, printed) = child::measure("labels", &all)?;
    if printed != json!(LABELS) {
        return Err(format!("{printed} labels were printed, not {LABELS}").into());
    }
    let mut peer_seconds = Vec::new();
    for _ in 0..PEER_RUNS {
        peer_seconds.push(number(&peer("tools/bench/labels.mjs", &some)?, "seconds")?);
    }
    let same_work = median(peer_seconds) * (LABELS / PEER_LABELS) as f64;
    Ok(json!({
        "seconds": rounded(seconds),
        "megabytes": rounded(megabytes),
        "peer": "bwip-js 4.11.4, both symbols as SVG, from 500 of them",
        "ratio": rounded(same_work / seconds),
    }))
}

fn data(index: usize) -> Result<Data, Error> {
    let udi = Udi::parse(&format!("(01)00844588010286(17)281231(10)A1(21)SN{index:06}"), 2026)?;
    let element_string = udi.to_element_string()?;
    Ok(Data {
        digital_link: udi.to_digital_link("https://id.example.org")?.to_string(),
        element_string,
        bracketed: udi.to_bracketed()?,
        serial: format!("SN{index:06}"),
    })
}
