//! Two people: what one officer asks for and another one says yes to.
//!
//! Whoever needs it makes a [`Request`], a file that says what is to be done to what, in this ledger and until when, and signs it.
//! A supervisor who is somebody else signs the same bytes. Both signatures are presented to the command that does it:
//!
//! ```
//! use host_issuer::ledger::{Event, Head};
//! use host_issuer::station::approvals::{Act, ApprovalFailure, Presented, authorise};
//! use host_issuer::station::desk::Desk;
//!
//! fn start(desk: &Desk<'_>, batch: &str, presented: &Presented) -> Result<Head, ApprovalFailure> {
//!     let act = Act::StartBatch { batch: batch.to_owned() };
//!     // Checked; a refusal stands in the ledger when this returns.
//!     let yes = authorise(desk, &act, presented)?;
//!     // Appended in one transaction: that the approval is spent, and what it allows.
//!     yes.commit(desk, |approval| {
//!         vec![Event::BatchStarted { batch: batch.to_owned(), approval: approval.to_owned() }]
//!     })
//! }
//! ```
//!
//! An act on several chips ([`Act::Destroy`], [`Act::ReleaseQuarantine`]) is one request, and is spent for each of them by
//! [`Authorised::commit_each`].
//!
//! A request is spent by its digest ([`digest`], [`digest_for`]): it holds a nonce and the ledger's identifier, so that none counts twice or in another ledger,
//! whoever signs it again. [`Act::details`] says what both people have seen of the ledger, and is looked at again: what was
//! approved is what is there.

pub mod act;
pub mod refusal;
pub mod request;

use personalization::approval::{Approval, ApprovalError, Seat, require_in_roles};
use sha2::{Digest as _, Sha256};

pub use self::act::Act;
pub use self::refusal::{ApprovalFailure, Refusal};
use self::request::{CLOCK_SKEW, Request};
use super::desk::Desk;
use super::officers::{self, MAY_APPROVE, MAY_REQUEST};
use crate::ledger::error::Conflict;
use crate::ledger::event::Purpose;
use crate::ledger::{Event, Head, LedgerError};

/// Most approvals that are presented for one request.
pub const MAX_APPROVALS: usize = 8;

/// The files that are presented, byte for byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Presented {
    /// The request (`eid.request/1`).
    pub request: Vec<u8>,
    /// The signatures over it (`eid.approval/1`): that of whoever asks, and that of the second person.
    pub approvals: Vec<Vec<u8>>,
}

/// That two people said yes to an act, and nothing was done with it yet.
#[derive(Debug)]
#[must_use = "nothing is spent and nothing is done before `commit`"]
pub struct Authorised {
    purpose: Purpose,
    requested_by: String,
    approved_by: String,
    /// Each subject of the act with the digest that is spent for it; one at least.
    spent: Vec<(String, String)>,
    act: Act,
}

/// Checks that two people said yes to this act. What is refused is recorded, and nothing else happens.
///
/// # Errors
/// [`ApprovalFailure::Refused`] says why it does not count; [`ApprovalFailure::Ledger`] also for an act that is not possible.
pub fn authorise(desk: &Desk<'_>, act: &Act, presented: &Presented) -> Result<Authorised, ApprovalFailure> {
    match examine(desk, act, presented) {
        Ok(yes) => Ok(yes),
        Err(ApprovalFailure::Refused(refusal)) => {
            record(desk, act, &digest(&presented.request), &refusal)?;
            Err(ApprovalFailure::Refused(refusal))
        }
        Err(other) => Err(other),
    }
}

