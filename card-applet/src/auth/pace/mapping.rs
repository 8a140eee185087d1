//! The second step of PACE: the nonce is mapped to an ephemeral generator (ICAO Doc 9303-11, 4.4.3.3 and 4.4.5.2).
//!
//! Generic mapping exchanges public keys; integrated mapping takes a second nonce of the terminal.

use super::{NonceSent, Parameters, Parts, chip_authentication};
use crate::crypto::chip_authentication_mapping::ChipAuthenticationData;
use crate::crypto::curve::PublicPoint;
use crate::crypto::integrated_mapping;
use crate::error::Error;
use crate::platform::{Engine, Nvm};
use crate::wire::security_info::{Mapping, PaceProtocol};
use rand_core::TryCryptoRng;
use zeroize::Zeroize;

/// Length of the nonce s of generic mapping: one block of AES, two of DES.
const GENERIC_NONCE_LEN: usize = 16;

/// Whether this chip has the mapping.
pub(super) const fn is_supported(mapping: Mapping) -> bool {
    matches!(
        mapping,
        Mapping::EcdhGeneric | Mapping::EcdhIntegrated | Mapping::EcdhChipAuthentication
    )
}

/// Length of the nonce s in bytes. Integrated mapping fixes it by the cipher; generic mapping leaves it to the chip,
/// which takes the same for all ciphers: more than 128 bits would add nothing to the password's entropy.
pub(super) const fn nonce_len(protocol: PaceProtocol) -> usize {
    match protocol.mapping {
        Mapping::EcdhIntegrated => integrated_mapping::nonce_len(protocol.cipher),
        _ => GENERIC_NONCE_LEN,
    }
}

/// The generator was mapped.
pub(crate) struct Mapped<E: Engine> {
    pub(super) parameters: Parameters,
    pub(super) generator: E::Generator,
    /// Of chip authentication mapping: what the last answer will prove.
    pub(super) chip_authentication_data: Option<ChipAuthenticationData>,
}

/// The chip's mapping data, the value of DO'82'.
pub(crate) enum MappingData {
    /// Generic mapping: its mapping public key.
    PublicKey(PublicPoint),
    /// Integrated mapping: nothing.
    Empty,
}

impl MappingData {
    /// The value as sent.
    pub(super) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::PublicKey(public) => public.as_bytes(),
            Self::Empty => &[],
        }
    }
}

impl NonceSent {
    /// Maps the nonce to a generator with the terminal's mapping data; answers the chip's.
    ///
    /// # Errors
    /// [`Error::Data`] for mapping data that the mapping does not take.
    pub(super) fn map<E: Engine, N: Nvm, R: TryCryptoRng, T>(
        self,
        terminal_data: &[u8],
        parts: &mut Parts<'_, E, N, R, T>,
    ) -> Result<(MappingData, Mapped<E>), Error> {
        match self.parameters.protocol.mapping {
            Mapping::EcdhGeneric | Mapping::EcdhChipAuthentication => self.map_generic(terminal_data, parts),
            Mapping::EcdhIntegrated => self.map_integrated(terminal_data, parts),
            Mapping::DhGeneric | Mapping::DhIntegrated => Err(Error::Data),
        }
    }

    /// Generic mapping: G̃ = s·G + H, where H is agreed on with ephemeral mapping keys (9303-11, 4.4.3.3.1). Chip
    /// authentication mapping is the same (4.4.3.3.3), and keeps what it needs of the mapping key.
    ///
    /// # Errors
    /// [`Error::Data`] for what is no point of the curve, or the chip's own.
    #[inline(never)]
    fn map_generic<E: Engine, N: Nvm, R: TryCryptoRng, T>(
        self,
        terminal_public: &[u8],
        parts: &mut Parts<'_, E, N, R, T>,
    ) -> Result<(MappingData, Mapped<E>), Error> {
        let curve = self.parameters.curve;
        let terminal_public =
            PublicPoint::from_uncompressed(curve, terminal_public).map_err(|_| Error::Data)?;
        let standard = parts.engine.standard_generator(curve)?;
        let private = parts.engine.generate_key(curve, parts.rng)?;
        let public = parts.engine.public_key(&standard, &private)?;
        if public == terminal_public {
            return Err(Error::Data);
        }
        let mut h = parts
            .engine
            .agree(&private, &terminal_public)
            .map_err(|_| Error::Data)?;
        let generator = parts
            .engine
            .map_generic(self.nonce.expose(), &h)
            .map_err(|_| Error::Data);
        h.zeroize();
        let chip_authentication_data = match self.parameters.protocol.mapping {
            Mapping::EcdhChipAuthentication => Some(chip_authentication::data(
                &private,
                curve,
                parts.journal,
                parts.nvm,
                parts.engine,
            )?),
            _ => None,
        };
        let mapped = Mapped {
            parameters: self.parameters,
            generator: generator?,
            chip_authentication_data,
        };
        Ok((MappingData::PublicKey(public), mapped))
    }

    /// Integrated mapping: the generator is a pseudo-random function of both nonces, encoded as a point (9303-11,
    /// 4.4.3.3.2).
    ///
    /// # Errors
    /// [`Error::Data`] for a nonce that is not as long as the cipher's key, or one of the few that map to nothing.
    #[inline(never)]
    fn map_integrated<E: Engine, N, R, T>(
        self,
        nonce_t: &[u8],
        parts: &mut Parts<'_, E, N, R, T>,
    ) -> Result<(MappingData, Mapped<E>), Error> {
        let Parameters { curve, protocol, .. } = self.parameters;
        if nonce_t.len() != protocol.cipher.key_len() {
            return Err(Error::Data);
        }
        let generator = parts
            .engine
            .map_integrated(curve, protocol.cipher, self.nonce.expose(), nonce_t)
            .map_err(|_| Error::Data)?;
        let mapped = Mapped {
            parameters: self.parameters,
            generator,
            chip_authentication_data: None,
        };
        Ok((MappingData::Empty, mapped))
    }
}
