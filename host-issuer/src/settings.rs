//! Settings and where each comes from: flag > `EID_*` > `$XDG_CONFIG_HOME/eid/config.toml` >
//! `/etc/eid/config.toml`.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::environment::{DiskError, Environment};

/// Configuration of the whole machine.
const SYSTEM_FILE: &str = "/etc/eid/config.toml";
/// A configuration file of this size is something else.
const SIZE_LIMIT: u64 = 64 * 1024;

/// A configuration file. No secret can be in it: there is no key for one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    reader: Option<String>,
    profile: Option<String>,
    trust: Option<PathBuf>,
    ds: Option<PathBuf>,
    issuer_keys: Option<PathBuf>,
}

/// One setting and its origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// The name: a flag without its dashes.
    pub name: &'static str,
    /// Its value; `None`: not set anywhere.
    pub value: Option<String>,
    /// `EID_…` or the file it is from.
    pub source: Option<String>,
}

/// Everything below the flags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    all: Vec<Setting>,
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A file is there and cannot be read.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// A file is not TOML, or has a key that does not exist.
    #[error("{}: {cause}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Line and cause.
        cause: String,
    },
}

impl Settings {
    /// Reads the environment variables and the two files.
    ///
    /// # Errors
    /// [`SettingsError`]; a file that does not exist is none.
    pub fn load(environment: &Environment) -> Result<Self, SettingsError> {
        let mut sources = vec![("EID_*".to_owned(), from_variables(environment))];
        for path in [user_file(environment), Some(PathBuf::from(SYSTEM_FILE))]
            .into_iter()
            .flatten()
        {
            if let Some(file) = read(environment, &path)? {
                sources.push((path.display().to_string(), file));
            }
        }
        let find = |name: &'static str, variable: &str, pick: fn(&File) -> Option<String>| {
            let found = sources
                .iter()
                .find_map(|(source, file)| pick(file).map(|value| (value, source)));
            let (value, source) = found.unzip();
            let source = source.map(|source| {
                if source == "EID_*" {
                    variable.to_owned()
                } else {
                    source.clone()
                }
            });
            Setting { name, value, source }
        };
        Ok(Self {
            all: vec![
                find("reader", "EID_READER", |file| file.reader.clone()),
                find("profile", "EID_PROFILE", |file| file.profile.clone()),
                find("trust", "EID_TRUST", |file| show(file.trust.as_deref())),
                find("ds", "EID_DS", |file| show(file.ds.as_deref())),
                find("issuer-keys", "EID_ISSUER_KEYS", |file| {
                    show(file.issuer_keys.as_deref())
                }),
            ],
        })
    }

    /// Every setting, for `eid config show`.
    #[must_use]
    pub fn all(&self) -> &[Setting] {
        &self.all
    }

    /// The value of a setting.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all
            .iter()
            .find(|setting| setting.name == name)?
            .value
            .as_deref()
    }
}

fn show(path: Option<&Path>) -> Option<String> {
    path.map(|path| path.display().to_string())
}

fn from_variables(environment: &Environment) -> File {
    let variable = environment.variable;
    File {
        reader: variable("EID_READER"),
        profile: variable("EID_PROFILE"),
        trust: variable("EID_TRUST").map(PathBuf::from),
        ds: variable("EID_DS").map(PathBuf::from),
        issuer_keys: variable("EID_ISSUER_KEYS").map(PathBuf::from),
    }
}

/// `$XDG_CONFIG_HOME/eid/config.toml`, by default under `~/.config`.
fn user_file(environment: &Environment) -> Option<PathBuf> {
    let variable = environment.variable;
    let base = variable("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| variable("HOME").map(|home| Path::new(&home).join(".config")))?;
    Some(base.join("eid").join("config.toml"))
}

fn read(environment: &Environment, path: &Path) -> Result<Option<File>, SettingsError> {
    let content = match environment.disk.read(path, SIZE_LIMIT) {
        Ok(content) => content,
        Err(error) if error.source.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let malformed = |cause: String| SettingsError::Malformed {
        path: path.to_owned(),
        cause,
    };
    let text = String::from_utf8(content).map_err(|_| malformed("not UTF-8".into()))?;
    toml::from_str(&text)
        .map(Some)
        .map_err(|error| malformed(error.message().to_owned()))
}
