//! Keys and certificates that OpenSSL made, as companies have them: a root, an authority below it, and a company.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

mod terminal;

use std::process::Command;

use serde_json::json;
use terminal::{ADMIN, MAKER, Terminal};

/// Extensions of a company's and of an authority's certificate.
const EXTENSIONS: &str = "[company]\nbasicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\n\
    extendedKeyUsage=clientAuth\n[authority]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n";

#[test]
fn companies_join_with_what_openssl_made() {
    if Command::new("openssl").arg("version").output().is_err() {
        eprintln!("skipped: openssl is not on the PATH");
        return;
    }
    let terminal = Terminal::with_suite(0);
    terminal.write("extensions", EXTENSIONS);
    let p256 = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
    let p384 = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"];
    let root = ["req", "-x509", "-nodes", "-keyout", "root.key", "-out", "root.pem", "-days", "30", "-subj", "/O=Root"];
    openssl(&terminal, &[&root[..], &p384].concat());
    certify(&terminal, "authority", "/O=Authority", &p384, "root", "authority");
    let rsa = ["-newkey", "rsa:2048"];
    for (name, algorithm) in [("ecdsa", &p256[..]), ("rsa", &rsa)] {
        certify(&terminal, name, "/C=DE/O=Müller Medizintechnik", algorithm, "authority", "company");
        join(&terminal, name);
    }
}

/// Makes a key and a certificate by `issuer`.
fn certify(terminal: &Terminal, name: &str, subject: &str, algorithm: &[&str], issuer: &str, extensions: &str) {
    let [key, request, certificate] = ["key", "csr", "pem"].map(|end| format!("{name}.{end}"));
    let make = ["req", "-utf8", "-nodes", "-keyout", &key, "-out", &request, "-subj", subject];
    openssl(terminal, &[&make[..], algorithm].concat());
    let (issuer_key, issuer) = (format!("{issuer}.key"), format!("{issuer}.pem"));
    openssl(
        terminal,
        &[
            "x509",
            "-req",
            "-in",
            &request,
            "-CA",
            &issuer,
            "-CAkey",
            &issuer_key,
            "-CAcreateserial",
            "-days",
            "20",
            "-extfile",
            "extensions",
            "-extensions",
            extensions,
            "-out",
            &certificate,
        ],
    );
}

/// Applies with the certificate and its intermediate, and is approved under the root.
fn join(terminal: &Terminal, name: &str) {
    let read = |file: String| std::fs::read_to_string(terminal.path(&file)).unwrap();
    let chain = read(format!("{name}.pem")) + &read("authority.pem".to_owned());
    let chain = terminal.write(&format!("{name}.chain.pem"), &chain);
    let (key, out) = (format!("{name}.key"), format!("{name}.json"));
    terminal.json(
        MAKER,
        &[
            "participants",
            "apply",
            "--certificate",
            &chain,
            "--certificate-key",
            &key,
            "--roles",
            "manufacturer",
            "--out",
            &out,
        ],
    );
    let approved = terminal.json(ADMIN, &["participants", "approve", "--application", &out, "--roots", "root.pem"]);
    let organisation = json!({ "name": "Müller Medizintechnik", "identifier": "DE:Müller Medizintechnik" });
    assert_eq!((&approved["organisation"], &approved["stage"]), (&organisation, &json!("done")));
}

fn openssl(terminal: &Terminal, arguments: &[&str]) {
    let done = Command::new("openssl").args(arguments).current_dir(terminal.folder.path()).output().unwrap();
    assert!(done.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}
