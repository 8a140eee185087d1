//! What the commands of CVCA, document verifier and inspection system have in common: options, proposals, certificates.

use std::path::{Path, PathBuf};

use card_applet::wire::cvc::{CvCertificate, Date, InspectionRights};
use personalization::approval::{Approval, Officer};
use personalization::pki::cv_certificate::CvValidity;
use personalization::pki::cv_policy;
use personalization::pki::cv_proposal::{Application, CvKind, CvProposal, parse_day, rights_in_words};
use personalization::pki::directory::{CvDirectory, StoredSigner};
use serde::Serialize;

use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::super::keys::PassphraseArguments;

/// A request, a certificate or a proposal has at most a few thousand bytes.
const SIZE_LIMIT: u64 = 64 * 1024;

/// What a certificate allows, and when.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct TermsArguments {
    /// What it allows to read: fingers, irises; none for neither
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "fingers,irises",
        value_name = "RIGHTS"
    )]
    rights: Vec<Right>,
    /// First day of its validity [default: today]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    from: Option<Date>,
    /// Last day of its validity [default: as long as BSI TR-03139 allows]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    to: Option<Date>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Right {
    Fingers,
    Irises,
    None,
}

fn day(text: &str) -> Result<Date, String> {
    parse_day(text).ok_or_else(|| "a day such as 2026-12-31, from 2000 to 2099".to_owned())
}

impl TermsArguments {
    pub(super) fn rights(&self) -> InspectionRights {
        InspectionRights {
            fingers: self.rights.contains(&Right::Fingers),
            irises: self.rights.contains(&Right::Irises),
        }
    }

    pub(super) fn validity(&self, kind: CvKind, context: &Context<'_>) -> Result<CvValidity, Failure> {
        let from = match self.from {
            Some(from) => from,
            None => cv_policy::cv_date(context.environment.clock.now().date())?,
        };
        Ok(match self.to {
            Some(to) => CvValidity { from, to },
            None => cv_policy::longest(kind.role(), from)?,
        })
    }
}

/// What `certify` of a CVCA and of a document verifier takes.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct CertifyArguments {
    /// Directory of the authority
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// The proposal
    #[arg(long, value_name = "FILE")]
    proposal: PathBuf,
    /// The request, or the certificate, that it was made from
    #[arg(long, value_name = "FILE")]
    request: PathBuf,
    /// Certificate of the CVCA that vouches for the applicant, as when it was proposed
    #[arg(long, value_name = "FILE")]
    endorser: Option<PathBuf>,
    /// An officer's approval of the proposal; two are needed
    #[arg(long = "approval", value_name = "FILE")]
    approvals: Vec<PathBuf>,
    /// Where to write the certificate
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

/// What `install` of a document verifier and of an inspection system takes.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct InstallArguments {
    /// Directory with the request
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// The certificate that answers it
    #[arg(long, value_name = "FILE")]
    certificate: PathBuf,
    /// A certificate above it, up to the CVCA's; may be repeated
    #[arg(long = "chain", value_name = "FILE", required = true)]
    chain: Vec<PathBuf>,
}

#[derive(Serialize)]
struct ProposalJson<'a> {
    schema: &'static str,
    file: String,
    #[serde(flatten)]
    proposal: &'a CvProposal,
    /// What the authority itself may give.
    authority_rights: &'static str,
    /// What both allow.
    effective_rights: &'static str,
}

#[derive(Serialize)]
struct CertificateJson {
    schema: &'static str,
    file: String,
    authority: String,
    holder: String,
    rights: &'static str,
    effective_date: String,
    expiration_date: String,
}

/// Reads a file of this module's kind.
pub(super) fn read(context: &Context<'_>, path: &Path) -> Result<Vec<u8>, Failure> {
    Ok(context.environment.disk.read(path, SIZE_LIMIT)?)
}

/// Reads the officers' public files.
pub(super) fn officers(context: &Context<'_>, paths: &[PathBuf]) -> Result<Vec<Officer>, Failure> {
    let read_officer = |path: &PathBuf| {
        Officer::from_json(&read(context, path)?).map_err(|error| Failure::from(error).about(path.display()))
    };
    paths.iter().map(read_officer).collect()
}

