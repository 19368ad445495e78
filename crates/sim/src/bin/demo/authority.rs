//! The demonstration's authority: a root, and a certificate and key for every company, as PEM files in `demo-out/pki`.

use std::path::Path;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};

use crate::Error;
use crate::cast::Person;

/// Writes what is not there yet.
pub(crate) fn establish(folder: &Path) -> Result<(), Error> {
    let root_file = folder.join("root.pem");
    if root_file.exists() {
        return Ok(());
    }
    std::fs::create_dir_all(folder)?;
    let key = KeyPair::generate()?;
    let mut root = CertificateParams::new(Vec::new())?;
    root.distinguished_name.push(DnType::OrganizationName, "Theriac Demonstration Authority");
    root.distinguished_name.push(DnType::CommonName, "Theriac Demonstration Root");
    root.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    root.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    root.not_before = date_time_ymd(2026, 1, 1);
    root.not_after = date_time_ymd(2046, 1, 1);
    let pem = root.self_signed(&key)?.pem();
    let issuer = Issuer::new(root, key);
    for (number, (person, name, _)) in Person::APPLICANTS.iter().enumerate() {
        company(folder, &issuer, &person.word(), name, number)?;
    }
    // Last: its presence says that the others are there.
    Ok(std::fs::write(root_file, pem)?)
}

fn company(folder: &Path, issuer: &Issuer<'_, KeyPair>, word: &str, name: &str, number: usize) -> Result<(), Error> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CountryName, "XX");
    params.distinguished_name.push(DnType::OrganizationName, name);
    // organizationIdentifier, ETSI EN 319 412-1.
    params.distinguished_name.push(DnType::CustomDnType(vec![2, 5, 4, 97]), format!("NTRXX-DEMO{number:04}"));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2036, 1, 1);
    std::fs::write(folder.join(format!("{word}.pem")), params.signed_by(&key, issuer)?.pem())?;
    Ok(std::fs::write(folder.join(format!("{word}.key")), key.serialize_pem())?)
}
