//! Offers, purchases and deals: ids, signatures and words against the contracts, with ether and with a token.

use crate::house::*;
use alloy::network::TransactionBuilder as _;
use alloy::primitives::{Address, B256, Bytes, FixedBytes, U256, keccak256};
use alloy::providers::Provider as _;
use alloy::providers::ext::AnvilApi as _;
use alloy::rpc::types::TransactionRequest;
use alloy::sol_types::SolValue as _;
use theriac_bindings::market::Market::MarketErrors;
use theriac_client::lots::ProvenItem;
use theriac_client::pipeline::{self, Outcome};
use theriac_client::trade::known::{KnownPurchase, OfferFilter, PurchaseFilter};
use theriac_client::trade::{Deed, ETHER, Goods, Obstacle, Order, Permission, Status, Terms, Times};
use theriac_client::types::{Certificate, CertificateKind, Membership, NewLot, RecallClass};
use theriac_client::{Revert, RoomEvent, Suite};
use theriac_core::ids::ItemId;

const PRICE: u128 = 1_500_000;
const DAY: u32 = 86_400;

/// A lot of one unit: its leaf is the root, and the proof is empty.
fn unit(number: &str) -> (ItemId, NewLot) {
    let item = model().lot(number).item("S1");
    let leaf = (U256::ZERO, FixedBytes::from(item.half().0), Address::ZERO);
    (item, NewLot { root: keccak256(keccak256(leaf.abi_encode())), ..lot(number) })
}

fn proven(item: ItemId) -> ProvenItem {
    ProvenItem { item, membership: Membership { index: 0, tag_key: Address::ZERO, proof: vec![] } }
}

/// A certified lot, and both parties joined: the maker sells, the distributor buys.
async fn shop() -> (House, ItemId) {
    let house = House::furnished(&[]).await;
    let maker = house.suite(MAKER).await;
    let (item, new) = unit("A1");
    maker.catalog().register_lot(&new).send().await.unwrap();
    let certificate = Certificate {
        subject: model().0,
        kind: CertificateKind::Authenticity,
        issuer: account(MAKER),
        document: document("certificate"),
        issued_at: 1_700_000_000,
        valid_from: 1_700_000_000,
        valid_until: 4_000_000_000,
    };
    maker.anchors().issue(&certificate).send().await.unwrap();
    maker.custody().commission(item, &proven(item).membership, B256::ZERO).send().await.unwrap();
    for who in [MAKER, DISTRIBUTOR] {
        let suite = house.suite(who).await;
        suite.devices().set_approval_for_all(suite.market().address(), true).send().await.unwrap();
        suite.custody().set_operator(suite.market().address(), true).send().await.unwrap();
    }
    (house, item)
}

async fn terms(suite: &Suite, item: ItemId, token: Address) -> Terms {
    Terms {
        seller: account(MAKER),
        goods: Goods::Lot { lot: item.lot(), first: 0, last: 0 },
        token,
        until: suite.chain().now().await.unwrap() + u64::from(90 * DAY),
        times: Times { ship: 5 * DAY, inspection: 14 * DAY, returning: 7 * DAY, arbitration: 30 * DAY },
    }
}

fn bought(events: &[theriac_client::RoomLog]) -> KnownPurchase {
    let events: Vec<RoomEvent> = events.iter().map(|log| log.event.clone()).collect();
    KnownPurchase::of_events(&events).remove(0)
}

