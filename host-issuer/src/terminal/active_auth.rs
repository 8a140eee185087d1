//! Active Authentication, the terminal's side (ICAO Doc 9303-11 §6.1).
//!
//! The challenge is drawn here and nowhere else: a challenge that a caller chooses could be somebody else's message, signed by
//! the chip in good faith. What comes back is checked with the key of DG15: a plain ECDSA signature over the challenge, or an RSA
//! signature of ISO/IEC 9796-2 that carries part of its message.

mod ecdsa;
mod iso9796;

use card_applet::wire::apdu::{CommandApdu, MAX_EXTENDED_NE, MAX_SHORT_NE};
use card_applet::wire::instruction;
use card_applet::wire::status::StatusWord;
use rand_core::TryCryptoRng;

use super::link::{CardLink, LinkError};
use super::read_error::ReadError;
use crate::inspect::{HashAlgorithm, PublicKey};
use crate::transport::{Transport, TransportError};

#[cfg(test)]
mod tests;

/// Length of RND.IFD (9303-11 §6.1.2.1), in bytes.
pub const CHALLENGE_LEN: usize = 8;
/// Longest answer that fits a short protected response, with its padding, status and MAC.
const SHORT_ANSWER: usize = 223;

/// Why the chip signed nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActiveAuthError {
    /// The host's random number generator failed.
    #[error("the random number generator failed")]
    Random,
    /// The chip refuses.
    #[error("the chip refuses Active Authentication: {status}")]
    Refused {
        /// Its status word.
        status: StatusWord,
    },
    /// The command or its answer did not get through.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The application cannot be selected.
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl ActiveAuthError {
    /// The transport's error, if that is the cause.
    pub fn transport(&self) -> Option<&TransportError> {
        match self {
            ActiveAuthError::Link(link) => link.transport(),
            ActiveAuthError::Read(error) => error.transport(),
            _ => None,
        }
    }
}

/// Why a signature shows nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActiveAuthFailure {
    /// The chip did not sign this challenge with the private key of this public one.
    #[error("{0}")]
    Wrong(&'static str),
    /// This program cannot compute it; says nothing about the chip.
    #[error("{0}")]
    Unsupported(String),
}

/// A challenge that this terminal drew, and what the chip made of it; or one that was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedChallenge {
    rnd_ifd: [u8; CHALLENGE_LEN],
    signature: Vec<u8>,
}

impl SignedChallenge {
    /// One that was recorded. Its signature shows that the key's owner signed this challenge once, and no more: who drew the
    /// challenge, and when, is the recording's word.
    #[must_use]
    pub fn recorded(rnd_ifd: [u8; CHALLENGE_LEN], signature: Vec<u8>) -> Self {
        Self { rnd_ifd, signature }
    }

    /// RND.IFD.
    #[must_use]
    pub fn challenge(&self) -> &[u8; CHALLENGE_LEN] {
        &self.rnd_ifd
    }

    /// What the chip answered.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// Checks the signature with the key of DG15, and says how it was made. `hash` is the one that ActiveAuthenticationInfo of
    /// DG14 names, which a signature with ECDSA needs; with RSA the signature names its own.
    ///
    /// # Errors
    /// [`ActiveAuthFailure`].
    pub fn verify(&self, key: &PublicKey, hash: Option<HashAlgorithm>) -> Result<String, ActiveAuthFailure> {
        match key {
            PublicKey::Ec { curve, point } => {
                ecdsa::verify(*curve, point, hash, &self.rnd_ifd, &self.signature)
            }
            PublicKey::Rsa(key) => iso9796::verify(key, &self.rnd_ifd, &self.signature),
        }
    }
}

/// INTERNAL AUTHENTICATE with a challenge drawn from `rng`. `expected` is how long the answer will be, in bytes.
///
/// # Errors
/// [`ActiveAuthError`].
pub(super) fn run<T: Transport, R: TryCryptoRng + ?Sized>(
    link: &mut CardLink<T>,
    expected: usize,
    rng: &mut R,
) -> Result<SignedChallenge, ActiveAuthError> {
    let mut rnd_ifd = [0; CHALLENGE_LEN];
    rng.try_fill_bytes(&mut rnd_ifd)
        .map_err(|_| ActiveAuthError::Random)?;
    // 9303-11 §6.1.4: a longer signature needs extended length once it is protected.
    let expected = if expected > SHORT_ANSWER && link.session().is_some() {
        MAX_EXTENDED_NE
    } else {
        MAX_SHORT_NE
    };
    let command = CommandApdu::new(0x00, instruction::INTERNAL_AUTHENTICATE, 0x00, 0x00)
        .with_data(&rnd_ifd)
        .with_expected(expected);
    let response = link.exchange(&command)?;
    if !response.status.is_success() {
        return Err(ActiveAuthError::Refused {
            status: response.status,
        });
    }
    Ok(SignedChallenge {
        rnd_ifd,
        signature: response.data,
    })
}
