//! Buying: offers, whole purchases, returns, disputes, and the money in `Escrow`.
//!
//! Parties have dealt before: they have approved the market, hold other devices and have credit in `Escrow` already.

use alloy::primitives::{Address, B256, U256, aliases::U40};
use theriac_bindings::anchors::Anchors;
use theriac_bindings::custody::Custody;
use theriac_bindings::devices::Devices;
use theriac_bindings::escrow::Escrow;
use theriac_bindings::market::Market;
use theriac_sim::world::{Cost, World, WorldError};

use crate::Figures;
use crate::scenario::{Scenario, digest, measured, record_sum};

/// Units bought in one transaction for the figure per item.
const BATCH: u32 = 50;
/// Of one device, in wei.
const PRICE: u128 = 3_000_000_000_000_000_007;
/// What every party has in the beginning, in wei.
const ENDOWMENT: u128 = 1_000_000_000_000_000_000_000;
const DAY: u32 = 86_400;
const ARBITER: u32 = 1 << 11;
/// Certificates of authenticity.
const AUTHENTICITY: u8 = 0;

/// A market in which the parties have dealt before: the maker sold the hospital a first device.
struct Fair<'a> {
    scenario: &'a Scenario,
    world: World,
    arbiter: Address,
}

pub(crate) fn measure(scenario: &Scenario, figures: &mut Figures) -> Result<(), WorldError> {
    let fair = Fair::open(scenario)?;
    fair.clone_world().offers(figures)?;
    fair.clone_world().whole(figures)?;
    fair.clone_world().returned(figures)?;
    fair.clone_world().disputed(figures)?;
    fair.many("Market.buy/50perItem/depth20", figures)?;
    let of_ten_thousand = scenario.with_lot("B1", 10_000)?;
    Fair::open(&of_ten_thousand)?.many("Market.buy/50perItem", figures)
}

impl<'a> Fair<'a> {
    fn open(scenario: &'a Scenario) -> Result<Self, WorldError> {
        let mut fair = Self { scenario, world: scenario.world.clone(), arbiter: Address::repeat_byte(0x16) };
        let (maker, hospital, rooms) = (scenario.maker, scenario.hospital, fair.world.rooms);
        let enrolment = scenario.enrolment(ARBITER);
        let enrol =
            theriac_bindings::participants::Participants::enrolPowerfulCall { account: fair.arbiter, enrolment };
        fair.world.send(World::ADMIN, rooms.participants, &enrol)?;
        fair.world.send(maker, rooms.anchors, &fair.certificate())?;
        for party in [maker, hospital] {
            fair.world.endow(party, U256::from(ENDOWMENT));
            let twins = Devices::setApprovalForAllCall { operator: rooms.market, approved: true };
            fair.world.send(party, rooms.devices, &twins)?;
            let goods = Custody::setOperatorCall { operator: rooms.market, approved: true };
            fair.world.send(party, rooms.custody, &goods)?;
        }
        for index in 0..4 {
            let (item, proof) = (scenario.item(index).0, scenario.proof(index)?);
            let begin = Custody::commissionCall {
                item,
                index,
                tagKey: scenario.tag.address(),
                proof: proof.clone(),
                evidence: digest(),
            };
            fair.world.send(maker, rooms.custody, &begin)?;
            let membership = Devices::Membership { index, tagKey: scenario.tag.address(), proof };
            fair.world.send(maker, rooms.devices, &Devices::mintCall { item, to: maker, membership })?;
        }
        // The first deal of the two, and one that is returned: both have credit in the end, and the hospital has a device.
        let first = fair.bought(0)?;
        fair.shipped(&first)?;
        fair.world.send(hospital, rooms.market, &received(&first, true))?;
        let second = fair.bought(1)?;
        fair.world.send(maker, rooms.market, &Market::refundCall { terms: second })?;
        Ok(fair)
    }

    fn clone_world(&self) -> Self {
        Self { scenario: self.scenario, world: self.world.clone(), arbiter: self.arbiter }
    }

    /// The maker's word for the lot.
    fn certificate(&self) -> Anchors::issueCall {
        let now = self.world.now();
        let mut subject = B256::ZERO;
        subject[..16].copy_from_slice(self.scenario.lot.0.as_slice());
        Anchors::issueCall {
            certificate: Anchors::Certificate {
                subject,
                kind: AUTHENTICITY,
                issuer: self.scenario.maker,
                digest: digest(),
                codec: 0x55,
                issuedAt: U40::from(now),
                validFrom: U40::from(now - u64::from(DAY)),
                validUntil: U40::from(now + u64::from(365 * DAY)),
            },
        }
    }

