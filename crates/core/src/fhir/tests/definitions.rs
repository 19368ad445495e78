//! Our tables beside the definitions of the guide: what they say must be the same, so that neither can drift.

use std::collections::BTreeSet;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::formats::data;
use crate::fhir::pocd::{self, Binding, EXTENSIONS, ExtensionRules, Parts, Profile, Rule, Strength};

/// An element of XML, as much as definitions need.
#[derive(Debug, Default)]
struct Node {
    name: String,
    value: Option<String>,
    children: Vec<Node>,
}

impl Node {
    fn of(tag: &BytesStart<'_>) -> Self {
        let value = tag.try_get_attribute("value").unwrap();
        let value = value.map(|value| value.normalized_value(quick_xml::XmlVersion::Implicit1_0).unwrap().into_owned());
        Self { name: tag.name().0.to_owned(), value, children: Vec::new() }
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.children.iter().filter(move |child| child.name == name)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.children.iter().find(|child| child.name == name)?.value.as_deref()
    }
}

fn parse(text: &str) -> Node {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    reader.config_mut().expand_empty_elements = true;
    let mut open = vec![Node::default()];
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => {
                let mut node = Node::of(&tag);
                let id = tag.try_get_attribute("id").unwrap().map(|id| id.value.into_owned());
                node.value = node.value.or(id);
                open.push(node);
            }
            Event::End(_) => {
                let closed = open.pop().unwrap();
                open.last_mut().unwrap().children.push(closed);
            }
            Event::Eof => return open.pop().unwrap().children.pop().unwrap(),
            _ => {}
        }
    }
}

fn definitions() -> Vec<Node> {
    let files = data("pocd/definitions").into_iter().filter(|(name, _)| name.ends_with(".xml"));
    files.map(|(_, text)| parse(std::str::from_utf8(&text).unwrap())).collect()
}

fn elements(definition: &Node) -> impl Iterator<Item = &Node> {
    definition.all("differential").flat_map(|differential| differential.all("element"))
}

/// What a definition says of an element that is a rule of ours, one line each.
fn facts(definition: &Node) -> BTreeSet<String> {
    let of = definition.text("type").unwrap();
    let mut facts = BTreeSet::new();
    for element in elements(definition) {
        let id = element.value.as_deref().unwrap();
        let id = id.strip_prefix(of).unwrap().trim_start_matches('.');
        let mut add = |fact: String| {
            facts.insert(format!("{id}: {fact}"));
        };
        element.text("min").filter(|min| *min != "0").into_iter().for_each(|min| add(format!("min {min}")));
        element.text("max").filter(|max| *max != "*").into_iter().for_each(|max| add(format!("max {max}")));
        element.text("fixedUri").into_iter().for_each(|fixed| add(format!("fixed {fixed}")));
        for constraint in element.all("constraint") {
            add(format!("constraint {}", constraint.text("key").unwrap()));
        }
        for binding in element.all("binding") {
            add(format!("{} {}", binding.text("strength").unwrap(), binding.text("valueSet").unwrap()));
        }
        let types: Vec<&str> = element.all("type").filter_map(|one| one.text("code")).collect();
        let extension = element.all("type").filter_map(|one| one.text("profile")).next();
        match (types.as_slice(), extension) {
            (["Extension"], Some(url)) => add(format!("extension {url}")),
            (["Reference"], _) => {
                element
                    .all("type")
                    .flat_map(|one| one.all("targetProfile"))
                    .for_each(|to| add(format!("to {}", to.value.as_deref().unwrap())));
            }
            // A slice by type says its type in its name already.
            (types, _) if id.ends_with("[x]") && !types.is_empty() => add(format!("types {}", types.join(" "))),
            _ => {}
        }
    }
    facts
}

fn own_facts(rules: &[Rule]) -> BTreeSet<String> {
    let mut facts = BTreeSet::new();
    for rule in rules {
        let mut add = |fact: String| {
            facts.insert(format!("{}: {fact}", rule.id));
        };
        if rule.min > 0 {
            add(format!("min {}", rule.min));
        }
        rule.max.into_iter().for_each(|max| add(format!("max {max}")));
        rule.fixed.into_iter().for_each(|fixed| add(format!("fixed {fixed}")));
        rule.constraint.into_iter().for_each(|key| add(format!("constraint {key}")));
        rule.binding.iter().for_each(|binding| add(bound(binding)));
        rule.extension.into_iter().for_each(|url| add(format!("extension {url}")));
        rule.targets.iter().for_each(|url| add(format!("to {url}")));
        if !rule.types.is_empty() {
            add(format!("types {}", rule.types.join(" ")));
        }
    }
    facts
}

