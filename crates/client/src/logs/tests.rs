use std::sync::{Arc, Mutex};

use alloy::primitives::{Address, B256};
use theriac_core::envelope::{Identity, Reader};
use theriac_core::ids::ItemId;
use theriac_core::logs::{FileFacts, LogError, MAX_FILE, Manifest, Record, SEGMENT_SIZE, Segment, SegmentFault};

use super::*;
use crate::error::Error;
use crate::store::Store;

fn text(segments: usize) -> Vec<u8> {
    let rows = (0..).map(|row: u32| format!("{row}\t{}\t{}\n", 60 + row % 7, row.wrapping_mul(2_654_435_761) % 1000));
    let size = (segments - 1) * SEGMENT_SIZE + 1000;
    let mut text = Vec::with_capacity(size + 64);
    for row in rows {
        if text.len() >= size {
            break;
        }
        text.extend_from_slice(row.as_bytes());
    }
    text
}

fn record() -> Record {
    Record {
        chain_id: 31_337,
        room: Address::repeat_byte(1),
        item: ItemId(B256::repeat_byte(2)),
        writer: Address::repeat_byte(3),
        order: None,
        kind: "log".into(),
        from: "2026-01-31T08:00:00Z".parse().unwrap(),
        until: "2026-01-31T09:00:00Z".parse().unwrap(),
        severity: "none".into(),
    }
}

struct Desk {
    folder: tempfile::TempDir,
    identity: Identity,
    readers: Vec<Reader>,
}

impl Desk {
    fn new() -> Self {
        let identity = Identity::generate();
        let readers = vec![identity.public().unwrap().into()];
        Self { folder: tempfile::tempdir().unwrap(), identity, readers }
    }

    fn source(&self, bytes: &[u8]) -> Source {
        let path = self.folder.path().join("monitor.tsv");
        std::fs::write(&path, bytes).unwrap();
        Source::open(&path).unwrap()
    }

    fn store(&self) -> Store {
        Store::open("blocks", self.folder.path()).unwrap()
    }

    /// Seals, stopping after so many segments.
    async fn seal(&self, bytes: &[u8], known: Vec<Known>, stop: usize) -> (Result<Made, Error>, Vec<Known>) {
        let source = self.source(bytes);
        let told: Arc<Mutex<Vec<Known>>> = Arc::new(Mutex::new(vec![None; source.segments()]));
        let kept = told.clone();
        let tell = move |index: usize, segment: &Segment| {
            let mut kept = kept.lock().unwrap();
            if kept.iter().flatten().count() >= stop {
                return Err(LogsError::Stopped.into());
            }
            kept[index] = Some(*segment);
            Ok(())
        };
        let made = seal(source, Some(self.store()), self.readers.clone(), known, tell).await;
        let told = told.lock().unwrap().clone();
        (made, told)
    }

    fn manifest(&self, made: &Made) -> Manifest {
        let (file, segments) = (made.file.clone(), made.segments.clone());
        Manifest { record: record(), file, readers: self.readers.clone(), segments }
    }

    async fn written(&self, manifest: &Manifest) -> Result<Vec<u8>, Error> {
        let mut out = Vec::new();
        let identities = [self.identity.clone()];
        let path = std::path::Path::new("out");
        write_out(&self.store(), manifest, &identities, &mut out, path, |_| ()).await.map(|()| out)
    }
}

#[tokio::test]
async fn a_file_goes_to_the_store_and_back() {
    let desk = Desk::new();
    let file = text(4);
    let (made, told) = desk.seal(&file, Vec::new(), usize::MAX).await;
    let made = made.unwrap();
    assert_eq!((made.segments.len(), made.reused, made.changed), (4, 0, 0));
    assert_eq!(told.into_iter().collect::<Option<Vec<_>>>(), Some(made.segments.clone()));
    assert_eq!((made.file.media_type.as_str(), made.file.size), ("text/tab-separated-values", file.len() as u64));
    assert!(desk.written(&desk.manifest(&made)).await.unwrap() == file);
    assert_eq!(digest_of(desk.source(&file)).await.unwrap(), made.file.sha256);
    // Without a store all is done and nothing kept.
    let dry = seal(desk.source(&file), None, desk.readers.clone(), Vec::new(), |_, _| Ok(())).await.unwrap();
    assert_eq!(dry.file, made.file);
    assert!(!desk.store().has(&dry.segments[0].content).await.unwrap());
}

#[tokio::test]
async fn stopped_work_goes_on_where_it_was() {
    let desk = Desk::new();
    let file = text(5);
    let (stopped, known) = desk.seal(&file, Vec::new(), 2).await;
    assert!(matches!(stopped, Err(Error::Logs(LogsError::Stopped))));
    assert_eq!(known.iter().flatten().count(), 2);
    let (made, told) = desk.seal(&file, known.clone(), usize::MAX).await;
    let made = made.unwrap();
    assert_eq!((made.reused, told.iter().flatten().count()), (2, 3));
    known.iter().flatten().for_each(|segment| assert!(made.segments.contains(segment)));
    assert!(desk.written(&desk.manifest(&made)).await.unwrap() == file);

    // A changed segment is made anew, and so is one that the store has lost.
    let all: Vec<Known> = made.segments.iter().copied().map(Some).collect();
    let mut changed = file.clone();
    changed[SEGMENT_SIZE + 3] ^= 1;
    let (again, _) = desk.seal(&changed, all.clone(), usize::MAX).await;
    let again = again.unwrap();
    assert_eq!((again.reused, again.changed), (4, 1));
    assert!(desk.written(&desk.manifest(&again)).await.unwrap() == changed);
    lose(&desk, &made.segments[2]);
    let (again, _) = desk.seal(&file, all, usize::MAX).await;
    assert_eq!(again.map(|made| (made.reused, made.changed)).unwrap(), (4, 0));
}

