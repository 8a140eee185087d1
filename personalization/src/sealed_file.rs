//! Files that one office or station can read and one office can have written.
//!
//! The content is encrypted with HPKE in authenticated mode (RFC 9180 §5.1.3): DHKEM(P-256, HKDF-SHA256), HKDF-SHA256,
//! AES-256-GCM; `info` is the kind of file, the header is the associated data. So a file opens with the recipient's private key
//! only, and only if the sender's private key made it. (Whoever has a *recipient's* private key can also make files that this
//! recipient takes for the sender's: RFC 9180 §9.1.1. A stolen station key must be replaced.)
//!
//! ```text
//! SealedFile ::= SEQUENCE {
//!     header           SEQUENCE {
//!         version          INTEGER (1),
//!         kind             UTF8String,                -- "eid.cardscript/1" | "eid.cardimg/1"
//!         serial           OCTET STRING (SIZE (10)),  -- of the chip that it is about
//!         sender           OCTET STRING (SIZE (32)),  -- SHA-256 of the SubjectPublicKeyInfo
//!         recipient        OCTET STRING (SIZE (32)) },
//!     encapsulatedKey  OCTET STRING (SIZE (65)),
//!     ciphertext       OCTET STRING }                 -- with the tag
//! ```

use card_applet::wire::global_platform::SERIAL_LEN;
use der::asn1::{OctetStringRef, Utf8StringRef};
use der::{Decode as _, Encode as _, Sequence};
use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::DhP256HkdfSha256;
use hpke::{Deserializable as _, HpkeError, Kem, OpModeR, OpModeS, Serializable as _};
use rand_core::{TryCryptoRng, TryRng};
use zeroize::{Zeroize as _, Zeroizing};

use crate::exchange_key::{ExchangeKey, ExchangePublicKey};

type Private = <DhP256HkdfSha256 as Kem>::PrivateKey;
type Public = <DhP256HkdfSha256 as Kem>::PublicKey;
type Encapsulated = <DhP256HkdfSha256 as Kem>::EncappedKey;

/// The only version there is.
const VERSION: u8 = 1;
/// Longest sealed file.
pub const MAX_SEALED_BYTES: usize = 16 * 1024 * 1024;

/// What is in a sealed file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealedKind {
    /// A card and everything that makes a chip that card (`.cardscript`).
    CardScript,
    /// A card as it was prepared (`.cardimg`).
    CardImage,
}

impl SealedKind {
    /// The name in the file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CardScript => "eid.cardscript/1",
            Self::CardImage => "eid.cardimg/1",
        }
    }
}

/// Why a file could not be sealed or opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealedFileError {
    /// It is no sealed file.
    #[error("not a sealed file: {0}")]
    Malformed(&'static str),
    /// It is of another kind.
    #[error("not an {expected} file")]
    Kind {
        /// What was to be opened.
        expected: &'static str,
    },
    /// It is for somebody else.
    #[error("it is sealed for another key, the one with fingerprint {0}")]
    Recipient(String),
    /// Somebody else made it.
    #[error("it was made by another office, the one with fingerprint {0}")]
    Sender(String),
    /// It was altered, or neither sender nor recipient are who they say.
    #[error("it was altered, or was not made by that office")]
    Forged,
    /// The content is too long.
    #[error("the content is longer than {MAX_SEALED_BYTES} bytes")]
    TooLong,
    /// The host's random number generator failed.
    #[error("the random number generator failed")]
    Random,
    /// Encryption failed: a fault of this program.
    #[error("internal: the file cannot be sealed")]
    Seal,
}

#[derive(Clone, Sequence)]
struct Header<'a> {
    version: u8,
    kind: Utf8StringRef<'a>,
    serial: &'a OctetStringRef,
    sender: &'a OctetStringRef,
    recipient: &'a OctetStringRef,
}

#[derive(Sequence)]
struct Envelope<'a> {
    header: Header<'a>,
    encapsulated_key: &'a OctetStringRef,
    ciphertext: &'a OctetStringRef,
}

/// A sealed file whose header was read. Nothing in it is authentic before [`open`](Self::open).
pub struct SealedFile<'a> {
    envelope: Envelope<'a>,
    serial: [u8; SERIAL_LEN],
}

