//! The stock room: who gets in, who is refused, and what an altered file does.
#![allow(clippy::disallowed_methods, reason = "a test's own files")]

#[path = "support/attesting_chip.rs"]
mod attesting_chip;

use std::fs;
use std::path::Path;

use attesting_chip::manifest_with_keys;
use card_applet::crypto::curve::Curve;
use card_applet::wire::key_generation::KeyPurpose;
use getrandom::SysRng;
use personalization::attestation::{ChipKeySpec, ManifestError, StockManifest};
use personalization::pki::curves::NamedCurve;
use personalization::signer::FileSigner;
use personalization::stock::delivery::Delivery;
use personalization::stock::maker::{self, MakerPublicKey};
use personalization::stock::{Stock, StockError};
use serde_json::Value;

const ONE: [u8; 10] = *b"SPECIMEN01";
const TWO: [u8; 10] = *b"SPECIMEN02";

fn specs() -> [ChipKeySpec; 2] {
    [
        ChipKeySpec {
            purpose: KeyPurpose::ChipAuthentication,
            key_id: 13,
            curve: Curve::BrainpoolP256r1,
        },
        ChipKeySpec {
            purpose: KeyPurpose::ActiveAuthentication,
            key_id: 0,
            curve: Curve::P384,
        },
    ]
}

fn room(directory: &Path) -> Stock {
    Stock::open_or_create(&directory.join("stock")).unwrap()
}

/// The manifest's JSON, changed.
fn changed(
    manifest: &StockManifest,
    change: impl FnOnce(&mut Value),
) -> Result<StockManifest, ManifestError> {
    let mut json: Value = serde_json::from_str(&manifest.to_json()).unwrap();
    change(&mut json);
    StockManifest::from_json(&json.to_string())
}

#[test]
fn keys_drawn_ahead_are_written_and_read_with_their_attestation() {
    let manifest = manifest_with_keys(ONE, 1, &specs());
    assert_eq!(StockManifest::from_json(&manifest.to_json()).unwrap(), manifest);
    assert_eq!(manifest.next_sequence(), Some(2));
    assert_eq!(manifest.keys_for(&specs()).unwrap(), manifest.keys());
    let other = ChipKeySpec {
        key_id: 14,
        ..specs()[0]
    };
    assert_eq!(manifest.keys_for(&[other]), None);
    let plain = manifest.clone().without_keys();
    assert!(plain.keys().is_empty() && plain.next_sequence().is_none());
    assert!(!plain.to_json().contains("keys"));
}

/// Whatever is changed of a key, its attestation does not hold any more, or the value is none.
#[test]
fn no_altered_key_is_believed() {
    let manifest = manifest_with_keys(ONE, 1, &specs());
    let text = |field: &str, value: Value| {
        changed(&manifest, |json| json["keys"][0][field] = value)
            .unwrap_err()
            .to_string()
    };
    let foreign = manifest_with_keys(ONE, 2, &specs());
    let foreign: Value = serde_json::from_str(&foreign.to_json()).unwrap();
    for (field, value, why) in [
        ("purpose", "active_authentication".into(), "does not verify"),
        ("purpose", "signature".into(), "purpose: must be"),
        ("key_id", 12.into(), "does not verify"),
        ("parameter_id", 12.into(), "no point of"),
        ("parameter_id", 1.into(), "parameter_id: must be"),
        (
            "public_key",
            foreign["keys"][0]["public_key"].clone(),
            "does not verify",
        ),
        ("public_key", "00".into(), "no point of"),
        ("nonce", "00".repeat(16).into(), "does not verify"),
        ("nonce", "00".repeat(15).into(), "nonce: must be"),
        (
            "attestation",
            foreign["keys"][0]["attestation"].clone(),
            "does not verify",
        ),
        (
            "attestation",
            "00".repeat(63).into(),
            "no public key with an attestation",
        ),
        ("private_key", "00".into(), "unknown field"),
    ] {
        let error = text(field, value);
        assert!(error.contains(why), "{field}: {error}");
    }
    let twice = changed(&manifest, |json| {
        let key = json["keys"][0].clone();
        json["keys"].as_array_mut().unwrap().push(key);
    });
    assert!(twice.unwrap_err().to_string().contains("different keys"));
    let many = changed(&manifest, |json| {
        let key = json["keys"][0].clone();
        json["keys"] = vec![key; 6].into();
    });
    assert!(many.unwrap_err().to_string().contains("no more than a chip"));
    for sequence in [Value::Null, 0x0100_0000.into()] {
        let error = changed(&manifest, |json| json["next_sequence"] = sequence).unwrap_err();
        assert!(error.to_string().contains("next_sequence"), "{error}");
    }
}

