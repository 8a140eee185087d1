//! Master lists and deviation lists that OpenSSL signed, with everything that real ones have been seen to have: the public master
//! lists cannot be part of this project, so their oddities are made here.

#[path = "inspect_lists/chained.rs"]
mod chained;
#[path = "support/foreign_pki.rs"]
mod foreign_pki;

use crypto_bigint::{BoxedUint, ConcatenatingMul as _};
use foreign_pki::{ForeignPki, ListSigner, element, master_list_content};
use host_issuer::inspect::{
    Certificate, Changes, DeviationList, DocumentSignerIdentifier, ListError, MasterList, TrustFolder,
    TrustItem,
};
use personalization::pki::csca::{self, CscaOptions};
use personalization::pki::name::IssuingState;
use personalization::signer::FileSigner;
use time::OffsetDateTime;
use time::macros::datetime;

/// When the lists are looked at: everything made for 30 days has expired by then.
const NOW: OffsetDateTime = datetime!(2060-01-01 00:00 UTC);

/// Certificates with the oddities of real ones that are to be believed all the same.
fn odd_ones(pki: &ForeignPki) -> Vec<(&'static str, Vec<u8>)> {
    pki.write(
        "t61.cnf",
        b"[req]\nstring_mask=MASK:0x4\ndistinguished_name=dn\nprompt=no\n[dn]\nC=XB\nO=Beh\xF6rde\nCN=CSCA T61\n",
    );
    let p256 = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
    let explicit = |curve| ["ec", "-pkeyopt", curve, "-pkeyopt", "ec_param_enc:explicit"];
    let pss = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"];
    let long_serial = [
        "-set_serial",
        "0x0102030405060708090A0B0C0D0E0F101112131415161718",
    ];
    let (p384, p512) = (
        explicit("ec_paramgen_curve:P-384"),
        explicit("ec_paramgen_curve:brainpoolP512r1"),
    );
    let made: [(&str, &str, &[&str], &[&str]); 9] = [
        ("explicit P-384", "/C=XA/CN=CSCA 1", &p384, &["-sha384"]),
        ("explicit brainpoolP512r1", "/C=XA/CN=CSCA 2", &p512, &["-sha512"]),
        (
            "an RSASSA-PSS key",
            "/C=XA/CN=CSCA 3",
            &["rsa-pss", "-pkeyopt", "rsa_keygen_bits:3072"],
            &[],
        ),
        ("RSASSA-PSS by an RSA key", "/C=XA/CN=CSCA 4", &["rsa:2048"], &pss),
        ("SHA-1", "/C=XA/CN=CSCA 5", &["rsa:2048"], &["-sha1"]),
        (
            "a negative serial number",
            "/C=XA/CN=CSCA 6",
            &p256,
            &["-set_serial", "-5"],
        ),
        (
            "a serial number of 24 octets",
            "/C=XA/CN=CSCA 7",
            &p256,
            &long_serial,
        ),
        ("T61String", "", &p256, &["-config", "t61.cnf"]),
        ("long expired", "/C=XA/CN=CSCA 9", &p256, &["-days", "30"]),
    ];
    made.into_iter()
        .map(|(what, subject, key, options)| {
            let name = what.replace(' ', "-");
            (what, pki.self_signed(&name, subject, key, options))
        })
        .collect()
}

/// Certificates that must not be believed, and the reason that is to be given.
fn bad_ones(pki: &ForeignPki) -> Vec<(&'static str, Vec<u8>)> {
    let small = ["rsa:2048", "-pkeyopt", "rsa_keygen_pubexp:3"];
    let mut bad = vec![
        (
            "exponent",
            pki.self_signed("e3", "/C=XA/CN=Small exponent", &small, &[]),
        ),
        (
            "1024 bits",
            pki.self_signed("short", "/C=XA/CN=Short", &["rsa:1024"], &[]),
        ),
    ];
    pki.openssl(&[
        "req",
        "-new",
        "-nodes",
        "-newkey",
        "rsa:2048",
        "-keyout",
        "v1.key",
        "-out",
        "v1.csr",
        "-subj",
        "/C=XA/CN=V1",
    ]);
    pki.openssl(&[
        "x509", "-req", "-in", "v1.csr", "-signkey", "v1.key", "-days", "20000", "-out", "v1.pem",
    ]);
    bad.push(("no CSCA certificate", pki.der("v1.pem")));

    let roca = test_vectors::load("roca-moduli");
    let roca = test_vectors::list(&roca["moduli"])
        .iter()
        .find(|sample| sample["vulnerable"] == true)
        .map(|sample| test_vectors::hex(&sample["modulus"]))
        .expect("a vulnerable modulus");
    pki.write("roca.pub", rsa_public_key(&roca).as_bytes());
    bad.push(("ROCA", pki.certified("roca", "/C=UT/CN=Roca")));

    let [p, q, r] = [(); 3].map(|()| prime(pki));
    for (name, other) in [("shared-1", &q), ("shared-2", &r)] {
        let modulus = p.concatenating_mul(other).to_be_bytes();
        pki.write(&format!("{name}.pub"), rsa_public_key(&modulus).as_bytes());
        bad.push(("a prime in common", pki.certified(name, "/C=UT/CN=Shared prime")));
    }
    // Its own signature does not verify any more.
    let mut damaged = pki.self_signed("damaged", "/C=XA/CN=Damaged", &["rsa:2048"], &[]);
    let last = damaged.len() - 1;
    damaged[last] ^= 1;
    bad.push(("not signed by its own key", damaged));
    bad
}

