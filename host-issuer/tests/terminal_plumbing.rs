//! Our terminal against our chip with somebody in between who changes what passes. Proves that neither side goes on, and that
//! nothing of the session is left in the chip.

#[path = "support/blank_chip.rs"]
#[allow(dead_code, reason = "shared with the loader's tests, which use the rest")]
mod blank_chip;

use blank_chip::*;
use card_applet::wire::status::StatusWord;
use getrandom::SysRng;
use host_issuer::load::issue;
use host_issuer::terminal::bac::BacError;
use host_issuer::terminal::channel::SecureMessagingError;
use host_issuer::terminal::link::LinkError;
use host_issuer::terminal::pace::PaceError;
use host_issuer::terminal::reader::{AccessError, ChipReader, ReadError};
use host_issuer::transport::in_process::InProcess;
use host_issuer::transport::{Limits, Transport, TransportError};

/// Who sits between: flips one bit of one byte of one APDU of one direction.
struct Meddler {
    chip: InProcess,
    /// Which exchange, counted from zero, which byte, and whether of the command (else of the answer).
    target: Option<(usize, usize, bool)>,
    exchange: usize,
    /// Lengths of commands and answers that passed, for choosing targets.
    lengths: Vec<(usize, usize)>,
    /// The chip's own answer to a command that was changed.
    answer_to_changed: Option<Vec<u8>>,
}

impl Meddler {
    fn new(chip: InProcess) -> Self {
        Meddler {
            chip,
            target: None,
            exchange: 0,
            lengths: Vec::new(),
            answer_to_changed: None,
        }
    }

    fn start(&mut self, target: Option<(usize, usize, bool)>) {
        self.chip.reset().unwrap();
        (self.target, self.exchange, self.answer_to_changed) = (target, 0, None);
        self.lengths.clear();
    }
}

impl Transport for Meddler {
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        let mut command = command.to_vec();
        let target = self.target.filter(|target| target.0 == self.exchange);
        if let Some((_, byte, true)) = target {
            command[byte] ^= 0x01;
        }
        self.chip.transmit(&command, response)?;
        match target {
            Some((_, _, true)) => self.answer_to_changed = Some(response.clone()),
            Some((_, byte, false)) => response[byte] ^= 0x01,
            None => {}
        }
        self.exchange += 1;
        self.lengths.push((command.len(), response.len()));
        Ok(())
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.chip.reset()
    }

    fn limits(&self) -> Limits {
        Limits::EXTENDED
    }

    fn atr(&self) -> &[u8] {
        self.chip.atr()
    }
}

fn issued(access: Access) -> Meddler {
    let mut chip = blank_chip();
    let image = match access {
        Access::PaceOnly => small_image(),
        other => image(other),
    };
    issue(&mut chip, &mut SysRng, chip_keys, &image, &mut |_| {}).unwrap();
    Meddler::new(chip)
}

/// Opens the chip and reads DG1.
fn visit(meddler: &mut Meddler, bac: bool) -> Result<Vec<u8>, AccessError> {
    let mut reader = ChipReader::new(meddler, SysRng);
    if bac {
        reader.bac(&mrz())?;
    } else {
        reader.open(&can())?;
    }
    Ok(reader.read(dg(1), &mut |_, _| {})?)
}

/// Status word of a plain READ BINARY of DG1: what the chip still believes.
fn read_in_plain(meddler: &mut Meddler) -> StatusWord {
    let mut plain = |command: &[u8]| {
        let mut response = Vec::new();
        meddler.chip.transmit(command, &mut response).unwrap();
        assert_eq!(response.len(), 2, "data in plain");
        StatusWord::from_bytes([response[0], response[1]])
    };
    let select = [
        0x00, 0xA4, 0x04, 0x0C, 0x07, 0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01,
    ];
    // A session that only the terminal gave up is ended by the first plain SELECT, which may itself be refused.
    if !plain(&select).is_success() {
        assert!(plain(&select).is_success());
    }
    plain(&[0x00, 0xB0, 0x81, 0x00, 0x00])
}

/// Exchanges of PACE: EF.CardAccess, MSE:Set AT, four GENERAL AUTHENTICATE. SELECT and READ BINARY are protected.
const PACE_PROTECTED: usize = 6;
/// Exchanges of BAC: SELECT, GET CHALLENGE, EXTERNAL AUTHENTICATE. READ BINARY is protected.
const BAC_PROTECTED: usize = 3;

