//! The reports of a run in their files.

use std::path::PathBuf;

use test_vectors::conformance::report::Report;

use super::super::super::context::Context;
use super::super::super::exit_code::ExitCode;
use super::super::super::failure::Failure;
use crate::environment::Access;

/// What a report is written as.
#[derive(Clone, Copy)]
pub(in super::super) enum Form {
    Json,
    Junit,
    Html,
    Text,
}

/// Where reports are to be.
pub(in super::super) struct Reports(Vec<(PathBuf, Form)>);

impl Reports {
    /// Checks names and places before anything is played. A run that goes on replaces its reports.
    pub(in super::super) fn prepare(
        context: &Context<'_>,
        paths: &[PathBuf],
        is_resumed: bool,
    ) -> Result<Self, Failure> {
        let mut reports = Vec::new();
        for path in paths {
            let extension = path.extension().and_then(|extension| extension.to_str());
            let form = match extension.map(str::to_ascii_lowercase).as_deref() {
                Some("json") => Form::Json,
                Some("xml") => Form::Junit,
                Some("html") => Form::Html,
                Some("txt") => Form::Text,
                _ => {
                    return Err(Failure::usage(
                        format!("--report {}: no kind of report", path.display()),
                        "the name ends with .json, .xml (JUnit), .html or .txt",
                    ));
                }
            };
            if !is_resumed && context.environment.machine.exists(path) {
                return Err(Failure::new(
                    ExitCode::Storage,
                    "storage.exists",
                    format!("{}: it is there already", path.display()),
                    "choose another name; results are never overwritten",
                ));
            }
            reports.push((path.clone(), form));
        }
        Ok(Self(reports))
    }

    /// Writes them.
    pub(in super::super) fn write(&self, context: &Context<'_>, report: &Report) -> Result<(), Failure> {
        let access = match report.warning {
            Some(_) => Access::OwnerOnly,
            None => Access::Public,
        };
        self.write_as(context, access, |form| match form {
            Form::Json => report.to_json(),
            Form::Junit => report.to_junit(),
            Form::Html => report.to_html(),
            Form::Text => report.to_text(),
        })
    }

    /// Writes what `content` makes of each form.
    pub(in super::super) fn write_as(
        &self,
        context: &Context<'_>,
        access: Access,
        content: impl Fn(Form) -> String,
    ) -> Result<(), Failure> {
        for (path, form) in &self.0 {
            context
                .environment
                .disk
                .write(path, content(*form).as_bytes(), access)?;
        }
        Ok(())
    }
}
