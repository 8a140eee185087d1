//! The second step of PACE: the nonce is mapped to an ephemeral generator (ICAO Doc 9303-11, 4.4.3.3 and 4.4.5.2).
//!
//! Generic mapping exchanges public keys.

use super::{NonceSent, Parameters, Parts};
use crate::crypto::curve::PublicPoint;
use crate::error::Error;
use crate::platform::Engine;
use crate::wire::security_info::Mapping;
use rand_core::TryCryptoRng;
use zeroize::Zeroize;

/// The generator was mapped.
pub(crate) struct Mapped<E: Engine> {
    pub(super) parameters: Parameters,
    pub(super) generator: E::Generator,
}

/// The chip's mapping data, the value of DO'82'.
pub(crate) enum MappingData {
    /// Its mapping public key.
    PublicKey(PublicPoint),
}

impl MappingData {
    /// The value as sent.
    pub(super) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::PublicKey(public) => public.as_bytes(),
        }
    }
}

impl NonceSent {
    /// Maps the nonce to a generator with the terminal's mapping data; answers the chip's.
    ///
    /// # Errors
    /// [`Error::Data`] for mapping data that the mapping does not take.
    pub(super) fn map<E: Engine, N, R: TryCryptoRng, T>(
        self,
        terminal_data: &[u8],
        parts: &mut Parts<'_, E, N, R, T>,
    ) -> Result<(MappingData, Mapped<E>), Error> {
        match self.parameters.protocol.mapping {
            Mapping::EcdhGeneric => self.map_generic(terminal_data, parts),
            // Never chosen: MSE:Set AT refuses them.
            _ => Err(Error::Data),
        }
    }

    /// Generic mapping: G̃ = s·G + H, where H is agreed on with ephemeral mapping keys (9303-11, 4.4.3.3.1).
    ///
    /// # Errors
    /// [`Error::Data`] for what is no point of the curve, or the chip's own.
    fn map_generic<E: Engine, N, R: TryCryptoRng, T>(
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
        let mapped = Mapped {
            parameters: self.parameters,
            generator: generator?,
        };
        Ok((MappingData::PublicKey(public), mapped))
    }
}
