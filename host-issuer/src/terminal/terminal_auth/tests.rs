//! The terminal's role against the BSI's worked example, against certificates of our own PKI, and against a scripted chip.

mod bench;

use card_applet::wire::cvc::{CvPublicKey, Role};
use sha1::{Digest, Sha1};

use self::bench::{Pki, Scripted, key, pki, response};
use super::*;
use card_applet::crypto::curve::Curve;
use card_applet::wire::cvc::DomainParameters;

const FINGERS: InspectionRights = InspectionRights {
    fingers: true,
    irises: false,
};

fn worked_example(index: usize) -> impl Fn(&str) -> Vec<u8> {
    let file = test_vectors::load("bsi-eac2-worked-example");
    move |name| test_vectors::hex(&file["vectors"][index]["values"][name])
}

/// RSA with PKCS #1 v1.5, which has no randomness: chain, key and signature of the worked example.
#[test]
fn rsa_of_the_worked_example() {
    let value = worked_example(1);
    let [cvca, dv, terminal] = ["cvca_cert", "dv_cert", "ta_cert"].map(&value);
    let parse = |bytes| CvCertificate::parse(bytes).unwrap();
    let (cvca, dv, terminal) = (parse(&cvca), parse(&dv), parse(&terminal));
    for (issuer, certificate) in [(&cvca, &cvca), (&cvca, &dv), (&dv, &terminal)] {
        let verified = |message: &[u8]| verify(&issuer.body.public_key, None, message, certificate.signature);
        assert_eq!(verified(certificate.signed), Ok(true));
        assert_eq!(verified(&certificate.signed[1..]), Ok(false));
    }
    let message = [
        Sha1::digest(value("picc_pub_key")).to_vec(),
        value("ta_nonce"),
        Sha1::digest(value("ca_pcd_pub_key")).to_vec(),
    ]
    .concat();
    let key = TerminalKey::from_pkcs8(&value("ta_pcd_key"), &terminal.body.public_key).unwrap();
    let scheme = terminal.body.public_key.scheme();
    let signature = key.sign(scheme, &message, &mut getrandom::SysRng).unwrap();
    assert_eq!(signature, value("ta_pcd_signature"));
    assert_eq!(
        verify(&terminal.body.public_key, None, &message, &signature),
        Ok(true)
    );
    assert!(matches!(
        TerminalKey::from_pkcs8(&value("ta_pcd_key"), &dv.body.public_key),
        Err(KeyError::OtherKey)
    ));
}

/// ECDSA on brainpoolP512r1: the chain of the worked example, whose terminal inherits its domain parameters.
#[test]
fn ecdsa_of_the_worked_example() {
    let value = worked_example(0);
    let [cvca, dv, terminal] = ["cvca_cert", "dv_cert", "ta_cert"].map(&value);
    let parse = |bytes| CvCertificate::parse(bytes).unwrap();
    let (cvca, dv, terminal) = (parse(&cvca), parse(&dv), parse(&terminal));
    let CvPublicKey::Ec(key) = &cvca.body.public_key else {
        panic!("an RSA key");
    };
    let domain = key.domain.as_ref();
    for (issuer, certificate) in [(&cvca, &cvca), (&cvca, &dv), (&dv, &terminal)] {
        let verified =
            |message: &[u8]| verify(&issuer.body.public_key, domain, message, certificate.signature);
        if cfg!(feature = "legacy-curves") {
            assert_eq!(verified(certificate.signed), Ok(true));
            assert_eq!(verified(&certificate.signed[1..]), Ok(false));
        } else {
            assert_eq!(verified(certificate.signed), Err(KeyError::Curve));
        }
    }
    // This terminal signs on the chip's curves alone.
    assert!(matches!(
        TerminalKey::from_pkcs8(&value("ta_pcd_key"), &cvca.body.public_key),
        Err(KeyError::OtherKey)
    ));
    assert!(matches!(
        TerminalKey::from_pkcs8(&[0x30, 0], &cvca.body.public_key),
        Err(KeyError::PrivateKey)
    ));
}

