//! ACTIVATE FILE (ISO/IEC 7816-9, 7.2.5) of the card: from then on no command changes a file, and the keys that
//! could are gone.

mod chip_proof;

use super::delete_file::scrub;
use crate::auth::issuer::key_set::KeySet;
use crate::auth::password::{self, PasswordId};
use crate::auth::terminal::trust::TrustStore;
use crate::error::Error;
use crate::fs::descriptor::{Descriptor, Kind, Parent};
use crate::fs::tree::{FileTree, Found};
use crate::life_cycle::{Event, LifeCycle};
use crate::nvm::journal::{Journal, Transaction};
use crate::nvm::record::RecordKey;
use crate::platform::Nvm;
use crate::wire::lds::{AID_EMRTD, DataGroup, fid};

/// Activates a card that has what every card must have: the eMRTD application with EF.COM, EF.SOD, DG1 and DG2, and
/// a password, a PIN only beside a CAN; with EF.CVCA also what that shows, the keys of every proof
/// of the chip that its files speak of, and keys for every application whose files can be updated.
///
/// # Errors
/// [`Error::ConditionsOfUse`] when something is missing.
#[inline(never)]
pub(crate) fn activate_file<N: Nvm>(
    files: &FileTree,
    life_cycle: &mut LifeCycle,
    journal: &mut Journal,
    nvm: &mut N,
) -> Result<(), Error> {
    let next = life_cycle.transition(Event::Activated)?;
    let application = files.by_aid(&AID_EMRTD).ok_or(Error::ConditionsOfUse)?;
    for fid in [fid::COM, fid::SOD, DataGroup::DG1.fid(), DataGroup::DG2.fid()] {
        let complete = match files.child(Parent::Dedicated(application), fid) {
            Some(Found::Elementary(index)) => {
                matches!(
                    files.get(index),
                    Some(Descriptor {
                        kind: Kind::Transparent(_),
                        ..
                    })
                )
            }
            _ => false,
        };
        if !complete {
            return Err(Error::ConditionsOfUse);
        }
    }
    // EF.CVCA shows the trust points: there must be one, and a date to judge certificates by.
    let has_ef_cvca = files.child(Parent::Dedicated(application), fid::CVCA).is_some();
    if has_ef_cvca && !TrustStore::load(journal, nvm)?.is_complete() {
        return Err(Error::ConditionsOfUse);
    }
    if !chip_proof::is_possible(files, journal, nvm)? {
        return Err(Error::ConditionsOfUse);
    }
    for application in files.updatable_applications() {
        if KeySet::of_application(application, journal, nvm)?.is_none() {
            return Err(Error::ConditionsOfUse);
        }
    }
    let has = |id| password::exists(journal, nvm, id);
    // A suspended PIN is resumed with the CAN, and a blocked one by PUK or administration, which may come later.
    if !(has(PasswordId::Mrz)? || has(PasswordId::Can)?) || (has(PasswordId::Pin)? && !has(PasswordId::Can)?)
    {
        return Err(Error::ConditionsOfUse);
    }
    // Everything loaded must stand before the one write that makes the card operational.
    nvm.sync()?;
    let mut transaction = Transaction::new();
    transaction
        .put(RecordKey::LIFE_CYCLE, &next.stored())
        .put(RecordKey::SCRUB, &[1])
        // No key is drawn any more.
        .delete(RecordKey::ATTESTATION_KEY);
    KeySet::Personalisation.delete(&mut transaction);
    journal.commit(nvm, &mut transaction)?;
    *life_cycle = next;
    scrub(files, journal, nvm)
}