#[test]
fn plumbing_a_flipped_byte_of_a_protected_command_ends_the_session_on_the_chip() {
    for (access, bac, protected) in [
        (Access::PaceOnly, false, PACE_PROTECTED),
        (Access::BacOnly, true, BAC_PROTECTED),
    ] {
        let mut meddler = issued(access);
        meddler.start(None);
        visit(&mut meddler, bac).unwrap();
        let lengths = meddler.lengths.clone();
        assert!(lengths.len() > protected);
        for (exchange, (command_len, _)) in lengths.iter().enumerate().skip(protected) {
            // Without the last byte: Le is not under the MAC, and changing it changes nothing that is believed.
            for byte in 0..command_len - 1 {
                meddler.start(Some((exchange, byte, true)));
                let context = format!("{access:?}, exchange {exchange}, byte {byte}");
                let error = visit(&mut meddler, bac).unwrap_err();
                let link = match error {
                    AccessError::Read(ReadError::Link(link)) => link,
                    other => panic!("{context}: {other}"),
                };
                assert!(
                    matches!(
                        link,
                        LinkError::SecureMessaging(SecureMessagingError::EndedByChip { .. })
                    ),
                    "{context}: {link}"
                );
                let answer = meddler.answer_to_changed.clone().unwrap();
                assert_eq!(answer.len(), 2, "{context}: not in plain");
                assert_eq!(
                    read_in_plain(&mut meddler),
                    StatusWord::SECURITY_STATUS_NOT_SATISFIED,
                    "{context}"
                );
            }
        }
    }
}

#[test]
fn plumbing_a_flipped_byte_of_an_answer_ends_the_session_on_the_terminal() {
    for (access, bac) in [(Access::PaceOnly, false), (Access::BacOnly, true)] {
        let mut meddler = issued(access);
        meddler.start(None);
        visit(&mut meddler, bac).unwrap();
        let lengths = meddler.lengths.clone();
        let protected = if bac { BAC_PROTECTED } else { PACE_PROTECTED };
        for (exchange, (_, response_len)) in lengths.iter().enumerate().skip(protected) {
            for byte in 0..*response_len {
                meddler.start(Some((exchange, byte, false)));
                let error = visit(&mut meddler, bac).unwrap_err();
                assert!(
                    matches!(
                        error,
                        AccessError::Read(ReadError::Link(LinkError::SecureMessaging(_)))
                    ),
                    "{access:?}, exchange {exchange}, byte {byte}: {error}"
                );
                // Nothing was sent after it.
                assert_eq!(meddler.exchange, exchange + 1);
            }
        }
    }
}

/// Any byte of a handshake, either way: no session comes of it, and no data.
#[test]
fn plumbing_a_flipped_byte_of_a_handshake_opens_nothing() {
    for (access, bac, first, protected) in [
        (Access::PaceOnly, false, 1, PACE_PROTECTED),
        (Access::BacOnly, true, 1, BAC_PROTECTED),
    ] {
        let mut meddler = issued(access);
        meddler.start(None);
        visit(&mut meddler, bac).unwrap();
        let lengths = meddler.lengths.clone();
        for (exchange, (command_len, response_len)) in lengths.iter().enumerate().take(protected).skip(first)
        {
            for (len, of_command) in [(*command_len, true), (*response_len, false)] {
                // A point has 65 bytes of which any is like any other: every third is enough, and the ends.
                for byte in (0..len).filter(|byte| *byte < 8 || byte + 4 > len || byte % 3 == 0) {
                    meddler.start(Some((exchange, byte, of_command)));
                    let Err(error) = visit(&mut meddler, bac) else {
                        // Le of a command is under nobody's proof, and nothing else is.
                        assert!(of_command && byte == len - 1, "exchange {exchange}, byte {byte}");
                        continue;
                    };
                    assert!(
                        matches!(
                            error,
                            AccessError::Pace(_)
                                | AccessError::Bac(_)
                                | AccessError::Read(ReadError::Link(_))
                        ),
                        "exchange {exchange}, byte {byte}: {error}"
                    );
                    assert_eq!(
                        read_in_plain(&mut meddler),
                        StatusWord::SECURITY_STATUS_NOT_SATISFIED
                    );
                }
            }
        }
    }
}

#[test]
fn plumbing_a_wrong_password_is_6300_whatever_was_wrong() {
    let mut meddler = issued(Access::PaceAndBac);
    let status = StatusWord::AUTHENTICATION_FAILED;
    for password in [wrong_can(), wrong_mrz()] {
        meddler.start(None);
        let error = ChipReader::new(&mut meddler, SysRng).open(&password).unwrap_err();
        assert_eq!(error, AccessError::Pace(PaceError::WrongPassword { status }));
        assert_eq!(
            read_in_plain(&mut meddler),
            StatusWord::SECURITY_STATUS_NOT_SATISFIED
        );
    }
    meddler.start(None);
    let error = ChipReader::new(&mut meddler, SysRng)
        .bac(&wrong_mrz())
        .unwrap_err();
    assert_eq!(error, BacError::WrongPassword { status });
}
