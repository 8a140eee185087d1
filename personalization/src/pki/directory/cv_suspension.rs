//! `suspended.json`: holders that an authority of terminals certifies no more until it says otherwise (BSI TR-03139 asks authorities to
//! be able to, when keys are lost or a holder breaks the rules). What was certified before runs out by itself: it is for days.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::super::PkiError;
use super::cv_directory::{CvDirectory, CvHolder, without_sequence};
use super::files::read_optional;
use super::usage::rfc3339;
use crate::key_file::durable::{self, Mode};

const SUSPENDED: &str = "suspended.json";
const SCHEMA: &str = "eid.cv-suspensions/1";

/// A suspension, and how it ended. Entries are never taken away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suspension {
    /// Country code and mnemonic of the holder: every sequence number of it.
    pub holder: String,
    /// Since when, RFC 3339.
    pub since: String,
    /// Why.
    pub reason: String,
    /// When it was lifted, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifted: Option<String>,
    /// Why it was lifted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifted_because: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Suspensions {
    schema: String,
    suspensions: Vec<Suspension>,
}

impl CvDirectory {
    /// Suspends a holder, by any of its references: from now on nothing is certified for it.
    ///
    /// # Errors
    /// [`PkiError::Refused`] when this authority certified no such holder, or it is suspended already; [`PkiError::Input`] without a
    /// reason; [`PkiError::File`].
    pub fn suspend(
        &self,
        reference: &str,
        reason: &str,
        now: OffsetDateTime,
    ) -> Result<Suspension, PkiError> {
        let reason = given(reason)?;
        if !self.knows(reference)? {
            return Err(PkiError::Refused(format!(
                "{} certified no {reference}",
                self.reference()?
            )));
        }
        self.must_not_be_suspended(reference)?;
        let mut all = self.suspensions()?;
        let suspension = Suspension {
            holder: without_sequence(reference).to_owned(),
            since: rfc3339(now)?,
            reason,
            lifted: None,
            lifted_because: None,
        };
        all.push(suspension.clone());
        self.write_suspensions(all)?;
        Ok(suspension)
    }

    /// Ends a suspension.
    ///
    /// # Errors
    /// [`PkiError::Refused`] when the holder is not suspended; [`PkiError::Input`] without a reason; [`PkiError::File`].
    pub fn lift_suspension(
        &self,
        reference: &str,
        reason: &str,
        now: OffsetDateTime,
    ) -> Result<Suspension, PkiError> {
        let reason = given(reason)?;
        let mut all = self.suspensions()?;
        let entry = all
            .iter_mut()
            .find(|entry| entry.holder == without_sequence(reference) && entry.lifted.is_none())
            .ok_or_else(|| PkiError::Refused(format!("{reference} is not suspended")))?;
        entry.lifted = Some(rfc3339(now)?);
        entry.lifted_because = Some(reason);
        let lifted = entry.clone();
        self.write_suspensions(all)?;
        Ok(lifted)
    }

    /// Every suspension there ever was, oldest first.
    ///
    /// # Errors
    /// [`PkiError::File`]; [`PkiError::Certificate`] for a damaged list; [`PkiError::Refused`] for an inspection system.
    pub fn suspensions(&self) -> Result<Vec<Suspension>, PkiError> {
        if self.holder() == CvHolder::Terminal {
            return Err(PkiError::Refused("an inspection system certifies nothing".into()));
        }
        let Some(json) = read_optional(&self.path().join(SUSPENDED))? else {
            return Ok(Vec::new());
        };
        let read: Suspensions = serde_json::from_slice(&json)
            .map_err(|error| PkiError::certificate(SUSPENDED, error.to_string()))?;
        if read.schema != SCHEMA {
            return Err(PkiError::certificate(
                SUSPENDED,
                format!("its schema is not {SCHEMA}"),
            ));
        }
        Ok(read.suspensions)
    }

    /// Refuses a holder that is suspended.
    pub(super) fn must_not_be_suspended(&self, reference: &str) -> Result<(), PkiError> {
        let suspensions = self.suspensions()?;
        let entry = suspensions
            .iter()
            .find(|entry| entry.holder == without_sequence(reference) && entry.lifted.is_none());
        match entry {
            None => Ok(()),
            Some(entry) => Err(PkiError::Refused(format!(
                "{} is suspended since {}: {}",
                entry.holder, entry.since, entry.reason
            ))),
        }
    }

    fn write_suspensions(&self, suspensions: Vec<Suspension>) -> Result<(), PkiError> {
        let list = Suspensions {
            schema: SCHEMA.to_owned(),
            suspensions,
        };
        let mut json = serde_json::to_vec_pretty(&list)
            .map_err(|error| PkiError::certificate(SUSPENDED, error.to_string()))?;
        json.push(b'\n');
        durable::replace(&self.path().join(SUSPENDED), &json, Mode::Public)?;
        Ok(())
    }
}

fn given(reason: &str) -> Result<String, PkiError> {
    match reason.trim() {
        "" => Err(PkiError::input("reason", "say why")),
        reason => Ok(reason.to_owned()),
    }
}
