//! `eid card application read`: through PACE or BAC, as a reader at a counter.

use std::path::PathBuf;

use serde::Serialize;

use super::super::super::ReaderArguments;
use super::super::super::context::Context;
use super::super::super::exit_code::ExitCode;
use super::super::super::failure::Failure;
use super::super::super::verify::PasswordArguments;
use super::{FileArguments, not_there};
use crate::environment::Access;
use crate::load::application::FileName;
use crate::terminal::card_file::{ApplicationId, Directory, Extent, FileLocation};
use crate::terminal::reader::{ChipReader, ReadError};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ReadArguments {
    #[command(flatten)]
    reader: ReaderArguments,
    #[command(flatten)]
    password: PasswordArguments,
    #[command(flatten)]
    file: FileArguments,
    /// Write the content to this file, for the owner alone [default: hexadecimal digits on the standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Serialize)]
struct ReadJson {
    schema: &'static str,
    aid: String,
    file: String,
    length: usize,
    content: Option<String>,
    out: Option<String>,
}

pub(super) fn run(arguments: &ReadArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let password = arguments.password.password()?;
    let file = arguments.file.file()?;
    let mut reader = ChipReader::new(context.open_reader(&arguments.reader)?, context.random());
    let aid = arguments.file.aid(&mut reader)?;
    let name = &arguments.file.application;
    let directory = ApplicationId::new(&aid)
        .map(Directory::Application)
        .ok_or_else(|| not_there(name))?;
    reader.open(&password)?;
    reader.enter_directory(directory).map_err(|error| match error {
        ReadError::NotFound { .. } => not_there(name),
        error => error.into(),
    })?;
    let (fid, sfi) = match file {
        FileName::Identifier(fid) => (fid, None),
        // 3FFF is no file's: a chip that refuses the short identifier has none by it.
        FileName::Short(sfi) => (0x3FFF, Some(sfi)),
    };
    let location = FileLocation { directory, fid, sfi };
    let content = reader
        .read_location(location, Extent::ToEnd, &mut |_, _| {})
        .map_err(|error| match error {
            ReadError::NotFound { .. } => Failure::input(
                "application.no_file",
                format!("{name} has no {file}"),
                "the profile of the card, or its application's issuer, says which files there are",
            ),
            ReadError::NotAllowed { .. } => Failure::input(
                "application.not_readable",
                format!("{file} of {name} is not for readers"),
                "its rule does not open it to who has the card in hand",
            ),
            error => error.into(),
        })?;
    if let Some(path) = &arguments.out {
        context
            .environment
            .disk
            .write(path, &content, Access::OwnerOnly)?;
    }
    let out = arguments.out.as_ref().map(|path| path.display().to_string());
    let object = ReadJson {
        schema: "eid.card.application.read/1",
        aid: hex::encode_upper(&aid),
        file: file.to_string(),
        length: content.len(),
        content: out.is_none().then(|| hex::encode_upper(&content)),
        out,
    };
    context
        .output
        .result(&object, |out| match (&object.content, &object.out) {
            (Some(content), _) => writeln!(out, "{content}"),
            (None, path) => writeln!(
                out,
                "{} bytes of {} in {}",
                object.length,
                object.file,
                path.as_deref().unwrap_or_default()
            ),
        })?;
    Ok(ExitCode::Success)
}
