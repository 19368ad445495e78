use super::testing::{Folder, content};
use super::*;
use crate::error::Error;

#[tokio::test]
async fn a_store_is_named_by_its_text() {
    let home = tempfile::tempdir().unwrap();
    assert!(
        matches!(Store::open("blocks", home.path()).unwrap(), Store::Blocks(blocks) if blocks.root().starts_with(home.path()))
    );
    assert!(matches!(Store::open("kubo:http://127.0.0.1:5001", home.path()).unwrap(), Store::Kubo(_)));
    for wrong in
        ["", "block", "kubo", "kubo:", "kubo:127.0.0.1:5001", "kubo:ftp://x", "kubo:http://a:b@c", "ipfs:http://c"]
    {
        let error = Store::open(wrong, home.path()).unwrap_err();
        assert!(matches!(error, Error::Store(StoreError::Spec { .. })), "{wrong}: {error}");
        assert!(error.to_string().contains("kubo:http://127.0.0.1:5001"), "{error}");
    }
}

#[tokio::test]
async fn what_is_put_is_got_by_bytes_and_by_file() {
    let Folder { store, folder } = Folder::new();
    for size in [0, 1, 1 << 20, (1 << 20) + 1, 5 << 20] {
        let bytes = content(size);
        let source = folder.path().join("source");
        std::fs::write(&source, &bytes).unwrap();

        let address = store.put(&bytes).await.unwrap();
        assert_eq!(store.put_file(&source).await.unwrap(), address);
        assert!(store.has(&address).await.unwrap());
        assert_eq!(store.get(&address).await.unwrap(), bytes);

        let out = folder.path().join("out");
        assert_eq!(store.get_to(&address, &out).await.unwrap(), size as u64);
        assert_eq!(std::fs::read(&out).unwrap(), bytes);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_tasks_store_at_once() {
    let Folder { store, folder: _folder } = Folder::new();
    let tasks = (0..64_usize).map(|i| {
        let store = store.clone();
        tokio::spawn(async move { store.put(&content(1000 + i % 4)).await.unwrap() })
    });
    for (i, address) in futures::future::join_all(tasks).await.into_iter().enumerate() {
        assert_eq!(store.get(&address.unwrap()).await.unwrap(), content(1000 + i % 4));
    }
}

#[tokio::test]
async fn a_failed_read_leaves_no_file() {
    let folder = Folder::new();
    let address = folder.store.put(&content(3 << 20)).await.unwrap();
    let last = theriac_core::content::links(&address, &folder.blocks().block(&address).unwrap()).unwrap()[2];
    std::fs::remove_file(folder.file_of(&last)).unwrap();

    let out = folder.folder.path().join("out");
    std::fs::write(&out, b"what was there").unwrap();
    let error = folder.store.get_to(&address, &out).await.unwrap_err();
    assert!(matches!(error, Error::Store(StoreError::Missing { block, .. }) if block == last), "{error}");
    assert_eq!(std::fs::read(&out).unwrap(), b"what was there");
    assert_eq!(std::fs::read_dir(folder.folder.path()).unwrap().count(), 2, "the folder of blocks and the old file");
    assert!(!folder.store.has(&address).await.unwrap());
}

#[tokio::test]
async fn a_file_that_is_not_there_is_named() {
    let Folder { store, folder } = Folder::new();
    for path in [folder.path().join("nothing"), folder.path().to_owned()] {
        let error = store.put_file(&path).await.unwrap_err();
        assert!(matches!(&error, Error::Store(StoreError::File { path: named, .. }) if *named == path), "{error}");
    }
    let address = store.put(b"x").await.unwrap();
    let nowhere = folder.path().join("no/such/folder");
    let error = store.get_to(&address, &nowhere).await.unwrap_err();
    assert!(error.to_string().contains("no/such"), "{error}");
}

/// A node of one leaf, linked often: as large as one likes, for two blocks.
#[tokio::test]
async fn a_file_too_large_for_memory_is_refused_before_it_is_read() {
    let folder = Folder::new();
    let zeros = std::io::Read::take(std::io::repeat(0), MAX_IN_MEMORY + 1);
    let address = folder.blocks().put(zeros).unwrap();
    let error = folder.store.get(&address).await.unwrap_err();
    assert!(matches!(error, Error::Store(StoreError::TooLarge { size, .. }) if size == MAX_IN_MEMORY + 1), "{error}");
    assert!(folder.store.has(&address).await.unwrap());
}

/// A node of the file format with these links, each of `size` bytes (UnixFS 1.5, protobuf written out).
fn node(link: &ContentAddress, size: u64, count: usize) -> Vec<u8> {
    let varint = |mut number: u64| {
        let mut bytes = Vec::new();
        while number > 0x7f {
            bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        bytes.push(number as u8);
        bytes
    };
    let field = |tag: u8, bytes: &[u8]| [&[tag][..], &varint(bytes.len() as u64), bytes].concat();
    let named = [field(0x0a, &link.cid().to_bytes()), field(0x12, b""), vec![0x18], varint(size)].concat();
    let file = [vec![0x08, 2, 0x18], varint(size * count as u64), [&[0x20][..], &varint(size)].concat().repeat(count)];
    [field(0x12, &named).repeat(count), field(0x0a, &file.concat())].concat()
}

#[tokio::test]
async fn what_others_made_to_keep_a_reader_busy_is_looked_at_once() {
    let folder = Folder::new();
    let put = |bytes: Vec<u8>| {
        let block = ContentAddress::of_block(theriac_core::content::Codec::DagPb, &bytes);
        folder.blocks().put_block(&block, &bytes).unwrap();
        block
    };
    // Five blocks that are a file of 2^40 leaves.
    let (mut tree, mut size) = (folder.store.put(b"x").await.unwrap(), 1);
    for _ in 0..4 {
        tree = put(node(&tree, size, 1024));
        size *= 1024;
    }
    let looked = tokio::time::timeout(std::time::Duration::from_secs(20), folder.store.is_whole(&tree));
    assert!(looked.await.expect("it does not end").unwrap());
    let refused = folder.store.get(&tree).await.unwrap_err();
    assert!(matches!(refused, Error::Store(StoreError::TooLarge { size, .. }) if size == 1 << 40), "{refused}");
    // What is no file is nobody's document, and no reason to stop.
    assert!(!folder.store.is_whole(&put(b"no protobuf".to_vec())).await.unwrap());
}
