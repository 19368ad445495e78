//! Lists of medicines: CSV with a header, or a JSON array of objects with the same names.
//!
//! A wrong line ends the reading, and nothing of the list is registered.

use serde::Deserialize;
use theriac_client::types::Product;
use theriac_core::document::{Category, ControlledBy, ModelDocument, ModelFlags, MriSafety};
use theriac_core::gs1::{Gtin, Ndc, Ndc10};
use theriac_core::ids::Agency;
use theriac_core::serials::fields;

use crate::failure::Failure;

const COLUMNS: [&str; 8] = ["gtin", "ndc", "name", "strength", "form", "class", "company", "description"];
const HELP: &str = "it needs name, strength, form, class and company, and gtin or ndc; description is optional";

/// A medicine as the list has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Row {
    gtin: String,
    ndc: String,
    name: String,
    strength: String,
    form: String,
    class: String,
    company: String,
    description: String,
}

/// A medicine to register.
#[derive(Clone, Debug)]
pub(super) struct Medicine {
    pub(super) product: Product,
    pub(super) document: ModelDocument,
}

/// Reads a list; JSON where it begins like an array.
pub(super) fn medicines(text: &str) -> Result<Vec<Medicine>, Failure> {
    let text = text.trim_start_matches('\u{feff}');
    let rows = match text.trim_start().starts_with('[') {
        true => of_json(text)?,
        false => of_csv(text)?,
    };
    let mut found: Vec<Medicine> = Vec::with_capacity(rows.len());
    for (place, row) in rows {
        let medicine = row.medicine().map_err(|what| malformed(&place, &what))?;
        if found.iter().any(|known| known.document.di == medicine.document.di) {
            return Err(malformed(&place, &format!("the GTIN {} stands in the list already", medicine.document.di)));
        }
        found.push(medicine);
    }
    Ok(found)
}

fn malformed(place: &str, what: &str) -> Failure {
    Failure::user("MedicineList", format!("{place}: {what}"), format!("{HELP}; nothing was registered"))
}

fn of_json(text: &str) -> Result<Vec<(String, Row)>, Failure> {
    let rows: Vec<Row> = serde_json::from_str(text).map_err(|error| malformed("the list", &error.to_string()))?;
    Ok(rows.into_iter().enumerate().map(|(place, row)| (format!("entry {}", place + 1), row)).collect())
}

fn of_csv(text: &str) -> Result<Vec<(String, Row)>, Failure> {
    let mut header: Option<Vec<String>> = None;
    let mut rows = Vec::new();
    for (line, text) in (1..).zip(text.lines()).filter(|(_, text): &(u64, &str)| !text.trim().is_empty()) {
        let place = format!("line {line}");
        let parts = fields(text.as_bytes()).ok_or_else(|| malformed(&place, "a quotation does not end"))?;
        let parts: Vec<String> = parts.iter().map(|part| String::from_utf8_lossy(part).trim().to_owned()).collect();
        let Some(columns) = &header else {
            let names: Vec<String> = parts.iter().map(|name| name.to_ascii_lowercase()).collect();
            if let Some(unknown) = names.iter().find(|name| !COLUMNS.contains(&name.as_str())) {
                return Err(malformed(&place, &format!("there is no column `{unknown}`")));
            }
            header = Some(names);
            continue;
        };
        if parts.len() != columns.len() {
            return Err(malformed(&place, &format!("it has {} fields, not {}", parts.len(), columns.len())));
        }
        let field = |name: &str| {
            let at = columns.iter().position(|column| column == name);
            at.and_then(|at| parts.get(at)).cloned().unwrap_or_default()
        };
        let [gtin, ndc, name, strength, form, class, company, description] = COLUMNS.map(field);
        rows.push((place, Row { gtin, ndc, name, strength, form, class, company, description }));
    }
    Ok(rows)
}

impl Row {
    fn medicine(self) -> Result<Medicine, String> {
        let (gtin, ndc) = self.identifiers()?;
        for (field, text) in
            [("name", &self.name), ("strength", &self.strength), ("form", &self.form), ("company", &self.company)]
        {
            if text.trim().is_empty() {
                return Err(format!("`{field}` is empty"));
            }
        }
        let product = class(&self.class)?;
        let Self { name, strength, form, company, description, .. } = self;
        let told = format!("{strength}, {form}");
        let document = ModelDocument {
            name: format!("{name} {strength}"),
            description: if description.is_empty() { told } else { format!("{told}. {description}") },
            image: None,
            category: Category::Drug,
            agency: Agency::Gs1,
            di: gtin.as_str().to_owned(),
            identifiers: Vec::new(),
            brand: name,
            version_model: strength,
            catalogue_number: ndc.map(|ndc| format!("NDC {ndc}")),
            company,
            device_count: None,
            gmdn_terms: Vec::new(),
            product_codes: Vec::new(),
            controlled_by: ControlledBy { lot: true, serial: true, expires: true, ..ControlledBy::default() },
            flags: ModelFlags {
                rx: product != Product::OverTheCounterDrug,
                otc: product == Product::OverTheCounterDrug,
                ..ModelFlags::default()
            },
            mri_safety: MriSafety::NotStated,
            sizes: Vec::new(),
            storage: Vec::new(),
            sterilization_methods: Vec::new(),
            distribution_end: None,
        };
        Ok(Medicine { product, document })
    }

