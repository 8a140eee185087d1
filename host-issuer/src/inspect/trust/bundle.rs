//! A trust bundle: the whole state of a trust folder in one signed file, for counters that are offline.
//!
//! ```text
//! "eid-trust-bundle" 01                       17 bytes
//! length (2), SubjectPublicKeyInfo            the signer's key, on P-256
//! length (2), ECDSA-Sig-Value                 with SHA-256, over the first 17 bytes and all that follows:
//! length (4), header                          JSON: schema, sequence, created, valid_until
//! number of entries (4)
//! entries { kind (1), SHA-256 (32), length (4) }   in ascending order, each once
//! contents                                    in the order of the entries
//! ```
//!
//! Numbers are big-endian. Kinds: 0 `trust.json`, 1 its index, 2 certificate, 3 CRL, 4 deviation list; of 0 and 1 there is one each.
//! The key inside is believed when it is the one that a person pinned; nothing behind the signature is looked at before it holds.
//! Opening a bundle hashes it once and parses its record's head and its index; certificates and lists are parsed when they are used.

use std::collections::BTreeMap;
use std::ops::Range;

use ::time::OffsetDateTime;
use card_applet::wire::domain_parameters::NamedCurve;
use serde::{Deserialize, Serialize};

use super::error::BundleError;
use super::index::{Digest, sha256};
use super::kind::Kind;
use super::record::{BundleRecord, parse_rfc3339, rfc3339};
use crate::inspect::hash::HashAlgorithm;
use crate::inspect::signature::{PublicKey, Scheme};

/// First bytes of a bundle, the last of them its version.
const MAGIC: &[u8; 17] = b"eid-trust-bundle\x01";
/// Schema of the header.
const SCHEMA: &str = "eid.trust-bundle/1";
/// All CSCA of the world, their CRLs and some deviation lists have a few megabytes.
pub const BUNDLE_LIMIT: u64 = 256 * 1024 * 1024;
/// A SubjectPublicKeyInfo on P-256 has 91 bytes.
const KEY_LIMIT: usize = 128;
/// An ECDSA-Sig-Value on P-256 has at most 72 bytes.
const SIGNATURE_LIMIT: usize = 80;
const HEADER_LIMIT: usize = 4096;
const ENTRY_LIMIT: usize = 60_000;
const ENTRY_LENGTH: usize = 37;

/// What a bundle says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundleHeader {
    schema: String,
    /// Grows with every bundle of this signer.
    pub sequence: u64,
    /// When it was made, RFC 3339.
    pub created: String,
    /// Until when it may be used, RFC 3339.
    pub valid_until: String,
}

impl BundleHeader {
    /// The header of a bundle made now.
    #[must_use]
    pub fn new(sequence: u64, created: OffsetDateTime, valid_until: OffsetDateTime) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            sequence,
            created: rfc3339(created),
            valid_until: rfc3339(valid_until),
        }
    }
}

/// A bundle whose signature holds. Whether its signer is believed is another question.
#[derive(Debug)]
pub struct Bundle {
    header: BundleHeader,
    signer: String,
    bytes: Vec<u8>,
    contents: BTreeMap<(Kind, Digest), Range<usize>>,
}

/// Whether these bytes begin as a bundle does.
#[must_use]
pub fn is_bundle(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC[..MAGIC.len() - 1])
}

/// What is to be signed, and then put together with the signature by [`assemble`].
#[must_use]
pub(super) fn body(header: &BundleHeader, mut files: Vec<(Kind, Vec<u8>)>) -> Option<Vec<u8>> {
    let length = |content: &[u8]| u32::try_from(content.len()).ok().map(u32::to_be_bytes);
    let header = serde_json::to_vec(header).ok()?;
    let mut entries: Vec<_> = files
        .drain(..)
        .map(|(kind, content)| ((kind, sha256(&content)), content))
        .collect();
    entries.sort_by_key(|(key, _)| *key);
    entries.dedup_by(|(left, _), (right, _)| left == right);
    let mut body = MAGIC.to_vec();
    body.extend(length(&header)?);
    body.extend(header);
    body.extend(u32::try_from(entries.len()).ok()?.to_be_bytes());
    for ((kind, digest), content) in &entries {
        body.push(kind.code());
        body.extend(digest);
        body.extend(length(content)?);
    }
    for (_, content) in &entries {
        body.extend(content);
    }
    Some(body)
}

/// The file: what was signed, with its signer's key and the signature. None for a key or signature that is too long.
#[must_use]
pub fn assemble(signed: &[u8], public_key_info: &[u8], signature: &[u8]) -> Option<Vec<u8>> {
    let (magic, rest) = signed.split_at_checked(MAGIC.len())?;
    let mut file = magic.to_vec();
    for (part, limit) in [(public_key_info, KEY_LIMIT), (signature, SIGNATURE_LIMIT)] {
        if part.len() > limit {
            return None;
        }
        file.extend(u16::try_from(part.len()).ok()?.to_be_bytes());
        file.extend(part);
    }
    file.extend(rest);
    Some(file)
}

