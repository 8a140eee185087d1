//! Link certificates that OpenSSL made: the first decision is a person's, a link by a believed key is none; a changed name must be
//! said, and a link that goes to another State, or back, or is by a stranger, establishes nothing.

use host_issuer::inspect::{Changes, Evidence, ImportError, TrustFolder, TrustItem};

use crate::NOW;
use crate::foreign_pki::ForeignPki;

/// id-icao-mrtd-security-extensions-nameChange.
const NAME_CHANGE: &str = "2.23.136.1.1.6.1=ASN1:NULL\n";

/// What is asked in every import, and the answer.
fn take(
    folder: &TrustFolder,
    files: &[&[u8]],
    is_accepted: bool,
) -> Result<(TrustFolder, Changes), (ImportError, usize)> {
    let mut items = Vec::new();
    for (number, file) in files.iter().enumerate() {
        items.extend(TrustItem::read(&format!("file {number}"), file).expect("readable"));
    }
    let mut asked = 0;
    let outcome = folder.import(
        items,
        &mut |_| {
            asked += 1;
            is_accepted
        },
        NOW,
    );
    outcome.map_err(|error| (error, asked))
}

/// A new key NAME.key with its public part, for the CSCA to certify.
fn new_key(pki: &ForeignPki, name: &str) {
    let (key, public) = (format!("{name}.key"), format!("{name}.pub"));
    let curve = "ec_paramgen_curve:brainpoolP384r1";
    pki.openssl(&["genpkey", "-algorithm", "EC", "-pkeyopt", curve, "-out", &key]);
    pki.openssl(&["pkey", "-in", &key, "-pubout", "-out", &public]);
}

/// The new key's own certificate.
fn root(pki: &ForeignPki, name: &str, subject: &str) -> Vec<u8> {
    let (key, pem) = (format!("{name}.key"), format!("{name}-root.pem"));
    pki.openssl(&[
        "req",
        "-x509",
        "-new",
        "-key",
        &key,
        "-subj",
        subject,
        "-days",
        "20000",
        "-out",
        &pem,
        "-addext",
        "basicConstraints=critical,CA:TRUE,pathlen:0",
        "-addext",
        "keyUsage=critical,keyCertSign,cRLSign",
    ]);
    pki.der(&pem)
}

#[test]
fn links_establish_anchors_and_renamed_cscas_say_so() {
    const SAME: &str = "/C=UT/O=Utopia/CN=CSCA Utopia";
    let pki = ForeignPki::new();
    let csca = pki.der("csca.pem");
    let (error, asked) = take(&TrustFolder::empty(), &[&csca], false).expect_err("nobody accepted it");
    assert!(matches!(error, ImportError::NotAccepted { .. }), "{error}");
    assert_eq!(asked, 1);
    let (folder, _) = take(&TrustFolder::empty(), &[&csca], true).expect("accepted");

    new_key(&pki, "next");
    let link = pki.certified_with("next", SAME, "");
    let own = root(&pki, "next", SAME);
    // The root alone is a new decision; behind its link it is none, in either order, and nobody is asked.
    let (error, asked) = take(&folder, &[&own], false).expect_err("a root alone");
    assert!(
        matches!(error, ImportError::NotAccepted { .. }) && asked == 1,
        "{error}"
    );
    let (linked, changes) = take(&folder, &[&own, &link], false).expect("by its link");
    let how: Vec<_> = changes.added.iter().map(|added| &added.evidence[0]).collect();
    assert!(
        matches!(how[..], [Evidence::Link { .. }, Evidence::SameKey { .. }]),
        "{how:?}"
    );

    // Another name.
    const OTHER: &str = "/C=UT/O=Utopia/CN=CSCA Utopia II";
    new_key(&pki, "renamed");
    let silent = pki.certified_with("renamed", OTHER, "");
    let (error, _) = take(&linked, &[&silent], true).expect_err("a silent change of name");
    assert!(error.to_string().contains("changes the name"), "{error}");
    let renamed = pki.certified_with("renamed", OTHER, NAME_CHANGE);
    let own = root(&pki, "renamed", OTHER);
    let (renamed, changes) = take(&linked, &[&renamed, &own], false).expect("said");
    assert_eq!(changes.added.len(), 2);
    assert_eq!(renamed.anchors().len(), 5);

    // To another State; and by somebody else.
    new_key(&pki, "abroad");
    let abroad = pki.certified_with("abroad", "/C=XA/CN=CSCA Abroad", NAME_CHANGE);
    let (error, _) = take(&renamed, &[&abroad], true).expect_err("another State");
    assert!(error.to_string().contains("another State"), "{error}");
    let stranger = ForeignPki::new();
    new_key(&stranger, "next");
    let strange = stranger.certified_with("next", SAME, "");
    let (error, asked) = take(&renamed, &[&strange], true).expect_err("a stranger's link");
    assert!(
        error.to_string().contains("no believed CSCA signed the link"),
        "{error}"
    );
    assert_eq!(asked, 0, "a link is no matter of opinion");
    // What is cut short is nothing.
    for length in [0, link.len() / 2, link.len() - 1] {
        assert!(TrustItem::read("cut", &link[..length]).is_err());
    }
}
