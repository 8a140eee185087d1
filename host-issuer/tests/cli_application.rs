//! A health insurance beside the document, by the program `eid` on a virtual chip: issued, listed, read, written, and refused
//! wherever it must be. Terminal and chip are both ours: that they agree proves nothing about the standards, which have their
//! own tests.

#![allow(clippy::disallowed_methods, reason = "a test's own files")]

#[path = "support/office.rs"]
mod office;

use std::fs;
use std::path::Path;

use office::{Office, Outcome};

const READER: &str = "virtual:one.chip";

/// An office with an insurance beside it, and a blank chip.
fn office() -> Office {
    let office = Office::open(Path::new("/nonexistent/pcscd.comm"));
    for keys in ["insurance.keys", "others.keys"] {
        office.eid(&["keys", "init", "--out", keys]).expect(0);
    }
    office.make_chip("one.chip");
    office
}

fn issue(office: &Office, more: &[&str]) -> Outcome {
    #[rustfmt::skip]
    let arguments = [
        "issue", "--reader", READER, "--profile", "vn-cc-2024-insurance", "--record", "record.json",
        "--photo", "face.jp2", "--ds", "ds", "--issuer-keys", "issuer.keys", "--out", "out",
    ];
    office.eid(&[&arguments[..], more].concat())
}

fn application(office: &Office, act: &str, more: &[&str]) -> Outcome {
    let arguments = [
        &["card", "application", act, "--reader", READER, "--json"][..],
        more,
    ]
    .concat();
    office.eid(&arguments)
}

fn write(office: &Office, application_name: &str, file: &str, more: &[&str]) -> Outcome {
    let can = office.printed_can("out");
    let arguments = [
        application_name,
        "--can",
        &can,
        "--file",
        file,
        "--from",
        "policy.bin",
    ];
    application(office, "write", &[&arguments[..], more].concat())
}

const KEYS: [&str; 2] = ["--application-keys", "insurance.keys"];

#[test]
fn plumbing_an_insurance_from_the_profile_to_the_counter() {
    let office = office();
    let can = {
        issue(&office, &["--application-keys", "insurance=insurance.keys"]).expect(0);
        office.printed_can("out")
    };
    let read = |file: &str, more: &[&str]| {
        let arguments = ["insurance", "--file", file, "--can", &can];
        application(&office, "read", &[&arguments[..], more].concat())
    };

    // EF.DIR tells anybody which applications there are.
    let listed = application(&office, "list", &[]).expect(0).json();
    assert_eq!(listed["schema"], "eid.card.applications/1");
    let names = serde_json::json!([
        {"aid": "A0000002471001", "name": "eMRTD"},
        {"aid": "F0564E4D42485954", "name": "insurance"},
    ]);
    assert_eq!(listed["applications"], names);
    let info = office
        .eid(&["card", "info", "--reader", READER, "--json"])
        .expect(0)
        .json();
    assert_eq!(info["applications"], names);

    // As it was issued: whole and empty.
    let issued = read("0202", &[]).expect(0).json();
    assert_eq!(
        (&issued["length"], &issued["content"]),
        (&1024.into(), &"00".repeat(1024).into())
    );
    assert_eq!(read("1", &[]).expect(0).json()["content"], "0100");

    // The insurer writes, by either name of the file and of the application; the counter reads.
    let policy: Vec<u8> = (0..1000u32).map(|index| (index * 7 % 256) as u8).collect();
    office.write("policy.bin", &policy);
    let done = write(
        &office,
        "insurance",
        "0202",
        &[&KEYS[..], &["--read-back"]].concat(),
    )
    .expect(0)
    .json();
    assert_eq!(done["schema"], "eid.card.application.write/1");
    assert_eq!(
        (&done["commands"], &done["length"]),
        (&1.into(), &1000.into()),
        "one whole command"
    );
    assert_eq!(done["read_back"], true);
    read("2", &["--out", "seen.bin"]).expect(0);
    let mut expected = policy.clone();
    expected.resize(1024, 0);
    assert_eq!(
        fs::read(office.path("seen.bin")).expect("what was read"),
        expected
    );
    office.write("policy.bin", b"changed");
    write(&office, "F0564E4D42485954", "2", &KEYS).expect(0);
    expected[..7].copy_from_slice(b"changed");
    assert_eq!(
        read("2", &[]).expect(0).json()["content"],
        hex::encode_upper(&expected)
    );
    // The insurer's own notes are no reader's.
    write(&office, "insurance", "3", &[&KEYS[..], &["--read-back"]].concat()).expect(0);
    let refused = read("3", &[]).expect_failure(3);
    assert!(refused.stderr.contains("not for readers"), "{}", refused.stderr);

    // The document is what it was.
    let verified = office.eid(&["verify", "--reader", READER, "--can", &can, "--trust", "csca"]);
    verified.expect(0);
    office.assert_left_no_trace_of(&[&can]);
}

