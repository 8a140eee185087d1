//! Basic Access Control, the terminal's side (ICAO Doc 9303-11 §4.3).

use sha1::{Digest, Sha1};

use super::command::{Command, Le, Response};
use super::session::Session;
use crate::naive::{Cipher, Random};

const CIPHER: Cipher = Cipher::TripleDes;

/// A run of BAC. The parts are public: a case may change them between two steps.
#[derive(Clone, Debug)]
pub struct Bac {
    /// K_Enc.
    pub k_enc: Vec<u8>,
    /// K_MAC.
    pub k_mac: Vec<u8>,
    /// RND.IC, once the chip gave it.
    pub rnd_ic: Vec<u8>,
    /// RND.IFD.
    pub rnd_ifd: Vec<u8>,
    /// K.IFD.
    pub k_ifd: Vec<u8>,
}

impl Bac {
    /// A run with the keys of this MRZ information: document number, dates of birth and expiry, each with its check digit.
    pub fn new(mrz_information: &str, random: &mut Random) -> Self {
        let seed = Sha1::digest(mrz_information.as_bytes());
        Bac {
            k_enc: CIPHER.derive(&seed[..16], 1),
            k_mac: CIPHER.derive(&seed[..16], 2),
            rnd_ic: Vec::new(),
            rnd_ifd: random.bytes(8),
            k_ifd: random.bytes(16),
        }
    }

    /// Takes RND.IC from the answer to GET CHALLENGE. `None` when it has not eight bytes.
    pub fn take_challenge(&mut self, answer: &Response) -> Option<()> {
        self.rnd_ic.clone_from(&answer.data);
        (answer.data.len() == 8).then_some(())
    }

    /// EXTERNAL AUTHENTICATE with E.IFD ‖ M.IFD.
    pub fn authenticate(&self) -> Command {
        let s = [&self.rnd_ifd[..], &self.rnd_ic, &self.k_ifd].concat();
        let e_ifd = CIPHER.encrypt(&self.k_enc, &[0; 8], &s);
        let m_ifd = CIPHER.mac(&self.k_mac, &CIPHER.pad(&e_ifd));
        Command::external_authenticate([e_ifd, m_ifd].concat()).le(Le::Short(40))
    }

    /// Takes E.IC ‖ M.IC: the session that begins.
    ///
    /// # Errors
    /// What is wrong with the answer.
    pub fn take_proof(&self, answer: &Response) -> Result<Session, &'static str> {
        if answer.data.len() != 40 {
            return Err("the answer has not 40 bytes");
        }
        let (e_ic, m_ic) = answer.data.split_at(32);
        if CIPHER.mac(&self.k_mac, &CIPHER.pad(e_ic)) != m_ic {
            return Err("M.IC does not fit");
        }
        let r = CIPHER.decrypt(&self.k_enc, &[0; 8], e_ic);
        if r[..8] != self.rnd_ic[..] || r[8..16] != self.rnd_ifd[..] {
            return Err("E.IC does not hold RND.IC and RND.IFD");
        }
        let secret: Vec<u8> = self.k_ifd.iter().zip(&r[16..]).map(|(a, b)| a ^ b).collect();
        let ssc = [&self.rnd_ic[4..], &self.rnd_ifd[4..]].concat();
        Ok(Session::derive(CIPHER, &secret, Some(ssc)))
    }
}