impl Authorised {
    /// Spends it: appends that it was used and, in the same transaction, the events that it allows. They get its digest.
    ///
    /// # Errors
    /// [`ApprovalFailure::Refused`] when it was used in the meantime, which is recorded; [`ApprovalFailure::Ledger`]: nothing
    /// was appended, unless that is in doubt.
    pub fn commit(
        self,
        desk: &Desk<'_>,
        events: impl FnOnce(&str) -> Vec<Event>,
    ) -> Result<Head, ApprovalFailure> {
        let allowed = self
            .spent
            .first()
            .map_or_else(Vec::new, |(_, digest)| events(digest));
        let used = self
            .spent
            .iter()
            .map(|(subject, digest)| self.used(subject, digest));
        let all: Vec<Event> = used.chain(allowed).collect();
        self.append(desk, all)
    }

    /// The same for an act on several chips, all or none: `event` is asked for each with its serial number and the digest for it.
    ///
    /// # Errors
    /// As [`commit`](Self::commit).
    pub fn commit_each(
        self,
        desk: &Desk<'_>,
        event: impl Fn(&str, &str) -> Event,
    ) -> Result<Head, ApprovalFailure> {
        let each =
            |(subject, digest): &(String, String)| [self.used(subject, digest), event(subject, digest)];
        let all: Vec<Event> = self.spent.iter().flat_map(each).collect();
        self.append(desk, all)
    }

    /// Who asked, and who said yes.
    #[must_use]
    pub fn people(&self) -> (&str, &str) {
        (&self.requested_by, &self.approved_by)
    }

    fn used(&self, subject: &str, digest: &str) -> Event {
        Event::ApprovalUsed {
            approval: digest.to_owned(),
            purpose: self.purpose,
            subject: subject.to_owned(),
            requested_by: self.requested_by.clone(),
            approved_by: self.approved_by.clone(),
        }
    }

    fn append(&self, desk: &Desk<'_>, events: Vec<Event>) -> Result<Head, ApprovalFailure> {
        match desk.append(events) {
            Err(LedgerError::Conflict(Conflict::ApprovalTwice(digest))) => {
                record(desk, &self.act, &digest, &Refusal::Replayed)?;
                Err(Refusal::Replayed.into())
            }
            other => Ok(other?),
        }
    }
}

fn examine(desk: &Desk<'_>, act: &Act, presented: &Presented) -> Result<Authorised, ApprovalFailure> {
    let request = Request::parse(&presented.request).map_err(Refusal::from)?;
    if request.ledger() != desk.store.identifier()? {
        return Err(Refusal::OtherLedger.into());
    }
    if request.purpose() != act.purpose() {
        return Err(Refusal::OtherPurpose {
            asked: request.purpose().name(),
            needed: act.purpose().name(),
        }
        .into());
    }
    if request.subject() != act.subject() {
        return Err(Refusal::OtherSubject(request.subject().to_owned()).into());
    }
    let subjects = act.subjects();
    let spent: Vec<(String, String)> = match subjects.as_slice() {
        [one] => vec![(one.clone(), digest(&presented.request))],
        several => several
            .iter()
            .map(|subject| (subject.clone(), digest_for(&presented.request, subject)))
            .collect(),
    };
    for (_, digest) in &spent {
        if desk.store.approval_seen(digest)? {
            return Err(Refusal::Replayed.into());
        }
    }
    must_be_in_time(desk, &request)?;
    let details = act.details(desk)?;
    if let Some(field) = request.difference(&details) {
        return Err(Refusal::OtherDetails(field).into());
    }
    Ok(Authorised {
        purpose: act.purpose(),
        approved_by: second_person(desk, &request, presented)?,
        requested_by: request.requested_by().to_owned(),
        spent,
        act: act.clone(),
    })
}

fn must_be_in_time(desk: &Desk<'_>, request: &Request) -> Result<(), Refusal> {
    if desk.now > request.valid_until() {
        return Err(Refusal::Expired);
    }
    if desk.now + CLOCK_SKEW < request.at() {
        return Err(Refusal::NotYet);
    }
    Ok(())
}

