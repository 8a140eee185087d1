//! The PKI of terminals on the command line, from two officers to a terminal that a card believes, over a change of the CVCA's
//! key.

#[path = "support/world.rs"]
mod world;

use serde_json::Value;
use time::macros::datetime;
use world::World;

/// Officers An and Bình, and the CVCA that heeds them.
fn with_cvca() -> World {
    let world = World::with_office();
    for (name, out) in [("An", "@an"), ("Bình", "@binh")] {
        world
            .eid(&["approve", "init", "--name", name, "--out", out])
            .expect(0);
    }
    make_cvca(&world, "cvca", "VNCVCA00001").expect(0);
    world
}

fn make_cvca(world: &World, out: &str, reference: &str) -> world::Outcome {
    let out = format!("@{out}");
    world.eid(&[
        "pki",
        "cvca",
        "init",
        "--out",
        &out,
        "--reference",
        reference,
        "--officer",
        "@an/officer.json",
        "--officer",
        "@binh/officer.json",
    ])
}

/// Proposes, has both officers approve, and certifies; the certificate lands in `NAME.cvcert`.
fn certify(world: &World, authority: (&str, &str), what: (&str, &str), name: &str) -> world::Outcome {
    let ((noun, dir), (option, request)) = (authority, what);
    let [dir, request] = [dir, request].map(|path| format!("@{path}"));
    let [proposal, an, binh, out] =
        ["proposal", "an", "binh", "cvcert"].map(|extension| format!("@{name}.{extension}"));
    world
        .eid(&[
            "pki", noun, "propose", "--dir", &dir, option, &request, "--out", &proposal,
        ])
        .expect(0);
    for (officer, approval) in [("@an", &an), ("@binh", &binh)] {
        world
            .eid(&[
                "approve",
                "sign",
                &proposal,
                "--officer",
                officer,
                "--out",
                approval,
            ])
            .expect(0);
    }
    world.eid(&[
        "pki",
        noun,
        "certify",
        "--dir",
        &dir,
        "--proposal",
        &proposal,
        "--request",
        &request,
        "--approval",
        &an,
        "--approval",
        &binh,
        "--out",
        &out,
    ])
}

/// A document verifier under the CVCA, and a terminal under it.
fn with_terminal(world: &World) {
    world
        .eid(&[
            "pki",
            "dv",
            "request",
            "--out",
            "@dv",
            "--reference",
            "VNDV00001",
            "--authority",
            "VNCVCA00001",
        ])
        .expect(0);
    certify(
        world,
        ("cvca", "cvca"),
        ("--domestic", "dv/dv.cvreq"),
        "dv-certificate",
    )
    .expect(0);
    world
        .eid(&[
            "pki",
            "dv",
            "install",
            "--dir",
            "@dv",
            "--certificate",
            "@dv-certificate.cvcert",
            "--chain",
            "@cvca/cvca.cvcert",
        ])
        .expect(0);
    world
        .eid(&[
            "pki",
            "is",
            "request",
            "--out",
            "@is",
            "--reference",
            "VNIS00001",
            "--authority",
            "VNDV00001",
        ])
        .expect(0);
    world
        .eid(&[
            "pki",
            "dv",
            "propose",
            "--dir",
            "@dv",
            "--request",
            "@is/terminal.cvreq",
            "--rights",
            "fingers",
            "--out",
            "@is.proposal",
        ])
        .expect(0);
    world
        .eid(&[
            "pki",
            "dv",
            "certify",
            "--dir",
            "@dv",
            "--proposal",
            "@is.proposal",
            "--request",
            "@is/terminal.cvreq",
            "--out",
            "@is.cvcert",
        ])
        .expect(0);
    world
        .eid(&[
            "pki",
            "is",
            "install",
            "--dir",
            "@is",
            "--certificate",
            "@is.cvcert",
            "--chain",
            "@dv/dv.cvcert",
            "--chain",
            "@cvca/cvca.cvcert",
        ])
        .expect(0);
}

#[test]
fn from_two_officers_to_a_terminal() {
    let world = with_cvca();
    with_terminal(&world);
    let rights = world
        .eid(&["pki", "is", "rights", "--dir", "@is", "--json"])
        .expect(0)
        .json();
    assert_eq!(rights["effective_rights"], "fingers");
    assert_eq!(rights["valid_today"], true);
    let holders: Vec<_> = rights["chain"]
        .as_array()
        .unwrap()
        .iter()
        .map(|link| link["holder"].as_str().unwrap())
        .collect();
    assert_eq!(holders, ["VNCVCA00001", "VNDV00001", "VNIS00001"]);

    // A month later the terminal's certificate is over, and the printout says so.
    world.set_time(datetime!(2026-12-25 09:00 UTC));
    let rights = world
        .eid(&["pki", "is", "rights", "--dir", "@is"])
        .expect(0)
        .output;
    assert!(rights.contains("NOT VALID TODAY"), "{rights}");
}

