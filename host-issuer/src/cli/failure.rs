//! What a person reads when a command fails: one `error:` line with the cause, one `hint:` with what to
//! do, and the exit code. The one place where errors of the libraries become all three.
//!
//! Each failure has a stable id, so that scripts can tell them apart and other languages can follow.

mod approval;
mod batch;
mod key_file;
mod read_card;
mod signer;
mod station;
mod trust;

use card_applet::wire::status::StatusWord;
use personalization::attestation::ManifestError;
use personalization::biometrics::face::ImageError;
use personalization::citizen::RecordError;
use personalization::job::PrepareError;
use personalization::pki::PkiError;
use personalization::profile::ProfileError;

use super::exit_code::ExitCode;
use crate::environment::DiskError;
use crate::terminal::password::PasswordError;
use crate::terminal::reader::{AccessError, ReadError};
use crate::transport::TransportError;

/// A command that failed. Holds no secret and nothing personal: it is printed and logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The exit code.
    pub code: ExitCode,
    /// Stable name of the cause, such as `reader.no_pcscd`.
    pub id: &'static str,
    /// The cause, without a full stop.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl Failure {
    /// A failure of this kind.
    pub fn new(
        code: ExitCode,
        id: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            code,
            id,
            message: message.into(),
            hint: hint.into(),
        }
    }

    /// A fault of this program.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(
            ExitCode::Internal,
            "internal",
            message,
            "this is a fault of eid; please report it",
        )
    }

    /// Something on the command line that clap cannot see.
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(ExitCode::Usage, "usage", message, hint)
    }

    /// A file or value that is wrong.
    pub fn input(id: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(ExitCode::Input, id, message, hint)
    }

    /// Says which file or option the failure is about.
    #[must_use]
    pub fn about(mut self, what: impl std::fmt::Display) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }
}

impl From<TransportError> for Failure {
    fn from(error: TransportError) -> Self {
        let message = error.to_string();
        let (code, id, hint) = match &error {
            TransportError::NoPcscd { .. } => (
                ExitCode::Reader,
                "reader.no_pcscd",
                "start the PC/SC service (`systemctl start pcscd` or `pcscd`; `eid doctor` tells why it does not run), or use --reader virtual:FILE",
            ),
            TransportError::NotAllowed { .. } => (
                ExitCode::Reader,
                "reader.not_allowed",
                "`eid doctor` tells how this user is let in; as root it works at once",
            ),
            TransportError::NoReader => (
                ExitCode::Reader,
                "reader.none",
                "connect a reader and see `eid readers`, or use --reader virtual:FILE",
            ),
            TransportError::ReaderNotFound { .. } => (
                ExitCode::Reader,
                "reader.not_found",
                "give --reader an index or a part of a name that `eid readers` lists",
            ),
            TransportError::SeveralReaders { .. } => (
                ExitCode::Reader,
                "reader.several",
                "choose one with --reader, by its index or a part of its name",
            ),
            TransportError::NoCard { .. } => {
                (ExitCode::Reader, "reader.no_card", "put the card on the reader")
            }
            TransportError::ReaderGone => (
                ExitCode::Reader,
                "reader.gone",
                "connect the reader again and repeat",
            ),
            TransportError::Busy => (
                ExitCode::Reader,
                "reader.busy",
                "end the other program, or use another reader",
            ),
            TransportError::CardRemoved | TransportError::CardReset => (
                ExitCode::CardRemoved,
                "card.removed",
                "put the card back, leave it there, and repeat the command",
            ),
            TransportError::Timeout | TransportError::Mute | TransportError::Truncated { .. } => (
                ExitCode::Chip,
                "card.mute",
                "take the card out, put it back and repeat; if it stays mute, the chip is damaged",
            ),
            TransportError::GivenUp { .. } => (
                ExitCode::Chip,
                "card.given_up",
                "no card in order takes so long: keep it and add --log-level traffic to the command",
            ),
            TransportError::TooLong { .. } => (
                ExitCode::Reader,
                "reader.too_long",
                "use a reader that carries extended length",
            ),
            TransportError::VirtualCard { .. } => (
                ExitCode::Input,
                "card.virtual",
                "make a virtual chip with `eid card create --memory FILE --issuer-keys FILE`; only one program can use it at a time",
            ),
            TransportError::ReplayDiverged { .. } => {
                (ExitCode::Internal, "replay.diverged", "record the session again")
            }
            _ => (ExitCode::Reader, "reader.other", "see `eid doctor`"),
        };
        Self::new(code, id, message, hint)
    }
}

/// A chip that answers what it must not.
pub(super) fn chip(message: impl Into<String>) -> Failure {
    Failure::new(
        ExitCode::Chip,
        "chip.misbehaved",
        message,
        "repeat once; if it happens again keep the card and add --log-level traffic to the command",
    )
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        if let Some(transport) = error.transport() {
            return transport.clone().into();
        }
        let because = |id, message: &str| Self::input(id, message, "`eid card info` says what a card is");
        match error.status() {
            Some(StatusWord::DEACTIVATED) => because(
                "card.deactivated",
                "this card is out of service: its issuer deactivated it",
            ),
            Some(StatusWord::TERMINATED) => {
                because("card.terminated", "this card is dead: its issuer ended its life")
            }
            _ => chip(error.to_string()),
        }
    }
}

