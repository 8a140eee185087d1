//! Derived values are those of OpenSSL: `openssl kdf -kdfopt digest:SHA256 -kdfopt hexkey:00…1F -kdfopt info:… HKDF`, and
//! `openssl mac -digest SHA256 -macopt hexkey:… HMAC` over the twelve digits.

use getrandom::SysRng;
use personalization::citizen::{CitizenNumber, Sex};
use personalization::mrz::BirthDate;
use time::macros::date;

use super::*;

const JOB: &str = "00112233445566778899aabbccddeeff";
const OTHER: &str = "00112233445566778899aabbccddee00";

fn vault() -> Vault {
    let mut master = [0; KEY_LEN];
    for (value, byte) in (0..).zip(&mut master) {
        *byte = value;
    }
    Vault::of(&master)
}

#[test]
fn keys_are_those_of_openssl() {
    let vault = vault();
    let hexadecimal = |key: &[u8]| hex::encode_upper(key);
    assert_eq!(
        hexadecimal(&*vault.citizen),
        "5F45BD7B9D1353355EDF02C11102E91DDAEC7FB530D7DA99FD43CD8C1ED5B80C"
    );
    assert_eq!(
        hexadecimal(&*vault.jobs),
        "1A4A9F0D6BB556A290F1D1FCC2B3BECB79EEE6D2D281C80D6239652F74F6C27C"
    );
    let number = CitizenNumber::new(
        "001190000001",
        Sex::Female,
        BirthDate::from(date!(1990 - 01 - 01)),
    );
    assert_eq!(
        vault.citizen_key(&number.unwrap()),
        "c98ca3ba4a5138a2cc20318ff7ba46aac8efb2c06eac0ec39e863e4e37032dfb"
    );
}

#[test]
fn a_sealed_thing_stands_in_for_no_other() {
    let vault = vault();
    let (key, wrapped) = vault.new_job_key(JOB, &mut SysRng).unwrap();
    let (other, other_wrapped) = vault.new_job_key(OTHER, &mut SysRng).unwrap();
    let kind = SealedKind::Draft { attempt: 1 };
    let sealed = key.seal(kind, b"secret", &mut SysRng).unwrap();
    assert_eq!(*key.open(kind, &sealed).unwrap(), b"secret");
    assert_eq!(
        *vault.job_key(JOB, &wrapped).unwrap().open(kind, &sealed).unwrap(),
        b"secret"
    );
    assert!(key.open(SealedKind::Draft { attempt: 2 }, &sealed).is_err());
    assert!(key.open(SealedKind::Application, &sealed).is_err());
    assert!(other.open(kind, &sealed).is_err());
    assert!(vault.job_key(JOB, &other_wrapped).is_err());
    // The same key said to be another job's.
    let lifted = JobKey {
        key: key.key.clone(),
        job: OTHER.to_owned(),
    };
    assert!(lifted.open(kind, &sealed).is_err());
    assert_ne!(sealed, key.seal(kind, b"secret", &mut SysRng).unwrap());
    for index in 0..sealed.len() {
        for bit in [1, 0x80] {
            let mut altered = sealed.clone();
            altered[index] ^= bit;
            assert!(key.open(kind, &altered).is_err(), "byte {index}");
        }
    }
    for length in 0..sealed.len() {
        assert!(key.open(kind, &sealed[..length]).is_err());
    }
}

#[test]
fn the_master_is_in_its_file_and_nowhere_else() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("vault.key");
    let passphrase = Passphrase::new("a passphrase for tests only");
    let made = Vault::create(&path, &passphrase, &mut SysRng).unwrap();
    let opened = Vault::open(&path, &passphrase).unwrap();
    assert_eq!((&made.citizen, &made.jobs), (&opened.citizen, &opened.jobs));
    assert_eq!(format!("{made:?}"), "Vault(…)");
    assert!(matches!(
        Vault::open(&path, &Passphrase::new("another passphrase")),
        Err(VaultError::KeyFile(KeyFileError::WrongPassphrase { .. }))
    ));
    assert!(matches!(
        Vault::create(&path, &passphrase, &mut SysRng),
        Err(VaultError::KeyFile(KeyFileError::AlreadyExists { .. }))
    ));
}
