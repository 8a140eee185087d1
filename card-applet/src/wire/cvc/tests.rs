//! The certificates of the BSI's worked example, and what is no certificate.

use super::*;
use crate::crypto::digest::HashFunction;
use proptest::prelude::*;

/// CVCA, document verifier, terminal: of ECDSA on brainpoolP512r1, then of RSA.
fn published() -> Vec<(String, Vec<u8>)> {
    let file = test_vectors::load("bsi-eac2-worked-example");
    let mut certificates = Vec::new();
    for vector in test_vectors::list(&file["vectors"]) {
        for name in ["cvca_cert", "dv_cert", "ta_cert"] {
            certificates.push((
                format!("{} {name}", vector["id"]),
                test_vectors::hex(&vector["values"][name]),
            ));
        }
    }
    assert_eq!(certificates.len(), 6);
    certificates
}

fn encode(certificate: &CvCertificate<'_>) -> Vec<u8> {
    let (mut body, mut out) = (vec![0; MAX_CERTIFICATE], vec![0; MAX_CERTIFICATE]);
    let len = certificate.body.encode(&mut body).unwrap();
    let len = encode_certificate(&body[..len], certificate.signature, &mut out).unwrap();
    out.truncate(len);
    out
}

#[test]
fn published_certificates_read_and_write_back() {
    for (name, bytes) in published() {
        let certificate = CvCertificate::parse(&bytes).unwrap();
        assert_eq!(encode(&certificate), bytes, "{name}");
        let body_at = bytes.len() - certificate.signed.len() - certificate.signature.len();
        assert!(body_at < 14, "{name}: the signed bytes are the body");
    }
}

#[test]
fn fields_of_the_published_certificates() {
    let certificates = published();
    let read = |index: usize| CvCertificate::parse(&certificates[index].1).unwrap().body;
    let [cvca, dv, terminal] = [read(0), read(1), read(2)];
    assert_eq!(cvca.authority_reference.to_string(), "DECVCAAT00001");
    assert!(cvca.is_self_signed());
    assert_eq!(dv.authority_reference, cvca.holder_reference);
    assert_eq!(terminal.authority_reference, dv.holder_reference);
    assert_eq!(cvca.authorization.role(), Role::Cvca);
    assert!(dv.authorization.role().is_verifier());
    assert_eq!(terminal.authorization.role(), Role::Terminal);
    // Authentication terminals, not inspection systems: none of their bits is a right to fingers.
    assert_eq!(terminal.authorization.inspection_rights(), None);
    assert_eq!(cvca.effective_date.to_string(), "2010-09-30");
    assert!(cvca.effective_date < cvca.expiration_date);
    assert_eq!(
        cvca.public_key.scheme(),
        SignatureScheme::Ecdsa(HashFunction::Sha512)
    );
    let CvPublicKey::Ec(key) = cvca.public_key else {
        panic!("an EC key")
    };
    assert_eq!(key.domain.unwrap().prime.len(), 64);
    assert_eq!(
        key.domain.unwrap().curve(),
        None,
        "the chip has no brainpoolP512r1"
    );
    assert!(matches!(
        dv.public_key,
        CvPublicKey::Ec(EcPublicKey { domain: None, .. })
    ));

    let rsa = read(3);
    assert_eq!(
        rsa.public_key.scheme(),
        SignatureScheme::Rsa(RsaPadding::Pkcs1v15, HashFunction::Sha1)
    );
    assert!(
        matches!(rsa.public_key, CvPublicKey::Rsa(key) if key.modulus.len() == 128 && key.exponent == [1, 0, 1])
    );
}

#[test]
fn rights_and_roles() {
    for role in [
        Role::Cvca,
        Role::DomesticVerifier,
        Role::ForeignVerifier,
        Role::Terminal,
    ] {
        for bits in 0..4 {
            let rights = InspectionRights::from_bits(bits);
            let template = AuthorizationTemplate::inspection(role, rights);
            assert_eq!(template.template, [role.bits() | bits]);
            assert_eq!(
                (template.role(), template.inspection_rights()),
                (role, Some(rights))
            );
        }
    }
    assert_eq!(
        InspectionRights::from_bits(0xFD),
        InspectionRights {
            fingers: true,
            irises: false
        },
        "other bits are reserved"
    );
    assert_eq!(
        InspectionRights::ALL.and(InspectionRights::from_bits(2)).bits(),
        2
    );
}

