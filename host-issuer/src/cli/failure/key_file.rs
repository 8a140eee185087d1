//! A key file that could not be read or written.

use personalization::key_file::KeyFileError;

use super::super::exit_code::ExitCode;
use super::Failure;

impl From<KeyFileError> for Failure {
    fn from(error: KeyFileError) -> Self {
        let message = error.to_string();
        let (code, id, hint) = match &error {
            KeyFileError::WrongPassphrase { .. } => (
                ExitCode::Input,
                "key_file.passphrase",
                "give the passphrase that the file was made with",
            ),
            KeyFileError::PassphraseTooShort => (
                ExitCode::Input,
                "key_file.passphrase_too_short",
                "choose a longer passphrase",
            ),
            KeyFileError::NotAKeyFile { .. } | KeyFileError::UnsupportedEncryption { .. } => (
                ExitCode::Input,
                "key_file.malformed",
                "give a file that `eid keys` or `eid pki` made",
            ),
            KeyFileError::AlreadyExists { .. } => (
                ExitCode::Storage,
                "storage.exists",
                "choose another name; keys are never overwritten",
            ),
            KeyFileError::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
                (ExitCode::Input, "file.not_found", "check the path")
            }
            KeyFileError::Io { .. } => (
                ExitCode::Storage,
                "storage.io",
                "check the path, its permissions and the free space",
            ),
            KeyFileError::Random | KeyFileError::Encoding(_) => (
                ExitCode::Internal,
                "internal",
                "this is a fault of eid or of this machine; please report it",
            ),
        };
        Self::new(code, id, message, hint)
    }
}
