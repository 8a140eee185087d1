//! Terminal Authentication version 1, the terminal's side (ICAO Doc 9303-11 §7.1; BSI TR-03110-1 §3.5).

use super::command::Command;
use super::cv_certificate::{CvCertificate, Party};
use crate::naive::object;

/// MSE:Set DST: whose key the next certificate is verified with.
pub fn set_dst(authority: &[u8]) -> Command {
    Command::manage_security_environment(0x81, 0xB6, object(0x83, authority))
}

/// PSO:VERIFY CERTIFICATE with body and signature.
pub fn verify_certificate(certificate: &CvCertificate) -> Command {
    Command::new(0x2A, 0x00, 0xBE).data(certificate.content())
}

/// MSE:Set AT: whose key the terminal proves to have.
pub fn set_at(holder: &[u8]) -> Command {
    Command::manage_security_environment(0x81, 0xA4, object(0x83, holder))
}

/// What ties the terminal's signature to chip and session. The parts are public: a case may change them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// ID_PICC: after PACE the compressed ephemeral key of the chip, after BAC the document number with its check digit.
    pub id_picc: Vec<u8>,
    /// The compressed ephemeral key of the terminal: that of Chip Authentication, or of PACE with Chip Authentication Mapping.
    pub terminal_key: Vec<u8>,
}

impl Binding {
    /// What the terminal signs: ID_PICC ‖ r_PICC ‖ Comp(PK_PCD).
    pub fn message(&self, r_picc: &[u8]) -> Vec<u8> {
        [&self.id_picc[..], r_picc, &self.terminal_key].concat()
    }

    /// EXTERNAL AUTHENTICATE with the terminal's signature over this challenge.
    pub fn prove(&self, terminal: &Party, r_picc: &[u8]) -> Command {
        Command::external_authenticate(terminal.key.sign(&self.message(r_picc)))
    }
}
