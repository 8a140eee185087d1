//! The certificates of terminals, judged by `cvc-print` of OpenPACE (Debian package `openpace`), and the rules of issuing them.

use std::path::Path;
use std::process::Command;

use card_applet::crypto::curve::Curve;
use card_applet::wire::cvc::{CvCertificate, Date, DomainParameters, InspectionRights, Role};
use personalization::image::{TerminalTrust, TerminalTrustError};
use personalization::pki::PkiError;
use personalization::pki::cv_certificate::{CvSubject, CvValidity, is_signed_by};
use personalization::pki::cvca::{CvAuthority, issue_cvca};
use personalization::signer::{FileSigner, Signer};

fn key() -> FileSigner {
    FileSigner::generate(&mut getrandom::SysRng).unwrap()
}

fn valid(from: (u8, u8, u8), to: (u8, u8, u8)) -> CvValidity {
    CvValidity {
        from: Date::new(from.0, from.1, from.2).unwrap(),
        to: Date::new(to.0, to.1, to.2).unwrap(),
    }
}

const FINGERS: InspectionRights = InspectionRights {
    fingers: true,
    irises: false,
};

/// Keys and certificates of a CVCA and its domestic verifier.
struct Authorities {
    cvca_key: FileSigner,
    cvca: Vec<u8>,
    dv_key: FileSigner,
    dv: Vec<u8>,
}

fn authorities(rights: InspectionRights) -> Authorities {
    let (cvca_key, dv_key) = (key(), key());
    let cvca = issue_cvca("VNCVCA00001", rights, valid((26, 1, 1), (29, 1, 1)), &cvca_key).unwrap();
    let authority = CvAuthority::new(&cvca, &cvca_key).unwrap();
    let subject = CvSubject {
        reference: "VNDV00001",
        public_point: &dv_key.public_point(),
        rights,
        validity: valid((26, 6, 1), (27, 6, 1)),
    };
    let dv = authority.issue_verifier(&subject, true).unwrap();
    Authorities {
        cvca_key,
        cvca,
        dv_key,
        dv,
    }
}

/// What `cvc-print` says of a certificate, when it finds authorities by their names in `directory`.
fn cvc_print(directory: &Path, name: &str, certificate: &[u8]) -> (bool, String) {
    let path = directory.join(name);
    std::fs::File::create(&path)
        .and_then(|mut file| std::io::Write::write_all(&mut file, certificate))
        .unwrap();
    let output = Command::new("cvc-print")
        .arg("-c")
        .arg(&path)
        .arg("--cvc-dir")
        .arg(directory)
        .output()
        .expect("the cvc-print command (Debian package openpace) must be installed for this test");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    (text.contains("certificate verified"), text)
}

#[test]
fn openpace_verifies_the_whole_chain() {
    let directory = tempfile::tempdir().unwrap();
    let Authorities {
        cvca_key,
        cvca,
        dv_key,
        dv,
    } = authorities(InspectionRights::ALL);
    let (verified, text) = cvc_print(directory.path(), "VNCVCA00001", &cvca);
    assert!(verified && text.contains("CVCA certificate"), "{text}");
    let (verified, text) = cvc_print(directory.path(), "VNDV00001", &dv);
    assert!(verified, "{text}");
    for shown in [
        "CAR: VNCVCA00001",
        "Read fingerprint",
        "Read iris",
        "2026-06-01",
        "2027-06-01",
    ] {
        assert!(text.contains(shown), "{shown} is not in {text}");
    }

    let terminal_key = key();
    let subject = CvSubject {
        reference: "VNIS00001",
        public_point: &terminal_key.public_point(),
        rights: FINGERS,
        validity: valid((26, 11, 1), (26, 12, 1)),
    };
    let authority = CvAuthority::new(&dv, &dv_key).unwrap();
    let terminal = authority.issue_terminal(&subject).unwrap();
    let (verified, text) = cvc_print(directory.path(), "VNIS00001", &terminal);
    assert!(
        verified && text.contains("Terminal certificate") && text.contains("Inspection system"),
        "{text}"
    );
    assert!(!text.contains("Read iris"), "{text}");

    // The link to the next CVCA.
    let next_key = key();
    let next = issue_cvca("VNCVCA00002", FINGERS, valid((28, 6, 1), (31, 6, 1)), &next_key).unwrap();
    let link = CvAuthority::new(&cvca, &cvca_key)
        .unwrap()
        .issue_link(&next)
        .unwrap();
    let (verified, text) = cvc_print(directory.path(), "VNCVCA00002", &link);
    assert!(verified && text.contains("CAR: VNCVCA00001"), "{text}");

    // The judge refuses what is changed.
    let mut forged = terminal.clone();
    *forged.last_mut().unwrap() ^= 1;
    assert!(!cvc_print(directory.path(), "VNIS00002", &forged).0);
    let verifier = CvCertificate::parse(&dv).unwrap().body.public_key;
    let domain = DomainParameters::of(Curve::P256);
    assert!(!is_signed_by(&forged, &verifier, Some(&domain)).unwrap());
    assert!(is_signed_by(&terminal, &verifier, Some(&domain)).unwrap());
}

