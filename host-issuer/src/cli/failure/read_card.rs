//! A card that could not be read to the end.

use card_applet::wire::status::StatusWord;

use super::super::exit_code::ExitCode;
use super::{Failure, chip};
use crate::terminal::reader::ReadError;
use crate::verify::ReadCardError;

impl From<ReadCardError> for Failure {
    fn from(error: ReadCardError) -> Self {
        let out_of_service = |status| ReadError::Refused { status }.into();
        match error {
            ReadCardError::Random => Self::internal(error.to_string()),
            ReadCardError::Transport(error) => error.into(),
            ReadCardError::AnotherCard(_) => Self::new(
                ExitCode::CardRemoved,
                "card.another",
                error.to_string(),
                "verify one card after the other",
            ),
            ReadCardError::Deactivated => out_of_service(StatusWord::DEACTIVATED),
            ReadCardError::Terminated => out_of_service(StatusWord::TERMINATED),
            ReadCardError::Access(error) => error.into(),
            ReadCardError::Read(error) => error.into(),
            ReadCardError::File { file, source } => Failure::from(source).about(file),
            ReadCardError::ChipAuthentication(error) => chip(error.to_string()),
        }
    }
}
