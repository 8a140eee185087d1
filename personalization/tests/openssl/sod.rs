//! EF.SOD: CMS verification of the content and of the whole chain; no altered byte passes.

use personalization::key_file::Passphrase;
use personalization::pki::curves::NamedCurve;
use personalization::pki::document_signer::{self, DocumentSignerOptions};
use personalization::pki::explicit_parameters::CurveForm;
use personalization::signer::{FileSigner, Signer};
use personalization::sod::security_object::{HashAlgorithm, LdsVersion};
use personalization::sod::{SecurityObject, verify};
use time::{Duration, OffsetDateTime};

use crate::support::{NOW, Pki, at_time, openssl, pki};

const SIGNING_TIME: OffsetDateTime = NOW.saturating_add(Duration::hours(3));

fn data_groups() -> Vec<(u8, Vec<u8>)> {
    [(1, 0x61), (2, 0x75), (13, 0x6D), (14, 0x6E)]
        .into_iter()
        .map(|(number, tag)| (number, vec![tag, 0x03, number, 0xAA, 0x55]))
        .collect()
}

fn sign(pki: &Pki, hash: HashAlgorithm, version: LdsVersion, certificate: &[u8]) -> Vec<u8> {
    let signer = pki.ds.signer(&Pki::ds_passphrase()).unwrap();
    data_groups()
        .iter()
        .fold(SecurityObject::builder(hash), |builder, (number, content)| {
            builder.data_group(*number, content)
        })
        .lds_version(version)
        .sign(&signer, certificate, SIGNING_TIME)
        .unwrap()
}

/// The CMS structure inside '77 82 xx xx'.
fn cms(file: &[u8]) -> &[u8] {
    assert_eq!(file[..2], [0x77, 0x82]);
    &file[4..]
}

const EXPLICIT: &str = "cms -verify -noverify -inform DER -in sod.cms -binary -out content";

fn chain() -> String {
    format!(
        "cms -verify -inform DER -in sod.cms -binary -out content -CAfile trust.pem -purpose any -crl_check {}",
        at_time()
    )
}

/// trust.pem: the CSCA's twin and its CRL.
fn write_trust(pki: &Pki) {
    openssl(pki.path(), "crl -in csca/crl.der -inform DER -out crl.pem").accepted();
    let csca = std::fs::read(pki.path().join("csca/csca-named-curve.pem")).unwrap();
    let crl = std::fs::read(pki.path().join("crl.pem")).unwrap();
    pki.write("trust.pem", &[csca, crl].concat());
}

#[test]
fn openssl_accepts_ef_sod_as_issued() {
    let pki = pki();
    let v1 = LdsVersion::V1 {
        lds: "0108".into(),
        unicode: "040000".into(),
    };
    for (hash, version) in [
        (HashAlgorithm::Sha256, LdsVersion::V0),
        (HashAlgorithm::Sha384, v1),
        (HashAlgorithm::Sha512, LdsVersion::V0),
    ] {
        let file = sign(&pki, hash, version, pki.ds.certificate_der());
        pki.write("sod.cms", cms(&file));
        openssl(pki.path(), EXPLICIT).accepted();
        let content = std::fs::read(pki.path().join("content")).unwrap();
        let verified = verify::verify(&file).unwrap();
        assert_eq!(content, verified.security_object.to_der().unwrap());

        // The hashes are those that openssl computes over the data groups.
        for (number, data_group) in data_groups() {
            pki.write("dg", &data_group);
            let name = format!("{hash:?}").to_lowercase();
            let digest = openssl(pki.path(), &format!("dgst -{name} -binary dg"))
                .accepted()
                .stdout;
            assert!(
                verified.security_object.hashes().contains(&(number, digest)),
                "DG{number}"
            );
        }
    }
}

#[test]
fn openssl_sees_the_profile_of_9303_10() {
    let pki = pki();
    let file = sign(
        &pki,
        HashAlgorithm::Sha256,
        LdsVersion::V0,
        pki.ds.certificate_der(),
    );
    pki.write("sod.cms", cms(&file));
    openssl(pki.path(), "cms -cmsout -print -inform DER -in sod.cms")
        .accepted()
        .shows(&[
            "contentType: pkcs7-signedData",
            "version: 3",
            "algorithm: sha256 (2.16.840.1.101.3.4.2.1) parameter: <ABSENT>",
            "eContentType: undefined (2.23.136.1.1.1)",
            "d.issuerAndSerialNumber",
            "object: contentType (1.2.840.113549.1.9.3)",
            "object: messageDigest (1.2.840.113549.1.9.4)",
            "object: signingTime (1.2.840.113549.1.9.5)",
            "UTCTIME:Nov 24 09:00:00 2026 GMT",
            "algorithm: ecdsa-with-SHA256 (1.2.840.10045.4.3.2) parameter: <ABSENT>",
        ]);
}

#[test]
fn openssl_accepts_the_whole_chain_of_the_twins() {
    let pki = pki();
    write_trust(&pki);
    let file = sign(
        &pki,
        HashAlgorithm::Sha256,
        LdsVersion::V0,
        pki.ds.named_curve_twin().unwrap(),
    );
    pki.write("sod.cms", cms(&file));
    openssl(pki.path(), &chain()).accepted();

    // Another country's CSCA with the same name vouches for nothing.
    let stranger = self::pki();
    write_trust(&stranger);
    let trust = std::fs::read(stranger.path().join("trust.pem")).unwrap();
    pki.write("trust.pem", &trust);
    openssl(pki.path(), &chain()).refused();
}

