//! P-521, over the curve crate. No chip of this project has it.

use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::crypto::integrated_mapping::{expand, expanded_len, write_point};
use elliptic_curve::group::Group as _;
use elliptic_curve::sec1::ToSec1Point;
use elliptic_curve::{NonZeroScalar, ProjectivePoint, PublicKey};
use p521::NistP521;
use zeroize::Zeroizing;

use super::{Arithmetic, KeyAgreementError, Secret};

/// Bits of the field and of the order.
const BITS: usize = 521;
/// Bytes of a coordinate and of a private key.
const FIELD_LEN: usize = 66;
/// Bytes of an uncompressed point.
pub(super) const POINT_LEN: usize = 1 + 2 * FIELD_LEN;

/// The curve.
pub(super) struct P521;

impl Arithmetic for P521 {
    fn order_bits(&self) -> usize {
        BITS
    }

    fn is_private_key(&self, private: &[u8]) -> bool {
        scalar(private).is_some()
    }

    fn power(&self, element: Option<&[u8]>, private: &[u8]) -> Result<Secret, KeyAgreementError> {
        let private = Zeroizing::new(scalar(private).ok_or(KeyAgreementError::InvalidPrivateKey)?);
        match element {
            Some(element) => encode(point(element)? * **private),
            None => encode(ProjectivePoint::<NistP521>::mul_by_generator(&**private)),
        }
    }

    fn map_generic(&self, s: &[u8], h: &[u8]) -> Result<Secret, KeyAgreementError> {
        let mut padded = Zeroizing::new([0; FIELD_LEN]);
        let start = FIELD_LEN
            .checked_sub(s.len())
            .ok_or(KeyAgreementError::InvalidElement)?;
        padded[start..].copy_from_slice(s);
        let s = Zeroizing::new(scalar(&*padded).ok_or(KeyAgreementError::InvalidElement)?);
        encode(ProjectivePoint::<NistP521>::mul_by_generator(&**s) + point(h)?)
    }

    fn map_integrated(
        &self,
        algorithm: SymmetricAlgorithm,
        s: &[u8],
        t: &[u8],
    ) -> Result<Secret, KeyAgreementError> {
        let mut expanded = Zeroizing::new(vec![0; expanded_len(algorithm, BITS)]);
        expand(algorithm, s, t, &mut expanded)?;
        let mut generator = Zeroizing::new(vec![0; POINT_LEN]);
        write_point::<NistP521>(&expanded, &mut generator)?;
        // Checked like any other point: on the curve, not at infinity.
        point(&generator)?;
        Ok(generator)
    }
}

fn scalar(bytes: &[u8]) -> Option<NonZeroScalar<NistP521>> {
    NonZeroScalar::try_from(bytes).ok()
}

/// Reads an uncompressed point; infinity is none.
fn point(bytes: &[u8]) -> Result<ProjectivePoint<NistP521>, KeyAgreementError> {
    if bytes.len() != POINT_LEN || bytes.first() != Some(&0x04) {
        return Err(KeyAgreementError::InvalidElement);
    }
    let public =
        PublicKey::<NistP521>::from_sec1_bytes(bytes).map_err(|_| KeyAgreementError::InvalidElement)?;
    Ok(public.to_projective())
}

fn encode(point: ProjectivePoint<NistP521>) -> Result<Secret, KeyAgreementError> {
    if bool::from(point.is_identity()) {
        return Err(KeyAgreementError::InvalidElement);
    }
    Ok(Zeroizing::new(
        point.to_affine().to_sec1_point(false).as_bytes().to_vec(),
    ))
}
