//! Names of subjects and issuers: when two are the same, and the forms in which they are asked for again and again.

use std::sync::OnceLock;

use const_oid::ObjectIdentifier;
use der::Decode;
use x509_cert::name::Name;

use crate::inspect::asn1::{Asn1Error, Reader, only, tag};
use crate::inspect::hash::HashAlgorithm;

/// What names that are the same have in common; see [`name_key`].
pub(crate) type NameKey = [u8; 32];

/// The forms of a certificate's names that every inspection asks for, each made once.
#[derive(Clone, Default)]
pub(super) struct KnownNames {
    pub(super) subject: OnceLock<String>,
    pub(super) subject_key: OnceLock<NameKey>,
    pub(super) issuer_key: OnceLock<NameKey>,
}

/// Compares names as RFC 5280 §7.1 asks at the least: byte for byte, else attribute by attribute
/// without regard to case, string type and surrounding or doubled spaces.
pub(crate) fn same_name(left: &Name, right: &Name) -> bool {
    left == right || folded_name(left) == folded_name(right)
}

/// A name without what [`same_name`] has no regard to.
fn folded_name(name: &Name) -> Vec<Vec<(ObjectIdentifier, String)>> {
    name.iter_rdn()
        .map(|rdn| {
            let mut attributes: Vec<_> = rdn
                .iter()
                .map(|attribute| {
                    let text = String::from_utf8_lossy(attribute.value.value()).to_lowercase();
                    (
                        attribute.oid,
                        text.split_whitespace().collect::<Vec<_>>().join(" "),
                    )
                })
                .collect();
            attributes.sort();
            attributes
        })
        .collect()
}

/// SHA-256 over a name without what [`same_name`] has no regard to: names that are the same have one key.
pub(crate) fn name_key(name: &Name) -> NameKey {
    let mut text = Vec::new();
    for attributes in folded_name(name) {
        for (oid, value) in attributes {
            text.extend(oid.as_bytes());
            text.push(0);
            text.extend(value.as_bytes());
            text.push(0);
        }
        text.push(1);
    }
    HashAlgorithm::Sha256.digest(&text).try_into().unwrap_or_default()
}

/// The countryName of a name, in capitals.
pub(crate) fn country_of(name: &Name) -> Option<String> {
    const COUNTRY_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
    attribute(name, COUNTRY_NAME).map(|text| text.to_uppercase())
}

/// The localityName of a name.
pub(super) fn locality_of(name: &Name) -> Option<String> {
    const LOCALITY_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.7");
    attribute(name, LOCALITY_NAME)
}

fn attribute(name: &Name, kind: ObjectIdentifier) -> Option<String> {
    name.iter()
        .find(|attribute| attribute.oid == kind)
        .map(|attribute| String::from_utf8_lossy(attribute.value.value()).into_owned())
}

/// Reads a name of which the raw bytes were found elsewhere, for comparisons.
pub(crate) fn parse_name(raw: &[u8]) -> Result<Name, Asn1Error> {
    let mut reader = Reader::new(raw);
    reader.expect(tag::SEQUENCE, "Name")?;
    reader.finish("Name")?;
    Name::from_der(raw).map_err(|error| Asn1Error::Value(format!("Name: {error}")))
}

/// The directory names of `GeneralNames`: those `[4]`, which are EXPLICIT because a Name is a CHOICE.
pub(crate) fn directory_names(value: &[u8], what: &'static str) -> Result<Vec<Name>, Asn1Error> {
    const DIRECTORY_NAME: u32 = 0xA4;
    let mut names = only(value, tag::SEQUENCE, what)?.reader();
    let mut found = Vec::new();
    while !names.is_empty() {
        let name = names.next("GeneralName")?;
        if name.tag == DIRECTORY_NAME {
            found.push(parse_name(name.body)?);
        }
    }
    Ok(found)
}
