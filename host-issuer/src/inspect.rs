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

mod access;
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
mod contents;
mod countries;
mod curve;
mod details;
mod deviation_list;
mod dg13;
mod dh_group;
mod document;
mod encoding;
mod face;
mod hash;
mod holder;
mod master_list;
mod mrz;
mod name;
mod passive;
mod pem;
mod policy;
mod printed;
mod report;
mod revocation;
mod security_infos;
mod security_object;
mod signature;
mod signed_list;
mod structure;
mod terminal_rights;
mod time;
mod tolerated;
mod trust;
mod verdict;
mod weak_keys;

use ::time::OffsetDateTime;

pub use access::{Access, Opened};
pub use asn1::Asn1Error;
pub use certificate::Certificate;
pub use check::{Absence, Check, CheckId, Status};
pub use chip_keys::{
    AgreementKey, ChipAuthenticationOffer, ChipKeys, ChipPublicKey, active_authentication_key,
};
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
pub use policy::Policy;
pub use printed::Printed;
pub use report::{FileDigest, Unverified, VerificationReport};
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

use contents::Groups;
use passive::ParsedSod;
use policy::Setting;
use security_object::SecurityObject;
use tolerated::Tolerated;

use crate::quirk::Quirk;

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
    let setting = Setting { store, policy, now };
    let mut tolerated = Tolerated::new(policy.tolerance, document.quirks.clone());
    let mut checks = vec![access::access(&document.access, &document.card_access)];
    let (holder, face) = match passive::parse(document, &mut checks) {
        Some(sod) => {
            passive::note_encoding(&document.sod, &sod, &mut tolerated);
            inspect_signed(document, &sod, setting, &mut tolerated, &mut checks)
        }
        None => {
            block_all(document, CheckId::CmsStructure, &mut checks);
            (None, None)
        }
    };
    if !checks.iter().any(|check| check.id == CheckId::Downgrade) {
        checks.push(downgrade(document, &[], None, &mut tolerated));
    }
    let decision = verdict::decide(&checks);
    let unverified = match &holder {
        None if policy.show_unverified => contents::unverified(document),
        _ => None,
    };
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
        verdict: decision.verdict,
        rule: decision.rule,
        reason: decision.reason,
        checks,
        holder,
        face,
        unverified,
        files: files.collect(),
        quirks: tolerated.observed,
    }
}

/// What can be said once EF.SOD could be taken apart.
fn inspect_signed(
    document: &ReadDocument,
    sod: &ParsedSod<'_>,
    setting: Setting<'_>,
    tolerated: &mut Tolerated,
    checks: &mut Vec<Check>,
) -> (Option<Holder>, Option<Face>) {
    let Some(object) = &sod.object else {
        block_all(document, CheckId::LdsSecurityObject, checks);
        return (None, None);
    };
    let hash_policy = passive::hash_policy(sod, tolerated);
    let refused = matches!(hash_policy.status, Status::Failed(_));
    checks.push(hash_policy);
    if refused {
        block_all(document, CheckId::HashPolicy, checks);
        return (None, None);
    }
    let ds = &sod.document_signer;
    checks.push(passive::signed_attributes(sod));
    checks.push(passive::sod_signature(sod));
    let csca = trusted(ds, setting, checks);
    let groups = passive::data_groups(document, object, checks);
    let contents = contents::read(document, &groups, tolerated, checks);
    checks.push(chain::key_usage_period(
        ds,
        sod.signing_time().or(contents.issued()),
    ));
    let com = consistency::com_matches_sod(&document.com, object);
    checks.push(tolerated.excuse(com, Quirk::ComDiffers));
    if let Some(zone) = &contents.zone {
        checks.push(consistency::country(ds, csca, zone));
        checks.push(consistency::document_type(ds, zone));
        checks.push(consistency::document_expiry(zone, setting.now));
    }
    chip(
        document,
        object,
        &groups,
        contents.issued(),
        setting,
        tolerated,
        checks,
    );
    checks.extend(terminal_rights::check(&document.terminal_rights, object));
    if is_proved(checks) {
        contents.shown(&groups)
    } else {
        (None, None)
    }
}

/// `ds_profile`, `chain`, `chain_signature`, `certificate_validity`, `revocation`: the CSCA that vouches for the document signer.
fn trusted<'a>(ds: &Certificate, setting: Setting<'a>, checks: &mut Vec<Check>) -> Option<&'a Certificate> {
    checks.push(chain::ds_profile(ds));
    let csca = chain::anchor(ds, setting.store, checks);
    if let Some(csca) = csca {
        checks.push(chain::validity(ds, csca, setting.now));
        checks.push(revocation::check(
            ds,
            csca,
            setting.store.anchors(),
            setting.store.revocation_lists(),
            setting.now,
        ));
    } else {
        checks.push(Check::blocked(CheckId::CertificateValidity, CheckId::Chain));
        checks.push(Check::blocked(CheckId::Revocation, CheckId::Chain));
    }
    csca
}

/// What the chip offered, in clear and signed, by what it was opened, and what it proved of its keys.
fn chip(
    document: &ReadDocument,
    object: &SecurityObject,
    groups: &Groups<'_>,
    issued: Option<OffsetDateTime>,
    setting: Setting<'_>,
    tolerated: &mut Tolerated,
    checks: &mut Vec<Check>,
) {
    let dg14 = groups.get(&14).copied();
    checks.push(consistency::card_access_matches_dg14(
        &document.card_access,
        dg14,
        object.hashes.contains_key(&14),
    ));
    let card_security = card_security::check(document, dg14, setting, tolerated, checks);
    let mut signed: Vec<&[u8]> = dg14.and_then(access::of_dg14).into_iter().collect();
    signed.extend(card_security.as_ref().map(|file| file.content.as_ref()));
    checks.push(downgrade(document, &signed, issued, tolerated));
    let signed = clone_proof::Signed {
        object,
        dg14,
        dg15: groups.get(&15).copied(),
        card_security: card_security.as_ref().map(|file| &file.keys),
    };
    clone_proof::checks(&document.chip_proofs, &signed, setting.policy, checks);
}

fn downgrade(
    document: &ReadDocument,
    signed: &[&[u8]],
    issued: Option<OffsetDateTime>,
    tolerated: &mut Tolerated,
) -> Check {
    let check = access::downgrade(&document.access, &document.card_access, signed, issued);
    // Only PACE that failed is put up with, not a weaker choice.
    if document.access.pace_failed.is_some() {
        tolerated.excuse(check, Quirk::PaceFails)
    } else {
        check
    }
}

/// Whether the holder's data may be shown: the signature chain holds, and the signer was not disowned. A revoked signer, or one that
/// signed when it was not to, may be anybody.
fn is_proved(checks: &[Check]) -> bool {
    let disowned = [CheckId::Revocation, CheckId::DsKeyUsagePeriod];
    let disowned = checks
        .iter()
        .any(|check| disowned.contains(&check.id) && matches!(check.status, Status::Failed(_)));
    !disowned && VerificationReport::all_passed(checks, &PASSIVE_AUTHENTICATION)
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
