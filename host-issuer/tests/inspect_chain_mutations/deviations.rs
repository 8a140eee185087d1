//! Deviation lists that OpenSSL signed with the key of a list signer of the test's own CSCA: what they say of a document is named,
//! and excuses nothing.

use host_issuer::inspect::{CheckId, Policy, ReadDocument, TrustFolder, TrustItem, Verdict, inspect};

use crate::foreign_pki::{ListSigner, OpenSsl};
use crate::mutations::{NOW, assert_fails_only, flip};
use crate::test_issuer::der::openssl_key;
use crate::test_issuer::{CertificateRecipe, Recipe, extension, key, tlv};

/// A folder that believes the recipe's CSCA and has its deviation list of `deviations`.
fn folder(recipe: &Recipe, deviations: &[Vec<u8>], signer_of: &str) -> Result<TrustFolder, String> {
    let signer = CertificateRecipe {
        serial: 40,
        subject: (recipe.csca.subject.0.clone(), "List Signer".into()),
        // The moment of the signature is this machine's.
        valid: ("20000101", "20800101"),
        subject_key: key(4),
        own_key_identifier: [4; 4],
        usage_period: None,
        document_types: None,
        more_extensions: vec![extension(
            "551D25",
            true,
            &tlv(0x30, &[&tlv(6, &[&hex::decode(signer_of).expect("hexadecimal")])]),
        )],
        ..recipe.ds.clone()
    };
    let openssl = OpenSsl::new();
    openssl.write("dls.der", &signer.build());
    openssl.write("dls.key", openssl_key(&key(4)).as_bytes());
    openssl.openssl(&["x509", "-inform", "DER", "-in", "dls.der", "-out", "dls.pem"]);
    let content = tlv(0x30, &[&[2, 1, 0], &tlv(0x31, &[&deviations.concat()])]);
    let signed = openssl.sign(ListSigner::DeviationList, &content, &["-keyid"], None);

    let crl = recipe.crl.as_ref().expect("a CRL").build();
    let csca = CertificateRecipe {
        valid: ("20260101", "20800101"),
        ..recipe.csca.clone()
    };
    let csca = csca.build();
    let mut items = Vec::new();
    for (name, bytes) in [("csca", &csca), ("crl", &crl), ("deviations", &signed)] {
        items.extend(TrustItem::read(name, bytes).map_err(|error| error.to_string())?);
    }
    let later = time::macros::datetime!(2060-01-01 00:00 UTC);
    let imported = TrustFolder::empty().import(items, &mut |_| true, later);
    imported
        .map(|(folder, _)| folder)
        .map_err(|error| error.to_string())
}

/// `30 { documents, 31 { 30 { OID, [0] parameters } } }`.
fn deviation(documents: &[u8], kind: &[u8], parameter: &[u8]) -> Vec<u8> {
    let mut oid = vec![0x67, 0x81, 0x08, 0x01, 0x01, 0x07];
    oid.extend(kind);
    let parameters = if parameter.is_empty() {
        Vec::new()
    } else {
        tlv(0xA0, &[parameter])
    };
    let description = tlv(0x30, &[&tlv(6, &[&oid]), &parameters]);
    tlv(0x30, &[&tlv(0x30, &[documents]), &tlv(0x31, &[&description])])
}

const DEVIATION_LIST_SIGNER: &str = "678108010108";
/// 2.23.136.1.1.7.2.2 DG12: LDS-DGHashWrong.
const WRONG_HASH: (&[u8], &[u8]) = (&[2, 2], &[2, 1, 12]);

fn named(folder: &TrustFolder, document: &ReadDocument) -> Option<String> {
    let report = inspect(document, &folder.store(), Policy::default(), NOW);
    let check = report.check(CheckId::DeviationList).expect("a check");
    assert!(check.status_word() != "not_performed", "{check:?}");
    check.why()
}

