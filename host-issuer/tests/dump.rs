//! `eid dump`: published files become what they are, broken ones show where they break, and nothing takes it apart.

#[path = "support/world.rs"]
mod world;

use host_issuer::dump::{Dump, Entry, MAX_DEPTH, MAX_FILE_BYTES, MAX_OBJECTS, dump};
use proptest::prelude::*;
use test_vectors::documents::{bsi_2008, mutated_sods, tr_03105_5};
use test_vectors::{hex as hex_field, load};
use world::World;

fn read(file: &[u8]) -> Dump {
    dump(file).unwrap()
}

/// Every entry, whatever depth.
fn all(entries: &[Entry]) -> Vec<&Entry> {
    entries
        .iter()
        .flat_map(|entry| std::iter::once(entry).chain(all(&entry.objects)))
        .collect()
}

/// Name and value of every entry that has both.
fn values(dump: &Dump) -> Vec<(String, String)> {
    all(&dump.objects)
        .into_iter()
        .filter_map(|entry| Some((entry.name.clone()?, entry.value.clone()?)))
        .collect()
}

#[track_caller]
fn has(dump: &Dump, name: &str, value: &str) {
    assert!(
        values(dump).contains(&(name.to_owned(), value.to_owned())),
        "no {name}: {value} in {:#?}",
        values(dump)
    );
}

#[test]
fn files_of_the_bsi_sets() {
    for set in [tr_03105_5(), bsi_2008()] {
        for (name, kind) in [
            ("EF_COM", "EF.COM"),
            ("DG1", "DG1, machine readable zone"),
            ("DG14", "DG14, security options"),
            ("DG15", "DG15, Active Authentication public key"),
            ("EF_SOD", "EF.SOD"),
        ] {
            let dump = read(set.file(name));
            assert_eq!(dump.kind, kind, "{}", set.id);
            assert_eq!((dump.problems.len(), dump.length), (0, set.file(name).len()));
        }
        let sod = read(set.file("EF_SOD"));
        for (number, digest) in &set.listed_digests {
            has(&sod, "dataGroupNumber", &number.to_string());
            has(&sod, "dataGroupHashValue", &hex::encode_upper(digest));
        }
        has(
            &sod,
            "eContentType",
            "2.23.136.1.1.1 (id-icao-mrtd-security-ldsSecurityObject, Doc 9303-10 §4.6.2)",
        );
        has(&sod, "value", "\"DE\"");
        let dg14 = read(set.file("DG14"));
        has(
            &dg14,
            "protocol",
            "0.4.0.127.0.7.2.2.1.2 (id-PK-ECDH, Doc 9303-11 §9.2.6)",
        );
    }
    let set = bsi_2008();
    for (name, kind, record) in [
        ("DG2", "DG2, face", "face record of ISO/IEC 19794-5"),
        ("DG3", "DG3, fingers", "finger record of ISO/IEC 19794-4"),
        ("DG4", "DG4, irises", "iris record of ISO/IEC 19794-6"),
    ] {
        let dump = read(set.file(name));
        assert_eq!((dump.kind, dump.problems.len()), (kind, 0));
        let shown = values(&dump);
        let shown = shown.iter().find(|(name, _)| name == "biometric data block");
        assert!(shown.unwrap().1.starts_with(record), "{shown:?}");
    }
    has(
        &read(set.file("DG1")),
        "machine readable zone",
        "P<D<<MUSTERMANN<<ERIKA<<<<<<<<<<<<<<<<<<<<<< / C11T002JM4D<<9608122F1310317<<<<<<<<<<<<<<<6",
    );
}

/// The document signer's certificate inside EF.SOD, on its own, in DER and in PEM.
#[test]
fn certificates() {
    let sod = tr_03105_5().file("EF_SOD").to_vec();
    let whole = read(&sod);
    let certificate = all(&whole.objects)
        .into_iter()
        .find(|entry| entry.name.as_deref() == Some("Certificate"))
        .unwrap();
    let der = &sod[certificate.offset..certificate.offset + certificate.header + certificate.length];
    let dump = read(der);
    assert_eq!((dump.kind, dump.problems.len()), ("X.509 certificate", 0));
    has(&dump, "value", "\"HJP PB DS\"");
    has(&dump, "notBefore", "\"131216214318Z\"");
    let pem = der::pem::encode_string("CERTIFICATE", der::pem::LineEnding::LF, der).unwrap();
    for text in [pem.clone(), format!("subject: somebody\n\n{pem}\n")] {
        let from_text = read(text.as_bytes());
        assert_eq!(
            (from_text.kind, from_text.pem.as_deref()),
            (dump.kind, Some("CERTIFICATE"))
        );
        assert_eq!(from_text.length, der.len());
    }
    // SignedData without the outer tag of the file.
    assert_eq!(read(&sod[4..]).kind, "SignedData of EF.SOD");
}

