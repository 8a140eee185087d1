//! Which step of the dialogue a command takes.

use super::command::Command;
use super::fault::Step;
use super::{FaultyChip, Lapse};
use crate::naive::data_object::{find, objects};

impl FaultyChip {
    /// Which step a command takes, which may depend on what came before.
    pub(super) fn step_of(&self, command: &Command) -> Step {
        match (command.instruction, command.p1, command.p2) {
            (0xA4, 0x00, _) => Step::SelectMasterFile,
            (0xA4, 0x04, _) => Step::SelectApplication,
            (0xA4, _, _) => Step::SelectFile,
            (0xB0 | 0xB1, _, _) => Step::Read,
            (0x84, _, _) if self.session.is_some() => Step::TerminalChallenge,
            (0x84, _, _) => Step::GetChallenge,
            (0x82, _, _) if self.session.is_some() => Step::TerminalProof,
            (0x82, _, _) => Step::BacProof,
            (0x88, _, _) => Step::ActiveAuthentication,
            (0x22, 0xC1, 0xA4) => Step::PaceSetAt,
            (0x22, 0x41, 0xA4 | 0xA6) => Step::ChipAuthenticationSet,
            (0x22, 0x81, 0xB6) | (0x2A, _, _) => Step::ShowCertificate,
            (0x22, 0x81, 0xA4) => Step::TerminalAuthenticationSet,
            (0x86, _, _) => self.step_of_general_authenticate(command),
            _ => Step::Other,
        }
    }

    /// What is due decides; where nothing is, what is sent.
    fn step_of_general_authenticate(&self, command: &Command) -> Step {
        let sent = objects(find(&command.data, 0x7C).unwrap_or_default());
        if let Some(run) = &self.pace {
            let again = sent.is_empty() && self.neglects(Lapse::PaceGivesNoncesTwice);
            return if again { Step::PaceNonce } else { run.next() };
        }
        if self.agreeing.is_some() {
            return Step::ChipAuthentication;
        }
        match sent.first() {
            None => Step::PaceNonce,
            Some((0x81, _)) => Step::PaceMapping,
            Some((0x83, _)) => Step::PaceKeyAgreement,
            Some((0x85, _)) => Step::PaceToken,
            Some((0x80, _)) => Step::ChipAuthentication,
            Some(_) => Step::Other,
        }
    }
}
