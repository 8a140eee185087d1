//! Whatever a card sends, the cases say something of it: no panic, no long wait.

use test_vectors::conformance::lds::{File, Files, ids, judge};
use test_vectors::conformance::{Suite, Verdict};
use test_vectors::naive::Random;

use crate::bases::{bsi_2008, feature_points, icao_td1, tr_03105_5, vn_cccd_2021};

const SEED: u64 = 0x1D5_0C0D;

fn every_file() -> Vec<(Files, File)> {
    let mut all = Vec::new();
    for files in [
        tr_03105_5(),
        bsi_2008(),
        vn_cccd_2021(),
        icao_td1(),
        feature_points(),
    ] {
        let of_set = [
            File::Com,
            File::Sod,
            File::CardAccess,
            File::CardSecurity,
            File::AtrInfo,
            File::Cvca,
        ];
        // Those that a case looks at.
        let groups = [1, 2, 3, 4, 11, 12, 14, 15].map(File::DataGroup);
        for file in of_set
            .into_iter()
            .chain(groups)
            .filter(|file| files.get(*file).is_ok())
        {
            all.push((files.clone(), file));
        }
    }
    all
}

/// Every case on these files; how many fail.
fn judge_all(files: &Files) -> usize {
    let mut failed = 0;
    for suite in [Suite::Icao3, Suite::Bsi32] {
        for id in ids(suite) {
            failed += usize::from(matches!(judge(suite, id, files), Some(Verdict::Failed(_))));
        }
    }
    failed
}

#[test]
fn files_that_end_anywhere_are_judged() {
    for (files, file) in every_file() {
        let content = files.get(file).unwrap().to_vec();
        let mut cut = Files::new(None);
        // Of images the beginning is where the fields are.
        let ends = (0..content.len().min(120)).chain((120..content.len()).step_by(content.len() / 16 + 1));
        for end in ends {
            cut.put(file, content[..end].to_vec());
            assert!(judge_all(&cut) > 0, "{} cut at {end} passes", file.name());
        }
    }
}

/// Every byte of a file is another once; of an image where the fields are.
#[test]
fn files_with_another_byte_are_judged() {
    println!("seed {SEED:#x}");
    let mut random = Random::new(&[], SEED);
    for (files, file) in every_file() {
        let content = files.get(file).unwrap().to_vec();
        let mut changed = Files::new(None);
        for at in 0..content.len().min(if content.len() > 2000 { 300 } else { 2000 }) {
            let drawn = random.bytes(2);
            let byte = match drawn[0] & 3 {
                0 => 0,
                1 => 0xFF,
                2 => content[at] ^ 1 << (drawn[1] & 7),
                _ => drawn[1],
            };
            let mut bytes = content.clone();
            bytes[at] = byte;
            changed.put(file, bytes);
            judge_all(&changed);
        }
    }
}

#[test]
fn sizes_that_would_be_huge_are_refused() {
    let huge = "7F848FFFFFFF30848FFFFFFF020103";
    for file in [
        File::Com,
        File::Sod,
        File::DataGroup(1),
        File::DataGroup(2),
        File::CardSecurity,
        File::AtrInfo,
    ] {
        let mut files = Files::new(None);
        files.put(file, hex::decode(huge).unwrap());
        assert!(judge_all(&files) > 0, "{}", file.name());
        files.put(file, [0x30, 0x80].repeat(5000));
        assert!(judge_all(&files) > 0, "{}", file.name());
        // Ten thousand levels.
        let mut nested = Vec::new();
        for _ in 0..10_000 {
            nested.extend([0x30, 0x84, 0x00, 0x00, 0xEA, 0x60]);
        }
        files.put(file, nested);
        assert!(judge_all(&files) > 0, "{}", file.name());
    }
}
