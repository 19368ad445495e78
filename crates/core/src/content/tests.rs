use std::collections::HashMap;
use std::io::{self, Read, Write};

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::*;

/// CIDs that Kubo 0.43.0 gave under profile `unixfs-v1-2025`; the bytes are those of [`Counter`].
const KUBO: [(u64, &str, &str); 8] = [
    (0, "dvec-empty", "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"),
    (1, "dvec-one", "bafkreignz2jxjyh6z3qwkxf4oid3b3jzeiazihyijrfvm4xjc6uzy6zley"),
    (262_145, "dvec-s256k+1", "bafkreig6hu5fji7riybsk5u3cfdjxte5le42xfivbydijclcbmrpcd6jgy"),
    (1_048_575, "dvec-s1m-1", "bafkreiejm4dzdgwpezuemjmhkoixjxctrztvhlscvayopbbcfw2gj57h5m"),
    (1_048_576, "dvec-s1m", "bafkreihmtdfpjzrtbbl76ja6olyzqkx5upsffxenmfb6zqu5rhp3smqw7u"),
    (1_048_577, "dvec-s1m+1", "bafybeib4vnwajsvtoxonzyad3eop4dgm4sthjykq5emxhiwhobxvorno2q"),
    (2_097_152, "dvec-s2m", "bafybeic4vsg4k6nd7idcqim7iaq72np5nsdks6uujnztnduw67nk7n6gwm"),
    (3_145_735, "dvec-s3m+7", "bafybeieslhyf3kpp4fupvia72j7hj6wh2wasvvceevgatlnec6sxic5qay"),
];

/// The same for zero bytes, at the size where a second level of nodes begins.
const KUBO_ZEROS: [(u64, &str); 2] = [
    (1 << 30, "bafybeibqawkaltgjfdebq4no6nmfcvkcw7k52xqzclkwfmrkn6oxw7srmy"),
    ((1 << 30) + 1, "bafybeigx4uyebjbq65346xh6cjrt6yshbdudzudhnqecwbzvymslxj7gje"),
];

/// `sha256-ctr-v1`: SHA-256(seed ‖ i as u64 big endian) for i = 0, 1, ….
struct Counter {
    seed: String,
    next: u64,
    block: io::Cursor<[u8; 32]>,
}

fn bytes_of(seed: &str, size: u64) -> impl Read {
    let mut block = io::Cursor::new([0; 32]);
    block.set_position(32);
    Counter { seed: seed.to_owned(), next: 0, block }.take(size)
}

impl Read for Counter {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.block.position() == 32 {
            let hash = Sha256::new().chain_update(&self.seed).chain_update(self.next.to_be_bytes()).finalize();
            self.block = io::Cursor::new(hash.into());
            self.next += 1;
        }
        self.block.read(buffer)
    }
}

#[derive(Default)]
struct Blocks(HashMap<Cid, Vec<u8>>);

impl Blocks {
    fn add(&mut self, content: impl Read) -> Cid {
        build(content, |cid, bytes| {
            self.0.insert(*cid, bytes.to_vec());
            Ok(())
        })
        .unwrap()
    }

    fn open(&self, root: Cid) -> Result<FileReader<impl FnMut(&Cid) -> io::Result<Vec<u8>>>, ContentError> {
        FileReader::open(root, |cid| self.0.get(cid).cloned().ok_or_else(|| io::ErrorKind::NotFound.into()))
    }

    fn read(&self, root: Cid) -> Result<Vec<u8>, ContentError> {
        let mut file = self.open(root)?;
        let mut all = Vec::new();
        while let Some(chunk) = file.next_chunk()? {
            all.extend(chunk);
        }
        Ok(all)
    }
}

#[test]
fn cids_equal_kubo() {
    for (size, seed, cid) in KUBO {
        let address = address(bytes_of(seed, size)).unwrap();
        assert_eq!(address.to_string(), cid, "{seed}");
        assert_eq!(address.codec, if size <= CHUNK_SIZE as u64 { Codec::Raw } else { Codec::DagPb });
    }
}

#[test]
fn a_second_level_begins_where_kubo_begins_it() {
    for ((size, cid), block_count) in KUBO_ZEROS.into_iter().zip([2, 5]) {
        let mut blocks = Blocks::default();
        let root = blocks.add(io::repeat(0).take(size));
        assert_eq!(root.to_string(), cid, "{size} zeros");
        // One leaf and its node; or a leaf of one byte, its node and the root besides.
        assert_eq!(blocks.0.len(), block_count);
    }
}

