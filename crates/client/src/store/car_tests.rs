use proptest::prelude::*;
use theriac_core::content::{self as core, Codec, ContentError};

use super::super::testing::{Folder, content};
use super::*;
use crate::error::Error;

async fn write_car(path: &Path, roots: &[ContentAddress], blocks: &[(ContentAddress, Vec<u8>)]) {
    let header = CarHeader::new_v1(roots.iter().map(ContentAddress::cid).collect());
    let mut car = CarWriter::new(header, Vec::new());
    car.write_header().await.unwrap();
    for (block, bytes) in blocks {
        car.write(block.cid(), bytes).await.unwrap();
    }
    std::fs::write(path, car.finish().await.unwrap()).unwrap();
}

/// All blocks of a file, root last.
fn blocks_of(bytes: &[u8]) -> (ContentAddress, Vec<(ContentAddress, Vec<u8>)>) {
    let mut blocks = Vec::new();
    let root = core::build(bytes, |cid, bytes| {
        blocks.push((ContentAddress::try_from(cid).unwrap(), bytes.to_vec()));
        Ok(())
    });
    (ContentAddress::try_from(&root.unwrap()).unwrap(), blocks)
}

async fn refusal(folder: &Folder, car: &Path) -> StoreError {
    match folder.store.import_car(car).await.unwrap_err() {
        Error::Store(error) => error,
        other => panic!("{other}"),
    }
}

fn is_empty(folder: &Folder) -> bool {
    std::fs::read_dir(folder.folder.path().join("blocks")).unwrap().count() == 1
}

#[tokio::test]
async fn content_travels_from_store_to_store() {
    let (from, to) = (Folder::new(), Folder::new());
    let contents = [content(0), content(1), content((5 << 20) + 3), vec![0; 4 << 20]];
    let mut roots = Vec::new();
    for bytes in &contents {
        roots.push(from.store.put(bytes).await.unwrap());
    }
    let car = from.folder.path().join("all.car");
    let size = from.store.export_car(&roots, &car).await.unwrap();
    assert_eq!(size, std::fs::metadata(&car).unwrap().len());
    assert!(size < (7 << 20), "four equal leaves are written once");

    assert_eq!(to.store.import_car(&car).await.unwrap(), roots);
    for (root, bytes) in roots.iter().zip(&contents) {
        assert_eq!(to.store.get(root).await.unwrap(), *bytes);
    }
    assert_eq!(to.store.import_car(&car).await.unwrap(), roots, "a second time changes nothing");
}

#[tokio::test]
async fn blocks_stand_in_depth_first_order() {
    let folder = Folder::new();
    let (root, blocks) = blocks_of(&content(3 << 20));
    folder.store.put(&content(3 << 20)).await.unwrap();
    let path = folder.folder.path().join("x.car");
    folder.store.export_car(&[root], &path).await.unwrap();
    let mut car = open(&path).await.unwrap();
    let mut order = Vec::new();
    while let Some((cid, _)) = car.next_block().await.unwrap() {
        order.push(ContentAddress::try_from(&cid).unwrap());
    }
    assert_eq!(order, [root, blocks[0].0, blocks[1].0, blocks[2].0]);
}

#[tokio::test]
async fn an_incomplete_store_exports_nothing() {
    let folder = Folder::new();
    let address = folder.store.put(&content(3 << 20)).await.unwrap();
    let leaf = core::links(&address, &folder.blocks().block(&address).unwrap()).unwrap()[1];
    std::fs::write(folder.file_of(&leaf), b"other").unwrap();
    let car = folder.folder.path().join("x.car");
    let error = folder.store.export_car(&[address], &car).await.unwrap_err();
    assert!(matches!(error, Error::Store(StoreError::Corrupt { block, .. }) if block == leaf), "{error}");
    assert_eq!(std::fs::read_dir(folder.folder.path()).unwrap().count(), 1, "only the folder of blocks");
    let error = folder.store.export_car(&[], &car).await.unwrap_err();
    assert!(matches!(error, Error::Store(StoreError::Car { .. })), "{error}");
}

