//! One signed file to the counters: its signer is pinned once, nothing else is believed, nothing goes back.

use std::fs;
use std::sync::OnceLock;

use time::macros::datetime;

use crate::foreign_pki::OpenSsl;
use crate::world::{Outcome, World};
use crate::{fingerprint, list};

/// An office with a trust folder `trust` and a bundle signer `boss`; returns the fingerprint of the signer's key.
fn office() -> (World, String) {
    let world = World::with_office();
    let accept = fingerprint(&world, "csca/csca.der");
    world
        .eid(&[
            "trust",
            "import",
            "--trust",
            "@trust",
            "--accept-fingerprint",
            &accept,
            "@csca/csca.der",
            "@csca/crl.der",
        ])
        .expect(0);
    let made = world
        .eid(&["trust", "signer", "--out", "@boss", "--json"])
        .expect(0)
        .json();
    let key = made["fingerprint"].as_str().expect("a fingerprint").to_owned();
    (world, key)
}

/// A bundle, and the fingerprint of its signer's key.
fn a_bundle() -> &'static (Vec<u8>, String) {
    static BUNDLE: OnceLock<(Vec<u8>, String)> = OnceLock::new();
    BUNDLE.get_or_init(|| {
        let (world, key) = office();
        export(&world, "@1.trust");
        let pem = fs::read_to_string(world.path("boss/bundle-signer.pub.pem")).expect("a key");
        assert!(pem.starts_with("-----BEGIN PUBLIC KEY-----"));
        (fs::read(world.path("1.trust")).expect("a bundle"), key)
    })
}

fn export(world: &World, out: &str) -> serde_json::Value {
    let arguments = [
        "trust", "export", "--trust", "@trust", "--signer", "@boss", "--out", out, "--json",
    ];
    world.eid(&arguments).expect(0).json()
}

fn import(world: &World, file: &str, more: &[&str]) -> Outcome {
    let mut arguments = vec!["trust", "import", "--trust", "@counter", file];
    arguments.extend(more);
    world.eid(&arguments)
}

fn verify(world: &World, trust: &str) -> Outcome {
    world.eid(&[
        "verify",
        "--reader",
        "virtual:@one.chip",
        "--can",
        &crate::world::can(),
        "--trust",
        trust,
        "--json",
    ])
}

