//! The LDS security object inside EF.SOD (9303-10 §4.6.2.3).

use super::com::DATA_GROUP_TAGS;
use super::der::{self, Sets, tag};
use super::files::Files;
use super::objects::{Object, Objects};
use super::signature::Hash;
use super::signed_data::{Signed, SignedData};
use crate::conformance::verdict::Played;

/// The object, its version, its hash and its list.
pub(super) struct SecurityObject<'a> {
    object: Object<'a>,
    version: Object<'a>,
    hash: Hash,
    digests: Vec<(u8, Object<'a>)>,
    version_info: Objects<'a>,
}

impl<'a> SecurityObject<'a> {
    /// Reads the content of EF.SOD.
    pub(super) fn of(files: &'a Files) -> Played<Self> {
        let signed = SignedData::of(files, Signed::Sod)?;
        let mut content = Objects::of_file("LDS security object", signed.content.value);
        let object = content.expect(tag::SEQUENCE, "LDSSecurityObject")?;
        content.end("LDSSecurityObject")?;
        let mut fields = object.inside();
        let version = fields.expect(tag::INTEGER, "version")?;
        let hash = Hash::of_identifier(&fields.expect(tag::SEQUENCE, "hashAlgorithm")?, "hashAlgorithm")?;
        let list = fields.expect(tag::SEQUENCE, "dataGroupHashValues")?;
        let digests = list.inside().all("dataGroupHashValues")?;
        let digests = digests.iter().map(data_group_hash).collect::<Played<Vec<_>>>()?;
        list.must((2..=16).contains(&digests.len()), "dataGroupHashValues", || {
            format!("expected 2 to 16 hashes, found {}", digests.len())
        })?;
        Ok(SecurityObject {
            object,
            version,
            hash,
            digests,
            version_info: fields,
        })
    }

    /// Version 0, or 1 with the versions of LDS and Unicode.
    fn check_version(&self) -> Played {
        let (field, mut fields) = ("ldsVersionInfo", self.version_info);
        match self.version.value {
            [0] => fields.end("LDSSecurityObject of version 0"),
            [1] => {
                let info = fields.expect(tag::SEQUENCE, field)?;
                fields.end(field)?;
                let mut versions = info.inside();
                let lds = versions.expect(tag::PRINTABLE_STRING, "ldsVersion")?;
                let unicode = versions.expect(tag::PRINTABLE_STRING, "unicodeVersion")?;
                versions.end(field)?;
                lds.must(is_digits(lds.value, 4), "ldsVersion", || {
                    "expected four digits".into()
                })?;
                unicode.must(is_digits(unicode.value, 6), "unicodeVersion", || {
                    "expected six digits".into()
                })
            }
            _ => Err(self.version.flaw("version", "expected 0 or 1")),
        }
    }

    /// Numbers of data groups, each once, DG1 and DG2 among them, hashes as long as the algorithm makes them.
    fn check_list(&self) -> Played {
        for (place, (number, digest)) in self.digests.iter().enumerate() {
            digest.expect_len(self.hash.len(), "dataGroupHashValue")?;
            let earlier = self.digests.get(..place).unwrap_or_default();
            digest.must(
                earlier.iter().all(|(other, _)| other != number),
                "dataGroupNumber",
                || format!("expected each data group once, found DG{number} twice"),
            )?;
        }
        for number in [1, 2] {
            self.object.must(
                self.digests.iter().any(|(listed, _)| *listed == number),
                "dataGroupHashValues",
                || format!("expected DG{number}, which every document has"),
            )?;
        }
        Ok(())
    }

    /// Every data group that was read is listed, with its hash.
    fn check_digests(&self, files: &Files) -> Played {
        for (number, content) in files.data_groups() {
            let listed = self.digests.iter().find(|(listed, _)| *listed == number);
            let Some((_, listed)) = listed else {
                return Err(self.object.flaw(
                    "dataGroupHashValues",
                    &format!("expected DG{number}, which the card has"),
                ));
            };
            let digest = self.hash.digest(content);
            listed.must(listed.value == digest, "dataGroupHashValue", || {
                format!(
                    "expected {}, the hash of DG{number}, found {}",
                    hex::encode_upper(&digest),
                    hex::encode_upper(listed.value)
                )
            })?;
        }
        Ok(())
    }
}

/// The object, its list, and that the data groups are those of the list.
pub(super) fn check(files: &Files) -> Played {
    let object = SecurityObject::of(files)?;
    der::check(&object.object, Sets::Sorted)?;
    object.check_version()?;
    object.check_list()?;
    object.check_digests(files)
}

fn data_group_hash<'a>(entry: &Object<'a>) -> Played<(u8, Object<'a>)> {
    entry.expect_tag(tag::SEQUENCE, "DataGroupHash")?;
    let mut fields = entry.inside();
    let number = fields.expect(tag::INTEGER, "dataGroupNumber")?;
    let digest = fields.expect(tag::OCTET_STRING, "dataGroupHashValue")?;
    fields.end("DataGroupHash")?;
    match number.value {
        [value] if (1..=DATA_GROUP_TAGS.len()).contains(&usize::from(*value)) => Ok((*value, digest)),
        _ => Err(number.flaw("dataGroupNumber", "expected 1 to 16")),
    }
}

fn is_digits(text: &[u8], len: usize) -> bool {
    text.len() == len && text.iter().all(u8::is_ascii_digit)
}