impl Bundle {
    /// Reads a bundle: its signature first, then what it has.
    ///
    /// # Errors
    /// [`BundleError`]. Never panics, and allocates nothing that the file does not have.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, BundleError> {
        let malformed = |what: &'static str| BundleError::Malformed(what);
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > BUNDLE_LIMIT {
            return Err(malformed("it is too large"));
        }
        let rest = bytes.strip_prefix(MAGIC.as_slice());
        let rest = rest.ok_or(malformed("it is no trust bundle of this version"))?;
        let (key, rest) = short(rest, KEY_LIMIT).ok_or(malformed("no key"))?;
        let (signature, body) = short(rest, SIGNATURE_LIMIT).ok_or(malformed("no signature"))?;
        let public_key = PublicKey::from_spki(key).map_err(|_| BundleError::Signature)?;
        let is_p256 = matches!(
            public_key,
            PublicKey::Ec {
                curve: NamedCurve::P256,
                ..
            }
        );
        if !is_p256 {
            return Err(malformed("its key is not on P-256"));
        }
        let signed = [MAGIC.as_slice(), body].concat();
        public_key
            .verify(Scheme::Ecdsa(HashAlgorithm::Sha256), &signed, signature)
            .map_err(|_| BundleError::Signature)?;
        drop(signed);

        let (header, rest) = take(body, HEADER_LIMIT).ok_or(malformed("no header"))?;
        let header: BundleHeader =
            serde_json::from_slice(header).map_err(|_| malformed("its header is malformed"))?;
        if header.schema != SCHEMA {
            return Err(malformed("its schema is unknown"));
        }
        let (count, rest) = number(rest).ok_or(malformed("no entries"))?;
        let table = count
            .checked_mul(ENTRY_LENGTH)
            .filter(|_| count <= ENTRY_LIMIT)
            .and_then(|length| rest.split_at_checked(length));
        let (entries, contents) = table.ok_or(malformed("its entries are cut short or too many"))?;
        let contents = table_of(entries, bytes.len() - contents.len(), bytes.len()).ok_or(malformed(
            "its entries are not in order, or not those of its contents",
        ))?;
        let signer = hex::encode_upper(HashAlgorithm::Sha256.digest(key));
        for kind in [Kind::Record, Kind::Index] {
            if contents.keys().filter(|(other, _)| *other == kind).count() != 1 {
                return Err(malformed("its record or its index is missing"));
            }
        }
        Ok(Self {
            header,
            signer,
            bytes,
            contents,
        })
    }

    /// What it says of itself.
    #[must_use]
    pub fn header(&self) -> &BundleHeader {
        &self.header
    }

    /// SHA-256 of its signer's SubjectPublicKeyInfo, capital hexadecimal.
    #[must_use]
    pub fn signer(&self) -> &str {
        &self.signer
    }

    /// What a folder or a pin notes of it.
    #[must_use]
    pub fn record(&self) -> BundleRecord {
        BundleRecord {
            signer: self.signer.clone(),
            sequence: self.header.sequence,
            created: self.header.created.clone(),
            valid_until: self.header.valid_until.clone(),
        }
    }

    /// Refuses a bundle that is not valid at this time.
    ///
    /// # Errors
    /// [`BundleError::Expired`], [`BundleError::Future`].
    pub fn must_be_valid(&self, now: OffsetDateTime) -> Result<(), BundleError> {
        self.record().must_be_valid(now)
    }

    /// `trust.json`.
    pub(super) fn record_json(&self) -> &[u8] {
        self.contents
            .iter()
            .find(|((kind, _), _)| *kind == Kind::Record)
            .and_then(|(_, range)| self.bytes.get(range.clone()))
            .unwrap_or_default()
    }

    /// A file of the bundle.
    pub(super) fn get(&self, kind: Kind, digest: &Digest) -> Option<&[u8]> {
        self.bytes.get(self.contents.get(&(kind, *digest))?.clone())
    }
}

impl BundleRecord {
    /// Refuses a bundle that is not valid at this time.
    ///
    /// # Errors
    /// [`BundleError::Expired`], [`BundleError::Future`]; [`BundleError::Malformed`] when its times are none.
    pub fn must_be_valid(&self, now: OffsetDateTime) -> Result<(), BundleError> {
        let time = |text: &str| parse_rfc3339(text).ok_or(BundleError::Malformed("a time in it is none"));
        if time(&self.created)? > now {
            return Err(BundleError::Future(self.created.clone()));
        }
        if time(&self.valid_until)? < now {
            return Err(BundleError::Expired(self.valid_until.clone()));
        }
        Ok(())
    }
}

/// Where each content is in the file; `None` when entries are out of order or do not fill it exactly.
fn table_of(entries: &[u8], from: usize, to: usize) -> Option<BTreeMap<(Kind, Digest), Range<usize>>> {
    let mut contents = BTreeMap::new();
    let (mut at, mut last) = (from, None);
    for entry in entries.chunks_exact(ENTRY_LENGTH) {
        let (code, rest) = entry.split_first()?;
        let (digest, length) = rest.split_first_chunk::<32>()?;
        let (length, _) = number(length)?;
        let key = (Kind::from_code(*code)?, *digest);
        if last.is_some_and(|last| last >= key) {
            return None;
        }
        let end = at.checked_add(length).filter(|end| *end <= to)?;
        contents.insert(key, at..end);
        (at, last) = (end, Some(key));
    }
    (at == to).then_some(contents)
}

fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    Some((usize::try_from(u32::from_be_bytes(*number)).ok()?, rest))
}

/// A part with a length of four bytes.
fn take(bytes: &[u8], limit: usize) -> Option<(&[u8], &[u8])> {
    let (length, rest) = number(bytes)?;
    rest.split_at_checked(length).filter(|_| length <= limit)
}

/// A part with a length of two bytes.
fn short(bytes: &[u8], limit: usize) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    let length = usize::from(u16::from_be_bytes(*length));
    rest.split_at_checked(length).filter(|_| length <= limit)
}
