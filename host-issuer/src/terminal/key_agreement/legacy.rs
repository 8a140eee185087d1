//! The curves that libssl computes on. No chip of this project has them.

use card_applet::crypto::cipher::SymmetricAlgorithm;
use zeroize::Zeroizing;

use super::point_encoding::map_integrated;
use super::{Arithmetic, KeyAgreementError, Secret};
use crate::legacy_curves::{LegacyCurve, LegacyCurveError};

impl Arithmetic for LegacyCurve {
    /// The order of each of them fills its bytes.
    fn order_bits(&self) -> usize {
        self.named().field_len() * 8
    }

    fn is_private_key(&self, private: &[u8]) -> bool {
        self.is_scalar(private)
    }

    fn power(&self, element: Option<&[u8]>, private: &[u8]) -> Result<Secret, KeyAgreementError> {
        Ok(self.multiply(element, private)?)
    }

    fn map_generic(&self, s: &[u8], h: &[u8]) -> Result<Secret, KeyAgreementError> {
        let mut padded = Zeroizing::new(vec![0; self.named().field_len()]);
        let start = padded
            .len()
            .checked_sub(s.len())
            .ok_or(KeyAgreementError::InvalidElement)?;
        padded[start..].copy_from_slice(s);
        self.multiply_generator_and_add(&padded, h)
            .map_err(|error| match error {
                // A nonce out of range is the chip's fault, like a result at infinity.
                LegacyCurveError::InvalidScalar => KeyAgreementError::InvalidElement,
                other => other.into(),
            })
    }

    fn map_integrated(
        &self,
        algorithm: SymmetricAlgorithm,
        s: &[u8],
        t: &[u8],
    ) -> Result<Secret, KeyAgreementError> {
        map_integrated(self.named(), algorithm, s, t)
    }
}

impl From<LegacyCurveError> for KeyAgreementError {
    fn from(error: LegacyCurveError) -> Self {
        match error {
            LegacyCurveError::InvalidScalar => Self::InvalidPrivateKey,
            LegacyCurveError::InvalidPoint | LegacyCurveError::InvalidSignature => Self::InvalidElement,
            LegacyCurveError::Library(_) => Self::Library,
        }
    }
}
