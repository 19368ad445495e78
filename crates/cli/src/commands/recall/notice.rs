//! The notice of a recall: from options, from a record of openFDA, or from both, the options first.
//!
//! openFDA publishes recalls of devices at two addresses with different names for the same facts: `/device/recall` and
//! `/device/enforcement`. Older copies write the names with hyphens.

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::civil::Date;
use serde_json::{Map, Value};
use theriac_client::types::RecallClass;
use theriac_core::document::{RecallClass as NoticeClass, RecallNotice, Subject};

use crate::failure::Failure;
use crate::files;

/// Options of the notice.
#[derive(Debug, Args)]
pub(crate) struct NoticeOptions {
    /// How severe (21 CFR 7.3(m)): I, II or III.
    #[arg(long)]
    class: Option<RecallClass>,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// What holders are to do.
    #[arg(long, value_name = "TEXT")]
    action: Option<String>,
    /// The recall number, as Z-1004-04.
    #[arg(long, value_name = "TEXT")]
    number: Option<String>,
    /// The recalling firm; otherwise the account stands for it.
    #[arg(long, value_name = "TEXT")]
    firm: Option<String>,
    /// The day on which the firm began it; otherwise today, UTC.
    #[arg(long, value_name = "DATE")]
    initiated: Option<Date>,
    /// JSON file with one record of openFDA (device recall or enforcement); options go before its fields.
    #[arg(long, value_name = "FILE")]
    openfda: Option<PathBuf>,
}

impl NoticeOptions {
    /// The notice about `subject`, with its class as the chain keeps it.
    pub(super) fn notice(&self, subject: Subject, account: &str) -> Result<(RecallNotice, RecallClass), Failure> {
        let record = match &self.openfda {
            Some(file) => Record::read(file)?,
            None => Record::default(),
        };
        let class = match self.class {
            Some(class) => class,
            None => record.class()?.ok_or_else(|| missing("class", "--class I, II or III"))?,
        };
        let text = |option: &Option<String>, names: &[&str]| option.clone().or_else(|| record.text(names));
        let reason = text(&self.reason, &["reason_for_recall"]).ok_or_else(|| missing("reason", "--reason TEXT"))?;
        let action = text(&self.action, &["action"]).ok_or_else(|| missing("action", "--action TEXT"))?;
        let initiated = match self.initiated {
            Some(day) => Some(day),
            None => record.day(&["event_date_initiated", "recall_initiation_date"])?,
        };
        let notice = RecallNotice {
            class: match class {
                RecallClass::I => NoticeClass::I,
                RecallClass::II => NoticeClass::II,
                RecallClass::III => NoticeClass::III,
            },
            subject,
            firm: text(&self.firm, &["recalling_firm"]).unwrap_or_else(|| account.to_owned()),
            reason,
            action,
            recall_number: text(&self.number, &["product_res_number", "recall_number"]),
            event_number: record.text(&["res_event_number", "event_id"]),
            product_description: record.text(&["product_description"]),
            code_info: record.text(&["code_info"]),
            product_quantity: record.text(&["product_quantity"]),
            distribution_pattern: record.text(&["distribution_pattern"]),
            root_cause: record.text(&["root_cause_description"]),
            initiated: initiated.unwrap_or_else(today),
        };
        Ok((notice, class))
    }
}

/// A record of openFDA: its fields by their names with underscores.
#[derive(Debug, Default)]
struct Record(Map<String, Value>);

impl Record {
    fn read(file: &Path) -> Result<Self, Failure> {
        Self::parse(&files::read_text(file)?).map_err(|failure| failure.at(file))
    }

    /// Reads a record by itself, or the only one of an answer of the API.
    fn parse(text: &str) -> Result<Self, Failure> {
        let wrong = |what: String| Failure::user("NotOpenFda", what, "give a file with one recall of openFDA");
        let Value::Object(mut fields) =
            serde_json::from_str(text).map_err(|error| wrong(format!("this is not JSON: {error}")))?
        else {
            return Err(wrong("this is not a JSON object".to_owned()));
        };
        if let Some(Value::Array(results)) = fields.remove("results") {
            let count = results.len();
            let [Value::Object(only)] = <[Value; 1]>::try_from(results)
                .map_err(|_| wrong(format!("there are {count} recalls in it, not one")))?
            else {
                return Err(wrong("its result is not a JSON object".to_owned()));
            };
            fields = only;
        }
        let record = Self(fields.into_iter().map(|(name, value)| (name.replace('-', "_"), value)).collect());
        match record.text(&["reason_for_recall"]) {
            Some(_) => Ok(record),
            None => Err(wrong("it has no `reason_for_recall`, so it is no recall".to_owned())),
        }
    }

