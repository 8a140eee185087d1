//! What a chip says, before any session, of the sessions it can open: EF.CardAccess (ICAO Doc 9303-11 §9.2.11).

use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::wire::oid;
use card_applet::wire::security_info::{Mapping, PaceInfo, security_infos};
use card_applet::wire::tlv::TlvError;

use super::pace;

/// The PACE entries of an EF.CardAccess.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PaceOffer {
    /// Every PACEInfo that could be read, in the file's order.
    pub infos: Vec<PaceInfo>,
    /// Whether the file names PACE at all, in a form this terminal knows or not. A chip that offers PACE is never opened
    /// with BAC because PACE failed.
    pub offers_pace: bool,
}

impl PaceOffer {
    /// Reads the content of EF.CardAccess.
    ///
    /// # Errors
    /// [`TlvError`] when it is no SET OF SecurityInfo.
    pub fn parse(card_access: &[u8]) -> Result<Self, TlvError> {
        let mut offer = PaceOffer::default();
        for info in security_infos(card_access)? {
            let info = info?;
            if !info.protocol.starts_with(&oid::PACE) {
                continue;
            }
            offer.offers_pace = true;
            offer.infos.extend(info.as_pace_info());
        }
        Ok(offer)
    }

    /// The PACEInfo that this terminal runs, of those that it can: chip authentication mapping first, because it also shows that
    /// the chip is no copy; then the longest key; then the file's order.
    pub fn best(&self) -> Option<PaceInfo> {
        let strength = |info: &PaceInfo| {
            let key = match info.protocol.cipher {
                SymmetricAlgorithm::TripleDes => 0,
                SymmetricAlgorithm::Aes128 => 1,
                SymmetricAlgorithm::Aes192 => 2,
                SymmetricAlgorithm::Aes256 => 3,
            };
            (info.protocol.mapping == Mapping::EcdhChipAuthentication, key)
        };
        let supported = self.infos.iter().filter(|info| pace::is_supported(info));
        // max_by_key takes the last of equals; reversed, that is the first in the file.
        supported.rev().max_by_key(|info| strength(info)).copied()
    }

    /// Whether the protocol of `info` is offered with more than one set of domain parameters, so that MSE:Set AT must say
    /// which is meant (9303-11 §4.4.4.1, DO'84').
    pub fn is_ambiguous(&self, info: &PaceInfo) -> bool {
        self.infos
            .iter()
            .any(|other| other.protocol == info.protocol && other.parameter_id != info.parameter_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use card_applet::wire::security_info::PaceProtocol;

    fn card_access(infos: &[PaceInfo]) -> Vec<u8> {
        let mut content = Vec::new();
        for info in infos {
            let mut bytes = [0; 32];
            let len = info.encode(&mut bytes).unwrap();
            content.extend_from_slice(&bytes[..len]);
        }
        let mut set = vec![0x31, content.len() as u8];
        set.extend(content);
        set
    }

    #[test]
    fn the_strongest_supported_info_wins_and_ambiguity_is_seen() {
        let aes128 = PaceProtocol::ecdh_generic(SymmetricAlgorithm::Aes128);
        let aes256 = PaceProtocol::ecdh_generic(SymmetricAlgorithm::Aes256);
        let offer = PaceOffer::parse(&card_access(&[
            PaceInfo::new(aes128, 12),
            PaceInfo::new(aes256, 17),
            PaceInfo::new(aes128, 13),
        ]))
        .unwrap();
        // Parameter 17 (brainpoolP512r1) is not this terminal's, so AES-128 on P-256 is the best of what is left.
        assert_eq!(offer.best(), Some(PaceInfo::new(aes128, 12)));
        assert!(offer.is_ambiguous(&PaceInfo::new(aes128, 12)));
        assert!(!offer.is_ambiguous(&PaceInfo::new(aes256, 17)));
    }

    #[test]
    fn chip_authentication_mapping_comes_before_a_longer_key() {
        let generic = PaceInfo::new(PaceProtocol::ecdh_generic(SymmetricAlgorithm::Aes256), 12);
        let mapping = PaceInfo::new(
            PaceProtocol {
                mapping: Mapping::EcdhChipAuthentication,
                cipher: SymmetricAlgorithm::Aes128,
            },
            12,
        );
        let offer = PaceOffer::parse(&card_access(&[generic, mapping])).unwrap();
        assert_eq!(offer.best(), Some(mapping));
    }

    #[test]
    fn an_unknown_pace_is_still_an_offer_of_pace() {
        // id-PACE with a mapping of 9.
        let set = [
            0x31, 0x11, 0x30, 0x0F, 0x06, 0x0A, 4, 0, 0x7F, 0, 7, 2, 2, 4, 9, 2, 0x02, 0x01, 0x02,
        ];
        let offer = PaceOffer::parse(&set).unwrap();
        assert!(offer.offers_pace);
        assert_eq!(offer.best(), None);
        assert_eq!(PaceOffer::parse(&[0x31, 0x00]).unwrap(), PaceOffer::default());
        assert!(PaceOffer::parse(&[0x30, 0x00]).is_err());
    }
}
