//! Resources that belong together: references lead somewhere, and the parts of a device contain each other.

use std::collections::HashMap;

use super::{Issue, Severity, extension, inspect};
use crate::fhir::json::{Json, Object};
use crate::fhir::pocd::{self, Profile};
use crate::fhir::resource::Resource;

/// An issue of one resource of a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The resource, counted from 0.
    pub resource: usize,
    /// What is wrong with it.
    pub issue: Issue,
}

/// Checks every resource of a set as [`validate`](super::validate()) does, and what holds them together:
///
/// - a reference leads to a resource of the set, or to one that `elsewhere` knows (it is asked with the reference as
///   written);
/// - what a profile says a reference points at claims that profile: metric → channel → VMD → MDS, metric → MDS,
///   observation → metric;
/// - no two resources have the same type and id;
/// - no device is its own ancestor, and the `source` of a metric is the MDS that contains its channel.
///
/// A Bundle is opened, so that its entries are part of the set; their findings are those of the Bundle.
pub fn validate_set(resources: &[Resource], elsewhere: impl Fn(&str) -> bool) -> Vec<Finding> {
    let set = Set::of(resources);
    let mut findings = Vec::new();
    for (place, resource) in resources.iter().enumerate() {
        let report = inspect(resource);
        let mut issues = report.issues;
        for pointer in report.references {
            let local = pointer.reference.starts_with('#');
            if !local && set.find(pointer.reference).is_none() && !elsewhere(pointer.reference) {
                let message = format!("`{}` is not in the set: add it, or correct the reference", pointer.reference);
                issues.push(error(pointer.path, "reference", message));
            }
        }
        if let Some(again) = repeated(resources, place) {
            let message = format!("`{again}` is in the set already: remove one, or give it another id");
            issues.push(error(format!("{}.id", resource.resource_type()), "identity", message));
        }
        for (prefix, one) in opened(resource) {
            set.claims(one, &prefix, &mut issues);
            set.containment(one, &prefix, &mut issues);
        }
        findings.extend(issues.into_iter().map(|issue| Finding { resource: place, issue }));
    }
    findings
}

/// The address of a resource, when one before it has the same.
fn repeated(resources: &[Resource], place: usize) -> Option<String> {
    let address = |resource: &Resource| Some((resource.resource_type().to_owned(), resource.id()?.to_owned()));
    let own = address(resources.get(place)?)?;
    let same = resources[..place].iter().any(|other| address(other).as_ref() == Some(&own));
    same.then(|| format!("{}/{}", own.0, own.1))
}

fn error(path: String, rule: &'static str, message: String) -> Issue {
    Issue { severity: Severity::Error, path, rule, message }
}

/// A resource with its path; of a Bundle, each of its entries.
fn opened<'a>(resource: &'a Resource) -> Vec<(String, &'a Object)> {
    let fields = resource.fields();
    if resource.resource_type() != "Bundle" {
        return vec![(resource.resource_type().to_owned(), fields)];
    }
    let inner = |(place, entry): (usize, &'a Json)| {
        let inside = entry.as_object()?.get("resource")?.as_object()?;
        Some((format!("Bundle.entry[{place}].resource"), inside))
    };
    fields.list("entry").iter().enumerate().filter_map(inner).collect()
}

struct Set<'a> {
    /// By `Type/id`, and by the full addresses of entries.
    known: HashMap<String, &'a Object>,
}

impl<'a> Set<'a> {
    fn of(resources: &'a [Resource]) -> Self {
        let mut known = HashMap::new();
        let mut add = |object: &'a Object| {
            if let (Some(name), Some(id)) = (object.text("resourceType"), object.text("id")) {
                known.insert(format!("{name}/{id}"), object);
            }
        };
        for resource in resources {
            add(resource.fields());
            opened(resource).into_iter().for_each(|(_, object)| add(object));
        }
        for entry in resources.iter().flat_map(|resource| resource.fields().list("entry")).filter_map(Json::as_object) {
            if let (Some(url), Some(Json::Object(object))) = (entry.text("fullUrl"), entry.get("resource")) {
                known.insert(url.to_owned(), object);
            }
        }
        Self { known }
    }

    fn find(&self, reference: &str) -> Option<&'a Object> {
        let current = reference.split("/_history/").next().unwrap_or(reference);
        self.known.get(current).copied()
    }

    /// The resource that a property refers to.
    fn referred(&self, object: &Object, property: &str) -> Option<&'a Object> {
        self.find(object.get(property)?.as_object()?.text("reference")?)
    }

    /// What references of a profile lead to claims the profile that is due.
    fn claims(&self, object: &Object, path: &str, issues: &mut Vec<Issue>) {
        for profile in claimed(object) {
            for rule in pocd::rules(profile).rules.iter().filter(|rule| !rule.targets.is_empty()) {
                let Some(target) = self.referred(object, rule.id) else { continue };
                let fits = |due: &&str| match Profile::of_url(due) {
                    Some(due) => claimed(target).any(|claim| claim == due),
                    None => target.text("resourceType") == Some(extension::resource_type(due)),
                };
                if !rule.targets.iter().any(fits) {
                    let due: Vec<&str> = rule.targets.iter().filter_map(|url| url.rsplit('/').next()).collect();
                    let message = format!("it leads to a resource that is no {}: correct it", due.join(" and no "));
                    issues.push(error(format!("{path}.{}", rule.id), "containment", message));
                }
            }
        }
    }

    fn containment(&self, object: &'a Object, path: &str, issues: &mut Vec<Issue>) {
        let (mut above, mut ancestors) = (object, vec![object]);
        while let Some(next) = self.referred(above, "parent") {
            if ancestors.iter().any(|known| std::ptr::eq(*known, next)) {
                let message =
                    "the parents lead back to themselves: a device contains, and is not contained in, its parts";
                return issues.push(error(format!("{path}.parent"), "containment", message.to_owned()));
            }
            ancestors.push(next);
            above = next;
        }
        let Some(source) = self.referred(object, "source").filter(|_| claimed(object).next().is_some()) else { return };
        // Where the chain of parents leaves the set, it says nothing of the source.
        let ends = above.get("parent").is_none() && ancestors.len() > 1;
        if ends && !ancestors.iter().any(|known| std::ptr::eq(*known, source)) {
            let message = "the source is not the MDS that contains the channel of this metric: correct one of them";
            issues.push(error(format!("{path}.source"), "containment", message.to_owned()));
        }
    }
}

fn claimed(object: &Object) -> impl Iterator<Item = Profile> {
    let profiles = object.get("meta").and_then(Json::as_object).map(|meta| meta.list("profile")).unwrap_or_default();
    profiles.iter().filter_map(Json::as_str).filter_map(Profile::of_url)
}
