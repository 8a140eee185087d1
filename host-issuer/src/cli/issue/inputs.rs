//! What a card is made of, as `eid issue` and `eid prepare` take it: opened and checked before anything is done with it.

use std::path::{Path, PathBuf};

use personalization::biometrics::enrolment::Enrolment;
use personalization::biometrics::face::{FaceImage, MAX_IMAGE_BYTES};
use personalization::citizen::CitizenRecord;
use personalization::image::{TerminalTrust, UtilityApplication};
use personalization::job::PrepareError;
use personalization::keys::IssuerMasterKeys;
use personalization::pki::directory::{CountedSigner, DocumentSignerDirectory, StoredSigner};
use personalization::profile::CheckedProfile;

use super::super::context::Context;
use super::super::failure::Failure;
use super::super::keys::PassphraseArguments;
use super::super::{profile, record};
use super::application_keys::ApplicationKeyArguments;
use super::enrolment::{self, EnrolmentArguments};
use super::key_source::KeySource;
use super::{Issuance, terminal_trust};
use crate::station::office::ApplicationMasters;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct InputArguments {
    /// Card profile: name or TOML file
    #[arg(short, long, value_name = "PROFILE")]
    profile: Option<String>,
    /// Citizen record (JSON)
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Portrait (JPEG or JPEG 2000)
    #[arg(long, value_name = "FILE")]
    photo: Option<PathBuf>,
    #[command(flatten)]
    enrolment: EnrolmentArguments,
    #[command(flatten)]
    office: OfficeArguments,
}

/// What is the issuer's.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct OfficeArguments {
    /// Directory of the document signer
    #[arg(long, value_name = "DIR")]
    ds: Option<PathBuf>,
    /// The issuer's master keys
    #[arg(long, value_name = "FILE")]
    issuer_keys: Option<PathBuf>,
    /// CV certificate of the CVCA whose terminals may read fingers and irises; with the one before it, the older first
    #[arg(long, value_name = "FILE")]
    cvca: Vec<PathBuf>,
    #[command(flatten)]
    application_keys: ApplicationKeyArguments,
    #[command(flatten)]
    passphrase: PassphraseArguments,
    /// File with the passphrase of the document signer's key, if it is another
    #[arg(long, value_name = "FILE")]
    ds_passphrase_file: Option<PathBuf>,
}

/// The same, opened.
pub(in crate::cli) struct Inputs {
    pub(in crate::cli) person: Person,
    pub(in crate::cli) office: Office,
}

/// Whose card it is.
pub(in crate::cli) struct Person {
    pub(in crate::cli) record: CitizenRecord,
    pub(in crate::cli) face: FaceImage,
    pub(in crate::cli) enrolment: Enrolment,
}

/// With what cards are made, whosever they are.
pub(in crate::cli) struct Office {
    pub(in crate::cli) profile: CheckedProfile,
    pub(in crate::cli) ds: DocumentSignerDirectory,
    pub(in crate::cli) signer: CountedSigner<StoredSigner>,
    pub(in crate::cli) issuer_keys: IssuerMasterKeys,
    /// What Terminal Authentication starts from.
    pub(in crate::cli) terminal_trust: Option<TerminalTrust>,
    /// Whence the keys of applications beside the eMRTD come.
    pub(in crate::cli) application_masters: ApplicationMasters,
}

impl Office {
    /// One issuance with it.
    pub(in crate::cli) fn issuance<'a>(
        &'a self,
        person: &'a Person,
        keys: KeySource<'a>,
        out: &'a Path,
    ) -> Issuance<'a> {
        Issuance {
            record: &person.record,
            face: &person.face,
            enrolment: &person.enrolment,
            profile: &self.profile,
            ds: &self.ds,
            signer: &self.signer,
            issuer_keys: &self.issuer_keys,
            keys,
            terminal_trust: self.terminal_trust.as_ref(),
            application_masters: &self.application_masters,
            out,
        }
    }
}

impl InputArguments {
    /// Opens everything, the cheapest first.
    pub(in crate::cli) fn load(&self, context: &Context<'_>) -> Result<Inputs, Failure> {
        let profile = self.load_profile(context)?;
        let record = required("--record", self.record.as_deref())?;
        let photo = required("--photo", self.photo.as_deref())?;
        let person = self.load_person(context, &profile, record, photo, &self.enrolment)?;
        let office = self.office.load_office(context, profile)?;
        Ok(Inputs { person, office })
    }

    /// Reads the profile.
    pub(in crate::cli) fn load_profile(&self, context: &Context<'_>) -> Result<CheckedProfile, Failure> {
        match &self.profile {
            Some(name) => profile::load(context, name),
            None => {
                let settings = context.settings()?;
                let name = settings.get("profile").ok_or_else(|| {
                    Failure::usage(
                        "--profile is required",
                        "see `eid profile list`, or set `profile` in the configuration",
                    )
                })?;
                profile::load(context, name)
            }
        }
    }

