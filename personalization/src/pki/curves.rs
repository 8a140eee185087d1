//! The domain parameters of the curves that certificates may name or spell out.
//!
//! Only to write them out and to recognise them; nothing is computed with parameters from a certificate.

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

static P256: DomainParameters = DomainParameters {
    prime: &hex::<32>("FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF"),
    a: &hex::<32>("FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFC"),
    b: &hex::<32>("5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B"),
    base_x: &hex::<32>("6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"),
    base_y: &hex::<32>("4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5"),
    order: &hex::<32>("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"),
};

static P384: DomainParameters = DomainParameters {
    prime: &hex::<48>(
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFE\
         FFFFFFFF0000000000000000FFFFFFFF",
    ),
    a: &hex::<48>(
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFE\
         FFFFFFFF0000000000000000FFFFFFFC",
    ),
    b: &hex::<48>(
        "B3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875A\
         C656398D8A2ED19D2A85C8EDD3EC2AEF",
    ),
    base_x: &hex::<48>(
        "AA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A38\
         5502F25DBF55296C3A545E3872760AB7",
    ),
    base_y: &hex::<48>(
        "3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C0\
         0A60B1CE1D7E819D7A431D7C90EA0E5F",
    ),
    order: &hex::<48>(
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF\
         581A0DB248B0A77AECEC196ACCC52973",
    ),
};

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

static BRAINPOOL_P256R1: DomainParameters = DomainParameters {
    prime: &hex::<32>("A9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377"),
    a: &hex::<32>("7D5A0975FC2C3057EEF67530417AFFE7FB8055C126DC5C6CE94A4B44F330B5D9"),
    b: &hex::<32>("26DC5C6CE94A4B44F330B5D9BBD77CBF958416295CF7E1CE6BCCDC18FF8C07B6"),
    base_x: &hex::<32>("8BD2AEB9CB7E57CB2C4B482FFC81B7AFB9DE27E1E3BD23C23A4453BD9ACE3262"),
    base_y: &hex::<32>("547EF835C3DAC4FD97F8461A14611DC9C27745132DED8E545C1D54C72F046997"),
    order: &hex::<32>("A9FB57DBA1EEA9BC3E660A909D838D718C397AA3B561A6F7901E0E82974856A7"),
};

static BRAINPOOL_P384R1: DomainParameters = DomainParameters {
    prime: &hex::<48>(
        "8CB91E82A3386D280F5D6F7E50E641DF152F7109ED5456B412B1DA197FB71123\
         ACD3A729901D1A71874700133107EC53",
    ),
    a: &hex::<48>(
        "7BC382C63D8C150C3C72080ACE05AFA0C2BEA28E4FB22787139165EFBA91F90F\
         8AA5814A503AD4EB04A8C7DD22CE2826",
    ),
    b: &hex::<48>(
        "04A8C7DD22CE28268B39B55416F0447C2FB77DE107DCD2A62E880EA53EEB62D5\
         7CB4390295DBC9943AB78696FA504C11",
    ),
    base_x: &hex::<48>(
        "1D1C64F068CF45FFA2A63A81B7C13F6B8847A3E77EF14FE3DB7FCAFE0CBD10E8\
         E826E03436D646AAEF87B2E247D4AF1E",
    ),
    base_y: &hex::<48>(
        "8ABE1D7520F9C2A45CB1EB8E95CFD55262B70B29FEEC5864E19C054FF9912928\
         0E4646217791811142820341263C5315",
    ),
    order: &hex::<48>(
        "8CB91E82A3386D280F5D6F7E50E641DF152F7109ED5456B31F166E6CAC0425A7\
         CF3AB6AF6B7FC3103B883202E9046565",
    ),
};

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
