//! A signer whose key never leaves its token.

use std::fmt;

use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use der::asn1::UintRef;
use der::{Encode, Sequence};
use rand_core::TryCryptoRng;
use secrecy::SecretString;

use super::error::{TokenError, is_loss};
use super::module;
use super::object::{self, KeyKind};
use super::pool::Pool;
use super::uri::Pkcs11Uri;
use crate::hash::HashAlgorithm;
use crate::key_file::Passphrase;
use crate::signer::algorithm::SignatureAlgorithm;
use crate::signer::public_key::PublicKey;
use crate::signer::signing::{Signer, SignerError};

/// Sessions that are open at once when nobody says otherwise: as many signatures run in parallel.
pub const DEFAULT_SESSIONS: usize = 8;

/// Losses of its session that one signature outlasts; the next one is an error.
pub const MAX_LOSSES: usize = 8;

/// A key in a token. Several threads may sign with it at once, each in a session of its own.
///
/// A lost session is opened again, up to [`MAX_LOSSES`] times for one signature: others in the process may log out again and
/// again, and each time hit a signature under way. A token that does not come back is said to be gone at once, and every
/// further signature asks for it once more, so that work can go on when it is back.
pub struct TokenSigner {
    pool: Pool,
    algorithm: SignatureAlgorithm,
}

impl TokenSigner {
    /// Opens the key that a URI names.
    ///
    /// # Errors
    /// [`SignerError::Token`].
    pub fn open(uri: &Pkcs11Uri, pin: &Passphrase) -> Result<Self, SignerError> {
        Self::open_with(uri, pin, DEFAULT_SESSIONS)
    }

    /// The same with another number of sessions.
    ///
    /// # Errors
    /// [`SignerError::Token`].
    pub fn open_with(uri: &Pkcs11Uri, pin: &Passphrase, sessions: usize) -> Result<Self, SignerError> {
        let pool = Pool::open(uri.clone(), auth_pin(pin), sessions)?;
        Ok(Self {
            algorithm: SignatureAlgorithm::of_key(pool.public_key()),
            pool,
        })
    }

    /// Opens the key that a URI names, or makes it in the token if there is none. The second value says whether it was made.
    ///
    /// # Errors
    /// [`SignerError::Token`], also when the key is there and of another kind.
    pub fn open_or_generate(
        uri: &Pkcs11Uri,
        pin: &Passphrase,
        kind: KeyKind,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<(Self, bool), SignerError> {
        let mut id = [0u8; 16];
        rng.try_fill_bytes(&mut id)
            .map_err(|_| SignerError::Failed("the random number generator failed".into()))?;
        let made = make_if_missing(uri, pin, kind, &id)?;
        let signer = Self::open(uri, pin)?;
        if !kind.is_kind_of(signer.public_key()) {
            return Err(TokenError::Key(format!("it is there and not of the kind {kind:?}")).into());
        }
        Ok((signer, made))
    }

    /// Signs with another hash than the one that goes with the key.
    #[must_use]
    pub fn with_hash(mut self, hash: HashAlgorithm) -> Self {
        self.algorithm = self.algorithm.with_hash(hash);
        self
    }

    /// The name of the key.
    pub fn uri(&self) -> &Pkcs11Uri {
        self.pool.uri()
    }

    /// One try in one session.
    fn try_sign(&self, digest: &[u8]) -> Result<Vec<u8>, Failed> {
        let lease = self.pool.lease().map_err(|error| match error {
            TokenError::Gone(why) => Failed::Lost(self.pool.generation(), why),
            other => Failed::ForGood(other),
        })?;
        let generation = lease.generation();
        let Some(session) = lease.session() else {
            return Err(Failed::ForGood(TokenError::Failed(
                "a session was lent twice".into(),
            )));
        };
        match session.sign(&mechanism(self.algorithm), lease.key, digest) {
            Ok(signature) => Ok(signature),
            Err(error) if is_loss(&error) => {
                lease.discard();
                Err(Failed::Lost(generation, error.to_string()))
            }
            Err(error) => Err(Failed::ForGood(error.into())),
        }
    }
}

/// How a try ended.
enum Failed {
    /// In this generation of sessions, with a loss.
    Lost(u64, String),
    /// In a way that opening again does not mend.
    ForGood(TokenError),
}

impl Signer for TokenSigner {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn public_key(&self) -> &PublicKey {
        self.pool.public_key()
    }

    fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, SignerError> {
        let expected = self.algorithm.digest_len();
        if digest.len() != expected {
            return Err(SignerError::DigestLength {
                found: digest.len(),
                expected,
            });
        }
        let mut losses = 0;
        let signature = loop {
            match self.try_sign(digest) {
                Ok(signature) => break signature,
                Err(Failed::ForGood(error)) => return Err(error.into()),
                Err(Failed::Lost(_, why)) if losses == MAX_LOSSES => return Err(TokenError::Gone(why).into()),
                Err(Failed::Lost(generation, _)) => {
                    losses += 1;
                    self.pool.reconnect(generation)?;
                }
            }
        };
        match self.algorithm {
            SignatureAlgorithm::Ecdsa(_) => Ok(ecdsa_sig_value(&signature)
                .ok_or_else(|| TokenError::Failed("it answered with what is no ECDSA signature".into()))?),
            _ => Ok(signature),
        }
    }
}

impl fmt::Debug for TokenSigner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "TokenSigner({})", self.pool.uri())
    }
}

/// Makes the key if the token has none of this name. Returns whether it did.
fn make_if_missing(uri: &Pkcs11Uri, pin: &Passphrase, kind: KeyKind, id: &[u8]) -> Result<bool, TokenError> {
    let module = module::load(uri.module_path())?;
    let slot = module::find_token(&module, uri)?;
    let session = module::open_session(&module, slot, &auth_pin(pin), true)?;
    if object::find(&session, uri)?.is_some() {
        return Ok(false);
    }
    object::generate(&session, uri, kind, id)?;
    Ok(true)
}

fn auth_pin(pin: &Passphrase) -> SecretString {
    SecretString::from(pin.expose())
}

/// The digest is made here: tokens need not hash.
fn mechanism(algorithm: SignatureAlgorithm) -> Mechanism<'static> {
    let pss = |hash_alg, mgf, len: u64| {
        Mechanism::RsaPkcsPss(PkcsPssParams {
            hash_alg,
            mgf,
            s_len: len.into(),
        })
    };
    match algorithm {
        SignatureAlgorithm::Ecdsa(_) => Mechanism::Ecdsa,
        SignatureAlgorithm::RsaPkcs1(_) => Mechanism::RsaPkcs,
        SignatureAlgorithm::RsaPss(HashAlgorithm::Sha256) => {
            pss(MechanismType::SHA256, PkcsMgfType::MGF1_SHA256, 32)
        }
        SignatureAlgorithm::RsaPss(HashAlgorithm::Sha384) => {
            pss(MechanismType::SHA384, PkcsMgfType::MGF1_SHA384, 48)
        }
        SignatureAlgorithm::RsaPss(HashAlgorithm::Sha512) => {
            pss(MechanismType::SHA512, PkcsMgfType::MGF1_SHA512, 64)
        }
    }
}

#[derive(Sequence)]
struct EcdsaSigValue<'a> {
    r: UintRef<'a>,
    s: UintRef<'a>,
}

/// From r ‖ s, both of the same length (PKCS #11 §2.3.1), to `ECDSA-Sig-Value` (RFC 3279 §2.2.3).
fn ecdsa_sig_value(signature: &[u8]) -> Option<Vec<u8>> {
    if signature.is_empty() || !signature.len().is_multiple_of(2) {
        return None;
    }
    let (r, s) = signature.split_at(signature.len() / 2);
    let value = EcdsaSigValue {
        r: UintRef::new(r).ok()?,
        s: UintRef::new(s).ok()?,
    };
    value.to_der().ok()
}
