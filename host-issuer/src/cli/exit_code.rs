//! The exit codes of `eid`: a contract with scripts.

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitCode {
    /// It did what was asked; the document is GENUINE.
    Success = 0,
    /// A fault of this program.
    Internal = 1,
    /// The command line is wrong.
    Usage = 2,
    /// A file or value that was given is wrong.
    Input = 3,
    /// The document is NOT GENUINE; a case of the conformance suite failed.
    NotGenuine = 4,
    /// INCONCLUSIVE: evidence is missing.
    Inconclusive = 5,
    /// No reader, or no PC/SC service.
    Reader = 10,
    /// The card left the reader.
    CardRemoved = 11,
    /// The card does not accept this CAN, MRZ or PIN.
    WrongPassword = 12,
    /// The chip does not accept the issuer's keys.
    IssuerKey = 13,
    /// The chip did something that it must not.
    Chip = 14,
    /// The document signer or CSCA cannot sign.
    Signer = 20,
    /// A result cannot be stored.
    Storage = 21,
    /// An approval is missing.
    Approval = 22,
    /// Interrupted by the operator. A signal ends the process with the same number.
    Interrupted = 130,
}

impl ExitCode {
    /// Every code with its meaning, for the help and the manual.
    pub const TABLE: [(Self, &'static str); 15] = [
        (Self::Success, "success, GENUINE"),
        (Self::Internal, "internal error"),
        (Self::Usage, "usage"),
        (Self::Input, "wrong input"),
        (Self::NotGenuine, "NOT GENUINE; a conformance case failed"),
        (Self::Inconclusive, "INCONCLUSIVE"),
        (Self::Reader, "no reader or no PC/SC service"),
        (Self::CardRemoved, "card removed"),
        (Self::WrongPassword, "wrong CAN, MRZ or PIN"),
        (Self::IssuerKey, "issuer key not accepted"),
        (Self::Chip, "chip misbehaved"),
        (Self::Signer, "signer"),
        (Self::Storage, "storage"),
        (Self::Approval, "approval missing"),
        (Self::Interrupted, "interrupted"),
    ];
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code as u8)
    }
}
