//! Images of papers beside the biometrics: the proof of citizenship of DG11, front and rear of the document of DG12.

use card_applet::wire::lds::DataGroup;

use super::super::picture::Picture;
use super::{Enrolment, EnrolmentError, once};

/// A paper of which a card may carry an image (9303-10, sections 4.7.11 and 4.7.12).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    /// The proof of citizenship, in DG11.
    ProofOfCitizenship,
    /// The front of the document itself, in DG12.
    DocumentFront,
    /// Its rear, in DG12.
    DocumentRear,
}

impl Paper {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::ProofOfCitizenship, Self::DocumentFront, Self::DocumentRear];

    /// Its name, as errors and reports have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ProofOfCitizenship => "proof of citizenship",
            Self::DocumentFront => "document front",
            Self::DocumentRear => "document rear",
        }
    }

    /// The data group that takes its image.
    #[must_use]
    pub const fn data_group(self) -> DataGroup {
        match self {
            Self::ProofOfCitizenship => DataGroup::DG11,
            Self::DocumentFront | Self::DocumentRear => DataGroup::DG12,
        }
    }
}

impl Enrolment {
    /// Sets the image of a paper.
    ///
    /// # Errors
    /// [`EnrolmentError::Rule`] when there is one.
    pub fn set_paper(&mut self, paper: Paper, image: Picture) -> Result<(), EnrolmentError> {
        once(&mut self.papers[paper as usize], image, paper.name())
    }

    /// The image of a paper.
    #[must_use]
    pub const fn paper(&self, paper: Paper) -> Option<&Picture> {
        self.papers[paper as usize].as_ref()
    }
}
