//! A case that the suite plays.

use super::bench::Bench;
use super::statement::Need;
use super::verdict::Played;

/// The steps of a case.
pub type Play = Box<dyn Fn(&mut Bench<'_>) -> Played + Send + Sync>;

/// What is known of a case beside its entry in the catalogue.
pub struct Case {
    /// Its id in its suite: `ISO7816_B_19`.
    pub id: String,
    /// What a card must have, beside what the catalogue says.
    pub needs: Vec<Need>,
    /// It changes the card for good: date, trust point, PIN. Played with `--destructive` only, and last.
    pub lasting: bool,
    /// What is played, or why nothing is.
    pub play: Result<Play, &'static str>,
}

impl Case {
    /// A case that is played.
    pub fn new(
        id: impl Into<String>,
        play: impl Fn(&mut Bench<'_>) -> Played + Send + Sync + 'static,
    ) -> Self {
        Case {
            id: id.into(),
            needs: Vec::new(),
            lasting: false,
            play: Ok(Box::new(play)),
        }
    }

    /// A case that is not played, and why.
    pub fn not_implemented(id: impl Into<String>, why: &'static str) -> Self {
        Case {
            id: id.into(),
            needs: Vec::new(),
            lasting: false,
            play: Err(why),
        }
    }

    /// Applies only to a card that has this, too.
    #[must_use]
    pub fn needs(mut self, need: Need) -> Self {
        self.needs.push(need);
        self
    }

    /// Changes the card for good.
    #[must_use]
    pub fn lasting(mut self) -> Self {
        self.lasting = true;
        self
    }
}

impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Case")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