#[test]
fn cids_equal_every_vector_of_the_data_folder() {
    let Some(data) = std::env::var_os("THERIAC_DATA") else {
        writeln!(io::stderr(), "skipped: THERIAC_DATA is not set").unwrap();
        return;
    };
    let file = std::fs::File::open(std::path::Path::new(&data).join("ipfs/vectors.json")).unwrap();
    let vectors: serde_json::Value = serde_json::from_reader(io::BufReader::new(file)).unwrap();
    let mut checked = 0;
    for vector in vectors["files"].as_array().unwrap() {
        let content = bytes_of(vector["seed"].as_str().unwrap(), vector["size"].as_u64().unwrap());
        let expected = vector["cids"]["unixfs-v1-2025"].as_str().unwrap();
        assert_eq!(address(content).unwrap().to_string(), expected, "{}", vector["name"]);
        checked += 1;
    }
    assert!(checked > 0);
}

#[test]
fn a_file_is_read_back() {
    let mut blocks = Blocks::default();
    for (size, seed, _) in KUBO {
        let mut content = Vec::new();
        bytes_of(seed, size).read_to_end(&mut content).unwrap();
        let root = blocks.add(content.as_slice());
        assert_eq!(blocks.open(root).unwrap().size(), size);
        assert!(blocks.read(root).unwrap() == content, "{seed} by chunks");

        let mut read = Vec::new();
        blocks.open(root).unwrap().read_to_end(&mut read).unwrap();
        assert!(read == content, "{seed} by reads");
    }
}

#[test]
fn a_tree_of_two_levels_is_read_back() {
    let mut blocks = Blocks::default();
    let leaves = [&b"one"[..], b"leaf", b"after another"].map(|leaf| (blocks.add(leaf), leaf.len() as u64));
    let mut put = |bytes: Vec<u8>| {
        let cid = ContentAddress::of_block(Codec::DagPb, &bytes).cid();
        blocks.0.insert(cid, bytes);
        cid
    };
    let (first, second) = (put(node(&leaves[..2], 7)), put(node(&leaves[2..], 13)));
    let root = put(node(&[(first, 7), (second, 13)], 20));
    assert_eq!(blocks.read(root).unwrap(), b"oneleafafter another");
}

#[test]
fn a_changed_block_is_named() {
    let mut blocks = Blocks::default();
    let root = blocks.add(bytes_of("dvec-s2m", 2_097_152));
    let leaf = *blocks.0.keys().find(|cid| **cid != root).unwrap();
    blocks.0.get_mut(&leaf).unwrap()[7] ^= 1;
    let actual = ContentAddress::of_block(Codec::Raw, &blocks.0[&leaf]).cid();
    let error = blocks.read(root).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "the bytes returned for block {leaf} hash to {actual}: the store is damaged or lies; fetch the block elsewhere"
        )
    );
}

#[test]
fn a_missing_block_is_named() {
    let mut blocks = Blocks::default();
    let root = blocks.add(bytes_of("dvec-s2m", 2_097_152));
    let leaf = *blocks.0.keys().find(|cid| **cid != root).unwrap();
    blocks.0.remove(&leaf);
    assert!(matches!(blocks.read(root), Err(ContentError::Fetch { block, .. }) if block.cid() == leaf));
}

/// A `dag-pb` file node (UnixFS 1.5, protobuf written out) with these links and sizes.
fn node(links: &[(Cid, u64)], filesize: u64) -> Vec<u8> {
    use rust_unixfs::file::adder::{FileBranchLink, rebuild_file_branch};
    let links: Vec<_> =
        links.iter().map(|(cid, size)| FileBranchLink { cid: *cid, blocksize: *size, tsize: *size }).collect();
    let sha2_256 = 0x12_u64.try_into().unwrap();
    rebuild_file_branch(filesize, &links, cid::Version::V1, sha2_256).1
}

#[test]
fn links_are_those_of_the_tree_in_order() {
    let mut order = Vec::new();
    let root = build(bytes_of("links", 3 << 20), |cid, bytes| {
        order.push((ContentAddress::try_from(cid).unwrap(), bytes.to_vec()));
        Ok(())
    });
    let (node, bytes) = order.pop().unwrap();
    assert_eq!(node.cid(), root.unwrap());
    assert_eq!(links(&node, &bytes).unwrap(), order.iter().map(|(leaf, _)| *leaf).collect::<Vec<_>>());
    assert_eq!(links(&order[0].0, &order[0].1).unwrap(), []);
    for (block, mut bytes) in [(node, bytes), order.swap_remove(0)] {
        bytes[0] ^= 1;
        assert!(matches!(links(&block, &bytes), Err(ContentError::WrongBytes { block: named, .. }) if named == block));
    }
}

