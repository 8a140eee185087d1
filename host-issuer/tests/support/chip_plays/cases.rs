//! Layers A, B, C and D: application, BAC and secure messaging, files, Chip Authentication.

use host_issuer::conformance::verifier::Judgement::{FreshKeys, Genuine};
use host_issuer::inspect::Verdict::{Inconclusive, NotGenuine};
use test_vectors::faulty_chip::{
    BadProtection, ChipKey, Cipher, Curve, EndOfFile, Fault, Manners, Misdeed, ModP, Step,
};

use super::{Play, against, refused};
use crate::faulty_reader::{Bench, CHIP_KEY, atr_info};
use crate::test_issuer::der::{object_identifier, tlv};
use crate::test_issuer::groups::{Face, JPEG, chip_key_info, group};
use crate::test_issuer::key;

const SOD: u16 = 0x011D;

fn fault(step: Step, misdeed: Misdeed) -> Bench {
    Bench::pace().fault(Fault::new(step, misdeed))
}

/// An answer in the session whose protection is wrong.
fn protection(bad: BadProtection) -> Bench {
    Bench::bac().fault(Fault::new(Step::Read, Misdeed::Protection(bad)).of_file(SOD))
}

fn end_of_file(end_of_file: EndOfFile) -> Bench {
    Bench::pace().change(|bench| {
        bench.setup.manners = Manners {
            end_of_file,
            ..Manners::default()
        };
    })
}

/// A face of 40,000 bytes, beyond what READ BINARY with an even instruction reaches.
fn long_face() -> Bench {
    face_of(40_000)
}

/// A face of so many bytes, and a few.
pub(super) fn face_of(bytes: usize) -> Bench {
    Bench::pace().change(|bench| {
        let image = [JPEG.to_vec(), vec![0x55; bytes]].concat();
        bench.recipe.dg2 = group(
            0x75,
            &[Face {
                image,
                ..Face::default()
            }
            .template()],
        );
    })
}

/// ChipAuthenticationInfo for this key.
fn chip_authentication_info(key_id: u8) -> Vec<u8> {
    let oid = object_identifier("04007F00070202030202");
    tlv(0x30, &[&oid, &[0x02, 0x01, 0x01], &[0x02, 0x01, key_id]])
}

/// Keys of Chip Authentication with these identifiers, in the chip and in DG14; EF.CardAccess says the same.
fn chip_keys(ids: &[u8], announced: &[u8]) -> Bench {
    Bench::pace().change(|bench| {
        let infos = &mut bench.recipe.security_infos;
        infos.drain(1..3);
        infos.extend(announced.iter().map(|id| chip_authentication_info(*id)));
        infos.extend(ids.iter().map(|id| chip_key_info(&key(CHIP_KEY + id), Some(*id))));
        bench.recipe.announced_infos.truncate(1);
        let announced = announced.iter().map(|id| chip_authentication_info(*id));
        bench.recipe.announced_infos.extend(announced);
        bench.setup.chip_keys = ids
            .iter()
            .map(|id| ChipKey {
                id: Some(*id),
                group: Curve::P256.into(),
                private: vec![CHIP_KEY + id; 32],
            })
            .collect();
    })
}

/// The chip's key in a MODP group, for a session with this cipher; EF.CardAccess says nothing of it.
pub(super) fn chip_key_mod_p(bench: Bench, group: ModP, cipher: Cipher) -> Bench {
    let mut private = vec![0x5A; group.private_len()];
    private[0] = 0x01;
    let key = ChipKey {
        id: None,
        group: group.into(),
        private,
    };
    let cipher = match cipher {
        Cipher::TripleDes => "01",
        _ => "02",
    };
    bench.change(|bench| {
        let info = tlv(
            0x30,
            &[
                &object_identifier(&format!("04007F000702020301{cipher}")),
                &[0x02, 0x01, 0x01],
            ],
        );
        let infos = &mut bench.recipe.security_infos;
        let first = infos
            .iter()
            .position(|info| *info == crate::test_issuer::chip_authentication_info());
        let first = first.expect("ChipAuthenticationInfo");
        infos.splice(first..first + 2, [info, mod_p_key_info(group, &key.public())]);
        bench
            .recipe
            .announced_infos
            .truncate(usize::from(!bench.setup.pace.is_empty()));
        bench.setup.chip_keys = vec![key];
    })
}

