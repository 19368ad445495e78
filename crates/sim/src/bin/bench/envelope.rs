//! `envelope/open`: opening a purchase record that is sealed for 3 readers, as the last of them; no KDF is in it.
//! Peer: npm `age-encryption`, which decrypts the same file with the same key.

use std::time::Instant;

use alloy::primitives::{Address, B256, U256};
use serde_json::{Value, json};
use theriac_core::envelope::{self, Amount, Identity, Key, Party, Price, PurchaseRecord, PurchasedItem, Reader};
use theriac_core::udi::Udi;

use crate::figures::{Error, median, number, peer, rounded};

const READERS: usize = 3;
const RUNS: usize = 201;

pub(crate) fn measure() -> Result<Value, Error> {
    let record = record()?;
    let identities: Vec<_> = (0..READERS).map(|_| Identity::generate()).collect();
    let readers = identities.iter().map(|identity| Ok(Reader::from(identity.public()?)));
    let sealed = envelope::seal(&record, &readers.collect::<Result<Vec<_>, Error>>()?)?;
    let last = identities.last().ok_or("no reader")?;

    let mut milliseconds = Vec::new();
    for _ in 0..RUNS {
        let started = Instant::now();
        let opened = envelope::open(&sealed.bytes, Key::Identities(std::slice::from_ref(last)))?;
        milliseconds.push(started.elapsed().as_secs_f64() * 1000.0);
        if opened.record != record {
            return Err("another record was opened than was sealed".into());
        }
    }
    let file = tempfile::NamedTempFile::new()?;
    let question = json!({
        "file": alloy::primitives::hex::encode(&sealed.bytes),
        "identity": last.expose().as_str(),
        "runs": RUNS,
    });
    std::fs::write(file.path(), question.to_string())?;
    let theirs = number(&peer("tools/bench/envelope.mjs", file.path())?, "milliseconds")?;
    let ours = median(milliseconds);
    Ok(json!({
        "milliseconds": rounded(ours),
        "peer": "npm age-encryption 0.3.1, the same file",
        "ratio": rounded(theirs / ours),
    }))
}

fn record() -> Result<PurchaseRecord, Error> {
    let udi = "(01)09506000134352(17)281231(10)A1(21)SN-42".to_owned();
    let party = |byte, name: &str| Party {
        account: Address::repeat_byte(byte),
        name: name.to_owned(),
        address: Some("Spitalgasse 1, 9999 Musterstadt".to_owned()),
    };
    let item = PurchasedItem {
        item: Udi::parse(&udi, 2026)?.item_id().ok_or("a UDI without serial")?,
        udi,
        description: "Patient monitor".to_owned(),
        unit_price: Amount(U256::from(1_250_500_000_u64)),
    };
    Ok(PurchaseRecord {
        chain_id: 31337,
        market: Address::repeat_byte(1),
        purchase: B256::repeat_byte(2),
        offer: B256::repeat_byte(3),
        buyer: party(4, "Kantonsspital Musterstadt"),
        seller: party(5, "Example Devices AG"),
        price: Price { amount: item.unit_price, token: Address::ZERO, symbol: "ETH".to_owned(), decimals: 18 },
        items: vec![item],
        delivery_address: Some("Warenannahme, Hintere Gasse 3, 9999 Musterstadt".to_owned()),
        notes: None,
        bought_at: "2026-01-31T08:00:00Z".parse()?,
        ship_until: None,
        inspect_until: None,
        return_until: None,
    })
}
