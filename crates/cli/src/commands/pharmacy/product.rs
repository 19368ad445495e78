//! How products and units are named at a pharmacy.

use theriac_client::units::Book;
use theriac_core::gs1::Sscc;
use theriac_core::gs1::ndc::Ndc;
use theriac_core::ids::{ModelId, UnitId};
use theriac_core::udi::Di;

use crate::commands::subject::Model;
use crate::context::Context;
use crate::failure::Failure;

/// A product by GTIN, UDI, model id, or by NDC with its hyphens: then the smallest package, whose GTIN has the indicator 0.
pub(super) fn model(text: &str) -> Result<ModelId, Failure> {
    let is_ndc = text.matches('-').count() == 2 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if !is_ndc {
        return Ok(Model::parse(text)?.id);
    }
    let help = "write the ten digits as on the package, or give the GTIN";
    let wrong = |error| Failure::user("InvalidNdc", error, help);
    let gtin = Ndc::new(text).and_then(|ndc| ndc.digits().to_gtin(0)).map_err(wrong)?;
    Ok(Di::from(gtin).model_id())
}

/// A unit by its id, or by its SSCC: then the private book has to have it, since the id follows only for who knows its salt.
pub(super) fn unit(context: &Context<'_>, text: &str) -> Result<UnitId, Failure> {
    const HELP: &str = "give the unit id, 0x and 64 hexadecimal digits (`theriac pharmacy stock` lists them)";
    let Ok(sscc) = Sscc::new(text) else {
        return text.parse().map_err(|error| Failure::user("InvalidId", error, HELP));
    };
    let book = Book::open(&context.options.home)?;
    let found: Vec<UnitId> = book.find(&sscc).map(|(unit, _)| unit).collect();
    match found.as_slice() {
        [unit] => Ok(*unit),
        [] => {
            let what = format!("the unit with the SSCC {sscc} is not known here");
            Err(Failure::user(
                "UnknownSscc",
                what,
                "`theriac custody inbox` learns it from the sender's papers; or give the unit id",
            ))
        }
        several => {
            let what = format!("{} units have the SSCC {sscc}", several.len());
            Err(Failure::user("AmbiguousSscc", what, HELP))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    #[test]
    fn a_product_is_the_same_by_gtin_and_by_ndc() {
        assert_eq!(model("0777-3105-02").unwrap(), model("00307773105025").unwrap());
        assert_eq!(model("0777-3105-0x").unwrap_err().code, "InvalidUdi");
        assert_eq!(model("00777-3105-02").unwrap_err().code, "InvalidNdc");
    }

    #[test]
    fn a_unit_is_named_by_its_id() {
        let id = format!("0x{}", "ab".repeat(32));
        let home = tempfile::tempdir().unwrap();
        let printer = crate::printer::Printer::new(false);
        let arguments =
            crate::args::Arguments::parse_from(["theriac", "--home", home.path().to_str().unwrap(), "keys", "new"]);
        let context = Context::new(arguments.global, &printer);
        assert_eq!(unit(&context, &id).unwrap().to_string(), id);
        assert_eq!(unit(&context, "106141412345678908").unwrap_err().code, "UnknownSscc");
        assert_eq!(unit(&context, "case 7").unwrap_err().code, "InvalidId");
    }
}
