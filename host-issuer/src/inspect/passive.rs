//! Passive authentication up to the document signer: Doc 9303-11 §5.1, steps 1, 4 and 5.

use std::borrow::Cow;
use std::sync::Arc;

use ::time::OffsetDateTime;
use const_oid::ObjectIdentifier;

use super::certificate::Certificate;
use super::check::{Check, CheckId};
use super::cms::{
    LDS_SECURITY_OBJECT, SECURITY_OBJECT, SignedAttributes, SignedData, SignerIdentifier, type_name,
};
use super::contents::Groups;
use super::document::{Read, ReadDocument};
use super::encoding::not_der;
use super::file_digests::FileDigests;
use super::hash::HashAlgorithm;
use super::security_object::SecurityObject;
use super::signature::{Scheme, SignatureError, broken_hash};
use super::tolerated::Tolerated;
use super::trust::TrustStore;
use crate::quirk::Quirk;

/// EF.SOD taken apart. What is in it is believed only as far as the checks say.
pub(crate) struct ParsedSod<'a> {
    signed_data: SignedData<'a>,
    /// The certificate the signer points at.
    pub(crate) document_signer: Arc<Certificate>,
    /// `None` when the signed content is no LDS security object.
    pub(crate) object: Option<SecurityObject>,
    attributes: Result<SignedAttributes, String>,
    /// What its signed content must be.
    content_type: ObjectIdentifier,
}

impl<'a> ParsedSod<'a> {
    /// What is signed.
    pub(crate) fn into_content(self) -> Cow<'a, [u8]> {
        self.signed_data.content
    }

    /// When the signer says that it signed.
    pub(crate) fn signing_time(&self) -> Option<OffsetDateTime> {
        self.attributes
            .as_ref()
            .ok()
            .and_then(|attributes| attributes.signing_time)
    }
}

/// EF.CardSecurity taken apart, for the same checks of what signed it.
///
/// # Errors
/// Why it is no such structure.
pub(crate) fn parse_card_security<'a>(bytes: &'a [u8], store: &TrustStore) -> Result<ParsedSod<'a>, String> {
    let signed_data =
        SignedData::from_content_info(bytes, SECURITY_OBJECT).map_err(|error| error.to_string())?;
    let document_signer = find_signer(&signed_data, store)?;
    Ok(ParsedSod {
        attributes: attributes(&signed_data),
        signed_data,
        document_signer,
        object: None,
        content_type: SECURITY_OBJECT,
    })
}

fn attributes(signed_data: &SignedData<'_>) -> Result<SignedAttributes, String> {
    match &signed_data.signer.signed_attributes {
        // RFC 5652 §5.3: required for any content but id-data.
        None => Err("there are no signed attributes".to_owned()),
        Some(element) => SignedAttributes::parse(element).map_err(|error| error.to_string()),
    }
}

/// `cms_structure` and `lds_security_object`.
pub(crate) fn parse<'a>(
    document: &'a ReadDocument,
    store: &TrustStore,
    checks: &mut Vec<Check>,
) -> Option<ParsedSod<'a>> {
    let bytes = match &document.sod {
        Read::Bytes(bytes) => bytes,
        Read::NotSupplied => {
            checks.push(Check::missing(CheckId::CmsStructure, "EF.SOD was not supplied"));
            return None;
        }
        Read::AccessDenied => {
            checks.push(Check::missing(
                CheckId::CmsStructure,
                "the chip gave no access to EF.SOD",
            ));
            return None;
        }
    };
    let parsed = SignedData::from_ef_sod(bytes)
        .map_err(|error| error.to_string())
        .and_then(|signed_data| find_signer(&signed_data, store).map(|signer| (signed_data, signer)));
    let (signed_data, document_signer) = match parsed {
        Ok(parsed) => parsed,
        Err(why) => {
            checks.push(Check::failed(CheckId::CmsStructure, why));
            return None;
        }
    };
    checks.push(Check::passed(
        CheckId::CmsStructure,
        format!(
            "SignedData version 3, document signer {}",
            document_signer.subject()
        ),
    ));
    let object = match SecurityObject::parse(&signed_data.content) {
        Ok(object) => {
            let listed: Vec<String> = object.hashes.keys().map(|number| format!("DG{number}")).collect();
            checks.push(Check::passed(
                CheckId::LdsSecurityObject,
                format!("lists {}", listed.join(", ")),
            ));
            Some(object)
        }
        Err(error) => {
            checks.push(Check::failed(CheckId::LdsSecurityObject, error.to_string()));
            None
        }
    };
    Some(ParsedSod {
        attributes: attributes(&signed_data),
        signed_data,
        document_signer,
        object,
        content_type: LDS_SECURITY_OBJECT,
    })
}

