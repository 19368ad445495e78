//! From the elements of a record to a [`GudidDevice`].

use std::str::FromStr;

use jiff::civil::Date;

use super::error::RecordFault;
use super::identifiers;
use super::node::Node;
use super::record::{
    ControlledBy, GmdnTerm, GudidDevice, Measure, ModelFlags, MriSafety, PremarketSubmission, ProductCode, Size,
    StorageCondition,
};

/// The name under which an answer's classification of product codes is put beside the elements of its device.
pub(super) const CLASSIFICATION: &str = "classification";

pub(super) fn device(record: &Node) -> Result<GudidDevice, RecordFault> {
    record.check_characters()?;
    let ids = identifiers::read(record)?;
    let fields = Fields(record);
    Ok(GudidDevice {
        record_key: fields.text("publicDeviceRecordKey"),
        record_status: fields.text("deviceRecordStatus"),
        published: fields.date("devicePublishDate")?,
        distribution_status: fields.text("deviceCommDistributionStatus"),
        distribution_end: fields.date("deviceCommDistributionEndDate")?,
        di: ids.di,
        identifiers: ids.others,
        left_out: ids.left_out,
        brand: fields.required("brandName")?,
        version_model: fields.required("versionModelNumber")?,
        catalogue_number: fields.text("catalogNumber"),
        company: fields.required("companyName")?,
        duns: fields.text("dunsNumber"),
        description: fields.text("deviceDescription"),
        device_count: fields.parsed("deviceCount", "a number")?,
        controlled_by: controlled_by(&fields)?,
        flags: flags(&fields)?,
        mri_safety: mri_safety(&fields)?,
        gmdn_terms: record.list("gmdnTerms", "gmdn").filter_map(gmdn_term).collect(),
        product_codes: product_codes(record),
        premarket_submissions: premarket_submissions(record),
        sizes: record.list("deviceSizes", "deviceSize").filter_map(size).collect(),
        storage: record.list("environmentalConditions", "storageHandling").filter_map(storage).collect(),
        sterilization_methods: record
            .list("sterilization", "methodTypes")
            .flat_map(|methods| methods.children("sterilizationMethod"))
            .map(|method| method.text.trim().to_owned())
            .filter(|method| !method.is_empty())
            .collect(),
    })
}

/// Typed access to the children of an element.
struct Fields<'a>(&'a Node);

impl Fields<'_> {
    fn text(&self, field: &str) -> Option<String> {
        self.0.text_of(field).map(str::to_owned)
    }

    fn required(&self, field: &'static str) -> Result<String, RecordFault> {
        self.text(field).ok_or(RecordFault::Missing(field))
    }

    fn parsed<T: FromStr>(&self, field: &'static str, expected: &'static str) -> Result<Option<T>, RecordFault> {
        let Some(text) = self.0.text_of(field) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| RecordFault::Value { field, value: text.to_owned(), expected })
    }

    fn date(&self, field: &'static str) -> Result<Option<Date>, RecordFault> {
        let Some(text) = self.0.text_of(field) else { return Ok(None) };
        date(text).map(Some).ok_or_else(|| RecordFault::Value {
            field,
            value: text.to_owned(),
            expected: "a date such as 2015-09-24",
        })
    }

    /// `xs:boolean`, or nothing where the labeler left it open.
    fn flag(&self, field: &'static str) -> Result<Option<bool>, RecordFault> {
        match self.0.text_of(field) {
            None => Ok(None),
            Some("true" | "1") => Ok(Some(true)),
            Some("false" | "0") => Ok(Some(false)),
            Some(other) => Err(RecordFault::Value { field, value: other.to_owned(), expected: "true or false" }),
        }
    }

    fn is(&self, field: &'static str) -> Result<bool, RecordFault> {
        Ok(self.flag(field)?.unwrap_or(false))
    }
}

/// A calendar date, or the midnight in UTC by which AccessGUDID writes one.
pub(super) fn date(text: &str) -> Option<Date> {
    text.strip_suffix("T00:00:00.000Z").unwrap_or(text).parse().ok()
}

