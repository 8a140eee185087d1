//! Certificates out of a master list.

use super::admission::admissible;
use super::error::ImportError;
use super::record::{Evidence, MasterListRecord, rfc3339};
use super::state::{Import, Question};
use crate::inspect::certificate::Certificate;
use crate::inspect::master_list::MasterList;
use crate::inspect::signed_list::ListError;

/// Takes in a master list: its certificates replace those of the list of the same State that was there before.
pub(super) fn take(
    import: &mut Import<'_>,
    source_name: &str,
    list: &MasterList,
    sha256: String,
) -> Result<(), ImportError> {
    let state = believe(import, source_name, list)?;
    // Without it nobody can tell an older list from a newer one (Doc 9303-12 §9.2 requires it).
    let signed = list
        .signing_time()
        .map(rfc3339)
        .ok_or_else(|| ImportError::Refused {
            source_name: source_name.to_owned(),
            why: "the list does not say when it was signed".into(),
        })?;
    let known = &import.folder.record.master_lists;
    if let Some(known) = known.iter().find(|known| known.of == state) {
        if known.sha256 == sha256 {
            import.changes.known += list.certificates().len();
            return Ok(());
        }
        // RFC 3339 in UTC: texts compare as the times do.
        if signed <= known.signed {
            return Err(ImportError::Rollback {
                source_name: source_name.to_owned(),
                why: format!("the master list of {state} of {}", known.signed),
            });
        }
    }
    let evidence = Evidence::MasterList {
        at: rfc3339(import.now),
        of: state.clone(),
        signed: signed.clone(),
    };
    withdraw(import, &state);
    let unreadable = list.unreadable().iter();
    import
        .changes
        .skipped
        .extend(unreadable.map(|entry| format!("{source_name}, entry {}: {}", entry.number, entry.why)));
    let mut taken = 0;
    for certificate in list.certificates() {
        let admitted = match import.removal(certificate) {
            Some(removal) => Err(format!("removed on {}: {}", removal.at, removal.reason)),
            None => admissible(certificate, &import.folder.anchors, import.now),
        };
        match admitted {
            Ok(()) => {
                taken += 1;
                add(import, certificate, &evidence);
            }
            Err(why) => {
                let said = format!("{source_name}, {}: {why}", certificate.subject());
                import.changes.skipped.push(said);
            }
        }
    }
    // Those that only the list before spoke for, and what was believed because of them.
    import.folder.drop_the_unfounded();
    let record = MasterListRecord {
        of: state.clone(),
        signed,
        sha256,
        certificates: taken,
    };
    let lists = &mut import.folder.record.master_lists;
    lists.retain(|known| known.of != state);
    lists.push(record);
    Ok(())
}

/// The State whose list it is, if it is to be believed: its signer's CSCA is believed about master lists, or a person says so
/// now.
fn believe(import: &mut Import<'_>, source_name: &str, list: &MasterList) -> Result<String, ImportError> {
    let not_believed = |cause| ImportError::List {
        source_name: source_name.to_owned(),
        cause,
    };
    let revocation_lists = import.folder.revocation_lists();
    let anchors = import.folder.anchors.iter().map(|anchor| &anchor.certificate);
    let csca = match list.anchor(anchors, revocation_lists.iter(), import.now) {
        Ok(csca) => csca.clone(),
        Err(ListError::Untrusted { subject, issuer }) => {
            let candidate = list.signers_csca().next().cloned();
            let candidate =
                candidate.ok_or_else(|| not_believed(ListError::Untrusted { subject, issuer }))?;
            // The other rules hold for it too.
            list.anchor([&candidate], revocation_lists.iter(), import.now)
                .map_err(not_believed)?;
            candidate
        }
        Err(error) => return Err(not_believed(error)),
    };
    let refused = |why: String| ImportError::Refused {
        source_name: source_name.to_owned(),
        why,
    };
    let state = csca
        .country()
        .ok_or_else(|| refused("the CSCA behind the list names no country".into()))?;
    let is_believed = import
        .folder
        .anchors
        .iter()
        .any(|anchor| anchor.record.master_lists && anchor.certificate.raw() == csca.raw());
    if is_believed {
        return Ok(state);
    }
    if !import.is_known(&csca) {
        admissible(&csca, &import.folder.anchors, import.now).map_err(refused)?;
    }
    if !(import.ask)(&Question::MasterLists(&csca)) {
        return Err(ImportError::NotAccepted {
            source_name: source_name.to_owned(),
            subject: csca.subject(),
            fingerprint: csca.fingerprint(),
            about: ", as one whose master lists speak for other States",
        });
    }
    let at = rfc3339(import.now);
    let known = import
        .folder
        .anchors
        .iter_mut()
        .find(|anchor| anchor.certificate.raw() == csca.raw());
    match known {
        Some(anchor) => anchor.record.master_lists = true,
        None => import.add(csca, Evidence::Fingerprint { at }, true),
    }
    Ok(state)
}

/// What the list before said is not said any more.
fn withdraw(import: &mut Import<'_>, state: &str) {
    for anchor in &mut import.folder.anchors {
        anchor
            .record
            .evidence
            .retain(|evidence| !matches!(evidence, Evidence::MasterList { of, .. } if of == state));
    }
}

fn add(import: &mut Import<'_>, certificate: &Certificate, evidence: &Evidence) {
    let known = import
        .folder
        .anchors
        .iter_mut()
        .find(|anchor| anchor.certificate.raw() == certificate.raw());
    match known {
        Some(anchor) => anchor.record.evidence.push(evidence.clone()),
        None => import.add(certificate.clone(), evidence.clone(), false),
    }
}
