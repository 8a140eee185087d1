//! Layer G: PACE.

use host_issuer::conformance::verifier::Judgement::Genuine;
use host_issuer::inspect::Verdict::NotGenuine;
use test_vectors::faulty_chip::{
    BadMappingProof, BadPoint, ChipKey, Cipher, Curve, Fault, Group, Mapping, Misdeed, ModP, PaceSet, Step,
};

use super::{Play, against, refused};
use crate::faulty_reader::Bench;
use crate::test_issuer::CardSecurityRecipe;
use crate::test_issuer::der::{object_identifier, tlv};

fn set(mapping: Mapping, cipher: Cipher, group: impl Into<Group>) -> PaceSet {
    PaceSet {
        mapping,
        cipher,
        group: group.into(),
    }
}

fn one(mapping: Mapping, cipher: Cipher, group: impl Into<Group>) -> Bench {
    Bench::with_pace(&[set(mapping, cipher, group)])
}

/// In the MODP group that is computed fastest, with a key that is none.
fn number(step: Step, bad: BadPoint) -> Bench {
    one(Mapping::Generic, Cipher::Aes128, ModP::Bits1024Order160).fault(Fault::new(step, Misdeed::Point(bad)))
}

fn fault(step: Step, misdeed: Misdeed) -> Bench {
    Bench::pace().fault(Fault::new(step, misdeed))
}

fn point(step: Step, bad: BadPoint) -> Bench {
    fault(step, Misdeed::Point(bad))
}

/// EF.CardAccess and DG14 with these entries beside the usual ones.
fn with_infos(infos: &[Vec<u8>]) -> Bench {
    Bench::pace().change(|bench| {
        bench.recipe.announced_infos.extend_from_slice(infos);
        bench.recipe.security_infos.extend_from_slice(infos);
    })
}

/// EF.CardAccess and DG14 with this PACEInfo instead of the usual one.
fn with_pace_info(info: &[u8]) -> Bench {
    Bench::pace().change(|bench| {
        bench.recipe.announced_infos[0] = info.to_vec();
        bench.recipe.security_infos[0] = info.to_vec();
    })
}

/// PACEInfo by its parts.
fn pace_info(mapping: u8, cipher: u8, parameters: &[u8]) -> Vec<u8> {
    let oid = object_identifier(&format!("04007F000702020{:01X}{mapping:02X}{cipher:02X}", 4));
    tlv(0x30, &[&oid, &[0x02, 0x01, 0x02], parameters])
}

/// A private key on the curve.
fn private(curve: Curve) -> Vec<u8> {
    let mut private = vec![0x09; curve.field_len()];
    // The order of P-521 does not fill its first byte.
    private[0] &= if curve == Curve::P521 { 0x01 } else { 0xFF };
    private
}

/// The private key of the chip's proof in PACE-CAM.
fn mapping_key(curve: Curve) -> ChipKey {
    ChipKey {
        id: Some(curve.parameter_id()),
        group: curve.into(),
        private: private(curve),
    }
}

/// ChipAuthenticationPublicKeyInfo over standardized domain parameters.
pub(super) fn key_info(key: &ChipKey) -> Vec<u8> {
    let parameter_id = key.group.parameter_id();
    let algorithm = tlv(
        0x30,
        &[&object_identifier("04007F00070102"), &[0x02, 0x01, parameter_id]],
    );
    let public = tlv(0x03, &[&[0], &key.public()]);
    let id = key.id.map(|id| vec![0x02, 0x01, id]).unwrap_or_default();
    tlv(
        0x30,
        &[
            &object_identifier("04007F000702020102"),
            &tlv(0x30, &[&algorithm, &public]),
            &id,
        ],
    )
}

/// ChipAuthenticationInfo for the key with the number of the domain parameters.
fn chip_authentication_info(curve: Curve) -> Vec<u8> {
    let oid = object_identifier("04007F00070202030202");
    tlv(
        0x30,
        &[&oid, &[0x02, 0x01, 0x01], &[0x02, 0x01, curve.parameter_id()]],
    )
}

/// A chip with PACE-CAM, and EF.CardSecurity with its key.
fn mapping(curve: Curve) -> Bench {
    mapping_with(curve, |_| {})
}

