//! An approved application: all that one card is made of but the chip, checked as a whole before anything of it is kept.
//!
//! It has one encoding, whose SHA-256 is the job's content: the same application given twice is the same job, and
//! a job never changes.

mod canonical;
mod encoding;
mod error;

use std::fmt;
use std::sync::Arc;

use personalization::biometrics::enrolment::Enrolment;
use personalization::biometrics::face::FaceImage;
use personalization::citizen::CitizenRecord;
use personalization::image::Can;
use personalization::job::{CARD_ID_LEN, PersonalizationJob};
use personalization::profile::{CardProfile, CheckedProfile};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use zeroize::Zeroizing;

pub use self::encoding::{MAX_APPLICATION_BYTES, MAX_FILES};
pub use self::error::ApplicationError;
use crate::ledger::event::{CardId, JobId, JobKind, Sha256Hex};

/// Longest text of a profile.
pub const MAX_PROFILE_BYTES: usize = 64 * 1024;

/// The profile of a batch, with the text that it was read from: what an application was checked against stays with it.
#[derive(Clone)]
pub struct BatchProfile {
    text: String,
    checked: CheckedProfile,
}

impl BatchProfile {
    /// Reads and checks a profile.
    ///
    /// # Errors
    /// [`ApplicationError::Profile`], [`ApplicationError::TooLong`].
    pub fn from_toml(text: &str) -> Result<Self, ApplicationError> {
        if text.len() > MAX_PROFILE_BYTES {
            return Err(ApplicationError::TooLong("profile"));
        }
        let checked = CardProfile::from_toml(text).and_then(CardProfile::check)?;
        Ok(Self {
            text: text.to_owned(),
            checked,
        })
    }

    /// The profile.
    #[must_use]
    pub const fn checked(&self) -> &CheckedProfile {
        &self.checked
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.checked.name()
    }
}

/// Why a card is made, and in which province.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occasion {
    /// First, renewal or replacement.
    pub kind: JobKind,
    /// The card that it replaces, where that is one of this ledger.
    pub replaces: Option<CardId>,
    /// The province that sent the application, three digits; that of the citizen number where none is given.
    pub province: Option<String>,
}

impl Occasion {
    fn check(&self) -> Result<(), ApplicationError> {
        let rule = |field, rule| Err(ApplicationError::Occasion { field, rule });
        if let Some(card) = &self.replaces {
            let allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
            if card.len() != CARD_ID_LEN || !card.bytes().all(allowed) {
                return rule(
                    "replaces",
                    "must be the identifier of a card: 16 capital letters and digits",
                );
            }
            if self.kind == JobKind::First {
                return rule(
                    "replaces",
                    "is for renewals and replacements; this one is said to be a first card",
                );
            }
        }
        match &self.province {
            Some(code) if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_digit()) => {
                rule("province", "must be three digits")
            }
            _ => Ok(()),
        }
    }
}

/// A file that an enrolment record names.
#[derive(Clone, PartialEq, Eq)]
pub struct EnrolmentFile {
    /// As the record has it.
    pub name: String,
    /// Its content.
    pub content: Vec<u8>,
}

impl fmt::Debug for EnrolmentFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "EnrolmentFile({})", self.name)
    }
}

/// An enrolment record and the files that it names.
#[derive(Clone, Default)]
pub struct EnrolmentPapers {
    record: String,
    files: Vec<EnrolmentFile>,
}

impl EnrolmentPapers {
    /// Reads the files that an enrolment record names, by `load`, which gets each name as it stands there.
    ///
    /// # Errors
    /// [`ApplicationError`]: of the record, of a sample, of `load`; too many files.
    pub fn collect(
        record: &str,
        load: &mut dyn FnMut(&str) -> Result<Vec<u8>, ApplicationError>,
    ) -> Result<Self, ApplicationError> {
        let mut files: Vec<EnrolmentFile> = Vec::new();
        // Which names there are, only the record's own reader knows; what it makes of them is checked later, with the rest.
        Enrolment::new([0; 32]).add_record(record, &mut |name: &str| {
            if files.len() == MAX_FILES {
                return Err(ApplicationError::TooLong("list of files of the enrolment"));
            }
            let content = load(name)?;
            if !files.iter().any(|file| file.name == name) {
                let name = name.to_owned();
                let content = content.clone();
                files.push(EnrolmentFile { name, content });
            }
            Ok(content)
        })?;
        Ok(Self {
            record: record.to_owned(),
            files,
        })
    }
}

/// An application that was checked as a whole: a card can be made of it. `Debug` shows its digest alone.
#[derive(Clone)]
pub struct Application {
    occasion: Occasion,
    record: CitizenRecord,
    face: FaceImage,
    papers: Option<EnrolmentPapers>,
    profile: Arc<BatchProfile>,
    encoded: Zeroizing<Vec<u8>>,
    content_sha256: [u8; 32],
}

