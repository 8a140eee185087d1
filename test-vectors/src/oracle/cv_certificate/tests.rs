//! Certificates and keys against published examples, and against OpenPACE's `cvc-print` (Debian package `openpace`).

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use sha1::{Digest, Sha1};

use super::*;
use crate::conformance::{AuthorityError, TerminalAuthority};
use crate::faulty_chip::Hash;
use crate::load::{hex, list, load};
use crate::naive::{Curve, Random, object};
use crate::oracle::terminal_authentication::Binding;

/// Domain parameters of P-256 (SEC 2 §2.4.2), as in a CVCA's public key.
const P256: [(u32, &str); 6] = [
    (
        0x81,
        "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF",
    ),
    (
        0x82,
        "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFC",
    ),
    (
        0x83,
        "5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B",
    ),
    (
        0x84,
        "046B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C2964FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5",
    ),
    (
        0x85,
        "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551",
    ),
    (0x87, "01"),
];

fn number(digits: &str) -> Vec<u8> {
    ::hex::decode(digits).expect("hexadecimal")
}

fn date(digits: [u8; 6]) -> CvDate {
    CvDate::from_bytes(&digits).expect("a day")
}

/// PrivateKeyInfo with an ECPrivateKey.
fn pkcs8(private: &[u8]) -> Vec<u8> {
    let key = object(0x30, &[object(0x02, &[1]), object(0x04, private)].concat());
    let info = [object(0x02, &[0]), object(0x30, &[]), object(0x04, &key)];
    object(0x30, &info.concat())
}

/// A CVCA's certificate that signs itself, and the key.
fn authority() -> (Vec<u8>, Vec<u8>) {
    let key = CvKey::random(Curve::P256, Hash::Sha256, &mut Random::new(&[], 7));
    let private = pkcs8(&key.private);
    let party = Party {
        name: b"UTTESTCVCA00001".to_vec(),
        key,
    };
    let domain = P256.map(|(tag, digits)| Part::new(tag, number(digits)));
    let parts = party.key.parts(&domain);
    let valid = (date([2, 6, 0, 1, 0, 1]), date([2, 8, 1, 2, 3, 1]));
    let certificate = party
        .body_for(&party, Role::Authority, rights::BOTH, valid)
        .within(tag::PUBLIC_KEY, |inner| inner.clone_from(&parts))
        .sign(&party.key);
    (private, certificate.to_bytes())
}

/// The BSI's worked examples, one over ECDH and one over DH: every certificate is read, written again to the same bytes, and says what
/// it says. The second one's signatures are RSA's, and right; the first one's curve is none of this crate.
#[test]
fn chains_of_the_worked_example() {
    let file = load("bsi-eac2-worked-example");
    for (vector, can_verify) in list(&file["vectors"]).iter().zip([false, true]) {
        let values = &vector["values"];
        let read = |name: &str| {
            let bytes = hex(&values[name]);
            let certificate = CvCertificate::parse(&bytes).expect("a certificate");
            assert_eq!(certificate.to_bytes(), bytes);
            assert_eq!(certificate.body().to_bytes(), certificate.parts[0].to_bytes());
            certificate
        };
        let chain = [read("cvca_cert"), read("dv_cert"), read("ta_cert")];
        let bodies = chain.clone().map(|certificate| certificate.body());
        let roles = bodies.clone().map(|body| body.authorization().expect("a CHAT").0);
        assert_eq!(roles[0], Role::Authority);
        assert_eq!(roles[2], Role::Terminal);
        assert_eq!(bodies[0].authority(), bodies[0].holder());
        assert_eq!(bodies[1].authority(), bodies[0].holder());
        assert_eq!(bodies[2].authority(), bodies[1].holder());
        for (certificate, issuer) in chain.iter().zip([0, 0, 1]) {
            let (first, last) = certificate.body().valid().expect("days");
            assert!(first <= last);
            let key = bodies[issuer].public_key().expect("a key");
            assert_eq!(certificate.is_signed_by(&key), can_verify.then_some(true));
            let forged = certificate
                .clone()
                .bent(tag::SIGNATURE, |part| part.value[9] ^= 1);
            assert_eq!(forged.is_signed_by(&key), can_verify.then_some(false));
        }
        if !can_verify {
            continue;
        }
        let terminal = bodies[2].public_key().expect("a key");
        let binding = Binding {
            id_picc: Sha1::digest(hex(&values["picc_pub_key"])).to_vec(),
            terminal_key: Sha1::digest(hex(&values["ca_pcd_pub_key"])).to_vec(),
        };
        let message = binding.message(&hex(&values["ta_nonce"]));
        let signature = hex(&values["ta_pcd_signature"]);
        assert_eq!(terminal.has_signed(&message, &signature), Some(true));
        assert_eq!(terminal.has_signed(&message[1..], &signature), Some(false));
    }
}

/// RFC 6979 A.2.5: P-256, SHA-256, "sample".
#[test]
fn signature_of_rfc_6979() {
    let private = number("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721");
    let key = CvKey::from_pkcs8(&pkcs8(&private), Curve::P256, Hash::Sha256).expect("a key");
    let signature = number(
        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716\
         F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
    );
    assert_eq!(key.sign(b"sample"), signature);
    let digest = Hash::Sha256.digest(b"sample");
    assert!(Curve::P256.has_signed(&key.point(), &digest, &signature));
    assert!(!Curve::P256.has_signed(&key.point(), &digest[1..], &signature));
    for curve in Curve::ALL {
        let key = CvKey::random(curve, Hash::Sha512, &mut Random::new(&[], 3));
        let digest = Hash::Sha512.digest(b"sample");
        assert!(
            curve.has_signed(&key.point(), &digest, &key.sign(b"sample")),
            "{curve:?}"
        );
    }
}

