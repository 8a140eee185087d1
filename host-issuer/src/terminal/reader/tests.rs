//! Reading against a small chip without cryptography that can be made as odd as chips in the field are.

use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::wire::apdu::CommandApdu;
use card_applet::wire::lds::DataGroup;
use card_applet::wire::security_info::{Mapping, PaceInfo, PaceProtocol};

use card_applet::wire::tlv;

use super::lengths::parse_extended_length;
use super::*;
use crate::terminal::bac::BacError;
use crate::terminal::pace::{PaceError, PaceStep};
use crate::terminal::password::Password;
use crate::terminal::scripted::ScriptedRng;
use crate::transport::Limits;

/// A chip that serves files in plain.
#[derive(Default)]
struct OddChip {
    /// File identifier, short file identifier, content.
    files: Vec<(u16, Option<u8>, Vec<u8>)>,
    current: Option<usize>,
    /// The status word of SELECT MF, if it is not 9000.
    select_mf: Option<u16>,
    /// READ BINARY with a short file identifier is not supported.
    no_sfi: bool,
    /// An Le beyond the end of the file is an error and not a shorter answer.
    strict_le: bool,
    /// No answer has more data than this.
    shorter_answers: Option<usize>,
    /// What it answers instead of working, after this many commands.
    instead: Option<(usize, Vec<u8>)>,
    commands: Vec<Vec<u8>>,
}

const FILE_NOT_FOUND: [u8; 2] = [0x6A, 0x82];

impl OddChip {
    fn with_file(file: FileId, content: &[u8]) -> Self {
        let location = file.location();
        OddChip {
            files: vec![(location.fid, location.sfi, content.to_vec())],
            ..OddChip::default()
        }
    }

    fn answer(&mut self, command: &CommandApdu<'_>) -> Vec<u8> {
        match (command.instruction, command.p1, command.data) {
            (0xA4, 0x00, _) => self.select_mf.unwrap_or(0x9000).to_be_bytes().to_vec(),
            (0xA4, 0x04, _) => vec![0x90, 0x00],
            (0xA4, 0x02, [high, low]) => {
                let fid = u16::from_be_bytes([*high, *low]);
                self.current = self.files.iter().position(|file| file.0 == fid);
                if self.current.is_some() {
                    vec![0x90, 0x00]
                } else {
                    FILE_NOT_FOUND.to_vec()
                }
            }
            (0xB0, p1, _) if p1 & 0x80 != 0 => {
                if self.no_sfi {
                    return vec![0x6A, 0x81];
                }
                self.current = self.files.iter().position(|file| file.1 == Some(p1 & 0x1F));
                self.read(usize::from(command.p2), command.expected)
            }
            (0xB0, ..) => self.read(usize::from(command.p1_p2()), command.expected),
            (0xB1, 0x00, [0x54, len, offset @ ..]) if usize::from(*len) == offset.len() => {
                let offset = offset.iter().fold(0, |n, byte| n << 8 | usize::from(*byte));
                let room = command.expected.unwrap() as usize;
                let header = tlv::header_len(0x53, room);
                let mut plain = self.read(offset, Some((room - header) as u32));
                let status = plain.split_off(plain.len() - 2);
                let mut object = vec![0; 8];
                let len = tlv::write_header(0x53, plain.len(), &mut object).unwrap();
                object.truncate(len);
                [object, plain, status].concat()
            }
            _ => vec![0x6D, 0x00],
        }
    }

    fn read(&self, offset: usize, expected: Option<u32>) -> Vec<u8> {
        let Some((_, _, content)) = self.current.and_then(|index| self.files.get(index)) else {
            return FILE_NOT_FOUND.to_vec();
        };
        let wanted = expected.unwrap() as usize;
        let Some(rest) = content.get(offset..).filter(|rest| !rest.is_empty()) else {
            return vec![0x6B, 0x00];
        };
        if self.strict_le && wanted > rest.len() {
            return vec![0x67, 0x00];
        }
        let given = wanted
            .min(rest.len())
            .min(self.shorter_answers.unwrap_or(usize::MAX));
        let status = if wanted > rest.len() {
            [0x62, 0x82]
        } else {
            [0x90, 0x00]
        };
        [&rest[..given], &status].concat()
    }
}

impl Transport for OddChip {
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        self.commands.push(command.to_vec());
        *response = match &self.instead {
            Some((after, answer)) if self.commands.len() > *after => answer.clone(),
            _ => self.answer(&CommandApdu::parse(command).unwrap()),
        };
        Ok(())
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        Ok(())
    }

    fn limits(&self) -> Limits {
        Limits::EXTENDED
    }

    fn atr(&self) -> &[u8] {
        &[]
    }
}

