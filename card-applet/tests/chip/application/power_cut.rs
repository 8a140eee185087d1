//! The power cut at every word of an update, in every way, and the recovery cut, too: the file holds all of the command's
//! bytes or none, and nothing else is damaged.

use super::*;
use card_applet::sim::memory::{CutKind, RamMemory};

const KINDS: [CutKind; 3] = [CutKind::Lost, CutKind::Done, CutKind::Unstable];
/// Where the update begins: behind a page's start, so that it touches two of the file's three pages.
const OFFSET: usize = 300;
const UPDATE_LEN: usize = 500;
/// Bytes of the two banks of the journal.
const JOURNAL: usize = 2 * 4096;

/// What a stranger reads of the file that everybody may read, however the card came to its state.
fn content(card: &mut TestCard) -> Vec<u8> {
    assert_eq!(card.status(SELECT), "9000");
    let mut answer = bytes(&card.send(&format!("00B0{:02X}0000{LEN:04X}", 0x80 | PUBLIC)));
    assert_eq!(answer.split_off(answer.len() - 2), [0x90, 0x00]);
    answer
}

/// Opens the application and makes the UPDATE BINARY that is to be cut.
fn prepare(card: &mut TestCard, fill: u8) -> Vec<u8> {
    let mut issuer = open(card);
    assert_eq!(issuer.send(0xA4, 2, 0x0C, &[0x02, PUBLIC]), "9000");
    let [p1, p2] = (OFFSET as u16).to_be_bytes();
    issuer.wrap(0xD6, p1, p2, &[fill; UPDATE_LEN])
}

/// Every body that is not the file's: what must be as it was. The file is found by its content.
fn bodies(memory: &RamMemory, of_file: &[u8]) -> (usize, Vec<u8>) {
    let all = &memory.content()[JOURNAL..];
    let at = all.windows(LEN).position(|window| window == of_file).unwrap();
    // The card's files take some 10 KiB; the staging area is at the end of the memory.
    let mut others = all[..all.len() - 8192].to_vec();
    others[at..at + LEN].fill(0);
    (at, others)
}

#[test]
fn all_of_an_update_or_nothing() {
    let mut card = operational();
    let update = prepare(&mut card, 0xB7);
    // A past update: the staging area is not empty, and the file's pages are not new.
    assert_eq!(card.try_send(&update), Some(vec![0x90, 0x00]));
    let old = content(&mut card);
    let mut new = old.clone();
    new[OFFSET..OFFSET + UPDATE_LEN].fill(0x3C);
    let memory = card.into_memory();
    let (_, others) = bodies(&memory, &old);

    let prepared = || {
        let mut card = TestCard::with_memory(memory.clone());
        let command = prepare(&mut card, 0x3C);
        (card, command)
    };
    let (mut card, command) = prepared();
    let before = card.nvm_mut().words_written();
    assert_eq!(card.try_send(&command), Some(vec![0x90, 0x00]));
    let words = card.nvm_mut().words_written() - before;
    assert!(words > 2 * 4 * 64, "{words}");
    assert_eq!(content(&mut card), new);

    let (mut seed, mut before, mut after) = (0x5EED_u64, 0, 0);
    for cut in 0..words {
        for kind in KINDS {
            let (mut card, command) = prepared();
            card.nvm_mut().cut(cut, kind);
            let answer = card.try_send(&command).unwrap();
            assert!(
                matches!(*answer, [0x65, 0x81] | [0x6F, 0x00] | [0x90, 0x00]),
                "{answer:02X?}"
            );
            let mut memory = card.into_memory();
            // The recovery is cut once, somewhere, and once more.
            for _ in 0..2 {
                seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                memory.restore_power_with(seed);
                memory.cut((seed >> 33) as usize % words, KINDS[(seed >> 20) as usize % 3]);
                memory = TestCard::with_memory(memory).into_memory();
            }
            memory.restore_power_with(seed ^ 0x0F0F);
            let mut card = TestCard::with_memory(memory);
            let found = content(&mut card);
            let place = format!("{kind:?} at word {cut} of {words}");
            match (found == old, found == new) {
                (true, false) => before += 1,
                (false, true) => after += 1,
                _ => panic!("{place}: neither the old nor the new content"),
            }
            assert_eq!(bodies(card.nvm_mut(), &found).1, others, "{place}");
            // It stays what it is, and the card goes on.
            card.reset();
            assert_eq!(content(&mut card), found, "{place}");
        }
    }
    assert!(before > words && after > words, "{before} {after}");
}

/// A memory that fails without a reset: the card falls silent about its files until the next power-on has decided.
#[test]
fn a_failing_memory_lets_nobody_read_half_of_each() {
    let mut card = operational();
    let command = prepare(&mut card, 0x3C);
    card.cut_after_words(2 * 2 * 64 + 40);
    assert_eq!(card.try_send(&command), Some(vec![0x65, 0x81]));
    for command in [SELECT, "00B0840010", "00A4000C023F00"] {
        assert_eq!(card.send(command), "6F00");
    }
    card.nvm_mut().restore_power();
    card.reset();
    let found = content(&mut card);
    assert_eq!(found[OFFSET..OFFSET + UPDATE_LEN], [0x3C; UPDATE_LEN]);
}
