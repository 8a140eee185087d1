//! A second run of an access protocol in the session that the first one opened.

use super::in_session;
use crate::conformance::bench::Bench;
use crate::conformance::bench::open::PaceStep;
use crate::conformance::expect::StatusSet;
use crate::conformance::statement::AccessProtocol;
use crate::conformance::verdict::{Finding, Played};
use crate::oracle::{Command, Le, Response};

/// 6300 or an ISO checking error.
const REFUSED: StatusSet = StatusSet::REFUSAL;

impl Bench<'_> {
    /// SELECT of the master file and a run of this protocol, all in the session. Says whether it succeeded; the session is then the new
    /// one, and the application is selected. The card may refuse any step.
    ///
    /// # Errors
    /// When an answer is neither right nor a refusal.
    pub fn open_again(&mut self, protocol: AccessProtocol) -> Played<bool> {
        let answer = self.send(&Command::select_master_file())?;
        if StatusSet::CHECKING_ERROR.has(answer.status) {
            return Ok(false);
        }
        in_session(answer, "SELECT of the master file", StatusSet::SUCCESS)?;
        match protocol {
            AccessProtocol::Pace => self.pace_again(),
            AccessProtocol::Bac => self.bac_again(),
        }
    }

    fn pace_again(&mut self) -> Played<bool> {
        let parameters = self.any_pace()?;
        let password = self.pace_password()?;
        let mut pace = self.pace(&parameters, password)?;
        for step in PaceStep::ALL {
            let answer = self.send(&step.command(&pace))?;
            let Some(answer) = unless_refused(answer, step.name())? else {
                return Ok(false);
            };
            self.pace_take(&mut pace, step, &answer)?;
        }
        self.select_again()
    }

    fn bac_again(&mut self) -> Played<bool> {
        if !self.select_again()? {
            return Ok(false);
        }
        let mut bac = self.bac()?;
        let answer = self.send(&Command::get_challenge())?;
        let Some(answer) = unless_refused(answer, "GET CHALLENGE of BAC")? else {
            return Ok(false);
        };
        bac.take_challenge(&answer)
            .ok_or_else(|| Finding::failed("GET CHALLENGE of BAC: expected eight bytes"))?;
        let command = bac.authenticate().le(Le::Short(40));
        let answer = self.send(&command)?;
        let Some(answer) = unless_refused(answer, "EXTERNAL AUTHENTICATE of BAC")? else {
            return Ok(false);
        };
        let session = bac.take_proof(&answer);
        self.session =
            Some(session.map_err(|why| Finding::failed(format!("EXTERNAL AUTHENTICATE of BAC: {why}")))?);
        Ok(true)
    }

    fn select_again(&mut self) -> Played<bool> {
        let command = Command::select_application(&crate::conformance::bench::EMRTD_AID);
        let answer = self.send(&command)?;
        Ok(unless_refused(answer, "SELECT of the eMRTD application")?.is_some())
    }
}

/// The answer when it is 9000 in the session; nothing when it is a refusal, in plain or in the session.
fn unless_refused(answer: Response, step: &str) -> Played<Option<Response>> {
    if REFUSED.has(answer.status) {
        return Ok(None);
    }
    in_session(answer, step, StatusSet::SUCCESS).map(Some)
}
