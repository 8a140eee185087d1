//! Ways into the card: application, BAC, PACE.

use sha1::{Digest, Sha1};

use super::{Bench, EMRTD_AID, Password};
use crate::conformance::expect::StatusSet;
use crate::conformance::statement::{AccessProtocol, Need, PaceParameters};
use crate::conformance::verdict::{Finding, Played};
use crate::oracle::{Bac, Command, Pace, Response};

impl Bench<'_> {
    /// Resets the card and opens the eMRTD application, by PACE where the card has it and by BAC else.
    ///
    /// # Errors
    /// When it does not open, or a password is not known.
    pub fn open(&mut self) -> Played {
        self.open_by(if self.statement.has(Need::Pace) {
            AccessProtocol::Pace
        } else {
            AccessProtocol::Bac
        })
    }

    /// Resets the card and opens the eMRTD application: PACE in the master file and SELECT of the application in the session, or SELECT
    /// and BAC.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_by(&mut self, protocol: AccessProtocol) -> Played {
        self.reset()?;
        match protocol {
            AccessProtocol::Bac => {
                self.select_application()?;
                self.run_bac()
            }
            AccessProtocol::Pace => {
                let parameters = self.any_pace()?;
                let password = self.pace_password()?;
                self.run_pace(&parameters, password)?;
                self.select_application()
            }
        }
    }

    /// SELECT of the eMRTD application, in the session if there is one.
    ///
    /// # Errors
    /// When the card does not answer 9000.
    pub fn select_application(&mut self) -> Played {
        let in_session = self.session.is_some();
        let answer = self
            .send(&Command::select_application(&EMRTD_AID))?
            .expect("SELECT of the eMRTD application", StatusSet::SUCCESS)?;
        if in_session {
            answer.expect_protected("SELECT of the eMRTD application")?;
        }
        Ok(())
    }

    /// The first parameter set of PACE, preferring those without Chip Authentication Mapping.
    ///
    /// # Errors
    /// [`Finding::NotApplicable`] when there is none.
    pub fn any_pace(&self) -> Played<PaceParameters> {
        let sets = &self.statement.pace;
        let found = self.statement.pace_with(None).or_else(|| sets.first());
        found
            .cloned()
            .ok_or_else(|| Finding::NotApplicable("EF.CardAccess offers no PACE that the suite knows".into()))
    }

    /// The CAN if it is known, else the MRZ.
    ///
    /// # Errors
    /// [`Finding::NotApplicable`] when neither is known.
    pub fn pace_password(&self) -> Played<Password> {
        let known = |password: &Password| self.password(*password).is_ok();
        [Password::Can, Password::Mrz]
            .into_iter()
            .find(known)
            .ok_or_else(|| Finding::NotApplicable("neither the CAN nor the MRZ is known".into()))
    }

    /// What K_π is derived from.
    ///
    /// # Errors
    /// [`Finding::NotApplicable`] when it is not known.
    pub fn password(&self, password: Password) -> Played<Vec<u8>> {
        let secrets = self.secrets;
        let (known, name) = match password {
            Password::Mrz => {
                let digest = |text: &String| Sha1::digest(text.as_bytes()).to_vec();
                (secrets.mrz_information.as_ref().map(digest), "MRZ")
            }
            Password::Can => (secrets.can.clone().map(String::into_bytes), "CAN"),
            Password::Pin => (secrets.pin.clone().map(String::into_bytes), "PIN"),
            Password::Puk => (secrets.puk.clone().map(String::into_bytes), "PUK"),
        };
        known.ok_or_else(|| Finding::NotApplicable(format!("the {name} is not known")))
    }

    /// BAC with the printed MRZ; the session begins.
    ///
    /// # Errors
    /// When it fails.
    pub fn run_bac(&mut self) -> Played {
        let mut bac = self.bac()?;
        let answer = self.send_plain(&Command::get_challenge())?;
        let answer = answer.expect("GET CHALLENGE", StatusSet::SUCCESS)?;
        bac.take_challenge(&answer)
            .ok_or_else(|| Finding::failed("GET CHALLENGE: expected eight bytes"))?;
        let answer = self.send_plain(&bac.authenticate())?;
        let answer = answer.expect("EXTERNAL AUTHENTICATE", StatusSet::SUCCESS)?;
        self.session = Some(took("EXTERNAL AUTHENTICATE", bac.take_proof(&answer))?);
        Ok(())
    }

    /// A run of BAC that was not begun.
    ///
    /// # Errors
    /// [`Finding::NotApplicable`] when the MRZ is not known.
    pub fn bac(&mut self) -> Played<Bac> {
        let information = self.secrets.mrz_information.as_ref();
        let information = information.ok_or_else(|| Finding::NotApplicable("the MRZ is not known".into()))?;
        Ok(Bac::new(information, &mut self.random))
    }

    /// A run of PACE that was not begun; it names the domain parameters where it must.
    ///
    /// # Errors
    /// [`Finding::NotApplicable`] when the password is not known.
    pub fn pace(&mut self, parameters: &PaceParameters, password: Password) -> Played<Pace> {
        let (reference, secret) = (password.reference(), self.password(password)?);
        let mut pace = Pace::new(parameters.set, reference, &secret, &mut self.random);
        pace.names_parameters = parameters.ambiguous;
        Ok(pace)
    }

    /// PACE from MSE:Set AT to the tokens; the session begins. Gives the run, for what it learned.
    ///
    /// # Errors
    /// When it fails.
    pub fn run_pace(&mut self, parameters: &PaceParameters, password: Password) -> Played<Pace> {
        let mut pace = self.pace(parameters, password)?;
        self.pace_until(&mut pace, PaceStep::Prove)?;
        Ok(pace)
    }

    /// PACE up to and with this step. Outside of a session the commands go in plain.
    ///
    /// # Errors
    /// When a step fails.
    pub fn pace_until(&mut self, pace: &mut Pace, last: PaceStep) -> Played {
        for step in PaceStep::ALL {
            let command = step.command(pace);
            let answer = self.send(&command)?.expect(step.name(), StatusSet::SUCCESS)?;
            self.pace_take(pace, step, &answer)?;
            if step == last {
                break;
            }
        }
        Ok(())
    }

    /// Takes the answer to a step; with the last one the session begins.
    ///
    /// # Errors
    /// When the answer is wrong.
    pub fn pace_take(&mut self, pace: &mut Pace, step: PaceStep, answer: &Response) -> Played {
        let name = step.name();
        match step {
            PaceStep::SetAt => {}
            PaceStep::Nonce => took(name, pace.take_nonce(answer))?,
            PaceStep::Map => took(name, pace.take_map(answer))?,
            PaceStep::Agree => took(name, pace.take_agreement(answer))?,
            PaceStep::Prove => self.session = Some(took(name, pace.take_proof(answer))?),
        }
        Ok(())
    }
}

