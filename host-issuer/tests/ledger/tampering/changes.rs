//! What an attacker may do to a ledger and to its anchor. None of them has the ledger's key.

use host_issuer::ledger::checkpoint::Checkpoint;
use host_issuer::ledger::verify::tables::{Cell, TABLES};
use host_issuer::ledger::{Entry, Event};
use personalization::signer::{FileSigner, Signer as _};
use time::macros::datetime;

use super::copy::{Copy, Original};
use crate::random::Random;

pub type Change = fn(&mut Copy, &Original, &mut Random);

pub const ALL: &[(&str, Change)] = &[
    ("byte of a content", content),
    ("byte of a digest", digest),
    ("number of an event", sequence),
    ("event taken out", taken_out),
    ("events exchanged", exchanged),
    ("event put in", put_in),
    ("tail cut", cut),
    ("content changed, chained again", rewritten),
    ("event taken out, chained again", shortened),
    ("events exchanged, chained again", reordered),
    ("event put in, chained again", lengthened),
    ("rewritten with another key", with_another_key),
    ("cell of a table", cell),
    ("row taken out", row_taken_out),
    ("row put in", row_put_in),
    ("checkpoint edited", checkpoint),
    ("anchor edited", anchor),
];

fn content(copy: &mut Copy, _: &Original, random: &mut Random) {
    let event = random.below(copy.events.len());
    let content = &mut copy.events[event].content;
    let byte = random.below(content.len());
    content[byte] = random.other_byte(content[byte]);
}

fn digest(copy: &mut Copy, _: &Original, random: &mut Random) {
    let event = random.below(copy.events.len());
    let byte = random.below(32);
    let digest = &mut copy.events[event].digest;
    digest[byte] = random.other_byte(digest[byte]);
}

fn sequence(copy: &mut Copy, _: &Original, random: &mut Random) {
    let event = random.below(copy.events.len());
    let bit = random.below(63);
    copy.events[event].sequence ^= 1 << bit;
}

fn taken_out(copy: &mut Copy, _: &Original, random: &mut Random) {
    let event = random.below(copy.events.len());
    copy.events.remove(event);
}

fn exchanged(copy: &mut Copy, _: &Original, random: &mut Random) {
    let (one, other) = two(copy, random);
    copy.events.swap(one, other);
    if random.below(2) == 0 {
        // Each keeps the number of its place.
        let number = copy.events[one].sequence;
        copy.events[one].sequence = copy.events[other].sequence;
        copy.events[other].sequence = number;
    }
}

fn two(copy: &Copy, random: &mut Random) -> (usize, usize) {
    let one = random.below(copy.events.len());
    let other = (one + 1 + random.below(copy.events.len() - 1)) % copy.events.len();
    (one, other)
}

fn put_in(copy: &mut Copy, _: &Original, random: &mut Random) {
    let event = copy.events[random.below(copy.events.len())].clone();
    let place = random.below(copy.events.len() + 1);
    copy.events.insert(place, event);
    if random.below(2) == 0 {
        for (number, event) in (1..).zip(&mut copy.events) {
            event.sequence = number;
        }
    }
}

fn cut(copy: &mut Copy, _: &Original, random: &mut Random) {
    let left = random.below(copy.events.len());
    copy.events.truncate(left);
    copy.kept.retain(|checkpoint| checkpoint.sequence <= left as u64);
}

/// Right digests, and the checkpoints beside the chain are gone where they would not fit.
fn chain_again(copy: &mut Copy, from: usize) {
    copy.chain_again(from);
    copy.kept.retain(|checkpoint| checkpoint.sequence <= from as u64);
}

fn rewritten(copy: &mut Copy, _: &Original, random: &mut Random) {
    let event = random.below(copy.events.len());
    let mut entry: Entry = serde_json::from_slice(&copy.events[event].content).unwrap();
    match random.below(3) {
        0 => entry.actor.push('h'),
        1 => entry.at = "2026-11-24T09:00:01Z".into(),
        _ => entry.station = "hn-02".into(),
    }
    copy.events[event].content = serde_json::to_vec(&entry).unwrap();
    chain_again(copy, event);
}

fn shortened(copy: &mut Copy, _: &Original, random: &mut Random) {
    let event = random.below(copy.events.len());
    copy.events.remove(event);
    chain_again(copy, event);
}

