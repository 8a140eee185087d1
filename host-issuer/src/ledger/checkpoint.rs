//! Signatures over the end of the chain.
//!
//! ```text
//! {"schema":"eid.checkpoint/1","ledger":"…","sequence":1234,"digest":"…","at":"2026-11-24T17:00:00Z","signature":"…"}
//!
//! signature = ECDSA P-256, SHA-256, DER, hexadecimal, over
//!     "eid.checkpoint/1" ‖ 00 ‖ ledger ‖ 00 ‖ sequence in decimal ‖ 00 ‖ digest in hexadecimal ‖ 00 ‖ at
//! ```
//!
//! The key is named in the ledger's first event. A checkpoint says that its holder saw this end of the chain: with it whoever
//! changes, cuts or rewrites what came before is found out. One that is kept where the ledger is goes with the ledger; what counts
//! is the copy in an [anchor](super::anchor).

use personalization::hash::HashAlgorithm;
use personalization::pki::curves::NamedCurve;
use personalization::signer::{PublicKey, SignatureAlgorithm, Signer, SignerError, VerifyingKey};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::event::timestamp;
use super::{Entry, Event, Head, LedgerError, LedgerStore};

/// Schema of a checkpoint, which also separates its signatures from all others of the same key.
pub const CHECKPOINT_SCHEMA: &str = "eid.checkpoint/1";
/// Longest line of a checkpoint, in bytes.
pub const MAX_LINE: usize = 1024;
const ALGORITHM: SignatureAlgorithm = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);

/// Why something is no checkpoint.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// Not a line of this kind.
    #[error("it is no checkpoint: {0}")]
    Malformed(String),
    /// The key cannot sign, or is of another kind.
    #[error("the checkpoint cannot be signed: {0}")]
    Signer(#[from] SignerError),
    /// The key is none of P-256, or not this ledger's.
    #[error("the key must be the one of P-256 that the ledger's first event names")]
    Key,
}

/// The end of a chain, signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    schema: String,
    /// The ledger's identifier.
    pub ledger: String,
    /// How many events the chain has.
    pub sequence: u64,
    /// The digest of the last one, hexadecimal.
    pub digest: String,
    /// When it was signed, RFC 3339, UTC.
    pub at: String,
    /// DER, hexadecimal.
    pub signature: String,
}

impl Checkpoint {
    /// A checkpoint as a store keeps it; nothing is proved by that.
    #[must_use]
    pub fn from_parts(ledger: String, head: &Head, at: String, signature: String) -> Self {
        Self {
            schema: CHECKPOINT_SCHEMA.to_owned(),
            ledger,
            sequence: head.sequence,
            digest: hex::encode(head.digest),
            at,
            signature,
        }
    }

    /// Signs the end of a ledger's chain.
    ///
    /// # Errors
    /// [`CheckpointError::Key`], [`CheckpointError::Signer`].
    pub fn sign(
        ledger: &str,
        head: &Head,
        now: OffsetDateTime,
        signer: &dyn Signer,
    ) -> Result<Self, CheckpointError> {
        if signer.algorithm() != ALGORITHM || signer.public_key().curve() != Some(NamedCurve::P256) {
            return Err(CheckpointError::Key);
        }
        let mut checkpoint = Self::from_parts(ledger.to_owned(), head, timestamp(now), String::new());
        checkpoint.signature = hex::encode(signer.sign(&checkpoint.message())?);
        Ok(checkpoint)
    }

    /// Reads a line, which has one form only.
    ///
    /// # Errors
    /// [`CheckpointError::Malformed`].
    pub fn from_line(line: &[u8]) -> Result<Self, CheckpointError> {
        let malformed = |why: &str| Err(CheckpointError::Malformed(why.to_owned()));
        if line.len() > MAX_LINE {
            return malformed("longer than 1024 bytes");
        }
        let checkpoint: Self =
            serde_json::from_slice(line).map_err(|error| CheckpointError::Malformed(error.to_string()))?;
        if checkpoint.schema != CHECKPOINT_SCHEMA {
            return malformed("its schema is not eid.checkpoint/1");
        }
        if checkpoint.head().is_none() {
            return malformed("its digest is no SHA-256");
        }
        match checkpoint.to_line() == line {
            true => Ok(checkpoint),
            false => malformed("not written as this program writes it"),
        }
    }

