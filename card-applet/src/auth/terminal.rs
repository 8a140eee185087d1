//! Terminal Authentication version 1, the chip's side (ICAO Doc 9303-11, 7.1; BSI TR-03110-1, 3.5): a terminal shows a
//! chain of certificates and proves that it holds the last one's key; fingers and irises are then its to read as far
//! as every certificate of the chain allows.
//!
//! ```text
//! MSE:Set DST ─► PSO:VERIFY CERTIFICATE   for each certificate: link, document verifier, terminal
//! MSE:Set AT  ─► GET CHALLENGE ─► EXTERNAL AUTHENTICATE
//! ```
//!
//! [`trust`] is what the chip keeps of its CVCA, [`certificate`] what a certificate must be and what it changes.

pub(crate) mod certificate;
#[cfg(test)]
mod tests;
pub(crate) mod trust;

use crate::crypto::curve::{MAX_FIELD, PublicPoint};
use crate::error::Error;
use crate::platform::Engine;
use crate::wire::cvc::{InspectionRights, KeyReference, Role};
use crate::wire::tlv::read_exact;
use certificate::ImportedKey;
use heapless::Vec;
use rand_core::TryCryptoRng;
use trust::{Reference, TrustStore};

/// DO'83': reference of a public key.
const DO_KEY_REFERENCE: u32 = 0x83;
/// Length of the challenge r_IC.
pub(crate) const CHALLENGE_LEN: usize = 8;

/// Proof that Terminal Authentication succeeded; only [`Challenged::authenticate`] makes one.
#[derive(Debug)]
pub(crate) struct TerminalEvidence {
    rights: InspectionRights,
}

impl TerminalEvidence {
    /// What all certificates of the chain allow.
    pub(crate) const fn rights(&self) -> InspectionRights {
        self.rights
    }
}

/// Where Terminal Authentication stands.
pub(crate) enum Step {
    /// MSE:Set DST named the key that is to verify the next certificate.
    Verifying(Verifying),
    /// MSE:Set AT chose the terminal's key.
    Selected(Selected),
    /// The challenge was given.
    Challenged(Challenged),
}

/// The key that is to verify the next certificate.
pub(crate) struct Verifying {
    issuer: Reference,
}

/// The terminal's key is chosen.
pub(crate) struct Selected(());

/// The challenge was given.
pub(crate) struct Challenged {
    r_ic: [u8; CHALLENGE_LEN],
}

/// What ties the terminal's signature to this chip and this session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Binding<'a> {
    /// ID_IC: after PACE Comp of the chip's ephemeral key, after BAC the document number with its check digit.
    pub(crate) id_ic: &'a [u8],
    /// Comp of the newest ephemeral key of the terminal: that of Chip Authentication, or of PACE-CAM.
    pub(crate) terminal_key: &'a [u8],
}

/// The reference in the data field of MSE:Set DST and MSE:Set AT.
fn key_reference(data: &[u8]) -> Result<KeyReference<'_>, Error> {
    KeyReference::new(read_exact(data, DO_KEY_REFERENCE)?).map_err(|_| Error::ReferencedData)
}

impl Verifying {
    /// MSE:Set DST: names a trust point, or the key of the certificate that was verified before.
    ///
    /// # Errors
    /// [`Error::Data`] for a malformed data field, [`Error::ReferencedData`] for a key that is not at hand.
    pub(crate) fn select(
        data: &[u8],
        trust: &TrustStore,
        imported: Option<&ImportedKey>,
    ) -> Result<Self, Error> {
        let reference = key_reference(data)?;
        let known = trust.find(reference).is_some()
            || imported.is_some_and(|key| key.is_called(reference) && key.role().is_verifier());
        if !known {
            return Err(Error::ReferencedData);
        }
        Ok(Self {
            issuer: trust::reference(reference)?,
        })
    }

    /// The key's name.
    pub(crate) fn issuer(&self) -> &[u8] {
        &self.issuer
    }
}

impl Selected {
    /// MSE:Set AT: names the terminal's key, which its certificate brought.
    ///
    /// # Errors
    /// [`Error::Data`] for a malformed data field, [`Error::ReferencedData`] for a key that is not at hand.
    pub(crate) fn select(data: &[u8], imported: Option<&ImportedKey>) -> Result<Self, Error> {
        let reference = key_reference(data)?;
        match imported {
            Some(key) if key.is_called(reference) && key.role() == Role::Terminal => Ok(Self(())),
            _ => Err(Error::ReferencedData),
        }
    }

    /// GET CHALLENGE.
    pub(crate) fn challenge(
        self,
        rng: &mut impl TryCryptoRng,
    ) -> Result<([u8; CHALLENGE_LEN], Challenged), Error> {
        let mut r_ic = [0; CHALLENGE_LEN];
        rng.try_fill_bytes(&mut r_ic).map_err(|_| Error::Fault)?;
        Ok((r_ic, Challenged { r_ic }))
    }
}

impl Challenged {
    /// EXTERNAL AUTHENTICATE: the terminal's signature over ID_IC ‖ r_IC ‖ Comp(PK_IFD).
    ///
    /// # Errors
    /// [`Error::Authentication`] when it is not that.
    #[inline(never)]
    pub(crate) fn authenticate<E: Engine>(
        self,
        signature: &[u8],
        key: &ImportedKey,
        binding: Binding<'_>,
        engine: &mut E,
    ) -> Result<TerminalEvidence, Error> {
        if key.role() != Role::Terminal {
            return Err(Error::Authentication);
        }
        let digest = key
            .hash()
            .digest(&[binding.id_ic, &self.r_ic, binding.terminal_key]);
        if engine.verify(key.point(), digest.as_bytes(), signature)? {
            Ok(TerminalEvidence { rights: key.rights() })
        } else {
            Err(Error::Authentication)
        }
    }
}

/// Comp of a public key: its x-coordinate (9303-11, 7.1.4.2.3).
pub(crate) type CompressedKey = Vec<u8, MAX_FIELD, u8>;

/// Compresses a public key.
///
/// # Errors
/// Never; a coordinate is not longer than [`MAX_FIELD`].
pub(crate) fn compress(public: &PublicPoint) -> Result<CompressedKey, Error> {
    Vec::from_slice(public.x()).map_err(|_| Error::Fault)
}
