use super::*;
use crate::sim::memory::{CutKind, RamMemory};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Names that stand for nothing else (3 would be the journal's own mark).
const KEYS: std::ops::Range<u16> = 0x0400..0x040C;

const FIRST: RecordKey = RecordKey(0x0400);
const SECOND: RecordKey = RecordKey(0x0401);

fn get(journal: &Journal, nvm: &RamMemory, key: u16) -> Option<Vec<u8>> {
    journal
        .get(nvm, RecordKey(key), &mut [0; MAX_VALUE])
        .unwrap()
        .map(<[u8]>::to_vec)
}

#[test]
fn holds_what_was_put_and_forgets_what_was_deleted() {
    let mut nvm = RamMemory::new();
    let mut journal = Journal::format(&mut nvm).unwrap();
    let mut transaction = Transaction::new();
    transaction
        .put(RecordKey(1), b"one")
        .put(RecordKey(2), b"")
        .put(RecordKey(1), b"uno");
    journal.commit(&mut nvm, &mut transaction).unwrap();
    journal
        .commit(&mut nvm, Transaction::new().delete(RecordKey(2)))
        .unwrap();
    let journal = Journal::mount(&mut nvm).unwrap();
    assert_eq!(get(&journal, &nvm, 1).unwrap(), b"uno");
    assert_eq!(get(&journal, &nvm, 2), None);
}

#[test]
fn a_superseded_value_is_gone_after_scrubbing() {
    let mut nvm = RamMemory::new();
    let mut journal = Journal::format(&mut nvm).unwrap();
    journal
        .commit(
            &mut nvm,
            Transaction::new().put(RecordKey(7), b"superseded secret"),
        )
        .unwrap();
    journal
        .commit(&mut nvm, Transaction::new().put(RecordKey(7), b"kept"))
        .unwrap();
    let holds = |nvm: &RamMemory| nvm.content().windows(10).any(|window| window == b"superseded");
    assert!(holds(&nvm));
    journal.scrub(&mut nvm).unwrap();
    assert!(!holds(&nvm));
    assert_eq!(get(&Journal::mount(&mut nvm).unwrap(), &nvm, 7).unwrap(), b"kept");
}

#[test]
fn refuses_what_does_not_fit_and_what_is_no_journal() {
    let mut nvm = RamMemory::new();
    assert!(Journal::mount(&mut nvm).is_err());
    let mut journal = Journal::format(&mut nvm).unwrap();
    let too_long = [0; MAX_VALUE + 1];
    assert!(
        journal
            .commit(&mut nvm, Transaction::new().put(RecordKey(1), &too_long))
            .is_err()
    );
    let mut transaction = Transaction::new();
    for key in 0..20 {
        transaction.put(RecordKey(key), &[0; MAX_VALUE]);
    }
    assert!(journal.commit(&mut nvm, &mut transaction).is_err());
    assert_eq!(get(&journal, &nvm, 1), None);
}

/// Every word of a write cut in every way, and the recovery cut again at every word (within a move: at random ones);
/// the journal then holds the state before the transaction or the one after it, and goes on holding the same however
/// often the power goes and however the words in doubt read.
#[test]
fn a_cut_leaves_the_state_before_or_after() {
    const KINDS: [CutKind; 3] = [CutKind::Lost, CutKind::Done, CutKind::Unstable];
    let value = |round: u8| [round; 40];
    let write = |journal: &mut Journal, nvm: &mut RamMemory, round: u8| {
        let mut transaction = Transaction::new();
        transaction.put(FIRST, &value(round)).put(SECOND, &value(round));
        journal.commit(nvm, &mut transaction)
    };
    let read = |journal: &Journal, nvm: &RamMemory| {
        let first = get(journal, nvm, FIRST.0);
        assert_eq!(first, get(journal, nvm, SECOND.0), "both or none");
        first
    };
    let mut nvm = RamMemory::with_size(JOURNAL_LEN as usize);
    let mut journal = Journal::format(&mut nvm).unwrap();
    let (mut cuts, mut recoveries, mut random) = (0, 0, 7u64);
    let mut next_random = move || {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        random >> 33
    };
    for round in 0..36u8 {
        let before = round.checked_sub(1).map(|round| value(round).to_vec());
        let after = Some(value(round).to_vec());
        // The first, and those around the move.
        let examined = if matches!(round, 0 | 31..) {
            &KINDS[..]
        } else {
            &[]
        };
        for &kind in examined {
            for words in 0.. {
                let mut torn = nvm.clone();
                torn.cut(words, kind);
                let mut at_work = Journal::mount(&mut nvm.clone()).unwrap();
                if write(&mut at_work, &mut torn, round).is_ok() {
                    break;
                }
                cuts += 1;
                torn.restore_power_with(next_random());
                let needed = {
                    let mut copy = torn.clone();
                    let written = copy.words_written();
                    Journal::mount(&mut copy).unwrap();
                    copy.words_written() - written
                };
                let step = if round == 0 && words < 4 {
                    1
                } else {
                    1 + needed / 3
                };
                for recovery_words in (0..=needed).step_by(step) {
                    for recovery_kind in KINDS {
                        let mut again = torn.clone();
                        again.cut(recovery_words, recovery_kind);
                        let _ = Journal::mount(&mut again);
                        again.restore_power_with(next_random());
                        let mut found = None;
                        for _ in 0..3 {
                            let journal = Journal::mount(&mut again).unwrap_or_else(|_| {
                                panic!("round {round} {kind:?} {words} {recovery_kind:?} {recovery_words}")
                            });
                            let state = read(&journal, &again);
                            assert!(
                                state == before || state == after,
                                "round {round} {kind:?} {words}"
                            );
                            assert_eq!(
                                found.get_or_insert_with(|| state.clone()),
                                &state,
                                "the state wavers"
                            );
                            again.restore_power_with(next_random());
                        }
                        recoveries += 1;
                    }
                }
            }
        }
        write(&mut journal, &mut nvm, round).unwrap();
    }
    assert!(journal.sequence > 1, "the history moves banks");
    assert!(
        cuts > 1_000 && recoveries > 5_000,
        "{cuts} cuts, {recoveries} recoveries"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn agrees_with_a_map(history in proptest::collection::vec(
        proptest::collection::vec((KEYS, proptest::option::of(proptest::collection::vec(any::<u8>(), 0..MAX_VALUE))), 1..6), 1..80)) {
        let mut nvm = RamMemory::new();
        let mut journal = Journal::format(&mut nvm).unwrap();
        let mut model = BTreeMap::new();
        for writes in history {
            let mut transaction = Transaction::new();
            for (key, value) in writes {
                match value {
                    Some(value) => { transaction.put(RecordKey(key), &value); model.insert(key, value); }
                    None => { transaction.delete(RecordKey(key)); model.remove(&key); }
                }
            }
            journal.commit(&mut nvm, &mut transaction).unwrap();
        }
        for journal in [journal, Journal::mount(&mut nvm).unwrap()] {
            for key in KEYS {
                prop_assert_eq!(get(&journal, &nvm, key), model.get(&key).cloned());
            }
        }
    }
}
