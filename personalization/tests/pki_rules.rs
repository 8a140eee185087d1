//! What the PKI refuses: options against ICAO 9303-12, wrong keys, wrong times, faulty signers.

use der::Decode;
use personalization::pki::crl::{self, RevokedCertificate};
use personalization::pki::csca::{self, Csca, CscaOptions};
use personalization::pki::document_signer::{self, DocumentSignerOptions};
use personalization::pki::document_types;
use personalization::pki::explicit_parameters::CurveForm;
use personalization::pki::name::IssuingState;
use personalization::pki::profile::{self, Role};
use personalization::pki::{PkiError, certificate};
use personalization::signer::{FileSigner, PublicKey, SignatureAlgorithm, Signer, SignerError};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use x509_cert::Certificate;

const NOW: OffsetDateTime = datetime!(2026-11-24 06:00:00 UTC);

fn options() -> CscaOptions {
    CscaOptions::new(IssuingState::new("VN", "VNM").unwrap(), "CSCA Specimen")
}

fn key() -> FileSigner {
    FileSigner::generate(&mut getrandom::SysRng).unwrap()
}

fn csca() -> (FileSigner, Csca) {
    let signer = key();
    let der = csca::issue(&signer, &options(), NOW, &mut getrandom::SysRng).unwrap();
    (signer, Csca::from_der(&der).unwrap())
}

/// Holds one key and signs with another: a token in the wrong slot.
struct WrongSlot {
    announced: FileSigner,
    used: FileSigner,
}

impl Signer for WrongSlot {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.announced.algorithm()
    }

    fn public_key(&self) -> &PublicKey {
        self.announced.public_key()
    }

    fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, SignerError> {
        self.used.sign_digest(digest)
    }
}