/// The certificate that the SignerInfo names. Doc 9303-10 requires it inside EF.SOD.
fn find_signer(signed_data: &SignedData<'_>, store: &TrustStore) -> Result<Arc<Certificate>, String> {
    let mut malformed = None;
    for raw in &signed_data.certificates {
        let certificate = match store.document_signer(raw) {
            Ok(certificate) => certificate,
            Err(error) => {
                malformed = Some(error.to_string());
                continue;
            }
        };
        let named = match signed_data.signer.sid {
            SignerIdentifier::IssuerAndSerialNumber { issuer, serial } => {
                certificate.is_identified_by(issuer, serial)
            }
            SignerIdentifier::SubjectKeyIdentifier(identifier) => {
                certificate.extensions().subject_key_identifier.as_deref() == Some(identifier)
            }
        };
        if named {
            return Ok(certificate);
        }
    }
    Err(malformed.unwrap_or_else(|| "the signer's certificate is not in EF.SOD".into()))
}

/// Where EF.SOD departs from DER without harm: everything is hashed as it was read.
pub(super) fn note_encoding(sod: &Read, parsed: &ParsedSod<'_>, tolerated: &mut Tolerated) {
    if let Some(what) = sod.bytes().and_then(not_der) {
        tolerated.note(Quirk::BerInSod, what);
    }
    let signer = &parsed.signed_data.signer;
    if signer.signed_bytes(&[]).is_ok_and(|forms| forms.len() > 1) {
        tolerated.note(Quirk::UnsortedSignedAttributes, "EF.SOD");
    }
}

/// `hash_policy`: every hash that the proof rests on is named and believed. SHA-1 that is put up with is no proof, but no failure.
pub(super) fn hash_policy(sod: &ParsedSod<'_>, tolerated: &mut Tolerated) -> Check {
    let id = CheckId::HashPolicy;
    let signer = &sod.signed_data.signer;
    let mut uses: Vec<(&str, Option<HashAlgorithm>)> = Vec::new();
    if let Some(object) = &sod.object {
        uses.push(("the data group digests", object.hash_algorithm.hash()));
    }
    uses.push(("the signed attributes", signer.digest_algorithm.hash()));
    let ds = &sod.document_signer;
    for (what, algorithm, scheme) in [
        ("EF.SOD", signer.signature_algorithm.oid, signature_scheme(sod)),
        (
            "the document signer certificate",
            ds.signature_algorithm(),
            ds.scheme(),
        ),
    ] {
        match scheme {
            Ok(scheme) => uses.push((what, Some(scheme.hash()))),
            Err(SignatureError::Unsupported(_)) => {
                // Which hash another unknown scheme uses cannot be told; the signature check names it.
                if let Some(hash) = broken_hash(&algorithm) {
                    return Check::failed(id, format!("{what}: {hash} is not believed"));
                }
            }
            Err(error) => return Check::failed(id, format!("{what}: {error}")),
        }
    }
    for (what, hash) in &uses {
        match hash {
            None => return Check::failed(id, format!("{what}: unknown hash algorithm")),
            Some(hash) if !hash.is_acceptable() => {
                let why = format!("{what}: {} is not believed", hash.name());
                if *hash == HashAlgorithm::Sha1 && tolerated.allows(Quirk::Sha1) {
                    tolerated.note(Quirk::Sha1, *what);
                    return Check::missing(id, why);
                }
                return Check::failed(id, why);
            }
            Some(_) => {}
        }
    }
    let mut names: Vec<_> = uses
        .iter()
        .filter_map(|(_, hash)| hash.map(HashAlgorithm::name))
        .collect();
    names.sort_unstable();
    names.dedup();
    Check::passed(id, names.join(", "))
}

