//! The curves that certificates and security infos may name or spell out, and their domain parameters (ICAO Doc 9303-11
//! table 6, 9303-12 §4.1.6.3; BSI TR-03110-3, D.3.3): the one table of the project, to recognise a curve and to write it.
//!
//! Nothing is ever computed with parameters from a certificate: who does lets its author choose a generator whose
//! private key is known (CVE-2020-0601). They are compared with this table, each of them, and then the named curve is
//! computed on.

mod constants;
#[cfg(test)]
mod tests;

use crate::crypto::curve::Curve;

/// A prime curve of the standards by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NamedCurve {
    /// NIST P-192 (secp192r1), parameter 8.
    P192,
    /// brainpoolP192r1 (RFC 5639 §3.2), parameter 9.
    BrainpoolP192r1,
    /// NIST P-224 (secp224r1), parameter 10.
    P224,
    /// brainpoolP224r1 (RFC 5639 §3.3), parameter 11.
    BrainpoolP224r1,
    /// NIST P-256 (secp256r1), parameter 12.
    P256,
    /// brainpoolP256r1 (RFC 5639 §3.4), parameter 13.
    BrainpoolP256r1,
    /// brainpoolP320r1 (RFC 5639 §3.5), parameter 14.
    BrainpoolP320r1,
    /// NIST P-384 (secp384r1), parameter 15.
    P384,
    /// brainpoolP384r1 (RFC 5639 §3.6), parameter 16.
    BrainpoolP384r1,
    /// brainpoolP512r1 (RFC 5639 §3.7), parameter 17.
    BrainpoolP512r1,
    /// NIST P-521 (secp521r1), parameter 18.
    P521,
}

impl NamedCurve {
    /// Every curve known, by parameter number.
    pub const ALL: [Self; 11] = [
        Self::P192,
        Self::BrainpoolP192r1,
        Self::P224,
        Self::BrainpoolP224r1,
        Self::P256,
        Self::BrainpoolP256r1,
        Self::BrainpoolP320r1,
        Self::P384,
        Self::BrainpoolP384r1,
        Self::BrainpoolP512r1,
        Self::P521,
    ];

    /// Its number among the standardized domain parameters (9303-11 table 6).
    pub const fn parameter_id(self) -> u8 {
        match self {
            Self::P192 => 8,
            Self::BrainpoolP192r1 => 9,
            Self::P224 => 10,
            Self::BrainpoolP224r1 => 11,
            Self::P256 => 12,
            Self::BrainpoolP256r1 => 13,
            Self::BrainpoolP320r1 => 14,
            Self::P384 => 15,
            Self::BrainpoolP384r1 => 16,
            Self::BrainpoolP512r1 => 17,
            Self::P521 => 18,
        }
    }

