//! Chip Authentication version 1, the chip's side (ICAO Doc 9303-11, 6.2): a key agreement between a static key of the
//! chip and an ephemeral key of the terminal, whose secret opens a new secure messaging session. Only the genuine chip
//! can go on in it.
//!
//! With MSE:Set KAT one command does it (3DES only); otherwise MSE:Set AT chooses protocol and key, and GENERAL
//! AUTHENTICATE agrees. The answer still goes through the session before; when anything fails, that session goes on.

use super::chip_key::ChipKey;
use super::terminal::{CompressedKey, compress};
use crate::channel::session::Session;
use crate::crypto::cipher::SymmetricAlgorithm;
use crate::crypto::curve::PublicPoint;
use crate::crypto::ssc::SendSequenceCounter;
use crate::error::Error;
use crate::fs::security_infos;
use crate::fs::tree::{FileTree, Found};
use crate::nvm::journal::Journal;
use crate::platform::{Engine, Nvm};
use crate::wire::lds::DataGroup;
use crate::wire::security_info::{ChipAuthenticationProtocol, KeyAgreement};
use crate::wire::tlv::TlvReader;
use heapless::Vec;
use zeroize::Zeroize;

/// Cryptographic mechanism reference in MSE:Set AT.
const DO_PROTOCOL: u32 = 0x80;
/// Reference of a private key in MSE:Set AT and MSE:Set KAT.
const DO_KEY_REFERENCE: u32 = 0x84;
/// Ephemeral public key in MSE:Set KAT.
const DO_EPHEMERAL_KEY: u32 = 0x91;
/// Version of ChipAuthenticationInfo that is this protocol; others are other protocols.
const VERSION: u8 = 1;
/// Most identifiers of keys that DG14 offers with one protocol.
const MAX_OFFERS: usize = 8;

/// Proof that the chip authenticated itself, with the terminal's key that it was done with; only [`Chosen::agree`]
/// makes one, and PACE with chip authentication mapping.
#[derive(Debug)]
pub(crate) struct ChipAuthEvidence {
    terminal_key: CompressedKey,
}

impl ChipAuthEvidence {
    /// After chip authentication mapping.
    pub(super) const fn by_mapping(terminal_key: CompressedKey) -> Self {
        Self { terminal_key }
    }

    /// Comp of the terminal's ephemeral key, to which Terminal Authentication is bound.
    pub(crate) fn terminal_key(&self) -> &[u8] {
        &self.terminal_key
    }
}

/// Protocol and key are chosen.
#[derive(Debug)]
pub(crate) struct Chosen {
    cipher: SymmetricAlgorithm,
    key: ChipKey,
}

/// What MSE:Set KAT says: the terminal's ephemeral key, and which of the chip's keys it is for.
struct KeyAgreementTemplate<'a> {
    ephemeral_key: &'a [u8],
    key_reference: Option<&'a [u8]>,
}

impl<'a> KeyAgreementTemplate<'a> {
    fn parse(template: &'a [u8]) -> Result<Self, Error> {
        let (mut ephemeral_key, mut key_reference) = (None, None);
        for object in TlvReader::new(template) {
            let object = object?;
            let fresh = match object.tag {
                DO_EPHEMERAL_KEY => ephemeral_key.replace(object.value).is_none(),
                DO_KEY_REFERENCE => key_reference.replace(object.value).is_none(),
                // 9303-11, 4.4.4.1, note 2: what the command does not know is passed over.
                _ => true,
            };
            if !fresh {
                return Err(Error::Data);
            }
        }
        Ok(Self {
            ephemeral_key: ephemeral_key.ok_or(Error::Data)?,
            key_reference,
        })
    }
}

/// MSE:Set KAT: chooses, agrees, and gives the new session.
///
/// # Errors
/// As [`set_authentication_template`] and [`Chosen::agree`].
#[inline(never)]
pub(crate) fn set_key_agreement_template<E: Engine, N: Nvm>(
    template: &[u8],
    files: &FileTree,
    journal: &Journal,
    nvm: &N,
    engine: &mut E,
) -> Result<(Session<E>, ChipAuthEvidence), Error> {
    let template = KeyAgreementTemplate::parse(template)?;
    let protocol = ChipAuthenticationProtocol::ecdh(SymmetricAlgorithm::TripleDes);
    let chosen = choose(protocol, template.key_reference, files, journal, nvm)?;
    chosen.agree(template.ephemeral_key, journal, nvm, engine)
}

