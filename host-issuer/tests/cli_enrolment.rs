//! `eid issue` with fingers: what reaches the card, who may read it, and what is refused before the chip is touched.

#[path = "support/world.rs"]
mod world;

use serde_json::Value;
use world::{FINGERS, World};

const PROFILE: (&str, &str) = ("--profile", "vn-cccd-2021");

fn receipt(world: &World, out: &str) -> Value {
    let text = std::fs::read_to_string(world.path(out).join("receipt.json")).expect("receipt.json");
    serde_json::from_str(&text).expect("JSON")
}

fn length_of(receipt: &Value, name: &str) -> u64 {
    let files = receipt["files"].as_array().expect("files");
    let file = files.iter().find(|file| file["name"] == name).expect("the file");
    file["length"].as_u64().expect("a number")
}

/// Both fingers are on the card; nobody without rights sees them, and their absence moves no verdict.
#[test]
fn plumbing_a_card_with_fingers() {
    let world = World::with_office();
    world.make_chip("one.chip");
    world.issue("one.chip", "out", &[PROFILE]).expect(0);
    // Two images of 16 kB with their headers.
    assert_eq!(length_of(&receipt(&world, "out"), "DG3"), 32_476);
    let report = world
        .eid(&[
            "verify",
            "--reader",
            "virtual:@one.chip",
            "--can",
            &world::can(),
            "--trust",
            "@csca",
            "--json",
        ])
        .expect(0)
        .json();
    assert_eq!(report["verdict"], "GENUINE");
    assert!(report["files"].get("DG3").is_none(), "{}", report["files"]);
}

/// A card whose profile judges terminals must know whose; one that has fingers and knows nobody is issued with a warning.
#[test]
fn a_card_that_nobody_may_read() {
    let world = World::with_office();
    let text = world.eid(&["profile", "show", PROFILE.1]).expect(0).output;
    world.write("fingers.toml", text.as_bytes());
    let text = text.replace("bac = true", "bac = true\nterminal_authentication = true");
    world.write("judges.toml", text.as_bytes());
    world.make_chip("one.chip");
    let [right, left] = FINGERS;
    world
        .issue("one.chip", "out", &[("--profile", "@judges.toml"), right, left])
        .expect_failure(
            2,
            "--cvca is required: cards of this profile offer Terminal Authentication",
        );
    let warning = "warning: no terminal will ever read the fingers and irises";
    let issued = world.issue("one.chip", "out", &[("--profile", "@fingers.toml"), right, left]);
    assert!(issued.expect(0).messages.contains(warning));
}

/// Fingers of which nothing could be taken: the group is there and tells nothing.
#[test]
fn plumbing_a_card_of_somebody_without_prints() {
    let world = World::with_office();
    world.make_chip("one.chip");
    // The specimen office adds its images to this profile by its name.
    let text = world.eid(&["profile", "show", PROFILE.1]).expect(0).output;
    world.write("fingers.toml", text.as_bytes());
    let change = [
        ("--profile", "@fingers.toml"),
        ("--missing-finger", "right-index=amputated"),
        ("--missing-finger", "left-index=bandaged"),
    ];
    let outcome = world.issue("one.chip", "out", &change).expect(0);
    outcome.assert_silent_about(&["amputated", "bandaged"]);
    assert_eq!(length_of(&receipt(&world, "out"), "DG3"), 26);
    let kept = world.files_with(&["amputated", "bandaged"], &[]);
    assert!(kept.is_empty(), "{kept:?}");
}

#[test]
fn enrolments_that_are_refused() {
    let world = World::with_office();
    world.make_chip("blank.chip");
    let text = world.eid(&["profile", "show", PROFILE.1]).expect(0).output;
    world.write("fingers.toml", text.as_bytes());
    world.write(
        "cut.wsq",
        &test_vectors::specimen(test_vectors::SPECIMEN_FINGERS[0])[..9_000],
    );
    let before = world.all_files();
    let profile = ("--profile", "@fingers.toml");
    let [right, left] = FINGERS;
    for (code, cause, change) in [
        (3, "finger right-index is required", &[profile][..]),
        (3, "finger left-index is required", &[profile, right]),
        (3, "finger right-index is given twice", &[profile, right, right]),
        (
            3,
            "given twice",
            &[profile, right, ("--missing-finger", "right-index=other")],
        ),
        (
            3,
            "cut.wsq: the image is truncated",
            &[profile, ("--finger", "right-index=@cut.wsq")],
        ),
        (
            3,
            "must be 8-bit grey",
            &[profile, ("--finger", "right-index=@face.jp2")],
        ),
        (3, "no place on a card of this profile", &[right]),
        (
            2,
            "--finger names no finger",
            &[profile, ("--finger", "index=@right.wsq")],
        ),
        (
            2,
            "this is no reason",
            &[profile, ("--missing-finger", "left-index=lost")],
        ),
        (
            2,
            "needs a reason",
            &[profile, right, left, ("--flat-fingers", "-")],
        ),
    ] {
        world
            .issue("blank.chip", "out", change)
            .expect_failure(code, cause);
    }
    assert_eq!(world.all_files(), before, "something was left behind");
}

