use std::io::{Cursor, Write};
use std::time::SystemTime;

use proptest::prelude::*;
use theriac_core::content::FileReader;

use super::*;

fn read(blocks: &BlockStore, address: &ContentAddress) -> std::result::Result<Vec<u8>, StoreError> {
    let mut file = FileReader::open(address.cid(), |cid| {
        blocks.block(&ContentAddress::try_from(cid).unwrap()).map_err(io::Error::other)
    })?;
    let mut all = Vec::new();
    while let Some(chunk) = file.next_chunk()? {
        all.extend(chunk);
    }
    Ok(all)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// Content of three leaves and a node, no two alike.
fn large() -> Vec<u8> {
    (0..5 << 19_u32).map(|i| (i >> 8) as u8 ^ i as u8 ^ (i >> 16) as u8).collect()
}

#[test]
fn blocks_stand_where_kubo_would_put_them() {
    let folder = tempfile::tempdir().unwrap();
    let blocks = BlockStore::open(folder.path()).unwrap();
    let address = blocks.put(Cursor::new(b"x")).unwrap();
    let cid = address.to_string();
    let shard = &cid[56..58];
    assert_eq!(fs::read(folder.path().join(shard).join(&cid)).unwrap(), b"x");
    assert_eq!(files(folder.path()).len(), 1);
}

#[test]
fn many_are_stored_together_and_a_failure_leaves_nothing_unfinished() {
    let folder = tempfile::tempdir().unwrap();
    let blocks = BlockStore::open(folder.path()).unwrap();
    let contents: Vec<Vec<u8>> = vec![b"one".to_vec(), large(), b"two".to_vec(), b"one".to_vec(), Vec::new()];
    let addresses = blocks.put_many(contents.iter().map(Vec::as_slice)).unwrap();
    for (address, bytes) in addresses.iter().zip(&contents) {
        assert_eq!(&read(&blocks, address).unwrap(), bytes);
    }
    // Three leaves and their node, and three small ones.
    assert_eq!(files(folder.path()).len(), 7);
    assert_eq!(blocks.put_many(contents.iter().map(Vec::as_slice)).unwrap(), addresses);
    assert_eq!(blocks.put_many([]).unwrap(), []);

    let another = content::address(&b"three"[..]).unwrap();
    fs::create_dir_all(blocks.path(&another).join("in the way")).unwrap();
    let refused = blocks.put_many([&b"four"[..], b"three"]);
    assert!(matches!(refused, Err(StoreError::File { .. })), "{refused:?}");
    assert_eq!(files(&folder.path().join(UNFINISHED)), Vec::<PathBuf>::new());
}

#[test]
fn a_block_that_is_there_is_not_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let blocks = BlockStore::open(folder.path()).unwrap();
    let address = blocks.put(Cursor::new(b"once")).unwrap();
    let path = blocks.path(&address);
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    File::options().write(true).open(&path).unwrap().set_modified(long_ago).unwrap();
    assert_eq!(blocks.put(Cursor::new(b"once")).unwrap(), address);
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), long_ago);
}

#[test]
fn what_a_killed_process_left_is_harmless_and_goes_away() {
    let folder = tempfile::tempdir().unwrap();
    let blocks = BlockStore::open(folder.path()).unwrap();
    let unfinished = folder.path().join(UNFINISHED);
    fs::write(unfinished.join("1-1-1"), b"hal").unwrap();
    fs::write(unfinished.join("2-2-2"), b"ha").unwrap();
    let two_days = SystemTime::now() - 2 * ABANDONED_AFTER;
    File::options().write(true).open(unfinished.join("1-1-1")).unwrap().set_modified(two_days).unwrap();

    let address = blocks.put(Cursor::new(b"half")).unwrap();
    assert_eq!(read(&blocks, &address).unwrap(), b"half");

    BlockStore::open(folder.path()).unwrap();
    assert!(!unfinished.join("1-1-1").exists(), "older than any write");
    assert!(unfinished.join("2-2-2").exists(), "another process may be writing it");
}

