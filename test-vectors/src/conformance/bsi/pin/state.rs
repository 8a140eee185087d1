//! Into the states of a PIN, and back to the one that the card was handed in.

use super::PASSWORDS;
use crate::conformance::bench::{Bench, PaceStep, Password};
use crate::conformance::expect::{StatusSet, expected};
use crate::conformance::verdict::{Finding, Played};
use crate::oracle::{Command, Pace, Response};

/// One try is left: the PIN is suspended.
pub(super) const ONE_TRY: StatusSet = StatusSet::new("63C1", &[0x63C1..=0x63C1]);
/// MSE:Set AT with a PIN that is neither suspended nor blocked.
pub(super) const SOME_TRIES: StatusSet = StatusSet::new("9000 or 63CX", &[0x9000..=0x9000, 0x63C1..=0x63CF]);
/// The answer to the last wrong PIN.
pub(super) const NO_TRY_OR_WRONG: StatusSet =
    StatusSet::new("6300 or 63C0", &[0x6300..=0x6300, 0x63C0..=0x63C0]);
/// The answer to a wrong PIN.
const WRONG: StatusSet = StatusSet::new("6300 or 63CX", &[0x6300..=0x6300, 0x63C0..=0x63CF]);
/// Most wrong PINs until one try is left: 63CX counts to fifteen.
const MOST_TRIES: usize = 16;

/// RESET RETRY COUNTER of the PIN (TR-03110-3 §B.14.11).
pub(super) struct Reset;

/// The command.
pub(super) const RESET: Reset = Reset;

impl Reset {
    /// Sets another PIN.
    pub(super) fn with(self, digits: &str) -> Command {
        Command::new(0x2C, 0x02, 0x03).data(digits.as_bytes())
    }

    /// The PIN that there is gets its tries back.
    fn only(self) -> Command {
        Command::new(0x2C, 0x03, 0x03)
    }
}

/// The PIN that the card was handed with, and two that it is not.
pub(super) struct Pins {
    /// The right one.
    pub(super) right: String,
    /// It differs in every digit.
    pub(super) wrong: String,
    /// So does this, from both.
    pub(super) new: String,
}

/// A run of PACE with the PIN, up to and with the answer to the tokens.
pub(super) struct Attempt {
    pace: Pace,
    /// What the card said to the token.
    pub(super) answer: Response,
}

impl Attempt {
    /// The PIN was right; its session begins.
    ///
    /// # Errors
    /// When it was not.
    pub(super) fn succeeded(mut self, bench: &mut Bench<'_>) -> Played {
        let answer = self.answer.expect(PaceStep::Prove.name(), StatusSet::SUCCESS)?;
        bench.pace_take(&mut self.pace, PaceStep::Prove, &answer)
    }

    /// The PIN was wrong.
    ///
    /// # Errors
    /// When it was not.
    pub(super) fn failed(self, step: &str) -> Played {
        self.answer.expect_no_data(step)?.expect(step, WRONG)?;
        Ok(())
    }
}

/// What MSE:Set AT with the PIN says, in the session if there is one: so many tries, or all of them.
///
/// # Errors
/// When it answers neither 9000 nor 63CX.
pub(super) fn tries_left(bench: &mut Bench<'_>) -> Played<Option<u16>> {
    let parameters = bench.any_pace()?;
    let pace = bench.pace(&parameters, Password::Pin)?;
    let answer = bench.send(&pace.set_at())?;
    let any = StatusSet::new("9000 or 63CX", &[0x9000..=0x9000, 0x63C0..=0x63CF]);
    let status = answer.expect("MSE:Set AT with the PIN", any)?.status;
    Ok((status != 0x9000).then_some(status & 0x000F))
}

