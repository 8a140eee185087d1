//! What must be true after a card refused something: proofs that many units end with, in the same words.

use super::files::EF_COM;
use super::session_end::refused;
use super::{Bench, EMRTD_AID, Password};
use crate::conformance::statement::PaceParameters;
use crate::conformance::verdict::{Finding, Played};
use crate::oracle::{Command, Pace, Session};

impl Bench<'_> {
    /// The card is ready: a complete run of PACE succeeds, without a reset, and its session works.
    ///
    /// # Errors
    /// When it does not.
    pub fn pace_succeeds_afresh(&mut self, parameters: &PaceParameters, password: Password) -> Played<Pace> {
        self.session = None;
        let pace = self.run_pace(parameters, password).map_err(afresh)?;
        self.session_lives("a fresh run of PACE")?;
        Ok(pace)
    }

    /// The session works: SELECT of the application and READ BINARY of EF.COM come back protected.
    ///
    /// # Errors
    /// When one does not.
    pub fn session_lives(&mut self, after: &str) -> Played {
        if self.session.is_none() {
            return Err(Finding::failed(format!("{after}: expected a session")));
        }
        let behind = |finding| match finding {
            Finding::Failed(why) => Finding::Failed(format!("after {after}: {why}")),
            other => other,
        };
        self.select_application().map_err(behind)?;
        self.expect_session_alive().map_err(behind)
    }

    /// The session is over, whatever is selected: its keys are refused, and nothing is open. The terminal forgets it, too.
    ///
    /// # Errors
    /// When the card still takes it.
    pub fn session_is_dead(&mut self, after: &str) -> Played {
        if let Some(session) = self.session.take() {
            self.keys_open_nothing(session, after)?;
        }
        self.nothing_is_open(after)
    }

    /// A protected command with these keys is refused in plain.
    ///
    /// # Errors
    /// When the card takes it.
    pub fn keys_open_nothing(&mut self, mut session: Session, after: &str) -> Played {
        let step = format!("a protected command after {after}");
        let command = Command::select_application(&EMRTD_AID);
        refused(self.send_plain(&session.protect(&command))?, &step)?;
        Ok(())
    }

    /// Without a session no data group is readable: the application's EF.COM is refused in plain.
    ///
    /// # Errors
    /// When it is given.
    pub fn nothing_is_open(&mut self, after: &str) -> Played {
        self.send_plain(&Command::select_application(&EMRTD_AID))?;
        let step = format!("READ BINARY of EF.COM in plain after {after}");
        let read = Command::read_binary_sfi(EF_COM.sfi, 0, 1);
        refused(self.send_plain(&read)?, &step)?;
        Ok(())
    }
}

fn afresh(finding: Finding) -> Finding {
    match finding {
        Finding::Failed(why) => Finding::Failed(format!("in a fresh run of PACE: {why}")),
        other => other,
    }
}
