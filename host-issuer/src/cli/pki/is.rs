//! `eid pki is request|install|rights`

use std::path::PathBuf;

use card_applet::wire::cvc::{CvCertificate, InspectionRights, Role};
use personalization::pki::cv_policy;
use personalization::pki::cv_proposal::rights_in_words;
use personalization::pki::directory::{CvDirectory, CvHolder};
use serde::Serialize;

use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::cv::{self, InstallArguments};
use super::cv_request::{self, RequestArguments};

/// More certificates in a chain than any terminal has: links of many years, verifier, terminal.
const MAX_CHAIN: usize = 16;

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum IsCommand {
    /// Make an inspection system: key, and the request for a document verifier's certificate
    Request(RequestArguments),
    /// Take the certificate that answers the request; the directory then serves `eid verify --terminal-key`
    Install(InstallArguments),
    /// Print what the chain of certificates allows: each certificate's rights, and those that all of them give
    Rights(RightsArguments),
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct RightsArguments {
    /// Directory of the inspection system
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
}

#[derive(Serialize)]
struct RightsJson {
    schema: &'static str,
    chain: Vec<LinkJson>,
    effective_rights: &'static str,
    valid_today: bool,
}

#[derive(Serialize)]
struct LinkJson {
    holder: String,
    authority: String,
    role: &'static str,
    rights: &'static str,
    effective_date: String,
    expiration_date: String,
    valid_today: bool,
}

pub(super) fn run(command: &IsCommand, context: &Context<'_>) -> Result<ExitCode, Failure> {
    match command {
        IsCommand::Request(arguments) => cv_request::run(arguments, CvHolder::Terminal, &[], context),
        IsCommand::Install(arguments) => cv::install(context, arguments),
        IsCommand::Rights(arguments) => rights(arguments, context),
    }
}

fn rights(arguments: &RightsArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let directory = CvDirectory::open(&arguments.dir)?;
    let certificates = directory.certificates()?;
    let today = cv_policy::cv_date(context.environment.clock.now().date())?;
    let parsed: Vec<CvCertificate<'_>> = certificates
        .iter()
        .filter_map(|bytes| CvCertificate::parse(bytes).ok())
        .collect();
    let own =
        CvCertificate::parse(directory.certificate()?).map_err(|error| Failure::internal(error.meaning()))?;
    let mut chain = vec![own];
    // Up to the first certificate of a CVCA, over its links.
    while let Some(last) = chain.last().filter(|last| !last.body.is_self_signed()) {
        let authority = last.body.authority_reference;
        let above = parsed
            .iter()
            .filter(|certificate| certificate.body.holder_reference == authority)
            .max_by_key(|certificate| !certificate.body.is_self_signed());
        match above {
            Some(above) if chain.len() < MAX_CHAIN => chain.push(*above),
            _ => break,
        }
    }
    chain.reverse();
    let effective = chain.iter().fold(InspectionRights::ALL, |rights, certificate| {
        rights.and(
            certificate
                .body
                .authorization
                .inspection_rights()
                .unwrap_or_default(),
        )
    });
    let links: Vec<LinkJson> = chain
        .iter()
        .map(|certificate| {
            let body = &certificate.body;
            LinkJson {
                holder: body.holder_reference.to_string(),
                authority: body.authority_reference.to_string(),
                role: role_in_words(body.authorization.role(), body.is_self_signed()),
                rights: rights_in_words(body.authorization.inspection_rights().unwrap_or_default()),
                effective_date: body.effective_date.to_string(),
                expiration_date: body.expiration_date.to_string(),
                valid_today: (body.effective_date..=body.expiration_date).contains(&today),
            }
        })
        .collect();
    let object = RightsJson {
        schema: "eid.pki.rights/1",
        valid_today: links.iter().all(|link| link.valid_today),
        chain: links,
        effective_rights: rights_in_words(effective),
    };
    context.output.result(&object, |stream| {
        for link in &object.chain {
            let note = if link.valid_today { "" } else { "  NOT VALID TODAY" };
            writeln!(
                stream,
                "{:<16}  {:<26}  {} to {}  {}{note}",
                link.holder, link.role, link.effective_date, link.expiration_date, link.rights
            )?;
        }
        writeln!(stream, "effective rights: {}", object.effective_rights)
    })?;
    Ok(ExitCode::Success)
}

const fn role_in_words(role: Role, self_signed: bool) -> &'static str {
    match role {
        Role::Cvca if self_signed => "CVCA",
        Role::Cvca => "link to the next CVCA",
        Role::DomesticVerifier => "domestic document verifier",
        Role::ForeignVerifier => "foreign document verifier",
        Role::Terminal => "inspection system",
    }
}
