//! `eid pki cvca init|propose|certify|endorse`

use std::path::PathBuf;

use personalization::pki::cv_proposal::CvKind;
use personalization::pki::cv_request;
use personalization::pki::directory::{CvDirectory, NewHolder, init_cvca};
use serde::Serialize;

use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::super::keys::PassphraseArguments;
use super::cv::{self, CertifyArguments, TermsArguments};
use super::cv_suspension::{self, SuspensionArguments};
use super::new_key::{DEFAULT_KEY, NewKeyArguments};

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum CvcaCommand {
    /// Make a CVCA: key and self-signed certificate. Its successor is made the same way, then a link to it
    Init(InitArguments),
    /// Look a request over, and say what would be certified; two officers approve the proposal
    Propose(ProposeArguments),
    /// Sign what was proposed and approved
    Certify(CertifyArguments),
    /// Certify nothing for this document verifier any more, until the suspension is lifted
    Suspend(SuspensionArguments),
    /// Certify for it again
    Lift(SuspensionArguments),
    /// Vouch for a document verifier that applies abroad, with an outer signature
    Endorse(EndorseArguments),
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct InitArguments {
    /// Directory to make
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Its reference: country code, up to nine characters, five for the sequence number
    #[arg(long, value_name = "REFERENCE")]
    reference: String,
    /// Public file of an officer who may approve what it certifies; two or more
    #[arg(long = "officer", value_name = "FILE", required = true)]
    officers: Vec<PathBuf>,
    #[command(flatten)]
    key: NewKeyArguments,
    #[command(flatten)]
    terms: TermsArguments,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true))]
pub(in crate::cli) struct ProposeArguments {
    /// Directory of the CVCA
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// Request of a document verifier of this country
    #[arg(long, group = "what", value_name = "FILE")]
    domestic: Option<PathBuf>,
    /// Request of a document verifier of another country
    #[arg(long, group = "what", value_name = "FILE")]
    foreign: Option<PathBuf>,
    /// First certificate of the next CVCA, to link to; its rights and validity are taken over
    #[arg(long, group = "what", value_name = "FILE")]
    link: Option<PathBuf>,
    /// Certificate of the CVCA that vouches for the applicant
    #[arg(long, value_name = "FILE")]
    endorser: Option<PathBuf>,
    #[command(flatten)]
    terms: TermsArguments,
    /// Where to write the proposal
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct EndorseArguments {
    /// Directory of the CVCA
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// The request
    #[arg(long, value_name = "FILE")]
    request: PathBuf,
    /// Where to write it with the outer signature
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

#[derive(Serialize)]
struct EndorsedJson {
    schema: &'static str,
    file: String,
    endorsed_by: String,
}

pub(super) fn run(command: &CvcaCommand, context: &Context<'_>) -> Result<ExitCode, Failure> {
    match command {
        CvcaCommand::Init(arguments) => init(arguments, context),
        CvcaCommand::Propose(arguments) => propose(arguments, context),
        CvcaCommand::Certify(arguments) => cv::certify(context, arguments),
        CvcaCommand::Suspend(arguments) => cv_suspension::run(context, arguments, false),
        CvcaCommand::Lift(arguments) => cv_suspension::run(context, arguments, true),
        CvcaCommand::Endorse(arguments) => endorse(arguments, context),
    }
}

fn init(arguments: &InitArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let officers = cv::officers(context, &arguments.officers)?;
    let validity = arguments.terms.validity(CvKind::Link, context)?;
    let wanted = arguments
        .key
        .wanted(context, &arguments.passphrase, "the CVCA's key", DEFAULT_KEY)?;
    let made = init_cvca(
        wanted.destination(&arguments.out, false),
        &NewHolder {
            reference: &arguments.reference,
            officers: &officers,
        },
        arguments.terms.rights(),
        validity,
        &mut context.random(),
    )?;
    cv::report(context, made.certificate()?, &made.certificate_path())
}

fn propose(arguments: &ProposeArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let directory = CvDirectory::open(&arguments.dir)?;
    let choices = [
        (CvKind::DomesticVerifier, &arguments.domestic),
        (CvKind::ForeignVerifier, &arguments.foreign),
        (CvKind::Link, &arguments.link),
    ];
    let (kind, request) = choices
        .into_iter()
        .find_map(|(kind, path)| path.as_deref().map(|path| (kind, path)))
        .ok_or_else(|| Failure::internal("a required group without a member"))?;
    cv::propose(
        context,
        &directory,
        kind,
        request,
        &arguments.terms,
        arguments.endorser.as_deref(),
        &arguments.out,
    )
}

fn endorse(arguments: &EndorseArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let directory = CvDirectory::open(&arguments.dir)?;
    let request = cv::read(context, &arguments.request)?;
    let signer = cv::signer(context, &directory, &arguments.passphrase)?;
    let endorsed_by = directory.reference()?;
    let endorsed = cv_request::authenticate(&request, &endorsed_by, &signer)?;
    context.write_new(&arguments.out, &endorsed)?;
    let object = EndorsedJson {
        schema: "eid.pki.cv-request/1",
        file: arguments.out.display().to_string(),
        endorsed_by,
    };
    context.output.result(&object, |stream| {
        writeln!(stream, "{}: {} vouches for it", object.file, object.endorsed_by)
    })?;
    Ok(ExitCode::Success)
}
