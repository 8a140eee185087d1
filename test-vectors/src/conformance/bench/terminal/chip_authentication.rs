//! Chip Authentication version 1 on the way to Terminal Authentication (9303-11 §6.2).

use super::in_session;
use crate::conformance::bench::Bench;
use crate::conformance::expect::StatusSet;
use crate::conformance::verdict::{Finding, Played};
use crate::naive::{Cipher, Group, object};
use crate::oracle::{Command, Session};

/// id-CA; below it the kind of agreement and the cipher.
const CHIP_AUTHENTICATION: [u8; 8] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x03];

impl Bench<'_> {
    /// Chip Authentication with the first key of DG14; the session restarts. Gives the terminal's ephemeral key, compressed.
    ///
    /// # Errors
    /// When it fails, or DG14 has no key that the suite knows.
    pub fn run_chip_authentication(&mut self) -> Played<Vec<u8>> {
        let keys = &self.statement.chip_keys;
        let unknown =
            || Finding::NotApplicable("DG14 has no key of Chip Authentication that the suite knows".into());
        let key = keys.first().ok_or_else(unknown)?;
        let cipher = *key.ciphers.first().ok_or_else(unknown)?;
        let private = self.random.private(key.group);
        let public = key.group.public(&private).unwrap_or_default();
        let reference = match (key.id, keys.len()) {
            (Some(id), 2..) => object(0x84, &[id]),
            _ => Vec::new(),
        };
        if cipher == Cipher::TripleDes {
            let data = [object(0x91, &public), reference].concat();
            let answer = self.send(&Command::manage_security_environment(0x41, 0xA6, data))?;
            in_session(answer, "MSE:Set KAT", StatusSet::SUCCESS)?;
        } else {
            let kind = match key.group {
                Group::ModP(_) => 1,
                Group::Curve(_) => 2,
            };
            let arc = match cipher {
                Cipher::TripleDes => 1,
                Cipher::Aes128 => 2,
                Cipher::Aes192 => 3,
                Cipher::Aes256 => 4,
            };
            let oid = [&CHIP_AUTHENTICATION[..], &[kind, arc]].concat();
            let data = [object(0x80, &oid), reference].concat();
            let answer = self.send(&Command::manage_security_environment(0x41, 0xA4, data))?;
            in_session(answer, "MSE:Set AT of Chip Authentication", StatusSet::SUCCESS)?;
            let answer = self.send(&Command::general_authenticate(&object(0x80, &public), true))?;
            in_session(
                answer,
                "GENERAL AUTHENTICATE of Chip Authentication",
                StatusSet::SUCCESS,
            )?;
        }
        let shared = key.group.multiply(&key.public, &private);
        let shared = shared.ok_or_else(|| Finding::failed("DG14: the chip's key is none of its group"))?;
        self.session = Some(Session::derive(cipher, &key.group.secret(&shared), None));
        Ok(key.group.compressed(&public))
    }
}
