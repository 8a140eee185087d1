//! From header and data, free of chaining and secure messaging, to a [`Command`].

use super::{Command, FileReference, Selection};
use crate::error::Error;
use crate::wire::instruction;
use crate::wire::key_generation::{P1_GENERATE, P2_KEYS_STAY};
use crate::wire::lds::fid;
use crate::wire::tlv::{TlvReader, read_exact};

/// DO'54' in the command of an odd instruction: offset.
const DO_OFFSET: u32 = 0x54;
/// DO'53' in the command of UPDATE BINARY: discretionary data.
const DO_DATA: u32 = 0x53;

/// A command's parts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parts<'a> {
    /// INS.
    pub(crate) instruction: u8,
    /// P1.
    pub(crate) p1: u8,
    /// P2.
    pub(crate) p2: u8,
    /// Plain data field.
    pub(crate) data: &'a [u8],
    /// Ne.
    pub(crate) expected: Option<u32>,
    /// Whether the class byte is GlobalPlatform's (80), not ISO's.
    pub(crate) proprietary: bool,
}

/// Takes a command apart.
///
/// # Errors
/// [`Error::Instruction`], [`Error::Parameters`], [`Error::Length`], [`Error::Data`], each for its part.
#[inline(never)]
pub(crate) fn parse<'a>(parts: &Parts<'a>) -> Result<Command<'a>, Error> {
    let Parts {
        instruction,
        p1,
        p2,
        data,
        expected,
        proprietary,
    } = *parts;
    if proprietary {
        return match instruction {
            instruction::INITIALIZE_UPDATE if p2 == 0 => Ok(Command::InitializeUpdate {
                key_version: p1,
                host_challenge: data,
            }),
            instruction::INITIALIZE_UPDATE => Err(Error::Parameters),
            _ => Err(Error::Instruction),
        };
    }
    match (instruction, p1, p2) {
        (instruction::SELECT, _, _) => select(p1, p2, data),
        (instruction::READ_BINARY, _, _) => {
            if !data.is_empty() {
                return Err(Error::Length);
            }
            let (file, offset) = even_reference(p1, p2)?;
            let expected = expected.ok_or(Error::Length)?;
            Ok(Command::ReadBinary {
                file,
                offset,
                as_object: false,
                expected,
            })
        }
        (instruction::READ_BINARY_ODD, _, _) => {
            let file = odd_reference(p1, p2);
            let offset = offset(read_exact(data, DO_OFFSET)?)?;
            Ok(Command::ReadBinary {
                file,
                offset,
                as_object: true,
                expected: expected.ok_or(Error::Length)?,
            })
        }
        (instruction::UPDATE_BINARY, _, _) => {
            let (file, offset) = even_reference(p1, p2)?;
            non_empty(data).map(|data| Command::UpdateBinary { file, offset, data })
        }
        (instruction::UPDATE_BINARY_ODD, _, _) => {
            let file = odd_reference(p1, p2);
            let mut objects = TlvReader::new(data);
            let at = objects.next().ok_or(Error::Data)??;
            let object = objects.next().ok_or(Error::Data)??;
            if at.tag != DO_OFFSET || object.tag != DO_DATA || !objects.remaining().is_empty() {
                return Err(Error::Data);
            }
            Ok(Command::UpdateBinary {
                file,
                offset: offset(at.value)?,
                data: non_empty(object.value)?,
            })
        }
        (instruction::GET_CHALLENGE, 0, 0) => match (data, expected) {
            // 256 is what Le = 00 asks for: as many as there are.
            ([], Some(8 | 256)) => Ok(Command::GetChallenge),
            _ => Err(Error::Length),
        },
        (instruction::EXTERNAL_AUTHENTICATE, 0, 0) => Ok(Command::ExternalAuthenticate(data)),
        (instruction::MANAGE_SECURITY_ENVIRONMENT, 0xC1, 0xA4) => {
            Ok(Command::SetAuthenticationTemplate(data))
        }
        (instruction::MANAGE_SECURITY_ENVIRONMENT, 0x41, 0xA6) => Ok(Command::SetKeyAgreementTemplate(data)),
        (instruction::MANAGE_SECURITY_ENVIRONMENT, 0x41, 0xA4) => Ok(Command::SetChipAuthentication(data)),
        (instruction::INTERNAL_AUTHENTICATE, 0, 0) => Ok(Command::InternalAuthenticate(data)),
        (instruction::MANAGE_SECURITY_ENVIRONMENT, 0x81, 0xB6) => Ok(Command::SetVerificationKey(data)),
        (instruction::MANAGE_SECURITY_ENVIRONMENT, 0x81, 0xA4) => Ok(Command::SetTerminalKey(data)),
        (instruction::PERFORM_SECURITY_OPERATION, 0x00, 0xBE) => Ok(Command::VerifyCertificate(data)),
        (instruction::GENERAL_AUTHENTICATE, 0, 0) => Ok(Command::GeneralAuthenticate(data)),
        (instruction::CREATE_FILE, 0, 0) => Ok(Command::CreateFile(data)),
        (instruction::DELETE_FILE, 0, 0 | P2_KEYS_STAY) if data.is_empty() => Ok(Command::DeleteFile {
            keys_stay: p2 == P2_KEYS_STAY,
        }),
        (instruction::PUT_KEY, replaces, identifier) => Ok(Command::PutKey {
            replaces,
            identifier,
            data,
        }),
        (instruction::GENERATE_KEY_PAIR, P1_GENERATE, 0) => Ok(Command::GenerateKeyPair(data)),
        (instruction::PUT_DATA, ..) => Ok(Command::PutData {
            object: u16::from_be_bytes([p1, p2]),
            value: data,
        }),
        (instruction::ACTIVATE_FILE, 0, 0) if data.is_empty() => Ok(Command::ActivateFile),
        (instruction::DEACTIVATE_FILE, 0, 0) if data.is_empty() => Ok(Command::DeactivateFile),
        (instruction::TERMINATE_CARD_USAGE, 0, 0) if data.is_empty() => Ok(Command::TerminateCardUsage),
        // P2 is the PIN's number; nothing else can be reset (TR-03110-3, B.14.11).
        (instruction::RESET_RETRY_COUNTER, 0x02, 0x03) => {
            non_empty(data).map(|pin| Command::ResetRetryCounter(Some(pin)))
        }
        (instruction::RESET_RETRY_COUNTER, 0x03, 0x03) if data.is_empty() => {
            Ok(Command::ResetRetryCounter(None))
        }
        (
            instruction::DELETE_FILE
            | instruction::ACTIVATE_FILE
            | instruction::DEACTIVATE_FILE
            | instruction::TERMINATE_CARD_USAGE,
            0,
            0,
        )
        | (instruction::DELETE_FILE, 0, P2_KEYS_STAY)
        | (instruction::RESET_RETRY_COUNTER, 0x03, 0x03) => Err(Error::Length),
        (
            instruction::GET_CHALLENGE
            | instruction::INTERNAL_AUTHENTICATE
            | instruction::EXTERNAL_AUTHENTICATE
            | instruction::MANAGE_SECURITY_ENVIRONMENT
            | instruction::PERFORM_SECURITY_OPERATION
            | instruction::GENERAL_AUTHENTICATE
            | instruction::GENERATE_KEY_PAIR
            | instruction::CREATE_FILE
            | instruction::DELETE_FILE
            | instruction::ACTIVATE_FILE
            | instruction::DEACTIVATE_FILE
            | instruction::TERMINATE_CARD_USAGE
            | instruction::RESET_RETRY_COUNTER,
            ..,
        ) => Err(Error::Parameters),
        _ => Err(Error::Instruction),
    }
}