/// The irises of the published specimen, which its DG4 has.
fn iris_images() -> Vec<Vec<u8>> {
    let document = test_vectors::documents::bsi_2008();
    let group = personalization::lds::dg4::decode(document.file("DG4")).expect("DG4");
    let images = group.templates.iter().map(|template| {
        let record =
            personalization::biometrics::iso_19794_6::decode(template.block.value()).expect("a record");
        record.views[0].image.to_vec()
    });
    images.collect()
}

/// A profile of the new standards with every biometric group, and three modalities that no code knows: all of it is data.
fn full_profile(world: &World) {
    let shown = world.eid(&["profile", "show", "icao-td1"]).expect(0).output;
    let (before, after) = shown
        .split_once("data_groups = [1, 2, 11, 12, 14, 15]")
        .expect("the groups");
    let tables = r#"
[fingers]
format = "ISO-39794-4"
required = ["right-index", "left-index"]

[irises]
required = ["right", "left"]

[[modality]]
name = "voice"
data_group = 9
biometric_type = 0x04
format_owner = 0x0101
format_type = 0x0031
access = "terminal-fingers"
required = true

[[modality]]
name = "dna"
data_group = 9
biometric_type = 0x4000
format_owner = 0x0101
format_type = 0x001B
access = "terminal-fingers"

[[modality]]
name = "gait"
data_group = 10
biometric_type = 0x1000
format_owner = 0x7A69
format_type = 7
access = "pace"
max_bytes = 100
"#;
    let text = format!(
        "{before}data_groups = [1, 2, 3, 4, 5, 7, 9, 10, 11, 12, 14, 15]\nface_format = \"ISO-39794-5\"{after}\n{tables}"
    );
    world.write("full.toml", text.as_bytes());
    for (name, image) in ["iris-right.jp2", "iris-left.jp2"].into_iter().zip(iris_images()) {
        world.write(name, &image);
    }
    world.write("voice.bin", b"a voice, or so they say");
    world.write("gait.bin", b"step by step");
    let enrolment = serde_json::json!({
        "fingers": [
            { "position": "right-index", "image": "right.wsq", "quality": 80,
              "impression": "live-scan-plain", "reason": "the finger is stiff" },
            { "position": "left-index", "missing": "bandaged" },
        ],
        "quality_algorithm": { "organization": 257, "algorithm": 1 },
        "irises": [
            { "eye": "right", "image": "iris-right.jp2", "diameter": 150 },
            { "eye": "left", "image": "iris-left.jp2" },
        ],
        "displayed_portrait": "face.jp2",
        "signature": "face.jp2",
        "proof_of_citizenship": "iris-left.jp2",
        "document_front": "iris-right.jp2",
        "samples": [
            { "modality": "voice", "data": "voice.bin", "subtype": 3 },
            { "modality": "gait", "data": "gait.bin" },
        ],
    });
    world.write("enrolment.json", enrolment.to_string().as_bytes());
}