#[track_caller]
fn refusal<T>(result: Result<T, PkiError>) -> String {
    match result {
        Ok(_) => panic!("accepted"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_csca_keeps_the_periods_of_9303_12() {
    let rng = &mut getrandom::SysRng;
    for usage_years in [0, 2, 6] {
        let error = refusal(csca::issue(
            &key(),
            &CscaOptions {
                usage_years,
                ..options()
            },
            NOW,
            rng,
        ));
        assert!(error.starts_with("usage years:"), "{error}");
    }
    let error = refusal(csca::issue(
        &key(),
        &CscaOptions {
            document_years: 0,
            ..options()
        },
        NOW,
        rng,
    ));
    assert!(error.starts_with("document years:"), "{error}");
    let bad_url = CscaOptions {
        crl_urls: vec!["ftp://pki.example/crl".into()],
        ..options()
    };
    assert!(refusal(csca::issue(&key(), &bad_url, NOW, rng)).starts_with("CRL URL:"));
    let no_name = CscaOptions {
        common_name: String::new(),
        ..options()
    };
    assert!(refusal(csca::issue(&key(), &no_name, NOW, rng)).starts_with("common name:"));
    // Five years of use and documents for twenty: ends beyond 2049, in the other time format.
    let long = CscaOptions {
        usage_years: 5,
        document_years: 20,
        ..options()
    };
    let der = csca::issue(&key(), &long, NOW, rng).unwrap();
    let csca = Csca::from_der(&der).unwrap();
    assert_eq!(csca.usage_end(), datetime!(2031-11-24 06:00:00 UTC));
    assert_eq!(csca.not_after(), datetime!(2052-02-24 06:00:00 UTC));
}

#[test]
fn every_certificate_keeps_its_profile_and_is_canonical() {
    let (signer, csca) = csca();
    let mut serials = Vec::new();
    for form in [CurveForm::ExplicitParameters, CurveForm::NamedCurve] {
        let ds_options = DocumentSignerOptions {
            form,
            ..DocumentSignerOptions::new("DS 1")
        };
        let ds =
            document_signer::issue(&csca, &signer, &key(), &ds_options, NOW, &mut getrandom::SysRng).unwrap();
        assert!(profile::is_canonical(&ds));
        assert!(csca.signed(&ds));
        let certificate = Certificate::from_der(&ds).unwrap();
        assert_eq!(
            profile::violations(&certificate, Role::DocumentSigner, form),
            Vec::<String>::new()
        );
        assert!(!profile::violations(&certificate, Role::Csca, form).is_empty());
        assert_eq!(
            document_types::document_types(&certificate).unwrap().unwrap(),
            ["ID"]
        );
        serials.push(certificate.tbs_certificate().serial_number().as_bytes().to_vec());
    }
    assert_ne!(serials[0], serials[1]);
    assert!(
        serials
            .iter()
            .all(|serial| serial.len() == 16 && serial[0] < 0x80)
    );
}

#[test]
fn a_document_signer_is_certified_only_within_the_rules() {
    let (signer, csca) = csca();
    let rng = &mut getrandom::SysRng;
    let plain = || DocumentSignerOptions::new("DS 1");
    let mut issue = |options: DocumentSignerOptions, now| {
        document_signer::issue(&csca, &signer, &key(), &options, now, rng)
    };
    assert!(issue(plain(), NOW).is_ok());
    for usage_days in [0, 92] {
        let error = refusal(issue(
            DocumentSignerOptions {
                usage_days,
                ..plain()
            },
            NOW,
        ));
        assert!(error.starts_with("usage days:"), "{error}");
    }
    for bad in ["", "id", "IDX"] {
        let error = refusal(issue(
            DocumentSignerOptions {
                document_types: vec![bad.into()],
                ..plain()
            },
            NOW,
        ));
        assert!(error.starts_with("document types:"), "{error}");
    }
    let twice = vec!["ID".to_owned(), "ID".to_owned()];
    assert!(
        refusal(issue(
            DocumentSignerOptions {
                document_types: twice,
                ..plain()
            },
            NOW
        ))
        .contains("twice")
    );
    let outlives = DocumentSignerOptions {
        document_years: 20,
        ..plain()
    };
    assert!(refusal(issue(outlives, NOW)).contains("outlive"));
    assert!(refusal(issue(plain(), NOW - Duration::days(1))).contains("not valid yet"));
    assert!(refusal(issue(plain(), NOW + Duration::days(4 * 365))).contains("make a new CSCA"));
    // On the last day of the CSCA's use it still can.
    assert!(issue(plain(), csca.usage_end()).is_ok());
}

#[test]
fn keys_must_be_the_right_ones() {
    let (signer, csca) = csca();
    let rng = &mut getrandom::SysRng;
    let ds_options = DocumentSignerOptions::new("DS 1");
    let other = refusal(document_signer::issue(
        &csca,
        &key(),
        &key(),
        &ds_options,
        NOW,
        rng,
    ));
    assert!(
        other.contains("does not belong to the CSCA certificate"),
        "{other}"
    );
    let same = refusal(document_signer::issue(
        &csca,
        &signer,
        &signer,
        &ds_options,
        NOW,
        rng,
    ));
    assert!(same.contains("key of its own"), "{same}");
    assert!(refusal(crl::issue(&csca, &key(), 2, &[], 90, NOW)).contains("does not belong"));

    let wrong_slot = WrongSlot {
        announced: key(),
        used: key(),
    };
    let error = csca::issue(&wrong_slot, &options(), NOW, rng).unwrap_err();
    assert!(matches!(error, PkiError::BadSignature(_)), "{error}");
    let wrong_slot = WrongSlot {
        announced: signer.clone(),
        used: key(),
    };
    let error = document_signer::issue(&csca, &wrong_slot, &key(), &ds_options, NOW, rng).unwrap_err();
    assert!(matches!(error, PkiError::BadSignature(_)), "{error}");
}

#[test]
fn no_altered_csca_certificate_is_read() {
    let (_, csca) = csca();
    let der = csca.der();
    for position in 0..der.len() {
        let mut altered = der.to_vec();
        altered[position] ^= 0x01;
        assert!(Csca::from_der(&altered).is_err(), "byte {position}");
    }
    let (signer, csca) = self::csca();
    let ds = DocumentSignerOptions::new("DS 1");
    let ds = document_signer::issue(&csca, &signer, &key(), &ds, NOW, &mut getrandom::SysRng).unwrap();
    assert!(Csca::from_der(&ds).is_err(), "a document signer is no CSCA");
}

#[test]
fn a_crl_keeps_the_rules_and_only_its_csca_issues_it() {
    let (signer, csca) = csca();
    let entry = RevokedCertificate {
        serial: vec![0x40, 0x01],
        since: NOW,
    };
    for days in [0, 91] {
        assert!(refusal(crl::issue(&csca, &signer, 1, &[], days, NOW)).starts_with("CRL days:"));
    }
    let twice = [entry.clone(), entry.clone()];
    assert!(refusal(crl::issue(&csca, &signer, 1, &twice, 90, NOW)).contains("listed twice"));
    let der = crl::issue(&csca, &signer, u64::MAX, &[entry], 90, NOW).unwrap();
    let read = crl::Crl::from_der(&der, &csca).unwrap();
    assert_eq!(read.number, u64::MAX);
    assert!(read.revokes(&[0x40, 0x01]) && !read.revokes(&[0x40, 0x02]));
    for position in 0..der.len() {
        let mut altered = der.clone();
        altered[position] ^= 0x01;
        assert!(crl::Crl::from_der(&altered, &csca).is_err(), "byte {position}");
    }
    let (_, stranger) = self::csca();
    assert!(crl::Crl::from_der(&der, &stranger).is_err());
}

#[test]
fn key_identifiers_belong_to_the_key_and_not_to_its_description() {
    let signer = key();
    let named = CscaOptions {
        form: CurveForm::NamedCurve,
        ..options()
    };
    let rng = &mut getrandom::SysRng;
    let explicit = Csca::from_der(&csca::issue(&signer, &options(), NOW, rng).unwrap()).unwrap();
    let named = Csca::from_der(&csca::issue(&signer, &named, NOW, rng).unwrap()).unwrap();
    assert_eq!(explicit.key_identifier(), named.key_identifier());
    assert_eq!(
        explicit.key_identifier(),
        certificate::key_identifier(&signer.public_point())
    );
    assert_eq!(explicit.state().unwrap(), named.state().unwrap());
}
