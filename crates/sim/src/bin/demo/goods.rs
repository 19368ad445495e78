//! What is made: models of the public GUDID, and lots whose serials are written as CSV.

use std::fmt::Write as _;
use std::path::Path;

use crate::Error;
use crate::cast::Person;

/// A lot of the demonstration.
pub(crate) struct Lot {
    pub(crate) title: &'static str,
    /// What its label calls a unit.
    pub(crate) product: &'static str,
    pub(crate) maker: Person,
    /// DI of a real device in `demo/gudid-devices.xml`.
    pub(crate) di: &'static str,
    pub(crate) number: &'static str,
    pub(crate) count: u32,
    pub(crate) made: &'static str,
    pub(crate) expires: Option<&'static str>,
    /// Prefix of the serials.
    pub(crate) prefix: &'static str,
    /// Whether every unit has a scratch code.
    pub(crate) tagged: bool,
}

/// A medicine of the demonstration, and the lot of it that is made.
pub(crate) struct Medicine {
    pub(crate) lot: Lot,
    /// National Drug Code of a real product, of which the lot's DI is the GTIN.
    pub(crate) ndc: &'static str,
    /// Whose label it is.
    pub(crate) company: &'static str,
}

/// A prescription medicine, ten thousand packs of it.
pub(crate) const CAPSULES: Medicine = Medicine {
    lot: Lot {
        title: "10,000 packs of capsules",
        product: "PROZAC",
        maker: Person::Remedy,
        di: "00307773105308",
        number: "C2601",
        count: 10_000,
        made: "2026-04-01",
        expires: Some("2036-03-31"),
        prefix: "P",
        tagged: false,
    },
    ndc: "0777-3105-30",
    company: "Dista Products Company",
};
/// The same substance from another maker.
pub(crate) const OTHER_CAPSULES: Medicine = Medicine {
    lot: Lot {
        title: "40 packs of the other capsules",
        product: "Fluoxetine",
        maker: Person::Generic,
        di: "00350228114301",
        number: "F2601",
        count: 40,
        made: "2026-05-01",
        expires: Some("2036-04-30"),
        prefix: "F",
        tagged: false,
    },
    ndc: "50228-114-30",
    company: "ScieGen Pharmaceuticals, Inc.",
};
/// Patient monitors, each with a scratch code.
pub(crate) const MONITORS: Lot = Lot {
    title: "3 patient monitors",
    product: "Monitor and defibrillator",
    maker: Person::Vital,
    di: "00721902936098",
    number: "M2601",
    count: 3,
    made: "2026-01-15",
    expires: None,
    prefix: "MON",
    tagged: true,
};
/// Patient monitors that the maker sells itself.
pub(crate) const FOR_SALE: Lot = Lot {
    title: "4 patient monitors for sale",
    product: "Monitor and defibrillator",
    maker: Person::Vital,
    di: MONITORS.di,
    number: "M2602",
    count: 4,
    made: "2026-03-15",
    expires: None,
    prefix: "MON26",
    tagged: false,
};
/// Stents, ten thousand of them.
pub(crate) const STENTS: Lot = Lot {
    title: "10,000 stents",
    product: "Stent, drug-eluting",
    maker: Person::Vital,
    di: "00827002343146",
    number: "S2601",
    count: 10_000,
    made: "2026-02-01",
    expires: Some("2036-01-31"),
    prefix: "ST",
    tagged: false,
};
/// An old lot of stents.
pub(crate) const OLD_STENTS: Lot = Lot {
    title: "100 stents of an old lot",
    product: "Stent, drug-eluting",
    maker: Person::Vital,
    di: "00827002343146",
    number: "S2201",
    count: 100,
    made: "2022-02-01",
    expires: Some("2025-01-31"),
    prefix: "OST",
    tagged: false,
};
/// A million screws.
pub(crate) const SCREWS: Lot = Lot {
    title: "1,000,000 screws",
    product: "Bone screw",
    maker: Person::Ortho,
    di: "00844588010286",
    number: "B2601",
    count: 1_000_000,
    made: "2026-03-01",
    expires: Some("2036-02-29"),
    prefix: "SC",
    tagged: false,
};

impl Lot {
    /// The serial at `index`.
    pub(crate) fn serial(&self, index: u32) -> String {
        format!("{}{index:07}", self.prefix)
    }

    /// The element string of a unit's label.
    pub(crate) fn udi(&self, index: u32) -> String {
        self.udi_with(&self.serial(index))
    }

    /// The element string of a label that says it is `serial` of this lot.
    pub(crate) fn udi_with(&self, serial: &str) -> String {
        let expiry = self.expires.map(|date| format!("(17){}", date.replace('-', "").split_off(2))).unwrap_or_default();
        format!("(01){}{expiry}(10){}(21){serial}", self.di, self.number)
    }

    /// Writes the serials as CSV.
    pub(crate) fn write_serials(&self, file: &Path) -> Result<(), Error> {
        if file.exists() {
            return Ok(());
        }
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut text = "serial\n".to_owned();
        for index in 0..self.count {
            writeln!(text, "{}", self.serial(index))?;
        }
        Ok(std::fs::write(file, text)?)
    }
}

impl Medicine {
    /// The list that `theriac drug import` takes.
    pub(crate) fn list(&self) -> String {
        let row = format!("{},{},20 mg,capsule,prescription,\"{}\"", self.ndc, self.lot.product, self.company);
        format!("ndc,name,strength,form,class,company\n{row}\n")
    }
}
