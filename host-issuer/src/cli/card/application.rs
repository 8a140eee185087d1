//! `eid card application list|read|write`: the applications of a card, and the files of those beside the eMRTD.

mod read;
mod write;

use card_applet::wire::lds::AID_EMRTD;
use serde::Serialize;

use super::super::ReaderArguments;
use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use crate::environment::Random;
use crate::load::application::FileName;
use crate::terminal::application_directory::{self, ListedApplication};
use crate::terminal::card_file::FileId;
use crate::terminal::reader::{ChipReader, ReadError};
use crate::transport::Transport;

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum ApplicationCommand {
    /// List the applications that the card's EF.DIR names
    List(ReaderArguments),
    /// Read a file of an application, as anybody may who has the card in hand
    Read(read::ReadArguments),
    /// Write a file of an application with the application's own keys
    Write(write::WriteArguments),
}

/// Which file of which application.
#[derive(Debug, clap::Args)]
struct FileArguments {
    /// The application: its name in EF.DIR or its AID in hexadecimal digits
    #[arg(value_name = "APPLICATION")]
    application: String,
    /// The file: its identifier (four hexadecimal digits) or short identifier (1 to 30)
    #[arg(long, value_name = "FID|SFI")]
    file: String,
}

/// An application, as it is shown.
#[derive(Serialize)]
pub(super) struct ApplicationJson {
    pub(super) aid: String,
    /// The card's name for it, or ours for the eMRTD, or nothing.
    pub(super) name: String,
}

impl ApplicationJson {
    pub(super) fn of(application: &ListedApplication) -> Self {
        let name = match (&application.label, application.aid == AID_EMRTD) {
            (_, true) => "eMRTD".to_owned(),
            (label, false) => label.clone().unwrap_or_default(),
        };
        Self {
            aid: hex::encode_upper(&application.aid),
            name,
        }
    }
}

#[derive(Serialize)]
struct ListJson {
    schema: &'static str,
    applications: Vec<ApplicationJson>,
}

pub(super) fn run(command: &ApplicationCommand, context: &Context<'_>) -> Result<ExitCode, Failure> {
    match command {
        ApplicationCommand::List(arguments) => list(arguments, context),
        ApplicationCommand::Read(arguments) => read::run(arguments, context),
        ApplicationCommand::Write(arguments) => write::run(arguments, context),
    }
}

fn list(arguments: &ReaderArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let mut reader = ChipReader::new(context.open_reader(arguments)?, context.random());
    let applications = listed(&mut reader)?;
    let object = ListJson {
        schema: "eid.card.applications/1",
        applications: applications.iter().map(ApplicationJson::of).collect(),
    };
    context.output.result(&object, |out| {
        for application in &object.applications {
            writeln!(out, "{:<32}  {}", application.aid, application.name)?;
        }
        Ok(())
    })?;
    Ok(ExitCode::Success)
}

/// What EF.DIR lists; nothing where the card has none, or one that is no list.
pub(super) fn listed(
    reader: &mut ChipReader<Box<dyn Transport>, Random>,
) -> Result<Vec<ListedApplication>, Failure> {
    match reader.read(FileId::Dir, &mut |_, _| {}) {
        Ok(bytes) => Ok(application_directory::parse(&bytes).unwrap_or_default()),
        // Cards in the field say in many ways that they have no such file.
        Err(ReadError::Link(link)) => Err(ReadError::Link(link).into()),
        Err(_) => Ok(Vec::new()),
    }
}

impl FileArguments {
    /// The file, from four hexadecimal digits or a number from 1 to 30.
    fn file(&self) -> Result<FileName, Failure> {
        let text = self.file.as_str();
        let short = || text.parse().ok().filter(|sfi| (1..=30).contains(sfi));
        // More lenient parsers take a sign.
        let digits = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let file = match text.len() {
            4 if digits => u16::from_str_radix(text, 16).ok().map(FileName::Identifier),
            1 | 2 if digits => short().map(FileName::Short),
            _ => None,
        };
        file.ok_or_else(|| {
            Failure::usage(
                format!("--file {text}: neither an identifier nor a short identifier"),
                "give four hexadecimal digits, or a number from 1 to 30",
            )
        })
    }

    /// The application's identifier: what EF.DIR has under that name, or else the digits as they stand.
    fn aid(&self, reader: &mut ChipReader<Box<dyn Transport>, Random>) -> Result<Vec<u8>, Failure> {
        let name = self.application.as_str();
        let applications = listed(reader)?;
        let by_name = applications
            .into_iter()
            .find(|application| application.label.as_deref() == Some(name));
        if let Some(application) = by_name {
            return Ok(application.aid);
        }
        match hex::decode(name) {
            Ok(aid) if (5..=16).contains(&aid.len()) => Ok(aid),
            _ => Err(not_there(name)),
        }
    }
}

/// The card has no such application.
fn not_there(application: &str) -> Failure {
    Failure::input(
        "application.not_there",
        format!("the card has no application {application}"),
        "`eid card application list` names those that it has",
    )
}
