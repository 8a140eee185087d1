use super::*;
use crate::hash::HashAlgorithm;
use crate::signer::engine::verify;

const CURVES: [NamedCurve; 5] = [
    NamedCurve::P256,
    NamedCurve::P384,
    NamedCurve::P521,
    NamedCurve::BrainpoolP256r1,
    NamedCurve::BrainpoolP384r1,
];

fn key(curve: NamedCurve) -> FileSigner {
    FileSigner::generate_on(curve, &mut getrandom::SysRng).unwrap()
}

#[test]
fn a_saved_key_is_the_same_key_when_opened() {
    let directory = tempfile::tempdir().unwrap();
    let passphrase = Passphrase::new("specimen passphrase");
    for curve in CURVES {
        let path = directory.path().join(format!("{curve:?}.key"));
        let signer = key(curve);
        signer.save(&path, &passphrase, &mut getrandom::SysRng).unwrap();
        let opened = FileSigner::open(&path, &passphrase).unwrap();
        assert_eq!(opened.public_key(), signer.public_key());
        assert_eq!(opened.public_key().curve(), Some(curve));

        let signature = opened.sign(b"message").unwrap();
        assert!(verify(
            signer.public_key(),
            opened.algorithm(),
            b"message",
            &signature
        ));
        assert!(!verify(
            signer.public_key(),
            opened.algorithm(),
            b"massage",
            &signature
        ));
        let other = key(curve);
        assert!(!verify(
            other.public_key(),
            opened.algorithm(),
            b"message",
            &signature
        ));
    }
}

#[test]
fn either_engine_verifies_the_others_signatures() {
    for curve in CURVES {
        let signer = key(curve);
        for hash in HashAlgorithm::ALL {
            let algorithm = SignatureAlgorithm::Ecdsa(hash);
            let digest = algorithm.digest(b"message");
            for engine in [Engine::Fast, Engine::Portable] {
                let Ok(signer) = signer.clone().with_engine(engine) else {
                    assert_eq!(
                        (engine, Engine::for_curve(curve)),
                        (Engine::Fast, Engine::Portable)
                    );
                    continue;
                };
                // The fast engine signs with the hash of the curve's size only; then the portable one steps in.
                let signer = signer.with_algorithm(algorithm).unwrap();
                let signature = signer.sign_digest(&digest).unwrap();
                for judge in [Engine::Fast, Engine::Portable] {
                    let knows = judge == Engine::Portable || Engine::for_curve(curve) == Engine::Fast;
                    let verdict = judge.verify_digest(signer.public_key(), algorithm, &digest, &signature);
                    assert_eq!(verdict, knows, "{curve:?} {hash:?}: {judge:?} on {engine:?}");
                    for index in [0, signature.len() / 2, signature.len() - 1] {
                        let mut altered = signature.clone();
                        altered[index] ^= 1;
                        assert!(!judge.verify_digest(signer.public_key(), algorithm, &digest, &altered));
                    }
                    assert!(!judge.verify_digest(signer.public_key(), algorithm, &digest[1..], &signature));
                }
            }
        }
    }
}

#[test]
fn the_portable_engine_signs_as_rfc_6979_says() {
    // RFC 6979 appendix A.2.5: P-256, SHA-256, message "sample".
    let scalar = hex::decode("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721").unwrap();
    let signer = FileSigner::from_scalar(NamedCurve::P256, &scalar)
        .unwrap()
        .with_engine(Engine::Portable)
        .unwrap();
    let signature = hex::encode(signer.sign(b"sample").unwrap());
    assert!(signature.contains("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"));
    assert!(signature.contains("f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"));
}

#[test]
fn points_that_are_no_keys_verify_nothing() {
    let signer = key(NamedCurve::P256);
    let signature = signer.sign(b"message").unwrap();
    let point = signer.public_point();
    let mut off_curve = point.clone();
    off_curve[64] ^= 1;
    for point in [
        vec![0],
        vec![],
        point[..33].to_vec(),
        [&[2], &point[1..33]].concat(),
        off_curve,
    ] {
        let key = PublicKey::Ec {
            curve: NamedCurve::P256,
            point,
        };
        assert!(!verify(&key, signer.algorithm(), b"message", &signature));
        assert!(!Engine::Portable.verify_digest(
            &key,
            signer.algorithm(),
            &signer.algorithm().digest(b"message"),
            &signature
        ));
    }
    let rsa = SignatureAlgorithm::RsaPss(HashAlgorithm::Sha256);
    assert!(!verify(signer.public_key(), rsa, b"message", &signature));
    assert!(signer.with_algorithm(rsa).is_err());
}

#[test]
fn a_key_whose_public_half_belongs_to_another_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("altered.key");
    let passphrase = Passphrase::new("specimen passphrase");
    let (signer, other) = (key(NamedCurve::P256), key(NamedCurve::P256));
    let mut plaintext = signer.secret.pkcs8.clone();
    let at = plaintext.len() - 65;
    plaintext[at..].copy_from_slice(&other.public_point());
    key_file::write_sealed(
        &path,
        PRIVATE_KEY_LABEL,
        &plaintext,
        &passphrase,
        &mut getrandom::SysRng,
    )
    .unwrap();
    let error = FileSigner::open(&path, &passphrase).unwrap_err();
    assert!(matches!(error, KeyFileError::NotAKeyFile { .. }), "{error}");
}

#[test]
fn debug_output_shows_no_secret() {
    assert_eq!(format!("{:?}", key(NamedCurve::P256)), "FileSigner(…)");
    assert_eq!(format!("{:?}", Passphrase::new("open sesame")), "Passphrase(…)");
}

#[test]
fn a_digest_of_another_length_is_refused() {
    assert_eq!(
        key(NamedCurve::P256).sign_digest(&[0; 20]),
        Err(SignerError::DigestLength {
            found: 20,
            expected: 32
        })
    );
}
