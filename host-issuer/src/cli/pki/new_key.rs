//! Which key a new CSCA, document signer or list signer gets: a file, or one in a token.

use std::path::Path;

use personalization::key_file::Passphrase;
use personalization::pki::curves::NamedCurve;
use personalization::pki::directory::{Destination, NewKey};
use personalization::signer::Pkcs11Uri;
use personalization::signer::pkcs11::KeyKind;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::keys::PassphraseArguments;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct NewKeyArguments {
    /// Key in a token, by its PKCS#11 URI: pkcs11:token=…;object=…?module-path=…; made there if it is missing
    /// [default: an encrypted file]
    #[arg(long, value_name = "URI")]
    key: Option<String>,
    /// Kind of the key; RSA only in a token [default: that of the key that it follows, else P-256]
    #[arg(long, value_enum, value_name = "TYPE")]
    key_type: Option<KeyType>,
}

/// The kind of a key that follows no other.
pub(in crate::cli) const DEFAULT_KEY: KeyKind = KeyKind::Curve(NamedCurve::P256);

/// Kinds of keys (9303-12 §4.1.6).
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum KeyType {
    /// NIST P-256
    #[value(name = "P-256", alias = "p256")]
    P256,
    /// NIST P-384
    #[value(name = "P-384", alias = "p384")]
    P384,
    /// NIST P-521
    #[value(name = "P-521", alias = "p521")]
    P521,
    /// brainpoolP256r1
    #[value(name = "brainpoolP256r1")]
    BrainpoolP256r1,
    /// brainpoolP384r1
    #[value(name = "brainpoolP384r1")]
    BrainpoolP384r1,
    /// RSA with 3072 bits
    #[value(name = "RSA-3072")]
    Rsa3072,
    /// RSA with 4096 bits
    #[value(name = "RSA-4096")]
    Rsa4096,
}

impl KeyType {
    const fn kind(self) -> KeyKind {
        match self {
            Self::P256 => KeyKind::Curve(NamedCurve::P256),
            Self::P384 => KeyKind::Curve(NamedCurve::P384),
            Self::P521 => KeyKind::Curve(NamedCurve::P521),
            Self::BrainpoolP256r1 => KeyKind::Curve(NamedCurve::BrainpoolP256r1),
            Self::BrainpoolP384r1 => KeyKind::Curve(NamedCurve::BrainpoolP384r1),
            Self::Rsa3072 => KeyKind::Rsa(3072),
            Self::Rsa4096 => KeyKind::Rsa(4096),
        }
    }
}

/// What is to be made, and the secret that keeps it.
pub(in crate::cli) struct Wanted {
    uri: Option<Pkcs11Uri>,
    kind: KeyKind,
    curve: NamedCurve,
    /// The passphrase of the new file, or the token's PIN.
    secret: Passphrase,
}

impl Wanted {
    /// Where the new key and its certificates go.
    pub(in crate::cli) fn destination<'a>(
        &'a self,
        directory: &'a Path,
        named_curve_twin: bool,
    ) -> Destination<'a> {
        Destination {
            directory,
            key: match &self.uri {
                Some(uri) => NewKey::Token { uri, kind: self.kind },
                None => NewKey::File(self.curve),
            },
            secret: &self.secret,
            named_curve_twin,
        }
    }
}

impl NewKeyArguments {
    /// Reads the name and asks for the secret. `what` is a phrase such as "the CSCA's key"; `default` is the kind when none is
    /// given: that of the key that it follows.
    pub(super) fn wanted(
        &self,
        context: &Context<'_>,
        passphrase: &PassphraseArguments,
        what: &str,
        default: KeyKind,
    ) -> Result<Wanted, Failure> {
        let kind = self.key_type.map_or(default, KeyType::kind);
        Wanted::new(self.key.as_deref(), kind, context, passphrase, what)
    }
}

impl Wanted {
    /// A key of this kind: in the token that `key` names, else in a file. `what` is a phrase such as "the CSCA's key".
    pub(in crate::cli) fn new(
        key: Option<&str>,
        kind: KeyKind,
        context: &Context<'_>,
        passphrase: &PassphraseArguments,
        what: &str,
    ) -> Result<Self, Failure> {
        if let Some(text) = key {
            // The text is not repeated: who puts a PIN into it must not find it in a log as well.
            let uri: Pkcs11Uri = text.parse().map_err(|error| {
                Failure::usage(
                    format!("--key: {error}"),
                    "such as pkcs11:token=LABEL;object=NAME?module-path=/usr/lib/softhsm/libsofthsm2.so",
                )
            })?;
            uri.must_name_a_key()
                .map_err(|error| Failure::usage(format!("--key: {error}"), "add object=NAME"))?;
            return Ok(Self {
                secret: context.hsm_pin(passphrase.pin_file())?,
                uri: Some(uri),
                kind,
                curve: NamedCurve::P256,
            });
        }
        let KeyKind::Curve(curve) = kind else {
            return Err(Failure::usage(
                "--key-type: an RSA key is made in a token only",
                "name the key with --key pkcs11:…, or take a curve",
            ));
        };
        Ok(Self {
            secret: context.new_passphrase(passphrase.file(), what)?,
            uri: None,
            kind,
            curve,
        })
    }
}
