//! The virtual card of each profile: issued by the program, then taken out of its file, so that nothing waits and a seed decides what it
//! draws.

use card_applet::platform::Nvm as _;
use card_applet::sim::memory::RamMemory;
use card_applet::wire::cvc::{Date, InspectionRights};
use personalization::key_file::Passphrase;
use personalization::pki::cv_certificate::CvValidity;
use personalization::pki::cvca::issue_cvca;
use personalization::signer::FileSigner;
use serde_json::Value;
use test_vectors::conformance::{Secrets, TerminalAuthority};

use crate::seeded_chip::{HostRandom, Seeded, SeededChip};
use crate::world::{PASSPHRASE, World};

/// What a chip's file has before its memory.
const MAGIC_LEN: usize = 16;

/// Every profile of which there is a list of expected verdicts.
pub const PROFILES: [&str; 4] = ["vn-cccd-2021", "vn-cc-2024", "vn-cc-2024-pin", "icao-td1"];

/// An office that has a CVCA, and a profile with a PIN.
pub fn office() -> World {
    let world = World::with_office();
    let mut random = HostRandom(Seeded(7));
    let key = FileSigner::generate(&mut random).expect("a key");
    let valid = CvValidity {
        from: Date::new(26, 1, 1).expect("a date"),
        to: Date::new(29, 1, 1).expect("a date"),
    };
    let certificate =
        issue_cvca("VNCVCA00001", InspectionRights::ALL, valid, &key).expect("a certificate of a CVCA");
    world.write("cvca.cvcert", &certificate);
    key.save(&world.path("cvca.key"), &Passphrase::new(PASSPHRASE), &mut random)
        .expect("a key file");
    let profile = world.eid(&["profile", "show", "vn-cc-2024"]).expect(0).output;
    let with_pin = profile
        .replace("name = \"vn-cc-2024\"", "name = \"vn-cc-2024-pin\"")
        .replace("bac = false", "bac = false\npin = true");
    assert!(with_pin.contains("pin = true"), "{with_pin}");
    world.write("with-pin.toml", with_pin.as_bytes());
    world
}

/// Issues the card of a profile into `PROFILE.chip`; what is printed is in the folder `PROFILE`.
pub fn issue(world: &World, profile: &str) {
    let memory = format!("{profile}.chip");
    world.make_chip(&memory);
    let mut change = vec![("--profile", profile)];
    match profile {
        "vn-cccd-2021" => change.push(("--cvca", "@cvca.cvcert")),
        "vn-cc-2024-pin" => change[0].1 = "@with-pin.toml",
        _ => {}
    }
    world.issue(&memory, profile, &change).expect(0);
}

/// What is printed on it.
pub fn print(world: &World, profile: &str) -> Value {
    let text = std::fs::read(world.path(profile).join("print.json")).expect("print.json");
    serde_json::from_slice(&text).expect("JSON")
}

/// The printed lines of its machine readable zone.
pub fn zone(world: &World, profile: &str) -> String {
    let print = print(world, profile);
    let lines = print["mrz"].as_array().expect("lines").iter();
    lines.map(|line| line.as_str().expect("a line")).collect()
}

/// Everything that a lab is given with the card.
pub fn secrets(world: &World, profile: &str) -> Secrets {
    let print = print(world, profile);
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let mut secrets = Secrets {
        can: text(&print["can"]),
        pin: text(&print["letter"]["pin"]),
        puk: text(&print["letter"]["puk"]),
        ..Secrets::default()
    };
    secrets.take_mrz(&zone(world, profile)).expect("a printed zone");
    if profile == "vn-cccd-2021" {
        let passphrase = Passphrase::new(PASSPHRASE);
        let key = personalization::key_file::read_sealed(
            &world.path("cvca.key"),
            personalization::signer::PRIVATE_KEY_LABEL,
            &passphrase,
        );
        let certificate = std::fs::read(world.path("cvca.cvcert")).expect("a certificate");
        let authority = TerminalAuthority::new(&key.expect("a key"), &certificate).expect("a trust point");
        secrets.terminal_authority = Some(authority);
    }
    secrets
}

/// The issued chip, in memory.
pub fn chip(world: &World, profile: &str) -> SeededChip<RamMemory> {
    let file = std::fs::read(world.path(&format!("{profile}.chip"))).expect("a chip");
    let mut memory = RamMemory::new();
    memory.program(0, &file[MAGIC_LEN..]).expect("an erased memory");
    SeededChip::with_memory(memory, 1)
}
