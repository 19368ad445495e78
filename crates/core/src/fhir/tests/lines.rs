use crate::fhir::Lines;

const JSON: &str = r#"{
  "resourceType": "Device",
  "extension": [
    { "url": "a", "valueCode": "x" },
    {
      "url": "b",
      "valueCode": "y"
    }
  ],
  "contained": [
    { "resourceType": "Location",
      "name": "here" }
  ],
  "status": "good"
}"#;

const XML: &str = r#"<?xml version="1.0"?>
<Device xmlns="http://hl7.org/fhir">
  <contained>
    <Location>
      <name value="here"/>
    </Location>
  </contained>
  <extension url="a"><valueCode value="x"/></extension>
  <extension url="b">
    <valueCode value="y"/>
  </extension>
  <status value="good"/>
</Device>"#;

#[test]
fn a_path_leads_to_its_line_in_json_and_xml() {
    let places = [
        ("Device", 1, 2),
        ("Device.status", 14, 12),
        ("Device.extension", 3, 8),
        ("Device.extension[1]", 5, 9),
        ("Device.extension[1].value", 7, 10),
        ("Device.extension[1].url", 6, 9),
        ("Device.extension[7].value", 3, 2),
        ("Device.contained[0].name", 12, 5),
        ("Device.type.coding[0].code", 1, 2),
    ];
    let (json, xml) = (Lines::of(JSON.as_bytes()).unwrap(), Lines::of(XML.as_bytes()).unwrap());
    for (path, in_json, in_xml) in places {
        assert_eq!((json.line(path), xml.line(path)), (in_json, in_xml), "{path}");
    }
    assert!(Lines::of(b"{").is_none() && Lines::of(b"<a").is_none() && Lines::of(b"\xff").is_none());
}