#[tokio::test]
async fn a_purchase_is_found_again_by_its_events_and_its_ids_are_the_contracts() {
    let (house, item) = shop().await;
    let (maker, buyer) = (house.suite(MAKER).await, house.suite(DISTRIBUTOR).await);
    let (market, terms) = (buyer.market(), terms(&buyer, item, ETHER).await);
    assert_eq!(terms.id(), market.offer_id_of(&terms).await.unwrap());
    maker.market().offer(&terms, PRICE, 1).send().await.unwrap();
    let open = buyer.open_offers(&OfferFilter { sellers: vec![account(MAKER)], ..Default::default() }).await.unwrap();
    assert_eq!((open.len(), open[0].id, open[0].terms, open[0].offer.price), (1, terms.id(), terms, PRICE));
    let now = buyer.chain().now().await.unwrap();
    assert_eq!(buyer.obstacle_to(&terms, now).await.unwrap(), None);
    assert_eq!(buyer.obstacle_to(&terms, terms.until + 1).await.unwrap(), Some(Obstacle::Ended));

    let order = Order { terms, units: vec![proven(item)], price: PRICE };
    let call = market.buy(std::slice::from_ref(&order));
    assert_eq!(call.value(), U256::from(PRICE));
    assert!(call.dry_run().await.unwrap().gas_used > 100_000);
    let cheaper = market.buy(&[Order { price: PRICE - 1, ..order.clone() }]).send().await.unwrap_err();
    assert!(matches!(cheaper.revert(), Some(Revert::Market(MarketErrors::Market_PriceChanged(_)))), "{cheaper}");
    assert!(cheaper.to_string().contains("is 1500000 now, not 1499999"), "{cheaper}");
    // Through the pipeline, which has to send the ether along.
    let jobs = futures::stream::iter([call.job("buy")]);
    let outcomes = buyer.pipeline(jobs, pipeline::Options::default()).await.unwrap();
    let outcomes: Vec<_> = futures::StreamExt::collect(outcomes).await;
    let [Ok(Outcome { status: pipeline::Status::Done(receipt), .. })] = &outcomes[..] else { panic!("{outcomes:?}") };
    let purchase = bought(&receipt.events);

    assert_eq!(purchase.id, purchase.terms.id());
    assert_eq!(purchase.id, market.purchase_id_of(&purchase.terms).await.unwrap());
    let deal = purchase.terms.deal(market.address());
    assert_eq!(deal, market.deal_of(&purchase.terms).await.unwrap());
    assert_eq!(deal.id(), buyer.escrow().deal_id_of(&deal).await.unwrap());
    assert_eq!(buyer.escrow().held_in(deal.id()).await.unwrap(), U256::from(PRICE));
    for filter in [
        PurchaseFilter { id: Some(purchase.id), ..Default::default() },
        PurchaseFilter { buyer: Some(account(DISTRIBUTOR)), ..Default::default() },
        PurchaseFilter { seller: Some(account(MAKER)), ..Default::default() },
    ] {
        let found = buyer.purchases_made(&filter).await.unwrap();
        assert_eq!((found.len(), &found[0].terms, found[0].offer), (1, &purchase.terms, terms.id()));
    }
    assert_eq!(market.offer_of(terms.id()).await.unwrap(), None, "sold out");

    maker.market().ship(&purchase.terms, B256::ZERO).send().await.unwrap();
    let progress = market.progress_of(purchase.id).await.unwrap().unwrap();
    assert_eq!(progress.status, Status::Shipped);
    assert_eq!(purchase.terms.last_second(&progress), market.last_second_of(&purchase.terms).await.unwrap());
    market.receive(&purchase.terms, B256::ZERO, true).send().await.unwrap();
    assert_eq!(maker.escrow().credit_of(account(MAKER), ETHER).await.unwrap(), U256::from(PRICE));
    maker.escrow().withdraw(ETHER, Address::repeat_byte(0x77)).send().await.unwrap();
    let balance = buyer.chain().provider().get_balance(Address::repeat_byte(0x77)).await.unwrap();
    assert_eq!(balance, U256::from(PRICE));
    assert_eq!(buyer.market_history(purchase.id).await.unwrap().len(), 3);
}

/// What may be done is computed before anything is sent; here the contract is asked the same.
#[tokio::test]
async fn steps_are_those_that_the_contract_takes() {
    let (house, item) = shop().await;
    let (maker, buyer) = (house.suite(MAKER).await, house.suite(DISTRIBUTOR).await);
    let terms = terms(&buyer, item, ETHER).await;
    maker.market().offer(&terms, PRICE, 1).send().await.unwrap();
    let order = Order { terms, units: vec![proven(item)], price: PRICE };
    let purchase = bought(&buyer.market().buy(&[order]).send().await.unwrap().events).terms;
    agree(&house, &purchase).await;
    maker.market().ship(&purchase, B256::ZERO).send().await.unwrap();
    agree(&house, &purchase).await;
    buyer.market().receive(&purchase, B256::ZERO, false).send().await.unwrap();
    agree(&house, &purchase).await;
    buyer.market().return_items(&purchase, B256::ZERO).send().await.unwrap();
    agree(&house, &purchase).await;
    maker.market().take_back(&purchase, B256::ZERO).send().await.unwrap();
    agree(&house, &purchase).await;
    maker.market().dispute(&purchase, B256::ZERO).send().await.unwrap();
    agree(&house, &purchase).await;
    let last = buyer.market().last_second_of(&purchase).await.unwrap().unwrap();
    buyer.chain().provider().anvil_set_next_block_timestamp(last + 1).await.unwrap();
    buyer.chain().provider().anvil_mine(Some(1), None).await.unwrap();
    agree(&house, &purchase).await;
    house.suite(NOBODY).await.market().refund(&purchase).send().await.unwrap();
    agree(&house, &purchase).await;
}

/// Compares `Purchase::check` with what the contract answers to every verb of every account.
async fn agree(house: &House, purchase: &theriac_client::trade::Purchase) {
    for who in [MAKER, DISTRIBUTOR, NOBODY] {
        let suite = house.suite(who).await;
        let market = suite.market();
        let progress = market.progress_of(purchase.id()).await.unwrap().unwrap();
        let now = suite.chain().now().await.unwrap();
        let none = B256::ZERO;
        let answers = [
            (Deed::Ship, market.ship(purchase, none).ask().await.is_ok()),
            (Deed::Receive, market.receive(purchase, none, false).ask().await.is_ok()),
            (Deed::Refuse, market.refuse(purchase, none).ask().await.is_ok()),
            (Deed::Return, market.return_items(purchase, none).ask().await.is_ok()),
            (Deed::TakeBack, market.take_back(purchase, none).ask().await.is_ok()),
            (Deed::Dispute, market.dispute(purchase, none).ask().await.is_ok()),
            (Deed::Evidence, market.file_evidence(purchase, none).ask().await.is_ok()),
            (Deed::Settle, market.settle(purchase).ask().await.is_ok()),
            (Deed::Refund, market.refund(purchase).ask().await.is_ok()),
        ];
        for (deed, taken) in answers {
            let ours = purchase.check(&progress, deed, account(who), now);
            assert_eq!(ours.is_ok(), taken, "{deed} by {who} at {}: {ours:?}", progress.status);
        }
    }
}