#[test]
fn published_examples() {
    let examples = load("lds-specimen-sets")["icao_part10_examples"].clone();
    let dg11 = hex_field(&examples["DG11_A5_corrected"]);
    let dump = read(&dg11);
    assert_eq!(dump.kind, "DG11, additional personal details");
    has(&dump, "name of holder", "\"SMITH<<JOHN<J\"");
    has(&dump, "tag list", "5F0E, 5F11, 5F42, 5F12, 5F13");
    let dg16 = read(&hex_field(&examples["DG16_A6"]));
    has(&dg16, "date recorded", "2002-03-15");
    has(
        &read(&hex_field(&examples["EF_COM_A1"])),
        "tag list",
        "61 (DG1), 75 (DG2), 76 (DG4), 6C (DG12)",
    );
    // As appendix A.5 prints it: a length of 63 for 60, and a field that says 0E where 0B bytes are.
    let mut printed = dg11.clone();
    printed[1] = 0x63;
    let position = printed.windows(2).position(|tag| tag == [0x5F, 0x12]).unwrap();
    let position = printed[position + 2..]
        .windows(2)
        .position(|tag| tag == [0x5F, 0x12])
        .map_or(position, |second| position + 2 + second);
    printed[position + 2] = 0x0E;
    let dump = read(&printed);
    assert_eq!(dump.kind, "DG11, additional personal details");
    let rules: Vec<_> = dump
        .problems
        .iter()
        .map(|problem| (problem.offset, problem.rule.as_str()))
        .collect();
    assert!(
        rules.contains(&(0, "the length says 99 bytes, 96 are there")),
        "{rules:?}"
    );
    assert!(rules.iter().any(|(offset, _)| *offset > position), "{rules:?}");
}

/// CVCA, DV and terminal certificates, EF.CardAccess and EF.CardSecurity of the BSI worked example.
#[test]
fn bsi_worked_example() {
    let values_of = &load("bsi-eac2-worked-example")["vectors"][0]["values"];
    for (name, role) in [
        ("cvca_cert", "CVCA"),
        ("dv_cert", "document verifier (domestic)"),
        ("ta_cert", "inspection system"),
    ] {
        let dump = read(&hex_field(&values_of[name]));
        assert_eq!((dump.kind, dump.problems.len()), ("CV certificate", 0), "{name}");
        let shown = values(&dump);
        let template = shown.iter().find(|(name, _)| name == "role and rights");
        assert!(
            template.is_some_and(|(_, value)| value.contains(role) || !value.contains("may read")),
            "{name}: {template:?}"
        );
        let date = shown
            .iter()
            .find(|(name, _)| name == "certificate effective date");
        assert!(date.is_some_and(|(_, value)| value.starts_with("20")), "{date:?}");
    }
    let access = read(&hex_field(&values_of["ef_cardaccess"]));
    assert_eq!(access.kind, "EF.CardAccess (SecurityInfos)");
    has(&access, "parameterId", "13");
    let security = read(&hex_field(&values_of["ef_cardsecurity"]));
    assert_eq!((security.kind, security.problems.len()), ("EF.CardSecurity", 0));
}

#[test]
fn broken_security_objects_are_shown() {
    for sod in mutated_sods() {
        let dump = read(&sod.content);
        assert_eq!(dump.kind, "EF.SOD", "{}", sod.description);
        assert!(all(&dump.objects).len() > 20, "{}", sod.description);
    }
}

#[test]
fn private_keys_are_not_shown() {
    let secret = [0x5A; 32];
    let inner = [&hex::decode("0420").unwrap()[..], &secret].concat();
    let pkcs8 = [
        &hex::decode("3041020100301306072A8648CE3D020106082A8648CE3D030107").unwrap()[..],
        &[0x04, 0x27],
        &hex::decode("3025020101").unwrap(),
        &inner,
    ]
    .concat();
    let dump = read(&pkcs8);
    assert_eq!(dump.kind, "private key");
    let shown = format!("{dump:?}");
    assert!(!shown.contains("5A5A"), "{shown}");
    assert!(shown.contains("1.2.840.10045.3.1.7"), "{shown}");
}

