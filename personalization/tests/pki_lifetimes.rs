//! The life of a PKI: renewal with a link certificate, rotation and quota of document signers, list signers.

use std::fs;
use std::path::Path;

use der::{Decode, Encode};
use personalization::key_file::Passphrase;
use personalization::pki::PkiError;
use personalization::pki::crl::Crl;
use personalization::pki::csca::{Csca, CscaOptions};
use personalization::pki::directory::{
    CscaDirectory, Destination, DocumentSignerDirectory, DocumentSignerState, NewKey, Renewal,
    RevocationReason, init_csca,
};
use personalization::pki::document_signer::DocumentSignerOptions;
use personalization::pki::explicit_parameters::CurveForm;
use personalization::pki::link_certificate::{self, NAME_CHANGE};
use personalization::pki::list_signer::{ListKind, ListSignerOptions};
use personalization::pki::master_list;
use personalization::pki::name::IssuingState;
use personalization::pki::profile::{self, Role};
use personalization::signer::{Signer, SignerError};
use tempfile::TempDir;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use x509_cert::Certificate;
use x509_cert::crl::CertificateList;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{IssuerAltName, PrivateKeyUsagePeriod};

const NOW: OffsetDateTime = datetime!(2026-11-24 06:00:00 UTC);

fn passphrase() -> Passphrase {
    Passphrase::new("specimen passphrase")
}

fn to<'a>(directory: &'a Path, passphrase: &'a Passphrase) -> Destination<'a> {
    Destination {
        directory,
        key: NewKey::default(),
        secret: passphrase,
        named_curve_twin: false,
    }
}

fn options() -> CscaOptions {
    CscaOptions {
        organization: Some("Specimen Ministry".into()),
        ..CscaOptions::new(IssuingState::new("VN", "VNM").unwrap(), "CSCA Specimen")
    }
}

struct Pki {
    root: TempDir,
    csca: CscaDirectory,
    passphrase: Passphrase,
}

impl Pki {
    fn new() -> Self {
        let (root, passphrase) = (tempfile::tempdir().unwrap(), passphrase());
        let path = root.path().join("csca");
        let csca = init_csca(to(&path, &passphrase), &options(), NOW, &mut getrandom::SysRng).unwrap();
        Self {
            root,
            csca,
            passphrase,
        }
    }

    fn signer(&self) -> impl Signer {
        self.csca.signer(&self.passphrase).unwrap()
    }

    fn renew(&self, name: &str, renewal: &Renewal, now: OffsetDateTime) -> Result<CscaDirectory, PkiError> {
        let path = self.root.path().join(name);
        let destination = to(&path, &self.passphrase);
        self.csca
            .renew(&self.signer(), destination, renewal, now, &mut getrandom::SysRng)
    }

    fn document_signer(&self, name: &str, max_signatures: u64) -> DocumentSignerDirectory {
        let options = DocumentSignerOptions {
            max_signatures,
            document_types: vec!["ID".into(), "AC".into()],
            usage_days: 60,
            ..DocumentSignerOptions::new("Document Signer")
        };
        let path = self.root.path().join(name);
        let destination = to(&path, &self.passphrase);
        self.csca
            .issue_document_signer(&self.signer(), destination, &options, NOW, &mut getrandom::SysRng)
            .unwrap()
    }
}

fn link_of(csca: &CscaDirectory) -> Certificate {
    Certificate::from_der(&csca.link().unwrap().expect("a link certificate")).unwrap()
}

