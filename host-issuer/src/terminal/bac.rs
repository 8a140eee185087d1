//! Basic Access Control, the terminal's side (ICAO Doc 9303-11 §4.3, worked example in appendix D).
//!
//! Two steps, each consumed by the next, so that no step can be taken twice or out of order and an error leaves nothing to go
//! on with:
//!
//! ```text
//! begin ──GET CHALLENGE──► AwaitingChallenge ──EXTERNAL AUTHENTICATE──► AwaitingProof ──► SecureMessaging
//! ```

use card_applet::crypto::cipher::{BlockCipherKey, SymmetricAlgorithm};
use card_applet::crypto::kdf::{KeyUse, derive_key};
use card_applet::crypto::mac::{MacKey, TRUNCATED_MAC_LEN};
use card_applet::crypto::secret::constant_time_eq;
use card_applet::crypto::ssc::SendSequenceCounter;
use card_applet::wire::apdu::CommandApdu;
use card_applet::wire::instruction;
use card_applet::wire::status::StatusWord;
use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use super::channel::{Response, SecureMessaging};
use super::link::{CardLink, LinkError};
use super::password::Password;
use crate::transport::Transport;

#[cfg(test)]
mod tests;

/// Bytes of RND.IC and RND.IFD.
pub(in crate::terminal) const CHALLENGE_LEN: usize = 8;
/// Bytes of K.IC and K.IFD.
const KEYING_LEN: usize = 16;
/// Bytes of S and R: two challenges and keying material.
const PROOF_LEN: usize = 2 * CHALLENGE_LEN + KEYING_LEN;

/// Why BAC did not open the chip.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BacError {
    /// BAC knows no CAN.
    #[error("Basic Access Control needs the machine readable zone, not a CAN")]
    NeedsMrz,
    /// The host's random number generator failed.
    #[error("the random number generator failed")]
    Random,
    /// GET CHALLENGE was refused: the chip has no BAC here (or the application is not selected).
    #[error("the chip refuses Basic Access Control: {status}")]
    Refused {
        /// Its status word.
        status: StatusWord,
    },
    /// The chip does not accept the terminal's proof: the machine readable zone is not this card's.
    #[error("the chip does not accept the machine readable zone: {status}")]
    WrongPassword {
        /// Its status word.
        status: StatusWord,
    },
    /// An answer of the chip has not the length that it must have.
    #[error("the chip's answer to {command} is malformed")]
    Malformed {
        /// The command it answers.
        command: &'static str,
    },
    /// The chip's proof does not hold: it does not know the machine readable zone, or somebody sits between.
    #[error("the chip could not prove that it knows the machine readable zone")]
    ChipProof,
    /// The command or its answer did not get through.
    #[error(transparent)]
    Link(#[from] LinkError),
}

/// The document basic access keys, wiped when dropped.
struct AccessKeys {
    k_enc: BlockCipherKey,
    k_mac: MacKey,
}

/// GET CHALLENGE is to be sent and answered.
pub struct AwaitingChallenge {
    keys: AccessKeys,
    rnd_ifd: [u8; CHALLENGE_LEN],
    k_ifd: Zeroizing<[u8; KEYING_LEN]>,
}

/// EXTERNAL AUTHENTICATE is to be sent and answered.
pub struct AwaitingProof {
    keys: AccessKeys,
    rnd_ic: [u8; CHALLENGE_LEN],
    rnd_ifd: [u8; CHALLENGE_LEN],
    k_ifd: Zeroizing<[u8; KEYING_LEN]>,
    command_data: [u8; PROOF_LEN + TRUNCATED_MAC_LEN],
}

impl AwaitingChallenge {
    /// Derives the keys of `password` and draws the terminal's challenge and keying material.
    ///
    /// # Errors
    /// [`BacError::NeedsMrz`], [`BacError::Random`].
    pub fn begin<R: TryCryptoRng + ?Sized>(password: &Password, rng: &mut R) -> Result<Self, BacError> {
        let seed = password.bac_seed().ok_or(BacError::NeedsMrz)?;
        let algorithm = SymmetricAlgorithm::TripleDes;
        let k_enc = derive_key(seed, algorithm, KeyUse::Encryption);
        let k_mac = derive_key(seed, algorithm, KeyUse::Authentication);
        let keys = AccessKeys {
            k_enc: BlockCipherKey::new(algorithm, k_enc.expose()).map_err(|_| BacError::NeedsMrz)?,
            k_mac: MacKey::new(algorithm, k_mac.expose()).map_err(|_| BacError::NeedsMrz)?,
        };
        let mut rnd_ifd = [0; CHALLENGE_LEN];
        let mut k_ifd = Zeroizing::new([0; KEYING_LEN]);
        rng.try_fill_bytes(&mut rnd_ifd).map_err(|_| BacError::Random)?;
        rng.try_fill_bytes(&mut *k_ifd).map_err(|_| BacError::Random)?;
        Ok(AwaitingChallenge { keys, rnd_ifd, k_ifd })
    }

