//! Taking certificates, master lists and CRLs into a trust folder: all of them, or none.
//!
//! | what | is believed because |
//! |---|---|
//! | a root certificate | a person compared its fingerprint; or its key is believed already |
//! | a link certificate | a believed key signed it; then the new key is believed too (Doc 9303-12 §6.1.1) |
//! | certificates of a master list | a person accepted once that this State's lists speak for others |
//! | a CRL | a believed CSCA signed it |
//! | a deviation list | a believed CSCA certified its signer for deviation lists |
//!
//! A CSCA that is believed about its own documents is not thereby believed about those of other States: that is another
//! decision. Nothing goes back: an older master list or deviation list of the same State, an older CRL of the same issuer are
//! refused.

use ::time::OffsetDateTime;

use super::admission::admissible;
use super::error::ImportError;
use super::folder::TrustFolder;
use super::from_list;
use super::item::{Item, TrustItem};
use super::lists;
use super::record::{Evidence, rfc3339};
use super::state::{Changes, Import, Question};
use crate::inspect::certificate::Certificate;
use crate::inspect::deviation_list::DeviationList;
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
        self.must_decide_itself()?;
        let mut import = Import {
            folder: self.clone(),
            now,
            ask,
            changes: Changes::default(),
        };
        let (mut certificates, mut master_lists) = (Vec::new(), Vec::new());
        let (mut revocation_lists, mut deviation_lists) = (Vec::new(), Vec::new());
        for TrustItem { source_name, item } in items {
            match item {
                Item::Certificate(certificate) => certificates.push((source_name, *certificate)),
                Item::MasterList(list, sha256) => master_lists.push((source_name, *list, sha256)),
                Item::RevocationList(list, der) => revocation_lists.push((source_name, *list, der)),
                Item::DeviationList(list, der) => deviation_lists.push((source_name, *list, der)),
            }
        }
        import.certificates(certificates)?;
        // Oldest first, so that a pile of lists of one State ends with the newest.
        master_lists.sort_by_key(|(_, list, _): &(String, MasterList, String)| list.signing_time());
        for (source_name, list, sha256) in master_lists {
            from_list::take(&mut import, &source_name, &list, sha256)?;
        }
        // As with master lists.
        revocation_lists.sort_by_key(|(_, list, _): &(String, RevocationList, Vec<u8>)| list.this_update());
        for (source_name, list, der) in revocation_lists {
            lists::take_revocation_list(&mut import, &source_name, list, der)?;
        }
        deviation_lists.sort_by_key(|(_, list, _): &(String, DeviationList, Vec<u8>)| list.signing_time());
        for (source_name, list, der) in deviation_lists {
            lists::take_deviation_list(&mut import, &source_name, list, der)?;
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
                // A link is believed by what signed it, or, once it was taken out, by a person.
                let is_asked =
                    |certificate: &Certificate| !certificate.is_link() || self.removal(certificate).is_some();
                let root = pending.iter().position(|(_, certificate)| is_asked(certificate));
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
        let removal = self.removal(&certificate).cloned();
        if !(self.ask)(&Question::Csca(&certificate, removal.as_ref())) {
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

    /// What holds for all certificates together, and the record.
    fn finish(mut self, before: &TrustFolder) -> Result<(TrustFolder, Changes), ImportError> {
        self.refuse_shared_primes(before)?;
        let Changes { added, removed, .. } = before.changes_to(&self.folder);
        self.changes.added = added;
        self.changes.removed = removed;
        self.folder.write_down(before, self.now);
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
