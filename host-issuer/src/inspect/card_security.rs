//! EF.CardSecurity: signed like EF.SOD, and in agreement with what else the document says (Doc 9303-11 §9.2.11).

use std::borrow::Cow;

use super::asn1::Asn1Error;
use super::chain;
use super::check::{Absence, Check, CheckId, Status};
use super::chip_keys::{ChipKeys, ChipPublicKey};
use super::document::{Read, ReadDocument};
use super::passive;
use super::policy::Setting;
use super::revoked;
use super::security_infos::security_infos;
use super::tolerated::Tolerated;
use super::trust::TrustBasis;
use super::verdict::{Verdict, effect};

/// What EF.CardSecurity proves, once it is believed.
pub(super) struct CardSecurity<'a> {
    /// Its signed content, a set of SecurityInfo.
    pub(super) content: Cow<'a, [u8]>,
    /// The keys in it.
    pub(super) keys: ChipKeys,
}

/// `card_security`, `card_access_matches_card_security` and `card_security_matches_dg14`. `None` where there is nothing to believe.
pub(super) fn check<'a>(
    document: &'a ReadDocument,
    dg14: Option<&[u8]>,
    setting: Setting<'_>,
    tolerated: &mut Tolerated,
    basis: &mut TrustBasis,
    checks: &mut Vec<Check>,
) -> Option<CardSecurity<'a>> {
    let id = CheckId::CardSecurity;
    let bytes = match &document.card_security {
        Read::Bytes(bytes) => bytes,
        Read::AccessDenied => {
            checks.push(Check::missing(id, "access denied by the chip"));
            return None;
        }
        Read::NotSupplied => return None,
    };
    match signed(bytes, setting, tolerated, basis) {
        Ok((card_security, evidence)) => {
            checks.push(Check::passed(id, evidence));
            checks.push(matches_card_access(&card_security.content, &document.card_access));
            checks.push(matches_dg14(&card_security.keys, dg14));
            Some(card_security)
        }
        Err(check) => {
            checks.push(check);
            checks.push(Check::blocked(CheckId::CardAccessMatchesCardSecurity, id));
            checks.push(Check::blocked(CheckId::CardSecurityMatchesDg14, id));
            None
        }
    }
}

/// EF.CardSecurity whose signature leads to a trusted CSCA, and by whom it is signed; else the check that says why not.
fn signed<'a>(
    bytes: &'a [u8],
    setting: Setting<'_>,
    tolerated: &mut Tolerated,
    basis: &mut TrustBasis,
) -> Result<(CardSecurity<'a>, String), Check> {
    let id = CheckId::CardSecurity;
    let failed = |why: String| Check::failed(id, why);
    let signed = passive::parse_card_security(bytes, setting.store).map_err(failed)?;
    let ds = &signed.document_signer;
    let mut parts = vec![
        passive::hash_policy(&signed, tolerated),
        passive::signed_attributes(&signed),
        passive::sod_signature(&signed),
        chain::ds_profile(ds),
    ];
    if let Some(csca) = chain::anchor(ds, setting.store, setting.now, &mut parts) {
        parts.push(chain::validity(ds, &csca, setting.now));
        parts.push(chain::csca_key_usage_period(ds, &csca));
        parts.push(revoked::check(ds, &csca, setting.store, setting.now).0);
        basis.used(&csca);
    }
    if let Some(check) = worst(&parts) {
        return Err(check);
    }
    let evidence = format!("signed by {}", ds.subject());
    let content = signed.into_content();
    let keys = ChipKeys::from_security_infos(&content).map_err(|error| failed(error.to_string()))?;
    Ok((CardSecurity { content, keys }, evidence))
}

/// The gravest of the checks that its signature consists of, as the verdict table sees them; `None` when all hold.
fn worst(parts: &[Check]) -> Option<Check> {
    let id = CheckId::CardSecurity;
    let mut missing = None;
    for part in parts {
        let verdict = match &part.status {
            Status::Failed(_) => Some(effect(part.id).failed),
            Status::NotPerformed(Absence::Missing(_)) => effect(part.id).missing,
            Status::Passed | Status::NotPerformed(_) => None,
        };
        let why = format!("{}: {}", part.id, part.why().unwrap_or_default());
        match verdict {
            Some(Verdict::NotGenuine) => return Some(Check::failed(id, why)),
            Some(_) => {
                missing.get_or_insert(Check::missing(id, why));
            }
            None => {}
        }
    }
    missing
}

/// `card_access_matches_card_security`: EF.CardSecurity has all that EF.CardAccess announced. More is fine.
fn matches_card_access(content: &[u8], card_access: &Read) -> Check {
    let id = CheckId::CardAccessMatchesCardSecurity;
    let Some(announced) = card_access.bytes() else {
        return Check::missing(id, "EF.CardAccess was not read");
    };
    let compare = || -> Result<Check, Asn1Error> {
        let announced = security_infos(announced, "EF.CardAccess")?;
        let signed = security_infos(content, "EF.CardSecurity")?;
        if !announced.is_subset(&signed) {
            return Ok(Check::failed(
                id,
                "EF.CardAccess announces what EF.CardSecurity does not",
            ));
        }
        let (common, all) = (announced.len(), signed.len());
        Ok(Check::passed(
            id,
            format!("{common} of the {all} SecurityInfos of EF.CardSecurity are in EF.CardAccess"),
        ))
    };
    compare().unwrap_or_else(|error| Check::failed(id, error.to_string()))
}

/// `card_security_matches_dg14`: where DG14 has a key of the same identifier it is the same key.
fn matches_dg14(keys: &ChipKeys, dg14: Option<&[u8]>) -> Check {
    let id = CheckId::CardSecurityMatchesDg14;
    let Some(dg14) = dg14 else {
        return Check::not_applicable(id, "there is no DG14 that is proved");
    };
    let Ok(in_dg14) = ChipKeys::from_dg14(dg14) else {
        return Check::blocked(id, CheckId::DgStructure(14));
    };
    let same_id = |key: &ChipPublicKey| {
        let others = in_dg14.public_keys.iter();
        others
            .filter(|other| other.key_id == key.key_id)
            .map(|other| other.key == key.key)
            .collect::<Vec<_>>()
    };
    let common: Vec<bool> = keys.public_keys.iter().flat_map(same_id).collect();
    if common.contains(&false) {
        return Check::failed(id, "DG14 has another key under the same identifier");
    }
    Check::passed(id, format!("{} keys in common", common.len()))
}
