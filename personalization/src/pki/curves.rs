//! The domain parameters of the curves that certificates may name or spell out.
//!
//! Only to write them out and to recognise them; nothing is computed with parameters from a certificate.

use card_applet::crypto::curve::Curve;
use card_applet::wire::cvc;
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
    /// Those of a curve that chips compute on, as card verifiable certificates spell them out too.
    const fn of_chip_curve(curve: Curve) -> Self {
        let parameters = cvc::DomainParameters::of(curve);
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
    pub const fn parameters(self) -> &'static DomainParameters {
        match self {
            Self::P256 => &P256,
            Self::P384 => &P384,
            Self::P521 => &P521,
            Self::BrainpoolP256r1 => &BRAINPOOL_P256R1,
            Self::BrainpoolP384r1 => &BRAINPOOL_P384R1,
            Self::BrainpoolP512r1 => &BRAINPOOL_P512R1,
        }
    }
}

const fn hex<const N: usize>(digits: &str) -> [u8; N] {
    const fn value(digit: u8) -> u8 {
        match digit {
            b'0'..=b'9' => digit - b'0',
            b'A'..=b'F' => digit - b'A' + 10,
            _ => panic!("a constant of this file is not upper-case hexadecimal"),
        }
    }
    let digits = digits.as_bytes();
    assert!(
        digits.len() == 2 * N,
        "a constant of this file has the wrong length"
    );
    let mut bytes = [0u8; N];
    let mut index = 0;
    while index < N {
        bytes[index] = value(digits[2 * index]) * 16 + value(digits[2 * index + 1]);
        index += 1;
    }
    bytes
}

static P256: DomainParameters = DomainParameters::of_chip_curve(Curve::P256);
static P384: DomainParameters = DomainParameters::of_chip_curve(Curve::P384);

static P521: DomainParameters = DomainParameters {
    prime: &hex::<66>(
        "01FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF\
         FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF\
         FFFF",
    ),
    a: &hex::<66>(
        "01FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF\
         FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF\
         FFFC",
    ),
    b: &hex::<66>(
        "0051953EB9618E1C9A1F929A21A0B68540EEA2DA725B99B315F3B8B489918EF1\
         09E156193951EC7E937B1652C0BD3BB1BF073573DF883D2C34F1EF451FD46B50\
         3F00",
    ),
    base_x: &hex::<66>(
        "00C6858E06B70404E9CD9E3ECB662395B4429C648139053FB521F828AF606B4D\
         3DBAA14B5E77EFE75928FE1DC127A2FFA8DE3348B3C1856A429BF97E7E31C2E5\
         BD66",
    ),
    base_y: &hex::<66>(
        "011839296A789A3BC0045C8A5FB42C7D1BD998F54449579B446817AFBD17273E\
         662C97EE72995EF42640C550B9013FAD0761353C7086A272C24088BE94769FD1\
         6650",
    ),
    order: &hex::<66>(
        "01FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF\
         FFFA51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E9138\
         6409",
    ),
};

static BRAINPOOL_P256R1: DomainParameters = DomainParameters::of_chip_curve(Curve::BrainpoolP256r1);
static BRAINPOOL_P384R1: DomainParameters = DomainParameters::of_chip_curve(Curve::BrainpoolP384r1);

static BRAINPOOL_P512R1: DomainParameters = DomainParameters {
    prime: &hex::<64>(
        "AADD9DB8DBE9C48B3FD4E6AE33C9FC07CB308DB3B3C9D20ED6639CCA70330871\
         7D4D9B009BC66842AECDA12AE6A380E62881FF2F2D82C68528AA6056583A48F3",
    ),
    a: &hex::<64>(
        "7830A3318B603B89E2327145AC234CC594CBDD8D3DF91610A83441CAEA9863BC\
         2DED5D5AA8253AA10A2EF1C98B9AC8B57F1117A72BF2C7B9E7C1AC4D77FC94CA",
    ),
    b: &hex::<64>(
        "3DF91610A83441CAEA9863BC2DED5D5AA8253AA10A2EF1C98B9AC8B57F1117A7\
         2BF2C7B9E7C1AC4D77FC94CADC083E67984050B75EBAE5DD2809BD638016F723",
    ),
    base_x: &hex::<64>(
        "81AEE4BDD82ED9645A21322E9C4C6A9385ED9F70B5D916C1B43B62EEF4D0098E\
         FF3B1F78E2D0D48D50D1687B93B97D5F7C6D5047406A5E688B352209BCB9F822",
    ),
    base_y: &hex::<64>(
        "7DDE385D566332ECC0EABFA9CF7822FDF209F70024A57B1AA000C55B881F8111\
         B2DCDE494A5F485E5BCA4BD88A2763AED1CA2B2FA8F0540678CD1E0F3AD80892",
    ),
    order: &hex::<64>(
        "AADD9DB8DBE9C48B3FD4E6AE33C9FC07CB308DB3B3C9D20ED6639CCA70330870\
         553E5C414CA92619418661197FAC10471DB1D381085DDADDB58796829CA90069",
    ),
};
