//! Requests for terminals' certificates, what two officers approve, and what comes of it; OpenPACE's `cvc-create` (Debian package
//! `openpace`) certifies what we ask for, and `cvc-print` reads what we certified.

use std::path::Path;
use std::process::Command;

use card_applet::wire::cvc::{Date, InspectionRights};
use getrandom::SysRng;
use personalization::approval::{Approval, ApprovalError, Officer};
use personalization::key_file::Passphrase;
use personalization::pki::PkiError;
use personalization::pki::curves::NamedCurve;
use personalization::pki::cv_certificate::{self, CvValidity};
use personalization::pki::cv_policy;
use personalization::pki::cv_proposal::{Application, CvKind, CvProposal};
use personalization::pki::cv_request::{self, CvRequest};
use personalization::pki::directory::{
    CvDirectory, CvHolder, Destination, NewHolder, NewKey, Predecessor, init_cvca, request,
};
use personalization::signer::{FileSigner, Signer};
use tempfile::TempDir;
use time::OffsetDateTime;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2026-11-24 09:00 UTC);
const FINGERS: InspectionRights = InspectionRights {
    fingers: true,
    irises: false,
};

fn day(year: u8, month: u8, day: u8) -> Date {
    Date::new(year, month, day).unwrap()
}

fn longest(kind: CvKind, from: Date) -> CvValidity {
    cv_policy::longest(kind.role(), from).unwrap()
}

/// A CVCA with two officers, in a folder of its own.
struct Bench {
    folder: TempDir,
    passphrase: Passphrase,
    officers: Vec<(Officer, FileSigner)>,
    cvca: CvDirectory,
    curve: NamedCurve,
}

impl Bench {
    fn new() -> Self {
        Self::on(NamedCurve::P256)
    }

    fn on(curve: NamedCurve) -> Self {
        let folder = TempDir::new().unwrap();
        let passphrase = Passphrase::new("for tests only");
        let officers: Vec<_> = ["An", "Bình"]
            .map(|name| {
                let key = FileSigner::generate(&mut SysRng).unwrap();
                (Officer::new(name, &key.public_point()).unwrap(), key)
            })
            .into();
        let cvca = init_cvca(
            Destination {
                directory: &folder.path().join("cvca"),
                key: NewKey::File(curve),
                secret: &passphrase,
                named_curve_twin: false,
            },
            &NewHolder {
                reference: "VNCVCA00001",
                officers: &officers
                    .iter()
                    .map(|(officer, _)| officer.clone())
                    .collect::<Vec<_>>(),
            },
            InspectionRights::ALL,
            longest(CvKind::Link, day(26, 1, 1)),
            &mut SysRng,
        )
        .unwrap();
        Self {
            folder,
            passphrase,
            officers,
            cvca,
            curve,
        }
    }

    fn request(
        &self,
        name: &str,
        holder: CvHolder,
        reference: &str,
        authority: &str,
        predecessor: Option<&Predecessor<'_>>,
    ) -> Result<CvDirectory, PkiError> {
        let destination = Destination {
            directory: &self.folder.path().join(name),
            key: NewKey::File(self.curve),
            secret: &self.passphrase,
            named_curve_twin: false,
        };
        let new_holder = NewHolder {
            reference,
            officers: &[],
        };
        request(
            destination,
            holder,
            &new_holder,
            authority,
            predecessor,
            &mut SysRng,
        )
    }

    fn approvals(&self, proposal: &[u8]) -> Vec<Approval> {
        self.officers
            .iter()
            .map(|(officer, key)| Approval::sign(officer.name(), proposal, NOW, key).unwrap())
            .collect()
    }

    fn propose(&self, kind: CvKind, request: &[u8]) -> Result<CvProposal, PkiError> {
        self.cvca
            .propose(kind, request, FINGERS, longest(kind, day(26, 11, 24)), None)
    }

    fn certify(&self, proposal: &CvProposal, request: &[u8]) -> Result<Vec<u8>, PkiError> {
        let proposal = proposal.to_json().unwrap();
        let signer = self.cvca.signer(&self.passphrase).unwrap();
        self.cvca
            .certify(&proposal, request, None, &self.approvals(&proposal), &signer, NOW)
    }
}

fn request_of(directory: &CvDirectory) -> Vec<u8> {
    std::fs::read(directory.request_path()).unwrap()
}

