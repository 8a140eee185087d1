//! `--application-keys NAME=FILE`: the master keys of applications beside the eMRTD, each in a file of its own.

use std::path::{Path, PathBuf};

use personalization::image::UtilityApplication;
use personalization::keys::IssuerMasterKeys;

use super::super::context::Context;
use super::super::failure::Failure;
use crate::station::office::ApplicationMasters;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ApplicationKeyArguments {
    /// Master keys of an application of the profile that has keys of its own
    #[arg(long = "application-keys", value_name = "NAME=FILE")]
    files: Vec<String>,
    /// File with the passphrase of those keys, if it is another
    #[arg(long, value_name = "FILE")]
    application_passphrase_file: Option<PathBuf>,
}

impl ApplicationKeyArguments {
    /// Opens the file of every one of these applications that has keys, and no other.
    pub(in crate::cli) fn load(
        &self,
        context: &Context<'_>,
        applications: &[UtilityApplication],
        issuer_keys: &IssuerMasterKeys,
        passphrase_file: Option<&Path>,
    ) -> Result<ApplicationMasters, Failure> {
        let mut given = Vec::new();
        for text in &self.files {
            let (name, file) = text.split_once('=').ok_or_else(|| {
                Failure::usage(
                    format!("--application-keys {text}: not NAME=FILE"),
                    "give the application's name in the profile, an equals sign and the file",
                )
            })?;
            if given.iter().any(|(other, _)| *other == name) {
                return Err(Failure::usage(
                    format!("--application-keys: {name} is given twice"),
                    "an application has one master",
                ));
            }
            given.push((name, Path::new(file)));
        }
        let with_keys = || {
            applications
                .iter()
                .filter(|application| application.key_version.is_some())
        };
        if let Some((name, _)) = given
            .iter()
            .find(|(name, _)| !with_keys().any(|application| application.name == *name))
        {
            return Err(Failure::usage(
                format!("--application-keys: the profile gives no application {name} keys"),
                "see the profile's [[application]] tables",
            ));
        }
        let file = self.application_passphrase_file.as_deref().or(passphrase_file);
        let mut masters = ApplicationMasters::default();
        for application in with_keys() {
            let name = &application.name;
            let Some((_, path)) = given.iter().find(|(given, _)| given == name) else {
                return Err(Failure::usage(
                    format!(
                        "--application-keys {name}=FILE is required: the profile gives {name} keys of its own"
                    ),
                    "its issuer makes them with `eid keys init`",
                ));
            };
            let passphrase = context.passphrase(file, &format!("the master keys of {name}"))?;
            let master = IssuerMasterKeys::open(path, &passphrase)?;
            if master.check_value() == issuer_keys.check_value() {
                return Err(Failure::input(
                    "application.issuer_keys",
                    format!("{}: the issuer's master keys", path.display()),
                    format!(
                        "{name} has keys of its own, so that its issuer needs none of yours: `eid keys init`"
                    ),
                ));
            }
            masters.add(name.clone(), application.aid.clone(), master);
        }
        Ok(masters)
    }
}
