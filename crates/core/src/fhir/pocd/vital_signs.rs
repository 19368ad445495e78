//! The vital signs of R4 (4.0.1, section 10.1.3) that we emit.

use super::{ProfileRules, Rule, UCUM, base};

const SUBJECT: Rule = Rule::of("subject").min(1).to(&[base!("Patient")]);
const EFFECTIVE: Rule = Rule::of("effective[x]").min(1).types(&["dateTime", "Period"]);
const CATEGORY: Rule = Rule::of("category").min(1);
const QUANTITY: Rule = Rule::of("value[x]").types(&["Quantity"]);
const VALUE: Rule = Rule::of("value[x]:valueQuantity.value").min(1);
const UNIT: Rule = Rule::of("value[x]:valueQuantity.unit").min(1);
const SYSTEM: Rule = Rule::of("value[x]:valueQuantity.system").min(1).fixed(UCUM);
const PER_MINUTE: Rule = Rule::of("value[x]:valueQuantity.code").min(1).fixed("/min");

const fn named(constraint: &'static str) -> Rule {
    Rule::of("").constraint(constraint)
}

pub(super) static HEART_RATE: ProfileRules = ProfileRules {
    url: base!("heartrate"),
    of: "Observation",
    rules: &[
        named("vs-1"),
        named("vs-category"),
        named("vs-2"),
        named("8867-4"),
        CATEGORY,
        SUBJECT,
        EFFECTIVE,
        QUANTITY,
        VALUE,
        UNIT,
        SYSTEM,
        PER_MINUTE,
    ],
};

pub(super) static RESPIRATORY_RATE: ProfileRules = ProfileRules {
    url: base!("resprate"),
    of: "Observation",
    rules: &[
        named("vs-1"),
        named("vs-category"),
        named("vs-2"),
        named("9279-1"),
        CATEGORY,
        SUBJECT,
        EFFECTIVE,
        QUANTITY,
        VALUE,
        UNIT,
        SYSTEM,
        PER_MINUTE,
    ],
};

pub(super) static BLOOD_PRESSURE: ProfileRules = ProfileRules {
    url: base!("bp"),
    of: "Observation",
    rules: &[
        named("vs-1"),
        named("vs-category"),
        named("85354-9"),
        named("vs-code"),
        CATEGORY,
        SUBJECT,
        EFFECTIVE,
        Rule::of("component").min(2).constraint("vs-3"),
        named("8480-6"),
        named("8462-4"),
        Rule::of("value[x]:valueQuantity").max(0),
    ],
};
