//! OpenSSL signs, the inspector verifies: every signature algorithm and curve that a CSCA or document signer may use, with
//! the curve named and spelled out.

use std::path::Path;
use std::process::{Command, Stdio};

use host_issuer::inspect::TrustStore;
use tempfile::TempDir;

/// A self-signed CSCA certificate made by OpenSSL with this kind of key and these signing options.
fn self_signed(folder: &Path, key: &[&str], options: &[&str]) -> Vec<u8> {
    let output = Command::new("openssl")
        .args(["req", "-x509", "-nodes", "-newkey"])
        .args(key)
        .args(options)
        .args([
            "-subj",
            "/C=VN/CN=Foreign CSCA",
            "-days",
            "30",
            "-outform",
            "DER",
            "-keyout",
            "key.pem",
        ])
        .args(["-addext", "basicConstraints=critical,CA:TRUE,pathlen:0"])
        .args(["-addext", "keyUsage=critical,keyCertSign,cRLSign"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("openssl");
    assert!(
        output.status.success(),
        "{key:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// The certificate is believed, and no longer when one bit of what was signed or of the signature differs.
#[track_caller]
fn assert_verified(der: &[u8], what: &str) {
    let accepted = TrustStore::new(&[der], &[]).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(accepted.anchor_count(), 1);
    // The seconds of notAfter, which stands right before the subject.
    let name = b"Foreign CSCA";
    let subject = der
        .windows(name.len())
        .rposition(|window| window == name)
        .expect("the subject");
    let seconds = der[..subject]
        .iter()
        .rposition(|&byte| byte == b'Z')
        .expect("notAfter")
        - 1;
    for position in [seconds, der.len() - 1] {
        let mut changed = der.to_vec();
        changed[position] ^= 0x01;
        assert!(
            TrustStore::new(&[&changed], &[]).is_err(),
            "{what}: byte {position} was changed"
        );
    }
}

#[test]
fn ecdsa_on_every_curve_and_in_both_forms() {
    let folder = TempDir::new().expect("temporary folder");
    for curve in [
        "P-192",
        "P-224",
        "P-256",
        "P-384",
        "P-521",
        "brainpoolP192r1",
        "brainpoolP224r1",
        "brainpoolP256r1",
        "brainpoolP320r1",
        "brainpoolP384r1",
        "brainpoolP512r1",
    ] {
        for form in ["named_curve", "explicit"] {
            for digest in ["-sha256", "-sha384", "-sha512"] {
                let (curve_option, form_option) = (
                    format!("ec_paramgen_curve:{curve}"),
                    format!("ec_param_enc:{form}"),
                );
                let key = ["ec", "-pkeyopt", &curve_option, "-pkeyopt", &form_option];
                let der = self_signed(folder.path(), &key, &[digest]);
                assert_verified(&der, &format!("{curve}, {form}, {digest}"));
            }
        }
    }
}

#[test]
fn rsa_with_both_paddings() {
    let folder = TempDir::new().expect("temporary folder");
    let pss = [
        "-sha256",
        "-sigopt",
        "rsa_padding_mode:pss",
        "-sigopt",
        "rsa_pss_saltlen:32",
    ];
    let pss_long_salt = [
        "-sha384",
        "-sigopt",
        "rsa_padding_mode:pss",
        "-sigopt",
        "rsa_pss_saltlen:64",
    ];
    for (key, options) in [
        ("rsa:2048", &["-sha256"][..]),
        ("rsa:3072", &["-sha512"]),
        ("rsa:2048", &pss),
        ("rsa:2048", &pss_long_salt),
    ] {
        let der = self_signed(folder.path(), &[key], options);
        assert_verified(&der, &format!("{key} {options:?}"));
    }
    // A key that is marked for PSS alone.
    let der = self_signed(
        folder.path(),
        &["rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048"],
        &pss,
    );
    assert_verified(&der, "rsa-pss");
}