impl Pins {
    /// Plays this with a PIN that has all its tries, and gives the PIN back as it was, whatever came of it.
    ///
    /// # Errors
    /// What was found; [`Finding::NotApplicable`] when CAN, PIN or PUK is not known: then nothing is begun.
    pub(super) fn lent(bench: &mut Bench<'_>, play: fn(&mut Bench<'_>, &Pins) -> Played) -> Played {
        for password in PASSWORDS {
            bench.password(password)?;
        }
        let right = bench.secrets.pin.clone().unwrap_or_default();
        let pins = Pins {
            wrong: shifted(&right, 1),
            new: shifted(&right, 2),
            right,
        };
        pins.restore(bench)?;
        let played = play(bench, &pins);
        if let Err(Finding::Link(_)) = played {
            return played;
        }
        played.and(pins.restore(bench))
    }

    /// The right PIN with all its tries, from whatever state a case ended in.
    ///
    /// # Errors
    /// When the card does not let itself be brought there.
    fn restore(&self, bench: &mut Bench<'_>) -> Played {
        bench.reset()?;
        let left = tries_left(bench)?;
        if left == Some(0) {
            self.with_puk(bench, None, StatusSet::SUCCESS)?;
        }
        let attempt = self.attempt(bench, &self.right)?;
        if attempt.answer.status == 0x9000 {
            return attempt.succeeded(bench);
        }
        // A case changed it and ended before its last step.
        self.attempt(bench, &self.new)?.succeeded(bench)?;
        self.reset_retry_counter(bench, Some(&self.right), StatusSet::SUCCESS)?;
        bench.reset()?;
        self.prove(bench, &self.right, StatusSet::SUCCESS)?
            .succeeded(bench)
    }

    /// Resets the card; PACE with these digits, inside a session of the CAN where the PIN is suspended.
    fn attempt(&self, bench: &mut Bench<'_>, digits: &str) -> Played<Attempt> {
        bench.reset()?;
        if tries_left(bench)? == Some(1) {
            self.open_with_can(bench)?;
        }
        self.prove(bench, digits, SOME_TRIES)
    }

    /// Resets the card; the right PIN, inside a session of the CAN where it is suspended.
    ///
    /// # Errors
    /// When it is refused.
    pub(super) fn prove_right(&self, bench: &mut Bench<'_>) -> Played {
        self.attempt(bench, &self.right)?.succeeded(bench)
    }

    /// PACE with these digits as the PIN, in the session if there is one, up to the answer to the tokens; MSE:Set AT answers with one of
    /// `first`. All answers before the last are right.
    ///
    /// # Errors
    /// When one is not.
    pub(super) fn prove(&self, bench: &mut Bench<'_>, digits: &str, first: StatusSet) -> Played<Attempt> {
        let in_session = bench.session.is_some();
        let mut pace = self.pace(bench, digits)?;
        for step in PaceStep::ALL {
            let answer = bench.send(&step.command(&pace))?;
            if step == PaceStep::Prove {
                return Ok(Attempt { pace, answer });
            }
            let set = match step {
                PaceStep::SetAt => first,
                _ => StatusSet::SUCCESS,
            };
            let answer = answer.expect(step.name(), set)?;
            if in_session {
                answer.clone().expect_protected(step.name())?;
            }
            bench.pace_take(&mut pace, step, &answer)?;
        }
        Err(Finding::failed("PACE has no last step"))
    }

    fn pace(&self, bench: &mut Bench<'_>, digits: &str) -> Played<Pace> {
        let parameters = bench.any_pace()?;
        let mut pace = bench.pace(&parameters, Password::Pin)?;
        pace.k_pi = parameters.set.cipher.derive(digits.as_bytes(), 3);
        Ok(pace)
    }

    /// The right PIN does not get through: one of the steps is refused, and nothing is opened.
    ///
    /// # Errors
    /// When it gets through, or a step answers what is no refusal.
    pub(super) fn expect_unusable(&self, bench: &mut Bench<'_>) -> Played {
        let mut pace = self.pace(bench, &self.right)?;
        for step in PaceStep::ALL {
            let answer = bench.send(&step.command(&pace))?;
            let is_refused = StatusSet::REFUSAL.has(answer.status);
            if step == PaceStep::SetAt {
                // 63CX tells the tries, and may let PACE begin all the same.
                if StatusSet::CHECKING_ERROR.has(answer.status) {
                    return Ok(());
                }
                continue;
            }
            if is_refused {
                answer.expect_no_data(step.name())?;
                return Ok(());
            }
            let answer = answer.expect(step.name(), StatusSet::SUCCESS)?;
            bench.pace_take(&mut pace, step, &answer)?;
        }
        Err(Finding::failed(
            "PACE with the PIN: expected that the PIN can not be used, it opened a session",
        ))
    }

    /// Resets the card; PACE with a wrong PIN is refused.
    ///
    /// # Errors
    /// When it is not.
    pub(super) fn fail_once(&self, bench: &mut Bench<'_>) -> Played {
        bench.reset()?;
        self.prove(bench, &self.wrong, SOME_TRIES)?
            .failed("PACE with a wrong PIN")
    }

    /// Wrong PINs until one try is left.
    ///
    /// # Errors
    /// When it does not come to that.
    pub(super) fn suspend(&self, bench: &mut Bench<'_>) -> Played {
        for _ in 0..MOST_TRIES {
            bench.reset()?;
            if tries_left(bench)? == Some(1) {
                return Ok(());
            }
            self.fail_once(bench)?;
        }
        Err(Finding::failed(
            "wrong PINs: expected 63C1 of MSE:Set AT in the end",
        ))
    }

    /// Wrong PINs until none is left, the last one in a session of the CAN.
    ///
    /// # Errors
    /// When it does not come to that.
    pub(super) fn block(&self, bench: &mut Bench<'_>) -> Played {
        self.suspend(bench)?;
        self.open_with_can(bench)?;
        self.prove(bench, &self.wrong, ONE_TRY)?
            .failed("PACE with a wrong PIN in the session of the CAN")?;
        bench.reset()?;
        let left = tries_left(bench)?;
        expected(
            left == Some(0),
            "MSE:Set AT with the PIN after the last try",
            "63C0",
        )
    }

    /// Resets the card; PACE with the CAN.
    ///
    /// # Errors
    /// When it fails.
    pub(super) fn open_with_can(&self, bench: &mut Bench<'_>) -> Played {
        bench.reset()?;
        let parameters = bench.any_pace()?;
        bench.run_pace(&parameters, Password::Can)?;
        Ok(())
    }

    /// Resets the card; RESET RETRY COUNTER in a session that the PUK opened, with a new PIN or the one that there is.
    ///
    /// # Errors
    /// When it answers something else.
    pub(super) fn with_puk(&self, bench: &mut Bench<'_>, new: Option<&str>, set: StatusSet) -> Played {
        bench.reset()?;
        let parameters = bench.any_pace()?;
        bench.run_pace(&parameters, Password::Puk)?;
        self.reset_retry_counter(bench, new, set)
    }

    /// RESET RETRY COUNTER in the session.
    ///
    /// # Errors
    /// When it answers something else.
    pub(super) fn reset_retry_counter(
        &self,
        bench: &mut Bench<'_>,
        new: Option<&str>,
        set: StatusSet,
    ) -> Played {
        let (command, step) = match new {
            Some(digits) => (RESET.with(digits), "RESET RETRY COUNTER with a new PIN"),
            None => (RESET.only(), "RESET RETRY COUNTER without a PIN"),
        };
        let answer = bench.send(&command)?.expect(step, set)?;
        answer.expect_no_data(step)?.expect_protected(step)?;
        Ok(())
    }
}

/// Each digit so many further, nine being followed by zero.
fn shifted(digits: &str, by: u8) -> String {
    let shift = |digit: u8| match digit {
        b'0'..=b'9' => char::from(b'0' + (digit - b'0' + by) % 10),
        other => char::from(other),
    };
    digits.bytes().map(shift).collect()
}
