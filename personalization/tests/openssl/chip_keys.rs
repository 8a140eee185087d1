//! What chip keys are signed into: EF.CardSecurity as CMS, DG15 and the keys of DG14 as public keys.

use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::crypto::curve::Curve;
use card_applet::wire::key_generation::KeyPurpose;
use card_applet::wire::security_info::{ChipAuthenticationProtocol, PaceInfo, PaceProtocol};
use card_applet::wire::tlv::read_exact;
use personalization::attestation::{AttestedKey, ChipKeySpec};
use personalization::lds::card_security::{self, SECURITY_OBJECT};
use personalization::lds::dg15;
use personalization::lds::security_infos::SecurityInfos;
use personalization::sod::SignerCertificate;
use personalization::sod::verify::verify_content;

use crate::attesting_chip::attested_keys;
use crate::support::{NOW, Pki, openssl, pki};

const CURVES: [(Curve, &str); 4] = [
    (Curve::P256, "prime256v1"),
    (Curve::BrainpoolP256r1, "brainpoolP256r1"),
    (Curve::P384, "secp384r1"),
    (Curve::BrainpoolP384r1, "brainpoolP384r1"),
];

fn key(purpose: KeyPurpose, curve: Curve) -> AttestedKey {
    let key_id = curve.parameter_id();
    attested_keys(&[ChipKeySpec {
        purpose,
        key_id,
        curve,
    }])
    .remove(0)
}

fn infos() -> SecurityInfos {
    let aes128 = SymmetricAlgorithm::Aes128;
    SecurityInfos::pace(&[PaceInfo::new(PaceProtocol::ecdh_generic(aes128), 12)])
        .chip_authentication(ChipAuthenticationProtocol::ecdh(aes128), 12)
        .chip_authentication_key(&key(KeyPurpose::ChipAuthentication, Curve::P256))
        .unwrap()
}

fn sign(pki: &Pki) -> Vec<u8> {
    let signer = pki.ds.signer(&Pki::ds_passphrase()).unwrap();
    let at = NOW + time::Duration::hours(3);
    card_security::sign(
        infos(),
        &signer,
        &SignerCertificate::from_der(pki.ds.certificate_der()).unwrap(),
        at,
    )
    .unwrap()
}

#[test]
fn openssl_accepts_ef_card_security() {
    let pki = pki();
    let file = sign(&pki);
    pki.write("security.cms", &file);
    let verify = "cms -verify -noverify -inform DER -in security.cms -binary -out content";
    openssl(pki.path(), verify).accepted();
    let content = std::fs::read(pki.path().join("content")).unwrap();
    assert_eq!(content, verify_content(&file, SECURITY_OBJECT).unwrap().content);
    openssl(pki.path(), "cms -cmsout -print -inform DER -in security.cms")
        .accepted()
        .shows(&[
            "contentType: pkcs7-signedData",
            "version: 3",
            "eContentType: undefined (0.4.0.127.0.7.3.2.1)",
            "algorithm: ecdsa-with-SHA256 (1.2.840.10045.4.3.2) parameter: <ABSENT>",
        ]);
    let middle = file
        .windows(content.len())
        .position(|window| window == content)
        .unwrap();
    for position in [middle, middle + content.len() / 2, middle + content.len() - 1] {
        let mut altered = file.clone();
        altered[position] ^= 1;
        pki.write("security.cms", &altered);
        openssl(pki.path(), verify).refused();
    }
}

#[test]
fn our_own_verification_notices_every_altered_byte_of_it() {
    let pki = pki();
    let file = sign(&pki);
    let original = verify_content(&file, SECURITY_OBJECT).unwrap();
    for position in 0..file.len() {
        let mut altered = file.clone();
        altered[position] ^= 1;
        let noticed = verify_content(&altered, SECURITY_OBJECT).and_then(|verified| {
            verified.must_be(&original.content, pki.ds.certificate_der(), original.signing_time)
        });
        assert!(noticed.is_err(), "byte {position}");
    }
    let as_sod = const_oid::ObjectIdentifier::new_unwrap("2.23.136.1.1.1");
    assert!(
        verify_content(&file, as_sod).is_err(),
        "it is no LDS security object"
    );
}

/// OpenSSL recognises the explicit parameters, finds the point on the curve, and reads it as it was attested.
#[test]
fn openssl_reads_the_key_of_dg15_on_every_curve() {
    let pki = pki();
    for (curve, name) in CURVES {
        let key = key(KeyPurpose::ActiveAuthentication, curve);
        let file = dg15::encode(&key).unwrap();
        pki.write("key.der", read_exact(&file, 0x6F).unwrap());
        let command = "pkey -pubin -inform DER -in key.der -pubcheck -noout -text_pub";
        let text = openssl(pki.path(), command).accepted();
        let point = hex::encode(key.public().as_bytes());
        let digits: String = text.text.chars().filter(|c| c.is_ascii_hexdigit()).collect();
        assert!(digits.to_lowercase().contains(&point), "{name}: {}", text.text);
        let named = "pkey -pubin -inform DER -in key.der -pubout -ec_param_enc named_curve -outform DER -out named.der";
        openssl(pki.path(), named).accepted();
        openssl(
            pki.path(),
            "pkey -pubin -inform DER -in named.der -noout -text_pub",
        )
        .accepted()
        .shows(&[name]);
    }
}
