//! The four ways to the content of a file (ISO/IEC 7816-4 §11.3.3): SELECT or short identifier, even or odd instruction.

use super::Bench;
use super::files::File;
use super::session_end::refused;
use crate::conformance::expect::{StatusSet, expected};
use crate::conformance::verdict::Played;
use crate::naive::find;
use crate::oracle::Command;

/// A way to the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadPath {
    /// SELECT first; else the short file identifier in READ BINARY.
    pub selects: bool,
    /// READ BINARY with the odd instruction: offset in DO'54', content in DO'53'.
    pub odd: bool,
}

impl ReadPath {
    /// Every one, in the order of the units that go through them.
    pub const ALL: [ReadPath; 4] = [
        ReadPath {
            selects: true,
            odd: false,
        },
        ReadPath {
            selects: false,
            odd: false,
        },
        ReadPath {
            selects: true,
            odd: true,
        },
        ReadPath {
            selects: false,
            odd: true,
        },
    ];

    /// READ BINARY of `len` bytes from `offset` on.
    pub fn read(self, file: &File, offset: u8, len: usize) -> Command {
        let sfi = u16::from(file.sfi);
        match (self.odd, self.selects) {
            (false, true) => Command::read_binary(offset.into(), len),
            (false, false) => Command::read_binary_sfi(file.sfi, offset, len),
            (true, true) => Command::read_binary_odd(0, offset.into(), len + 2),
            (true, false) => Command::read_binary_odd(sfi, offset.into(), len + 2),
        }
    }
}

impl Bench<'_> {
    /// Reads bytes of a file on this way from `offset` on, at most `len` of fewer than 128, in the session if there is one: every answer
    /// is then protected.
    ///
    /// # Errors
    /// When the card refuses, or gives nothing.
    pub fn read_on(&mut self, path: ReadPath, file: &File, offset: u8, len: usize) -> Played<Vec<u8>> {
        let in_session = self.session.is_some();
        if path.selects {
            let step = format!("SELECT of {}", file.name);
            let answer = self.send(&Command::select_file(file.fid))?;
            let answer = answer.expect(&step, StatusSet::SUCCESS)?.expect_no_data(&step)?;
            if in_session {
                answer.expect_protected(&step)?;
            }
        }
        let step = format!("READ BINARY of {}", file.name);
        let answer = self.send(&path.read(file, offset, len))?;
        let answer = answer.expect(&step, StatusSet::SUCCESS_OR_WARNING)?;
        if in_session {
            answer.clone().expect_protected(&step)?;
        }
        let data = match path.odd {
            true => find(&answer.data, 0x53).unwrap_or_default().to_vec(),
            false => answer.data,
        };
        expected(
            (1..=len).contains(&data.len()),
            &step,
            "data, and not more than were asked for",
        )?;
        Ok(data)
    }

    /// On this way nothing comes of the file in plain. SELECT alone may succeed.
    ///
    /// # Errors
    /// When something comes.
    pub fn expect_unreadable_on(&mut self, path: ReadPath, file: &File) -> Played {
        if path.selects {
            let step = format!("SELECT of {} in plain", file.name);
            let answer = self.send_plain(&Command::select_file(file.fid))?;
            answer
                .expect_no_data(&step)?
                .expect(&step, StatusSet::SELECTED_OR_NOT)?;
        }
        let step = format!("READ BINARY of {} in plain", file.name);
        refused(self.send_plain(&path.read(file, 0, 1))?, &step)?;
        let step = format!("READ BINARY of the current file after {} was refused", file.name);
        refused(self.send_plain(&Command::read_binary(0, 256))?, &step)?;
        Ok(())
    }
}