/// Keys that OpenSSL writes, in every scheme that their certificates may name: what one signs, the other verifies.
#[test]
fn schemes_sign_and_verify() {
    use card_applet::crypto::digest::HashFunction::{Sha224, Sha256, Sha384, Sha512};
    use card_applet::wire::cvc::{RsaPadding, RsaPublicKey, SignatureScheme};
    use rsa::pkcs8::EncodePrivateKey;
    use rsa::traits::PublicKeyParts;
    let private = rsa::PrivateKey::new(&mut getrandom::SysRng, 2048).unwrap();
    let (modulus, exponent) = (
        private.n().to_be_bytes_trimmed_vartime(),
        private.e().to_be_bytes_trimmed_vartime(),
    );
    let der = private.to_pkcs8_der().unwrap();
    for (padding, hash) in [
        (RsaPadding::Pkcs1v15, Sha256),
        (RsaPadding::Pkcs1v15, Sha512),
        (RsaPadding::Pss, Sha256),
        (RsaPadding::Pss, Sha384),
        (RsaPadding::Pss, Sha224),
        (RsaPadding::Pss, Sha512),
    ] {
        let public = CvPublicKey::Rsa(RsaPublicKey {
            padding,
            hash,
            modulus: &modulus,
            exponent: &exponent,
        });
        let key = TerminalKey::from_pkcs8(der.as_bytes(), &public).unwrap();
        let signature = key
            .sign(public.scheme(), b"message", &mut getrandom::SysRng)
            .unwrap();
        assert_eq!(
            verify(&public, None, b"message", &signature),
            Ok(true),
            "{padding:?} {hash:?}"
        );
        assert_eq!(verify(&public, None, b"massage", &signature), Ok(false));
        assert_eq!(
            key.sign(SignatureScheme::Ecdsa(hash), b"message", &mut getrandom::SysRng),
            Err(KeyError::Algorithm)
        );
    }
}

fn names(chain: &[CvCertificate<'_>]) -> Vec<String> {
    chain
        .iter()
        .map(|certificate| certificate.body.holder_reference.to_string())
        .collect()
}

#[test]
fn the_chain_begins_where_the_chip_does() {
    let Pki { files, terminal_key } = pki();
    let credentials = TerminalCredentials::new(files, &terminal_key).unwrap();
    let chain = |authorities: &[&str]| {
        let authorities: Vec<Vec<u8>> = authorities.iter().map(|name| name.as_bytes().to_vec()).collect();
        credentials.chain_from(&authorities).map(|chain| {
            assert_eq!(credentials.check(&chain), Ok(()));
            names(&chain)
        })
    };
    assert_eq!(chain(&["VNCVCA00002"]).unwrap(), ["VNDV00001", "VNIS00001"]);
    assert_eq!(
        chain(&["VNCVCA00001"]).unwrap(),
        ["VNCVCA00002", "VNDV00001", "VNIS00001"],
        "a chip that is behind gets the link first"
    );
    assert_eq!(
        chain(&["VNCVCA00002", "VNCVCA00001"]).unwrap(),
        ["VNDV00001", "VNIS00001"]
    );
    assert_eq!(chain(&["VNDV00001"]).unwrap(), ["VNIS00001"]);
    assert_eq!(chain(&["VNCVCA00003"]), None);
    assert_eq!(chain(&[]), None);
    assert_eq!(
        hex::encode_upper(credentials.authorization()),
        "7F4C0E060904007F000703010201530101"
    );
}

#[test]
fn what_is_no_credential() {
    let Pki { files, terminal_key } = pki();
    let new = |files, key: &[u8]| TerminalCredentials::new(files, key).map(|_| ());
    assert_eq!(new(vec![], &terminal_key), Err(CredentialsError::NoTerminal));
    assert_eq!(
        new(files[1..].to_vec(), &terminal_key),
        Err(CredentialsError::NoTerminal)
    );
    assert_eq!(
        new(files.clone(), &key().1),
        Err(CredentialsError::Key(KeyError::OtherKey))
    );
    assert_eq!(
        new(files.clone(), b"?"),
        Err(CredentialsError::Key(KeyError::PrivateKey))
    );
    let mut broken = files.clone();
    broken[2].1.pop();
    assert!(matches!(
        new(broken, &terminal_key),
        Err(CredentialsError::Certificate { file, .. }) if file == "dv"
    ));
    // A certificate whose signature is not its issuer's is not sent to any chip.
    let mut forged = files;
    *forged[2].1.last_mut().unwrap() ^= 1;
    let credentials = TerminalCredentials::new(forged, &terminal_key).unwrap();
    let chain = credentials.chain_from(&[b"VNCVCA00002".to_vec()]).unwrap();
    assert_eq!(credentials.check(&chain), Err("VNDV00001".to_owned()));
}

const BINDING: Binding<'static> = Binding {
    id_ic: &[0x1C; 32],
    terminal_key: &[0x7E; 32],
};