/// The same; `change` is told the entries of EF.CardSecurity before they are signed.
fn mapping_with(curve: Curve, change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Bench {
    let sets = [
        set(Mapping::ChipAuthentication, Cipher::Aes128, curve),
        set(Mapping::Generic, Cipher::Aes128, curve),
    ];
    Bench::with_pace(&sets).change(|bench| {
        let key = mapping_key(curve);
        let own = [chip_authentication_info(curve), key_info(&key)];
        // In place of the usual key.
        bench.recipe.security_infos.splice(2..4, own.clone());
        bench.recipe.announced_infos[2] = own[0].clone();
        let mut infos = bench.recipe.announced_infos.clone();
        infos.push(own[1].clone());
        change(&mut infos);
        bench.recipe.card_security = Some(CardSecurityRecipe::of(&bench.recipe, infos));
        bench.setup.chip_keys = vec![key];
    })
}

fn mapping_proof(bad: BadMappingProof) -> Bench {
    mapping(Curve::P256).fault(Fault::new(Step::PaceToken, Misdeed::MappingProof(bad)))
}

#[rustfmt::skip]
pub(super) fn plays() -> Vec<(&'static str, Play)> {
    let refuse = Misdeed::Refuse;
    let malformed = refused;
    let mut plays = vec![
        ("ISO7816_G_01", (Bench::pace(), Genuine)),
        ("ISO7816_G_05", (with_infos(&[tlv(0x30, &[&object_identifier("2A0304"), &[0x02, 0x01, 0x01]])]), Genuine)),
        ("ISO7816_G_06", (Bench::with_pace(&[
            set(Mapping::Generic, Cipher::Aes128, Curve::P256),
            set(Mapping::Generic, Cipher::Aes128, Curve::BrainpoolP256r1),
            set(Mapping::Generic, Cipher::Aes256, Curve::P384),
        ]), Genuine)),
        // Two with domain parameters of their own, which are not run; the standardized one beside them is.
        ("ISO7816_G_07", (with_infos(&[pace_info(2, 2, &[]), pace_info(2, 4, &[])]), Genuine)),
        ("ISO7816_G_07", (with_pace_info(&pace_info(2, 2, &[])), refused("does not have"))),
        ("ISO7816_G_08", (fault(Step::PaceSetAt, refuse(0x6A80)), refused("refuses PACE (MSE:Set AT)"))),
        ("ISO7816_G_09", (fault(Step::PaceNonce, Misdeed::OtherNonce), refused("does not accept the password"))),
        ("ISO7816_G_10", (fault(Step::PaceNonce, refuse(0x6A80)), refused("refuses PACE (encrypted nonce)"))),
        ("ISO7816_G_11", (fault(Step::PaceNonce, Misdeed::Retag(0x90)), malformed("malformed (encrypted nonce)"))),
        ("ISO7816_G_12", (fault(Step::PaceMapping, refuse(0x6A80)), refused("refuses PACE (nonce mapping)"))),
        ("ISO7816_G_13", (fault(Step::PaceMapping, Misdeed::Retag(0x92)), malformed("malformed (nonce mapping)"))),
        ("ISO7816_G_14", (fault(Step::PaceMapping, Misdeed::Silence), refused("mute"))),
        ("ISO7816_G_18", (fault(Step::PaceKeyAgreement, refuse(0x6A80)), refused("refuses PACE (key agreement)"))),
        ("ISO7816_G_19", (fault(Step::PaceKeyAgreement, Misdeed::Retag(0x94)), malformed("malformed (key agreement)"))),
        ("ISO7816_G_20", (fault(Step::PaceKeyAgreement, Misdeed::Silence), refused("mute"))),
        ("ISO7816_G_23", (point(Step::PaceKeyAgreement, BadPoint::Reflected), refused("own key back (key agreement)"))),
        ("ISO7816_G_23", (point(Step::PaceMapping, BadPoint::Reflected), refused("own key back (nonce mapping)"))),
        ("ISO7816_G_24", (fault(Step::PaceToken, refuse(0x6A80)), refused("refuses PACE (mutual authentication)"))),
        ("ISO7816_G_25", (fault(Step::PaceToken, Misdeed::Retag(0x96)), malformed("malformed (mutual authentication)"))),
        ("ISO7816_G_26", (fault(Step::PaceToken, Misdeed::WrongMac), refused("could not prove"))),
        ("ISO7816_G_27", (Bench::pace().change(|bench| { bench.setup.master_file.insert(0x011C, vec![0x31, 0x04, 0x30, 0x12, 0x06, 0x0A]); }), refused("EF.CardAccess is malformed"))),
        ("ISO7816_G_28", (with_pace_info(&pace_info(2, 2, &[0x02, 0x01, 0x13])), refused("does not have"))),
        ("ISO7816_G_29", (mapping_proof(BadMappingProof::Untagged), malformed("malformed (mutual authentication)"))),
        ("ISO7816_G_29", (mapping_proof(BadMappingProof::Missing), malformed("malformed (mutual authentication)"))),
        ("ISO7816_G_30", (mapping_proof(BadMappingProof::Malformed), malformed("malformed (mutual authentication)"))),
        ("ISO7816_G_31", (mapping_proof(BadMappingProof::Wrong), against(NotGenuine, "pace_cam"))),
        ("ISO7816_G_32", (mapping_proof(BadMappingProof::Tag(0x8B)), malformed("malformed (mutual authentication)"))),
        ("ISO7816_G_33", (mapping_proof(BadMappingProof::Empty), malformed("malformed (mutual authentication)"))),
        ("ISO7816_G_34", (mapping(Curve::P256), Genuine)),
        ("ISO7816_G_35", (fault(Step::PaceToken, Misdeed::MappingProof(BadMappingProof::Wrong)), malformed("malformed (mutual authentication)"))),
        // PACE-CAM is not defined with 3DES, nor with a fifth cipher.
        ("ISO7816_G_36", (with_pace_info(&pace_info(6, 1, &[0x02, 0x01, 0x0C])), refused("does not have"))),
        ("ISO7816_G_37", (with_pace_info(&pace_info(6, 5, &[0x02, 0x01, 0x0C])), refused("does not have"))),
        ("ISO7816_G_38", (mapping(Curve::P256).change(|bench| {
            let own = chip_authentication_info(Curve::P256);
            bench.recipe.security_infos.retain(|info| *info != own);
        }), against(NotGenuine, "card_access"))),
        ("ISO7816_G_39", (mapping_with(Curve::P256, |infos| {
            let other = ChipKey { private: vec![0x0A; 32], ..mapping_key(Curve::P256) };
            *infos.last_mut().expect("a key") = key_info(&other);
        }), against(NotGenuine, "card_security_matches_dg14"))),
        ("ISO7816_G_40", (mapping_with(Curve::P256, |infos| { infos.pop(); }), against(NotGenuine, "pace_cam"))),
    ];
    for group in Group::all() {
        plays.push(("ISO7816_G_02", (one(Mapping::Generic, Cipher::Aes128, group), Genuine)));
        plays.push(("ISO7816_G_03", (one(Mapping::Integrated, Cipher::Aes128, group), Genuine)));
    }
    for curve in Curve::ALL {
        plays.push(("ISO7816_G_41", (mapping(curve), Genuine)));
    }
    for cipher in [Cipher::TripleDes, Cipher::Aes128, Cipher::Aes192, Cipher::Aes256] {
        plays.push(("ISO7816_G_04", (one(Mapping::Generic, cipher, Curve::P256), Genuine)));
        plays.push(("ISO7816_G_04", (one(Mapping::Integrated, cipher, Curve::P256), Genuine)));
    }
    for misdeed in [Misdeed::Silence, Misdeed::Refuse(0x6F00)] {
        let words = if misdeed == Misdeed::Silence { "mute" } else { "refuses PACE (nonce mapping)" };
        let bench = one(Mapping::Integrated, Cipher::Aes128, Curve::P256);
        plays.push(("ISO7816_G_15", (bench.fault(Fault::new(Step::PaceMapping, misdeed)), refused(words))));
    }
    for bad in [BadPoint::Infinity, BadPoint::Zeros, BadPoint::OffCurve, BadPoint::OutOfRange, BadPoint::Short] {
        plays.push(("ISO7816_G_16", (point(Step::PaceMapping, bad), refused("invalid public key (nonce mapping)"))));
        plays.push(("ISO7816_G_17", (number(Step::PaceMapping, bad), refused("invalid public key (nonce mapping)"))));
        plays.push(("ISO7816_G_21", (point(Step::PaceKeyAgreement, bad), refused("invalid public key (key agreement)"))));
        plays.push(("ISO7816_G_22", (number(Step::PaceKeyAgreement, bad), refused("invalid public key (key agreement)"))));
    }
    plays
}
