//! What is signed: EF.SOD, certificates and lists of the issuing PKI, certificates and requests of terminals.

use std::sync::LazyLock;

use card_applet::wire::cvc::Date;
use der::Decode as _;
use personalization::image::TerminalTrust;
use personalization::lds::card_security::SECURITY_OBJECT;
use personalization::pki::certificate::SignedParts;
use personalization::pki::crl::Crl;
use personalization::pki::csca::Csca;
use personalization::pki::cv_request::CvRequest;
use personalization::pki::explicit_parameters::{ec_public_key, recognise_explicit};
use personalization::pki::{cv_certificate, link_certificate};
use personalization::signer::public_key::RsaPublicKey;
use personalization::sod::SignerCertificate;
use personalization::sod::verify::{verify, verify_content};

/// The CSCA of the corpus.
static CSCA: LazyLock<Csca> =
    LazyLock::new(|| Csca::from_der(include_bytes!("../../corpus/signed/csca.der")).unwrap());

/// EF.SOD, EF.CardSecurity, an X.509 certificate, a CRL, a public key.
pub fn signed(data: &[u8]) {
    if let Ok(read) = verify(data) {
        // What verifies was signed over the content inside.
        assert!(
            data.windows(read.certificate_der.len())
                .any(|part| part == read.certificate_der)
        );
    }
    let _ = verify_content(data, SECURITY_OBJECT);
    if let Ok(parts) = SignedParts::from_der(data) {
        assert!(parts.to_be_signed.len() + parts.signature.len() < data.len());
    }
    if let Ok(certificate) = SignerCertificate::from_der(data) {
        assert_eq!(certificate.der(), data);
    }
    if let Ok(csca) = Csca::from_der(data) {
        assert_eq!(csca.der(), data);
        let _ = (csca.state(), csca.usage_end(), csca.key_identifier());
        let _ = link_certificate::must_link(data, &CSCA, &csca);
    }
    if let Ok(list) = Crl::from_der(data, &CSCA) {
        let _ = list.revokes(&[1]);
    }
    let _ = RsaPublicKey::from_der(data);
    let _ = recognise_explicit(data);
    if let Ok(info) = spki::SubjectPublicKeyInfoOwned::from_der(data) {
        let _ = ec_public_key(&info);
    }
}

/// A certificate of a terminal's PKI, a request for one, what a card would start from.
pub fn terminals(data: &[u8]) {
    if let Ok(certificate) = cv_certificate::parse(data) {
        let key = &certificate.body.public_key;
        let _ = cv_certificate::is_signed_by(data, key, None);
        let today = Date::new(26, 11, 24).unwrap();
        let _ = TerminalTrust::new(vec![data.to_vec()], today);
    }
    if let Ok(request) = CvRequest::open(data) {
        assert_eq!(request.public_point().first(), Some(&0x04));
        if let Some(outer) = request.outer {
            let _ = outer.is_by(&request.public_key, None);
        }
    }
}
