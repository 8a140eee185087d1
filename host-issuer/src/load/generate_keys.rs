//! Keys that the chip draws: GENERATE ASYMMETRIC KEY PAIR (ISO/IEC 7816-8 §5.1), and whether its attestation holds.

use card_applet::wire::apdu::CommandApdu;
use card_applet::wire::instruction;
use card_applet::wire::key_generation::P1_GENERATE;
use personalization::attestation::{AttestedKey, ChipKeySpec, KeyRequest, StockManifest};
use rand_core::TryCryptoRng;

use super::LoadError;
use super::loader::{Keyed, Loader};
use super::open::CLASS;
use crate::transport::Transport;

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
