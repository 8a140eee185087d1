//! Basic Access Control, the chip's side (ICAO Doc 9303-11 §4.3).

use sha1::{Digest, Sha1};

use super::command::Command;
use super::fault::Misdeed;
use super::lapse::Lapse;
use super::session::Session;
use super::{Answer, FaultyChip, Opening};
use crate::naive::cipher::Cipher;

const CIPHER: Cipher = Cipher::TripleDes;

impl FaultyChip {
    /// GET CHALLENGE.
    pub(super) fn get_challenge(&mut self, command: &Command) -> Answer {
        if !self.setup.bac {
            return Answer::status(0x6D00);
        }
        if command.expected != Some(8) {
            return Answer::status(0x6700);
        }
        let rnd_ic = self.random.bytes(8);
        if self.neglects(Lapse::ShortensBacChallenge) {
            return Answer::data(rnd_ic[..4].to_vec());
        }
        if !self.challenges.is_empty() && !self.neglects(Lapse::KeepsBacChallenges) {
            self.challenges.clear();
        }
        self.challenges.push(rnd_ic.clone());
        Answer::data(rnd_ic)
    }

    /// EXTERNAL AUTHENTICATE with E.IFD ‖ M.IFD.
    pub(super) fn bac_proof(&mut self, data: &[u8], misdeed: Option<&Misdeed>) -> Answer {
        let challenges = std::mem::take(&mut self.challenges);
        let Some((e_ifd, m_ifd)) = data.split_at_checked(32).filter(|(_, m_ifd)| m_ifd.len() == 8) else {
            return Answer::status(0x6700);
        };
        if challenges.is_empty() && !self.neglects(Lapse::IgnoresBacChallenge) {
            return Answer::status(0x6985);
        }
        let seed = Sha1::digest(self.setup.mrz_information.as_bytes());
        let (k_enc, k_mac) = (CIPHER.derive(&seed[..16], 1), CIPHER.derive(&seed[..16], 2));
        if CIPHER.mac(&k_mac, &CIPHER.pad(e_ifd)) != m_ifd && !self.neglects(Lapse::IgnoresBacMac) {
            return Answer::status(0x6300);
        }
        let s = CIPHER.decrypt(&k_enc, &[0; 8], e_ifd);
        let (rnd_ifd, rest) = s.split_at(8);
        let (rnd_ic_returned, k_ifd) = rest.split_at(8);
        let rnd_ic = rnd_ic_returned.to_vec();
        if !challenges.contains(&rnd_ic) && !self.neglects(Lapse::IgnoresBacChallenge) {
            return Answer::status(0x6300);
        }
        let k_ic = self.random.bytes(16);
        let mut returned = rnd_ifd.to_vec();
        if misdeed == Some(&Misdeed::WrongCryptogram) {
            returned[0] ^= 0x01;
        }
        let r = [&rnd_ic[..], &returned, &k_ic].concat();
        let e_ic = CIPHER.encrypt(&k_enc, &[0; 8], &r);
        let mut m_ic = CIPHER.mac(&k_mac, &CIPHER.pad(&e_ic));
        if misdeed == Some(&Misdeed::WrongMac) || self.neglects(Lapse::AnswersWrongBacMac) {
            m_ic[0] ^= 0x01;
        }
        let secret: Vec<u8> = k_ifd.iter().zip(&k_ic).map(|(a, b)| a ^ b).collect();
        // The document number with its check digit names the chip.
        self.identity = self.document_number();
        self.opening = Some(Opening::Bac);
        let ssc = [&rnd_ic[4..], &rnd_ifd[4..]].concat();
        Answer::data([e_ic, m_ic].concat()).opening(Session::derive(CIPHER, &secret, Some(ssc)))
    }

    /// The document number with its check digit.
    pub(super) fn document_number(&self) -> Vec<u8> {
        let digits = self.setup.mrz_information.as_bytes().iter();
        digits.take(10).copied().collect()
    }
}
