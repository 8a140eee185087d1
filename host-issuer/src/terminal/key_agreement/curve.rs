//! The curves of the chip, over the primitives that chip and terminal share.

use card_applet::crypto::CryptoError;
use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::crypto::curve::{Curve, Generator, PrivateKey, PublicPoint};
use card_applet::crypto::integrated_mapping::map_integrated;
use zeroize::Zeroizing;

use super::{Arithmetic, KeyAgreementError, Secret};

impl Arithmetic for Curve {
    fn order_bits(&self) -> usize {
        self.field_len() * 8
    }

    fn is_private_key(&self, private: &[u8]) -> bool {
        PrivateKey::from_bytes(*self, private).is_ok()
    }

    fn power(&self, element: Option<&[u8]>, private: &[u8]) -> Result<Secret, KeyAgreementError> {
        let private = PrivateKey::from_bytes(*self, private)?;
        let product = match element {
            Some(point) => private.agree(&PublicPoint::from_uncompressed(*self, point)?)?,
            None => Generator::Standard(*self).public_key(&private)?,
        };
        Ok(bytes(&product))
    }

    fn map_generic(&self, s: &[u8], h: &[u8]) -> Result<Secret, KeyAgreementError> {
        let h = PublicPoint::from_uncompressed(*self, h)?;
        match Generator::map_generic(s, &h) {
            Ok(Generator::Mapped(point)) => Ok(bytes(&point)),
            // A nonce out of range is the chip's fault, like a result at infinity.
            Ok(Generator::Standard(_)) | Err(_) => Err(KeyAgreementError::InvalidElement),
        }
    }

    fn map_integrated(
        &self,
        algorithm: SymmetricAlgorithm,
        s: &[u8],
        t: &[u8],
    ) -> Result<Secret, KeyAgreementError> {
        Ok(bytes(&map_integrated(*self, algorithm, s, t)?))
    }
}

fn bytes(point: &PublicPoint) -> Secret {
    Zeroizing::new(point.as_bytes().to_vec())
}

impl From<CryptoError> for KeyAgreementError {
    fn from(error: CryptoError) -> Self {
        match error {
            CryptoError::Random => Self::Random,
            CryptoError::InvalidScalar => Self::InvalidPrivateKey,
            _ => Self::InvalidElement,
        }
    }
}
