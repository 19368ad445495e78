//! A chain with a maker, a hospital and a regulator, and lots with labels in every condition.

use alloy_primitives::{B256, Bytes, FixedBytes};
use alloy_sol_types::SolCall;
use theriac_client::store::Store;
use theriac_client::types::{
    Certificate, CertificateKind, Content, Enrolment, Membership, NewLot, Product, RecallClass, RevocationReason,
};
use theriac_client::{Call, Roles, Secret, Signer, Suite};
use theriac_core::document::{
    Document as _, Identifier, IdentifierType, LotDetails, LotDocument, ModelDocument, RecallNotice, Subject,
};
use theriac_core::ids::{Agency, ItemId, ModelId};
use theriac_core::label::{Label, Stock};
use theriac_core::merkle::LotTree;
use theriac_core::serials;
use theriac_core::udi::Udi;
use tokio::runtime::Runtime;

use crate::terminal::{ADMIN, CERTIFIER, GUARDIAN, GUARDIAN_ACCOUNT, MAKER, MAKER_ACCOUNT, Terminal};

pub(crate) const HOSPITAL: &str = GUARDIAN;
pub(crate) const HOSPITAL_ACCOUNT: &str = GUARDIAN_ACCOUNT;
pub(crate) const REGULATOR: &str = CERTIFIER;
pub(crate) const EVIDENCE: B256 = B256::repeat_byte(7);

const GTIN: &str = "09506000134352";
/// The first unit of lot A1, commissioned, with a tag.
pub(crate) const TAGGED: &str = "(01)09506000134352(17)351231(10)A1(21)S1";
/// The second, without tag, held by the hospital.
pub(crate) const UNTAGGED: &str = "(01)09506000134352(17)351231(10)A1(21)S2";
/// The third, of which nothing more is known.
pub(crate) const THIRD: &str = "(01)09506000134352(17)351231(10)A1(21)S3";
pub(crate) const FORGED: &str = "(01)09506000134352(17)351231(10)A1(21)S9";
pub(crate) const NO_SERIAL: &str = "(01)09506000134352(17)351231(10)A1";
/// The same base package under another DI, and a package of ten.
pub(crate) const SECONDARY: &str = "(01)09506000134369(17)351231(10)A1(21)S1";
pub(crate) const PACKAGE: &str = "(01)19506000134359(17)351231(10)A1(21)BOX1";
/// A unit of lot R1.
pub(crate) const RECALLED: &str = "(01)09506000134352(10)R1(21)S1";
/// The identifier of a model whose labeler listed it with its check character.
pub(crate) const HIBCC: &str = "+A999123457";
pub(crate) const EXPIRED: &str = "(01)09506000134352(17)201231(10)OLD(21)S1";

/// The key of the tag of [`TAGGED`].
const TAG: &str = "47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a";
const NEVER: u64 = (1 << 40) - 1;

pub(crate) fn item(udi: &str) -> ItemId {
    Udi::parse(udi, 2026).unwrap().item_id().unwrap()
}

pub(crate) struct House {
    pub(crate) terminal: Terminal,
    runtime: Runtime,
    lot: (LotDocument, LotTree),
}

impl House {
    pub(crate) fn new() -> Self {
        let terminal = Terminal::with_suite(0);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let signer = signer(TAG);
        let lot = lot("A1", &format!("serial,tagKey\nS1,{}\nS2,\nS3,\n", signer.address()));
        let house = Self { terminal, runtime, lot };
        house.people();
        house.products();
        house.certificate(Subject::Model(house.model()), None);
        for udi in [TAGGED, UNTAGGED] {
            let membership = house.membership(udi);
            house.act(MAKER, |suite, item| suite.custody().commission(item, &membership, EVIDENCE), udi);
        }
        let hospital = HOSPITAL_ACCOUNT.parse().unwrap();
        house.act(MAKER, |suite, item| suite.custody().ship(item, hospital, EVIDENCE), UNTAGGED);
        house.act(HOSPITAL, |suite, item| suite.custody().receive(item, EVIDENCE), UNTAGGED);
        house
    }

    fn suite(&self, key: &str) -> Suite {
        let folder = self.terminal.path("deployments");
        self.runtime.block_on(Suite::connect(self.terminal.rpc(), Some(signer(key)), &folder)).unwrap()
    }

