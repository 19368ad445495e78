//! Files by their format, and archives.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;

use super::*;

fn zipped(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn read_source(bytes: impl AsRef<[u8]>) -> Result<Got, GudidError> {
    let source = Source::new(Cursor::new(bytes.as_ref()))?;
    gather(|on| source.read(on))
}

#[test]
fn every_xml_file_of_an_archive_is_read() {
    let zip = zipped(&[
        ("readme.txt", "not XML"),
        ("one/part1.xml", &file(&[&record(A, "")])),
        ("__MACOSX/one/._part1.xml", "leftover"),
        ("PART2.XML", &file(&["<device/>", &record(B, "")])),
    ]);
    let got = read_source(zip).unwrap();
    assert_eq!(got.dis(), [A, B]);
    assert_eq!(got.refused[0].entry.as_deref(), Some("PART2.XML"));
    assert_eq!((got.refused[0].number, got.summary.read), (1, 3));
}

#[test]
fn a_wrong_checksum_is_said() {
    let mut zip = zipped(&[("a.xml", &file(&[&record(A, "")]))]);
    // The CRC-32 of an entry stands 16 bytes into its header of the central directory (APPNOTE.TXT 4.3.12).
    let central = zip.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    zip[central + 16] ^= 0xff;
    let error = read_source(zip).unwrap_err();
    assert!(matches!(&error, GudidError::ZipEntry { entry, .. } if entry == "a.xml"), "{error}");
}

#[test]
fn an_encrypted_entry_is_said() {
    let mut zip = zipped(&[("a.xml", "<data/>")]);
    // Bit 0 of the general purpose flags (APPNOTE.TXT 4.4.4), in both headers.
    let central = zip.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    zip[6] |= 1;
    zip[central + 8] |= 1;
    assert!(matches!(read_source(zip), Err(GudidError::Encrypted { entry }) if entry == "a.xml"));
}

#[test]
fn a_cut_archive_and_one_without_xml_are_refused() {
    let zip = zipped(&[("a.xml", &file(&[&record(A, "")]))]);
    assert!(matches!(read_source(&zip[..zip.len() - 30]), Err(GudidError::Zip(_))));
    assert!(matches!(read_source(zipped(&[("a.txt", "x")])), Err(GudidError::NoXmlInZip)));
}

#[test]
fn formats_are_told_apart_by_their_first_bytes() {
    let format = |bytes: &[u8]| Source::new(Cursor::new(bytes)).map(|source| source.format());
    assert_eq!(format(b"\xef\xbb\xbf \n<data/>").unwrap(), Format::Xml);
    assert_eq!(format(b" {}").unwrap(), Format::Json);
    assert_eq!(format(&zipped(&[])).unwrap(), Format::Zip);
    for (bytes, said) in [(&b""[..], "empty"), (b"\x1f\x8b\x08", "gzip"), (b"%PDF-1.7", "PDF"), (b"a,b", "neither")] {
        assert!(format(bytes).unwrap_err().to_string().contains(said));
    }
    assert!(matches!(format(b"<\0d\0"), Err(GudidError::Encoding { .. })));
}

#[test]
fn files_are_opened_by_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("release.zip");
    std::fs::write(&path, zipped(&[("a.xml", &file(&[&record(A, "")]))])).unwrap();
    assert_eq!(gather(|on| open(&path)?.read(on)).unwrap().dis(), [A]);
    assert!(matches!(open(&folder.path().join("none")), Err(GudidError::Io(_))));
}
