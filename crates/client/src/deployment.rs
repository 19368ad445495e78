//! `deployments/<chainId>.json`: where the suite is on a chain.

use std::path::{Path, PathBuf};

use alloy::primitives::{Address, B256};

use crate::error::{Error, Result};

/// Who administers a deployment, and with which delay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Parameters {
    /// The administrator: grants the administrative roles.
    pub admin: Address,
    /// Who can cancel what was scheduled; not the administrator.
    pub guardian: Address,
    /// Enrols participants in ordinary roles, and suspends them.
    pub registrar: Address,
    /// Seconds between the announcement of a powerful grant and its execution.
    pub delay: u32,
}

/// Where the suite is on a chain.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// The chain (EIP-155).
    pub chain_id: u64,
    /// A block before the first event of the suite: where an index begins.
    pub block: u64,
    /// CREATE2 salt of every contract.
    pub salt: B256,
    /// The `AccessManager`.
    pub administration: Address,
    /// The `ERC2771Forwarder`.
    pub forwarder: Address,
    /// Who is this, in which roles, until when?
    pub participants: Address,
    /// What was made?
    pub catalog: Address,
    /// What evidence exists about a subject?
    pub anchors: Address,
    /// Who holds this unit, and may it move?
    pub custody: Address,
    /// Who holds this case or pallet, and what is left in it?
    pub units: Address,
    /// Who owns this device?
    pub devices: Address,
    /// Whose money is this?
    pub escrow: Address,
    /// How is it bought?
    pub market: Address,
    /// May this medicine be handed over?
    pub pharmacy: Address,
    /// Is this doctor (or machine) free?
    pub appointments: Address,
    /// How is this device doing?
    pub mds_profiles: Address,
    /// What does the hospital system say?
    pub fhir_oracle: Address,
    /// Who administers it.
    pub parameters: Parameters,
}

impl Deployment {
    /// The contracts by name, in the order of their deployment.
    pub fn contracts(&self) -> [(&'static str, Address); 14] {
        [
            ("Administration", self.administration),
            ("ERC2771Forwarder", self.forwarder),
            ("Participants", self.participants),
            ("Catalog", self.catalog),
            ("Anchors", self.anchors),
            ("Custody", self.custody),
            ("Units", self.units),
            ("Devices", self.devices),
            ("MdsProfiles", self.mds_profiles),
            ("Appointments", self.appointments),
            ("Escrow", self.escrow),
            ("Market", self.market),
            ("Pharmacy", self.pharmacy),
            ("FhirOracle", self.fhir_oracle),
        ]
    }

    /// The file of a chain.
    pub fn path(folder: &Path, chain_id: u64) -> PathBuf {
        folder.join(format!("{chain_id}.json"))
    }

    /// Reads the deployment of a chain.
    pub fn read(folder: &Path, chain_id: u64) -> Result<Self> {
        let path = Self::path(folder, chain_id);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(Error::NoDeployment { chain_id, path });
            }
            Err(source) => return Err(Error::File { path, source }),
        };
        let malformed = |line, reason| Error::Malformed { path: path.clone(), line, reason };
        let deployment: Self = serde_json::from_str(&text).map_err(|error| {
            let reason = match is_of_older_version(&text) {
                true => {
                    "it is of an older version, whose contracts were others. Run `theriac deploy` again with the same \
                         parameters: the house of this version is built beside the old one, whose records stay where they are"
                        .to_owned()
                }
                false => format!("{error}. Run `theriac deploy` to write it anew"),
            };
            malformed(Some(error.line()), reason)
        })?;
        if deployment.chain_id != chain_id {
            return Err(malformed(None, format!("it is of chain {}, not {chain_id}", deployment.chain_id)));
        }
        Ok(deployment)
    }

    /// Writes the file whole or not at all: first beside it, then in its place.
    pub fn write(&self, folder: &Path) -> Result<PathBuf> {
        std::fs::create_dir_all(folder).map_err(Error::file(folder))?;
        let path = Self::path(folder, self.chain_id);
        let beside = folder.join(format!(".{}.json.{}", self.chain_id, std::process::id()));
        let text = serde_json::to_string_pretty(self).map_err(|error| Error::Answer(error.to_string()))?;
        let written = std::fs::File::create(&beside).and_then(|mut file| {
            use std::io::Write as _;
            file.write_all(text.as_bytes())?;
            file.write_all(b"\n")?;
            file.sync_all()
        });
        written.map_err(Error::file(&beside))?;
        std::fs::rename(&beside, &path).map_err(Error::file(&path))?;
        Ok(path)
    }
}

/// Whether the text is a deployment without the rooms that came last.
fn is_of_older_version(text: &str) -> bool {
    let known: Option<serde_json::Value> = serde_json::from_str(text).ok();
    known.is_some_and(|known| known.get("devices").is_some() && known.get("fhirOracle").is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Deployment {
        let at = Address::repeat_byte;
        Deployment {
            chain_id: 9,
            block: 3,
            salt: B256::repeat_byte(1),
            administration: at(1),
            forwarder: at(2),
            participants: at(3),
            catalog: at(4),
            anchors: at(5),
            custody: at(6),
            devices: at(7),
            escrow: at(8),
            market: at(9),
            units: at(10),
            pharmacy: at(11),
            appointments: at(12),
            mds_profiles: at(16),
            fhir_oracle: at(17),
            parameters: Parameters { admin: at(13), guardian: at(14), registrar: at(15), delay: 60 },
        }
    }

    #[test]
    fn what_is_written_is_read_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = sample().write(folder.path()).unwrap();
        assert_eq!(Deployment::read(folder.path(), 9).unwrap(), sample());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(path.ends_with("9.json"));
    }

    #[test]
    fn a_missing_a_broken_and_a_foreign_file_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(Deployment::read(folder.path(), 9), Err(Error::NoDeployment { chain_id: 9, .. })));
        std::fs::write(folder.path().join("9.json"), "{\n\"chainId\": 9,\n").unwrap();
        assert!(matches!(Deployment::read(folder.path(), 9), Err(Error::Malformed { line: Some(3), .. })));
        let mut older = serde_json::to_value(sample()).unwrap();
        for room in ["mdsProfiles", "fhirOracle"] {
            older.as_object_mut().unwrap().remove(room);
        }
        std::fs::write(folder.path().join("9.json"), older.to_string()).unwrap();
        let error = Deployment::read(folder.path(), 9).unwrap_err().to_string();
        assert!(
            error.contains("of an older version, whose contracts were others. Run `theriac deploy` again"),
            "{error}"
        );
        let path = sample().write(folder.path()).unwrap();
        std::fs::rename(path, folder.path().join("10.json")).unwrap();
        assert!(matches!(Deployment::read(folder.path(), 10), Err(Error::Malformed { line: None, .. })));
    }
}