    /// An offer of the maker: of the device at `index`, or of all the lot.
    fn terms(&self, index: Option<u32>) -> Market::Terms {
        let subject = match index {
            Some(index) => self.scenario.item(index).0,
            None => self.certificate().certificate.subject,
        };
        Market::Terms {
            seller: self.scenario.maker,
            subject,
            first: 0,
            last: if index.is_some() { 0 } else { 9_999 },
            token: Address::ZERO,
            until: U40::from(self.world.now() + u64::from(90 * DAY)),
            shipTime: 5 * DAY,
            inspectionTime: 14 * DAY,
            returnTime: 7 * DAY,
            arbitrationTime: 30 * DAY,
        }
    }

    /// What the hospital agrees to when it buys these items now.
    fn purchase(&self, terms: &Market::Terms, items: Vec<B256>) -> Market::Purchase {
        Market::Purchase {
            buyer: self.scenario.hospital,
            seller: terms.seller,
            token: terms.token,
            boughtAt: U40::from(self.world.now()),
            shipTime: terms.shipTime,
            inspectionTime: terms.inspectionTime,
            returnTime: terms.returnTime,
            arbitrationTime: terms.arbitrationTime,
            items,
        }
    }

    /// The maker offers the device at `index`, and the hospital orders it.
    fn ordered(&mut self, index: u32) -> Result<(Market::buyCall, Market::Purchase), WorldError> {
        let terms = self.terms(Some(index));
        let offer = Market::offerCall { terms: terms.clone(), price: PRICE, stock: 1 };
        self.world.send(self.scenario.maker, self.world.rooms.market, &offer)?;
        let items = vec![self.scenario.item(index).0];
        let purchase = self.purchase(&terms, items.clone());
        let order = Market::Order { terms, items, memberships: Vec::new(), price: PRICE };
        Ok((Market::buyCall { orders: vec![order] }, purchase))
    }

    fn bought(&mut self, index: u32) -> Result<Market::Purchase, WorldError> {
        let (order, purchase) = self.ordered(index)?;
        self.world.pay(self.scenario.hospital, self.world.rooms.market, U256::from(PRICE), &order)?;
        Ok(purchase)
    }

    fn shipped(&mut self, purchase: &Market::Purchase) -> Result<Cost, WorldError> {
        let ship = Market::shipCall { terms: purchase.clone(), evidence: digest() };
        self.world.send(self.scenario.maker, self.world.rooms.market, &ship)
    }

    fn offers(mut self, figures: &mut Figures) -> Result<(), WorldError> {
        let (maker, market) = (self.scenario.maker, self.world.rooms.market);
        let terms = self.terms(None);
        let offer = Market::offerCall { terms: terms.clone(), price: PRICE, stock: 10_000 };
        measured!(figures, "Market.offer", self.world, maker, market, offer);
        let dearer = Market::offerCall { terms: terms.clone(), price: PRICE + 1, stock: 10_000 };
        measured!(figures, "Market.offer/changed", self.world, maker, market, dearer);
        measured!(figures, "Market.withdrawOffer", self.world, maker, market, Market::withdrawOfferCall { terms });

        let terms = self.terms(Some(2));
        let offer = Market::offerCall { terms: terms.clone(), price: PRICE, stock: 1 };
        self.world.send(maker, market, &offer)?;
        let items = vec![self.scenario.item(2).0];
        let order = Market::Order { terms, items, memberships: Vec::new(), price: PRICE };
        let paid =
            self.world.pay(self.scenario.hospital, market, U256::from(PRICE), &Market::payDirectlyCall { order })?;
        figures.insert("Market.payDirectly".to_owned(), paid);
        let withdraw = Escrow::withdrawCall { token: Address::ZERO, to: maker };
        measured!(figures, "Escrow.withdraw", self.world, maker, self.world.rooms.escrow, withdraw);
        Ok(())
    }