/// The name of who said yes.
fn second_person(
    desk: &Desk<'_>,
    request: &Request,
    presented: &Presented,
) -> Result<String, ApprovalFailure> {
    if presented.approvals.len() > MAX_APPROVALS {
        return Err(Refusal::Malformed("more than 8 approvals".into()).into());
    }
    let approvals = presented
        .approvals
        .iter()
        .map(|json| approval(json))
        .collect::<Result<Vec<_>, Refusal>>()?;
    let officers = desk.store.officers()?;
    let officers = officers::known(&officers)
        .map_err(|error| LedgerError::Damaged(format!("its officers cannot be what they are: {error}")))?;
    let seats = [
        Seat {
            roles: MAY_REQUEST,
            officer: Some(request.requested_by()),
        },
        Seat {
            roles: MAY_APPROVE,
            officer: None,
        },
    ];
    require_in_roles(&officers, &approvals, &presented.request, &seats)
        .map_err(|error| refusal(error, request))?;
    let in_time = |approval: &&Approval| {
        let at = approval.at();
        at.is_some_and(|at| at + CLOCK_SKEW >= request.at() && at <= request.valid_until())
    };
    if let Some(late) = approvals.iter().find(|approval| !in_time(approval)) {
        return Err(Refusal::SignedOutOfTime(late.officer().to_owned()).into());
    }
    let may_approve = |approval: &&Approval| {
        let role = officers
            .iter()
            .find(|(officer, _)| officer.name() == approval.officer())
            .map(|(_, role)| role);
        approval.officer() != request.requested_by() && role.is_some_and(|role| MAY_APPROVE.contains(role))
    };
    let second = approvals.iter().find(may_approve);
    // The second seat was taken by one of them.
    Ok(second.ok_or(Refusal::Missing)?.officer().to_owned())
}

/// Reads an approval in its one form.
fn approval(json: &[u8]) -> Result<Approval, Refusal> {
    let approval = Approval::from_json(json).map_err(|error| Refusal::Malformed(error.to_string()))?;
    if approval.to_json().is_ok_and(|canonical| canonical == json) {
        Ok(approval)
    } else {
        Err(Refusal::Malformed(
            "approval: not as `eid approve` writes it".into(),
        ))
    }
}

/// What is refused, of what signatures say.
fn refusal(error: ApprovalError, request: &Request) -> Refusal {
    match error {
        ApprovalError::Stranger(name) => Refusal::UnknownOfficer(name),
        ApprovalError::SamePerson(name) => Refusal::SelfApproval(name),
        ApprovalError::OtherKey { by, .. } if by == request.requested_by() => Refusal::SelfApproval(by),
        ApprovalError::OtherKey { officer, .. } | ApprovalError::Invalid(officer) => {
            Refusal::Altered(officer)
        }
        ApprovalError::Role(name) => Refusal::WrongRole(name),
        ApprovalError::Missing { .. } => Refusal::Missing,
        other => Refusal::Malformed(other.to_string()),
    }
}

fn record(desk: &Desk<'_>, act: &Act, digest: &str, refusal: &Refusal) -> Result<(), LedgerError> {
    let subjects = act.subjects();
    let subject = match subjects.as_slice() {
        [first, _, ..] => format!("{} chips from {first} on", subjects.len()),
        _ => act.subject(),
    };
    desk.append([Event::ApprovalRefused {
        approval: digest.to_owned(),
        purpose: act.purpose(),
        subject,
        reason: refusal.id().to_owned(),
    }])?;
    Ok(())
}

/// SHA-256 of a request, as the ledger has it.
#[must_use]
pub fn digest(request: &[u8]) -> String {
    hex::encode(Sha256::digest(request))
}

/// SHA-256 of a request that is about several chips and of the serial number of one of them: what is spent for that chip.
#[must_use]
pub fn digest_for(request: &[u8], serial: &str) -> String {
    hex::encode(
        Sha256::new()
            .chain_update(request)
            .chain_update(serial)
            .finalize(),
    )
}