fn prime(pki: &ForeignPki) -> BoxedUint {
    let text = pki.openssl(&["prime", "-generate", "-bits", "1024", "-hex"]);
    let digits = String::from_utf8(text).expect("text");
    let bytes = hex::decode(digits.trim()).expect("hexadecimal");
    BoxedUint::from_be_slice_vartime(&bytes)
}

/// `SubjectPublicKeyInfo` in PEM, exponent 65537.
fn rsa_public_key(modulus: &[u8]) -> String {
    let mut unsigned = vec![0];
    unsigned.extend_from_slice(modulus);
    let key = element(0x30, &[element(2, &unsigned), vec![2, 3, 1, 0, 1]].concat());
    let algorithm = element(
        0x30,
        &[
            0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00,
        ],
    );
    let bits = element(3, &[vec![0], key].concat());
    let info = element(0x30, &[algorithm, bits].concat());
    der::pem::encode_string("PUBLIC KEY", der::pem::LineEnding::LF, &info).expect("PEM")
}

/// Many certificates of one State over one key.
fn many(count: usize) -> Vec<Vec<u8>> {
    let mut rng = getrandom::SysRng;
    let signer = FileSigner::generate(&mut rng).expect("a key");
    let issued = datetime!(2026-11-24 06:00 UTC);
    (0..count)
        .map(|number| {
            let state = IssuingState::new("VN", "VNM").expect("a State");
            let options = CscaOptions::new(state, format!("CSCA {number}"));
            csca::issue(&signer, &options, issued, &mut rng).expect("a certificate")
        })
        .collect()
}

fn import(list: &[u8], accept: &[u8]) -> (TrustFolder, Changes) {
    let accepted = Certificate::from_der(accept)
        .expect("a certificate")
        .fingerprint();
    let items = TrustItem::read("list.ml", list).expect("a master list");
    let mut ask = |question: &host_issuer::inspect::Question<'_>| question.fingerprint() == accepted;
    TrustFolder::empty()
        .import(items, &mut ask, NOW)
        .expect("imported")
}

#[test]
fn a_list_with_every_oddity_is_read_and_what_is_bad_in_it_is_named() {
    let pki = ForeignPki::new();
    let csca = pki.der("csca.pem");
    let (odd, bad, many) = (odd_ones(&pki), bad_ones(&pki), many(150));
    let mut entries = vec![csca.clone()];
    entries.extend(odd.iter().chain(&bad).map(|(_, der)| der.clone()));
    entries.extend(many.iter().cloned());
    // Twice, and something that is no certificate.
    entries.push(odd[0].1.clone());
    entries.push(element(0x30, &[1, 1, 0xFF]));
    let signed = pki.sign(
        ListSigner::MasterList,
        &master_list_content(&entries),
        &["-keyid"],
    );

    let list = MasterList::from_der(&signed).expect("a master list");
    assert_eq!(list.certificates().len(), entries.len() - 2);
    assert_eq!(list.duplicates(), 1);
    assert_eq!(list.unreadable().len(), 1);
    assert_eq!(list.unreadable()[0].number, entries.len());
    let anchor = Certificate::from_der(&csca).expect("a certificate");
    assert_eq!(
        list.anchor([&anchor], &[], NOW).expect("believed").fingerprint(),
        anchor.fingerprint()
    );
    let own = list.signers_csca().next().expect("the signer's CSCA");
    assert_eq!(own.fingerprint(), anchor.fingerprint());

    let (folder, changes) = import(&signed, &csca);
    let believed = |der: &[u8]| {
        folder
            .anchors()
            .iter()
            .any(|anchor| anchor.certificate.raw() == der)
    };
    for (what, der) in &odd {
        assert!(believed(der), "{what}: {:?}", changes.skipped);
    }
    for der in &many {
        assert!(believed(der));
    }
    for (why, der) in &bad {
        assert!(!believed(der), "{why}");
        let said = changes.skipped.iter().filter(|said| said.contains(why)).count();
        let meant = bad.iter().filter(|(other, _)| other == why).count();
        assert_eq!(said, meant, "{why}: {:?}", changes.skipped);
    }
    assert_eq!(changes.added.len(), 1 + odd.len() + many.len());
    assert_eq!(changes.skipped.len(), bad.len() + 1, "{:?}", changes.skipped);
    assert!(changes.warnings.is_empty());
}

