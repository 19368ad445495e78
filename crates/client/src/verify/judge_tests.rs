use alloy::primitives::{Address, B256, FixedBytes};
use proptest::prelude::*;
use theriac_core::document::IdentifierType;
use theriac_core::scans::Finding;
use theriac_core::udi::{Di, Udi};

use super::*;
use crate::rooms::{CertificateState, Claim, Holding, Lot, Model, Participant, Service};
use crate::types::{Content, Membership, Product, RecallClass, RecallScope, RevocationReason};
use crate::verify::{Block, CertificateFact, CloneAlarm, Label, OpenRecall, Recalls, ScanFact, UnitFact};

const NOW: u64 = 1_790_000_000;
/// The last second of 2027-12-31.
const LAST: u64 = 1_830_297_599;
const MAKER: Address = Address::repeat_byte(0xaa);
const HOSPITAL: Address = Address::repeat_byte(0xbb);
const THIEF: Address = Address::repeat_byte(0xcc);

fn udi(text: &str) -> Label {
    Label::from_text(text, 2026).unwrap()
}

fn participant() -> Participant {
    Participant {
        roles: Roles::MANUFACTURER,
        valid_from: 1,
        valid_until: u64::MAX,
        suspended: false,
        organisation: B256::repeat_byte(1),
        credential: B256::repeat_byte(2),
        encryption_key: B256::ZERO,
    }
}

fn registered() -> Lot {
    Lot {
        root: B256::repeat_byte(3),
        document: Content::raw(B256::repeat_byte(4)),
        model: udi_model(),
        count: 3,
        made_at: 0,
        expires_at: LAST,
        registered_at: 1,
        generation: 0,
        struck: false,
    }
}

fn udi_model() -> theriac_core::ids::ModelId {
    Udi::parse("(01)09506000134352", 2026).unwrap().model_id()
}

fn state() -> CertificateState {
    CertificateState {
        document: Content::raw(B256::repeat_byte(5)),
        issued_at: 1,
        valid_from: 1,
        valid_until: NOW + 1,
        revoked_at: 0,
        reason: RevocationReason::Unspecified,
    }
}

fn holding() -> Holding {
    Holding {
        holder: Some(HOSPITAL),
        addressee: None,
        came_from_tag: FixedBytes::ZERO,
        recalls: 0,
        quarantines: 0,
        losses: 0,
        decommissioned: false,
    }
}

fn approved(resolution: Resolution) -> Fact<ModelFact> {
    let model = Model { manufacturer: MAKER, approved_at: 1, generation: 0, product: Product::Device, number: 1 };
    Fact::Known(ModelFact::Approved { model, resolution })
}

fn unit(tag_key: Address) -> Fact<Option<UnitFact>> {
    Fact::Known(Some(UnitFact { membership: Membership { index: 1, tag_key, proof: Vec::new() }, contained: true }))
}

/// A unit with a tag that nobody claimed, and all else as it should be.
fn genuine() -> Facts {
    let mut facts = Facts::offline(udi("(01)09506000134352(17)271231(10)A1(21)S1"), NOW, None);
    facts.block = Fact::Known(Block { number: 7, timestamp: NOW });
    facts.model = approved(Resolution::Primary);
    facts.maker = Fact::Known(participant());
    facts.lot = Fact::Known(Some(registered()));
    facts.lot_counts = Fact::Known(true);
    facts.unit = unit(Address::repeat_byte(9));
    facts.certificates =
        Fact::Known(vec![CertificateFact { subject: Subject::Lot(facts.lot_id.unwrap()), state: state() }]);
    facts.recalls = Fact::Known(Recalls::default());
    facts.holding = Fact::Known(holding());
    facts.owner = Fact::Known(Some(HOSPITAL));
    facts.claim = Fact::Known(None);
    facts.alarm = Fact::NotAsked;
    facts
}

/// Judges the genuine unit after a change, and gives the verdict with the worst reason.
fn with(change: impl FnOnce(&mut Facts)) -> (Verdict, Reason) {
    let mut facts = genuine();
    change(&mut facts);
    let judged = judge(&facts);
    (judged.verdict, judged.reasons[0].clone())
}

