//! What is not signed as EF.SOD, and that a faulty signer's EF.SOD never leaves.

use personalization::pki::csca::{self, Csca, CscaOptions};
use personalization::pki::document_signer::{self, DocumentSignerOptions};
use personalization::pki::name::IssuingState;
use personalization::signer::{FileSigner, PublicKey, SignatureAlgorithm, Signer, SignerError};
use personalization::sod::security_object::{HashAlgorithm, LdsVersion, tag_of};
use personalization::sod::{SecurityObject, SecurityObjectBuilder, SodError};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

const NOW: OffsetDateTime = datetime!(2026-11-24 06:00:00 UTC);

fn key() -> FileSigner {
    FileSigner::generate(&mut getrandom::SysRng).unwrap()
}

fn document_signer() -> (FileSigner, Vec<u8>) {
    let rng = &mut getrandom::SysRng;
    let csca_signer = key();
    let options = CscaOptions::new(IssuingState::new("VN", "VNM").unwrap(), "CSCA Specimen");
    let csca = Csca::from_der(&csca::issue(&csca_signer, &options, NOW, rng).unwrap()).unwrap();
    let signer = key();
    let options = DocumentSignerOptions::new("DS 1");
    let der = document_signer::issue(&csca, &csca_signer, &signer, &options, NOW, rng).unwrap();
    (signer, der)
}

fn builder() -> SecurityObjectBuilder {
    SecurityObject::builder(HashAlgorithm::Sha256)
        .data_group(1, &[0x61, 0])
        .data_group(2, &[0x75, 0])
}

/// Signs something else, or with something else, or not at all.
enum Faulty {
    OtherMessage(FileSigner),
    OtherKey(FileSigner, FileSigner),
    Gone(FileSigner),
}

impl Signer for Faulty {
    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::of_key(self.public_key())
    }

    fn public_key(&self) -> &PublicKey {
        match self {
            Self::OtherMessage(key) | Self::OtherKey(key, _) | Self::Gone(key) => key.public_key(),
        }
    }

    fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, SignerError> {
        match self {
            Self::OtherMessage(key) => key.sign_digest(&[0x5A; 32]),
            Self::OtherKey(_, key) => key.sign_digest(digest),
            Self::Gone(_) => Err(SignerError::Failed("the token was removed".into())),
        }
    }
}

#[test]
fn data_groups_must_be_what_they_say() {
    let (signer, certificate) = document_signer();
    let at = NOW + Duration::hours(1);
    let refused = |builder: SecurityObjectBuilder| match builder.sign(&signer, &certificate, at) {
        Err(SodError::DataGroups(why)) => why,
        other => panic!("{other:?}"),
    };
    assert!(refused(builder().data_group(1, &[0x61, 0])).contains("DG1 is given twice"));
    assert!(refused(builder().data_group(0, &[0x61, 0])).contains("no data group 0"));
    assert!(refused(builder().data_group(17, &[0x61, 0])).contains("no data group 17"));
    assert!(refused(builder().data_group(13, &[0x6E, 0])).contains("DG13 does not start with its tag '6D'"));
    assert!(refused(builder().data_group(14, &[])).contains("DG14"));
    let alone = SecurityObject::builder(HashAlgorithm::Sha256).data_group(1, &[0x61, 0]);
    assert!(refused(alone).contains("DG2 is missing"));
    let version = LdsVersion::V1 {
        lds: "1.8".into(),
        unicode: "040000".into(),
    };
    assert!(refused(builder().lds_version(version)).contains("LDS version"));
}

#[test]
fn all_sixteen_data_groups_fit_in_any_order_of_adding() {
    let (signer, certificate) = document_signer();
    let everything = (1..=16).rev().fold(
        SecurityObject::builder(HashAlgorithm::Sha512),
        |builder, number| builder.data_group(number, &[tag_of(number).unwrap(), 1, number]),
    );
    let file = everything
        .sign(&signer, &certificate, NOW + Duration::hours(1))
        .unwrap();
    let verified = personalization::sod::verify::verify(&file).unwrap();
    let numbers: Vec<u8> = verified
        .security_object
        .hashes()
        .iter()
        .map(|(number, _)| *number)
        .collect();
    assert_eq!(numbers, (1..=16).collect::<Vec<u8>>());
    assert_eq!(verified.certificate_der, certificate);
}

#[test]
fn a_document_signer_signs_only_in_its_time_and_with_its_key() {
    let (signer, certificate) = document_signer();
    // notBefore is an hour before issue; strictly after it, one can sign.
    let not_before = NOW - Duration::hours(1);
    assert!(builder().sign(&signer, &certificate, NOW).is_ok());
    assert!(
        builder()
            .sign(&signer, &certificate, not_before + Duration::seconds(1))
            .is_ok()
    );
    for at in [
        not_before,
        not_before - Duration::days(1),
        NOW + Duration::days(91),
        NOW + Duration::days(4000),
    ] {
        let refused = builder().sign(&signer, &certificate, at);
        assert!(matches!(refused, Err(SodError::Refused(_))), "{at}");
    }
    let refused = builder().sign(&key(), &certificate, NOW);
    assert!(matches!(refused, Err(SodError::Refused(_))));
    assert!(
        builder()
            .sign(&signer, &certificate[..certificate.len() - 1], NOW)
            .is_err()
    );
}

#[test]
fn a_faulty_signers_ef_sod_never_leaves() {
    let (signer, certificate) = document_signer();
    for faulty in [
        Faulty::OtherMessage(signer.clone()),
        Faulty::OtherKey(signer.clone(), key()),
    ] {
        let error = builder().sign(&faulty, &certificate, NOW).unwrap_err();
        assert!(matches!(error, SodError::NotVerified(_)), "{error}");
    }
    let error = builder()
        .sign(&Faulty::Gone(signer), &certificate, NOW)
        .unwrap_err();
    assert!(
        matches!(error, SodError::Signer(_)) && error.to_string().contains("token was removed"),
        "{error}"
    );
}
