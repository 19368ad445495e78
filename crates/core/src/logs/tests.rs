use alloy_primitives::{Address, B256};
use proptest::prelude::*;

use super::*;
use crate::content::{Codec, ContentAddress};
use crate::document::{Document as _, DocumentError};
use crate::envelope::{EnvelopeError, Identity, Reader};
use crate::ids::ItemId;

fn readers(identities: &[Identity]) -> Vec<Reader> {
    identities.iter().map(|one| one.public().unwrap().into()).collect()
}

fn sealed_segment(plain: &[u8], readers: &[Reader]) -> (Vec<u8>, Segment) {
    let (bytes, packing) = pack(plain, readers).unwrap();
    let content = ContentAddress::of_block(Codec::Raw, &bytes);
    (bytes, Segment::new(content, plain, packing))
}

fn manifest(readers: &[Reader], segments: Vec<Segment>) -> Manifest {
    let size = segments.iter().map(|segment| u64::from(segment.size)).sum();
    Manifest {
        record: Record {
            chain_id: 31_337,
            room: Address::repeat_byte(1),
            item: ItemId(B256::repeat_byte(2)),
            writer: Address::repeat_byte(3),
            order: Some(7),
            kind: "log".into(),
            from: "2026-01-31T08:00:00Z".parse().unwrap(),
            until: "2026-01-31T09:00:00Z".parse().unwrap(),
            severity: "none".into(),
        },
        file: FileFacts {
            name: "monitor.tsv".into(),
            media_type: "text/tab-separated-values".into(),
            size,
            sha256: B256::repeat_byte(4),
        },
        readers: readers.to_vec(),
        segments,
    }
}

#[test]
fn a_file_is_cut_and_its_digest_is_that_of_the_whole() {
    let file: Vec<u8> = (0..SEGMENT_SIZE * 2 + 17).map(|place| (place % 251) as u8).collect();
    let mut cutter = Cutter::new(file.as_slice(), file.len() as u64).unwrap();
    let (mut sizes, mut again, mut buffer) = (Vec::new(), Vec::new(), Vec::new());
    while cutter.next_into(&mut buffer).unwrap() {
        sizes.push(buffer.len());
        again.extend_from_slice(&buffer);
    }
    assert_eq!(sizes, [SEGMENT_SIZE, SEGMENT_SIZE, 17]);
    assert!(again == file);
    assert_eq!(cutter.finish(), Hasher::digest(&file));
    // What was appended is not read, what was cut off is missed.
    let mut grown = Cutter::new(&b"12345"[..], 3).unwrap();
    assert!(grown.next_into(&mut buffer).unwrap() && buffer == b"123" && !grown.next_into(&mut buffer).unwrap());
    let shrunk = Cutter::new(&b"123"[..], 5).unwrap().next_into(&mut buffer);
    assert!(matches!(shrunk, Err(LogError::Shrank { missing: 2 })));
}

#[test]
fn too_much_and_nothing_are_refused_before_reading() {
    struct Untouched;
    impl std::io::Read for Untouched {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            panic!("it was read")
        }
    }
    assert!(Cutter::new(Untouched, MAX_FILE).is_ok());
    assert!(matches!(Cutter::new(Untouched, MAX_FILE + 1), Err(LogError::TooLarge { .. })));
    assert!(matches!(Cutter::new(Untouched, 0), Err(LogError::Empty)));
}

#[test]
fn a_segment_opens_for_its_readers_only() {
    let (reader, stranger) = (Identity::generate(), Identity::generate());
    let plain = b"time\theart rate\n0\t61\n".repeat(500);
    let (bytes, segment) = sealed_segment(&plain, &readers(std::slice::from_ref(&reader)));
    assert_eq!(segment.packing, Packing::Zstd);
    assert!(bytes.len() < plain.len() / 10 && (bytes.len() as u64) < packed_limit(&segment));
    assert_eq!(unpack(&bytes, &[reader], &segment).unwrap(), plain);
    let refused = unpack(&bytes, &[stranger], &segment);
    assert!(matches!(refused, Err(SegmentFault::Sealed(EnvelopeError::NotForThisKey))));
}