    /// The GTIN: as it is given, or of the NDC's smallest package. Where both are given, they have to agree.
    fn identifiers(&self) -> Result<(Gtin, Option<Ndc>), String> {
        let ndc = match self.ndc.as_str() {
            "" => None,
            text => Some(Ndc::new(text).map_err(|error| error.to_string())?),
        };
        let gtin = match (self.gtin.as_str(), &ndc) {
            ("", None) => return Err("there is neither `gtin` nor `ndc`".to_owned()),
            ("", Some(ndc)) => ndc.digits().to_gtin(0).map_err(|error| error.to_string())?,
            (text, _) => Gtin::new(text).map_err(|error| error.to_string())?,
        };
        match &ndc {
            Some(ndc) if Ndc10::of_gtin(&gtin).ok().as_ref() != Some(ndc.digits()) => {
                Err(format!("the GTIN {gtin} does not carry the NDC {ndc}: correct one of them"))
            }
            _ => Ok((gtin, ndc)),
        }
    }
}

fn class(text: &str) -> Result<Product, String> {
    match text.to_ascii_lowercase().as_str() {
        "prescription" => Ok(Product::Drug),
        "over-the-counter" => Ok(Product::OverTheCounterDrug),
        "controlled" => Ok(Product::ControlledDrug),
        _ => Err(format!("`{text}` is not a class: write prescription, over-the-counter or controlled")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "ndc,gtin,name,strength,form,class,company\n";

    #[test]
    fn csv_and_json_tell_the_same() {
        let csv = format!("{HEAD}0002-1433-80,,TRULICITY,0.75 mg,\"injection, solution\",prescription,Lilly\n");
        let json = r#"[{"gtin":"00300021433805","ndc":"0002-1433-80","name":"TRULICITY","strength":"0.75 mg",
            "form":"injection, solution","class":"Prescription","company":"Lilly"}]"#;
        let gtin = Ndc::new("0002-1433-80").unwrap().digits().to_gtin(0).unwrap();
        let json = json.replace("00300021433805", gtin.as_str());
        let [one, other] = [csv.as_str(), &json].map(|text| medicines(text).unwrap().remove(0));
        assert_eq!(one.document, other.document);
        assert_eq!((one.product, one.document.di.as_str()), (Product::Drug, gtin.as_str()));
        assert_eq!(one.document.description, "0.75 mg, injection, solution");
        assert!(one.document.flags.rx && !one.document.flags.otc);
        assert_eq!(one.document.catalogue_number.as_deref(), Some("NDC 0002-1433-80"));
    }

    #[test]
    fn wrong_lines_are_told_with_their_place() {
        for (line, what) in [
            ("0002-1433,,A,1,x,controlled,Z", "line 2"),
            (",09506000134353,A,1,x,controlled,Z", "check digit"),
            (",,A,1,x,controlled,Z", "neither `gtin` nor `ndc`"),
            ("0002-1433-80,09506000134352,A,1,x,controlled,Z", "does not carry the NDC"),
            (",09506000134352,A,1,x,narcotic,Z", "is not a class"),
            (",09506000134352,A,,x,controlled,Z", "`strength` is empty"),
            (",09506000134352,A,1,x,controlled", "6 fields, not 7"),
            (",09506000134352,\"A,1,x,controlled,Z", "quotation"),
            (",09506000134352,A,1,x,controlled,Z\n,9506000134352,A,1,x,controlled,Z", "line 3: the GTIN"),
        ] {
            let refused = medicines(&format!("{HEAD}{line}\n")).unwrap_err();
            assert_eq!(refused.code, "MedicineList");
            assert!(refused.what.contains(what), "{line}: {}", refused.what);
        }
        assert!(medicines("name,colour\n").unwrap_err().what.contains("no column `colour`"));
        assert!(medicines("[{\"nam\": \"A\"}]").unwrap_err().what.contains("nam"));
    }
}