fn run(program: &str, arguments: &[&str], directory: &Path) -> (bool, String) {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(directory)
        .output()
        .unwrap_or_else(|error| panic!("{program} (Debian package openpace) must be installed: {error}"));
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

/// A foreign program reads our request and certifies it, and we take its certificate.
#[test]
fn openpace_certifies_our_request() {
    let bench = Bench::new();
    let folder = bench.folder.path();
    let must = |program: &str, arguments: &str| {
        let arguments: Vec<_> = arguments.split_whitespace().collect();
        let (succeeded, text) = run(program, &arguments, folder);
        assert!(succeeded, "{program} {arguments:?}: {text}");
        text
    };
    must(
        "openssl",
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -outform DER -out ca.pkcs8",
    );
    must(
        "cvc-create",
        "--role=cvca --type=is --chr=DECVCAOP00001 --expires=290101 --scheme=ECDSA_SHA_256 --sign-with=ca.pkcs8 \
         --key=ca.pkcs8",
    );
    let mut dv = bench
        .request("dv", CvHolder::Verifier, "VNDV00001", "DECVCAOP00001", None)
        .unwrap();
    let text = must("cvc-print", "--csr=dv/dv.cvreq");
    assert!(
        text.contains("certificate request verified") && text.contains("CHR: VNDV00001"),
        "{text}"
    );
    must(
        "cvc-create",
        "--role=dv_foreign --type=is --csr=dv/dv.cvreq --scheme=ECDSA_SHA_256 --sign-with=ca.pkcs8 --expires=270101 \
         --out-cert=answer.cvcert",
    );
    let certificate = std::fs::read(folder.join("answer.cvcert")).unwrap();
    let authority = std::fs::read(folder.join("DECVCAOP00001.cvcert")).unwrap();
    dv.install(&certificate, &[authority]).unwrap();
    assert_eq!(dv.reference().unwrap(), "VNDV00001");
}

#[test]
fn from_request_to_terminal() {
    for curve in [NamedCurve::P256, NamedCurve::BrainpoolP384r1] {
        from_request_to_terminal_on(curve);
    }
}

fn from_request_to_terminal_on(curve: NamedCurve) {
    let bench = Bench::on(curve);
    let dv_request = bench
        .request("dv", CvHolder::Verifier, "VNDV00001", "VNCVCA00001", None)
        .unwrap();
    let bytes = request_of(&dv_request);
    let proposal = bench.propose(CvKind::DomesticVerifier, &bytes).unwrap();
    assert_eq!(proposal.application, Application::Initial);
    assert_eq!(
        CvProposal::from_json(&proposal.to_json().unwrap()).unwrap(),
        proposal
    );
    let dv_certificate = bench.certify(&proposal, &bytes).unwrap();
    let mut dv = dv_request;
    let chain = vec![bench.cvca.certificate().unwrap().to_vec()];
    // A certificate of somebody else, a chain with a hole.
    assert!(dv.install(&chain[0], &chain).is_err());
    assert!(dv.install(&dv_certificate, &[]).is_err());
    dv.install(&dv_certificate, &chain).unwrap();
    assert!(dv.install(&dv_certificate, &chain).is_err(), "twice");
    let dv = CvDirectory::open(&bench.folder.path().join("dv")).unwrap();

    // The document verifier has no officers: it certifies its terminals on its own.
    let mut terminal = bench
        .request("is", CvHolder::Terminal, "VNIS00001", "VNDV00001", None)
        .unwrap();
    let bytes = request_of(&terminal);
    let validity = longest(CvKind::Terminal, day(26, 11, 24));
    let proposal = dv
        .propose(CvKind::Terminal, &bytes, FINGERS, validity, None)
        .unwrap();
    let signer = dv.signer(&bench.passphrase).unwrap();
    let certificate = dv
        .certify(&proposal.to_json().unwrap(), &bytes, None, &[], &signer, NOW)
        .unwrap();
    terminal
        .install(&certificate, &dv.certificates().unwrap())
        .unwrap();
    let (printed, text) = run(
        "cvc-print",
        &["-c", "is/terminal.cvcert", "--cvc-dir", "is"],
        bench.folder.path(),
    );
    assert!(printed && text.contains("Inspection system"), "{text}");
    assert!(
        text.contains("Read fingerprint") && !text.contains("Read iris"),
        "{text}"
    );

    // Whoever comes back shows the key of last time, and has another sequence number.
    let late = bench
        .request("stranger", CvHolder::Terminal, "VNIS00002", "VNDV00001", None)
        .unwrap();
    let refused = dv.propose(CvKind::Terminal, &request_of(&late), FINGERS, validity, None);
    assert!(matches!(refused, Err(PkiError::Refused(_))), "{refused:?}");
    let terminal_key = terminal.signer(&bench.passphrase).unwrap();
    let predecessor = Predecessor {
        directory: &terminal,
        signer: &terminal_key,
    };
    assert!(
        bench
            .request(
                "same",
                CvHolder::Terminal,
                "VNIS00001",
                "VNDV00001",
                Some(&predecessor)
            )
            .is_err()
    );
    assert!(
        bench
            .request(
                "other",
                CvHolder::Terminal,
                "VNISX00002",
                "VNDV00001",
                Some(&predecessor)
            )
            .is_err()
    );
    let next = bench
        .request(
            "next",
            CvHolder::Terminal,
            "VNIS00002",
            "VNDV00001",
            Some(&predecessor),
        )
        .unwrap();
    let proposal = dv
        .propose(CvKind::Terminal, &request_of(&next), FINGERS, validity, None)
        .unwrap();
    assert_eq!(proposal.application, Application::Successive);
    dv.certify(
        &proposal.to_json().unwrap(),
        &request_of(&next),
        None,
        &[],
        &signer,
        NOW,
    )
    .unwrap();
    let again = dv.propose(CvKind::Terminal, &request_of(&next), FINGERS, validity, None);
    assert!(matches!(again, Err(PkiError::Refused(_))), "{again:?}");
    // Signed by a key of another holder.
    let stranger = late.signer(&bench.passphrase).unwrap();
    let forged = cv_request::make("VNIS00003", Some("VNDV00001"), &stranger).unwrap();
    let forged = cv_request::authenticate(&forged, "VNIS00002", &stranger).unwrap();
    assert!(
        dv.propose(CvKind::Terminal, &forged, FINGERS, validity, None)
            .is_err()
    );
}

#[test]
fn nothing_is_certified_that_two_officers_did_not_approve() {
    let bench = Bench::new();
    let dv = bench
        .request("dv", CvHolder::Verifier, "VNDV00001", "VNCVCA00001", None)
        .unwrap();
    let bytes = request_of(&dv);
    let proposal = bench.propose(CvKind::DomesticVerifier, &bytes).unwrap();
    let json = proposal.to_json().unwrap();
    let signer = bench.cvca.signer(&bench.passphrase).unwrap();
    let certify = |proposal: &[u8], approvals: &[Approval], request: &[u8]| {
        bench
            .cvca
            .certify(proposal, request, None, approvals, &signer, NOW)
    };
    let approvals = bench.approvals(&json);
    let missing = certify(&json, &approvals[..1], &bytes);
    assert!(
        matches!(
            missing,
            Err(PkiError::Approval(ApprovalError::Missing { found: 1 }))
        ),
        "{missing:?}"
    );
    // What was approved is the file, to the byte.
    let wider = String::from_utf8(json.clone())
        .unwrap()
        .replace("\"irises\": false", "\"irises\": true");
    assert_ne!(wider.as_bytes(), json);
    let altered = certify(wider.as_bytes(), &approvals, &bytes);
    assert!(
        matches!(altered, Err(PkiError::Approval(ApprovalError::Invalid(_)))),
        "{altered:?}"
    );
    // Another request under the same name.
    let other = bench
        .request("other", CvHolder::Verifier, "VNDV00001", "VNCVCA00001", None)
        .unwrap();
    let swapped = certify(&json, &approvals, &request_of(&other));
    assert!(matches!(swapped, Err(PkiError::Refused(_))), "{swapped:?}");

    certify(&json, &approvals, &bytes).unwrap();
    let replayed = certify(&json, &approvals, &bytes);
    assert!(matches!(replayed, Err(PkiError::Refused(_))), "{replayed:?}");
    let record = std::fs::read_to_string(bench.folder.path().join("cvca/issued/VNDV00001.json")).unwrap();
    for recorded in ["\"An\"", "\"Bình\"", "domestic-verifier", "2027-02-24"] {
        assert!(record.contains(recorded), "{recorded} is not in {record}");
    }
}

#[test]
fn links_and_endorsements() {
    let bench = Bench::new();
    let officers: Vec<_> = bench
        .officers
        .iter()
        .map(|(officer, _)| officer.clone())
        .collect();
    let make_cvca = |name: &str, reference: &str, from: Date| {
        let destination = Destination {
            directory: &bench.folder.path().join(name),
            key: NewKey::default(),
            secret: &bench.passphrase,
            named_curve_twin: false,
        };
        let validity = longest(CvKind::Link, from);
        let new_holder = NewHolder {
            reference,
            officers: &officers,
        };
        init_cvca(destination, &new_holder, FINGERS, validity, &mut SysRng)
    };
    let next = make_cvca("next", "VNCVCA00002", day(28, 6, 1)).unwrap();
    let certificate = next.certificate().unwrap();
    let proposal = bench.propose(CvKind::Link, certificate).unwrap();
    let link = bench.certify(&proposal, certificate).unwrap();
    let body = cv_certificate::parse(&link).unwrap().body;
    assert_eq!(body.effective_date, day(28, 6, 1), "the next one's validity");
    assert_eq!(body.authority_reference.to_string(), "VNCVCA00001");

    // A verifier of another country applies here; its own CVCA vouches for it.
    let abroad = make_cvca("abroad", "DECVCA00001", day(26, 6, 1)).unwrap();
    let foreign = bench
        .request("foreign", CvHolder::Verifier, "DEDV00001", "VNCVCA00001", None)
        .unwrap();
    let key = abroad.signer(&bench.passphrase).unwrap();
    let endorsed = cv_request::authenticate(&request_of(&foreign), "DECVCA00001", &key).unwrap();
    let propose = |endorser: Option<&[u8]>| {
        let validity = longest(CvKind::ForeignVerifier, day(26, 11, 24));
        bench
            .cvca
            .propose(CvKind::ForeignVerifier, &endorsed, FINGERS, validity, endorser)
    };
    assert!(propose(None).is_err(), "nobody looked at the outer signature");
    assert!(propose(Some(certificate)).is_err(), "another CVCA's");
    let proposal = propose(Some(abroad.certificate().unwrap())).unwrap();
    assert_eq!(proposal.endorsed_by.as_deref(), Some("DECVCA00001"));

    // Who certifies what.
    assert!(bench.propose(CvKind::Terminal, &endorsed).is_err());
    let too_long = CvValidity {
        from: day(26, 11, 24),
        to: day(27, 2, 25),
    };
    let result = bench
        .cvca
        .propose(CvKind::ForeignVerifier, &endorsed, FINGERS, too_long, None);
    assert!(result.is_err());
}

/// Every byte of a request is under one of its signatures, or is what makes it a request.
#[test]
fn a_changed_request_is_refused() {
    let key = FileSigner::generate(&mut SysRng).unwrap();
    let plain = cv_request::make("VNDV00001", Some("VNCVCA00001"), &key).unwrap();
    CvRequest::open(&plain).unwrap();
    for index in 0..plain.len() {
        let mut changed = plain.clone();
        changed[index] ^= 0x01;
        assert!(CvRequest::open(&changed).is_err(), "byte {index}");
    }
    let outer_key = FileSigner::generate(&mut SysRng).unwrap();
    let authenticated = cv_request::authenticate(&plain, "VNDV00000", &outer_key).unwrap();
    let certificate = personalization::pki::cvca::issue_cvca(
        "VNDV00000",
        FINGERS,
        longest(CvKind::Link, day(26, 1, 1)),
        &outer_key,
    )
    .unwrap();
    let outer = cv_certificate::parse(&certificate).unwrap().body.public_key;
    for index in 0..authenticated.len() {
        let mut changed = authenticated.clone();
        changed[index] ^= 0x01;
        let accepted = CvRequest::open(&changed)
            .is_ok_and(|request| request.outer.is_some_and(|o| o.is_by(&outer, None)));
        assert!(!accepted, "byte {index}");
    }
    for length in 0..authenticated.len() {
        assert!(
            CvRequest::open(&authenticated[..length]).is_err(),
            "{length} bytes"
        );
    }
    assert!(CvRequest::open(&[0x67, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]).is_err());
}
