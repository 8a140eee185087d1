//! The way of an answer out of the chip.

use super::command::Command;
use super::fault::{BadProtection, Misdeed};
use super::lapse::Lapse;
use super::{Answer, FaultyChip, status_bytes};

impl FaultyChip {
    /// Protects the answer and puts it on the wire.
    pub(super) fn deliver(
        &mut self,
        command: &Command,
        answer: Answer,
        misdeed: Option<&Misdeed>,
    ) -> Vec<u8> {
        let bad = match misdeed {
            Some(Misdeed::Protection(bad)) => Some(*bad),
            _ => None,
        };
        let in_session = self.session.is_some();
        let refused = in_session && answer.status != 0x9000 && answer.status & 0xFF00 != 0x6200;
        let ends = refused && self.neglects(Lapse::EndsSessionWithRefusal);
        if answer.ends || ends || bad == Some(BadProtection::Plain) {
            self.end_session();
        }
        let in_plain = self.answers_in_plain || (refused && self.neglects(Lapse::RefusesInPlain));
        let odd = command.instruction & 1 == 1;
        let mut wire = match &mut self.session {
            Some(_) if in_plain => [&answer.data[..], &answer.status.to_be_bytes()].concat(),
            None => [&answer.data[..], &answer.status.to_be_bytes()].concat(),
            Some(session) => {
                let protected = session.protect(&answer.data, answer.status, odd, bad);
                let before = std::mem::replace(&mut self.last, protected.clone());
                if bad == Some(BadProtection::Replayed) {
                    before
                } else {
                    protected
                }
            }
        };
        if let Some(session) = answer.opens {
            self.session = Some(session);
        }
        match misdeed {
            Some(Misdeed::Silence) => wire.clear(),
            Some(Misdeed::OneByte) => wire.truncate(1),
            Some(Misdeed::MoreForEver) => {
                wire = [&[0x53; 255][..], &[0x61, 0xFF]].concat();
                self.endless = Some(wire.clone());
            }
            Some(Misdeed::EmptyMoreForEver) => {
                wire = status_bytes(0x61FF);
                self.endless = Some(wire.clone());
            }
            Some(Misdeed::WrongLeForEver(le)) => wire = status_bytes(0x6C00 | u16::from(*le)),
            _ => {
                if let Some(piece) = self.setup.manners.pieces.filter(|piece| wire.len() > piece + 2) {
                    self.waiting = wire;
                    return self.next_piece(0, piece);
                }
            }
        }
        wire
    }

    /// GET RESPONSE.
    pub(super) fn get_response(&mut self, command: &Command) -> Vec<u8> {
        if let Some(endless) = &self.endless {
            return endless.clone();
        }
        if self.waiting.is_empty() {
            return status_bytes(0x6985);
        }
        let piece = self.setup.manners.pieces.unwrap_or(255);
        self.next_piece(command.expected.unwrap_or(0), piece)
    }

    /// Up to `len` bytes of what waits, then 61xx or the status word.
    fn next_piece(&mut self, len: usize, piece: usize) -> Vec<u8> {
        let data = self.waiting.len() - 2;
        let given = data.min(len).min(piece);
        let mut out: Vec<u8> = self.waiting.drain(..given).collect();
        if given == data {
            out.append(&mut self.waiting);
        } else {
            out.extend([0x61, (data - given).min(piece) as u8]);
        }
        out
    }
}
