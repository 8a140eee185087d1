//! What must be true once a session is over, and while it is not.

use super::Bench;
use super::files::{EF_COM, File};
use crate::conformance::expect::{StatusSet, expected};
use crate::conformance::verdict::Played;
use crate::oracle::{Command, Response, Session};

impl Bench<'_> {
    /// The session is over: under its keys, with the counter where the terminal has it now as well as where it stood at `before`, a
    /// protected `probe` is refused in plain and brings nothing, and in plain it is refused, too. `probe` asks for what the session had
    /// given.
    ///
    /// # Errors
    /// When the card still knows the session.
    pub fn expect_session_over(&mut self, before: Option<Session>, probe: &Command) -> Played {
        let now = self.session.take();
        let mut candidates = vec![now];
        if candidates[0] != before {
            candidates.push(before);
        }
        for session in candidates.into_iter().flatten() {
            self.session = Some(session);
            let step = "a command under the keys of the session that is over";
            let answer = self.send(probe)?;
            expected(!answer.protected, step, "a refusal in plain")?;
            refused(answer, step)?;
        }
        self.session = None;
        let answer = self.send_plain(probe)?;
        refused(answer, "the same command in plain")?;
        Ok(())
    }

    /// The session lives: a protected READ BINARY of EF.COM by its short identifier brings its first bytes.
    ///
    /// # Errors
    /// When the card does not know the session any more.
    pub fn expect_session_alive(&mut self) -> Played {
        self.expect_readable(&EF_COM, "READ BINARY of EF.COM in the session that must go on")
    }

    /// READ BINARY by short identifier in the session brings the first byte of this file, protected.
    ///
    /// # Errors
    /// When it does not.
    pub fn expect_readable(&mut self, file: &File, step: &str) -> Played {
        let answer = self.send(&Command::read_binary_sfi(file.sfi, 0, 1))?;
        let answer = answer.expect(step, StatusSet::SUCCESS)?.expect_protected(step)?;
        begins(&answer.data, file, 1, step)
    }
}

/// An ISO checking error, and not one byte of data.
///
/// # Errors
/// When the card answered something else.
pub fn refused(answer: Response, step: &str) -> Played<Response> {
    answer
        .expect_no_data(step)?
        .expect(step, StatusSet::CHECKING_ERROR)
}

/// So many bytes, the first of which begins this file.
///
/// # Errors
/// When the data are others.
pub fn begins(data: &[u8], file: &File, len: usize, step: &str) -> Played {
    expected(data.len() == len, step, &format!("{len} bytes"))?;
    let what = format!("the tag {:02X} of {}", file.tag, file.name);
    expected(data.first() == Some(&file.tag), step, &what)
}