/// What is sent to the chip, and in which order; the chip here says 9000 to everything, and gives a challenge.
#[test]
fn the_commands_of_a_run() {
    let Pki { files, terminal_key } = pki();
    let credentials = TerminalCredentials::new(files, &terminal_key).unwrap();
    let terminal = credentials.certificate().unwrap();
    let answers = |extended: bool| {
        let ok = response("9000");
        // DST, two certificates (each in two pieces without extended length), AT, challenge, signature.
        let before = if extended { 5 } else { 7 };
        let mut answers = vec![ok.clone(); before];
        answers.push(response("0102030405060708 9000"));
        answers.push(ok);
        answers
    };
    for extended in [true, false] {
        let (transport, sent) = Scripted::new(answers(extended));
        let mut link = CardLink::new(transport);
        let report = run(
            &mut link,
            &credentials,
            &[b"VNCVCA00002".to_vec()],
            BINDING,
            extended,
            &mut getrandom::SysRng,
        )
        .unwrap();
        assert_eq!(
            (report.authority.as_str(), report.terminal.as_str(), report.rights),
            ("VNCVCA00002", "VNIS00001", FINGERS)
        );
        let sent = sent.borrow();
        let headers: Vec<String> = sent
            .iter()
            .map(|command| hex::encode_upper(&command[..4]))
            .collect();
        if extended {
            let expected = [
                "002281B6", "002A00BE", "002281B6", "002A00BE", "002281A4", "00840000", "00820000",
            ];
            assert_eq!(headers, expected);
        } else {
            let expected = [
                "002281B6", "102A00BE", "002A00BE", "002281B6", "102A00BE", "002A00BE", "002281A4",
                "00840000", "00820000",
            ];
            assert_eq!(headers, expected);
            assert!(sent.iter().all(|command| command.len() <= 5 + 255));
        }
        assert_eq!(sent[0][5..], [&[0x83, 11][..], b"VNCVCA00002"].concat());
        let signature = &sent.last().unwrap()[5..];
        let message = [BINDING.id_ic, &[1, 2, 3, 4, 5, 6, 7, 8], BINDING.terminal_key].concat();
        let domain = DomainParameters::of(Curve::P256);
        assert_eq!(
            verify(&terminal.body.public_key, Some(&domain), &message, signature),
            Ok(true)
        );
    }
}

#[test]
fn what_the_chip_may_refuse() {
    let Pki { files, terminal_key } = pki();
    let credentials = TerminalCredentials::new(files, &terminal_key).unwrap();
    let run = |answers: &[&str]| {
        let (transport, _) = Scripted::new(answers.iter().map(|answer| response(answer)).collect());
        run(
            &mut CardLink::new(transport),
            &credentials,
            &[b"VNCVCA00002".to_vec()],
            BINDING,
            true,
            &mut getrandom::SysRng,
        )
        .unwrap_err()
    };
    assert!(matches!(
        run(&["6A88"]),
        TerminalAuthError::Refused {
            command: "MSE:Set DST",
            ..
        }
    ));
    assert!(matches!(
        run(&["9000", "6300"]),
        TerminalAuthError::CertificateRefused { reference, status } if reference == "VNDV00001" && status == StatusWord(0x6300)
    ));
    let ok = "9000";
    assert!(matches!(
        run(&[ok, ok, ok, ok, ok, "01 9000"]),
        TerminalAuthError::Malformed
    ));
    assert!(matches!(
        run(&[ok, ok, ok, ok, ok, "0102030405060708 9000", "6300"]),
        TerminalAuthError::Refused {
            command: "EXTERNAL AUTHENTICATE",
            ..
        }
    ));
}

#[test]
fn ef_cvca_has_one_name_or_two() {
    let mut file = [&[0x42, 11][..], b"VNCVCA00002", &[0x42, 11], b"VNCVCA00001"].concat();
    file.resize(36, 0);
    assert_eq!(
        read_ef_cvca(&file),
        [b"VNCVCA00002".to_vec(), b"VNCVCA00001".to_vec()]
    );
    assert_eq!(read_ef_cvca(&[0; 36]), Vec::<Vec<u8>>::new());
    assert_eq!(read_ef_cvca(&[0x42, 0, 0, 0, 0]), Vec::<Vec<u8>>::new());
    assert_eq!(read_ef_cvca(&file[..20]), [b"VNCVCA00002".to_vec()]);
    assert_eq!(Role::Terminal.bits(), 0);
}