/// SELECT (7816-4 tables 39 and 40): first or only occurrence; FCI and FCP are answered as FCP.
fn select(p1: u8, p2: u8, data: &[u8]) -> Result<Command<'_>, Error> {
    let answer_fcp = match p2 {
        0x00 | 0x04 => true,
        0x0C => false,
        _ => return Err(Error::Parameters),
    };
    let identifier = || match data {
        [high, low] => Ok(u16::from_be_bytes([*high, *low])),
        _ => Err(Error::Length),
    };
    let selection = match p1 {
        0x00 if data.is_empty() => Selection::MasterFile,
        0x00 => match identifier()? {
            fid::MF => Selection::MasterFile,
            fid => Selection::Identifier(fid),
        },
        0x01 => Selection::Child(identifier()?),
        0x02 => Selection::Elementary(identifier()?),
        0x03 if data.is_empty() => Selection::Above,
        0x03 => return Err(Error::Length),
        0x04 if (1..=16).contains(&data.len()) => Selection::Application(data),
        0x08 if is_path(data) => Selection::PathFromMasterFile(data),
        0x09 if is_path(data) => Selection::PathFromCurrent(data),
        0x04 | 0x08 | 0x09 => return Err(Error::Length),
        _ => return Err(Error::Parameters),
    };
    Ok(Command::Select {
        selection,
        answer_fcp,
    })
}

fn is_path(data: &[u8]) -> bool {
    !data.is_empty() && data.len().is_multiple_of(2)
}

/// P1-P2 of an even instruction: bit 8 of P1 set, a short identifier and an offset of eight bits; else an offset of
/// fifteen.
fn even_reference(p1: u8, p2: u8) -> Result<(FileReference, u32), Error> {
    if p1 & 0x80 == 0 {
        return Ok((FileReference::Current, u32::from(u16::from_be_bytes([p1, p2]))));
    }
    match p1 & 0x7F {
        sfi @ 1..=30 => Ok((FileReference::Short(sfi), u32::from(p2))),
        _ => Err(Error::Parameters),
    }
}