#[test]
fn a_serial_number_and_a_public_key_come_in_once() {
    let folder = tempfile::tempdir().unwrap();
    let stock = room(folder.path());
    let one = manifest_with_keys(ONE, 1, &specs());
    stock.add(&one).unwrap();
    assert!(matches!(stock.add(&one), Err(StockError::DuplicateSerial(_))));
    // Another serial number, the same attestation key.
    let copy = manifest_with_keys(TWO, 1, &specs());
    let error = stock.add(&copy).unwrap_err();
    assert!(matches!(error, StockError::DuplicateKey { .. }), "{error}");
    assert_eq!(stock.serials().unwrap(), [ONE]);
    stock.add(&manifest_with_keys(TWO, 2, &specs())).unwrap();
    assert_eq!(stock.serials().unwrap(), [ONE, TWO]);
    assert_eq!(stock.chip(&ONE).unwrap(), one);
    assert_eq!(stock.check().unwrap(), []);
    let unknown = stock.chip(b"SPECIMEN03").unwrap_err();
    assert!(matches!(unknown, StockError::NotInStock(_)), "{unknown}");
}

#[test]
fn new_keys_replace_old_ones_until_a_card_was_prepared() {
    let folder = tempfile::tempdir().unwrap();
    let stock = room(folder.path());
    let first = manifest_with_keys(ONE, 1, &specs());
    stock.add(&first.clone().without_keys()).unwrap();
    stock.replace(&first).unwrap();
    let second = manifest_with_keys(ONE, 1, &specs());
    stock.replace(&second).unwrap();
    assert_eq!(stock.chip(&ONE).unwrap(), second);
    let other = stock.replace(&manifest_with_keys(ONE, 9, &specs()));
    assert!(matches!(other, Err(StockError::OtherAttestationKey(_))));
    let unknown = stock.replace(&manifest_with_keys(TWO, 2, &specs()));
    assert!(matches!(unknown, Err(StockError::NotInStock(_))));

    stock
        .take(&ONE, "CARD000000000001", "2026-11-24T09:00:00Z")
        .unwrap();
    let taken = stock
        .take(&ONE, "CARD000000000002", "2026-11-24T09:00:00Z")
        .unwrap_err();
    assert!(taken.to_string().contains("CARD000000000001"), "{taken}");
    let late = stock.replace(&first).unwrap_err();
    assert!(matches!(late, StockError::Prepared { .. }), "{late}");
    stock.give_back(&ONE).unwrap();
    stock
        .take(&ONE, "CARD000000000002", "2026-11-24T09:00:00Z")
        .unwrap();
    let nobody = stock.take(&TWO, "CARD000000000003", "2026-11-24T09:00:00Z");
    assert!(matches!(nobody, Err(StockError::NotInStock(_))));
}

#[test]
fn an_altered_stock_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let stock = room(folder.path());
    for (serial, seed) in [(ONE, 1), (TWO, 2)] {
        stock.add(&manifest_with_keys(serial, seed, &specs())).unwrap();
    }
    let path = |serial: [u8; 10]| {
        let name = format!("stock/chips/{}.json", hex::encode_upper(serial));
        folder.path().join(name)
    };
    // One chip's manifest under another's name.
    let two = fs::read(path(TWO)).unwrap();
    fs::write(path(ONE), &two).unwrap();
    assert!(matches!(stock.chip(&ONE), Err(StockError::Manifest { .. })));
    let findings = stock.check().unwrap();
    assert_eq!(findings.len(), 1);
    assert!(findings[0].what.contains("another chip's"), "{findings:?}");
    // A key that nobody entered.
    let stranger = manifest_with_keys(ONE, 7, &specs());
    fs::write(path(ONE), stranger.to_json()).unwrap();
    let findings = stock.check().unwrap();
    assert_eq!(findings.len(), 3);
    assert!(findings[0].what.contains("not entered"), "{findings:?}");
    fs::write(path(ONE), vec![b' '; 70_000]).unwrap();
    assert!(matches!(stock.chip(&ONE), Err(StockError::File(_))));
}

