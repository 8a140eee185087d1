//! The chip's proof in PACE with chip authentication mapping (ICAO Doc 9303-11 §4.4.3.3.3).

use super::PaceRun;
use crate::faulty_chip::FaultyChip;
use crate::faulty_chip::fault::BadMappingProof;
use crate::faulty_chip::lapse::Lapse;
use crate::faulty_chip::session::Session;
use crate::naive::data_object::object;

impl FaultyChip {
    /// DO'8A': CA_IC = SK_Map,IC / SK_IC, encrypted with IV = E(KS_Enc, −1).
    pub(super) fn mapping_proof(
        &self,
        run: &PaceRun,
        session: &Session,
        bad: Option<BadMappingProof>,
    ) -> Vec<u8> {
        let cipher = session.cipher();
        let block = cipher.block_len();
        let group = run.set.group;
        // The key whose number is that of the domain parameters.
        let of_group = |named: bool| {
            let mut keys = self.setup.chip_keys.iter();
            keys.find(|key| key.group == group && (!named || key.id == Some(group.parameter_id())))
        };
        let key = of_group(true).or_else(|| of_group(false));
        let mut number = key
            .and_then(|key| group.curve()?.quotient(&run.map_private, &key.private))
            .unwrap_or_else(|| run.map_private.clone());
        if bad == Some(BadMappingProof::Wrong) || self.neglects(Lapse::PaceProvesAnotherKey) {
            number.clone_from(&run.map_private);
        }
        let padded = match bad {
            Some(BadMappingProof::Malformed) => vec![0x11; block * 3],
            _ => cipher.pad(&number),
        };
        let iv = cipher.encrypt(session.ks_enc(), &vec![0; block], &vec![0xFF; block]);
        let encrypted = cipher.encrypt(session.ks_enc(), &iv, &padded);
        match bad {
            Some(BadMappingProof::Missing) => Vec::new(),
            Some(BadMappingProof::Untagged) => encrypted,
            Some(BadMappingProof::Tag(tag)) => object(tag.into(), &encrypted),
            Some(BadMappingProof::Empty) => object(0x8A, &[]),
            Some(BadMappingProof::Wrong | BadMappingProof::Malformed) | None => object(0x8A, &encrypted),
        }
    }
}
