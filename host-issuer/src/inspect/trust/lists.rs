//! Taking in the lists that a CSCA answers for: CRLs, and deviation lists.

use super::error::ImportError;
use super::folder::{StoredDeviations, StoredList};
use super::record::{DeviationListRecord, RevocationListRecord, rfc3339, sha256};
use super::state::Import;
use crate::inspect::certificate::same_name;
use crate::inspect::deviation_list::DeviationList;
use crate::inspect::revocation::RevocationList;

/// A CRL that a believed CSCA signed takes the place of the one before it.
pub(super) fn take_revocation_list(
    import: &mut Import<'_>,
    source_name: &str,
    list: RevocationList,
    der: Vec<u8>,
) -> Result<(), ImportError> {
    let refused = |why: String| ImportError::Refused {
        source_name: source_name.to_owned(),
        why,
    };
    let folder = &mut import.folder;
    let mut anchors = folder.anchors.iter();
    if !anchors.any(|anchor| list.is_issued_by(&anchor.certificate)) {
        return Err(refused(format!(
            "no believed CSCA issued this CRL of {}",
            list.issuer()
        )));
    }
    if list.this_update() > import.now {
        return Err(refused("the CRL is of the future".into()));
    }
    if !list.is_complete() {
        // A delta CRL in the place of a whole one would hide what that one lists.
        return Err(refused(
            "the CRL has a critical extension that is not supported".into(),
        ));
    }
    let same_issuer = |stored: &StoredList| same_name(stored.list.issuer_name(), list.issuer_name());
    if let Some(known) = folder.lists.iter().find(|stored| same_issuer(stored)) {
        if known.der == der {
            return Ok(());
        }
        if !list.succeeds(&known.list) {
            return Err(ImportError::Rollback {
                source_name: source_name.to_owned(),
                why: format!(
                    "the CRL of {}, number {}",
                    known.record.this_update,
                    known.record.number.as_deref().unwrap_or("not said")
                ),
            });
        }
    }
    if list.next_update().is_some_and(|next| next < import.now) {
        import.changes.warnings.push(format!(
            "{source_name}: the CRL is stale: the next one was due {}",
            list.next_update().map(rfc3339).unwrap_or_default()
        ));
    }
    let record = RevocationListRecord::new(&der, &list);
    import.changes.revocation_lists.push(record.clone());
    folder.lists.retain(|stored| !same_issuer(stored));
    folder.lists.push(StoredList { list, der, record });
    Ok(())
}

/// A deviation list whose signer a believed CSCA certified takes the place of the one before it of the same State.
pub(super) fn take_deviation_list(
    import: &mut Import<'_>,
    source_name: &str,
    list: DeviationList,
    der: Vec<u8>,
) -> Result<(), ImportError> {
    let refused = |why: &str| ImportError::Refused {
        source_name: source_name.to_owned(),
        why: why.to_owned(),
    };
    let folder = &mut import.folder;
    let csca = list
        .anchor(
            folder.anchors.iter().map(|anchor| &anchor.certificate),
            folder.lists.iter().map(|stored| &stored.list),
            import.now,
        )
        .map_err(|cause| ImportError::List {
            source_name: source_name.to_owned(),
            cause,
        })?;
    let of = csca
        .country()
        .ok_or_else(|| refused("the CSCA behind the list names no country"))?;
    let signed = list
        .signing_time()
        .map(rfc3339)
        .ok_or_else(|| refused("the list does not say when it was signed"))?;
    let record = DeviationListRecord {
        of,
        signed,
        sha256: sha256(&der),
        signer: list.signer().subject(),
        csca: csca.fingerprint(),
        deviations: list.deviations().len(),
    };
    let mut known = folder.deviation_lists.iter();
    if let Some(known) = known.find(|known| known.record.of == record.of) {
        if known.record.sha256 == record.sha256 {
            return Ok(());
        }
        // RFC 3339 in UTC: texts compare as the times do.
        if record.signed <= known.record.signed {
            return Err(ImportError::Rollback {
                source_name: source_name.to_owned(),
                why: format!("the deviation list of {} of {}", record.of, known.record.signed),
            });
        }
    }
    import.changes.deviation_lists.push(record.clone());
    folder
        .deviation_lists
        .retain(|known| known.record.of != record.of);
    folder.deviation_lists.push(StoredDeviations { der, record });
    Ok(())
}
