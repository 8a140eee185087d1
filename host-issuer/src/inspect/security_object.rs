//! The LDS security object: what EF.SOD signs (Doc 9303-10 §4.6.2.3).

use std::collections::BTreeMap;

use super::asn1::{Asn1Error, only, tag};
use super::hash::AlgorithmIdentifier;

/// ```text
/// LDSSecurityObject ::= SEQUENCE {
///     version             INTEGER { v0(0), v1(1) },
///     hashAlgorithm       AlgorithmIdentifier,
///     dataGroupHashValues SEQUENCE SIZE (2..16) OF SEQUENCE { dataGroupNumber INTEGER, dataGroupHashValue OCTET STRING },
///     ldsVersionInfo      SEQUENCE { ldsVersion PrintableString, unicodeVersion PrintableString } OPTIONAL }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SecurityObject {
    pub(crate) hash_algorithm: AlgorithmIdentifier,
    /// Data group number → its hash.
    pub(crate) hashes: BTreeMap<u8, Vec<u8>>,
    /// LDS and Unicode version of a v1 object.
    pub(crate) lds_version: Option<(String, String)>,
}

impl SecurityObject {
    /// Reads eContent.
    ///
    /// # Errors
    /// When it is not that structure, a data group number is outside 1..=16 or occurs twice, or
    /// hash lengths do not fit the algorithm.
    pub(crate) fn parse(content: &[u8]) -> Result<Self, Asn1Error> {
        let mut fields = only(content, tag::SEQUENCE, "LDSSecurityObject")?.reader();
        let version = fields
            .next("LDSSecurityObject.version")?
            .small_integer("LDSSecurityObject.version")?;
        let hash_algorithm = AlgorithmIdentifier::read(&mut fields, "LDSSecurityObject.hashAlgorithm")?;
        let mut list = fields.expect(tag::SEQUENCE, "dataGroupHashValues")?.reader();
        let mut hashes = BTreeMap::new();
        while !list.is_empty() {
            let mut entry = list.expect(tag::SEQUENCE, "DataGroupHash")?.reader();
            let number = entry.next("dataGroupNumber")?.small_integer("dataGroupNumber")?;
            let hash = entry.expect(tag::OCTET_STRING, "dataGroupHashValue")?.body;
            entry.finish("DataGroupHash")?;
            if !(1..=16).contains(&number) {
                return Err(Asn1Error::Value(format!(
                    "LDSSecurityObject: data group {number}"
                )));
            }
            if hashes.insert(number, hash.to_vec()).is_some() {
                return Err(Asn1Error::Value(format!(
                    "LDSSecurityObject: data group {number} twice"
                )));
            }
            let expected = hash_algorithm.hash().map(super::hash::HashAlgorithm::digest_len);
            if expected.is_some_and(|expected| expected != hash.len()) {
                return Err(Asn1Error::Value(format!(
                    "LDSSecurityObject: hash of data group {number} has {} bytes",
                    hash.len()
                )));
            }
        }
        let lds_version = match fields.optional(tag::SEQUENCE, "ldsVersionInfo")? {
            Some(info) => {
                let mut parts = info.reader();
                let lds = parts.expect(tag::PRINTABLE_STRING, "ldsVersion")?.body;
                let unicode = parts.expect(tag::PRINTABLE_STRING, "unicodeVersion")?.body;
                parts.finish("ldsVersionInfo")?;
                Some((
                    String::from_utf8_lossy(lds).into_owned(),
                    String::from_utf8_lossy(unicode).into_owned(),
                ))
            }
            None => None,
        };
        fields.finish("LDSSecurityObject")?;
        match (version, &lds_version) {
            (0, None) => {}
            // Doc 9303-10 §4.6.2.3: version 1 came with LDS 1.8.
            (1, Some((lds, _))) if lds.as_str() < "0108" => {
                return Err(Asn1Error::Value(format!(
                    "LDSSecurityObject: version 1 with LDS {lds}"
                )));
            }
            (1, Some(_)) => {}
            (0 | 1, _) => {
                return Err(Asn1Error::Value(
                    "LDSSecurityObject: ldsVersionInfo belongs to version 1".into(),
                ));
            }
            _ => return Err(Asn1Error::Value(format!("LDSSecurityObject: version {version}"))),
        }
        if !hashes.contains_key(&1) {
            return Err(Asn1Error::Value(
                "LDSSecurityObject: data group 1 is missing".into(),
            ));
        }
        Ok(Self {
            hash_algorithm,
            hashes,
            lds_version,
        })
    }
}