#[test]
fn plumbing_a_bundle_feeds_a_folder() {
    let (world, key) = office();
    world.make_chip("one.chip");
    world.issue("one.chip", "out", &[]).expect(0);
    let first = export(&world, "@1.trust");
    assert_eq!(first["sequence"], 1);
    assert_eq!(first["signer"], key.as_str());
    export(&world, "@2.trust");

    let whole = fs::read(world.path("1.trust")).expect("a bundle");
    world.write("cut.trust", &whole[..whole.len() / 2]);
    import(&world, "@cut.trust", &[]).expect_failure(3, "does not verify");
    import(&world, "@1.trust", &["@csca/csca.der"]).expect_failure(2, "imported alone");
    import(&world, "@1.trust", &[]).expect_failure(22, "nobody accepted the bundle's signer");
    let other = "00".repeat(32);
    import(&world, "@1.trust", &["--accept-fingerprint", &other]).expect_failure(22, &key);
    assert!(!world.path("counter/trust.json").exists());
    let taken = import(&world, "@2.trust", &["--accept-fingerprint", &key, "--json"])
        .expect(0)
        .json();
    assert_eq!(taken["added"].as_array().map(Vec::len), Some(1));
    let report = verify(&world, "@counter").expect(0).json();
    assert_eq!(report["verdict"], "GENUINE");
    assert_eq!(report["trust"]["bundle"]["sequence"], 2);
    assert_eq!(report["trust"]["bundle"]["age_days"], 0);

    // Rollback, and what a copy does not do on its own.
    let before = fs::read(world.path("counter/trust.json")).expect("a record");
    import(&world, "@1.trust", &[]).expect_failure(3, "older than what is known");
    import(&world, "@2.trust", &[]).expect(0);
    import(&world, "@csca/crl.der", &[]).expect_failure(3, "fed by the bundles");
    let anchor = fingerprint(&world, "csca/csca.der");
    world
        .eid(&["trust", "remove", "--trust", "@counter", "--reason", "x", &anchor])
        .expect_failure(3, "fed by the bundles");
    world
        .eid(&[
            "trust", "export", "--trust", "@counter", "--signer", "@boss", "--out", "@x.trust",
        ])
        .expect_failure(3, "fed by the bundles");
    assert_eq!(
        fs::read(world.path("counter/trust.json")).expect("a record"),
        before
    );

    // Another signer's bundle with a higher number.
    world.eid(&["trust", "signer", "--out", "@stranger"]).expect(0);
    world
        .eid(&[
            "trust",
            "export",
            "--trust",
            "@trust",
            "--signer",
            "@stranger",
            "--out",
            "@foreign.trust",
        ])
        .expect(0);
    import(&world, "@foreign.trust", &[]).expect_failure(3, "is pinned");
    // A folder with decisions of its own is not overwritten.
    world
        .eid(&[
            "trust",
            "import",
            "--trust",
            "@trust",
            "--accept-fingerprint",
            &key,
            "@2.trust",
        ])
        .expect_failure(3, "decisions of its own");

    // A newer bundle with an older CRL in it.
    world.set_time(datetime!(2026-12-01 09:00 UTC));
    fs::create_dir(world.path("old")).expect("a folder");
    copy(&world, "trust", "old");
    world.eid(&["pki", "crl", "issue", "--csca", "@csca"]).expect(0);
    world
        .eid(&["trust", "import", "--trust", "@trust", "@csca/crl.der"])
        .expect(0);
    export(&world, "@4.trust");
    import(&world, "@4.trust", &[]).expect(0);
    for _ in 0..3 {
        world
            .eid(&[
                "trust", "export", "--trust", "@old", "--signer", "@boss", "--out", "@7.trust",
            ])
            .expect(0);
    }
    import(&world, "@7.trust", &[]).expect_failure(3, "older than what is known: the CRL");

    // A month later it has expired; the clock decides, not the file.
    world.set_time(datetime!(2027-01-02 09:00 UTC));
    verify(&world, "@counter").expect_failure(3, "expired");
    import(&world, "@4.trust", &[]).expect_failure(3, "expired");
    world.set_time(datetime!(2026-11-30 09:00 UTC));
    verify(&world, "@counter").expect_failure(3, "in the future");
}

fn copy(world: &World, from: &str, to: &str) {
    for path in world.all_files() {
        if let Ok(name) = path.strip_prefix(world.path(from)) {
            let target = world.path(to).join(name);
            fs::create_dir_all(target.parent().expect("a folder")).expect("made");
            fs::copy(&path, target).expect("copied");
        }
    }
}

#[test]
fn plumbing_a_bundle_is_verified_with_as_it_is() {
    let (world, key) = office();
    world.make_chip("one.chip");
    world.issue("one.chip", "out", &[]).expect(0);
    export(&world, "@1.trust");
    fs::copy(world.path("1.trust"), world.path("now.trust")).expect("copied");
    export(&world, "@2.trust");
    let pin = |more: &[&str]| {
        let mut arguments = vec!["trust", "pin", "@now.trust"];
        arguments.extend(more);
        world.eid(&arguments)
    };
    verify(&world, "@now.trust").expect_failure(22, "nobody accepted");
    pin(&["--accept-fingerprint", &"11".repeat(32)]).expect_failure(22, "nobody accepted");
    pin(&["--accept-fingerprint", &key]).expect(0);
    let report = verify(&world, "@now.trust").expect(0).json();
    assert_eq!(report["trust"]["bundle"]["sequence"], 1);

    // A newer one is remembered as it is used, and the older one does not come back.
    fs::copy(world.path("2.trust"), world.path("now.trust")).expect("copied");
    verify(&world, "@now.trust").expect(0);
    fs::copy(world.path("1.trust"), world.path("now.trust")).expect("copied");
    verify(&world, "@now.trust").expect_failure(3, "number 2 was seen");
    pin(&["--accept-fingerprint", &key]).expect_failure(3, "number 2 was seen");

    world.eid(&["trust", "signer", "--out", "@stranger"]).expect(0);
    let foreign = [
        "trust",
        "export",
        "--trust",
        "@trust",
        "--signer",
        "@stranger",
        "--out",
        "@now.trust",
    ];
    world.eid(&foreign).expect(0);
    verify(&world, "@now.trust").expect_failure(3, "is pinned");
    fs::copy(world.path("2.trust"), world.path("now.trust")).expect("copied");
    world.set_time(datetime!(2026-12-26 09:00 UTC));
    verify(&world, "@now.trust").expect_failure(3, "expired");
}