fn reordered(copy: &mut Copy, _: &Original, random: &mut Random) {
    let (one, other) = two(copy, random);
    copy.events.swap(one, other);
    chain_again(copy, one.min(other));
}

fn lengthened(copy: &mut Copy, _: &Original, random: &mut Random) {
    // At the end it would be what an appended event is.
    let event = copy.events[random.below(copy.events.len())].clone();
    let place = random.below(copy.events.len());
    copy.events.insert(place, event);
    chain_again(copy, place);
}

/// The first event names the attacker's key, and the checkpoints beside the chain are signed with it.
fn with_another_key(copy: &mut Copy, _: &Original, random: &mut Random) {
    let signer = FileSigner::generate(&mut getrandom::SysRng).unwrap();
    let mut first: Entry = serde_json::from_slice(&copy.events[0].content).unwrap();
    let Event::Opened {
        ledger,
        checkpoint_key,
    } = &mut first.event
    else {
        panic!("the first event opens the ledger")
    };
    *checkpoint_key = hex::encode(signer.public_point());
    let ledger = ledger.clone();
    copy.events[0].content = serde_json::to_vec(&first).unwrap();
    let event = 1 + random.below(copy.events.len() - 1);
    copy.events.truncate(event);
    copy.chain_again(0);
    let head = copy.events.last().unwrap().head();
    let at = datetime!(2026-11-24 17:00 UTC);
    copy.kept = vec![Checkpoint::sign(&ledger, &head, at, &signer).unwrap()];
}

fn table(copy: &mut Copy, random: &mut Random) -> &'static str {
    loop {
        let name = TABLES[random.below(TABLES.len())].name;
        if !copy.tables.0[name].is_empty() {
            return name;
        }
    }
}

fn cell(copy: &mut Copy, _: &Original, random: &mut Random) {
    let name = table(copy, random);
    let rows = copy.tables.0.get_mut(name).unwrap();
    let row = random.below(rows.len());
    let column = random.below(rows[row].len());
    let cell = &mut rows[row][column];
    *cell = match (&*cell, random.below(4)) {
        (Cell::Null, _) => Cell::Text(String::new()),
        (_, 0) => Cell::Null,
        (Cell::Integer(number), _) => Cell::Integer(number + 1),
        (Cell::Text(text), 1) => Cell::Text(format!("{text}0")),
        (Cell::Text(text), _) if text.contains("ACTIVE") => Cell::Text("REVOKED".into()),
        (Cell::Text(_), 2) => Cell::Integer(0),
        (Cell::Text(_), _) => Cell::Other,
        (Cell::Other, _) => panic!("in no table of a ledger"),
    };
}

fn row_taken_out(copy: &mut Copy, _: &Original, random: &mut Random) {
    let name = table(copy, random);
    let rows = copy.tables.0.get_mut(name).unwrap();
    let row = random.below(rows.len());
    rows.remove(row);
}

fn row_put_in(copy: &mut Copy, _: &Original, random: &mut Random) {
    let name = table(copy, random);
    let rows = copy.tables.0.get_mut(name).unwrap();
    let mut row = rows[random.below(rows.len())].clone();
    row[0] = match random.below(3) {
        0 => Cell::Null,
        1 => Cell::Text("0".into()),
        _ => Cell::Text("zzzz".into()),
    };
    rows.push(row);
}

fn checkpoint(copy: &mut Copy, original: &Original, random: &mut Random) {
    let place = random.below(copy.kept.len());
    let checkpoint = &mut copy.kept[place];
    match random.below(4) {
        0 => checkpoint.sequence ^= 1 << random.below(8),
        1 => checkpoint.at = "2026-11-24T17:00:01Z".into(),
        2 => checkpoint.digest = hex::encode(original.events[random.below(3)].digest),
        _ => {
            let digit = random.below(checkpoint.signature.len());
            let other = match checkpoint.signature.as_bytes()[digit] {
                b'0' => "1",
                _ => "0",
            };
            checkpoint.signature.replace_range(digit..=digit, other);
        }
    }
}

fn anchor(copy: &mut Copy, _: &Original, random: &mut Random) {
    let byte = random.below(copy.anchor.len() - 1);
    copy.anchor[byte] = random.other_byte(copy.anchor[byte]);
}
