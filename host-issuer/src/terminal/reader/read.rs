//! READ BINARY over a whole file (ISO/IEC 7816-4:2020 §11.2.3; ICAO Doc 9303-10 §3.6).

use card_applet::crypto::pad;
use card_applet::wire::apdu::{CommandApdu, MAX_EXTENDED_NE, MAX_SHORT_NE};
use card_applet::wire::instruction;
use card_applet::wire::status::StatusWord;
use card_applet::wire::tlv;

use super::super::card_file::{Extent, FileLocation};
use super::super::channel::Response;
use super::super::link::CardLink;
use super::ExtendedLength;
use super::learned::{Learned, is_too_much};
use crate::quirk::Quirk;
use crate::terminal::read_error::ReadError;
use crate::transport::{Limits, Transport};

/// The last offset that P1-P2 of READ BINARY can say; beyond it the offset goes into DO'54' (odd instruction).
const MAX_EVEN_OFFSET: usize = 0x7FFF;
/// Bytes that always suffice to see an object's length.
const HEADER_LOOK_AHEAD: u32 = 8;
/// DO'54': offset.
const OFFSET: u32 = 0x54;
/// DO'53': discretionary data.
const DISCRETIONARY: u32 = 0x53;
/// Commands that a file may take however few bytes they bring: those by which a chip's ways are found out.
const FREE_COMMANDS: usize = 32;
/// Fewer bytes than this in an answer, on the average, and the chip is not read on: it would take minutes.
const MIN_AVERAGE: usize = 32;
/// Bytes of protection around DO'87' in an answer: DO'99', DO'8E', status word.
const ANSWER_OVERHEAD: usize = 4 + 10 + 2;

/// A file that is being read.
pub(super) struct FileReading<'a, T> {
    pub(super) link: &'a mut CardLink<T>,
    pub(super) extended: Option<ExtendedLength>,
    pub(super) learned: &'a mut Learned,
    pub(super) location: FileLocation,
    /// Bytes that such a file has at most.
    pub(super) max_len: usize,
}

/// Bytes of a file, and whether the chip said that they were its last.
type Piece = (Vec<u8>, bool);

