//! Certificates that are not accepted, and dates.

use super::pki::*;
use crate::auth::terminal::Verifying;
use crate::auth::terminal::certificate::first_trust_point;
use crate::crypto::curve::Curve;
use crate::error::Error;
use crate::platform::SoftwareEngine;

#[test]
fn a_wrong_signature() {
    let [cvca, dv, _] = holders();
    let mut chip = Chip::trusting(&Certificate::new(&cvca, &cvca, 0xC3).content());
    let good = Certificate::new(&cvca, &dv, 0x83).content();
    for at in [good.len() - 1, good.len() - 64, 40] {
        let mut bad = good.clone();
        bad[at] ^= 1;
        assert!(chip.verify_under(cvca.name, &bad).is_err());
    }
    let forged = Certificate {
        issuer: &dv,
        car: cvca.name,
        ..Certificate::new(&cvca, &dv, 0x83)
    };
    assert_eq!(chip.verify(&forged), Err(Error::Authentication));
    let short = [
        Certificate::new(&cvca, &dv, 0x83).body(),
        object(&[0x5F, 0x37], &[1; 63]),
    ]
    .concat();
    assert_eq!(chip.verify_under(cvca.name, &short), Err(Error::Authentication));
    assert!(chip.imported.is_none());
    assert_eq!(chip.today(), "2026-01-15", "nothing invalid moves the date");
}

#[test]
fn a_certification_authority_that_is_not_there() {
    let [cvca, dv, terminal] = holders();
    let mut chip = Chip::trusting(&Certificate::new(&cvca, &cvca, 0xC3).content());
    let certificate = Certificate::new(&cvca, &dv, 0x83);
    assert_eq!(
        chip.verify_under("VNCVCA00009", &certificate.content()),
        Err(Error::ReferencedData),
        "MSE:Set DST knows no such key"
    );
    let other = Certificate {
        car: "VNCVCA00009",
        ..certificate
    };
    assert_eq!(
        chip.verify_under(cvca.name, &other.content()),
        Err(Error::ReferencedData),
        "the certificate names another key than MSE:Set DST"
    );
    assert_eq!(
        chip.authenticate(&terminal, BINDING),
        Err(Error::ReferencedData),
        "MSE:Set AT knows no such key"
    );
    assert_eq!(
        Verifying::select(&[0x83, 1, b'?'], &chip.trust(), None).err(),
        Some(Error::ReferencedData)
    );
    assert_eq!(
        Verifying::select(&[0x84, 1, b'?'], &chip.trust(), None).err(),
        Some(Error::Data)
    );
}

#[test]
fn expired_certificates() {
    let [cvca, dv, terminal] = holders();
    let mut chip = Chip::trusting(&Certificate::new(&cvca, &cvca, 0xC3).content());
    let yesterday = Certificate::new(&cvca, &dv, 0x83).valid([2, 5, 0, 1, 0, 1], [2, 6, 0, 1, 1, 4]);
    assert_eq!(chip.verify(&yesterday), Err(Error::ConditionsOfUse));
    let today = Certificate::new(&cvca, &dv, 0x83).valid([2, 5, 0, 1, 0, 1], [2, 6, 0, 1, 1, 5]);
    assert_eq!(chip.verify(&today), Ok(()), "the last day is a day");
    assert_eq!(chip.today(), "2026-01-15", "the date never falls");
    let terminal = Certificate::new(&dv, &terminal, 0x03).valid([2, 5, 0, 1, 0, 1], [2, 5, 0, 2, 0, 1]);
    assert_eq!(chip.verify(&terminal), Err(Error::ConditionsOfUse));
}

#[test]
fn who_moves_the_date() {
    let [cvca, dv, terminal] = holders();
    for (verifier_chat, after_verifier, after_terminal) in [
        (0x83, "2026-06-01", "2027-03-01"),
        (0x43, "2026-06-01", "2026-06-01"),
    ] {
        let mut chip = Chip::trusting(&Certificate::new(&cvca, &cvca, 0xC3).content());
        chip.verify(&Certificate::new(&cvca, &dv, verifier_chat)).unwrap();
        assert_eq!(chip.today(), after_verifier);
        // An effective date in the chip's future is no reason to refuse: the chip's date may be years old.
        let future = Certificate::new(&dv, &terminal, 0x03).valid([2, 7, 0, 3, 0, 1], [2, 7, 0, 4, 0, 1]);
        chip.verify(&future).unwrap();
        assert_eq!(chip.today(), after_terminal, "foreign terminals never move it");
    }
    let mut chip = Chip::trusting(&Certificate::new(&cvca, &cvca, 0xC3).content());
    let backwards = Certificate::new(&cvca, &dv, 0x83).valid([2, 7, 0, 3, 0, 1], [2, 7, 0, 2, 0, 1]);
    assert_eq!(
        chip.verify(&backwards),
        Err(Error::Data),
        "valid from a day after the last"
    );
}