/// The chip names its CVCA in PACE, the terminal shows the way from there, and fingers are read and checked like everything else.
/// Without a key, and with one that the chip does not know, the document is as genuine as before.
#[test]
fn plumbing_a_terminal_reads_fingers() {
    let world = with_cvca();
    with_terminal(&world);
    let profile = ("--profile", "vn-cccd-2021");
    for (chip, out, change) in [
        ("one.chip", "out", &[profile, ("--cvca", "@cvca/cvca.cvcert")][..]),
        ("other.chip", "other", &[profile]),
    ] {
        world.make_chip(chip);
        world.issue(chip, out, change).expect(0);
    }
    let verify = |chip: &str, more: &[&str]| {
        let reader = format!("virtual:@{chip}");
        let can = world::can();
        let arguments = [
            "verify", "--reader", &reader, "--can", &can, "--trust", "@csca", "--json",
        ];
        let report = world.eid(&[&arguments, more].concat()).expect(0).json();
        assert_eq!(report["verdict"], "GENUINE");
        report
    };
    let check = |report: &Value, id: &str| {
        let checks = report["checks"].as_array().unwrap();
        let found = checks.iter().find(|check| check["id"] == id);
        found.unwrap_or_else(|| panic!("no {id} in {checks:?}")).clone()
    };
    let terminal = ["--terminal-key", "@is"];

    let report = verify("one.chip", &terminal);
    let rights = check(&report, "terminal_authentication");
    assert_eq!(rights["status"], "passed");
    assert_eq!(
        rights["evidence"],
        "CAR VNCVCA00001, CHR VNIS00001, effective rights: fingers"
    );
    for id in ["dg3_digest", "card_access_matches_dg14"] {
        assert_eq!(check(&report, id)["status"], "passed", "{id}");
    }
    assert_eq!(report["files"]["DG3"]["length"], 32_476);

    for (report, status) in [
        (verify("one.chip", &[]), "not_performed"),
        (verify("other.chip", &terminal), "failed"),
    ] {
        assert_eq!(check(&report, "terminal_authentication")["status"], status);
        assert_eq!(check(&report, "dg3_digest")["status"], "not_performed");
        assert!(report["files"].get("DG3").is_none());
    }
}

#[test]
fn the_next_cvca_is_reached_by_a_link() {
    let world = with_cvca();
    world.set_time(datetime!(2028-11-24 09:00 UTC));
    make_cvca(&world, "next", "VNCVCA00002").expect(0);
    let made = certify(&world, ("cvca", "cvca"), ("--link", "next/cvca.cvcert"), "link").expect(0);
    assert!(
        made.output.contains("VNCVCA00002 under VNCVCA00001"),
        "{}",
        made.output
    );
    world
        .eid(&[
            "pki",
            "cvca",
            "propose",
            "--dir",
            "@cvca",
            "--link",
            "@next/cvca.cvcert",
            "--out",
            "@again",
        ])
        .expect_failure(20, "VNCVCA00002 before");
}

fn suspend(world: &World, verb: &str, holder: &str, reason: &str) -> world::Outcome {
    world.eid(&[
        "pki", "cvca", verb, "--dir", "@cvca", "--holder", holder, "--reason", reason, "--json",
    ])
}

