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
mod file_digests;
mod hash;
mod holder;
mod known_deviations;
mod master_list;
mod mrz;
mod name;
mod passive;
mod pem;
mod policy;
mod printed;
mod report;
mod revocation;
mod revoked;
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

use std::sync::Arc;

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
    Anchor, AnchorRecord, AnchorUsed, BUNDLE_LIMIT, Bundle, BundleError, BundleHeader, BundleRecord,
    BundleUsed, Changes, DeviationListRecord, Evidence, FolderFile, ImportError, MasterListRecord,
    MasterListUsed, Pin, Question, RECORD, RemovalRecord, RevocationListRecord, RevocationListUsed,
    TrustBasis, TrustError, TrustFolder, TrustItem, TrustRecord, TrustStore, assemble, is_bundle, read_trust,
    read_trust_and_pin,
};
pub use verdict::Verdict;
pub use weak_keys::{TooManyKeys, Weakness, shared_primes, weakness};

use contents::{Contents, Groups};
use file_digests::FileDigests;
use mrz::Zone;
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
    let mut trust = TrustBasis::new(store.age(), now);
    let mut digests = FileDigests::default();
    let mut checks = vec![access::access(&document.access, &document.card_access)];
    let (holder, face) = match passive::parse(document, store, &mut checks) {
        Some(sod) => {
            passive::note_encoding(&document.sod, &sod, &mut tolerated);
            let (tolerated, trust) = (&mut tolerated, &mut trust);
            inspect_signed(
                document,
                &sod,
                setting,
                tolerated,
                trust,
                &mut digests,
                &mut checks,
            )
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
    VerificationReport {
        verdict: decision.verdict,
        rule: decision.rule,
        reason: decision.reason,
        checks,
        holder,
        face,
        unverified,
        trust,
        files: digests.of(document),
        quirks: tolerated.observed,
    }
}

/// What can be said once EF.SOD could be taken apart.
fn inspect_signed(
    document: &ReadDocument,
    sod: &ParsedSod<'_>,
    setting: Setting<'_>,
    tolerated: &mut Tolerated,
    trust: &mut TrustBasis,
    digests: &mut FileDigests,
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
    let csca = trusted(ds, setting, trust, checks);
    let groups = passive::data_groups(document, object, digests, checks);
    let contents = contents::read(document, &groups, tolerated, checks);
    let made = chain::Made {
        signed: sod.signing_time(),
        issued: contents.issued(),
    };
    checks.push(chain::key_usage_period(ds, made));
    checks.push(chain::issue_date(ds, made));
    let com = consistency::com_matches_sod(&document.com, object);
    checks.push(tolerated.excuse(com, Quirk::ComDiffers));
    if let Some(zone) = &contents.zone {
        checks.push(consistency::country(ds, csca.as_deref(), zone));
        checks.push(consistency::document_type(ds, zone));
        checks.push(consistency::document_expiry(zone, setting.now));
    }
    checks.extend(deviations(document, sod, &contents, setting.store));
    chip(
        document, object, &groups, &contents, setting, tolerated, trust, checks,
    );
    checks.extend(terminal_rights::check(&document.terminal_rights, object));
    if is_proved(checks) {
        contents.shown(&groups)
    } else {
        (None, None)
    }
}

/// `ds_profile`, `chain`, `chain_signature`, `certificate_validity`, `revocation`: the CSCA that vouches for the document signer.
fn trusted(
    ds: &Certificate,
    setting: Setting<'_>,
    trust: &mut TrustBasis,
    checks: &mut Vec<Check>,
) -> Option<Arc<Certificate>> {
    checks.push(chain::ds_profile(ds));
    let csca = chain::anchor(ds, setting.store, setting.now, checks);
    if let Some(csca) = &csca {
        checks.push(chain::validity(ds, csca, setting.now));
        checks.push(chain::csca_key_usage_period(ds, csca));
        let (revocation, list) = revoked::check(ds, csca, setting.store, setting.now);
        checks.push(revocation);
        trust.used(csca);
        trust.revocation_list = list;
    } else {
        checks.push(Check::blocked(CheckId::CertificateValidity, CheckId::Chain));
        checks.push(Check::blocked(CheckId::Revocation, CheckId::Chain));
    }
    csca
}

/// What the issuing State knows of documents like this one. A fault may be in DG1 itself: what it says is compared, and not shown.
fn deviations(
    document: &ReadDocument,
    sod: &ParsedSod<'_>,
    contents: &Contents,
    store: &TrustStore,
) -> Vec<Check> {
    let unproved = document
        .data_group(1)
        .bytes()
        .and_then(|dg1| Zone::from_dg1(dg1).ok());
    let described = known_deviations::Described {
        ds: &sod.document_signer,
        zone: contents.zone.as_ref().or(unproved.as_ref()),
        issued: contents.issued().or(sod.signing_time()),
    };
    known_deviations::checks(&described, store)
}

/// What the chip offered, in clear and signed, by what it was opened, and what it proved of its keys.
#[allow(clippy::too_many_arguments, reason = "the state of one inspection")]
fn chip(
    document: &ReadDocument,
    object: &SecurityObject,
    groups: &Groups<'_>,
    contents: &Contents,
    setting: Setting<'_>,
    tolerated: &mut Tolerated,
    trust: &mut TrustBasis,
    checks: &mut Vec<Check>,
) {
    let dg14 = groups.get(&14).copied();
    checks.push(consistency::card_access_matches_dg14(
        &document.card_access,
        dg14,
        object.hashes.contains_key(&14),
    ));
    let card_security = card_security::check(document, dg14, setting, tolerated, trust, checks);
    let mut signed: Vec<&[u8]> = dg14.and_then(access::of_dg14).into_iter().collect();
    signed.extend(card_security.as_ref().map(|file| file.content.as_ref()));
    checks.push(downgrade(document, &signed, contents.issued(), tolerated));
    let signed = clone_proof::Signed {
        object,
        dg14,
        chip_keys: contents.chip_keys.as_ref(),
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
