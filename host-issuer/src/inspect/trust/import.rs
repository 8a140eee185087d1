//! Taking certificates, master lists and CRLs into a trust folder: all of them, or none.
//!
//! | what | is believed because |
//! |---|---|
//! | a root certificate | a person compared its fingerprint; or its key is believed already |
//! | a link certificate | a believed key signed it; then the new key is believed too (Doc 9303-12 §6.1.1) |
//! | certificates of a master list | a person accepted once that this State's lists speak for others |
//! | a CRL | a believed CSCA signed it |
//!
//! A CSCA that is believed about its own documents is not thereby believed about those of other States: that is another
//! decision. Nothing goes back: an older master list of the same State, an older CRL of the same issuer are refused.

use ::time::OffsetDateTime;

use super::admission::admissible;
use super::error::ImportError;
use super::folder::{StoredList, TrustFolder};
use super::from_list;
use super::item::{Item, TrustItem};
use super::record::{AnchorRecord, Evidence, RevocationListRecord, rfc3339};
use super::state::{Changes, Import, Question};
use crate::inspect::certificate::Certificate;
use crate::inspect::master_list::MasterList;
use crate::inspect::revocation::RevocationList;
use crate::inspect::weak_keys::shared_primes;

impl TrustFolder {
    /// Takes all of this in. `ask` decides what only a person can. The folder itself does not change.
    ///
    /// # Errors
    /// [`ImportError`]; then the old state is the state.
    pub fn import(
        &self,
        items: Vec<TrustItem>,
        ask: &mut dyn FnMut(&Question<'_>) -> bool,
        now: OffsetDateTime,
    ) -> Result<(Self, Changes), ImportError> {
        let mut import = Import {
            folder: self.clone(),
            now,
            ask,
            changes: Changes::default(),
        };
        let (mut certificates, mut master_lists, mut revocation_lists) = (Vec::new(), Vec::new(), Vec::new());
        for TrustItem { source_name, item } in items {
            match item {
                Item::Certificate(certificate) => certificates.push((source_name, *certificate)),
                Item::MasterList(list, sha256) => master_lists.push((source_name, *list, sha256)),
                Item::RevocationList(list, der) => revocation_lists.push((source_name, *list, der)),
            }
        }
        import.certificates(certificates)?;
        // Oldest first, so that a pile of lists of one State ends with the newest.
        master_lists.sort_by_key(|(_, list, _): &(String, MasterList, String)| list.signing_time());
        for (source_name, list, sha256) in master_lists {
            from_list::take(&mut import, &source_name, &list, sha256)?;
        }
        for (source_name, list, der) in revocation_lists {
            import.revocation_list(&source_name, list, der)?;
        }
        import.finish(self)
    }
}

impl Import<'_> {
    /// In whatever order they come: what a link makes believable may be before it.
    fn certificates(&mut self, mut pending: Vec<(String, Certificate)>) -> Result<(), ImportError> {
        loop {
            let before = pending.len();
            let mut left = Vec::new();
            for (source_name, certificate) in pending {
                let refused = |why| ImportError::Refused {
                    source_name: source_name.clone(),
                    why,
                };
                if self.is_known(&certificate) {
                    self.changes.known += 1;
                    continue;
                }
                admissible(&certificate, &self.folder.anchors, self.now).map_err(refused)?;
                match self.evidence(&certificate).map_err(refused)? {
                    Some((evidence, master_lists)) => self.add(certificate, evidence, master_lists),
                    None => left.push((source_name, certificate)),
                }
            }
            if left.is_empty() {
                return Ok(());
            }
            pending = left;
            if pending.len() == before {
                let root = pending.iter().position(|(_, certificate)| !certificate.is_link());
                let (source_name, certificate) = pending.remove(root.unwrap_or_default());
                if root.is_none() {
                    return Err(ImportError::Refused {
                        source_name,
                        why: format!("no believed CSCA signed the link to {}", certificate.subject()),
                    });
                }
                self.accept(&source_name, certificate)?;
            }
        }
    }

