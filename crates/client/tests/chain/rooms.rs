//! Deployment, verbs, refusals, signatures and dry runs on a real node.

use crate::house::*;
use alloy::primitives::{Address, B256, Bytes, U256, keccak256};
use alloy::providers::Provider as _;
use alloy::providers::ext::AnvilApi as _;
use alloy::sol_types::SolValue as _;
use theriac_bindings::administration::Administration::AdministrationErrors;
use theriac_bindings::anchors::Anchors::AnchorsErrors;
use theriac_bindings::catalog::Catalog::{CatalogErrors, CatalogEvents};
use theriac_bindings::custody::Custody::CustodyErrors;
use theriac_bindings::devices::Devices::DevicesErrors;
use theriac_bindings::participants::Participants::ParticipantsErrors;
use theriac_bindings::participants::Participants::ParticipantsEvents::ParticipantEnrolled;
use theriac_client::types::{
    Certificate, CertificateKind, Membership, Product, RecallClass, RevocationReason, Standing,
};
use theriac_client::{Chain, Deployment, Error, Revert, Roles, RoomEvent, Suite, deploy};
use theriac_core::ids::ItemId;

#[tokio::test]
async fn deploys_once_and_at_the_addresses_of_the_forge_script() {
    let node = Node::start(&[]).await;
    let chain = Chain::connect(&node.url, Some(signer(ADMIN))).await.unwrap();
    let script = addresses_by_forge(&node.url).await;

    let first = deploy::deploy(&chain, parameters(0)).await.unwrap();
    let ours: Vec<Address> = first.deployment.contracts().map(|(_, at)| at).to_vec();
    assert_eq!(first.created.len(), 14);
    assert!(first.configured && first.gas_used > 0);
    assert!(ours.iter().all(|at| script.contains(at)), "{ours:?} {script:?}");
    assert_eq!(script.len(), ours.len());

    let second = deploy::deploy(&chain, parameters(0)).await.unwrap();
    assert!(second.created.is_empty() && !second.configured && second.gas_used == 0);
    assert_eq!(second.deployment, first.deployment);

    let folder = tempfile::tempdir().unwrap();
    first.deployment.write(folder.path()).unwrap();
    Suite::connect(&node.url, None, folder.path()).await.unwrap();
}

/// What `script/Deploy.s.sol` would create, without broadcasting.
async fn addresses_by_forge(url: &str) -> Vec<Address> {
    let output = tokio::process::Command::new(root().join("bin/forge"))
        .current_dir(root_of_contracts())
        .args(["script", "script/Deploy.s.sol", "--json", "--rpc-url", url])
        .env("THERIAC_ADMIN", account(ADMIN).to_string())
        .env("THERIAC_GUARDIAN", account(GUARDIAN).to_string())
        .env("THERIAC_DELAY", "0")
        .output()
        .await
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let line = text
        .lines()
        .find(|line| line.contains("\"returns\""))
        .unwrap_or_else(|| panic!("forge script failed: {text}{}", String::from_utf8_lossy(&output.stderr)));
    let answer: serde_json::Value = serde_json::from_str(line).unwrap();
    let suite = answer["returns"]["suite"]["value"].as_str().unwrap();
    suite.split(|c: char| !c.is_ascii_alphanumeric()).filter_map(|word| word.parse().ok()).collect()
}

fn root_of_contracts() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The administrator's ether ends in the middle.
#[tokio::test]
async fn an_interrupted_deployment_is_continued() {
    let node = Node::start(&[]).await;
    let chain = Chain::connect(&node.url, Some(signer(ADMIN))).await.unwrap();
    let ether = |milli: u64| U256::from(milli) * U256::from(10).pow(U256::from(15));
    chain.provider().anvil_set_balance(account(ADMIN), ether(9)).await.unwrap();
    let error = deploy::deploy(&chain, parameters(0)).await.unwrap_err();
    assert!(matches!(error, Error::InsufficientFunds { .. }), "{error}");

    chain.provider().anvil_set_balance(account(ADMIN), ether(1000)).await.unwrap();
    let rest = deploy::deploy(&chain, parameters(0)).await.unwrap();
    assert!((1..12).contains(&rest.created.len()), "created in the second run: {:?}", rest.created);
    assert!(rest.configured);
}

