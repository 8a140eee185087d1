//! Who may do what at a station.
//!
//! | role | makes cards | asks for what needs a second person | says yes to what another asked for |
//! |---|---|---|---|
//! | operator | yes | yes | no |
//! | supervisor | yes | yes | yes |
//! | auditor | no | no | no |
//!
//! Who has which role is said by the newest [`Event::OfficersSet`] of the ledger: the first when the ledger is made, every other
//! one with two people's signatures ([`Act::SetOfficers`](super::approvals::Act)).

use personalization::approval::{ApprovalError, Officer, check_officers};

use super::desk::Desk;
use crate::ledger::event::{OfficerEntry, Role};
use crate::ledger::{Event, LedgerError};

/// Most officers of a ledger.
pub const MAX_OFFICERS: usize = 64;
/// Roles that may ask for what needs a second person.
pub const MAY_REQUEST: &[Role] = &[Role::Operator, Role::Supervisor];
/// Roles that may say yes to it.
pub const MAY_APPROVE: &[Role] = &[Role::Supervisor];

/// Why these people cannot be the officers of a ledger, or why somebody may not work here.
#[derive(Debug, thiserror::Error)]
pub enum OfficersError {
    /// A name or key is none, or stands there twice.
    #[error(transparent)]
    Approval(#[from] ApprovalError),
    /// With them nothing could ever be approved.
    #[error("officers: {0}")]
    Rule(&'static str),
    /// Nobody of this name has a role here that may do it.
    #[error("{name} is no operator or supervisor of this station")]
    NotAllowed {
        /// The name.
        name: String,
    },
    /// The key is not the one by which the ledger knows them.
    #[error("this is not the key by which the ledger knows {name}")]
    NotProved {
        /// The name.
        name: String,
    },
    /// The ledger does not say who they are.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// An officer as a ledger has them.
#[must_use]
pub fn entry(officer: &Officer, role: Role) -> OfficerEntry {
    OfficerEntry {
        name: officer.name().to_owned(),
        role,
        public_key: officer.public_key().to_ascii_uppercase(),
    }
}

/// Reads `FILE:ROLE` as a command line has it; the role is `operator`, `supervisor` or `auditor`.
///
/// # Errors
/// What is wrong with it, in words.
pub fn parse_with_role(text: &str) -> Result<(std::path::PathBuf, Role), String> {
    let rule = "a public file (officer.json), a colon and operator, supervisor or auditor";
    let (file, role) = text.rsplit_once(':').ok_or(rule)?;
    let role = Role::from_name(role).ok_or(rule)?;
    if file.is_empty() {
        return Err(rule.to_owned());
    }
    Ok((file.into(), role))
}

/// Checks that these can be the officers of a ledger: names and keys are sound and each stands there once, one may approve, and
/// another may ask.
///
/// # Errors
/// [`OfficersError::Approval`], [`OfficersError::Rule`].
pub fn check_set(entries: &[OfficerEntry]) -> Result<(), OfficersError> {
    if entries.len() > MAX_OFFICERS {
        return Err(OfficersError::Rule("no more than 64 of a ledger"));
    }
    let officers: Vec<Officer> = known(entries)?.into_iter().map(|(officer, _)| officer).collect();
    check_officers(&officers)?;
    let count = |roles: &[Role]| entries.iter().filter(|entry| roles.contains(&entry.role)).count();
    if count(MAY_APPROVE) == 0 {
        return Err(OfficersError::Rule(
            "one supervisor at least, or nothing can be approved",
        ));
    }
    if count(MAY_REQUEST) < 2 {
        return Err(OfficersError::Rule(
            "two operators or supervisors at least: who asks for something and who says yes to it are two people",
        ));
    }
    Ok(())
}

/// The officers with their roles, as approvals are checked against them.
///
/// # Errors
/// [`OfficersError::Approval`] for a name or key that is none.
pub fn known(entries: &[OfficerEntry]) -> Result<Vec<(Officer, Role)>, OfficersError> {
    entries
        .iter()
        .map(|entry| {
            let point = hex::decode(&entry.public_key).unwrap_or_default();
            Ok((Officer::new(&entry.name, &point)?, entry.role))
        })
        .collect()
}

/// The first event of its kind in a new ledger.
///
/// # Errors
/// As [`check_set`].
pub fn first_set(entries: Vec<OfficerEntry>) -> Result<Event, OfficersError> {
    check_set(&entries)?;
    Ok(Event::OfficersSet { officers: entries })
}

/// Refuses somebody who may not do a station's work: strangers and auditors.
///
/// # Errors
/// [`OfficersError::NotAllowed`], [`OfficersError::Ledger`].
pub fn must_work_here(desk: &Desk<'_>) -> Result<(), OfficersError> {
    match desk.role()? {
        Some(role) if MAY_REQUEST.contains(&role) => Ok(()),
        _ => Err(OfficersError::NotAllowed {
            name: desk.actor.to_owned(),
        }),
    }
}