#[tokio::test]
async fn what_cannot_be_bought_is_told_apart() {
    let (house, item) = shop().await;
    let (maker, buyer) = (house.suite(MAKER).await, house.suite(DISTRIBUTOR).await);
    let terms = terms(&buyer, item, ETHER).await;
    maker.market().offer(&terms, PRICE, 1).send().await.unwrap();
    let now = buyer.chain().now().await.unwrap();
    let obstacle = async || buyer.obstacle_to(&terms, now).await.unwrap();

    let market = maker.market().address();
    maker.devices().set_approval_for_all(market, false).send().await.unwrap();
    assert_eq!(obstacle().await, Some(Obstacle::NotApproved(account(MAKER))));
    maker.devices().set_approval_for_all(market, true).send().await.unwrap();
    maker.custody().recall_lot(item.lot(), RecallClass::II, document("notice")).send().await.unwrap();
    assert!(matches!(obstacle().await, Some(Obstacle::Immovable(_))));
    let admin = house.suite(ADMIN).await;
    admin.participants().suspend(account(MAKER), B256::ZERO).send().await.unwrap();
    assert_eq!(obstacle().await, Some(Obstacle::SellerNotActive(account(MAKER))));
    let other = Terms { goods: Goods::Item(model().lot("B").item("S")), seller: account(DISTRIBUTOR), ..terms };
    assert_eq!(buyer.obstacle_to(&other, now).await.unwrap(), Some(Obstacle::NotMaker), "no such lot");
}

/// A token with permits whose every unit the distributor has.
async fn dollar(house: &House) -> Address {
    let suite = house.suite(DISTRIBUTOR).await;
    let artifact: serde_json::Value = serde_json::from_str(include_str!("../data/Dollar.json")).unwrap();
    let code: Bytes = artifact["bytecode"].as_str().unwrap().parse().unwrap();
    let code = [code.as_ref(), &account(DISTRIBUTOR).abi_encode()].concat();
    let deployment = TransactionRequest::default().with_from(account(DISTRIBUTOR)).with_deploy_code(code);
    let pending = suite.chain().provider().send_transaction(deployment).await.unwrap();
    pending.get_receipt().await.unwrap().contract_address.unwrap()
}

#[tokio::test]
async fn a_permission_and_a_permit_pay_in_tokens_without_any_approval() {
    let (house, item) = shop().await;
    let (maker, buyer) = (house.suite(MAKER).await, house.suite(DISTRIBUTOR).await);
    let token = dollar(&house).await;
    let currency = buyer.currency(token).await.unwrap();
    assert_eq!((currency.symbol.as_str(), currency.decimals), ("USDX", 6));
    let terms = terms(&buyer, item, token).await;
    maker.market().offer(&terms, PRICE, 1).send().await.unwrap();
    let order = Order { terms, units: vec![proven(item)], price: PRICE };

    let refused = buyer.market().buy(std::slice::from_ref(&order)).send().await.unwrap_err();
    assert!(refused.to_string().contains("did not allow"), "{refused}");
    let now = buyer.chain().now().await.unwrap();
    let permission = Permission {
        opener: buyer.market().address(),
        payer: account(DISTRIBUTOR),
        payee: account(MAKER),
        token,
        amount: order.cost(),
        until: now + 3600,
        reclaimable_by: now + u64::from(200 * DAY),
        nonce: U256::from(7),
    };
    let mut consent = buyer.escrow().sign_permission(&permission, &signer(DISTRIBUTOR)).await.unwrap();
    let refused = buyer.market().buy_permitted(&order, &consent).send().await.unwrap_err();
    assert!(refused.to_string().contains("ERC20InsufficientAllowance"), "{refused}");
    let spender = buyer.escrow().address();
    assert!(buyer.token(token).add_permit(&mut consent, spender, order.cost(), &signer(DISTRIBUTOR)).await.unwrap());
    let events = buyer.market().buy_permitted(&order, &consent).send().await.unwrap().events;
    let purchase = bought(&events);
    assert_eq!(purchase.paid, order.cost());

    let deal = purchase.terms.deal(buyer.market().address());
    let ours = buyer.escrow().permission_signing_hash(&permission);
    assert_eq!(ours, buyer.escrow().permission_hash(&deal, &permission).await.unwrap());
    assert!(buyer.escrow().is_permission_spent(account(DISTRIBUTOR), permission.nonce).await.unwrap());
    assert_eq!(buyer.token(token).allowance(account(DISTRIBUTOR), spender).await.unwrap(), U256::ZERO);
    assert!(buyer.token(account(NOBODY)).balance_of(account(MAKER)).await.is_err(), "no token is there");
}
