//! Runs over cards that fall silent or are taken away, and states that are another run's.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::*;
use crate::conformance::case::Case;
use crate::conformance::catalogue::{Suite, entries};
use crate::conformance::{CaseRecord, Kind, Link, LinkError, Secrets, Statement};
use crate::oracle::Command;

/// A card that answers 9000, but for commands that it does not like.
#[derive(Default)]
struct Moody {
    commands: usize,
    /// Silent at these commands, counted from 1.
    silent_at: Vec<usize>,
    /// Gone for good from this command on.
    gone_at: Option<usize>,
}

impl Link for Moody {
    fn transmit(&mut self, _: &[u8]) -> Result<Vec<u8>, LinkError> {
        self.commands += 1;
        if self.silent_at.contains(&self.commands) {
            return Err(LinkError("mute".into()));
        }
        self.reset()?;
        Ok(vec![0x90, 0x00])
    }

    fn reset(&mut self) -> Result<(), LinkError> {
        match self.gone_at {
            Some(gone) if self.commands >= gone => Err(LinkError("removed".into())),
            _ => Ok(()),
        }
    }

    fn atr(&self) -> Vec<u8> {
        vec![0x3B]
    }
}

fn listed(id: &str, case: Case) -> Listed {
    let entry = entries().find(|entry| entry.id.suite == Suite::Icao3 && entry.id.id == id);
    Listed {
        entry: entry.expect("a case of the catalogue"),
        case: Some(case),
    }
}

/// Three cases of two commands each.
fn cases(last_is_lasting: bool) -> Vec<Listed> {
    let ids = ["LDS_A_1", "LDS_A_2", "LDS_A_3"];
    ids.into_iter()
        .map(|id| {
            let case = Case::new(id, |bench| {
                bench.send_plain(&Command::get_challenge())?;
                bench.send_plain(&Command::get_challenge()).map(drop)
            });
            let is_last = id == "LDS_A_3";
            listed(
                id,
                if is_last && last_is_lasting {
                    case.lasting()
                } else {
                    case
                },
            )
        })
        .collect()
}

fn play(card: &mut Moody, cases: &[Listed], destructive: bool, done: &[&str]) -> (End, Vec<CaseRecord>) {
    let (statement, secrets) = (Statement::default(), Secrets::default());
    let settings = Run {
        statement: &statement,
        secrets: &secrets,
        seed: 1,
        destructive,
    };
    let is_done = |listed: &&Listed| done.contains(&listed.entry.id.id.as_str());
    let done: BTreeSet<_> = cases
        .iter()
        .filter(is_done)
        .map(|listed| listed.entry.id.clone())
        .collect();
    let mut records = Vec::new();
    let end = run(card, cases, settings, &done, &mut |record| {
        records.push(record);
        ControlFlow::Continue(())
    });
    (end, records)
}

fn kinds(records: &[CaseRecord]) -> Vec<Kind> {
    records.iter().map(|record| record.verdict).collect()
}

#[test]
fn a_run_plays_what_is_not_done() {
    let (end, records) = play(&mut Moody::default(), &cases(false), false, &["LDS_A_1"]);
    assert_eq!(end, End::Finished);
    assert_eq!(kinds(&records), [Kind::Passed, Kind::Passed]);
    // A reset, then two commands.
    assert_eq!(records[0].trace.len(), 3);
    assert!(records[0].trace[0].is_reset());
}

#[test]
fn a_card_may_fall_silent_once() {
    let mut card = Moody {
        silent_at: vec![3],
        ..Moody::default()
    };
    assert_eq!(
        kinds(&play(&mut card, &cases(false), false, &[]).1),
        [Kind::Passed; 3]
    );
    let mut card = Moody {
        silent_at: vec![3, 4],
        ..Moody::default()
    };
    let (end, records) = play(&mut card, &cases(false), false, &[]);
    assert_eq!(end, End::Finished);
    assert_eq!(kinds(&records), [Kind::Passed, Kind::Failed, Kind::Passed]);
}

#[test]
fn what_changes_the_card_is_not_played_twice() {
    let mut card = Moody {
        silent_at: vec![5],
        ..Moody::default()
    };
    let (_, records) = play(&mut card, &cases(true), true, &[]);
    assert_eq!(kinds(&records), [Kind::Passed, Kind::Passed, Kind::Failed]);
    assert_eq!(card.commands, 5);
    let (_, records) = play(&mut Moody::default(), &cases(true), false, &[]);
    assert_eq!(kinds(&records)[2], Kind::NotApplicable);
}

#[test]
fn a_card_that_is_gone_ends_the_run_with_what_there_is() {
    let mut card = Moody {
        gone_at: Some(4),
        ..Moody::default()
    };
    let (end, records) = play(&mut card, &cases(false), false, &[]);
    assert_eq!(kinds(&records), [Kind::Passed]);
    let End::LinkLost(case, error) = end else {
        panic!("{end:?}");
    };
    assert_eq!((case.id.as_str(), error.0.as_str()), ("LDS_A_2", "removed"));
}

#[test]
fn a_case_without_end_is_given_up() {
    let endless = Case::new("LDS_A_1", |bench| {
        loop {
            bench.send_plain(&Command::get_challenge())?;
        }
    });
    let (end, records) = play(&mut Moody::default(), &[listed("LDS_A_1", endless)], false, &[]);
    assert_eq!((end, kinds(&records)), (End::Finished, vec![Kind::Failed]));
    assert!(
        records[0]
            .why
            .as_ref()
            .is_some_and(|why| why.starts_with("given up"))
    );
}

#[test]
fn every_case_has_a_seed_of_its_own() {
    let seeds: BTreeSet<u64> = entries().map(|entry| case_seed(1, &entry.id)).collect();
    assert_eq!(seeds.len(), entries().count());
    let first = &entries().next().expect("a case").id;
    assert_ne!(case_seed(1, first), case_seed(2, first));
}

#[test]
fn a_state_is_of_one_run() {
    let header = |seed| Header::new(version(), [1; 32], [2; 32], seed, false);
    let (_, records) = play(&mut Moody::default(), &cases(false), false, &[]);
    let lines: Vec<String> = records
        .iter()
        .map(|record| serde_json::to_string(record).expect("JSON"))
        .collect();
    let state = format!("{}\n{}\n{}\n", header(1).to_line(), lines[0], lines[1]);
    assert_eq!(read_state(&state, &header(1)).as_deref(), Ok(&records[..2]));
    assert_eq!(read_state(&state, &header(2)), Err(StateError::Other("seed")));
    assert_eq!(Header::of_state(&state), Some(header(1)));
    let other_card = Header::new(version(), [9; 32], [2; 32], 1, false);
    assert_eq!(read_state(&state, &other_card), Err(StateError::Other("card")));

    // A line that was not finished does not count, whatever is in it.
    let cut = format!("{state}{}", &lines[2][..lines[2].len() / 2]);
    assert_eq!(read_state(&cut, &header(1)).as_deref(), Ok(&records[..2]));
    let twice = format!("{state}{}\n", lines[0]);
    assert!(matches!(
        read_state(&twice, &header(1)),
        Err(StateError::Line { line: 4, .. })
    ));
    for broken in [
        "",
        "\n",
        "{}\n",
        &state.replacen("\"purpose\"", "\"porpoise\"", 1),
    ] {
        assert!(
            matches!(read_state(broken, &header(1)), Err(StateError::Line { .. })),
            "{broken}"
        );
    }
}
