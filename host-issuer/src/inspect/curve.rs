//! Elliptic curves a certificate may name, or write out in full.
//!
//! Doc 9303-12 §4.1.6.3 asks for *explicit* EC parameters. Whoever computes with parameters found
//! in a certificate lets its author choose a generator for which the private key is known
//! (CVE-2020-0601). So given parameters are compared, every one of them, with those of the curves
//! known by name; only such a curve is ever computed on, and with its own numbers.

use card_applet::wire::domain_parameters::NamedCurve;
use const_oid::ObjectIdentifier;

use super::asn1::{Asn1Error, Element, tag};

/// id-prime-field (ANSI X9.62)
const PRIME_FIELD: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.1.1");

/// Reads the parameters of an `AlgorithmIdentifier` id-ecPublicKey: an OID or ECParameters.
///
/// # Errors
/// When the structure is not RFC 3279's, or the curve is not known.
pub(super) fn from_parameters(parameters: &Element<'_>) -> Result<NamedCurve, Asn1Error> {
    match parameters.tag {
        tag::OBJECT_IDENTIFIER => {
            let oid = parameters.oid("namedCurve")?;
            NamedCurve::from_oid(oid.as_bytes())
                .ok_or_else(|| Asn1Error::Value(format!("unknown named curve {oid}")))
        }
        _ => from_explicit(parameters),
    }
}

/// ```text
/// ECParameters ::= SEQUENCE { version INTEGER, fieldID FieldID, curve Curve,
///                             base ECPoint, order INTEGER, cofactor INTEGER OPTIONAL }
/// ```
fn from_explicit(parameters: &Element<'_>) -> Result<NamedCurve, Asn1Error> {
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
    let order = fields.expect(tag::INTEGER, "ECParameters.order")?.body;
    let cofactor = fields.optional(tag::INTEGER, "ECParameters.cofactor")?;
    fields.finish("ECParameters")?;
    let cofactor_is_one = cofactor.is_none_or(|cofactor| cofactor.body == [1]);
    NamedCurve::ALL
        .into_iter()
        .find(|known| {
            let known = known.parameters();
            same_number(p, known.prime)
                && same_number(a, known.a)
                && same_number(b, known.b)
                && same_number(order, known.order)
                && is_base(base, known.base)
                && cofactor_is_one
        })
        .ok_or_else(|| Asn1Error::Value("explicit EC parameters of no known curve".into()))
}

/// True for the generator `known` (uncompressed), uncompressed or compressed (SEC 1 §2.3.3).
fn is_base(encoded: &[u8], known: &[u8]) -> bool {
    let x_end = known.len().div_ceil(2);
    let y_is_odd = known.last().is_some_and(|last| last & 1 == 1);
    match encoded.split_first() {
        Some((4, _)) => encoded == known,
        Some((&sign @ (2 | 3), x)) => (sign == 3) == y_is_odd && known.get(1..x_end) == Some(x),
        _ => false,
    }
}

/// Compares two unsigned big-endian numbers; leading zeros do not count.
fn same_number(one: &[u8], other: &[u8]) -> bool {
    let significant = |bytes: &[u8]| bytes.iter().take_while(|&&byte| byte == 0).count();
    one.get(significant(one)..) == other.get(significant(other)..)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::asn1::only;

    /// The ECParameters of the EF.SOD of the BSI 2008 reference data set: brainpoolP224r1.
    const BSI_2008: &str = "3081C8020101302806072A8648CE3D0101021D00D7C134AA264366862A18302575D1D787B09F075797DA89F57EC8C0FF\
        303C041C68A5E62CA9CE6C1C299803A6C1530B514E182AD8B0042A59CAD29F43041C2580F63CCFE44138870713B1A92369E33E2135D2\
        66DBB372386C400B0439040D9029AD2C7E5CF4340823B2A87DC68C9E4CE3174C1E6EFDEE12C07D58AA56F772C0726F24C6B89E4ECDAC\
        24354B9E99CAA3F6D3761402CD021D00D7C134AA264366862A18302575D0FB98D116BC4B6DDEBCA3A5A7939F020101";

    fn identify(der: &[u8]) -> Result<NamedCurve, Asn1Error> {
        from_parameters(&only(der, tag::SEQUENCE, "ECParameters").unwrap())
    }

    #[test]
    fn explicit_parameters_of_a_published_document_are_recognised() {
        assert_eq!(
            identify(&hex::decode(BSI_2008).unwrap()),
            Ok(NamedCurve::BrainpoolP224r1)
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