#[test]
fn a_renewed_csca_is_vouched_for_by_the_old_key_and_goes_on_with_its_register() {
    let pki = Pki::new();
    let ds = pki.document_signer("ds", 10);
    let serial = hex::decode(ds.serial().unwrap()).unwrap();
    let crl = pki
        .csca
        .revoke(
            &pki.signer(),
            std::slice::from_ref(&serial),
            RevocationReason::KeyCompromise,
            90,
            NOW,
        )
        .unwrap();
    assert_eq!(Crl::from_der(&crl, pki.csca.csca()).unwrap().number, 2);

    let later = NOW + Duration::days(900);
    let new = pki.renew("csca2", &Renewal::default(), later).unwrap();
    assert_eq!(new.csca().subject(), pki.csca.csca().subject());
    assert_ne!(new.csca().key(), pki.csca.csca().key());
    assert_eq!(new.csca().usage_end(), datetime!(2032-05-12 06:00:00 UTC));
    assert_eq!(new.csca().not_after().year(), 2042);

    let link = new.link().unwrap().expect("a link certificate");
    link_certificate::must_link(&link, pki.csca.csca(), new.csca()).unwrap();
    assert!(link_certificate::must_link(&link, new.csca(), pki.csca.csca()).is_err());
    let certificate = Certificate::from_der(&link).unwrap();
    assert!(profile::violations(&certificate, Role::CscaLink, CurveForm::ExplicitParameters).is_empty());
    assert!(profile::is_canonical(&link));
    assert!(!new.csca().signed(&link) && pki.csca.csca().signed(&link));
    let has_name_change = |certificate: &Certificate| {
        let extensions = certificate.tbs_certificate().extensions().into_iter();
        extensions
            .flatten()
            .any(|extension| extension.extn_id == NAME_CHANGE)
    };
    assert!(!has_name_change(&certificate), "the name stays");

    // The new key signs for what the old one issued, and the numbers go on.
    let crl = Crl::from_der(&new.crl_der().unwrap(), new.csca()).unwrap();
    assert_eq!(crl.number, 3);
    assert!(crl.revokes(&serial));
    assert_eq!(
        new.revocations().unwrap()[0].reason,
        RevocationReason::KeyCompromise
    );
    let signer = new.signer(&pki.passphrase).unwrap();
    let next = new.issue_crl(&signer, 30, later).unwrap();
    assert_eq!(Crl::from_der(&next, new.csca()).unwrap().number, 4);

    // The old one is out of service, in every way.
    let path = pki.root.path().join("never");
    let refusals = [
        pki.csca.issue_crl(&pki.signer(), 30, later).unwrap_err(),
        pki.csca
            .issue_document_signer(
                &pki.signer(),
                to(&path, &pki.passphrase),
                &DocumentSignerOptions::new("DS"),
                later,
                &mut getrandom::SysRng,
            )
            .unwrap_err(),
        pki.renew("csca3", &Renewal::default(), later).unwrap_err(),
    ];
    for error in refusals {
        assert!(matches!(error, PkiError::Refused(_)), "{error}");
        assert!(error.to_string().contains("renewed"), "{error}");
    }
    assert!(!path.exists() && !pki.root.path().join("csca3").exists());

    // Unless its successor was lost on the way.
    let again = Renewal {
        again: true,
        ..Renewal::default()
    };
    pki.renew("csca3", &again, later).unwrap();
}

#[test]
fn a_new_name_is_told_in_the_link_and_in_every_crl() {
    let pki = Pki::new();
    let renewal = Renewal {
        common_name: Some("CSCA Specimen 2".into()),
        organization: Some("Another Ministry".into()),
        document_years: Some(5),
        usage_years: Some(5),
        ..Renewal::default()
    };
    let later = NOW + Duration::days(100);
    let new = pki.renew("csca2", &renewal, later).unwrap();
    let link = link_of(&new);
    let tbs = link.tbs_certificate();
    assert_eq!(tbs.issuer(), pki.csca.csca().subject());
    assert_eq!(tbs.subject(), new.csca().subject());
    assert_ne!(tbs.issuer(), tbs.subject());
    let change: Vec<_> = tbs
        .extensions()
        .into_iter()
        .flatten()
        .filter(|extension| extension.extn_id == NAME_CHANGE)
        .collect();
    assert_eq!(change.len(), 1);
    assert!(!change[0].critical);
    assert_eq!(change[0].extn_value.as_bytes(), [0x05, 0x00]);
    // The link ends with the sooner of both certificates, the key's use in it as well.
    let (_, period) = tbs.get_extension::<PrivateKeyUsagePeriod>().unwrap().unwrap();
    assert_eq!(
        period.not_after.unwrap().to_date_time().year(),
        2032,
        "{:?}",
        tbs.validity()
    );

    // Take the extension away, and the profile says so.
    let mut der = link.to_der().unwrap();
    let oid = NAME_CHANGE.to_der().unwrap();
    let at = der.windows(oid.len()).position(|window| window == oid).unwrap();
    der[at + oid.len() - 1] ^= 0x40;
    let without = Certificate::from_der(&der).unwrap();
    let violations = profile::violations(&without, Role::CscaLink, CurveForm::ExplicitParameters);
    assert!(
        violations.iter().any(|rule| rule.starts_with("nameChange")),
        "{violations:?}"
    );

    let list: CertificateList = CertificateList::from_der(&new.crl_der().unwrap()).unwrap();
    let extensions = list.tbs_cert_list.crl_extensions.unwrap();
    let names = extensions
        .iter()
        .find(|extension| extension.extn_id.to_string() == "2.5.29.18")
        .expect("issuerAltName");
    let names = IssuerAltName::from_der(names.extn_value.as_bytes()).unwrap();
    let old_name = pki.csca.csca().subject().clone();
    assert_eq!(names.0, [GeneralName::DirectoryName(old_name)]);
}