    /// Reads what was taken of a person, and holds it against the profile.
    pub(in crate::cli) fn load_person(
        &self,
        context: &Context<'_>,
        profile: &CheckedProfile,
        record: &Path,
        photo: &Path,
        enrolment: &EnrolmentArguments,
    ) -> Result<Person, Failure> {
        let record = record::load(context, record)?;
        let face = load_face(context, photo)?;
        let enrolment = enrolment::load(context, enrolment)?;
        profile
            .check_portrait(&face)
            .map_err(|error| Failure::from(error).about(photo.display()))?;
        profile.check_enrolment(&enrolment)?;
        if self.office.cvca.is_empty() {
            self.without_cvca(context, profile, &enrolment)?;
        }
        Ok(Person {
            record,
            face,
            enrolment,
        })
    }

    /// What a card without a CVCA to believe means: against the profile, or that nobody will read what was taken.
    fn without_cvca(
        &self,
        context: &Context<'_>,
        profile: &CheckedProfile,
        enrolment: &Enrolment,
    ) -> Result<(), Failure> {
        if profile.terminal_authentication() {
            return Err(PrepareError::NoTerminalTrust.into());
        }
        if !enrolment.fingers().is_empty() || !enrolment.irises().is_empty() {
            context.output.progress(
                "warning: no terminal will ever read the fingers and irises of this card: it is given no CVCA to believe (--cvca)",
            );
        }
        Ok(())
    }

    /// What is the issuer's.
    pub(in crate::cli) fn office(&self) -> &OfficeArguments {
        &self.office
    }

    /// Failures about the record name its file.
    pub(in crate::cli) fn in_record(&self, failure: Failure) -> Failure {
        match &self.record {
            Some(path) => in_record(path, failure),
            None => failure,
        }
    }
}

impl OfficeArguments {
    /// The document signer's directory; its key stays closed.
    pub(in crate::cli) fn document_signer(
        &self,
        context: &Context<'_>,
    ) -> Result<DocumentSignerDirectory, Failure> {
        Ok(DocumentSignerDirectory::open(
            &context.path(self.ds.as_deref(), "ds")?,
        )?)
    }

    /// Opens all that is the issuer's.
    pub(in crate::cli) fn load_office(
        &self,
        context: &Context<'_>,
        profile: CheckedProfile,
    ) -> Result<Office, Failure> {
        let ds = self.document_signer(context)?;
        let issuer_keys = self.load_issuer_keys(context)?;
        let application_masters =
            self.load_application_masters(context, profile.applications(), &issuer_keys)?;
        let place = ds.key_place()?;
        let ds_file = self
            .passphrase
            .file_for(&place, self.ds_passphrase_file.as_deref());
        let signer = ds.signer(&context.key_secret(&place, ds_file, "the document signer's key")?)?;
        let terminal_trust = terminal_trust::load(context, &self.cvca)?;
        Ok(Office {
            profile,
            ds,
            signer,
            issuer_keys,
            terminal_trust,
            application_masters,
        })
    }

    /// Where passphrases are.
    pub(in crate::cli) fn passphrase(&self) -> &PassphraseArguments {
        &self.passphrase
    }

    /// Where the passphrase of the first key is.
    pub(in crate::cli) fn passphrase_file(&self) -> Option<&Path> {
        self.passphrase.file()
    }

    /// Opens the issuer's master keys alone.
    pub(in crate::cli) fn load_issuer_keys(
        &self,
        context: &Context<'_>,
    ) -> Result<IssuerMasterKeys, Failure> {
        let path = context.path(self.issuer_keys.as_deref(), "issuer-keys")?;
        let passphrase = context.passphrase(self.passphrase.file(), "the issuer's master keys")?;
        Ok(IssuerMasterKeys::open(&path, &passphrase)?)
    }

    /// Opens the master keys of these applications alone.
    pub(in crate::cli) fn load_application_masters(
        &self,
        context: &Context<'_>,
        applications: &[UtilityApplication],
        issuer_keys: &IssuerMasterKeys,
    ) -> Result<ApplicationMasters, Failure> {
        self.application_keys
            .load(context, applications, issuer_keys, self.passphrase.file())
    }
}

/// The same for a record in this file.
pub(in crate::cli) fn in_record(path: &Path, failure: Failure) -> Failure {
    match failure.id.starts_with("record.") {
        true => failure.about(path.display()),
        false => failure,
    }
}

/// An option that has no setting to fall back to.
fn required<'a>(option: &str, path: Option<&'a Path>) -> Result<&'a Path, Failure> {
    path.ok_or_else(|| {
        Failure::usage(
            format!("{option} is required"),
            format!("give {option} FILE; `eid record template` prints a record to fill in"),
        )
    })
}

/// Reads and decodes a portrait.
fn load_face(context: &Context<'_>, path: &Path) -> Result<FaceImage, Failure> {
    let limit = u64::try_from(MAX_IMAGE_BYTES).unwrap_or(u64::MAX);
    let bytes = context.environment.disk.read(path, limit)?;
    FaceImage::from_bytes(bytes).map_err(|error| Failure::from(error).about(path.display()))
}