impl Password {
    /// DO'83'.
    pub fn reference(self) -> u8 {
        match self {
            Password::Mrz => 1,
            Password::Can => 2,
            Password::Pin => 3,
            Password::Puk => 4,
        }
    }
}

/// The steps of PACE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PaceStep {
    /// MSE:Set AT.
    SetAt,
    /// The first GENERAL AUTHENTICATE.
    Nonce,
    /// The second.
    Map,
    /// The third.
    Agree,
    /// The fourth.
    Prove,
}

impl PaceStep {
    /// Every one, in order.
    pub const ALL: [PaceStep; 5] = [
        PaceStep::SetAt,
        PaceStep::Nonce,
        PaceStep::Map,
        PaceStep::Agree,
        PaceStep::Prove,
    ];

    /// Its name in a report.
    pub fn name(self) -> &'static str {
        match self {
            PaceStep::SetAt => "MSE:Set AT of PACE",
            PaceStep::Nonce => "GENERAL AUTHENTICATE for the nonce",
            PaceStep::Map => "GENERAL AUTHENTICATE of the mapping",
            PaceStep::Agree => "GENERAL AUTHENTICATE of the key agreement",
            PaceStep::Prove => "GENERAL AUTHENTICATE of the tokens",
        }
    }

    /// The right command of this step.
    pub fn command(self, pace: &Pace) -> Command {
        match self {
            PaceStep::SetAt => pace.set_at(),
            PaceStep::Nonce => pace.ask_nonce(),
            PaceStep::Map => pace.map(),
            PaceStep::Agree => pace.agree(),
            PaceStep::Prove => pace.prove(),
        }
    }
}

fn took<T>(step: &str, result: Result<T, &'static str>) -> Played<T> {
    result.map_err(|why| Finding::failed(format!("{step}: {why}")))
}
