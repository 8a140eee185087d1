//! What a run of PACE leaves: the session, and what later protocols need to know of it.

use sha1::{Digest, Sha1};

use super::ChipAuthenticationMapping;
use super::data::TokenAnswer;
use crate::terminal::channel::SecureMessaging;
use crate::terminal::key_agreement::Group;

/// What a run of PACE leaves.
pub struct Established {
    /// The session.
    pub session: SecureMessaging,
    /// With chip authentication mapping: the chip's proof, to be checked with its static public key.
    pub chip_authentication: Option<ChipAuthenticationMapping>,
    /// What Terminal Authentication needs to know.
    pub binding: PaceBinding,
}

/// Both ephemeral keys of a run of PACE, compressed, and the trust points that the chip named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PaceBinding {
    /// Comp(PK_DH,IC), by which Terminal Authentication names the chip: ID_IC.
    pub id_ic: Vec<u8>,
    /// Comp(PK_DH,IFD), to which Terminal Authentication after PACE-CAM is bound.
    pub terminal_key: Vec<u8>,
    /// Certification authority references, the newest first; none where the terminal sent no CHAT.
    pub authorities: Vec<Vec<u8>>,
}

impl PaceBinding {
    pub(super) fn new(group: Group, chip_public: &[u8], terminal_public: &[u8]) -> Self {
        Self {
            id_ic: compress(group, chip_public),
            terminal_key: compress(group, terminal_public),
            authorities: Vec::new(),
        }
    }

    pub(super) fn naming(self, answer: &TokenAnswer<'_>) -> Self {
        Self {
            authorities: answer.authorities.iter().map(|name| name.to_vec()).collect(),
            ..self
        }
    }
}

/// Comp of a public key: the x-coordinate of a point, SHA-1 of a number (9303-11 §7.1.4.1.3 and §7.1.4.2.3).
pub(in crate::terminal) fn compress(group: Group, public: &[u8]) -> Vec<u8> {
    if group.is_elliptic() {
        let coordinates = public.get(1..).unwrap_or_default();
        coordinates[..coordinates.len() / 2].to_vec()
    } else {
        Sha1::digest(public).to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use card_applet::crypto::curve::Curve;

    /// id_picc of the BSI's worked example, for both kinds of groups.
    #[test]
    fn compressed_keys_of_the_worked_example() {
        let file = test_vectors::load("bsi-eac2-worked-example");
        let values = |index: usize| &file["vectors"][index]["values"];
        let key = |index: usize, name: &str| test_vectors::hex(&values(index)[name]);
        let elliptic = PaceBinding::new(
            Group::Curve(Curve::BrainpoolP256r1),
            &key(0, "picc_pub_key"),
            &key(0, "pcd_pub_key"),
        );
        assert_eq!(elliptic.id_ic, key(0, "picc_pub_key")[1..33]);
        let group = Group::from_parameter_id(0).unwrap();
        let number = PaceBinding::new(group, &key(1, "picc_pub_key"), &key(1, "pcd_pub_key"));
        assert_eq!(number.id_ic, Sha1::digest(key(1, "picc_pub_key")).to_vec());
        assert_eq!(number.id_ic.len(), 20);
    }
}