    fn send<C: SolCall + Clone + Send + Sync>(&self, call: &Call<C>) {
        self.runtime.block_on(call.send()).unwrap();
    }

    fn store(&self, bytes: &[u8]) -> Content {
        let store = Store::open("blocks", &self.terminal.path(".theriac")).unwrap();
        self.runtime.block_on(store.put(bytes)).unwrap().into()
    }

    /// A verb about a unit, in the name of the key's account.
    pub(crate) fn act<C: SolCall + Clone + Send + Sync>(
        &self,
        key: &str,
        verb: impl FnOnce(&Suite, ItemId) -> Call<C>,
        udi: &str,
    ) {
        self.send(&verb(&self.suite(key), item(udi)));
    }

    fn people(&self) {
        let people = self.suite(ADMIN).participants();
        let regulator = signer(REGULATOR).address();
        self.send(&people.enrol_powerful(regulator, &enrolment(Roles::REGULATOR | Roles::CERTIFIER)));
        self.send(&people.enrol(MAKER_ACCOUNT.parse().unwrap(), &enrolment(Roles::MANUFACTURER)));
        self.send(&people.enrol(HOSPITAL_ACCOUNT.parse().unwrap(), &enrolment(Roles::PROVIDER)));
    }

    fn products(&self) {
        let document = self.store(&model_document().canonical().unwrap());
        let catalog = self.suite(MAKER).catalog();
        self.send(&catalog.register_model(Agency::Gs1, GTIN, Product::Device, document));
        let approval = self.suite(REGULATOR).catalog().approve_model(
            self.model(),
            MAKER_ACCOUNT.parse().unwrap(),
            document.digest,
            Product::Device,
        );
        self.send(&approval);
        let listed = "A999123457";
        self.send(&catalog.register_model(Agency::Hibcc, listed, Product::Device, document));
        let model = ModelId::new(Agency::Hibcc, listed);
        let maker = MAKER_ACCOUNT.parse().unwrap();
        self.send(&self.suite(REGULATOR).catalog().approve_model(model, maker, document.digest, Product::Device));
        for (document, tree) in [&self.lot, &lot("R1", "S1\n"), &lot("OLD", "S1\n")] {
            self.send(&catalog.register_lot(&NewLot {
                model: self.model(),
                number: document.details().lot.clone(),
                root: tree.root(),
                count: tree.count(),
                made_at: 0,
                expires_at: last_second(document),
                document: self.store(&document.canonical().unwrap()),
            }));
        }
    }

    pub(crate) fn model(&self) -> ModelId {
        ModelId::new(Agency::Gs1, GTIN)
    }

    fn membership(&self, udi: &str) -> Membership {
        let serial = Udi::parse(udi, 2026).unwrap().serial.unwrap();
        let (document, tree) = &self.lot;
        let index = document.index_of(serial.as_str()).unwrap();
        let tag_key = document.leaf(index).unwrap().tag_key;
        Membership { index, tag_key, proof: tree.proof(index).unwrap() }
    }

    /// The maker certifies that the subject is authentic, until then.
    pub(crate) fn certificate(&self, subject: Subject, until: Option<u64>) {
        let suite = self.suite(MAKER);
        let certificate = Certificate {
            subject: subject.word(),
            kind: CertificateKind::Authenticity,
            issuer: MAKER_ACCOUNT.parse().unwrap(),
            document: Content::raw(EVIDENCE),
            issued_at: self.runtime.block_on(suite.chain().now()).unwrap(),
            valid_from: 1,
            valid_until: until.unwrap_or(NEVER),
        };
        self.send(&suite.anchors().issue(&certificate));
    }

    pub(crate) fn revoke(&self, subject: Subject) {
        let reason = RevocationReason::KeyCompromise;
        self.send(&self.suite(MAKER).anchors().revoke(subject.word(), CertificateKind::Authenticity, reason));
    }

    /// Claims the tag for the account of `key`.
    pub(crate) fn claim(&self, udi: &str, key: &str) {
        let suite = self.suite(key);
        let claimer = signer(key).address();
        let signature: Bytes =
            self.runtime.block_on(suite.devices().sign_claim(item(udi), claimer, &signer(TAG))).unwrap();
        self.send(&suite.devices().claim(item(udi), &self.membership(udi), claimer, signature));
    }

