use theriac_core::content::ContentError;

use super::super::Store;
use super::super::testing::{Folder, Node, Server, content};
use super::*;
use crate::error::Error;

const SIZES: [usize; 5] = [0, 1, 1 << 20, (1 << 20) + 1, 5 << 20];

fn store_error<T: std::fmt::Debug>(answer: crate::Result<T>) -> StoreError {
    match answer.unwrap_err() {
        Error::Store(error) => error,
        other => panic!("{other}"),
    }
}

fn store(server: &Server) -> Store {
    Store::open(&format!("kubo:{}", server.url), Path::new("unused")).unwrap()
}

fn imported(cid: &str, problem: &str) -> String {
    format!("{{\"Root\":{{\"Cid\":{{\"/\":\"{cid}\"}},\"PinErrorMsg\":\"{problem}\"}}}}\n")
}

#[tokio::test]
async fn a_node_keeps_and_gives_back_what_it_is_given() {
    let Some(node) = Node::start() else { return };
    let store = node.store();
    let folder = tempfile::tempdir().unwrap();
    for size in SIZES {
        let bytes = content(size);
        let expected = content::address(&*bytes).unwrap();
        assert!(!store.has(&expected).await.unwrap(), "{size}");
        assert_eq!(node.add(&bytes, "only-hash=true").await, expected.to_string(), "what `ipfs add` answers");

        let address = store.put(&bytes).await.unwrap();
        assert_eq!(address, expected);
        assert!(store.has(&address).await.unwrap(), "{size}");
        assert_eq!(store.get(&address).await.unwrap(), bytes);
        assert_eq!(node.ask(&format!("cat?arg={address}&length=0")).await.0, 200);

        let file = folder.path().join("file");
        std::fs::write(&file, &bytes).unwrap();
        assert_eq!(store.put_file(&file).await.unwrap(), address);
        assert_eq!(store.get_to(&address, &file).await.unwrap(), size as u64);
        assert_eq!(std::fs::read(&file).unwrap(), bytes);
    }
}

#[tokio::test]
async fn what_others_added_is_read_however_they_cut_it() {
    let Some(node) = Node::start() else { return };
    let bytes = content(3_000_000);
    for options in ["", "chunker=size-262144&pin=false", "chunker=rabin&trickle=false", "max-file-links=3&pin=false"] {
        let address: ContentAddress = node.add(&bytes, options).await.parse().unwrap();
        assert!(node.store().has(&address).await.unwrap(), "{options}");
        assert_eq!(node.store().get(&address).await.unwrap(), bytes, "{options}");
    }
}

#[tokio::test]
async fn a_folder_is_restored_from_a_node_by_car() {
    let Some(node) = Node::start() else { return };
    let (first, second) = (Folder::new(), Folder::new());
    let (there, back) = (first.folder.path().join("there.car"), first.folder.path().join("back.car"));
    let bytes = content((2 << 20) + 1);
    let roots = [first.store.put(&bytes).await.unwrap(), first.store.put(b"small").await.unwrap()];

    first.store.export_car(&roots, &there).await.unwrap();
    assert_eq!(node.store().import_car(&there).await.unwrap(), roots);
    node.store().export_car(&roots, &back).await.unwrap();
    assert_eq!(std::fs::read(&there).unwrap(), std::fs::read(&back).unwrap());
    assert_eq!(second.store.import_car(&back).await.unwrap(), roots);
    assert_eq!(second.store.get(&roots[0]).await.unwrap(), bytes);
}

#[tokio::test]
async fn a_bad_car_is_refused_here_and_by_the_node() {
    let Some(node) = Node::start() else { return };
    let folder = Folder::new();
    let path = folder.folder.path().join("x.car");
    let bytes = content(2 << 20);
    let root = folder.store.put(&bytes).await.unwrap();
    folder.store.export_car(&[root], &path).await.unwrap();
    let whole = std::fs::read(&path).unwrap();
    let leaf = 36 + 3 + (1 << 20);
    let kubo = node.kubo().with_patience(Duration::from_secs(1));

    // The last block is missing.
    std::fs::write(&path, &whole[..whole.len() - leaf]).unwrap();
    let error = store_error(node.store().import_car(&path).await);
    assert!(matches!(error, StoreError::CarIncomplete { .. }), "{error}");
    let error = kubo.import_file(&path, &[root]).await.unwrap_err();
    assert!(matches!(&error, StoreError::Refused { status: 200, .. }), "{error}");
    assert!(error.to_string().contains(&root.to_string()), "{error}");
    assert!(!node.store().has(&root).await.unwrap());

    // A block is damaged.
    let mut damaged = whole.clone();
    *damaged.last_mut().unwrap() ^= 1;
    std::fs::write(&path, &damaged).unwrap();
    let error = store_error(node.store().import_car(&path).await);
    let StoreError::CarBlock { source, .. } = &error else { panic!("{error}") };
    assert!(matches!(**source, ContentError::WrongBytes { .. }), "{error}");
    let error = kubo.import_file(&path, &[root]).await.unwrap_err();
    assert!(matches!(error, StoreError::Refused { status: 500, .. }), "{error}");
    assert!(!node.store().has(&root).await.unwrap());
}

