//! Chip Authentication version 1 (ICAO Doc 9303-11 §6.2).

use super::fault::Misdeed;
use super::session::Session;
use super::setup::ChipKey;
use super::{Answer, FaultyChip};
use crate::naive::cipher::Cipher;
use crate::naive::data_object::{find, object};

impl FaultyChip {
    /// MSE:Set AT (41A4): the protocol, and which key.
    pub(super) fn chip_authentication_set_at(&mut self, data: &[u8]) -> Answer {
        let cipher = find(data, 0x80)
            .and_then(|oid| oid.last())
            .and_then(|arc| Cipher::from_arc(*arc));
        match (cipher, self.chip_key(find(data, 0x84))) {
            (Some(cipher), Some(key)) => {
                self.agreeing = Some((cipher, key));
                Answer::status(0x9000)
            }
            _ => Answer::status(0x6A88),
        }
    }

    /// MSE:Set KAT (41A6): the terminal's key; 3DES.
    pub(super) fn chip_authentication_set_kat(&mut self, data: &[u8], misdeed: Option<&Misdeed>) -> Answer {
        match (find(data, 0x91), self.chip_key(find(data, 0x84))) {
            (Some(terminal), Some(key)) => {
                self.agree(Cipher::TripleDes, &key, terminal, misdeed, Answer::status(0x9000))
            }
            _ => Answer::status(0x6A88),
        }
    }

    /// GENERAL AUTHENTICATE with the terminal's key.
    pub(super) fn chip_authentication(&mut self, terminal: &[u8], misdeed: Option<&Misdeed>) -> Answer {
        let Some((cipher, key)) = self.agreeing.take() else {
            return Answer::status(0x6985);
        };
        let answer = match misdeed {
            Some(Misdeed::Retag(tag)) => object((*tag).into(), &[]),
            Some(Misdeed::Twice) => [object(0x7C, &[]), object(0x7C, &[])].concat(),
            _ => object(0x7C, &[]),
        };
        self.agree(cipher, &key, terminal, misdeed, Answer::data(answer))
    }

    fn agree(
        &mut self,
        cipher: Cipher,
        key: &ChipKey,
        terminal: &[u8],
        misdeed: Option<&Misdeed>,
        answer: Answer,
    ) -> Answer {
        self.terminal_keys.push(terminal.to_vec());
        let private = match misdeed {
            Some(Misdeed::OtherKey) => self.random.private(key.group),
            _ => key.private.clone(),
        };
        match key.group.multiply(terminal, &private) {
            None => Answer::status(0x6A80),
            Some(_) if misdeed == Some(&Misdeed::KeepKeys) => answer,
            Some(shared) => {
                self.terminal_key = Some(key.group.compressed(terminal));
                answer.opening(Session::derive(cipher, &key.group.secret(&shared), None))
            }
        }
    }

    /// The key with this identifier; without one the only key.
    fn chip_key(&self, id: Option<&[u8]>) -> Option<ChipKey> {
        let keys = &self.setup.chip_keys;
        let key = match id {
            Some([id]) => keys.iter().find(|key| key.id == Some(*id)),
            Some(_) => None,
            None => keys.first(),
        };
        key.cloned()
    }
}
