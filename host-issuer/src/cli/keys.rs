//! `eid keys init|exchange|maker`

use std::path::{Path, PathBuf};

use personalization::exchange_key::ExchangeKey;
use personalization::key_file::KeyFileError;
use personalization::keys::IssuerMasterKeys;
use personalization::pki::directory::KeyPlace;
use personalization::signer::FileSigner;
use personalization::stock::maker::MakerPublicKey;
use serde::Serialize;

use super::context::Context;
use super::exit_code::ExitCode;
use super::failure::Failure;

#[derive(Debug, clap::Subcommand)]
pub(super) enum KeysCommand {
    /// Make the issuer's master keys, from which every chip's own keys are derived
    Init(InitArguments),
    /// Make the key pair of a preparation office or of a station, by which scripts go from one to the other
    Exchange(ExchangeArguments),
    /// Make the key pair of a maker of chips, by which its deliveries are known
    Maker(ExchangeArguments),
}

#[derive(Debug, clap::Args)]
pub(super) struct ExchangeArguments {
    /// The encrypted file to write; the public key goes into FILE.pub
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

#[derive(Debug, clap::Args)]
pub(super) struct InitArguments {
    /// The encrypted file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

/// Where a passphrase is, if not in `EID_PASSPHRASE` or a person's head.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct PassphraseArguments {
    /// File with the passphrase in one line [default: EID_PASSPHRASE, else a prompt]
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// File with the PIN of the token that holds a key, in one line [default: EID_HSM_PIN, else a prompt]
    #[arg(long, value_name = "FILE")]
    hsm_pin_file: Option<PathBuf>,
}

impl PassphraseArguments {
    /// The file, where one was given.
    pub(super) fn file(&self) -> Option<&Path> {
        self.passphrase_file.as_deref()
    }

    /// The file with the PIN of a token, where one was given.
    pub(super) fn pin_file(&self) -> Option<&Path> {
        self.hsm_pin_file.as_deref()
    }

    /// The file with the secret of a key that is there: a passphrase's or a PIN's. `other` is an option that names
    /// another one for this key.
    pub(super) fn file_for<'a>(&'a self, place: &KeyPlace, other: Option<&'a Path>) -> Option<&'a Path> {
        other.or(match place {
            KeyPlace::File(_) => self.file(),
            KeyPlace::Token(_) => self.pin_file(),
        })
    }
}

#[derive(Serialize)]
struct KeysJson {
    schema: &'static str,
    file: String,
    check_value: String,
}

#[derive(Serialize)]
struct ExchangeJson {
    schema: &'static str,
    file: String,
    public: String,
    fingerprint: String,
}

pub(super) fn run(command: &KeysCommand, context: &Context<'_>) -> Result<ExitCode, Failure> {
    match command {
        KeysCommand::Init(arguments) => init(arguments, context),
        KeysCommand::Exchange(arguments) => exchange(arguments, context),
        KeysCommand::Maker(arguments) => maker(arguments, context),
    }
}

fn exchange(arguments: &ExchangeArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let public_path = public_path(&arguments.out)?;
    let passphrase = context.new_passphrase(arguments.passphrase.file(), "the new key")?;
    let mut random = context.random();
    let key = ExchangeKey::generate(&mut random)?;
    let public = key.public();
    key.save(&arguments.out, &passphrase, &mut random)?;
    public.save(&public_path)?;
    show(
        "eid.keys.exchange/1",
        &arguments.out,
        &public_path,
        &public.fingerprint(),
        context,
    )
}

fn maker(arguments: &ExchangeArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let public_path = public_path(&arguments.out)?;
    let passphrase = context.new_passphrase(arguments.passphrase.file(), "the new key")?;
    let mut random = context.random();
    let key = FileSigner::generate(&mut random)?;
    let public = MakerPublicKey::of(&key).ok_or_else(|| Failure::internal("a key of another curve"))?;
    key.save(&arguments.out, &passphrase, &mut random)?;
    public.save(&public_path)?;
    show(
        "eid.keys.maker/1",
        &arguments.out,
        &public_path,
        &public.fingerprint(),
        context,
    )
}

/// Where the public key of this private one goes. Nothing is there yet, or the private key would be written and the public one not.
fn public_path(private: &Path) -> Result<PathBuf, Failure> {
    let mut name = private.as_os_str().to_owned();
    name.push(".pub");
    let path = PathBuf::from(name);
    match path.exists() {
        true => Err(KeyFileError::AlreadyExists { path }.into()),
        false => Ok(path),
    }
}

fn show(
    schema: &'static str,
    private: &Path,
    public: &Path,
    fingerprint: &[u8; 32],
    context: &Context<'_>,
) -> Result<ExitCode, Failure> {
    let object = ExchangeJson {
        schema,
        file: private.display().to_string(),
        public: public.display().to_string(),
        fingerprint: hex::encode_upper(fingerprint),
    };
    context.output.result(&object, |out| {
        writeln!(out, "private key  {}", object.file)?;
        writeln!(out, "public key   {}", object.public)?;
        writeln!(out, "fingerprint  {}", object.fingerprint)
    })?;
    context
        .output
        .progress("give the public key to the other side, and compare the fingerprint by another way");
    Ok(ExitCode::Success)
}

fn init(arguments: &InitArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let passphrase = context.new_passphrase(arguments.passphrase.file(), "the issuer's master keys")?;
    let mut random = context.random();
    let keys = IssuerMasterKeys::generate(&mut random)?;
    keys.save(&arguments.out, &passphrase, &mut random)?;
    let object = KeysJson {
        schema: "eid.keys/1",
        file: arguments.out.display().to_string(),
        check_value: keys.check_value(),
    };
    context.output.result(&object, |out| {
        writeln!(
            out,
            "issuer master keys in {}, check value {}",
            object.file, object.check_value
        )
    })?;
    context.output.progress(
        "keep a copy in another place: chips that are not personalised yet cannot be opened without it",
    );
    Ok(ExitCode::Success)
}
