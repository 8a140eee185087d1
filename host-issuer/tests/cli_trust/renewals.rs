//! The first decision to trust a CSCA, and the links that lead on from it.

use std::fs;

use time::macros::datetime;

use crate::world::World;
use crate::{evidence, fingerprint, key_name, list, state};

#[test]
fn plumbing_a_first_decision_a_link_and_no_way_back() {
    let world = World::with_office();
    let import = |files: &[&str], more: &[&str]| {
        let mut arguments = vec!["trust", "import", "--trust", "@trust"];
        arguments.extend(more);
        arguments.extend(files);
        world.eid(&arguments)
    };
    let first = fingerprint(&world, "csca/csca.der");
    import(&["@csca/csca.der"], &[]).expect_failure(22, &first);
    assert!(!world.path("trust/trust.json").exists());
    let other = first.replace(&first[..2], if first.starts_with("00") { "11" } else { "00" });
    import(&["@csca/csca.der"], &["--accept-fingerprint", &other]).expect_failure(22, "nobody accepted");
    import(&["@csca/csca.der"], &["--accept-fingerprint", &first[..16]]).expect_failure(2, "no SHA-256");

    // As people write it.
    let spaced: Vec<String> = first
        .to_lowercase()
        .as_bytes()
        .chunks(2)
        .map(|pair| String::from_utf8_lossy(pair).into_owned())
        .collect();
    let spaced = spaced.join(":");
    let added = import(
        &["@csca/csca.pem", "@csca/crl.der"],
        &["--accept-fingerprint", &spaced, "--json"],
    )
    .expect(0)
    .json();
    assert_eq!(added["schema"], "eid.trust-import/1");
    assert_eq!(added["added"].as_array().map(Vec::len), Some(1));
    assert_eq!(added["revocation_lists"].as_array().map(Vec::len), Some(1));
    let listed = list(&world, "@trust");
    assert_eq!(evidence(&listed, &first), ["fingerprint"]);
    assert_eq!(listed["generation"], 1);
    assert_eq!(listed["anchors"][0]["valid"], true);

    // Nothing new is no error and no change.
    let before = state(&world);
    import(&["@csca/csca.der", "@csca/crl.der"], &[]).expect(0);
    assert_eq!(state(&world), before);

    // A renewed CSCA with another name: by its link alone, in whatever order the files come.
    world.set_time(datetime!(2028-01-01 09:00 UTC));
    world
        .eid(&[
            "pki",
            "csca",
            "renew",
            "--csca",
            "@csca",
            "--out",
            "@csca2",
            "--name",
            "CSCA 2",
            "--key-type",
            "brainpoolP384r1",
        ])
        .expect(0);
    let second = fingerprint(&world, "csca2/csca.der");
    import(&["@csca2/csca.der"], &[]).expect_failure(22, &second);
    import(&["@csca2/csca.der", "@csca2/link.der", "@csca2/crl.der"], &[]).expect(0);
    let listed = list(&world, "@trust");
    assert_eq!(evidence(&listed, &second), ["same-key"]);
    let link = fingerprint(&world, "csca2/link.der");
    assert_eq!(evidence(&listed, &link), ["link"]);
    let text = world
        .eid(&["trust", "list", "--trust", "@trust"])
        .expect(0)
        .output;
    assert!(
        text.contains("CSCA 2") && text.contains("linked by") && text.contains("(link)"),
        "{text}"
    );

    // The old CSCA is out of service, and says so.
    world
        .eid(&["pki", "crl", "issue", "--csca", "@csca"])
        .expect_failure(20, "renewed");
    world.eid(&["pki", "crl", "issue", "--csca", "@csca2"]).expect(0);
    fs::copy(world.path("csca2/crl.der"), world.path("newest.crl")).expect("copied");
    world.eid(&["pki", "crl", "issue", "--csca", "@csca2"]).expect(0);
    import(&["@csca2/crl.der"], &[]).expect(0);
    let before = state(&world);
    import(&["@newest.crl"], &[]).expect_failure(3, "older than what is known");

    // Another renewal keeps the kind of the key.
    let again = ["pki", "csca", "renew", "--csca", "@csca2", "--out", "@csca3"];
    world.eid(&again).expect(0);
    assert!(key_name(&world, "csca3/csca.der").contains("brainpoolP384r1"));

    // A stranger's link, and a stranger's CRL.
    let stranger = World::with_office();
    stranger.set_time(datetime!(2028-01-01 09:00 UTC));
    stranger
        .eid(&["pki", "csca", "init", "--name", "Stranger", "--out", "@other"])
        .expect(0);
    stranger
        .eid(&["pki", "csca", "renew", "--csca", "@other", "--out", "@other2"])
        .expect(0);
    for (file, cause) in [
        ("other2/link.der", "no believed CSCA signed"),
        ("other2/crl.der", "no believed CSCA issued"),
    ] {
        fs::copy(stranger.path(file), world.path("strange")).expect("copied");
        import(&["@strange"], &[]).expect_failure(3, cause);
    }
    world.write("garbage", b"no certificate at all");
    import(&["@garbage"], &[]).expect_failure(3, "garbage");
    assert_eq!(state(&world), before, "every refusal left the old state");

    // What nobody imported is not believed, and nothing is believed that was altered.
    fs::copy(stranger.path("other/csca.der"), world.path("trust/stray.der")).expect("copied");
    world
        .eid(&["trust", "list", "--trust", "@trust"])
        .expect_failure(3, "without having been imported");
    fs::remove_file(world.path("trust/stray.der")).expect("removed");
    let file = format!("trust/certificates/{first}.der");
    fs::copy(stranger.path("other/csca.der"), world.path(&file)).expect("copied");
    world
        .eid(&["trust", "list", "--trust", "@trust"])
        .expect_failure(3, "altered");
    world
        .eid(&["trust", "list", "--trust", "@csca"])
        .expect_failure(3, "no trust.json");
    import(&["@csca/csca.der"], &[]).expect_failure(3, "altered");
}

