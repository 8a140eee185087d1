//! One case.

use crate::conformance::bench::{Bench, Exchange, Secrets};
use crate::conformance::case::Case;
use crate::conformance::catalogue::{Entry, Suite, entries};
use crate::conformance::link::{Link, LinkError};
use crate::conformance::statement::Statement;
use crate::conformance::verdict::{Finding, Verdict};
use crate::conformance::{bsi, icao};

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

    /// Whether the suite plays something for it.
    pub fn is_implemented(&self) -> bool {
        self.entry.unusable.is_none() && self.case.as_ref().is_some_and(|case| case.play.is_ok())
    }

    /// Whether it changes the card for good.
    pub fn is_lasting(&self) -> bool {
        self.case.as_ref().is_some_and(|case| case.lasting)
    }

    /// The verdict that stands before anything is played, if one does.
    pub fn before(&self, statement: &Statement) -> Option<Verdict> {
        if let Some(why) = self.entry.unusable {
            return Some(Verdict::NotImplemented(why.into()));
        }
        let case = self.case.as_ref();
        match case.map(|case| &case.play) {
            Some(Ok(_)) => {}
            Some(Err(why)) => return Some(Verdict::NotImplemented((*why).into())),
            None => return Some(Verdict::NotImplemented("not written yet".into())),
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
