//! Sealed files: only the recipient opens one, only what the sender made, and no byte of it can be changed.
#![allow(clippy::disallowed_methods, reason = "a test's own files")]

use getrandom::SysRng;
use personalization::exchange_key::{ExchangeKey, ExchangePublicKey};
use personalization::key_file::{KeyFileError, Passphrase};
use personalization::sealed_file::{SealedFile, SealedFileError, SealedKind, seal};
use rand_core::{TryCryptoRng, TryRng};

const SERIAL: [u8; 10] = *b"SPECIMEN01";
const CONTENT: &[u8] = b"what makes a chip a card, and the holder's name";

fn key() -> ExchangeKey {
    ExchangeKey::generate(&mut SysRng).unwrap()
}

fn open(
    bytes: &[u8],
    kind: SealedKind,
    recipient: &ExchangeKey,
    sender: &ExchangePublicKey,
) -> Result<Vec<u8>, SealedFileError> {
    let content = SealedFile::parse(bytes)?.open(kind, recipient, sender)?;
    Ok(content.to_vec())
}

#[test]
fn only_the_recipient_opens_what_only_the_sender_made() {
    let (office, station, other) = (key(), key(), key());
    let kind = SealedKind::CardScript;
    let sealed = seal(kind, &SERIAL, CONTENT, &office, &station.public(), &mut SysRng).unwrap();
    assert_eq!(SealedFile::parse(&sealed).unwrap().serial(), &SERIAL);
    assert_eq!(open(&sealed, kind, &station, &office.public()).unwrap(), CONTENT);
    assert!(!sealed.windows(6).any(|bytes| bytes == b"holder"));

    let error = open(&sealed, kind, &other, &office.public()).unwrap_err();
    assert!(matches!(error, SealedFileError::Recipient(_)), "{error}");
    let error = open(&sealed, kind, &station, &other.public()).unwrap_err();
    assert!(matches!(error, SealedFileError::Sender(_)), "{error}");
    let error = open(&sealed, SealedKind::CardImage, &station, &office.public()).unwrap_err();
    assert!(matches!(error, SealedFileError::Kind { .. }), "{error}");
    // Twice the same content: nothing in the files is the same but the header.
    let again = seal(kind, &SERIAL, CONTENT, &office, &station.public(), &mut SysRng).unwrap();
    assert_ne!(sealed[120..200], again[120..200]);
}

/// A forger who knows all public keys writes the office's name on a file that another key made.
#[test]
fn a_name_on_the_file_is_no_proof() {
    let (office, station, forger) = (key(), key(), key());
    let kind = SealedKind::CardScript;
    let mut forged = seal(kind, &SERIAL, CONTENT, &forger, &station.public(), &mut SysRng).unwrap();
    let name = forger.public().fingerprint();
    let at = forged.windows(32).position(|window| window == name).unwrap();
    forged[at..at + 32].copy_from_slice(&office.public().fingerprint());
    let error = open(&forged, kind, &station, &office.public()).unwrap_err();
    assert_eq!(error, SealedFileError::Forged);
}

#[test]
fn no_byte_can_be_changed_and_none_cut_off() {
    let (office, station) = (key(), key());
    let kind = SealedKind::CardImage;
    let sealed = seal(kind, &SERIAL, CONTENT, &office, &station.public(), &mut SysRng).unwrap();
    for at in 0..sealed.len() {
        for bit in [0x01, 0x80] {
            let mut changed = sealed.clone();
            changed[at] ^= bit;
            assert!(
                open(&changed, kind, &station, &office.public()).is_err(),
                "byte {at}, bit {bit:02X}"
            );
        }
    }
    for len in 0..sealed.len() {
        assert!(SealedFile::parse(&sealed[..len]).is_err(), "{len} bytes");
    }
    let longer = [&sealed[..], &[0]].concat();
    assert!(SealedFile::parse(&longer).is_err());
    assert!(SealedFile::parse(&[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]).is_err());
    assert!(SealedFile::parse(&[0x30; 10_000]).is_err());
}