#[test]
fn what_is_no_data_object() {
    let dump = read(b"\x60\x02\x5C\x00\x00\x00\x00");
    assert_eq!(dump.problems.len(), 1);
    assert_eq!(
        (dump.problems[0].offset, dump.problems[0].rule.as_str()),
        (4, "padding")
    );
    let dump = read(b"\x60\x02\x5C\x00\x04\x05hello\x7F");
    let last = dump.problems.last().unwrap();
    assert_eq!((last.offset, last.bytes.as_str()), (11, "7F"));
    for nothing in [&b""[..], b"\x7F", b"\x30\x85\x01\x00\x00\x00\x00", b"\x04\x80"] {
        let dump = read(nothing);
        assert_eq!((dump.kind, dump.objects.len()), ("no data object", 0));
        assert_eq!(dump.problems.len(), usize::from(!nothing.is_empty()));
    }
    // Text of a file cannot steer the terminal.
    let dump = read(b"\x6B\x0B\x5C\x00\x5F\x14\x06\x1B[2J\xC2\x85");
    assert!(!format!("{dump:?}").contains('\u{1B}'));
}

/// 4 GiB, 10,000 levels, a million objects, strings inside strings: an answer in milliseconds, of bounded size.
#[test]
fn what_wants_to_do_harm() {
    let four_gib = read(&[0x60, 0x84, 0xFF, 0xFF, 0xFF, 0xFF, 0x5C, 0x01, 0x61]);
    assert_eq!(four_gib.kind, "EF.COM");
    assert!(
        four_gib.problems[0].rule.contains("4294967295"),
        "{:?}",
        four_gib.problems
    );

    let mut levels = vec![0x05, 0x00];
    let mut strings = levels.clone();
    for _ in 0..10_000 {
        for (inner, tag) in [(&mut levels, 0x30), (&mut strings, 0x24)] {
            let length = (inner.len() as u32).to_be_bytes();
            let mut outer = vec![tag, 0x84];
            outer.extend_from_slice(&length);
            outer.append(inner);
            *inner = outer;
        }
    }
    // An OCTET STRING around a SEQUENCE, again and again.
    let mut alternating = vec![0x05, 0x00];
    for level in 0..200_u32 {
        let mut outer = vec![if level % 2 == 0 { 0x30 } else { 0x04 }, 0x84];
        outer.extend_from_slice(&(alternating.len() as u32).to_be_bytes());
        outer.append(&mut alternating);
        alternating = outer;
    }
    for file in [
        levels,
        strings,
        alternating,
        [0x30, 0x80].repeat(10_000),
        [0x24, 0x80].repeat(10_000),
    ] {
        let dump = read(&file);
        assert!(all(&dump.objects).len() <= MAX_DEPTH + 1);
    }
    let many = read(&[0x05, 0x00].repeat(1_000_000));
    assert_eq!(all(&many.objects).len(), MAX_OBJECTS);
    assert_eq!(many.problems.len(), 1);
    let bytes = vec![0x30; MAX_FILE_BYTES + 1];
    assert!(dump(&bytes).is_err());
    let long = [&[0x04, 0x83, 0x10, 0x00, 0x00][..], &vec![0xAB; 0x10_0000]].concat();
    assert!(serde_json::to_string(&read(&long)).unwrap().len() < 1000);
}

#[test]
fn command_line() {
    let world = World::with_office();
    world.write("sod.bin", tr_03105_5().file("EF_SOD"));
    let shown = world.eid(&["dump", "@sod.bin"]).expect(0).output;
    assert!(
        shown.starts_with("EF.SOD (Doc 9303-10 §4.6.2), 1934 bytes\n"),
        "{shown}"
    );
    assert!(
        shown.contains("LDSSecurityObject (Doc 9303-10 §4.6.2.3)"),
        "{shown}"
    );
    let json = world.eid(&["dump", "@sod.bin", "--json"]).expect(0).output;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&json["schema"], &json["kind"]),
        (&"eid.dump/1".into(), &"EF.SOD".into())
    );
    assert_eq!(json["objects"][0]["tag"], "77");
    world.write("rest.bin", b"\x60\x02\x5C\x00\x7F");
    let shown = world.eid(&["dump", "@rest.bin"]).expect(0).output;
    assert!(
        shown.contains("4  1 bytes: the bytes end inside a tag: 7F"),
        "{shown}"
    );
    world.write("long.bin", &vec![0; MAX_FILE_BYTES + 1]);
    world.eid(&["dump", "@long.bin"]).expect(3);
}

proptest! {
    /// Any bytes, and any change to a file, are taken apart. Failures print the seed.
    #[test]
    fn any_bytes_are_answered(noise in proptest::collection::vec(any::<u8>(), 0..300), at in 0_usize..2000, value: u8) {
        let mut file = tr_03105_5().file("EF_SOD").to_vec();
        if let Some(byte) = file.get_mut(at) {
            *byte = value;
        }
        for file in [noise, file] {
            let dump = read(&file);
            for entry in all(&dump.objects) {
                prop_assert!(entry.offset + entry.header + entry.length <= file.len());
            }
        }
    }
}
