//! The directories of CSCA and document signer: whole or absent, never overwritten, nothing lost.

use std::fs;
use std::path::Path;

use personalization::key_file::{KeyFileError, Passphrase};
use personalization::pki::PkiError;
use personalization::pki::crl;
use personalization::pki::csca::CscaOptions;
use personalization::pki::directory::{
    CscaDirectory, Destination, DocumentSignerDirectory, NewKey, RevocationReason, init_csca,
};
use personalization::pki::document_signer::DocumentSignerOptions;
use personalization::pki::name::IssuingState;
use time::OffsetDateTime;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2026-11-24 06:00:00 UTC);

fn options() -> CscaOptions {
    CscaOptions::new(IssuingState::new("VN", "VNM").unwrap(), "CSCA Specimen")
}

fn passphrase() -> Passphrase {
    Passphrase::new("specimen passphrase")
}

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn to<'a>(directory: &'a Path, passphrase: &'a Passphrase, named_curve_twin: bool) -> Destination<'a> {
    Destination {
        directory,
        key: NewKey::default(),
        secret: passphrase,
        named_curve_twin,
    }
}

#[test]
fn directories_are_whole_or_absent_and_never_overwritten() {
    let root = tempfile::tempdir().unwrap();
    let rng = &mut getrandom::SysRng;
    let path = root.path().join("csca");
    let (good, short) = (passphrase(), Passphrase::new("short"));
    assert!(init_csca(to(&path, &short, true), &options(), NOW, rng).is_err());
    let bad = CscaOptions {
        usage_years: 9,
        ..options()
    };
    assert!(init_csca(to(&path, &good, true), &bad, NOW, rng).is_err());
    assert!(names(root.path()).is_empty(), "nothing half-written");

    let csca = init_csca(to(&path, &good, false), &options(), NOW, rng).unwrap();
    assert_eq!(
        names(&path),
        [
            "crl.der",
            "csca.der",
            "csca.key",
            "csca.pem",
            "issued",
            "register.json"
        ]
    );
    let before = fs::read(path.join("csca.der")).unwrap();
    let error = init_csca(to(&path, &good, false), &options(), NOW, rng).unwrap_err();
    assert!(
        matches!(error, PkiError::File(KeyFileError::AlreadyExists { .. })),
        "{error}"
    );
    assert_eq!(fs::read(path.join("csca.der")).unwrap(), before);

    let wrong = csca.signer(&Passphrase::new("another passphrase")).unwrap_err();
    assert!(
        matches!(wrong, PkiError::File(KeyFileError::WrongPassphrase { .. })),
        "{wrong}"
    );
    let signer = csca.signer(&good).unwrap();
    let ds_path = root.path().join("ds");
    let ds_options = DocumentSignerOptions::new("DS 1");
    let refused = csca.issue_document_signer(&signer, to(&ds_path, &short, false), &ds_options, NOW, rng);
    assert!(refused.is_err());
    assert_eq!(names(root.path()), ["csca"]);
    let ds = csca
        .issue_document_signer(&signer, to(&ds_path, &good, false), &ds_options, NOW, rng)
        .unwrap();
    assert_eq!(names(&ds_path), ["ds.der", "ds.key", "ds.pem", "usage.json"]);
    assert_eq!(
        names(&path.join("issued")),
        [format!("{}.der", ds.serial().unwrap())]
    );
    let again = csca.issue_document_signer(&signer, to(&ds_path, &good, false), &ds_options, NOW, rng);
    assert!(matches!(
        again,
        Err(PkiError::File(KeyFileError::AlreadyExists { .. }))
    ));

    // A key that is not the certificate's is noticed before anything is signed with it.
    let other = root.path().join("other");
    csca.issue_document_signer(&signer, to(&other, &good, false), &ds_options, NOW, rng)
        .unwrap();
    fs::rename(other.join("ds.key"), ds_path.join("ds.key")).unwrap();
    let swapped = DocumentSignerDirectory::open(&ds_path)
        .unwrap()
        .signer(&good)
        .unwrap_err();
    assert!(swapped.to_string().contains("does not belong"), "{swapped}");
}

