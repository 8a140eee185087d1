//! What can be wrong with an application.

use personalization::biometrics::enrolment::EnrolmentError;
use personalization::biometrics::face::ImageError;
use personalization::citizen::RecordError;
use personalization::job::PrepareError;
use personalization::profile::ProfileError;

use super::MAX_APPLICATION_BYTES;
use crate::environment::DiskError;

/// Why no card can be made of an application. Names fields and rules, never values.
#[derive(Debug, thiserror::Error)]
pub enum ApplicationError {
    /// The record is none.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The photograph is none.
    #[error("photo: {0}")]
    Photo(#[from] ImageError),
    /// The enrolment is none.
    #[error(transparent)]
    Enrolment(#[from] EnrolmentError),
    /// The profile is none.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// They do not go together, or not onto a card.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// A file could not be read.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// Why the card is made makes no sense.
    #[error("{field}: {rule}")]
    Occasion {
        /// `replaces`, `province`.
        field: &'static str,
        /// The rule.
        rule: &'static str,
    },
    /// A file lies outside the place of the application.
    #[error("{field}: files of an application lie where the application does, or below")]
    Outside {
        /// Which file: `record`, `photo`, `enrolment`, `file of the enrolment`.
        field: &'static str,
    },
    /// A file is no text.
    #[error("{0}: not UTF-8 text")]
    NotUtf8(&'static str),
    /// A part is too large.
    #[error("the {0} is too large for an application, which has at most {MAX_APPLICATION_BYTES} bytes")]
    TooLong(&'static str),
    /// Stored bytes are no application.
    #[error("not a stored application")]
    Malformed,
}
