//! What one label says.

use theriac_core::ids::Agency;
use theriac_core::label::Label;
use theriac_core::udi::Udi;

use crate::commands::udi::unwritable;
use crate::failure::Failure;

/// What all labels of one command have in common.
#[derive(Clone, Debug)]
pub(super) struct Wording {
    /// Name of the product; the device identifier where there is none.
    pub(super) title: Option<String>,
    /// Name and place of the maker.
    pub(super) maker: Option<String>,
    /// Where the QR symbol leads.
    pub(super) resolver: String,
    /// The year that two-digit years are read by.
    pub(super) year: i16,
}

impl Wording {
    /// The label of a UDI.
    pub(super) fn label(&self, udi: Udi) -> Result<Label, Failure> {
        let elements = udi.to_elements().map_err(|error| match udi.di.agency() {
            Agency::Gs1 => unwritable(&error),
            _ => no_symbols(&udi),
        })?;
        self.read_back(&udi)?;
        let link = udi.to_digital_link(&self.resolver).map_err(|error| unwritable(&error))?;
        let expiry = udi.expires.map(|day| match udi.expires_time {
            Some(time) => format!("{day} {}", time.strftime("%H:%M")),
            None => day.to_string(),
        });
        Ok(Label {
            title: self.title.clone().unwrap_or_else(|| udi.di.to_string()),
            maker: self.maker.clone().unwrap_or_default(),
            digital_link: link.to_string(),
            element_string: elements.to_raw(),
            human_readable: elements.iter().map(|element| format!("({}){}", element.ai(), element.value())).collect(),
            lot: udi.lot.map(String::from),
            serial: udi.serial.map(String::from),
            expiry,
            made: udi.made.map(|day| day.to_string()),
            scratch_code: None,
        })
    }

    /// A scanner must read what was meant: with two digits for the year it takes a far date for one of another century.
    fn read_back(&self, udi: &Udi) -> Result<(), Failure> {
        let written = udi.to_element_string().map_err(|error| unwritable(&error))?;
        let read = Udi::parse(&written, self.year).map_err(|error| unwritable(&error))?;
        if (read.made, read.expires) == (udi.made, udi.expires) {
            return Ok(());
        }
        let day = |date: Option<jiff::civil::Date>| date.map_or_else(|| "none".to_owned(), |day| day.to_string());
        Err(Failure::user(
            "FarDate",
            format!(
                "a scanner would read made {} and expires {}, not {} and {}: labels of GS1 have two digits for the year",
                day(read.made),
                day(read.expires),
                day(udi.made),
                day(udi.expires)
            ),
            "a label can tell dates from 49 years ago to 50 years ahead: check the dates",
        ))
    }
}

/// HIBCC and ICCBBA have symbols of their own, which are not made here.
fn no_symbols(udi: &Udi) -> Failure {
    let agency = udi.di.agency();
    let written = udi.to_label_text().unwrap_or_else(|_| udi.di.to_string());
    Failure::user(
        "NotGs1",
        format!("`{}` is an identifier of {agency}, which has neither GS1 DataMatrix nor GS1 Digital Link", udi.di),
        format!(
            "print `{written}` in a symbol of {agency} with label software for it: every command here understands that \
             text. If the product has a GTIN as well, give the UDI with the GTIN"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(text: &str, change: impl FnOnce(&mut Udi)) -> Result<Label, Failure> {
        let mut udi = Udi::parse(text, 2026).unwrap();
        change(&mut udi);
        Wording { title: None, maker: None, resolver: "https://id.gs1.org".to_owned(), year: 2026 }.label(udi)
    }

    #[test]
    fn the_hour_of_expiry_stands_on_the_label() {
        let label = label("(01)09506000134352(7003)2712311430(21)S1", |_| ()).unwrap();
        assert_eq!(label.expiry.as_deref(), Some("2027-12-31 14:30"));
        assert_eq!(label.human_readable, ["(01)09506000134352", "(21)S1", "(7003)2712311430"]);
        assert_eq!((label.title.as_str(), label.lot), ("09506000134352", None));
    }

    #[test]
    fn a_date_that_scanners_would_misread_is_refused() {
        let expiring = |day: &str| {
            let day = day.parse().unwrap();
            label("(01)09506000134352(17)271231(10)A1", |udi| udi.expires = Some(day)).map(|label| label.expiry)
        };
        assert_eq!(expiring("2076-12-31").unwrap().as_deref(), Some("2076-12-31"));
        let failure = expiring("2077-01-01").unwrap_err();
        assert_eq!(failure.code, "FarDate");
        assert!(failure.what.contains("expires 1977-01-01, not none and 2077-01-01"), "{}", failure.what);
    }
}
