//! Keys that the chip draws, on the command line: whose manifest it is, whether the attestation holds, and that a chip that was
//! refused can be issued afterwards.

#[path = "support/world.rs"]
mod world;

#[path = "cli_chip_keys/apdu_counts.rs"]
mod apdu_counts;

use std::fs;

use world::World;

/// The manifest beside this chip, changed.
fn changed(world: &World, memory: &str, change: impl FnOnce(&mut serde_json::Value)) {
    let text = fs::read_to_string(world.path(&format!("{memory}.manifest.json"))).expect("a manifest");
    let mut manifest = serde_json::from_str(&text).expect("JSON");
    change(&mut manifest);
    world.write("changed.json", manifest.to_string().as_bytes());
}

#[track_caller]
fn refused(world: &World, code: u8, cause: &str, manifest: &str) {
    let before = world.all_files();
    world
        .issue("one.chip", "out", &[("--manifest", manifest)])
        .expect_failure(code, cause);
    assert_eq!(world.all_files(), before, "something was left behind");
}

#[test]
fn a_manifest_that_is_not_this_chips() {
    let world = World::with_office();
    world.make_chip("one.chip");
    // The same serial number, another chip: its attestation key did not sign.
    world.make_chip("two.chip");
    refused(
        &world,
        14,
        "the attestation of a chip key does not verify",
        "@two.chip.manifest.json",
    );
    changed(&world, "one.chip", |manifest| {
        manifest["serial"] = "00000000000000000001".into();
    });
    refused(
        &world,
        14,
        "its stock manifest says 00000000000000000001",
        "@changed.json",
    );
    // The chip is as it was: its own manifest opens it.
    world.issue("one.chip", "out", &[]).expect(0);
}

#[test]
fn a_manifest_that_is_none() {
    let world = World::with_office();
    world.make_chip("one.chip");
    refused(&world, 3, "missing.json", "@missing.json");
    world.write("changed.json", b"{}");
    refused(&world, 3, "not a stock manifest", "@changed.json");
    changed(&world, "one.chip", |manifest| {
        manifest["schema"] = "eid.chip/2".into()
    });
    refused(&world, 3, "schema: must be eid.chip/1", "@changed.json");
    changed(&world, "one.chip", |manifest| {
        manifest["attestation_public_key"] = "04".into();
    });
    refused(&world, 3, "attestation_public_key: must be", "@changed.json");
    fs::remove_file(world.path("one.chip.manifest.json")).expect("removed");
    world
        .issue("one.chip", "out", &[])
        .expect_failure(3, "one.chip.manifest.json");
    // A card without keys needs none.
    let shown = world.eid(&["profile", "show", "vn-cc-2024"]).expect(0).output;
    let (before, after) = shown.split_once("[[chip_authentication]]").expect("the key");
    let (_, after) = after.split_once("[validity]").expect("the rest");
    world.write("plain.toml", format!("{before}[validity]{after}").as_bytes());
    world
        .issue("one.chip", "out", &[("--profile", "@plain.toml")])
        .expect(0);
}