impl From<AccessError> for Failure {
    fn from(error: AccessError) -> Self {
        if let Some(transport) = error.transport() {
            return transport.clone().into();
        }
        if error.is_wrong_password() {
            return Self::new(
                ExitCode::WrongPassword,
                "card.wrong_password",
                "the card does not accept this CAN or MRZ",
                "compare it with what is printed on this card; after some failures the chip answers more slowly",
            );
        }
        match &error {
            AccessError::Read(error) => error.clone().into(),
            AccessError::CanWithoutPace => Self::new(
                ExitCode::WrongPassword,
                "card.can_without_pace",
                error.to_string(),
                "use --mrz",
            ),
            AccessError::NoCommonPace => Self::new(
                ExitCode::Chip,
                "card.no_common_pace",
                error.to_string(),
                "this card needs a version of eid with more PACE variants; BAC is not tried instead, that would be a downgrade",
            ),
            _ => chip(error.to_string()),
        }
    }
}

impl From<PasswordError> for Failure {
    fn from(error: PasswordError) -> Self {
        Self::new(
            ExitCode::Usage,
            "password.format",
            error.to_string(),
            "--can takes the six digits printed on the card, --mrz the lines of the machine readable zone; a PIN has six to sixteen digits, a PUK ten to sixteen",
        )
    }
}

impl From<PkiError> for Failure {
    fn from(error: PkiError) -> Self {
        let message = error.to_string();
        match error {
            PkiError::File(file) => file.into(),
            PkiError::Input { .. } => Self::input(
                "pki.input",
                message,
                "correct the option; Doc 9303-12 sets the rule",
            ),
            PkiError::Certificate { .. } | PkiError::Encoding(_) => Self::input(
                "pki.certificate",
                message,
                "give a directory that `eid pki` made and nobody changed",
            ),
            PkiError::Approval(error) => error.into(),
            PkiError::Refused(_) => Self::new(
                ExitCode::Signer,
                "pki.refused",
                message,
                "`eid pki ds status` tells what a document signer may still do; `eid pki ds rotate` and `eid pki csca renew` make successors",
            ),
            PkiError::Signer(error) => (&error).into(),
            PkiError::BadSignature(_) => signer::failed(message),
            // Profile, Random, and whatever else may come.
            _ => Self::internal(message),
        }
    }
}

impl From<RecordError> for Failure {
    fn from(error: RecordError) -> Self {
        Self::input(
            "record.invalid",
            error.to_string(),
            "correct the field; `eid record template` prints a complete example",
        )
    }
}

impl From<ProfileError> for Failure {
    fn from(error: ProfileError) -> Self {
        Self::input(
            "profile.invalid",
            error.to_string(),
            "`eid profile list` names those that come with eid; `eid profile show NAME` prints one",
        )
    }
}

impl From<ManifestError> for Failure {
    fn from(error: ManifestError) -> Self {
        Self::input(
            "manifest.invalid",
            error.to_string(),
            "give the stock manifest that came with the chip; `eid card create` writes one",
        )
    }
}

impl From<ImageError> for Failure {
    fn from(error: ImageError) -> Self {
        let hint = match error {
            ImageError::Orientation => {
                "`eid record check --portrait FILE --budget BYTES --out FILE` writes a portrait that is turned upright"
            }
            _ => "give a whole JPEG or JPEG 2000 portrait, 8 bits a colour",
        };
        Self::input("photo.invalid", error.to_string(), hint)
    }
}

impl From<PrepareError> for Failure {
    fn from(error: PrepareError) -> Self {
        match error {
            PrepareError::Record(error) => error.into(),
            PrepareError::Profile(error) => error.into(),
            PrepareError::Enrolment(error) => error.into(),
            PrepareError::Mrz(error) => Self::input(
                "record.mrz",
                format!("full_name: {error}"),
                "spell the name with letters of the Latin script",
            ),
            PrepareError::Lds(error) => Self::input(
                "record.data_group",
                error.to_string(),
                "correct the record; the message names data group and field",
            ),
            PrepareError::NoTerminalTrust => Self::usage(
                "--cvca is required: cards of this profile offer Terminal Authentication",
                "give the CV certificate of the CVCA that the cards are to believe; `eid pki cvca init` makes one",
            ),
            PrepareError::CardId => Self::internal(error.to_string()),
            PrepareError::DocumentSigner(_) => Self::new(
                ExitCode::Signer,
                "signer.unfit",
                error.to_string(),
                "issue another document signer with `eid pki ds issue`",
            ),
            PrepareError::SecurityObject(error) => (&error).into(),
            PrepareError::ChipKeys => Self::internal(error.to_string()),
        }
    }
}

impl From<DiskError> for Failure {
    fn from(error: DiskError) -> Self {
        let message = error.to_string();
        match (error.action, error.source.kind()) {
            ("read", std::io::ErrorKind::NotFound) => {
                Self::input("file.not_found", message, "check the path")
            }
            ("read", _) => Self::input("file.unreadable", message, "check the path and its permissions"),
            (_, std::io::ErrorKind::AlreadyExists) => Self::new(
                ExitCode::Storage,
                "storage.exists",
                message,
                "choose another directory; results are never overwritten",
            ),
            _ => Self::new(
                ExitCode::Storage,
                "storage.io",
                message,
                "check the path, its permissions and the free space",
            ),
        }
    }
}
