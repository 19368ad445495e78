//! The identifiers of a record, each held to the form that its agency prescribes.

use super::error::{IdentifierFault, RecordFault, RefusedIdentifier};
use super::node::Node;
use super::parse;
use super::record::{Agency, Identifier, IdentifierType, Package};

pub(super) struct Identifiers {
    pub(super) agency: Agency,
    pub(super) di: String,
    pub(super) others: Vec<Identifier>,
    pub(super) left_out: Vec<RefusedIdentifier>,
}

/// Reads all identifiers. Without a good primary one a record cannot be registered; a faulty other one is left out
/// and said so, since the device itself is still known by its label.
pub(super) fn read(record: &Node) -> Result<Identifiers, RecordFault> {
    let all = || record.list("identifiers", "identifier");
    let primaries: Vec<&Node> = all().filter(|node| is_primary(node)).collect();
    let primary = match primaries.as_slice() {
        [] => return Err(RecordFault::Missing("the primary identifier")),
        [primary] => primary,
        several => return Err(RecordFault::SeveralPrimaries(several.len())),
    };
    let text = value(primary);
    let (agency, di) =
        agency_and_di(primary, text).map_err(|fault| RecordFault::Primary { value: text.to_owned(), fault })?;
    let mut ids = Identifiers { agency, di, others: Vec::new(), left_out: Vec::new() };
    for node in all().filter(|node| !is_primary(node)) {
        match other(node) {
            Ok(identifier) => ids.others.push(identifier),
            Err(reason) => {
                let kind = node.text_of("deviceIdType").and_then(identifier_type);
                ids.left_out.push(RefusedIdentifier { value: value(node).to_owned(), kind, reason });
            }
        }
    }
    Ok(ids)
}

fn is_primary(node: &Node) -> bool {
    node.text_of("deviceIdType").and_then(identifier_type) == Some(IdentifierType::Primary)
}

fn value(node: &Node) -> &str {
    node.text_of("deviceId").unwrap_or_default()
}

fn other(node: &Node) -> Result<Identifier, IdentifierFault> {
    let kind = node.text_of("deviceIdType").unwrap_or_default();
    let kind = identifier_type(kind).ok_or_else(|| IdentifierFault::UnknownType { kind: kind.to_owned() })?;
    let (agency, di) = agency_and_di(node, value(node))?;
    let package = if kind == IdentifierType::Package { Some(package(node, agency)?) } else { None };
    Ok(Identifier { kind, agency, di, package })
}

fn package(node: &Node, agency: Agency) -> Result<Package, IdentifierFault> {
    let quantity = node.text_of("pkgQuantity").unwrap_or_default();
    let count = quantity.parse().ok().filter(|count| *count > 0);
    let text = |field| node.text_of(field).map(str::to_owned);
    let discontinued = match node.text_of("pkgDiscontinueDate") {
        Some(date) => Some(parse::date(date).ok_or_else(|| IdentifierFault::Date { date: date.to_owned() })?),
        None => None,
    };
    Ok(Package {
        quantity: count.ok_or_else(|| IdentifierFault::Quantity { quantity: quantity.to_owned() })?,
        contains: check_di(agency, node.text_of("containsDINumber").unwrap_or_default())
            .map_err(|fault| IdentifierFault::Contents { fault: Box::new(fault) })?,
        kind: text("pkgType"),
        status: text("pkgStatus"),
        discontinued,
    })
}

/// The types as GUDID writes them.
fn identifier_type(text: &str) -> Option<IdentifierType> {
    Some(match text {
        "Primary" => IdentifierType::Primary,
        "Secondary" => IdentifierType::Secondary,
        "Package" => IdentifierType::Package,
        "Unit of Use" => IdentifierType::UnitOfUse,
        "Direct Marking" => IdentifierType::DirectMarking,
        "Previous" => IdentifierType::Previous,
        _ => return None,
    })
}

fn agency_and_di(node: &Node, di: &str) -> Result<(Agency, String), IdentifierFault> {
    let agency = match node.text_of("deviceIdIssuingAgency").unwrap_or_default() {
        "GS1" => Agency::Gs1,
        "HIBCC" => Agency::Hibcc,
        "ICCBBA" => Agency::Iccbba,
        agency => return Err(IdentifierFault::UnknownAgency { agency: agency.to_owned() }),
    };
    Ok((agency, check_di(agency, di)?))
}

fn check_di(agency: Agency, di: &str) -> Result<String, IdentifierFault> {
    if di.is_empty() {
        return Err(IdentifierFault::Empty);
    }
    let plain = di.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    let shape = match agency {
        Agency::Gs1 => return gtin(di),
        // ANSI/HIBC 2.6: labeler (4), product or catalogue number (1 to 18), unit of measure (1).
        Agency::Hibcc if plain && (6..=23).contains(&di.len()) => return Ok(di.to_owned()),
        Agency::Hibcc => "6 to 23 digits and capital letters",
        // FDA, "UDI Formats by FDA-Accredited Issuing Agency": 16 characters, 10 for blood containers.
        Agency::Iccbba if plain && [10, 16].contains(&di.len()) => return Ok(di.to_owned()),
        Agency::Iccbba => "10 or 16 digits and capital letters",
    };
    Err(IdentifierFault::Shape { agency: agency.as_str(), shape })
}

/// GS1 General Specifications 7.9: from the right, before the check digit, digits count three and one times in turn.
fn gtin(di: &str) -> Result<String, IdentifierFault> {
    if ![8, 12, 13, 14].contains(&di.len()) || !di.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(IdentifierFault::NotGtin);
    }
    let padded = format!("{di:0>14}");
    let digits: Vec<u8> = padded.bytes().map(|byte| byte - b'0').collect();
    let sum: u32 =
        digits[..13].iter().zip([3, 1].iter().cycle()).map(|(digit, weight)| u32::from(*digit) * weight).sum();
    let expected = ((10 - sum % 10) % 10) as u8;
    if digits[13] == expected { Ok(padded) } else { Err(IdentifierFault::CheckDigit { expected }) }
}
