//! A chip is played here with the signing half of the `p256` crate: only its answers matter.

use card_applet::crypto::curve::{Generator, PrivateKey};
use getrandom::SysRng;
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::hazmat::PrehashSigner as _;

use super::*;

const SERIAL: [u8; SERIAL_LEN] = *b"SPECIMEN01";

struct Chip {
    attestation_key: SigningKey,
    serial: [u8; SERIAL_LEN],
}

impl Chip {
    fn new(seed: u8) -> Self {
        Chip {
            attestation_key: SigningKey::from_slice(&[seed; 32]).unwrap(),
            serial: SERIAL,
        }
    }

    fn manifest(&self) -> StockManifest {
        let point = self.attestation_key.verifying_key().to_sec1_point(false);
        StockManifest::new(SERIAL, point.as_bytes()).unwrap()
    }

    /// `7F49 { 86 point } 9E { r ‖ s }`, written out from the message of DESIGN.
    fn answer(&self, request: &KeyRequest, point: &[u8]) -> Vec<u8> {
        let spec = request.spec();
        let template_tag = match spec.purpose {
            KeyPurpose::ChipAuthentication => 0xA6,
            KeyPurpose::ActiveAuthentication => 0xB6,
        };
        let template = [
            template_tag,
            6,
            0x84,
            1,
            spec.key_id,
            0x80,
            1,
            spec.curve.parameter_id(),
        ];
        let mut message = b"eID key attestation 1".to_vec();
        message.extend(self.serial);
        message.extend(template);
        message.extend(&request.command_data()[request.command_data().len() - 16..]);
        message.extend(point);
        let digest = Sha256::digest(&message);
        let signature: Signature = self.attestation_key.sign_prehash(&digest).unwrap();
        let mut answer = vec![0; 256];
        let generated = GeneratedKey {
            point,
            attestation: &signature.to_bytes(),
        };
        let len = generated.encode(&mut answer).unwrap();
        answer.truncate(len);
        answer
    }
}

const SPEC: ChipKeySpec = ChipKeySpec {
    purpose: KeyPurpose::ChipAuthentication,
    key_id: 13,
    curve: Curve::BrainpoolP256r1,
};

fn point(curve: Curve) -> Vec<u8> {
    let private = PrivateKey::generate(curve, &mut SysRng).unwrap();
    let public = Generator::Standard(curve).public_key(&private).unwrap();
    public.as_bytes().to_vec()
}

#[test]
fn a_key_of_every_kind_is_accepted() {
    let chip = Chip::new(1);
    for purpose in [KeyPurpose::ChipAuthentication, KeyPurpose::ActiveAuthentication] {
        for curve in [
            Curve::P256,
            Curve::BrainpoolP256r1,
            Curve::P384,
            Curve::BrainpoolP384r1,
        ] {
            let spec = ChipKeySpec {
                purpose,
                key_id: 7,
                curve,
            };
            let request = KeyRequest::new(spec, &mut SysRng).unwrap();
            let point = point(curve);
            let answer = chip.answer(&request, &point);
            let key = chip.manifest().accept(request, &answer).unwrap();
            assert_eq!((key.spec(), key.public().as_bytes()), (spec, &point[..]));
        }
    }
}

#[test]
fn every_changed_byte_of_the_answer_is_refused() {
    let chip = Chip::new(1);
    let request = KeyRequest::new(SPEC, &mut SysRng).unwrap();
    let answer = chip.answer(&request, &point(SPEC.curve));
    for position in 0..answer.len() {
        let mut changed = answer.clone();
        changed[position] ^= 1;
        let outcome = chip.manifest().accept(request.clone(), &changed);
        assert!(outcome.is_err(), "byte {position}");
    }
    for len in 0..answer.len() {
        assert!(chip.manifest().accept(request.clone(), &answer[..len]).is_err());
    }
}

/// Another chip's key, another serial number, an older answer, an answer to another question.
#[test]
fn what_was_attested_by_or_for_something_else_is_refused() {
    let chip = Chip::new(1);
    let manifest = chip.manifest();
    let request = KeyRequest::new(SPEC, &mut SysRng).unwrap();
    let public = point(SPEC.curve);
    let refused = |request: &KeyRequest, answer: &[u8]| {
        let outcome = manifest.accept(request.clone(), answer);
        assert_eq!(outcome, Err(AttestationError::Signature));
    };
    refused(&request, &Chip::new(2).answer(&request, &public));
    let mut other_serial = Chip::new(1);
    other_serial.serial[9] ^= 1;
    refused(&request, &other_serial.answer(&request, &public));
    let older = KeyRequest::new(SPEC, &mut SysRng).unwrap();
    refused(&request, &chip.answer(&older, &public));
    let active = ChipKeySpec {
        purpose: KeyPurpose::ActiveAuthentication,
        ..SPEC
    };
    for other in [active, ChipKeySpec { key_id: 12, ..SPEC }] {
        let mut other = KeyRequest::new(other, &mut SysRng).unwrap();
        other.nonce = request.nonce;
        let end = other.data.len();
        other.data[end - 16..].copy_from_slice(&request.nonce);
        refused(&request, &chip.answer(&other, &public));
    }
    let on_another_curve = chip.answer(&request, &point(Curve::P256));
    assert_eq!(
        manifest.accept(request, &on_another_curve),
        Err(AttestationError::InvalidPoint(Curve::BrainpoolP256r1))
    );
}

#[test]
fn manifests_are_read_back_and_malformed_ones_refused() {
    let manifest = Chip::new(1).manifest();
    let json = manifest.to_json();
    assert_eq!(StockManifest::from_json(&json), Ok(manifest.clone()));
    assert_eq!(manifest.must_be_of(&SERIAL), Ok(()));
    let error = manifest.must_be_of(b"SPECIMEN02").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the chip has the serial number 53504543494D454E3032, its stock manifest says 53504543494D454E3031"
    );
    for (old, new, message) in [
        ("eid.chip/1", "eid.chip/2", "schema: must be eid.chip/1"),
        (
            "53504543494D454E3031",
            "5350",
            "serial: must be 20 hexadecimal digits",
        ),
        ("\"04", "\"05", "attestation_public_key: must be"),
        ("\"04", "\"", "attestation_public_key: must be"),
        ("{", "", "not a stock manifest"),
        ("\"serial\"", "\"number\"", "not a stock manifest"),
    ] {
        let changed = json.replacen(old, new, 1);
        let error = StockManifest::from_json(&changed).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
    let infinity = StockManifest::new(SERIAL, &[0]);
    assert!(infinity.is_err(), "infinity is no key");
}