    /// Asks whether this root is believed.
    fn accept(&mut self, source_name: &str, certificate: Certificate) -> Result<(), ImportError> {
        if !(self.ask)(&Question::Csca(&certificate)) {
            return Err(ImportError::NotAccepted {
                source_name: source_name.to_owned(),
                subject: certificate.subject(),
                fingerprint: certificate.fingerprint(),
                about: "",
            });
        }
        let at = rfc3339(self.now);
        self.add(certificate, Evidence::Fingerprint { at }, false);
        Ok(())
    }

    fn revocation_list(
        &mut self,
        source_name: &str,
        list: RevocationList,
        der: Vec<u8>,
    ) -> Result<(), ImportError> {
        let refused = |why: String| ImportError::Refused {
            source_name: source_name.to_owned(),
            why,
        };
        let mut anchors = self.folder.anchors.iter();
        if !anchors.any(|anchor| list.is_issued_by(&anchor.certificate)) {
            return Err(refused(format!(
                "no believed CSCA issued this CRL of {}",
                list.issuer()
            )));
        }
        if list.this_update() > self.now {
            return Err(refused("the CRL is of the future".into()));
        }
        let same_issuer = |stored: &StoredList| stored.record.issuer == list.issuer();
        if let Some(known) = self.folder.lists.iter().find(|stored| same_issuer(stored)) {
            if known.der == der {
                return Ok(());
            }
            if list.is_older_than(&known.list) {
                return Err(ImportError::Rollback {
                    source_name: source_name.to_owned(),
                    why: format!("the CRL of {}", known.record.this_update),
                });
            }
        }
        let record = RevocationListRecord::new(&der, &list);
        self.changes.revocation_lists.push(record.clone());
        self.folder.lists.retain(|stored| !same_issuer(stored));
        self.folder.lists.push(StoredList { list, der, record });
        Ok(())
    }

    /// What holds for all certificates together, and the record.
    fn finish(mut self, before: &TrustFolder) -> Result<(TrustFolder, Changes), ImportError> {
        self.refuse_shared_primes(before)?;
        let was = |record: &AnchorRecord, folder: &TrustFolder| {
            let mut anchors = folder.anchors.iter();
            anchors.any(|anchor| anchor.record.sha256 == record.sha256)
        };
        let records = |folder: &TrustFolder| -> Vec<AnchorRecord> {
            folder
                .anchors
                .iter()
                .map(|anchor| anchor.record.clone())
                .collect()
        };
        let (old, new) = (records(before), records(&self.folder));
        self.changes.added = new
            .iter()
            .filter(|record| !was(record, before))
            .cloned()
            .collect();
        self.changes.removed = old
            .into_iter()
            .filter(|record| !was(record, &self.folder))
            .collect();
        let record = &mut self.folder.record;
        record.anchors = new;
        record.revocation_lists = self
            .folder
            .lists
            .iter()
            .map(|stored| stored.record.clone())
            .collect();
        if *record != before.record {
            record.generation += 1;
            record.updated = rfc3339(self.now);
        }
        Ok((self.folder, self.changes))
    }

    /// A new certificate whose modulus shares a prime with any other is not believed; an old one is named.
    fn refuse_shared_primes(&mut self, before: &TrustFolder) -> Result<(), ImportError> {
        if self.folder.anchors.len() == before.anchors.len() {
            return Ok(());
        }
        let keys: Vec<_> = self
            .folder
            .anchors
            .iter()
            .filter_map(|anchor| anchor.certificate.public_key().ok())
            .collect();
        if keys.len() != self.folder.anchors.len() {
            // Cannot be: a key that cannot be read is not admitted.
            return Ok(());
        }
        let weak = shared_primes(&keys.iter().collect::<Vec<_>>())?;
        for &index in weak.iter().rev() {
            let Some(anchor) = self.folder.anchors.get(index) else {
                continue;
            };
            let said = format!(
                "{}, fingerprint {}: weak key: another CSCA's RSA modulus has a prime in common with it",
                anchor.record.subject, anchor.record.sha256
            );
            let is_old = before
                .anchors
                .iter()
                .any(|old| old.record.sha256 == anchor.record.sha256);
            if is_old {
                self.changes.warnings.push(said);
            } else {
                self.changes.skipped.push(said);
                self.folder.anchors.remove(index);
            }
        }
        Ok(())
    }
}
