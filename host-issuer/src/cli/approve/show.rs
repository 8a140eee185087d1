//! `eid approve show`: what a request asks for, or whose approval a file is.

use std::path::PathBuf;

use personalization::approval::Approval;
use serde::Serialize;

use super::SIZE_LIMIT;
use super::sign::one_line_kept;
use crate::cli::context::Context;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::one_line;
use crate::ledger::event::timestamp;
use crate::station::approvals::digest;
use crate::station::approvals::request::Request;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ShowArguments {
    /// A request, or an approval
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Serialize)]
struct RequestJson<'a> {
    schema: &'static str,
    sha256: String,
    expired: bool,
    request: &'a Request,
}

#[derive(Serialize)]
struct ApprovalJson<'a> {
    schema: &'static str,
    officer: &'a str,
    subject_sha256: String,
    at: Option<String>,
}

pub(super) fn run(arguments: &ShowArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let bytes = context.environment.disk.read(&arguments.file, SIZE_LIMIT)?;
    if let Ok(approval) = Approval::from_json(&bytes) {
        return show_approval(&approval, context);
    }
    let request = Request::parse(&bytes).map_err(|error| {
        Failure::input(
            "approval.file",
            format!("{}: {error}", arguments.file.display()),
            "give a file that `eid approve request` or `eid approve sign` wrote",
        )
    })?;
    show_request(&request, &bytes, context)
}

fn show_request(request: &Request, bytes: &[u8], context: &Context<'_>) -> Result<ExitCode, Failure> {
    let object = RequestJson {
        schema: "eid.approve.request/1",
        sha256: digest(bytes),
        expired: context.environment.clock.now() > request.valid_until(),
        request,
    };
    context.output.result(&object, |out| {
        for line in request.words() {
            writeln!(out, "{}", one_line_kept(&line))?;
        }
        if object.expired {
            writeln!(out, "  it has expired")?;
        }
        writeln!(out, "  SHA-256 {}", object.sha256)
    })?;
    Ok(ExitCode::Success)
}

fn show_approval(approval: &Approval, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let object = ApprovalJson {
        schema: "eid.approve.approval/1",
        officer: approval.officer(),
        subject_sha256: approval.subject_sha256().to_ascii_lowercase(),
        at: approval.at().map(timestamp),
    };
    context.output.result(&object, |out| {
        writeln!(out, "signed in the name of {}", one_line(object.officer))?;
        if let Some(at) = &object.at {
            writeln!(out, "  at {at}")?;
        }
        writeln!(
            out,
            "  over the file with SHA-256 {}",
            one_line(&object.subject_sha256)
        )
    })?;
    context
        .output
        .progress("whether it counts is looked at where it is presented");
    Ok(ExitCode::Success)
}
