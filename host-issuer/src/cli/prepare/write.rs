//! The two files of a prepared card, sealed.

use std::path::{Path, PathBuf};

use personalization::keys::ChipKeySets;
use personalization::prepared::{PreparedCard, PreparedCardError};
use personalization::script::offline::OfflineScript;
use personalization::sealed_file::{self, SealedKind};

use super::super::context::Context;
use super::super::failure::Failure;
use super::arguments::{Parties, PrepareArguments};
use crate::environment::{Access, NewFile};
use crate::load::foretell::{self, Attempts};

/// Id of the failure after which the office's file is there and the station's is not.
pub(super) const SCRIPT_LOST: &str = "prepare.script_lost";

/// What was prepared.
pub(super) struct Prepared {
    pub(super) card_id: String,
    pub(super) serial: [u8; 10],
    pub(super) profile: String,
    pub(super) attempts: Attempts,
    pub(super) script: PathBuf,
    pub(super) image: Option<PathBuf>,
}

/// The places of the files, found writable before anything is signed. Nothing is in them yet.
pub(super) struct Reserved {
    script: Box<dyn NewFile>,
    image: Option<Box<dyn NewFile>>,
    /// The directory, where it was made for them.
    made: Option<PathBuf>,
}

impl Reserved {
    pub(super) fn new(
        context: &Context<'_>,
        directory: &Path,
        serial: &[u8; 10],
        with_image: bool,
    ) -> Result<Self, Failure> {
        let disk = &context.environment.disk;
        let made = (!directory.exists()).then(|| directory.to_owned());
        let name = |extension: &str| format!("{}.{extension}", hex::encode_upper(serial));
        Ok(Self {
            script: disk.reserve(directory, &name("cardscript"), Access::OwnerOnly)?,
            image: match with_image {
                true => Some(disk.reserve(directory, &name("cardimg"), Access::OwnerOnly)?),
                false => None,
            },
            made,
        })
    }

    /// Leaves nothing behind.
    pub(super) fn abandon(self, context: &Context<'_>) {
        let Self { script, image, made } = self;
        drop((script, image));
        if let Some(directory) = made {
            context.environment.disk.remove_empty_directory(&directory);
        }
    }

    /// Gives the files content and name, the office's first: a script that is out can be written again from it.
    pub(super) fn commit(
        mut self,
        sealed: &Sealed,
        context: &Context<'_>,
    ) -> Result<(PathBuf, Option<PathBuf>), Failure> {
        let script = self.script.path().to_owned();
        let image = self.image.as_ref().map(|file| file.path().to_owned());
        if let (Some(file), Some(content)) = (self.image.take(), &sealed.image)
            && let Err(error) = file.commit(content)
        {
            self.abandon(context);
            return Err(error.into());
        }
        self.script.commit(&sealed.script).map_err(|error| {
            let failure = Failure::from(error);
            match &image {
                None => failure,
                Some(image) => Failure {
                    id: SCRIPT_LOST,
                    hint: format!(
                        "the card is kept in {}, and `eid prepare --image` writes its script; {}",
                        image.display(),
                        failure.hint
                    ),
                    ..failure
                },
            }
        })?;
        Ok((script, image))
    }
}

/// The contents of the files.
pub(super) struct Sealed {
    script: Vec<u8>,
    image: Option<Vec<u8>>,
}

/// Writes down the sessions, and seals both files.
pub(super) fn seal(
    card: PreparedCard,
    attempts: Attempts,
    keys: &ChipKeySets,
    parties: &Parties,
    arguments: &PrepareArguments,
    with_image: bool,
    context: &Context<'_>,
) -> Result<Sealed, Failure> {
    let mut random = context.random();
    let serial = attempts.serial;
    let image = if with_image {
        let content = card.to_der()?;
        let office = parties.office.public();
        let kind = SealedKind::CardImage;
        Some(sealed_file::seal(
            kind,
            &serial,
            &content,
            &parties.office,
            &office,
            &mut random,
        )?)
    } else {
        None
    };
    let sessions = foretell::foretell(attempts, keys, &card.image, arguments.limits(), &mut random)?;
    let content = OfflineScript::new(card, sessions)?.to_der()?;
    let script = sealed_file::seal(
        SealedKind::CardScript,
        &serial,
        &content,
        &parties.office,
        &parties.station,
        &mut random,
    )?;
    Ok(Sealed { script, image })
}

impl From<PreparedCardError> for Failure {
    fn from(error: PreparedCardError) -> Self {
        Self::input(
            "image.malformed",
            error.to_string(),
            "give a .cardimg that this office made, with this version of eid",
        )
    }
}