fn bound(binding: &Binding) -> String {
    let strength = match binding.strength {
        Strength::Required => "required",
        Strength::Extensible => "extensible",
    };
    format!("{strength} {}", binding.set)
}

#[test]
fn profiles_say_what_the_guide_says() {
    for definition in definitions().iter().filter(|definition| definition.text("type") != Some("Extension")) {
        let url = definition.text("url").unwrap();
        let facts = facts(definition);
        match Profile::of_url(url) {
            Some(profile) => {
                assert_eq!(pocd::rules(profile).of, definition.text("type").unwrap(), "{url}");
                assert_eq!(own_facts(pocd::rules(profile).rules), facts, "{url}");
            }
            None => assert_eq!(facts, BTreeSet::new(), "{url} has rules, but no table"),
        }
    }
}

/// The slices and values of an extension's definition, and the same of our table.
fn extension_facts(definition: &Node) -> BTreeSet<String> {
    let mut facts = BTreeSet::new();
    // Slices and their values follow one another; some ids of values lack the slice.
    let mut slice = "";
    for element in elements(definition) {
        let id = element.value.as_deref().unwrap();
        if let Some((_, name)) = id.split_once("Extension.extension:") {
            slice = name.split('.').next().unwrap();
        }
        let mut add = |fact: String| {
            facts.insert(fact);
        };
        let types: Vec<&str> = element.all("type").filter_map(|one| one.text("code")).collect();
        if id == format!("Extension.extension:{slice}") {
            element
                .text("min")
                .filter(|min| *min != "0")
                .into_iter()
                .for_each(|min| add(format!("{slice}: min {min}")));
            element
                .text("max")
                .filter(|max| *max != "*")
                .into_iter()
                .for_each(|max| add(format!("{slice}: max {max}")));
        } else if id.contains(".value[x]") && !types.is_empty() {
            let place = if id.starts_with("Extension.extension") { slice } else { "" };
            add(format!(
                "{place}: {} {}",
                types.join(" "),
                if element.text("min") == Some("1") { "required" } else { "optional" }
            ));
            element.all("binding").for_each(|binding| {
                add(format!("{place}: {} {}", binding.text("strength").unwrap(), binding.text("valueSet").unwrap()));
            });
            element
                .all("type")
                .flat_map(|one| one.all("targetProfile"))
                .for_each(|to| add(format!("{place}: to {}", to.value.as_deref().unwrap())));
            element.all("type").filter_map(|one| one.text("profile")).for_each(|_| add(format!("{place}: simple")));
            element.text("fixedBoolean").into_iter().for_each(|fixed| add(format!("{place}: fixed {fixed}")));
        }
        element.all("constraint").for_each(|one| add(format!("constraint {}", one.text("key").unwrap())));
    }
    facts.extend(definition.all("context").map(|one| format!("for {}", one.text("expression").unwrap())));
    facts
}

fn own_extension_facts(rules: &ExtensionRules) -> BTreeSet<String> {
    let parts = match &rules.parts {
        Parts::Value(part) => std::slice::from_ref(part),
        Parts::Several(parts) => parts,
    };
    let mut facts: BTreeSet<String> = rules.contexts.iter().map(|of| format!("for {of}")).collect();
    facts.extend(rules.constraint.map(|key| format!("constraint {key}")));
    for part in parts {
        let mut add = |fact: String| {
            facts.insert(format!("{}: {fact}", part.url));
        };
        if part.min > 0 {
            add(format!("min {}", part.min));
        }
        part.max.into_iter().for_each(|max| add(format!("max {max}")));
        add(format!("{} {}", part.of, if part.value_required { "required" } else { "optional" }));
        part.binding.iter().for_each(|binding| add(bound(binding)));
        part.targets.iter().for_each(|url| add(format!("to {url}")));
        part.simple.then(|| add("simple".to_owned()));
        part.must_be_true.then(|| add("fixed true".to_owned()));
    }
    facts
}

#[test]
fn extensions_say_what_the_guide_says() {
    // These two are published as FSH only.
    const BY_HAND: [&str; 2] = ["device-calibration", "metric-availability"];
    let definitions = definitions();
    for definition in definitions.iter().filter(|definition| definition.text("type") == Some("Extension")) {
        let url = definition.text("url").unwrap();
        let Some(rules) = pocd::extension_rules(url) else { panic!("{url} has no table") };
        assert_eq!(own_extension_facts(rules), extension_facts(definition), "{url}");
    }
    if !definitions.is_empty() {
        let known = |rules: &&ExtensionRules| definitions.iter().any(|one| one.text("url") == Some(rules.url));
        let without: Vec<&str> = EXTENSIONS
            .iter()
            .filter(|rules| !known(rules))
            .map(|rules| rules.url.rsplit('/').next().unwrap())
            .collect();
        assert_eq!(without, BY_HAND);
    }
}
