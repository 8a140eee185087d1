//! Over crate `openssl`.
//!
//! `EC_POINT_mul` with one scalar is libssl's constant-time ladder. Scalars are wiped when freed; points that libssl makes on the
//! way are freed, not wiped.

use card_applet::wire::domain_parameters::NamedCurve;
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey, EcPoint, PointConversionForm};
use openssl::ecdsa::EcdsaSig;
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use zeroize::Zeroizing;

use super::LegacyCurveError;

/// A curve that RustCrypto has not, and that this machine's libssl has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LegacyCurve(NamedCurve);

impl LegacyCurve {
    /// `None` for the curves that RustCrypto has, and for those that libssl has not.
    #[must_use]
    pub fn new(curve: NamedCurve) -> Option<Self> {
        EcGroup::from_curve_name(nid(curve)?).ok().map(|_| Self(curve))
    }

    /// Which it is.
    #[must_use]
    pub fn named(self) -> NamedCurve {
        self.0
    }

    /// Whether an ECDSA-Sig-Value over a digest is by the owner of `point`, which is encoded as in SEC 1 §2.3.3. A digest longer
    /// than the order counts with its leftmost bits (FIPS 186-4 §6.4).
    ///
    /// # Errors
    /// [`LegacyCurveError`].
    pub fn verify(self, point: &[u8], digest: &[u8], signature: &[u8]) -> Result<bool, LegacyCurveError> {
        let group = self.group()?;
        let mut context = BigNumContext::new()?;
        let point = self.point(&group, point, &mut context)?;
        let key = EcKey::from_public_key(&group, &point)?;
        let value = EcdsaSig::from_der(signature).map_err(|_| LegacyCurveError::InvalidSignature)?;
        // libssl reads BER; there is one way to write a signature.
        if value.to_der()? != signature {
            return Err(LegacyCurveError::InvalidSignature);
        }
        Ok(value.verify(digest, &key)?)
    }

    /// Whether these bytes, as long as the order, are a number between zero and the order.
    #[must_use]
    pub fn is_scalar(self, bytes: &[u8]) -> bool {
        self.scalar(bytes).is_ok()
    }

    /// The point (the standard generator if there is none) times the scalar: 04 ‖ x ‖ y. Both are checked.
    ///
    /// # Errors
    /// [`LegacyCurveError`].
    pub fn multiply(
        self,
        point: Option<&[u8]>,
        scalar: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, LegacyCurveError> {
        let group = self.group()?;
        let mut context = BigNumContext::new()?;
        let scalar = self.scalar(scalar)?;
        let mut product = EcPoint::new(&group)?;
        match point {
            Some(point) => {
                let point = self.uncompressed(&group, point, &mut context)?;
                product.mul2(&group, &point, &scalar, &mut context)?;
            }
            None => product.mul_generator2(&group, &scalar, &mut context)?,
        }
        encode(&group, &product, &mut context)
    }

    /// The standard generator times the scalar, plus a point (04 ‖ x ‖ y): PACE's generic mapping.
    ///
    /// # Errors
    /// [`LegacyCurveError`]; [`LegacyCurveError::InvalidPoint`] also when the sum is the point at infinity.
    pub fn multiply_generator_and_add(
        self,
        scalar: &[u8],
        point: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, LegacyCurveError> {
        let group = self.group()?;
        let mut context = BigNumContext::new()?;
        let scalar = self.scalar(scalar)?;
        let point = self.uncompressed(&group, point, &mut context)?;
        let (mut product, mut sum) = (EcPoint::new(&group)?, EcPoint::new(&group)?);
        product.mul_generator2(&group, &scalar, &mut context)?;
        sum.add(&group, &product, &point, &mut context)?;
        encode(&group, &sum, &mut context)
    }

    fn group(self) -> Result<EcGroup, LegacyCurveError> {
        let nid = nid(self.0).ok_or_else(|| LegacyCurveError::Library("no such curve".to_owned()))?;
        Ok(EcGroup::from_curve_name(nid)?)
    }

    fn scalar(self, bytes: &[u8]) -> Result<BigNum, LegacyCurveError> {
        let order = self.0.parameters().order;
        // Numbers of the same length compare like their bytes.
        if bytes.len() != order.len() || bytes.iter().all(|byte| *byte == 0) || bytes >= order {
            return Err(LegacyCurveError::InvalidScalar);
        }
        let mut scalar = BigNum::new_secure()?;
        scalar.copy_from_slice(bytes)?;
        scalar.set_const_time();
        Ok(scalar)
    }

    fn uncompressed(
        self,
        group: &EcGroup,
        bytes: &[u8],
        context: &mut BigNumContext,
    ) -> Result<EcPoint, LegacyCurveError> {
        if bytes.len() != self.0.point_len() || bytes.first() != Some(&0x04) {
            return Err(LegacyCurveError::InvalidPoint);
        }
        self.point(group, bytes, context)
    }

    /// A point that is on the curve and not at infinity; the cofactor being one it is in the group.
    fn point(
        self,
        group: &EcGroup,
        bytes: &[u8],
        context: &mut BigNumContext,
    ) -> Result<EcPoint, LegacyCurveError> {
        let point = EcPoint::from_bytes(group, bytes, context).map_err(|_| LegacyCurveError::InvalidPoint)?;
        if point.is_infinity(group) || !point.is_on_curve(group, context)? {
            return Err(LegacyCurveError::InvalidPoint);
        }
        Ok(point)
    }
}

fn encode(
    group: &EcGroup,
    point: &EcPoint,
    context: &mut BigNumContext,
) -> Result<Zeroizing<Vec<u8>>, LegacyCurveError> {
    if point.is_infinity(group) {
        return Err(LegacyCurveError::InvalidPoint);
    }
    let bytes = point.to_bytes(group, PointConversionForm::UNCOMPRESSED, context)?;
    Ok(Zeroizing::new(bytes))
}

/// libssl's number of a curve that RustCrypto has not.
fn nid(curve: NamedCurve) -> Option<Nid> {
    Some(match curve {
        NamedCurve::P192 => Nid::X9_62_PRIME192V1,
        NamedCurve::P224 => Nid::SECP224R1,
        NamedCurve::BrainpoolP192r1 => Nid::BRAINPOOL_P192R1,
        NamedCurve::BrainpoolP224r1 => Nid::BRAINPOOL_P224R1,
        NamedCurve::BrainpoolP320r1 => Nid::BRAINPOOL_P320R1,
        NamedCurve::BrainpoolP512r1 => Nid::BRAINPOOL_P512R1,
        NamedCurve::P256
        | NamedCurve::P384
        | NamedCurve::P521
        | NamedCurve::BrainpoolP256r1
        | NamedCurve::BrainpoolP384r1 => return None,
    })
}

impl From<ErrorStack> for LegacyCurveError {
    fn from(error: ErrorStack) -> Self {
        Self::Library(error.to_string())
    }
}