    /// Buy, ship, receive, settle: in three transactions where the buyer accepts what it receives, else in four.
    fn whole(mut self, figures: &mut Figures) -> Result<(), WorldError> {
        let (hospital, market) = (self.scenario.hospital, self.world.rooms.market);
        let (order, purchase) = self.ordered(2)?;
        let buy = self.world.pay(hospital, market, U256::from(PRICE), &order)?;
        let ship = self.shipped(&purchase)?;
        let before = self.world.clone();
        let accept = self.world.send(hospital, market, &received(&purchase, true))?;
        record_sum(figures, "Market.wholePurchase", &[buy, ship, accept]);

        self.world = before;
        let receive = self.world.send(hospital, market, &received(&purchase, false))?;
        let record =
            Market::attachCall { terms: purchase.clone(), record: Market::Content { digest: digest(), codec: 0x55 } };
        measured!(figures, "Market.attach", self.world, hospital, market, record);
        let settle = self.world.send(hospital, market, &Market::settleCall { terms: purchase })?;
        record_sum(figures, "Market.wholePurchase/inspected", &[buy, ship, receive, settle]);
        for (name, cost) in [
            ("buy", buy),
            ("ship", ship),
            ("receiveItems/accepted", accept),
            ("receiveItems", receive),
            ("settle", settle),
        ] {
            figures.insert(format!("Market.{name}"), cost);
        }
        Ok(())
    }

    fn returned(mut self, figures: &mut Figures) -> Result<(), WorldError> {
        let (maker, hospital, market) = (self.scenario.maker, self.scenario.hospital, self.world.rooms.market);
        let terms = self.bought(2)?;
        self.shipped(&terms)?;
        let mut refused = self.world.clone();
        let refuse = Market::refuseCall { terms: terms.clone(), evidence: digest() };
        measured!(figures, "Market.refuse", refused, hospital, market, refuse);

        self.world.send(hospital, market, &received(&terms, false))?;
        let back = Market::returnItemsCall { terms: terms.clone(), evidence: digest() };
        measured!(figures, "Market.returnItems", self.world, hospital, market, back);
        let taken = Market::takeBackCall { terms: terms.clone(), evidence: digest() };
        measured!(figures, "Market.takeBack", self.world, maker, market, taken);
        measured!(figures, "Market.refund", self.world, maker, market, Market::refundCall { terms });
        Ok(())
    }

    fn disputed(mut self, figures: &mut Figures) -> Result<(), WorldError> {
        let (hospital, market) = (self.scenario.hospital, self.world.rooms.market);
        let terms = self.bought(2)?;
        self.shipped(&terms)?;
        let dispute = Market::disputeCall { terms: terms.clone(), evidence: digest() };
        measured!(figures, "Market.dispute", self.world, hospital, market, dispute);
        let evidence = Market::fileEvidenceCall { terms: terms.clone(), evidence: digest() };
        measured!(figures, "Market.fileEvidence", self.world, hospital, market, evidence);
        let decision =
            Market::resolveCall { terms, toBuyer: U256::from(PRICE / 3), buyerKeeps: true, decision: digest() };
        measured!(figures, "Market.resolve", self.world, self.arbiter, market, decision);
        Ok(())
    }

    /// Fifty from the lot in one transaction, with the purchase's own cost divided among them.
    fn many(mut self, name: &str, figures: &mut Figures) -> Result<(), WorldError> {
        let (maker, market) = (self.scenario.maker, self.world.rooms.market);
        let terms = self.terms(None);
        let offer = Market::offerCall { terms: terms.clone(), price: PRICE, stock: 10_000 };
        self.world.send(maker, market, &offer)?;
        let indices = 100..100 + BATCH;
        let items = indices.clone().map(|index| self.scenario.item(index).0).collect();
        let memberships = indices
            .map(|index| {
                let proof = self.scenario.proof(index)?;
                Ok(Market::Membership { index, tagKey: self.scenario.tag.address(), proof })
            })
            .collect::<Result<_, WorldError>>()?;
        let order = Market::Order { terms, items, memberships, price: PRICE };
        let wei = U256::from(PRICE) * U256::from(BATCH);
        let buy = Market::buyCall { orders: vec![order] };
        let cost = self.world.pay(self.scenario.hospital, market, wei, &buy)?;
        // Without what is of the purchase: its progress and its deal.
        let new_slots = (cost.new_slots - 2).div_ceil(BATCH as usize);
        let each = Cost { gas: cost.gas.div_ceil(u64::from(BATCH)), new_slots };
        figures.insert(name.to_owned(), each);
        Ok(())
    }
}

fn received(purchase: &Market::Purchase, accepted: bool) -> Market::receiveItemsCall {
    Market::receiveItemsCall { terms: purchase.clone(), evidence: digest(), accepted }
}
