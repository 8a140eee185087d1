//! A run: case after case, until the end, until somebody stops it, or until the card is gone.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use sha2::{Digest, Sha256};

use super::play::Listed;
use crate::conformance::bench::Secrets;
use crate::conformance::catalogue::CaseId;
use crate::conformance::link::{Link, LinkError};
use crate::conformance::record::CaseRecord;
use crate::conformance::statement::Statement;
use crate::conformance::verdict::Verdict;

/// What a run is made with.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// What the card says of itself.
    pub statement: &'a Statement,
    /// What is printed on it or known to its holder.
    pub secrets: &'a Secrets,
    /// The seed: every case has its own, derived from this one and its id.
    pub seed: u64,
    /// Cases that change the card for good are played, too.
    pub destructive: bool,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Every case was played.
    Finished,
    /// Whoever follows the run stopped it.
    Stopped,
    /// The card cannot be reached any more; at which case.
    LinkLost(CaseId, LinkError),
}

/// The seed of a case: it can be played alone with the same keys and nonces.
pub fn case_seed(seed: u64, case: &CaseId) -> u64 {
    let digest = Sha256::new()
        .chain_update(seed.to_be_bytes())
        .chain_update(case.to_string())
        .finalize();
    digest[..8]
        .iter()
        .fold(0, |seed, byte| seed << 8 | u64::from(*byte))
}

/// Plays the cases that are not in `done`, in order. `after` gets the record of each, and says whether to go on.
pub fn run(
    link: &mut dyn Link,
    cases: &[Listed],
    run: Run<'_>,
    done: &BTreeSet<CaseId>,
    after: &mut dyn FnMut(CaseRecord) -> ControlFlow<()>,
) -> End {
    for listed in cases {
        if done.contains(&listed.entry.id) {
            continue;
        }
        let record = match run.case(link, listed) {
            Ok(record) => record,
            Err(error) => return End::LinkLost(listed.entry.id.clone(), error),
        };
        if after(record).is_break() {
            return End::Stopped;
        }
    }
    End::Finished
}

impl Run<'_> {
    fn case(self, link: &mut dyn Link, listed: &Listed) -> Result<CaseRecord, LinkError> {
        if let Some(verdict) = listed.before(self.statement) {
            return Ok(CaseRecord::new(listed.entry, verdict, None, &[]));
        }
        if listed.is_lasting() && !self.destructive {
            let why = "it changes the card for good: played with --destructive only";
            let verdict = Verdict::NotApplicable(why.into());
            return Ok(CaseRecord::new(listed.entry, verdict, None, &[]));
        }
        let seed = case_seed(self.seed, &listed.entry.id);
        let play = |link: &mut dyn Link| listed.play(link, self.statement, self.secrets, seed);
        let (verdict, trace) = match play(link) {
            Ok(played) => played,
            // A card that is there after a reset was not taken away: it fell silent, and may do so once.
            Err(error) if link.reset().is_ok() => {
                if listed.is_lasting() {
                    (
                        fell_silent("and the case cannot be played twice", &error),
                        Vec::new(),
                    )
                } else {
                    match play(link) {
                        Ok(played) => played,
                        Err(error) => {
                            link.reset()?;
                            (fell_silent("twice", &error), Vec::new())
                        }
                    }
                }
            }
            Err(error) => return Err(error),
        };
        Ok(CaseRecord::new(listed.entry, verdict, Some(seed), &trace))
    }
}

fn fell_silent(how: &str, error: &LinkError) -> Verdict {
    Verdict::Failed(format!("the card fell silent, {how}: {error}"))
}
