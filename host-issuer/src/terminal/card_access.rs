//! What a chip says, before any session, of the sessions it can open: EF.CardAccess (ICAO Doc 9303-11 §9.2.11).

use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::wire::oid;
use card_applet::wire::security_info::{MAX_SECURITY_INFOS, Mapping, PaceInfo, SecurityInfo};
use card_applet::wire::tlv::{self, TlvError, TlvReader};

use super::key_agreement::Group;
use super::pace;

/// ASN.1 SET.
const SET: u32 = 0x31;

/// Why an EF.CardAccess says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CardAccessError {
    /// It is no SET OF SecurityInfo.
    #[error(transparent)]
    Malformed(#[from] TlvError),
    /// More entries than any card has. What is behind them is not passed over: it may be the PACE that somebody wants to hide.
    #[error("more than {MAX_SECURITY_INFOS} entries")]
    TooMany,
}

/// The PACE entries of an EF.CardAccess.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PaceOffer {
    /// Every PACEInfo that could be read, in the file's order.
    pub infos: Vec<PaceInfo>,
    /// Whether the file names PACE at all, in a form this terminal knows or not. A chip that offers PACE is never opened
    /// with BAC because PACE failed.
    pub offers_pace: bool,
    /// Whether the chip judges terminals (Terminal Authentication version 1), so that a CHAT in PACE is answered.
    pub offers_terminal_authentication: bool,
}

impl PaceOffer {
    /// Reads the content of EF.CardAccess.
    ///
    /// # Errors
    /// [`CardAccessError`].
    pub fn parse(card_access: &[u8]) -> Result<Self, CardAccessError> {
        let mut offer = PaceOffer::default();
        for (index, entry) in TlvReader::new(tlv::read_exact(card_access, SET)?).enumerate() {
            if index == MAX_SECURITY_INFOS {
                return Err(CardAccessError::TooMany);
            }
            let info = SecurityInfo::from_tlv(&entry?)?;
            offer.offers_terminal_authentication |= info
                .as_terminal_authentication_info()
                .is_some_and(|info| info.version == 1);
            if !info.protocol.starts_with(&oid::PACE) {
                continue;
            }
            offer.offers_pace = true;
            offer.infos.extend(info.as_pace_info());
        }
        Ok(offer)
    }

    /// The PACEInfo that this terminal runs, of those that it can: chip authentication mapping first, because it also shows that
    /// the chip is no copy; then the one whose weaker part (cipher or group) is the strongest; then the stronger cipher, the
    /// stronger group, and the file's order.
    pub fn best(&self) -> Option<PaceInfo> {
        let rank = |info: &PaceInfo| {
            let cipher = match info.protocol.cipher {
                SymmetricAlgorithm::TripleDes => 112,
                SymmetricAlgorithm::Aes128 => 128,
                SymmetricAlgorithm::Aes192 => 192,
                SymmetricAlgorithm::Aes256 => 256,
            };
            let group = info.parameter_id.and_then(Group::from_parameter_id);
            let group = group.map_or(0, Group::strength);
            let shows_no_copy = info.protocol.mapping == Mapping::EcdhChipAuthentication;
            (shows_no_copy, group.min(cipher), cipher, group)
        };
        let supported = self.infos.iter().filter(|info| pace::is_supported(info));
        // max_by_key takes the last of equals; reversed, that is the first in the file.
        supported.rev().max_by_key(|info| rank(info)).copied()
    }

    /// Whether more than one set of domain parameters is on offer beside that of `info`, so that MSE:Set AT must say which is
    /// meant (9303-11 §4.4.4.1, DO'84'). Sets of other protocols count, too: some chips want to be told then, and none minds.
    pub fn is_ambiguous(&self, info: &PaceInfo) -> bool {
        self.infos
            .iter()
            .any(|other| other.parameter_id != info.parameter_id)
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
    fn the_strongest_supported_info_wins() {
        use Mapping::{DhGeneric, EcdhGeneric, EcdhIntegrated};
        use SymmetricAlgorithm::{Aes128, Aes192, Aes256, TripleDes};
        let info =
            |mapping, cipher, parameter_id| PaceInfo::new(PaceProtocol { mapping, cipher }, parameter_id);
        // Of each row the first is to win, wherever it stands.
        for row in [
            // Parameter 19 is nobody's.
            &[info(EcdhGeneric, Aes128, 12), info(EcdhGeneric, Aes256, 19)][..],
            // The chain is as strong as its weaker link.
            &[
                info(EcdhGeneric, Aes128, 12),
                info(DhGeneric, Aes256, 0),
                info(DhGeneric, Aes256, 2),
            ],
            &[
                info(DhGeneric, Aes128, 2),
                info(EcdhGeneric, TripleDes, 18),
                info(DhGeneric, Aes128, 0),
            ],
            &[
                info(EcdhIntegrated, Aes192, 15),
                info(EcdhGeneric, Aes128, 18),
                info(EcdhGeneric, Aes256, 12),
            ],
            &[
                info(EcdhGeneric, Aes256, 18),
                info(EcdhIntegrated, Aes192, 18),
                info(EcdhGeneric, Aes256, 16),
            ],
        ] {
            for turn in 0..row.len() {
                let mut infos = row.to_vec();
                infos.rotate_left(turn);
                let offer = PaceOffer::parse(&card_access(&infos)).unwrap();
                assert_eq!(offer.best(), Some(row[0]), "{infos:?}");
            }
        }
        // Equals: the file's order.
        let equals = [info(EcdhIntegrated, Aes128, 13), info(EcdhGeneric, Aes128, 12)];
        assert_eq!(
            PaceOffer::parse(&card_access(&equals)).unwrap().best(),
            Some(equals[0])
        );
    }

    #[test]
    fn several_sets_of_domain_parameters_are_ambiguous() {
        let aes128 = PaceProtocol::ecdh_generic(SymmetricAlgorithm::Aes128);
        let aes256 = PaceProtocol::ecdh_generic(SymmetricAlgorithm::Aes256);
        let offer = |infos: &[PaceInfo]| PaceOffer::parse(&card_access(infos)).unwrap();
        let p256 = PaceInfo::new(aes128, 12);
        for others in [PaceInfo::new(aes128, 13), PaceInfo::new(aes256, 15)] {
            assert!(offer(&[p256, others]).is_ambiguous(&p256));
            assert!(offer(&[p256, others]).is_ambiguous(&others));
        }
        assert!(!offer(&[p256]).is_ambiguous(&p256));
        assert!(!offer(&[p256, PaceInfo::new(aes256, 12)]).is_ambiguous(&p256));
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

    #[test]
    fn pace_cannot_be_hidden_behind_other_entries() {
        let other = [0x30, 0x04, 0x06, 0x02, 0x2A, 0x03];
        let pace = PaceInfo::new(PaceProtocol::ecdh_generic(SymmetricAlgorithm::Aes128), 12);
        let mut bytes = [0; 32];
        let len = pace.encode(&mut bytes).unwrap();
        for (others, expected) in [
            (MAX_SECURITY_INFOS - 1, Ok(true)),
            (MAX_SECURITY_INFOS, Err(CardAccessError::TooMany)),
        ] {
            let content = [other.repeat(others), bytes[..len].to_vec()].concat();
            let mut set = vec![0x31, 0x82];
            set.extend((content.len() as u16).to_be_bytes());
            set.extend(content);
            assert_eq!(PaceOffer::parse(&set).map(|offer| offer.offers_pace), expected);
        }
    }
}
