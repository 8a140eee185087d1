//! What must be true after a certificate or a terminal was refused.

use super::{Opened, Opening, in_session};
use crate::conformance::bench::Bench;
use crate::conformance::expect::{StatusSet, expected};
use crate::conformance::statement::Need;
use crate::conformance::verdict::{Finding, Played};
use crate::oracle::cv_certificate::{CvDate, Role, rights};
use crate::oracle::terminal_authentication::set_dst;
use crate::oracle::{Command, Response};

/// DG3's short file identifier.
pub(in crate::conformance) const DG3: u8 = 0x03;
/// DG4's.
pub(in crate::conformance) const DG4: u8 = 0x04;

impl Bench<'_> {
    /// READ BINARY of this file by its short file identifier is refused in the session, without a byte.
    ///
    /// # Errors
    /// When it is not.
    pub fn expect_closed(&mut self, sfi: u8) -> Played {
        let step = format!("READ BINARY of DG{sfi} by its short file identifier");
        let answer = self.send(&Command::read_binary_sfi(sfi, 0, 1))?;
        in_session(answer, &step, StatusSet::CHECKING_ERROR)?.expect_no_data(&step)?;
        Ok(())
    }

    /// READ BINARY of this file by its short file identifier gives its first byte in the session.
    ///
    /// # Errors
    /// When it does not.
    pub fn expect_open(&mut self, sfi: u8) -> Played {
        let step = format!("READ BINARY of DG{sfi} by its short file identifier");
        let answer = self.send(&Command::read_binary_sfi(sfi, 0, 1))?;
        let answer = in_session(answer, &step, StatusSet::SUCCESS)?;
        expected(answer.data.len() == 1, &step, "one byte")
    }

    /// Neither DG3 nor DG4, so far as the card has them, can be read.
    ///
    /// # Errors
    /// When one can.
    pub fn expect_biometrics_closed(&mut self) -> Played {
        for (need, sfi) in [(Need::Dg3, DG3), (Need::Dg4, DG4)] {
            if self.statement.has(need) {
                self.expect_closed(sfi)?;
            }
        }
        Ok(())
    }

    /// The session lives, and EF.CVCA is what it was.
    ///
    /// # Errors
    /// When the session is dead, or the trust points moved.
    pub fn expect_trust_unchanged(&mut self, opened: &Opened) -> Played {
        let now = self.read_cvca(opened.file)?;
        expected(now == opened.ef_cvca, "EF.CVCA afterwards", "the same references")
    }

    /// A class byte that is none was refused with `answer`. Where that came in the session, the session lives; where it came in plain, the
    /// suite asks for nothing.
    ///
    /// # Errors
    /// When it was not refused, or a session that should live does not.
    pub fn expect_bad_class(&mut self, answer: Response, step: &str, opened: &Opened) -> Played {
        let answer = answer.expect(step, StatusSet::CHECKING_ERROR)?;
        match answer.protected {
            true => self.expect_trust_unchanged(opened),
            false => Ok(()),
        }
    }

    /// On a card that was reset: a verifier's certificate that ends on the day before the CVCA's last one is still accepted. A
    /// certificate that began on the CVCA's last day has not moved the card's date then.
    ///
    /// # Errors
    /// When it is refused.
    pub fn expect_date_unchanged(&mut self, opening: Opening) -> Played {
        let opened = self.open_for_terminal(opening)?;
        let last = opened.authority.expiration.plus_days(-1);
        self.show_verifier_until(&opened, last, StatusSet::SUCCESS)
    }

    /// Shows a right verifier's certificate that ends on this day.
    ///
    /// # Errors
    /// When the answer is not in the set.
    pub fn show_verifier_until(&mut self, opened: &Opened, last: CvDate, set: StatusSet) -> Played {
        let authority = &opened.authority;
        let verifier = self.party(authority, "TESTDV");
        let valid = (authority.effective, last);
        let certificate = authority
            .party
            .certify(&verifier, Role::DomesticVerifier, rights::BOTH, valid);
        let answer = self.send(&set_dst(&authority.party.name))?;
        in_session(answer, "MSE:Set DST", StatusSet::SUCCESS)?;
        self.verify(&certificate, &format!("a verifier until {last}"), set)
    }

    /// The card's date, found out without moving it: the first day until which a verifier's certificate may run and still be accepted.
    ///
    /// # Errors
    /// When the card accepts no certificate at all.
    pub fn card_date(&mut self, opened: &Opened) -> Played<CvDate> {
        let (first, last) = opened.authority.valid();
        let (mut refused, mut accepted) = (first.plus_days(-1), last);
        self.show_verifier_until(opened, last, StatusSet::SUCCESS)?;
        while accepted.days_after(refused) > 1 {
            let middle = refused.plus_days(accepted.days_after(refused) / 2);
            match self.show_verifier_until(opened, middle, StatusSet::SUCCESS) {
                Ok(()) => accepted = middle,
                Err(Finding::Failed(_)) => refused = middle,
                Err(other) => return Err(other),
            }
        }
        Ok(accepted)
    }
}