impl<T: Transport> FileReading<'_, T> {
    /// Reads a file of the current DF.
    pub(super) fn read(
        mut self,
        extent: Extent,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Vec<u8>, ReadError> {
        let first_command = self.link.wire().apdus;
        let block_len = self
            .link
            .session()
            .and_then(|session| session.algorithm())
            .map(|cipher| cipher.block_len());
        let piece = piece_len(self.link.limits(), self.extended(), block_len);
        let room = self.learned.within_limit(piece);
        let first_len = match extent {
            Extent::Exactly(len) => room.min(len.try_into().unwrap_or(room)).max(1),
            _ => room,
        };

        let (mut content, mut at_end) = self.read_first(first_len)?;
        // A chip may end a file with 9000 where Le asked for as much as there is. Fewer bytes than that, and no data object cut
        // off: it is over, and the command that would find that out is saved.
        at_end |= extent == Extent::ToEnd && content.len() < first_len as usize && is_whole(&content);
        let total = match extent {
            Extent::Exactly(len) => Some(len),
            Extent::ToEnd => None,
            Extent::OneObject => {
                let (_, header_len, value_len) = tlv::header(&content).map_err(|_| ReadError::Malformed)?;
                Some(header_len.saturating_add(value_len))
            }
        };
        if let Some(announced) = total.filter(|total| *total > self.max_len) {
            return Err(ReadError::TooLong { announced });
        }

        loop {
            let truncated = |content: &Vec<u8>, announced| ReadError::Truncated {
                read: content.len(),
                announced,
            };
            match total {
                Some(total) if content.len() >= total => break,
                Some(total) if content.is_empty() => return Err(truncated(&content, total)),
                None if at_end => break,
                _ => {}
            }
            self.bounded(first_command, content.len())?;
            progress(content.len(), total.unwrap_or(content.len()));
            let piece = piece_len(self.link.limits(), self.extended(), block_len);
            let room = self.learned.within_limit(piece);
            let wanted = match total {
                Some(total) => room.min((total - content.len()).try_into().unwrap_or(room)),
                None => room,
            };
            let (bytes, end) = match (self.read_at(content.len(), wanted, room)?, total) {
                (Ok(more), _) => more,
                // Behind the last byte of a file whose length nobody said, or that was said wrongly.
                (Err(StatusWord::WRONG_OFFSET), None) => (Vec::new(), true),
                (Err(StatusWord::WRONG_OFFSET), Some(total)) => return Err(truncated(&content, total)),
                // All of it is there, and it is too much at once.
                (Err(status), Some(_)) if is_too_much(status) && self.learned.lower_limit(status, wanted) => {
                    continue;
                }
                (Err(status), _) => return Err(ReadError::from_status(status)),
            };
            if let Some(total) = total {
                // An answer without bytes would be asked for again for ever.
                if bytes.is_empty() {
                    return Err(truncated(&content, total));
                }
                let asked = self.learned.asked_last();
                let unstated = self.extended() == Some(ExtendedLength::UNSTATED) && asked > MAX_SHORT_NE;
                if bytes.len() < asked as usize && (end || !unstated) {
                    let how = if end { "6282" } else { "9000" };
                    let detail = format!("{} of {asked} bytes, {how}", bytes.len());
                    self.learned.note(Quirk::ShortAnswers, detail);
                }
            }
            at_end = end || bytes.is_empty();
            content.extend_from_slice(&bytes);
            if content.len() > self.max_len {
                return Err(ReadError::TooLong {
                    announced: content.len(),
                });
            }
        }
        if let Some(total) = total {
            // A file may be longer than what is in it.
            content.truncate(total);
        }
        progress(content.len(), content.len());
        Ok(content)
    }

    /// The sizes that the chip announced, unless it was seen to refuse them.
    fn extended(&self) -> Option<ExtendedLength> {
        self.extended.filter(|_| !self.learned.no_extended_length)
    }

    /// A chip that gives a byte at a time is given up before it takes anybody's patience.
    fn bounded(&self, first_command: u64, read: usize) -> Result<(), ReadError> {
        let commands = self.link.wire().apdus.saturating_sub(first_command);
        let allowed = FREE_COMMANDS + read / MIN_AVERAGE;
        if commands > allowed as u64 {
            return Err(ReadError::TooSlow { commands, read });
        }
        Ok(())
    }

    /// The first piece: by short file identifier where there is one, else, or where the chip refuses that, after SELECT.
    fn read_first(&mut self, wanted: u32) -> Result<Piece, ReadError> {
        let mut refused = None;
        if let Some(sfi) = self
            .location
            .sfi
            .filter(|_| !self.learned.no_short_file_identifier)
        {
            let [p1, p2] = [0x80 | (sfi & 0x1F), 0x00];
            match self.read_some(wanted, |reading, wanted| reading.read_even(p1, p2, wanted))? {
                Ok(piece) => return Ok(piece),
                Err(status @ StatusWord::SECURITY_STATUS_NOT_SATISFIED) if self.link.session().is_some() => {
                    return Err(ReadError::NotAllowed { status });
                }
                Err(status) => refused = Some(status),
            }
        }
        let fid = self.location.fid.to_be_bytes();
        let select = CommandApdu::new(0x00, instruction::SELECT, 0x02, 0x0C).with_data(&fid);
        let response = self.link.exchange(&select)?;
        if !response.status.is_success() {
            return Err(ReadError::from_status(response.status));
        }
        let piece = self.read_some(wanted, |reading, wanted| reading.read_at(0, wanted, wanted))?;
        if let (Ok(_), Some(status)) = (&piece, refused) {
            self.learned.no_short_file_identifier = true;
            self.learned
                .note(Quirk::NoShortFileIdentifier, format!("{:04X}", status.0));
        }
        piece.map_err(ReadError::from_status)
    }

    /// The file's beginning: as much as fits, or, where a chip refuses an Le beyond the end of the file or beyond its own limit,
    /// the first bytes, which are always there and say how long it is.
    fn read_some(
        &mut self,
        wanted: u32,
        read: impl Fn(&mut Self, u32) -> Result<Result<Piece, StatusWord>, ReadError>,
    ) -> Result<Result<Piece, StatusWord>, ReadError> {
        match read(self, wanted)? {
            Ok((bytes, true)) if bytes.is_empty() && wanted > HEADER_LOOK_AHEAD => {
                read(self, HEADER_LOOK_AHEAD)
            }
            Err(status) if is_too_much(status) && wanted > HEADER_LOOK_AHEAD => {
                Ok(read(self, HEADER_LOOK_AHEAD)?.map_err(|_| status))
            }
            other => Ok(other),
        }
    }

    /// A piece of the current file: `wanted` bytes, where an answer has room for `room`.
    fn read_at(
        &mut self,
        offset: usize,
        wanted: u32,
        room: u32,
    ) -> Result<Result<Piece, StatusWord>, ReadError> {
        if offset > MAX_EVEN_OFFSET {
            return self.read_odd(offset, wanted, room);
        }
        let [p1, p2] = (offset as u16).to_be_bytes();
        self.read_even(p1, p2, wanted)
    }

    fn read_even(&mut self, p1: u8, p2: u8, wanted: u32) -> Result<Result<Piece, StatusWord>, ReadError> {
        let command = CommandApdu::new(0x00, instruction::READ_BINARY, p1, p2).with_expected(wanted);
        self.learned.asks(wanted);
        let response = self.link.exchange(&command)?;
        accept(response, wanted)
    }

    /// READ BINARY with the offset in DO'54', for the part of a file that P1-P2 do not reach. The answer's DO'53' takes some of
    /// its room.
    fn read_odd(
        &mut self,
        offset: usize,
        wanted: u32,
        room: u32,
    ) -> Result<Result<Piece, StatusWord>, ReadError> {
        let header = tlv::header_len(DISCRETIONARY, room as usize) as u32;
        let wanted = wanted.min(room.saturating_sub(header)).max(1);
        let expected = wanted + tlv::header_len(DISCRETIONARY, wanted as usize) as u32;

        let offset = u32::try_from(offset)
            .map_err(|_| ReadError::Malformed)?
            .to_be_bytes();
        let significant = if offset[1] == 0 {
            &offset[2..]
        } else {
            &offset[1..]
        };
        let mut data = [0; 6];
        let mut writer = tlv::TlvWriter::new(&mut data);
        writer
            .tlv(OFFSET, significant)
            .map_err(|_| ReadError::Malformed)?;
        let len = writer.len();

        let command = CommandApdu::new(0x00, instruction::READ_BINARY_ODD, 0x00, 0x00)
            .with_data(data.get(..len).unwrap_or_default())
            .with_expected(expected);
        self.learned.asks(wanted);
        let mut response = self.link.exchange(&command)?;
        if !response.data.is_empty() {
            match tlv::read_exact(&response.data, DISCRETIONARY) {
                Ok(bytes) => response.data = bytes.to_vec(),
                // The bytes themselves, as the chip gives them to an even instruction. What they are worth, the digest says.
                Err(_) => {
                    response.data.truncate(wanted as usize);
                    self.learned.note(Quirk::NoDiscretionaryObject, "");
                }
            }
        }
        accept(response, wanted)
    }
}