/// MSE:Set AT: chooses protocol and key.
///
/// # Errors
/// [`Error::Data`] for malformed templates and protocols that DG14 does not offer, [`Error::ReferencedData`] for keys
/// that the chip does not have, or when none was named and there are several.
#[inline(never)]
pub(crate) fn set_authentication_template<N: Nvm>(
    template: &[u8],
    files: &FileTree,
    journal: &Journal,
    nvm: &N,
) -> Result<Chosen, Error> {
    let (mut protocol, mut key_reference) = (None, None);
    for object in TlvReader::new(template) {
        let object = object?;
        let fresh = match object.tag {
            DO_PROTOCOL => protocol.replace(object.value).is_none(),
            DO_KEY_REFERENCE => key_reference.replace(object.value).is_none(),
            _ => true,
        };
        if !fresh {
            return Err(Error::Data);
        }
    }
    let protocol = protocol
        .and_then(ChipAuthenticationProtocol::from_oid)
        .filter(|protocol| protocol.key_agreement == KeyAgreement::Ecdh)
        .ok_or(Error::Data)?;
    choose(protocol, key_reference, files, journal, nvm)
}

/// With which keys DG14 offers a protocol.
#[derive(Default)]
struct Offer {
    /// With the only key there is, without saying which.
    with_any_key: bool,
    with_keys: Vec<u8, MAX_OFFERS>,
}

impl Offer {
    fn read<N: Nvm>(protocol: ChipAuthenticationProtocol, files: &FileTree, nvm: &N) -> Result<Self, Error> {
        let mut offer = Self::default();
        let Some(Found::Elementary(index)) = files.in_emrtd(DataGroup::DG14.fid()) else {
            return Ok(offer);
        };
        let file = files.elementary(index).ok_or(Error::Memory)?;
        security_infos::for_each(&file, Some(DataGroup::DG14.tag()), nvm, |info| {
            match info.as_chip_authentication_info() {
                Some(info) if info.protocol == protocol && info.version == VERSION => match info.key_id {
                    None => offer.with_any_key = true,
                    // An identifier of several bytes is none of this chip's; more than fit are more than it has keys.
                    Some([key_id]) => drop(offer.with_keys.push(*key_id)),
                    Some(_) => {}
                },
                _ => {}
            }
        })?;
        Ok(offer)
    }

    fn is_empty(&self) -> bool {
        !self.with_any_key && self.with_keys.is_empty()
    }
}

/// The key that the terminal means.
fn choose<N: Nvm>(
    protocol: ChipAuthenticationProtocol,
    key_reference: Option<&[u8]>,
    files: &FileTree,
    journal: &Journal,
    nvm: &N,
) -> Result<Chosen, Error> {
    let offer = Offer::read(protocol, files, nvm)?;
    if offer.is_empty() {
        return Err(Error::Data);
    }
    let (key, ambiguous) = ChipKey::chip_authentication(journal, nvm, |key| {
        let is_offered = offer.with_any_key || offer.with_keys.contains(&key.key_id);
        is_offered && key_reference.is_none_or(|reference| reference == [key.key_id])
    })?;
    match key {
        Some(key) if !ambiguous => Ok(Chosen {
            cipher: protocol.cipher,
            key,
        }),
        _ => Err(Error::ReferencedData),
    }
}

impl Chosen {
    /// Agrees on the keys of the new session with the terminal's ephemeral key.
    ///
    /// # Errors
    /// [`Error::Data`] for what is no point of the key's curve, or the chip's own key.
    #[inline(never)]
    pub(crate) fn agree<E: Engine, N: Nvm>(
        self,
        terminal_public: &[u8],
        journal: &Journal,
        nvm: &N,
        engine: &mut E,
    ) -> Result<(Session<E>, ChipAuthEvidence), Error> {
        let curve = self.key.curve;
        let terminal_public =
            PublicPoint::from_uncompressed(curve, terminal_public).map_err(|_| Error::Data)?;
        let private = self.key.load(journal, nvm, engine)?;
        let generator = engine.standard_generator(curve)?;
        if engine.public_key(&generator, &private)? == terminal_public {
            return Err(Error::Data);
        }
        let mut shared = engine
            .agree(&private, &terminal_public)
            .map_err(|_| Error::Data)?;
        let ssc = SendSequenceCounter::zero(self.cipher);
        let session = Session::new(engine, self.cipher, shared.x(), ssc);
        shared.zeroize();
        let evidence = ChipAuthEvidence {
            terminal_key: compress(&terminal_public)?,
        };
        Ok((session?, evidence))
    }
}
