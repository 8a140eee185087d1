//! `eid approve init`: a new officer.

use std::path::PathBuf;

use personalization::pki::directory::OfficerDirectory;
use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::keys::PassphraseArguments;
use crate::cli::pki::new_key::{DEFAULT_KEY, Wanted};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct InitArguments {
    /// The officer's name
    #[arg(long, value_name = "NAME")]
    name: String,
    /// Directory to make
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Key on P-256 in a token, by its PKCS#11 URI; made there if it is missing [default: an encrypted file]
    #[arg(long, value_name = "URI")]
    key: Option<String>,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

#[derive(Serialize)]
struct OfficerJson<'a> {
    schema: &'static str,
    directory: String,
    name: &'a str,
}

pub(super) fn run(arguments: &InitArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let wanted = Wanted::new(
        arguments.key.as_deref(),
        DEFAULT_KEY,
        context,
        &arguments.passphrase,
        "the officer's key",
    )?;
    let made = OfficerDirectory::init(
        wanted.destination(&arguments.out, false),
        &arguments.name,
        &mut context.random(),
    )?;
    let object = OfficerJson {
        schema: "eid.approve.officer/1",
        directory: arguments.out.display().to_string(),
        name: made.officer().name(),
    };
    let key = if arguments.key.is_some() {
        "name of the key"
    } else {
        "key"
    };
    context.output.result(&object, |stream| {
        writeln!(
            stream,
            "{}: {key} and public file (officer.json) in {}",
            object.name, object.directory
        )
    })?;
    Ok(ExitCode::Success)
}
