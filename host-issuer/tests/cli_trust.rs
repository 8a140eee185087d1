//! `eid trust` and the lists of `eid pki`, on the command line: the first decision is a person's, later ones follow from it,
//! nothing goes back, and a refusal leaves everything as it was.

#[path = "cli_trust/bundles.rs"]
mod bundles;
#[path = "support/foreign_pki.rs"]
mod foreign_pki;
#[path = "cli_trust/kept.rs"]
mod kept;
#[path = "support/world.rs"]
mod world;

use std::fs;

use foreign_pki::{ForeignPki, ListSigner, master_list_content, text};
use host_issuer::inspect::Certificate;
use serde_json::Value;
use time::macros::datetime;
use world::World;

fn fingerprint(world: &World, file: &str) -> String {
    let der = fs::read(world.path(file)).expect("a file");
    Certificate::from_der(&der).expect("a certificate").fingerprint()
}

/// The kind of a certificate's key.
fn key_name(world: &World, file: &str) -> String {
    let der = fs::read(world.path(file)).expect("a file");
    let certificate = Certificate::from_der(&der).expect("a certificate");
    certificate.public_key().expect("a key").name()
}

fn list(world: &World, trust: &str) -> Value {
    world
        .eid(&["trust", "list", "--trust", trust, "--json"])
        .expect(0)
        .json()
}

/// The reasons, in one word each, for which a certificate is believed.
fn evidence(list: &Value, sha256: &str) -> Vec<String> {
    let anchors = list["anchors"].as_array().expect("anchors");
    let anchor = anchors.iter().find(|anchor| anchor["sha256"] == sha256);
    anchor
        .map(|anchor| anchor["evidence"].as_array().expect("evidence").iter())
        .into_iter()
        .flatten()
        .map(|evidence| evidence["how"].as_str().expect("text").to_owned())
        .collect()
}

/// What the folder holds, byte for byte.
fn state(world: &World) -> Vec<u8> {
    fs::read(world.path("trust/trust.json")).expect("trust.json")
}

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
                &world::can(),
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

#[test]
fn master_lists_need_a_decision_of_their_own_and_replace_each_other() {
    let world = World::with_office();
    let foreign = ForeignPki::new();
    let csca = foreign.der("csca.pem");
    let office = fs::read(world.path("csca/csca.der")).expect("a certificate");
    let third = foreign.self_signed("third", "/C=XC/CN=CSCA Third", &["rsa:2048"], &[]);
    // OpenSSL asks the clock of this machine; whoever looks at its lists looks from later.
    world.set_time(datetime!(2060-01-01 00:00 UTC));
    let older = foreign.sign(
        ListSigner::MasterList,
        &master_list_content(&[csca.clone(), office.clone(), third]),
        &[],
    );
    world.write("older.ml", &older);
    fs::copy(foreign.path("csca.pem"), world.path("utopia.pem")).expect("copied");
    let import = |file: &str, more: &[&str]| {
        let mut arguments = vec!["trust", "import", "--trust", "@trust", file];
        arguments.extend(more);
        world.eid(&arguments)
    };
    let utopia = Certificate::from_der(&csca).expect("a certificate").fingerprint();
    import("@older.ml", &[]).expect_failure(22, &utopia);
    // To believe a CSCA about its own documents is not to believe its list of others.
    import("@utopia.pem", &["--accept-fingerprint", &utopia]).expect(0);
    import("@older.ml", &[]).expect_failure(22, "whose master lists speak for other States");
    let added = import("@older.ml", &["--accept-fingerprint", &utopia, "--json"])
        .expect(0)
        .json();
    assert_eq!(added["added"].as_array().map(Vec::len), Some(2));
    let listed = list(&world, "@trust");
    assert_eq!(evidence(&listed, &utopia), ["fingerprint", "master-list"]);
    assert_eq!(
        evidence(&listed, &fingerprint(&world, "csca/csca.der")),
        ["master-list"]
    );
    assert_eq!(listed["master_lists"][0]["of"], "UT");

    let shown = world
        .eid(&[
            "pki",
            "master-list",
            "show",
            "@older.ml",
            "--trust",
            "@trust",
            "--json",
        ])
        .expect(0)
        .json();
    assert_eq!(shown["schema"], "eid.pki.master-list/1");
    assert_eq!(shown["believed"], true);
    assert_eq!(shown["certificates"].as_array().map(Vec::len), Some(3));
    world
        .eid(&["pki", "master-list", "show", "@older.ml", "--trust", "@csca"])
        .expect_failure(3, "no trusted CSCA certified it");

    // The next list is without the third State; a second later, as its clock has whole seconds.
    let newer = loop {
        let newer = foreign.sign(
            ListSigner::MasterList,
            &master_list_content(&[csca.clone(), office.clone()]),
            &[],
        );
        let time = |list: &[u8]| {
            host_issuer::inspect::MasterList::from_der(list)
                .expect("a list")
                .signing_time()
        };
        if time(&newer) > time(&older) {
            break newer;
        }
    };
    world.write("newer.ml", &newer);
    let diff = world
        .eid(&["pki", "master-list", "diff", "@older.ml", "@newer.ml", "--json"])
        .expect(0)
        .json();
    assert_eq!(diff["unchanged"], 2);
    assert_eq!(diff["removed"][0]["country"], "XC");
    assert_eq!(diff["added"], serde_json::json!([]));
    let replaced = import("@newer.ml", &["--json"]).expect(0).json();
    assert_eq!(replaced["removed"][0]["country"], "XC");
    let before = state(&world);
    import("@older.ml", &[]).expect_failure(3, "older than what is known");
    let mut altered = newer;
    let middle = altered.len() / 2;
    altered[middle] ^= 1;
    world.write("altered.ml", &altered);
    import("@altered.ml", &[]).expect_failure(3, "altered.ml");
    assert_eq!(state(&world), before);
}