    /// Recalls the lot of a unit and answers the recall's number.
    pub(crate) fn recall(&self, udi: &str, class: RecallClass) -> u64 {
        let lot = item(udi).lot();
        let notice = RecallNotice {
            class: theriac_core::document::RecallClass::I,
            subject: Subject::Lot(lot),
            firm: "Acme".into(),
            reason: "The alarm does not sound".into(),
            action: "Return it to the maker".into(),
            recall_number: None,
            event_number: None,
            product_description: None,
            code_info: None,
            product_quantity: None,
            distribution_pattern: None,
            root_cause: None,
            initiated: "2026-01-31".parse().unwrap(),
        };
        let document = self.store(&notice.canonical().unwrap());
        let custody = self.suite(REGULATOR).custody();
        self.send(&custody.recall_lot(lot, class, document));
        self.runtime.block_on(custody.last_recall()).unwrap()
    }

    pub(crate) fn close(&self, recall: u64) {
        self.send(&self.suite(REGULATOR).custody().close_recall(recall, EVIDENCE));
    }

    pub(crate) fn suspend_maker(&self) {
        self.send(&self.suite(ADMIN).participants().suspend(MAKER_ACCOUNT.parse().unwrap(), EVIDENCE));
    }

    /// A picture of a label whose two symbols say these things.
    pub(crate) fn picture(&self, name: &str, qr: &str, matrix: &str) -> String {
        let of = |text| Udi::parse(text, 2026).unwrap();
        let elements = of(matrix).to_elements().unwrap();
        let label = Label {
            title: "Monitor M1".into(),
            maker: "Acme".into(),
            digital_link: of(qr).to_digital_link("https://id.gs1.org").unwrap().to_string(),
            element_string: elements.to_raw(),
            human_readable: vec![elements.to_bracketed()],
            ..Label::default()
        };
        std::fs::write(self.terminal.path(name), label.to_png(&Stock::default()).unwrap()).unwrap();
        name.to_owned()
    }
}

fn signer(key: &str) -> Signer {
    Signer::from_private_key(&Secret::new(key)).unwrap()
}

fn enrolment(roles: Roles) -> Enrolment {
    Enrolment {
        roles,
        valid_from: 1,
        valid_until: NEVER,
        organisation: FixedBytes::repeat_byte(1),
        credential: FixedBytes::repeat_byte(2),
    }
}

fn lot(number: &str, serials: &str) -> (LotDocument, LotTree) {
    let details = LotDetails {
        name: "Monitor M1".into(),
        description: "Patient monitor".into(),
        image: None,
        agency: Agency::Gs1,
        di: GTIN.into(),
        lot: number.into(),
        made: None,
        expires: match number {
            "A1" => Some("2035-12-31".parse().unwrap()),
            "OLD" => Some("2020-12-31".parse().unwrap()),
            _ => None,
        },
    };
    LotDocument::new(details, serials::read(serials.as_bytes()).unwrap()).unwrap()
}

fn last_second(lot: &LotDocument) -> u64 {
    lot.details().expires.map_or(0, |day| theriac_core::gs1::date::expiry_at(day).try_into().unwrap())
}

fn model_document() -> ModelDocument {
    let other =
        |kind, di: &str| Identifier { kind, agency: Agency::Gs1, di: di.into(), quantity: None, contains: None };
    ModelDocument {
        name: "Monitor M1".into(),
        description: "Patient monitor".into(),
        image: None,
        category: Default::default(),
        agency: Agency::Gs1,
        di: GTIN.into(),
        identifiers: vec![
            other(IdentifierType::Secondary, "09506000134369"),
            other(IdentifierType::Package, "19506000134359"),
        ],
        brand: "Monitor".into(),
        version_model: "M1".into(),
        catalogue_number: None,
        company: "Acme".into(),
        device_count: None,
        gmdn_terms: Vec::new(),
        product_codes: Vec::new(),
        controlled_by: Default::default(),
        flags: Default::default(),
        mri_safety: Default::default(),
        sizes: Vec::new(),
        storage: Vec::new(),
        sterilization_methods: Vec::new(),
        distribution_end: None,
    }
}
