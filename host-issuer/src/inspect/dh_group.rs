//! MODP groups that a chip's key may write out in full.
//!
//! As with curves ([`super::curve`]), parameters that a document gives are compared, every one of them, with those of the groups
//! that are known, and never computed with: who chose them could know a way in.

use crate::mod_p_group::{ModPGroup, without_leading_zeros};

use super::asn1::{Asn1Error, Element, Reader, tag};

/// Reads X9.42's parameters of a dhpublicnumber (RFC 3279 §2.3.3). `None` for a group that is not known.
///
/// ```text
/// DomainParameters ::= SEQUENCE { p INTEGER, g INTEGER, q INTEGER, j INTEGER OPTIONAL, validationParms OPTIONAL }
/// ```
///
/// # Errors
/// When it is not that structure.
pub(super) fn from_domain_parameters(parameters: &Element<'_>) -> Result<Option<ModPGroup>, Asn1Error> {
    parameters.require(tag::SEQUENCE, "DomainParameters")?;
    let mut fields = parameters.reader();
    let given = [
        number(&mut fields, "DomainParameters.p")?,
        number(&mut fields, "DomainParameters.g")?,
        number(&mut fields, "DomainParameters.q")?,
    ];
    let factor = fields.optional(tag::INTEGER, "DomainParameters.j")?;
    // How p and q were found; it has no part in the group.
    fields.optional(tag::SEQUENCE, "DomainParameters.validationParms")?;
    fields.finish("DomainParameters")?;
    let known = ModPGroup::ALL.into_iter().find(|group| group.numbers() == given);
    Ok(known.filter(|group| factor.is_none_or(|j| without_leading_zeros(j.body) == group.cofactor())))
}

/// Reads the parameters of a dhKeyAgreement (PKCS#3 §9), which say nothing of the subgroup: modulus and generator are a known
/// group's, and so its order is known, too. `None` for a group that is not known.
///
/// ```text
/// DHParameter ::= SEQUENCE { prime INTEGER, base INTEGER, privateValueLength INTEGER OPTIONAL }
/// ```
///
/// # Errors
/// When it is not that structure.
pub(super) fn from_dh_parameter(parameters: &Element<'_>) -> Result<Option<ModPGroup>, Asn1Error> {
    parameters.require(tag::SEQUENCE, "DHParameter")?;
    let mut fields = parameters.reader();
    let given = [
        number(&mut fields, "DHParameter.prime")?,
        number(&mut fields, "DHParameter.base")?,
    ];
    // The chip's own matter.
    fields.optional(tag::INTEGER, "DHParameter.privateValueLength")?;
    fields.finish("DHParameter")?;
    Ok(ModPGroup::ALL.into_iter().find(|group| {
        let [p, g, _] = group.numbers();
        [p, g] == given
    }))
}

/// An INTEGER that is not negative, without leading zeros.
pub(super) fn number(fields: &mut Reader<'_>, what: &'static str) -> Result<Vec<u8>, Asn1Error> {
    let body = fields.expect(tag::INTEGER, what)?.body;
    match body.first() {
        Some(first) if *first < 0x80 => Ok(without_leading_zeros(body).to_vec()),
        _ => Err(Asn1Error::Value(format!("{what}: a positive number is required"))),
    }
}
