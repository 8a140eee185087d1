//! EC public keys in certificates: explicit domain parameters, as 9303-12 §4.1.6.3 asks, or a named curve.
//!
//! 9303-12 wants the parameters spelled out with the cofactor and uncompressed points. OpenSSL 3 refuses
//! such keys in a chain, hence the named-curve twin. What is read is *recognised*: explicit parameters must
//! equal those of a curve known by name in every field; nobody computes on parameters from a certificate
//! (CVE-2020-0601 is what happens otherwise).
//!
//! ```text
//! ECParameters ::= SEQUENCE {                                            -- RFC 3279 §2.3.5
//!     version   INTEGER (1),
//!     fieldID   SEQUENCE { fieldType OBJECT IDENTIFIER, parameters INTEGER },   -- prime field: p
//!     curve     SEQUENCE { a OCTET STRING, b OCTET STRING, seed BIT STRING OPTIONAL },
//!     base      OCTET STRING,                                            -- 04 ‖ x ‖ y
//!     order     INTEGER,
//!     cofactor  INTEGER OPTIONAL }
//! ```

use const_oid::ObjectIdentifier;
use der::asn1::{AnyRef, BitStringRef, OctetStringRef, UintRef};
use der::{Decode, Encode, Sequence, Tag, Tagged};
use spki::{SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef};

use super::PkiError;
pub use super::curves::{DomainParameters, NamedCurve};
use crate::signer::public_key::{PublicKey, RSA_ENCRYPTION};
use crate::signer::signing::Signer;

/// `id-ecPublicKey` (RFC 5480 §2.1.1).
pub const ID_EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
/// `prime-field` (RFC 3279 §2.3.5).
const PRIME_FIELD: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.1.1");

/// How a certificate describes the curve of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CurveForm {
    /// All domain parameters with the cofactor: what 9303-12 §4.1.6.3 requires.
    #[default]
    ExplicitParameters,
    /// The curve's object identifier: for software that refuses explicit parameters.
    NamedCurve,
}

/// A recognised EC public key of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EcPublicKey {
    /// The curve.
    pub curve: NamedCurve,
    /// How the certificate describes it.
    pub form: CurveForm,
    /// The point, `04 ‖ x ‖ y`. Whether it lies on the curve is for the signature library to check.
    pub point: Vec<u8>,
}

#[derive(Sequence)]
struct FieldId<'a> {
    field_type: ObjectIdentifier,
    prime: UintRef<'a>,
}

#[derive(Sequence)]
struct CurveCoefficients<'a> {
    a: &'a OctetStringRef,
    b: &'a OctetStringRef,
    seed: Option<BitStringRef<'a>>,
}

#[derive(Sequence)]
struct EcParameters<'a> {
    version: u8,
    field_id: FieldId<'a>,
    curve: CurveCoefficients<'a>,
    base: &'a OctetStringRef,
    order: UintRef<'a>,
    cofactor: Option<u8>,
}

/// DER of the explicit `ECParameters` of a curve: with cofactor, without seed, base point uncompressed.
///
/// # Errors
/// [`PkiError::Encoding`], never in practice.
pub fn encode_explicit(curve: NamedCurve) -> Result<Vec<u8>, PkiError> {
    let domain = curve.parameters();
    let base = uncompressed(domain.base_x, domain.base_y);
    let parameters = EcParameters {
        version: 1,
        field_id: FieldId {
            field_type: PRIME_FIELD,
            prime: UintRef::new(domain.prime)?,
        },
        curve: CurveCoefficients {
            a: OctetStringRef::new(domain.a)?,
            b: OctetStringRef::new(domain.b)?,
            seed: None,
        },
        base: OctetStringRef::new(&base)?,
        order: UintRef::new(domain.order)?,
        cofactor: Some(1),
    };
    Ok(parameters.to_der()?)
}

/// The curve whose parameters these explicit ones are, field by field.
///
/// The optional seed is not compared (it explains b and takes no part in arithmetic) and the cofactor may
/// be missing, as in older documents; if it is there it must be 1. None for any other difference.
/// Never panics.
#[must_use]
pub fn recognise_explicit(parameters: &[u8]) -> Option<NamedCurve> {
    let given = EcParameters::from_der(parameters).ok()?;
    // Versions 2 and 3 only promise more about the seed.
    let plausible = (1..=3).contains(&given.version)
        && given.field_id.field_type == PRIME_FIELD
        && given.cofactor.is_none_or(|cofactor| cofactor == 1);
    if !plausible {
        return None;
    }
    NamedCurve::ALL.into_iter().find(|curve| {
        let known = curve.parameters();
        given.field_id.prime.as_bytes() == known.prime
            && given.curve.a.as_bytes() == known.a
            && given.curve.b.as_bytes() == known.b
            && given.base.as_bytes() == uncompressed(known.base_x, known.base_y)
            && given.order.as_bytes() == known.order
    })
}

/// The `SubjectPublicKeyInfo` of a signer's key: on a curve in the wanted form, of RSA as `rsaEncryption` with NULL
/// (RFC 4055 §1.2).
///
/// # Errors
/// [`PkiError::Encoding`], never in practice.
pub fn subject_public_key_info(
    signer: &dyn Signer,
    form: CurveForm,
) -> Result<SubjectPublicKeyInfoOwned, PkiError> {
    public_key_info(signer.public_key(), form)
}