#[test]
fn what_we_sign_is_a_master_list_to_openssl_too() {
    let world = World::with_office();
    let eid = |arguments: &[&str]| world.eid(arguments).expect(0);
    eid(&[
        "pki",
        "csca",
        "init",
        "--country",
        "UT",
        "--mrz-country",
        "UTO",
        "--name",
        "CSCA Utopia",
        "--named-curve",
        "--out",
        "@uto",
    ]);
    eid(&[
        "pki",
        "list-signer",
        "issue",
        "--csca",
        "@uto",
        "--named-curve",
        "--out",
        "@mls",
    ]);
    eid(&[
        "pki",
        "list-signer",
        "issue",
        "--csca",
        "@uto",
        "--kind",
        "deviation-list",
        "--key-type",
        "P-384",
        "--out",
        "@dls",
    ]);
    eid(&[
        "pki",
        "master-list",
        "create",
        "--csca",
        "@uto",
        "--signer",
        "@mls",
        "--out",
        "@our.ml",
        "@uto/csca.pem",
        "@csca/csca.der",
    ]);
    world
        .eid(&[
            "pki",
            "master-list",
            "create",
            "--csca",
            "@uto",
            "--signer",
            "@dls",
            "--out",
            "@no.ml",
            "@uto/csca.pem",
        ])
        .expect_failure(20, "not certified for master lists");
    world
        .eid(&[
            "pki",
            "master-list",
            "create",
            "--csca",
            "@uto",
            "--signer",
            "@mls",
            "--out",
            "@no.ml",
            "@ds/ds.der",
        ])
        .expect_failure(3, "not a CSCA's");
    let foreign = ForeignPki::new();
    let file = |name: &str| text(&world.path(name));
    // Explicit parameters: the signature without a chain.
    foreign.openssl(&[
        "cms",
        "-verify",
        "-inform",
        "DER",
        "-in",
        &file("our.ml"),
        "-noverify",
        "-binary",
        "-out",
        "content",
    ]);
    let content = foreign.read("content");
    for certificate in ["uto/csca.der", "csca/csca.der"] {
        let der = fs::read(world.path(certificate)).expect("a certificate");
        assert!(
            content.windows(der.len()).any(|window| window == der),
            "{certificate}"
        );
    }
    let printed = foreign.openssl(&[
        "cms",
        "-cmsout",
        "-print",
        "-inform",
        "DER",
        "-in",
        &file("our.ml"),
    ]);
    let printed = String::from_utf8_lossy(&printed);
    assert!(
        printed.contains("2.23.136.1.1.2") && printed.contains("signingTime"),
        "{printed}"
    );
    // The twins in a chain: purpose is for the verifier to look at.
    let at = datetime!(2026-11-24 12:00 UTC).unix_timestamp().to_string();
    foreign.openssl(&[
        "verify",
        "-x509_strict",
        "-attime",
        &at,
        "-CAfile",
        &file("uto/csca-named-curve.pem"),
        &file("mls/list-signer-named-curve.pem"),
    ]);
    let shown = foreign.openssl(&[
        "x509",
        "-in",
        &file("mls/list-signer.der"),
        "-inform",
        "DER",
        "-noout",
        "-text",
    ]);
    let shown = String::from_utf8_lossy(&shown).into_owned();
    assert!(
        shown.contains("Extended Key Usage: critical") && shown.contains("2.23.136.1.1.3"),
        "{shown}"
    );
}

#[test]
fn plumbing_a_document_signer_signs_as_often_as_it_may_and_its_successor_goes_on() {
    let world = World::with_office();
    let status = |ds: &str| {
        world
            .eid(&["pki", "ds", "status", "--ds", ds, "--json"])
            .expect(0)
            .json()
    };
    let issue = |name: &str, ds: &str| {
        let memory = format!("{name}.chip");
        world.make_chip(&memory);
        world.issue(&memory, name, &[("--ds", ds)])
    };
    issue("one", "@ds").expect(0);
    let used = status("@ds")["signatures"].as_u64().expect("a number");
    assert!(used >= 1);
    let quota = used.to_string();
    world
        .eid(&[
            "pki",
            "ds",
            "issue",
            "--csca",
            "@csca",
            "--out",
            "@few",
            "--key-type",
            "brainpoolP384r1",
            "--max-signatures",
            &quota,
        ])
        .expect(0);
    issue("two", "@few").expect(0);
    assert_eq!(status("@few")["state"], "exhausted");
    let refused = issue("three", "@few").expect_failure(20, "rotate");
    assert!(
        refused.messages.contains("eid pki ds rotate"),
        "{}",
        refused.messages
    );
    assert!(!world.path("three/receipt.json").exists());

    world
        .eid(&[
            "pki",
            "ds",
            "rotate",
            "--ds",
            "@few",
            "--csca",
            "@csca",
            "--out",
            "@next",
            "--erase-key",
        ])
        .expect(0);
    assert!(!world.path("few/ds.key").exists());
    // Its key is of the old one's kind.
    assert_eq!(key_name(&world, "next/ds.der"), key_name(&world, "few/ds.der"));
    assert!(key_name(&world, "next/ds.der").contains("brainpoolP384r1"));
    assert_eq!(status("@few")["successor"], status("@next")["serial"]);
    issue("four", "@next").expect(0);
    issue("five", "@few").expect_failure(20, "retired");
}
