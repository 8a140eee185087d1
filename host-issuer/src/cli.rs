//! The command `eid`: from the command line to a result and an exit code.
//!
//! The clap structs in this module and its children say what may be typed; each command turns them into
//! checked values before it does anything. Results go to the standard output, everything else to the
//! standard error ([`output`]); a failure is one `error:` line, one `hint:` and an exit code
//! ([`failure`], [`exit_code`]).

pub mod exit_code;
pub mod failure;
pub mod output;

mod approve;
mod batch;
mod card;
mod config;
mod conformance;
mod context;
mod demo;
mod desk;
mod doctor;
mod dump;
mod interrupt;
mod issue;
mod keys;
mod ledger;
mod manual;
mod markup;
mod pki;
mod preflight;
mod prepare;
mod profile;
mod progress;
mod readers;
mod record;
mod secrets;
mod stock;
mod trust;
mod two_people;
mod vault;
mod verify;

use std::ffi::OsString;
use std::io::Write as _;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::environment::Environment;
use context::Context;
use exit_code::ExitCode;
use failure::Failure;
use output::{LogLevel, Output};

/// Issue, read and verify electronic identity cards.
#[derive(Debug, Parser)]
#[command(
    name = "eid",
    version,
    propagate_version = true,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub struct Arguments {
    #[command(flatten)]
    global: GlobalArguments,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, clap::Args)]
pub struct GlobalArguments {
    /// Print one JSON object instead of text
    #[arg(long, global = true, help_heading = "Output")]
    json: bool,
    /// Tell more (-v) or everything but data (-vv)
    #[arg(short, long, action = clap::ArgAction::Count, global = true, help_heading = "Output")]
    verbose: u8,
    /// What is told on the standard error; `traffic` shows APDU headers, lengths and status words
    #[arg(
        long,
        value_enum,
        global = true,
        env = "EID_LOG_LEVEL",
        help_heading = "Output",
        value_name = "LEVEL"
    )]
    log_level: Option<LogLevel>,
    /// Show whole APDUs: KEYS AND PERSONAL DATA appear on the standard error
    #[arg(long, global = true, help_heading = "Output")]
    unsafe_trace: bool,
}

impl GlobalArguments {
    fn level(&self) -> LogLevel {
        let asked = match self.verbose {
            0 => LogLevel::Info,
            1 => LogLevel::Debug,
            _ => LogLevel::Traffic,
        };
        let level = self.log_level.unwrap_or(asked);
        if self.unsafe_trace {
            LogLevel::Traffic
        } else {
            level
        }
    }
}

/// Which reader a command uses.
#[derive(Debug, Clone, clap::Args)]
pub struct ReaderArguments {
    /// `virtual:FILE`, or an index or part of a name that `eid readers` lists [default: the only reader
    /// with a card]
    #[arg(short, long, value_name = "READER")]
    reader: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Issue a specimen card into a virtual chip and verify it
    Demo(demo::DemoArguments),
    /// List the readers
    Readers(readers::ReadersArguments),
    /// Say whether this machine is ready, and what is missing
    Doctor(doctor::DoctorArguments),
    /// The issuer's master keys
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Chips: make, serve or look at one
    #[command(subcommand)]
    Card(card::CardCommand),
    /// Certificates: CSCA, document signers, revocation lists
    #[command(subcommand)]
    Pki(pki::PkiCommand),
    /// Officers, and what they approve
    #[command(subcommand)]
    Approve(approve::ApproveCommand),
    /// Citizen records
    #[command(subcommand)]
    Record(record::RecordCommand),
    /// Card profiles
    #[command(subcommand)]
    Profile(profile::ProfileCommand),
    /// Chips that are no cards yet, and the keys that they drew ahead
    #[command(subcommand)]
    Stock(stock::StockCommand),
    /// Prepare a card for a chip in stock: sign it, and write down what makes that chip this card
    Prepare(prepare::PrepareArguments),
    /// Issue one card
    Issue(issue::IssueArguments),
    /// Many cards: take applications in, make them, say what became of them
    #[command(subcommand)]
    Batch(batch::BatchCommand),
    /// The ledger of a station: make it, show it, find out whether anything was changed
    #[command(subcommand)]
    Ledger(ledger::LedgerCommand),
    /// Whom to believe: CSCA certificates, master lists, revocation lists
    #[command(subcommand)]
    Trust(trust::TrustCommand),
    /// Verify a card: who is it, and is it genuine?
    Verify(verify::VerifyArguments),
    /// The standards' own tests of a card, on any card
    #[command(subcommand)]
    Conformance(conformance::ConformanceCommand),
    /// Show what is in a file: of a card, a certificate, a signed list
    Dump(dump::DumpArguments),
    /// The settings that hold, and where they come from
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Print a completion script for a shell
    Completions(manual::CompletionsArguments),
    /// Print the manual page
    Man,
}

