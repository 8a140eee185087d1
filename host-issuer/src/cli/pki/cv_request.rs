//! `eid pki dv request`, `eid pki is request`: a key, and the request for its certificate.

use std::path::PathBuf;

use personalization::approval::Officer;
use personalization::pki::directory::{self, CvDirectory, CvHolder, NewHolder, Predecessor};
use serde::Serialize;

use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::super::keys::PassphraseArguments;
use super::cv;
use super::new_key::{DEFAULT_KEY, NewKeyArguments};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct RequestArguments {
    /// Directory to make
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Its reference: country code, up to nine characters, five for the sequence number
    #[arg(long, value_name = "REFERENCE")]
    reference: String,
    /// Reference of the key that shall sign the certificate
    #[arg(long, value_name = "REFERENCE")]
    authority: String,
    #[command(flatten)]
    key: NewKeyArguments,
    /// Directory of the certificate that this one follows; its key signs the request, too
    #[arg(long, value_name = "DIR")]
    renews: Option<PathBuf>,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

#[derive(Serialize)]
struct RequestJson {
    schema: &'static str,
    file: String,
    holder: String,
    authority: String,
}

/// Makes the directory.
pub(super) fn run(
    arguments: &RequestArguments,
    holder: CvHolder,
    officers: &[Officer],
    context: &Context<'_>,
) -> Result<ExitCode, Failure> {
    let before = arguments.renews.as_deref().map(CvDirectory::open).transpose()?;
    let before_signer = before
        .as_ref()
        .map(|before| cv::signer(context, before, &arguments.passphrase))
        .transpose()?;
    let predecessor = before
        .as_ref()
        .zip(before_signer.as_ref())
        .map(|(directory, signer)| Predecessor { directory, signer });
    let wanted = arguments
        .key
        .wanted(context, &arguments.passphrase, "the new key", DEFAULT_KEY)?;
    let destination = wanted.destination(&arguments.out, false);
    let made = directory::request(
        destination,
        holder,
        &NewHolder {
            reference: &arguments.reference,
            officers,
        },
        &arguments.authority,
        predecessor.as_ref(),
        &mut context.random(),
    )?;
    let object = RequestJson {
        schema: "eid.pki.cv-request/1",
        file: made.request_path().display().to_string(),
        holder: arguments.reference.clone(),
        authority: arguments.authority.clone(),
    };
    context.output.result(&object, |stream| {
        writeln!(
            stream,
            "{} asks {} for a certificate",
            object.holder, object.authority
        )?;
        writeln!(stream, "  request  {}", object.file)
    })?;
    Ok(ExitCode::Success)
}
