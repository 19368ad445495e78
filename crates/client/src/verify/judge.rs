//! From facts to a verdict. Nothing is asked here, so every rule can be tested by itself.

use theriac_core::document::Subject;

use super::words::{
    alarm_evidence, alarm_text, call, claim_text, custody_text, different, document, is_harmless, iso, recall_evidence,
    recall_text, scan_text, until,
};
use super::{
    Check, Evidence, Fact, Facts, LabelProblem, Level, ModelFact, Named, Reason, RegisteredLot, Resolution, Verdict,
    Verification,
};
use crate::roles::Roles;

/// The verdict that follows from the facts: the worst of its reasons.
pub fn judge(facts: &Facts) -> Verification {
    let mut bench = Bench { facts, reasons: Vec::new() };
    bench.chain();
    bench.label();
    bench.model();
    bench.maker();
    bench.lot();
    bench.dates();
    bench.expiry();
    bench.unit();
    bench.certificate();
    bench.recall();
    bench.custody();
    bench.twin();
    bench.tag();
    bench.service();
    bench.scans();
    bench.require_every_check();
    bench.close()
}

struct Bench<'a> {
    facts: &'a Facts,
    reasons: Vec<Reason>,
}

impl Bench<'_> {
    fn say(&mut self, check: Check, level: Level, text: impl Into<String>, evidence: Vec<Evidence>) {
        self.reasons.push(Reason { check, level, text: text.into(), evidence });
    }

    /// The answer to a question, if there is one; that there is none because nobody answered is itself a reason.
    fn heard<'f, T>(&mut self, check: Check, fact: &'f Fact<T>, what: &str) -> Option<&'f T> {
        if let Fact::Unreachable(why) = fact {
            self.say(check, Level::Unknown, format!("{what}: {why}"), Vec::new());
        }
        fact.known()
    }

    fn chain(&mut self) {
        let Some(block) = self.heard(Check::Chain, &self.facts.block, "the chain could not be asked") else { return };
        let text = format!("asked at block {} of {}", block.number, iso(block.timestamp));
        self.say(Check::Chain, Level::Good, text, Vec::new());
    }

    fn label(&mut self) {
        let label = &self.facts.label;
        let evidence = label.symbols.iter().map(|text| Evidence::Symbol { text: text.clone() }).collect();
        let (level, text) = match (&label.problem, &label.named) {
            (Some(problem @ LabelProblem::Contradiction(_)), _) => (Level::DoNotUse, problem.to_string()),
            (Some(problem), _) => (Level::Unknown, problem.to_string()),
            (None, Named::Nothing) => (Level::Unknown, "nothing was read".to_owned()),
            (None, Named::Udi(udi)) => match udi.to_label_text() {
                Ok(text) => (Level::Good, format!("the label says {text}")),
                Err(_) => (Level::Good, format!("the label names {}", udi.di)),
            },
            (None, Named::Item(id)) => (Level::Note, format!("no label was read; the unit is given by its id {id}")),
            (None, Named::Lot(id)) => (Level::Note, format!("no label was read; the lot is given by its id {id}")),
        };
        self.say(Check::Label, level, text, evidence);
    }

    fn model(&mut self) {
        let Some(model) = self.heard(Check::Model, &self.facts.model, "the catalogue could not be asked") else {
            return;
        };
        let mut evidence: Vec<_> =
            self.facts.model_id.iter().map(|id| call(format!("Catalog.modelOf({id})"))).collect();
        let (level, text) = match model {
            ModelFact::Struck => (Level::DoNotUse, "a regulator struck this model from the catalogue".to_owned()),
            ModelFact::NotFound { unread: 0 } => {
                (Level::Unknown, "no approved model has this device identifier: nobody here vouches for it".to_owned())
            }
            ModelFact::NotFound { unread } => (
                Level::Unknown,
                format!(
                    "no approved model is registered under this device identifier; it may be another identifier of one \
                     of {unread} models whose documents the store does not have"
                ),
            ),
            ModelFact::Ambiguous(models) => {
                let ids: Vec<_> = models.iter().map(ToString::to_string).collect();
                (Level::Unknown, format!("the documents of several models name this identifier: {}", ids.join(", ")))
            }
            ModelFact::Approved { resolution: Resolution::Primary, .. } => {
                (Level::Good, "the model is approved".to_owned())
            }
            ModelFact::Approved { resolution: Resolution::CheckDigit(di), .. } => {
                (Level::Good, format!("the model is approved, as {di}: its labeler listed the check character too"))
            }
            ModelFact::Approved { resolution: Resolution::Document { primary, kind, document }, .. } => {
                evidence.push(Evidence::Document { address: *document });
                (
                    Level::Good,
                    format!("the model is approved, as {primary}: this is another identifier of it ({kind:?})"),
                )
            }
        };
        self.say(Check::Model, level, text, evidence);
    }

    fn maker(&mut self) {
        let Some(maker) = self.heard(Check::Maker, &self.facts.maker, "the maker could not be looked up") else {
            return;
        };
        let account = self.facts.maker_account().unwrap_or_default();
        let evidence = vec![call(format!("Participants.participantOf({account})"))];
        let organisation = maker.organisation;
        let (level, text) = if !maker.is_enrolled() {
            (Level::Caution, format!("the maker {account} was never enrolled"))
        } else if maker.suspended {
            (Level::Caution, format!("the maker {account} is suspended"))
        } else if !maker.is_active_at(self.facts.clock) {
            (Level::Caution, format!("the enrolment of the maker {account} is not in force now"))
        } else if !maker.roles.intersects(Roles::MANUFACTURER) {
            (Level::Caution, format!("the maker {account} is no longer enrolled as a manufacturer"))
        } else {
            (Level::Good, format!("made by {account}, an active manufacturer (organisation commitment {organisation})"))
        };
        self.say(Check::Maker, level, text, evidence);
    }

    fn lot(&mut self) {
        let label_lot = match &self.facts.label.named {
            Named::Udi(udi) => udi.lot.is_some(),
            _ => true,
        };
        if self.facts.lot_id.is_none() && self.facts.maker_account().is_some() {
            return self.say(
                Check::Lot,
                Level::Caution,
                "the code names only the model: scan one with lot or serial",
                vec![],
            );
        }
        let Some(lot) = self.heard(Check::Lot, &self.facts.lot, "the lot could not be looked up") else { return };
        let evidence = self.facts.lot_id.iter().map(|id| call(format!("Catalog.lotOf({id})"))).collect();
        let Some(lot) = lot else {
            // The id of a lot follows from that of its model: without the model, nothing was looked up.
            if self.facts.maker_account().is_none() {
                if !matches!(self.facts.label.named, Named::Udi(_)) {
                    self.say(Check::Lot, Level::Unknown, "no lot with this id is registered on this chain", evidence);
                }
                return;
            }
            let (level, text) = match label_lot {
                true => (Level::DoNotUse, "the maker registered no such lot"),
                false => (Level::Unknown, "the code has a serial but no lot: scan the code that has both"),
            };
            return self.say(Check::Lot, level, text, evidence);
        };
        let Some(counts) = self.heard(Check::Lot, &self.facts.lot_counts, "the lot's standing could not be asked")
        else {
            return;
        };
        let (level, text) = match (lot.struck, counts) {
            (true, _) => (Level::DoNotUse, "a regulator struck this lot".to_owned()),
            (false, false) => (Level::DoNotUse, "the lot's model was struck after the lot was registered".to_owned()),
            (false, true) => (Level::Good, format!("the lot is registered; units: {}", lot.count)),
        };
        self.say(Check::Lot, level, text, evidence);
    }

    /// What the label says of dates against what the maker registered: whoever sells old ware under a new label changes them.
    fn dates(&mut self) {
        let Some(Some(lot)) = self.facts.lot.known() else { return };
        let evidence: Vec<_> = self.facts.lot_id.iter().map(|id| call(format!("Catalog.lotOf({id})"))).collect();
        let Named::Udi(udi) = &self.facts.label.named else {
            return self.say(Check::Dates, Level::Note, "no label was read, so its dates were not compared", evidence);
        };
        let wrong = [different("expires", udi.expires, lot.expires_at), different("was made", udi.made, lot.made_at)];
        let wrong: Vec<_> = wrong.into_iter().flatten().collect();
        if !wrong.is_empty() {
            return self.say(Check::Dates, Level::DoNotUse, wrong.join("; "), evidence);
        }
        let text = match (udi.expires, udi.made) {
            (None, None) => "the label has no dates to compare",
            _ => "the dates on the label are those of the lot",
        };
        let level = if udi.expires.is_none() && udi.made.is_none() { Level::Note } else { Level::Good };
        self.say(Check::Dates, level, text, evidence);
    }

    fn expiry(&mut self) {
        let of_label = match &self.facts.label.named {
            Named::Udi(udi) => udi.expiry_at().and_then(|last| u64::try_from(last).ok()),
            _ => None,
        };
        let lot = self.facts.lot.known().and_then(Option::as_ref);
        let of_lot = lot.map(|lot| lot.expires_at).filter(|last| *last != 0);
        let evidence = match (of_lot, self.facts.lot_id) {
            (Some(_), Some(id)) => vec![call(format!("Catalog.lotOf({id})"))],
            _ => Vec::new(),
        };
        let clock = self.facts.clock;
        if let Some(last) = [of_lot, of_label].into_iter().flatten().filter(|last| clock > *last).min() {
            return self.say(Check::Expiry, Level::DoNotUse, format!("expired: last use {}", iso(last)), evidence);
        }
        match (lot, of_lot) {
            (Some(_), Some(last)) => {
                self.say(Check::Expiry, Level::Good, format!("not expired: last use {}", iso(last)), evidence);
            }
            (Some(_), None) => self.say(Check::Expiry, Level::Good, "the lot does not expire", evidence),
            (None, _) => {}
        }
    }

    fn unit(&mut self) {
        let counts = self.facts.lot_counts.known() == Some(&true);
        if counts && self.facts.is_package() {
            let text = "this is the label of a package: lot genuine, unit not identified";
            return self.say(Check::Unit, Level::Caution, text, Vec::new());
        }
        if counts && self.facts.item_id.is_none() {
            let text = "the label has no serial: lot genuine, unit not identified";
            return self.say(Check::Unit, Level::Caution, text, Vec::new());
        }
        let lot = self.facts.lot.known().and_then(Option::as_ref);
        let what = "whether the unit is in the lot could not be found out";
        let Some(unit) = self.heard(Check::Unit, &self.facts.unit, what) else { return };
        let mut evidence: Vec<_> = lot.and_then(|lot| document(&lot.document)).into_iter().collect();
        let Some(unit) = unit else {
            let text = "forged: the lot has no unit with this serial";
            return self.say(Check::Unit, Level::DoNotUse, text, evidence);
        };
        let item = self.facts.item_id.map(|id| id.to_string()).unwrap_or_default();
        evidence.push(call(format!("Catalog.contains({item}, {}, …)", unit.membership.index)));
        match unit.contained {
            true => {
                let text = format!(
                    "the serial is unit {} of the lot, proven against the root on chain",
                    unit.membership.index
                );
                self.say(Check::Unit, Level::Good, text, evidence);
            }
            false => self.say(Check::Unit, Level::DoNotUse, "the catalogue does not accept the unit's proof", evidence),
        }
    }

    /// The narrowest certificate decides: that of the unit before that of the lot before that of the model.
    fn certificate(&mut self) {
        let what = "the maker's certificates could not be asked for";
        let Some(certificates) = self.heard(Check::Certificate, &self.facts.certificates, what) else { return };
        let Some(certificate) = certificates.first() else {
            let text = "the maker has issued no certificate of authenticity for it";
            return self.say(Check::Certificate, Level::Caution, text, Vec::new());
        };
        let (of, word) = match certificate.subject {
            Subject::Item(_) => ("unit", certificate.subject.word()),
            Subject::Lot(_) => ("lot", certificate.subject.word()),
            _ => ("model", certificate.subject.word()),
        };
        let issuer = self.facts.maker_account().unwrap_or_default();
        let mut evidence = vec![call(format!("Anchors.certificateOf({word}, authenticity, {issuer})"))];
        evidence.extend(document(&certificate.state.document));
        let state = &certificate.state;
        let (level, text) = if state.revoked_at != 0 {
            let level = if is_harmless(state.reason) { Level::Caution } else { Level::DoNotUse };
            (
                level,
                format!(
                    "the maker revoked its certificate of the {of} on {} ({})",
                    iso(state.revoked_at),
                    state.reason
                ),
            )
        } else if self.facts.clock > state.valid_until {
            (Level::Caution, format!("the maker's certificate of the {of} ended on {}", iso(state.valid_until)))
        } else if self.facts.clock < state.valid_from {
            (Level::Caution, format!("the maker's certificate of the {of} begins on {}", iso(state.valid_from)))
        } else {
            (Level::Good, format!("the maker's certificate of the {of} is valid {}", until(state.valid_until)))
        };
        self.say(Check::Certificate, level, text, evidence);
    }

    fn recall(&mut self) {
        let Some(recalls) = self.heard(Check::Recall, &self.facts.recalls, "recalls could not be asked for") else {
            return;
        };
        for recall in &recalls.told {
            self.say(Check::Recall, Level::DoNotUse, recall_text(recall), recall_evidence(recall));
        }
        let told = recalls.told.len() as u64;
        if recalls.open > told {
            let text = format!("recalled: {} open, whose notices could not be found", recalls.open - told);
            self.say(Check::Recall, Level::DoNotUse, text, self.recall_calls());
        } else if told == 0 {
            self.say(Check::Recall, Level::Good, "no recall is open", self.recall_calls());
        }
    }

    /// The views that count open recalls.
    fn recall_calls(&self) -> Vec<Evidence> {
        let Facts { model_id, lot_id, item_id, .. } = self.facts;
        let subjects = [model_id.map(Subject::Model), lot_id.map(Subject::Lot), item_id.map(Subject::Item)];
        subjects
            .into_iter()
            .flatten()
            .map(|subject| call(format!("Custody.openRecallsOf({})", subject.word())))
            .collect()
    }

    fn custody(&mut self) {
        let Some(holding) = self.heard(Check::Custody, &self.facts.holding, "custody could not be asked") else {
            return;
        };
        let evidence =
            || self.facts.item_id.iter().map(|id| call(format!("Custody.holdingOf({id})"))).collect::<Vec<_>>();
        let stops = [
            (holding.quarantines > 0, "it is in quarantine"),
            (holding.losses > 0, "it was reported lost or stolen"),
            (holding.decommissioned, "its life has ended: it was decommissioned"),
        ];
        for (_, text) in stops.iter().filter(|(stopped, _)| *stopped) {
            self.say(Check::Custody, Level::DoNotUse, *text, evidence());
        }
        let (level, text) = custody_text(holding, self.facts.maker_account());
        self.say(Check::Custody, level, text, evidence());
    }

    fn twin(&mut self) {
        let Some(owner) = self.heard(Check::Twin, &self.facts.owner, "the twin's owner could not be asked") else {
            return;
        };
        let evidence = self.facts.item_id.iter().map(|id| call(format!("Devices.ownerOf({id})"))).collect();
        match owner {
            Some(owner) => self.say(Check::Twin, Level::Good, format!("its twin is owned by {owner}"), evidence),
            None => self.say(Check::Twin, Level::Note, "no twin was minted", evidence),
        }
    }

    fn tag(&mut self) {
        let Some(Some(unit)) = self.facts.unit.known() else { return };
        if unit.membership.tag_key.is_zero() {
            let text = "maker proven, uniqueness not proven: the unit has no tag, and a label can be copied";
            return self.say(Check::Tag, Level::Note, text, Vec::new());
        }
        let Some(claim) = self.heard(Check::Tag, &self.facts.claim, "claims of the tag could not be asked for") else {
            return;
        };
        let evidence: Vec<_> = self.facts.item_id.iter().map(|id| call(format!("Devices.claimOf({id})"))).collect();
        let Some(claim) = claim else {
            let text = "nobody has claimed its tag: maker proven, uniqueness proven only by scratching and claiming it, \
                        or by the chip";
            return self.say(Check::Tag, Level::Note, text, evidence);
        };
        let Some(alarm) = self.heard(Check::Tag, &self.facts.alarm, "alarms about the tag could not be asked for")
        else {
            return;
        };
        match alarm {
            Some(alarm) => {
                self.say(Check::Tag, Level::DoNotUse, alarm_text(claim, alarm), vec![alarm_evidence(alarm)]);
            }
            None => {
                let own = self.facts.verifier == Some(claim.claimer);
                let (level, text) = claim_text(claim, own);
                self.say(Check::Tag, level, text, evidence);
            }
        }
    }

    fn service(&mut self) {
        let Some(known) = self.heard(Check::Service, &self.facts.service, "its service dates could not be asked")
        else {
            return;
        };
        for (what, due) in [("maintenance", known.maintenance_due), ("calibration", known.calibration_due)] {
            let Some(due) = due else { continue };
            let evidence = self.facts.item_id.iter().map(|id| call(format!("MdsProfiles.serviceOf({id})"))).collect();
            let (level, text) = match due < self.facts.clock {
                true => (Level::Caution, format!("its {what} was due by {}: have it serviced before use", iso(due))),
                false => (Level::Good, format!("its next {what} is due by {}", iso(due))),
            };
            self.say(Check::Service, level, text, evidence);
        }
    }

    fn scans(&mut self) {
        let Some(known) = self.heard(Check::Scans, &self.facts.scans, "the scans could not be read") else { return };
        if known.findings.is_empty() {
            let text = format!("scans kept of it, this one included: {}; nothing is strange about them", known.scans);
            self.say(Check::Scans, Level::Note, text, Vec::new());
        }
        for finding in &known.findings {
            self.say(Check::Scans, Level::Caution, scan_text(finding), Vec::new());
        }
    }

    /// A check that was not made is not a check that was passed.
    fn require_every_check(&mut self) {
        if self.verdict() != Verdict::Genuine {
            return;
        }
        for check in Check::REQUIRED {
            if !self.reasons.iter().any(|reason| reason.check == check) {
                self.say(check, Level::Unknown, "this was not checked", Vec::new());
            }
        }
    }

    fn verdict(&self) -> Verdict {
        // Without any reason there is nothing to rely on.
        self.reasons.iter().map(|reason| reason.level.verdict()).max().unwrap_or(Verdict::Unknown)
    }

    fn close(mut self) -> Verification {
        let verdict = self.verdict();
        // Stable: among equals the order of the checks stays.
        self.reasons.sort_by_key(|reason| std::cmp::Reverse(reason.level.verdict()));
        let facts = self.facts;
        Verification {
            verdict,
            reasons: self.reasons,
            label: facts.label.clone(),
            model_id: facts.model_id,
            lot_id: facts.lot_id,
            item_id: facts.item_id,
            maker: facts.maker_account(),
            product: facts.product.clone(),
            lot: facts.lot.known().and_then(Option::as_ref).map(RegisteredLot::from),
            recalls: facts.recalls.known().map(|recalls| recalls.told.clone()).unwrap_or_default(),
            holder: facts.holding.known().and_then(|holding| holding.holder),
            owner: facts.owner.known().copied().flatten(),
            offers: facts.offers.known().cloned(),
            block: facts.block.known().copied(),
        }
    }
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
