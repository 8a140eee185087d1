//! Passphrases, PIN and PUK: from a file, the environment or a prompt. Never from the command line, where every
//! process of the machine could read them.

use std::path::Path;

use personalization::key_file::Passphrase;
use zeroize::Zeroizing;

use super::failure::Failure;
use crate::environment::Environment;

/// A passphrase file of this size is something else.
const SIZE_LIMIT: u64 = 4096;
/// Holds the passphrase for programs that start `eid`.
const VARIABLE: &str = "EID_PASSPHRASE";

/// The passphrase of `what` (a phrase such as "the document signer's key").
///
/// # Errors
/// When the file cannot be read or is empty, a person's two answers differ, or there is nobody to ask.
pub(super) fn passphrase(
    environment: &Environment,
    file: Option<&Path>,
    what: &str,
    is_new: bool,
) -> Result<Passphrase, Failure> {
    if let Some(path) = file {
        return from_file(environment, path);
    }
    if let Some(value) = (environment.variable)(VARIABLE) {
        return Ok(Passphrase::new(value));
    }
    let ask = |question: String| -> Result<Zeroizing<String>, Failure> {
        let answer = environment
            .console
            .ask_secret(&question)
            .map_err(|error| no_passphrase(what, &error.to_string()))?;
        answer.ok_or_else(|| no_passphrase(what, "there is no terminal to ask at"))
    };
    let first = ask(format!("Passphrase for {what}"))?;
    if is_new && *ask("The same again".into())? != *first {
        return Err(Failure::input(
            "passphrase.differs",
            "the two passphrases differ",
            "repeat the command and type the same twice",
        ));
    }
    Ok(Passphrase::new(first.as_str()))
}

/// A secret that is no passphrase, and where it may come from.
pub(super) struct Secret {
    /// What it is called.
    pub(super) name: &'static str,
    /// The environment variable that may hold it.
    pub(super) variable: &'static str,
    /// The option that names a file with it.
    pub(super) option: &'static str,
}

/// A secret, as text: from the file, the environment, or a person.
///
/// # Errors
/// When the file cannot be read, or there is nobody to ask.
pub(super) fn secret(
    environment: &Environment,
    secret: &Secret,
    file: Option<&Path>,
) -> Result<Zeroizing<String>, Failure> {
    if let Some(path) = file {
        let content = Zeroizing::new(environment.disk.read(path, SIZE_LIMIT)?);
        // What is no text is no number either, and is said to be none.
        return Ok(Zeroizing::new(
            String::from_utf8_lossy(&content).trim().to_owned(),
        ));
    }
    if let Some(value) = (environment.variable)(secret.variable) {
        return Ok(Zeroizing::new(value));
    }
    let answer = environment.console.ask_secret(secret.name).ok().flatten();
    answer.ok_or_else(|| {
        Failure::input(
            "secret.missing",
            format!("no {}: there is no terminal to ask at", secret.name),
            format!("give {} FILE or set {}", secret.option, secret.variable),
        )
    })
}

/// The PIN of a token that holds keys.
pub(super) const HSM_PIN: Secret = Secret {
    name: "PIN of the token",
    variable: "EID_HSM_PIN",
    option: "--hsm-pin-file",
};

fn from_file(environment: &Environment, path: &Path) -> Result<Passphrase, Failure> {
    let content = Zeroizing::new(environment.disk.read(path, SIZE_LIMIT)?);
    let text = std::str::from_utf8(&content).map_err(|_| {
        Failure::input(
            "passphrase.file",
            format!("{}: not UTF-8 text", path.display()),
            "save the passphrase as UTF-8 text",
        )
    })?;
    // Editors end the line; a passphrase has none.
    let line = text.strip_suffix('\n').unwrap_or(text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.is_empty() {
        return Err(Failure::input(
            "passphrase.file",
            format!("{}: the file is empty", path.display()),
            "write the passphrase into the file, in one line",
        ));
    }
    Ok(Passphrase::new(line))
}

fn no_passphrase(what: &str, why: &str) -> Failure {
    Failure::input(
        "passphrase.missing",
        format!("no passphrase for {what}: {why}"),
        format!("give --passphrase-file FILE or set {VARIABLE}"),
    )
}