#[test]
fn a_segment_that_is_not_the_manifests_is_named() {
    let identities = [Identity::generate()];
    let readers = readers(&identities);
    let plain = b"0\t61\n".repeat(1000);
    let (bytes, segment) = sealed_segment(&plain, &readers);
    let open = |bytes: &[u8], segment: &Segment| unpack(bytes, &identities, segment);
    let (swapped, _) = sealed_segment(&b"0\t62\n".repeat(1000), &readers);
    assert!(matches!(open(&swapped, &segment), Err(SegmentFault::Other)));
    let (short, _) = sealed_segment(&plain[5..], &readers);
    assert!(matches!(open(&short, &segment), Err(SegmentFault::Short { found: 4995, expected: 5000 })));
    let (long, _) = sealed_segment(&plain.repeat(2), &readers);
    assert!(matches!(open(&long, &segment), Err(SegmentFault::Long { expected: 5000 })));
    assert!(matches!(open(&bytes[..bytes.len() - 1], &segment), Err(SegmentFault::Sealed(_))));
    let plainly = Segment { packing: Packing::None, ..segment };
    assert!(open(&bytes, &plainly).is_err());
    let error = SegmentFault::Other.of_segment(2, 9).to_string();
    assert!(error.starts_with("segment 3 of 9 holds other bytes"), "{error}");
}

#[test]
fn a_bomb_is_not_unpacked() {
    let identities = [Identity::generate()];
    let zeros = vec![0; 8 << 20];
    let (bytes, honest) = sealed_segment(&zeros, &readers(&identities));
    assert!(bytes.len() < 8 << 10);
    let lying = Segment { size: 100, ..honest };
    assert!(matches!(unpack(&bytes, &identities, &lying), Err(SegmentFault::Long { expected: 100 })));
}

#[test]
fn what_does_not_shrink_is_kept_as_it_is() {
    let mut noise = vec![0; 100_000];
    getrandom::fill(&mut noise).unwrap();
    let identities = [Identity::generate()];
    let (bytes, segment) = sealed_segment(&noise, &readers(&identities));
    assert_eq!(segment.packing, Packing::None);
    assert!((bytes.len() as u64) < packed_limit(&segment));
    assert_eq!(unpack(&bytes, &identities, &segment).unwrap(), noise);
}

#[test]
fn a_manifest_comes_back_and_says_what_differs() {
    let identities = [Identity::generate()];
    let readers = readers(&identities);
    let (_, segment) = sealed_segment(b"0\t61\n", &readers);
    let made = manifest(&readers, vec![segment, segment]);
    let sealed = made.seal().unwrap();
    assert!(!sealed.windows(7).any(|part| part == b"monitor"));
    assert_eq!(Manifest::open(&sealed, &identities).unwrap(), made);
    let record = SealedRecord::parse(&sealed).unwrap();
    assert_eq!(record.segments, [segment.content; 2], "who has no key can keep them, too");
    let fewer = SealedRecord { segments: vec![segment.content], ..record }.canonical().unwrap();
    assert!(matches!(Manifest::open(&fewer, &identities), Err(LogError::Manifest(_))));
    let stranger = Manifest::open(&sealed, &[Identity::generate()]);
    assert!(matches!(stranger, Err(LogError::Envelope(EnvelopeError::NotForThisKey))));

    assert!(made.differences(&made.record).is_empty());
    let other = |change: fn(&mut Record)| {
        let mut told = made.record.clone();
        change(&mut told);
        made.differences(&told)
    };
    assert_eq!(other(|told| told.item = ItemId(B256::ZERO)), ["device"]);
    assert_eq!(other(|told| told.chain_id = 1), ["chain or room"]);
    assert_eq!(other(|told| told.writer = Address::ZERO), ["writer"]);
    assert_eq!(other(|told| told.order = None), ["work order"]);
    assert_eq!(other(|told| told.kind = "alarm".into()), ["kind"]);
    assert_eq!(other(|told| told.until = told.from), ["period"]);
    assert_eq!(other(|told| told.severity = "high".into()), ["severity"]);
}

