//! A PKI of terminals that OpenPACE makes (Debian package `openpace`).

use card_applet::crypto::curve::{Curve, PrivateKey};
use card_applet::crypto::signature;
use sha2::{Digest, Sha256};
use std::path::Path;
use std::process::Command;

/// The curve of its keys.
pub const CURVE: Curve = Curve::BrainpoolP256r1;

/// A PKI in a directory: `NAME` is a certificate, `NAME.pkcs8` its key.
pub struct OpenPace(tempfile::TempDir);

impl OpenPace {
    /// CVCA, domestic verifier, terminal that may read fingers; a foreign verifier with a terminal that may read both; the
    /// link to the next CVCA.
    pub fn new() -> Self {
        let pki = Self(tempfile::tempdir().unwrap());
        for name in [
            "VNCVCA00001",
            "VNCVCA00002",
            "VNDV00001",
            "VNIS00001",
            "XXDV00001",
            "XXIS00001",
        ] {
            pki.make_key(name);
        }
        let both = "--read-finger --read-iris";
        pki.issue("VNCVCA00001", "cvca", "260101", "281231", None, both);
        pki.issue(
            "VNDV00001",
            "dv_domestic",
            "260601",
            "271231",
            Some("VNCVCA00001"),
            both,
        );
        pki.issue(
            "VNIS00001",
            "terminal",
            "261101",
            "261231",
            Some("VNDV00001"),
            "--read-finger",
        );
        pki.issue(
            "XXDV00001",
            "dv_foreign",
            "260601",
            "271231",
            Some("VNCVCA00001"),
            both,
        );
        pki.issue(
            "XXIS00001",
            "terminal",
            "261101",
            "261231",
            Some("XXDV00001"),
            both,
        );
        pki.issue(
            "VNCVCA00002",
            "cvca",
            "261115",
            "291231",
            Some("VNCVCA00001"),
            both,
        );
        pki
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn run(&self, program: &str, arguments: &str) {
        let output = Command::new(program)
            .args(arguments.split_whitespace())
            .current_dir(self.path())
            .output()
            .unwrap_or_else(|_| {
                panic!("{program} must be installed for this test (Debian: openssl, openpace)")
            });
        assert!(
            output.status.success(),
            "{program} {arguments}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    fn make_key(&self, name: &str) {
        self.run(
            "openssl",
            &format!(
                "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:brainpoolP256r1 -outform DER -out {name}.pkcs8"
            ),
        );
    }

    fn issue(&self, name: &str, role: &str, from: &str, to: &str, issuer: Option<&str>, rights: &str) {
        let signer = match issuer {
            None => format!("--sign-with={name}.pkcs8"),
            Some(issuer) => format!("--sign-with={issuer}.pkcs8 --sign-as={issuer} --key={name}.pkcs8"),
        };
        self.run(
            "cvc-create",
            &format!(
                "--role={role} --type=is --chr={name} --issued={from} --expires={to} --scheme=ECDSA_SHA_256 \
                 --out-cert={name} {signer} {rights}"
            ),
        );
    }

    /// 7F4E ‖ 5F37.
    pub fn content(&self, name: &str) -> Vec<u8> {
        let certificate = std::fs::read(self.path().join(name)).unwrap();
        card_applet::wire::tlv::read_exact(&certificate, 0x7F21)
            .unwrap()
            .to_vec()
    }

    pub fn sign(&self, name: &str, message: &[u8]) -> Vec<u8> {
        let der = std::fs::read(self.path().join(format!("{name}.pkcs8"))).unwrap();
        // ECPrivateKey { 1, OCTET STRING of 32 bytes … }.
        let at = der
            .windows(5)
            .position(|bytes| bytes == [0x02, 0x01, 0x01, 0x04, 0x20])
            .unwrap();
        let private = PrivateKey::from_bytes(CURVE, &der[at + 5..at + 37]).unwrap();
        signature::sign(&private, &Sha256::digest(message), &[])
            .unwrap()
            .as_bytes()
            .to_vec()
    }
}
