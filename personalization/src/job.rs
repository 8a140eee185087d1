//! One card's data, put together and signed: record, face and profile in, [`CardImage`] out.
//!
//! The order is forced by what depends on what: the MRZ comes first (it is a password and a data group), then
//! the data groups, then EF.SOD over their digests. The chip's own keys are known last, once the chip has drawn
//! them, so there are two phases: [`begin`](PersonalizationJob::begin) finds everything that can be wrong before
//! a chip is touched, [`UnsignedCard::sign`] adds the attested keys and signs. Nothing here touches a chip.

mod details;
mod signer_fits;
mod unsigned;

use std::sync::Arc;

use card_applet::wire::lds::DataGroup;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::attestation::AttestedKey;
use crate::biometrics::enrolment::{Enrolment, EnrolmentError};
use crate::biometrics::face::FaceImage;
use crate::biometrics::iso_19794_5::Gender;
use crate::biometrics::{modality, opaque_group};
use crate::citizen::{CitizenRecord, Expiry, RecordError, Sex};
use crate::image::{Can, CardImage, CardPasswords};
use crate::lds::{self, LdsError};
use crate::mrz::{DocumentNumber, DocumentSize, Mrz, MrzError, MrzFields};
use crate::profile::{CardProfile, CheckedProfile, MrzForm, ProfileError};
use crate::signer::Signer;
use crate::sod::{SignerCertificate, SodError, may_sign};

pub use unsigned::UnsignedCard;

/// Characters of a card identifier.
pub const CARD_ID_LEN: usize = 16;

