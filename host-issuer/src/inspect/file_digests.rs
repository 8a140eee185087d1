//! Length and digest of every file as read, for the report. What passive authentication has hashed is not hashed again.

use std::collections::BTreeMap;

use super::document::ReadDocument;
use super::hash::HashAlgorithm;
use super::report::FileDigest;

/// The SHA-256 of data groups that are known already, in capital hexadecimal.
#[derive(Debug, Default)]
pub(super) struct FileDigests(BTreeMap<u8, String>);

impl FileDigests {
    /// Notes the digest of a data group as it was read.
    pub(super) fn note(&mut self, number: u8, hash: HashAlgorithm, digest: &str) {
        if hash == HashAlgorithm::Sha256 {
            self.0.insert(number, digest.to_owned());
        }
    }

    /// Every file of the document that was read, by name.
    pub(super) fn of(mut self, document: &ReadDocument) -> BTreeMap<String, FileDigest> {
        let files = document.numbered_files().map(|(number, name, bytes)| {
            let known = number.and_then(|number| self.0.remove(&number));
            let digest = FileDigest {
                length: bytes.len(),
                sha256: known.unwrap_or_else(|| hex::encode_upper(HashAlgorithm::Sha256.digest(bytes))),
            };
            (name, digest)
        });
        files.collect()
    }
}
