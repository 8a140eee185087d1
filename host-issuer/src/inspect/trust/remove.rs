//! Taking out what is not to be believed any more.

use ::time::OffsetDateTime;

use super::error::ImportError;
use super::folder::{Anchor, TrustFolder};
use super::record::{Evidence, RemovalRecord, rfc3339, sha256};
use super::state::Changes;

impl TrustFolder {
    /// Takes out the certificates of these fingerprints (SHA-256, capital hexadecimal), every other over the same keys, and what was
    /// believed because of them. It is written down, and none comes back unless a person says so. CRLs stay: they only revoke.
    ///
    /// # Errors
    /// [`ImportError::Unknown`] for a fingerprint of nothing that is believed; [`ImportError::Refused`] without a reason, and for a folder
    /// that is fed by bundles.
    pub fn remove(
        &self,
        fingerprints: &[String],
        reason: &str,
        now: OffsetDateTime,
    ) -> Result<(Self, Changes), ImportError> {
        self.must_decide_itself()?;
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(ImportError::Refused {
                source_name: "reason".to_owned(),
                why: "say why it is not believed any more".to_owned(),
            });
        }
        let mut folder = self.clone();
        let mut keys = Vec::new();
        for fingerprint in fingerprints {
            let mut anchors = self.anchors.iter();
            let anchor = anchors.find(|anchor| anchor.record.sha256 == *fingerprint);
            let anchor = anchor.ok_or_else(|| ImportError::Unknown(fingerprint.clone()))?;
            keys.push(key_of(anchor));
        }
        let at = rfc3339(now);
        let removal = |anchor: &Anchor, because_of: Option<String>| RemovalRecord {
            sha256: anchor.record.sha256.clone(),
            key: key_of(anchor),
            subject: anchor.record.subject.clone(),
            at: at.clone(),
            reason: reason.to_owned(),
            because_of,
        };
        let (out, left): (Vec<_>, Vec<_>) = folder
            .anchors
            .into_iter()
            .partition(|anchor| keys.contains(&key_of(anchor)));
        folder.anchors = left;
        let mut removals: Vec<_> = out.iter().map(|anchor| removal(anchor, None)).collect();
        for anchor in folder.drop_the_unfounded() {
            let because_of = anchor
                .record
                .evidence
                .iter()
                .find_map(source_of)
                .map(str::to_owned);
            removals.push(removal(&anchor, because_of));
        }
        folder.record.removals.extend(removals);
        let changes = self.changes_to(&folder);
        folder.write_down(self, now);
        Ok((folder, changes))
    }

    /// Drops the certificates for which nothing speaks that is still believed; tells which.
    pub(super) fn drop_the_unfounded(&mut self) -> Vec<Anchor> {
        let mut dropped = Vec::new();
        loop {
            let believed: Vec<String> = self
                .anchors
                .iter()
                .map(|anchor| anchor.record.sha256.clone())
                .collect();
            let is_founded = |evidence: &Evidence| {
                source_of(evidence).is_none_or(|source| believed.iter().any(|known| known == source))
            };
            let (kept, out): (Vec<_>, Vec<_>) = std::mem::take(&mut self.anchors)
                .into_iter()
                .partition(|anchor| anchor.record.evidence.iter().any(is_founded));
            self.anchors = kept;
            for anchor in &mut self.anchors {
                anchor.record.evidence.retain(is_founded);
            }
            if out.is_empty() {
                return dropped;
            }
            dropped.extend(out);
        }
    }
}

/// The certificate that a piece of evidence stands on.
fn source_of(evidence: &Evidence) -> Option<&str> {
    match evidence {
        Evidence::SameKey { of, .. } => Some(of),
        Evidence::Link { by, .. } => Some(by),
        Evidence::Fingerprint { .. } | Evidence::MasterList { .. } => None,
    }
}

fn key_of(anchor: &Anchor) -> String {
    sha256(anchor.certificate.subject_public_key())
}
