//! Chip Authentication version 1 (ICAO Doc 9303-11 §6.2).

use super::command::Command;
use super::fault::Misdeed;
use super::lapse::Lapse;
use super::public_key::{Flaw, flaw};
use super::session::Session;
use super::setup::ChipKey;
use super::{Answer, FaultyChip};
use crate::naive::cipher::Cipher;
use crate::naive::data_object::{find, object, objects_exactly};
use crate::naive::group::Group;

/// id-CA; below it DH (1) and ECDH (2), and the cipher.
const CHIP_AUTHENTICATION: [u8; 8] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x03];

impl FaultyChip {
    /// MSE:Set AT (41A4): the protocol, and which key.
    pub(super) fn chip_authentication_set_at(&mut self, data: &[u8]) -> Result<Answer, u16> {
        self.agreeing = None;
        self.may_authenticate_chip()?;
        if self.neglects(Lapse::ChipKnowsNoAt) {
            return Err(0x6D00);
        }
        objects_exactly(data).ok_or(0x6A80_u16)?;
        let key = self.chip_key(find(data, 0x84))?;
        let kind = if key.group.curve().is_some() { 2 } else { 1 };
        let protocol = find(data, 0x80).and_then(|oid| oid.strip_prefix(&CHIP_AUTHENTICATION));
        let cipher = match protocol {
            Some([found, cipher]) if *found == kind => Cipher::from_arc(*cipher).ok_or(0x6A80_u16)?,
            _ => return Err(0x6A80),
        };
        self.agreeing = Some((cipher, key));
        Ok(Answer::status(0x9000))
    }

    /// MSE:Set KAT (41A6): the terminal's key; 3DES.
    pub(super) fn chip_authentication_set_kat(
        &mut self,
        data: &[u8],
        misdeed: Option<&Misdeed>,
    ) -> Result<Answer, u16> {
        self.may_authenticate_chip()?;
        if self.neglects(Lapse::ChipKnowsNoKat) {
            return Err(0x6D00);
        }
        let sent = objects_exactly(data).ok_or(0x6A80_u16)?;
        let terminal = match find(data, 0x91) {
            None if self.neglects(Lapse::ChipTakesAnyObject) => sent.first().map(|(_, value)| *value),
            found => found,
        };
        let terminal = terminal.ok_or(0x6A80_u16)?;
        let key = self.chip_key(find(data, 0x84))?;
        self.agree(Cipher::TripleDes, &key, terminal, misdeed, Answer::status(0x9000))
    }

    /// GENERAL AUTHENTICATE with the terminal's key.
    pub(super) fn chip_authentication(
        &mut self,
        command: &Command,
        misdeed: Option<&Misdeed>,
    ) -> Result<Answer, u16> {
        self.may_authenticate_chip()?;
        let (cipher, key) = self.agreeing.take().ok_or(0x6985_u16)?;
        let outer = objects_exactly(&command.data).ok_or(0x6A80_u16)?;
        let content = match outer.as_slice() {
            [(0x7C, content)] => *content,
            _ => return Err(0x6A80),
        };
        let inner = objects_exactly(content).ok_or(0x6A80_u16)?;
        let terminal = match inner.as_slice() {
            [(0x80, terminal)] => *terminal,
            [(_, terminal)] if self.neglects(Lapse::ChipTakesAnyObject) => *terminal,
            _ => return Err(0x6A80),
        };
        let answer = match misdeed {
            Some(Misdeed::Retag(tag)) => object((*tag).into(), &[]),
            Some(Misdeed::Twice) => [object(0x7C, &[]), object(0x7C, &[])].concat(),
            _ => object(0x7C, &[]),
        };
        self.agree(cipher, &key, terminal, misdeed, Answer::data(answer))
    }

    /// It comes in a session, where the chip has any access control.
    fn may_authenticate_chip(&self) -> Result<(), u16> {
        let free = self.session.is_some() || self.setup.plain;
        if free || self.neglects(Lapse::ChipNeedsNoSession) {
            Ok(())
        } else {
            Err(0x6982)
        }
    }

    fn agree(
        &mut self,
        cipher: Cipher,
        key: &ChipKey,
        terminal: &[u8],
        misdeed: Option<&Misdeed>,
        answer: Answer,
    ) -> Result<Answer, u16> {
        self.terminal_keys.push(terminal.to_vec());
        let private = match misdeed {
            Some(Misdeed::OtherKey) => self.random.private(key.group),
            _ => key.private.clone(),
        };
        let shared = self
            .chip_public_key(key.group, terminal)
            .and_then(|terminal| key.group.multiply(&terminal, &private));
        let Some(shared) = shared else {
            let refused = Answer::status(0x6A80);
            return Ok(if self.neglects(Lapse::ChipFailureEndsSession) {
                refused.ending()
            } else {
                refused
            });
        };
        if misdeed == Some(&Misdeed::KeepKeys) || self.neglects(Lapse::ChipKeepsOldKeys) {
            return Ok(answer);
        }
        self.terminals.end_session(&self.lapses);
        self.terminal_key = Some(key.group.compressed(terminal));
        Ok(answer.opening(Session::derive(cipher, &key.group.secret(&shared), None)))
    }

    /// The terminal's public key, or one that can be computed with instead of it.
    fn chip_public_key(&mut self, group: Group, sent: &[u8]) -> Option<Vec<u8>> {
        let lapse = match flaw(group, sent) {
            None => return Some(sent.to_vec()),
            Some(Flaw::Size | Flaw::Form) => Lapse::ChipTakesKeysOfAnotherSize,
            Some(Flaw::Zero) => Lapse::ChipTakesZeroKeys,
            Some(Flaw::Range) => Lapse::ChipTakesKeysBeyondThePrime,
            Some(Flaw::OffTheCurve) => Lapse::ChipTakesPointsOffTheCurve,
        };
        let private = self.neglects(lapse).then(|| self.random.private(group))?;
        group.public(&private)
    }

    /// The key with this identifier; without one the first key.
    fn chip_key(&self, id: Option<&[u8]>) -> Result<ChipKey, u16> {
        let keys = &self.setup.chip_keys;
        let named = match id {
            Some([id]) => keys.iter().find(|key| key.id == Some(*id)),
            Some(_) => None,
            None => keys.first(),
        };
        let any = || self.neglects(Lapse::ChipTakesAnyReference);
        let key = named.or_else(|| keys.first().filter(|_| any()));
        key.cloned().ok_or(0x6A88)
    }
}
