//! Elliptic curves a certificate may name, or write out in full.
//!
//! Doc 9303-12 §7.1.1.2 asks for *explicit* EC parameters. Whoever computes with parameters found
//! in a certificate lets its author choose a generator for which the private key is known
//! (CVE-2020-0601). So given parameters are compared, every one of them, with the table below; only
//! a curve of the table is ever computed on, and with the table's own numbers.

use const_oid::ObjectIdentifier;

use super::asn1::{Asn1Error, Element, tag};

/// id-prime-field (ANSI X9.62)
const PRIME_FIELD: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.1.1");

/// A curve by name (FIPS 186-4 D.1.2, RFC 5639 §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the variants are the standards' names
pub enum Curve {
    P224,
    P256,
    P384,
    P521,
    BrainpoolP224r1,
    BrainpoolP256r1,
    BrainpoolP320r1,
    BrainpoolP384r1,
    BrainpoolP512r1,
}

/// The domain parameters as RFC 3279 §2.3.5 writes them, in hexadecimal with the field's length.
struct CurveParameters {
    curve: Curve,
    name: &'static str,
    oid: ObjectIdentifier,
    p: &'static str,
    a: &'static str,
    b: &'static str,
    x: &'static str,
    y: &'static str,
    n: &'static str,
}

impl Curve {
    /// The name as its standard writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        CURVES
            .iter()
            .find(|known| known.curve == self)
            .map_or("unknown", |known| known.name)
    }

    /// The curve with this number among the standardized domain parameters (Doc 9303-11 §9.5.1), as far as it is known here.
    #[must_use]
    pub fn from_standardized(number: u8) -> Option<Self> {
        Some(match number {
            10 => Self::P224,
            11 => Self::BrainpoolP224r1,
            12 => Self::P256,
            13 => Self::BrainpoolP256r1,
            14 => Self::BrainpoolP320r1,
            15 => Self::P384,
            16 => Self::BrainpoolP384r1,
            17 => Self::BrainpoolP512r1,
            18 => Self::P521,
            _ => return None,
        })
    }

    /// Bytes of a coordinate and of half a plain signature.
    #[must_use]
    pub fn field_len(self) -> usize {
        let known = CURVES.iter().find(|known| known.curve == self);
        known.map_or(0, |known| known.p.len() / 2)
    }

    /// Reads the parameters of an `AlgorithmIdentifier` id-ecPublicKey: an OID or ECParameters.
    ///
    /// # Errors
    /// When the structure is not RFC 3279's, or the curve is none of the table.
    pub(crate) fn from_parameters(parameters: &Element<'_>) -> Result<Self, Asn1Error> {
        match parameters.tag {
            tag::OBJECT_IDENTIFIER => {
                let oid = parameters.oid("namedCurve")?;
                CURVES
                    .iter()
                    .find(|known| known.oid == oid)
                    .map(|known| known.curve)
                    .ok_or_else(|| Asn1Error::Value(format!("unknown named curve {oid}")))
            }
            _ => Self::from_explicit(parameters),
        }
    }

    /// ```text
    /// ECParameters ::= SEQUENCE { version INTEGER, fieldID FieldID, curve Curve,
    ///                             base ECPoint, order INTEGER, cofactor INTEGER OPTIONAL }
    /// ```
    fn from_explicit(parameters: &Element<'_>) -> Result<Self, Asn1Error> {
        parameters.require(tag::SEQUENCE, "ECParameters")?;
        let mut fields = parameters.reader();
        fields.expect(tag::INTEGER, "ECParameters.version")?;
        let mut field = fields.expect(tag::SEQUENCE, "ECParameters.fieldID")?.reader();
        if field.next("fieldType")?.oid("fieldType")? != PRIME_FIELD {
            return Err(Asn1Error::Value(
                "ECParameters: only prime fields are used".into(),
            ));
        }
        let p = field.expect(tag::INTEGER, "prime-p")?.body;
        field.finish("fieldID")?;
        let mut curve = fields.expect(tag::SEQUENCE, "ECParameters.curve")?.reader();
        let a = curve.expect(tag::OCTET_STRING, "curve.a")?.body;
        let b = curve.expect(tag::OCTET_STRING, "curve.b")?.body;
        // The optional seed tells how a and b were found; it has no part in the group.
        curve.optional(tag::BIT_STRING, "curve.seed")?;
        curve.finish("curve")?;
        let base = fields.expect(tag::OCTET_STRING, "ECParameters.base")?.body;
        let n = fields.expect(tag::INTEGER, "ECParameters.order")?.body;
        let cofactor = fields.optional(tag::INTEGER, "ECParameters.cofactor")?;
        fields.finish("ECParameters")?;
        let cofactor_is_one = cofactor.is_none_or(|cofactor| cofactor.body == [1]);
        CURVES
            .iter()
            .find(|known| {
                same_number(p, known.p)
                    && same_number(a, known.a)
                    && same_number(b, known.b)
                    && same_number(n, known.n)
                    && known.is_base(base)
                    && cofactor_is_one
            })
            .map(|known| known.curve)
            .ok_or_else(|| Asn1Error::Value("explicit EC parameters of no known curve".into()))
    }
}