#[test]
fn plumbing_what_an_application_and_its_keys_cannot_do() {
    let office = office();
    // Keys are required, of this application, and not the issuer's own.
    for (more, code, cause) in [
        (&[][..], 2, "--application-keys insurance=FILE is required"),
        (&["--application-keys", "insurance.keys"], 2, "not NAME=FILE"),
        (
            &["--application-keys", "library=insurance.keys"],
            2,
            "gives no application library keys",
        ),
        (
            &["--application-keys", "insurance=issuer.keys"],
            3,
            "the issuer's master keys",
        ),
        (
            &["--application-keys", "insurance=missing.keys"],
            3,
            "missing.keys",
        ),
    ] {
        let refused = issue(&office, more).expect_failure(code);
        assert!(refused.stderr.contains(cause), "{}", refused.stderr);
    }
    office.write("policy.bin", b"a policy");
    let early = [
        "F0564E4D42485954",
        "--can",
        "123456",
        "--file",
        "2",
        "--from",
        "policy.bin",
    ];
    let early = application(&office, "write", &[&early[..], &KEYS].concat()).expect_failure(3);
    assert!(early.stderr.contains("not operational"), "{}", early.stderr);
    issue(&office, &["--application-keys", "insurance=insurance.keys"]).expect(0);
    let can = office.printed_can("out");

    let long = "long.bin";
    office.write(long, &[0xAA; 1025]);
    office.write("empty.bin", b"");
    let others = ["--application-keys", "others.keys"];
    #[rustfmt::skip]
    let writes: [(&str, &str, &[&str], i32, &str); 8] = [
        ("insurance", "0201", &KEYS, 3, "is not to be written"),
        ("insurance", "0204", &KEYS, 3, "has no EF 0204"),
        ("insurance", "4", &KEYS, 3, "has no EF"),
        ("insurance", "31", &KEYS, 2, "neither an identifier"),
        ("insurance", "0202", &others, 13, "insurance"),
        ("library", "0202", &KEYS, 3, "no application library"),
        ("F000000001", "0202", &KEYS, 3, "no application F000000001"),
        ("A0000002471001", "0101", &KEYS, 3, "no keys of its own"),
    ];
    for (name, file, keys, code, cause) in writes {
        let refused = write(&office, name, file, keys).expect_failure(code);
        assert!(
            refused.stderr.contains(cause),
            "{name} {file}: {}",
            refused.stderr
        );
    }
    for (from, cause) in [
        (long, "is shorter"),
        ("empty.bin", "empty"),
        ("none.bin", "none.bin"),
    ] {
        let arguments = ["insurance", "--can", &can, "--file", "2", "--from", from];
        let refused = application(&office, "write", &[&arguments[..], &KEYS].concat()).expect_failure(3);
        assert!(refused.stderr.contains(cause), "{}", refused.stderr);
    }
    for (name, file, secret, code, cause) in [
        ("insurance", "2", "000000", 12, "does not accept"),
        ("insurance", "0209", &*can, 3, "has no EF 0209"),
        ("insurance", "9", &can, 3, "has no EF"),
        ("library", "1", &can, 3, "no application library"),
        ("F000000001", "1", &can, 3, "no application"),
    ] {
        let refused =
            application(&office, "read", &[name, "--file", file, "--can", secret]).expect_failure(code);
        assert!(
            refused.stderr.contains(cause),
            "{name} {file}: {}",
            refused.stderr
        );
    }
    // After all that nothing is changed.
    let content = application(&office, "read", &["insurance", "--file", "2", "--can", &can])
        .expect(0)
        .json();
    assert_eq!(content["content"], "00".repeat(1024));

    // Out of service, and dead.
    for (act, cause) in [("deactivate", "out of service"), ("terminate", "dead")] {
        let arguments = [
            "card",
            act,
            "--reader",
            READER,
            "--can",
            &can,
            "--issuer-keys",
            "issuer.keys",
            "--force",
        ];
        office.eid(&arguments).expect(0);
        let refused = write(&office, "F0564E4D42485954", "2", &KEYS).expect_failure(3);
        assert!(refused.stderr.contains(cause), "{act}: {}", refused.stderr);
        let info = office
            .eid(&["card", "info", "--reader", READER, "--json"])
            .expect(0)
            .json();
        assert_eq!(
            info["applications"],
            serde_json::json!([]),
            "it tells nothing more"
        );
    }
}
