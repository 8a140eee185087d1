//! `eid pki dv request|install|propose|certify`

use std::path::PathBuf;

use personalization::pki::cv_proposal::CvKind;
use personalization::pki::directory::{CvDirectory, CvHolder};

use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::cv::{self, CertifyArguments, InstallArguments, TermsArguments};
use super::cv_request::{self, RequestArguments};
use super::cv_suspension::{self, SuspensionArguments};

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum DvCommand {
    /// Make a document verifier: key, and the request for a CVCA's certificate
    Request(VerifierArguments),
    /// Take the certificate that answers the request
    Install(InstallArguments),
    /// Look an inspection system's request over, and say what would be certified
    Propose(ProposeArguments),
    /// Sign what was proposed and, where the document verifier has officers, approved
    Certify(CertifyArguments),
    /// Certify nothing for this inspection system any more, until the suspension is lifted
    Suspend(SuspensionArguments),
    /// Certify for it again
    Lift(SuspensionArguments),
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct VerifierArguments {
    #[command(flatten)]
    request: RequestArguments,
    /// Public file of an officer who may approve what it certifies; two or more, or none, and then it certifies its inspection
    /// systems on its own
    #[arg(long = "officer", value_name = "FILE")]
    officers: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ProposeArguments {
    /// Directory of the document verifier
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// The inspection system's request
    #[arg(long, value_name = "FILE")]
    request: PathBuf,
    #[command(flatten)]
    terms: TermsArguments,
    /// Where to write the proposal
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn run(command: &DvCommand, context: &Context<'_>) -> Result<ExitCode, Failure> {
    match command {
        DvCommand::Request(arguments) => {
            let officers = cv::officers(context, &arguments.officers)?;
            cv_request::run(&arguments.request, CvHolder::Verifier, &officers, context)
        }
        DvCommand::Install(arguments) => cv::install(context, arguments),
        DvCommand::Propose(arguments) => {
            let directory = CvDirectory::open(&arguments.dir)?;
            cv::propose(
                context,
                &directory,
                CvKind::Terminal,
                &arguments.request,
                &arguments.terms,
                None,
                &arguments.out,
            )
        }
        DvCommand::Certify(arguments) => cv::certify(context, arguments),
        DvCommand::Suspend(arguments) => cv_suspension::run(context, arguments, false),
        DvCommand::Lift(arguments) => cv_suspension::run(context, arguments, true),
    }
}