impl CurveParameters {
    /// True for this curve's generator, uncompressed or compressed (SEC 1 §2.3.3).
    fn is_base(&self, encoded: &[u8]) -> bool {
        let y_is_odd = hex::decode(self.y).is_ok_and(|y| y.last().is_some_and(|last| last & 1 == 1));
        let coordinate_len = self.x.len() / 2;
        match encoded.split_first() {
            Some((4, xy)) if xy.len() == 2 * coordinate_len => {
                let (x, y) = xy.split_at(coordinate_len);
                same_number(x, self.x) && same_number(y, self.y)
            }
            Some((&sign @ (2 | 3), x)) => (sign == 3) == y_is_odd && same_number(x, self.x),
            _ => false,
        }
    }
}

/// Compares an unsigned big-endian number with a hexadecimal one; leading zeros do not count.
fn same_number(bytes: &[u8], hexadecimal: &str) -> bool {
    let number = hex::encode_upper(bytes);
    number.trim_start_matches('0') == hexadecimal.trim_start_matches('0')
}

/// FIPS 186-4 D.1.2 and RFC 5639 §3.
const CURVES: [CurveParameters; 9] = [
    CurveParameters {
        curve: Curve::P224,
        name: "P-224",
        oid: ObjectIdentifier::new_unwrap("1.3.132.0.33"),
        p: "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF000000000000000000000001",
        a: "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFE",
        b: "B4050A850C04B3ABF54132565044B0B7D7BFD8BA270B39432355FFB4",
        x: "B70E0CBD6BB4BF7F321390B94A03C1D356C21122343280D6115C1D21",
        y: "BD376388B5F723FB4C22DFE6CD4375A05A07476444D5819985007E34",
        n: "FFFFFFFFFFFFFFFFFFFFFFFFFFFF16A2E0B8F03E13DD29455C5C2A3D",
    },
    CurveParameters {
        curve: Curve::P256,
        name: "P-256",
        oid: ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"),
        p: "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF",
        a: "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFC",
        b: "5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B",
        x: "6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296",
        y: "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5",
        n: "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551",
    },
    CurveParameters {
        curve: Curve::P384,
        name: "P-384",
        oid: ObjectIdentifier::new_unwrap("1.3.132.0.34"),
        p: "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFF0000000000000000FFFFFFFF",
        a: "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFF0000000000000000FFFFFFFC",
        b: "B3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF",
        x: "AA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7",
        y: "3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F",
        n: "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973",
    },
    CurveParameters {
        curve: Curve::P521,
        name: "P-521",
        oid: ObjectIdentifier::new_unwrap("1.3.132.0.35"),
        p: "01FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
        a: "01FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC",
        b: "0051953EB9618E1C9A1F929A21A0B68540EEA2DA725B99B315F3B8B489918EF109E156193951EC7E937B1652C0BD3BB1BF073573DF883D2C34F1EF451FD46B503F00",
        x: "00C6858E06B70404E9CD9E3ECB662395B4429C648139053FB521F828AF606B4D3DBAA14B5E77EFE75928FE1DC127A2FFA8DE3348B3C1856A429BF97E7E31C2E5BD66",
        y: "011839296A789A3BC0045C8A5FB42C7D1BD998F54449579B446817AFBD17273E662C97EE72995EF42640C550B9013FAD0761353C7086A272C24088BE94769FD16650",
        n: "01FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFA51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409",
    },
    CurveParameters {
        curve: Curve::BrainpoolP224r1,
        name: "brainpoolP224r1",
        oid: ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.5"),
        p: "D7C134AA264366862A18302575D1D787B09F075797DA89F57EC8C0FF",
        a: "68A5E62CA9CE6C1C299803A6C1530B514E182AD8B0042A59CAD29F43",
        b: "2580F63CCFE44138870713B1A92369E33E2135D266DBB372386C400B",
        x: "0D9029AD2C7E5CF4340823B2A87DC68C9E4CE3174C1E6EFDEE12C07D",
        y: "58AA56F772C0726F24C6B89E4ECDAC24354B9E99CAA3F6D3761402CD",
        n: "D7C134AA264366862A18302575D0FB98D116BC4B6DDEBCA3A5A7939F",
    },
    CurveParameters {
        curve: Curve::BrainpoolP256r1,
        name: "brainpoolP256r1",
        oid: ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.7"),
        p: "A9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377",
        a: "7D5A0975FC2C3057EEF67530417AFFE7FB8055C126DC5C6CE94A4B44F330B5D9",
        b: "26DC5C6CE94A4B44F330B5D9BBD77CBF958416295CF7E1CE6BCCDC18FF8C07B6",
        x: "8BD2AEB9CB7E57CB2C4B482FFC81B7AFB9DE27E1E3BD23C23A4453BD9ACE3262",
        y: "547EF835C3DAC4FD97F8461A14611DC9C27745132DED8E545C1D54C72F046997",
        n: "A9FB57DBA1EEA9BC3E660A909D838D718C397AA3B561A6F7901E0E82974856A7",
    },
    CurveParameters {
        curve: Curve::BrainpoolP320r1,
        name: "brainpoolP320r1",
        oid: ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.9"),
        p: "D35E472036BC4FB7E13C785ED201E065F98FCFA6F6F40DEF4F92B9EC7893EC28FCD412B1F1B32E27",
        a: "3EE30B568FBAB0F883CCEBD46D3F3BB8A2A73513F5EB79DA66190EB085FFA9F492F375A97D860EB4",
        b: "520883949DFDBC42D3AD198640688A6FE13F41349554B49ACC31DCCD884539816F5EB4AC8FB1F1A6",
        x: "43BD7E9AFB53D8B85289BCC48EE5BFE6F20137D10A087EB6E7871E2A10A599C710AF8D0D39E20611",
        y: "14FDD05545EC1CC8AB4093247F77275E0743FFED117182EAA9C77877AAAC6AC7D35245D1692E8EE1",
        n: "D35E472036BC4FB7E13C785ED201E065F98FCFA5B68F12A32D482EC7EE8658E98691555B44C59311",
    },
    CurveParameters {
        curve: Curve::BrainpoolP384r1,
        name: "brainpoolP384r1",
        oid: ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.11"),
        p: "8CB91E82A3386D280F5D6F7E50E641DF152F7109ED5456B412B1DA197FB71123ACD3A729901D1A71874700133107EC53",
        a: "7BC382C63D8C150C3C72080ACE05AFA0C2BEA28E4FB22787139165EFBA91F90F8AA5814A503AD4EB04A8C7DD22CE2826",
        b: "04A8C7DD22CE28268B39B55416F0447C2FB77DE107DCD2A62E880EA53EEB62D57CB4390295DBC9943AB78696FA504C11",
        x: "1D1C64F068CF45FFA2A63A81B7C13F6B8847A3E77EF14FE3DB7FCAFE0CBD10E8E826E03436D646AAEF87B2E247D4AF1E",
        y: "8ABE1D7520F9C2A45CB1EB8E95CFD55262B70B29FEEC5864E19C054FF99129280E4646217791811142820341263C5315",
        n: "8CB91E82A3386D280F5D6F7E50E641DF152F7109ED5456B31F166E6CAC0425A7CF3AB6AF6B7FC3103B883202E9046565",
    },
    CurveParameters {
        curve: Curve::BrainpoolP512r1,
        name: "brainpoolP512r1",
        oid: ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.13"),
        p: "AADD9DB8DBE9C48B3FD4E6AE33C9FC07CB308DB3B3C9D20ED6639CCA703308717D4D9B009BC66842AECDA12AE6A380E62881FF2F2D82C68528AA6056583A48F3",
        a: "7830A3318B603B89E2327145AC234CC594CBDD8D3DF91610A83441CAEA9863BC2DED5D5AA8253AA10A2EF1C98B9AC8B57F1117A72BF2C7B9E7C1AC4D77FC94CA",
        b: "3DF91610A83441CAEA9863BC2DED5D5AA8253AA10A2EF1C98B9AC8B57F1117A72BF2C7B9E7C1AC4D77FC94CADC083E67984050B75EBAE5DD2809BD638016F723",
        x: "81AEE4BDD82ED9645A21322E9C4C6A9385ED9F70B5D916C1B43B62EEF4D0098EFF3B1F78E2D0D48D50D1687B93B97D5F7C6D5047406A5E688B352209BCB9F822",
        y: "7DDE385D566332ECC0EABFA9CF7822FDF209F70024A57B1AA000C55B881F8111B2DCDE494A5F485E5BCA4BD88A2763AED1CA2B2FA8F0540678CD1E0F3AD80892",
        n: "AADD9DB8DBE9C48B3FD4E6AE33C9FC07CB308DB3B3C9D20ED6639CCA70330870553E5C414CA92619418661197FAC10471DB1D381085DDADDB58796829CA90069",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::asn1::only;

    /// The ECParameters of the EF.SOD of the BSI 2008 reference data set: brainpoolP224r1.
    const BSI_2008: &str = "3081C8020101302806072A8648CE3D0101021D00D7C134AA264366862A18302575D1D787B09F075797DA89F57EC8C0FF\
        303C041C68A5E62CA9CE6C1C299803A6C1530B514E182AD8B0042A59CAD29F43041C2580F63CCFE44138870713B1A92369E33E2135D2\
        66DBB372386C400B0439040D9029AD2C7E5CF4340823B2A87DC68C9E4CE3174C1E6EFDEE12C07D58AA56F772C0726F24C6B89E4ECDAC\
        24354B9E99CAA3F6D3761402CD021D00D7C134AA264366862A18302575D0FB98D116BC4B6DDEBCA3A5A7939F020101";

    fn identify(der: &[u8]) -> Result<Curve, Asn1Error> {
        Curve::from_parameters(&only(der, tag::SEQUENCE, "ECParameters").unwrap())
    }

    #[test]
    fn explicit_parameters_of_a_published_document_are_recognised() {
        assert_eq!(
            identify(&hex::decode(BSI_2008).unwrap()),
            Ok(Curve::BrainpoolP224r1)
        );
    }

    #[test]
    fn one_changed_parameter_is_no_known_curve() {
        let der = hex::decode(BSI_2008).unwrap();
        // last byte of p, a, b, base and order, and the cofactor
        for offset in [47, 78, 108, 167, 199, 202] {
            let mut changed = der.clone();
            changed[offset] ^= 2;
            assert!(identify(&changed).is_err(), "offset {offset}");
        }
    }
}
