//! Roles: what an account may be ([`Roles`], a set kept in `Participants`).

use std::fmt;
use std::ops::BitOr;
use std::str::FromStr;

use crate::error::{Error, Result};

/// A set of roles of a participant, one bit per role, as `contracts/types/Role.sol` numbers them.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Roles(u32);

impl Roles {
    /// Enrols participants; the administration's hand.
    pub const REGISTRAR: Self = Self(1 << 0);
    /// A competent authority: approves, recalls, strikes.
    pub const REGULATOR: Self = Self(1 << 1);
    /// A notified or certification body: approves models.
    pub const CERTIFIER: Self = Self(1 << 2);
    /// Makes devices or medicines and registers models and lots.
    pub const MANUFACTURER: Self = Self(1 << 3);
    /// Wholesaler, importer, logistics.
    pub const DISTRIBUTOR: Self = Self(1 << 4);
    /// A health-care provider: hospital, practice, laboratory.
    pub const PROVIDER: Self = Self(1 << 5);
    /// A pharmacy as an organisation.
    pub const PHARMACY: Self = Self(1 << 6);
    /// A licensed practitioner.
    pub const PRACTITIONER: Self = Self(1 << 7);
    /// A licensed pharmacist.
    pub const PHARMACIST: Self = Self(1 << 8);
    /// A service engineer.
    pub const ENGINEER: Self = Self(1 << 9);
    /// A patient, always under a pseudonymous account.
    pub const PATIENT: Self = Self(1 << 10);
    /// Decides disputes.
    pub const ARBITER: Self = Self(1 << 11);
    /// Runs an oracle node.
    pub const ORACLE: Self = Self(1 << 12);
    /// Runs a gateway.
    pub const GATEWAY: Self = Self(1 << 13);

    /// Roles whose grant is delayed and can be cancelled by the guardian.
    pub const POWERFUL: Self = Self(
        Self::REGISTRAR.0 | Self::REGULATOR.0 | Self::CERTIFIER.0 | Self::ARBITER.0 | Self::ORACLE.0 | Self::GATEWAY.0,
    );

    /// The roles in the order of their bits.
    pub const NAMES: &'static [&'static str] = &[
        "registrar",
        "regulator",
        "certifier",
        "manufacturer",
        "distributor",
        "provider",
        "pharmacy",
        "practitioner",
        "pharmacist",
        "engineer",
        "patient",
        "arbiter",
        "oracle",
        "gateway",
    ];

    /// The set with exactly these bits, as a contract returns them.
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// The bits of the set.
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Whether both sets share a role.
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether the set has a role that only the delayed path may grant.
    pub const fn is_powerful(self) -> bool {
        self.intersects(Self::POWERFUL)
    }

    /// Whether the set has no role.
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }

    /// The names of the roles of the set.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.iter().enumerate().filter(move |(bit, _)| self.0 >> bit & 1 == 1).map(|(_, name)| *name)
    }
}

impl BitOr for Roles {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names().collect::<Vec<_>>().join(","))
    }
}

impl fmt::Debug for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Roles({self})")
    }
}

/// Names separated by commas: `manufacturer,distributor`.
impl FromStr for Roles {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        text.split(',').map(str::trim).filter(|name| !name.is_empty()).try_fold(Self::default(), |set, name| {
            match Self::NAMES.iter().position(|known| known.eq_ignore_ascii_case(name)) {
                Some(bit) => Ok(set | Self(1 << bit)),
                None => Err(Error::UnknownWord { kind: "role", word: name.to_owned(), known: Self::NAMES }),
            }
        })
    }
}

impl serde::Serialize for Roles {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.names())
    }
}

impl<'de> serde::Deserialize<'de> for Roles {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        names.join(",").parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn text_and_json_round_trip(bits in 0u32..1 << 14) {
            let roles = Roles::from_bits(bits);
            prop_assert_eq!(roles.to_string().parse::<Roles>().unwrap(), roles);
            let json = serde_json::to_string(&roles).unwrap();
            prop_assert_eq!(serde_json::from_str::<Roles>(&json).unwrap(), roles);
        }
    }

    #[test]
    fn an_unknown_role_is_named() {
        let error = "manufacturer, wizard".parse::<Roles>().unwrap_err().to_string();
        assert!(error.starts_with("`wizard` is not a role: use one of registrar"), "{error}");
    }
}