#[test]
fn dates() {
    let date = |digits: &[u8]| Date::from_bytes(digits);
    assert_eq!(date(&[2, 6, 1, 1, 2, 4]).unwrap().parts(), (26, 11, 24));
    assert_eq!(Date::new(26, 11, 24).unwrap().to_bytes(), [2, 6, 1, 1, 2, 4]);
    assert!(Date::new(26, 12, 1) > Date::new(26, 11, 30));
    for bad in [
        &[2, 6, 1, 1, 2][..],
        &[2, 6, 1, 1, 2, 4, 0],
        &[2, 6, 1, 3, 0, 1],
        &[2, 6, 0, 0, 0, 1],
        &[2, 6, 0, 1, 3, 2],
        &[2, 6, 0, 1, 0, 0],
        &[2, 10, 0, 1, 0, 1],
        b"261124",
    ] {
        assert_eq!(date(bad), Err(CvcError::Date), "{bad:?}");
    }
}

#[test]
fn references() {
    for good in [
        &b"VN00001"[..],
        b"VNCVCA00001",
        b"DETESTeID00004",
        b"VN\xC4mnemonicAB12Z",
    ] {
        assert_eq!(KeyReference::new(good).unwrap().as_bytes(), good);
    }
    for bad in [
        &b"VN0001"[..],
        b"vnCVCA00001",
        b"V1CVCA00001",
        b"VNCVCA0000!",
        b"VNCV\x0100001",
        b"VNMNEMONICS000001",
    ] {
        assert_eq!(KeyReference::new(bad), Err(CvcError::Reference), "{bad:?}");
    }
}

#[test]
fn schemes_have_one_identifier_each() {
    for (family, last) in (0..4).flat_map(|family| (0..8).map(move |last| (family, last))) {
        let mut oid = crate::wire::oid::TERMINAL_AUTHENTICATION.to_vec();
        oid.extend([family, last]);
        if let Some(scheme) = SignatureScheme::from_oid(&oid) {
            assert_eq!(scheme.oid().unwrap()[..], oid);
        }
    }
    assert_eq!(
        SignatureScheme::Rsa(RsaPadding::Pss, HashFunction::Sha224).oid(),
        None
    );
    assert_eq!(SignatureScheme::from_oid(&[]), None);
}

fn object(tag: &[u8], value: &[u8]) -> Vec<u8> {
    let len = match value.len() {
        len @ ..0x80 => vec![len as u8],
        len @ ..0x100 => vec![0x81, len as u8],
        len => vec![0x82, (len >> 8) as u8, len as u8],
    };
    [tag, &len, value].concat()
}

/// The objects of a body, so that a test can change one.
fn objects() -> Vec<Vec<u8>> {
    let certificates = published();
    let body = CvCertificate::parse(&certificates[2].1).unwrap().signed.to_vec();
    TlvReader::new(tlv::read_exact(&body, tag::BODY).unwrap())
        .map(|object| object.unwrap().raw.to_vec())
        .collect()
}

fn certificate_of(objects: &[Vec<u8>]) -> Vec<u8> {
    let body = object(&[0x7F, 0x4E], &objects.concat());
    object(&[0x7F, 0x21], &[body, object(&[0x5F, 0x37], &[1; 128])].concat())
}