/// No byte of a bundle can be changed, left out or added, and what is behind the signature is not looked at before.
#[test]
fn an_altered_bundle_is_refused() {
    use host_issuer::inspect::Bundle;
    let (honest, _) = a_bundle().clone();
    Bundle::from_bytes(honest.clone()).expect("believed");
    for position in (0..honest.len()).step_by(honest.len() / 150) {
        let mut altered = honest.clone();
        altered[position] ^= 0x01;
        assert!(Bundle::from_bytes(altered).is_err(), "byte {position}");
        assert!(
            Bundle::from_bytes(honest[..position].to_vec()).is_err(),
            "cut at {position}"
        );
    }
    for length in 0..400 {
        assert!(
            Bundle::from_bytes(honest[..length].to_vec()).is_err(),
            "cut at {length}"
        );
    }
    let mut longer = honest.clone();
    longer.push(0);
    assert!(Bundle::from_bytes(longer).is_err());
    // Lengths of 64 KiB and 4 GiB where there are none.
    for position in [17, 110, 180] {
        let mut altered = honest.clone();
        altered[position..position + 4].fill(0xFF);
        assert!(Bundle::from_bytes(altered).is_err());
    }
}

/// What a signer itself may do wrong: contents that are not those of the entries, entries twice, no record.
#[test]
fn a_well_signed_bundle_of_nonsense_is_refused() {
    use host_issuer::inspect::{Bundle, assemble};
    use p256::ecdsa::{DerSignature, SigningKey, signature::Signer as _};
    use p256::pkcs8::EncodePublicKey as _;
    let key = SigningKey::from_slice(&[9; 32]).expect("a key");
    let info = key.verifying_key().to_public_key_der().expect("a key").into_vec();
    let sign = |body: &[u8]| {
        let signed = [b"eid-trust-bundle\x01".as_slice(), body].concat();
        let signature: DerSignature = key.sign(&signed);
        Bundle::from_bytes(assemble(&signed, &info, signature.as_bytes()).expect("a bundle"))
    };
    let header = br#"{"schema":"eid.trust-bundle/1","sequence":1,"created":"2026-11-24T09:00:00Z","valid_until":"2026-12-24T09:00:00Z"}"#;
    let body = |header: &[u8], count: u32, entries: &[(u8, u8, u32)], contents: &[u8]| {
        let mut body = u32::try_from(header.len()).expect("short").to_be_bytes().to_vec();
        body.extend(header);
        body.extend(count.to_be_bytes());
        for (kind, digest, length) in entries {
            body.push(*kind);
            body.extend([*digest; 32]);
            body.extend(length.to_be_bytes());
        }
        body.extend(contents);
        body
    };
    let good = [(0, 1, 2), (1, 1, 2)];
    sign(&body(header, 2, &good, b"{}{}"))
        .expect("well formed")
        .store()
        .expect_err("no record");
    let bad: [Vec<u8>; 12] = [
        Vec::new(),
        body(b"{}", 2, &good, b"{}{}"),
        body(&vec![b' '; 5000], 2, &good, b"{}{}"),
        body(header, 3, &good, b"{}{}"),
        body(header, u32::MAX, &good, b"{}{}"),
        body(header, 2, &good, b"{}{"),
        body(header, 2, &good, b"{}{} "),
        body(header, 2, &[(0, 1, 2), (1, 1, u32::MAX)], b"{}{}"),
        body(header, 2, &[(1, 1, 2), (0, 1, 2)], b"{}{}"),
        body(header, 2, &[(0, 1, 2), (0, 1, 2)], b"{}{}"),
        body(header, 2, &[(0, 1, 2), (2, 1, 2)], b"{}{}"),
        body(header, 2, &[(0, 1, 2), (9, 1, 2)], b"{}{}"),
    ];
    for (number, body) in bad.iter().enumerate() {
        sign(body).expect_err(&format!("number {number}"));
    }
}

