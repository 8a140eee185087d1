//! What comes out of a case.

use super::link::LinkError;

/// The verdict on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The card did what the case asks.
    Passed,
    /// It did not; at which step, what was expected, what came.
    Failed(String),
    /// The card has not what the case is about, or a flag keeps the case from being played.
    NotApplicable(String),
    /// The suite does not play this case, and why.
    NotImplemented(String),
}

/// Why a case ended before its last step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The card did something else than it must.
    Failed(String),
    /// The case turned out not to concern this card.
    NotApplicable(String),
    /// The card could not be reached: no verdict on it.
    Link(LinkError),
}

/// What a case, and each of its steps, comes to.
pub type Played<T = ()> = Result<T, Finding>;

impl Finding {
    /// The card failed at this.
    pub fn failed(why: impl Into<String>) -> Self {
        Finding::Failed(why.into())
    }
}

impl From<LinkError> for Finding {
    fn from(error: LinkError) -> Self {
        Finding::Link(error)
    }
}