#[tokio::test]
async fn many_go_in_one_request_and_another_node_fetches_and_pins_them() {
    let (Some(first), Some(second)) = (Node::start(), Node::start()) else { return };
    let contents: Vec<Vec<u8>> = [3, 100, (1 << 20) + 1, 3].map(content).to_vec();
    let addresses = first.store().put_many(contents.clone()).await.unwrap();
    assert_eq!(first.store().put_many(Vec::new()).await.unwrap(), []);
    for (address, bytes) in addresses.iter().zip(&contents) {
        assert_eq!(*address, content::address(&bytes[..]).unwrap());
        assert!(first.store().has(address).await.unwrap());
    }
    for peer in first.kubo().addresses().await.unwrap() {
        // One of its addresses is enough.
        let _ = second.kubo().connect(&peer).await;
    }
    for (address, bytes) in addresses.iter().zip(&contents) {
        second.store().pin(address).await.unwrap();
        assert!(second.store().has(address).await.unwrap());
        assert_eq!(second.store().get(address).await.unwrap(), *bytes);
    }
    let unknown = content::address(&b"nobody has this either"[..]).unwrap();
    let impatient = Store::Kubo(second.kubo().with_patience(Duration::from_millis(100)));
    let error = store_error(impatient.pin(&unknown).await);
    assert!(matches!(&error, StoreError::Missing { block, .. } if *block == unknown), "{error}");
}

#[tokio::test]
async fn a_block_that_nobody_has_is_named() {
    let Some(node) = Node::start() else { return };
    let address = content::address(&b"nobody has this"[..]).unwrap();
    let store = Store::Kubo(node.kubo().with_patience(Duration::from_millis(100)));
    let error = store_error(store.get(&address).await);
    assert!(matches!(&error, StoreError::Missing { block, .. } if *block == address), "{error}");
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_sent_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    std::fs::write(&path, b"after").unwrap();
    let before = content::address(&b"before"[..]).unwrap();
    let (mut reader, writer) = tokio::io::duplex(PART);
    let source = Source::file(&path);
    let error = blocking(move || pack(&[(source, before)], writer)).await.unwrap_err();
    assert!(matches!(&error, StoreError::Changed { path: named } if *named == path), "{error}");
    let mut sent = Vec::new();
    reader.read_to_end(&mut sent).await.unwrap();
    assert!(sent.ends_with(b"after"));
}

#[tokio::test]
async fn a_node_that_is_down_is_named() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let store = Store::open(&format!("kubo:http://{free}"), Path::new("unused")).unwrap();
    let address = content::address(&b"x"[..]).unwrap();
    for error in [store_error(store.put(b"x").await), store_error(store.get(&address).await)] {
        assert!(matches!(error, StoreError::Unreachable { .. }) && error.is_transient(), "{error}");
        let text = error.to_string();
        assert!(text.contains(&free.to_string()) && text.contains("Is it running"), "{text}");
    }
}

#[tokio::test]
async fn a_web_page_is_not_a_node() {
    let page = "<!DOCTYPE html>\n<html><title>Router login</title>";
    for status in [200, 302, 404, 500] {
        let server = Server::new(move |_| (status, page.to_owned()));
        let error = store_error(store(&server).put(b"x").await);
        assert!(matches!(error, StoreError::Answer { status: named, .. } if named == status), "{error}");
        assert!(error.to_string().contains("<!DOCTYPE html> <html><title>Router login</title>"), "{error}");
    }
}

#[tokio::test]
async fn other_bytes_are_refused() {
    let server = Server::new(|_| (200, "other bytes".to_owned()));
    let address = content::address(&b"these bytes"[..]).unwrap();
    let error = store_error(store(&server).get(&address).await);
    assert!(
        matches!(error, StoreError::Content(ContentError::WrongBytes { block, .. }) if block == address),
        "{error}"
    );
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let server = Server::new(|_| (200, "x".repeat((4 << 20) + 1)));
    let address = content::address(&b"x"[..]).unwrap();
    let error = store_error(store(&server).get(&address).await);
    assert!(error.to_string().contains("more than 4 MiB"), "{error}");
}

#[tokio::test]
async fn only_an_answer_that_names_the_root_counts() {
    let (ours, other) =
        (content::address(&b"x"[..]).unwrap().to_string(), content::address(&b"y"[..]).unwrap().to_string());
    let answer = |body: String| async move {
        let server = Server::new(move |_| (200, body.clone()));
        (store(&server).put(b"x").await, server)
    };
    let (stored, server) = answer(imported(&ours, "")).await;
    assert_eq!(stored.unwrap().to_string(), ours);
    let request = &server.seen()[0];
    assert!(request.method == "POST" && request.target.starts_with("/api/v0/dag/import?pin-roots=true"), "{request:?}");
    assert!(request.target.contains("timeout="), "{request:?}");
    let root = ours.parse::<ContentAddress>().unwrap().cid().to_bytes();
    assert!(request.body.windows(root.len()).any(|part| part == root), "a CAR with this root");

    let error = store_error(answer(imported(&other, "")).await.0);
    assert!(matches!(error, StoreError::OtherAddress { .. }), "{error}");
    let error = store_error(answer(imported(&ours, "block was not found")).await.0);
    assert!(
        matches!(error, StoreError::Refused { .. }) && error.to_string().contains("block was not found"),
        "{error}"
    );
    for nothing in [String::new(), "{\"Stats\":{\"BlockCount\":1}}\n".to_owned()] {
        let error = store_error(answer(nothing).await.0);
        assert!(matches!(error, StoreError::Answer { .. }), "{error}");
    }
}