#[track_caller]
fn expect(verdict: Verdict, check: Check, words: &str, change: impl FnOnce(&mut Facts)) {
    let (found, reason) = with(change);
    assert_eq!((found, reason.check), (verdict, check), "{}", reason.text);
    assert!(reason.text.contains(words), "`{}` does not say `{words}`", reason.text);
}

fn lot(facts: &mut Facts, change: impl FnOnce(&mut Lot)) {
    let mut lot = registered();
    change(&mut lot);
    facts.lot = Fact::Known(Some(lot));
}

fn hold(facts: &mut Facts, change: impl FnOnce(&mut Holding)) {
    let mut known = holding();
    change(&mut known);
    facts.holding = Fact::Known(known);
}

fn certificate(facts: &mut Facts, change: impl FnOnce(&mut CertificateState)) {
    let mut known = state();
    change(&mut known);
    facts.certificates = Fact::Known(vec![CertificateFact { subject: Subject::Model(udi_model()), state: known }]);
}

fn claimed(facts: &mut Facts, alarm: Option<CloneAlarm>) {
    facts.claim = Fact::Known(Some(Claim { claimer: HOSPITAL, claimed_at: NOW - 5 }));
    facts.alarm = Fact::Known(alarm);
}

#[test]
fn a_genuine_unit_is_genuine_and_every_check_was_made() {
    let judged = judge(&genuine());
    assert_eq!(judged.verdict, Verdict::Genuine, "{:#?}", judged.reasons);
    for check in Check::REQUIRED {
        assert!(judged.reasons.iter().any(|reason| reason.check == check), "{check:?}");
    }
}

#[test]
fn without_a_tag_uniqueness_is_not_proven() {
    let mut facts = genuine();
    facts.unit = unit(Address::ZERO);
    let judged = judge(&facts);
    assert_eq!(judged.verdict, Verdict::Genuine);
    let tag = judged.reasons.iter().find(|reason| reason.check == Check::Tag).unwrap();
    assert_eq!(tag.level, Level::Note);
    assert!(tag.text.starts_with("maker proven, uniqueness not proven"));
}

#[test]
fn what_stands_on_the_label() {
    use Verdict::{DoNotUse, Genuine, Unknown};
    expect(DoNotUse, Check::Label, "contradict", |facts| {
        facts.label.problem = Some(LabelProblem::Contradiction("serial S1 and S2".into()));
    });
    expect(Unknown, Check::Label, "photograph the one", |facts| {
        facts.label.problem = Some(LabelProblem::Several("serial S1 and S2".into()));
    });
    expect(DoNotUse, Check::Dates, "expires on 2028-12-31", |facts| {
        facts.label = udi("(01)09506000134352(17)281231(10)A1(21)S1");
    });
    expect(DoNotUse, Check::Dates, "the lot does not expire", |facts| lot(facts, |lot| lot.expires_at = 0));
    expect(DoNotUse, Check::Dates, "was made on 2026-01-31", |facts| {
        facts.label = udi("(01)09506000134352(11)260131(17)271231(10)A1(21)S1");
        lot(facts, |lot| lot.made_at = 1_700_000_000);
    });
    let (verdict, _) = with(|facts| facts.label = udi("(01)09506000134352(10)A1(21)S1"));
    assert_eq!(verdict, Genuine, "a Digital Link often carries no dates");
}

