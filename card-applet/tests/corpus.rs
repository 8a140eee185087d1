//! The corpus of the fuzz targets, replayed. `make fuzz` looks for more.

#[path = "../fuzz/src/host.rs"]
mod host;
#[path = "chip/pki.rs"]
#[allow(dead_code)]
mod pki;
#[path = "chip/reader.rs"]
#[allow(dead_code)]
mod reader;
#[path = "chip/remembering.rs"]
mod remembering;
#[path = "chip/secure_messaging.rs"]
#[allow(dead_code)]
mod secure_messaging;
#[path = "../fuzz/src/seeds.rs"]
mod seeds;
#[path = "../fuzz/src/states.rs"]
mod states;
#[path = "chip/support.rs"]
#[allow(dead_code)]
mod support;
#[path = "../fuzz/src/targets.rs"]
mod targets;

use std::path::{Path, PathBuf};

/// The engine of the chips on the bench.
type BenchEngine = remembering::RememberingEngine;

fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target)
}

/// Replays every input of a target; as many as there are, never none.
fn replay(target: &str, run: impl Fn(&[u8])) {
    let mut inputs = 0;
    for entry in std::fs::read_dir(folder(target)).unwrap() {
        let path = entry.unwrap().path();
        println!("{}", path.display());
        run(&std::fs::read(path).unwrap());
        inputs += 1;
    }
    assert!(inputs > 0, "{target}: no corpus");
}

#[test]
fn card() {
    replay("card", |data| drop(targets::card(data)));
}

#[test]
fn scp03() {
    replay("scp03", |data| drop(targets::scp03(data)));
}

#[test]
fn tlv() {
    replay("tlv", targets::tlv);
}

#[test]
fn cvc() {
    replay("cvc", targets::cvc);
}

#[test]
fn security_infos() {
    replay("security_infos", targets::security_infos);
}

/// The seeds that are committed are those that `cargo run --example seeds` writes.
#[test]
fn seeds_are_committed() {
    for (target, name, content) in seeds::all() {
        let committed = std::fs::read(folder(target).join(name)).unwrap_or_default();
        assert!(committed == content, "{target}/{name} is stale");
    }
}

/// Seeds lead where they are meant to: a chip that refused every command would be fuzzed at its door only.
#[test]
fn seeds_reach_what_they_are_for() {
    for (target, name, content) in seeds::all() {
        let trace = match target {
            "card" => targets::card(&content),
            "scp03" => targets::scp03(&content),
            _ => continue,
        };
        let refused: Vec<_> = trace.iter().copied().filter(|status| *status != 0x9000).collect();
        let expected: &[u16] = match (target, name) {
            // INITIALIZE UPDATE without a session.
            ("card", "plain") => &[0x6982],
            // A dead card says so.
            ("card", "administer") => &[0x6285],
            // The power goes while a session is being opened.
            ("card", "power-cut") => &[0x6FFF],
            // Two wrong PINs, and the right one too late.
            ("card", "suspended") => &[0x63C2, 0x63C1, 0x6985],
            // Two wrong PINs, and the third where it counts.
            ("card", "unblocked") => &[0x63C2, 0x63C1, 0x63C0],
            // Sixteen arbitrary bytes under a right C-MAC.
            ("scp03", "mac") => &[0x6700],
            ("scp03", _) => &[0x6988],
            _ => &[],
        };
        assert_eq!(refused, expected, "{target}/{name}: {trace:04X?}");
    }
}
