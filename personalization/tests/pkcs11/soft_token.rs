//! A fresh SoftHSM2 token in a directory of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Where Debian, Fedora and Homebrew put the module.
const MODULES: [&str; 5] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
];

pub const TOKEN: &str = "specimen";
pub const PIN: &str = "specimen-pin-4711";
pub const SO_PIN: &str = "specimen-so-pin-0815";

pub struct SoftToken {
    directory: tempfile::TempDir,
}

/// The module's path.
pub fn module() -> &'static str {
    let found = MODULES.into_iter().find(|path| Path::new(path).exists());
    found.expect("SoftHSM2 must be installed for this test (.ci/install-missing test)")
}

impl SoftToken {
    /// Makes the token.
    pub fn new() -> Self {
        let token = Self {
            directory: tempfile::tempdir().unwrap(),
        };
        std::fs::create_dir(token.directory.path().join("tokens")).unwrap();
        let tokens = token.directory.path().join("tokens");
        let text = format!(
            "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n",
            tokens.display()
        );
        std::io::Write::write_all(
            &mut std::fs::File::create(token.configuration()).unwrap(),
            text.as_bytes(),
        )
        .unwrap();
        let output = Command::new("softhsm2-util")
            .args([
                "--init-token",
                "--free",
                "--label",
                TOKEN,
                "--pin",
                PIN,
                "--so-pin",
                SO_PIN,
            ])
            .envs(token.environment())
            .output()
            .expect("softhsm2-util must be installed for this test (.ci/install-missing test)");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        token
    }

    /// Where it is.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    fn configuration(&self) -> PathBuf {
        self.directory.path().join("softhsm2.conf")
    }

    /// What a process needs to find this token and no other.
    pub fn environment(&self) -> [(&'static str, PathBuf); 1] {
        [("SOFTHSM2_CONF", self.configuration())]
    }
}

/// The URI of a key in the token.
pub fn uri(object: &str) -> String {
    format!("pkcs11:token={TOKEN};object={object}?module-path={}", module())
}

/// The directory of the tokens that this process sees.
pub fn tokens() -> PathBuf {
    let configuration = std::env::var_os("SOFTHSM2_CONF").unwrap();
    Path::new(&configuration).parent().unwrap().join("tokens")
}
