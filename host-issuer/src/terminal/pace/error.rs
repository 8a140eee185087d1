//! What can go wrong in PACE, told apart by whom it is to be blamed on.

use card_applet::wire::status::StatusWord;

use crate::terminal::link::LinkError;

/// Which exchange of PACE failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaceStep {
    /// MSE:Set AT.
    SetAt,
    /// First GENERAL AUTHENTICATE: the nonce.
    Nonce,
    /// Second: the mapping.
    Mapping,
    /// Third: the ephemeral keys.
    KeyAgreement,
    /// Fourth: the tokens.
    Token,
}

impl std::fmt::Display for PaceStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            PaceStep::SetAt => "MSE:Set AT",
            PaceStep::Nonce => "encrypted nonce",
            PaceStep::Mapping => "nonce mapping",
            PaceStep::KeyAgreement => "key agreement",
            PaceStep::Token => "mutual authentication",
        })
    }
}

/// Why PACE did not open the chip.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaceError {
    /// The chip's PACEInfo asks for a mapping, version or curve that this terminal does not have.
    #[error("this terminal has no PACE with {0}")]
    Unsupported(&'static str),
    /// The host's random number generator failed.
    #[error("the random number generator failed")]
    Random,
    /// The chip refuses a step.
    #[error("the chip refuses PACE ({step}): {status}")]
    Refused {
        /// The step.
        step: PaceStep,
        /// Its status word.
        status: StatusWord,
    },
    /// The chip does not accept the terminal's token: the password is not this card's.
    #[error("the chip does not accept the password: {status}")]
    WrongPassword {
        /// Its status word.
        status: StatusWord,
    },
    /// An answer is not the data object that the step asks for.
    #[error("the chip's answer is malformed ({step})")]
    Malformed {
        /// The step.
        step: PaceStep,
    },
    /// The chip sent a public key that is none: off the curve, at infinity, outside the subgroup, or one that maps to such.
    #[error("the chip sent an invalid public key ({step})")]
    InvalidPoint {
        /// The step.
        step: PaceStep,
    },
    /// The chip sent the terminal's own public key back.
    #[error("the chip sent the terminal's own key back ({step})")]
    Reflected {
        /// The step.
        step: PaceStep,
    },
    /// The chip's token is wrong: it does not know the password, or somebody sits between.
    #[error("the chip could not prove that it knows the password")]
    ChipProof,
    /// The command or its answer did not get through.
    #[error(transparent)]
    Link(#[from] LinkError),
}