/// P1-P2 of an odd instruction (7816-4, 11.3.3): zero, a short identifier in the lowest five bits, or else a file identifier.
fn odd_reference(p1: u8, p2: u8) -> FileReference {
    match (p1, p2) {
        (0, 0) => FileReference::Current,
        (0, sfi @ 1..=30) => FileReference::Short(sfi),
        _ => FileReference::Identifier(u16::from_be_bytes([p1, p2])),
    }
}

fn offset(value: &[u8]) -> Result<u32, Error> {
    match value {
        [] => Err(Error::Data),
        bytes if bytes.len() <= 3 => Ok(bytes
            .iter()
            .fold(0u32, |value, byte| (value << 8) | u32::from(*byte))),
        _ => Err(Error::Data),
    }
}

fn non_empty(data: &[u8]) -> Result<&[u8], Error> {
    if data.is_empty() {
        Err(Error::Length)
    } else {
        Ok(data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(
        instruction: u8,
        p1: u8,
        p2: u8,
        data: &[u8],
        expected: Option<u32>,
    ) -> Result<Command<'_>, Error> {
        parse(&Parts {
            instruction,
            p1,
            p2,
            data,
            expected,
            proprietary: false,
        })
    }

    #[test]
    fn read_binary_forms() {
        let read = |file, offset, as_object| {
            Ok(Command::ReadBinary {
                file,
                offset,
                as_object,
                expected: 4,
            })
        };
        assert_eq!(
            iso(0xB0, 0x12, 0x34, &[], Some(4)),
            read(FileReference::Current, 0x1234, false)
        );
        assert_eq!(
            iso(0xB0, 0x9E, 0x34, &[], Some(4)),
            read(FileReference::Short(0x1E), 0x34, false)
        );
        assert_eq!(iso(0xB0, 0x80, 0, &[], Some(4)), Err(Error::Parameters));
        assert_eq!(
            iso(0xB0, 0xA1, 0, &[], Some(4)),
            Err(Error::Parameters),
            "bits 7 and 6 are reserved"
        );
        assert_eq!(iso(0xB0, 0, 0, &[], None), Err(Error::Length));
        assert_eq!(iso(0xB0, 0, 0, &[1], Some(4)), Err(Error::Length));
        let odd = |data: &'static [u8]| iso(0xB1, 0, 0, data, Some(4));
        assert_eq!(
            odd(&[0x54, 3, 1, 0, 0]),
            read(FileReference::Current, 0x1_0000, true)
        );
        assert_eq!(odd(&[0x54, 0]), Err(Error::Data));
        assert_eq!(odd(&[0x54, 4, 0, 0, 0, 0]), Err(Error::Data));
        assert_eq!(odd(&[]), Err(Error::Data));
        assert_eq!(
            iso(0xB1, 0, 2, &[0x54, 1, 0], Some(4)),
            read(FileReference::Short(2), 0, true)
        );
        assert_eq!(
            iso(0xB1, 1, 0x1C, &[0x54, 1, 0], Some(4)),
            read(FileReference::Identifier(0x011C), 0, true)
        );
    }

    #[test]
    fn select_forms() {
        let selected = |p1, data| match iso(0xA4, p1, 0x0C, data, None) {
            Ok(Command::Select {
                selection,
                answer_fcp: false,
            }) => Ok(selection),
            Ok(other) => panic!("{other:?}"),
            Err(error) => Err(error),
        };
        assert_eq!(selected(0, &[]), Ok(Selection::MasterFile));
        assert_eq!(selected(0, &[0x3F, 0]), Ok(Selection::MasterFile));
        assert_eq!(selected(2, &[1, 0x1E]), Ok(Selection::Elementary(0x011E)));
        assert_eq!(selected(2, &[1]), Err(Error::Length));
        assert_eq!(selected(4, &[0; 17]), Err(Error::Length));
        assert_eq!(selected(8, &[1, 2, 3]), Err(Error::Length));
        assert_eq!(selected(7, &[1, 2]), Err(Error::Parameters));
        assert_eq!(
            iso(0xA4, 4, 0x02, &[1], None),
            Err(Error::Parameters),
            "no next occurrence"
        );
    }

    #[test]
    fn an_unknown_instruction_is_said_to_be_one() {
        assert_eq!(iso(0x20, 0, 0, &[], None), Err(Error::Instruction));
        assert_eq!(iso(0x84, 1, 0, &[], Some(8)), Err(Error::Parameters));
        let proprietary = Parts {
            instruction: 0xB0,
            p1: 0,
            p2: 0,
            data: &[],
            expected: Some(1),
            proprietary: true,
        };
        assert_eq!(parse(&proprietary), Err(Error::Instruction));
    }
}
