//! Whatever a chip, a certificate or a CRL holds: the inspector answers, does not panic, and does not say GENUINE of what
//! was changed.

#[allow(dead_code, reason = "shared with the mutation tests, which use more of it")]
#[path = "support/test_issuer.rs"]
mod test_issuer;

#[path = "../fuzz/src/seeds.rs"]
mod seeds;
#[path = "../fuzz/src/targets.rs"]
mod targets;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use host_issuer::inspect::{
    Certificate, Policy, Read, ReadDocument, RevocationList, TrustStore, Verdict, inspect, listed_data_groups,
};
use proptest::prelude::*;
use test_issuer::Recipe;
use time::OffsetDateTime;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2026-08-01 12:00 UTC);

/// Signing takes longer than all the rest.
static GENUINE: LazyLock<(ReadDocument, TrustStore)> = LazyLock::new(|| {
    let recipe = Recipe::genuine();
    (recipe.seal(), recipe.trust())
});

/// A change that an attacker, a broken chip or a bad copy may make.
#[derive(Debug, Clone)]
enum Edit {
    Replace(usize, u8),
    Insert(usize, u8),
    Remove(usize, usize),
    Repeat(usize, usize),
    Truncate(usize),
}

fn edit() -> impl Strategy<Value = Edit> {
    let position = 0..4096_usize;
    // Tags and lengths that parsers stumble over come more often than chance has it.
    let byte = prop_oneof![
        any::<u8>(),
        Just(0x00),
        Just(0x80),
        Just(0x82),
        Just(0x84),
        Just(0xFF),
        Just(0x30)
    ];
    prop_oneof![
        4 => (position.clone(), byte.clone()).prop_map(|(at, byte)| Edit::Replace(at, byte)),
        2 => (position.clone(), byte).prop_map(|(at, byte)| Edit::Insert(at, byte)),
        2 => (position.clone(), 1..64_usize).prop_map(|(at, count)| Edit::Remove(at, count)),
        1 => (position.clone(), 1..256_usize).prop_map(|(at, count)| Edit::Repeat(at, count)),
        1 => position.prop_map(Edit::Truncate),
    ]
}

fn apply(bytes: &mut Vec<u8>, edit: &Edit) {
    let length = bytes.len();
    if length == 0 {
        return;
    }
    match *edit {
        Edit::Replace(at, byte) => bytes[at % length] = byte,
        Edit::Insert(at, byte) => bytes.insert(at % length, byte),
        Edit::Remove(at, count) => {
            let start = at % length;
            bytes.drain(start..(start + count).min(length));
        }
        Edit::Repeat(at, count) => {
            let start = at % length;
            let piece = bytes[start..(start + count).min(length)].to_vec();
            bytes.splice(start..start, piece);
        }
        Edit::Truncate(at) => bytes.truncate(at % length),
    }
}

