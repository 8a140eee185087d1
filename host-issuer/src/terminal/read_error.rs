//! Why a file of the chip could not be read.

use card_applet::wire::status::StatusWord;

use super::link::LinkError;
use crate::transport::TransportError;

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The chip has no such file or application.
    #[error("not on the chip: {status}")]
    NotFound {
        /// Its status word.
        status: StatusWord,
    },
    /// The chip has it and this session may not read it.
    #[error("not readable in this session: {status}")]
    NotAllowed {
        /// Its status word.
        status: StatusWord,
    },
    /// The chip refuses for another reason.
    #[error("the chip refuses: {status}")]
    Refused {
        /// Its status word.
        status: StatusWord,
    },
    /// The file ends before its own length says.
    #[error("the file ends after {read} of {announced} bytes")]
    Truncated {
        /// Bytes that could be read.
        read: usize,
        /// Bytes that its first bytes announce.
        announced: usize,
    },
    /// The file announces more than any chip holds.
    #[error("the file announces {announced} bytes, more than any such file has")]
    TooLong {
        /// Bytes that its first bytes announce.
        announced: usize,
    },
    /// The chip gives so little at a time that it would take minutes.
    #[error("the chip gave {read} bytes in {commands} commands and is not read on")]
    TooSlow {
        /// Commands that were spent on the file.
        commands: u64,
        /// Bytes that they brought.
        read: usize,
    },
    /// The file does not start with a data object, or an answer is not in the form that the command asks for.
    #[error("the chip's answer is malformed")]
    Malformed,
    /// The command or its answer did not get through.
    #[error(transparent)]
    Link(#[from] LinkError),
}

impl ReadError {
    pub(in crate::terminal) fn from_status(status: StatusWord) -> Self {
        match status {
            StatusWord::FILE_NOT_FOUND => ReadError::NotFound { status },
            StatusWord::SECURITY_STATUS_NOT_SATISFIED => ReadError::NotAllowed { status },
            _ => ReadError::Refused { status },
        }
    }

    /// The chip's status word, if it is the cause.
    pub fn status(&self) -> Option<StatusWord> {
        match self {
            ReadError::NotFound { status }
            | ReadError::NotAllowed { status }
            | ReadError::Refused { status } => Some(*status),
            _ => None,
        }
    }

    /// The transport's error, if that is the cause.
    pub fn transport(&self) -> Option<&TransportError> {
        match self {
            ReadError::Link(link) => link.transport(),
            _ => None,
        }
    }
}
