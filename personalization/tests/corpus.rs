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

/// Lengths of 4 GiB, 10,000 levels with and without an end, in DER, JSON and TOML; images whose headers promise what no memory holds:
/// every target answers, and takes no memory for what is not there.
#[test]
fn what_wants_to_do_harm() {
    let mut nested = vec![0x05, 0x00];
    for _ in 0..10_000 {
        let mut outer = vec![0x30, 0x83];
        outer.extend_from_slice(&u32::try_from(nested.len()).unwrap().to_be_bytes()[1..]);
        outer.append(&mut nested);
        nested = outer;
    }
    let mut inputs = vec![
        nested,
        [0x30, 0x80].repeat(500_000),
        [0x24, 0x80].repeat(500_000),
        b"[".repeat(500_000),
        b"{\"chips\":".repeat(100_000),
        [&b"a = "[..], &b"[".repeat(10_000)].concat(),
        b"a.".repeat(10_000),
    ];
    for tag in [
        &[0x30][..],
        &[0x31],
        &[0x60],
        &[0x61],
        &[0x63],
        &[0x65],
        &[0x66],
        &[0x67],
        &[0x6B],
        &[0x6C],
        &[0x6D],
        &[0x6E],
        &[0x6F],
        &[0x70],
        &[0x75],
        &[0x76],
        &[0x77],
        &[0x7F, 0x21],
        &[0x7F, 0x66],
    ] {
        for length in [
            &[0x84, 0xFF, 0xFF, 0xFF, 0xFF][..],
            &[0x88, 0, 0, 0, 1, 0, 0, 0, 0],
            &[0x83, 0x0F, 0xFF, 0xFF],
            &[0x80],
        ] {
            inputs.push([tag, length, &[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]].concat());
        }
    }
    let image = |name: &str| std::fs::read(folder("image").join(name)).unwrap();
    for side in [[0xFF, 0xFF], [0x13, 0x20], [0x08, 0x00]] {
        let mut file = image("face.jpg");
        let frame = file.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
        file[frame + 5..frame + 9].copy_from_slice(&[side, side].concat());
        inputs.push(file.clone());
        file[frame + 1] = 0xC2;
        inputs.push(file);
    }
    for side in [0x7FFF_FFFF_u32, 0x1320, 0x0800] {
        for tile in [side, 1] {
            let mut file = image("face.jp2");
            let size = file.windows(2).position(|pair| pair == [0xFF, 0x51]).unwrap();
            for (at, value) in [(6, side), (10, side), (22, tile), (26, tile)] {
                file[size + at..size + at + 4].copy_from_slice(&value.to_be_bytes());
            }
            inputs.push(file);
        }
    }
    for (target, run) in targets::ALL {
        println!("{target}");
        inputs.iter().for_each(|input| run(input));
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
