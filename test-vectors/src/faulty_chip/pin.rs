//! PIN and PUK as passwords of PACE (BSI TR-03110-2 §2.2.3, §2.4; TR-03110-3 B.14.11).

use super::command::Command;
use super::lapse::Lapse;
use super::pace::CAN;
use super::{Answer, FaultyChip, Opening};

/// References of the passwords.
const PIN: u8 = 3;
const PUK: u8 = 4;
/// Tries of a PIN; with one left it is suspended.
const TRIES: u8 = 3;

/// What the chip keeps of its PIN, powered or not.
#[derive(Clone, Debug)]
pub(super) struct Pin {
    digits: Option<String>,
    tries: u8,
    /// A session that the CAN opened has lifted the suspension before this power cycle ended.
    resumed: bool,
}

impl Pin {
    pub(super) fn new(digits: Option<String>) -> Self {
        Pin {
            digits,
            tries: TRIES,
            resumed: false,
        }
    }
}

impl FaultyChip {
    /// What K_π is derived from.
    pub(super) fn pin_password(&self, reference: u8) -> Option<Vec<u8>> {
        let digits = match reference {
            PIN => self.pin.digits.as_ref(),
            PUK => self.setup.puk.as_ref(),
            _ => None,
        };
        digits.map(|digits| digits.as_bytes().to_vec())
    }

    /// One try is left, and only the CAN makes it usable.
    fn is_suspended(&self) -> bool {
        self.pin.tries == 1 && !self.neglects(Lapse::PinIsNeverSuspended)
    }

    /// Inside a session PACE resumes a suspended PIN and serves nothing else. Without one MSE:Set AT tells of any PIN how many tries
    /// are left.
    pub(super) fn may_begin_pace(&mut self, reference: u8) -> Result<(), u16> {
        if self.session.is_none() {
            return Ok(());
        }
        let resumes = reference == PIN && self.is_suspended() && self.opening == Some(Opening::Pace(CAN));
        self.pin.resumed |= resumes;
        match resumes || self.neglects(Lapse::PaceKeepsRights) {
            true => Ok(()),
            false => Err(0x6985),
        }
    }

    /// Whether a nonce is given for this password.
    pub(super) fn may_use_password(&self, reference: u8) -> Result<(), u16> {
        if reference != PIN || self.session.is_some() {
            return Ok(());
        }
        if self.pin.tries == 0 && !self.neglects(Lapse::PinIsNeverBlocked) {
            return Err(0x6983);
        }
        let resumed = self.pin.resumed && self.neglects(Lapse::PinStaysResumed);
        match self.is_suspended() && !resumed {
            true => Err(0x6985),
            false => Ok(()),
        }
    }

    /// What MSE:Set AT answers: the tries that are left, once one is lost.
    pub(super) fn pace_status(&self, reference: u8) -> u16 {
        match reference {
            PIN if self.pin.tries < TRIES => 0x63C0 | u16::from(self.pin.tries),
            _ => 0x9000,
        }
    }

    /// The password was wrong.
    pub(super) fn pace_failure(&mut self, reference: u8) -> u16 {
        if reference != PIN {
            return 0x6300;
        }
        self.pin.tries = self.pin.tries.saturating_sub(1);
        0x63C0 | u16::from(self.pin.tries)
    }

    /// The password was right.
    pub(super) fn pace_success(&mut self, reference: u8) {
        if reference == PIN && !self.neglects(Lapse::PinStaysCounted) {
            self.pin.tries = TRIES;
        }
    }

    /// RESET RETRY COUNTER: who proved the PIN changes it; who proved the PUK unblocks it, with a new one or the old.
    pub(super) fn reset_retry_counter(&mut self, command: &Command) -> Result<Answer, u16> {
        let new = match (command.p1, command.p2, command.data.as_slice()) {
            (0x02, PIN, digits) => Some(digits),
            (0x03, PIN, []) => None,
            _ => return Err(0x6A86),
        };
        let proved = match self.opening {
            Some(Opening::Pace(reference)) if self.session.is_some() => reference,
            _ => return Err(0x6982),
        };
        let unblocks = proved == PUK && !self.neglects(Lapse::PukUnblocksNothing);
        let changes = proved == PIN || (proved == PUK && self.setup.puk_changes_pin);
        if self.pin.digits.is_none() {
            return Err(0x6A88);
        }
        let allowed = match new {
            Some(_) => changes || self.neglects(Lapse::PinIsChangedByAnybody),
            None => unblocks,
        };
        if !allowed {
            return Err(0x6982);
        }
        if let Some(digits) = new {
            let right_length = (6..=16).contains(&digits.len()) || self.neglects(Lapse::PinIsOfAnyLength);
            if !right_length || !digits.iter().all(u8::is_ascii_digit) {
                return Err(0x6A80);
            }
            if !self.neglects(Lapse::PinNeverChanges) {
                self.pin.digits = Some(String::from_utf8_lossy(digits).into_owned());
            }
        }
        self.pin.tries = TRIES;
        Ok(Answer::status(0x9000))
    }
}