fn signature_scheme(sod: &ParsedSod<'_>) -> Result<Scheme, SignatureError> {
    let signer = &sod.signed_data.signer;
    Scheme::from_algorithm(&signer.signature_algorithm, signer.digest_algorithm.hash())
}

/// `signed_attributes`: contentType and messageDigest (RFC 5652 §11.1, §11.2).
pub(crate) fn signed_attributes(sod: &ParsedSod<'_>) -> Check {
    let id = CheckId::SignedAttributes;
    let attributes = match &sod.attributes {
        Ok(attributes) => attributes,
        Err(why) => return Check::failed(id, why.clone()),
    };
    if attributes.content_type != sod.content_type {
        return Check::failed(
            id,
            format!(
                "contentType {} is not {}",
                attributes.content_type,
                type_name(sod.content_type)
            ),
        );
    }
    let Some(hash) = sod.signed_data.signer.digest_algorithm.hash() else {
        return Check::failed(id, "unknown digest algorithm");
    };
    if hash.digest(&sod.signed_data.content) != attributes.message_digest {
        return Check::failed(id, "messageDigest is not the digest of the signed content");
    }
    Check::passed(id, format!("contentType and messageDigest ({})", hash.name()))
}

/// `sod_signature`: over the signed attributes as read, else in DER order.
pub(crate) fn sod_signature(sod: &ParsedSod<'_>) -> Check {
    let id = CheckId::SodSignature;
    let signer = &sod.signed_data.signer;
    let verify = || -> Result<String, SignatureError> {
        let scheme = signature_scheme(sod)?;
        let key = sod.document_signer.verifying_key()?;
        let mut outcome = Err(SignatureError::Wrong);
        for message in signer.signed_bytes(&sod.signed_data.content)? {
            outcome = key.verify(scheme, &message, &signer.signature);
            if outcome.is_ok() {
                break;
            }
        }
        outcome.map(|()| format!("{}, {}", scheme.name(), key.key().name()))
    };
    match verify() {
        Ok(evidence) => Check::passed(id, evidence),
        Err(SignatureError::Unsupported(what)) => Check::missing(id, format!("{what} is not supported")),
        Err(error) => Check::failed(id, error.to_string()),
    }
}

/// `dgN_digest` for every listed group, `dgN_listed` for every group the chip gave beyond the list.
/// Returns the groups whose bytes are the listed ones.
pub(super) fn data_groups<'a>(
    document: &'a ReadDocument,
    object: &SecurityObject,
    digests: &mut FileDigests,
    checks: &mut Vec<Check>,
) -> Groups<'a> {
    let mut matching = Groups::new();
    let Some(hash) = object.hash_algorithm.hash() else {
        return matching;
    };
    for (&number, expected) in &object.hashes {
        let id = CheckId::DgDigest(number);
        let bytes = match document.data_group(number) {
            Read::Bytes(bytes) => bytes,
            Read::NotSupplied => {
                checks.push(Check::missing(id, "not supplied"));
                continue;
            }
            Read::AccessDenied => {
                checks.push(Check::missing(id, "access denied by the chip"));
                continue;
            }
        };
        let digest = hash.digest(bytes);
        let written = hex::encode_upper(&digest);
        digests.note(number, hash, &written);
        checks.push(if digest == *expected {
            matching.insert(number, bytes.as_slice());
            Check::passed(id, format!("{} {written}", hash.name()))
        } else {
            Check::failed(id, "the digest differs from the one in EF.SOD")
        });
    }
    for (&number, read) in &document.data_groups {
        if read.bytes().is_some() && !object.hashes.contains_key(&number) {
            checks.push(Check::failed(CheckId::DgListed(number), "not listed in EF.SOD"));
        }
    }
    matching
}

/// The digests that cannot be believed because an earlier check failed.
pub(crate) fn blocked_data_groups(document: &ReadDocument, cause: CheckId, checks: &mut Vec<Check>) {
    for &number in document.data_groups.keys() {
        checks.push(Check::blocked(CheckId::DgDigest(number), cause));
    }
}