/// Makes a proposal, writes it, and prints what two people have to look at.
pub(super) fn propose(
    context: &Context<'_>,
    directory: &CvDirectory,
    kind: CvKind,
    request: &Path,
    terms: &TermsArguments,
    endorser: Option<&Path>,
    out: &Path,
) -> Result<ExitCode, Failure> {
    let request = read(context, request)?;
    let endorser = endorser.map(|path| read(context, path)).transpose()?;
    let validity = terms.validity(kind, context)?;
    let proposal = directory.propose(kind, &request, terms.rights(), validity, endorser.as_deref())?;
    context.write_new(out, &proposal.to_json()?)?;
    let own = directory_rights(directory)?;
    let object = ProposalJson {
        schema: "eid.pki.cv-proposal/1",
        file: out.display().to_string(),
        proposal: &proposal,
        authority_rights: rights_in_words(own),
        effective_rights: rights_in_words(proposal.rights().and(own)),
    };
    let validity = proposal.validity()?;
    context.output.result(&object, |stream| {
        writeln!(stream, "{}: {}", proposal.holder, proposal.kind)?;
        writeln!(
            stream,
            "  authority   {}, may give: {}",
            proposal.authority, object.authority_rights
        )?;
        writeln!(stream, "  asked for   {}", rights_in_words(proposal.rights()))?;
        writeln!(stream, "  effective   {}", object.effective_rights)?;
        writeln!(stream, "  valid       {} to {}", validity.from, validity.to)?;
        match (proposal.application, &proposal.endorsed_by) {
            (Application::Successive, _) => {
                writeln!(
                    stream,
                    "  applicant   certified before, and the request is signed by that key"
                )?;
            }
            (Application::Initial, Some(endorser)) => {
                writeln!(stream, "  applicant   new, {endorser} vouches for it")?;
            }
            (Application::Initial, None) => {
                writeln!(
                    stream,
                    "  applicant   new: make sure by other means that this is whose request it is"
                )?;
            }
        }
        writeln!(stream, "  request     SHA-256 {}", proposal.request_sha256)?;
        writeln!(stream, "  proposal    {}", object.file)
    })?;
    Ok(ExitCode::Success)
}

/// Certifies what was proposed and approved.
pub(super) fn certify(context: &Context<'_>, arguments: &CertifyArguments) -> Result<ExitCode, Failure> {
    let directory = CvDirectory::open(&arguments.dir)?;
    let proposal = read(context, &arguments.proposal)?;
    let request = read(context, &arguments.request)?;
    let endorser = arguments
        .endorser
        .as_deref()
        .map(|path| read(context, path))
        .transpose()?;
    let approvals = arguments
        .approvals
        .iter()
        .map(|path| {
            Approval::from_json(&read(context, path)?)
                .map_err(|error| Failure::from(error).about(path.display()))
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    let signer = signer(context, &directory, &arguments.passphrase)?;
    let now = context.environment.clock.now();
    let certificate =
        directory.certify(&proposal, &request, endorser.as_deref(), &approvals, &signer, now)?;
    context.write_new(&arguments.out, &certificate)?;
    report(context, &certificate, &arguments.out)
}

/// Opens the key of a directory.
pub(super) fn signer(
    context: &Context<'_>,
    directory: &CvDirectory,
    passphrase: &PassphraseArguments,
) -> Result<StoredSigner, Failure> {
    let place = directory.key_place()?;
    let what = format!("the key in {}", directory.path().display());
    let secret = context.key_secret(&place, passphrase.file_for(&place, None), &what)?;
    Ok(directory.signer(&secret)?)
}

/// Installs the certificate that answers a request.
pub(super) fn install(context: &Context<'_>, arguments: &InstallArguments) -> Result<ExitCode, Failure> {
    let mut directory = CvDirectory::open(&arguments.dir)?;
    let certificate = read(context, &arguments.certificate)?;
    let chain = arguments
        .chain
        .iter()
        .map(|path| read(context, path))
        .collect::<Result<Vec<_>, _>>()?;
    directory.install(&certificate, &chain)?;
    report(context, &certificate, &directory.certificate_path())
}

/// Says what a certificate is.
pub(super) fn report(context: &Context<'_>, certificate: &[u8], path: &Path) -> Result<ExitCode, Failure> {
    let body = CvCertificate::parse(certificate)
        .map_err(|error| Failure::internal(error.meaning()))?
        .body;
    let object = CertificateJson {
        schema: "eid.pki.cv-certificate/1",
        file: path.display().to_string(),
        authority: body.authority_reference.to_string(),
        holder: body.holder_reference.to_string(),
        rights: rights_in_words(body.authorization.inspection_rights().unwrap_or_default()),
        effective_date: body.effective_date.to_string(),
        expiration_date: body.expiration_date.to_string(),
    };
    context.output.result(&object, |stream| {
        writeln!(stream, "{} under {}", object.holder, object.authority)?;
        writeln!(stream, "  rights  {}", object.rights)?;
        writeln!(
            stream,
            "  valid   {} to {}",
            object.effective_date, object.expiration_date
        )?;
        writeln!(stream, "  file    {}", object.file)
    })?;
    Ok(ExitCode::Success)
}

/// What the certificate of a directory allows.
fn directory_rights(directory: &CvDirectory) -> Result<InspectionRights, Failure> {
    let certificate = directory.certificate()?;
    Ok(CvCertificate::parse(certificate)
        .ok()
        .and_then(|certificate| certificate.body.authorization.inspection_rights())
        .unwrap_or_default())
}