/// Why a card could not be prepared. Nothing was written anywhere.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// The record does not fit the profile.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The profile may not be issued on that day.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// The enrolment does not fit the profile.
    #[error(transparent)]
    Enrolment(#[from] EnrolmentError),
    /// The record cannot be written in a machine-readable zone.
    #[error("machine-readable zone: {0}")]
    Mrz(#[from] MrzError),
    /// The record cannot be written into a data group of the profile.
    #[error(transparent)]
    Lds(#[from] LdsError),
    /// The identifier that the caller chose for the card is malformed.
    #[error("a card identifier has {CARD_ID_LEN} capital letters and digits")]
    CardId,
    /// The profile offers Terminal Authentication and nobody said which CVCA the card is to believe.
    #[error("the profile offers Terminal Authentication, and the card was given no CVCA to believe")]
    NoTerminalTrust,
    /// The document signer must not sign this kind of card, or not for so long.
    #[error("the document signer {0}")]
    DocumentSigner(&'static str),
    /// EF.SOD or EF.CardSecurity was not signed.
    #[error(transparent)]
    SecurityObject(#[from] SodError),
    /// The keys are not those that the profile asks for: the caller is to blame.
    #[error("the chip's keys are not those of the profile")]
    ChipKeys,
}

/// Everything that one card is made of.
#[derive(Clone, Copy)]
pub struct PersonalizationJob<'a> {
    /// The person.
    pub record: &'a CitizenRecord,
    /// The photograph.
    pub face: &'a FaceImage,
    /// What else was taken of the person.
    pub enrolment: &'a Enrolment,
    /// The kind of card.
    pub profile: &'a CheckedProfile,
    /// The card access number that will be printed on it.
    pub can: &'a Can,
    /// The issuer's identifier of the card: 16 capital letters and digits, never used before.
    pub card_id: &'a str,
}

impl PersonalizationJob<'_> {
    /// Checks everything and encodes what does not depend on the chip.
    ///
    /// `ds_certificate_der` is the document signer's certificate, which goes into EF.SOD; `signing_time` is
    /// stated there and decides whether the signer may still be used. Nothing is signed yet.
    ///
    /// # Errors
    ///
    /// [`PrepareError`].
    pub fn begin(
        &self,
        signer: &dyn Signer,
        ds_certificate_der: &[u8],
        signing_time: OffsetDateTime,
    ) -> Result<UnsignedCard<'_>, PrepareError> {
        let certificate = SignerCertificate::from_der(ds_certificate_der).map_err(SodError::from)?;
        self.begin_with(signer, &Arc::new(certificate), signing_time)
    }

    /// The same with a certificate that was taken apart before: for whoever prepares many.
    ///
    /// # Errors
    ///
    /// [`PrepareError`].
    pub fn begin_with(
        &self,
        signer: &dyn Signer,
        certificate: &Arc<SignerCertificate>,
        signing_time: OffsetDateTime,
    ) -> Result<UnsignedCard<'_>, PrepareError> {
        self.check_rules(signing_time)?;
        let Self {
            record,
            profile,
            card_id,
            ..
        } = *self;
        let CardProfile {
            issuing_state,
            document_code,
            ..
        } = profile.profile();
        signer_fits::check(certificate, issuing_state, document_code, record.expiry())?;
        may_sign(certificate, signer, signing_time)?;

        let td1 = mrz(record, profile)?;
        let data_groups = self.encode(&td1, signing_time)?;
        let pace = !profile.pace_infos().is_empty();
        Ok(UnsignedCard {
            profile,
            card_id,
            data_groups,
            passwords: CardPasswords {
                mrz_information: Zeroizing::new(td1.mrz_information()),
                can: pace.then(|| self.can.clone()),
                holder: None,
                pace,
                bac: profile.bac(),
            },
            terminal_trust: None,
            certificate: Arc::clone(certificate),
            signing_time,
        })
    }

    /// Both phases at once: encodes all files, signs and returns the card's image.
    ///
    /// # Errors
    ///
    /// [`PrepareError`]. What is signed is verified before it is accepted, so a wrong key or certificate is an error
    /// here and not at the first counter.
    pub fn prepare(
        &self,
        signer: &dyn Signer,
        ds_certificate_der: &[u8],
        signing_time: OffsetDateTime,
        keys: &[AttestedKey],
    ) -> Result<CardImage, PrepareError> {
        self.begin(signer, ds_certificate_der, signing_time)?
            .sign(signer, keys)
    }

    /// Checks everything that depends neither on a document signer nor on a chip: all that can be wrong with an application, `time`
    /// being that at which the card would be personalized.
    ///
    /// # Errors
    ///
    /// [`PrepareError`], as [`begin`](Self::begin).
    pub fn check(&self, time: OffsetDateTime) -> Result<(), PrepareError> {
        self.check_rules(time)?;
        let td1 = mrz(self.record, self.profile)?;
        self.encode(&td1, time).map(drop)
    }

    fn check_rules(&self, time: OffsetDateTime) -> Result<(), PrepareError> {
        let Self {
            record,
            profile,
            card_id,
            ..
        } = *self;
        let allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        if card_id.len() != CARD_ID_LEN || !card_id.bytes().all(allowed) {
            return Err(PrepareError::CardId);
        }
        // A record dated back does not bring back what the standards have withdrawn.
        profile.check_issue_date(record.issue_date().max(time.date()))?;
        profile.check_record(record)?;
        profile.check_portrait(self.face)?;
        profile.check_enrolment(self.enrolment)?;
        Ok(())
    }

    /// The data groups that do not depend on the chip.
    fn encode(&self, td1: &Mrz, time: OffsetDateTime) -> Result<Vec<(DataGroup, Vec<u8>)>, PrepareError> {
        let mut data_groups = Vec::new();
        for group in self.profile.data_groups() {
            if let Some(content) = self.data_group(*group, td1, time)? {
                data_groups.push((*group, content));
            }
        }
        Ok(data_groups)
    }

    /// A data group that does not depend on the chip; `None` for one that does.
    fn data_group(
        &self,
        group: DataGroup,
        td1: &Mrz,
        personalized: OffsetDateTime,
    ) -> Result<Option<Vec<u8>>, PrepareError> {
        Ok(Some(match group {
            DataGroup::DG1 => lds::dg1::encode(td1),
            DataGroup::DG2 => lds::dg2::encode(
                self.face,
                gender(self.record.sex()),
                self.profile.profile().face_format,
            ),
            DataGroup::DG11 => details::personal(self.record, self.enrolment).encode()?,
            DataGroup::DG12 => details::document(self.record, self.enrolment, personalized).encode()?,
            DataGroup::DG13 => lds::dg13::encode(self.record, self.card_id)?,
            DataGroup::DG16 => lds::dg16::encode(&details::persons_to_notify(self.record)?)?,
            DataGroup::DG14 | DataGroup::DG15 => return Ok(None),
            other => self.biometric_group(other).ok_or(ProfileError::Unsupported {
                key: "data_groups",
                what: "one of the data groups",
            })?,
        }))
    }

    /// A data group of the enrolment; `None` for others.
    fn biometric_group(&self, group: DataGroup) -> Option<Vec<u8>> {
        let profile = self.profile.profile();
        match group {
            DataGroup::DG3 => {
                let format = profile.fingers.as_ref()?.format;
                Some(lds::dg3::encode(self.enrolment, format))
            }
            DataGroup::DG4 => Some(lds::dg4::encode(self.enrolment)),
            DataGroup::DG5 => self.enrolment.displayed_portrait().map(lds::dg5::encode),
            DataGroup::DG7 => self.enrolment.signature().map(lds::dg7::encode),
            group if modality::DATA_GROUPS.contains(&group.number()) => {
                Some(opaque_group::encode(group, &profile.modality, self.enrolment))
            }
            _ => None,
        }
    }
}

/// The machine-readable zone of a record under a profile.
///
/// # Errors
///
/// [`MrzError`] when the name has more parts than fit.
pub fn mrz(record: &CitizenRecord, profile: &CheckedProfile) -> Result<Mrz, MrzError> {
    let number = record.citizen_number().as_str();
    let fields = MrzFields {
        document_code: &profile.profile().document_code,
        issuing_state: &profile.profile().issuing_state,
        document_number: match profile.mrz() {
            MrzForm::Icao => DocumentNumber::Icao(number),
            MrzForm::Vietnamese => DocumentNumber::Vietnamese(number),
        },
        birth_date: record.birth_date(),
        sex: record.sex().mrz(),
        expiry_date: match record.expiry() {
            Expiry::On(date) => Some(date),
            Expiry::Unlimited => None,
        },
        nationality: record.country(),
        surname: record.surname(),
        given_names: record.given_names(),
        optional_data: "",
        optional_data_2: "",
    };
    Mrz::build(DocumentSize::Td1, &fields)
}

const fn gender(sex: Sex) -> Gender {
    match sex {
        Sex::Male => Gender::Male,
        Sex::Female => Gender::Female,
    }
}