#[test]
fn a_manifest_that_contradicts_itself_is_refused() {
    let identities = [Identity::generate()];
    let readers = readers(&identities);
    let (_, segment) = sealed_segment(b"0\t61\n", &readers);
    let good = manifest(&readers, vec![segment]);
    let changes: [fn(&mut Manifest); 10] = [
        |made| made.file.size += 1,
        |made| made.file.size = MAX_FILE + 1,
        |made| made.file.name = "../etc/passwd".into(),
        |made| made.file.name = String::new(),
        |made| made.file.name = "a\u{1b}[2J".into(),
        |made| made.file.media_type = "text/\u{1b}[2J".into(),
        |made| made.file.media_type = "text".into(),
        |made| made.segments.clear(),
        |made| made.segments[0].size = MAX_SEGMENT + 1,
        |made| made.record.until = "2020-01-01T00:00:00Z".parse().unwrap(),
    ];
    for change in changes {
        let mut wrong = good.clone();
        change(&mut wrong);
        assert!(matches!(wrong.seal(), Err(LogError::Manifest(DocumentError::Contradiction { .. }))), "{wrong:?}");
    }
}

#[test]
fn texts_show_columns_and_their_ends() {
    let text: String = (0..10).map(|row| format!("{row}\t6{row}\n")).collect();
    let file = format!("time\theart rate\r\n{text}");
    assert_eq!(media_type("monitor.log", file.as_bytes()), "text/tab-separated-values");
    let shown = preview(file.as_bytes(), b"", 2).unwrap();
    assert_eq!(shown.columns, ["time", "heart rate"]);
    assert_eq!(shown.first, ["time\theart rate", "0\t60"]);
    assert_eq!(shown.last, ["8\t68", "9\t69"]);
    let shown = preview(file.as_bytes(), b"half\n1\t2\n3\t4", 5).unwrap();
    assert_eq!((shown.last.len(), shown.last[0].as_str()), (2, "1\t2"));
    let few = preview(b"one\ntwo\n", b"", 5).unwrap();
    assert_eq!((few.first.len(), few.last.len(), few.columns.len()), (2, 0, 0));
    let sly = preview("a\u{1b}[2J\tb\n".as_bytes(), b"", 1).unwrap();
    assert_eq!(sly.first, ["a\u{fffd}[2J\tb"]);
    assert!(preview(b"\x00\x01", b"", 1).is_none() && preview(b"", b"", 1).is_none());
    assert_eq!(media_type("a.csv", b"1,2\n"), "text/csv");
    assert_eq!(media_type("a.bin", b"\x00\x01"), "application/octet-stream");
}

#[test]
fn pictures_show_their_size() {
    use image::ImageEncoder as _;
    let pixels = image::RgbImage::new(64, 48);
    let (mut png, mut jpeg) = (Vec::new(), Vec::new());
    let encoder = image::codecs::png::PngEncoder::new(&mut png);
    encoder.write_image(&pixels, 64, 48, image::ExtendedColorType::Rgb8).unwrap();
    let encoder = image::codecs::jpeg::JpegEncoder::new(&mut jpeg);
    encoder.write_image(&pixels, 64, 48, image::ExtendedColorType::Rgb8).unwrap();
    for (bytes, format, kind) in [(&png, "PNG", "image/png"), (&jpeg, "JPEG", "image/jpeg")] {
        assert_eq!(picture(bytes), Some(Picture { format, width: 64, height: 48 }));
        assert_eq!(media_type("display", bytes), kind);
        assert!(preview(bytes, b"", 3).is_none());
        // Cut short, it is still told what it is.
        assert_eq!(picture(&bytes[..6]), None);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_segment_comes_back(plain in proptest::collection::vec(any::<u8>(), 1..20_000)) {
        let identities = [Identity::generate()];
        let (bytes, segment) = sealed_segment(&plain, &readers(&identities));
        prop_assert!(bytes.len() as u64 <= packed_limit(&segment));
        prop_assert_eq!(unpack(&bytes, &identities, &segment).unwrap(), plain);
    }

    #[test]
    fn a_changed_byte_is_noticed(place in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let identities = [Identity::generate()];
        let (mut bytes, segment) = sealed_segment(&b"0\t61\n".repeat(200), &readers(&identities));
        let place = place.index(bytes.len());
        bytes[place] ^= 1 << bit;
        prop_assert!(unpack(&bytes, &identities, &segment).is_err());
    }

    #[test]
    fn looking_never_fails(head in proptest::collection::vec(any::<u8>(), 0..300), tail in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = (picture(&head), media_type("a", &head), preview(&head, &tail, 3));
    }

    #[test]
    fn no_manifest_is_read_from_noise(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Manifest::parse(&bytes).is_err());
        prop_assert!(Manifest::open(&bytes, &[Identity::generate()]).is_err());
    }
}