/// The `SubjectPublicKeyInfo` of a key in the wanted form.
///
/// # Errors
/// [`PkiError::Encoding`], never in practice.
pub fn public_key_info(key: &PublicKey, form: CurveForm) -> Result<SubjectPublicKeyInfoOwned, PkiError> {
    let info = match key {
        PublicKey::Ec { curve, point } => encode_public_key(*curve, point, form)?,
        PublicKey::Rsa(key) => SubjectPublicKeyInfoRef {
            algorithm: spki::AlgorithmIdentifierRef {
                oid: RSA_ENCRYPTION,
                parameters: Some(AnyRef::NULL),
            },
            subject_public_key: BitStringRef::from_bytes(key.der())?,
        }
        .to_der()?,
    };
    Ok(SubjectPublicKeyInfoOwned::from_der(&info)?)
}

/// DER of the `SubjectPublicKeyInfo` of an uncompressed point in the wanted form.
///
/// # Errors
/// [`PkiError::Encoding`], never in practice.
pub fn encode_public_key(curve: NamedCurve, point: &[u8], form: CurveForm) -> Result<Vec<u8>, PkiError> {
    let parameters = match form {
        CurveForm::ExplicitParameters => encode_explicit(curve)?,
        CurveForm::NamedCurve => curve.oid().to_der()?,
    };
    let info = SubjectPublicKeyInfoRef {
        algorithm: spki::AlgorithmIdentifierRef {
            oid: ID_EC_PUBLIC_KEY,
            parameters: Some(AnyRef::from_der(&parameters)?),
        },
        subject_public_key: BitStringRef::from_bytes(point)?,
    };
    Ok(info.to_der()?)
}

/// Recognises the EC key in a `SubjectPublicKeyInfo`.
///
/// # Errors
/// [`PkiError::Certificate`] saying what is not accepted: another algorithm, implicit or unknown parameters,
/// a point that is not `04 ‖ x ‖ y` of the curve's length.
pub fn ec_public_key(info: &SubjectPublicKeyInfoOwned) -> Result<EcPublicKey, PkiError> {
    let refuse = |why: &str| PkiError::Certificate {
        what: "the public key",
        why: why.to_owned(),
    };
    if info.algorithm.oid != ID_EC_PUBLIC_KEY {
        return Err(refuse("not an EC key (id-ecPublicKey)"));
    }
    let parameters = info
        .algorithm
        .parameters
        .as_ref()
        .ok_or_else(|| refuse("no curve parameters"))?;
    let (curve, form) = match parameters.tag() {
        Tag::ObjectIdentifier => {
            let oid = parameters.decode_as::<ObjectIdentifier>()?;
            let curve = NamedCurve::from_oid(oid).ok_or_else(|| refuse("an unknown named curve"))?;
            (curve, CurveForm::NamedCurve)
        }
        Tag::Sequence => {
            let curve = recognise_explicit(&parameters.to_der()?)
                .ok_or_else(|| refuse("explicit parameters that belong to no known curve"))?;
            (curve, CurveForm::ExplicitParameters)
        }
        _ => return Err(refuse("implicit curve parameters")),
    };
    let point = info
        .subject_public_key
        .as_bytes()
        .ok_or_else(|| refuse("a point with unused bits"))?;
    if point.len() != 1 + 2 * curve.field_len() || point.first() != Some(&0x04) {
        return Err(refuse("a point that is not uncompressed"));
    }
    Ok(EcPublicKey {
        curve,
        form,
        point: point.to_vec(),
    })
}

fn uncompressed(x: &[u8], y: &[u8]) -> Vec<u8> {
    [&[0x04], x, y].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signer::FileSigner;

    #[test]
    fn every_curve_is_recognised_from_what_is_written() {
        for curve in NamedCurve::ALL {
            let parameters = encode_explicit(curve).unwrap();
            assert_eq!(recognise_explicit(&parameters), Some(curve));
            assert_eq!(NamedCurve::from_oid(curve.oid()), Some(curve));
        }
    }

    #[test]
    fn one_changed_bit_anywhere_and_the_curve_is_unknown() {
        let parameters = encode_explicit(NamedCurve::P256).unwrap();
        for index in 0..parameters.len() {
            let mut changed = parameters.clone();
            changed[index] ^= 0x01;
            // The version may be 1, 2 or 3 (they differ in what the seed promises): 1 ^ 1 = 0 is none.
            assert_eq!(recognise_explicit(&changed), None, "byte {index}");
        }
    }

    #[test]
    fn a_signers_key_is_read_back_in_both_forms() {
        let signer = FileSigner::generate(&mut getrandom::SysRng).unwrap();
        for form in [CurveForm::ExplicitParameters, CurveForm::NamedCurve] {
            let info = subject_public_key_info(&signer, form).unwrap();
            let key = ec_public_key(&info).unwrap();
            assert_eq!(
                key,
                EcPublicKey {
                    curve: NamedCurve::P256,
                    form,
                    point: signer.public_point()
                }
            );
        }
    }
}