/// ChipAuthenticationPublicKeyInfo for a number in a group of the standardized domain parameters.
fn mod_p_key_info(group: ModP, public: &[u8]) -> Vec<u8> {
    let algorithm = [
        object_identifier("04007F00070102"),
        vec![0x02, 0x01, group.parameter_id()],
    ];
    let zero: &[u8] = if public[0] & 0x80 == 0 { &[] } else { &[0] };
    let number = tlv(0x02, &[zero, public]);
    let info = [tlv(0x30, &[&algorithm.concat()]), tlv(0x03, &[&[0], &number])];
    tlv(
        0x30,
        &[
            &object_identifier("04007F000702020101"),
            &tlv(0x30, &[&info.concat()]),
        ],
    )
}

/// A chip whose key is a number, and something wrong with what DG14 says of it.
fn number_of(change: impl FnOnce(&mut Vec<u8>)) -> Bench {
    chip_key_mod_p(Bench::pace(), ModP::Bits1024Order160, Cipher::Aes128)
        .change(|bench| change(&mut bench.recipe.security_infos[2]))
}

/// DG14 with this instead of the chip's key.
fn chip_key_of(info: Vec<u8>) -> Bench {
    Bench::pace().change(|bench| bench.recipe.security_infos[2] = info)
}

/// Cases with what the chip does, and what has to be said of it.
#[rustfmt::skip]
pub(super) fn plays() -> Vec<(&'static str, Play)> {
    let refuse = Misdeed::Refuse;
    let mut plays = vec![
        ("ISO7816_A_01", (Bench::plain(), Genuine)),
        ("ISO7816_A_02", (Bench::bac(), Genuine)),
        ("ISO7816_A_03", (fault(Step::SelectApplication, refuse(0x6A82)), refused("not on the chip"))),
        ("ISO7816_B_01", (Bench::bac().fault(Fault::new(Step::BacProof, Misdeed::WrongMac)), refused("could not prove"))),
        ("ISO7816_B_02", (Bench::bac().fault(Fault::new(Step::BacProof, Misdeed::WrongCryptogram)), refused("could not prove"))),
        ("ISO7816_B_03", (Bench::bac().fault(Fault::new(Step::BacProof, refuse(0x6300))), refused("does not accept"))),
        ("ISO7816_B_03", (Bench::bac().fault(Fault::new(Step::GetChallenge, refuse(0x6985))), refused("refuses Basic Access Control"))),
        ("ISO7816_B_04", (Bench::bac().fault(Fault::new(Step::Read, Misdeed::EndSession(0x6988)).of_file(SOD)), refused("ended the session"))),
        ("ISO7816_B_05", (protection(BadProtection::NoMac), refused("8E missing"))),
        ("ISO7816_B_06", (protection(BadProtection::NoCryptogram), refused("malformed"))),
        ("ISO7816_B_07", (protection(BadProtection::NoStatus), refused("unexpected data object 8E"))),
        ("ISO7816_B_08", (protection(BadProtection::WrongMac), refused("wrong MAC"))),
        ("ISO7816_B_09", (protection(BadProtection::ChangedCryptogram), refused("wrong MAC"))),
        ("ISO7816_B_09", (protection(BadProtection::WrongPadding), refused("cryptogram is malformed"))),
        ("ISO7816_B_10", (Bench::bac().change(|bench| {
            let list = bench.recipe.crl.as_mut().expect("a CRL");
            list.revoked = vec![bench.recipe.ds.serial];
        }), against(NotGenuine, "revocation"))),
        ("ISO7816_C_01", (Bench::pace().change(|bench| { bench.setup.application.insert(0x0101, Vec::new()); }), against(Inconclusive, "dg1_digest"))),
        ("ISO7816_C_02", (long_face(), Genuine)),
        ("ISO7816_C_03", (Bench::pace().change(|bench| {
            let sealed = bench.recipe.seal();
            let mut short = sealed.data_group(2).bytes().expect("DG2").to_vec();
            short.truncate(60);
            bench.setup.application.insert(0x0102, short);
        }), refused("DG2: the file ends after 60"))),
        ("ISO7816_C_04", (end_of_file(EndOfFile::WrongOffset), Genuine)),
        ("ISO7816_C_05", (end_of_file(EndOfFile::Warn), Genuine)),
        ("ISO7816_C_06", (end_of_file(EndOfFile::Correct), Genuine)),
        ("ISO7816_C_07", (long_face(), Genuine)),
        ("ISO7816_C_08", (Bench::pace().change(|bench| {
            bench.recipe.dg2 = group(0x75, &[Face { image: Vec::new(), ..Face::default() }.template()]);
        }), against(NotGenuine, "dg2"))),
        ("ISO7816_D_01", (chip_key_mod_p(Bench::pace(), ModP::Bits1024Order160, Cipher::Aes128), Genuine)),
        ("ISO7816_D_01", (chip_key_mod_p(Bench::pace(), ModP::Bits2048Order224, Cipher::Aes128), Genuine)),
        ("ISO7816_D_01", (chip_key_mod_p(Bench::bac(), ModP::Bits2048Order256, Cipher::TripleDes), Genuine)),
        ("ISO7816_D_02", (Bench::pace(), Genuine)),
        ("ISO7816_D_03", (chip_keys(&[1], &[1]), Genuine)),
        ("ISO7816_D_04", (chip_keys(&[1, 2], &[1, 2]), Genuine)),
        ("ISO7816_D_05", (chip_keys(&[1, 2, 3], &[1, 2, 3]), Genuine)),
        ("ISO7816_D_06", (chip_keys(&[1], &[9]), against(Inconclusive, "chip_authentication"))),
        ("ISO7816_D_07", (number_of(|info| *info.last_mut().expect("a number") ^= 0x01), against(NotGenuine, "chip_authentication"))),
        ("ISO7816_D_08", (chip_key_of({
            let mut info = chip_key_info(&key(CHIP_KEY), None);
            *info.last_mut().expect("a point") ^= 0x01;
            info
        }), against(NotGenuine, "chip_authentication"))),
        ("ISO7816_D_09", (fault(Step::ChipAuthentication, Misdeed::KeepKeys), against(NotGenuine, "chip_authentication"))),
        ("ISO7816_D_10", (Bench::pace(), FreshKeys)),
        ("ISO7816_D_10", (chip_key_mod_p(Bench::pace(), ModP::Bits1024Order160, Cipher::Aes128), FreshKeys)),
        ("ISO7816_D_11", (chip_key_of(tlv(0x30, &[&object_identifier("04007F000702020101"), &[0x30, 0x03, 0x02, 0x01, 0x05]])), against(NotGenuine, "dg14"))),
        ("ISO7816_D_12", (chip_key_of(tlv(0x30, &[&object_identifier("04007F000702020102"), &[0x30, 0x03, 0x02, 0x01, 0x05]])), against(NotGenuine, "dg14"))),
        ("ISO7816_D_13", (chip_keys(&[1, 2], &[1, 9]), Genuine)),
        ("ISO7816_D_14", (Bench::pace().change(|bench| { bench.setup.master_file.insert(0x2F01, atr_info()); }), Genuine)),
    ];
    plays.extend([0x6A80, 0x6A88, 0x6985, 0x6982, 0x6F00].map(|status| {
        ("ISO7816_D_15", (fault(Step::ChipAuthenticationSet, refuse(status)), against(NotGenuine, "chip_authentication")))
    }));
    plays
}
