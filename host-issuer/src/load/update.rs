//! UPDATE BINARY through an SCP03 session, in as few commands as the chip and the transport take (ISO/IEC 7816-4 §11.3.4).

use card_applet::crypto::pad::padded_len;
use card_applet::limits::COMMAND_BUFFER;
use card_applet::wire::apdu::CommandApdu;
use card_applet::wire::global_platform::S16;
use card_applet::wire::instruction;
use card_applet::wire::tlv::TlvWriter;

use super::LoadError;
use super::open::{CLASS, accept, exchange};
use super::session::Scp03Session;
use crate::terminal::link::CardLink;
use crate::transport::{Limits, Transport};

/// The last offset that P1-P2 of UPDATE BINARY can say; beyond it the offset goes into DO'54'.
const MAX_EVEN_OFFSET: usize = 0x7FFF;
/// Longest plain UPDATE data in a short protected command, in bytes: padded and MACed it stays within Lc, and whole chip memory
/// words are written.
const SHORT_PIECE: usize = 224;
/// Bytes of DO'54' and of DO'53's header in an odd UPDATE BINARY.
const ODD_OVERHEAD: usize = 5 + 4;

/// Writes `bytes` to the current EF.
pub(super) fn update<T: Transport>(
    link: &mut CardLink<T>,
    session: &mut Scp03Session,
    name: &str,
    offset: usize,
    bytes: &[u8],
) -> Result<(), LoadError> {
    let step = format!("UPDATE BINARY of {name} at {offset}");
    let mut data = Vec::new();
    let command = if offset <= MAX_EVEN_OFFSET {
        let [p1, p2] = (offset as u16).to_be_bytes();
        CommandApdu::new(CLASS, instruction::UPDATE_BINARY, p1, p2).with_data(bytes)
    } else {
        data.resize(ODD_OVERHEAD + bytes.len(), 0);
        let mut writer = TlvWriter::new(&mut data);
        let [_, offset @ ..] = (offset as u32).to_be_bytes();
        let written = writer.tlv(0x54, &offset).and_then(|()| writer.tlv(0x53, bytes));
        let len = writer.len();
        // The buffer has room for both headers, so this cannot fail; if it did, nothing was sent.
        written.map_err(|_| LoadError::KeyLength)?;
        data.truncate(len);
        CommandApdu::new(CLASS, instruction::UPDATE_BINARY_ODD, 0x00, 0x00).with_data(&data)
    };
    let response = exchange(link, session, &command)?;
    accept(&step, response).map(drop)
}

/// How many bytes of a file go into one UPDATE BINARY: with extended length a multiple of 256, so that pieces start where the
/// chip's memory pages do, and so that padding, MAC, headers and the odd form's data objects fit the chip's command buffer.
pub(super) fn piece_len(transport: Limits) -> usize {
    let command = COMMAND_BUFFER.min(transport.command);
    // Header, three bytes of Lc, two of Le.
    let room = command.saturating_sub(4 + 3 + 2 + S16);
    let piece = room.saturating_sub(ODD_OVERHEAD) / 256 * 256;
    if piece == 0 {
        SHORT_PIECE - ODD_OVERHEAD.next_multiple_of(16)
    } else {
        fit(piece, room)
    }
}

/// The largest multiple of 256 up to `piece` that fits `room` bytes with its data objects and padding.
fn fit(mut piece: usize, room: usize) -> usize {
    while piece > 256 && padded_len(piece + ODD_OVERHEAD, 16) > room {
        piece -= 256;
    }
    piece
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_fit_the_chip_and_the_transport() {
        let protected = |piece: usize| 4 + 3 + padded_len(piece + ODD_OVERHEAD, 16) + S16 + 2;
        let extended = piece_len(Limits::EXTENDED);
        assert_eq!(extended % 256, 0);
        assert!(protected(extended) <= COMMAND_BUFFER && protected(extended + 256) > COMMAND_BUFFER);
        let short = piece_len(Limits::SHORT);
        assert!(padded_len(short + ODD_OVERHEAD, 16) + S16 <= 255, "{short}");
        assert_eq!(short % 16, 0);
    }
}