#[test]
fn model_and_maker() {
    use Verdict::{Caution, DoNotUse, Genuine, Unknown};
    expect(DoNotUse, Check::Model, "struck", |facts| facts.model = Fact::Known(ModelFact::Struck));
    expect(Unknown, Check::Model, "no approved model", |facts| {
        facts.model = Fact::Known(ModelFact::NotFound { unread: 0 });
    });
    expect(Unknown, Check::Model, "one of 4 models", |facts| {
        facts.model = Fact::Known(ModelFact::NotFound { unread: 4 });
    });
    expect(Unknown, Check::Model, "several models", |facts| {
        facts.model = Fact::Known(ModelFact::Ambiguous(vec![udi_model(), udi_model()]));
    });
    let document = theriac_core::content::ContentAddress::of_block(theriac_core::content::Codec::Raw, b"model");
    let named = |kind| Resolution::Document { primary: "1".into(), kind, document };
    let (verdict, _) = with(|facts| facts.model = approved(named(IdentifierType::Secondary)));
    assert_eq!(verdict, Genuine);
    expect(Caution, Check::Unit, "package", |facts| facts.model = approved(named(IdentifierType::Package)));
    let listed = Di::new(theriac_core::ids::Agency::Hibcc, "A999123457").unwrap();
    let (verdict, _) = with(|facts| facts.model = approved(Resolution::CheckDigit(listed)));
    assert_eq!(verdict, Genuine);
    let maker = |change: fn(&mut Participant)| {
        move |facts: &mut Facts| {
            let mut known = participant();
            change(&mut known);
            facts.maker = Fact::Known(known);
        }
    };
    expect(Caution, Check::Maker, "is suspended", maker(|known| known.suspended = true));
    expect(Caution, Check::Maker, "not in force", maker(|known| known.valid_until = NOW - 1));
    expect(Caution, Check::Maker, "no longer enrolled", maker(|known| known.roles = Roles::PROVIDER));
    expect(Caution, Check::Maker, "never enrolled", maker(|known| known.roles = Roles::default()));
}

#[test]
fn lot_and_unit() {
    use Verdict::{Caution, DoNotUse, Unknown};
    expect(DoNotUse, Check::Lot, "no such lot", |facts| facts.lot = Fact::Known(None));
    expect(Unknown, Check::Lot, "a serial but no lot", |facts| {
        facts.label = udi("(01)09506000134352(21)S1");
        facts.lot = Fact::Known(None);
        facts.unit = Fact::NotAsked;
    });
    expect(Caution, Check::Lot, "only the model", |facts| {
        facts.label = udi("(01)09506000134352");
        (facts.lot_id, facts.item_id) = (None, None);
        (facts.lot, facts.unit) = (Fact::NotAsked, Fact::NotAsked);
    });
    expect(DoNotUse, Check::Lot, "struck this lot", |facts| lot(facts, |lot| lot.struck = true));
    expect(DoNotUse, Check::Lot, "after the lot was registered", |facts| facts.lot_counts = Fact::Known(false));
    expect(DoNotUse, Check::Unit, "forged", |facts| facts.unit = Fact::Known(None));
    expect(DoNotUse, Check::Unit, "does not accept", |facts| {
        let membership = Membership { index: 1, tag_key: Address::ZERO, proof: Vec::new() };
        facts.unit = Fact::Known(Some(UnitFact { membership, contained: false }));
    });
    expect(Caution, Check::Unit, "lot genuine, unit not identified", |facts| {
        facts.item_id = None;
        facts.unit = Fact::NotAsked;
    });
}

/// A label with another DI of the model has another lot id, as long as the model is not known.
#[test]
fn a_lot_is_not_missed_before_its_model_is_found() {
    let (verdict, _) = with(|facts| {
        facts.model = Fact::Unreachable("gone".into());
        facts.lot = Fact::Known(None);
    });
    assert_eq!(verdict, Verdict::Unknown);
}

#[test]
fn expiry_counts_to_the_second_and_also_offline() {
    expect(Verdict::DoNotUse, Check::Expiry, "expired: last use 2027-12-31T23:59:59Z", |facts| {
        facts.clock = LAST + 1;
        certificate(facts, |state| state.valid_until = u64::MAX);
    });
    let (verdict, _) = with(|facts| {
        facts.clock = LAST;
        certificate(facts, |state| state.valid_until = u64::MAX);
    });
    assert_eq!(verdict, Verdict::Genuine);
    let offline = Facts::without_chain(udi("(01)09506000134352(17)271231(10)A1(21)S1"), LAST + 1, "no node answers");
    assert_eq!(judge(&offline).verdict, Verdict::DoNotUse);
}

#[test]
fn certificates() {
    use Verdict::{Caution, DoNotUse};
    expect(Caution, Check::Certificate, "no certificate", |facts| facts.certificates = Fact::Known(Vec::new()));
    expect(Caution, Check::Certificate, "ended", |facts| certificate(facts, |state| state.valid_until = NOW - 1));
    expect(Caution, Check::Certificate, "begins", |facts| certificate(facts, |state| state.valid_from = NOW + 1));
    for reason in RevocationReason::ALL {
        let verdict = if is_harmless(*reason) { Caution } else { DoNotUse };
        expect(verdict, Check::Certificate, reason.as_str(), |facts| {
            certificate(facts, |state| (state.revoked_at, state.reason) = (NOW - 1, *reason));
        });
    }
}

