//! `eid pki csca init|renew`

use std::path::PathBuf;

use personalization::pki::csca::CscaOptions;
use personalization::pki::directory::{self, Renewal};
use personalization::pki::name::{Contact, IssuingState};
use personalization::signer::pkcs11::KeyKind;

use super::authority;
use super::issued::{Issued, report};
use super::new_key::{DEFAULT_KEY, NewKeyArguments};
use crate::cli::context::Context;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::keys::PassphraseArguments;

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum CscaCommand {
    /// Make a CSCA: key, self-signed certificate, first empty CRL
    Init(CscaArguments),
    /// Make the CSCA that takes over: a new key, the old key's link certificate to it, the next CRL
    Renew(RenewArguments),
}

pub(super) fn run(command: &CscaCommand, context: &Context<'_>) -> Result<ExitCode, Failure> {
    match command {
        CscaCommand::Init(arguments) => init(arguments, context),
        CscaCommand::Renew(arguments) => renew(arguments, context),
    }
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct CscaArguments {
    /// Directory to make
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Country: two letters
    #[arg(long, default_value = "VN", value_name = "CC")]
    country: String,
    /// Country as in the machine readable zone
    #[arg(long, default_value = "VNM", value_name = "CCC")]
    mrz_country: String,
    /// Common name
    #[arg(long, default_value = "CSCA", value_name = "TEXT")]
    name: String,
    /// Organization
    #[arg(long, value_name = "TEXT")]
    organization: Option<String>,
    /// Where the CSCA can be reached
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Where the CRL is published [default: the ICAO PKD]
    #[arg(long, value_name = "URL")]
    crl_url: Vec<String>,
    /// Years for which the key signs
    #[arg(long, default_value_t = 3, value_name = "YEARS")]
    usage_years: u8,
    /// Years for which the longest-lived document is valid
    #[arg(long, default_value_t = 10, value_name = "YEARS")]
    document_years: u8,
    /// Also make a twin that names its curve, for software that refuses explicit parameters
    #[arg(long)]
    named_curve: bool,
    #[command(flatten)]
    key: NewKeyArguments,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct RenewArguments {
    /// Directory of the CSCA that ends; it issues nothing afterwards
    #[arg(long, value_name = "DIR")]
    csca: PathBuf,
    /// Directory to make
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Another common name: the link certificate then says that the name changes
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Another organization
    #[arg(long, value_name = "TEXT")]
    organization: Option<String>,
    /// Years for which the new key signs [default: as the old one]
    #[arg(long, value_name = "YEARS")]
    usage_years: Option<u8>,
    /// Years for which the longest-lived document is valid [default: as before]
    #[arg(long, value_name = "YEARS")]
    document_years: Option<u8>,
    /// Also make twins that name their curve, for software that refuses explicit parameters
    #[arg(long)]
    named_curve: bool,
    #[command(flatten)]
    key: NewKeyArguments,
    /// The CSCA was renewed already and its successor was lost before anybody got its certificate
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    passphrase: PassphraseArguments,
    /// File with the passphrase of the old CSCA's key, if it is another
    #[arg(long, value_name = "FILE")]
    csca_passphrase_file: Option<PathBuf>,
}

fn init(arguments: &CscaArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let state = IssuingState::new(&arguments.country, &arguments.mrz_country)?;
    let options = CscaOptions {
        organization: arguments.organization.clone(),
        contact: arguments.email.clone().map(Contact::Email),
        crl_urls: arguments.crl_url.clone(),
        usage_years: arguments.usage_years,
        document_years: arguments.document_years,
        ..CscaOptions::new(state, &arguments.name)
    };
    let wanted = arguments
        .key
        .wanted(context, &arguments.passphrase, "the CSCA's key", DEFAULT_KEY)?;
    let now = context.environment.clock.now();
    let destination = wanted.destination(&arguments.out, arguments.named_curve);
    let made = directory::init_csca(destination, &options, now, &mut context.random())?;
    report(
        context,
        &Issued {
            schema: "eid.pki.csca/1",
            directory: &arguments.out,
            der: made.csca().der(),
            named_curve_twin: made.named_curve_twin().is_some(),
            link: None,
        },
    )
}

fn renew(arguments: &RenewArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let renewal = Renewal {
        common_name: arguments.name.clone(),
        organization: arguments.organization.clone(),
        usage_years: arguments.usage_years,
        document_years: arguments.document_years,
        again: arguments.again,
    };
    let (old, old_signer) = authority::open(
        context,
        &arguments.csca,
        &arguments.passphrase,
        arguments.csca_passphrase_file.as_ref(),
        "the old CSCA's key",
    )?;
    let wanted = arguments.key.wanted(
        context,
        &arguments.passphrase,
        "the new CSCA's key",
        KeyKind::of(old.csca().key()),
    )?;
    let destination = wanted.destination(&arguments.out, arguments.named_curve);
    let now = context.environment.clock.now();
    let made = old.renew(&old_signer, destination, &renewal, now, &mut context.random())?;
    context
        .output
        .progress("publish the link certificate beside the new certificate: who trusts the old key needs it");
    report(
        context,
        &Issued {
            schema: "eid.pki.csca/1",
            directory: &arguments.out,
            der: made.csca().der(),
            named_curve_twin: made.named_curve_twin().is_some(),
            link: Some(&arguments.out.join("link.der")),
        },
    )
}
