//! ECDSA on curves that RustCrypto has not, over the system's libssl.

use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey, EcPoint};
use openssl::ecdsa::EcdsaSig;
use openssl::error::ErrorStack;

use super::PrimeCurve;

/// Whether (r, s) is the signature; a point that is none has signed nothing.
///
/// # Errors
/// When libssl refuses the curve, or has no memory.
pub(super) fn verifies(
    curve: &PrimeCurve,
    public: &[u8],
    digest: &[u8],
    r: &[u8],
    s: &[u8],
) -> Result<bool, ErrorStack> {
    let group = group(curve)?;
    let mut context = BigNumContext::new()?;
    let key = EcPoint::from_bytes(&group, public, &mut context)
        .and_then(|point| EcKey::from_public_key(&group, &point))
        .and_then(|key| key.check_key().map(|()| key));
    let Ok(key) = key else {
        return Ok(false);
    };
    let signature = EcdsaSig::from_private_components(BigNum::from_slice(r)?, BigNum::from_slice(s)?)?;
    // Numbers out of range are an error to libssl.
    Ok(signature.verify(digest, &key).unwrap_or(false))
}

fn group(curve: &PrimeCurve) -> Result<EcGroup, ErrorStack> {
    let mut context = BigNumContext::new()?;
    let number = |bytes: &[u8]| BigNum::from_slice(bytes);
    let (p, a, b) = (number(&curve.p)?, number(&curve.a)?, number(&curve.b)?);
    let mut group = EcGroup::from_components(p, a, b, &mut context)?;
    let base = EcPoint::from_bytes(&group, &curve.base, &mut context)?;
    group.set_generator(base, number(&curve.order)?, BigNum::from_u32(1)?)?;
    Ok(group)
}
