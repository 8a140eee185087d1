//! `eid issue` with fingers: what reaches the card, who may read it, and what is refused before the chip is touched.

#[allow(dead_code, reason = "shared with the test over time, which uses more of it")]
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
