//! What a station and its ledger refuse.

use super::super::exit_code::ExitCode;
use super::Failure;
use crate::ledger::LedgerError;
use crate::ledger::error::Conflict;
use crate::station::approvals::request::RequestError;
use crate::station::approvals::{ApprovalFailure, Refusal};
use crate::station::cards::CardError;
use crate::station::officers::OfficersError;
use crate::station::place::PlaceError;

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        let message = error.to_string();
        match error {
            LedgerError::Conflict(conflict) => {
                let (code, id, hint) = refused(&conflict);
                Self::new(code, id, message, hint)
            }
            LedgerError::Damaged(_) => Self::new(
                ExitCode::Storage,
                "ledger.damaged",
                message,
                "`eid ledger verify` says where; change nothing, and keep a copy of the directory",
            ),
            LedgerError::Store { in_doubt: true, .. } => Self::new(
                ExitCode::Storage,
                "ledger.in_doubt",
                message,
                "whether it was written is not known: look before you repeat it",
            ),
            LedgerError::Store { .. } => Self::new(
                ExitCode::Storage,
                "ledger.store",
                message,
                "check the path, its permissions and the free space; nothing was written",
            ),
        }
    }
}

/// Exit code, stable id and what to do.
fn refused(conflict: &Conflict) -> (ExitCode, &'static str, &'static str) {
    let (id, hint) = match conflict {
        Conflict::ChipUnknown(_) => (
            "stock.unknown_chip",
            "keep a chip apart that nobody delivered; `eid stock register` takes a delivery in",
        ),
        Conflict::ChipState { .. } => (
            "stock.chip_state",
            "`eid stock show` says what the ledger knows of it",
        ),
        Conflict::ChipElsewhere { .. } => (
            "stock.elsewhere",
            "`eid stock receive` takes in what another station handed over",
        ),
        Conflict::SerialTwice(_) => (
            "stock.duplicate_serial",
            "keep both chips apart: no two chips of one maker have a serial number in common",
        ),
        Conflict::KeyTwice(_) => (
            "stock.duplicate_key",
            "keep both chips apart and ask their maker: one of them is a copy",
        ),
        Conflict::ApprovalTwice(_) | Conflict::NotApproved { .. } => {
            return (
                ExitCode::Approval,
                "approval.spent",
                "make a new request with `eid approve request`",
            );
        }
        Conflict::Unknown { .. } => ("ledger.unknown", "check the identifier"),
        Conflict::Malformed { .. } => ("ledger.malformed", "check what was given; nothing was written"),
        _ => (
            "ledger.conflict",
            "the ledger does not allow it; nothing was written",
        ),
    };
    (ExitCode::Input, id, hint)
}

impl From<ApprovalFailure> for Failure {
    fn from(error: ApprovalFailure) -> Self {
        match error {
            ApprovalFailure::Ledger(error) => error.into(),
            ApprovalFailure::Refused(refusal) => {
                let message = ApprovalFailure::Refused(refusal.clone()).to_string();
                let hint = match refusal {
                    Refusal::Missing | Refusal::SelfApproval(_) | Refusal::WrongRole(_) => {
                        "another person, a supervisor of the station, signs it with `eid approve sign`; the refusal is recorded"
                    }
                    _ => "make a new request with `eid approve request`; the refusal is recorded",
                };
                Self::new(ExitCode::Approval, "approval.refused", message, hint)
            }
        }
    }
}

impl From<CardError> for Failure {
    fn from(error: CardError) -> Self {
        match error {
            CardError::Ledger(error) => error.into(),
            CardError::Approval(error) => error.into(),
            CardError::TwoPeople(_) => Self::new(
                ExitCode::Approval,
                "approval.needed",
                error.to_string(),
                "ask with `eid approve request --purpose revoke` or `reinstate`, and give --request and --approval",
            ),
        }
    }
}

impl From<RequestError> for Failure {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Ledger(error) => error.into(),
            RequestError::Random => Self::internal(error.to_string()),
            RequestError::Malformed(_) | RequestError::Lifetime => Self::input(
                "approval.request",
                error.to_string(),
                "give a file that `eid approve request` wrote",
            ),
        }
    }
}

impl From<OfficersError> for Failure {
    fn from(error: OfficersError) -> Self {
        match error {
            OfficersError::Ledger(error) => error.into(),
            OfficersError::Approval(error) => error.into(),
            OfficersError::Rule(_) => Self::input(
                "officers.rule",
                error.to_string(),
                "name everybody: the officers of a station are replaced as a whole",
            ),
            OfficersError::NotProved { .. } => Self::new(
                ExitCode::Approval,
                "officers.not_proved",
                error.to_string(),
                "give the directory of the officer's own key with --officer; two people change the officers with `eid approve officers`",
            ),
            OfficersError::NotAllowed { .. } => Self::new(
                ExitCode::Approval,
                "officers.not_allowed",
                error.to_string(),
                "`eid ledger show` names the officers; two people change them with `eid approve officers`",
            ),
        }
    }
}

impl From<PlaceError> for Failure {
    fn from(error: PlaceError) -> Self {
        let message = error.to_string();
        match error {
            PlaceError::Disk(error) => error.into(),
            PlaceError::Exists { .. } => Self::new(
                ExitCode::Storage,
                "storage.exists",
                message,
                "choose another directory; a station is never overwritten",
            ),
            PlaceError::NoStation { .. } => {
                Self::input("station.none", message, "`eid ledger init DIR` makes a station")
            }
            PlaceError::Malformed { .. } => Self::input(
                "station.malformed",
                message,
                "give a directory that `eid ledger init` made and nobody changed",
            ),
            PlaceError::Name => Self::usage(message, "such as hn-01"),
        }
    }
}
