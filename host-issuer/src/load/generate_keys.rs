//! Keys that the chip draws: GENERATE ASYMMETRIC KEY PAIR (ISO/IEC 7816-8 §5.1), and whether its attestation holds.

use card_applet::wire::apdu::CommandApdu;
use card_applet::wire::global_platform::{KEY_VERSION_ISSUER, SERIAL_LEN};
use card_applet::wire::instruction;
use card_applet::wire::key_generation::P1_GENERATE;
use personalization::attestation::{AttestedKey, ChipKeySpec, KeyRequest, StockManifest};
use personalization::keys::ChipKeys;
use rand_core::TryCryptoRng;

use super::LoadError;
use super::loader::{Keyed, Loader};
use super::open::CLASS;
use super::scp03::StaticKeys;
use crate::transport::Transport;

/// Has a chip in stock draw these keys ahead of its issuance. `keys_of` gives the chip's SCP03 keys for its serial number,
/// `manifest_of` what is known of it; the same with the new keys comes back.
///
/// # Errors
/// Those of `manifest_of`, [`LoadError::Attestation`], [`LoadError`]: the keys that the chip had may be gone then.
pub fn draw_keys_ahead<T: Transport, R: TryCryptoRng, E: From<LoadError>>(
    transport: T,
    rng: &mut R,
    keys_of: impl FnOnce(&[u8; SERIAL_LEN]) -> ChipKeys,
    manifest_of: impl FnOnce(&[u8; SERIAL_LEN]) -> Result<StockManifest, E>,
    specs: &[ChipKeySpec],
) -> Result<StockManifest, E> {
    let mut keyed = Loader::new(transport)
        .authenticate(
            KEY_VERSION_ISSUER,
            |serial| StaticKeys::from(&keys_of(serial)),
            rng,
        )
        .map_err(E::from)?;
    let manifest = manifest_of(keyed.serial())?.without_keys();
    let keys = keyed.generate_keys(&manifest, specs, rng).map_err(E::from)?;
    let next_sequence = keyed.next_sequence();
    manifest
        .with_keys(keys, next_sequence)
        .map_err(|error| E::from(LoadError::Manifest(error)))
}

impl<T: Transport> Loader<T, Keyed> {
    /// Has the chip draw these keys, after wiping what an earlier attempt left, and checks that `manifest` is this chip's and
    /// that the chip attests every key.
    ///
    /// # Errors
    /// [`LoadError::Attestation`]: the chip is not the one of the manifest, or a key is not its own. [`LoadError`].
    pub fn generate_keys<R: TryCryptoRng + ?Sized>(
        &mut self,
        manifest: &StockManifest,
        specs: &[ChipKeySpec],
        rng: &mut R,
    ) -> Result<Vec<AttestedKey>, LoadError> {
        manifest.must_be_of(self.serial())?;
        self.wipe()?;
        let mut keys = Vec::with_capacity(specs.len());
        for spec in specs {
            let request = KeyRequest::new(*spec, rng)?;
            let generate = CommandApdu::new(CLASS, instruction::GENERATE_KEY_PAIR, P1_GENERATE, 0x00)
                .with_data(request.command_data());
            let answer = self.command("GENERATE ASYMMETRIC KEY PAIR", &generate)?;
            keys.push(manifest.accept(request, &answer)?);
        }
        Ok(keys)
    }
}