#[test]
fn recalls_are_told_with_their_notice_or_without() {
    expect(Verdict::DoNotUse, Check::Recall, "notices could not be found", |facts| {
        facts.recalls = Fact::Known(Recalls { open: 1, told: Vec::new() });
    });
    expect(Verdict::DoNotUse, Check::Recall, "recall 4, class II, of the lot", |facts| {
        let recall = OpenRecall {
            id: 4,
            class: RecallClass::II,
            scope: RecallScope::Lot,
            issuer: MAKER,
            opened_at: NOW,
            document: Content::raw(B256::repeat_byte(6)).address().ok(),
            notice: None,
            block: Some(9),
            transaction: None,
        };
        facts.recalls = Fact::Known(Recalls { open: 1, told: vec![recall] });
    });
}

#[test]
fn custody_stops_and_stages() {
    use Verdict::{DoNotUse, Genuine};
    expect(DoNotUse, Check::Custody, "quarantine", |facts| hold(facts, |holding| holding.quarantines = 1));
    expect(DoNotUse, Check::Custody, "lost or stolen", |facts| hold(facts, |holding| holding.losses = 1));
    expect(DoNotUse, Check::Custody, "decommissioned", |facts| hold(facts, |holding| holding.decommissioned = true));
    let says = |change: fn(&mut Holding), words: &str| {
        let mut facts = genuine();
        hold(&mut facts, change);
        let judged = judge(&facts);
        assert_eq!(judged.verdict, Genuine);
        assert!(judged.reasons.iter().any(|reason| reason.check == Check::Custody && reason.text.contains(words)));
    };
    says(|holding| holding.holder = None, "not commissioned");
    says(|holding| holding.holder = Some(MAKER), "its maker");
    says(|holding| holding.addressee = Some(THIEF), "under way");
    says(|_| (), "held by");
}

#[test]
fn a_claimed_tag_warns_all_but_its_claimer() {
    expect(Verdict::Caution, Check::Tag, "this is a copy", |facts| claimed(facts, None));
    let (verdict, _) = with(|facts| {
        claimed(facts, None);
        facts.verifier = Some(HOSPITAL);
    });
    assert_eq!(verdict, Verdict::Genuine);
    let alarm = CloneAlarm { claimer: THIEF, block: Some(3), transaction: None };
    expect(Verdict::DoNotUse, Check::Tag, "claimed twice", |facts| {
        claimed(facts, Some(alarm));
        facts.verifier = Some(HOSPITAL);
    });
}

#[test]
fn without_a_chain_nothing_is_known() {
    let label = udi("(01)09506000134352(17)271231(10)A1(21)S1");
    let judged = judge(&Facts::without_chain(label, NOW, "no node answers"));
    assert_eq!((judged.verdict, judged.reasons[0].check), (Verdict::Unknown, Check::Chain));
    assert!(judged.reasons[0].text.contains("no node answers"));
}

#[test]
fn scans_that_one_unit_does_not_make_ask_for_care() {
    let scanned = |facts: &mut Facts, findings| facts.scans = Fact::Known(ScanFact { scans: 9, findings });
    let (verdict, reason) = with(|facts| scanned(facts, Vec::new()));
    assert_eq!(verdict, Verdict::Genuine, "{}", reason.text);
    for (finding, words) in [
        (
            Finding::ImpossibleTravel { from_at: NOW, to_at: NOW + 60, kilometres: 6225 },
            "2026-09-21T14:13:20Z and on 2026-09-21T14:14:20Z in places at least 6225 km apart",
        ),
        (Finding::TooManyPlaces { places: 9, days: 30 }, "in 9 places within 30 days"),
        (Finding::TooManyFarMoves { moves: 8, days: 365 }, "moved far 8 times within 365 days"),
        (Finding::TooManyScans { scans: 41, hours: 24 }, "41 times within 24 hours"),
    ] {
        expect(Verdict::Caution, Check::Scans, words, |facts| scanned(facts, vec![finding]));
    }
    expect(Verdict::Unknown, Check::Scans, "could not be read: gone", |facts| {
        facts.scans = Fact::Unreachable("gone".into());
    });
}

