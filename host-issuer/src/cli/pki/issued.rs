//! What is told about a certificate that was just issued.

use std::path::Path;

use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::inspect::Certificate;

#[derive(Serialize)]
struct CertificateJson {
    schema: &'static str,
    directory: String,
    subject: String,
    serial: String,
    not_before: String,
    not_after: String,
    named_curve_twin: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

/// A certificate that was made, and where it is.
pub(super) struct Issued<'a> {
    /// Of the JSON object.
    pub(super) schema: &'static str,
    /// The directory that was made.
    pub(super) directory: &'a Path,
    /// The certificate.
    pub(super) der: &'a [u8],
    /// Whether there is a second one that names its curve.
    pub(super) named_curve_twin: bool,
    /// The certificate by which the CSCA before this one vouches for it.
    pub(super) link: Option<&'a Path>,
}

/// Tells it.
pub(super) fn report(context: &Context<'_>, issued: &Issued<'_>) -> Result<ExitCode, Failure> {
    // What was issued is read again by the code that will have to believe it.
    let certificate =
        Certificate::from_der(issued.der).map_err(|error| Failure::internal(error.to_string()))?;
    let object = CertificateJson {
        schema: issued.schema,
        directory: issued.directory.display().to_string(),
        subject: certificate.subject(),
        serial: certificate.serial(),
        not_before: certificate.not_before().date().to_string(),
        not_after: certificate.not_after().date().to_string(),
        named_curve_twin: issued.named_curve_twin,
        link: issued.link.map(|path| path.display().to_string()),
    };
    context.output.result(&object, |out| {
        writeln!(out, "{}", object.subject)?;
        writeln!(out, "  directory  {}", object.directory)?;
        writeln!(out, "  serial     {}", object.serial)?;
        writeln!(out, "  valid      {} to {}", object.not_before, object.not_after)?;
        match &object.link {
            Some(link) => writeln!(out, "  link       {link}"),
            None => Ok(()),
        }
    })?;
    Ok(ExitCode::Success)
}