#[test]
fn plumbing_a_card_with_every_biometric_and_modalities_that_no_code_knows() {
    let world = World::with_office();
    full_profile(&world);
    let check = [
        "record",
        "check",
        "--profile",
        "@full.toml",
        "--enrolment",
        "@enrolment.json",
        "--json",
    ];
    let checked = world.eid(&check).expect(0).json();
    assert_eq!(
        checked["enrolment"]["fingers"][0]["impression"],
        "live-scan-plain"
    );
    assert_eq!(checked["enrolment"]["missing_fingers"][0]["reason"], "bandaged");
    assert_eq!(checked["enrolment"]["samples"][1]["modality"], "gait");
    assert_eq!(
        checked["enrolment"]["papers"],
        serde_json::json!(["proof of citizenship", "document front"])
    );

    world.make_chip("one.chip");
    let change = [("--profile", "@full.toml"), ("--enrolment", "@enrolment.json")];
    let outcome = world.issue("one.chip", "out", &change).expect(0);
    outcome.assert_silent_about(&["stiff", "bandaged"]);
    let receipt = receipt(&world, "out");
    for group in ["DG3", "DG4", "DG5", "DG7", "DG9", "DG10"] {
        // More than an empty group's 26 bytes.
        assert!(length_of(&receipt, group) > 26, "{group}");
    }
    let report = world
        .eid(&[
            "verify",
            "--reader",
            "virtual:@one.chip",
            "--can",
            &world::can(),
            "--trust",
            "@csca",
            "--save",
            "@saved",
            "--json",
        ])
        .expect(0)
        .json();
    assert_eq!(report["verdict"], "GENUINE", "{report}");
    // What PACE opens is read and hashed; what needs a terminal's rights is not shown.
    for (group, is_read) in [
        ("DG3", false),
        ("DG4", false),
        ("DG5", true),
        ("DG7", true),
        ("DG9", false),
        ("DG10", true),
    ] {
        assert_eq!(report["files"].get(group).is_some(), is_read, "{group}");
    }
    // The face comes out of the record of ISO/IEC 39794-5.
    let face = std::fs::read(world.path("saved/face.jp2")).expect("the face");
    assert_eq!(face, test_vectors::specimen(test_vectors::SPECIMEN_FACE));
    // And the papers out of DG11 and DG12.
    for (saved, taken) in [
        ("proof-of-citizenship.jp2", "iris-left.jp2"),
        ("document-front.jp2", "iris-right.jp2"),
    ] {
        let saved = std::fs::read(world.path("saved").join(saved)).expect("an image");
        assert!(
            saved == std::fs::read(world.path(taken)).expect("the image"),
            "{taken}"
        );
    }
    assert!(!world.path("saved/document-rear.jp2").exists());
    let gait = std::fs::read(world.path("saved/DG10.bin")).expect("DG10");
    let group = personalization::lds::dg4::decode(&gait);
    assert!(group.is_err(), "another group");
    let ten = card_applet::wire::lds::DataGroup::from_number(10).expect("DG10");
    let group = personalization::biometrics::modality::decode(&gait, ten).expect("DG10");
    let template = &group.templates[0];
    assert_eq!(template.header.biometric_type, Some(0x1000));
    assert_eq!(
        (template.header.format_owner, template.header.format_type),
        (0x7A69, 7)
    );
    assert_eq!(template.block.value(), b"step by step");
}

#[test]
fn enrolment_records_that_are_refused() {
    let world = World::with_office();
    full_profile(&world);
    let text = std::fs::read_to_string(world.path("enrolment.json")).expect("the record");
    let enrolment: Value = serde_json::from_str(&text).expect("JSON");
    let check = |change: &dyn Fn(&mut Value), code, cause: &str| {
        let mut changed = enrolment.clone();
        change(&mut changed);
        world.write("wrong.json", changed.to_string().as_bytes());
        world
            .eid(&[
                "record",
                "check",
                "--profile",
                "@full.toml",
                "--enrolment",
                "@wrong.json",
            ])
            .expect_failure(code, cause)
            .assert_silent_about(&["stiff"]);
    };
    check(
        &|record| record["fingers"][0]["reason"] = Value::Null,
        3,
        "pressed flat and needs a reason",
    );
    check(
        &|record| record["fingers"][0]["impression"] = Value::Null,
        3,
        "is rolled and needs no reason",
    );
    check(
        &|record| record["fingers"][0]["impression"] = "latent".into(),
        3,
        "no such impression",
    );
    check(
        &|record| record["fingers"][0]["quality"] = 101.into(),
        3,
        "quality above 100",
    );
    check(
        &|record| record["fingers"][1]["missing"] = "lost".into(),
        3,
        "missing for no reason",
    );
    check(
        &|record| record["fingers"][1]["image"] = "left.wsq".into(),
        3,
        "either an image or the reason",
    );
    check(
        &|record| record["fingers"] = Value::Array(vec![]),
        3,
        "finger right-index is required",
    );
    check(
        &|record| record["irises"][0]["image"] = "right.wsq".into(),
        3,
        "iris right: the image is neither",
    );
    check(
        &|record| record["irises"][1] = record["irises"][0].clone(),
        3,
        "iris right is given twice",
    );
    check(
        &|record| record["signature"] = Value::Null,
        3,
        "signature is required",
    );
    check(
        &|record| record["document_rear"] = "right.wsq".into(),
        3,
        "document rear: the image is neither",
    );
    check(
        &|record| record["samples"][0]["modality"] = "smell".into(),
        3,
        "sample voice is required",
    );
    check(
        &|record| record["samples"][1]["modality"] = "smell".into(),
        3,
        "does not register",
    );
    check(
        &|record| record["samples"][1]["data"] = "right.wsq".into(),
        3,
        "longer than the profile allows",
    );
    check(
        &|record| record["samples"][1]["data"] = "none.bin".into(),
        3,
        "none.bin",
    );
    check(
        &|record| record["fingres"] = Value::Null,
        3,
        "unknown, missing or misplaced field (line 1",
    );
}