/// A contract that exists at the address is believed only when its code is ours.
#[tokio::test]
async fn foreign_code_is_not_taken_for_a_room() {
    let house = House::empty(&[]).await;
    let chain = house.suite(ADMIN).await.chain().clone();
    chain.provider().anvil_set_code(house.deployment.custody, Bytes::from_static(&[0xfe])).await.unwrap();
    let error = deploy::deploy(&chain, parameters(0)).await.unwrap_err();
    assert!(matches!(error, Error::OtherCode { contract: "Custody", .. }), "{error}");

    chain.provider().anvil_set_code(house.deployment.fhir_oracle, Bytes::new()).await.unwrap();
    let error = Suite::open(chain, house.deployment.clone()).await.unwrap_err();
    assert!(matches!(error, Error::NotDeployed { contract: "FhirOracle", .. }), "{error}");
}

#[tokio::test]
async fn a_chain_without_the_factory_gets_it() {
    let node = Node::start(&["--chain-id", "4711"]).await;
    let chain = Chain::connect(&node.url, Some(signer(ADMIN))).await.unwrap();
    let factory = chain.provider().get_code_at(deploy::FACTORY).await.unwrap();
    chain.provider().anvil_set_code(deploy::FACTORY, Bytes::new()).await.unwrap();

    assert!(matches!(deploy::deploy(&chain, parameters(0)).await, Err(Error::Parameters(_))), "no delay");
    let deployed = deploy::deploy(&chain, parameters(3600)).await.unwrap();
    assert_eq!(chain.provider().get_code_at(deploy::FACTORY).await.unwrap(), factory);
    assert_eq!(deployed.created.len(), 14);
}

#[tokio::test]
async fn what_is_not_there_is_said() {
    let error = Chain::connect("http://127.0.0.1:9", None).await.unwrap_err();
    assert!(matches!(&error, Error::Unreachable { url, .. } if url.contains(":9")), "{error}");

    let house = House::empty(&[]).await;
    let elsewhere = Deployment { chain_id: 1, ..house.deployment.clone() };
    let chain = Chain::connect(&house.node.url, None).await.unwrap();
    let error = Suite::open(chain.clone(), elsewhere).await.unwrap_err();
    assert!(matches!(error, Error::WrongChain { expected: 1, found: 31337, .. }));

    let reader = Suite::open(chain, house.deployment.clone()).await.unwrap();
    let error = reader.catalog().register_lot(&lot("A1")).send().await.unwrap_err();
    assert!(matches!(error, Error::NoSigner));

    let suite = house.suite(NOBODY).await;
    suite.chain().provider().anvil_set_balance(account(NOBODY), U256::from(1)).await.unwrap();
    let error = suite.catalog().set_operator(account(ADMIN), true).send().await.unwrap_err();
    assert!(matches!(error, Error::InsufficientFunds { .. }), "{error}");
}

#[tokio::test]
async fn a_lot_is_registered_read_back_and_told() {
    let house = House::furnished(&[]).await;
    let catalog = house.suite(MAKER).await.catalog();
    let new = lot("A1");
    let call = catalog.register_lot(&new);
    let predicted = call.dry_run().await.unwrap();
    assert_eq!(catalog.lot_of(model().lot("A1")).await.unwrap(), None, "a dry run sends nothing");

    let receipt = call.send().await.unwrap();
    assert_eq!(predicted.gas_used, receipt.gas_used);
    assert_eq!(predicted.new_slots.len(), 4);
    let told: Vec<_> = receipt.events.iter().map(|log| log.event.clone()).collect();
    assert_eq!(predicted.events, told);
    assert!(matches!(&told[..], [RoomEvent::Catalog(CatalogEvents::LotRegistered(e))] if e.number == "A1"));

    let kept = catalog.lot_of(model().lot("A1")).await.unwrap().unwrap();
    assert_eq!((kept.root, kept.count, kept.document, kept.expires_at), (new.root, 1, new.document, new.expires_at));
    assert_eq!(catalog.manufacturer_of(model().lot("A1")).await.unwrap(), Some(account(MAKER)));

    let suite = house.suite(NOBODY).await;
    let newest = suite.chain().block_number().await.unwrap();
    let all = suite.logs(house.deployment.block, newest).await.unwrap();
    assert!(all.contains(&receipt.events[0]));
    let rooms = |wanted: fn(&RoomEvent) -> bool| all.iter().filter(|log| wanted(&log.event)).count();
    let enrolled = |event: &RoomEvent| matches!(event, RoomEvent::Participants(ParticipantEnrolled(_)));
    assert_eq!(rooms(enrolled), 3);
    assert_eq!(rooms(|event| matches!(event, RoomEvent::Catalog(_))), 3);
}