/// Whether a label has lot and serial decides under which id its device is found, so these must be there.
fn controlled_by(fields: &Fields<'_>) -> Result<ControlledBy, RecordFault> {
    Ok(ControlledBy {
        lot: fields.flag("lotBatch")?.ok_or(RecordFault::Missing("lotBatch"))?,
        serial: fields.flag("serialNumber")?.ok_or(RecordFault::Missing("serialNumber"))?,
        made: fields.is("manufacturingDate")?,
        expires: fields.is("expirationDate")?,
        donation: fields.is("donationIdNumber")?,
    })
}

fn flags(fields: &Fields<'_>) -> Result<ModelFlags, RecordFault> {
    let none = Node::default();
    let sterilization = Fields(fields.0.child("sterilization").unwrap_or(&none));
    Ok(ModelFlags {
        rx: fields.is("rx")?,
        otc: fields.is("otc")?,
        single_use: fields.is("singleUse")?,
        sterile: sterilization.is("deviceSterile")?,
        sterilize_before_use: sterilization.is("sterilizationPriorToUse")?,
        kit: fields.is("deviceKit")?,
        combination_product: fields.is("deviceCombinationProduct")?,
        human_tissue: fields.is("deviceHCTP")?,
        contains_latex: fields.is("labeledContainsNRL")?,
        latex_free: fields.is("labeledNoNRL")?,
        direct_marking_exempt: fields.is("DMExempt")?,
        premarket_exempt: fields.is("premarketExempt")?,
    })
}

fn mri_safety(fields: &Fields<'_>) -> Result<MriSafety, RecordFault> {
    const FIELD: &str = "MRISafetyStatus";
    match fields.0.text_of(FIELD) {
        Some("MR Safe") => Ok(MriSafety::Safe),
        Some("MR Conditional") => Ok(MriSafety::Conditional),
        Some("MR Unsafe") => Ok(MriSafety::Unsafe),
        None | Some("Labeling does not contain MRI Safety Information") => Ok(MriSafety::NotStated),
        // To take an unknown status for silence could hurt somebody.
        Some(other) => {
            let expected = "one of the four statuses of the GUDID reference table";
            Err(RecordFault::Value { field: FIELD, value: other.to_owned(), expected })
        }
    }
}

fn gmdn_term(node: &Node) -> Option<GmdnTerm> {
    let fields = Fields(node);
    let name = fields.text("gmdnPTName")?;
    Some(GmdnTerm { code: fields.text("gmdnCode"), name, definition: fields.text("gmdnPTDefinition") })
}

fn product_codes(record: &Node) -> Vec<ProductCode> {
    let class_of = |code: &str| {
        let class = record.children(CLASSIFICATION).find(|class| class.text_of("productCode") == Some(code));
        class.and_then(|class| Fields(class).text("deviceClass"))
    };
    let code = |node: &Node| {
        let code = Fields(node).text("productCode")?;
        Some(ProductCode { device_class: class_of(&code), name: Fields(node).text("productCodeName"), code })
    };
    record.list("productCodes", "fdaProductCode").filter_map(code).collect()
}

fn premarket_submissions(record: &Node) -> Vec<PremarketSubmission> {
    let submission = |node: &Node| {
        let number = Fields(node).text("submissionNumber")?;
        Some(PremarketSubmission { number, supplement: Fields(node).text("supplementNumber") })
    };
    record.list("premarketSubmissions", "premarketSubmission").filter_map(submission).collect()
}

fn size(node: &Node) -> Option<Size> {
    let fields = Fields(node);
    let size = Size {
        kind: fields.text("sizeType")?,
        measure: measure(node.child("size")),
        text: fields.text("sizeText").unwrap_or_default(),
    };
    (size.measure.is_some() || !size.text.is_empty()).then_some(size)
}

fn storage(node: &Node) -> Option<StorageCondition> {
    let fields = Fields(node);
    let condition = StorageCondition {
        kind: fields.text("storageHandlingType")?,
        low: measure(node.child("storageHandlingLow")),
        high: measure(node.child("storageHandlingHigh")),
        text: fields.text("storageHandlingSpecialConditionText").unwrap_or_default(),
    };
    (condition.low.is_some() || condition.high.is_some() || !condition.text.is_empty()).then_some(condition)
}

fn measure(node: Option<&Node>) -> Option<Measure> {
    let fields = Fields(node?);
    Some(Measure { value: fields.text("value")?, unit: fields.text("unit").unwrap_or_default() })
}
