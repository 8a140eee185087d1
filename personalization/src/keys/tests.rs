//! Master keys at rest, and what is derived from them.

use super::*;

const SERIAL: [u8; 10] = [0x48, 0x21, 0x50, 0x2D, 0x76, 0xB3, 0x00, 0x00, 0x00, 0x01];

#[test]
fn a_saved_master_is_the_same_when_opened_and_the_wrong_passphrase_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("issuer.key");
    let passphrase = Passphrase::new("specimen passphrase");
    let master = IssuerMasterKeys::generate(&mut getrandom::SysRng).unwrap();
    master.save(&path, &passphrase, &mut getrandom::SysRng).unwrap();
    let opened = IssuerMasterKeys::open(&path, &passphrase).unwrap();
    assert_eq!(opened.chip_keys(&SERIAL), master.chip_keys(&SERIAL));
    let error = IssuerMasterKeys::open(&path, &Passphrase::new("another one")).unwrap_err();
    assert!(matches!(error, KeyFileError::WrongPassphrase { .. }), "{error}");
}

#[test]
fn an_altered_or_published_master_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let passphrase = Passphrase::new("specimen passphrase");
    let write = |name: &str, master: [u8; 32], check: [u8; 16]| {
        let path = directory.path().join(name);
        let content = MasterKeyContent {
            version: 0,
            master: OctetStringRef::new(&master).unwrap(),
            check_value: OctetStringRef::new(&check).unwrap(),
        };
        let plaintext = content.to_der().unwrap();
        key_file::write_sealed(
            &path,
            MASTER_KEY_LABEL,
            &plaintext,
            &passphrase,
            &mut getrandom::SysRng,
        )
        .unwrap();
        IssuerMasterKeys::open(&path, &passphrase)
            .map(|_| ())
            .unwrap_err()
            .to_string()
    };
    assert!(write("altered", [7; 32], [0; 16]).contains("altered"));
    let zero = IssuerMasterKeys::from_bytes([0; 32]);
    assert!(write("zero", [0; 32], *zero.cmac(&[CHECK_MESSAGE])).contains("published test key"));
}

#[test]
fn every_chip_and_every_purpose_has_its_own_key() {
    let master = IssuerMasterKeys::generate(&mut getrandom::SysRng).unwrap();
    let keys = master.chip_keys(&SERIAL);
    assert!(!is_well_known(&keys));
    let mut next = SERIAL;
    next[9] = 2;
    let others = master.chip_keys(&next);
    assert!(keys.enc != others.enc && keys.mac != others.mac && keys.dek != others.dek);
    let administration = master.administration_keys(&SERIAL);
    assert!(!is_well_known(&administration));
    let application = master.application_keys(&SERIAL, &[0xF0, 1, 2, 3, 4]);
    let another = master.application_keys(&SERIAL, &[0xF0, 1, 2, 3, 5]);
    let all = [
        application.enc,
        application.mac,
        application.dek,
        another.enc,
        another.mac,
        another.dek,
        keys.enc,
        keys.mac,
        keys.dek,
        administration.enc,
        administration.mac,
        administration.dek,
    ];
    for (index, key) in all.iter().enumerate() {
        assert!(!all[..index].contains(key));
    }
}

#[test]
fn published_keys_are_known_and_others_are_not() {
    let counting: [u8; 32] = std::array::from_fn(|index| 0x40 + index as u8);
    let repeated: [u8; 32] = std::array::from_fn(|index| 0x40 + (index % 16) as u8);
    for key in [[0u8; 32], [0xFF; 32], counting, repeated] {
        assert!(is_well_known_key(&key));
        assert!(is_well_known_key(&key[..16]));
    }
    let mut almost = counting;
    almost[31] ^= 1;
    assert!(!is_well_known_key(&almost));
    let good = ChipKeys::random(&mut getrandom::SysRng).unwrap();
    assert!(!is_well_known(&good));
    let same = ChipKeys {
        enc: good.enc,
        mac: good.enc,
        dek: good.dek,
    };
    assert!(is_well_known(&same));
}

#[test]
fn debug_output_shows_no_key() {
    let master = IssuerMasterKeys::from_bytes([0xAB; 32]);
    let text = format!("{master:?} {:?}", master.chip_keys(&SERIAL)).to_lowercase();
    let keys = master.chip_keys(&SERIAL);
    for secret in [&[0xAB; 32], &keys.enc, &keys.mac, &keys.dek] {
        assert!(!text.contains(&hex::encode(&secret[..4])));
    }
}