fn file_of(document: &mut ReadDocument, index: usize) -> &mut Read {
    match index {
        0 => &mut document.card_access,
        1 => &mut document.com,
        2 => &mut document.sod,
        _ => document
            .data_groups
            .values_mut()
            .nth((index - 3) % 4)
            .expect("four groups"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_files_are_answered_and_not_believed(
        index in 0..7_usize,
        edits in prop::collection::vec(edit(), 1..6),
    ) {
        let (sealed, trust) = &*GENUINE;
        let mut document = sealed.clone();
        if let Read::Bytes(bytes) = file_of(&mut document, index) {
            edits.iter().for_each(|edit| apply(bytes, edit));
        }
        let report = inspect(&document, trust, Policy::default(), NOW);
        let unchanged = file_of(&mut document, index) == file_of(&mut sealed.clone(), index);
        // EF.COM is unsigned, and EF.SOD has parts on which nothing depends; the mutation tests look at them byte by byte.
        if !unchanged && !matches!(index, 1 | 2) {
            prop_assert_ne!(report.verdict, Verdict::Genuine);
        }
    }

    #[test]
    fn changed_certificates_and_lists_are_answered(edits in prop::collection::vec(edit(), 1..6)) {
        let recipe = Recipe::genuine();
        let mut certificate = recipe.csca.build();
        let mut list = recipe.crl.as_ref().expect("a CRL").build();
        for edit in &edits {
            apply(&mut certificate, edit);
            apply(&mut list, edit);
        }
        let _ = Certificate::from_der(&certificate);
        let _ = RevocationList::from_der(&list);
        if let Ok(store) = TrustStore::new(&[&certificate], &[]) {
            let _ = inspect(&GENUINE.0, &store, Policy::default(), NOW);
        }
        if let Ok(store) = TrustStore::new(&[&recipe.csca.build()], &[&list]) {
            let _ = inspect(&GENUINE.0, &store, Policy::default(), NOW);
        }
    }

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..600), number in 1..=16_u8) {
        let mut document = ReadDocument::empty();
        document.card_access = Read::Bytes(bytes.clone());
        document.com = Read::Bytes(bytes.clone());
        document.sod = Read::Bytes([&[0x77, 0x82, 0x02, 0x58][..], &bytes].concat());
        document.data_groups.insert(number, Read::Bytes(bytes.clone()));
        prop_assert_ne!(inspect(&document, &GENUINE.1, Policy::default(), NOW).verdict, Verdict::Genuine);
        prop_assert!(listed_data_groups(&bytes).is_err());
    }
}

fn corpus(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target)
}

/// Replays every input of every fuzz target; as many as there are, never none.
#[test]
fn corpus_of_the_fuzz_targets() {
    for (target, run) in targets::ALL {
        let mut inputs = 0;
        for entry in std::fs::read_dir(corpus(target)).unwrap() {
            let path = entry.unwrap().path();
            println!("{}", path.display());
            run(&std::fs::read(path).unwrap());
            inputs += 1;
        }
        assert!(inputs > 0, "{target}: no corpus");
    }
}

/// Lengths of 4 GiB, 10,000 levels with and without an end: every target answers, and takes no memory for what is not there.
#[test]
fn what_wants_to_do_harm() {
    let mut nested = vec![0x05, 0x00];
    for _ in 0..5_000 {
        let mut outer = vec![0x30, 0x82];
        outer.extend_from_slice(&u16::try_from(nested.len()).unwrap().to_be_bytes());
        outer.append(&mut nested);
        nested = outer;
    }
    let endless = [0x30, 0x80].repeat(10_000);
    for input in [
        &nested,
        &endless,
        &[0x24, 0x80].repeat(10_000),
        &b"-----BEGIN CERTIFICATE-----\n".repeat(2_000),
    ] {
        targets::lists(input);
        targets::dump(input);
    }
    // Each place of a document and the tag of its file.
    for (place, tag) in [
        (1, 0x61),
        (2, 0x75),
        (3, 0x63),
        (4, 0x76),
        (11, 0x6B),
        (12, 0x6C),
        (13, 0x6D),
        (14, 0x6E),
        (15, 0x6F),
        (16, 0x70),
        (17, 0x31),
        (18, 0x30),
        (19, 0x60),
        (20, 0x77),
    ] {
        for behind_the_tag in [
            &[0x84, 0xFF, 0xFF, 0xFF, 0xFF, 0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF][..],
            &[0x88, 0, 0, 0, 1, 0, 0, 0, 0],
            &[0x83, 0x0F, 0xFF, 0xFF],
            &[&[0x80][..], &endless].concat(),
            &[&[0x82, 0x4E, 0x20][..], &nested[..20_000]].concat(),
        ] {
            let file = [&[tag], behind_the_tag].concat();
            targets::lists(&file);
            targets::dump(&file);
            targets::document(&[&[place], &file[..]].concat());
        }
    }
}

/// The seeds that are committed are those that `cargo run --example seeds` writes.
#[test]
fn seeds_are_committed() {
    for (target, name, content) in seeds::all() {
        std::fs::create_dir_all(corpus(target)).unwrap();
        let committed = std::fs::read(corpus(target).join(&name)).unwrap_or_default();
        assert!(committed == content, "{target}/{name} is stale");
    }
}
