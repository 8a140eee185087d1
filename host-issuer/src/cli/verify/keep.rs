//! What is kept of a verification: nothing, but what was asked for. Every place is made before the card is asked.

use std::path::Path;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::super::context::Context;
use super::super::failure::Failure;
use super::html;
use super::report::{Saved, Shown};
use super::save;
use crate::environment::{Access, NewFile};
use crate::transport::replay;
use crate::verify::Session;

/// What was asked for.
#[derive(Clone, Copy, Default)]
pub(super) struct Keep<'a> {
    /// The directory of `--save`.
    pub(super) save: Option<&'a Path>,
    /// The page of `--report`.
    pub(super) report: Option<&'a Path>,
    /// The file of `--record`.
    pub(super) record: Option<&'a Path>,
}

/// The places for it.
pub(super) struct Places {
    save: Option<save::Target>,
    report: Option<Box<dyn NewFile>>,
    record: Option<Box<dyn NewFile>>,
}

impl Places {
    /// Makes them.
    pub(super) fn prepare(context: &Context<'_>, keep: Keep<'_>) -> Result<Self, Failure> {
        let file = |path: Option<&Path>| path.map(|path| new_file(context, path)).transpose();
        Ok(Self {
            report: file(keep.report)?,
            record: file(keep.record)?,
            save: keep
                .save
                .map(|directory| save::Target::prepare(context, directory))
                .transpose()?,
        })
    }

    /// Leaves nothing behind of a verification that came to no end. Files without content vanish on their own.
    pub(super) fn abandon(&self, context: &Context<'_>) {
        if let Some(target) = &self.save {
            target.abandon(context);
        }
    }

    /// Writes the session, before it is judged.
    pub(super) fn record(
        &mut self,
        context: &Context<'_>,
        card: &crate::verify::ReadCard,
        recorded: OffsetDateTime,
        apdus: Option<replay::Session>,
    ) -> Result<(), Failure> {
        let Some(file) = self.record.take() else {
            return Ok(());
        };
        let session = Session {
            recorded,
            card: card.clone(),
            apdus,
        };
        let name = file.path().display().to_string();
        let json = session
            .to_json()
            .map_err(|error| Failure::internal(error.to_string()))?;
        file.commit(&json)?;
        context
            .output
            .progress(&format!("{name} holds the person's data: keep it as such"));
        Ok(())
    }

    /// Writes the rest.
    pub(super) fn write(self, context: &Context<'_>, shown: &Shown<'_>) -> Result<Option<Saved>, Failure> {
        if let Some(file) = self.report {
            let now = instant(context.environment.clock.now());
            file.commit(&html::page(shown, &now))?;
        }
        self.save.map(|target| target.write(context, shown)).transpose()
    }
}

/// A time as reports write it.
pub(super) fn instant(time: OffsetDateTime) -> String {
    let whole = time.replace_nanosecond(0).unwrap_or(time);
    whole.format(&Rfc3339).unwrap_or_default()
}

/// A file with personal data that must not exist yet.
fn new_file(context: &Context<'_>, path: &Path) -> Result<Box<dyn NewFile>, Failure> {
    let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(|| {
        Failure::usage(
            format!("{}: no name of a file", path.display()),
            "give a file to write",
        )
    })?;
    let directory = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    Ok(context
        .environment
        .disk
        .reserve(directory, name, Access::OwnerOnly)?)
}
