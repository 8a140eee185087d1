//! Believing a document, or not: from the bytes a reader brought back to a verdict.
//!
//! ```text
//! ReadDocument ─► passive ─► chain ─► revocation ─► consistency ─► clone_proof ─► verdict ─► VerificationReport
//!   (bytes)       EF.SOD     CSCA     CRL           DG1, 13, 14…   DG14, 15      (a table)
//! ```
//!
//! Nothing here writes a document, talks to a chip or asks a clock: the time comes in, and no code is
//! shared with `personalization`, so a wrong idea there is not confirmed here. Bytes are hashed as
//! they were read and never encoded again. Sizes, counts and depths are bounded; no input panics.

mod agreement;
mod asn1;
mod card_security;
mod certificate;
mod chain;
mod check;
mod chip_keys;
mod clone_proof;
mod cms;
mod consistency;
mod countries;
mod curve;
mod details;
mod deviation_list;
mod dg13;
mod document;
mod face;
mod hash;
mod holder;
mod master_list;
mod mrz;
mod name;
mod passive;
mod pem;
mod report;
mod revocation;
mod security_infos;
mod security_object;
mod signature;
mod signed_list;
mod terminal_rights;
mod time;
mod trust;
mod verdict;
mod weak_keys;

use std::collections::BTreeMap;

use ::time::OffsetDateTime;

pub use asn1::Asn1Error;
pub use certificate::Certificate;
pub use check::{Absence, Check, CheckId, Status};
pub use chip_keys::{ChipAuthenticationOffer, ChipKeys, ChipPublicKey, active_authentication_key};
pub use clone_proof::{ChipProof, ChipProofs, ProvedKey};
pub use details::{DocumentDetails, PersonToNotify, PersonalDetails};
pub use deviation_list::{
    Deviation, DeviationDescription, DeviationDocuments, DeviationKind, DeviationList,
    DocumentSignerIdentifier,
};
pub use dg13::NationalData;
pub use document::{Read, ReadDocument, listed_data_groups};
pub use face::{Face, ImageFormat};
pub use hash::HashAlgorithm;
pub use holder::Holder;
pub use master_list::{MasterList, Unreadable};
pub use pem::{DerBlock, blocks};
pub use report::{FileDigest, VerificationReport};
pub use revocation::RevocationList;
pub use signature::{PublicKey, Scheme, SignatureError, verify_plain_ecdsa};
pub use signed_list::ListError;
pub use terminal_rights::{TerminalRights, rights};
pub use trust::{
    Anchor, AnchorRecord, Changes, Evidence, FolderFile, ImportError, MasterListRecord, Question, RECORD,
    RevocationListRecord, TrustError, TrustFolder, TrustItem, TrustRecord, TrustStore, read_trust,
};
pub use verdict::Verdict;
pub use weak_keys::{TooManyKeys, Weakness, shared_primes, weakness};

use holder::Details;
use mrz::Zone;
use passive::ParsedSod;

use crate::quirk::Tolerance;

/// What the inspector is asked to insist on.
#[derive(Debug, Clone, Copy, Default)]
pub struct Policy {
    /// Without a proof that the chip is no copy the verdict is INCONCLUSIVE, even where the signed
    /// data advertise none.
    pub require_clone_proof: bool,
    /// Departures from the standards that are put up with, beside those that always are.
    pub tolerance: Tolerance,
}

/// The checks that make passive authentication; only when all passed is anything decoded shown.
const PASSIVE_AUTHENTICATION: [CheckId; 8] = [
    CheckId::CmsStructure,
    CheckId::LdsSecurityObject,
    CheckId::HashPolicy,
    CheckId::SignedAttributes,
    CheckId::SodSignature,
    CheckId::DsProfile,
    CheckId::Chain,
    CheckId::ChainSignature,
];

/// Inspects `document` at the time `now`, trusting only `store`. Never panics, whatever the bytes.
#[must_use]
pub fn inspect(
    document: &ReadDocument,
    store: &TrustStore,
    policy: Policy,
    now: OffsetDateTime,
) -> VerificationReport {
    let mut checks = Vec::new();
    let mut holder = None;
    let mut face = None;
    match passive::parse(document, &mut checks) {
        Some(sod) => (holder, face) = inspect_signed(document, &sod, store, policy, now, &mut checks),
        None => block_all(document, CheckId::CmsStructure, &mut checks),
    }
    let (verdict, reason) = verdict::decide(&checks);
    let files = document.files().map(|(name, bytes)| {
        let sha256 = hex::encode_upper(HashAlgorithm::Sha256.digest(bytes));
        (
            name,
            FileDigest {
                length: bytes.len(),
                sha256,
            },
        )
    });
    VerificationReport {
        verdict,
        reason,
        checks,
        holder,
        face,
        files: files.collect(),
        quirks: document.quirks.clone(),
    }
}

