//! One card's data, put together and signed: record, face and profile in, [`CardImage`] out.
//!
//! The order is forced by what depends on what: the MRZ comes first (it is a password and a data group), then
//! the data groups, then EF.SOD over their digests. Nothing here touches a chip.

mod signer_fits;

use card_applet::limits::{COMMAND_BUFFER, RESPONSE_LIMIT};
use card_applet::wire::access::AccessRule;
use card_applet::wire::lds::{DataGroup, fid, sfi};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::biometrics::face::FaceImage;
use crate::biometrics::face_record::Gender;
use crate::citizen::{CitizenRecord, Expiry, RecordError, Sex};
use crate::image::{Application, Can, CardFile, CardImage, CardPasswords};
use crate::lds;
use crate::mrz::{DocumentNumber, MrzError, Td1, Td1Fields};
use crate::profile::{CardProfile, CheckedProfile, MrzForm, ProfileError};
use crate::signer::Signer;
use crate::sod::{HashAlgorithm, SecurityObject, SodError};

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
    /// The record cannot be written in a machine-readable zone.
    #[error("machine-readable zone: {0}")]
    Mrz(#[from] MrzError),
    /// The identifier that the caller chose for the card is malformed.
    #[error("a card identifier has {CARD_ID_LEN} capital letters and digits")]
    CardId,
    /// The document signer must not sign this kind of card, or not for so long.
    #[error("the document signer {0}")]
    DocumentSigner(&'static str),
    /// EF.SOD was not signed.
    #[error(transparent)]
    SecurityObject(#[from] SodError),
}

/// Everything that one card is made of.
#[derive(Clone, Copy)]
pub struct PersonalizationJob<'a> {
    /// The person.
    pub record: &'a CitizenRecord,
    /// The photograph.
    pub face: &'a FaceImage,
    /// The kind of card.
    pub profile: &'a CheckedProfile,
    /// The card access number that will be printed on it.
    pub can: &'a Can,
    /// The issuer's identifier of the card: 16 capital letters and digits, never used before.
    pub card_id: &'a str,
}

impl PersonalizationJob<'_> {
    /// Encodes all files, signs EF.SOD and returns the card's image.
    ///
    /// `ds_certificate_der` is the document signer's certificate, which goes into EF.SOD; `signing_time` is
    /// stated there and decides whether the signer may still be used.
    ///
    /// # Errors
    ///
    /// [`PrepareError`]. EF.SOD is verified before it is accepted, so a wrong key or certificate is an error
    /// here and not at the first counter.
    pub fn prepare(
        &self,
        signer: &dyn Signer,
        ds_certificate_der: &[u8],
        signing_time: OffsetDateTime,
    ) -> Result<CardImage, PrepareError> {
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
        profile.check_issue_date(record.issue_date().max(signing_time.date()))?;
        profile.check_record(record)?;
        let CardProfile {
            issuing_state,
            document_code,
            ..
        } = profile.profile();
        signer_fits::check(ds_certificate_der, issuing_state, document_code, record.expiry())?;

        let td1 = mrz(record, profile)?;
        let mut data_groups = Vec::new();
        for group in profile.data_groups() {
            data_groups.push((*group, self.data_group(*group, &td1)?));
        }

        let mut builder = SecurityObject::builder(HashAlgorithm::Sha256);
        for (group, content) in &data_groups {
            builder = builder.data_group(group.number(), content);
        }
        let security_object = builder.sign(signer, ds_certificate_der, signing_time)?;

        let mut files = master_files(profile);
        files.push(emrtd(
            fid::COM,
            sfi::COM,
            profile,
            lds::com::encode(profile.data_groups()),
        ));
        for (group, content) in data_groups {
            files.push(emrtd(group.fid(), group.sfi(), profile, content));
        }
        files.push(emrtd(fid::SOD, sfi::SOD, profile, security_object));

        let pace = !profile.pace_infos().is_empty();
        Ok(CardImage {
            card_id: card_id.to_owned(),
            files,
            passwords: CardPasswords {
                mrz_information: Zeroizing::new(td1.mrz_information()),
                can: pace.then(|| self.can.clone()),
                holder: None,
                pace,
                bac: profile.bac(),
            },
            terminal_trust: None,
        })
    }

    fn data_group(&self, group: DataGroup, td1: &Td1) -> Result<Vec<u8>, ProfileError> {
        Ok(match group {
            DataGroup::DG1 => lds::dg1::encode(td1),
            DataGroup::DG2 => lds::dg2::encode(self.face, gender(self.record.sex())),
            DataGroup::DG13 => lds::dg13::encode(self.record, self.card_id),
            DataGroup::DG14 => lds::dg14::encode(self.profile.pace_infos()),
            _ => {
                return Err(ProfileError::Unsupported {
                    key: "data_groups",
                    what: "one of the data groups",
                });
            }
        })
    }
}

/// The machine-readable zone of a record under a profile.
///
/// # Errors
///
/// [`MrzError`] when the name has more parts than fit.
pub fn mrz(record: &CitizenRecord, profile: &CheckedProfile) -> Result<Td1, MrzError> {
    let number = record.citizen_number().as_str();
    Td1::build(&Td1Fields {
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
    })
}

/// The files of the master file that the profile calls for, readable in plain.
fn master_files(profile: &CheckedProfile) -> Vec<CardFile> {
    let file = |fid, sfi, content| CardFile {
        application: Application::MasterFile,
        fid,
        sfi: Some(sfi),
        access: AccessRule::Always,
        content,
    };
    let mut files = vec![
        file(
            fid::ATR_INFO,
            sfi::ATR_INFO,
            lds::atr_info::encode(COMMAND_BUFFER, RESPONSE_LIMIT),
        ),
        file(fid::DIR, sfi::DIR, lds::dir::encode()),
    ];
    if !profile.pace_infos().is_empty() {
        let content = lds::card_access::encode(profile.pace_infos());
        files.push(file(fid::CARD_ACCESS, sfi::CARD_ACCESS, content));
    }
    files
}

fn emrtd(fid: u16, sfi: u8, profile: &CheckedProfile, content: Vec<u8>) -> CardFile {
    CardFile {
        application: Application::Emrtd,
        fid,
        sfi: Some(sfi),
        access: profile.access(),
        content,
    }
}

const fn gender(sex: Sex) -> Gender {
    match sex {
        Sex::Male => Gender::Male,
        Sex::Female => Gender::Female,
    }
}
