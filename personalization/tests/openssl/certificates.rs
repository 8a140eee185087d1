//! Certificates and CRLs: structure, signatures, chains, revocation.

use std::fs;

use der::Decode;
use personalization::pki::certificate::SignedParts;
use personalization::pki::crl::Crl;
use personalization::pki::directory::{Destination, NewKey, Renewal, RevocationReason};
use personalization::pki::document_signer::DocumentSignerOptions;
use personalization::pki::explicit_parameters::{CurveForm, NamedCurve, encode_explicit, recognise_explicit};
use personalization::pki::profile::{self, Role};
use x509_cert::Certificate;

use crate::support::{NOW, Pki, at_time, openssl, pki, write};

#[test]
fn openssl_knows_our_domain_parameters_by_the_same_names() {
    let directory = tempfile::tempdir().unwrap();
    let names = [
        (NamedCurve::P256, "prime256v1"),
        (NamedCurve::P384, "secp384r1"),
        (NamedCurve::P521, "secp521r1"),
        (NamedCurve::BrainpoolP256r1, "brainpoolP256r1"),
        (NamedCurve::BrainpoolP384r1, "brainpoolP384r1"),
        (NamedCurve::BrainpoolP512r1, "brainpoolP512r1"),
    ];
    for (curve, name) in names {
        let arguments = format!("ecparam -name {name} -param_enc explicit -outform DER");
        let theirs = openssl(directory.path(), &arguments).accepted().stdout;
        assert_eq!(recognise_explicit(&theirs), Some(curve), "{name} with its seed");
        write(
            &directory.path().join("ours.der"),
            encode_explicit(curve).unwrap(),
        );
        let arguments = "ecparam -in ours.der -inform DER -param_enc named_curve -noout -text -check";
        let text = openssl(directory.path(), arguments).accepted().text;
        assert!(text.contains(name), "{name}: {text}");
    }
}

#[test]
fn openssl_reads_the_profile_in_our_certificates() {
    let pki = pki();
    let csca = openssl(pki.path(), "x509 -in csca/csca.der -inform DER -noout -text").accepted();
    csca.shows(&[
        "Version: 3 (0x2)",
        "Signature Algorithm: ecdsa-with-SHA256",
        "Subject: C = VN, O = ",
        "X509v3 Key Usage: critical Certificate Sign, CRL Sign X509v3",
        "X509v3 Basic Constraints: critical CA:TRUE, pathlen:0 X509v3",
        "X509v3 Subject Key Identifier",
        "X509v3 Private Key Usage Period:",
        "Not Before: Nov 24 05:00:00 2026 GMT, Not After: Nov 24 06:00:00 2029 GMT",
        "Not After : Feb 24 06:00:00 2040 GMT",
        "email:csca@pki.example, DirName:",
        "L = VNM",
        "URI:https://pkddownload1.icao.int/CRLs/VNM.crl",
        "Field Type: prime-field",
        "Cofactor: 1 (0x1)",
    ]);
    let ds = openssl(pki.path(), "x509 -in ds/ds.der -inform DER -noout -text").accepted();
    ds.shows(&[
        "X509v3 Key Usage: critical Digital Signature X509v3",
        "X509v3 Authority Key Identifier",
        "Not Before: Nov 24 05:00:00 2026 GMT, Not After: Feb 22 06:00:00 2027 GMT",
        "Not After : Feb 22 06:00:00 2037 GMT",
        "2.23.136.1.1.6.2",
        "L = VNM",
        "Cofactor: 1 (0x1)",
    ]);
    for unwanted in ["Basic Constraints", "Extended Key Usage"] {
        assert!(!ds.text.contains(unwanted), "{unwanted} is in {}", ds.text);
    }
    // SEQUENCE { INTEGER 0, SET { PrintableString "ID" } }
    let structure = openssl(pki.path(), "asn1parse -in ds/ds.der -inform DER")
        .accepted()
        .text;
    assert!(
        structure.contains("[HEX DUMP]:3009020100310413024944"),
        "{structure}"
    );
}

