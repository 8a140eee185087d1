//! The way of a command into the chip: protection, class, chaining, parameters.

use super::FaultyChip;
use super::command::Command;
use super::fault::Step;
use super::lapse::Lapse;

/// Bit of a class byte: further commands of the chain follow.
const CHAINING: u8 = 0x10;

impl FaultyChip {
    /// Takes the protection off. A command in plain ends the session, and is taken as what it is then.
    ///
    /// # Errors
    /// The status word, in plain.
    pub(super) fn arrive(&mut self, outer: Command) -> Result<Command, u16> {
        self.answers_in_plain = false;
        if outer.class & 0x0C != 0x0C {
            if self.session.is_some() {
                self.answers_in_plain = match outer.instruction {
                    0xB0 | 0xB1 => self.neglects(Lapse::AnswersPlainReads),
                    0xA4 => self.neglects(Lapse::KeepsSessionAfterPlainSelect),
                    _ => false,
                };
                if !self.answers_in_plain {
                    self.end_session();
                }
            }
            return Ok(outer);
        }
        let Some(mut session) = self.session.take() else {
            self.pace = None;
            return Err(0x6988);
        };
        let taken = session.unprotect(&outer, &self.lapses);
        let goes_on = match taken {
            Ok(_) => true,
            Err(0x6987) => self.neglects(Lapse::KeepsSessionAfterMissingMac),
            Err(_) => self.neglects(Lapse::KeepsSessionAfterWrongMac),
        };
        if goes_on {
            self.session = Some(session);
        } else {
            self.end_session();
        }
        taken
    }

    /// What is refused whatever state the chip is in. Breaks a run of PACE that another command comes into.
    pub(super) fn refused_outright(&mut self, step: Step, command: &Command) -> Option<u16> {
        let breaks_in = self.pace.is_some() && command.instruction != 0x86;
        if breaks_in && !self.neglects(Lapse::PaceGoesOnAfterOtherCommands) {
            self.pace = None;
        }
        let class = command.class & !CHAINING;
        if class != 0 && !self.neglects(Lapse::IgnoresClass) {
            return Some(if class <= 0x03 { 0x6881 } else { 0x6E00 });
        }
        let chained = matches!(command.instruction, 0x86 | 0x2A)
            || matches!(step, Step::TerminalProof | Step::BacProof);
        if command.class & CHAINING != 0 && !chained {
            return Some(0x6884);
        }
        let parameters = match command.instruction {
            0x82 | 0x84 | 0x86 | 0x88 => Some((0x00, 0x00)),
            0x2A => Some((0x00, 0xBE)),
            _ => None,
        };
        (parameters.is_some_and(|right| right != (command.p1, command.p2))).then_some(0x6A86)
    }
}
