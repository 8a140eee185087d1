//! What one attempt needs to be finished, or to be settled by somebody else after its process died.
//!
//! It is kept before the chip is written to, with the secrets that the card will have; and again, with the signed card, before the
//! chip becomes operational: from then on whoever opens the draft can read that card as a stranger would and compare it.
//!
//! ```text
//! Draft ::= SEQUENCE {
//!     version     INTEGER (1),
//!     cardId      UTF8String,
//!     can         UTF8String,
//!     pin         UTF8String,         -- both empty for a card without them
//!     puk         UTF8String,
//!     filler      OCTET STRING (SIZE (32)),   -- what groups without samples are filled from
//!     prepared    OCTET STRING }      -- the signed card (personalization::prepared); empty before it is signed
//! ```

use std::fmt;

use der::asn1::{OctetStringRef, Utf8StringRef};
use der::{Decode as _, Encode as _, Sequence};
use personalization::image::{Can, HolderSecrets};
use personalization::prepared::{PreparedCard, PreparedCardError};
use zeroize::Zeroizing;

const VERSION: u8 = 1;

/// Why bytes are no draft.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// They have not the form of one.
    #[error("not the draft of a card")]
    Form,
    /// The signed card in it is none.
    #[error(transparent)]
    Prepared(#[from] PreparedCardError),
}

/// A card in the making. `Debug` shows its identifier alone; what is secret in it is zeroized on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct Draft {
    /// The card's identifier.
    pub card_id: String,
    /// The number that will be printed on it.
    pub can: Can,
    /// PIN and PUK, where the card has them.
    pub holder: Option<HolderSecrets>,
    /// Random: what data groups without samples are filled from.
    pub filler: [u8; 32],
    /// The card, once it is signed.
    pub prepared: Option<PreparedCard>,
}

#[derive(Sequence)]
struct StoredDraft<'a> {
    version: u8,
    card_id: Utf8StringRef<'a>,
    can: Utf8StringRef<'a>,
    pin: Utf8StringRef<'a>,
    puk: Utf8StringRef<'a>,
    filler: &'a OctetStringRef,
    prepared: &'a OctetStringRef,
}

impl Draft {
    /// The draft as bytes: everything secret is in them.
    ///
    /// # Errors
    /// [`DraftError`] when a part is too long.
    pub fn to_der(&self) -> Result<Zeroizing<Vec<u8>>, DraftError> {
        let form = |_| DraftError::Form;
        let prepared = match &self.prepared {
            Some(card) => card.to_der()?,
            None => Zeroizing::default(),
        };
        let stored = StoredDraft {
            version: VERSION,
            card_id: text(&self.card_id)?,
            can: text(self.can.digits())?,
            pin: text(self.holder.as_ref().map_or("", HolderSecrets::pin))?,
            puk: text(self.holder.as_ref().map_or("", HolderSecrets::puk))?,
            filler: OctetStringRef::new(&self.filler).map_err(form)?,
            prepared: OctetStringRef::new(&prepared).map_err(form)?,
        };
        stored.to_der().map(Zeroizing::new).map_err(form)
    }

    /// Reads a draft; the attestation of each key of its card is verified. Never panics.
    ///
    /// # Errors
    /// [`DraftError`].
    pub fn from_der(bytes: &[u8]) -> Result<Self, DraftError> {
        let stored = StoredDraft::from_der(bytes).map_err(|_| DraftError::Form)?;
        if stored.version != VERSION {
            return Err(DraftError::Form);
        }
        let holder = match (stored.pin.as_str(), stored.puk.as_str()) {
            ("", "") => None,
            (pin, puk) => Some(HolderSecrets::new(pin, puk).map_err(|_| DraftError::Form)?),
        };
        let prepared = match stored.prepared.as_bytes() {
            [] => None,
            bytes => Some(PreparedCard::from_der(bytes)?),
        };
        let filler = stored
            .filler
            .as_bytes()
            .try_into()
            .map_err(|_| DraftError::Form)?;
        Ok(Self {
            card_id: stored.card_id.as_str().to_owned(),
            can: Can::new(stored.can.as_str()).map_err(|_| DraftError::Form)?,
            holder,
            filler,
            prepared,
        })
    }
}

fn text(text: &str) -> Result<Utf8StringRef<'_>, DraftError> {
    Utf8StringRef::new(text).map_err(|_| DraftError::Form)
}

impl fmt::Debug for Draft {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Draft({})", self.card_id)
    }
}