#[test]
fn a_damaged_block_is_named_and_mended_by_storing_again() {
    let folder = tempfile::tempdir().unwrap();
    let blocks = BlockStore::open(folder.path()).unwrap();
    let content = large();
    let address = blocks.put(Cursor::new(&content)).unwrap();
    for path in files(folder.path()) {
        let whole = fs::read(&path).unwrap();
        for damage in [&whole[..whole.len() - 1], &[], &[&[whole[0] ^ 1], &whole[1..]].concat()] {
            fs::write(&path, damage).unwrap();
            let error = read(&blocks, &address).unwrap_err();
            let StoreError::Corrupt { block, path: named } = &error else { panic!("{error}") };
            assert_eq!((named, block.to_string().as_str()), (&path, path.file_name().unwrap().to_str().unwrap()));
            assert!(error.to_string().contains("Delete the file, then import the content again"), "{error}");
            assert_eq!(blocks.put(Cursor::new(&content)).unwrap(), address);
            assert_eq!(read(&blocks, &address).unwrap(), content);
        }
    }
}

#[test]
fn a_missing_block_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let blocks = BlockStore::open(folder.path()).unwrap();
    let address = blocks.put(Cursor::new(large())).unwrap();
    assert!(blocks.has(&address).unwrap());
    for path in files(folder.path()) {
        let bytes = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        assert!(!blocks.has(&address).unwrap());
        let error = read(&blocks, &address).unwrap_err();
        let StoreError::Missing { block, .. } = &error else { panic!("{error}") };
        assert_eq!(block.to_string(), path.file_name().unwrap().to_str().unwrap());
        fs::write(&path, bytes).unwrap();
    }
}

#[test]
fn foreign_bytes_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let blocks = BlockStore::open(folder.path()).unwrap();
    let address = ContentAddress::of_block(Codec::Raw, b"these");
    let error = blocks.put_block(&address, b"those").unwrap_err();
    assert!(matches!(error, StoreError::Content(ContentError::WrongBytes { .. })), "{error}");
    assert!(files(folder.path()).is_empty());
}

#[test]
fn a_folder_that_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, b"").unwrap();
    let error = BlockStore::open(&file).unwrap_err();
    assert!(error.to_string().contains(file.to_str().unwrap()), "{error}");

    let blocks = BlockStore::open(folder.path()).unwrap();
    let address = ContentAddress::of_block(Codec::Raw, b"x");
    let shard = blocks.path(&address).parent().unwrap().to_owned();
    fs::write(&shard, b"in the way").unwrap();
    let error = blocks.put(Cursor::new(b"x")).unwrap_err();
    assert!(matches!(&error, StoreError::File { path, .. } if *path == shard), "{error}");
    let error = blocks.block(&address).unwrap_err();
    assert!(matches!(&error, StoreError::File { .. }), "{error}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_nothing_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("block");
    let error = write_whole(Unfinished::within(folder.path()), &path, |file| {
        file.write_all(b"as much as fits")?;
        // A device of the kernel that is always full.
        File::options().write(true).open("/dev/full")?.write_all(b"the rest")
    });
    let error = StoreError::file(&path)(error.unwrap_err());
    assert!(matches!(error, StoreError::NoSpace { .. }), "{error}");
    assert!(error.to_string().contains("no space left"), "{error}");
    assert!(files(folder.path()).is_empty());
}

#[test]
fn many_can_store_the_same_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let content = large();
    let addresses: Vec<_> = std::thread::scope(|scope| {
        let put = || BlockStore::open(folder.path()).unwrap().put(Cursor::new(&content)).unwrap();
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(put)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(addresses.iter().all(|address| *address == addresses[0]));
    assert_eq!(read(&BlockStore::open(folder.path()).unwrap(), &addresses[0]).unwrap(), content);
    assert_eq!(files(folder.path()).len(), 4, "three leaves, one node, nothing unfinished");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn what_is_put_is_got(content in proptest::collection::vec(any::<u8>(), 0..3000), repeat in 1_usize..1000) {
        let folder = tempfile::tempdir().unwrap();
        let blocks = BlockStore::open(folder.path()).unwrap();
        let content = content.repeat(repeat);
        let address = blocks.put(Cursor::new(&content)).unwrap();
        prop_assert_eq!(address, content::address(Cursor::new(&content)).unwrap());
        prop_assert_eq!(read(&blocks, &address).unwrap(), content);
        prop_assert!(blocks.has(&address).unwrap());
    }
}