fn reader(chip: OddChip) -> ChipReader<OddChip, ScriptedRng> {
    ChipReader::new(chip, ScriptedRng::new(&[]))
}

fn dg(number: u8) -> FileId {
    FileId::DataGroup(DataGroup::from_number(number).unwrap())
}

/// A data object of DG2's tag with this many bytes in all.
fn object(len: usize) -> Vec<u8> {
    let mut bytes = vec![0; 8];
    let mut value_len = len;
    while tlv::header_len(0x75, value_len) + value_len > len {
        value_len -= 1;
    }
    let header = tlv::write_header(0x75, value_len, &mut bytes).unwrap();
    bytes.truncate(header);
    bytes.extend((0..value_len).map(|index| (index % 251) as u8));
    bytes
}

fn read(chip: OddChip, file: FileId) -> (Result<Vec<u8>, ReadError>, OddChip) {
    let mut reader = reader(chip);
    let result = reader.read(file, &mut |_, _| {});
    (result, reader.into_transport())
}

#[test]
fn a_small_file_is_one_command() {
    let (content, chip) = read(
        OddChip::with_file(FileId::CardAccess, &object(200)),
        FileId::CardAccess,
    );
    assert_eq!(content.unwrap(), object(200));
    assert_eq!(chip.commands, [[0x00, 0xB0, 0x9C, 0x00, 0x00]]);
}

#[test]
fn a_long_file_is_read_in_full_pieces_and_told() {
    let mut reader = reader(OddChip::with_file(dg(2), &object(1000)));
    let mut told = Vec::new();
    let content = reader
        .read(dg(2), &mut |done, total| told.push((done, total)))
        .unwrap();
    assert_eq!(content, object(1000));
    assert_eq!(told, [(256, 1000), (512, 1000), (768, 1000), (1000, 1000)]);
    // SELECT of the application, one READ BINARY by SFI, three by offset; the last asks for no more than there is.
    let wire = reader.wire();
    let chip = reader.into_transport();
    assert_eq!(chip.commands.len(), 5);
    assert_eq!(chip.commands[4], [0x00, 0xB0, 0x03, 0x00, 0xE8]);
    assert_eq!((wire.apdus, wire.bytes_sent), (5, 12 + 4 * 5));
    assert_eq!(wire.bytes_received, 2 + 1000 + 4 * 2);
}

#[test]
fn bytes_behind_the_object_do_not_belong_to_it() {
    let padded = [object(100), vec![0xFF; 500]].concat();
    assert_eq!(
        read(OddChip::with_file(dg(1), &padded), dg(1)).0.unwrap(),
        object(100)
    );
}

#[test]
fn beyond_32767_the_odd_instruction_is_used() {
    for extended in [
        None,
        Some(ExtendedLength {
            command: 2048,
            response: 4096,
        }),
    ] {
        let mut reader = reader(OddChip::with_file(dg(2), &object(40_000)));
        reader.extended_length = extended;
        assert_eq!(reader.read(dg(2), &mut |_, _| {}).unwrap(), object(40_000));
        let chip = reader.into_transport();
        let odd = chip.commands.iter().filter(|command| command[1] == 0xB1).count();
        assert!(odd > 0);
        // P1 of an even READ BINARY with bit 8 set would be a short file identifier: the first one only.
        let even_high = chip
            .commands
            .iter()
            .filter(|command| command[1] == 0xB0 && command[2] & 0x80 != 0)
            .count();
        assert_eq!(even_high, 1);
    }
}

#[test]
fn chips_of_the_field() {
    let file = object(300);
    let odd = |change: fn(&mut OddChip)| {
        let mut chip = OddChip::with_file(dg(2), &file);
        change(&mut chip);
        chip
    };
    let chips = [
        ("no short file identifiers", odd(|chip| chip.no_sfi = true)),
        ("no Le beyond the end", odd(|chip| chip.strict_le = true)),
        (
            "shorter answers than asked for",
            odd(|chip| chip.shorter_answers = Some(50)),
        ),
        ("both", odd(|chip| (chip.no_sfi, chip.strict_le) = (true, true))),
    ];
    for (name, chip) in chips {
        let (content, _) = read(chip, dg(2));
        assert_eq!(
            content.unwrap_or_else(|error| panic!("{name}: {error}")),
            file,
            "{name}"
        );
    }
    // A small file on a chip that is strict about Le: the header is looked at first.
    let mut chip = OddChip::with_file(dg(2), &object(100));
    chip.strict_le = true;
    assert_eq!(read(chip, dg(2)).0.unwrap(), object(100));
}

