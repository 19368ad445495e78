//! Prescribing and selling: a lot of 10,000 packs at a pharmacy that has sold some of it on this prescription.

use alloy::primitives::{Address, B256, aliases::U40};
use alloy::signers::SignerSync;
use alloy::signers::local::PrivateKeySigner;
use theriac_bindings::pharmacy::Pharmacy;
use theriac_bindings::units::Units;
use theriac_sim::world::{Cost, WorldError};

use crate::Figures;
use crate::medicines::{Medicine, enrol, key, nonce};
use crate::scenario::{Scenario, digest, invalid, measured};

const LOT_SIZE: u32 = 10_000;
/// The pack that was sold before.
const FIRST: u32 = 5_000;
/// Packs sold in one transaction for the figure per pack.
const BATCH: u32 = 100;
const DAY: u32 = 86_400;
const PHARMACY: u32 = 1 << 6;
const PRACTITIONER: u32 = 1 << 7;
const PHARMACIST: u32 = 1 << 8;

/// A pharmacy with stock, and a prescription that one pack was sold on.
#[derive(Clone)]
struct Shop {
    medicine: Medicine,
    pharmacy: Address,
    pharmacist: Address,
    practitioner: PrivateKeySigner,
    patient: PrivateKeySigner,
}

pub(crate) fn measure(scenario: &Scenario, figures: &mut Figures) -> Result<(), WorldError> {
    let shop = Shop::open(scenario)?;
    shop.clone().prescriptions(figures)?;
    let one = shop.clone().sale(FIRST + 1, 1, 1)?;
    figures.insert("Pharmacy.sell/dirtyWord".to_owned(), one);
    let many = shop.clone().sale(FIRST + 1, BATCH, 1)?;
    let each = Cost { gas: many.gas.div_ceil(u64::from(BATCH)), new_slots: many.new_slots.div_ceil(BATCH as usize) };
    figures.insert("Pharmacy.sell/100perItem".to_owned(), each);
    Ok(())
}

impl Shop {
    fn open(scenario: &Scenario) -> Result<Self, WorldError> {
        let mut shop = Self {
            medicine: Medicine::commissioned(scenario, LOT_SIZE)?,
            pharmacy: Address::repeat_byte(0x18),
            pharmacist: Address::repeat_byte(0x19),
            practitioner: key(0x70)?,
            patient: key(0x71)?,
        };
        let cast =
            [(shop.pharmacy, PHARMACY), (shop.pharmacist, PHARMACIST), (shop.practitioner.address(), PRACTITIONER)];
        let medicine = &mut shop.medicine;
        enrol(&mut medicine.world, scenario, &cast)?;
        medicine.hand_over(medicine.unit, medicine.maker, shop.pharmacy)?;
        let rooms = medicine.world.rooms;
        let until = U40::from(medicine.world.now() + u64::from(365 * DAY));
        let employ = Pharmacy::setPharmacistCall { pharmacist: shop.pharmacist, until };
        medicine.world.send(shop.pharmacy, rooms.pharmacy, &employ)?;
        let operator = Units::setOperatorCall { operator: rooms.pharmacy, approved: true };
        medicine.world.send(shop.pharmacy, rooms.units, &operator)?;
        let prescribe = Pharmacy::prescribeCall { prescription: shop.prescription(shop.patient.address()) };
        shop.medicine.world.send(shop.practitioner.address(), rooms.pharmacy, &prescribe)?;
        shop.sale(FIRST, 1, 0)?;
        Ok(shop)
    }

    fn prescription(&self, patient: Address) -> Pharmacy::Prescription {
        Pharmacy::Prescription {
            practitioner: self.practitioner.address(),
            patient,
            model: self.medicine.model.0,
            quantity: 200,
            repeats: 2,
            interval: 30 * DAY,
            validFrom: U40::from(self.medicine.world.now()),
            validUntil: U40::from(self.medicine.world.now() + u64::from(180 * DAY)),
        }
    }

    fn prescriptions(mut self, figures: &mut Figures) -> Result<(), WorldError> {
        let (room, world) = (self.medicine.world.rooms.pharmacy, self.medicine.world.clone());
        let prescription = self.prescription(Address::repeat_byte(0x72));
        let id = self.medicine.world.call(
            self.pharmacist,
            room,
            &Pharmacy::idOfCall { prescription: prescription.clone() },
        )?;
        let signature = Scenario::sign(&self.practitioner, id)?;
        let prescribe = Pharmacy::prescribeCall { prescription: prescription.clone() };
        let practitioner = self.practitioner.address();
        measured!(figures, "Pharmacy.prescribe", self.medicine.world, practitioner, room, prescribe);
        self.medicine.world = world;
        let submit = Pharmacy::submitCall { prescription, signature };
        measured!(figures, "Pharmacy.submit", self.medicine.world, self.pharmacist, room, submit);
        Ok(())
    }

    /// Sells packs `first` to `first + count − 1`, as the sale with this number on the prescription.
    fn sale(&mut self, first: u32, count: u32, number: u32) -> Result<Cost, WorldError> {
        let room = self.medicine.world.rooms.pharmacy;
        let mut sale = Pharmacy::Sale {
            pharmacy: self.pharmacy,
            unit: self.medicine.unit,
            proven: self.medicine.packs(first, count)?,
            prescription: self.prescription(self.patient.address()),
            r: B256::ZERO,
            vs: B256::ZERO,
            evidence: digest(),
        };
        let world = &mut self.medicine.world;
        let id = Pharmacy::idOfCall { prescription: sale.prescription.clone() };
        let id = world.call(self.pharmacist, room, &id)?;
        let packs = world.call(self.pharmacist, room, &Pharmacy::packsOfCall { sale: sale.clone() })?;
        let collection = Pharmacy::collectionDigestCall { id, pharmacy: self.pharmacy, packs, nonce: nonce(number) };
        let collection = world.call(self.pharmacist, room, &collection)?;
        let signature = self.patient.sign_hash_sync(&collection).map_err(invalid)?.as_erc2098();
        sale.r = B256::from_slice(&signature[..32]);
        sale.vs = B256::from_slice(&signature[32..]);
        world.send(self.pharmacist, room, &Pharmacy::sellCall { sale })
    }
}