#[test]
fn plumbing_a_card_is_verified_against_a_managed_folder_across_a_renewal() {
    let world = World::with_office();
    world.make_chip("one.chip");
    world.issue("one.chip", "out", &[]).expect(0);
    let verify = |code| {
        world
            .eid(&[
                "verify",
                "--reader",
                "virtual:@one.chip",
                "--can",
                &crate::world::can(),
                "--trust",
                "@trust",
                "--json",
            ])
            .expect(code)
            .json()
    };
    let accepted = fingerprint(&world, "csca/csca.der");
    world
        .eid(&[
            "trust",
            "import",
            "--trust",
            "@trust",
            "--accept-fingerprint",
            &accepted,
            "@csca/csca.der",
            "@csca/crl.der",
        ])
        .expect(0);
    assert_eq!(verify(0)["verdict"], "GENUINE");

    // Half a year later the CRL is stale; the renewed CSCA, under another name, issues the next one for the same card.
    world.set_time(datetime!(2027-06-01 09:00 UTC));
    assert_eq!(verify(5)["verdict"], "INCONCLUSIVE");
    world
        .eid(&[
            "pki",
            "csca",
            "renew",
            "--csca",
            "@csca",
            "--out",
            "@csca2",
            "--name",
            "CSCA renamed",
        ])
        .expect(0);
    world
        .eid(&[
            "trust",
            "import",
            "--trust",
            "@trust",
            "@csca2/link.der",
            "@csca2/csca.der",
            "@csca2/crl.der",
        ])
        .expect(0);
    assert_eq!(verify(0)["verdict"], "GENUINE");

    // And revokes the old document signer.
    let status = world
        .eid(&["pki", "ds", "status", "--ds", "@ds", "--json"])
        .expect(0)
        .json();
    let serial = status["serial"].as_str().expect("a serial number");
    assert_eq!(status["state"], "period-over");
    assert!(status["signatures"].as_u64().expect("a number") >= 1);
    world
        .eid(&[
            "pki",
            "crl",
            "issue",
            "--csca",
            "@csca2",
            "--revoke",
            serial,
            "--reason",
            "key-compromise",
        ])
        .expect(0);
    let shown = world
        .eid(&["pki", "crl", "show", "@csca2/crl.der", "--json"])
        .expect(0)
        .json();
    assert_eq!(shown["revoked"], serde_json::json!([serial]));
    world
        .eid(&["trust", "import", "--trust", "@trust", "@csca2/crl.der"])
        .expect(0);
    assert_eq!(verify(4)["verdict"], "NOT_GENUINE");
}
