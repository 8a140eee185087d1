//! `eid dump`: what is in a file, as a tree.

use std::io::{self, Write};
use std::path::PathBuf;

use serde::Serialize;

use super::context::Context;
use super::exit_code::ExitCode;
use super::failure::Failure;
use crate::dump::{Dump, Entry, MAX_FILE_BYTES, dump};

#[derive(Debug, clap::Args)]
pub(super) struct DumpArguments {
    /// Any file of a card (EF or data group), a certificate, CRL, master list or CV certificate; DER, PEM or as read
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// `eid.dump/1`
#[derive(Serialize)]
struct DumpJson<'a> {
    schema: &'static str,
    file: String,
    #[serde(flatten)]
    dump: &'a Dump,
}

pub(super) fn run(arguments: &DumpArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let limit = u64::try_from(MAX_FILE_BYTES).unwrap_or(u64::MAX);
    let bytes = context.environment.disk.read(&arguments.file, limit)?;
    let dump = dump(&bytes).map_err(|error| {
        Failure::input(
            "dump.too_long",
            format!("{}: {error}", arguments.file.display()),
            "no file of a card is so long",
        )
    })?;
    let object = DumpJson {
        schema: "eid.dump/1",
        file: arguments.file.display().to_string(),
        dump: &dump,
    };
    context.output.result(&object, |out| text(out, &dump))?;
    Ok(ExitCode::Success)
}

fn text(out: &mut dyn Write, dump: &Dump) -> io::Result<()> {
    write!(out, "{}", dump.kind)?;
    if let Some(standard) = dump.standard {
        write!(out, " ({standard})")?;
    }
    write!(out, ", {} bytes", dump.length)?;
    if let Some(label) = &dump.pem {
        write!(out, ", PEM {label}")?;
    }
    writeln!(out)?;
    for entry in &dump.objects {
        object(out, entry, 0)?;
    }
    if !dump.problems.is_empty() {
        writeln!(out, "\nWhat is no data object")?;
    }
    for problem in &dump.problems {
        writeln!(
            out,
            "{:>7}  {} bytes: {}: {}",
            problem.offset, problem.length, problem.rule, problem.bytes
        )?;
    }
    Ok(())
}

fn object(out: &mut dyn Write, entry: &Entry, depth: usize) -> io::Result<()> {
    let indent = "  ".repeat(depth);
    let name = entry.name.as_deref().unwrap_or_default();
    write!(
        out,
        "{:>7}  {indent}{} [{}] {name}",
        entry.offset, entry.tag, entry.length
    )?;
    if let Some(standard) = entry.standard {
        write!(out, " ({standard})")?;
    }
    match &entry.value {
        Some(value) if !value.is_empty() => writeln!(out, ": {value}")?,
        _ => writeln!(out)?,
    }
    for inside in &entry.objects {
        object(out, inside, depth + 1)?;
    }
    Ok(())
}
