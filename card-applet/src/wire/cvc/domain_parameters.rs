//! The domain parameters of an elliptic curve, spelled out (BSI TR-03110-3, D.3.3): to recognise a curve and to write
//! it. Nothing is ever computed with parameters from a certificate.

use crate::crypto::curve::Curve;

/// Parameters over a prime field, big-endian.
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
    /// The parameters of a curve.
    pub const fn of(curve: Curve) -> DomainParameters<'static> {
        match curve {
            Curve::P256 => P256,
            Curve::BrainpoolP256r1 => BRAINPOOL_P256R1,
            Curve::P384 => P384,
            Curve::BrainpoolP384r1 => BRAINPOOL_P384R1,
        }
    }

    /// The curve whose parameters these are, each of them; `None` for all other curves. Never panics.
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

    /// Prime, coefficients, base point, order, in the order of their tags.
    pub(super) const fn values(&self) -> [&'a [u8]; 5] {
        [self.prime, self.a, self.b, self.base, self.order]
    }
}

/// Bytes of hexadecimal digits, at compile time.
#[allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    reason = "runs in the compiler, on the constants of this file"
)]
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

const P256: DomainParameters<'static> = DomainParameters {
    prime: &hex::<32>("FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF"),
    a: &hex::<32>("FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFC"),
    b: &hex::<32>("5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B"),
    base: &hex::<65>(
        "046B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C2\
         964FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51\
         F5",
    ),
    order: &hex::<32>("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"),
    cofactor: &[1],
};

const P384: DomainParameters<'static> = DomainParameters {
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
    base: &hex::<97>(
        "04AA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A\
         385502F25DBF55296C3A545E3872760AB73617DE4A96262C6F5D9E98BF9292DC\
         29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E\
         5F",
    ),
    order: &hex::<48>(
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF\
         581A0DB248B0A77AECEC196ACCC52973",
    ),
    cofactor: &[1],
};

const BRAINPOOL_P256R1: DomainParameters<'static> = DomainParameters {
    prime: &hex::<32>("A9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377"),
    a: &hex::<32>("7D5A0975FC2C3057EEF67530417AFFE7FB8055C126DC5C6CE94A4B44F330B5D9"),
    b: &hex::<32>("26DC5C6CE94A4B44F330B5D9BBD77CBF958416295CF7E1CE6BCCDC18FF8C07B6"),
    base: &hex::<65>(
        "048BD2AEB9CB7E57CB2C4B482FFC81B7AFB9DE27E1E3BD23C23A4453BD9ACE32\
         62547EF835C3DAC4FD97F8461A14611DC9C27745132DED8E545C1D54C72F0469\
         97",
    ),
    order: &hex::<32>("A9FB57DBA1EEA9BC3E660A909D838D718C397AA3B561A6F7901E0E82974856A7"),
    cofactor: &[1],
};

const BRAINPOOL_P384R1: DomainParameters<'static> = DomainParameters {
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
    base: &hex::<97>(
        "041D1C64F068CF45FFA2A63A81B7C13F6B8847A3E77EF14FE3DB7FCAFE0CBD10\
         E8E826E03436D646AAEF87B2E247D4AF1E8ABE1D7520F9C2A45CB1EB8E95CFD5\
         5262B70B29FEEC5864E19C054FF99129280E4646217791811142820341263C53\
         15",
    ),
    order: &hex::<48>(
        "8CB91E82A3386D280F5D6F7E50E641DF152F7109ED5456B31F166E6CAC0425A7\
         CF3AB6AF6B7FC3103B883202E9046565",
    ),
    cofactor: &[1],
};
