use super::*;
use crate::sim::memory::RamMemory;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Names that stand for nothing else (3 would be the journal's own mark).
const KEYS: std::ops::Range<u16> = 0x0400..0x040C;

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

/// Every word of every write cut in turn, over a history long enough to move banks: after the cut the journal holds
/// the state before the transaction or the one after it.
#[test]
fn a_cut_leaves_the_state_before_or_after() {
    let value = |round: u8| [round; 40];
    let mut nvm = RamMemory::new();
    let mut journal = Journal::format(&mut nvm).unwrap();
    let mut cuts = 0;
    for round in 0..120u8 {
        for words in 0.. {
            let mut torn = nvm.clone();
            torn.cut_after_words(words);
            let mut copy = Journal::mount(&mut nvm.clone()).unwrap();
            let mut transaction = Transaction::new();
            transaction
                .put(RecordKey(1), &value(round))
                .put(RecordKey(2), &value(round));
            let outcome = copy.commit(&mut torn, &mut transaction);
            if outcome.is_ok() {
                break;
            }
            cuts += 1;
            torn.restore_power();
            let mut after = Journal::mount(&mut torn).unwrap();
            let first = get(&after, &torn, 1);
            assert_eq!(first, get(&after, &torn, 2), "round {round}, {words} words");
            let before = round.checked_sub(1).map(|round| value(round).to_vec());
            assert!(
                first == before || first == Some(value(round).to_vec()),
                "round {round}, {words} words"
            );
            // And the journal still works.
            after
                .commit(&mut torn, Transaction::new().put(RecordKey(0x0403), b"on"))
                .unwrap();
            assert_eq!(
                get(&Journal::mount(&mut torn).unwrap(), &torn, 0x0403).unwrap(),
                b"on"
            );
        }
        let mut transaction = Transaction::new();
        transaction
            .put(RecordKey(1), &value(round))
            .put(RecordKey(2), &value(round));
        journal.commit(&mut nvm, &mut transaction).unwrap();
    }
    assert!(journal.sequence > 2, "the history moves banks");
    assert!(cuts > 1000);
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
