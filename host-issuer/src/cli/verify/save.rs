//! `--save DIR`: the face, images of papers, the files as read, the report.

use std::path::{Path, PathBuf};

use super::super::context::Context;
use super::super::failure::Failure;
use super::report::{self, Saved, Shown};
use crate::environment::Access;
use crate::inspect::{Holder, ImageFormat};

/// A directory that can be written to.
pub(super) struct Target {
    directory: PathBuf,
    /// Whether it was made for this.
    made: bool,
}

impl Target {
    /// Makes the directory, before the card is asked.
    pub(super) fn prepare(context: &Context<'_>, directory: &Path) -> Result<Self, Failure> {
        let made = !directory.exists();
        context
            .environment
            .disk
            .create_directory(directory, Access::OwnerOnly)?;
        Ok(Self {
            directory: directory.to_owned(),
            made,
        })
    }

    /// Leaves nothing behind of a verification that came to no end.
    pub(super) fn abandon(&self, context: &Context<'_>) {
        if self.made {
            context.environment.disk.remove_empty_directory(&self.directory);
        }
    }

    /// Writes everything, for the owner alone: it is personal data.
    pub(super) fn write(&self, context: &Context<'_>, shown: &Shown<'_>) -> Result<Saved, Failure> {
        let write = |name: &str, content: &[u8]| -> Result<PathBuf, Failure> {
            let path = self.directory.join(name);
            context
                .environment
                .disk
                .write(&path, content, Access::OwnerOnly)?;
            Ok(path)
        };
        for (name, content) in shown.card.document.files() {
            write(&format!("{name}.bin"), content)?;
        }
        let unverified = shown.report.unverified.as_ref();
        let unverified = unverified.and_then(|unverified| unverified.face.as_ref());
        let face = match (&shown.report.face, unverified) {
            (Some(face), _) => Some(write(&format!("face.{}", face.format.extension()), &face.image)?),
            (None, Some(face)) => {
                let name = format!("UNVERIFIED-face.{}", face.format.extension());
                Some(write(&name, &face.image)?)
            }
            (None, None) => None,
        };
        if let Some(holder) = &shown.report.holder {
            for (name, image) in papers(holder) {
                let extension = ImageFormat::of(image).map_or("bin", ImageFormat::extension);
                write(&format!("{name}.{extension}"), image)?;
            }
        }
        let saved = Saved {
            face,
            directory: self.directory.clone(),
        };
        let shown = Shown {
            saved: Some(&saved),
            replayed: shown.replayed.clone(),
            ..*shown
        };
        let json = serde_json::to_vec_pretty(&report::object(&shown))
            .map_err(|error| Failure::internal(error.to_string()))?;
        write("report.json", &json)?;
        Ok(saved)
    }
}

/// Images of DG11 and DG12 by the names of their files.
fn papers(holder: &Holder) -> impl Iterator<Item = (&'static str, &[u8])> {
    let (personal, document) = (holder.personal.as_ref(), holder.document.as_ref());
    let images = [
        (
            "proof-of-citizenship",
            personal.and_then(|details| details.proof_of_citizenship.as_deref()),
        ),
        (
            "document-front",
            document.and_then(|details| details.front.as_deref()),
        ),
        (
            "document-rear",
            document.and_then(|details| details.rear.as_deref()),
        ),
    ];
    images
        .into_iter()
        .filter_map(|(name, image)| Some((name, image?)))
}
