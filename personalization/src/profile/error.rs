//! What may be wrong with a profile.

use time::Date;

use super::BUILTIN;

/// Why a profile cannot be used. Who wrote the profile, or chose it for that day, is to blame.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// The text is not a profile: syntax, a missing key, an unknown key, a value of the wrong kind.
    #[error("not a card profile: {0}")]
    Toml(String),
    /// No built-in profile has this name.
    #[error("no profile is called {0:?}; there are {names}", names = builtin_names())]
    UnknownName(String),
    /// A key's value is wrong, alone or together with others.
    #[error("{key}: {rule}")]
    Invalid {
        /// The key in the file.
        key: &'static str,
        /// What it must be.
        rule: &'static str,
    },
    /// The standards allow it but this chip cannot do it.
    #[error("{key}: the chip does not offer {what}")]
    Unsupported {
        /// The key in the file.
        key: &'static str,
        /// What is asked for.
        what: &'static str,
    },
    /// The standards no longer allow such a card on its day of issue.
    #[error("{key}: {rule} from {from} (9303); this card would be issued on {issue_date}")]
    Date {
        /// The key in the file.
        key: &'static str,
        /// What holds from that day.
        rule: &'static str,
        /// The first day.
        from: Date,
        /// The card's day of issue.
        issue_date: Date,
    },
}

fn builtin_names() -> String {
    BUILTIN.map(|(name, _)| name).join(", ")
}