#[test]
fn openssl_refuses_every_altered_byte_of_what_is_signed() {
    let pki = pki();
    let file = sign(
        &pki,
        HashAlgorithm::Sha256,
        LdsVersion::V0,
        pki.ds.certificate_der(),
    );
    let cms = cms(&file);
    let content = verify::verify(&file).unwrap().security_object.to_der().unwrap();
    let find = |needle: &[u8]| {
        cms.windows(needle.len())
            .position(|window| window == needle)
            .unwrap()
    };
    let content_at = find(&content);
    // signedAttrs: [0] with the contentType attribute first; its OID stands twice, the second time here.
    let content_type = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x03];
    let attributes_at = find(&content_type) - 4;
    assert_eq!(cms[attributes_at], 0xA0);
    let attributes_end = attributes_at + 2 + usize::from(cms[attributes_at + 1]);

    // Every byte of the attributes and every fourth of the content: one openssl process each.
    let positions =
        (attributes_at..attributes_end).chain((content_at..content_at + content.len()).step_by(4));
    for position in positions {
        let mut altered = cms.to_vec();
        altered[position] ^= 0x01;
        pki.write("sod.cms", &altered);
        let answer = openssl(pki.path(), EXPLICIT);
        assert!(!answer.success, "openssl accepted an altered byte at {position}");
    }
}

#[test]
fn our_own_verification_notices_every_altered_byte_of_the_file() {
    let pki = pki();
    let file = sign(
        &pki,
        HashAlgorithm::Sha256,
        LdsVersion::V0,
        pki.ds.certificate_der(),
    );
    let original = verify::verify(&file).unwrap();
    for position in 0..file.len() {
        for mask in [0x01, 0x80] {
            let mut altered = file.clone();
            altered[position] ^= mask;
            let noticed = verify::verify(&altered).and_then(|verified| {
                verified.must_be(&original.security_object, pki.ds.certificate_der(), SIGNING_TIME)
            });
            assert!(noticed.is_err(), "byte {position} ^ {mask:02X} went unnoticed");
        }
    }
    for length in 0..file.len() {
        assert!(
            verify::verify(&file[..length]).is_err(),
            "cut after {length} bytes"
        );
    }
}

/// A document signer with this key under the CSCA of the PKI: the certificate as 9303-12 wants it, and its named-curve twin.
fn certificates(pki: &Pki, signer: &FileSigner) -> [Vec<u8>; 2] {
    let csca_signer = pki.csca.signer(&Pki::csca_passphrase()).unwrap();
    [CurveForm::ExplicitParameters, CurveForm::NamedCurve].map(|form| {
        let options = DocumentSignerOptions {
            form,
            ..DocumentSignerOptions::new("Document Signer Specimen 2")
        };
        // The chain is judged with the twin of the CSCA, which has the same name and key.
        document_signer::issue(
            pki.csca.csca(),
            &csca_signer,
            signer,
            &options,
            NOW,
            &mut getrandom::SysRng,
        )
        .unwrap()
    })
}

/// An RSA key: only opened here, so OpenSSL makes it.
fn rsa_key(pki: &Pki) -> FileSigner {
    openssl(
        pki.path(),
        "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out plain.pem",
    )
    .accepted();
    let arguments =
        "pkcs8 -topk8 -in plain.pem -out rsa.key -v2 aes-256-cbc -passout pass:specimen-passphrase";
    openssl(pki.path(), arguments).accepted();
    FileSigner::open(
        &pki.path().join("rsa.key"),
        &Passphrase::new("specimen-passphrase"),
    )
    .unwrap()
}

#[test]
fn openssl_accepts_ef_sod_with_every_key_hash_and_version() {
    let pki = pki();
    write_trust(&pki);
    let v1 = LdsVersion::V1 {
        lds: "0108".into(),
        unicode: "040000".into(),
    };
    let curves = [
        NamedCurve::P256,
        NamedCurve::P384,
        NamedCurve::P521,
        NamedCurve::BrainpoolP256r1,
        NamedCurve::BrainpoolP384r1,
    ];
    let on_curves = curves.map(|curve| FileSigner::generate_on(curve, &mut getrandom::SysRng).unwrap());
    for signer in on_curves.into_iter().chain([rsa_key(&pki)]) {
        let [explicit, named] = certificates(&pki, &signer);
        for (hash, version) in HashAlgorithm::ALL
            .into_iter()
            .zip([LdsVersion::V0, v1.clone(), v1.clone()])
        {
            // The data groups' hash and the signature's are chosen apart.
            let signer = signer
                .clone()
                .with_algorithm(signer.algorithm().with_hash(hash))
                .unwrap();
            for data_group_hash in HashAlgorithm::ALL {
                let make = |certificate: &[u8]| {
                    let builder = SecurityObject::builder(data_group_hash).lds_version(version.clone());
                    data_groups()
                        .iter()
                        .fold(builder, |builder, (number, content)| {
                            builder.data_group(*number, content)
                        })
                        .sign(&signer, certificate, SIGNING_TIME)
                        .unwrap()
                };
                let file = make(&explicit);
                pki.write("sod.cms", cms(&file));
                openssl(pki.path(), EXPLICIT).accepted();
                let signed = verify::verify(&file).unwrap().security_object;
                assert_eq!(
                    (signed.hash_algorithm(), signed.version()),
                    (data_group_hash, &version)
                );
                if data_group_hash == hash {
                    pki.write("sod.cms", cms(&make(&named)));
                    openssl(pki.path(), &chain()).accepted();
                }
            }
        }
    }
}