/// What the short key signs, OpenSSL found right on P-224 (through Python's `cryptography`).
#[test]
fn short_key_on_p224() {
    let random = &mut Random::new(&[], 1);
    let key = ShortKey::below(Curve::BrainpoolP256r1, random);
    for (hash, s) in [
        (
            Hash::Sha224,
            "8a712ea61e611bd9f5be35559207b7473e50304fd8a48544278e1f36",
        ),
        (
            Hash::Sha256,
            "2e26319baddd35c22c234ec4a0902bfca89a037f9d922e80717b0e72",
        ),
        (
            Hash::Sha384,
            "4b70e370631a6469d00300837d7ad1f5c5b8e2a9cb28b27f9c8cffc9",
        ),
    ] {
        let r = "b70e0cbd6bb4bf7f321390b94a03c1d356c21122343280d6115c1d21";
        assert_eq!(key.sign(hash, b"a body"), number(&format!("{r}{s}")));
    }
    let shorter = ShortKey::below(Curve::P384, random);
    assert!(Curve::P256.is_public(&shorter.point()));
}

#[test]
fn authority_from_files() {
    let (private, certificate) = authority();
    let given = TerminalAuthority::new(&private, &certificate).expect("a trust point");
    assert_eq!(given.party.name, b"UTTESTCVCA00001");
    assert_eq!(
        (given.effective.to_string(), given.rights),
        ("2026-01-01".into(), 3)
    );
    assert!(!format!("{given:?}").contains("private"));
    // What follows from it is found again.
    let next = given.successor();
    assert_eq!(
        next,
        TerminalAuthority::new(&private, &certificate)
            .expect("the same")
            .successor()
    );
    assert_eq!(next.party.name, b"UTTESTCVCA00002");
    assert_ne!(next.party.key, given.party.key);

    let later = next.successor().moved_successor().successor();
    assert_eq!(later.party.name, b"UTTESTCVCAE0005");
    assert_eq!(
        (later.party.key.hash, given.party.key.hash),
        (Hash::Sha512, Hash::Sha256)
    );
    assert_eq!(given.named(b"UTTESTCVCAE0005"), Some(later.clone()));
    let back = later.moved_successor().successor();
    assert_eq!(
        (&back.party.name[10..], back.party.key.hash),
        (&b"C0007"[..], Hash::Sha256)
    );
    assert_eq!(given.named(&back.party.name), Some(back));
    assert_eq!(given.named(b"UTTESTCVCA00002"), Some(next));
    for unknown in [
        &b"UTTESTCVCB00002"[..],
        b"UTTESTCVCAM9999",
        b"M0005",
        b"",
        b"UTTESTCVCA99999",
    ] {
        assert_eq!(given.named(unknown), None);
    }

    let other = pkcs8(&[7; 32]);
    assert_eq!(
        TerminalAuthority::new(&other, &certificate),
        Err(AuthorityError::Key)
    );
    assert_eq!(
        TerminalAuthority::new(&[], &certificate),
        Err(AuthorityError::Key)
    );
    for cut in 0..certificate.len() {
        assert!(
            TerminalAuthority::new(&private, &certificate[..cut]).is_err(),
            "{cut}"
        );
    }
    for at in 0..certificate.len() {
        let mut bent = certificate.clone();
        bent[at] ^= 0x55;
        let _ = TerminalAuthority::new(&private, &bent);
    }
    // The BSI's is on a curve that the suite does not have.
    let file = load("bsi-eac2-worked-example");
    for vector in list(&file["vectors"]) {
        let foreign = hex(&vector["values"]["cvca_cert"]);
        assert_eq!(
            TerminalAuthority::new(&private, &foreign),
            Err(AuthorityError::Algorithm)
        );
    }
}

fn cvc_print(directory: &Path, name: &str, certificate: &CvCertificate) -> (bool, String) {
    let path = directory.join(name);
    std::fs::File::create(&path)
        .and_then(|mut file| file.write_all(&certificate.to_bytes()))
        .expect("a file");
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

/// A whole chain of the suite's, read and verified by a foreign program.
#[test]
fn openpace_verifies_a_chain_of_the_suite() {
    let directory = std::env::temp_dir().join(format!("cv-certificates-{}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("a directory");
    let (private, certificate) = authority();
    let given = TerminalAuthority::new(&private, &certificate).expect("a trust point");
    let own = CvCertificate::parse(&certificate).expect("a certificate");
    let random = &mut Random::new(&[], 9);
    let mut party = |name: &str| Party {
        name: name.into(),
        key: CvKey::random(Curve::P256, Hash::Sha256, random),
    };
    let (verifier, terminal) = (party("UTTESTDV00001"), party("UTTESTIS00001"));
    let of_verifier = given.verifier(&verifier, Role::ForeignVerifier, rights::BOTH);
    let of_terminal = verifier.certify(&terminal, Role::Terminal, rights::FINGERS, given.valid());
    let link = given.link(&given.successor());
    for (name, certificate, shown) in [
        ("UTTESTCVCA00001", &own, "CVCA"),
        ("UTTESTDV00001", &of_verifier, "CAR: UTTESTCVCA00001"),
        ("UTTESTIS00001", &of_terminal, "Read fingerprint"),
        ("UTTESTCVCA00002", &link, "CHR: UTTESTCVCA00002"),
    ] {
        let (verified, text) = cvc_print(&directory, name, certificate);
        assert!(verified && text.contains(shown), "{name}: {text}");
    }
    let forged = of_terminal.bent(tag::SIGNATURE, |part| part.value[5] ^= 1);
    assert!(!cvc_print(&directory, "UTTESTIS00002", &forged).0);
    std::fs::remove_dir_all(&directory).expect("the directory");
}
