//! The stock of chips, on the command line: who gets in, who is refused, and keys that are drawn ahead.

#[path = "support/world.rs"]
mod world;

use std::fs;

use world::{SERIAL, World, secrets};

/// A chip in stock whose keys are not drawn yet.
fn stocked() -> World {
    let world = World::with_office();
    world.make_chip("one.chip");
    world
        .eid(&["stock", "add", "--stock", "@stock", "@one.chip.manifest.json"])
        .expect(0);
    world
}

const DRAW: [&str; 10] = [
    "stock",
    "generate-keys",
    "-r",
    "virtual:@one.chip",
    "--stock",
    "@stock",
    "--profile",
    "vn-cc-2024",
    "--issuer-keys",
    "@issuer.keys",
];

#[test]
fn plumbing_keys_are_drawn_ahead_and_stand_in_the_stock() {
    let world = stocked();
    let serial = hex::encode_upper(SERIAL);
    let listed = world.eid(&["stock", "list", "--stock", "@stock"]).expect(0);
    assert_eq!(listed.output, format!("{serial}  keys 0  free\n"));
    let drawn = world.eid(&DRAW).expect(0);
    assert!(drawn.output.contains("chip_authentication"), "{}", drawn.output);
    let show = ["stock", "show", "--stock", "@stock", &serial, "--json"];
    let first = world.eid(&show).expect(0).json();
    // One session at manufacture, one for the keys.
    assert_eq!(
        (&first["serial"], &first["next_sequence"]),
        (&serial.as_str().into(), &2.into())
    );
    // Drawn again they are others, and the stock follows.
    let drawn = world.eid(&DRAW).expect(0);
    let second = world.eid(&show).expect(0).json();
    assert_eq!(second["next_sequence"], 3);
    assert_ne!(first["keys"], second["keys"]);
    let check = world.eid(&["stock", "check", "--stock", "@stock"]).expect(0);
    assert_eq!(check.output, "1 chip in stock, 0 with something wrong\n");
    let secrets = secrets();
    let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
    drawn.assert_silent_about(&secrets);
}

#[test]
fn who_is_refused() {
    let world = stocked();
    let add = ["stock", "add", "--stock", "@stock", "@one.chip.manifest.json"];
    world.eid(&add).expect_failure(3, "is in stock already");
    world.write("none.json", b"{}");
    let add = ["stock", "add", "--stock", "@stock", "@none.json"];
    world
        .eid(&add)
        .expect_failure(3, "none.json: not a delivery of chips");
    let list = ["stock", "list", "--stock", "@csca"];
    world.eid(&list).expect_failure(3, "no stock of chips");
    let show = ["stock", "show", "--stock", "@stock", "00"];
    world.eid(&show).expect_failure(2, "not 20 hexadecimal digits");
    let show = ["stock", "show", "--stock", "@stock", "00000000000000000000"];
    world
        .eid(&show)
        .expect_failure(3, "no chip with the serial number 00000000000000000000");
    // A chip of the same serial number that is not the one delivered: nothing stands in the stock for it.
    world.make_chip("two.chip");
    let mut draw = DRAW;
    draw[3] = "virtual:@two.chip";
    world.eid(&draw).expect_failure(14, "does not verify");
    // And one that nobody delivered keeps what it has.
    fs::remove_dir_all(world.path("stock")).expect("removed");
    world.write("other.json", br#"{"schema":"eid.chip/1","serial":"00000000000000000001","attestation_public_key":"046B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C2964FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5"}"#);
    world
        .eid(&["stock", "add", "--stock", "@stock", "@other.json"])
        .expect(0);
    world
        .eid(&DRAW)
        .expect_failure(3, "no chip with the serial number 30313233343536373839");
    // Altered: said, with exit code 3.
    let path = world.path("stock/chips/00000000000000000001.json");
    let text = fs::read_to_string(&path).expect("manifest");
    world.write(
        "stock/chips/00000000000000000001.json",
        text.replace("000001\"", "000002\"").as_bytes(),
    );
    let check = world.eid(&["stock", "check", "--stock", "@stock"]).expect(3);
    assert!(check.output.contains("it is another chip's"), "{}", check.output);
}