#[test]
fn no_link_goes_to_another_state_or_comes_from_a_key_out_of_use() {
    let pki = Pki::new();
    let signer = pki.signer();
    let foreign = CscaOptions::new(IssuingState::new("UT", "UTO").unwrap(), "CSCA Utopia");
    let path = pki.root.path().join("foreign");
    let foreign = init_csca(to(&path, &pki.passphrase), &foreign, NOW, &mut getrandom::SysRng).unwrap();
    let issue = |new: &Csca, now| {
        link_certificate::issue(
            pki.csca.csca(),
            &signer,
            new,
            CurveForm::default(),
            now,
            &mut getrandom::SysRng,
        )
    };
    let error = issue(foreign.csca(), NOW).unwrap_err().to_string();
    assert!(error.contains("another State"), "{error}");
    let error = issue(pki.csca.csca(), NOW).unwrap_err().to_string();
    assert!(error.contains("old key"), "{error}");
    let too_late = NOW + Duration::days(3 * 366);
    let error = pki
        .renew("late", &Renewal::default(), too_late)
        .unwrap_err()
        .to_string();
    assert!(error.contains("may certify until"), "{error}");
    // A refusal leaves the old CSCA in force.
    pki.csca.issue_crl(&signer, 90, NOW).unwrap();
}

#[test]
fn every_signature_is_counted_before_it_is_made_and_the_quota_ends_it() {
    let pki = Pki::new();
    let ds = pki.document_signer("ds", 5);
    let used = || ds.status(NOW).unwrap().signatures;
    assert_eq!(used(), 0);
    let signer = ds.signer(&pki.passphrase).unwrap();
    signer.sign(b"one").unwrap();
    assert_eq!(used(), 1);
    signer.sign(b"two").unwrap();
    assert_eq!(used(), 3, "the second one came with a block of two");
    drop(signer);
    assert_eq!(used(), 2, "what was not used is given back");

    // As after a crash: nobody gives back the block.
    let signer = ds.signer(&pki.passphrase).unwrap();
    signer.sign(b"three").unwrap();
    signer.sign(b"four").unwrap();
    std::mem::forget(signer);
    assert_eq!(used(), 5, "counted, whether it was made or not");
    let status = ds.status(NOW).unwrap();
    assert_eq!(status.state, DocumentSignerState::Exhausted);
    let error = ds.signer(&pki.passphrase).unwrap_err();
    assert!(matches!(error, PkiError::Refused(_)), "{error}");

    // One that was opened in time stops at the limit.
    let ds = pki.document_signer("ds2", 2);
    let (first, second) = (
        ds.signer(&pki.passphrase).unwrap(),
        ds.signer(&pki.passphrase).unwrap(),
    );
    first.sign(b"one").unwrap();
    second.sign(b"two").unwrap();
    let error = first.sign(b"three").unwrap_err();
    assert!(matches!(error, SignerError::Refused(_)), "{error}");

    // Without its counter nobody knows how much it signed.
    fs::remove_file(pki.root.path().join("ds2/usage.json")).unwrap();
    assert!(matches!(ds.signer(&pki.passphrase), Err(PkiError::Refused(_))));
}

#[test]
fn several_threads_share_one_quota() {
    let pki = Pki::new();
    let ds = pki.document_signer("ds", 40);
    let made: usize = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    // Whoever comes when the others have used the quota up is refused already here.
                    let Ok(signer) = ds.signer(&pki.passphrase) else {
                        return 0;
                    };
                    (0..20).filter(|_| signer.sign(b"x").is_ok()).count()
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });
    let counted = ds.status(NOW).unwrap().signatures;
    assert!(
        made <= 40 && usize::try_from(counted).unwrap() >= made,
        "{made} made, {counted} counted"
    );
    assert!(made >= 20, "{made}");
}

