//! `eid conformance verifier`

use std::path::PathBuf;

use test_vectors::conformance::runner::matches;
use time::format_description::well_known::Rfc3339;

use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::corpus::CorpusArguments;
use super::run::keep::{Form, Reports};
use crate::conformance::verifier::run as play;
use crate::environment::Access;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct VerifierArguments {
    #[command(flatten)]
    corpus: CorpusArguments,
    /// A pattern of ids of BSI TR-03105-5.1, such as 'ISO7816_G_*', or of files that are no case of it; may be given several times
    #[arg(long, value_name = "PATTERN")]
    case: Vec<String>,
    /// Write a report; the extension says which: json, xml (JUnit), html, txt
    #[arg(long, value_name = "FILE")]
    report: Vec<PathBuf>,
}

pub(super) fn run(arguments: &VerifierArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let corpus = arguments.corpus.read()?;
    let reports = Reports::prepare(context, &arguments.report, false)?;
    let patterns = &arguments.case;
    let is_selected = |id: &str| patterns.is_empty() || patterns.iter().any(|pattern| matches(pattern, id));
    let now = context.environment.clock.now();
    let date = now
        .format(&Rfc3339)
        .map_err(|error| Failure::internal(format!("the time cannot be written: {error}")))?;
    let report = play(&corpus, is_selected, |case| {
        let line = format!("{} {}", case.id, case.outcome.word().replace('_', " "));
        if case.outcome.word() == "failed" {
            context.output.progress(&line);
        } else {
            context.output.debug(&line);
        }
    })?;
    if report.cases.is_empty() {
        return Err(Failure::usage(
            "no case is what --case says",
            "ids are such as ISO7816_G_23 or LDS_H_*; without --case everything is played",
        ));
    }
    let json = report.json(&date);
    reports.write_as(context, Access::Public, |form| match form {
        // Texts and lists of them: there is nothing that JSON could not say.
        Form::Json => serde_json::to_string_pretty(&json).unwrap_or_default() + "\n",
        Form::Junit => report.to_junit(&date),
        Form::Html => report.to_html(&date),
        Form::Text => report.to_text(),
    })?;
    context
        .output
        .result(&json, |out| write!(out, "{}", report.to_text()))?;
    Ok(if report.is_clean() {
        ExitCode::Success
    } else {
        ExitCode::NotGenuine
    })
}
