//! How an event is bound to all before it.
//!
//! ```text
//! digest(n) = SHA-256( "eid.ledger/1" ‖ 00 ‖ digest(n-1) ‖ n ‖ content(n) )
//!
//! "eid.ledger/1"  12 bytes, ENTRY_SCHEMA in ASCII: no digest of anything else is one of a ledger
//! 00              1 byte, its end
//! digest(n-1)     32 bytes; 32 zero bytes before the first event
//! n               8 bytes, unsigned, the most significant first; the first event is 1
//! content(n)      the rest: the entry in JSON, as it is stored
//! ```
//!
//! All parts but the last have a fixed length, so no two chains are one text. The digest of an event therefore stands for the
//! whole chain up to it: whoever has kept one can tell whether anything before has been changed, taken out, put in or reordered.

use sha2::{Digest as _, Sha256};

use super::event::ENTRY_SCHEMA;
use super::{Chained, Head};

impl Head {
    /// The end of a chain without events.
    pub const START: Self = Self {
        sequence: 0,
        digest: [0; 32],
    };

    /// The end of this chain once an event with this content is appended.
    #[must_use]
    pub fn followed_by(&self, content: &[u8]) -> Self {
        let sequence = self.sequence.saturating_add(1);
        Self {
            sequence,
            digest: digest(&self.digest, sequence, content),
        }
    }
}

impl Chained {
    /// The event with this content after that end of the chain.
    #[must_use]
    pub fn after(head: &Head, content: Vec<u8>) -> Self {
        let Head { sequence, digest } = head.followed_by(&content);
        Self {
            sequence,
            content,
            digest,
        }
    }

    /// The end of the chain where this event is the last.
    #[must_use]
    pub const fn head(&self) -> Head {
        Head {
            sequence: self.sequence,
            digest: self.digest,
        }
    }
}

/// The digest of the event with this number and content, which follows an event with the digest `previous`.
#[must_use]
pub fn digest(previous: &[u8; 32], sequence: u64, content: &[u8]) -> [u8; 32] {
    Sha256::new()
        .chain_update(ENTRY_SCHEMA.as_bytes())
        .chain_update([0])
        .chain_update(previous)
        .chain_update(sequence.to_be_bytes())
        .chain_update(content)
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed by another program: `{ printf 'eid.ledger/1\0'; head -c 32 /dev/zero; printf '\0\0\0\0\0\0\0\1'; printf '{}'; } |
    /// sha256sum`, and the same again with its result and 2.
    #[test]
    fn digests_are_those_that_sha256sum_gives() {
        let first = Head::START.followed_by(b"{}");
        assert_eq!(first.sequence, 1);
        assert_eq!(
            hex::encode(first.digest),
            "2effeddb091fe2ea38aebed90ef67efd7387fe957628c542bfd306a4363d1962"
        );
        let second = first.followed_by(b"{\"at\":1}");
        assert_eq!(second.sequence, 2);
        assert_eq!(
            hex::encode(second.digest),
            "8f6bf8035a5c85bd440e6ebcebfeeb32047bde2cf0338106cbb91aff4456d7f7"
        );
    }
}