/// Seals `content`, which is about the chip with that serial number, for `recipient`.
///
/// # Errors
/// [`SealedFileError::TooLong`], [`SealedFileError::Random`]; [`SealedFileError::Seal`] never in practice.
pub fn seal<R: TryCryptoRng + ?Sized>(
    kind: SealedKind,
    serial: &[u8; SERIAL_LEN],
    content: &[u8],
    sender: &ExchangeKey,
    recipient: &ExchangePublicKey,
    rng: &mut R,
) -> Result<Vec<u8>, SealedFileError> {
    // Room for header, encapsulated key and tag.
    if content.len() > MAX_SEALED_BYTES - 1024 {
        return Err(SealedFileError::TooLong);
    }
    let seal = |_| SealedFileError::Seal;
    let (sender_name, recipient_name) = (sender.public().fingerprint(), recipient.fingerprint());
    let octets = |bytes| OctetStringRef::new(bytes).map_err(|_| SealedFileError::Seal);
    let header = Header {
        version: VERSION,
        kind: Utf8StringRef::new(kind.name()).map_err(|_| SealedFileError::Seal)?,
        serial: octets(serial)?,
        sender: octets(&sender_name)?,
        recipient: octets(&recipient_name)?,
    };
    let associated = header.to_der().map_err(|_| SealedFileError::Seal)?;
    let mode = OpModeS::Auth((
        private(sender).map_err(seal)?,
        public(&sender.public()).map_err(seal)?,
    ));
    let mut rng = Watched { rng, failed: false };
    let sealed = hpke::single_shot_seal_with_rng::<AesGcm256, HkdfSha256, DhP256HkdfSha256>(
        &mode,
        &public(recipient).map_err(seal)?,
        kind.name().as_bytes(),
        content,
        &associated,
        &mut rng,
    );
    if rng.failed {
        return Err(SealedFileError::Random);
    }
    let (encapsulated_key, ciphertext) = sealed.map_err(seal)?;
    let encapsulated_key = encapsulated_key.to_bytes();
    Envelope {
        header,
        encapsulated_key: octets(&encapsulated_key)?,
        ciphertext: octets(&ciphertext)?,
    }
    .to_der()
    .map_err(|_| SealedFileError::Seal)
}

impl<'a> SealedFile<'a> {
    /// Reads the header. Never panics.
    ///
    /// # Errors
    /// [`SealedFileError::Malformed`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, SealedFileError> {
        let malformed = SealedFileError::Malformed;
        if bytes.len() > MAX_SEALED_BYTES {
            return Err(malformed("it is too long"));
        }
        let envelope = Envelope::from_der(bytes).map_err(|_| malformed("it has not the form of one"))?;
        if envelope.header.version != VERSION {
            return Err(malformed("its version is not known"));
        }
        let serial = envelope.header.serial.as_bytes().try_into();
        Ok(Self {
            serial: serial.map_err(|_| malformed("its serial number is none"))?,
            envelope,
        })
    }

    /// The serial number of the chip that it says to be about.
    #[must_use]
    pub const fn serial(&self) -> &[u8; SERIAL_LEN] {
        &self.serial
    }

    /// Opens it with the recipient's key; `sender` is who must have made it.
    ///
    /// # Errors
    /// [`SealedFileError::Kind`], [`SealedFileError::Recipient`], [`SealedFileError::Sender`] for a file of another kind, for
    /// somebody else, or from somebody else; [`SealedFileError::Forged`] when it is not what it says.
    pub fn open(
        &self,
        kind: SealedKind,
        recipient: &ExchangeKey,
        sender: &ExchangePublicKey,
    ) -> Result<Zeroizing<Vec<u8>>, SealedFileError> {
        let header = &self.envelope.header;
        if header.kind.as_str() != kind.name() {
            return Err(SealedFileError::Kind {
                expected: kind.name(),
            });
        }
        if header.recipient.as_bytes() != recipient.public().fingerprint() {
            return Err(SealedFileError::Recipient(hex::encode_upper(
                header.recipient.as_bytes(),
            )));
        }
        if header.sender.as_bytes() != sender.fingerprint() {
            return Err(SealedFileError::Sender(hex::encode_upper(
                header.sender.as_bytes(),
            )));
        }
        let forged = |_| SealedFileError::Forged;
        // DER has one form for each header, so this is what was read.
        let associated = header.to_der().map_err(|_| SealedFileError::Forged)?;
        let encapsulated =
            Encapsulated::from_bytes(self.envelope.encapsulated_key.as_bytes()).map_err(forged)?;
        hpke::single_shot_open::<AesGcm256, HkdfSha256, DhP256HkdfSha256>(
            &OpModeR::Auth(public(sender).map_err(forged)?),
            &private(recipient).map_err(forged)?,
            &encapsulated,
            kind.name().as_bytes(),
            self.envelope.ciphertext.as_bytes(),
            &associated,
        )
        .map(Zeroizing::new)
        .map_err(forged)
    }
}

fn private(key: &ExchangeKey) -> Result<Private, HpkeError> {
    Private::from_bytes(key.scalar().as_slice())
}

fn public(key: &ExchangePublicKey) -> Result<Public, HpkeError> {
    Public::from_bytes(&key.point())
}

/// A generator that may fail, for a library that knows none: what was made with the zeros is thrown away.
struct Watched<'a, R: ?Sized> {
    rng: &'a mut R,
    failed: bool,
}

impl<R: TryCryptoRng + ?Sized> TryRng for Watched<'_, R> {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), Self::Error> {
        if self.rng.try_fill_bytes(target).is_err() {
            self.failed = true;
            target.zeroize();
        }
        Ok(())
    }
}

impl<R: TryCryptoRng + ?Sized> TryCryptoRng for Watched<'_, R> {}