    /// The first of these fields that has text.
    fn text(&self, names: &[&str]) -> Option<String> {
        let texts = names.iter().filter_map(|name| self.0.get(*name)?.as_str()).map(str::trim);
        texts.filter(|text| !text.is_empty()).map(str::to_owned).next()
    }

    /// `2004-03-16`, or `20040316` as the enforcement reports write it.
    fn day(&self, names: &[&str]) -> Result<Option<Date>, Failure> {
        let Some(text) = self.text(names) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| {
            Failure::user("InvalidDate", format!("`{text}` is no date"), "give the day as --initiated 2004-03-16")
        })
    }

    /// `Class II`.
    fn class(&self) -> Result<Option<RecallClass>, Failure> {
        let Some(text) = self.text(&["classification"]) else { return Ok(None) };
        let class = text.strip_prefix("Class ").unwrap_or(&text);
        class.parse().map(Some).map_err(|_| {
            Failure::user("InvalidClass", format!("its classification is `{text}`"), "give --class I, II or III")
        })
    }
}

fn missing(what: &str, option: &str) -> Failure {
    Failure::user("MissingFact", format!("the notice has no {what}"), format!("give {option}"))
}

fn today() -> Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    use theriac_core::ids::{Agency, ModelId};

    use super::*;

    const RECALL: &str = r#"{"meta": {"last_updated": "2026-01-01"}, "results": [{
        "event_date_initiated": "2004-03-16", "product_res_number": "Z-1004-04", "res_event_number": "28677",
        "recalling_firm": "Example Inc.", "reason_for_recall": "Hole oriented wrongly.", "action": "Return them.",
        "code_info": "Lot # 20118000.", "product_quantity": "33 units"}]}"#;

    fn options(file: Option<PathBuf>) -> NoticeOptions {
        NoticeOptions {
            class: Some(RecallClass::II),
            reason: None,
            action: None,
            number: None,
            firm: None,
            initiated: None,
            openfda: file,
        }
    }

    fn subject() -> Subject {
        Subject::Lot(ModelId::new(Agency::Gs1, "09506000134352").lot("20118000"))
    }

    #[test]
    fn the_facts_of_openfda_become_the_notice_and_options_go_first() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("recall.json");
        std::fs::write(&file, RECALL).unwrap();
        let options = NoticeOptions { action: Some("Quarantine them.".into()), ..options(Some(file)) };
        let (notice, class) = options.notice(subject(), "0x12").unwrap();
        assert_eq!((notice.class, class), (NoticeClass::II, RecallClass::II));
        assert_eq!((notice.firm.as_str(), notice.action.as_str()), ("Example Inc.", "Quarantine them."));
        assert_eq!(notice.recall_number.as_deref(), Some("Z-1004-04"));
        assert_eq!(notice.initiated.to_string(), "2004-03-16");
    }

    #[test]
    fn an_enforcement_report_has_other_names() {
        let text = r#"{"reason-for-recall": "x", "classification": "Class III", "recall_initiation_date": "20040316"}"#;
        let record = Record::parse(text).unwrap();
        assert_eq!(record.class().unwrap(), Some(RecallClass::III));
        assert_eq!(record.day(&["recall_initiation_date"]).unwrap().unwrap().to_string(), "2004-03-16");
    }

    #[test]
    fn a_notice_without_its_facts_is_refused_with_what_to_give() {
        let failure = options(None).notice(subject(), "0x12").unwrap_err();
        assert_eq!((failure.code.as_str(), failure.help.as_str()), ("MissingFact", "give --reason TEXT"));
        for text in ["[]", "{", "{}", r#"{"results": []}"#, r#"{"results": [1]}"#, r#"{"results": [{}, {}]}"#] {
            assert_eq!(Record::parse(text).unwrap_err().code, "NotOpenFda", "{text}");
        }
    }

    #[test]
    fn a_real_recall_of_openfda_is_read() {
        let Some(folder) = std::env::var_os("THERIAC_DATA") else {
            eprintln!("skipped: THERIAC_DATA is not set");
            return;
        };
        let file = PathBuf::from(folder).join("recall/one-recall.json");
        let options = NoticeOptions { action: Some("Return them.".into()), ..options(Some(file)) };
        let (notice, _) = options.notice(subject(), "0x12").unwrap();
        assert!(notice.firm.starts_with("Zimmer Inc."), "{}", notice.firm);
        assert_eq!(notice.code_info.as_deref(), Some("Lot # 20118000."));
        assert!(notice.reason.contains("180 degrees"), "{}", notice.reason);
    }
}
