//! The curves that an issuer signs with, and their domain parameters, which stand in
//! [`card_applet::wire::domain_parameters`] beside those of the curves that are only verified.
//!
//! Only to write them out and to recognise them; nothing is computed with parameters from a certificate.

use card_applet::wire::domain_parameters;
use const_oid::ObjectIdentifier;

/// A prime curve of 9303-12 §4.1.6.3 that this project knows by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NamedCurve {
    /// secp256r1 (P-256, prime256v1; SEC 2, FIPS 186).
    P256,
    /// secp384r1 (P-384).
    P384,
    /// secp521r1 (P-521).
    P521,
    /// brainpoolP256r1 (RFC 5639 §3.4).
    BrainpoolP256r1,
    /// brainpoolP384r1 (RFC 5639 §3.6).
    BrainpoolP384r1,
    /// brainpoolP512r1 (RFC 5639 §3.7).
    BrainpoolP512r1,
}

/// Domain parameters over a prime field (SEC 1 §3.1.1), big-endian, cofactor 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DomainParameters {
    /// The field's prime p.
    pub prime: &'static [u8],
    /// Coefficient a, as long as p.
    pub a: &'static [u8],
    /// Coefficient b, as long as p.
    pub b: &'static [u8],
    /// The base point's x coordinate, as long as p.
    pub base_x: &'static [u8],
    /// The base point's y coordinate, as long as p.
    pub base_y: &'static [u8],
    /// The base point's order n.
    pub order: &'static [u8],
}

impl DomainParameters {
    /// Those of the project's one table.
    const fn of(curve: domain_parameters::NamedCurve) -> Self {
        let parameters = curve.parameters();
        let (_uncompressed, coordinates) = parameters.base.split_at(1);
        let (base_x, base_y) = coordinates.split_at(parameters.prime.len());
        Self {
            prime: parameters.prime,
            a: parameters.a,
            b: parameters.b,
            base_x,
            base_y,
            order: parameters.order,
        }
    }
}

impl NamedCurve {
    /// Every curve known.
    pub const ALL: [Self; 6] = [
        Self::P256,
        Self::P384,
        Self::P521,
        Self::BrainpoolP256r1,
        Self::BrainpoolP384r1,
        Self::BrainpoolP512r1,
    ];

    /// The object identifier for `namedCurve` (RFC 5480 §2.1.1.1, RFC 5639 §4.1).
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::P256 => ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"),
            Self::P384 => ObjectIdentifier::new_unwrap("1.3.132.0.34"),
            Self::P521 => ObjectIdentifier::new_unwrap("1.3.132.0.35"),
            Self::BrainpoolP256r1 => ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.7"),
            Self::BrainpoolP384r1 => ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.11"),
            Self::BrainpoolP512r1 => ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.13"),
        }
    }

    /// The curve with this object identifier.
    pub fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        Self::ALL.into_iter().find(|curve| curve.oid() == oid)
    }

    /// Length of a field element in bytes.
    pub const fn field_len(self) -> usize {
        self.parameters().prime.len()
    }

    /// The curve's domain parameters.
    pub const fn parameters(self) -> DomainParameters {
        DomainParameters::of(match self {
            Self::P256 => domain_parameters::NamedCurve::P256,
            Self::P384 => domain_parameters::NamedCurve::P384,
            Self::P521 => domain_parameters::NamedCurve::P521,
            Self::BrainpoolP256r1 => domain_parameters::NamedCurve::BrainpoolP256r1,
            Self::BrainpoolP384r1 => domain_parameters::NamedCurve::BrainpoolP384r1,
            Self::BrainpoolP512r1 => domain_parameters::NamedCurve::BrainpoolP512r1,
        })
    }
}
