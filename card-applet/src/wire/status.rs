//! Status words SW1-SW2 (ISO/IEC 7816-4, 5.6).

use core::fmt;

/// A status word, as it stands on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct StatusWord(pub u16);

impl StatusWord {
    /// 9000: done.
    pub const SUCCESS: Self = Self(0x9000);
    /// 6282: end of file reached before Ne bytes were read.
    pub const END_OF_FILE: Self = Self(0x6282);
    /// 6283: what was selected is deactivated.
    pub const DEACTIVATED: Self = Self(0x6283);
    /// 6285: what was selected is terminated.
    pub const TERMINATED: Self = Self(0x6285);
    /// 6300: the proof was wrong; nothing more is said.
    pub const AUTHENTICATION_FAILED: Self = Self(0x6300);
    /// 6400: execution error, memory unchanged.
    pub const EXECUTION_ERROR: Self = Self(0x6400);
    /// 6581: memory failure.
    pub const MEMORY_FAILURE: Self = Self(0x6581);
    /// 6700: wrong length.
    pub const WRONG_LENGTH: Self = Self(0x6700);
    /// 6881: logical channel not supported.
    pub const LOGICAL_CHANNEL_NOT_SUPPORTED: Self = Self(0x6881);
    /// 6882: secure messaging not supported.
    pub const SECURE_MESSAGING_NOT_SUPPORTED: Self = Self(0x6882);
    /// 6883: the last command of a chain was expected.
    pub const LAST_OF_CHAIN_EXPECTED: Self = Self(0x6883);
    /// 6884: command chaining not supported.
    pub const CHAINING_NOT_SUPPORTED: Self = Self(0x6884);
    /// 6982: security status not satisfied.
    pub const SECURITY_STATUS_NOT_SATISFIED: Self = Self(0x6982);
    /// 6983: authentication method blocked.
    pub const AUTHENTICATION_BLOCKED: Self = Self(0x6983);
    /// 6984: reference data not usable.
    pub const REFERENCE_DATA_NOT_USABLE: Self = Self(0x6984);
    /// 6985: conditions of use not satisfied.
    pub const CONDITIONS_NOT_SATISFIED: Self = Self(0x6985);
    /// 6986: no current EF.
    pub const NO_CURRENT_EF: Self = Self(0x6986);
    /// 6987: expected secure messaging data objects missing.
    pub const SM_OBJECTS_MISSING: Self = Self(0x6987);
    /// 6988: incorrect secure messaging data objects.
    pub const SM_OBJECTS_INCORRECT: Self = Self(0x6988);
    /// 6A80: incorrect parameters in the command data field.
    pub const INCORRECT_DATA: Self = Self(0x6A80);
    /// 6A81: function not supported.
    pub const FUNCTION_NOT_SUPPORTED: Self = Self(0x6A81);
    /// 6A82: file or application not found.
    pub const FILE_NOT_FOUND: Self = Self(0x6A82);
    /// 6A84: not enough memory.
    pub const NOT_ENOUGH_MEMORY: Self = Self(0x6A84);
    /// 6A86: incorrect P1-P2.
    pub const INCORRECT_P1_P2: Self = Self(0x6A86);
    /// 6A88: referenced data not found.
    pub const REFERENCED_DATA_NOT_FOUND: Self = Self(0x6A88);
    /// 6A89: file already exists.
    pub const FILE_ALREADY_EXISTS: Self = Self(0x6A89);
    /// 6A8A: DF name already exists.
    pub const DF_NAME_ALREADY_EXISTS: Self = Self(0x6A8A);
    /// 6B00: offset outside the file.
    pub const WRONG_OFFSET: Self = Self(0x6B00);
    /// 6D00: instruction not supported.
    pub const INSTRUCTION_NOT_SUPPORTED: Self = Self(0x6D00);
    /// 6E00: class not supported.
    pub const CLASS_NOT_SUPPORTED: Self = Self(0x6E00);
    /// 6F00: no precise diagnosis.
    pub const NO_PRECISE_DIAGNOSIS: Self = Self(0x6F00);

    /// 63CX: the proof was wrong, or was so before; so many tries remain, fifteen at most.
    pub const fn tries_remaining(tries: u8) -> Self {
        let tries = if tries > 15 { 15 } else { tries };
        Self(0x63C0 | tries as u16)
    }