#[test]
fn openssl_verifies_the_signatures_under_explicit_parameters() {
    let pki = pki();
    openssl(
        pki.path(),
        "x509 -in csca/csca.der -inform DER -pubkey -noout -out csca.pub",
    )
    .accepted();
    for name in ["csca/csca.der", "ds/ds.der", "csca/crl.der"] {
        let der = fs::read(pki.path().join(name)).unwrap();
        let parts = SignedParts::from_der(&der).unwrap();
        pki.write("tbs", parts.to_be_signed);
        pki.write("signature", parts.signature);
        openssl(
            pki.path(),
            "dgst -sha256 -verify csca.pub -signature signature tbs",
        )
        .accepted();
        let mut altered = parts.to_be_signed.to_vec();
        altered[100] ^= 1;
        pki.write("tbs", &altered);
        openssl(
            pki.path(),
            "dgst -sha256 -verify csca.pub -signature signature tbs",
        )
        .refused();
    }
}

#[test]
fn openssl_accepts_the_chain_of_twins_with_the_crl() {
    let pki = pki();
    openssl(pki.path(), "crl -in csca/crl.der -inform DER -out crl.pem").accepted();
    let verify = format!(
        "verify -x509_strict -CAfile csca/csca-named-curve.pem -CRLfile crl.pem -crl_check_all {} ds/ds-named-curve.pem",
        at_time()
    );
    openssl(pki.path(), &verify).accepted();
    let root = format!(
        "verify -CAfile csca/csca-named-curve.pem {} csca/csca-named-curve.pem",
        at_time()
    );
    openssl(pki.path(), &root).accepted();
    // Not before it was issued, and not when documents of ten years have expired.
    for moment in [NOW - time::Duration::hours(2), NOW + time::Duration::days(3800)] {
        let verify = format!(
            "verify -CAfile csca/csca-named-curve.pem -attime {} ds/ds-named-curve.pem",
            moment.unix_timestamp()
        );
        openssl(pki.path(), &verify).refused();
    }
}

#[test]
fn openssl_sees_a_revocation_and_the_numbers_grow() {
    let pki = pki();
    let signer = pki.csca.signer(&Pki::csca_passphrase()).unwrap();
    openssl(
        pki.path(),
        "crl -in csca/crl.der -inform DER -noout -text -CAfile csca/csca-named-curve.pem",
    )
    .accepted()
    .shows(&[
        "verify OK",
        "Version 2 (0x1)",
        "No Revoked Certificates",
        "X509v3 CRL Number: 1 ",
        "X509v3 Authority Key Identifier",
        "Next Update: Feb 22 06:00:00 2027 GMT",
    ]);

    // Revoking the twin revokes its sibling too: the key is what is not trusted any more.
    let twin = Certificate::from_der(pki.ds.named_curve_twin().unwrap()).unwrap();
    let serial = twin.tbs_certificate().serial_number().as_bytes();
    let later = NOW + time::Duration::hours(1);
    let der = pki
        .csca
        .revoke(
            &signer,
            &[serial.to_vec()],
            RevocationReason::KeyCompromise,
            30,
            later,
        )
        .unwrap();
    let read = Crl::from_der(&der, pki.csca.csca()).unwrap();
    assert_eq!((read.number, read.revoked.len()), (2, 2));
    assert!(read.revokes(serial));
    assert_eq!(read.next_update, later + time::Duration::days(30));

    openssl(pki.path(), "crl -in csca/crl.der -inform DER -out crl.pem").accepted();
    let text = openssl(pki.path(), "crl -in crl.pem -noout -text")
        .accepted()
        .text;
    assert!(text.contains(&pki.ds.serial().unwrap()), "{text}");
    assert!(
        !text.contains("Reason"),
        "9303-12 bars CRL entry extensions: {text}"
    );
    let verify = format!(
        "verify -CAfile csca/csca-named-curve.pem -CRLfile crl.pem -crl_check {} ds/ds-named-curve.pem",
        at_time()
    );
    let answer = openssl(pki.path(), &verify).refused();
    assert!(answer.text.contains("certificate revoked"), "{}", answer.text);

    let next = pki.csca.issue_crl(&signer, 90, later).unwrap();
    assert_eq!(Crl::from_der(&next, pki.csca.csca()).unwrap().number, 3);
    let reasons: Vec<_> = pki
        .csca
        .revocations()
        .unwrap()
        .into_iter()
        .map(|entry| entry.reason)
        .collect();
    assert_eq!(reasons, [RevocationReason::KeyCompromise; 2]);
}