fn lose(desk: &Desk, segment: &Segment) {
    let cid = segment.content.to_string();
    let shard = &cid[cid.len() - 3..cid.len() - 1];
    std::fs::remove_file(desk.folder.path().join("blocks").join(shard).join(&cid)).unwrap();
}

#[tokio::test]
async fn a_wrong_segment_is_named() {
    let desk = Desk::new();
    let (made, _) = desk.seal(&text(3), Vec::new(), usize::MAX).await;
    let made = made.unwrap();
    let mut swapped = desk.manifest(&made);
    (swapped.segments[0].content, swapped.segments[1].content) = (made.segments[1].content, made.segments[0].content);
    let fault = desk.written(&swapped).await.unwrap_err();
    let Error::Logs(LogsError::Log(LogError::Segment { number: 1, of: 3, fault })) = fault else { panic!("{fault}") };
    assert!(matches!(*fault, SegmentFault::Other));
    let mut reordered = desk.manifest(&made);
    reordered.segments.swap(0, 1);
    assert!(matches!(desk.written(&reordered).await, Err(Error::Logs(LogsError::Log(LogError::Whole)))));
    lose(&desk, &made.segments[1]);
    let missing = desk.written(&desk.manifest(&made)).await;
    assert!(matches!(missing, Err(Error::Logs(LogsError::Missing { number: 2, of: 3, .. }))));
}

#[test]
fn what_is_too_large_or_no_file_is_refused_unread() {
    let folder = tempfile::tempdir().unwrap();
    let open = |path: &std::path::Path| Source::open(path).unwrap_err();
    assert!(matches!(open(folder.path()), Error::Logs(LogsError::NotAFile { .. })));
    assert!(matches!(open(&folder.path().join("none")), Error::Logs(LogsError::File { .. })));
    let path = folder.path().join("large");
    let file = std::fs::File::create(&path).unwrap();
    assert!(matches!(open(&path), Error::Logs(LogsError::Log(LogError::Empty))));
    file.set_len(MAX_FILE + 1).unwrap();
    assert!(matches!(open(&path), Error::Logs(LogsError::Log(LogError::TooLarge { .. }))));
    file.set_len(MAX_FILE).unwrap();
    assert_eq!(Source::open(&path).unwrap().segments(), 256);
}

#[test]
fn the_journal_survives_a_kill_and_knows_its_readers() {
    let desk = Desk::new();
    let home = desk.folder.path();
    let task = Task { record: record(), file: "/a/monitor.tsv".into() };
    let open = |readers: &[Reader]| Journal::open(home, &task, readers, 3).unwrap();
    let segment = Segment::new(
        "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku".parse().unwrap(),
        b"1",
        theriac_core::logs::Packing::None,
    );
    let mut journal = open(&desk.readers);
    assert!(matches!(Journal::open(home, &task, &desk.readers, 3), Err(LogsError::Busy { .. })));
    journal.segment(1, &segment).unwrap();
    drop(journal);

    // A torn line is as if it had not been written.
    let path = std::fs::read_dir(home.join("logs").join(task.record.item.to_string()))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.extend_from_slice(b"{\"segment\":{\"index\":2,\"seg");
    std::fs::write(&path, &bytes).unwrap();
    let mut journal = open(&desk.readers);
    assert_eq!((&journal.known, journal.other_readers), (&vec![None, Some(segment), None], false));
    journal.segment(0, &segment).unwrap();
    journal.manifest(segment.content).unwrap();
    drop(journal);
    let journal = open(&desk.readers);
    assert_eq!((journal.known.iter().flatten().count(), journal.manifest), (2, Some(segment.content)));
    drop(journal);

    let others = vec![Identity::generate().public().unwrap().into()];
    let mut journal = open(&others);
    assert!(journal.other_readers && journal.known == [None, None, None] && journal.manifest.is_none());
    let file = FileFacts { name: "a".into(), media_type: "b".into(), size: 5, sha256: B256::repeat_byte(1) };
    let pushed = Pushed { record: record(), file, content: segment.content };
    journal.end(home, &pushed).unwrap();
    assert!(!path.exists());
    assert_eq!(Pushed::as_record(home, &record()).unwrap(), [pushed]);
    assert_eq!(Pushed::as_record(home, &Record { kind: "alarm".into(), ..record() }).unwrap(), []);
}

#[test]
fn pushes_that_end_at_once_are_all_remembered() {
    let home = tempfile::tempdir().unwrap();
    let pushed = |number: u8| {
        let file = FileFacts { name: "a".into(), media_type: "b/c".into(), size: 5, sha256: B256::repeat_byte(number) };
        Pushed { record: record(), file, content: theriac_core::content::address(&[number][..]).unwrap() }
    };
    let keep = |number: u8| {
        let task = Task { record: record(), file: format!("/a/{number}.tsv").into() };
        let mut journal = Journal::open(home.path(), &task, &[], 1).unwrap();
        journal.end(home.path(), &pushed(number)).unwrap();
    };
    std::thread::scope(|scope| {
        (0..8).for_each(|first| _ = scope.spawn(move || (0..25).for_each(|step| keep(8 * step + first))));
    });
    assert_eq!(Pushed::as_record(home.path(), &record()).unwrap().len(), 200);
}