#[test]
fn keys_are_kept_in_files_that_others_read() {
    let folder = tempfile::tempdir().unwrap();
    let (private, public) = (folder.path().join("a.key"), folder.path().join("a.key.pub"));
    let passphrase = Passphrase::new("specimen passphrase");
    let key = key();
    key.save(&private, &passphrase, &mut SysRng).unwrap();
    key.public().save(&public).unwrap();
    let opened = ExchangeKey::open(&private, &passphrase).unwrap();
    assert_eq!(opened.public(), ExchangePublicKey::open(&public).unwrap());
    assert_eq!(opened.public().fingerprint(), key.public().fingerprint());
    // OpenSSL finds the same public key in the private one, and the same fingerprint.
    let run = |arguments: &[&str]| {
        let output = std::process::Command::new("openssl")
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .expect("openssl");
        assert!(output.status.success(), "{output:?}");
        output.stdout
    };
    let derived = run(&[
        "pkey",
        "-in",
        "a.key",
        "-passin",
        "pass:specimen passphrase",
        "-pubout",
    ]);
    assert_eq!(derived, std::fs::read(&public).unwrap());
    let der = run(&["pkey", "-pubin", "-in", "a.key.pub", "-outform", "DER"]);
    std::fs::write(folder.path().join("der"), der).unwrap();
    let digest = run(&["dgst", "-sha256", "-r", "der"]);
    assert!(digest.starts_with(hex::encode(key.public().fingerprint()).as_bytes()));

    let wrong = ExchangeKey::open(&private, &Passphrase::new("another passphrase"));
    assert!(matches!(wrong, Err(KeyFileError::WrongPassphrase { .. })));
    assert!(matches!(
        ExchangePublicKey::open(&private),
        Err(KeyFileError::NotAKeyFile { .. })
    ));
    assert!(matches!(
        key.public().save(&public),
        Err(KeyFileError::AlreadyExists { .. })
    ));
    let shown = format!("{key:?}");
    assert_eq!(
        shown,
        format!("ExchangeKey({})", hex::encode(key.public().fingerprint()))
    );
}

/// Fails after some bytes.
struct Failing(usize);

impl TryRng for Failing {
    type Error = getrandom::Error;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Err(getrandom::Error::UNSUPPORTED)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Err(getrandom::Error::UNSUPPORTED)
    }

    fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), Self::Error> {
        self.0 = self
            .0
            .checked_sub(target.len())
            .ok_or(getrandom::Error::UNSUPPORTED)?;
        target.fill(0x5A);
        Ok(())
    }
}

impl TryCryptoRng for Failing {}

#[test]
fn nothing_is_sealed_without_random_numbers_or_beyond_the_limit() {
    let (office, station) = (key(), key());
    let seal = |content: &[u8], rng: &mut Failing| {
        seal(
            SealedKind::CardScript,
            &SERIAL,
            content,
            &office,
            &station.public(),
            rng,
        )
    };
    assert_eq!(seal(CONTENT, &mut Failing(0)), Err(SealedFileError::Random));
    assert!(seal(CONTENT, &mut Failing(1000)).is_ok());
    let long = vec![0; 16 * 1024 * 1024];
    assert_eq!(seal(&long, &mut Failing(1000)), Err(SealedFileError::TooLong));
}

/// A file that another implementation of RFC 9180 sealed, with keys that OpenSSL made and encrypted.
#[test]
fn a_file_of_another_implementation_opens() {
    let vector = test_vectors::load("self-generated-hpke-sealed-file");
    let text = |name: &str| test_vectors::text(&vector[name]);
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text(name)).unwrap();
        path
    };
    let passphrase = Passphrase::new(text("passphrase"));
    let station = ExchangeKey::open(&file("station_private_pem"), &passphrase).unwrap();
    let office = ExchangePublicKey::open(&file("office_public_pem")).unwrap();
    let sealed = test_vectors::hex(&vector["sealed_file"]);
    let content = open(&sealed, SealedKind::CardScript, &station, &office).unwrap();
    assert_eq!(content, test_vectors::hex(&vector["content"]));
    assert_eq!(SealedFile::parse(&sealed).unwrap().serial(), &SERIAL);
    let own = ExchangeKey::open(&file("office_private_pem"), &passphrase).unwrap();
    assert_eq!(own.public().fingerprint(), office.fingerprint());
}