#[test]
fn ber_is_read_and_other_signers_are_not_believed() {
    let pki = ForeignPki::new();
    let csca = pki.der("csca.pem");
    let anchor = Certificate::from_der(&csca).expect("a certificate");
    let content = master_list_content(std::slice::from_ref(&csca));
    let ber = pki.sign(ListSigner::MasterList, &content, &["-stream"]);
    assert!(
        ber.windows(2).any(|pair| pair == [0x30, 0x80]),
        "indefinite lengths"
    );
    let list = MasterList::from_der(&ber).expect("a master list");
    assert_eq!(list.certificates().len(), 1);
    list.anchor([&anchor], &[], NOW).expect("believed");

    let before = datetime!(2026-01-01 00:00 UTC);
    let error = list.anchor([&anchor], &[], before).unwrap_err();
    assert!(error.to_string().contains("in the future"), "{error}");
    let stranger = Certificate::from_der(&ForeignPki::new().der("csca.pem")).expect("a certificate");
    let error = list.anchor([&stranger], &[], NOW).unwrap_err();
    assert!(matches!(error, ListError::Untrusted { .. }), "{error}");

    // A deviation list signer signs a master list.
    pki.write("content", &content);
    pki.openssl(&[
        "cms",
        "-sign",
        "-binary",
        "-nodetach",
        "-in",
        "content",
        "-econtent_type",
        "2.23.136.1.1.2",
        "-signer",
        "dls.pem",
        "-inkey",
        "dls.key",
        "-md",
        "sha256",
        "-outform",
        "DER",
        "-out",
        "wrong",
    ]);
    let list = MasterList::from_der(&pki.read("wrong")).expect("well signed");
    let error = list.anchor([&anchor], &[], NOW).unwrap_err();
    assert!(
        error.to_string().contains("not for signing such lists"),
        "{error}"
    );

    let weak = pki.sign(ListSigner::MasterList, &content, &["-md", "sha1"]);
    let error = MasterList::from_der(&weak).unwrap_err();
    assert!(error.to_string().contains("SHA-1 is not believed"), "{error}");
    let no_attributes = pki.sign(ListSigner::MasterList, &content, &["-noattr"]);
    assert!(
        MasterList::from_der(&no_attributes).is_err(),
        "9303-12 wants a signing time"
    );
}

#[test]
fn no_altered_list_says_anything_else() {
    let pki = ForeignPki::new();
    let entries = vec![pki.der("csca.pem"), pki.der("mls.pem")];
    let signed = pki.sign(ListSigner::MasterList, &master_list_content(&entries), &[]);
    let digests = |list: &MasterList| -> Vec<String> {
        list.certificates().iter().map(Certificate::fingerprint).collect()
    };
    let honest = digests(&MasterList::from_der(&signed).expect("a master list"));
    let mut refused = 0;
    for position in 0..signed.len() {
        let mut altered = signed.clone();
        altered[position] ^= 0x01;
        match MasterList::from_der(&altered) {
            Ok(list) => assert_eq!(digests(&list), honest, "byte {position}"),
            Err(_) => refused += 1,
        }
    }
    assert!(refused > signed.len() / 2, "{refused} of {}", signed.len());
    for length in (0..signed.len()).step_by(7) {
        assert!(MasterList::from_der(&signed[..length]).is_err());
    }
}