/// OpenSSL agrees about the signature and about the SHA-256 that people compare.
#[test]
fn openssl_verifies_a_bundle() {
    let (file, key) = a_bundle();
    let work = OpenSsl::new();
    let part = |at: usize| {
        let length = usize::from(u16::from_be_bytes([file[at], file[at + 1]]));
        (at + 2..at + 2 + length, at + 2 + length)
    };
    let (public_key, next) = part(17);
    let (signature, rest) = part(next);
    work.write("key.der", &file[public_key]);
    work.write("signature", &file[signature]);
    work.write("signed", &[&file[..17], &file[rest..]].concat());
    work.openssl(&[
        "pkey", "-pubin", "-inform", "DER", "-in", "key.der", "-out", "key.pem",
    ]);
    let verify = [
        "dgst",
        "-sha256",
        "-verify",
        "key.pem",
        "-signature",
        "signature",
        "signed",
    ];
    assert!(work.openssl(&verify).starts_with(b"Verified OK"));
    let digest = work.openssl(&["dgst", "-sha256", "key.der"]);
    let digest = String::from_utf8_lossy(&digest).to_uppercase();
    assert!(digest.contains(key), "{digest}");
}

/// What a person took out stays out: over a master list, over a link, in a copy.
#[test]
fn what_was_removed_comes_back_only_when_a_person_says_so() {
    let (world, key) = office();
    let old = fingerprint(&world, "csca/csca.der");
    world.set_time(datetime!(2028-01-01 09:00 UTC));
    world
        .eid(&[
            "pki", "csca", "renew", "--csca", "@csca", "--out", "@csca2", "--name", "CSCA 2",
        ])
        .expect(0);
    let into = |files: &[&str]| {
        let mut arguments = vec!["trust", "import", "--trust", "@trust"];
        arguments.extend(files);
        world.eid(&arguments)
    };
    into(&["@csca2/link.der", "@csca2/csca.der"]).expect(0);
    let remove = |sha256: &str, reason: &str| {
        world.eid(&[
            "trust", "remove", "--trust", "@trust", "--reason", reason, sha256, "--json",
        ])
    };
    remove(&old, "  ").expect_failure(3, "say why");
    remove(&"00".repeat(32), "unknown").expect_failure(3, "nothing of this fingerprint");
    remove(&old[..10], "short").expect_failure(2, "no SHA-256");

    // The new key was believed because of the old one.
    let removed = remove(&old, "its key was stolen").expect(0).json();
    assert_eq!(removed["removed"].as_array().map(Vec::len), Some(3));
    let listed = list(&world, "@trust");
    assert_eq!(listed["anchors"], serde_json::json!([]));
    let removals = listed["removals"].as_array().expect("removals");
    assert_eq!(removals.len(), 3);
    assert!(
        removals
            .iter()
            .all(|removal| removal["reason"] == "its key was stolen")
    );
    assert_eq!(removals[0]["because_of"], serde_json::Value::Null);
    assert!(
        removals
            .iter()
            .any(|removal| removal["because_of"] == old.as_str())
    );

    // A link by nothing that is believed, and a root that was taken out, are asked about.
    let second = fingerprint(&world, "csca2/csca.der");
    into(&["@csca2/csca.der"]).expect_failure(22, &second);
    into(&["@csca2/csca.der", "--accept-fingerprint", &second]).expect(0);
    into(&["@csca/csca.der"]).expect_failure(22, &old);
    let listed = list(&world, "@trust");
    assert_eq!(listed["anchors"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        listed["removals"].as_array().map(Vec::len),
        Some(1),
        "the new key's are over"
    );

    // A copy knows it too.
    export(&world, "@1.trust");
    import(&world, "@1.trust", &["--accept-fingerprint", &key]).expect(0);
    assert_eq!(list(&world, "@counter")["removals"][0]["sha256"], old.as_str());
}