#[test]
fn a_rotated_document_signer_has_a_successor_like_it_and_signs_nothing_more() {
    let pki = Pki::new();
    let ds = pki.document_signer("ds", 300);
    let open = ds.signer(&pki.passphrase).unwrap();
    let rng = &mut getrandom::SysRng;
    let later = NOW + Duration::days(50);
    assert_eq!(ds.status(later).unwrap().state, DocumentSignerState::RotationDue);
    assert!(ds.erase_key(later).is_err(), "nobody took over yet");

    let path = pki.root.path().join("ds2");
    let next = pki
        .csca
        .rotate_document_signer(&pki.signer(), &ds, to(&path, &pki.passphrase), later, rng)
        .unwrap();
    let (old, new) = (
        Certificate::from_der(ds.certificate_der()).unwrap(),
        Certificate::from_der(next.certificate_der()).unwrap(),
    );
    let (old, new) = (old.tbs_certificate(), new.tbs_certificate());
    assert_eq!(old.subject(), new.subject());
    assert_ne!(
        old.subject_public_key_info().subject_public_key,
        new.subject_public_key_info().subject_public_key
    );
    let status = next.status(later).unwrap();
    assert_eq!(
        (status.state, status.max_signatures),
        (DocumentSignerState::InUse, 300)
    );
    assert_eq!(status.usage_end, later + Duration::days(60));

    assert_eq!(ds.status(later).unwrap().state, DocumentSignerState::Retired);
    assert!(ds.signer(&pki.passphrase).is_err());
    let error = open.sign(b"too late").unwrap_err();
    assert!(matches!(error, SignerError::Refused(_)), "{error}");
    let third = pki.root.path().join("ds3");
    let again = pki
        .csca
        .rotate_document_signer(&pki.signer(), &ds, to(&third, &pki.passphrase), later, rng);
    assert!(again.unwrap_err().to_string().contains("retired"));

    ds.erase_key(later).unwrap();
    assert!(!pki.root.path().join("ds/ds.key").exists());
    let status = ds.status(later).unwrap();
    assert_eq!(status.successor, Some(next.serial().unwrap()));
    assert_eq!(status.key_erased.as_deref(), Some("2027-01-13T06:00:00Z"));

    // Another CSCA does not rotate it.
    let stranger = Pki::new();
    let error = stranger
        .csca
        .rotate_document_signer(&stranger.signer(), &next, to(&third, &pki.passphrase), later, rng)
        .unwrap_err();
    assert!(error.to_string().contains("did not certify"), "{error}");
}

#[test]
fn a_list_signer_signs_lists_of_its_kind_and_nothing_else() {
    let pki = Pki::new();
    let rng = &mut getrandom::SysRng;
    let mut made = Vec::new();
    for (kind, role, other) in [
        (
            ListKind::MasterList,
            Role::MasterListSigner,
            Role::DeviationListSigner,
        ),
        (
            ListKind::DeviationList,
            Role::DeviationListSigner,
            Role::MasterListSigner,
        ),
    ] {
        let path = pki.root.path().join(format!("{kind:?}"));
        let directory = pki
            .csca
            .issue_list_signer(
                &pki.signer(),
                to(&path, &pki.passphrase),
                &ListSignerOptions::new(kind, "List Signer"),
                NOW,
                rng,
            )
            .unwrap();
        let certificate = Certificate::from_der(directory.certificate_der()).unwrap();
        let violations = |role| profile::violations(&certificate, role, CurveForm::ExplicitParameters);
        assert_eq!(violations(role), Vec::<String>::new());
        assert!(
            violations(other)
                .iter()
                .any(|rule| rule.starts_with("extKeyUsage"))
        );
        assert!(!violations(Role::DocumentSigner).is_empty());
        assert!(!violations(Role::CscaLink).is_empty());
        made.push(directory);
    }
    let csca_der = pki.csca.csca().der().to_vec();
    let issue = |index: usize, certificates: &[Vec<u8>], now| {
        let signer = made[index].signer(&pki.passphrase).unwrap();
        let der = made[index].certificate_der();
        master_list::issue(pki.csca.csca(), &signer, der, certificates, now)
    };
    issue(0, std::slice::from_ref(&csca_der), NOW).unwrap();
    let error = issue(1, std::slice::from_ref(&csca_der), NOW)
        .unwrap_err()
        .to_string();
    assert!(error.contains("not certified for master lists"), "{error}");
    let error = issue(0, std::slice::from_ref(&csca_der), NOW + Duration::days(800))
        .unwrap_err()
        .to_string();
    assert!(error.contains("not valid now"), "{error}");
    assert!(issue(0, &[], NOW).is_err());
    let ds = pki.document_signer("ds", 5);
    let error = issue(0, &[ds.certificate_der().to_vec()], NOW)
        .unwrap_err()
        .to_string();
    assert!(error.contains("number 1 is not a CSCA's"), "{error}");
    let stranger = Pki::new();
    let signer = made[0].signer(&pki.passphrase).unwrap();
    let error = master_list::issue(
        stranger.csca.csca(),
        &signer,
        made[0].certificate_der(),
        &[csca_der],
        NOW,
    )
    .unwrap_err();
    assert!(
        error.to_string().contains("not certified by this CSCA"),
        "{error}"
    );
}
