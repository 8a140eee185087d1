//! Keys: derivation against OpenSSL's KBKDF, key files in both directions.

use der::Encode;
use personalization::key_file::{KeyFileError, Passphrase};
use personalization::keys::{ChipKeys, IssuerMasterKeys};
use personalization::pki::explicit_parameters::{CurveForm, subject_public_key_info};
use personalization::signer::{FileSigner, Signer};

use crate::support::{openssl, openssl_args, write};

/// Frozen: computed with `openssl kdf` 3.0.19, not with this project.
const MASTER: &str = "A0F3C1D2E4B5968778695A4B3C2D1E0F00112233445566778899AABBCCDDEEFF";
const SERIAL: &str = "4821502D76B300000001";
const KEY_ENC: &str = "45B7369F0F27D003BAE95B556F1AC886F1C6F2DC80901D17C77627FF1959765B";
const KEY_MAC: &str = "B35AF30FABF177476A1103E62BA17E7B562882310A2998A35DA7453BC0C43F08";
const KEY_DEK: &str = "7F341A8B79AFE4D9C8DBD36811BA6EA29B499BF47ED105A6964580F951FC0511";

/// The public key as OpenSSL writes it.
fn named_curve(signer: &FileSigner) -> Vec<u8> {
    let info = subject_public_key_info(signer, CurveForm::NamedCurve).unwrap();
    info.to_der().unwrap()
}

fn bytes<const N: usize>(digits: &str) -> [u8; N] {
    hex::decode(digits).unwrap().try_into().unwrap()
}

fn kbkdf(master: &str, label: &str, serial: &str) -> [u8; 32] {
    let directory = tempfile::tempdir().unwrap();
    let options = [
        format!("hexkey:{master}"),
        format!("salt:{label}"),
        format!("hexinfo:{serial}"),
    ];
    let mut arguments = vec![
        "kdf",
        "-keylen",
        "32",
        "-binary",
        "-kdfopt",
        "mac:CMAC",
        "-kdfopt",
        "cipher:AES-256-CBC",
    ];
    for option in &options {
        arguments.extend(["-kdfopt", option]);
    }
    arguments.push("KBKDF");
    openssl_args(directory.path(), &arguments)
        .accepted()
        .stdout
        .try_into()
        .unwrap()
}

#[test]
fn chip_keys_are_the_frozen_ones() {
    let keys = IssuerMasterKeys::from_bytes(bytes(MASTER)).chip_keys(&bytes(SERIAL));
    assert_eq!(
        keys,
        ChipKeys {
            enc: bytes(KEY_ENC),
            mac: bytes(KEY_MAC),
            dek: bytes(KEY_DEK)
        }
    );
}

/// The keys of an application, whose identifier follows the serial number.
#[test]
fn openssl_derives_the_same_application_keys() {
    let aid = "F0564E4D42485954";
    let master = IssuerMasterKeys::from_bytes(bytes(MASTER));
    let keys = master.application_keys(&bytes(SERIAL), &hex::decode(aid).unwrap());
    let context = format!("{SERIAL}{aid}");
    assert_eq!(
        keys,
        ChipKeys {
            enc: kbkdf(MASTER, "eid/appl/enc", &context),
            mac: kbkdf(MASTER, "eid/appl/mac", &context),
            dek: kbkdf(MASTER, "eid/appl/dek", &context),
        }
    );
}

#[test]
fn openssl_derives_the_same_chip_keys_from_any_master() {
    for round in 0u8..4 {
        let mut master = [0u8; 32];
        getrandom::fill(&mut master).unwrap();
        let serial = [
            0x48,
            0x21,
            0x50,
            0x2D,
            0x76,
            0xB3,
            0x00,
            0xFF,
            round,
            0x80 | round,
        ];
        let master_keys = IssuerMasterKeys::from_bytes(master);
        let keys = master_keys.chip_keys(&serial);
        let administration = master_keys.administration_keys(&serial);
        let derive = |label| kbkdf(&hex::encode_upper(master), label, &hex::encode_upper(serial));
        assert_eq!(keys.enc, derive("eid/scp03/enc"));
        assert_eq!(keys.mac, derive("eid/scp03/mac"));
        assert_eq!(keys.dek, derive("eid/scp03/dek"));
        assert_eq!(administration.enc, derive("eid/admin/enc"));
        assert_eq!(administration.mac, derive("eid/admin/mac"));
        assert_eq!(administration.dek, derive("eid/admin/dek"));
    }
}

#[test]
fn openssl_opens_our_key_file_with_the_passphrase_alone() {
    let directory = tempfile::tempdir().unwrap();
    let signer = FileSigner::generate(&mut getrandom::SysRng).unwrap();
    let passphrase = Passphrase::new("specimen-passphrase");
    signer
        .save(
            &directory.path().join("ds.key"),
            &passphrase,
            &mut getrandom::SysRng,
        )
        .unwrap();

    let arguments = "pkey -in ds.key -pubout -outform DER -passin pass:specimen-passphrase";
    let public_key = openssl(directory.path(), arguments).accepted().stdout;
    assert_eq!(public_key, named_curve(&signer));
    openssl(
        directory.path(),
        "pkey -in ds.key -check -noout -passin pass:specimen-passphrase",
    )
    .accepted();
    openssl(
        directory.path(),
        "pkey -in ds.key -noout -passin pass:another-passphrase",
    )
    .refused();
}

#[test]
fn we_open_key_files_of_openssl() {
    let directory = tempfile::tempdir().unwrap();
    openssl(
        directory.path(),
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out plain.pem",
    )
    .accepted();
    let public_key = openssl(directory.path(), "pkey -in plain.pem -pubout -outform DER")
        .accepted()
        .stdout;
    let schemes = [
        ("scrypt.key", "-v2 aes-256-cbc -scrypt"),
        ("pbkdf2.key", "-v2 aes-256-cbc -v2prf hmacWithSHA256 -iter 20000"),
    ];
    for (name, scheme) in schemes {
        let arguments =
            format!("pkcs8 -topk8 -in plain.pem -out {name} {scheme} -passout pass:specimen-passphrase");
        openssl(directory.path(), &arguments).accepted();
        let path = directory.path().join(name);
        let signer = FileSigner::open(&path, &Passphrase::new("specimen-passphrase")).unwrap();
        assert_eq!(named_curve(&signer), public_key);
        let error = FileSigner::open(&path, &Passphrase::new("another-passphrase")).unwrap_err();
        assert!(matches!(error, KeyFileError::WrongPassphrase { .. }), "{error}");
    }
    // In the clear: not a key file of ours, whatever the passphrase.
    let plain = FileSigner::open(
        &directory.path().join("plain.pem"),
        &Passphrase::new("specimen-passphrase"),
    );
    assert!(matches!(plain, Err(KeyFileError::NotAKeyFile { .. })));
}

#[test]
fn openssl_verifies_what_a_file_signer_signs() {
    let directory = tempfile::tempdir().unwrap();
    let signer = FileSigner::generate(&mut getrandom::SysRng).unwrap();
    let message = b"a message of thirty-three bytes..";
    write(&directory.path().join("key.der"), named_curve(&signer));
    write(&directory.path().join("message"), message);
    write(&directory.path().join("signature"), signer.sign(message).unwrap());
    let arguments = "dgst -sha256 -verify key.der -keyform DER -signature signature message";
    openssl(directory.path(), arguments).accepted();
    write(&directory.path().join("message"), b"another message");
    openssl(directory.path(), arguments).refused();
}