    /// The curve with this number; `None` for the MODP groups and numbers reserved for future use.
    pub fn from_parameter_id(parameter_id: u8) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|curve| curve.parameter_id() == parameter_id)
    }

    /// Contents of the object identifier for `namedCurve` (RFC 5480 §2.1.1.1, RFC 5639 §4.1).
    pub const fn oid(self) -> &'static [u8] {
        match self {
            Self::P192 => &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x01],
            Self::P224 => &[0x2B, 0x81, 0x04, 0x00, 0x21],
            Self::P256 => &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07],
            Self::P384 => &[0x2B, 0x81, 0x04, 0x00, 0x22],
            Self::P521 => &[0x2B, 0x81, 0x04, 0x00, 0x23],
            Self::BrainpoolP192r1 => &[0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x03],
            Self::BrainpoolP224r1 => &[0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x05],
            Self::BrainpoolP256r1 => &[0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x07],
            Self::BrainpoolP320r1 => &[0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x09],
            Self::BrainpoolP384r1 => &[0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0B],
            Self::BrainpoolP512r1 => &[0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0D],
        }
    }

    /// The curve whose object identifier has these contents.
    pub fn from_oid(contents: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|curve| curve.oid() == contents)
    }

    /// Its name in the standards.
    pub const fn name(self) -> &'static str {
        match self {
            Self::P192 => "P-192",
            Self::P224 => "P-224",
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
            Self::BrainpoolP192r1 => "brainpoolP192r1",
            Self::BrainpoolP224r1 => "brainpoolP224r1",
            Self::BrainpoolP256r1 => "brainpoolP256r1",
            Self::BrainpoolP320r1 => "brainpoolP320r1",
            Self::BrainpoolP384r1 => "brainpoolP384r1",
            Self::BrainpoolP512r1 => "brainpoolP512r1",
        }
    }

    /// Its domain parameters.
    pub const fn parameters(self) -> DomainParameters<'static> {
        match self {
            Self::P192 => constants::P192,
            Self::P224 => constants::P224,
            Self::P256 => constants::P256,
            Self::P384 => constants::P384,
            Self::P521 => constants::P521,
            Self::BrainpoolP192r1 => constants::BRAINPOOL_P192R1,
            Self::BrainpoolP224r1 => constants::BRAINPOOL_P224R1,
            Self::BrainpoolP256r1 => constants::BRAINPOOL_P256R1,
            Self::BrainpoolP320r1 => constants::BRAINPOOL_P320R1,
            Self::BrainpoolP384r1 => constants::BRAINPOOL_P384R1,
            Self::BrainpoolP512r1 => constants::BRAINPOOL_P512R1,
        }
    }

    /// Length of a coordinate in bytes; of every curve here also that of the order, a private key and half a plain
    /// signature.
    pub const fn field_len(self) -> usize {
        self.parameters().prime.len()
    }

    /// Length of an uncompressed point in bytes.
    pub const fn point_len(self) -> usize {
        self.parameters().base.len()
    }

    /// The curve as this project's chip computes on it, if it does.
    pub const fn on_chip(self) -> Option<Curve> {
        Curve::from_parameter_id(self.parameter_id())
    }
}

impl core::fmt::Display for NamedCurve {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name())
    }
}

impl From<Curve> for NamedCurve {
    fn from(curve: Curve) -> Self {
        match curve {
            Curve::P256 => Self::P256,
            Curve::BrainpoolP256r1 => Self::BrainpoolP256r1,
            Curve::P384 => Self::P384,
            Curve::BrainpoolP384r1 => Self::BrainpoolP384r1,
        }
    }
}

/// Parameters over a prime field, big-endian. Those of a [`NamedCurve`] are padded to the field's length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DomainParameters<'a> {
    /// Prime p.
    pub prime: &'a [u8],
    /// First coefficient a.
    pub a: &'a [u8],
    /// Second coefficient b.
    pub b: &'a [u8],
    /// Base point G, uncompressed.
    pub base: &'a [u8],
    /// Order r of the base point.
    pub order: &'a [u8],
    /// Cofactor f.
    pub cofactor: &'a [u8],
}

impl<'a> DomainParameters<'a> {
    /// The parameters of a curve of the chip.
    pub const fn of(curve: Curve) -> DomainParameters<'static> {
        match curve {
            Curve::P256 => constants::P256,
            Curve::BrainpoolP256r1 => constants::BRAINPOOL_P256R1,
            Curve::P384 => constants::P384,
            Curve::BrainpoolP384r1 => constants::BRAINPOOL_P384R1,
        }
    }

    /// The chip's curve whose parameters these are, each of them; `None` for all other curves. Never panics.
    pub fn curve(&self) -> Option<Curve> {
        [
            Curve::P256,
            Curve::BrainpoolP256r1,
            Curve::P384,
            Curve::BrainpoolP384r1,
        ]
        .into_iter()
        .find(|curve| *self == DomainParameters::of(*curve))
    }

    /// The curve whose parameters these are, each of them, whatever zeros the numbers have in front; `None` for a curve
    /// that is not known. Never panics.
    pub fn named_curve(&self) -> Option<NamedCurve> {
        NamedCurve::ALL.into_iter().find(|curve| {
            let known = curve.parameters();
            self.base == known.base
                && [
                    (self.prime, known.prime),
                    (self.a, known.a),
                    (self.b, known.b),
                    (self.order, known.order),
                    (self.cofactor, known.cofactor),
                ]
                .into_iter()
                .all(|(number, known)| significant(number) == significant(known))
        })
    }

    /// Prime, coefficients, base point, order, in the order of their tags in a CV certificate.
    pub(super) const fn values(&self) -> [&'a [u8]; 5] {
        [self.prime, self.a, self.b, self.base, self.order]
    }
}

/// A big-endian number without the zeros in front.
fn significant(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}
