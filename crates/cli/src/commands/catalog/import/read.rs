//! The thread that reads the file.

use std::ops::ControlFlow;

use theriac_core::document::ModelDocument;
use theriac_core::gudid::{self, GudidDevice, RefusedIdentifier, RefusedRecord};
use tokio::sync::mpsc;

use super::Import;
use crate::failure::Failure;

/// Records that wait between the reader and what comes behind it: enough that neither waits for each single one.
const WAITING: usize = 64;

/// What the reader met.
#[derive(Debug)]
pub(super) enum Met {
    /// A record to import.
    Good(Box<Good>),
    /// A record of another company.
    Filtered,
    /// A record that cannot be imported.
    Refused(RefusedRecord),
    /// Something is wrong with the file as a whole.
    Fault(String),
}

/// A record to import.
#[derive(Debug)]
pub(super) struct Good {
    /// Its place among the records, counted from 1.
    pub(super) record: u64,
    pub(super) document: ModelDocument,
    pub(super) left_out: Vec<RefusedIdentifier>,
}

/// Begins to read; the records come through the channel, in their order.
pub(super) fn start(options: &Import) -> Result<mpsc::Receiver<Met>, Failure> {
    let source = gudid::open(&options.file).map_err(|error| Failure::of(&error).at(&options.file))?;
    let company = options.manufacturer_name.as_ref().map(|name| name.to_lowercase());
    let (sender, receiver) = mpsc::channel(WAITING);
    tokio::task::spawn_blocking(move || {
        let mut record = 0;
        let read = source.read(|found| {
            record += 1;
            // The receiver is gone when the import has failed elsewhere, which is told there.
            match sender.blocking_send(Met::of(found, record, company.as_deref())) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            }
        });
        let fault = match read {
            Ok(summary) if summary.truncated => {
                Some("it ends before its last closing tag, so records are missing: download it again".to_owned())
            }
            Ok(_) => None,
            Err(error) => Some(error.to_string()),
        };
        if let Some(fault) = fault {
            let _ = sender.blocking_send(Met::Fault(fault));
        }
    });
    Ok(receiver)
}

impl Met {
    fn of(found: Result<GudidDevice, RefusedRecord>, record: u64, company: Option<&str>) -> Self {
        match found {
            Ok(device) if company.is_some_and(|company| !device.company.to_lowercase().contains(company)) => {
                Self::Filtered
            }
            Ok(device) => {
                let document = ModelDocument::from(&device);
                Self::Good(Box::new(Good { record, document, left_out: device.left_out }))
            }
            Err(refused) => Self::Refused(refused),
        }
    }
}