#[test]
fn no_key_and_no_passphrase_stands_in_any_file() {
    let root = tempfile::tempdir().unwrap();
    let rng = &mut getrandom::SysRng;
    let (path, good) = (root.path().join("csca"), passphrase());
    init_csca(to(&path, &good, true), &options(), NOW, rng).unwrap();
    for name in names(&path).into_iter().filter(|name| name != "issued") {
        let content = fs::read(path.join(&name)).unwrap();
        for secret in ["specimen passphrase", "BEGIN PRIVATE KEY", "BEGIN EC PRIVATE KEY"] {
            let found = content
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} in {name}");
        }
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path.join(&name)).unwrap().permissions());
        let secret = ["csca.key", "register.json"].contains(&name.as_str());
        assert!(!secret || mode & 0o077 == 0, "{name} has mode {mode:o}");
    }
}

#[test]
fn revocations_are_never_lost_and_numbers_never_fall() {
    let root = tempfile::tempdir().unwrap();
    let rng = &mut getrandom::SysRng;
    let (path, good) = (root.path().join("csca"), passphrase());
    let csca = init_csca(to(&path, &good, false), &options(), NOW, rng).unwrap();
    let signer = csca.signer(&good).unwrap();
    let ds_options = DocumentSignerOptions::new("DS 1");
    let ds = root.path().join("ds");
    let ds = csca
        .issue_document_signer(&signer, to(&ds, &good, false), &ds_options, NOW, rng)
        .unwrap();
    let serial = hex::decode(ds.serial().unwrap()).unwrap();

    let unknown = csca
        .revoke(
            &signer,
            &[serial.clone(), vec![0x41; 16]],
            RevocationReason::Superseded,
            90,
            NOW,
        )
        .unwrap_err();
    assert!(
        unknown.to_string().contains("issued no certificate 4141"),
        "{unknown}"
    );
    assert_eq!(
        crl::Crl::from_der(&csca.crl_der().unwrap(), csca.csca())
            .unwrap()
            .number,
        1
    );

    let register_before = fs::read(path.join("register.json")).unwrap();
    csca.revoke(
        &signer,
        std::slice::from_ref(&serial),
        RevocationReason::Superseded,
        90,
        NOW,
    )
    .unwrap();
    csca.revoke(
        &signer,
        std::slice::from_ref(&serial),
        RevocationReason::KeyCompromise,
        90,
        NOW,
    )
    .unwrap();
    let published = crl::Crl::from_der(&csca.crl_der().unwrap(), csca.csca()).unwrap();
    assert_eq!((published.number, published.revoked.len()), (3, 1));

    // A list that vanished or was rolled back does not bring an old number back.
    let newest = fs::read(path.join("crl.der")).unwrap();
    let old = crl::issue(csca.csca(), &signer, 1, &[], 90, NOW).unwrap();
    overwrite(&path.join("crl.der"), &old);
    let next = csca.issue_crl(&signer, 90, NOW).unwrap();
    let next = crl::Crl::from_der(&next, csca.csca()).unwrap();
    assert_eq!((next.number, next.revoked.len()), (4, 1));

    // An old backup of the register does not bring a revoked signer back.
    overwrite(&path.join("crl.der"), &newest);
    overwrite(&path.join("register.json"), &register_before);
    let error = csca.issue_crl(&signer, 90, NOW).unwrap_err();
    assert!(
        error.to_string().contains("the register: lacks serial"),
        "{error}"
    );
    assert_eq!(
        crl::Crl::from_der(&csca.crl_der().unwrap(), csca.csca()).unwrap(),
        published
    );

    // While somebody else changes the CSCA, nobody does.
    let lock = fs::File::open(path.join("csca.der")).unwrap();
    lock.lock().unwrap();
    let busy = CscaDirectory::open(&path)
        .unwrap()
        .issue_crl(&signer, 90, NOW)
        .unwrap_err();
    assert!(busy.to_string().contains("another program"), "{busy}");
}

fn overwrite(path: &Path, content: &[u8]) {
    fs::File::create(path)
        .and_then(|mut file| std::io::Write::write_all(&mut file, content))
        .unwrap();
}