#[tokio::test]
async fn every_room_refuses_in_its_own_type() {
    let house = House::furnished(&[]).await;
    let item = ItemId(B256::repeat_byte(7));
    let stranger = house.suite(NOBODY).await;
    let none = Membership { index: 0, tag_key: Address::ZERO, proof: vec![] };

    let refusal = |error: Error| error.revert().cloned().unwrap_or_else(|| panic!("not a refusal: {error}"));
    let error = stranger.catalog().register_lot(&lot("A1")).send().await.unwrap_err();
    assert!(error.to_string().contains("is neither the manufacturer of model"), "{error}");
    assert!(matches!(refusal(error), Revert::Catalog(CatalogErrors::Catalog_NotForModel(_))));

    let error = stranger.anchors().issue(&certificate()).estimate().await.unwrap_err();
    assert!(matches!(refusal(error), Revert::Anchors(AnchorsErrors::Anchors_NotIssuer(_))));

    let error = stranger.custody().ship(item, account(MAKER), B256::ZERO).dry_run().await.unwrap_err();
    assert!(matches!(refusal(error), Revert::Custody(CustodyErrors::Custody_NotCommissioned(_))));

    let error = stranger.devices().mint(item, account(MAKER), &none).estimate().await.unwrap_err();
    assert!(matches!(refusal(error), Revert::Devices(_)));
    assert_eq!(stranger.devices().owner_of(item).await.unwrap(), None);
    let error = stranger.devices().transfer(account(NOBODY), account(MAKER), item).send().await.unwrap_err();
    assert!(matches!(refusal(error), Revert::Devices(DevicesErrors::ERC721NonexistentToken(_))));

    let error = stranger.participants().enrol(account(NOBODY), &enrolment(Roles::PATIENT)).send().await.unwrap_err();
    assert!(error.to_string().contains("needs the role REGISTRAR; an administrator grants it"), "{error}");
    assert!(matches!(refusal(error), Revert::Participants(ParticipantsErrors::AccessManagedUnauthorized(_))));
}

fn certificate() -> Certificate {
    Certificate {
        subject: model().0,
        kind: CertificateKind::Authenticity,
        issuer: account(MAKER),
        document: document("certificate"),
        issued_at: 1_700_000_000,
        valid_from: 1_700_000_000,
        valid_until: 4_000_000_000,
    }
}

#[tokio::test]
async fn signatures_are_those_that_the_contracts_expect() {
    let house = House::furnished(&[]).await;
    let suite = house.suite(NOBODY).await;
    let (anchors, devices) = (suite.anchors(), suite.devices());
    let certificate = certificate();
    assert_eq!(anchors.signing_hash(&certificate), anchors.hash_of(&certificate).await.unwrap());

    let signature = anchors.sign(&certificate, &signer(MAKER)).await.unwrap();
    anchors.submit(&certificate, signature.clone()).send().await.unwrap();
    assert!(anchors.is_certified(certificate.subject, certificate.kind, certificate.issuer).await.unwrap());
    let maker = house.suite(MAKER).await;
    let (subject, kind) = (certificate.subject, certificate.kind);
    maker.anchors().revoke(subject, kind, RevocationReason::Superseded).send().await.unwrap();
    let known = anchors.certificate_of(subject, kind, certificate.issuer).await.unwrap().unwrap();
    assert!(!known.is_valid_at(suite.chain().now().await.unwrap()));
    assert_eq!(known.reason, RevocationReason::Superseded);
    let error = anchors.submit(&certificate, signature).send().await.unwrap_err();
    assert!(matches!(error.revert(), Some(Revert::Anchors(AnchorsErrors::Anchors_NotNewer(_)))), "{error}");

    let item = model().lot("A1").item("S1");
    let challenge = B256::repeat_byte(9);
    let hash = devices.challenge_hash(item, challenge).await.unwrap();
    assert_eq!(devices.challenge_signing_hash(item, challenge), hash);
    let hash = devices.claim_hash(item, account(NOBODY)).await.unwrap();
    assert_eq!(devices.claim_signing_hash(item, account(NOBODY)), hash);
}