/// Runs `eid` with these arguments, the program's name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>, environment: &Environment) -> ExitCode {
    let parsed = command()
        .try_get_matches_from(arguments)
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    let arguments = match parsed {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error, environment),
    };
    let output = Output::new(
        &*environment.console,
        arguments.global.json,
        arguments.global.level(),
    );
    if arguments.global.unsafe_trace {
        output.progress(
            "warning: --unsafe-trace shows keys and personal data; use it with specimen cards only",
        );
    }
    let context = Context {
        environment,
        output: &output,
        unsafe_trace: arguments.global.unsafe_trace,
    };
    match dispatch(&arguments.command, &context) {
        Ok(code) => code,
        Err(failure) => {
            output.failure(&failure);
            failure.code
        }
    }
}

/// clap writes its own `error:` line and usage; help and version are no errors.
fn usage(error: &clap::Error, environment: &Environment) -> ExitCode {
    let text = error.render();
    let (mut stream, code) = if error.use_stderr() {
        (environment.console.messages(), ExitCode::Usage)
    } else {
        (environment.console.output(), ExitCode::Success)
    };
    // A closed pipe, as in `eid --help | head`, is no error.
    let _ = write!(stream, "{}", text.ansi());
    code
}

fn dispatch(command: &Command, context: &Context<'_>) -> Result<ExitCode, Failure> {
    match command {
        Command::Demo(arguments) => demo::run(arguments, context),
        Command::Readers(arguments) => readers::run(arguments, context),
        Command::Doctor(arguments) => doctor::run(arguments, context),
        Command::Keys(command) => keys::run(command, context),
        Command::Card(command) => card::run(command, context),
        Command::Pki(command) => pki::run(command, context),
        Command::Approve(command) => approve::run(command, context),
        Command::Record(command) => record::run(command, context),
        Command::Profile(command) => profile::run(command, context),
        Command::Stock(command) => stock::run(command, context),
        Command::Prepare(arguments) => prepare::run(arguments, context),
        Command::Batch(command) => batch::run(command, context),
        Command::Ledger(command) => ledger::run(command, context),
        Command::Issue(arguments) => issue::run(arguments, context),
        Command::Trust(command) => trust::run(command, context),
        Command::Verify(arguments) => verify::run(arguments, context),
        Command::Conformance(command) => conformance::run(command, context),
        Command::Dump(arguments) => dump::run(arguments, context),
        Command::Config(command) => config::run(command, context),
        Command::Completions(arguments) => manual::completions(arguments, context),
        Command::Man => manual::man(context),
    }
}

/// The whole command line as clap knows it, the exit codes below its help.
pub(crate) fn command() -> clap::Command {
    let codes = ExitCode::TABLE.map(|(code, meaning)| format!("  {:>3}  {meaning}", code as u8));
    Arguments::command().after_long_help(format!("Exit codes:\n{}", codes.join("\n")))
}
