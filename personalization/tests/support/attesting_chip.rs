//! A chip that draws keys and attests them, played with the signing half of the `p256` crate: preparation only needs keys
//! that are attested.

use card_applet::crypto::curve::{Generator, PrivateKey};
use card_applet::wire::key_generation::{ATTESTATION_LABEL, GeneratedKey};
use getrandom::SysRng;
use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use p256::ecdsa::{Signature, SigningKey};
use personalization::attestation::{AttestedKey, ChipKeySpec, KeyRequest, StockManifest};
use sha2::{Digest as _, Sha256};

const SERIAL: [u8; 10] = *b"SPECIMEN01";

/// New keys of a chip that nobody has; their private halves are gone.
#[allow(dead_code, reason = "shared: not every test draws keys alone")]
pub fn attested_keys(specs: &[ChipKeySpec]) -> Vec<AttestedKey> {
    draw(SERIAL, 0x42, specs).1
}

/// The manifest of a chip that drew keys ahead; `seed` is its attestation key.
#[allow(dead_code, reason = "shared: not every test has a stock of chips")]
pub fn manifest_with_keys(serial: [u8; 10], seed: u8, specs: &[ChipKeySpec]) -> StockManifest {
    let (manifest, keys) = draw(serial, seed, specs);
    manifest.with_keys(keys, 2).unwrap()
}

fn draw(serial: [u8; 10], seed: u8, specs: &[ChipKeySpec]) -> (StockManifest, Vec<AttestedKey>) {
    let attestation_key = SigningKey::from_slice(&[seed; 32]).unwrap();
    let point = attestation_key.verifying_key().to_sec1_point(false);
    let manifest = StockManifest::new(serial, point.as_bytes()).unwrap();
    let attest = |spec: &ChipKeySpec| {
        let request = KeyRequest::new(*spec, &mut SysRng).unwrap();
        let private = PrivateKey::generate(spec.curve, &mut SysRng).unwrap();
        let public = Generator::Standard(spec.curve).public_key(&private).unwrap();
        let (template, nonce) = request.command_data().split_at(8);
        let digest = Sha256::new()
            .chain_update(ATTESTATION_LABEL)
            .chain_update(serial)
            .chain_update(template)
            .chain_update(&nonce[2..])
            .chain_update(public.as_bytes())
            .finalize();
        let signature: Signature = attestation_key.sign_prehash(&digest).unwrap();
        let mut answer = [0; 256];
        let generated = GeneratedKey {
            point: public.as_bytes(),
            attestation: &signature.to_bytes(),
        };
        let len = generated.encode(&mut answer).unwrap();
        manifest.accept(request, &answer[..len]).unwrap()
    };
    let keys = specs.iter().map(attest).collect();
    (manifest, keys)
}