/// A lot of one item: its leaf is the root, and the proof is empty.
#[tokio::test]
async fn a_tagged_item_goes_from_its_maker_to_the_verdict() {
    let house = House::furnished(&[]).await;
    let maker = house.suite(MAKER).await;
    let distributor = house.suite(DISTRIBUTOR).await;
    let tag = signer(NOBODY);
    let item = model().lot("A1").item("S1");
    let leaf = (U256::ZERO, item.half().0, tag.address());
    let root = keccak256(keccak256((leaf.0, alloy::primitives::FixedBytes::from(leaf.1), leaf.2).abi_encode()));
    let membership = Membership { index: 0, tag_key: tag.address(), proof: vec![] };
    let new = theriac_client::types::NewLot { root, ..lot("A1") };
    maker.catalog().register_lot(&new).send().await.unwrap();
    assert!(maker.catalog().contains(item, &membership).await.unwrap());
    let origin = maker.catalog().origin_of(item, &membership).await.unwrap();
    assert_eq!(origin, Some((account(MAKER), Product::Device)));

    let evidence = B256::repeat_byte(3);
    maker.custody().commission(item, &membership, evidence).send().await.unwrap();
    maker.custody().ship(item, account(DISTRIBUTOR), evidence).send().await.unwrap();
    assert_eq!(maker.custody().holding_of(item).await.unwrap().addressee, Some(account(DISTRIBUTOR)));
    distributor.custody().receive(item, evidence).send().await.unwrap();
    let holding = maker.custody().holding_of(item).await.unwrap();
    assert_eq!(holding.holder, Some(account(DISTRIBUTOR)));
    assert!(holding.came_from(account(MAKER)));

    maker.devices().mint(item, account(DISTRIBUTOR), &membership).send().await.unwrap();
    assert_eq!(maker.devices().owner_of(item).await.unwrap(), Some(account(DISTRIBUTOR)));
    assert!(maker.devices().token_uri(item).await.unwrap().starts_with("ipfs://b"));

    let challenge = B256::repeat_byte(5);
    let proof = maker.devices().sign_challenge(item, challenge, &tag).await.unwrap();
    assert!(maker.devices().prove_tag(item, &membership, challenge, proof.clone()).await.unwrap());
    assert!(!maker.devices().prove_tag(item, &membership, B256::repeat_byte(6), proof).await.unwrap_or(false));
    let claim = maker.devices().sign_claim(item, account(DISTRIBUTOR), &tag).await.unwrap();
    maker.devices().claim(item, &membership, account(DISTRIBUTOR), claim).send().await.unwrap();
    assert_eq!(maker.devices().claim_of(item).await.unwrap().unwrap().claimer, account(DISTRIBUTOR));

    maker.custody().recall_lot(item.lot(), RecallClass::II, document("notice")).send().await.unwrap();
    assert_eq!(maker.custody().is_movable(item).await.unwrap(), Standing::Recalled);
    let recall = maker.custody().recall_of(maker.custody().last_recall().await.unwrap()).await.unwrap().unwrap();
    assert_eq!((recall.class, recall.issuer, recall.closed_at), (RecallClass::II, account(MAKER), 0));
    let error = distributor.devices().transfer(account(DISTRIBUTOR), account(MAKER), item).send().await.unwrap_err();
    assert!(error.to_string().contains("is recalled"), "{error}");
}

#[tokio::test]
async fn a_powerful_grant_waits_and_the_guardian_can_cancel_it() {
    let node = Node::start(&["--chain-id", "4711"]).await;
    let chain = Chain::connect(&node.url, Some(signer(ADMIN))).await.unwrap();
    let deployment = deploy::deploy(&chain, parameters(3600)).await.unwrap().deployment;
    let house = House { node, deployment };
    let suite = house.suite(ADMIN).await;
    let grant = suite.participants().enrol_powerful(account(CERTIFIER), &enrolment(Roles::CERTIFIER));

    let error = grant.send().await.unwrap_err();
    assert!(error.to_string().contains("schedule it first"), "{error}");
    let scheduled = grant.schedule().await.unwrap();
    assert_eq!(grant.scheduled(account(ADMIN)).await.unwrap(), Some(scheduled));
    let error = grant.execute().await.unwrap_err();
    assert!(matches!(error.revert(), Some(Revert::Administration(AdministrationErrors::AccessManagerNotReady(_)))));

    let guardian = house.suite(GUARDIAN).await.participants();
    let same = guardian.enrol_powerful(account(CERTIFIER), &enrolment(Roles::CERTIFIER));
    same.cancel(account(ADMIN)).await.unwrap();
    assert_eq!(grant.scheduled(account(ADMIN)).await.unwrap(), None);

    let scheduled = grant.schedule().await.unwrap();
    suite.chain().provider().anvil_set_next_block_timestamp(scheduled.executable_at).await.unwrap();
    grant.execute().await.unwrap();
    assert!(suite.participants().is_active_as(account(CERTIFIER), Roles::CERTIFIER).await.unwrap());
}
