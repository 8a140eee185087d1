//! How a document is changed.

use host_issuer::inspect::{Read, ReadDocument};
use sha2::{Digest as _, Sha256};

use super::cards::Card;
use crate::test_issuer::der::sign;
use crate::test_issuer::{Node, Recipe, key};

/// Everything that is counted on its own.
pub const REGIONS: [&str; 13] = [
    "EF.CardAccess",
    "EF.CardSecurity",
    "EF.COM",
    "EF.SOD, elsewhere",
    "LDS security object",
    "signed attributes",
    "signature",
    "DS certificate, signed part",
    "DS certificate, signature",
    "a data group",
    "another card's files",
    "signed with a wrong key",
    "signed under a false CSCA",
];

/// A changed document of this card.
pub struct Mutation<'a> {
    pub card: &'a Card,
    pub document: ReadDocument,
    pub region: &'static str,
    pub kind: &'static str,
}

/// SplitMix64: small, and the same everywhere.
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

/// One change, or several of one kind.
pub fn mutate<'a>(cards: &'a [Card], rng: &mut Rng) -> Mutation<'a> {
    let index = rng.below(cards.len());
    let card = &cards[index];
    let mut document = card.document.clone();
    let (region, kind) = match rng.below(20) {
        0..=13 => edit(card, &mut document, rng),
        14..=16 => {
            let other = &cards[(index + 1 + rng.below(cards.len() - 1)) % cards.len()];
            ("another card's files", swap(&mut document, other, rng))
        }
        _ => sign_again(&mut document, rng),
    };
    Mutation {
        card,
        document,
        region,
        kind,
    }
}

/// Changes the bytes of one file.
fn edit(card: &Card, document: &mut ReadDocument, rng: &mut Rng) -> (&'static str, &'static str) {
    let (region, file, range) = match rng.below(14) {
        0 => ("EF.CardAccess", &mut document.card_access, None),
        1 => ("EF.COM", &mut document.com, None),
        2 if document.card_security != Read::NotSupplied => {
            ("EF.CardSecurity", &mut document.card_security, None)
        }
        2..=8 => {
            let choice = rng.below(card.regions.len() + 1);
            match card.regions.get(choice) {
                Some((name, range)) => (*name, &mut document.sod, Some(range.clone())),
                None => ("EF.SOD, elsewhere", &mut document.sod, None),
            }
        }
        _ => {
            let number = rng.below(document.data_groups.len());
            let group = document.data_groups.values_mut().nth(number);
            ("a data group", group.expect("there are groups"), None)
        }
    };
    let Read::Bytes(bytes) = file else {
        panic!("every file of these cards is there");
    };
    let before = bytes.clone();
    let mut kind = "nothing";
    // Two changes may undo each other.
    while *bytes == before {
        for _ in 0..=rng.below(3) {
            let whole = 0..bytes.len();
            let mut range = range.clone().unwrap_or(whole.clone());
            range.end = range.end.min(whole.end);
            range.start = range.start.min(range.end.saturating_sub(1));
            kind = change(bytes, range, rng);
        }
        if region == "EF.SOD, elsewhere" && inside(&before, bytes, card) {
            // It hit one of the regions that are counted on their own.
            bytes.clone_from(&before);
        }
    }
    (region, kind)
}

/// Whether the first byte that differs is in a region with a name.
fn inside(before: &[u8], after: &[u8], card: &Card) -> bool {
    let first = before.iter().zip(after).position(|(one, other)| one != other);
    first.is_some_and(|first| card.regions.iter().any(|(_, range)| range.contains(&first)))
}