#[test]
fn who_signs_whom() {
    let Authorities {
        cvca_key,
        cvca,
        dv_key,
        dv,
    } = authorities(FINGERS);
    let point = key().public_point();
    let subject = CvSubject {
        reference: "VNIS00001",
        public_point: &point,
        rights: FINGERS,
        validity: valid((26, 11, 1), (26, 12, 1)),
    };
    let top = CvAuthority::new(&cvca, &cvca_key).unwrap();
    let verifier = CvAuthority::new(&dv, &dv_key).unwrap();
    let terminal = verifier.issue_terminal(&subject).unwrap();
    assert_eq!(
        CvCertificate::parse(&terminal).unwrap().body.authorization.role(),
        Role::Terminal
    );
    let foreign = top.issue_verifier(&subject, false).unwrap();
    assert_eq!(
        CvCertificate::parse(&foreign).unwrap().body.authorization.role(),
        Role::ForeignVerifier
    );

    let refused = |result: Result<Vec<u8>, PkiError>| {
        assert!(matches!(result, Err(PkiError::Refused(_))), "{result:?}")
    };
    refused(top.issue_terminal(&subject));
    refused(verifier.issue_verifier(&subject, true));
    refused(verifier.issue_link(&cvca));
    refused(top.issue_link(&dv));
    refused(top.issue_link(&cvca));
    refused(verifier.issue_terminal(&CvSubject {
        rights: InspectionRights::ALL,
        ..subject
    }));
    refused(verifier.issue_terminal(&CvSubject {
        validity: valid((27, 6, 2), (27, 7, 1)),
        ..subject
    }));
    assert!(CvAuthority::new(&dv, &cvca_key).is_err(), "another's key");
    assert!(CvAuthority::new(&terminal, &key()).is_err(), "a terminal");
    let input = |subject: CvSubject<'_>| {
        let result = verifier.issue_terminal(&subject);
        assert!(matches!(result, Err(PkiError::Input { .. })), "{result:?}");
    };
    input(CvSubject {
        reference: "vnis00001",
        ..subject
    });
    input(CvSubject {
        public_point: &point[1..],
        ..subject
    });
    input(CvSubject {
        validity: valid((26, 11, 2), (26, 11, 1)),
        ..subject
    });
}

#[test]
fn what_a_card_starts_from() {
    let Authorities {
        cvca_key, cvca, dv, ..
    } = authorities(FINGERS);
    let next = issue_cvca("VNCVCA00002", FINGERS, valid((28, 6, 1), (31, 6, 1)), &key()).unwrap();
    let link = CvAuthority::new(&cvca, &cvca_key)
        .unwrap()
        .issue_link(&next)
        .unwrap();
    let today = Date::new(28, 7, 1).unwrap();
    let trust = |certificates: &[&Vec<u8>], today| {
        TerminalTrust::new(certificates.iter().map(|bytes| bytes.to_vec()).collect(), today)
    };
    let both = trust(&[&cvca, &next], today).unwrap();
    let mut ef_cvca = [b"\x42\x0BVNCVCA00002".as_slice(), b"\x42\x0BVNCVCA00001"].concat();
    ef_cvca.resize(36, 0);
    assert_eq!(both.ef_cvca(), ef_cvca, "the newest first");
    assert_eq!(
        both.certificate_contents().map(<[u8]>::len).collect::<Vec<_>>(),
        [cvca.len() - 5, next.len() - 5]
    );
    let late = trust(&[&cvca, &next], Date::new(29, 1, 2).unwrap()).unwrap();
    ef_cvca.truncate(13);
    ef_cvca.resize(36, 0);
    assert_eq!(late.ef_cvca(), ef_cvca, "an expired one is not shown");

    assert_eq!(trust(&[], today), Err(TerminalTrustError::Number));
    assert_eq!(
        trust(&[&cvca, &next, &next], today),
        Err(TerminalTrustError::Number)
    );
    assert_eq!(trust(&[&next, &cvca], today), Err(TerminalTrustError::Order));
    assert_eq!(trust(&[&cvca, &cvca], today), Err(TerminalTrustError::Order));
    assert!(matches!(
        trust(&[&dv], today),
        Err(TerminalTrustError::NotACvca(_))
    ));
    assert!(matches!(
        trust(&[&link], today),
        Err(TerminalTrustError::NotACvca(_))
    ));
    assert!(matches!(
        trust(&[&vec![0x7F]], today),
        Err(TerminalTrustError::Malformed(_))
    ));
}