/// A holder whose key was lost is certified no more, whatever was approved before, until that is lifted; both are on record.
#[test]
fn a_suspended_holder_is_not_certified() {
    let world = with_cvca();
    let request = |out: &str, reference: &str, more: &[&str]| {
        let out = format!("@{out}");
        let mut arguments = vec![
            "pki",
            "dv",
            "request",
            "--out",
            &out,
            "--reference",
            reference,
            "--authority",
            "VNCVCA00001",
        ];
        arguments.extend(more);
        world.eid(&arguments).expect(0);
    };
    request("dv", "VNDV00001", &[]);
    let cvca = ("cvca", "cvca");
    certify(&world, cvca, ("--domestic", "dv/dv.cvreq"), "dv-1").expect(0);
    world
        .eid(&[
            "pki",
            "dv",
            "install",
            "--dir",
            "@dv",
            "--certificate",
            "@dv-1.cvcert",
            "--chain",
            "@cvca/cvca.cvcert",
        ])
        .expect(0);
    request("dv2", "VNDV00002", &["--renews", "@dv"]);
    suspend(&world, "lift", "VNDV00001", "never was").expect_failure(20, "is not suspended");
    suspend(&world, "suspend", "VNDV00001", " ").expect_failure(3, "say why");

    // Approved before, suspended before it was signed.
    let propose = |out: &str| {
        world.eid(&[
            "pki",
            "cvca",
            "propose",
            "--dir",
            "@cvca",
            "--domestic",
            "@dv2/dv.cvreq",
            "--out",
            out,
        ])
    };
    propose("@p").expect(0);
    for officer in ["an", "binh"] {
        let (folder, out) = (format!("@{officer}"), format!("@p.{officer}"));
        world
            .eid(&["approve", "sign", "@p", "--officer", &folder, "--out", &out])
            .expect(0);
    }
    let made = suspend(&world, "suspend", "VNDV00001", "key lost")
        .expect(0)
        .json();
    assert_eq!(made["holder"], "VNDV");
    let sign = || {
        world.eid(&[
            "pki",
            "cvca",
            "certify",
            "--dir",
            "@cvca",
            "--proposal",
            "@p",
            "--request",
            "@dv2/dv.cvreq",
            "--approval",
            "@p.an",
            "--approval",
            "@p.binh",
            "--out",
            "@dv-2.cvcert",
        ])
    };
    sign().expect_failure(20, "key lost");
    propose("@p2").expect_failure(20, "is suspended since");
    suspend(&world, "suspend", "VNDV00002", "again").expect_failure(20, "is suspended since");
    assert!(!world.path("cvca/issued/VNDV00002.cvcert").exists());

    let lifted = suspend(&world, "lift", "VNDV00002", "new key, new token")
        .expect(0)
        .json();
    assert_eq!(lifted["reason"], "key lost");
    assert_eq!(lifted["lifted_because"], "new key, new token");
    sign().expect(0);
    let record = std::fs::read_to_string(world.path("cvca/suspended.json")).expect("a record");
    assert!(
        record.contains("key lost") && record.contains("new key, new token"),
        "{record}"
    );
}

#[test]
fn what_is_refused_and_why() {
    let world = with_cvca();
    // One officer is no two.
    world
        .eid(&[
            "pki",
            "cvca",
            "init",
            "--out",
            "@alone",
            "--reference",
            "VNCVCA00009",
            "--officer",
            "@an/officer.json",
        ])
        .expect_failure(22, "at least two");
    assert!(!world.path("alone").exists());
    world
        .eid(&[
            "pki",
            "cvca",
            "init",
            "--out",
            "@long",
            "--reference",
            "VNCVCA00009",
            "--officer",
            "@an/officer.json",
            "--officer",
            "@binh/officer.json",
            "--to",
            "2030-01-01",
        ])
        .expect_failure(3, "6 months to 36 months");
    world
        .eid(&[
            "pki",
            "dv",
            "request",
            "--out",
            "@dv",
            "--reference",
            "VNDV00001",
            "--authority",
            "VNCVCA00001",
        ])
        .expect(0);
    world
        .eid(&[
            "pki",
            "dv",
            "propose",
            "--dir",
            "@dv",
            "--request",
            "@dv/dv.cvreq",
            "--out",
            "@p",
        ])
        .expect_failure(20, "no certificate yet");
    world
        .eid(&[
            "pki",
            "cvca",
            "propose",
            "--dir",
            "@cvca",
            "--domestic",
            "@dv/dv.cvreq",
            "--out",
            "@p",
        ])
        .expect(0);
    world
        .eid(&["approve", "sign", "@p", "--officer", "@an", "--out", "@p.an"])
        .expect(0);
    let certify = |approvals: &[&str]| {
        let mut arguments = vec![
            "pki",
            "cvca",
            "certify",
            "--dir",
            "@cvca",
            "--proposal",
            "@p",
            "--request",
            "@dv/dv.cvreq",
            "--out",
            "@dv.cvcert",
        ];
        for approval in approvals {
            arguments.extend(["--approval", approval]);
        }
        world.eid(&arguments)
    };
    certify(&["@p.an"]).expect_failure(22, "1 of 2 approvals");
    suspend(&world, "suspend", "VNDV00001", "unknown").expect_failure(20, "certified no VNDV00001");
    certify(&["@p.an", "@p.an"]).expect_failure(22, "approved twice");
    assert!(!world.path("dv.cvcert").exists());
    assert!(!world.path("cvca/issued/VNDV00001.json").exists());
}