impl Application {
    /// Checks a record (JSON), a portrait and an enrolment against each other's rules and the profile's, as far as that is possible
    /// without a chip: everything is encoded once. `now` is the time at which the card would be personalized.
    ///
    /// # Errors
    /// [`ApplicationError`]; names fields and rules, never values.
    pub fn check(
        occasion: Occasion,
        record: &str,
        photo: Vec<u8>,
        papers: Option<EnrolmentPapers>,
        profile: &Arc<BatchProfile>,
        now: OffsetDateTime,
    ) -> Result<Self, ApplicationError> {
        occasion.check()?;
        let parsed = CitizenRecord::from_json(record, now.date())?;
        let canonical_record = canonical::record(record)?;
        let face = FaceImage::from_bytes(photo)?;
        let papers = papers
            .map(|papers| {
                let record = canonical::json(&papers.record).ok_or(ApplicationError::Malformed)?;
                let files = papers.files;
                Ok::<_, ApplicationError>(EnrolmentPapers {
                    record: String::clone(&record),
                    files,
                })
            })
            .transpose()?;
        let encoded = encoding::encode(&occasion, profile, &canonical_record, &face, papers.as_ref())?;
        let application = Self {
            content_sha256: Sha256::digest(&*encoded).into(),
            occasion,
            record: parsed,
            face,
            papers,
            profile: Arc::clone(profile),
            encoded,
        };
        // Neither of the two moves a verdict; both have the length that the real ones will have.
        let can = Can::new("000000").map_err(|_| ApplicationError::Malformed)?;
        let enrolment = application.enrolment([0; 32])?;
        PersonalizationJob {
            record: &application.record,
            face: &application.face,
            enrolment: &enrolment,
            profile: application.profile.checked(),
            can: &can,
            card_id: "0000000000000000",
        }
        .check(now)?;
        Ok(application)
    }

    /// Reads an application that was checked before. Never panics.
    ///
    /// # Errors
    /// [`ApplicationError::Malformed`], and those of [`check`](Self::check) where the rules have changed since.
    pub fn from_der(bytes: &[u8], now: OffsetDateTime) -> Result<Self, ApplicationError> {
        let stored = encoding::decode(bytes)?;
        let profile = Arc::new(BatchProfile::from_toml(&stored.profile)?);
        let application = Self::check(
            stored.occasion,
            &stored.record,
            stored.photo,
            stored.papers,
            &profile,
            now,
        )?;
        // One application has one encoding.
        match application.encoded.as_slice() == bytes {
            true => Ok(application),
            false => Err(ApplicationError::Malformed),
        }
    }

    /// Its one encoding: everything personal is in it.
    #[must_use]
    pub fn to_der(&self) -> &[u8] {
        &self.encoded
    }

    /// SHA-256 of the encoding, as the ledger has it.
    #[must_use]
    pub fn content_sha256(&self) -> Sha256Hex {
        hex::encode(self.content_sha256)
    }

    /// The job that comes of it: the first 16 bytes of SHA-256 over the digest and the number of jobs of the same application that
    /// were cancelled before, four bytes.
    #[must_use]
    pub fn job_id(&self, cancelled_before: u32) -> JobId {
        let digest = Sha256::new()
            .chain_update(self.content_sha256)
            .chain_update(cancelled_before.to_be_bytes())
            .finalize();
        hex::encode(&digest[..16])
    }

    /// Why the card is made.
    #[must_use]
    pub const fn occasion(&self) -> &Occasion {
        &self.occasion
    }

    /// The province, three digits.
    #[must_use]
    pub fn province(&self) -> String {
        let own = || self.record.citizen_number().as_str().chars().take(3).collect();
        self.occasion.province.clone().unwrap_or_else(own)
    }

    /// The person.
    #[must_use]
    pub const fn record(&self) -> &CitizenRecord {
        &self.record
    }

    /// The photograph.
    #[must_use]
    pub const fn face(&self) -> &FaceImage {
        &self.face
    }

    /// The profile that it was checked against.
    #[must_use]
    pub fn profile(&self) -> &CheckedProfile {
        self.profile.checked()
    }

    /// What else was taken of the person. `filler` is random and another for each card ([`Enrolment::new`]).
    ///
    /// # Errors
    /// [`ApplicationError`]; none for what was checked with the same profile.
    pub fn enrolment(&self, filler: [u8; 32]) -> Result<Enrolment, ApplicationError> {
        let mut enrolment = Enrolment::new(filler);
        if let Some(papers) = &self.papers {
            enrolment.add_record(&papers.record, &mut |name: &str| {
                let file = papers.files.iter().find(|file| file.name == name);
                file.map(|file| file.content.clone())
                    .ok_or(ApplicationError::Malformed)
            })?;
        }
        Ok(enrolment)
    }
}

impl fmt::Debug for Application {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Application({})", self.content_sha256())
    }
}