#[test]
fn ef_card_access_is_found_where_select_mf_is_refused() {
    let mut chip = OddChip::with_file(FileId::CardAccess, &object(64));
    (chip.select_mf, chip.no_sfi) = (Some(0x6D00), true);
    let mut reader = reader(chip);
    reader.select_application().unwrap();
    assert_eq!(reader.read_card_access().unwrap(), Some(object(64)));
    let chip = reader.into_transport();
    assert!(
        chip.commands
            .contains(&vec![0x00, 0xA4, 0x02, 0x0C, 0x02, 0x01, 0x1C])
    );
}

#[test]
fn a_missing_ef_card_access_is_no_error() {
    let mut reader = reader(OddChip::default());
    assert_eq!(reader.read_card_access().unwrap(), None);
    assert_eq!(reader.read_atr_info().unwrap(), None);
    assert_eq!(reader.extended_length(), None);
}

#[test]
fn a_chip_that_fails_is_not_a_chip_without_pace() {
    let mut chip = OddChip::with_file(FileId::CardAccess, &object(64));
    chip.instead = Some((0, vec![0x65, 0x81]));
    let status = StatusWord::MEMORY_FAILURE;
    let mrz = Password::mrz("L898902C<369080619406236").unwrap();
    assert_eq!(
        reader(chip).open(&mrz),
        Err(AccessError::Read(ReadError::Refused { status }))
    );
}

#[test]
fn extended_length_is_used_only_when_announced() {
    let announcement = [0x7F, 0x66, 8, 2, 2, 0x08, 0x00, 2, 2, 0x10, 0x00];
    for (announced, reads) in [(false, 16), (true, 1)] {
        let mut chip = OddChip::with_file(dg(2), &object(4000));
        if announced {
            chip.files.push((fid::ATR_INFO, Some(1), announcement.to_vec()));
        }
        let mut reader = reader(chip);
        reader.read_atr_info().unwrap();
        let before = reader.wire().apdus;
        assert_eq!(reader.read(dg(2), &mut |_, _| {}).unwrap(), object(4000));
        assert_eq!(reader.wire().apdus - before, 1 + reads);
        let extended = reader.into_transport().commands.iter().any(|command| {
            CommandApdu::parse(command)
                .unwrap()
                .expected
                .is_some_and(|expected| expected > 256)
        });
        assert_eq!(extended, announced);
    }
}

#[test]
fn lies_about_length_end() {
    let mut short = object(1000);
    short.truncate(700);
    let truncated = read(OddChip::with_file(dg(2), &short), dg(2)).0;
    assert_eq!(
        truncated,
        Err(ReadError::Truncated {
            read: 700,
            announced: 1000
        })
    );

    let endless = [0x75, 0x84, 0x7F, 0xFF, 0xFF, 0xFF];
    let too_long = read(OddChip::with_file(dg(2), &endless), dg(2)).0;
    assert_eq!(
        too_long,
        Err(ReadError::TooLong {
            announced: 0x7FFF_FFFF + 6
        })
    );

    for (answer, expected) in [
        // Success, and not a byte more.
        (
            vec![0x90, 0x00],
            ReadError::Truncated {
                read: 256,
                announced: 1000,
            },
        ),
        (
            vec![0x69, 0x82],
            ReadError::NotAllowed {
                status: StatusWord::SECURITY_STATUS_NOT_SATISFIED,
            },
        ),
        (
            vec![0x6F, 0x00],
            ReadError::Refused {
                status: StatusWord::NO_PRECISE_DIAGNOSIS,
            },
        ),
        // More than was asked for.
        ([vec![0; 257], vec![0x90, 0x00]].concat(), ReadError::Malformed),
        // More is promised for ever.
        (vec![0x61, 0x00], ReadError::Link(LinkError::Endless)),
        (
            vec![0x00],
            ReadError::Link(TransportError::Truncated { length: 1 }.into()),
        ),
    ] {
        let mut chip = OddChip::with_file(dg(2), &object(1000));
        chip.instead = Some((2, answer));
        let (result, chip) = read(chip, dg(2));
        assert_eq!(result, Err(expected));
        assert!(chip.commands.len() < 600);
    }
    let no_object = read(OddChip::with_file(dg(2), &[0x75]), dg(2)).0;
    assert_eq!(no_object, Err(ReadError::Malformed));
}

#[test]
fn a_chip_that_drips_is_given_up() {
    let mut chip = OddChip::with_file(dg(2), &object(20_000));
    // Enough to see how long the file says it is.
    chip.shorter_answers = Some(4);
    let (result, chip) = read(chip, dg(2));
    assert!(matches!(result, Err(ReadError::TooSlow { .. })), "{result:?}");
    assert!(chip.commands.len() < 45);
    // Slow and steady is read.
    let mut chip = OddChip::with_file(dg(2), &object(20_000));
    chip.shorter_answers = Some(32);
    assert_eq!(read(chip, dg(2)).0.unwrap(), object(20_000));
}