    /// The tries that remain, where the status word says so (63CX).
    pub const fn remaining_tries(self) -> Option<u8> {
        match self.0 & 0xFFF0 {
            0x63C0 => Some((self.0 & 0x000F) as u8),
            _ => None,
        }
    }

    /// SW1 ‖ SW2.
    pub const fn to_bytes(self) -> [u8; 2] {
        self.0.to_be_bytes()
    }

    /// The status word in SW1 ‖ SW2.
    pub const fn from_bytes(bytes: [u8; 2]) -> Self {
        Self(u16::from_be_bytes(bytes))
    }

    /// SW1.
    pub const fn sw1(self) -> u8 {
        self.to_bytes()[0]
    }

    /// SW2.
    pub const fn sw2(self) -> u8 {
        self.to_bytes()[1]
    }

    /// 9000 and nothing else.
    pub const fn is_success(self) -> bool {
        self.0 == Self::SUCCESS.0
    }

    /// 62xx and 63xx: the command was executed, something is to be noted.
    pub const fn is_warning(self) -> bool {
        matches!(self.sw1(), 0x62 | 0x63)
    }

    /// What the status word means, in a few words for a person.
    pub const fn meaning(self) -> &'static str {
        match self.0 {
            0x9000 => "success",
            0x6282 => "end of file reached before all bytes were read",
            0x6283 => "selected file deactivated",
            0x6285 => "selected file terminated",
            0x6300 => "authentication failed",
            0x63C0..=0x63CF => "wrong, the last digit says how many tries remain",
            0x6400 => "execution error, memory unchanged",
            0x6581 => "memory failure",
            0x6700 => "wrong length",
            0x6881 => "logical channel not supported",
            0x6882 => "secure messaging not supported",
            0x6883 => "last command of the chain expected",
            0x6884 => "command chaining not supported",
            0x6982 => "security status not satisfied",
            0x6983 => "authentication method blocked",
            0x6984 => "reference data not usable",
            0x6985 => "conditions of use not satisfied",
            0x6986 => "command not allowed, no current file",
            0x6987 => "secure messaging objects missing",
            0x6988 => "incorrect secure messaging objects",
            0x6A80 => "incorrect parameters in the data field",
            0x6A81 => "function not supported",
            0x6A82 => "file or application not found",
            0x6A84 => "not enough memory",
            0x6A86 => "incorrect P1-P2",
            0x6A88 => "referenced data not found",
            0x6A89 => "file already exists",
            0x6A8A => "application name already exists",
            0x6B00 => "offset outside the file",
            0x6D00 => "instruction not supported",
            0x6E00 => "class not supported",
            0x6F00 => "no precise diagnosis",
            0x6100..=0x61FF => "more bytes available",
            0x6C00..=0x6CFF => "wrong Le, SW2 says the right one",
            _ => "unlisted status word",
        }
    }
}

impl From<iso7816::Status> for StatusWord {
    fn from(status: iso7816::Status) -> Self {
        Self(status.into())
    }
}

impl fmt::Display for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X} ({})", self.0, self.meaning())
    }
}

impl fmt::Debug for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StatusWord({:04X})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::StatusWord;
    use iso7816::Status;

    /// The `iso7816` crate is an independent reading of the same table.
    #[test]
    fn agrees_with_iso7816() {
        for (ours, theirs) in [
            (StatusWord::SUCCESS, Status::Success),
            (StatusWord::END_OF_FILE, Status::UnexpectedEof),
            (StatusWord::AUTHENTICATION_FAILED, Status::VerificationFailed),
            (StatusWord::WRONG_LENGTH, Status::WrongLength),
            (
                StatusWord::SECURITY_STATUS_NOT_SATISFIED,
                Status::SecurityStatusNotSatisfied,
            ),
            (
                StatusWord::CONDITIONS_NOT_SATISFIED,
                Status::ConditionsOfUseNotSatisfied,
            ),
            (StatusWord::FILE_NOT_FOUND, Status::NotFound),
            (
                StatusWord::INSTRUCTION_NOT_SUPPORTED,
                Status::InstructionNotSupportedOrInvalid,
            ),
            (StatusWord::CLASS_NOT_SUPPORTED, Status::ClassNotSupported),
        ] {
            assert_eq!(ours, StatusWord::from(theirs));
        }
    }
}
