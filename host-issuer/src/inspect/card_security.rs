//! EF.CardSecurity: signed like EF.SOD, and in agreement with what else the document says (Doc 9303-11 §9.2.11).

use ::time::OffsetDateTime;

use super::chain;
use super::check::{Absence, Check, CheckId, Status};
use super::chip_keys::ChipKeys;
use super::document::{Read, ReadDocument};
use super::passive;
use super::revocation;
use super::security_infos::security_infos;
use super::trust::TrustStore;
use super::verdict::{Verdict, effect};

/// `card_security`, and the keys in it. `None` where there is nothing to say: the file was not asked for.
pub(crate) fn check(
    document: &ReadDocument,
    dg14: Option<&[u8]>,
    store: &TrustStore,
    now: OffsetDateTime,
) -> (Option<Check>, Option<ChipKeys>) {
    let id = CheckId::CardSecurity;
    let bytes = match &document.card_security {
        Read::Bytes(bytes) => bytes,
        Read::AccessDenied => return (Some(Check::missing(id, "access denied by the chip")), None),
        Read::NotSupplied => return (None, None),
    };
    let signed = match passive::parse_card_security(bytes) {
        Ok(signed) => signed,
        Err(why) => return (Some(Check::failed(id, why)), None),
    };
    let ds = &signed.document_signer;
    let mut parts = vec![
        passive::hash_policy(&signed),
        passive::signed_attributes(&signed),
        passive::sod_signature(&signed),
        chain::ds_profile(ds),
    ];
    if let Some(csca) = chain::anchor(ds, store, &mut parts) {
        parts.push(chain::validity(ds, csca, now));
        parts.push(revocation::check(
            ds,
            csca,
            store.anchors(),
            store.revocation_lists(),
            now,
        ));
    }
    if let Some(check) = worst(&parts) {
        return (Some(check), None);
    }
    match agreement(signed.content(), document, dg14) {
        Ok(keys) => {
            let evidence = format!(
                "signed by {}; {} keys agree with DG14 and EF.CardAccess",
                ds.subject(),
                keys.public_keys.len()
            );
            (Some(Check::passed(id, evidence)), Some(keys))
        }
        Err(why) => (Some(Check::failed(id, why)), None),
    }
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

/// EF.CardSecurity has all that EF.CardAccess announced (more is fine), and where DG14 has a key of the same identifier it is the
/// same key.
fn agreement(content: &[u8], document: &ReadDocument, dg14: Option<&[u8]>) -> Result<ChipKeys, String> {
    let keys = ChipKeys::from_security_infos(content).map_err(|error| error.to_string())?;
    if let Some(announced) = document.card_access.bytes() {
        let announced = security_infos(announced, "EF.CardAccess").map_err(|error| error.to_string())?;
        let signed = security_infos(content, "EF.CardSecurity").map_err(|error| error.to_string())?;
        if !announced.is_subset(&signed) {
            return Err("EF.CardAccess announces what EF.CardSecurity does not".to_owned());
        }
    }
    if let Some(dg14) = dg14 {
        let in_dg14 = ChipKeys::from_dg14(dg14).map_err(|error| error.to_string())?;
        let differs = keys.public_keys.iter().any(|key| {
            let mut same_id = in_dg14
                .public_keys
                .iter()
                .filter(|other| other.key_id == key.key_id);
            same_id.any(|other| other.point != key.point)
        });
        if differs {
            return Err("DG14 has another key under the same identifier".to_owned());
        }
    }
    Ok(keys)
}