/// Whoever followed the nest, or made room for the length, would not come back from here.
#[test]
fn bombs_are_refused_at_once() {
    let nest = [0x30, 0x80].repeat(8_000_000);
    let lengths: [&[u8]; 4] = [
        &[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF],
        &[0x30, 0x88, 0, 0, 0, 1, 0, 0, 0, 0],
        &[0x30, 0x80],
        &nest,
    ];
    for bytes in lengths {
        assert!(MasterList::from_der(bytes).is_err());
        assert!(DeviationList::from_der(bytes).is_err());
        assert!(TrustItem::read("bomb", bytes).is_err());
    }
    let huge = vec![0x30; 17 * 1024 * 1024];
    assert!(MasterList::from_der(&huge).is_err());
}

/// `30 { [0] type, dscIdentifier, [4] period, [5] numbers }`, `31 { descriptions }`.
fn deviation_list_content() -> Vec<u8> {
    let printable = |text: &str| element(0x13, text.as_bytes());
    let time = |text: &str| element(0x18, text.as_bytes());
    let numbers = element(0xA5, &[printable("CA00001AA"), printable("CA00002BB")].concat());
    let period = element(0xA4, &[time("20171001000000Z"), time("20180205000000Z")].concat());
    let by_date = element(0x30, &[element(0x80, b"C<"), period, numbers].concat());
    // 2.23.136.1.1.7.2.2: LDS-DGHashWrong, data group 12.
    let wrong_hash = element(
        0x30,
        &[
            printable("DG12 is another one"),
            element(6, &[0x67, 0x81, 0x08, 0x01, 0x01, 0x07, 0x02, 0x02]),
            element(0xA0, &[2, 1, 12]),
        ]
        .concat(),
    );
    // 2.23.136.1.1.7.1.2: CertOrKey-DSEncoding, extension authorityKeyIdentifier; something for national use.
    let encoding = element(
        0x30,
        &[
            element(6, &[0x67, 0x81, 0x08, 0x01, 0x01, 0x07, 0x01, 0x02]),
            element(0xA0, &[6, 3, 0x55, 0x1D, 0x23]),
            element(0xA1, &[5, 0]),
        ]
        .concat(),
    );
    let by_key = element(0x30, &element(0x82, &[0xAB; 20]));
    let deviations = [
        element(0x30, &[by_date, element(0x31, &wrong_hash)].concat()),
        element(0x30, &[by_key, element(0x31, &encoding)].concat()),
    ];
    element(
        0x30,
        &[vec![2, 1, 0], element(0x31, &deviations.concat())].concat(),
    )
}

#[test]
fn a_deviation_list_is_read() {
    let pki = ForeignPki::new();
    let signed = pki.sign(ListSigner::DeviationList, &deviation_list_content(), &["-keyid"]);
    let list = DeviationList::from_der(&signed).expect("a deviation list");
    let anchor = Certificate::from_der(&pki.der("csca.pem")).expect("a certificate");
    list.anchor([&anchor], &[], NOW).expect("believed");
    let [by_date, by_key] = list.deviations() else {
        panic!("{:?}", list.deviations());
    };
    assert_eq!(by_date.documents.document_type.as_deref(), Some("C<"));
    assert_eq!(
        by_date.documents.issued,
        Some((datetime!(2017-10-01 00:00 UTC), datetime!(2018-02-05 00:00 UTC)))
    );
    let numbers = by_date.documents.document_numbers.as_deref().expect("numbers");
    assert_eq!(numbers, ["CA00001AA", "CA00002BB"]);
    let description = &by_date.descriptions[0];
    assert_eq!(description.kind.name, Some("LDS-DGHashWrong"));
    assert_eq!(description.kind.parameter.as_deref(), Some("DG12"));
    assert_eq!(description.text.as_deref(), Some("DG12 is another one"));
    assert!(!description.national_use);

    assert_eq!(
        by_key.documents.document_signer,
        Some(DocumentSignerIdentifier::SubjectKeyIdentifier("AB".repeat(20)))
    );
    let description = &by_key.descriptions[0];
    assert_eq!(description.kind.name, Some("CertOrKey-DSEncoding"));
    assert_eq!(description.kind.parameter.as_deref(), Some("extension 2.5.29.35"));
    assert!(description.national_use && description.text.is_none());

    // It is no master list, and a master list signer signs none.
    assert!(MasterList::from_der(&signed).is_err());
    for cut in [1, 5, 20] {
        let content = deviation_list_content();
        let cut = &content[..content.len() - cut];
        let signed = pki.sign(ListSigner::DeviationList, cut, &[]);
        let error = DeviationList::from_der(&signed).unwrap_err();
        assert!(matches!(error, ListError::Structure(_)), "{error}");
    }
}
