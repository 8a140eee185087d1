//! Plays cases.

use super::bench::{Bench, Secrets};
use super::case::Case;
use super::catalogue::{Entry, Suite, entries};
use super::link::{Link, LinkError};
use super::statement::Statement;
use super::verdict::{Finding, Verdict};
use super::{Exchange, bsi, icao};

/// A case of the catalogue with what the suite plays for it.
pub struct Listed {
    /// The catalogue's entry.
    pub entry: &'static Entry,
    /// What is played.
    pub case: Option<Case>,
}

/// Every case of every suite, in the catalogue's order.
pub fn list() -> Vec<Listed> {
    let mut played: Vec<(Suite, Case)> = Vec::new();
    played.extend(icao::cases().into_iter().map(|case| (Suite::Icao3, case)));
    played.extend(bsi::cases().into_iter().map(|case| (Suite::Bsi32, case)));
    played.extend(bsi::pin_cases().into_iter().map(|case| (Suite::Bsi33, case)));
    let mut take = |entry: &Entry| {
        let at = played
            .iter()
            .position(|(suite, case)| *suite == entry.id.suite && case.id == entry.id.id)?;
        Some(played.swap_remove(at).1)
    };
    entries()
        .map(|entry| Listed {
            entry,
            case: take(entry),
        })
        .collect()
}

impl Listed {
    /// Plays the case on a card that was reset, and says what came of it, with everything that went over the wire.
    ///
    /// # Errors
    /// When the card cannot be reached any more.
    pub fn play(
        &self,
        link: &mut dyn Link,
        statement: &Statement,
        secrets: &Secrets,
        seed: u64,
    ) -> Result<(Verdict, Vec<Exchange>), LinkError> {
        if let Some(verdict) = self.before(statement) {
            return Ok((verdict, Vec::new()));
        }
        let Some(Ok(play)) = self.case.as_ref().map(|case| &case.play) else {
            return Ok((Verdict::NotImplemented("not written yet".into()), Vec::new()));
        };
        let mut bench = Bench::new(link, statement, secrets, seed);
        bench.reset_link()?;
        let verdict = match play(&mut bench) {
            Ok(()) => Verdict::Passed,
            Err(Finding::Failed(why)) => Verdict::Failed(why),
            Err(Finding::NotApplicable(why)) => Verdict::NotApplicable(why),
            Err(Finding::Link(error)) => return Err(error),
        };
        Ok((verdict, bench.into_trace()))
    }

    /// The verdict that stands before anything is played, if one does.
    fn before(&self, statement: &Statement) -> Option<Verdict> {
        if let Some(why) = self.entry.unusable {
            return Some(Verdict::NotImplemented(why.into()));
        }
        let case = self.case.as_ref();
        if let Some(Err(why)) = case.map(|case| &case.play) {
            return Some(Verdict::NotImplemented((*why).into()));
        }
        let needs = self
            .entry
            .needs
            .iter()
            .chain(case.iter().flat_map(|case| &case.needs));
        let missing = statement.missing(needs)?;
        Some(Verdict::NotApplicable(format!("the card has no {missing}")))
    }
}
