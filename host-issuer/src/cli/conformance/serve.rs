//! `eid conformance serve`

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use card_applet::sim::vpcd;
use serde::Serialize;

use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::super::interrupt;
use super::corpus::CorpusArguments;
use crate::conformance::verifier::{ChipPlay, Corpus, CorpusError, FieldError, Play, Subject};
use crate::environment::Access;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ServeArguments {
    #[command(flatten)]
    corpus: CorpusArguments,
    /// A case of BSI TR-03105-5.1, such as ISO7816_G_23, or the name of a file of the corpus
    #[arg(long, value_name = "ID")]
    case: String,
    /// Where the virtual reader listens
    #[arg(long, value_name = "HOST:PORT", default_value = vpcd::DEFAULT_ADDRESS)]
    vpcd: String,
    /// Write the CSCA certificates and CRLs that the reader has to import into this directory, and below `terminal` its CV certificates
    /// and key, where the case is about them
    #[arg(long, value_name = "DIR")]
    trust_out: Option<PathBuf>,
}

/// `eid.conformance.serve/1`
#[derive(Serialize)]
struct ServeJson<'a> {
    schema: &'static str,
    name: &'a str,
    /// Cases of BSI TR-03105-5.1.
    cases: &'a [String],
    can: &'a str,
    mrz: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    printed_mrz: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    qr: Option<&'a str>,
    /// The day to which the reader's clock is to be set.
    on: &'a str,
    /// What a verifier has to say.
    expected: String,
    /// Its verdict; absent where it must not read on.
    verdict: Option<&'a str>,
    /// In what this program's verifier says something else, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    eid_differs: Option<String>,
    /// What was written for the reader to import.
    trust: Vec<String>,
    vpcd: &'a str,
}

pub(super) fn run(arguments: &ServeArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let corpus = arguments.corpus.read()?;
    let play = choose(&corpus, &arguments.case)?;
    let blame = |cause: FieldError| CorpusError::Field {
        path: play.path.clone(),
        cause,
    };
    let chip = match &play.subject {
        Subject::Chip(chip) => chip.clone(),
        Subject::Document(document) => document.as_chip().map_err(blame)?,
    };
    let eid_differs = chip.misjudged().map_err(blame)?;
    let trust = match &arguments.trust_out {
        Some(folder) => Export { context, folder }.write(&chip, &blame)?,
        None => Vec::new(),
    };
    let object = ServeJson {
        schema: "eid.conformance.serve/1",
        name: &play.name,
        cases: play.cases(),
        can: &chip.setup.can,
        mrz: &chip.counter.mrz,
        printed_mrz: chip.counter.printed_mrz.as_deref(),
        qr: chip.counter.qr.as_deref(),
        on: &chip.on,
        expected: chip.expected.to_string(),
        verdict: chip.expected.verdict(),
        eid_differs,
        trust,
        vpcd: &arguments.vpcd,
    };
    context.output.result(&object, |out| text(out, &object))?;
    put_into_reader(&chip, &arguments.vpcd, context)
}

/// The one play that a name means.
fn choose<'a>(corpus: &'a Corpus, name: &str) -> Result<&'a Play, Failure> {
    match corpus.named(name).as_slice() {
        [play] => Ok(play),
        [] => Err(Failure::usage(
            format!("--case {name}: no document and no chip of the corpus is this"),
            "give the id of a case, such as ISO7816_G_23, or the name of a file of the corpus without `.json`",
        )),
        several => {
            let names: Vec<&str> = several.iter().map(|play| play.name.as_str()).collect();
            Err(Failure::usage(
                format!("--case {name}: the case has several: {}", names.join(", ")),
                "give one of these names; a reader passes the case when it is right about each",
            ))
        }
    }
}

fn text(out: &mut dyn std::io::Write, served: &ServeJson<'_>) -> std::io::Result<()> {
    writeln!(out, "{} ({})", served.name, served.cases.join(", "))?;
    writeln!(out, "  MRZ       {}", served.mrz)?;
    writeln!(out, "  CAN       {}", served.can)?;
    if let Some(mrz) = served.printed_mrz {
        writeln!(out, "  printed   {}", mrz.replace('\n', " "))?;
    }
    if let Some(qr) = served.qr {
        writeln!(out, "  QR code   {qr}")?;
    }
    writeln!(out, "  day       {}: set the reader's clock to it", served.on)?;
    writeln!(out, "  expected  {}", served.expected)?;
    if let Some(differs) = &served.eid_differs {
        writeln!(out, "  eid's own verifier differs: {differs}")?;
    }
    for file in &served.trust {
        writeln!(out, "  import    {file}")?;
    }
    Ok(())
}

/// What the reader has to import.
struct Export<'a> {
    context: &'a Context<'a>,
    folder: &'a Path,
}

impl Export<'_> {
    fn write(
        &self,
        chip: &ChipPlay,
        blame: &impl Fn(FieldError) -> CorpusError,
    ) -> Result<Vec<String>, Failure> {
        let mut written = Vec::new();
        for (index, bytes) in chip.trust.certificates().map_err(blame)?.iter().enumerate() {
            written.push(self.file(&format!("csca-{}.cer", index + 1), bytes, Access::Public)?);
        }
        for (index, bytes) in chip.trust.lists().map_err(blame)?.iter().enumerate() {
            written.push(self.file(&format!("csca-{}.crl", index + 1), bytes, Access::Public)?);
        }
        if let Some(terminal) = &chip.counter.terminal {
            let below = Export {
                context: self.context,
                folder: &self.folder.join("terminal"),
            };
            let (certificates, key) = terminal.bytes().map_err(blame)?;
            for (index, bytes) in certificates.iter().enumerate() {
                written.push(below.file(&format!("{}.cvcert", index + 1), bytes, Access::Public)?);
            }
            written.push(below.file("terminal.pkcs8", &key, Access::OwnerOnly)?);
        }
        Ok(written)
    }

    fn file(&self, name: &str, bytes: &[u8], access: Access) -> Result<String, Failure> {
        let file = self.context.environment.disk.reserve(self.folder, name, access)?;
        let path = file.path().display().to_string();
        file.commit(bytes)?;
        Ok(path)
    }
}

/// Serves the chip until the reader hangs up, or Ctrl-C.
fn put_into_reader(chip: &ChipPlay, address: &str, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let heard = Arc::clone(&stop);
    let _hearing = interrupt::hear(move || heard.store(true, Ordering::Relaxed))?;
    context.output.progress(&format!(
        "in the reader at {address}; end with Ctrl-C, which takes the card out"
    ));
    vpcd::serve(&mut chip.reader(), address, &stop).map_err(|error| {
        Failure::new(
            ExitCode::Reader,
            "reader.vpcd",
            format!("{address}: {error}"),
            "start pcscd with the package vsmartcard-vpcd installed; its readers listen on ports 35963 and 35964",
        )
    })?;
    context.output.progress(if stop.load(Ordering::Relaxed) {
        "the card was taken out"
    } else {
        "the reader hung up"
    });
    Ok(ExitCode::Success)
}