#[tokio::test]
async fn a_missing_block_is_named_and_nothing_imported() {
    let folder = Folder::new();
    let car = folder.folder.path().join("x.car");
    let (root, blocks) = blocks_of(&content(3 << 20));
    for missing in 0..blocks.len() {
        let mut rest = blocks.clone();
        let (lost, bytes) = rest.remove(missing);
        write_car(&car, &[root], &rest).await;
        let error = refusal(&folder, &car).await;
        assert!(matches!(&error, StoreError::CarIncomplete { block, .. } if *block == lost), "{error}");
        assert!(error.to_string().contains(&lost.to_string()), "{error}");
        assert!(is_empty(&folder));

        // What the store has already need not be sent again.
        let other = Folder::new();
        other.blocks().put_block(&lost, &bytes).unwrap();
        if lost != root {
            assert_eq!(other.store.import_car(&car).await.unwrap(), [root]);
            assert_eq!(other.store.get(&root).await.unwrap(), content(3 << 20));
        }
    }
}

#[tokio::test]
async fn a_corrupt_block_is_named_and_nothing_imported() {
    let folder = Folder::new();
    let car = folder.folder.path().join("x.car");
    let (root, blocks) = blocks_of(&content(2 << 20));
    for damaged in 0..blocks.len() {
        let mut wrong = blocks.clone();
        wrong[damaged].1[7] ^= 1;
        write_car(&car, &[root], &wrong).await;
        let error = refusal(&folder, &car).await;
        let StoreError::CarBlock { source, .. } = &error else { panic!("{error}") };
        let ContentError::WrongBytes { block, .. } = &**source else { panic!("{error}") };
        assert_eq!(*block, blocks[damaged].0);
        assert!(error.to_string().contains("x.car"), "{error}");
        assert!(is_empty(&folder));
    }
}

#[tokio::test]
async fn files_that_are_no_car_are_refused() {
    let folder = Folder::new();
    let car = folder.folder.path().join("x.car");
    let (root, blocks) = blocks_of(&content(100));
    write_car(&car, &[root], &blocks).await;
    let whole = std::fs::read(&car).unwrap();
    // Any beginning of it is refused, wherever it is cut off.
    for end in 0..whole.len() {
        std::fs::write(&car, &whole[..end]).unwrap();
        let error = refusal(&folder, &car).await;
        assert!(matches!(error, StoreError::Car { .. } | StoreError::CarIncomplete { .. }), "{end}: {error}");
    }
    // The pragma that opens every CAR v2 file.
    let second_version = b"\x0a\xa1gversion\x02 and so on";
    for other in [b"<html>no</html>".as_slice(), b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", second_version] {
        std::fs::write(&car, other).unwrap();
        let error = refusal(&folder, &car).await;
        assert!(matches!(error, StoreError::Car { .. }), "{error}");
    }
    let error = refusal(&folder, &folder.folder.path().join("none.car")).await;
    assert!(matches!(error, StoreError::File { .. }), "{error}");
    assert!(is_empty(&folder));
}

#[tokio::test]
async fn blocks_of_other_systems_are_refused() {
    let folder = Folder::new();
    let path = folder.folder.path().join("x.car");
    // An empty UnixFS directory: sound, but not a file.
    let directory = vec![0x0a, 0x02, 0x08, 0x01];
    let root = ContentAddress::of_block(Codec::DagPb, &directory);
    write_car(&path, &[root], &[(root, directory)]).await;
    let error = refusal(&folder, &path).await;
    let StoreError::CarBlock { source, .. } = &error else { panic!("{error}") };
    assert!(matches!(**source, ContentError::NotAFile { .. }), "{error}");
    assert!(is_empty(&folder));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_bytes_make_the_reader_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..400), keep in 0_usize..120) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let folder = Folder::new();
            let car = folder.folder.path().join("x.car");
            let (root, blocks) = blocks_of(b"content");
            write_car(&car, &[root], &blocks).await;
            // Noise, and noise after the beginning of a sound file.
            let sound = std::fs::read(&car).unwrap();
            bytes.splice(0..0, sound[..keep.min(sound.len())].iter().copied());
            std::fs::write(&car, &bytes).unwrap();
            if let Ok(roots) = folder.store.import_car(&car).await {
                for root in roots {
                    folder.store.get(&root).await.unwrap();
                }
            }
        });
    }
}
