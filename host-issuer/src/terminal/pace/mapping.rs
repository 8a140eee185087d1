//! The mapping of the nonce to an ephemeral generator, the terminal's side (ICAO Doc 9303-11 §4.4.3.3, §4.4.5.2).

use card_applet::wire::security_info::Mapping;
use rand_core::TryCryptoRng;

use super::{PaceError, PaceStep, Parameters};
use crate::terminal::key_agreement::{Generator, KeyPair};

/// What the terminal has ready for the mapping.
pub(super) enum TerminalMapping {
    /// Generic mapping, and chip authentication mapping, which adds to it: a mapping key pair.
    Generic(KeyPair),
    /// Integrated mapping: the nonce t.
    Integrated(Vec<u8>),
}

/// The mapped generator, and what the chip showed on the way.
pub(super) struct Mapped {
    pub(super) generator: Generator,
    /// PK_Map,IC of generic mapping: chip authentication mapping comes back to it.
    pub(super) pk_map_ic: Option<Vec<u8>>,
}

impl TerminalMapping {
    /// Draws the key pair or the nonce.
    pub(super) fn draw<R: TryCryptoRng + ?Sized>(
        parameters: &Parameters,
        rng: &mut R,
    ) -> Result<Self, PaceError> {
        match parameters.info.protocol.mapping {
            Mapping::DhGeneric | Mapping::EcdhGeneric | Mapping::EcdhChipAuthentication => {
                let key_pair = Generator::standard(parameters.group).draw_key_pair(rng);
                Ok(Self::Generic(key_pair.map_err(|_| PaceError::Random)?))
            }
            Mapping::DhIntegrated | Mapping::EcdhIntegrated => {
                // As long as the cipher's key (9303-11 §4.4.3.3).
                let mut nonce_t = vec![0; parameters.algorithm.key_len()];
                rng.try_fill_bytes(&mut nonce_t).map_err(|_| PaceError::Random)?;
                Ok(Self::Integrated(nonce_t))
            }
        }
    }

    /// The terminal's mapping data, the value of DO'81'.
    pub(super) fn data(&self) -> &[u8] {
        match self {
            Self::Generic(key_pair) => key_pair.public(),
            Self::Integrated(nonce_t) => nonce_t,
        }
    }

    /// Length of the public key that the chip answers, in bytes.
    pub(super) fn answer_len(&self) -> usize {
        match self {
            Self::Generic(key_pair) => key_pair.group().public_len(),
            Self::Integrated(_) => 0,
        }
    }

    /// Maps the nonce s. `chip_data`: the chip's mapping data, the value of DO'82'.
    ///
    /// # Errors
    /// [`PaceError::InvalidPoint`], [`PaceError::Reflected`]; [`PaceError::Malformed`] for data where integrated mapping has none.
    pub(super) fn map(
        self,
        parameters: &Parameters,
        nonce: &[u8],
        chip_data: &[u8],
    ) -> Result<Mapped, PaceError> {
        let step = PaceStep::Mapping;
        match self {
            Self::Generic(key_pair) => {
                let h = super::agree(step, &key_pair, chip_data)?;
                let generator =
                    Generator::map_generic(nonce, &h).map_err(|_| PaceError::InvalidPoint { step })?;
                Ok(Mapped {
                    generator,
                    pk_map_ic: Some(chip_data.to_vec()),
                })
            }
            Self::Integrated(nonce_t) => {
                if !chip_data.is_empty() {
                    return Err(PaceError::Malformed { step });
                }
                let generator =
                    Generator::map_integrated(parameters.group, parameters.algorithm, nonce, &nonce_t)
                        .map_err(|_| PaceError::InvalidPoint { step })?;
                Ok(Mapped {
                    generator,
                    pk_map_ic: None,
                })
            }
        }
    }
}