#[test]
fn roles_in_wrong_order() {
    let [cvca, dv, terminal] = holders();
    let [other_dv, sub] = ["VNDV00002", "VNIS00002"].map(Holder::new);
    let new = |chat| {
        let mut chip = Chip::trusting(&Certificate::new(&cvca, &cvca, 0xC3).content());
        chip.verify(&Certificate::new(&cvca, &dv, chat)).unwrap();
        chip
    };
    assert_eq!(
        new(0x83).verify(&Certificate::new(&cvca, &terminal, 0x03)),
        Err(Error::ConditionsOfUse),
        "CVCA and terminal"
    );
    for chat in [0x83, 0x43, 0xC3] {
        let certificate = Certificate {
            domain: None,
            ..Certificate::new(&dv, &other_dv, chat)
        };
        assert_eq!(
            new(0x83).verify(&certificate),
            Err(Error::ConditionsOfUse),
            "verifier and {chat:02X}"
        );
    }
    let mut chip = new(0x43);
    chip.verify(&Certificate::new(&dv, &terminal, 0x03)).unwrap();
    assert_eq!(
        chip.verify(&Certificate::new(&terminal, &sub, 0x03)),
        Err(Error::ReferencedData),
        "a terminal issues nothing"
    );
    assert_eq!(
        new(0x83).authenticate(&dv, BINDING),
        Err(Error::ReferencedData),
        "a verifier is no terminal"
    );
}

#[test]
fn keys_that_the_chip_does_not_take() {
    let [cvca, dv, terminal] = holders();
    let mut chip = Chip::trusting(&Certificate::new(&cvca, &cvca, 0xC3).content());
    let sha1 = Certificate {
        hash_arc: 1,
        ..Certificate::new(&cvca, &dv, 0x83)
    };
    assert_eq!(chip.verify(&sha1), Err(Error::Data), "SHA-1");
    let other_curve = Holder::on(Curve::P384, "VNDV00001");
    assert_eq!(
        chip.verify(&Certificate::new(&cvca, &other_curve, 0x83)),
        Err(Error::Data),
        "another curve"
    );
    let same_length = Holder::on(Curve::BrainpoolP256r1, "VNDV00001");
    assert_eq!(
        chip.verify(&Certificate::new(&cvca, &same_length, 0x83)),
        Err(Error::Data),
        "another curve of the same length"
    );
    let with_domain = Certificate {
        domain: Some(Curve::P256),
        ..Certificate::new(&cvca, &dv, 0x83)
    };
    assert_eq!(
        chip.verify(&with_domain),
        Err(Error::Data),
        "a verifier with a curve of its own"
    );
    chip.verify(&Certificate::new(&cvca, &dv, 0x83)).unwrap();
    let sha1 = Certificate {
        hash_arc: 1,
        ..Certificate::new(&dv, &terminal, 0x03)
    };
    assert_eq!(chip.verify(&sha1), Err(Error::Data));
    let file = test_vectors::load("bsi-eac2-worked-example");
    for vector in test_vectors::list(&file["vectors"]) {
        let certificate = test_vectors::hex(&vector["values"]["cvca_cert"]);
        let content = crate::wire::tlv::read_exact(&certificate, 0x7F21).unwrap();
        assert_eq!(
            first_trust_point(content, &mut SoftwareEngine).err(),
            Some(Error::Data),
            "brainpoolP512r1 and RSA are for terminals"
        );
    }
}

#[test]
fn malformed_certificates_leave_no_trace() {
    let [cvca, dv, _] = holders();
    let mut chip = Chip::trusting(&Certificate::new(&cvca, &cvca, 0xC3).content());
    let content = Certificate::new(&cvca, &dv, 0x83).content();
    for len in 0..content.len() {
        assert_eq!(
            chip.verify_under(cvca.name, &content[..len]),
            Err(Error::Data),
            "{len}"
        );
    }
    let nested = object(&[0x7F, 0x4E], &content);
    let nested = [nested, object(&[0x5F, 0x37], &[1; 64])].concat();
    assert_eq!(chip.verify_under(cvca.name, &nested), Err(Error::Data));
    let long = [content.clone(), vec![0; 2048]].concat();
    assert_eq!(chip.verify_under(cvca.name, &long), Err(Error::Data));
    assert!(chip.imported.is_none());
    assert_eq!(chip.verify_under(cvca.name, &content), Ok(()));
}