#[test]
fn a_unit_whose_service_is_overdue_asks_for_care() {
    let service = |facts: &mut Facts, maintenance: Option<u64>, calibration: Option<u64>| {
        let dates = Service { maintenance_due: maintenance, calibration_due: calibration, ..Service::default() };
        facts.service = Fact::Known(dates);
    };
    expect(Verdict::Caution, Check::Service, "maintenance was due", |facts| service(facts, Some(NOW - 1), Some(NOW)));
    expect(Verdict::Caution, Check::Service, "calibration was due", |facts| service(facts, None, Some(NOW - 1)));
    for (maintenance, calibration) in [(None, None), (Some(NOW), Some(NOW + 1))] {
        assert_eq!(with(|facts| service(facts, maintenance, calibration)).0, Verdict::Genuine);
    }
    expect(Verdict::Unknown, Check::Service, "could not be asked: gone", |facts| {
        facts.service = Fact::Unreachable("gone".into());
    });
    expect(Verdict::DoNotUse, Check::Custody, "quarantine", |facts| {
        service(facts, Some(NOW - 1), None);
        hold(facts, |holding| holding.quarantines = 1);
    });
}

/// What may be missing of a fact.
fn hole<T>(choice: u8, fact: Fact<T>) -> Fact<T> {
    match choice {
        0 => Fact::Unreachable("gone".into()),
        1 => Fact::NotAsked,
        _ => fact,
    }
}

/// The genuine facts with holes: 0 unreachable, 1 not asked, else as it was.
fn holed(holes: [u8; 12]) -> Facts {
    let mut facts = genuine();
    claimed(&mut facts, None);
    facts.verifier = Some(HOSPITAL);
    let [block, model, maker, lot, counts, unit, certificates, recalls, holding, owner, claim, alarm] = holes;
    facts.block = hole(block, facts.block);
    facts.model = hole(model, facts.model);
    facts.maker = hole(maker, facts.maker);
    facts.lot = hole(lot, facts.lot);
    facts.lot_counts = hole(counts, facts.lot_counts);
    facts.unit = hole(unit, facts.unit);
    facts.certificates = hole(certificates, facts.certificates);
    facts.recalls = hole(recalls, facts.recalls);
    facts.holding = hole(holding, facts.holding);
    facts.owner = hole(owner, facts.owner);
    facts.claim = hole(claim, facts.claim);
    facts.alarm = hole(alarm, facts.alarm);
    facts
}

proptest! {
    /// Whatever could not be had: it is never genuine, and never found guilty for that alone.
    #[test]
    fn nothing_is_genuine_for_want_of_an_answer(holes in proptest::array::uniform12(0_u8..5)) {
        let judged = judge(&holed(holes));
        let whole = holes.iter().all(|choice| *choice > 1);
        prop_assert_eq!(judged.verdict == Verdict::Genuine, whole, "{:?}", judged.reasons);
        prop_assert_ne!(judged.verdict, Verdict::DoNotUse);
    }

    /// The worst reason is the verdict, and a finding against the unit stands whatever else could not be had.
    #[test]
    fn the_worst_reason_wins(holes in proptest::array::uniform12(0_u8..5), finding in 0_u8..4) {
        let mut facts = holed(holes);
        match finding {
            0 => facts.recalls = Fact::Known(Recalls { open: 1, told: Vec::new() }),
            1 => hold(&mut facts, |holding| holding.quarantines = 1),
            2 => facts.unit = Fact::Known(None),
            _ => facts.clock = LAST + 1,
        }
        let judged = judge(&facts);
        prop_assert_eq!(judged.verdict, Verdict::DoNotUse);
        let worst = judged.reasons.iter().map(|reason| reason.level.verdict()).max();
        prop_assert_eq!(worst, Some(judged.verdict));
        prop_assert_eq!(judged.reasons[0].level.verdict(), judged.verdict);
    }
}
