//! SubjectPublicKeyInfo (RFC 5280 §4.1.2.7; of curves RFC 3279 §2.3.5 and 9303-12 §4.1.6.3).

use super::der::{only, tag};
use super::objects::{Object, shown};
use crate::conformance::verdict::{Finding, Played};
use crate::naive::{Curve, PrimeCurve};

/// rsaEncryption: 1.2.840.113549.1.1.1.
pub(super) const RSA_ENCRYPTION: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01];
/// id-RSASSA-PSS as the algorithm of a key: 1.2.840.113549.1.1.10.
const RSASSA_PSS: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0A];
/// id-ecPublicKey: 1.2.840.10045.2.1.
pub(super) const EC_PUBLIC_KEY: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01];
/// standardizedDomainParameters: 0.4.0.127.0.7.1.2 (9303-11 §9.5.1).
pub(super) const STANDARDIZED: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x01, 0x02];
/// prime-field: 1.2.840.10045.1.1.
const PRIME_FIELD: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x01, 0x01];

/// A public key as far as the suite computes with it.
pub(super) enum PublicKey {
    /// On a curve.
    Ec { domain: Domain, point: Vec<u8> },
    /// RSA.
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    /// Anything else.
    Other,
}

/// The curve of a key, and how the key says so.
#[derive(Clone, Copy)]
pub(super) struct Domain {
    curve: &'static PrimeCurve,
    /// All parameters are spelled out, the cofactor among them.
    pub(super) is_explicit: bool,
}

/// SubjectPublicKeyInfo.
pub(super) struct KeyInfo<'a> {
    /// The algorithm's OBJECT IDENTIFIER.
    pub(super) algorithm: Object<'a>,
    /// The algorithm's parameters.
    pub(super) parameters: Option<Object<'a>>,
    /// The BIT STRING.
    pub(super) key: Object<'a>,
}

impl<'a> KeyInfo<'a> {
    /// Reads its structure.
    pub(super) fn read(object: &Object<'a>) -> Played<Self> {
        let field = "SubjectPublicKeyInfo";
        object.expect_tag(tag::SEQUENCE, field)?;
        let mut fields = object.inside();
        let identifier = fields.expect(tag::SEQUENCE, "algorithm")?;
        let key = fields.expect(tag::BIT_STRING, "subjectPublicKey")?;
        fields.end(field)?;
        let mut parts = identifier.inside();
        let algorithm = parts.expect(tag::OBJECT_IDENTIFIER, "algorithm")?;
        let parameters = match parts.rest() {
            [] => None,
            _ => Some(parts.next("parameters")?),
        };
        parts.end("algorithm")?;
        Ok(KeyInfo {
            algorithm,
            parameters,
            key,
        })
    }

    /// The key.
    ///
    /// # Errors
    /// When it is no key of its algorithm; not applicable for a curve that the suite does not know.
    pub(super) fn public_key(&self) -> Played<PublicKey> {
        match self.algorithm.value {
            EC_PUBLIC_KEY => self.ec_key(),
            STANDARDIZED => self.ec_key(),
            RSA_ENCRYPTION | RSASSA_PSS => self.rsa_key(),
            _ => Ok(PublicKey::Other),
        }
    }

    fn ec_key(&self) -> Played<PublicKey> {
        let parameters = self.parameters.ok_or_else(|| {
            self.algorithm
                .flaw("parameters", "expected those of a curve, found none")
        })?;
        let domain = Domain::read(&parameters)?;
        let point = self.key.bits("subjectPublicKey")?;
        self.key
            .must(domain.curve.has_point(point), "subjectPublicKey", || {
                format!(
                    "expected a point 04 ‖ x ‖ y of {}, found {}",
                    domain.curve.name,
                    shown(point)
                )
            })?;
        Ok(PublicKey::Ec {
            domain,
            point: point.to_vec(),
        })
    }

    fn rsa_key(&self) -> Played<PublicKey> {
        let field = "RSAPublicKey";
        let bits = self.key.bits("subjectPublicKey")?;
        let mut inside = self.key.inside();
        inside.skip(1);
        let sequence = only(inside, tag::SEQUENCE, field)?;
        let mut numbers = sequence.inside();
        let modulus = numbers.next("modulus")?.positive("modulus")?;
        let exponent = numbers.next("publicExponent")?.positive("publicExponent")?;
        numbers.end(field)?;
        self.key
            .must(bits.len() >= 64 && modulus.len() >= 64, field, || {
                "expected a modulus of 512 bits and more".into()
            })?;
        self.key
            .must(modulus.last().is_some_and(|byte| byte & 1 == 1), field, || {
                "expected an odd modulus".into()
            })?;
        Ok(PublicKey::Rsa {
            modulus: modulus.to_vec(),
            exponent: exponent.to_vec(),
        })
    }
}