#[test]
fn a_file_without_a_length_ends_by_itself_or_at_the_limit() {
    let endless = OddChip::with_file(FileId::Dir, &vec![0x61; FileId::Dir.max_len() + 1_000]);
    let (result, chip) = read(endless, FileId::Dir);
    assert!(matches!(result, Err(ReadError::TooLong { .. })));
    assert!(chip.commands.len() <= FileId::Dir.max_len() / 250 + 2);

    // Whole objects and fewer bytes than asked for: nothing more is asked.
    let (result, chip) = read(OddChip::with_file(FileId::Dir, &object(100)), FileId::Dir);
    assert_eq!((result.unwrap(), chip.commands.len()), (object(100), 1));
    // As long as the answer can be: only the next command tells that it is over.
    let (result, chip) = read(OddChip::with_file(FileId::Dir, &object(256)), FileId::Dir);
    assert_eq!((result.unwrap(), chip.commands.len()), (object(256), 2));
}

fn card_access(protocol: PaceProtocol) -> Vec<u8> {
    let mut info = [0; 32];
    let len = PaceInfo::new(protocol, 12).encode(&mut info).unwrap();
    [&[0x31, len as u8][..], &info[..len]].concat()
}

/// PACE that fails, or that this terminal does not have, is never followed by BAC.
#[test]
fn there_is_no_silent_downgrade() {
    let mrz = Password::mrz("L898902C<369080619406236").unwrap();
    let generic = PaceProtocol::ecdh_generic(SymmetricAlgorithm::Aes128);
    // A MODP mapping over a curve.
    let impossible = PaceProtocol {
        mapping: Mapping::DhIntegrated,
        ..generic
    };
    let cases = [
        (
            card_access(generic),
            AccessError::Pace(PaceError::Refused {
                step: PaceStep::SetAt,
                status: StatusWord::INSTRUCTION_NOT_SUPPORTED,
            }),
        ),
        (card_access(impossible), AccessError::NoCommonPace),
        (
            vec![0x30, 0x00],
            AccessError::CardAccess(tlv::TlvError::UnexpectedTag(0x30).into()),
        ),
    ];
    for (content, expected) in cases {
        let mut reader = reader(OddChip::with_file(FileId::CardAccess, &content));
        assert_eq!(reader.open(&mrz), Err(expected));
        assert!(!reader.session_is_open());
        let chip = reader.into_transport();
        assert!(
            chip.commands.iter().all(|command| command[1] != 0x84),
            "GET CHALLENGE was sent"
        );
    }
}

#[test]
fn without_pace_the_zone_opens_and_a_can_does_not() {
    let mut reader = reader(OddChip::default());
    assert_eq!(
        reader.open(&Password::can("123456").unwrap()),
        Err(AccessError::CanWithoutPace)
    );
    let mut reader = ChipReader::new(OddChip::default(), ScriptedRng::new(&[&[0; 24]]));
    let mrz = Password::mrz("L898902C<369080619406236").unwrap();
    // This chip has no BAC either; what counts is that it was asked.
    let status = StatusWord::INSTRUCTION_NOT_SUPPORTED;
    assert_eq!(
        reader.open(&mrz),
        Err(AccessError::Bac(BacError::Refused { status }))
    );
}

#[test]
fn buffer_sizes_are_taken_from_the_announcement_only() {
    let atr_info = [
        0x43, 1, 0x80, 0x7F, 0x66, 9, 2, 2, 0x08, 0x00, 2, 3, 0x00, 0x81, 0x00,
    ];
    let expected = ExtendedLength {
        command: 2048,
        response: 33_024,
    };
    assert_eq!(parse_extended_length(&atr_info), Some(expected));
    assert_eq!(parse_extended_length(&atr_info[..3]), None);
    assert_eq!(parse_extended_length(&[0x7F, 0x66, 4, 2, 2, 8, 0]), None);
    assert_eq!(parse_extended_length(&[]), None);
}

/// BSI TR-03105 part 5.1, LDS_K_01 to LDS_K_04: both sizes in two or three bytes; without both there is no extended length.
#[test]
fn sizes_of_tr_03105_5_1() {
    for (atr_info, expected) in [
        ("7F66080202078002020780", Some(1920)),
        ("7F660A02030007800203000780", Some(1920)),
        ("7F660402020780", None),
        ("7F67080202078002020780", None),
    ] {
        let atr_info = hex::decode(atr_info).unwrap();
        let sizes = parse_extended_length(&atr_info);
        assert_eq!(
            sizes.map(|sizes| (sizes.command, sizes.response)),
            expected.map(|size| (size, size))
        );
    }
}