    /// GET CHALLENGE.
    pub fn command(&self) -> CommandApdu<'static> {
        CommandApdu::new(0x00, instruction::GET_CHALLENGE, 0x00, 0x00).with_expected(CHALLENGE_LEN as u32)
    }

    /// Takes the chip's challenge and computes the terminal's proof E.IFD ‖ M.IFD.
    ///
    /// # Errors
    /// [`BacError::Refused`], [`BacError::Malformed`].
    pub fn answer(self, response: &Response) -> Result<AwaitingProof, BacError> {
        if !response.status.is_success() {
            return Err(BacError::Refused {
                status: response.status,
            });
        }
        let malformed = BacError::Malformed {
            command: "GET CHALLENGE",
        };
        let rnd_ic =
            <[u8; CHALLENGE_LEN]>::try_from(response.data.as_slice()).map_err(|_| malformed.clone())?;

        // S = RND.IFD ‖ RND.IC ‖ K.IFD
        let mut e_ifd = [0; PROOF_LEN];
        let s = self.rnd_ifd.iter().chain(&rnd_ic).chain(self.k_ifd.iter());
        e_ifd.iter_mut().zip(s).for_each(|(to, from)| *to = *from);
        self.keys
            .k_enc
            .cbc_encrypt(&mut [0; 8], &mut e_ifd)
            .map_err(|_| malformed)?;
        let m_ifd = self.keys.mac(&e_ifd).finish_truncated();

        let mut command_data = [0; PROOF_LEN + TRUNCATED_MAC_LEN];
        command_data
            .iter_mut()
            .zip(e_ifd.iter().chain(&m_ifd))
            .for_each(|(to, from)| *to = *from);
        Ok(AwaitingProof {
            keys: self.keys,
            rnd_ic,
            rnd_ifd: self.rnd_ifd,
            k_ifd: self.k_ifd,
            command_data,
        })
    }
}

impl AccessKeys {
    fn mac(&self, cryptogram: &[u8]) -> card_applet::crypto::mac::MacState {
        let mut mac = self.k_mac.start();
        mac.update(cryptogram);
        mac.pad();
        mac
    }
}

impl AwaitingProof {
    /// EXTERNAL AUTHENTICATE with the terminal's proof.
    pub fn command(&self) -> CommandApdu<'_> {
        CommandApdu::new(0x00, instruction::EXTERNAL_AUTHENTICATE, 0x00, 0x00)
            .with_data(&self.command_data)
            .with_expected(self.command_data.len() as u32)
    }

    /// Checks the chip's proof and derives the session.
    ///
    /// # Errors
    /// [`BacError::WrongPassword`], [`BacError::Malformed`], [`BacError::ChipProof`].
    pub fn answer(self, response: &Response) -> Result<SecureMessaging, BacError> {
        if !response.status.is_success() {
            // 9303-11 lets the chip choose: 6300, but also 6982, 6985 or 6988 are seen in the field for a wrong zone.
            return Err(BacError::WrongPassword {
                status: response.status,
            });
        }
        let malformed = BacError::Malformed {
            command: "EXTERNAL AUTHENTICATE",
        };
        let (e_ic, m_ic) = match response.data.split_first_chunk::<PROOF_LEN>() {
            Some((e_ic, m_ic)) if m_ic.len() == TRUNCATED_MAC_LEN => (*e_ic, m_ic),
            _ => return Err(malformed),
        };
        if !self.keys.mac(&e_ic).verify_truncated(m_ic) {
            return Err(BacError::ChipProof);
        }
        // R = RND.IC ‖ RND.IFD ‖ K.IC
        let mut r = Zeroizing::new(e_ic);
        self.keys
            .k_enc
            .cbc_decrypt(&mut [0; 8], &mut *r)
            .map_err(|_| malformed.clone())?;
        let (challenges, k_ic) = r.split_at(2 * CHALLENGE_LEN);
        let expected: Vec<u8> = self.rnd_ic.iter().chain(&self.rnd_ifd).copied().collect();
        if !constant_time_eq(challenges, &expected) {
            return Err(BacError::ChipProof);
        }

        let mut k_seed = self.k_ifd;
        k_seed
            .iter_mut()
            .zip(k_ic)
            .for_each(|(k_ifd, k_ic)| *k_ifd ^= *k_ic);
        let algorithm = SymmetricAlgorithm::TripleDes;
        let ks_enc = derive_key(&*k_seed, algorithm, KeyUse::Encryption);
        let ks_mac = derive_key(&*k_seed, algorithm, KeyUse::Authentication);
        let ssc = SendSequenceCounter::from_challenges(self.rnd_ic, self.rnd_ifd);
        SecureMessaging::new(algorithm, ks_enc.expose(), ks_mac.expose(), ssc)
            .map_err(|error| LinkError::SecureMessaging(error).into())
    }
}

/// Runs BAC over `link`; on success everything further goes through the session. The eMRTD application must be selected.
///
/// # Errors
/// [`BacError`].
pub(super) fn run<T: Transport, R: TryCryptoRng + ?Sized>(
    link: &mut CardLink<T>,
    password: &Password,
    rng: &mut R,
) -> Result<(), BacError> {
    let challenge = AwaitingChallenge::begin(password, rng)?;
    let response = link.exchange(&challenge.command())?;
    let proof = challenge.answer(&response)?;
    let response = link.exchange(&proof.command())?;
    let session = proof.answer(&response)?;
    link.open_session(session);
    Ok(())
}
