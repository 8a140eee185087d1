//! Master lists of others, and those that we sign.

use std::fs;

use host_issuer::inspect::Certificate;
use time::macros::datetime;

use crate::foreign_pki::{ForeignPki, ListSigner, master_list_content, text};
use crate::world::World;
use crate::{evidence, fingerprint, list, state};

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