#[test]
fn portraits_are_checked_and_compressed() {
    let world = World::with_office();
    let good = world
        .eid(&["record", "check", "--portrait", "@face.jp2", "--json"])
        .expect(0)
        .json();
    assert_eq!(
        (&good["portrait"]["width"], &good["portrait"]["bytes"]),
        (&413.into(), &14_999.into())
    );
    for (format, extension) in [("jpeg", "jpg"), ("jpeg2000", "jp2")] {
        let out = format!("@small.{extension}");
        let arguments = [
            "record",
            "check",
            "--portrait",
            "@face.jp2",
            "--budget",
            "9000",
            "--format",
            format,
            "--out",
            &out,
            "--json",
        ];
        let made = world.eid(&arguments).expect(0).json();
        assert_eq!(made["portrait"]["format"], format);
        assert!(made["portrait"]["bytes"].as_u64().expect("a number") <= 9_000);
        // What was made is good for a card.
        world.eid(&["record", "check", "--portrait", &out]).expect(0);
    }
    for (code, cause, arguments) in [
        (
            3,
            "face.jp2: the portrait does not fit",
            &[
                "--portrait",
                "@face.jp2",
                "--budget",
                "4000",
                "--format",
                "jpeg",
                "--out",
                "@x",
            ][..],
        ),
        (
            2,
            "a budget is 4000 to 65536",
            &["--portrait", "@face.jp2", "--budget", "1", "--out", "@x"],
        ),
        (
            3,
            "right.wsq: the image is neither",
            &["--portrait", "@right.wsq"],
        ),
    ] {
        let arguments = [&["record", "check"], arguments].concat();
        world.eid(&arguments).expect_failure(code, cause);
    }
    assert!(!world.path("x").exists());
}

/// A portrait that its EXIF data turn upside down: refused as it is, and written upright on demand.
#[test]
fn a_portrait_that_is_to_be_turned() {
    let world = World::with_office();
    let compress = |from: &str, to: &str| {
        let budget = ["--budget", "9000", "--format", "jpeg"];
        let check = ["record", "check", "--portrait", from, "--out", to];
        world.eid(&[&check[..], &budget].concat())
    };
    compress("@face.jp2", "@small.jpg").expect(0);
    let small = std::fs::read(world.path("small.jpg")).expect("the portrait");
    // APP1 with one entry: orientation 3.
    let exif = b"\xFF\xE1\x00\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x03\0\0\0\0\0\0\0";
    world.write("turned.jpg", &[&small[..2], exif, &small[2..]].concat());
    let refused = world
        .eid(&["record", "check", "--portrait", "@turned.jpg"])
        .expect_failure(3, "turned.jpg: the image is not stored upright");
    assert!(
        refused.messages.contains("--budget BYTES --out FILE"),
        "{refused:?}"
    );
    world.make_chip("one.chip");
    world
        .issue("one.chip", "out", &[("--photo", "@turned.jpg")])
        .expect_failure(3, "turned.jpg: the image is not stored upright");
    compress("@turned.jpg", "@upright.jpg").expect(0);
    world
        .eid(&["record", "check", "--portrait", "@upright.jpg"])
        .expect(0);
}
