//! The codes under the scratch fields of a lot's labels, from the file that `theriac catalog scratch-codes` wrote.

use std::collections::HashMap;
use std::path::Path;

use theriac_core::document::LotDocument;
use theriac_core::scratch::{CodeList, ScratchCode};
use theriac_core::serials::CompactSerial;
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::files;

/// The codes of units that are to be labelled.
#[derive(Debug)]
pub(super) struct Codes(HashMap<CompactSerial, ScratchCode>);

impl Codes {
    /// Reads the codes, and refuses those of other units. Of the first and the last unit the tag key is derived and compared with
    /// the lot's: to do so for all would take a core 22 minutes per 10,000.
    pub(super) fn read(file: &Path, lot: &LotDocument, serials: &[CompactSerial]) -> Result<Self, Failure> {
        let list = CodeList::read(files::open(file)?).map_err(|error| Failure::of(&error).at(file))?;
        let codes = Self(list.into_rows().into_iter().collect());
        for serial in serials {
            codes.of(serial)?;
        }
        for serial in [serials.first(), serials.last()].into_iter().flatten() {
            let leaf = lot.index_of(serial.as_str()).and_then(|index| lot.leaf(index));
            let tag_key = leaf.map(|leaf| leaf.tag_key).unwrap_or_default();
            let item = lot.details().id().item(serial.as_str());
            if codes.0[serial].key_of_tag(item, tag_key).is_none() {
                return Err(Failure::user(
                    "OtherCodes",
                    format!("the code of `{serial}` in {} is not that of the registered unit", file.display()),
                    "nothing was printed: give the codes that were made for this very lot",
                ));
            }
        }
        Ok(codes)
    }

    /// The code of a unit as it is printed.
    pub(super) fn of(&self, serial: &CompactSerial) -> Result<Zeroizing<String>, Failure> {
        self.0.get(serial).map(ScratchCode::reveal).ok_or_else(|| {
            Failure::user(
                "NoCode",
                format!("there is no scratch code for `{serial}`"),
                "nothing was printed: give the codes of the whole lot, or choose units with --indices or --serials",
            )
        })
    }
}