fn change(bytes: &mut Vec<u8>, range: std::ops::Range<usize>, rng: &mut Rng) -> &'static str {
    let at = range.start + rng.below(range.len());
    let room = range.end - at;
    match rng.below(8) {
        _ if bytes.is_empty() || room == 0 => {
            bytes.push(rng.next() as u8);
            "insert"
        }
        0..=2 => {
            bytes[at] ^= 1 << rng.below(8);
            "flip"
        }
        3 => {
            bytes[at] = rng.next() as u8;
            "flip"
        }
        4 => {
            bytes.drain(at..at + 1 + rng.below(room.min(40)));
            "cut"
        }
        5 => {
            bytes.truncate(at);
            "cut"
        }
        6 => {
            // Bytes that parsers stumble over come more often than chance has it.
            let odd = [0x00, 0x30, 0x31, 0x80, 0x84, 0xA0, 0xFF, rng.next() as u8];
            let inserted: Vec<u8> = (0..=rng.below(8)).map(|_| odd[rng.below(odd.len())]).collect();
            bytes.splice(at..at, inserted);
            "insert"
        }
        _ => {
            let other = range.start + rng.below(range.len());
            let length = 1 + rng.below(16);
            for offset in 0..length {
                if at + offset < bytes.len() && other + offset < bytes.len() {
                    bytes.swap(at + offset, other + offset);
                }
            }
            "reorder"
        }
    }
}

/// Puts one or two files of another card in.
fn swap(document: &mut ReadDocument, other: &Card, rng: &mut Rng) -> &'static str {
    loop {
        let before = document.clone();
        match rng.below(4) {
            0 => document.sod = other.document.sod.clone(),
            1 => {
                document.sod = other.document.sod.clone();
                replace_group(document, other, rng);
            }
            _ => replace_group(document, other, rng),
        }
        // Two cards may have the same EF.COM or DG14.
        if document.sod != before.sod || document.data_groups != before.data_groups {
            return "swap";
        }
    }
}

fn replace_group(document: &mut ReadDocument, other: &Card, rng: &mut Rng) {
    let groups = &other.document.data_groups;
    let (number, file) = groups
        .iter()
        .nth(rng.below(groups.len()))
        .expect("there are groups");
    document.data_groups.insert(*number, file.clone());
}

/// Changes a data group and signs the whole again, as one would who has everything but the keys.
fn sign_again(document: &mut ReadDocument, rng: &mut Rng) -> (&'static str, &'static str) {
    let Read::Bytes(sod) = &document.sod else {
        panic!("EF.SOD is there");
    };
    let mut tree = Node::parse(sod);
    let data = tree.at(&[0, 1, 0]);
    let count = document.data_groups.len();
    let position = rng.below(count);
    let group = document.data_groups.values_mut().nth(position);
    let Some(Read::Bytes(bytes)) = group else {
        panic!("every group of these cards is there");
    };
    let at = rng.below(bytes.len());
    bytes[at] ^= 1 << rng.below(8);
    // Groups and digests are both in the order of their numbers.
    let digests: Vec<Vec<u8>> = document
        .data_groups
        .values()
        .map(|read| Sha256::digest(read.bytes().expect("bytes")).to_vec())
        .collect();
    let mut object = Node::parse(Node::parse(&data.at(&[2, 1, 0]).encode()).contents());
    for (index, digest) in digests.iter().enumerate() {
        object.set(&[2, index, 1], digest);
    }
    let object = object.encode();
    data.set(&[2, 1, 0], &object);
    let digest = Sha256::digest(&object);
    for index in 0..3 {
        let kind = data.at(&[4, 0, 3, index, 0]).encode();
        if kind.ends_with(&[0x09, 0x04]) {
            data.set(&[4, 0, 3, index, 1, 0], &digest);
        }
    }
    let attributes = data.at(&[4, 0, 3]).encode();
    let message = [&[0x31], &attributes[1..]].concat();
    data.set(&[4, 0, 5], &sign(&key(66), &message));
    let region = if rng.below(2) == 0 {
        "signed with a wrong key"
    } else {
        // The same names, numbers and identifiers, and keys of one's own.
        let mut ds = Recipe::genuine().ds;
        (ds.subject_key, ds.issuer_key) = (key(66), key(67));
        data.replace(&[3, 0], &ds.build());
        "signed under a false CSCA"
    };
    document.sod = Read::Bytes(tree.encode());
    (region, "re-sign")
}
