//! The corpus of the fuzz targets, replayed. `make fuzz` looks for more.

#[path = "../fuzz/src/seeds.rs"]
mod seeds;
#[path = "../fuzz/src/targets.rs"]
mod targets;

use std::path::{Path, PathBuf};

fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target)
}

/// Replays every input of every target; as many as there are, never none.
#[test]
fn every_input() {
    for (target, run) in targets::ALL {
        let mut inputs = 0;
        for entry in std::fs::read_dir(folder(target)).unwrap() {
            let path = entry.unwrap().path();
            println!("{}", path.display());
            run(&std::fs::read(path).unwrap());
            inputs += 1;
        }
        assert!(inputs > 0, "{target}: no corpus");
    }
}

/// The seeds that are committed are those that `cargo run --example seeds` writes.
#[test]
fn seeds_are_committed() {
    for (target, name, content) in seeds::all() {
        let committed = std::fs::read(folder(target).join(&name)).unwrap_or_default();
        assert!(committed == content, "{target}/{name} is stale");
    }
}
