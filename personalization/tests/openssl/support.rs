//! The `openssl` command, and a PKI made at a fixed time in a temporary directory.

use std::fs;
use std::path::Path;
use std::process::Command;

use personalization::key_file::Passphrase;
use personalization::pki::csca::CscaOptions;
use personalization::pki::directory::{
    CscaDirectory, Destination, DocumentSignerDirectory, NewKey, init_csca,
};
use personalization::pki::document_signer::DocumentSignerOptions;
use personalization::pki::name::{Contact, IssuingState};
use time::OffsetDateTime;
use time::macros::datetime;

/// The time at which everything is issued.
pub const NOW: OffsetDateTime = datetime!(2026-11-24 06:00:00 UTC);
pub const CSCA_PASSPHRASE: &str = "specimen csca passphrase";
pub const DS_PASSPHRASE: &str = "specimen ds passphrase";

/// What `openssl` answered.
#[derive(Debug)]
pub struct Answer {
    pub success: bool,
    pub stdout: Vec<u8>,
    /// stdout and stderr as text.
    pub text: String,
}

impl Answer {
    #[track_caller]
    pub fn accepted(self) -> Self {
        assert!(self.success, "openssl refused: {}", self.text);
        self
    }

    /// The text contains each of these. White space does not count: it differs between versions of OpenSSL.
    #[track_caller]
    pub fn shows(&self, expected: &[&str]) {
        let dense = |text: &str| text.split_whitespace().collect::<String>();
        let text = dense(&self.text);
        for expected in expected {
            assert!(
                text.contains(&dense(expected)),
                "`{expected}` is not in {}",
                self.text
            );
        }
    }

    #[track_caller]
    pub fn refused(self) -> Self {
        assert!(!self.success, "openssl accepted: {}", self.text);
        self
    }
}

/// Runs `openssl` with these arguments, split at spaces, in `directory`.
pub fn openssl(directory: &Path, arguments: &str) -> Answer {
    openssl_args(directory, &arguments.split_whitespace().collect::<Vec<_>>())
}

pub fn openssl_args(directory: &Path, arguments: &[&str]) -> Answer {
    let output = Command::new("openssl")
        .args(arguments)
        .current_dir(directory)
        .output()
        .expect("the openssl command must be installed for this test");
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Answer {
        success: output.status.success(),
        stdout: output.stdout,
        text,
    }
}

/// Writes a file for `openssl` to read.
pub fn write(path: &Path, content: impl AsRef<[u8]>) {
    fs::File::create(path)
        .and_then(|mut file| std::io::Write::write_all(&mut file, content.as_ref()))
        .unwrap();
}

/// `-attime` for a moment some hours after everything was issued.
pub fn at_time() -> String {
    format!("-attime {}", (NOW + time::Duration::hours(5)).unix_timestamp())
}

/// A CSCA and a document signer, each with its named-curve twin.
pub struct Pki {
    pub directory: tempfile::TempDir,
    pub csca: CscaDirectory,
    pub ds: DocumentSignerDirectory,
}

impl Pki {
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    pub fn csca_passphrase() -> Passphrase {
        Passphrase::new(CSCA_PASSPHRASE)
    }

    pub fn ds_passphrase() -> Passphrase {
        Passphrase::new(DS_PASSPHRASE)
    }

    pub fn write(&self, name: &str, content: &[u8]) {
        write(&self.path().join(name), content);
    }
}

pub fn pki() -> Pki {
    let directory = tempfile::tempdir().unwrap();
    let mut rng = getrandom::SysRng;
    let options = CscaOptions {
        organization: Some("Cơ quan cấp thẻ mẫu".into()),
        contact: Some(Contact::Email("csca@pki.example".into())),
        ..CscaOptions::new(IssuingState::new("VN", "VNM").unwrap(), "CSCA Specimen")
    };
    let destination = |name, passphrase| (directory.path().join(name), Passphrase::new(passphrase));
    let (csca_path, passphrase) = destination("csca", CSCA_PASSPHRASE);
    let to = Destination {
        directory: &csca_path,
        key: NewKey::default(),
        secret: &passphrase,
        named_curve_twin: true,
    };
    let csca = init_csca(to, &options, NOW, &mut rng).unwrap();
    let signer = csca.signer(&passphrase).unwrap();
    let (ds_path, passphrase) = destination("ds", DS_PASSPHRASE);
    let to = Destination {
        directory: &ds_path,
        key: NewKey::default(),
        secret: &passphrase,
        named_curve_twin: true,
    };
    let options = DocumentSignerOptions::new("Document Signer Specimen 1");
    let ds = csca
        .issue_document_signer(&signer, to, &options, NOW, &mut rng)
        .unwrap();
    Pki { directory, csca, ds }
}