fn inspect_signed(
    document: &ReadDocument,
    sod: &ParsedSod<'_>,
    store: &TrustStore,
    policy: Policy,
    now: OffsetDateTime,
    checks: &mut Vec<Check>,
) -> (Option<Holder>, Option<Face>) {
    let Some(object) = &sod.object else {
        block_all(document, CheckId::LdsSecurityObject, checks);
        return (None, None);
    };
    let hash_policy = passive::hash_policy(sod);
    let believed = hash_policy.is_passed();
    checks.push(hash_policy);
    if !believed {
        block_all(document, CheckId::HashPolicy, checks);
        return (None, None);
    }
    let ds = &sod.document_signer;
    checks.push(passive::signed_attributes(sod));
    checks.push(passive::sod_signature(sod));
    checks.push(chain::ds_profile(ds));
    let csca = chain::anchor(ds, store, checks);
    if let Some(csca) = csca {
        checks.push(chain::validity(ds, csca, now));
        checks.push(revocation::check(
            ds,
            csca,
            store.anchors(),
            store.revocation_lists(),
            now,
        ));
    } else {
        checks.push(Check::blocked(CheckId::CertificateValidity, CheckId::Chain));
        checks.push(Check::blocked(CheckId::Revocation, CheckId::Chain));
    }
    let groups = passive::data_groups(document, object, checks);
    let group = |number: u8| groups.get(&number).copied();

    let zone = zone(group(1), checks);
    let details = details(&group, zone.as_ref(), checks);
    let national = details.national.as_ref();
    let issued = national.and_then(|national| national.issue_date.as_deref());
    let issued = issued
        .and_then(consistency::parse_date)
        .map(|date| date.midnight().assume_utc());
    checks.push(chain::key_usage_period(ds, sod.signing_time().or(issued)));
    checks.push(consistency::com_matches_sod(&document.com, object));
    checks.push(consistency::card_access_matches_dg14(
        &document.card_access,
        group(14),
        object.hashes.contains_key(&14),
    ));
    if let Some(zone) = &zone {
        checks.push(consistency::country(ds, csca, zone));
        checks.push(consistency::document_type(ds, zone));
        checks.push(consistency::document_expiry(zone, now));
    }
    let (card_security, card_security_keys) = card_security::check(document, group(14), store, now);
    checks.extend(card_security);
    let signed = clone_proof::Signed {
        object,
        dg14: group(14),
        dg15: group(15),
        card_security: card_security_keys.as_ref(),
    };
    clone_proof::checks(&document.chip_proofs, &signed, policy, checks);
    checks.extend(terminal_rights::check(&document.terminal_rights, object));
    decode(&groups, zone.as_ref(), details, checks)
}

/// Decodes for people, and only what is proved.
fn decode(
    groups: &BTreeMap<u8, &[u8]>,
    zone: Option<&Zone>,
    details: Details,
    checks: &[Check],
) -> (Option<Holder>, Option<Face>) {
    // A revoked signer, or one that signed when it was not to, may be anybody.
    let disowned = [CheckId::Revocation, CheckId::DsKeyUsagePeriod];
    let disowned = checks
        .iter()
        .any(|check| disowned.contains(&check.id) && matches!(check.status, Status::Failed(_)));
    if disowned || !VerificationReport::all_passed(checks, &PASSIVE_AUTHENTICATION) {
        return (None, None);
    }
    let holder = zone.map(|zone| Holder::new(zone, details));
    let face = groups.get(&2).and_then(|file| Face::from_dg2(file).ok());
    (holder, face)
}

fn zone(dg1: Option<&[u8]>, checks: &mut Vec<Check>) -> Option<Zone> {
    let Some(dg1) = dg1 else {
        checks.push(Check::blocked(CheckId::Mrz, CheckId::DgDigest(1)));
        return None;
    };
    match Zone::from_dg1(dg1) {
        Ok(zone) => {
            checks.push(Check::passed(CheckId::Mrz, "structure and check digits"));
            Some(zone)
        }
        Err(error) => {
            checks.push(Check::failed(CheckId::Mrz, error.to_string()));
            None
        }
    }
}

/// Reads what is there beside DG1, and compares what they say of the same person and document.
fn details<'a>(
    group: &impl Fn(u8) -> Option<&'a [u8]>,
    zone: Option<&Zone>,
    checks: &mut Vec<Check>,
) -> Details {
    let mut read = |id, result: Result<(), Asn1Error>| {
        if let Err(error) = result {
            checks.push(Check::failed(id, error.to_string()));
        }
    };
    let mut details = Details::default();
    if let Some(file) = group(13) {
        let national = NationalData::from_dg13(file).map(|national| details.national = national);
        read(CheckId::Dg1MatchesDg13, national);
    }
    if let Some(file) = group(11) {
        let personal = PersonalDetails::from_dg11(file).map(|personal| details.personal = Some(personal));
        read(CheckId::Dg1MatchesDg11, personal);
    }
    if let Some(file) = group(12) {
        let document = DocumentDetails::from_dg12(file).map(|document| details.document = Some(document));
        read(CheckId::Dg12MatchesDg13, document);
    }
    if let Some(file) = group(16) {
        let persons = PersonToNotify::from_dg16(file).map(|persons| details.persons_to_notify = persons);
        read(CheckId::Dg16Structure, persons);
    }
    let (national, personal) = (details.national.as_ref(), details.personal.as_ref());
    if let (Some(zone), Some(national)) = (zone, national) {
        checks.push(agreement::dg1_matches_dg13(zone, national));
    }
    if let (Some(zone), Some(personal)) = (zone, personal) {
        checks.push(agreement::dg1_matches_dg11(zone, personal));
    }
    if let (Some(personal), Some(national)) = (personal, national) {
        checks.push(agreement::dg11_matches_dg13(personal, national));
    }
    if let (Some(document), Some(national)) = (&details.document, national) {
        checks.push(agreement::dg12_matches_dg13(document, national));
    }
    details
}

/// After a failure that leaves nothing to compare with, the report still names what was not done.
fn block_all(document: &ReadDocument, cause: CheckId, checks: &mut Vec<Check>) {
    for id in PASSIVE_AUTHENTICATION
        .into_iter()
        .chain([CheckId::CertificateValidity, CheckId::Revocation])
    {
        if !checks.iter().any(|check| check.id == id) {
            checks.push(Check::blocked(id, cause));
        }
    }
    passive::blocked_data_groups(document, cause, checks);
}
