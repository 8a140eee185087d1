//! PACE-CAM: what the chip sends in the last step to prove that it is no copy (ICAO Doc 9303-11 §4.4.3.5; worked example in
//! appendix I.1).
//!
//! The mapping itself is that of generic mapping. With its token the chip sends CA_IC = SK_IC⁻¹ · SK_Map,IC, encrypted under
//! the session key: only who has the static private key SK_IC can compute it. The terminal checks it with the static public key
//! once it has read that key, which is why the proof outlives the protocol.

use card_applet::crypto::cipher::{BlockCipherKey, MAX_BLOCK};
use card_applet::crypto::pad;
use zeroize::Zeroizing;

use crate::terminal::key_agreement::Group;

#[cfg(test)]
mod tests;

/// Block length of AES, the only cipher that PACE-CAM is defined for, in bytes.
const AES_BLOCK: usize = 16;

/// The chip's mapping key and what it sent to tie it to its static key. Only a run of PACE-CAM that went through to the end makes
/// one.
pub struct ChipAuthenticationMapping {
    group: Group,
    pk_map_ic: Vec<u8>,
    ca_ic: Zeroizing<Vec<u8>>,
}

impl ChipAuthenticationMapping {
    /// The group that the static key must be in.
    pub fn group(&self) -> Group {
        self.group
    }

    /// Whether the chip has the private key of `pk_ic`, an uncompressed point: PK_Map,IC = KA(CA_IC, PK_IC), compared as whole
    /// points. That the key is the issuer's is for passive authentication to say.
    pub fn proves(&self, group: Group, pk_ic: &[u8]) -> bool {
        group == self.group
            && group
                .power(pk_ic, &self.ca_ic)
                .is_ok_and(|mapped| *mapped == self.pk_map_ic)
    }
}

/// Prints no number.
impl std::fmt::Debug for ChipAuthenticationMapping {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ChipAuthenticationMapping({})", self.group)
    }
}

/// The mapping key, waiting for the encrypted chip authentication data.
pub(super) struct Pending {
    ks_enc: BlockCipherKey,
    group: Group,
    pk_map_ic: Vec<u8>,
}

impl Pending {
    /// `pk_map_ic` was agreed with, so it is a point of the group.
    pub(super) fn new(ks_enc: BlockCipherKey, group: Group, pk_map_ic: Vec<u8>) -> Self {
        Pending {
            ks_enc,
            group,
            pk_map_ic,
        }
    }

    /// Decrypts A_IC with IV = E(KS_Enc, −1), takes off padding method 2, and reads a number between one and the group's order.
    /// `None` when it is none of that.
    pub(super) fn decrypt(self, encrypted: &[u8]) -> Option<ChipAuthenticationMapping> {
        if encrypted.len() != pad::padded_len(self.group.private_len(), AES_BLOCK) {
            return None;
        }
        let mut iv = [0xFF; MAX_BLOCK];
        let iv = iv.get_mut(..AES_BLOCK)?;
        self.ks_enc.encrypt_block(iv).ok()?;
        let mut data = Zeroizing::new(encrypted.to_vec());
        self.ks_enc.cbc_decrypt(iv, &mut data).ok()?;
        let ca_ic = Zeroizing::new(pad::unpad(&data, AES_BLOCK)?.to_vec());
        self.group
            .is_private_key(&ca_ic)
            .then_some(ChipAuthenticationMapping {
                group: self.group,
                pk_map_ic: self.pk_map_ic,
                ca_ic,
            })
    }
}