#[test]
fn a_certificate_that_openssl_makes_by_default_breaks_our_profile() {
    let directory = tempfile::tempdir().unwrap();
    openssl(
        directory.path(),
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem",
    )
    .accepted();
    openssl(
        directory.path(),
        "req -x509 -key key.pem -subj /C=vn/CN=Other -days 30 -outform DER -out other.der \
         -addext extendedKeyUsage=serverAuth",
    )
    .accepted();
    let certificate = Certificate::from_der(&fs::read(directory.path().join("other.der")).unwrap()).unwrap();
    let violations = profile::violations(&certificate, Role::Csca, CurveForm::ExplicitParameters).join("\n");
    for expected in [
        "subject: countryName",
        "subjectPublicKeyInfo: describes the curve in the other form",
        "extension 2.5.29.37: must not be present",
        "keyUsage:",
        "basicConstraints:",
        "privateKeyUsagePeriod:",
        "subjectAltName:",
        "cRLDistributionPoints:",
    ] {
        assert!(violations.contains(expected), "{expected} is not in {violations}");
    }
}

/// Every curve a CSCA may have: its certificate, the link to it and a document signer under it, explicit and as twins.
#[test]
fn openssl_verifies_a_renewal_on_every_curve() {
    let pki = pki();
    let passphrase = Pki::csca_passphrase();
    openssl(
        pki.path(),
        "x509 -in csca/csca.der -inform DER -pubkey -noout -out old.pub",
    )
    .accepted();
    let curves = [
        (NamedCurve::P384, "sha384"),
        (NamedCurve::P521, "sha512"),
        (NamedCurve::BrainpoolP256r1, "sha256"),
        (NamedCurve::BrainpoolP384r1, "sha384"),
    ];
    for (index, (curve, hash)) in curves.into_iter().enumerate() {
        let name = format!("renewed{index}");
        let path = pki.path().join(&name);
        let renewal = Renewal {
            common_name: Some(format!("CSCA {curve:?}")),
            again: true,
            ..Renewal::default()
        };
        let destination = Destination {
            directory: &path,
            key: NewKey::File(curve),
            secret: &passphrase,
            named_curve_twin: true,
        };
        let old_signer = pki.csca.signer(&passphrase).unwrap();
        let new = pki
            .csca
            .renew(&old_signer, destination, &renewal, NOW, &mut getrandom::SysRng)
            .unwrap();
        let ds_path = pki.path().join(format!("{name}-ds"));
        let destination = Destination {
            directory: &ds_path,
            key: NewKey::File(curve),
            secret: &passphrase,
            named_curve_twin: true,
        };
        let options = DocumentSignerOptions::new("Document Signer");
        let signer = new.signer(&passphrase).unwrap();
        new.issue_document_signer(&signer, destination, &options, NOW, &mut getrandom::SysRng)
            .unwrap();

        let public_key = format!("x509 -in {name}/csca.der -inform DER -pubkey -noout -out new.pub");
        openssl(pki.path(), &public_key).accepted();
        let signed = [
            (format!("{name}/csca.der"), "new.pub", hash),
            (format!("{name}/crl.der"), "new.pub", hash),
            (format!("{name}-ds/ds.der"), "new.pub", hash),
            (format!("{name}/link.der"), "old.pub", "sha256"),
        ];
        for (file, key, hash) in signed {
            let der = fs::read(pki.path().join(&file)).unwrap();
            let parts = SignedParts::from_der(&der).unwrap();
            pki.write("tbs", parts.to_be_signed);
            pki.write("signature", parts.signature);
            let verify = format!("dgst -{hash} -verify {key} -signature signature tbs");
            openssl(pki.path(), &verify).accepted();
        }
        // The twins: from the new root, and from the old one over the link (which a person's software may do).
        let at = at_time();
        let verify = format!(
            "verify -x509_strict {at} -CAfile {name}/csca-named-curve.pem {name}-ds/ds-named-curve.pem"
        );
        openssl(pki.path(), &verify).accepted();
        let verify = format!("verify {at} -CAfile csca/csca-named-curve.pem {name}/link-named-curve.pem");
        openssl(pki.path(), &verify).accepted();
        let text = openssl(
            pki.path(),
            &format!("x509 -in {name}/link.der -inform DER -noout -text"),
        )
        .accepted();
        text.shows(&["2.23.136.1.1.6.1:", "CA:TRUE, pathlen:0", "Cofactor: 1 (0x1)"]);
    }
}
