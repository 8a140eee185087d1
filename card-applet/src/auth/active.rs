//! Active Authentication, the chip's side (ICAO Doc 9303-11, 6.1): a signature over the terminal's challenge with a key
//! that never leaves the chip.

use super::chip_key::ChipKey;
use crate::crypto::digest::HashFunction;
use crate::error::Error;
use crate::fs::body::Body;
use crate::fs::security_infos;
use crate::fs::tree::{FileTree, Found};
use crate::nvm::journal::Journal;
use crate::platform::{Engine, Nvm};
use crate::wire::lds::DataGroup;
use crate::wire::security_info::EcdsaPlain;
use rand_core::TryCryptoRng;

/// Length of RND.IFD.
const CHALLENGE_LEN: usize = 8;
/// Version of ActiveAuthenticationInfo.
const VERSION: u8 = 1;

/// INTERNAL AUTHENTICATE: the plain signature r ‖ s over RND.IFD.
///
/// # Errors
/// [`Error::ReferencedData`] when the card has no such key, [`Error::Length`] for a challenge of another length,
/// [`Error::ConditionsOfUse`] when DG14 names a signature algorithm that the key cannot make.
#[inline(never)]
pub(crate) fn internal_authenticate<E: Engine, N: Nvm, R: TryCryptoRng>(
    rnd_ifd: &[u8],
    files: &FileTree,
    journal: &Journal,
    nvm: &N,
    engine: &mut E,
    rng: &mut R,
) -> Result<Body, Error> {
    let key = ChipKey::active_authentication(journal, nvm)?.ok_or(Error::ReferencedData)?;
    if rnd_ifd.len() != CHALLENGE_LEN {
        return Err(Error::Length);
    }
    let hash = hash_function(&key, files, nvm)?;
    let private = key.load(journal, nvm, engine)?;
    let digest = hash.digest(&[rnd_ifd]);
    let signature = engine.sign(&private, digest.as_bytes(), rng)?;
    Body::bytes(signature.as_bytes()).ok_or(Error::Fault)
}

/// The hash function that DG14 says; without ActiveAuthenticationInfo the longest that is not longer than the key.
fn hash_function<N: Nvm>(key: &ChipKey, files: &FileTree, nvm: &N) -> Result<HashFunction, Error> {
    let key_len = key.curve.field_len();
    let by_length = if key_len < HashFunction::Sha384.digest_len() {
        HashFunction::Sha256
    } else {
        HashFunction::Sha384
    };
    let mut announced = None;
    if let Some(Found::Elementary(index)) = files.in_emrtd(DataGroup::DG14.fid()) {
        let file = files.elementary(index).ok_or(Error::Memory)?;
        security_infos::for_each(&file, Some(DataGroup::DG14.tag()), nvm, |info| {
            if let Some(info) = info.as_active_authentication_info() {
                let algorithm = EcdsaPlain::from_oid(info.signature_algorithm);
                announced = Some(algorithm.filter(|_| info.version == VERSION));
            }
        })?;
    }
    let Some(announced) = announced else {
        return Ok(by_length);
    };
    // Neither SHA-1 nor a digest that would be cut (9303-11, 6.1.2.3).
    announced
        .map(|algorithm| algorithm.hash)
        .filter(|hash| *hash != HashFunction::Sha1 && hash.digest_len() <= key_len)
        .ok_or(Error::ConditionsOfUse)
}
