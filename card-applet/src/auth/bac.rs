//! Basic Access Control, the chip's side (ICAO Doc 9303-11, 4.3.3): GET CHALLENGE, then EXTERNAL AUTHENTICATE with a
//! proof that the terminal has read the MRZ. Legacy: a profile must ask for it.

use super::password::{self, Opens, PasswordId};
use crate::channel::session::Session;
use crate::crypto::cipher::SymmetricAlgorithm;
use crate::crypto::kdf::{KeyUse, derive_key};
use crate::crypto::mac::TRUNCATED_MAC_LEN;
use crate::crypto::secret::{Secret, constant_time_eq};
use crate::crypto::ssc::SendSequenceCounter;
use crate::error::Error;
use crate::fs::body::Body;
use crate::nvm::journal::Journal;
use crate::platform::{Engine, Nvm, Timer};
use rand_core::TryCryptoRng;

/// RND.IC and RND.IFD.
const CHALLENGE_LEN: usize = 8;
/// K.IC and K.IFD.
const KEY_LEN: usize = 16;
/// Cryptogram: two challenges and a key.
const CRYPTOGRAM_LEN: usize = 32;
/// Cryptogram and MAC.
const PROOF_LEN: usize = CRYPTOGRAM_LEN + TRUNCATED_MAC_LEN;

/// Proof that BAC succeeded; only [`Challenge::authenticate`] makes one.
#[derive(Debug)]
pub(crate) struct BacEvidence(());

/// A challenge that was given and not yet answered.
pub(crate) struct Challenge {
    rnd_ic: [u8; CHALLENGE_LEN],
}

/// GET CHALLENGE.
///
/// # Errors
/// [`Error::ConditionsOfUse`] when the card has no BAC.
#[inline(never)]
pub(crate) fn get_challenge<N: Nvm>(
    journal: &Journal,
    nvm: &N,
    rng: &mut impl TryCryptoRng,
) -> Result<(Body, Challenge), Error> {
    password::read(journal, nvm, PasswordId::Mrz, Opens::Bac).map_err(|_| Error::ConditionsOfUse)?;
    let mut rnd_ic = [0; CHALLENGE_LEN];
    rng.try_fill_bytes(&mut rnd_ic).map_err(|_| Error::Fault)?;
    Ok((Body::bytes(&rnd_ic).ok_or(Error::Fault)?, Challenge { rnd_ic }))
}

impl Challenge {
    /// EXTERNAL AUTHENTICATE: the answer, the session, and the evidence.
    ///
    /// # Errors
    /// [`Error::Length`] for a proof of another length; [`Error::Authentication`] for a wrong one, whatever is wrong.
    #[inline(never)]
    pub(crate) fn authenticate<E: Engine, N: Nvm, R: TryCryptoRng>(
        self,
        proof: &[u8],
        journal: &mut Journal,
        nvm: &mut N,
        rng: &mut R,
        engine: &mut E,
        timer: &mut impl Timer,
    ) -> Result<(Body, Session<E>, BacEvidence), Error> {
        const CIPHER: SymmetricAlgorithm = SymmetricAlgorithm::TripleDes;
        let proof: &[u8; PROOF_LEN] = proof.try_into().map_err(|_| Error::Length)?;
        let (e_ifd, m_ifd) = proof.split_at(CRYPTOGRAM_LEN);
        let secret = password::read(journal, nvm, PasswordId::Mrz, Opens::Bac)?;
        let k_seed = secret.expose().get(..KEY_LEN).ok_or(Error::Memory)?;
        let k_enc = engine.cipher_key(CIPHER, derive_key(k_seed, CIPHER, KeyUse::Encryption).expose())?;
        let k_mac = engine.mac_key(
            CIPHER,
            derive_key(k_seed, CIPHER, KeyUse::Authentication).expose(),
        )?;

        // Both checks are made whatever the first says: one answer and one time for every kind of wrong proof.
        let attempt = password::begin_proof(journal, nvm, timer, PasswordId::Mrz)?;
        let mac_is_right = constant_time_eq(&mac(engine, &k_mac, e_ifd)?, m_ifd);
        let mut s = Secret::<CRYPTOGRAM_LEN>::from_slice(e_ifd).ok_or(Error::Fault)?;
        engine.cbc_decrypt(&k_enc, &mut [0; 8], s.expose_mut())?;
        let (challenges, k_ifd) = s
            .expose()
            .split_at_checked(2 * CHALLENGE_LEN)
            .ok_or(Error::Fault)?;
        let (rnd_ifd, rnd_ic) = challenges.split_at_checked(CHALLENGE_LEN).ok_or(Error::Fault)?;
        let challenge_is_right = constant_time_eq(rnd_ic, &self.rnd_ic);
        if !(mac_is_right & challenge_is_right) {
            return Err(attempt.was_wrong());
        }
        attempt.was_right(journal, nvm)?;

        let mut k_ic = Secret::<KEY_LEN>::zeroed(KEY_LEN);
        rng.try_fill_bytes(k_ic.expose_mut()).map_err(|_| Error::Fault)?;
        let mut answer = [0; PROOF_LEN];
        let (e_ic, m_ic) = answer.split_at_mut(CRYPTOGRAM_LEN);
        let r = self.rnd_ic.iter().chain(rnd_ifd).chain(k_ic.expose());
        for (to, from) in e_ic.iter_mut().zip(r) {
            *to = *from;
        }
        engine.cbc_encrypt(&k_enc, &mut [0; 8], e_ic)?;
        m_ic.copy_from_slice(&mac(engine, &k_mac, e_ic)?);

        let mut k_seed = Secret::<KEY_LEN>::from_slice(k_ifd).ok_or(Error::Fault)?;
        for (seed, ic) in k_seed.expose_mut().iter_mut().zip(k_ic.expose()) {
            *seed ^= *ic;
        }
        let rnd_ifd: [u8; CHALLENGE_LEN] = rnd_ifd.try_into().map_err(|_| Error::Fault)?;
        let ssc = SendSequenceCounter::from_challenges(self.rnd_ic, rnd_ifd);
        let session = Session::new(engine, CIPHER, k_seed.expose(), ssc)?;
        Ok((
            Body::bytes(&answer).ok_or(Error::Fault)?,
            session,
            BacEvidence(()),
        ))
    }
}

fn mac<E: Engine>(
    engine: &mut E,
    k_mac: &E::MacKey,
    cryptogram: &[u8],
) -> Result<[u8; TRUNCATED_MAC_LEN], Error> {
    let mut mac = engine.mac_start(k_mac)?;
    engine.mac_update(&mut mac, cryptogram)?;
    engine.mac_pad(&mut mac)?;
    let [a, b, c, d, e, f, g, h, ..] = engine.mac_finish(mac)?;
    Ok([a, b, c, d, e, f, g, h])
}