#[test]
fn dishonest_trees_are_refused() {
    let mut blocks = Blocks::default();
    let leaf = blocks.add(&b"leaf"[..]);
    let mut put = |bytes: Vec<u8>| {
        let cid = ContentAddress::of_block(Codec::DagPb, &bytes).cid();
        blocks.0.insert(cid, bytes);
        cid
    };
    let empty_part = put(node(&[(leaf, 4), (leaf, 0)], 4));
    let wrong_sum = put(node(&[(leaf, 4)], 5));
    let overflow = put(node(&[(leaf, u64::MAX), (leaf, 5)], 4));
    let wrong_leaf = put(node(&[(leaf, 3)], 3));
    let inner = put(node(&[(leaf, 4)], 4));
    let wrong_node = put(node(&[(inner, 5)], 5));
    let no_node = put(b"no protobuf".to_vec());
    let mut deep = inner;
    for _ in 0..8 {
        deep = put(node(&[(deep, 4)], 4));
    }
    for root in [empty_part, wrong_sum, overflow, wrong_leaf, wrong_node, no_node, deep] {
        let error = blocks.read(root).unwrap_err();
        assert!(matches!(error, ContentError::NotAFile { .. }), "{error}");
    }
    assert_eq!(blocks.read(inner).unwrap(), b"leaf");
}

#[test]
fn only_addresses_of_this_system_parse() {
    let (_, _, cid) = KUBO[1];
    let address: ContentAddress = cid.parse().unwrap();
    assert_eq!(address.uri(), format!("ipfs://{cid}"));
    for (text, wrong) in [
        ("", "is not a CID"),
        ("ipfs://", "is not a CID"),
        ("https://example.org/ipfs/bafkreignz2jxjyh6z3qwkxf4oid3b3jzeiazihyijrfvm4xjc6uzy6zley", "is not a CID"),
        ("QmRJHYTNvC3hmd9gJQARxLR1QMEincccBV53bBw524yyq6", "is a CIDv0"),
    ] {
        let error = text.parse::<ContentAddress>().unwrap_err();
        assert!(error.to_string().contains(wrong), "{text}: {error}");
    }
    let other_codec = Cid::new_v1(0x0129, *address.cid().hash());
    assert_eq!(ContentAddress::try_from(&other_codec), Err(AddressError::Codec(0x0129)));
    let sha2_512 = Cid::new_v1(0x55, multihash::Multihash::wrap(0x13, &[7; 64]).unwrap());
    assert_eq!(ContentAddress::try_from(&sha2_512), Err(AddressError::Hash(sha2_512)));
    let too_short = Cid::new_v1(0x55, multihash::Multihash::wrap(0x12, &[7; 20]).unwrap());
    assert_eq!(ContentAddress::try_from(&too_short), Err(AddressError::Hash(too_short)));
}

#[test]
fn a_failing_source_and_a_failing_store_are_told_apart() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
    assert!(matches!(build(Broken, |_, _| Ok(())), Err(ContentError::Read(_))));
    let full = build(&b"x"[..], |_, _| Err(io::ErrorKind::StorageFull.into()));
    let expected = ContentAddress::of_block(Codec::Raw, b"x");
    assert!(matches!(full, Err(ContentError::Store { block, .. }) if block == expected));
}

proptest! {
    #[test]
    fn addresses_round_trip(raw: bool, digest: [u8; 32]) {
        let codec = if raw { Codec::Raw } else { Codec::DagPb };
        let address = ContentAddress { codec, digest: digest.into() };
        prop_assert_eq!(address.to_string().parse(), Ok(address));
        prop_assert_eq!(address.uri().parse(), Ok(address));
        prop_assert_eq!(ContentAddress::try_from(&address.cid()), Ok(address));
        prop_assert_eq!(Codec::try_from(codec.byte()), Ok(codec));
        let json = serde_json::to_string(&address).unwrap();
        prop_assert_eq!(serde_json::from_str::<ContentAddress>(&json).unwrap(), address);
    }

    #[test]
    fn any_text_parses_or_is_refused(text in "\\PC{0,80}") {
        if let Ok(address) = text.parse::<ContentAddress>() {
            prop_assert_eq!(address.to_string().parse(), Ok(address));
        }
    }
}