/// Whether the bytes are data objects, none of them cut off.
fn is_whole(bytes: &[u8]) -> bool {
    !bytes.is_empty() && tlv::TlvReader::new(bytes).all(|object| object.is_ok())
}

fn accept(response: Response, wanted: u32) -> Result<Result<Piece, StatusWord>, ReadError> {
    if response.data.len() > wanted as usize {
        return Err(ReadError::Malformed);
    }
    match response.status {
        StatusWord::SUCCESS => Ok(Ok((response.data, false))),
        StatusWord::END_OF_FILE => Ok(Ok((response.data, true))),
        status => Ok(Err(status)),
    }
}

/// The data object that an answer to READ BINARY begins with, if all of it is there.
pub(super) fn whole_object(answer: Response, wanted: u32) -> Option<Vec<u8>> {
    let (mut bytes, _) = accept(answer, wanted).ok()?.ok()?;
    let (_, header_len, value_len) = tlv::header(&bytes).ok()?;
    let len = header_len.checked_add(value_len)?;
    bytes.truncate(len);
    (bytes.len() == len).then_some(bytes)
}

/// How many bytes of a file fit one answer: Ne before protection.
///
/// Without the chip's announcement short length is used: 256 bytes in plain, 231 (3DES) or 223 (AES) in a session.
pub(super) fn piece_len(
    transport: Limits,
    extended: Option<ExtendedLength>,
    block_len: Option<usize>,
) -> u32 {
    let short_response = MAX_SHORT_NE as usize + 2;
    let response = match extended {
        Some(announced) => announced.response.min(transport.response).max(short_response),
        None => short_response.min(transport.response),
    };
    let plain = match block_len {
        None => response.saturating_sub(2),
        Some(block_len) => {
            let room = response.saturating_sub(ANSWER_OVERHEAD);
            // Whole blocks that fit DO'87' with its padding indicator; at least one byte of the last is padding.
            let blocks = room.saturating_sub(tlv::header_len(0x87, room) + 1) / block_len;
            let padded = blocks * block_len;
            debug_assert!(padded == 0 || pad::padded_len(padded - 1, block_len) == padded);
            padded.saturating_sub(1)
        }
    };
    plain.clamp(1, MAX_EXTENDED_NE as usize) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_fit_the_answer() {
        let short = |block_len| piece_len(Limits::EXTENDED, None, block_len);
        assert_eq!(short(None), 256);
        assert_eq!(short(Some(8)), 231);
        assert_eq!(short(Some(16)), 223);
        let announced = Some(ExtendedLength {
            command: 2048,
            response: 33_024,
        });
        let extended = piece_len(Limits::EXTENDED, announced, Some(16));
        // DO'87' with its three length bytes and padding indicator, then the rest: as much as fits, and not a block more.
        let answer = |plain: usize| 4 + 1 + pad::padded_len(plain, 16) + ANSWER_OVERHEAD;
        assert!(answer(extended as usize) <= 33_024 && answer(extended as usize + 1) > 33_024);
        assert_eq!(piece_len(Limits::SHORT, announced, Some(16)), 223);
    }
}
