//! The extended inspection system: Chip Authentication, then Terminal Authentication with certificates that the suite makes.
//!
//! The certificates of a case that must change nothing begin on the first day of the CVCA's own certificate, which no card's date is
//! before, and end on its last day; so they are good on a card of any date and move no date.

mod again;
mod chain;
mod chip_authentication;
mod opening;
mod proof;
#[cfg(test)]
mod tests;

pub(in crate::conformance) use chain::Chain;
pub(in crate::conformance) use opening::{Opened, Opening};
pub(in crate::conformance) use proof::{DG3, DG4};

use super::Bench;
use crate::conformance::expect::{StatusSet, expected};
use crate::conformance::verdict::{Finding, Played};
use crate::naive::{find, objects};
use crate::oracle::{Command, Response};

/// EF.CVCA has this many bytes (9303-11 §7.1.4.1).
pub(in crate::conformance) const CVCA_LENGTH: usize = 36;
/// id-TA.
const TERMINAL_AUTHENTICATION: [u8; 8] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x02];
/// DG14.
const DG14: u16 = 0x010E;

/// Where EF.CVCA is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CvcaFile {
    /// File identifier.
    pub fid: u16,
    /// Short file identifier; a TerminalAuthenticationInfo may give none.
    pub sfi: Option<u8>,
}

impl CvcaFile {
    /// Where it is when DG14 says nothing.
    pub const STANDARD: CvcaFile = CvcaFile {
        fid: 0x011C,
        sfi: Some(0x1C),
    };

    /// What the TerminalAuthenticationInfo in a DG14 says (9303-11 §9.2.8).
    fn of(dg14: &[u8]) -> Self {
        let infos = find(dg14, 0x6E).and_then(|content| find(content, 0x31));
        for (_, info) in objects(infos.unwrap_or_default()) {
            let file = match objects(info).as_slice() {
                [(0x06, oid), _, (0x30, file)] if *oid == TERMINAL_AUTHENTICATION => objects(file),
                _ => continue,
            };
            return match file.as_slice() {
                [(0x04, [high, low])] => CvcaFile {
                    fid: u16::from_be_bytes([*high, *low]),
                    sfi: None,
                },
                [(0x04, [high, low]), (0x04, [sfi])] => CvcaFile {
                    fid: u16::from_be_bytes([*high, *low]),
                    sfi: Some(*sfi),
                },
                _ => continue,
            };
        }
        CvcaFile::STANDARD
    }
}

impl Bench<'_> {
    /// Resets the card and opens it as an extended inspection system with these [rights](crate::oracle::cv_certificate::rights): the
    /// eMRTD application, Chip Authentication, Terminal Authentication under a domestic verifier. DG3 and DG4 are then open so far as
    /// the rights go.
    ///
    /// # Errors
    /// [`Finding::NotApplicable`] when the lab gave no trust point, [`Finding::Failed`] when a step fails.
    pub fn run_terminal_authentication(&mut self, rights: u8) -> Played {
        let openings = self.openings()?;
        let opening = openings.first().copied().unwrap_or(Opening::Pace);
        let opened = self.open_for_terminal(opening)?;
        let chain = self.chain(&opened.authority, rights, rights);
        self.authenticate(&opened, &chain)
    }

    /// Shows a chain and proves to have the key of its terminal; everything succeeds.
    ///
    /// # Errors
    /// When a step fails.
    pub fn authenticate(&mut self, opened: &Opened, chain: &Chain) -> Played {
        self.show_chain(opened, chain)?;
        let challenge = self.terminal_challenge(&chain.terminal.name)?;
        let answer = self.send(&opened.binding.prove(&chain.terminal, &challenge))?;
        in_session(answer, "EXTERNAL AUTHENTICATE", StatusSet::SUCCESS)?;
        Ok(())
    }

    /// EF.CVCA whole, in the session.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read_cvca(&mut self, file: CvcaFile) -> Played<Vec<u8>> {
        let answer = self.send(&Command::select_file(file.fid))?;
        in_session(answer, "SELECT of EF.CVCA", StatusSet::SUCCESS)?;
        let answer = self.send(&Command::read_binary(0, CVCA_LENGTH))?;
        let answer = in_session(answer, "READ BINARY of EF.CVCA", StatusSet::SUCCESS)?;
        let whole = answer.data.len() == CVCA_LENGTH;
        expected(whole, "READ BINARY of EF.CVCA", "36 bytes")?;
        Ok(answer.data)
    }

    /// Where EF.CVCA is, by DG14, which is read for it.
    ///
    /// # Errors
    /// When DG14 cannot be read.
    pub fn cvca_file(&mut self) -> Played<CvcaFile> {
        Ok(CvcaFile::of(&self.read_file(DG14)?))
    }
}

/// The references in EF.CVCA, the newest first; nothing but zeros may come behind them.
///
/// # Errors
/// [`Finding::Failed`] when it is malformed.
pub(in crate::conformance) fn references(ef_cvca: &[u8]) -> Played<Vec<Vec<u8>>> {
    let mut names = Vec::new();
    let mut rest = ef_cvca;
    while let [0x42, length @ 1..=16, behind @ ..] = rest {
        let Some((name, behind)) = behind.split_at_checked(usize::from(*length)) else {
            break;
        };
        names.push(name.to_vec());
        rest = behind;
    }
    let padded = rest.iter().all(|byte| *byte == 0);
    expected(
        padded && matches!(names.len(), 1 | 2),
        "EF.CVCA",
        "one or two references (42) of at most 16 bytes, then zeros",
    )?;
    Ok(names)
}

/// Goes on with this answer if its status word is in the set and it came under secure messaging.
pub(in crate::conformance) fn in_session(answer: Response, step: &str, set: StatusSet) -> Played<Response> {
    answer.expect(step, set)?.expect_protected(step)
}

/// The finding for a card whose trust point the lab did not give.
fn no_authority() -> Finding {
    Finding::NotApplicable("the card's CVCA certificate and its private key were not given".into())
}