#[test]
fn what_is_no_certificate() {
    let good = certificate_of(&objects());
    assert!(CvCertificate::parse(&good).is_ok());
    for len in 0..good.len() {
        assert!(CvCertificate::parse(&good[..len]).is_err(), "cut to {len} bytes");
    }
    assert!(CvCertificate::parse(&[&good[..], &[0]].concat()).is_err());

    let mut too_long = objects();
    too_long.push(object(&[0x65], &[0; MAX_CERTIFICATE]));
    assert_eq!(
        CvCertificate::parse(&certificate_of(&too_long)),
        Err(CvcError::TooLong)
    );
    let mut extended = objects();
    extended.push(object(&[0x65], &[0x73, 0]));
    assert_eq!(
        CvCertificate::parse(&certificate_of(&extended))
            .unwrap()
            .body
            .extensions,
        Some(&[0x73, 0][..])
    );

    // A certificate inside a certificate, in every place.
    for index in 0..=objects().len() {
        let mut nested = objects();
        nested.insert(index, good.clone());
        assert!(CvCertificate::parse(&certificate_of(&nested)).is_err());
    }
    assert!(CvCertificate::parse(&object(&[0x7F, 0x21], &good)).is_err());

    for index in 0..objects().len() {
        let mut missing = objects();
        let removed = missing.remove(index);
        assert!(
            CvCertificate::parse(&certificate_of(&missing)).is_err(),
            "without {index}"
        );
        let mut twice = objects();
        twice.insert(index, removed);
        assert!(
            CvCertificate::parse(&certificate_of(&twice)).is_err(),
            "{index} twice"
        );
        if index > 0 {
            let mut swapped = objects();
            swapped.swap(index - 1, index);
            assert!(
                CvCertificate::parse(&certificate_of(&swapped)).is_err(),
                "{index} swapped"
            );
        }
    }
    let replaced = |index: usize, with: Vec<u8>| {
        let mut objects = objects();
        objects[index] = with;
        CvCertificate::parse(&certificate_of(&objects)).map(|_| ())
    };
    assert_eq!(replaced(0, object(&[0x5F, 0x29], &[1])), Err(CvcError::Profile));
    assert_eq!(replaced(1, object(&[0x42], b"?")), Err(CvcError::Reference));
    assert_eq!(
        replaced(4, object(&[0x7F, 0x4C], &[6, 0, 0x53, 1, 0])),
        Err(CvcError::Authorization)
    );
    assert_eq!(
        replaced(5, object(&[0x5F, 0x25], &[9, 9, 1, 2, 3, 1])),
        Err(CvcError::Date)
    );
}

#[test]
fn what_is_no_public_key() {
    let ecdsa = [0x06, 0x0A, 4, 0, 0x7F, 0, 7, 2, 2, 2, 2, 3];
    let rsa = [0x06, 0x0A, 4, 0, 0x7F, 0, 7, 2, 2, 2, 1, 4];
    let parse = |oid: &[u8], parts: &[u8]| CvPublicKey::parse(&[oid, parts].concat()).map(|key| key.scheme());
    assert!(parse(&ecdsa, &[0x86, 1, 4]).is_ok());
    assert!(parse(&rsa, &[0x81, 1, 5, 0x82, 1, 3]).is_ok());
    for (oid, parts) in [
        (&ecdsa[..], &[][..]),
        (&ecdsa, &[0x86, 0]),
        (&ecdsa, &[0x86, 1, 4, 0x86, 1, 4]),
        (&ecdsa, &[0x81, 1, 5, 0x86, 1, 4]),
        (&ecdsa, &[0x86, 1, 4, 0x87, 1, 1]),
        (&ecdsa, &[0x86, 1, 4, 0x88, 1, 1]),
        (&ecdsa, &[0x87, 1, 1, 0x86, 1, 4]),
        (&rsa, &[0x81, 1, 5]),
        (&rsa, &[0x82, 1, 3, 0x81, 1, 5]),
        (&rsa, &[0x81, 1, 5, 0x82, 5, 1, 0, 0, 0, 1]),
        (&rsa, &[0x81, 1, 5, 0x82, 1, 3, 0x86, 1, 4]),
        (&[], &[0x86, 1, 4]),
        (&[0x06, 1, 4], &[0x86, 1, 4]),
    ] {
        assert!(parse(oid, parts).is_err(), "{parts:02X?}");
    }
}

proptest! {
    #[test]
    fn flipped_bits_are_read_or_refused(certificate in 0..6usize, at in 0..10_000usize, bit in 0..8u8) {
        let (_, mut bytes) = published().swap_remove(certificate);
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        if let Ok(certificate) = CvCertificate::parse(&bytes) {
            // What is read is what was there: written again, the same bytes, but for lengths in longer forms.
            prop_assert!(encode(&certificate).len() <= bytes.len());
        }
    }

    #[test]
    fn any_bytes_end(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = CvCertificate::parse(&bytes);
        let _ = CvCertificate::parse_content(&bytes);
        let _ = CertificateBody::parse(&bytes);
        let _ = CvPublicKey::parse(&bytes);
    }
}
