//! What can go wrong inside the chip, and the one map from there to the status word that a reader sees.

use crate::platform::{EngineError, NvmError};
use crate::wire::status::StatusWord;
use crate::wire::tlv::TlvError;

/// Why a command was not executed. Internal reasons stay internal: several of them share a status word on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Error {
    /// The access rule is not fulfilled.
    SecurityStatus,
    /// The command is right, but not now: life cycle, order of protocol steps.
    ConditionsOfUse,
    /// The data field is malformed or says something impossible.
    Data,
    /// P1-P2 that the command does not know.
    Parameters,
    /// Lc or Le that the command does not take.
    Length,
    /// An offset outside the file.
    Offset,
    /// No such file or application.
    FileNotFound,
    /// No such key, password or parameter set.
    ReferencedData,
    /// The command wants a current EF and there is none.
    NoCurrentFile,
    /// The file exists.
    FileExists,
    /// The application exists.
    ApplicationExists,
    /// No room for the file.
    NoRoom,
    /// An instruction that this chip does not know.
    Instruction,
    /// A class byte that this chip does not know.
    Class,
    /// A logical channel other than the basic one.
    LogicalChannel,
    /// A kind of secure messaging that this chip does not offer, or one without a session.
    SecureMessaging,
    /// A chain of commands is broken.
    Chain,
    /// A command that cannot be chained.
    Chaining,
    /// A proof was wrong; whatever was wrong with it.
    Authentication,
    /// A proof was wrong, and so many tries remain.
    WrongPassword {
        /// Tries.
        remaining: u8,
    },
    /// Too many wrong proofs.
    Blocked,
    /// Secure messaging objects missing. Ends the session.
    SmMissing,
    /// Secure messaging objects wrong. Ends the session.
    SmIncorrect,
    /// The memory failed, or holds what it should not.
    Memory,
    /// Engine or random number generator failed.
    Fault,
}

impl Error {
    /// The status word.
    pub(crate) const fn status(self) -> StatusWord {
        match self {
            Self::SecurityStatus => StatusWord::SECURITY_STATUS_NOT_SATISFIED,
            Self::ConditionsOfUse => StatusWord::CONDITIONS_NOT_SATISFIED,
            Self::Data => StatusWord::INCORRECT_DATA,
            Self::Parameters => StatusWord::INCORRECT_P1_P2,
            Self::Length => StatusWord::WRONG_LENGTH,
            Self::Offset => StatusWord::WRONG_OFFSET,
            Self::FileNotFound => StatusWord::FILE_NOT_FOUND,
            Self::ReferencedData => StatusWord::REFERENCED_DATA_NOT_FOUND,
            Self::NoCurrentFile => StatusWord::NO_CURRENT_EF,
            Self::FileExists => StatusWord::FILE_ALREADY_EXISTS,
            Self::ApplicationExists => StatusWord::DF_NAME_ALREADY_EXISTS,
            Self::NoRoom => StatusWord::NOT_ENOUGH_MEMORY,
            Self::Instruction => StatusWord::INSTRUCTION_NOT_SUPPORTED,
            Self::Class => StatusWord::CLASS_NOT_SUPPORTED,
            Self::LogicalChannel => StatusWord::LOGICAL_CHANNEL_NOT_SUPPORTED,
            Self::SecureMessaging => StatusWord::SECURE_MESSAGING_NOT_SUPPORTED,
            Self::Chain => StatusWord::LAST_OF_CHAIN_EXPECTED,
            Self::Chaining => StatusWord::CHAINING_NOT_SUPPORTED,
            Self::Authentication => StatusWord::AUTHENTICATION_FAILED,
            Self::WrongPassword { remaining } => StatusWord::tries_remaining(remaining),
            Self::Blocked => StatusWord::AUTHENTICATION_BLOCKED,
            Self::SmMissing => StatusWord::SM_OBJECTS_MISSING,
            Self::SmIncorrect => StatusWord::SM_OBJECTS_INCORRECT,
            Self::Memory => StatusWord::MEMORY_FAILURE,
            Self::Fault => StatusWord::NO_PRECISE_DIAGNOSIS,
        }
    }
}

impl From<NvmError> for Error {
    fn from(_: NvmError) -> Self {
        Self::Memory
    }
}

impl From<EngineError> for Error {
    fn from(_: EngineError) -> Self {
        Self::Fault
    }
}

/// A malformed data object in a command's data field.
impl From<TlvError> for Error {
    fn from(_: TlvError) -> Self {
        Self::Data
    }
}
