//! Chip Authentication version 1, the terminal's side (ICAO Doc 9303-11 §6.2).

use super::command::Command;
use super::session::Session;
use crate::naive::{Cipher, Group, Random, object};

/// id-CA without the arcs of key agreement and cipher: 0.4.0.127.0.7.2.2.3.
const ID_CA: [u8; 8] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x03];

/// A run of Chip Authentication. The parts are public: a case may change them before they are sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChipAuthentication {
    /// The key's group.
    pub group: Group,
    /// The new session's cipher.
    pub cipher: Cipher,
    /// DO'84': which of the chip's keys. Nothing is sent for one without an identifier.
    pub key_id: Option<Vec<u8>>,
    /// The chip's static public key.
    pub public_ic: Vec<u8>,
    /// The ephemeral private key.
    pub private: Vec<u8>,
    /// The ephemeral public key.
    pub public: Vec<u8>,
}

impl ChipAuthentication {
    /// A run with this key of the chip, and an ephemeral key of the terminal.
    pub fn new(
        group: Group,
        cipher: Cipher,
        key_id: Option<u8>,
        public_ic: &[u8],
        random: &mut Random,
    ) -> Self {
        let private = random.private(group);
        ChipAuthentication {
            group,
            cipher,
            key_id: key_id.map(|id| vec![id]),
            public_ic: public_ic.to_vec(),
            public: group.public(&private).unwrap_or_default(),
            private,
        }
    }

    /// The content of the protocol's object identifier.
    pub fn oid(&self) -> Vec<u8> {
        let agreement = match self.group {
            Group::ModP(_) => 1,
            Group::Curve(_) => 2,
        };
        let cipher = match self.cipher {
            Cipher::TripleDes => 1,
            Cipher::Aes128 => 2,
            Cipher::Aes192 => 3,
            Cipher::Aes256 => 4,
        };
        [&ID_CA[..], &[agreement, cipher]].concat()
    }

    fn reference(&self) -> Vec<u8> {
        self.key_id.as_ref().map_or_else(Vec::new, |id| object(0x84, id))
    }

    /// MSE:Set KAT with DO'91': all in one command, 3DES.
    pub fn set_key_agreement_template(&self) -> Command {
        let data = [object(0x91, &self.public), self.reference()].concat();
        Command::manage_security_environment(0x41, 0xA6, data)
    }

    /// MSE:Set AT: protocol and key.
    pub fn set_at(&self) -> Command {
        let data = [object(0x80, &self.oid()), self.reference()].concat();
        Command::manage_security_environment(0x41, 0xA4, data)
    }

    /// GENERAL AUTHENTICATE with DO'80' behind MSE:Set AT.
    pub fn agree(&self) -> Command {
        Command::general_authenticate(&object(0x80, &self.public), true)
    }

    /// The session that begins behind the answer. `None` when one of the keys is none.
    pub fn session(&self) -> Option<Session> {
        let shared = self.group.multiply(&self.public_ic, &self.private)?;
        Some(Session::derive(self.cipher, &self.group.secret(&shared), None))
    }
}