impl Domain {
    /// A named curve, or explicit parameters of a curve with a name: nobody computes on others.
    fn read(parameters: &Object<'_>) -> Played<Self> {
        match parameters.tag {
            tag::OBJECT_IDENTIFIER => {
                let curve = PrimeCurve::all()
                    .iter()
                    .find(|curve| curve.oid == parameters.value);
                let curve = curve.ok_or_else(|| unknown(parameters, "named curve"))?;
                Ok(Domain {
                    curve,
                    is_explicit: false,
                })
            }
            tag::SEQUENCE => Self::read_explicit(parameters),
            // Of standardizedDomainParameters the number.
            tag::INTEGER => {
                let curve = PrimeCurve::all()
                    .iter()
                    .find(|curve| parameters.value == [curve.parameter_id]);
                let curve = curve.ok_or_else(|| {
                    parameters.flaw(
                        "parameters",
                        &format!("expected 8 to 18, found {}", shown(parameters.value)),
                    )
                })?;
                Ok(Domain {
                    curve,
                    is_explicit: false,
                })
            }
            _ => Err(parameters.flaw("parameters", "expected ECParameters or a named curve")),
        }
    }

    /// ```text
    /// ECParameters { version 1, fieldID { prime-field, p }, curve { a, b, seed? }, base, order, cofactor? }
    /// ```
    fn read_explicit(parameters: &Object<'_>) -> Played<Self> {
        let mut fields = parameters.inside();
        fields
            .expect(tag::INTEGER, "version of ECParameters")?
            .expect_value(&[1], "version of ECParameters")?;
        let mut field_id = fields.expect(tag::SEQUENCE, "fieldID")?.inside();
        field_id
            .expect(tag::OBJECT_IDENTIFIER, "fieldType")?
            .expect_value(PRIME_FIELD, "fieldType")?;
        let p = field_id.next("prime")?.positive("prime")?;
        field_id.end("fieldID")?;
        let mut coefficients = fields.expect(tag::SEQUENCE, "curve")?.inside();
        let a = coefficients.expect(tag::OCTET_STRING, "a")?;
        let b = coefficients.expect(tag::OCTET_STRING, "b")?;
        coefficients.optional(tag::BIT_STRING, "seed")?;
        coefficients.end("curve")?;
        let base = fields.expect(tag::OCTET_STRING, "base")?;
        let order = fields.next("order")?.positive("order")?;
        let cofactor = fields.optional(tag::INTEGER, "cofactor")?;
        fields.end("ECParameters")?;
        let curve = PrimeCurve::all()
            .iter()
            .find(|curve| curve.p == p && curve.order == order);
        let curve = curve.ok_or_else(|| unknown(parameters, "explicit parameters"))?;
        a.must(same_number(a.value, &curve.a), "a", || {
            format!("expected that of {}, found another", curve.name)
        })?;
        b.must(same_number(b.value, &curve.b), "b", || {
            format!("expected that of {}, found another", curve.name)
        })?;
        base.must(base.value == curve.base, "base", || {
            format!(
                "expected 04 ‖ x ‖ y of the base point of {}, found another",
                curve.name
            )
        })?;
        if let Some(cofactor) = cofactor {
            cofactor.expect_value(&[1], "cofactor")?;
        }
        Ok(Domain {
            curve,
            is_explicit: cofactor.is_some(),
        })
    }

    /// Whether (r, s) is the signature over this digest; `None` where no library of this program computes on the curve.
    pub(super) fn verifies(&self, point: &[u8], digest: &[u8], r: &[u8], s: &[u8]) -> Option<bool> {
        let library = Curve::ALL
            .into_iter()
            .find(|curve| curve.parameter_id() == self.curve.parameter_id);
        let Some(curve) = library else {
            return self.curve.verifies(point, digest, r, s);
        };
        let len = curve.field_len();
        let (Some(r), Some(s)) = (padded(r, len), padded(s, len)) else {
            return Some(false);
        };
        Some(curve.has_signed(point, digest, &[r, s].concat()))
    }

    /// The curve's name.
    pub(super) fn name(&self) -> &'static str {
        self.curve.name
    }
}

fn unknown(parameters: &Object<'_>, what: &str) -> Finding {
    Finding::NotApplicable(format!(
        "the suite does not know the curve: {what} {}",
        shown(parameters.value)
    ))
}

fn same_number(one: &[u8], other: &[u8]) -> bool {
    significant(one) == significant(other)
}

/// A number without the zeros in front of it.
fn significant(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

/// A number in so many bytes.
fn padded(number: &[u8], len: usize) -> Option<Vec<u8>> {
    let number = significant(number);
    Some([vec![0; len.checked_sub(number.len())?], number.to_vec()].concat())
}