    /// The line, without its end.
    #[must_use]
    pub fn to_line(&self) -> Vec<u8> {
        // Texts and a number: nothing that JSON does not have.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The end of the chain that it says; `None` where that is no digest.
    #[must_use]
    pub fn head(&self) -> Option<Head> {
        let mut digest = [0; 32];
        hex::decode_to_slice(&self.digest, &mut digest).ok()?;
        (hex::encode(digest) == self.digest).then_some(Head {
            sequence: self.sequence,
            digest,
        })
    }

    /// Whether the holder of this key signed it.
    #[must_use]
    pub fn is_signed_by(&self, key: &VerifyingKey) -> bool {
        match hex::decode(&self.signature) {
            // One form only, here too.
            Ok(signature) if hex::encode(&signature) == self.signature => {
                key.verify(ALGORITHM, &self.message(), &signature)
            }
            _ => false,
        }
    }

    /// What is signed. No part contains a zero byte that a line of JSON would not show.
    fn message(&self) -> Vec<u8> {
        let sequence = self.sequence.to_string();
        [&self.schema, &self.ledger, &sequence, &self.digest, &self.at]
            .map(String::as_str)
            .join("\0")
            .into_bytes()
    }
}

/// Why there is no checkpoint.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    /// The ledger cannot be read or written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// It cannot be signed, or this is not the ledger's key.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

/// Signs the end of a ledger's chain with the ledger's key, and keeps that beside the chain.
///
/// # Errors
/// [`TakeError`]; [`CheckpointError::Key`] for another key than the one that the first event names.
pub fn take(
    store: &dyn LedgerStore,
    now: OffsetDateTime,
    signer: &dyn Signer,
) -> Result<Checkpoint, TakeError> {
    let first = store.events(0, 1)?;
    let entry = first
        .first()
        .map(|event| serde_json::from_slice::<Entry>(&event.content));
    let Some(Ok(Event::Opened {
        checkpoint_key: point,
        ..
    })) = entry.map(|entry| entry.map(|entry| entry.event))
    else {
        return Err(LedgerError::Damaged("its first event does not open it".to_owned()).into());
    };
    let checkpoint = Checkpoint::sign(&store.identifier()?, &store.head()?, now, signer)?;
    // The signer's answer is not taken on trust, nor is the key.
    match checkpoint_key(&point).is_some_and(|key| checkpoint.is_signed_by(&key)) {
        true => {
            store.keep_checkpoint(&checkpoint)?;
            Ok(checkpoint)
        }
        false => Err(CheckpointError::Key.into()),
    }
}

/// The key of checkpoints as the ledger's first event names it: an uncompressed point of P-256 in hexadecimal.
#[must_use]
pub fn checkpoint_key(point: &str) -> Option<VerifyingKey> {
    let point = hex::decode(point).ok()?;
    (point.len() == 65 && point.first() == Some(&0x04)).then(|| {
        VerifyingKey::new(PublicKey::Ec {
            curve: NamedCurve::P256,
            point,
        })
    })
}

#[cfg(test)]
mod tests {
    use personalization::signer::FileSigner;
    use time::macros::datetime;

    use super::*;

    const HEAD: Head = Head {
        sequence: 1234,
        digest: [0xAB; 32],
    };

    fn signed() -> (Checkpoint, FileSigner) {
        let signer = FileSigner::generate(&mut getrandom::SysRng).unwrap();
        let at = datetime!(2026-11-24 17:00:00.5 UTC);
        (Checkpoint::sign("1f", &HEAD, at, &signer).unwrap(), signer)
    }

    fn key(signer: &FileSigner) -> VerifyingKey {
        checkpoint_key(&hex::encode(signer.public_point())).unwrap()
    }

    #[test]
    fn every_field_is_signed() {
        let (checkpoint, signer) = signed();
        assert!(checkpoint.is_signed_by(&key(&signer)));
        assert_eq!(checkpoint.head(), Some(HEAD));
        assert_eq!(checkpoint.at, "2026-11-24T17:00:00Z");
        let changes: [fn(&mut Checkpoint); 5] = [
            |checkpoint| checkpoint.ledger = "2f".into(),
            |checkpoint| checkpoint.sequence += 1,
            |checkpoint| checkpoint.digest = hex::encode([0xAC; 32]),
            |checkpoint| checkpoint.at = "2026-11-24T17:00:01Z".into(),
            |checkpoint| checkpoint.signature = checkpoint.signature.to_uppercase(),
        ];
        for change in changes {
            let mut changed = checkpoint.clone();
            change(&mut changed);
            assert!(!changed.is_signed_by(&key(&signer)), "{changed:?}");
        }
        let (_, stranger) = signed();
        assert!(!checkpoint.is_signed_by(&key(&stranger)));
    }

    #[test]
    fn a_line_has_one_form() {
        let (checkpoint, _) = signed();
        let line = checkpoint.to_line();
        assert_eq!(Checkpoint::from_line(&line).unwrap(), checkpoint);
        let text = String::from_utf8(line).unwrap();
        for other in [
            text.replace(':', ": "),
            text.replace("eid.checkpoint/1", "eid.checkpoint/2"),
            text.replace("abab", "ABab"),
            text.replace("\"sequence\"", "\"more\":1,\"sequence\""),
            text[..text.len() - 1].to_owned(),
            " ".repeat(2000),
        ] {
            assert!(Checkpoint::from_line(other.as_bytes()).is_err(), "{other}");
        }
    }

    #[test]
    fn other_keys_sign_no_checkpoint() {
        let mut random = getrandom::SysRng;
        let signer = FileSigner::generate_on(NamedCurve::P384, &mut random).unwrap();
        let at = datetime!(2026-11-24 17:00 UTC);
        assert!(matches!(
            Checkpoint::sign("1f", &HEAD, at, &signer),
            Err(CheckpointError::Key)
        ));
        assert!(checkpoint_key("04ff").is_none());
    }
}