#[test]
fn another_directory_is_no_stock() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(
        Stock::open(folder.path()),
        Err(StockError::NotAStock(_))
    ));
    fs::write(folder.path().join("something"), b"").unwrap();
    let error = Stock::open_or_create(folder.path()).unwrap_err();
    assert!(matches!(error, StockError::NotAStock(_)), "{error}");
}

#[test]
fn deliveries() {
    let one = manifest_with_keys(ONE, 1, &specs()).to_json();
    let two = manifest_with_keys(TWO, 2, &[]).without_keys().to_json();
    let list = format!("{{\"schema\":\"eid.delivery/1\",\"chips\":[{one},{two}]}}");
    assert_eq!(Delivery::from_json(&list).unwrap().chips.len(), 2);
    assert_eq!(Delivery::from_json(&one).unwrap().chips.len(), 1);
    let broken = list.replacen("eid.chip/1", "eid.chip/2", 1);
    for (text, why) in [
        (broken.as_str(), "chips[0]: schema: must be"),
        (
            "{\"schema\":\"eid.delivery/1\",\"chips\":[]}",
            "chips: must be 1 to",
        ),
        (
            "{\"schema\":\"eid.delivery/1\",\"chips\":{}}",
            "chips: must be a list",
        ),
        ("[]", "not a delivery"),
        (&"[".repeat(10_000), "recursion limit"),
    ] {
        let error = Delivery::from_json(text).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
}

/// What a maker signed is known again however the file is laid out, and nothing else is: no chip less, more or in another place, no
/// other signature, no other key.
#[test]
fn signed_deliveries() {
    let (one, two) = (
        manifest_with_keys(ONE, 1, &specs()),
        manifest_with_keys(TWO, 2, &[]),
    );
    let chips = [one, two.without_keys()];
    let drawn = |curve| FileSigner::generate_on(curve, &mut SysRng).unwrap();
    let (maker, other) = (drawn(NamedCurve::P256), drawn(NamedCurve::P256));
    let key = MakerPublicKey::of(&maker).unwrap();
    let text = maker::sign(&chips, &maker).unwrap();
    let read = |text: &str| Delivery::from_json(text).unwrap().verify(&key);
    assert_eq!(Delivery::from_json(&text).unwrap().chips, chips);
    read(&text).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    read(&value.to_string()).unwrap();

    let changed = |change: &dyn Fn(&mut Value)| {
        let mut value = value.clone();
        change(&mut value);
        read(&value.to_string()).unwrap_err()
    };
    let wrong = |error| assert!(matches!(error, StockError::WrongSignature), "{error}");
    wrong(changed(&|value| {
        drop(value["chips"].as_array_mut().unwrap().pop())
    }));
    wrong(changed(&|value| value["chips"].as_array_mut().unwrap().reverse()));
    wrong(changed(&|value| {
        value["chips"][1]["serial"] = "0102030405060708090B".into()
    }));
    wrong(changed(&|value| value["signature"] = "".into()));
    wrong(read(&maker::sign(&chips, &other).unwrap()).unwrap_err());
    let unsigned = changed(&|value| drop(value.as_object_mut().unwrap().remove("signature")));
    assert!(matches!(unsigned, StockError::NotSigned), "{unsigned}");
    let malformed = value.to_string().replace("\"signature\":\"", "\"signature\":\"x");
    assert!(Delivery::from_json(&malformed).is_err());

    // OpenSSL knows the public key file; another curve has none.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("maker.pub");
    key.save(&path).unwrap();
    assert_eq!(MakerPublicKey::open(&path).unwrap(), key);
    let openssl = std::process::Command::new("openssl")
        .args(["pkey", "-pubin", "-noout", "-in"])
        .arg(&path)
        .status()
        .unwrap();
    assert!(openssl.success());
    assert_eq!(MakerPublicKey::of(&drawn(NamedCurve::P384)), None);
}
