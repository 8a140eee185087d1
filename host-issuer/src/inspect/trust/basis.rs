//! On whose word a verdict rests, and how old that word is.

use ::time::OffsetDateTime;
use serde::Serialize;

use super::record::{BundleRecord, DeviationListRecord, MasterListRecord, parse_rfc3339, rfc3339};
use crate::inspect::certificate::Certificate;
use crate::inspect::revocation::RevocationList;

/// What a store knows of its own age.
#[derive(Debug, Clone, Default)]
pub(crate) struct Age {
    /// Of a managed folder: how often it changed, and when last (RFC 3339).
    pub(super) generation: Option<u64>,
    pub(super) updated: Option<String>,
    /// The newest master list of each State.
    pub(super) master_lists: Vec<MasterListRecord>,
    /// The newest deviation list of each State.
    pub(super) deviation_lists: Vec<DeviationListRecord>,
    /// The bundle that all of this came in.
    pub(super) bundle: Option<BundleRecord>,
}

/// The trust data behind a verdict; `trust` of `eid.verify/1`. Times are RFC 3339, ages are whole days before the time of the
/// inspection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrustBasis {
    /// The time for which the verdict is.
    pub judged_at: String,
    /// How often the managed trust folder was changed; none for other trust data.
    pub generation: Option<u64>,
    /// When it was changed last.
    pub updated: Option<String>,
    /// The CSCA certificates whose keys were used, in the order of use.
    pub anchors: Vec<AnchorUsed>,
    /// The CRL that says whether the document signer is revoked.
    pub revocation_list: Option<RevocationListUsed>,
    /// The newest master list that was imported.
    pub master_list: Option<MasterListUsed>,
    /// The bundle that the trust data came in.
    pub bundle: Option<BundleUsed>,
}

/// A CSCA certificate that signed the document signer's certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnchorUsed {
    /// Subject (RFC 4514).
    pub subject: String,
    /// SHA-256 of the certificate, capital hexadecimal.
    pub sha256: String,
    /// Last moment of validity.
    pub not_after: String,
}

/// A CRL and its age.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RevocationListUsed {
    /// Issuer (RFC 4514).
    pub issuer: String,
    /// cRLNumber, capital hexadecimal.
    pub number: Option<String>,
    /// When it was issued.
    pub this_update: String,
    /// When the next one is due.
    pub next_update: Option<String>,
    /// Days since it was issued.
    pub age_days: i64,
}

/// A trust bundle and its age.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BundleUsed {
    /// Its number, signer and times.
    #[serde(flatten)]
    pub record: BundleRecord,
    /// Days since it was made.
    pub age_days: Option<i64>,
}

/// A master list and its age.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MasterListUsed {
    /// The State that signed it.
    pub of: String,
    /// When it was signed.
    pub signed: String,
    /// Days since then.
    pub age_days: Option<i64>,
}

impl TrustBasis {
    /// What the store says of itself; nothing of it was used yet.
    pub(crate) fn new(age: &Age, now: OffsetDateTime) -> Self {
        // RFC 3339 in UTC: texts compare as the times do.
        let newest = age.master_lists.iter().max_by_key(|list| &list.signed);
        Self {
            judged_at: rfc3339(now),
            generation: age.generation,
            updated: age.updated.clone(),
            anchors: Vec::new(),
            revocation_list: None,
            master_list: newest.map(|list| MasterListUsed {
                of: list.of.clone(),
                signed: list.signed.clone(),
                age_days: days_since(&list.signed, now),
            }),
            bundle: age.bundle.as_ref().map(|record| BundleUsed {
                record: record.clone(),
                age_days: days_since(&record.created, now),
            }),
        }
    }

    /// Notes that this CSCA's key was used.
    pub(crate) fn used(&mut self, csca: &Certificate) {
        let sha256 = csca.fingerprint();
        if self.anchors.iter().all(|known| known.sha256 != sha256) {
            self.anchors.push(AnchorUsed {
                subject: csca.subject(),
                sha256,
                not_after: rfc3339(csca.not_after()),
            });
        }
    }

    /// In one line, for people.
    #[must_use]
    pub fn line(&self) -> String {
        let mut parts: Vec<String> = self.anchors.iter().map(|anchor| anchor.subject.clone()).collect();
        if parts.is_empty() {
            parts.push("no trusted CSCA".to_owned());
        }
        parts.push(match &self.revocation_list {
            None => "no CRL used".to_owned(),
            Some(list) => {
                let next = list.next_update.as_deref().map_or("not said", day);
                format!(
                    "CRL of {} ({}), next due {next}",
                    day(&list.this_update),
                    days(list.age_days)
                )
            }
        });
        if let Some(list) = &self.master_list {
            let age = list
                .age_days
                .map_or_else(String::new, |age| format!(" ({})", days(age)));
            parts.push(format!("master list of {}, {}{age}", list.of, day(&list.signed)));
        }
        if let Some(bundle) = &self.bundle {
            let (record, age) = (&bundle.record, bundle.age_days.map_or_else(String::new, days));
            parts.push(format!(
                "bundle {} of {} ({age})",
                record.sequence,
                day(&record.created)
            ));
        } else if let Some(updated) = &self.updated {
            parts.push(format!("trust folder changed {}", day(updated)));
        }
        parts.join("; ")
    }
}

impl RevocationListUsed {
    pub(crate) fn new(list: &RevocationList, now: OffsetDateTime) -> Self {
        Self {
            issuer: list.issuer(),
            number: list.number(),
            this_update: rfc3339(list.this_update()),
            next_update: list.next_update().map(rfc3339),
            age_days: (now - list.this_update()).whole_days(),
        }
    }
}

/// Whole days from a time of a record to `now`.
fn days_since(at: &str, now: OffsetDateTime) -> Option<i64> {
    parse_rfc3339(at).map(|at| (now - at).whole_days())
}

fn day(at: &str) -> &str {
    at.get(..10).unwrap_or(at)
}

fn days(count: i64) -> String {
    match count {
        0 => "today".to_owned(),
        1 => "1 day old".to_owned(),
        _ => format!("{count} days old"),
    }
}
