//! What goes wrong with batches: their applications, the personal data of their jobs, their reports.

use super::super::exit_code::ExitCode;
use super::Failure;
use crate::station::acceptance::AcceptanceError;
use crate::station::application::ApplicationError;
use crate::station::batch::CloseError;
use crate::station::batch::create::{CreateError, Unacceptable};
use crate::station::draft::DraftError;
use crate::station::intake::{IntakeError, LineError};
use crate::station::jobs::JobDataError;
use crate::station::place::PlaceError;
use crate::station::report::ReportError;
use crate::station::vault::VaultError;

impl From<CloseError> for Failure {
    fn from(error: CloseError) -> Self {
        let message = error.to_string();
        match error {
            CloseError::Unsettled(_) => Self::input(
                "batch.unsettled",
                message,
                "`eid batch resume` says which chips to lay on a reader",
            ),
            CloseError::NotAccepted(_) => Self::input(
                "batch.not_accepted",
                message,
                "`eid batch accept --batch` accepts them; a card that nobody will accept is revoked, and its job retried or cancelled",
            ),
            CloseError::Approval(error) => error.into(),
            CloseError::Ledger(error) => error.into(),
        }
    }
}

impl From<AcceptanceError> for Failure {
    fn from(error: AcceptanceError) -> Self {
        let message = error.to_string();
        match error {
            AcceptanceError::Data(JobDataError::Gone(_)) | AcceptanceError::Accepted(_) => Self::input(
                "card.print_data_gone",
                message,
                "what is to be printed again needs the application again: `eid card replace` takes it, and a new card is made",
            ),
            AcceptanceError::Data(error) => error.into(),
        }
    }
}

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Self {
        let message = error.to_string();
        match error {
            VaultError::KeyFile(error) => error.into(),
            VaultError::Forged(_) => Self::new(
                ExitCode::Storage,
                "vault.forged",
                message,
                "give the key of this station's vault (--vault-key); if it is that, the files were changed",
            ),
            VaultError::TooLong(_) => Self::input("vault.too_long", message, "give smaller images"),
            VaultError::Random | VaultError::Seal(_) => Self::internal(message),
        }
    }
}

impl From<JobDataError> for Failure {
    fn from(error: JobDataError) -> Self {
        let message = error.to_string();
        match error {
            JobDataError::Vault(error) => error.into(),
            JobDataError::Ledger(error) => error.into(),
            JobDataError::Place(PlaceError::Disk(error)) if error.action == "lock" => Self::new(
                ExitCode::Storage,
                "station.busy",
                message,
                "another program takes a batch in at this station; wait for it",
            ),
            JobDataError::Place(error) => error.into(),
            JobDataError::Disk(error) => error.into(),
            JobDataError::Application(error) => error.into(),
            JobDataError::Draft(DraftError::Form | DraftError::Prepared(_))
            | JobDataError::OtherContent(_) => Self::new(
                ExitCode::Storage,
                "job.damaged",
                message,
                "cancel the job and take the application in anew",
            ),
            JobDataError::Gone(_) => Self::input(
                "job.gone",
                message,
                "take the application in anew, as a replacement where there is a card",
            ),
            JobDataError::JobId => Self::usage(message, "`eid batch status` lists the jobs"),
        }
    }
}

impl From<ApplicationError> for Failure {
    fn from(error: ApplicationError) -> Self {
        let message = error.to_string();
        match error {
            ApplicationError::Record(error) => error.into(),
            ApplicationError::Photo(error) => error.into(),
            ApplicationError::Enrolment(error) => error.into(),
            ApplicationError::Profile(error) => error.into(),
            ApplicationError::Prepare(error) => error.into(),
            ApplicationError::Disk(error) => error.into(),
            ApplicationError::Occasion { .. } => Self::input(
                "application.occasion",
                message,
                "correct the line of the list, or --kind",
            ),
            ApplicationError::Outside { .. } => Self::input(
                "batch.outside",
                message,
                "put the files beside the list or into directories below",
            ),
            ApplicationError::NotUtf8(_) => Self::input("file.not_utf8", message, "save the file as UTF-8"),
            ApplicationError::TooLong(_) => {
                Self::input("application.too_long", message, "give smaller images")
            }
            ApplicationError::Malformed => Self::input(
                "application.malformed",
                message,
                "correct the JSON of the record and of the enrolment",
            ),
        }
    }
}

impl From<Unacceptable> for Failure {
    fn from(error: Unacceptable) -> Self {
        let message = error.to_string();
        match error {
            Unacceptable::Application(error) => error.into(),
            Unacceptable::Ledger(error) => error.into(),
            Unacceptable::JobTwice { .. } => Self::input(
                "job.twice",
                message,
                "take it out of the list; `eid batch status` says what became of it",
            ),
            Unacceptable::CitizenTwice(_) => Self::input(
                "job.citizen_twice",
                message,
                "take one of the two out of the list",
            ),
            Unacceptable::ActiveCard { .. } => Self::input(
                "job.active_card",
                message,
                "if it is to replace that card, say so: \"kind\":\"replacement\",\"replaces\":\"…\"",
            ),
            Unacceptable::NotReplaceable(_) => Self::input(
                "job.not_replaceable",
                message,
                "give the identifier of the citizen's card, or none for one of another station",
            ),
        }
    }
}

impl From<CreateError> for Failure {
    fn from(error: CreateError) -> Self {
        let message = error.to_string();
        match error {
            CreateError::Data(error) => error.into(),
            CreateError::Empty | CreateError::TooMany(_) => Self::input(
                "batch.size",
                message,
                "give a list with 1 to 10000 good applications",
            ),
            CreateError::Changed(_) => Self::input(
                "batch.changed",
                message,
                "repeat the command when nobody changes the files any more",
            ),
            CreateError::Numbers => Self::input("batch.numbers", message, "make larger batches"),
        }
    }
}

impl From<IntakeError> for Failure {
    fn from(error: IntakeError) -> Self {
        let message = error.to_string();
        match error {
            IntakeError::Disk(error) => error.into(),
            IntakeError::NotUtf8 { .. } => Self::input("file.not_utf8", message, "save the file as UTF-8"),
            IntakeError::Size { .. } => Self::input(
                "batch.size",
                message,
                "give 1 to 100000: a line each, or a record and a photo each in a directory",
            ),
        }
    }
}

impl From<LineError> for Failure {
    fn from(error: LineError) -> Self {
        let message = error.to_string();
        match error {
            LineError::Malformed { .. } | LineError::TooLong => Self::input(
                "batch.line",
                message,
                "give {\"record\":\"FILE\",\"photo\":\"FILE\"}, and \"enrolment\" where there is one",
            ),
            LineError::Outside(_) => Self::input(
                "batch.outside",
                message,
                "put the files beside the list or into directories below",
            ),
            LineError::NoPhoto => Self::input(
                "batch.no_photo",
                message,
                "put it there with the record's name, as .jp2, .jpg or .jpeg",
            ),
        }
    }
}

impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Unknown(_) => Self::input(
                "batch.unknown",
                error.to_string(),
                "`eid batch status` lists the batches",
            ),
            ReportError::Ledger(error) => error.into(),
        }
    }
}
