//! `eid approve sign`: an officer says yes.

use std::path::PathBuf;

use personalization::pki::directory::OfficerDirectory;
use serde::Serialize;

use super::SIZE_LIMIT;
use crate::cli::context::Context;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::keys::PassphraseArguments;
use crate::cli::output::one_line;
use crate::station::approvals::digest;
use crate::station::approvals::request::Request;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct SignArguments {
    /// The file to approve
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The officer's directory
    #[arg(long, value_name = "DIR")]
    officer: PathBuf,
    /// Where to write the approval
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

#[derive(Serialize)]
struct ApprovalJson<'a> {
    schema: &'static str,
    file: String,
    officer: &'a str,
}

pub(super) fn run(arguments: &SignArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let subject = context.environment.disk.read(&arguments.file, SIZE_LIMIT)?;
    let officer = OfficerDirectory::open(&arguments.officer)?;
    let name = officer.officer().name();
    // Before the passphrase is asked for: whoever reads it and does not want it stops there.
    match Request::parse(&subject) {
        Ok(request) => {
            if request.requested_by() == name {
                return Err(Failure::new(
                    ExitCode::Approval,
                    "approval.self",
                    format!("{name} asks for this, and signed it when it was made"),
                    "another person, a supervisor of the station, says yes to it",
                ));
            }
            for line in request.words() {
                context.output.progress(&one_line_kept(&line));
            }
        }
        Err(_) => context.output.progress(&format!(
            "{}: {} bytes, SHA-256 {}",
            arguments.file.display(),
            subject.len(),
            digest(&subject)
        )),
    }
    super::approve(&subject, &officer, &arguments.passphrase, &arguments.out, context)?;
    let object = ApprovalJson {
        schema: "eid.approve/1",
        file: arguments.out.display().to_string(),
        officer: name,
    };
    context.output.result(&object, |stream| {
        writeln!(
            stream,
            "{} approved {}: {}",
            object.officer,
            arguments.file.display(),
            object.file
        )
    })?;
    Ok(ExitCode::Success)
}

/// What a file says cannot steer the terminal; how far a line is indented is kept.
pub(super) fn one_line_kept(line: &str) -> String {
    let text = one_line(line);
    let indent = line.len() - line.trim_start_matches(' ').len();
    format!("{:indent$}{text}", "")
}