#[test]
fn deviation_list() {
    let recipe = Recipe::genuine();
    let document = recipe.seal();
    let number = |text: &str| tlv(0xA5, &[&tlv(0x13, &[text.as_bytes()])]);
    let kind = |text: &str| tlv(0x80, &[text.as_bytes()]);
    let period = |from: &str, to: &str| {
        let time = |date: &str| tlv(0x18, &[format!("{date}000000Z").as_bytes()]);
        tlv(0xA4, &[&time(from), &time(to)])
    };
    let digest = {
        use sha2::Digest as _;
        sha2::Sha256::digest(recipe.ds.build()).to_vec()
    };
    let about: [(Vec<u8>, bool); 12] = [
        (Vec::new(), true),
        (number("196000017"), true),
        (number("196000018"), false),
        (kind("ID"), true),
        (kind("P<"), false),
        (tlv(0x82, &[&recipe.ds.own_key_identifier]), true),
        (tlv(0x82, &[&[9; 4]]), false),
        (tlv(0x83, &[&digest]), true),
        (tlv(0x83, &[&[7; 32]]), false),
        // The day of issue in DG13 is the 1st of July.
        (period("20260701", "20260701"), true),
        (period("20260702", "20260801"), false),
        // Every condition must hold.
        ([kind("ID"), number("196000018")].concat(), false),
    ];
    for (documents, meant) in about {
        let list = [deviation(&documents, WRONG_HASH.0, WRONG_HASH.1)];
        let folder = folder(&recipe, &list, DEVIATION_LIST_SIGNER).expect("imported");
        let report = inspect(&document, &folder.store(), Policy::default(), NOW);
        let said = report.check(CheckId::DeviationList).expect("a check").why();
        assert_eq!(said.is_some(), meant, "{documents:02X?}: {said:?}");
        assert_eq!(report.verdict, Verdict::Genuine, "a known fault condemns nobody");
        if let Some(said) = said {
            assert!(said.contains("LDS-DGHashWrong DG12"), "{said}");
        }
        assert_eq!(folder.record().deviation_lists[0].of, "VN");
        assert!(folder.record().deviation_lists[0].signer.contains("List Signer"));
    }
}

#[test]
fn a_known_fault_excuses_nothing() {
    let recipe = Recipe::genuine();
    // 2.23.136.1.1.7.2.3: LDS-SODSignatureWrong, of every document.
    let list = [deviation(&[], &[2, 3], &[])];
    let folder = folder(&recipe, &list, DEVIATION_LIST_SIGNER).expect("imported");
    let mut document = recipe.seal();
    flip(&mut document.sod, |bytes| bytes.len() - 1);
    let said = named(&folder, &document).expect("named");
    assert!(said.contains("LDS-SODSignatureWrong"), "{said}");
    let report = inspect(&document, &folder.store(), Policy::default(), NOW);
    assert_eq!(report.verdict, Verdict::NotGenuine);
    assert!(report.reason.starts_with("sod_signature"), "{}", report.reason);
    assert!(report.holder.is_none());

    // DG1 does not have its digest: what it says of its number is compared all the same, and not shown.
    let number = tlv(0xA5, &[&tlv(0x13, &[b"196000017"])]);
    let list = [deviation(&number, &[2, 2], &[2, 1, 1])];
    let folder = self::folder(&recipe, &list, DEVIATION_LIST_SIGNER).expect("imported");
    let mut document = recipe.seal();
    flip(document.data_groups.get_mut(&1).expect("DG1"), |bytes| {
        let name = bytes.windows(3).position(|window| window == b"MAU");
        name.expect("a name")
    });
    let said = named(&folder, &document).expect("named");
    assert!(said.contains("LDS-DGHashWrong DG1"), "{said}");
}

#[test]
fn aa_key_compromised() {
    let recipe = Recipe::genuine();
    let list = [deviation(&[], &[1, 4], &[])];
    let folder = folder(&recipe, &list, DEVIATION_LIST_SIGNER).expect("imported");
    let report = inspect(&recipe.seal(), &folder.store(), Policy::default(), NOW);
    assert_eq!(report.verdict, Verdict::Inconclusive);
    assert!(
        report.reason.starts_with("aa_key_compromised"),
        "{}",
        report.reason
    );
}

#[test]
fn a_list_by_another_kind_of_signer_is_not_imported() {
    let recipe = Recipe::genuine();
    let list = [deviation(&[], &[2, 3], &[])];
    let error = folder(&recipe, &list, "678108010103").unwrap_err();
    assert!(error.contains("not for signing such lists"), "{error}");
    let mut stranger = Recipe::genuine();
    stranger.ds.issuer_key = key(9);
    let error = folder(&stranger, &list, DEVIATION_LIST_SIGNER).unwrap_err();
    assert!(error.contains("no trusted CSCA certified it"), "{error}");
}

/// Another State's list says nothing of this State's documents.
#[test]
fn a_deviation_list_is_about_its_own_state() {
    let recipe = Recipe::genuine();
    let mut other = Recipe::genuine();
    for name in [
        &mut other.csca.subject,
        &mut other.csca.issuer,
        &mut other.ds.issuer,
    ] {
        name.0 = "UT".into();
    }
    other.crl.as_mut().expect("a CRL").issuer.0 = "UT".into();
    let list = [deviation(&[], &[2, 3], &[])];
    let folder = folder(&other, &list, DEVIATION_LIST_SIGNER).expect("imported");
    let report = inspect(&recipe.seal(), &folder.store(), Policy::default(), NOW);
    let check = report.check(CheckId::DeviationList).expect("a check");
    assert_eq!(check.status_word(), "not_performed");
    assert_fails_only(&report, CheckId::Chain, Verdict::Inconclusive);
}
