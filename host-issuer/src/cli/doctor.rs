//! `eid doctor`: is this machine ready?

use serde::Serialize;

use super::context::Context;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::output::one_line;
use super::readers::{self, ReaderJson};
use crate::transport::TransportError;

#[derive(Serialize)]
struct DoctorJson {
    schema: &'static str,
    version: &'static str,
    pcsc: &'static str,
    pcsc_detail: Option<String>,
    readers: Vec<ReaderJson>,
    random: &'static str,
    clock: String,
}

pub(super) fn run(context: &Context<'_>) -> Result<ExitCode, Failure> {
    let listed = context.environment.readers.list();
    let mut probe = [0u8; 16];
    let random = rand_core::TryRng::try_fill_bytes(&mut context.random(), &mut probe);
    let object = DoctorJson {
        schema: "eid.doctor/1",
        version: env!("CARGO_PKG_VERSION"),
        pcsc: if listed.is_ok() { "running" } else { "unreachable" },
        pcsc_detail: listed.as_ref().err().map(ToString::to_string),
        readers: listed.as_deref().map(readers::describe).unwrap_or_default(),
        random: if random.is_ok() { "working" } else { "failing" },
        clock: context.environment.clock.now().to_string(),
    };
    context.output.result(&object, |out| {
        writeln!(out, "eid            {}", object.version)?;
        writeln!(
            out,
            "PC/SC          {}",
            object.pcsc_detail.as_deref().unwrap_or(object.pcsc)
        )?;
        writeln!(out, "readers        {}", object.readers.len())?;
        for reader in listed.as_deref().unwrap_or_default() {
            let card = if reader.card_present { "card" } else { "no card" };
            writeln!(out, "               {} ({card})", one_line(&reader.name))?;
        }
        writeln!(out, "random numbers {}", object.random)?;
        writeln!(out, "clock          {}", object.clock)
    })?;
    if random.is_err() {
        return Err(Failure::internal("this machine gives no random numbers"));
    }
    match listed {
        Err(error) => Err(error.into()),
        Ok(readers) if readers.is_empty() => Err(TransportError::NoReader.into()),
        Ok(_) => Ok(ExitCode::Success),
    }
}
