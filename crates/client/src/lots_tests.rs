#[cfg(unix)]
use std::os::unix::fs::PermissionsExt as _;

use theriac_core::document::LotDetails;
use theriac_core::ids::Agency;
use theriac_core::serials;

use super::*;
use crate::error::Error;

fn lot(csv: &str) -> (LotDocument, LotTree) {
    let details = LotDetails {
        name: "Screw".into(),
        description: "Bone screw".into(),
        image: None,
        agency: Agency::Gs1,
        di: "09506000134352".into(),
        lot: "A1".into(),
        made: None,
        expires: None,
    };
    LotDocument::new(details, serials::read(csv.as_bytes()).unwrap()).unwrap()
}

fn csv(count: u32) -> String {
    (0..count).map(|number| format!("S{number:04}\n")).collect()
}

async fn not_needed() -> Result<LotDocument> {
    panic!("the document is not needed")
}

#[tokio::test]
async fn every_item_is_found_with_the_proof_of_the_tree() {
    for count in [1, 2, 3, 100] {
        let home = tempfile::tempdir().unwrap();
        let (document, tree) = lot(&csv(count));
        let id = document.details().id();
        LotProofs::keep(home.path(), &document, &tree).unwrap();
        let mut proofs = LotProofs::open(home.path(), id, tree.root(), not_needed).await.unwrap();
        assert_eq!(proofs.count(), count);
        for (index, serial) in (0..).zip(document.serials()) {
            let found = proofs.find(LotId::serial_half(serial.as_str())).unwrap().unwrap();
            assert_eq!(found.item, id.item(serial.as_str()));
            let proof = tree.proof(index).unwrap();
            assert_eq!(found.membership, Membership { index, tag_key: Address::ZERO, proof });
            assert_eq!(proofs.at(index).unwrap(), Some(found));
        }
        assert_eq!(proofs.find(LotId::serial_half("FORGED")).unwrap(), None);
        assert_eq!(proofs.at(count).unwrap(), None);
    }
}

#[tokio::test]
async fn tag_keys_come_with_their_items() {
    let home = tempfile::tempdir().unwrap();
    let key = Address::repeat_byte(7);
    let (document, tree) = lot(&format!("serial,tagKey\nS1,{key:#x}\nS2,\n"));
    LotProofs::keep(home.path(), &document, &tree).unwrap();
    let id = document.details().id();
    let mut proofs = LotProofs::open(home.path(), id, tree.root(), not_needed).await.unwrap();
    assert_eq!(proofs.find(id.item("S1").half()).unwrap().unwrap().membership.tag_key, key);
    assert_eq!(proofs.find(id.item("S2").half()).unwrap().unwrap().membership.tag_key, Address::ZERO);
}

#[tokio::test]
async fn a_missing_or_foreign_file_is_made_again_from_the_document() {
    let home = tempfile::tempdir().unwrap();
    let (document, tree) = lot(&csv(9));
    let id = document.details().id();
    let open = || LotProofs::open(home.path(), id, tree.root(), || async { Ok(document.clone()) });
    assert!(open().await.unwrap().at(8).unwrap().is_some());
    let path = path(home.path(), id);
    #[cfg(unix)]
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);

    let (other, other_tree) = lot(&csv(8));
    LotProofs::write(&path, &other, &other_tree).unwrap();
    assert_eq!(open().await.unwrap().count(), 9);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() - 1]).unwrap();
    assert!(open().await.unwrap().at(8).unwrap().is_some());
    assert_eq!(fs::read(&path).unwrap(), whole);
}

#[tokio::test]
async fn damage_is_noticed_before_anything_is_said() {
    let home = tempfile::tempdir().unwrap();
    let (document, tree) = lot(&csv(40));
    let id = document.details().id();
    let path = path(home.path(), id);
    LotProofs::write(&path, &document, &tree).unwrap();
    let whole = fs::read(&path).unwrap();
    for place in (HEAD as usize)..whole.len() {
        let mut damaged = whole.clone();
        damaged[place] ^= 0x80;
        fs::write(&path, &damaged).unwrap();
        let mut proofs = LotProofs::open(home.path(), id, tree.root(), not_needed).await.unwrap();
        match proofs.find(id.item("S0007").half()) {
            Ok(Some(found)) => assert_eq!(found.membership.proof, tree.proof(7).unwrap()),
            Ok(None) => panic!("byte {place}: a genuine item vanished"),
            Err(Error::Lots(LotsError::Damaged { .. })) => assert!(!path.exists()),
            Err(other) => panic!("byte {place}: {other}"),
        }
    }
}

#[tokio::test]
async fn a_document_of_another_lot_or_root_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let (document, tree) = lot(&csv(3));
    let id = document.details().id();
    let load = || async { Ok(document.clone()) };
    let other = ItemId(B256::repeat_byte(1)).lot();
    let error = LotProofs::open(home.path(), other, tree.root(), load).await.unwrap_err();
    assert!(matches!(error, Error::Lots(LotsError::OtherLot { found, .. }) if found == id), "{error}");
    let error = LotProofs::open(home.path(), id, B256::ZERO, load).await.unwrap_err();
    assert!(matches!(error, Error::Lots(LotsError::OtherRoot { found, .. }) if found == tree.root()), "{error}");
    assert!(!path(home.path(), id).exists());
}
