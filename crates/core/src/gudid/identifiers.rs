//! The identifiers of a record, each held to the form that its agency prescribes.

use super::error::{IdentifierFault, RecordFault, RefusedIdentifier};
use super::node::Node;
use super::parse;
use super::record::{Identifier, IdentifierType, Package};
use crate::ids::Agency;
use crate::udi::Di;

pub(super) struct Identifiers {
    pub(super) di: Di,
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
    let di = di(primary).map_err(RecordFault::Primary)?;
    let mut ids = Identifiers { di, others: Vec::new(), left_out: Vec::new() };
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
    let di = di(node)?;
    let package = if kind == IdentifierType::Package { Some(package(node, di.agency())?) } else { None };
    Ok(Identifier { kind, di, package })
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
        contains: Di::listed(agency, node.text_of("containsDINumber").unwrap_or_default())
            .map_err(IdentifierFault::Contents)?,
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

fn di(node: &Node) -> Result<Di, IdentifierFault> {
    let agency = match node.text_of("deviceIdIssuingAgency").unwrap_or_default() {
        "GS1" => Agency::Gs1,
        "HIBCC" => Agency::Hibcc,
        "ICCBBA" => Agency::Iccbba,
        agency => return Err(IdentifierFault::UnknownAgency { agency: agency.to_owned() }),
    };
    Ok(Di::listed(agency, value(node))?)
}
