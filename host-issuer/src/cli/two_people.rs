//! The files by which a second person says yes, on the command line.

use std::path::{Path, PathBuf};

use super::context::Context;
use super::failure::Failure;
use crate::environment::DiskError;
use crate::station::approvals::Presented;
use crate::station::approvals::request::{MAX_REQUEST_BYTES, Request};

/// An approval has less than a kilobyte.
const MAX_APPROVAL_BYTES: u64 = 16 * 1024;

/// A request and its signatures.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct TwoPeopleArguments {
    /// The request, as `eid approve request` wrote it; its signature is read from FILE.sig
    #[arg(long, value_name = "FILE")]
    request: PathBuf,
    /// The approval of a supervisor who is somebody else, as `eid approve sign` wrote it; may be repeated
    #[arg(long = "approval", value_name = "FILE")]
    approvals: Vec<PathBuf>,
}

/// The same for a command that needs them in some cases only.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct MaybeTwoPeopleArguments {
    /// Where it needs a second person: the request, as `eid approve request` wrote it; its signature is read from FILE.sig
    #[arg(long, value_name = "FILE")]
    request: Option<PathBuf>,
    /// The approval of a supervisor who is somebody else, as `eid approve sign` wrote it; may be repeated
    #[arg(long = "approval", value_name = "FILE", requires = "request")]
    approvals: Vec<PathBuf>,
}

impl TwoPeopleArguments {
    /// Reads the files as they are; whether they count is looked at where they are presented.
    pub(super) fn read(&self, context: &Context<'_>) -> Result<Presented, Failure> {
        read(&self.request, &self.approvals, context)
    }
}

impl MaybeTwoPeopleArguments {
    /// Reads the files, where they are given.
    pub(super) fn read(&self, context: &Context<'_>) -> Result<Option<Presented>, Failure> {
        self.request
            .as_deref()
            .map(|request| read(request, &self.approvals, context))
            .transpose()
    }
}

/// A detail that the request says, and that the command takes from it; empty where it says none. What is presented is checked as a
/// whole later.
pub(super) fn detail(presented: &Presented, name: &str) -> String {
    Request::parse(&presented.request)
        .ok()
        .and_then(|request| request.details().get(name).cloned())
        .unwrap_or_default()
}

/// Where the signature of whoever asks is.
pub(super) fn signature_path(request: &Path) -> PathBuf {
    let mut name = request.as_os_str().to_owned();
    name.push(".sig");
    PathBuf::from(name)
}

fn read(request: &Path, approvals: &[PathBuf], context: &Context<'_>) -> Result<Presented, Failure> {
    let disk = &context.environment.disk;
    let mut presented = Presented {
        // One byte more than allowed: what is too long is refused by those who check it, and recorded.
        request: disk.read(request, MAX_REQUEST_BYTES as u64 + 1)?,
        approvals: Vec::new(),
    };
    match disk.read(&signature_path(request), MAX_APPROVAL_BYTES) {
        Ok(signature) => presented.approvals.push(signature),
        // Then it is one of the others, or missing.
        Err(error) if is_missing(&error) => {}
        Err(error) => return Err(error.into()),
    }
    for path in approvals {
        presented.approvals.push(disk.read(path, MAX_APPROVAL_BYTES)?);
    }
    Ok(presented)
}

fn is_missing(error: &DiskError) -> bool {
    error.source.kind() == std::io::ErrorKind::NotFound
}
